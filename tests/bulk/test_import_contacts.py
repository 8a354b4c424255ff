"""The effects of an import on contacts, tags and automations: once, also after failures."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from grinfi_async import Grinfi, InvalidArgumentError, NewContactDict, NotFoundError, RetryPolicy
from grinfi_bulk import ImportReport, JobStoppedError, JournalError, Outcome, Progress
from grinfi_sandbox import Sandbox
from tests.bulk.crm import added, contacts, handles, new_automation, new_list, new_tag, sent, tagged, writes
from tests.sdk.crm import BEHAVIOURS

pytestmark = pytest.mark.anyio
AT_ONCE = RetryPolicy(first_delay=0.001, max_delay=0.001)


@pytest.fixture
async def list_uuid(grinfi: Grinfi) -> str:
    return await new_list(grinfi)


def rows(count: int) -> list[dict[str, str]]:
    return [{"linkedin_id": f"a-{number:03}", "first_name": f"Ann {number}"} for number in range(count)]


def table(count: int) -> str:
    return "linkedin_id,first_name\n" + "".join(f"{row['linkedin_id']},{row['first_name']}\n" for row in rows(count))


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
async def test_contacts_are_written_tagged_and_put_into_the_automation(
    grinfi: Grinfi, grinfi_sandbox: Sandbox, list_uuid: str, behaviour: str
) -> None:
    tags = [await new_tag(grinfi, "one"), await new_tag(grinfi, "two")]
    flow = await new_automation(grinfi)
    await grinfi.custom_fields.create(name="budget", object="lead")
    text = "linkedin_id,Company,budget\nada,Acme,high\nbob,Birch,\n"
    report = await grinfi.bulk.import_contacts(
        StringIO(text), list_uuid=list_uuid, custom_fields=["budget"], tags=tags, flow_uuid=flow
    )
    assert (report.rows, report.succeeded, report.done) == (2, 2, 2)
    assert [(contact.linkedin, contact.company_name, contact.list_uuid) for contact in await contacts(grinfi)] == [
        ("ada", "Acme", list_uuid),
        ("bob", "Birch", list_uuid),
    ]
    assert [await tagged(grinfi, tag) for tag in tags] == [["ada", "bob"]] * 2
    assert await added(grinfi, flow) == {"ada": 1, "bob": 1}
    assert sent(grinfi_sandbox, "leadsMassAction") == 2


async def test_the_same_profile_is_sent_once(grinfi: Grinfi, grinfi_sandbox: Sandbox, list_uuid: str) -> None:
    text = (
        "LinkedIn URL,first_name\n"
        "https://www.linkedin.com/in/Ada-L/?x=1,Ada\nada-l,Other\nbob,Bob\nhttp://uk.linkedin.com/in/BOB,Robert\n"
    )
    report = await grinfi.bulk.import_contacts(StringIO(text), list_uuid=list_uuid)
    assert (report.succeeded, report.duplicates) == (2, 2)
    assert sent(grinfi_sandbox, "upsertContact") == 2
    assert [contact.first_name for contact in await contacts(grinfi)] == ["Ada", "Bob"]


@pytest.mark.parametrize(
    ("existing", "name", "moved", "touched"),
    [("update", "Augusta", False, True), ("move", "Augusta", True, True), ("skip", "Ada", False, False)],
)
async def test_existing_contacts(
    grinfi: Grinfi, existing: Any, name: str, moved: bool, touched: bool, list_uuid: str
) -> None:
    other = await new_list(grinfi, "Other")
    tag, flow = await new_tag(grinfi), await new_automation(grinfi)
    await grinfi.contacts.upsert(lead={"linkedin_id": "ada", "first_name": "Ada"}, list_uuid=other)
    text = "linkedin_id,first_name\nada,Augusta\nbob,Bob\n"
    report = await grinfi.bulk.import_contacts(
        StringIO(text), list_uuid=list_uuid, existing=existing, tags=[tag], flow_uuid=flow
    )
    ada, bob = await contacts(grinfi)
    assert (ada.first_name, ada.list_uuid == list_uuid) == (name, moved)
    assert (bob.first_name, bob.list_uuid) == ("Bob", list_uuid)
    assert await tagged(grinfi, tag) == (["ada", "bob"] if touched else ["bob"])
    assert await added(grinfi, flow) == ({"ada": 1, "bob": 1} if touched else {"bob": 1})
    assert (report.succeeded, report.existing, report.done) == ((2, 0, 2) if touched else (1, 1, 2))
    assert ("existing" in str(report)) is not touched


async def test_a_contact_that_only_the_server_knows_again_is_not_changed(grinfi: Grinfi, list_uuid: str) -> None:
    lead: NewContactDict = {"linkedin_id": "ada-1", "first_name": "Ada", "last_name": "L", "company_name": "Acme"}
    await grinfi.contacts.upsert(lead={**lead, "position": "CEO"}, list_uuid=list_uuid)
    row = {**lead, "linkedin_id": "ada-2", "position": "CTO"}
    await grinfi.bulk.import_contacts([row], list_uuid=list_uuid, existing="skip")
    assert [contact.position for contact in await contacts(grinfi)] == ["CEO"]


async def test_lists_tags_and_automations_must_exist(grinfi: Grinfi, grinfi_sandbox: Sandbox, list_uuid: str) -> None:
    nobody = "6f9619ff-8b86-4d01-b42d-00c04fc964ff"
    with pytest.raises(NotFoundError):
        await grinfi.bulk.import_contacts(rows(2), list_uuid=nobody)
    with pytest.raises(NotFoundError):
        await grinfi.bulk.import_contacts(rows(2), list_uuid=list_uuid, flow_uuid=nobody)
    with pytest.raises(InvalidArgumentError, match=f"tags: not found: {nobody}"):
        await grinfi.bulk.import_contacts(rows(2), list_uuid=list_uuid, tags=[await new_tag(grinfi), nobody])
    assert "upsertContact" not in writes(grinfi_sandbox)


async def test_failed_rows_do_not_affect_others_and_can_be_fixed_and_imported_again(
    grinfi: Grinfi, grinfi_sandbox: Sandbox, list_uuid: str, tmp_path: Path
) -> None:
    tag, flow = await new_tag(grinfi), await new_automation(grinfi)
    target: dict[str, Any] = {"list_uuid": list_uuid, "tags": [tag], "flow_uuid": flow}
    patient = grinfi.with_options(retry=AT_ONCE)
    grinfi_sandbox.faults.add(operation="upsertContact", status=422, count=2)
    grinfi_sandbox.faults.add(operation="addLeadToFlow", status=422, count=1)
    text = table(6).replace("\n", ",,\n").replace("first_name,,", "first_name,Notes,about")
    report = await patient.bulk.import_contacts(StringIO(text), mapping={"Notes": None}, concurrency=1, **target)
    assert (report.succeeded, report.failed) == (3, 3)
    assert [failure.row for failure in report.failures] == [2, 3, 4]
    assert report.write_failures(tmp_path / "failed.csv") == 3
    with (tmp_path / "failed.csv").open(encoding="utf-8", newline="") as file:
        written = list(csv.DictReader(file))
    assert list(written[0]) == ["linkedin_id", "first_name", "Notes", "about", "error", "error_code"]
    assert {row["error_code"] for row in written} == {"unprocessable_entity"}
    assert all(row["error"].startswith("the server refused it (422)") for row in written)
    fixed = (tmp_path / "failed.csv").read_text(encoding="utf-8").replace("Ann 1", "Zoe")
    again = await grinfi.bulk.import_contacts(StringIO(fixed), mapping={"Notes": None}, **target)
    assert (again.succeeded, again.failed) == (3, 0)
    assert [contact.first_name for contact in await contacts(grinfi)][:3] == ["Ann 0", "Zoe", "Ann 2"]
    assert await tagged(grinfi, tag) == await handles(grinfi)
    assert await added(grinfi, flow) == dict.fromkeys(await handles(grinfi), 1)


async def test_a_lost_answer_does_not_start_the_automation_twice(
    grinfi: Grinfi, grinfi_sandbox: Sandbox, list_uuid: str, tmp_path: Path
) -> None:
    flow = await new_automation(grinfi)
    grinfi_sandbox.faults.add(operation="upsertContact", kind="reset", applied="after", count=1)
    grinfi_sandbox.faults.add(operation="addLeadToFlow", kind="reset", applied="after", count=1)
    patient = grinfi.with_options(retry=AT_ONCE)
    target: dict[str, Any] = {"list_uuid": list_uuid, "flow_uuid": flow, "journal": tmp_path / "import.journal"}
    report = await patient.bulk.import_contacts(rows(3), concurrency=1, **target)
    assert (report.succeeded, report.unknown, report.failed) == (2, 1, 0)
    assert report.write_failures(tmp_path / "failed.csv") == 0
    grinfi_sandbox.faults.add(operation="listFlowLeads", status=404, count=1)
    again = await patient.bulk.import_contacts(rows(3), **target)
    assert (again.skipped, again.unknown) == (2, 1)
    seen = await patient.bulk.import_contacts(rows(3), **target)
    assert (seen.skipped, seen.succeeded, seen.unknown) == (2, 1, 0)
    assert sent(grinfi_sandbox, "addLeadToFlow") == 3
    assert await added(grinfi, flow) == dict.fromkeys(await handles(grinfi), 1)


@pytest.fixture(scope="module")
def imports() -> Iterator[Callable[..., int]]:
    """Runs an import in its own process; returns its exit code."""
    command = [sys.executable, "-m", "tests.bulk.killed_import"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:
        stdin, stdout = worker.stdin, worker.stdout
        assert stdin is not None
        assert stdout is not None

        def run(**job: Any) -> int:
            print(json.dumps(job), file=stdin, flush=True)
            return int(stdout.readline())

        yield run
        stdin.close()


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.grinfi_sandbox(sockets=True)
@pytest.mark.parametrize(
    ("existing", "operation", "request_number", "moment", "unknown"),
    [
        ("update", "upsertContact", 4, "after", 0),
        ("update", "leadsMassAction", 1, "after", 0),
        ("update", "addLeadToFlow", 3, "before", 2),
        ("update", "addLeadToFlow", 3, "after", 2),
        ("skip", "findOneContact", 4, "after", 0),
        ("skip", "upsertContact", 3, "after", 0),
    ],
)
async def test_a_killed_import_resumes_where_it_stopped(
    grinfi_sandbox: Sandbox,
    imports: Callable[..., int],
    tmp_path: Path,
    existing: Any,
    operation: str,
    request_number: int,
    moment: str,
    unknown: int,
) -> None:
    async with Grinfi(grinfi_sandbox.key, base_url=grinfi_sandbox.url, rate_limiter=None) as grinfi:
        list_uuid, tag, flow = await new_list(grinfi), await new_tag(grinfi), await new_automation(grinfi)
        await grinfi.contacts.upsert(lead={"linkedin_id": "a-0"}, list_uuid=list_uuid)
        options: dict[str, Any] = {
            "list_uuid": list_uuid,
            "tags": [tag],
            "flow_uuid": flow,
            "existing": existing,
            "journal": str(tmp_path / "import.journal"),
        }
        kill = [operation, request_number, moment]
        ended = imports(url=grinfi_sandbox.url, key=grinfi_sandbox.key, kill=kill, count=7, options=options)
        assert ended == -signal.SIGKILL

        async def run(**more: Any) -> ImportReport:
            source = ({"linkedin_id": f"a-{number}"} for number in range(7))
            return await grinfi.bulk.import_contacts(source, **options, **more)

        expected = [f"a-{number}" for number in range(existing == "skip", 7)]
        report = await run()
        assert report.failed == 0
        # The other one of two concurrent requests may have been recorded already.
        assert report.unknown <= unknown
        assert report.unknown > 0 or not unknown or moment == "after"  # which is seen to be in the automation
        assert report.existing == (existing == "skip")
        assert report.succeeded + report.skipped + report.unknown == len(expected)
        assert await handles(grinfi) == [f"a-{number}" for number in range(7)]
        assert await tagged(grinfi, tag) == expected
        in_automation = await added(grinfi, flow)
        assert set(in_automation.values()) == {1}
        assert len(expected) - len(in_automation) <= report.unknown
        # When everything is done, nothing more is sent; only unknown contacts are checked.
        before = len(grinfi_sandbox.requests)
        again = await run()
        assert (again.skipped, again.unknown, again.succeeded) == (report.succeeded + report.skipped, report.unknown, 0)
        operations = [entry["operation_id"] for entry in grinfi_sandbox.requests[before:]]
        assert operations == ["getList", "getFlow", "listTags", *["listFlowLeads"] * report.unknown]
        if unknown:
            assert (await run(repeat_unknown=True)).succeeded == report.unknown
            assert sorted(await added(grinfi, flow)) == expected


async def test_failed_rows_are_tried_again_by_the_next_run(
    grinfi: Grinfi, grinfi_sandbox: Sandbox, list_uuid: str, tmp_path: Path
) -> None:
    tag, flow = await new_tag(grinfi), await new_automation(grinfi)
    for operation in ("upsertContact", "leadsMassAction", "addLeadToFlow"):
        grinfi_sandbox.faults.add(operation=operation, status=422, count=1)
    options: dict[str, Any] = {"list_uuid": list_uuid, "tags": [tag], "flow_uuid": flow}
    options["journal"] = tmp_path / "import.journal"
    reports = [await grinfi.bulk.import_contacts(rows(4), concurrency=1, **options) for _ in range(4)]
    # The row that fails first; the other three with the mass action of their tag; one of all in the automation.
    assert [(report.succeeded, report.skipped, report.failed) for report in reports] == [
        (0, 0, 4),
        (3, 0, 1),
        (1, 3, 0),
        (0, 4, 0),
    ]
    assert await tagged(grinfi, tag) == await handles(grinfi)
    assert await added(grinfi, flow) == dict.fromkeys(await handles(grinfi), 1)


async def test_a_journal_belongs_to_one_import(
    grinfi: Grinfi, grinfi_sandbox: Sandbox, list_uuid: str, tmp_path: Path
) -> None:
    journal = tmp_path / "import.journal"
    await grinfi.bulk.import_contacts(rows(3), list_uuid=list_uuid, journal=journal)
    count = sent(grinfi_sandbox, "upsertContact")
    with pytest.raises(JournalError, match="another job"):
        await grinfi.bulk.import_contacts(rows(3), list_uuid=await new_list(grinfi), journal=journal)
    with pytest.raises(JournalError, match="another job"):
        await grinfi.bulk.import_contacts(rows(3), list_uuid=list_uuid, existing="move", journal=journal)
    with pytest.raises(JournalError, match="row 1 is 'a-001' now, but was another item"):
        await grinfi.bulk.import_contacts(rows(3)[1:], list_uuid=list_uuid, journal=journal)
    assert sent(grinfi_sandbox, "upsertContact") == count


@pytest.mark.parametrize("anyio_backend", ["asyncio"])  # it waits for a second
async def test_tags_are_tried_again_when_their_answer_is_lost(
    grinfi: Grinfi, grinfi_sandbox: Sandbox, list_uuid: str
) -> None:
    tag = await new_tag(grinfi)
    grinfi_sandbox.faults.add(operation="leadsMassAction", status=503, count=1)
    report = await grinfi.bulk.import_contacts(rows(3), list_uuid=list_uuid, tags=[tag])
    assert report.succeeded == 3
    assert len(await tagged(grinfi, tag)) == 3


async def test_error_texts(grinfi: Grinfi, grinfi_sandbox: Sandbox, list_uuid: str) -> None:
    flow = await new_automation(grinfi)
    told: list[Outcome[Any, Any]] = []
    grinfi_sandbox.faults.add(operation="upsertContact", status=422, count=1)
    grinfi_sandbox.faults.add(operation="addLeadToFlow", status=422, count=1)
    await grinfi.bulk.import_contacts(
        StringIO(table(3)), list_uuid=list_uuid, flow_uuid=flow, concurrency=1, on_error=told.append
    )
    assert [(outcome.row, outcome.key, outcome.item["first_name"]) for outcome in told] == [
        (2, "a-000", "Ann 0"),
        (3, "a-001", "Ann 1"),
    ]


@pytest.mark.parametrize("operation", ["upsertContact", "leadsMassAction", "addLeadToFlow"])
@pytest.mark.parametrize("options", [{"on_error": "stop"}, {"max_failures": 0}], ids=["stop", "failures"])
async def test_an_import_that_is_to_stop(
    grinfi: Grinfi, grinfi_sandbox: Sandbox, list_uuid: str, operation: str, options: Any
) -> None:
    tag, flow = await new_tag(grinfi), await new_automation(grinfi)
    grinfi_sandbox.faults.add(operation=operation, status=422, count=1)
    with pytest.raises(JobStoppedError) as caught:
        await grinfi.bulk.import_contacts(
            rows(5), list_uuid=list_uuid, tags=[tag], flow_uuid=flow, concurrency=1, **options
        )
    assert isinstance(caught.value.report, ImportReport)
    assert caught.value.report.failed >= 1
    assert sent(grinfi_sandbox, "addLeadToFlow") == (operation == "addLeadToFlow")


async def test_progress_and_costs(grinfi: Grinfi, list_uuid: str) -> None:
    told: list[Progress] = []
    report = await grinfi.bulk.import_contacts(
        rows(5), list_uuid=list_uuid, flow_uuid=await new_automation(grinfi), progress=told.append
    )
    assert [(step.name, step.done, step.total) for step in told if step.done == step.total] == [
        ("Import contacts", 5, 5),
        ("Add to automation", 5, 5),
    ]
    assert (report.requests, report.processed, report.rate) == (10, 5, 5 / report.elapsed)
    assert str(report).startswith("Import contacts: 5 rows in ")
