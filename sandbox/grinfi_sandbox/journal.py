"""What is written about contacts and companies: notes by users, activities by users and by events."""

from __future__ import annotations

from collections.abc import Mapping

from .answers import Reply
from .resources import Collection, Records
from .validation import Call, Checker
from .values import JsonObject

OWNER_TYPES = ("object_type", "object")


class Journal(Collection):
    """Notes or activities, each of an existing contact or company."""

    def __init__(self, records: Records, checker: Checker, owners: Mapping[str, Records]) -> None:
        super().__init__(records, checker)
        self._owners = owners

    def fields(self, call: Call, document: JsonObject | None) -> JsonObject:
        if document is None:
            kind = next(call.body[name] for name in OWNER_TYPES if name in call.body)
            self._owners[kind].require("object_uuid", call.body["object_uuid"])
            return {"payload": {}, **call.body}
        return call.body

    def settings(self, settings: JsonObject) -> JsonObject:
        """Read `lead_uuid` and `company_uuid` in a filter as the owner's type and UUID."""
        conditions = dict(settings.get("filter") or {})
        for kind in self._owners:
            if f"{kind}_uuid" in conditions:
                conditions |= {"object_type": kind, "object_uuid": conditions.pop(f"{kind}_uuid")}
        return {**settings, "filter": conditions}

    def write(self, owner: str, uuid: str, event: str, payload: JsonObject) -> None:
        """Record an event as an activity."""
        self._records.create({"object_type": owner, "object_uuid": uuid, "type": event, "payload": payload})


class Notes(Journal):
    """Notes; adding one is an event."""

    def __init__(self, records: Records, checker: Checker, owners: Mapping[str, Records], activities: Journal) -> None:
        super().__init__(records, checker, owners)
        self._activities = activities

    def create(self, call: Call) -> Reply:
        reply = super().create(call)
        note = reply.body
        self._activities.write(note["object"], note["object_uuid"], "note_added", {"note_uuid": note["uuid"]})
        return reply
