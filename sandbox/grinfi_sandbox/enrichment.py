"""Enrichment of contacts and companies: a queue, and its price in credits."""

from __future__ import annotations

from .answers import Page, Reply
from .errors import ApiError, invalid_field
from .members import Members
from .resources import COMPANY, LEAD, Handler
from .store import Store, among
from .validation import Call
from .values import JsonObject

CREDITS = 1000  # those of a new sandbox
ACCOUNT = "account"
ENTRY = "enrichment-entry"
QUEUE = "/leads/api/enrichment-queue"


class Enrichment:
    """Queues records for enrichment; each costs a credit, and is enriched a moment later."""

    def __init__(self, store: Store, contacts: Members, companies: Members) -> None:
        self._store = store
        self._members = {LEAD.kind: contacts, COMPANY.kind: companies}
        store.on_job("enrichment", self._enrich)
        store.add_defaults(self._open_account)

    def routes(self) -> dict[tuple[str, str], Handler]:
        return {
            ("PUT", f"{LEAD.path}/advanced-enrichment"): self.queue_leads,
            ("PUT", f"{COMPANY.path}/advanced-enrichment"): self.queue_companies,
            ("GET", QUEUE): self.list,
            ("POST", f"{QUEUE}/metrics"): self.metrics,
        }

    def queue_leads(self, call: Call) -> Reply:
        self._queue(LEAD.kind, call.body)
        return Reply(call.operation.answer.status, {})

    def queue_companies(self, call: Call) -> Reply:
        return Reply(call.operation.answer.status, {"count": self._queue(COMPANY.kind, call.body)})

    def list(self, call: Call) -> Reply:
        field = call.query.get("order_field", "created_at")
        if field not in ("created_at", "updated_at", "status"):
            raise invalid_field("order_field", f"The selected order_field is invalid: there is no field {field}.")
        page = Page.of(call.query)
        descending = call.query.get("order_type") == "desc"
        rows = self._store.find(ENTRY, (), field, descending, page.limit, page.offset)
        return Reply(call.operation.answer.status, {"data": rows})

    def metrics(self, call: Call) -> Reply:
        month = self._store.now()[:7]
        entries = self._store.find(ENTRY)
        total = sum(entry["created_at"].startswith(month) for entry in entries)
        return Reply(call.operation.answer.status, {"this_month_count": total})

    def _open_account(self) -> None:
        self._store.insert(ACCOUNT, {"credits": CREDITS})

    def _queue(self, kind: str, body: JsonObject) -> int:
        members = self._members[kind]
        if "uuids" not in body and "filter" not in body:
            return 0
        conditions = members.selection(body["filter"]) if body.get("filter") or "uuids" not in body else []
        if "uuids" in body:
            conditions.append(among(body["uuids"]))
        chosen = members.selected(self._store.uuids(kind, conditions))
        account = self._store.first(ACCOUNT, ())
        credits = account["credits"] if account else 0
        if len(chosen) > credits:
            raise ApiError(402, f"{len(chosen)} credits are needed, and {credits} are left.")
        if account:
            self._store.update(account, {"credits": credits - len(chosen)})
        entries = [
            self._store.insert(
                ENTRY, {"object_type": kind, "object_uuid": document["uuid"], "status": "queued", "team_id": 1}
            )
            for document in chosen
        ]
        self._store.schedule("enrichment", {"entries": [entry["uuid"] for entry in entries]})
        return len(chosen)

    def _enrich(self, job: JsonObject) -> None:
        for entry in self._store.find(ENTRY, [among(job["entries"])]):
            kind = entry["object_type"]
            document = self._store.get(kind, entry["object_uuid"])
            self._store.update(entry, {"status": "failed" if document is None else "done"})
            if document is not None:
                changes: JsonObject = {"last_enrich_at": self._store.now()}
                if kind == LEAD.kind and document.get("work_email"):
                    changes = {"email_status": "valid"}
                enriched = self._store.update(document, changes)
                self._members[kind].record(enriched, "contact_enriched", {"entry_uuid": entry["uuid"]})
