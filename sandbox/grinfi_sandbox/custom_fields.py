"""Custom fields of contacts and companies, and their values."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .answers import Reply
from .errors import invalid_field
from .resources import CUSTOM_FIELD, CUSTOM_FIELD_VALUE, LEAD, Collection, Records
from .store import Store, equals
from .validation import Call, Checker
from .values import JsonObject

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
FIELDS_PER_OBJECT = 100


class CustomFields(Collection):
    """Custom fields: names are identifiers, unique per object type; the values of a deleted field are deleted, too."""

    def fields(self, call: Call, document: JsonObject | None) -> JsonObject:
        fields = call.body
        store = self._records.store
        owner = equals("object", document["object"] if document else fields["object"])
        if document is None and store.count(CUSTOM_FIELD.kind, [owner]) >= FIELDS_PER_OBJECT:
            raise invalid_field("object", f"There are {FIELDS_PER_OBJECT} custom fields of this object already.")
        if "name" in fields:
            if NAME.fullmatch(fields["name"]) is None:
                message = (
                    "The name field must have only letters, digits and underscores, and must not start with a digit."
                )
                raise invalid_field("name", message)
            namesake = store.first(CUSTOM_FIELD.kind, [owner, equals("name", fields["name"])])
            if namesake is not None and (document is None or namesake["uuid"] != document["uuid"]):
                raise invalid_field("name", "The name has already been taken.")
        return fields

    def forget(self, document: JsonObject) -> None:
        store = self._records.store
        for value in store.find(CUSTOM_FIELD_VALUE.kind, [equals("custom_field_uuid", document["uuid"])]):
            store.delete(value)


class CustomFieldValues(Collection):
    """Custom field values: one per field and record; setting it again overwrites it."""

    def __init__(self, records: Records, checker: Checker, fields: Records, owners: Mapping[str, Records]) -> None:
        super().__init__(records, checker)
        self._fields = fields
        self._owners = owners

    def create(self, call: Call) -> Reply:
        body = call.body
        field = self._fields.require("custom_field_uuid", body["custom_field_uuid"])
        if field["object"] != body["object_type"]:
            raise invalid_field("object_type", f"The custom field belongs to the object type {field['object']}.")
        self._owners[body["object_type"]].require("object_uuid", body["object_uuid"])
        return self._reply(call, self.set(field, body["object_uuid"], body.get("value")))

    def set(self, field: JsonObject, object_uuid: str, value: str | None) -> JsonObject:
        """Store the value of a record for a custom field."""
        same = [equals("object_uuid", object_uuid), equals("custom_field_uuid", field["uuid"])]
        document = self._records.store.first(CUSTOM_FIELD_VALUE.kind, same)
        if document is not None:
            return self._records.store.update(document, {"value": value})
        return self._records.create(
            {
                "custom_field_uuid": field["uuid"],
                "object_type": field["object"],
                "object_uuid": object_uuid,
                "value": value,
            }
        )

    def of(self, object_uuid: str) -> dict[str, str | None]:
        """Return the values of a record by the UUIDs of the fields."""
        held = self._records.store.find(CUSTOM_FIELD_VALUE.kind, [equals("object_uuid", object_uuid)])
        return {value["custom_field_uuid"]: value["value"] for value in held}


def find_custom_field(store: Store, name: str, owner: str = LEAD.kind) -> JsonObject | None:
    """Find a custom field of contacts or companies by its name or UUID."""
    field = store.first(CUSTOM_FIELD.kind, [equals("name", name), equals("object", owner)])
    if field is None:
        field = store.get(CUSTOM_FIELD.kind, name)
    return field if field is not None and field["object"] == owner else None
