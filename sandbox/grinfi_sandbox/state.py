"""Assembles the operations that are served from state."""

from __future__ import annotations

from .blacklist import BlacklistEntries
from .companies import Companies
from .contacts import Contacts
from .custom_fields import CustomFields, CustomFieldValues, find_custom_field
from .description import Description
from .enrichment import Enrichment
from .files import DataSources, FileExports, FileImports
from .journal import Journal, Notes
from .labels import Lists, Stages, Tags, make_default_stages
from .mass_actions import MassActions
from .members import Crm
from .outreach import Outreach
from .resources import (
    ACTIVITY,
    COMPANY,
    COMPANY_BLACKLIST,
    CUSTOM_FIELD,
    CUSTOM_FIELD_VALUE,
    DATA_SOURCE,
    LEAD,
    LEAD_BLACKLIST,
    LIST,
    NOTE,
    PIPELINE_STAGE,
    RESOURCES,
    TAG,
    Handler,
    Records,
    Resource,
)
from .samples import Samples
from .schemas import Schemas
from .store import Store
from .tables import is_described
from .validation import Checker
from .webhooks import Events


def stateful_handlers(
    description: Description, schemas: Schemas, samples: Samples, checker: Checker, store: Store, events: Events
) -> dict[tuple[str, str], Handler]:
    """Return the handlers by method and path; none when the description lacks a schema of the state."""
    if any(resource.kind not in description.components for resource in RESOURCES):
        return {}

    def make_records(resource: Resource) -> Records:
        def custom_field_uuid(name: str) -> str | None:
            field = find_custom_field(store, name, resource.kind)
            return None if field is None else str(field["uuid"])

        return Records(resource, description, schemas, samples, store, custom_field_uuid)

    records = {resource.kind: make_records(resource) for resource in RESOURCES}
    members = {kind: records[kind] for kind in (LEAD.kind, COMPANY.kind)}
    store.add_defaults(lambda: make_default_stages(records[PIPELINE_STAGE.kind]))

    lists = Lists(records[LIST.kind], checker)
    tags = Tags(records[TAG.kind], checker)
    fields = CustomFields(records[CUSTOM_FIELD.kind], checker)
    values = CustomFieldValues(records[CUSTOM_FIELD_VALUE.kind], checker, records[CUSTOM_FIELD.kind], members)
    activities = Journal(records[ACTIVITY.kind], checker, members)
    mass_actions = MassActions(store)
    crm = Crm(
        records[LIST.kind], records[TAG.kind], records[PIPELINE_STAGE.kind], values, activities, events, mass_actions
    )
    contacts = Contacts(records[LEAD.kind], checker, crm)
    companies = Companies(records[COMPANY.kind], checker, crm, records[LEAD.kind])
    savers = {LEAD.kind: contacts.save, COMPANY.kind: companies.save}
    served = (
        lists,
        tags,
        Stages(records[PIPELINE_STAGE.kind], checker, savers),
        fields,
        values,
        activities,
        contacts,
        companies,
        Notes(records[NOTE.kind], checker, members, activities),
        BlacklistEntries(records[LEAD_BLACKLIST.kind], checker),
        BlacklistEntries(records[COMPANY_BLACKLIST.kind], checker),
        DataSources(records[DATA_SOURCE.kind], checker, records[LIST.kind]),
        Enrichment(store, contacts, companies),
        FileImports(contacts, companies, records, crm),
        FileExports(contacts, companies, records, crm),
        mass_actions,
    )
    handlers = {route: handler for part in served for route, handler in part.routes().items()}
    if is_described(description):
        handlers |= Outreach(description, schemas, samples, checker, store, events, contacts).routes(handlers)
    return handlers
