"""Contacts: upsert and look-up with deduplication, search, counts and mass actions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

from .answers import Reply
from .errors import ApiError, invalid_field
from .resources import LEAD, Collection, CustomFieldValues, Handler, Records, find_custom_field
from .store import Condition, equals
from .validation import Call, Checker
from .values import JsonObject, array_at, as_array

PROFILE_URL = re.compile(r"(?:https?://)?(?:[a-z]+\.)?linkedin\.com/in/([^/?#]+).*", re.IGNORECASE)
# In this order; the first that matches decides.
DEDUPLICATION = ("ln_id", "sn_id", "linkedin")


class Contacts(Collection):
    """Serves contacts."""

    def __init__(
        self, records: Records, checker: Checker, lists: Records, tags: Records, values: CustomFieldValues
    ) -> None:
        super().__init__(records, checker)
        self._lists = lists
        self._tags = tags
        self._values = values
        self._actions: dict[str, Callable[[list[JsonObject], JsonObject], None]] = {
            "contact_add_tags": self._add_tag,
            "contact_remove_tags": self._remove_tag,
            "contact_replace_tags": self._replace_tags,
            "contact_change_list": self._change_list,
            "contact_change_pipeline_stage": self._change_stage,
            "contact_change_custom_field": self._change_custom_field,
            "contact_delete": self._delete_all,
        }

    def routes(self) -> dict[tuple[str, str], Handler]:
        path = LEAD.path
        return {
            **super().routes(),
            ("POST", f"{path}/upsert"): self.upsert,
            ("POST", f"{path}/lookup-one"): self.look_up,
            ("POST", f"{path}/search"): self.list,
            ("POST", f"{path}/count"): self.count,
            ("PUT", f"{path}/mass-action"): self.act,
            ("POST", "/flows/api/flows/{}/add-new-lead"): self.add_to_flow,
        }

    def upsert(self, call: Call) -> Reply:
        return self._reply(call, self._save(call.body, bool(call.body.get("update_if_exists", True))))

    def add_to_flow(self, call: Call) -> Reply:
        """Answer 204, or 200 when the contact exists and is to be skipped."""
        known = self._find_same(_stored_fields(call.body["lead"])) is not None
        if known and call.body.get("skip_if_lead_exists"):
            return Reply(200, {"reason": "skipped"})
        self._save(call.body, bool(call.body.get("update_lead_if_exists", True)))
        return Reply(204)

    def look_up(self, call: Call) -> Reply:
        fields = _stored_fields({name: value for name, value in call.body.items() if value is not None})
        if not fields.keys() & {"linkedin", "work_email"} and not {"name", "company_name"} <= fields.keys():
            raise invalid_field("linkedin_id", "At least one identifier is required.")
        document = self._find_same(fields)
        if document is None:
            raise ApiError(404, "No contact matches.")
        return self._reply(call, document)

    def count(self, call: Call) -> Reply:
        """Count all contacts or those in `ids`; a `filter` narrows either, and selects on its own too."""
        conditions = self._records.where(call.body.get("filter") or {})
        if not call.body.get("all"):
            if "ids" in call.body:
                conditions.append(_among(call.body["ids"]))
            elif not conditions:
                raise invalid_field("ids", "The ids field is required when all is false.")
        return Reply(call.operation.answer.status, {"total": self._records.store.count(LEAD.kind, conditions)})

    def act(self, call: Call) -> Reply:
        selected = self._records.store.find(LEAD.kind, self._selection(call.body["filter"]))
        action = self._actions.get(call.body["type"])
        if action is not None:
            action(selected, call.body.get("payload") or {})
        return Reply(call.operation.answer.status, {})

    def fields(self, call: Call, document: JsonObject | None) -> JsonObject:
        return _with_name(_stored_fields(call.body), document or {})

    def forget(self, document: JsonObject) -> None:
        self._values.forget_object(document["uuid"])

    def _save(self, body: JsonObject, update: bool) -> JsonObject:
        target = self._lists.require("list_uuid", body["list_uuid"])
        custom_values = list(self._custom_values(body.get("custom_fields") or {}))
        fields = _stored_fields(body["lead"])
        document = self._find_same(fields)
        known = document is not None
        if document is None:
            document = self._records.create({**_with_name(fields, {}), "list_uuid": target["uuid"]})
        else:
            changes = _with_name(fields, document) if update else {}
            if body.get("move_to_list"):
                changes = {**changes, "list_uuid": target["uuid"]}
            document = self._records.store.update(document, changes) if changes else document
        if update or not known:
            for field, value in custom_values:
                self._values.set(field, document["uuid"], value)
        return document

    def _custom_values(self, values: JsonObject) -> Iterator[tuple[JsonObject, str | None]]:
        for name, value in values.items():
            field = find_custom_field(self._records.store, name)
            if field is None:
                raise invalid_field(f"custom_fields.{name}", f"There is no custom field {name} for contacts.")
            if isinstance(value, list | dict):
                raise invalid_field(f"custom_fields.{name}", f"The custom_fields.{name} field takes a plain value.")
            yield field, value if value is None or isinstance(value, str) else str(value)

    def _find_same(self, fields: JsonObject) -> JsonObject | None:
        for conditions in _identities(_with_name(fields, {})):
            document = self._records.store.first(LEAD.kind, conditions)
            if document is not None:
                return document
        return None

    def _selection(self, selection: JsonObject) -> list[Condition]:
        conditions = self._records.where({key: value for key, value in selection.items() if key not in ("ids", "all")})
        if "ids" in selection:
            ids = as_array(selection["ids"])
            if ids is None:
                raise invalid_field("filter.ids", "The filter.ids field must be of type array.")
            conditions.append(_among(ids))
        elif not conditions and selection.get("all") is not True:
            raise invalid_field("filter", "The filter selects no contacts: use ids, all, or filter keys.")
        return conditions

    def _add_tag(self, leads: list[JsonObject], payload: JsonObject) -> None:
        tag = self._tags.require("payload.tag_uuid", _required(payload, "tag_uuid"))["uuid"]
        for lead in leads:
            if tag not in array_at(lead, "tags"):
                self._records.store.update(lead, {"tags": [*array_at(lead, "tags"), tag]})

    def _remove_tag(self, leads: list[JsonObject], payload: JsonObject) -> None:
        uuid = _required(payload, "tag_uuid")
        for lead in leads:
            if uuid in array_at(lead, "tags"):
                self._records.store.update(lead, {"tags": [tag for tag in lead["tags"] if tag != uuid]})

    def _replace_tags(self, leads: list[JsonObject], payload: JsonObject) -> None:
        uuids = as_array(_required(payload, "tag_uuids"))
        if uuids is None:
            raise invalid_field("payload.tag_uuids", "The payload.tag_uuids field must be of type array.")
        tags = [self._tags.require("payload.tag_uuids", uuid)["uuid"] for uuid in dict.fromkeys(map(str, uuids))]
        for lead in leads:
            self._records.store.update(lead, {"tags": tags})

    def _change_list(self, leads: list[JsonObject], payload: JsonObject) -> None:
        target = self._lists.require("payload.list_uuid", _required(payload, "list_uuid"))
        for lead in leads:
            self._records.store.update(lead, {"list_uuid": target["uuid"]})

    def _change_stage(self, leads: list[JsonObject], payload: JsonObject) -> None:
        uuid = str(_required(payload, "pipeline_stage_uuid"))
        for lead in leads:
            self._records.store.update(lead, {"pipeline_stage_uuid": uuid})

    def _change_custom_field(self, leads: list[JsonObject], payload: JsonObject) -> None:
        name = str(_required(payload, "custom_field_uuid"))
        field = find_custom_field(self._records.store, name)
        if field is None:
            raise invalid_field("payload.custom_field_uuid", f"There is no custom field {name} for contacts.")
        value = payload.get("value")
        if value is not None and not isinstance(value, str):
            raise invalid_field("payload.value", "The payload.value field must be of type string.")
        for lead in leads:
            self._values.set(field, lead["uuid"], value)

    def _delete_all(self, leads: list[JsonObject], payload: JsonObject) -> None:
        for lead in leads:
            self.forget(lead)
            self._records.store.delete(lead)


def _stored_fields(sent: JsonObject) -> JsonObject:
    """Rename the fields of a request to those of a contact."""
    fields = {name: value for name, value in sent.items() if name not in ("linkedin_id", "email", "domain")}
    if "email" in sent:
        fields["work_email"] = sent["email"]
    handle = sent.get("linkedin_id", sent.get("linkedin"))
    if isinstance(handle, str):
        profile = PROFILE_URL.fullmatch(handle)
        fields["linkedin"] = unquote(profile.group(1)) if profile else handle
    return fields


def _with_name(fields: JsonObject, document: JsonObject) -> JsonObject:
    """Compose `name` when one of its parts is sent."""
    if not fields.keys() & {"first_name", "last_name"}:
        return fields
    parts = (fields.get(part, document.get(part)) for part in ("first_name", "last_name"))
    return {**fields, "name": " ".join(part for part in parts if part) or None}


def _identities(fields: JsonObject) -> Iterator[list[Condition]]:
    for name in DEDUPLICATION:
        if fields.get(name):
            yield [equals(name, fields[name])]
    if fields.get("work_email"):
        yield [equals("work_email", fields["work_email"])]
        yield [equals("personal_email", fields["work_email"])]
    if fields.get("name") and fields.get("company_name"):
        yield [equals("name", fields["name"]), equals("company_name", fields["company_name"])]


def _among(uuids: list[Any]) -> Condition:
    return Condition("uuid IN (SELECT value FROM json_each(?))", (json.dumps(uuids),))


def _required(payload: JsonObject, name: str) -> Any:
    if payload.get(name) is None:
        raise invalid_field(f"payload.{name}", f"The payload.{name} field is required for this type.")
    return payload[name]
