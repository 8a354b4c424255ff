"""Calls every operation against the sandbox, which checks each request independently against the description."""

from __future__ import annotations

import datetime as dt
import inspect
import re
import uuid
from collections.abc import Mapping, Set
from functools import cache
from typing import Any, cast

import anyio
import httpx
import pytest

from codegen.description import load, operations
from codegen.edition import DEFAULT_SPEC, OVERLAY
from codegen.overlay import apply, load_overlay
from grinfi_async import (
    OPERATIONS,
    AttachmentDetailsDict,
    CompanyAction,
    ContactAction,
    EmailRecipientDict,
    Grinfi,
    Model,
    NewContactDict,
    Operation,
    Page,
    ScheduleDict,
    ServerError,
)
from grinfi_sandbox import SandboxServer, run_in_thread
from grinfi_sandbox.store import JOB_DELAY


@cache
def vendors_description() -> dict[str, Any]:
    """The vendor's description."""
    return load(str(DEFAULT_SPEC))


@cache
def corrected_description() -> dict[str, Any]:
    """The description with the overlay's corrections of requests and answers."""
    return apply(
        vendors_description(), [action for action in load_overlay(OVERLAY) if not action.get("x-python-only")]
    )[0]


@cache
def from_elsewhere() -> Set[str]:
    """Operations that are known from elsewhere, which the published description does not have."""
    return OPERATIONS.keys() - {operation.id for operation in operations(vendors_description())}


TARGET = "https://example.com/hook"
SCHEDULE: ScheduleDict = {"timezone": "UTC", "timeblocks": []}
FILE: AttachmentDetailsDict = {"name": "a.png", "size": "3", "type": "image/png"}
SAVED = dict.fromkeys(("created_at", "updated_at"), dt.datetime(2026, 3, 4, tzinfo=dt.UTC))
END: dict[str, Any] = {"id": 1, "type": "end", "before": [], "after": [], **SAVED}
VERSION: dict[str, Any] = {"nodes": [END], "contact_sources": [{"id": 1}]}
DELETIONS = (
    "deleteNote",
    "deleteLeadBlacklistEntry",
    "deleteCompanyBlacklistEntry",
    "deleteDataSource",
    "deleteLead",
    "deleteCompany",
    "deletePipelineStage",
    "deleteTag",
    "deleteCustomField",
    "deleteList",
)


def resolve(value: Any) -> dict[str, Any]:
    while "$ref" in value:
        reference: str = value["$ref"]
        value = corrected_description()
        for part in reference.removeprefix("#/").split("/"):
            value = value[part]
    return dict(value)


def merged(schema: Any) -> dict[str, Any]:
    schema = resolve(schema)
    parts = [merged(part) for part in schema.pop("allOf", [])]
    result: dict[str, Any] = {"properties": {}, "required": []}
    for part in [*parts, schema]:
        properties = {**result["properties"], **part.get("properties", {})}
        required = [*result["required"], *part.get("required", [])]
        result = {**result, **part, "properties": properties, "required": required}
    return result


def sample(name: str, raw: Any, ids: Mapping[str, Any], full: bool) -> Any:
    """A value that fits a schema, as a caller of the SDK would pass it."""
    schema = merged(raw)
    if name in ids:
        return ids[name]
    if schema.get("enum"):
        return schema["enum"][0]
    match schema.get("type"), schema.get("format"):
        case _, "date-time":
            return dt.datetime(2026, 3, 4, 9, 25, 42, tzinfo=dt.UTC)
        case _, "date":
            return dt.date(2026, 3, 4)
        case _, "binary":
            return b"name,email\nAda,ada@example.com\n"
        case _, "uuid":
            return str(uuid.UUID(int=7))
        case _, "email":
            return "ada@example.com"
        case _, "uri":
            return TARGET
        case "string", _:
            return str(schema.get("example", "text"))
        case "integer", _:
            return schema.get("minimum", 1)
        case "boolean", _:
            return True
        case "array", _:
            return [sample(name.removesuffix("s"), schema["items"], ids, full)] if "items" in schema else []
        case "object", _:
            wanted = schema["properties"] if full else schema["required"]
            return {key: sample(key, schema["properties"].get(key, {}), ids, full) for key in wanted}
        case _:
            pass
    variants = schema.get("oneOf") or [{"type": "string"}]
    return sample(name, variants[-1] if name != "payload" else {"type": "object"}, ids, full)


def described_arguments(operation: Operation, ids: Mapping[str, Any], full: bool, observed: bool) -> dict[str, Any]:
    """Name on the wire -> value, for the parameters and the top of the body."""
    is_corrected = observed and operation.id in {*from_elsewhere(), "sendEmail"}
    document = corrected_description() if is_corrected else vendors_description()
    described = document["paths"][operation.path][operation.method.lower()]
    values: dict[str, Any] = {}
    for raw in described.get("parameters", []):
        parameter = resolve(raw)
        name = parameter["name"]
        if name == "filter" and not merged(parameter["schema"])["properties"]:
            values[name] = {"object": "lead"} if "pipeline" in operation.path else {"lead_uuid": "some-uuid"}
        elif parameter.get("required") or full:
            values[name] = sample(name, parameter["schema"], ids, full)
    for content in resolve(described.get("requestBody", {})).get("content", {}).values():
        schema = merged(content["schema"])
        forms: list[list[str]] = [it["required"] for it in schema.get("oneOf", ())]
        identifiers = schema["anyOf"][0]["required"] if "anyOf" in schema else forms[0] if forms else []
        needed: set[str] = {*schema["required"], *identifiers}
        others = {name for form in forms[1:] for name in form} - {*needed, *schema.get("x-in-any-form", ())}
        for name, raw in schema["properties"].items():
            if name in needed or (full and name not in others):
                values[name] = sample(name, raw, ids, full)
    if operation.id in {"searchContacts", "searchCompanies", "countContacts", "listFlowLeads"}:
        values.pop("filter", None)
    if operation.id == "listLinkedinMessages" and full:
        values["filter"].pop("q", None)  # which the live server rejects, and the SDK refuses
    if operation.id == "countContacts":
        values["all"] = True
    if operation.id == "updateLead":
        values.pop("email", None)  # which the server does not save, and the SDK warns of
    if operation.id == "updateDataSource" and "type" in values:
        values["type"] = "ln_my_network"
    if operation.id == "enrichCompanies":
        values.setdefault("uuids", [str(uuid.UUID(int=7))])
    if operation.id == "runLinkedInBrowser":
        values["force"] = True
    if operation.id == "createFlowVersion":
        values |= VERSION
    if operation.id in {"leadsMassAction", "companiesMassAction"}:
        action = ContactAction if operation.resource == "contacts" else CompanyAction
        values = {"action": action.add_tags(ids["tag_uuid"]), "all": True, "confirm": True}
    if operation.id == "getLeadMetrics":
        # Accepted and ignored by the server, refused by the SDK.
        values = {name: value for name, value in values.items() if name not in {"filter", "group_by"}}
    if "tags" in values and operation.id == "importLeadsFromFile":
        values["tags"] = [ids["tag_uuid"]]
    if operation.id == "getEmailLLMThread" and full:
        values["limit"] = 5
    if "order_field" in values:
        values["order_field"] = "created_at"
    return values


def method(grinfi: Grinfi, operation: Operation) -> Any:
    return getattr(getattr(grinfi, operation.resource), operation.name)


async def call(grinfi: Grinfi, operation: Operation, values: Mapping[str, Any]) -> Any:
    parameters = inspect.signature(method(grinfi, operation)).parameters
    snake = {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(): value for name, value in values.items()}
    assert snake.keys() <= parameters.keys(), f"{operation.id} does not take {snake.keys() - parameters.keys()}"
    positional = [
        snake.pop(name) for name in re.findall(r"{(\w+)}", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation.path).lower())
    ]
    return await method(grinfi, operation)(*positional, **snake)


async def new_task(grinfi: Grinfi, ids: Mapping[str, Any], failed: bool = False) -> str:
    """Add a manual task: it can be completed, cancelled and so on once."""
    known = {name: ids[name] for name in ("lead_uuid", "sender_profile_uuid")}
    task = await grinfi.tasks.create(**known, text="Hello", schedule_at=dt.datetime(2026, 3, 4, tzinfo=dt.UTC))
    assert task.uuid
    if failed:
        await grinfi.tasks.fail(task.uuid)
    return task.uuid


async def prepare_outreach(grinfi: Grinfi, ids: dict[str, Any], by_path: dict[str, Any], observed: bool) -> None:
    """Make one record of each kind of the outreach part: in `ids` by field, in `by_path` by path."""
    lead = ids["lead_uuid"]
    sender = (await grinfi.sender_profiles.create(first_name="Max", last_name="Roe", assignee_user_id=1)).uuid
    folder = (await grinfi.automations.create_folder(name="2026")).uuid
    flow = (await grinfi.automations.create(name="Hello", use_sender_schedule=True, schedule=SCHEDULE)).uuid
    assert sender
    assert flow
    for _ in range(2):
        await grinfi.flow_versions.create(flow, **VERSION)
    await grinfi.automations.add_contact(flow, lead)
    mailbox = await grinfi.mailboxes.create(email="max@acme.com", sender_name="Max", sender_profile_uuid=sender)
    template = (await grinfi.ai_templates.create(name="Hello", type="message", is_public=True)).uuid
    addressed: dict[str, Any] = {"lead_uuid": lead, "sender_profile_uuid": sender}
    assert mailbox.uuid
    to: list[EmailRecipientDict] = [{"to_email": "ada@example.com", "to_name": "Ada"}]
    form: dict[str, Any] = {"mailbox_uuid": mailbox.uuid, "to": to, "body": "Hello"}
    if not observed:
        form = {"from_name": "Max", "from_email": "max@acme.com", "to_name": "Ada", "to_email": "ada@example.com"}
        form |= addressed
    email = (await grinfi.emails.send(**form, subject="Hello")).email_domain
    assert email
    attachment = (await grinfi.attachments.upload(attachment=b"abc", payload=FILE)).uuid
    await grinfi.linkedin_browsers.create(sender_profile_uuid=sender)
    ids |= {
        "flowUuid": flow,
        "flow_uuid": flow,
        "leadUuid": lead,
        "sender_profile_uuid": sender,
        "mailbox_uuid": mailbox.uuid,
        "to": to,
        "flow_workspace_uuid": folder,
        "template_uuid": template,
        "attachments": [{"uuid": attachment}],
        "automation_reassign_mailboxes": False,
    }
    by_path |= {
        "flows": flow,
        "flow-versions": (await grinfi.flow_versions.list(flow))[0].uuid,
        "flow-workspaces": folder,
        "sender-profiles": sender,
        "mailboxes": mailbox.uuid,
        "ai-templates": template,
        "ai-agents": (await grinfi.ai_agents.create(name="Classifier")).uuid,
        "attachments": attachment,
        "emails": email.uuid,
        "email-bodies": email.email_body_uuid,
        "linkedin-messages": (await grinfi.linkedin_messages.send(**addressed, text="Hello")).uuid,
        "webhooks": (await grinfi.webhooks.create(name="A", event="contact_replied_email", target_url=TARGET)).uuid,
    }


TIMEOUTS = ("massCancelTasks", "massCompleteTasks", "massRetryTasks", "massSkipTasks")
"""Operations that do not work on the observed server."""
DIFFERENT = ("markers", "flows", "custom_fields", "cc", "bcc")
"""Fields that only the observed server sends, besides the contacts and companies of a search; and copies of an
email without any, which are null or `[]`."""


def read(value: Any) -> Any:
    """The values that a caller reads, without those that differ between runs: any text is only "text"."""
    if isinstance(value, Model):
        return {name: read(getattr(value, name)) for name in value.wire_fields() if name not in DIFFERENT}
    if isinstance(value, Page):
        page = cast("Page[Any]", value)
        return page.total, page.offset, read(page.data)
    if isinstance(value, list):
        return [read(item) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        return [read(item) for item in cast("dict[str, Any]", value).values()]
    return type(value) if isinstance(value, (str, bytes, dt.date)) else repr(value)


async def call_all(server: SandboxServer, full: bool, *, observed: bool) -> dict[str, Any]:
    """Call every operation; return the values of described answers."""
    told: dict[str, Any] = {}
    async with Grinfi(server.key, base_url=server.url) as grinfi:
        contact_list = await grinfi.lists.create(name="Everyone")
        tag = await grinfi.tags.create(name="Warm")
        field = await grinfi.custom_fields.create(name="budget", object="lead")
        assert contact_list.uuid
        assert tag.uuid
        assert field.uuid
        lead: NewContactDict = {"linkedin_id": "ada-1", "email": "ada@example.com"}
        contact = await grinfi.contacts.upsert(lead=lead, list_uuid=contact_list.uuid)
        assert contact.uuid
        ids: dict[str, Any] = {
            "list_uuid": contact_list.uuid,
            "tag_uuid": tag.uuid,
            "custom_field_uuid": field.uuid,
            "object_uuid": contact.uuid,
            "lead_uuid": contact.uuid,
            "custom_fields": {"budget": "high"},
            "linkedin_id": "ada-1",
        }
        stage = await grinfi.pipeline_stages.create(name="Met", object="company", category="positive")
        companies = await grinfi.companies.create(companies=[{"name": "Acme"}])
        note = await grinfi.notes.create(object="lead", object_uuid=contact.uuid, note="Call back.")
        blocked_lead = await grinfi.blacklist.add_contact(linkedin="jo")
        blocked_company = await grinfi.blacklist.add_company(domain="blocked.example")
        source = await grinfi.data_sources.create(type="ln_my_network", list_uuid=contact_list.uuid)
        table = await grinfi.files.upload_csv(file=b"name\nAda\n", type="csv_leads")
        export = await grinfi.files.export_contacts(filter={"all": True})
        await anyio.sleep(JOB_DELAY)
        ids |= {
            "lead_status_uuid": stage.uuid,
            "file_name": f"{export.uuid}.csv",
            "columns": [{"source": "name", "target": "name"}],
        }
        by_path: dict[str, Any] = {
            "lists": contact_list.uuid,
            "tags": tag.uuid,
            "custom-fields": field.uuid,
            "leads": contact.uuid,
            "companies": companies[0].uuid,
            "pipeline-stages": stage.uuid,
            "notes": note.uuid,
            "leads-blacklist": blocked_lead.uuid,
            "companies-blacklist": blocked_company.uuid,
            "data-sources": source.uuid,
            "file-imports": table.uuid,
        }
        await prepare_outreach(grinfi, ids, by_path, observed)
        # Contacts on a blacklist get no messages, so blacklisting comes after sending.
        ordered = [item for item in OPERATIONS.values() if item.method != "DELETE"]
        ordered.sort(key=lambda item: (item.id in from_elsewhere(), "blacklist" in item.path))
        deletions = [item for item in OPERATIONS.values() if item.method == "DELETE" and item.id not in DELETIONS]
        for operation in [*ordered, *reversed(deletions), *(OPERATIONS[name] for name in DELETIONS)]:
            if operation.id in from_elsewhere() and not observed:
                continue
            owner = operation.path.split("/")[3]
            if owner == "tasks":
                by_path[owner] = await new_task(grinfi, ids, failed=operation.id in {"massRetryTasks", "retryTask"})
            if owner == "mass-actions" and "{" in operation.path:
                before = {row["uuid"] for row in await grinfi.contacts.mass_actions()}
                await grinfi.contacts.mass_action(ContactAction.add_tags(tag.uuid), ids=[ids["lead_uuid"]])
                (by_path[owner],) = {row["uuid"] for row in await grinfi.contacts.mass_actions()} - before
            known = {**ids, **({"uuid": by_path[owner]} if owner in by_path else {})}
            if operation.id == "importCompaniesFromFile":
                await anyio.sleep(JOB_DELAY)  # after the contacts of the same file
            if operation.id.startswith("create"):
                known["name"] = f"name_{full}".lower()
            if operation.id == "updateCustomField":
                known["name"] = "budget"  # later operations use it by this name
            values = described_arguments(operation, known, full, observed)
            if observed and operation.id in TIMEOUTS:
                with pytest.raises(ServerError, match="answered 504"):
                    await call(grinfi, operation, values)
                await getattr(grinfi.tasks, operation.name.removeprefix("mass_"))(*values["uuids"])
                continue
            result = await call(grinfi, operation, values)
            assert operation.paginated <= isinstance(result, Page), operation.id
            if (
                inspect.signature(method(grinfi, operation)).return_annotation.removeprefix("builtins.")
                not in {
                    "Any",
                    "list[Any]",
                }
                and operation.id not in from_elsewhere()
            ):
                told[operation.id] = read(result)

        received = httpx.get(
            f"{server.url}/_sandbox/requests", headers={"authorization": f"Bearer {server.key}"}
        ).json()
    sent = {entry["operation_id"]: entry["status"] for entry in received["data"]}
    assert set(sent) == OPERATIONS.keys() - (() if observed else from_elsewhere())
    assert {status for name, status in sent.items() if not observed or name not in TIMEOUTS} <= {200, 201, 204}
    return told


@pytest.mark.anyio
@pytest.mark.parametrize("full", [False, True], ids=["required arguments", "all arguments"])
async def test_every_operation_sends_what_the_description_asks_for_and_reads_both_behaviours_alike(full: bool) -> None:
    with run_in_thread(behaviour="published") as published, run_in_thread(behaviour="observed") as observed:
        read_alike = await call_all(observed, full, observed=True)
        assert read_alike == await call_all(published, full, observed=False)


def test_the_manifest_locates_each_operation() -> None:
    with_offset = OPERATIONS["listCompanies"]
    assert with_offset == Operation(
        "listCompanies", "GET", "/leads/api/companies", "companies", "list", "read", paginated=True, expects_json=True
    )
    assert OPERATIONS["listTags"].paginated is False
    assert OPERATIONS["downloadExportFile"].expects_json is False
    assert OPERATIONS["sendEmail"].retry == "write"
