"""One action on many contacts: who is selected, how many requests it takes, and the report."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import pytest

from grinfi_async import ConfigurationError, Grinfi, InvalidArgumentError, NewContactDict, RetryPolicy
from grinfi_bulk import actions
from grinfi_sandbox import Sandbox
from grinfi_sandbox.store import JOB_DELAY
from tests.bulk.crm import added, contacts, handles, new_automation, new_list, new_tag, sent, tagged, text, writes
from tests.sdk.crm import BEHAVIOURS

pytestmark = pytest.mark.anyio
NOBODY = "6f9619ff-8b86-4d01-b42d-00c04fc964ff"


@pytest.fixture
async def ids(grinfi: Grinfi) -> list[str]:
    """Five contacts, a-0 to a-4, of whom the first three are of Acme."""
    list_uuid = await new_list(grinfi)
    found: list[str] = []
    for number in range(5):
        lead: NewContactDict = {"linkedin_id": f"a-{number}", "headline": "Acme" if number < 3 else "Birch"}
        found.append(text((await grinfi.contacts.upsert(lead=lead, list_uuid=list_uuid)).uuid))
    return found


ACME = {"headline": "Acme"}


# -- who is meant ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "argument"),
    [
        ({}, "ids"),
        ({"ids": ["a"], "all": True}, "ids"),
        ({"ids": ["a"], "filter": ACME}, "ids"),
        ({"ids": "a"}, "ids"),
        ({"ids": 7}, "ids"),
        ({"ids": ["a", ""]}, r"ids\[1\]"),
        ({"ids": ["a", None]}, r"ids\[1\]"),
        ({"filter": {}}, "filter"),
        ({"filter": {"emial_status": "invalid"}}, "filter.emial_status"),
    ],
)
async def test_no_contact_is_selected_by_mistake(
    grinfi: Grinfi, grinfi_sandbox: Sandbox, target: dict[str, Any], argument: str
) -> None:
    bulk = grinfi.bulk
    for call in (
        lambda: bulk.tag(NOBODY, **target),
        lambda: bulk.add_to_automation(NOBODY, **target),
        lambda: bulk.update({"list_uuid": NOBODY}, **target),
        lambda: bulk.delete(confirm=True, **target),
        lambda: bulk.preview(**target),
    ):
        with pytest.raises(InvalidArgumentError, match=f"^{argument}: "):
            await call()
    assert grinfi_sandbox.requests == []


async def test_irreversible_actions_need_confirmation(grinfi: Grinfi, grinfi_sandbox: Sandbox, ids: list[str]) -> None:
    flow = await new_automation(grinfi)
    before = len(writes(grinfi_sandbox))
    for call in (
        grinfi.bulk.delete(ids=ids),
        grinfi.bulk.add_to_automation(flow, all=True),
        grinfi.bulk.update({"list_uuid": NOBODY}, all=True),
        grinfi.bulk.update({"about": "x"}, all=True),
    ):
        with pytest.raises(InvalidArgumentError, match=r"^confirm: .*confirm=True"):
            await call
    assert len(writes(grinfi_sandbox)) == before


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
async def test_a_preview(grinfi: Grinfi, grinfi_sandbox: Sandbox, ids: list[str], behaviour: str) -> None:
    before = len(writes(grinfi_sandbox))
    acme = await grinfi.bulk.preview(filter=ACME)
    assert (acme.count, len(acme.sample)) == (3, 3)
    everybody = await grinfi.bulk.preview(all=True)
    assert everybody.count == 5
    some = await grinfi.bulk.preview(ids=[ids[0], NOBODY])
    assert (some.count, [contact.uuid for contact in some.sample]) == (1, ids[:1])
    await grinfi.contacts.update(ids[0], first_name="Ada")
    assert str(await grinfi.bulk.preview(ids=ids[:1])) == "1 contact: Ada"
    assert str(await grinfi.bulk.preview(filter={"headline": "None"})) == "0 contacts"
    assert writes(grinfi_sandbox)[before:] == ["updateLead"]


# -- actions -----------------------------------------------------------------------------------------------------------


async def _one_by_one(ids: list[str]) -> AsyncIterator[str]:
    for uuid in ids:
        yield uuid


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
async def test_tag(
    grinfi: Grinfi, grinfi_sandbox: Sandbox, ids: list[str], monkeypatch: pytest.MonkeyPatch, behaviour: str
) -> None:
    monkeypatch.setattr(actions, "MASS_ACTION_SIZE", 2)
    by_ids, by_filter, for_all = [await new_tag(grinfi, name) for name in ("ids", "filter", "all")]
    report = await grinfi.bulk.tag(by_ids, ids=_one_by_one(ids))
    assert (report.succeeded, report.requests) == (5, 3 + 3)
    assert (await grinfi.bulk.tag(by_filter, filter=ACME)).succeeded == 3
    assert (await grinfi.bulk.tag(for_all, all=True, confirm=True)).succeeded == 5
    assert sent(grinfi_sandbox, "leadsMassAction") == 3 + 2 + 3
    assert await tagged(grinfi, by_ids) == await handles(grinfi) == await tagged(grinfi, for_all)
    assert await tagged(grinfi, by_filter) == ["a-0", "a-1", "a-2"]


async def test_no_contact_is_found(grinfi: Grinfi, grinfi_sandbox: Sandbox, ids: list[str]) -> None:
    report = await grinfi.bulk.tag(await new_tag(grinfi), filter={"headline": "None"})
    assert report.succeeded == 0
    assert sent(grinfi_sandbox, "leadsMassAction") == 0


async def test_a_chunk_that_fails(
    grinfi: Grinfi, grinfi_sandbox: Sandbox, ids: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MASS_ACTION_SIZE", 2)
    tag = await new_tag(grinfi)
    grinfi_sandbox.faults.add(operation="leadsMassAction", status=422, count=1)
    report = await grinfi.bulk.tag(tag, ids=ids)
    assert (report.succeeded, report.failed) == (3, 2)
    report.write_failures(tmp_path / "failed.csv")
    failed = (tmp_path / "failed.csv").read_text().splitlines()
    assert failed[0] == "uuid,error,error_code"
    assert len(failed) == 3
    again = await grinfi.bulk.tag(tag, ids=[failure.key for failure in report.failures])
    assert again.succeeded == 2
    assert await tagged(grinfi, tag) == await handles(grinfi)


async def test_a_refused_mass_action(grinfi: Grinfi, grinfi_sandbox: Sandbox, ids: list[str]) -> None:
    grinfi_sandbox.faults.add(operation="leadsMassAction", status=422, count=1)
    report = await grinfi.bulk.tag(await new_tag(grinfi), filter=ACME)
    assert (report.failed, report.succeeded) == (3, 0)


async def test_add_to_automation_by_ids(
    grinfi: Grinfi, grinfi_sandbox: Sandbox, ids: list[str], tmp_path: Path
) -> None:
    flow = await new_automation(grinfi)
    bulk = grinfi.with_options(retry=RetryPolicy(first_delay=0.001)).bulk
    options: dict[str, Any] = {"ids": [*ids, ids[0]], "journal": tmp_path / "flow.journal"}
    grinfi_sandbox.faults.add(operation="addLeadToFlow", kind="reset", applied="after", count=1)
    grinfi_sandbox.faults.add(operation="addLeadToFlow", status=422, count=1)
    report = await bulk.add_to_automation(flow, concurrency=1, **options)
    assert (report.succeeded, report.unknown, report.failed, report.duplicates) == (3, 1, 1, 1)
    again = await bulk.add_to_automation(flow, **options)
    assert (again.succeeded, again.unknown, again.skipped) == (2, 0, 3)  # the lost one is seen to be there
    assert await added(grinfi, flow) == dict.fromkeys(await handles(grinfi), 1)
    assert sent(grinfi_sandbox, "addLeadToFlow") == 6


async def test_add_to_automation_by_filter(grinfi: Grinfi, grinfi_sandbox: Sandbox, ids: list[str]) -> None:
    flow, other = await new_automation(grinfi), await new_automation(grinfi)
    with pytest.raises(ConfigurationError, match="journal needs ids"):
        await grinfi.bulk.add_to_automation(flow, filter=ACME, journal="x.journal")
    assert (await grinfi.bulk.add_to_automation(flow, filter=ACME)).succeeded == 3
    assert (await grinfi.bulk.add_to_automation(other, all=True, confirm=True)).succeeded == 5
    await anyio.sleep(JOB_DELAY)
    assert await added(grinfi, flow) == {"a-0": 1, "a-1": 1, "a-2": 1}
    assert await added(grinfi, other) == dict.fromkeys(await handles(grinfi), 1)
    assert sent(grinfi_sandbox, "addLeadToFlow") == 0


@pytest.mark.parametrize("target", ["ids", "filter"])
@pytest.mark.parametrize("behaviour", BEHAVIOURS)
async def test_update_through_mass_actions(
    grinfi: Grinfi, grinfi_sandbox: Sandbox, ids: list[str], target: str, behaviour: str
) -> None:
    other = await new_list(grinfi, "Other")
    budget = await grinfi.custom_fields.create(name="budget", object="lead")
    stage = text((await grinfi.pipeline_stages.create(name="Won", object="lead", category="positive", order=9)).uuid)
    changes = {"list_uuid": other, "custom_fields": {budget.uuid: "high"}, "pipeline_stage_uuid": stage}
    meant: dict[str, Any] = {"ids": iter(ids[:3])} if target == "ids" else {"filter": ACME}
    report = await grinfi.bulk.update(changes, **meant)
    # The description has no custom fields in the rows of a search.
    assert (report.sent if behaviour == "published" else report.succeeded) == 3
    await anyio.sleep(JOB_DELAY)
    assert [contact.list_uuid == other for contact in await contacts(grinfi)] == [True] * 3 + [False] * 2
    assert [contact.pipeline_stage_uuid == stage for contact in await contacts(grinfi)] == [True] * 3 + [False] * 2
    assert sent(grinfi_sandbox, "leadsMassAction") == 3


async def test_update_of_other_fields(grinfi: Grinfi, grinfi_sandbox: Sandbox, ids: list[str]) -> None:
    other = await new_list(grinfi, "Other")
    grinfi_sandbox.faults.add(operation="updateLead", status=422, count=1)
    # The change affects the field of the filter.
    changes = {"company_name": "Acme Ltd", "list_uuid": other}
    report = await grinfi.bulk.update(changes, filter=ACME, concurrency=1)
    assert (report.succeeded, report.failed) == (2, 1)
    await anyio.sleep(JOB_DELAY)
    changed = [contact for contact in await contacts(grinfi) if contact.company_name == "Acme Ltd"]
    assert len(changed) == 2
    assert [contact.list_uuid for contact in changed] == [other] * 2
    assert (await grinfi.bulk.update(changes, ids=[failure.key for failure in report.failures])).succeeded == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "changes: is empty"),
        ({"frist_name": "x"}, "changes.frist_name: cannot be changed; did you mean 'first_name'"),
        ({"first_name": None}, "changes.first_name: the API does not accept null"),
        ({"linkedin_id": "x"}, "changes.linkedin_id: cannot be changed"),
        ({"custom_fields": {"bugdet": 1}}, "changes.custom_fields.bugdet: .* did you mean 'budget'"),
        ({"custom_fields": "budget"}, "changes.custom_fields: expected a mapping"),
    ],
)
async def test_changes_that_cannot_be_made(
    grinfi: Grinfi, grinfi_sandbox: Sandbox, ids: list[str], changes: Any, told: str
) -> None:
    await grinfi.custom_fields.create(name="budget", object="lead")
    before = len(writes(grinfi_sandbox))
    with pytest.raises(InvalidArgumentError, match=told):
        await grinfi.bulk.update(changes, ids=ids)
    assert len(writes(grinfi_sandbox)) == before


@pytest.mark.parametrize("target", ["ids", "filter", "all"])
async def test_delete(grinfi: Grinfi, ids: list[str], target: str) -> None:
    meant: dict[str, Any] = {"ids": ids[:3], "filter": ACME, "all": True}
    report = await grinfi.bulk.delete(confirm=True, **{target: meant[target]})
    await anyio.sleep(JOB_DELAY)
    left = [] if target == "all" else ["a-3", "a-4"]
    assert await handles(grinfi) == left
    assert report.succeeded == 5 - len(left)
