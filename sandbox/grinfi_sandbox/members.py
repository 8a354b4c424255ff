"""The common part of contacts and companies: events, stages, tags, selections and mass actions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from .answers import Reply
from .blacklist import blacklist_matcher
from .custom_fields import CustomFieldValues, find_custom_field
from .errors import ApiError, invalid_field
from .journal import Journal
from .labels import STAGE_FIELDS, first_stage
from .mass_actions import MassActions
from .resources import ACTIVITY, CUSTOM_FIELD_VALUE, LEAD, NOTE, Collection, Handler, Records
from .store import Condition, among, equals, outside
from .validation import Call, Checker
from .values import JsonObject, array_at, as_array, object_at
from .webhooks import Events

RECORDS_PER_STEP = 100

Check: TypeAlias = Callable[[JsonObject], None]
Effect: TypeAlias = Callable[[list[JsonObject], JsonObject], None]


@dataclass(frozen=True)
class Crm:
    """The records that contacts and companies refer to."""

    lists: Records
    tags: Records
    stages: Records
    values: CustomFieldValues
    activities: Journal
    events: Events
    mass_actions: MassActions


@dataclass(frozen=True)
class MassAction:
    """One type of mass action: the check at the request, and the later effect on the selected records."""

    check: Check
    effect: Effect
    at_once: bool = False  # whether the effect needs all records together, or works in steps


class Members(Collection):
    """Serves contacts or companies."""

    prefix: str

    def __init__(self, records: Records, checker: Checker, crm: Crm) -> None:
        super().__init__(records, checker)
        self._crm = crm
        self._store = records.store
        self._kind = records.resource.kind
        self._stage_field = STAGE_FIELDS[self._kind]
        self._actions = {
            "add_tags": MassAction(self._check_tag, self._add_tag),
            "remove_tags": MassAction(lambda payload: required(payload, "tag_uuid"), self._remove_tag),
            "replace_tags": MassAction(self._check_tags, self._replace_tags),
            "change_pipeline_stage": MassAction(self._check_stage, self._change_stage),
            "change_custom_field": MassAction(self._check_custom_field, self._change_custom_field),
            "delete": MassAction(lambda payload: None, self._delete_all),
        }
        self._store.on_job(f"{self._kind}-mass-action", self._act)

    def routes(self) -> dict[tuple[str, str], Handler]:
        path = self._records.resource.path
        return {**super().routes(), ("PUT", f"{path}/mass-action"): self.act}

    def on_action(self, name: str, action: MassAction) -> None:
        """Add a type of mass action, named without its prefix."""
        self._actions[name] = action

    def act(self, call: Call) -> Reply:
        """Check a mass action, select its records, and schedule it in the background."""
        name, payload = call.body["type"].removeprefix(f"{self.prefix}_"), object_at(call.body, "payload")
        uuids = self._store.uuids(self._kind, self.selection(call.body["filter"]))
        if not uuids and call.body["filter"].get("ids"):
            raise ApiError(422, f"No {self._kind}s found to apply action")
        if name in self._actions:
            action = self._actions[name]
            action.check(payload)
            mass_action = self._crm.mass_actions.start(call.body["type"], len(uuids))
            # Records are selected now and changed later, in steps, so that other requests run in between and a
            # cancellation stops the rest. With 5 records, steps of 2, a fault that skips the third, and one that stops
            # the action after 4:
            #
            #   uuids      a   b  |  c   d  |  e       left_out = {2}, stop = 4
            #   jobs      [a   b] | [    d] |          each counts 2 records as processed
            #   end      in_progress  "failed"         the last job before `stop` sets the state of the whole
            #
            # A skipped record still counts as processed: the fault is a job that reports more than it did. Without
            # records there is one empty job, which ends the mass action.
            left_out, stop = call.job.left_out(len(uuids)), call.job.stop(len(uuids))
            size = len(uuids) if action.at_once else RECORDS_PER_STEP
            for start in range(0, max(1, stop), max(1, size)):
                end = min(start + size, stop)
                part = [uuids[position] for position in range(start, end) if position not in left_out]
                job = {"name": name, "uuids": part, "payload": payload, "mass_action": mass_action}
                job |= {"number": end - start, "end": call.job.end if end == stop else "in_progress"}
                self._store.schedule(f"{self._kind}-mass-action", job, call.job.delay)
        return Reply(call.operation.answer.status, {})

    def change(self, call: Call) -> Reply:
        document = self._document(call)
        return self._reply(call, self.save(document, self.fields(call, document)))

    def make(self, fields: JsonObject) -> JsonObject:
        """Create a record, in the first pipeline stage."""
        document = self._records.create({self._stage_field: first_stage(self._store, self._kind), **fields})
        self.record(document, "created", {})
        return document

    def save(self, document: JsonObject, changes: JsonObject) -> JsonObject:
        """Store changes of a record, and write them to its activities."""
        changed = [name for name, value in changes.items() if document.get(name) != value]
        stored = self._store.update(document, changes)
        if self._stage_field in changed:
            stages = {"from": document.get(self._stage_field), "to": changes[self._stage_field]}
            self.record(stored, "pipeline_stage_changed", stages)
        old, new = array_at(document, "tags"), array_at(stored, "tags")
        for tag in new:
            if tag not in old:
                self.record(stored, "tag_added", {"tag_uuid": tag})
        reported = {self._stage_field} if any(tag not in new for tag in old) else {self._stage_field, "tags"}
        others = [name for name in changed if name not in reported]
        if others:
            self.record(stored, "updated", {"fields": others})
        return stored

    def record(self, document: JsonObject, event: str, payload: JsonObject) -> None:
        """Write an activity of a record, and notify the webhooks."""
        self._crm.activities.write(self._kind, document["uuid"], event, payload)
        self._tell(document, event)

    def _tell(self, document: JsonObject, event: str) -> None:
        if self._kind == LEAD.kind:
            self._crm.events.emit(event if event.startswith("contact_") else f"contact_{event}", document)

    def forget(self, document: JsonObject) -> None:
        """Delete everything about a record that is about to be deleted, and notify the webhooks."""
        self._tell(document, "deleted")
        for kind in (CUSTOM_FIELD_VALUE.kind, NOTE.kind, ACTIVITY.kind):
            for held in self._store.find(kind, [equals("object_uuid", document["uuid"])]):
                self._store.delete(held)

    def selection(self, selection: JsonObject) -> list[Condition]:
        """Return the conditions of a mass action's or export's filter: `ids`, `all`, or filter keys."""
        keys = {key: value for key, value in selection.items() if key not in ("ids", "all", "excludeIds")}
        conditions = self._records.where(keys)
        named: dict[str, list[Any]] = {}
        for key in selection.keys() & {"ids", "excludeIds"}:
            ids = as_array(selection[key])
            if ids is None:
                raise invalid_field(f"filter.{key}", f"The filter.{key} field must be of type array.")
            named[key] = ids
        if named.get("excludeIds"):
            conditions.append(outside(named["excludeIds"]))
        # `ids: []` selects no contact, except beside `all: true`, which programs send with empty `ids`:
        #
        #   {"ids": ["a"]}               a            {"all": true, "excludeIds": ["a"]}   all but a
        #   {"ids": []}                  none         {"all": true, "ids": []}             all
        #   {"all": true, "ids": ["a"]}  a            {}                                   an error
        if "ids" in named and not (selection.get("all") is True and not named["ids"]):
            conditions.append(among(named["ids"]))
        elif not conditions and selection.get("all") is not True:
            raise invalid_field("filter", "The filter selects nothing: use ids, all, or filter keys.")
        return conditions

    def selected(self, uuids: list[str]) -> list[JsonObject]:
        """Return the records that still exist and are not on a blacklist."""
        blacklisted = blacklist_matcher(self._store)
        return [
            document
            for document in self._store.find(self._kind, [among(uuids)])
            if not blacklisted(self._kind, document)
        ]

    def _act(self, job: JsonObject) -> None:
        if self._crm.mass_actions.advance(job["mass_action"], job["number"], job["end"]):
            self._actions[job["name"]].effect(self.selected(job["uuids"]), job["payload"])

    def _check_tag(self, payload: JsonObject) -> None:
        self._crm.tags.require("payload.tag_uuid", required(payload, "tag_uuid"))

    def _add_tag(self, members: list[JsonObject], payload: JsonObject) -> None:
        tag = payload["tag_uuid"]
        for member in members:
            if tag not in array_at(member, "tags"):
                self.save(member, {"tags": [*array_at(member, "tags"), tag]})

    def _remove_tag(self, members: list[JsonObject], payload: JsonObject) -> None:
        for member in members:
            self.save(member, {"tags": [tag for tag in array_at(member, "tags") if tag != payload["tag_uuid"]]})

    def _check_tags(self, payload: JsonObject) -> None:
        uuids = as_array(required(payload, "tag_uuids"))
        if uuids is None:
            raise invalid_field("payload.tag_uuids", "The payload.tag_uuids field must be of type array.")
        for uuid in uuids:
            self._crm.tags.require("payload.tag_uuids", uuid)

    def _replace_tags(self, members: list[JsonObject], payload: JsonObject) -> None:
        for member in members:
            self.save(member, {"tags": list(dict.fromkeys(payload["tag_uuids"]))})

    def _check_stage(self, payload: JsonObject) -> None:
        self.require_stage("payload.pipeline_stage_uuid", required(payload, "pipeline_stage_uuid"))

    def require_stage(self, field: str, uuid: Any) -> None:
        """Refuse a stage that does not exist, or belongs to another kind of record."""
        if self._crm.stages.require(field, uuid)["object"] != self._kind:
            raise invalid_field(field, f"The selected {field} is not a stage of the object type {self._kind}.")

    def _change_stage(self, members: list[JsonObject], payload: JsonObject) -> None:
        for member in members:
            self.save(member, {self._stage_field: payload["pipeline_stage_uuid"]})

    def _check_custom_field(self, payload: JsonObject) -> None:
        self._custom_field(str(required(payload, "custom_field_uuid")))
        value = payload.get("value")
        if value is not None and not isinstance(value, str):
            raise invalid_field("payload.value", "The payload.value field must be of type string.")

    def _change_custom_field(self, members: list[JsonObject], payload: JsonObject) -> None:
        field = self._custom_field(str(payload["custom_field_uuid"]))
        for member in members:
            self._crm.values.set(field, member["uuid"], payload.get("value"))

    def _custom_field(self, name: str) -> JsonObject:
        field = find_custom_field(self._store, name, self._kind)
        if field is None:
            message = f"There is no custom field {name} of the object type {self._kind}."
            raise invalid_field("payload.custom_field_uuid", message)
        return field

    def _delete_all(self, members: list[JsonObject], payload: JsonObject) -> None:
        for member in members:
            self.forget(member)
            self._store.delete(member)


def required(payload: JsonObject, name: str) -> Any:
    """Return a required field of a mass action's payload; 422 if it is missing."""
    if payload.get(name) is None:
        raise invalid_field(f"payload.{name}", f"The payload.{name} field is required for this type.")
    return payload[name]
