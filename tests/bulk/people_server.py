"""A server of contacts that merges by its own rule, works in the background, and may lose answers and drop rows."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import Any

import anyio
import httpx

from grinfi_async import Grinfi

Row = dict[str, Any]
LIST, FLOW, TAGS = "list-1", "flow-1", ("tag-1", "tag-2")
CREATES = "POST /leads/api/leads"
UPSERTS = "POST /leads/api/leads/upsert"
ACTS = "PUT /leads/api/leads/mass-action"
FIELDS = ("linkedin", "sn_id", "ln_id", "work_email")


class PeopleServer:
    """Merges rows of the same profile, email, or name and company; does mass actions in the background.

    Attributes:
        requests: How often each method and path was called.
        enrolled: UUID -> how often a contact was put into the automation.
        delay: Seconds after which what is done in the background shows.
        lost: Method and path -> numbers of requests whose answers are lost.
        refused: Method and path -> status of each answer.
        dropped: Handles of contacts that many are created with, and that are not kept.
        left_out: UUIDs that mass actions leave out.
        counts_places: Whether it says how many contacts are in the automation.
        largest_page: The most contacts that a search answers with.
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
        self.counts_places = True
        self.largest_page = 2500
        self.on_request: Callable[[], None] = lambda: None
        self._known: dict[tuple[str, ...], str] = {}
        self._jobs: list[tuple[float, Callable[[], None]]] = []
        self._numbers = count()

    def client(self, **options: Any) -> Grinfi:
        """A client of this server, without a rate limit unless told otherwise."""
        options = {"rate_limiter": None, **options}
        return Grinfi("key", base_url="http://people.test", transport=httpx.MockTransport(self.handle), **options)

    async def handle(self, request: httpx.Request) -> httpx.Response:
        name = f"{request.method} {request.url.path}"
        self.requests[name] += 1
        number = self.requests[name]
        await anyio.sleep(self.latency / 2)
        self.on_request()
        if name in self.refused:
            return httpx.Response(self.refused[name], json={"message": "no"})
        answer = self._answer(name, json.loads(request.content) if request.content else {})
        self.on_request()
        await anyio.sleep(self.latency / 2)
        if number in self.lost.get(name, ()):
            raise httpx.ReadError("connection lost", request=request)
        if answer is None:
            return httpx.Response(404, json={"message": "no route"})
        return httpx.Response(200, json=answer)

    def finish(self, now: float = float("inf")) -> None:
        """Do what is to be done in the background."""
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
            case "POST /leads/api/leads/search":
                found = [self.contacts[it] for it in body["filter"]["uuid"] if it in self.contacts]
                part = found[body.get("offset", 0) :][: min(body.get("limit", 20), self.largest_page)]
                return {"data": part, "total": len(found), "limit": self.largest_page, "offset": 0}
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
            case _ if name.endswith((f"/{LIST}", f"/{FLOW}")):
                return {"uuid": name.rpartition("/")[2], "name": "x"}
            case "GET /leads/api/tags":
                return {"data": [{"uuid": tag, "name": tag} for tag in TAGS]}
            case _ if "/flows/api/flows/" in name:  # one contact into the automation
                uuid = name.rpartition("/")[2]
                self.enrolled[uuid] += 1
                return {"lead_uuid": uuid}
            case _:
                raise AssertionError(name)

    def _act(self, body: Any) -> None:
        for uuid in body["filter"]["ids"]:
            if uuid in self.left_out or uuid not in self.contacts:
                continue
            if body["type"] == "contact_add_tags":
                tags = self.contacts[uuid]["tags"]
                tags += [body["payload"]["tag_uuid"]] * (body["payload"]["tag_uuid"] not in tags)
            else:
                self.enrolled[uuid] += 1

    def _merge(self, lead: Row, update: bool = True) -> str:
        sent = {**lead, "linkedin": lead["linkedin_id"]}
        if "email" in lead:
            sent["work_email"] = lead["email"]
        keys: list[tuple[str, ...]] = [(field, str(sent[field])) for field in FIELDS if field in sent]
        if "company_name" in lead and "first_name" in lead:
            keys.append(("name", lead["first_name"], lead["company_name"]))
        uuid = next((self._known[key] for key in keys if key in self._known), None)
        if uuid is None or update:
            uuid = uuid or f"u-{next(self._numbers)}"
            old = self.contacts.get(uuid, {"uuid": uuid, "tags": [], "list_uuid": LIST})
            self.contacts[uuid] = {**old, **sent}
            self._known.update(dict.fromkeys(keys, uuid))
        return uuid

    def _forget(self, uuid: str) -> None:
        del self.contacts[uuid]
        self._known = {key: it for key, it in self._known.items() if it != uuid}
