"""Puts together what is served from state."""

from __future__ import annotations

from .contacts import Contacts
from .description import Description
from .outreach import Outreach
from .resources import (
    CUSTOM_FIELD,
    CUSTOM_FIELD_VALUE,
    LEAD,
    LIST,
    RESOURCES,
    TAG,
    Collection,
    CustomFields,
    CustomFieldValues,
    Handler,
    Records,
    Resource,
    Tags,
    find_custom_field,
)
from .samples import Samples
from .schemas import Schemas
from .store import Store
from .tables import is_described
from .validation import Checker


def stateful_handlers(
    description: Description, schemas: Schemas, samples: Samples, checker: Checker, store: Store
) -> dict[tuple[str, str], Handler]:
    """Return the handlers by method and path; none when the description lacks a schema of the state."""
    if any(resource.kind not in description.components for resource in RESOURCES):
        return {}

    def custom_field_uuid(name: str) -> str | None:
        field = find_custom_field(store, name)
        return None if field is None else str(field["uuid"])

    def records(resource: Resource) -> Records:
        resolver = custom_field_uuid if resource is LEAD else None
        return Records(resource, description, schemas, samples, store, resolver)

    leads, lists, tags, fields = records(LEAD), records(LIST), records(TAG), records(CUSTOM_FIELD)
    values = CustomFieldValues(records(CUSTOM_FIELD_VALUE), checker, fields, leads)
    collections: tuple[Collection, ...] = (
        Contacts(leads, checker, lists, tags, values),
        Collection(lists, checker),
        Tags(tags, checker),
        CustomFields(fields, checker),
        values,
    )
    handlers = {route: handler for collection in collections for route, handler in collection.routes().items()}
    if is_described(description):
        handlers |= Outreach(description, schemas, samples, checker, store).routes(handlers)
    return handlers
