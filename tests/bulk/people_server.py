"""A server of contacts that merges by its own rule, works in the background, and may lose answers and drop rows."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes
from functools import partial
from itertools import count
from typing import Any, cast

import anyio
import httpx

from grinfi_async import Grinfi

Row = dict[str, Any]
LIST, FLOW, TAGS, STAGE, SENDER = "list-1", "flow-1", ("tag-1", "tag-2"), "stage-2", "sender-1"
CREATES = "POST /leads/api/leads"
UPSERTS = "POST /leads/api/leads/upsert"
ACTS = "PUT /leads/api/leads/mass-action"
SEARCHES = "POST /leads/api/leads/search"
UPLOADS = "POST /leads/api/file-imports/upload-csv"
STARTS = "POST /leads/api/file-imports/{uuid}/import-leads"
FIELDS = ("linkedin", "sn_id", "ln_id", "work_email")


class PeopleServer:
    """Merges rows of the same profile, email, or name and company; does mass actions in the background.

    Attributes:
        requests: How often each method and path was called.
        enrolled: UUID -> how often a contact was put into the automation.
        delay: Seconds after which background work becomes visible.
        lost: Method and path -> numbers of requests whose answers are lost.
        refused: Method and path -> status of each answer.
        dropped: Handles of contacts that are created in bulk, but not kept.
        left_out: UUIDs that mass actions skip.
        takes_senders: Whether a contact keeps the sender profile that is sent. The API does not define it.
        counts_places: Whether it returns the number of contacts in the automation.
        largest_page: The most contacts that a search answers with.
        imported: Profile -> how often it was in a file whose import was started.
        import_delay: Seconds after which it begins to import a file.
        import_rate: Rows of a file that it imports in a second.
        import_end: Rows of a file that it imports before it stops; None for all.
        ignored_columns: Columns of a file that it does not import.
        tags_imports: Whether contacts of a file get the tags.
        tells_total: Whether it returns the number of contacts in a list.
        ignores_filters: Whether it ignores the filter of a list and finds all contacts.
        on_request: Called before a request is applied, and after.
    """

    def __init__(self, *, delay: float = 0.05, latency: float = 0.1) -> None:
        self.requests: Counter[str] = Counter()
        self.contacts: dict[str, Row] = {}
        self.enrolled: Counter[str] = Counter()
        self.delay, self.latency = delay, latency
        self.lost: dict[str, set[int]] = {}
        self.refused: dict[str, int] = {}
        self.dropped: set[str] = set()
        self.left_out: set[str] = set()
        self.takes_senders = self.counts_places = True
        self.largest_page = 2500
        self.imported: Counter[str] = Counter()
        self.import_delay, self.import_rate = 0.05, 5_000.0
        self.import_end: int | None = None
        self.ignored_columns: set[str] = set()
        self.tags_imports = self.tells_total = True
        self.ignores_filters = False
        self.on_request: Callable[[], None] = lambda: None
        self._files: dict[str, list[Row]] = {}
        self._known: dict[tuple[str, ...], str] = {}
        self._jobs: list[tuple[float, Callable[[], None]]] = []
        self._numbers = count()

    def client(self, **options: Any) -> Grinfi:
        """A client of this server, by default without a rate limit."""
        options = {"rate_limiter": None, **options}
        return Grinfi("key", base_url="http://people.test", transport=httpx.MockTransport(self.handle), **options)

    async def handle(self, request: httpx.Request) -> httpx.Response:
        name = f"{request.method} {request.url.path}"
        file = ""
        if name.endswith("/import-leads"):
            file, name = name.split("/")[-2], STARTS
        self.requests[name] += 1
        number = self.requests[name]
        await anyio.sleep(self.latency / 2)
        self.on_request()
        if name in self.refused:
            return httpx.Response(self.refused[name], json={"message": "no"})
        if name == UPLOADS:
            answer = self._upload(request.headers["content-type"], request.content)
        elif name == STARTS:
            answer = self._start(file, json.loads(request.content))
        else:
            answer = self._answer(name, json.loads(request.content) if request.content else {})
        self.on_request()
        await anyio.sleep(self.latency / 2)
        if number in self.lost.get(name, ()):
            raise httpx.ReadError("connection lost", request=request)
        if answer is None:
            return httpx.Response(404, json={"message": "no route"})
        return httpx.Response(200, json=answer)

    def add_stranger(self) -> None:
        """A contact in another list, and one that is older than the import."""
        for name in ("other", "older"):
            uuid = self._merge({"linkedin_id": name, "first_name": name}, place={"list_uuid": LIST, "created_at": ""})
            self.contacts[uuid]["list_uuid"] = LIST if name == "older" else "list-2"
            self.contacts[uuid]["created_at"] = "2026-02-01T00:00:00.000000Z"

    def forget_stranger(self) -> None:
        """Delete these contacts."""
        for uuid in [uuid for uuid, it in self.contacts.items() if it["linkedin"] in ("other", "older")]:
            self._forget(uuid)

    def finish(self, now: float = float("inf")) -> None:
        """Do the background work that is due."""
        ready = [job for job in self._jobs if job[0] <= now]
        self._jobs = [job for job in self._jobs if job[0] > now]
        for _, work in ready:
            work()

    def _answer(self, name: str, body: Any) -> Any:
        self.finish(anyio.current_time())
        match name:
            case "POST /leads/api/leads":
                uuids = [self._merge(lead) for lead in body["leads"]]
                rows = [dict(self.contacts[uuid]) for uuid in uuids]
                for uuid in uuids:
                    if uuid in self.contacts and self.contacts[uuid]["linkedin"] in self.dropped:
                        self._forget(uuid)
                return rows
            case "POST /leads/api/leads/upsert":
                return self.contacts[self._merge(body["lead"], body["update_if_exists"])]
            case "POST /leads/api/leads/lookup-one":
                return self.contacts.get(self._known.get(("linkedin", body["linkedin_id"]), ""))
            case "POST /leads/api/leads/search":
                found = self._search(body["filter"])
                if body.get("order_type") == "desc":
                    found.reverse()
                part = found[body.get("offset", 0) :][: min(body.get("limit", 20), self.largest_page)]
                total = len(found) if self.tells_total else None
                return {"data": part, "total": total, "limit": self.largest_page, "offset": 0}
            case "PUT /leads/api/leads/mass-action":
                self._jobs.append((anyio.current_time() + self.delay, lambda: self._act(body)))
                return {}
            case "POST /flows/api/flows-leads/list":
                rows = [
                    {"uuid": f"place-{it}-{n}", "flow_uuid": FLOW, "lead_uuid": it}
                    for it in body["filter"].get("lead_uuid", self.enrolled)
                    for n in range(self.enrolled[it])
                ]
                total = len(rows) if self.counts_places or "lead_uuid" in body["filter"] else None
                return {"data": rows[: min(body["limit"], 20)], "total": total, "limit": 20, "offset": 0}
            case _ if name.endswith((f"/{LIST}", f"/{FLOW}", f"/{SENDER}")):
                return {"uuid": name.rpartition("/")[2], "name": "x"}
            case "GET /leads/api/tags":
                return {"data": [{"uuid": tag, "name": tag} for tag in TAGS]}
            case "GET /leads/api/pipeline-stages":
                return {"data": [{"uuid": "stage-1", "name": "New"}, {"uuid": STAGE, "name": "Warm"}]}
            case _ if name.startswith(("PUT /leads/api/leads/u-", "GET /leads/api/leads/u-")):
                contact = self.contacts[name.rpartition("/")[2]]
                contact.update(body if self.takes_senders else {})
                return contact
            case _ if "/flows/api/flows/" in name:  # one contact into the automation
                uuid = name.rpartition("/")[2]
                self.enrolled[uuid] += 1
                return {"lead_uuid": uuid}
            case _:
                raise AssertionError(name)

    def _search(self, filter: Row) -> list[Row]:
        if "uuid" in filter:
            return [self.contacts[it] for it in filter["uuid"] if it in self.contacts]
        if self.ignores_filters:
            return list(self.contacts.values())
        since = filter.get("created_at", {}).get(">=", "")
        return [
            it for it in self.contacts.values() if it["list_uuid"] == filter["list_uuid"] and it["created_at"] >= since
        ]

    def _upload(self, kind: str, content: bytes) -> Row:
        form = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + content)
        text = next(part.get_payload(decode=True) for part in form.walk() if part.get_filename())
        uuid = f"file-{len(self._files)}"
        self._files[uuid] = list(csv.DictReader(io.StringIO(cast("bytes", text).decode(), newline="")))
        return {"uuid": uuid, "status": "uploaded"}

    def _start(self, uuid: str, body: Row) -> Row:
        """Import rows gradually; existing contacts are not changed."""
        self.imported.update(row["linkedin_id"] for row in self._files[uuid])
        targets = {it["source"]: it["target"] for it in body["columns"] if it["source"] not in self.ignored_columns}
        rows = [{targets[name]: cell for name, cell in row.items() if name in targets} for row in self._files[uuid]]
        now = anyio.current_time() + self.import_delay
        for place, row in enumerate(rows[: self.import_end]):
            done = partial(self._import, row, body["list_uuid"], body.get("tags", []))
            self._jobs.append((now + place / self.import_rate, done))
        return {}

    def _import(self, row: Row, list_uuid: str, tags: list[str]) -> None:
        if row.get("linkedin_id") in self.dropped:
            return
        self._merge({"linkedin_id": "", **row}, False, {"list_uuid": list_uuid, "tags": list(tags) * self.tags_imports})

    def _act(self, body: Any) -> None:
        for uuid in body["filter"]["ids"]:
            if uuid in self.left_out or uuid not in self.contacts:
                continue
            if body["type"] == "contact_add_tags":
                tags = self.contacts[uuid]["tags"]
                tags += [body["payload"]["tag_uuid"]] * (body["payload"]["tag_uuid"] not in tags)
            elif body["type"] == "contact_change_pipeline_stage":
                self.contacts[uuid] |= body["payload"]
            else:
                self.enrolled[uuid] += 1

    def _merge(self, lead: Row, update: bool = True, place: Row | None = None) -> str:
        sent = {**lead, "linkedin": lead["linkedin_id"]}
        if "email" in lead:
            sent["work_email"] = lead["email"]
        keys: list[tuple[str, ...]] = [(field, str(sent[field])) for field in FIELDS if sent.get(field)]
        if "company_name" in lead and "first_name" in lead:
            keys.append(("name", lead["first_name"], lead["company_name"]))
        uuid = next((self._known[key] for key in keys if key in self._known), None)
        if uuid is None or update:
            uuid = uuid or f"u-{next(self._numbers)}"
            at = f"{datetime(2026, 3, 1) + timedelta(seconds=int(anyio.current_time())):%Y-%m-%dT%H:%M:%S.000000Z}"
            new: Row = {
                "uuid": uuid,
                "tags": [],
                "list_uuid": LIST,
                "pipeline_stage_uuid": "stage-1",
                "created_at": at,
                **(place or {}),
            }
            old = self.contacts.get(uuid, new)
            self.contacts[uuid] = {**old, **sent}
            self._known.update(dict.fromkeys(keys, uuid))
        return uuid

    def _forget(self, uuid: str) -> None:
        del self.contacts[uuid]
        self._known = {key: it for key, it in self._known.items() if it != uuid}
