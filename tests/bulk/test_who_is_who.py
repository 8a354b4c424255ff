"""Rows that the server merges into one contact: none is overwritten silently, none is added to an automation twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grinfi_async import Grinfi
from grinfi_bulk import ImportProblems, ImportReport
from grinfi_sandbox import Sandbox
from tests.bulk.crm import added, contacts, handles, new_automation, new_list, new_tag, sent, tagged

pytestmark = pytest.mark.anyio
CASES = Path(__file__).parent / "cases"


@pytest.fixture
async def list_uuid(grinfi: Grinfi) -> str:
    return await new_list(grinfi)


def merges(report: ImportReport) -> list[tuple[int, str]]:
    return [(merge.row, merge.error) for merge in report.merges]


async def test_people_of_one_mailbox(grinfi: Grinfi, list_uuid: str) -> None:
    planned = await grinfi.bulk.import_contacts(CASES / "shared-mailbox.csv", list_uuid=list_uuid, dry_run=True)
    assert planned.plan is not None
    assert (planned.rows, planned.plan.new, planned.plan.merged) == (3, 1, 2)
    assert "row 3: it has the same email as row 2" in str(planned)
    assert "row 4: it has the same email as row 2" in planned.plan.screen("cli", 60)
    report = await grinfi.bulk.import_contacts(CASES / "shared-mailbox.csv", list_uuid=list_uuid)
    (there,) = await contacts(grinfi)
    assert (report.succeeded, report.merged, report.done) == (1, 2, 3)
    assert there.first_name == "Di"
    assert merges(report) == [(row, f"it was merged into contact {there.uuid}, which shows row 4") for row in (2, 3)]
    assert "merged: row 2 (team-a): it was merged into contact" in str(report)
    assert not report.is_complete


async def test_namesakes_enter_an_automation_once(grinfi: Grinfi, grinfi_sandbox: Sandbox, list_uuid: str) -> None:
    tag, flow = await new_tag(grinfi), await new_automation(grinfi)
    report = await grinfi.bulk.import_contacts(CASES / "namesakes.csv", list_uuid=list_uuid, tags=[tag], flow_uuid=flow)
    assert (report.succeeded, report.merged) == (1, 1)
    assert sent(grinfi_sandbox, "addLeadToFlow") == 1
    assert await added(grinfi, flow) == {"ann-lee-2": 1}
    assert await tagged(grinfi, tag) == ["ann-lee-2"]


@pytest.mark.parametrize("name", ["shared-mailbox.csv", "namesakes.csv"])
async def test_only_the_first_row_of_a_contact(
    grinfi: Grinfi, grinfi_sandbox: Sandbox, list_uuid: str, name: str
) -> None:
    report = await grinfi.bulk.import_contacts(CASES / name, list_uuid=list_uuid, merge="skip")
    assert (sent(grinfi_sandbox, "upsertContact"), report.succeeded) == (1, 1)
    assert report.merged == report.rows - 1
    assert merges(report)[0][1].endswith("as row 2, so the server merges them into one contact; it was not sent")
    assert await handles(grinfi) in (["team-a"], ["ann-lee-1"])
    assert report.is_complete  # which the caller has chosen


async def test_rows_that_would_be_merged_can_be_refused(
    grinfi: Grinfi, grinfi_sandbox: Sandbox, list_uuid: str
) -> None:
    with pytest.raises(ImportProblems, match="row 3: it has the same email as row 2") as caught:
        await grinfi.bulk.import_contacts(CASES / "shared-mailbox.csv", list_uuid=list_uuid, merge="refuse")
    assert [problem.row for problem in caught.value.problems] == [3, 4]
    assert caught.value.plan is not None
    assert (caught.value.plan.importable, caught.value.plan.problem, caught.value.plan.merged) == (1, 2, 0)
    assert sent(grinfi_sandbox, "upsertContact") == 0


async def test_one_person_by_two_forms_of_the_profile(grinfi: Grinfi, list_uuid: str) -> None:
    rows = [
        {"linkedin_id": "ada-l", "sn_id": "ACwAAC111AAA", "first_name": "Ada"},
        {"linkedin_id": "https://linkedin.com/sales/lead/ACwAAC111AAA,x,y", "first_name": "Augusta"},
        {"linkedin_id": "bob", "first_name": "Bob"},
        {"linkedin_id": "linkedin.com/in/BOB", "first_name": "Robert"},
    ]
    report = await grinfi.bulk.import_contacts(rows, list_uuid=list_uuid)
    assert (report.succeeded, report.merged, report.duplicates) == (2, 1, 1)
    assert report.plan is not None
    assert (report.plan.importable, report.plan.merged, report.plan.duplicate) == (2, 1, 1)
    assert [contact.first_name for contact in await contacts(grinfi)] == ["Augusta", "Bob"]


async def test_rows_of_a_contact_that_only_the_server_knows_are_merged_by_its_answers(
    grinfi: Grinfi, list_uuid: str
) -> None:
    await grinfi.contacts.upsert(lead={"linkedin_id": "ada", "sn_id": "ACwAAAAA2"}, list_uuid=list_uuid)
    flow = await new_automation(grinfi)
    rows = [{"linkedin_id": it, "first_name": it} for it in ("ada", "ACwAAAAA2")]
    report = await grinfi.bulk.import_contacts(rows, list_uuid=list_uuid, flow_uuid=flow, concurrency=1)
    assert report.plan is not None
    assert (report.plan.merged, report.succeeded, report.merged) == (0, 1, 1)
    assert list((await added(grinfi, flow)).values()) == [1]
    assert [contact.first_name for contact in await contacts(grinfi)] == ["ACwAAAAA2"]


@pytest.mark.parametrize("failing", ["upsertContact", "leadsMassAction", "addLeadToFlow"])
async def test_the_next_run_repeats_nothing_for_any_matching_row(
    grinfi: Grinfi, grinfi_sandbox: Sandbox, list_uuid: str, tmp_path: Path, failing: str
) -> None:
    tag, flow = await new_tag(grinfi), await new_automation(grinfi)
    grinfi_sandbox.faults.add(operation=failing, status=422, count=1)
    target: dict[str, Any] = {"tags": [tag], "flow_uuid": flow, "journal": tmp_path / "journal", "concurrency": 1}
    reports = [
        await grinfi.bulk.import_contacts(CASES / "shared-mailbox.csv", list_uuid=list_uuid, **target) for _ in range(4)
    ]
    report = reports[-1]
    assert (report.skipped, report.merged, report.done) == (1, 2, 3)
    assert sent(grinfi_sandbox, "addLeadToFlow") == 1 + (failing == "addLeadToFlow")
    assert len(await handles(grinfi)) == 1
    assert list((await added(grinfi, flow)).values()) == [1]
    assert len(await tagged(grinfi, tag)) == 1


async def test_existing_contacts_are_unchanged_however_they_are_recognised(
    grinfi: Grinfi, grinfi_sandbox: Sandbox, list_uuid: str
) -> None:
    tag, flow = await new_tag(grinfi), await new_automation(grinfi)
    there: list[Any] = [
        {"linkedin_id": "by-email", "email": "a@acme.example"},
        {"linkedin_id": "by-name", "first_name": "Bo", "last_name": "Ek", "company_name": "Acme"},
        {"linkedin_id": "by-id", "sn_id": "ACwAAC111AAA"},
    ]
    for lead in there:
        await grinfi.contacts.upsert(lead=lead, list_uuid=list_uuid)
    before = await contacts(grinfi)
    rows = [
        {"linkedin_id": "new-1", "email": "A@acme.example".lower(), "position": "CTO"},
        {"linkedin_id": "new-2", "first_name": "Bo", "last_name": "Ek", "company_name": "Acme", "position": "CTO"},
        {"linkedin_id": "new-3", "sn_id": "ACwAAC111AAA", "position": "CTO"},
        {"linkedin_id": "new-4", "position": "CTO"},
    ]
    grinfi_sandbox.faults.add(operation="findOneContact", status=404, count=2)  # it does not find the first
    report = await grinfi.bulk.import_contacts(
        rows, list_uuid=list_uuid, existing="skip", tags=[tag], flow_uuid=flow, concurrency=1
    )
    assert (report.existing, report.succeeded, report.done) == (3, 1, 4)
    assert [contact.to_dict() for contact in await contacts(grinfi) if contact.linkedin != "new-4"] == [
        contact.to_dict() for contact in before
    ]
    assert await added(grinfi, flow) == {"new-4": 1}
    assert await tagged(grinfi, tag) == ["new-4"]
