"""Kinds of record that the sandbox keeps, and what every one of them can do: create, get, list, change, delete."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from .answers import Page, Reply
from .description import Description
from .errors import ApiError, invalid_field
from .filters import Filters
from .samples import Samples
from .schemas import Schemas
from .store import Condition, Store, equals
from .validation import Call, Checker
from .values import JsonObject

Handler: TypeAlias = Callable[[Call], Reply]

CUSTOM_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
CUSTOM_FIELDS_PER_OBJECT = 100


@dataclass(frozen=True)
class Resource:
    """A kind of record: the schema that describes it, where it is served, and the fields that `q` searches."""

    kind: str
    path: str
    text_fields: tuple[str, ...] = ("name",)


LEAD = Resource(
    "lead",
    "/leads/api/leads",
    (
        "name",
        "first_name",
        "last_name",
        "company_name",
        "position",
        "headline",
        "linkedin",
        "work_email",
        "personal_email",
    ),
)
LIST = Resource("list", "/leads/api/lists")
TAG = Resource("tag", "/leads/api/tags")
CUSTOM_FIELD = Resource("custom-field", "/leads/api/custom-fields")
CUSTOM_FIELD_VALUE = Resource("custom-field-value", "/leads/api/custom-field-values", ("value",))
RESOURCES = (LEAD, LIST, TAG, CUSTOM_FIELD, CUSTOM_FIELD_VALUE)


class Records:
    """The records of one resource."""

    def __init__(
        self,
        resource: Resource,
        description: Description,
        schemas: Schemas,
        samples: Samples,
        store: Store,
        custom_field: Callable[[str], str | None] | None = None,
    ) -> None:
        self.resource = resource
        self.store = store
        self._properties: JsonObject = schemas.properties(description.components[resource.kind])
        self._blank = {name: _blank(name, node, schemas, samples) for name, node in self._properties.items()}
        self._filters = Filters(description, self._properties, resource.text_fields, custom_field)

    def create(self, fields: JsonObject) -> JsonObject:
        return self.store.insert(self.resource.kind, {**self._blank, **fields})

    def get(self, uuid: Any) -> JsonObject:
        """Return the record with this UUID; 404 if there is none."""
        document = self.store.get(self.resource.kind, str(uuid))
        if document is None:
            raise ApiError(404, f"There is no {self.resource.kind} {uuid}.")
        return document

    def require(self, field: str, uuid: Any) -> JsonObject:
        """Return the record that a field of the request names; 422 if there is none."""
        document = self.store.get(self.resource.kind, str(uuid))
        if document is None:
            raise invalid_field(field, f"The selected {field} is invalid: there is no {self.resource.kind} {uuid}.")
        return document

    def where(self, conditions: JsonObject) -> list[Condition]:
        """Compile a filter."""
        return self._filters.compile(conditions)

    def row(self, document: JsonObject) -> JsonObject:
        """Return a record as it is described."""
        return {name: document.get(name, blank) for name, blank in self._blank.items()}

    def page(self, settings: JsonObject, envelope: JsonObject) -> JsonObject:
        """Return the page that a checked query or body asks for."""
        order_field = settings.get("order_field", "created_at")
        if order_field not in self._properties and order_field not in ("created_at", "updated_at"):
            raise invalid_field("order_field", f"The selected order_field is invalid: there is no field {order_field}.")
        conditions = self.where(settings.get("filter") or {})
        page = Page.of(settings)
        rows = self.store.find(
            self.resource.kind,
            conditions,
            order_field,
            settings.get("order_type") == "desc",
            page.limit,
            page.offset,
        )
        total = self.store.count(self.resource.kind, conditions)
        return page.envelope(envelope, [self.row(document) for document in rows], total)

    def blank(self) -> JsonObject:
        """Return the fields of a record that nobody has set."""
        return dict(self._blank)

    def find(self, uuid: Any) -> JsonObject | None:
        """Return the record with this UUID, if there is one."""
        return self.store.get(self.resource.kind, str(uuid))

    def group_counts(self, body: JsonObject) -> JsonObject:
        """Count the records that `filter` selects by the values of `group_field`; an unset one is ""."""
        counts = self.store.group_counts(self.resource.kind, body["group_field"], self.where(body.get("filter") or {}))
        return {"" if value is None else str(value): count for value, count in counts}


class Collection:
    """Serves the records of one resource."""

    def __init__(self, records: Records, checker: Checker) -> None:
        self._records = records
        self._checker = checker

    def routes(self) -> dict[tuple[str, str], Handler]:
        """Return the handlers by method and path."""
        path = self._records.resource.path
        return {
            ("GET", path): self.list,
            ("POST", path): self.create,
            ("GET", f"{path}/{{}}"): self.get,
            ("PUT", f"{path}/{{}}"): self.change,
            ("DELETE", f"{path}/{{}}"): self.delete,
        }

    def list(self, call: Call) -> Reply:
        answer = call.operation.answer
        settings = call.query if call.operation.method == "GET" else call.body
        return Reply(answer.status, self._records.page(settings, self._checker.page_properties(answer)))

    def create(self, call: Call) -> Reply:
        return self._reply(call, self._records.create(self.fields(call, None)))

    def get(self, call: Call) -> Reply:
        return self._reply(call, self._document(call))

    def change(self, call: Call) -> Reply:
        document = self._document(call)
        return self._reply(call, self._records.store.update(document, self.fields(call, document)))

    def delete(self, call: Call) -> Reply:
        document = self._document(call)
        self.forget(document)
        self._records.store.delete(document)
        return Reply(call.operation.answer.status)

    def fields(self, call: Call, document: JsonObject | None) -> JsonObject:
        """Return the fields to store for a new record, or for the change of `document`."""
        return call.body

    def forget(self, document: JsonObject) -> None:
        """Clean up what refers to a record that is about to go."""

    def _document(self, call: Call) -> JsonObject:
        return self._records.get(*call.path.values())

    def _reply(self, call: Call, document: JsonObject) -> Reply:
        return Reply(call.operation.answer.status, self._records.row(document))


class Tags(Collection):
    """Tags: a deleted one is taken off all contacts."""

    def forget(self, document: JsonObject) -> None:
        store = self._records.store
        uuid = document["uuid"]
        tagged = Condition(
            "EXISTS (SELECT 1 FROM json_each(records.document, '$.tags') AS tag WHERE tag.value = ?)", (uuid,)
        )
        for lead in store.find(LEAD.kind, [tagged]):
            store.update(lead, {"tags": [tag for tag in lead["tags"] if tag != uuid]})


class CustomFields(Collection):
    """Custom fields: names are identifiers, unique per object type; a deleted field takes its values along."""

    def fields(self, call: Call, document: JsonObject | None) -> JsonObject:
        fields = call.body
        store = self._records.store
        owner = equals("object", document["object"] if document else fields["object"])
        if document is None and store.count(CUSTOM_FIELD.kind, [owner]) >= CUSTOM_FIELDS_PER_OBJECT:
            raise invalid_field("object", f"There are {CUSTOM_FIELDS_PER_OBJECT} custom fields of this object already.")
        if "name" in fields:
            if CUSTOM_FIELD_NAME.fullmatch(fields["name"]) is None:
                message = "The name field takes letters, digits and underscores, and starts with no digit."
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

    def __init__(self, records: Records, checker: Checker, fields: Records, leads: Records) -> None:
        super().__init__(records, checker)
        self._fields = fields
        self._leads = leads

    def create(self, call: Call) -> Reply:
        body = call.body
        field = self._fields.require("custom_field_uuid", body["custom_field_uuid"])
        if field["object"] != body["object_type"]:
            raise invalid_field("object_type", f"The custom field belongs to the object type {field['object']}.")
        if body["object_type"] == LEAD.kind:
            self._leads.require("object_uuid", body["object_uuid"])
        return self._reply(call, self.set(field, body["object_uuid"], body.get("value")))

    def set(self, field: JsonObject, object_uuid: str, value: str | None) -> JsonObject:
        """Store the value that a record has for a custom field."""
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

    def forget_object(self, uuid: str) -> None:
        """Delete the values of a record."""
        store = self._records.store
        for value in store.find(CUSTOM_FIELD_VALUE.kind, [equals("object_uuid", uuid)]):
            store.delete(value)


def find_custom_field(store: Store, name: str) -> JsonObject | None:
    """Find a contact's custom field by its name or UUID."""
    owner = equals("object", LEAD.kind)
    return store.first(CUSTOM_FIELD.kind, [owner, equals("name", name)]) or store.first(
        CUSTOM_FIELD.kind, [owner, equals("uuid", name)]
    )


def _blank(name: str, schema: JsonObject, schemas: Schemas, samples: Samples) -> Any:
    """Return the value of a field that nobody has set: null, nothing, or the description's example."""
    if schemas.fits(schema, []):
        return []
    return None if schemas.fits(schema, None) else samples.value(schema, name)
