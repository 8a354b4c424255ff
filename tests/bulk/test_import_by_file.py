"""Imports by files: the report follows what the list shows afterwards, not what the server claims."""

from __future__ import annotations

from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import anyio
import pytest

from grinfi_async import Grinfi, TokenBucket
from grinfi_bulk import ImportReport
from grinfi_sandbox import Sandbox
from tests.bulk.crm import added, contacts, new_automation, new_list, new_tag, tagged
from tests.bulk.killed_in_process import check_resumed, killed_at, moments_of
from tests.bulk.people_server import ACTS, FLOW, LIST, SEARCHES, STARTS, TAGS, UPLOADS, UPSERTS, PeopleServer
from tests.bulk.server import in_virtual_time
from tests.bulk.test_import_many import check, rows


async def load(server: PeopleServer, source: Any, **options: Any) -> ImportReport:
    target: dict[str, Any] = {"list_uuid": LIST, "tags": TAGS, "flow_uuid": FLOW, "via": "file", **options}
    async with server.client(**target.pop("client", {})) as grinfi:
        return await grinfi.bulk.import_contacts(source, **target)


def test_few_requests() -> None:
    """With 10,000 rows it is 16 mass actions and about as many pages as there are thousands more."""

    async def run() -> None:
        server = PeopleServer()
        report = await load(server, rows(2_000), client={"rate_limiter": TokenBucket()})
        assert (report.succeeded, report.done, report.notes) == (2_000, 2_000, [])
        assert server.requests.total() == report.requests + 3 <= 26
        assert (server.requests[UPLOADS], server.requests[UPSERTS], server.requests[STARTS]) == (2, 0, 2)
        assert server.requests[ACTS] == 4  # into the automation; the tags were in the list
        check(server, 2_000)

    in_virtual_time(run)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A trial of four rows, and then eight in a file."""
    for name, value in (("TRIAL", 4), ("PART", 8), ("FEWEST", 2), ("UPSERT_TIME", 10.0)):
        monkeypatch.setattr(f"grinfi_bulk.file_steps.{name}", value)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("faults", "upserts", "note"),
    [
        ({}, 0, ""),
        ({"import_delay": 20.0, "import_rate": 0.1}, 0, ""),  # late and slow, but it works
        ({"import_delay": 3_600.0}, 14, "After the import of files, 4 rows did not show as new contacts of the list"),
        (
            {"import_end": 3},
            6,
            "After the import of files, 6 rows did not show as new contacts of the list within 30 s",
        ),
        ({"import_end": 0}, 14, "After the import of files, 4 rows did not show"),
        ({"dropped": {"a-000001"}}, 1, "1 rows did not show"),
        ({"tags_imports": False}, 0, ""),
        ({"ignored_columns": {"first_name"}}, 14, "After the import of files, 4 rows did not show"),
        ({"refused": {UPLOADS: 404}}, 14, "the server does not import files"),
        ({"refused": {UPLOADS: 422}}, 14, "the server does not import files"),
        ({"refused": {STARTS: 404}}, 14, "the server does not import files"),
        ({"refused": {STARTS: 422}}, 14, "the server does not import files"),
        ({"lost": {UPLOADS: {1, 2}}}, 0, ""),
        ({"lost": {UPLOADS: {*range(99)}}}, 14, "a file could not be uploaded"),
        ({"lost": {STARTS: {1, 2}}}, 0, ""),
        ({"lost": {ACTS: {1}}}, 0, ""),
        ({"tells_total": False}, 0, ""),
        ({"ignores_filters": True}, 0, ""),
        ({"ignores_filters": True, "dropped": {"a-000001"}}, 1, "1 rows did not show"),
    ],
    ids=count(),
)
def test_servers_that_behave_badly(faults: dict[str, Any], upserts: int, note: str) -> None:
    async def run() -> None:
        server = PeopleServer()
        server.add_stranger()
        for name, value in faults.items():
            setattr(server, name, value)
        report = await load(server, rows(14))
        assert (report.succeeded, report.done, report.failed) == (14, 14, 0)
        assert server.requests[UPSERTS] == upserts
        assert note in " ".join(str(report).split())
        assert bool(report.notes) == bool(note)
        assert max(server.imported.values(), default=0) <= 1
        server.forget_stranger()
        server.dropped = set()
        check(server, 14)
        assert {it["first_name"] for it in server.contacts.values()} == {f"Ann {n}" for n in range(14)}

    in_virtual_time(run)


@pytest.mark.usefixtures("small")
def test_existing_contacts_are_updated() -> None:
    """The server leaves them as they are, and the report does not count that as an update."""

    async def run() -> None:
        server = PeopleServer()
        await load(server, rows(6), via="upsert", tags=[], flow_uuid=None)
        people = [{**row, "first_name": f"New {n}"} for n, row in enumerate(rows(20))]
        report = await load(server, people)
        assert (report.succeeded, report.done) == (20, 20)
        assert "rows did not show as new contacts of the list" in " ".join(str(report).split())
        assert {it["first_name"] for it in server.contacts.values()} == {f"New {n}" for n in range(20)}
        check(server, 20)

    in_virtual_time(run)


@pytest.mark.usefixtures("small")
def test_rows_of_a_file_have_the_same_fields_and_cells_keep_what_is_in_them() -> None:
    texts = ['a "quoted", text', "two\nlines", "semi;colon\ttab", "=1+1", "Їжак"]

    async def run() -> None:
        server = PeopleServer()
        people = [{**row, "about": texts[n % 5]} for n, row in enumerate(rows(10))] + [
            {"linkedin_id": f"b-{n}", "email": f"b{n}@x.example"} for n in range(6)
        ]
        report = await load(server, people)
        assert (report.succeeded, report.notes, server.requests[UPSERTS]) == (16, [], 0)
        assert [it["about"] for it in server.contacts.values() if "about" in it] == texts * 2
        assert all("" not in it.values() for it in server.contacts.values())

    in_virtual_time(run)


@pytest.mark.usefixtures("small")
def test_rows_of_one_contact_are_written_in_sequence() -> None:
    people = [{"linkedin_id": f"p-{n}", "first_name": f"P{n}", "email": f"box{n // 3}@x.example"} for n in range(12)]
    people += [{"linkedin_id": f"q-{n}", "first_name": "Q"} for n in range(4)]

    async def run() -> None:
        server = PeopleServer()
        report = await load(server, people)
        assert (report.succeeded, report.merged, report.done) == (8, 8, 16)
        assert sorted(it["first_name"] for it in server.contacts.values()) == ["P11", "P2", "P5", "P8", *"QQQQ"]
        assert server.enrolled == dict.fromkeys(server.contacts, 1)
        assert server.requests[UPLOADS] == 1

    in_virtual_time(run)


@pytest.mark.usefixtures("small")
def test_an_import_killed_at_any_moment_adds_every_contact_once(tmp_path: Path) -> None:
    """A dead process leaves the journals as they were at that moment, and sends nothing more."""
    people = 13

    async def run_until(moment: int) -> None:
        server = PeopleServer()
        journal = await killed_at(
            moment, tmp_path / str(moment), server, lambda journal: load(server, rows(people), journal=journal)
        )
        upserts = server.requests[UPSERTS]
        report = await load(server, rows(people), journal=journal)
        assert max(server.imported.values(), default=0) <= 1
        assert server.requests[UPSERTS] - upserts <= people - server.imported.total()
        check_resumed(report, server, people)
        before = server.requests.copy()
        again = await load(server, rows(people), journal=journal)
        assert again.skipped == people - report.unknown
        since = server.requests - before
        assert since[ACTS] == since[UPSERTS] == since[UPLOADS] == since[SEARCHES] == 0
        repeated = await load(server, rows(people), journal=journal, repeat_unknown=True)
        assert (repeated.succeeded, repeated.skipped) == (report.unknown, people - report.unknown)
        check(server, people)

    moments = in_virtual_time(lambda: moments_of(lambda server: load(server, rows(people))))
    # All were tried once. At the last ones, contacts enter the automation by mass actions.
    for moment in (*range(1, moments - 10, 7), *range(moments - 10, moments + 1, 2)):
        in_virtual_time(partial(run_until, moment))


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("behaviour", "fault"),
    [
        ("published", ""),
        *(("observed", it) for it in ("kind=partial,rows=2", "kind=failed,done=0.5", "kind=late,seconds=90")),
    ],
)
def test_jobs_of_the_sandbox(fault: str, behaviour: Any) -> None:
    """People who were there, in the list or in another, people with custom fields, and others."""

    async def run() -> None:
        faults = [f"{fault},operation=importLeadsFromFile"] if fault else []
        async with (
            Sandbox(
                sockets=False, clock=anyio.current_time, job_delay=1, behaviour=behaviour, faults=faults
            ) as sandbox,
            Grinfi(sandbox.key, base_url=sandbox.url, transport=sandbox.transport, rate_limiter=None) as grinfi,
        ):
            target, tag, flow = await new_list(grinfi), await new_tag(grinfi), await new_automation(grinfi)
            await grinfi.custom_fields.create(name="budget", object="lead")
            for place, handle in ((target, "a-000001"), (await new_list(grinfi, "Others"), "a-000002")):
                await grinfi.contacts.upsert(lead={"linkedin_id": handle, "first_name": "Old"}, list_uuid=place)
            people = [{**row, "company_name": "Acme", "domain": "acme.example"} for row in rows(20)]
            people += [{"linkedin_id": "b", "first_name": "Bob", "budget": "high"}]
            report = await grinfi.bulk.import_contacts(
                people, list_uuid=target, tags=[tag], flow_uuid=flow, via="file", custom_fields=["budget"]
            )
            assert (report.succeeded, report.done) == (21, 21)
            found = await contacts(grinfi)
            assert [it.first_name for it in found] == [*(f"Ann {n}" for n in range(20)), "Bob"]
            assert len(await tagged(grinfi, tag)) == 21
            assert set((await added(grinfi, flow)).values()) == {1}
            assert len(await added(grinfi, flow)) == 21

    in_virtual_time(run)
