"""Typical code of callers, with its types. The type checkers check this file; it is never executed."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any, assert_type
from uuid import UUID

import anyio
import httpx
import httpx2

from grinfi_async import (
    UNSET,
    AddedContact,
    APIStatusError,
    AsyncPaginator,
    Attachment,
    Automation,
    AutomationMetrics,
    Company,
    CompanyAction,
    Contact,
    ContactAction,
    ContactExport,
    ContactList,
    F,
    FlowBuilder,
    FlowNode,
    FlowVersion,
    Grinfi,
    GrinfiError,
    GroupCounts,
    NewCompany,
    NewContact,
    NewContactDict,
    NodeEdge,
    NodeStatistics,
    Page,
    PartialUpdateError,
    RateLimitError,
    RawResponse,
    Schedule,
    ScheduleDict,
    ScheduleTimeblock,
    ScheduleTimeblockDict,
    Tag,
    Task,
    Upload,
    Webhook,
)


async def reading(grinfi: Grinfi) -> None:
    contact = await grinfi.contacts.get("uuid")
    assert_type(contact, Contact)
    assert_type(contact.first_name, str | None)
    assert_type(contact.created_at, dt.datetime)
    assert_type(contact.updated_at, dt.datetime | None)
    assert_type(contact.tags, list[str] | None)
    assert_type(contact.additional_properties, dict[str, Any])
    assert_type(contact.flows, list[Any] | None)
    assert_type(contact.custom_fields, dict[str, Any] | None)

    assert_type(grinfi.contacts.search(), AsyncPaginator[Contact])
    page = await grinfi.contacts.search(filter={"email_status": "ok"}, limit=100)
    assert_type(page, Page[Contact])
    assert_type(page.data, list[Contact])
    assert_type(page.total, int | None)
    assert_type(page[0], Contact)
    async for row in grinfi.tasks.list(filter={"status": ["closed", "failed"]}):
        assert_type(row, Task)
    async for tag in grinfi.tags.list():
        assert_type(tag, Tag)

    assert_type(await grinfi.companies.lookup(lookups=[{"name": "Acme"}]), list[Company])
    assert_type(await grinfi.companies.contacts(uuids=["uuid"]), dict[str, list[Contact]])
    assert_type(await grinfi.automations.metrics(uuids=["uuid"]), dict[str, AutomationMetrics])
    assert_type(await grinfi.automations.node_statistics("uuid", node_ids=[1]), dict[int, NodeStatistics])
    counts = await grinfi.tasks.group_counts(group_field="status")
    assert_type(counts, GroupCounts)
    assert_type(counts["closed"], int)
    assert_type(counts.to_records(), list[dict[str, Any]])
    assert_type(await grinfi.contacts.create_many(list_uuid="uuid", leads=[{"linkedin_id": "ada"}]), list[Contact])
    assert_type(await grinfi.contacts.mass_action_status("uuid"), dict[str, Any])
    assert_type(await grinfi.contacts.wait_for_mass_action("uuid"), dict[str, Any])
    await grinfi.emails.send(mailbox_uuid="uuid", to=[{"to_email": "a@one.example"}], body="b")
    assert_type(await grinfi.flow_versions.list("uuid"), list[FlowVersion])
    assert_type(await grinfi.flow_versions.get("uuid"), FlowVersion)
    assert_type(await grinfi.files.download(file_name="contacts.csv"), bytes)
    assert_type(await grinfi.tasks.schedule(sender_profile_uuid="uuid", date=dt.date(2026, 3, 4)), Any)
    assert_type(await grinfi.request("GET", "/any/path"), Any)
    await grinfi.request("POST", "/any/path", retry_class="read")
    await grinfi.request("POST", "/any/path", retry_class="reads")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    rows = grinfi.paginate("POST", "/any/path", json={"filter": F.any == 1}, prefetch=2)
    assert_type(rows, AsyncPaginator[dict[str, Any]])
    assert_type(await rows.first(), dict[str, Any] | None)
    await grinfi.contacts.update("uuid", extra_body={"new_field": 1})


async def raw_responses(grinfi: Grinfi) -> None:
    raw = await grinfi.contacts.with_raw_response.get("uuid")
    assert_type(raw, RawResponse[Contact])
    assert_type(raw.parsed, Contact)
    assert_type(raw.request_id, str | None)
    assert_type((await grinfi.contacts.with_raw_response.search(limit=3)).parsed, Page[Contact])
    assert_type((await grinfi.contacts.with_raw_response.delete("uuid")).parsed, None)
    await grinfi.contacts.with_raw_response.get(7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await grinfi.lists.with_raw_response.create()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


async def tasks_of_lists(grinfi: Grinfi) -> None:
    assert_type(asyncio.create_task(grinfi.lists.list()), asyncio.Task[Page[ContactList]])
    async with asyncio.TaskGroup() as group:
        assert_type(group.create_task(grinfi.tags.list()), asyncio.Task[Page[Tag]])
    assert_type(await asyncio.wait_for(grinfi.lists.list(), 3), Page[ContactList])
    both = await asyncio.gather(grinfi.lists.list(), grinfi.tags.list())
    assert_type(both, tuple[Page[ContactList], Page[Tag]])
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(grinfi.lists.list)


def in_a_loop_of_its_own(grinfi: Grinfi) -> None:
    assert_type(asyncio.run(grinfi.lists.list()), Page[ContactList])


def with_httpx2(client: httpx2.AsyncClient, transport: httpx2.MockTransport) -> None:
    Grinfi(http_client=client)
    Grinfi(transport=transport, timeout=httpx2.Timeout(3), limits=httpx2.Limits(), proxy=httpx2.Proxy("http://a"))
    Grinfi(
        transport=httpx.MockTransport(lambda _: httpx.Response(200)), timeout=httpx.Timeout(3), limits=httpx.Limits()
    )
    Grinfi(http_library="httpx2", http_client=httpx.AsyncClient(), proxy=httpx.Proxy("http://a"))
    Grinfi(http_client=httpx.Client())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Grinfi(timeout="3")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def writing(grinfi: Grinfi, columns: Sequence[tuple[str, str]]) -> None:
    created = await grinfi.lists.create(name="Everyone")
    assert_type(created, ContactList)
    await grinfi.contacts.upsert(lead=NewContact(linkedin_id="ada"), list_uuid="uuid", custom_fields={"budget": 3})
    await grinfi.contacts.upsert(lead={"linkedin_id": "ada"}, list_uuid="uuid", update_if_exists=UNSET)
    await grinfi.contacts.update("uuid", headline=None, position="CTO")
    await grinfi.contacts.update("uuid", position="CTO", custom_fields={"budget": 3}, pipeline_stage_uuid="uuid")
    assert_type(await grinfi.companies.update("uuid", custom_fields={"region": None}), Company)
    assert_type(await grinfi.contacts.mass_action(ContactAction.add_tags("uuid"), ids=["uuid"]), list[Any])
    await grinfi.contacts.mass_action(ContactAction.delete(), all=True, confirm=True)
    await grinfi.companies.mass_action(CompanyAction.replace_tags([]), filter={"industry": "SaaS"})

    lead: NewContactDict = {"linkedin_id": "ada", "first_name": "Ada", "headline": None, "email": UNSET}
    await grinfi.contacts.upsert(lead=lead, list_uuid=UUID(int=1))
    await grinfi.companies.create(companies=[{"name": "Acme"}, NewCompany(name="Birch")])
    lunch: ScheduleDict = {"timezone": "UTC", "timeblocks": [{"dow": 1, "min": 720, "max": 780}]}
    await grinfi.automations.create(name="Lunch", use_sender_schedule=False, schedule=lunch)

    schedule = Schedule(timezone="Europe/Kyiv", timeblocks=[ScheduleTimeblock(dow=1, min=540, max=1080)])
    automation = await grinfi.automations.create(name="Hello", use_sender_schedule=False, schedule=schedule)
    assert_type(automation, Automation)
    outcome = await grinfi.automations.add_new_contact("uuid", lead={"linkedin_id": "ada"}, list_uuid="uuid")
    assert_type(outcome, AddedContact)
    assert_type(outcome.created, bool | None)
    node = FlowNode(id=1, type="end", before=[NodeEdge(node_id=0, branch_id=0)], after=[])
    await grinfi.flow_versions.create("uuid", nodes=[node], contact_sources=[{"id": 1}])
    tree = FlowBuilder(sender_profiles=["uuid"]).add("linkedin_send_message", template="Hi", delay=dt.timedelta(days=1))
    assert_type(tree, FlowBuilder)
    await grinfi.flow_versions.create("uuid", **tree.branch("rule_ab_test", {1: tree, 2: FlowBuilder()}).build())

    webhook = await grinfi.webhooks.create(name="x", event="contact_created", target_url="https://example.com")
    assert_type(webhook, Webhook)
    await grinfi.files.import_contacts("uuid", columns=[{"source": a, "target": b} for a, b in columns])
    assert_type(await grinfi.attachments.upload(attachment=Path("photo.png")), Attachment)
    await grinfi.files.upload_csv(file=Upload(b"name\n", name="contacts.csv"), type="csv_leads")
    with Path("contacts.csv").open("wb") as file:
        assert_type(await grinfi.files.save_contacts_export(filter={"all": True}, to=file), ContactExport)
    await grinfi.files.save(file_name="contacts.csv", to=Path("contacts.csv"))
    await grinfi.ai_templates.create(name="x", type="email", is_public=True)
    assert_type(await grinfi.contacts.delete("uuid"), None)


async def failing(grinfi: Grinfi) -> None:
    try:
        await grinfi.user.current()
    except RateLimitError as error:
        assert_type(error.request_id, str | None)
    except PartialUpdateError as error:
        assert_type(error.applied, tuple[str, ...])
        assert_type(error.failed, dict[str, GrinfiError])
    except APIStatusError as error:
        assert_type(error.field_errors, dict[str, list[str]])
    except GrinfiError:
        raise


async def refused_by_checkers(grinfi: Grinfi, now: dt.datetime) -> None:
    await grinfi.contacts.mass_action(CompanyAction.delete(), ids=["uuid"])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    CompanyAction.add_to_flow("uuid")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    await grinfi.contacts.update("uuid", Industry="SaaS")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await grinfi.contacts.metrics(period_from=now, period_to=now, metrics=[], filter={})  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await grinfi.lists.create()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await grinfi.contacts.update("uuid", first_name=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    FlowBuilder().add("linkedin_dance")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    FlowBuilder().add("rule_ab_test")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    FlowBuilder().branch("gs_add_tag", {})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await grinfi.contacts.get(7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    lead: NewContactDict = {"linkedn_id": "ada"}  # type: ignore[typeddict-item]  # pyright: ignore[reportAssignmentType]
    await grinfi.contacts.upsert(lead=lead, list_uuid="uuid")
    row: dict[str, str] = {"linkedin_id": "ada"}
    await grinfi.contacts.upsert(lead=row, list_uuid="uuid")  # a row that was read: checked before it is sent
    block: ScheduleTimeblockDict = {"dow": 1, "minn": 2}  # type: ignore[typeddict-unknown-key]  # pyright: ignore[reportAssignmentType]
    await grinfi.automations.create(name="x", use_sender_schedule=True, schedule={"timeblocks": [block]})
    grinfi.contcats  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]  # noqa: B018
    for _ in grinfi.contacts.search():  # type: ignore[attr-defined]  # pyright: ignore[reportGeneralTypeIssues]
        pass
    len(grinfi.contacts.search())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    grinfi.contacts.search()[0]  # type: ignore[index]  # pyright: ignore[reportIndexIssue]
    grinfi.contacts.list()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    grinfi.contacts.search().total  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]  # noqa: B018
    with grinfi:  # type: ignore[attr-defined]  # pyright: ignore[reportGeneralTypeIssues]
        pass
    async for _ in await grinfi.contacts.search():  # type: ignore[attr-defined]  # pyright: ignore[reportGeneralTypeIssues]
        pass
