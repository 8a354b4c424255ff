"""The ways to sort contacts and companies: lists, tags and pipeline stages."""

from __future__ import annotations

from collections.abc import Mapping

from .answers import Reply
from .errors import invalid_field
from .resources import COMPANY, LEAD, PIPELINE_STAGE, Collection, Handler, Records, Saver
from .store import Condition, Store, equals
from .validation import Call, Checker
from .values import JsonObject

# Name, type and category of the stages that a new sandbox has, in their order.
DEFAULT_STAGES = (
    ("New", "new", "cold"),
    ("Approaching", "approaching", "cold"),
    ("Engaging", "engaging", "engaging"),
    ("Replied", "replied", "engaging"),
    ("Won", "custom", "positive"),
    ("Lost", "custom", "negative"),
)
STAGE_FIELDS = {LEAD.kind: "pipeline_stage_uuid", COMPANY.kind: "lead_status_uuid"}


def has_element(kind: str, field: str, value: str) -> Condition:
    """Return the condition that the list in a record's field holds a value."""
    return Condition(
        "records.id IN (SELECT record FROM elements WHERE kind = ? AND field = ? AND value = ?)", (kind, field, value)
    )


class Label(Collection):
    """Records that others refer to, with metrics: how many do. Unknown UUIDs are left out of metrics."""

    def routes(self) -> dict[tuple[str, str], Handler]:
        return {**super().routes(), ("POST", f"{self._records.resource.path}/metrics"): self.metrics}

    def metrics(self, call: Call) -> Reply:
        kind, store = self._records.resource.kind, self._records.store
        known = [uuid for uuid in dict.fromkeys(call.body["uuids"]) if store.get(kind, uuid) is not None]
        counted = {uuid: self.count(uuid) for uuid in known}
        wanted = call.body.get("metrics")
        body = {
            uuid: {name: total for name, total in counts.items() if wanted is None or name in wanted}
            for uuid, counts in counted.items()
        }
        return Reply(call.operation.answer.status, body)

    def count(self, uuid: str) -> JsonObject:
        """Count the contacts and the companies that refer to a record."""
        raise NotImplementedError

    def _take_off(self, kind: str, field: str, uuid: str) -> None:
        store = self._records.store
        for document in store.find(kind, [has_element(kind, field, uuid)]):
            store.update(document, {field: [value for value in document[field] if value != uuid]})


class Lists(Label):
    """Lists: a deleted one is removed from all companies."""

    def count(self, uuid: str) -> JsonObject:
        store = self._records.store
        return {
            "leads_count": store.count(LEAD.kind, [equals("list_uuid", uuid)]),
            "companies_count": store.count(COMPANY.kind, [has_element(COMPANY.kind, "lists", uuid)]),
        }

    def forget(self, document: JsonObject) -> None:
        self._take_off(COMPANY.kind, "lists", document["uuid"])


class Tags(Label):
    """Tags: a deleted one is removed from all contacts and companies."""

    def count(self, uuid: str) -> JsonObject:
        store = self._records.store
        return {
            "leads_count": store.count(LEAD.kind, [has_element(LEAD.kind, "tags", uuid)]),
            "companies_count": store.count(COMPANY.kind, [has_element(COMPANY.kind, "tags", uuid)]),
        }

    def forget(self, document: JsonObject) -> None:
        for kind in (LEAD.kind, COMPANY.kind):
            self._take_off(kind, "tags", document["uuid"])


class Stages(Collection):
    """Pipeline stages: those of a new sandbox stay; records in a deleted stage return to the first one."""

    def __init__(self, records: Records, checker: Checker, savers: Mapping[str, Saver]) -> None:
        super().__init__(records, checker)
        self._savers = savers

    def settings(self, settings: JsonObject) -> JsonObject:
        if "object" not in settings["filter"]:
            raise invalid_field("filter.object", "The filter.object field is required.")
        return settings

    def fields(self, call: Call, document: JsonObject | None) -> JsonObject:
        if document is not None:
            return call.body
        owner = equals("object", call.body["object"])
        order = self._records.store.count(PIPELINE_STAGE.kind, [owner]) + 1
        return {"order": order, **call.body, "type": "custom"}

    def forget(self, document: JsonObject) -> None:
        if document["type"] != "custom":
            raise invalid_field("uuid", "Only custom pipeline stages can be deleted.")
        store, kind = self._records.store, document["object"]
        field = STAGE_FIELDS[kind]
        remaining = first_stage(store, kind, document["uuid"])
        for member in store.find(kind, [equals(field, document["uuid"])]):
            self._savers[kind](member, {field: remaining})


def first_stage(store: Store, kind: str, but: str = "") -> str | None:
    """Return the UUID of the stage that new contacts or companies get."""

    def find() -> list[str]:
        return [stage["uuid"] for stage in store.find(PIPELINE_STAGE.kind, [equals("object", kind)], "order", limit=2)]

    stages = store.remembered(PIPELINE_STAGE.kind, kind, find)
    return next((uuid for uuid in stages if uuid != but), None)


def make_default_stages(stages: Records) -> None:
    for kind in (LEAD.kind, COMPANY.kind):
        for order, (name, form, category) in enumerate(DEFAULT_STAGES, 1):
            stages.create({"name": name, "object": kind, "type": form, "category": category, "order": order})
