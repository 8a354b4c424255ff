"""Programs that use the SDK work alike with a server that follows the description and with the observed one."""

from __future__ import annotations

import csv
import runpy
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import pytest

from examples import import_contacts
from grinfi_async import (
    APIStatusError,
    ContactAction,
    Grinfi,
    NotFoundError,
    ResultWindowError,
    RetryPolicy,
    ServerError,
    UnprocessableEntityError,
)
from grinfi_sandbox import Sandbox, SandboxServer, run_in_thread
from grinfi_sandbox.store import JOB_DELAY
from tests.sandbox.outreach import SCHEDULE

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parent.parent
BEHAVIOURS = [
    pytest.param(name, marks=pytest.mark.grinfi_sandbox(behaviour=name), id=name) for name in ("published", "observed")
]
SAVED = dict.fromkeys(("created_at", "updated_at"), datetime(2026, 3, 4, tzinfo=UTC))
ROWS = 130  # more than the server that was observed has in a page


@pytest.fixture(params=BEHAVIOURS, autouse=True)
def behaviour(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


async def new_list(grinfi: Grinfi) -> str:
    uuid = (await grinfi.lists.create(name="Prospects")).uuid
    assert uuid
    return uuid


async def new_contacts(grinfi: Grinfi, number: int) -> list[str]:
    list_uuid = await new_list(grinfi)
    made = [
        await grinfi.contacts.upsert(lead={"linkedin_id": f"c-{n}", "first_name": "Ada"}, list_uuid=list_uuid)
        for n in range(number)
    ]
    return [contact.uuid for contact in made]


async def new_automation(grinfi: Grinfi) -> tuple[str, str]:
    """Start an automation that sends one message; return it and its sender."""
    sender = await grinfi.sender_profiles.create(first_name="Max", last_name="Roe", assignee_user_id=1)
    flow = await grinfi.automations.create(name="Hello", use_sender_schedule=True, schedule=SCHEDULE)
    assert flow.uuid
    assert sender.uuid
    message = {"type": "linkedin_send_message", "payload": {"template": "Hi {{first_name}}"}, "automation": "auto"}
    await grinfi.flow_versions.create(
        flow.uuid,
        nodes=[
            {**message, "id": 1, "before": [], "after": [{"node_id": 2, "branch_id": 0}], **SAVED},
            {"type": "end", "id": 2, "before": [{"node_id": 1, "branch_id": 0}], "after": [], **SAVED},
        ],
        contact_sources=[{"id": 1, "sender_profiles": [sender.uuid], "after_id": 1}],
    )
    assert (await grinfi.automations.start(flow.uuid)).status == "on"
    return flow.uuid, sender.uuid


async def test_every_row_comes_once_for_any_limit(grinfi: Grinfi) -> None:
    names = [f"Company {number}" for number in range(ROWS)]
    await grinfi.companies.create(companies=[{"name": name} for name in names])
    for rows in (grinfi.companies.list(limit=1000), grinfi.companies.search(limit=1000), grinfi.companies.search()):
        assert sorted([str(company.name) async for company in rows]) == sorted(names)
    assert (await grinfi.companies.list(limit=3)).total == ROWS


async def test_every_contact_of_an_automation_comes_once(grinfi: Grinfi) -> None:
    flow, _ = await new_automation(grinfi)
    contacts = await new_contacts(grinfi, 25)  # more than the observed server returns in a page, for any limit
    for uuid in contacts:
        await grinfi.automations.add_contact(flow, uuid)
    entries = [entry async for entry in grinfi.automations.list_contacts(filter={"flow_uuid": [flow]}, limit=100)]
    assert sorted(entry["lead_uuid"] for entry in entries) == sorted(contacts)


async def test_a_contact_that_is_searched_is_the_one_that_is_got(grinfi: Grinfi) -> None:
    list_uuid = await new_list(grinfi)
    await grinfi.custom_fields.create(name="budget", object="lead")
    ada = await grinfi.contacts.upsert(
        lead={"linkedin_id": "ada", "first_name": "Ada"}, list_uuid=list_uuid, custom_fields={"budget": "high"}
    )
    again = await grinfi.contacts.upsert(lead={"linkedin_id": "ada", "headline": "CTO"}, list_uuid=list_uuid)
    assert (again.uuid, again.first_name, again.headline) == (ada.uuid, "Ada", "CTO")
    [found] = await grinfi.contacts.search(filter={"list_uuid": list_uuid})
    got = await grinfi.contacts.get(ada.uuid)
    # Only the observed server sends something beside a contact.
    of_contacts = found.wire_fields().keys() - {"markers", "flows", "custom_fields"}
    assert [getattr(found, name) for name in of_contacts] == [getattr(got, name) for name in of_contacts]
    assert found.created_at is not None
    assert found.created_at.tzinfo is not None
    assert (await grinfi.contacts.find(linkedin_id="ada")).uuid == ada.uuid
    assert (await grinfi.contacts.count(all=True)).total == 1


async def test_changed_and_deleted_rows(grinfi: Grinfi) -> None:
    [uuid] = await new_contacts(grinfi, 1)
    assert (await grinfi.contacts.update(uuid, position="CTO", headline=None)).position == "CTO"
    tag = await grinfi.tags.create(name="Warm")
    await grinfi.contacts.mass_action(ContactAction.add_tags(tag.uuid), ids=[uuid])
    await anyio.sleep(JOB_DELAY)
    assert [contact.uuid async for contact in grinfi.contacts.search(filter={"tags": [tag.uuid]})] == [uuid]
    await grinfi.contacts.delete(uuid)
    with pytest.raises(NotFoundError):
        await grinfi.contacts.get(uuid)


async def test_an_automation_from_its_start_to_a_reply(grinfi: Grinfi) -> None:
    flow, sender = await new_automation(grinfi)
    [contact] = await new_contacts(grinfi, 1)
    await grinfi.automations.add_contact(flow, contact)
    await grinfi.request("POST", "/_sandbox/advance", json={"seconds": 86400})
    await grinfi.request("POST", "/_sandbox/reply", json={"lead_uuid": contact, "channel": "linkedin", "text": "Yes"})
    tasks = [(task.type, task.status) async for task in grinfi.tasks.list(filter={"flow_uuid": flow})]
    assert ("linkedin_send_message", "closed") in tasks
    messages = grinfi.linkedin_messages.list(
        filter={"sender_profile_uuid": sender}, order_field="created_at", order_type="asc"
    )
    assert [(message.type, message.text) async for message in messages] == [("outbox", "Hi Ada"), ("inbox", "Yes")]
    [metrics] = (await grinfi.automations.metrics(uuids=[flow])).values()
    assert metrics is not None


async def test_a_new_contact_is_created_or_skipped(grinfi: Grinfi) -> None:
    flow, _ = await new_automation(grinfi)
    list_uuid = await new_list(grinfi)
    added = [
        await grinfi.automations.add_new_contact(
            flow, lead={"linkedin_id": "ada"}, list_uuid=list_uuid, skip_if_lead_exists=True
        )
        for _ in range(2)
    ]
    assert [(contact.created, contact.reason) for contact in added] == [(True, None), (False, "skipped")]


async def test_failures_are_reported_alike(grinfi: Grinfi, behaviour: str) -> None:
    with pytest.raises(UnprocessableEntityError if behaviour == "published" else ServerError):
        await grinfi.contacts.search(filter={"nothing": 1})
    with pytest.raises(UnprocessableEntityError) as refused:
        await grinfi.request("POST", "/leads/api/lists", json={"name": 5})
    assert list(refused.value.field_errors) == ["name"]
    with pytest.raises(APIStatusError) as conflict:
        await grinfi.contacts.upsert(lead={"linkedin_id": "ada"}, list_uuid="nowhere")
    assert conflict.value.status == 422


async def test_reads_are_repeated_and_writes_are_not(grinfi: Grinfi, grinfi_sandbox: Sandbox) -> None:
    quick = grinfi.with_options(retry=RetryPolicy(first_delay=0.001, max_delay=0.01))
    grinfi_sandbox.faults.add(operation="listTags", kind="half", count=2)
    grinfi_sandbox.faults.add(operation="createTag", status=503, count=1, applied="after")
    with pytest.raises(ServerError) as failure:
        await quick.tags.create(name="Warm")
    assert failure.value.may_have_been_applied
    assert [tag.name async for tag in quick.tags.list()] == ["Warm"]


async def test_files_go_up_and_down(grinfi: Grinfi) -> None:
    await new_contacts(grinfi, 2)
    export = await grinfi.files.export_contacts(filter={"all": True})
    await anyio.sleep(JOB_DELAY)
    exported = await grinfi.files.download(file_name=f"{export.uuid}.csv")
    assert exported.count(b"\n") == 3
    attachment = await grinfi.attachments.upload(attachment=b"abc")
    assert (await grinfi.attachments.get(attachment.uuid)).uuid == attachment.uuid


async def test_unreachable_records_are_reported(grinfi: Grinfi, behaviour: str) -> None:
    if behaviour == "published":
        assert list(await grinfi.lists.list(offset=9_981)) == []
    else:
        with pytest.raises(ResultWindowError):
            await grinfi.lists.list(offset=9_981)


async def test_the_example_imports_contacts(grinfi: Grinfi, capsys: pytest.CaptureFixture[str]) -> None:
    with import_contacts.DEFAULT_FILE.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))[:30]
    await import_contacts.make_custom_fields(grinfi)
    await import_contacts.import_contacts(grinfi, rows)
    told = capsys.readouterr().out
    chosen = sum(row["position"].startswith(import_contacts.DECISION_MAKERS) for row in rows)
    assert "Import contacts: 30 rows" in told
    assert f"Tagged {chosen} decision makers" in told
    assert f"{chosen} contacts found" in told


class TestProgramsWithTheirOwnClient:
    """Programs that find the server by the environment."""

    @pytest.fixture(autouse=True)
    def server(self, behaviour: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[SandboxServer]:
        with run_in_thread(behaviour=behaviour) as server:
            monkeypatch.setenv("GRINFI_BASE_URL", server.url)
            monkeypatch.setenv("GRINFI_API_KEY", server.key)
            yield server

    def test_the_example_counts_requests(self, capsys: pytest.CaptureFixture[str]) -> None:
        runpy.run_path(str(ROOT / "examples" / "count_requests.py"), run_name="__main__")
        assert capsys.readouterr().out.splitlines() == [
            "listLists 200: requests 1, retries 0, waited 0.0 s",
            "listTags 200: requests 1, retries 0, waited 0.0 s",
        ]
