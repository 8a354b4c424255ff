"""Kinds of record that the sandbox keeps, and the operations of all of them: create, get, list, change, delete."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from .answers import Page, Reply
from .description import Description
from .errors import ApiError, invalid_field
from .filters import Filters
from .samples import Samples
from .schemas import Schemas
from .store import Condition, Store
from .validation import Call, Checker
from .values import JsonObject

Handler: TypeAlias = Callable[[Call], Reply]
Saver: TypeAlias = Callable[[JsonObject, JsonObject], JsonObject]  # stores changes of a record


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
COMPANY = Resource("company", "/leads/api/companies", ("name", "domain", "website", "linkedin", "industry"))
PIPELINE_STAGE = Resource("pipeline-stage", "/leads/api/pipeline-stages")
NOTE = Resource("note", "/leads/api/notes", ("note",))
ACTIVITY = Resource("activity", "/leads/api/activities", ("type",))
DATA_SOURCE = Resource("data-source", "/leads/api/data-sources", ("type",))
LEAD_BLACKLIST = Resource("lead-blacklist-entry", "/leads/api/leads-blacklist")
COMPANY_BLACKLIST = Resource("company-blacklist-entry", "/leads/api/companies-blacklist")
RESOURCES = (
    LEAD,
    LIST,
    TAG,
    CUSTOM_FIELD,
    CUSTOM_FIELD_VALUE,
    COMPANY,
    PIPELINE_STAGE,
    NOTE,
    ACTIVITY,
    DATA_SOURCE,
    LEAD_BLACKLIST,
    COMPANY_BLACKLIST,
)


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
        store.text_fields[resource.kind] = resource.text_fields
        self._properties: JsonObject = schemas.properties(description.components[resource.kind])
        self._schemas = schemas
        self._samples = samples
        self._filters = Filters(description, self._properties, resource.kind, custom_field)

    @cached_property
    def _blank(self) -> JsonObject:
        """The fields of a new record that no request sets; made at the first use, because that is slow."""
        return {name: _blank(name, node, self._schemas, self._samples) for name, node in self._properties.items()}

    @cached_property
    def text_names(self) -> list[str]:
        """Names of the fields that hold text, except identifiers and times."""
        kept = ("uuid", "_uuid", "_at")
        return [
            name for name, node in self._properties.items() if node.get("type") == "string" and not name.endswith(kept)
        ]

    def create(self, fields: JsonObject, uuid: str | None = None) -> JsonObject:
        return self.store.insert(self.resource.kind, {**self._blank, **fields}, uuid)

    def get(self, uuid: Any) -> JsonObject:
        """Return the record with this UUID; 404 if it does not exist."""
        document = self.store.get(self.resource.kind, str(uuid))
        if document is None:
            raise ApiError(404, f"There is no {self.resource.kind} {uuid}.")
        return document

    def require(self, field: str, uuid: Any) -> JsonObject:
        """Return the record that a field of the request names; 422 if it does not exist."""
        document = self.store.get(self.resource.kind, str(uuid))
        if document is None:
            raise invalid_field(field, f"The selected {field} is invalid: there is no {self.resource.kind} {uuid}.")
        return document

    def require_fit(self, field: str, value: Any) -> None:
        """Check a field against its schema in answers; 422 if it does not fit: answers must match it."""
        if not self._schemas.fits(self._properties[field], value):
            raise invalid_field(field, f"The selected {field} is invalid.")

    def where(self, conditions: JsonObject) -> list[Condition]:
        """Compile a filter."""
        return self._filters.compile(conditions)

    def row(self, document: JsonObject) -> JsonObject:
        """Return a record as it is described."""
        return {name: document.get(name, blank) for name, blank in self._blank.items()}

    def page(self, settings: JsonObject, envelope: JsonObject) -> JsonObject:
        """Return the page for a checked query or body."""
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
        """Return the fields of a new record that no request sets."""
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
        return Reply(answer.status, self._records.page(self.settings(settings), self._checker.page_properties(answer)))

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
        answer = call.operation.answer
        return Reply(answer.status, None if answer.status == 204 else {})

    def fields(self, call: Call, document: JsonObject | None) -> JsonObject:
        """Return the fields to store for a new record, or for the change of `document`."""
        return call.body

    def settings(self, settings: JsonObject) -> JsonObject:
        """Return the page, order and filter to use, given the requested ones."""
        return settings

    def forget(self, document: JsonObject) -> None:
        """Clean up references to a record that is about to be deleted."""

    def _document(self, call: Call) -> JsonObject:
        return self._records.get(*call.path.values())

    def _reply(self, call: Call, document: JsonObject) -> Reply:
        return Reply(call.operation.answer.status, self._records.row(document))


def _blank(name: str, schema: JsonObject, schemas: Schemas, samples: Samples) -> Any:
    """Return the value of a field that no request sets: null, empty, or the description's example."""
    if schemas.fits(schema, []):
        return []
    return None if schemas.fits(schema, None) else samples.value(schema, name)
