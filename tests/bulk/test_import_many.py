"""Imports that write, tag and enrol many contacts in a request."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from grinfi_async import ConfigurationError
from grinfi_bulk import ImportReport
from tests.bulk.killed_in_process import check_resumed, killed_at, moments_of
from tests.bulk.people_server import ACTS, CREATES, FLOW, LIST, TAGS, UPSERTS, PeopleServer
from tests.bulk.server import in_virtual_time


def rows(count: int) -> list[dict[str, str]]:
    return [{"linkedin_id": f"a-{n:06}", "first_name": f"Ann {n}", "email": f"a{n}@x.example"} for n in range(count)]


async def load(server: PeopleServer, count: int, **options: Any) -> ImportReport:
    target: dict[str, Any] = {"list_uuid": LIST, "tags": TAGS, "flow_uuid": FLOW, **options}
    async with server.client() as grinfi:
        return await grinfi.bulk.import_contacts(rows(count), **target)


def check(server: PeopleServer, count: int) -> None:
    """Check that every contact exists, is tagged, and is in the automation once."""
    server.finish()
    assert sorted(it["linkedin"] for it in server.contacts.values()) == [f"a-{n:06}" for n in range(count)]
    assert all(sorted(it["tags"]) == sorted(TAGS) for it in server.contacts.values())
    assert server.enrolled == dict.fromkeys(server.contacts, 1)


def test_few_requests() -> None:
    async def run() -> None:
        server = PeopleServer(delay=5.0)
        report = await load(server, 2_000)
        assert (report.succeeded, report.done, report.notes) == (2_000, 2_000, [])
        assert server.requests.total() == report.requests + 3 <= 25
        assert (server.requests[CREATES], server.requests[ACTS], server.requests[UPSERTS]) == (4, 12, 0)
        check(server, 2_000)

    in_virtual_time(run)


def test_few_rows_are_upserted_and_a_caller_chooses() -> None:
    async def run() -> None:
        for options, creates, enrols in (({}, 0, 0), ({"via": "create"}, 1, 1), ({"enrol": "mass"}, 0, 1)):
            server = PeopleServer()
            report = await load(server, 7, tags=[], **options)
            assert report.succeeded == 7
            assert (server.requests[CREATES], server.requests[ACTS]) == (creates, enrols)
        server = PeopleServer()
        await load(server, 200, enrol="each", tags=[])
        assert (server.requests[CREATES], server.requests[ACTS]) == (1, 0)
        assert server.enrolled == dict.fromkeys(server.contacts, 1)

    in_virtual_time(run)


def test_options_that_cannot_be_used() -> None:
    async def run() -> None:
        refused: list[dict[str, Any]] = [
            {"via": via, "existing": it} for via in ("create", "file") for it in ("skip", "move")
        ]
        for options in ({"via": "files"}, {"enrol": "all"}, {"merge": "x"}, *refused):
            with pytest.raises(ConfigurationError, match=next(iter(options))):
                await load(PeopleServer(), 1, **options)

    in_virtual_time(run)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four rows in a request."""
    monkeypatch.setattr("grinfi_bulk.mass_steps.BATCH", 4)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("faults", "unknown", "note"),
    [
        ({"lost": {CREATES: {1}}}, 0, ""),
        ({"lost": {CREATES: {2, 3}}}, 0, ""),
        ({"lost": {ACTS: {1}}}, 0, ""),
        ({"lost": {ACTS: {3}}}, 0, ""),
        ({"refused": {CREATES: 404}}, 0, "the server does not create many at once"),
        ({"refused": {CREATES: 422}}, 0, ""),
        ({"dropped": {"a-000001"}}, 0, "1 contact created in a batch did not show within 30 s"),
        ({"dropped": {"a-000009"}}, 0, "1 contact created in a batch did not show within 30 s"),
        ({"delay": 20.0}, 0, ""),
        ({"counts_places": False}, 0, ""),
        ({"largest_page": 4}, 0, ""),
        ({"delay": 20.0, "largest_page": 4}, 0, ""),
    ],
)
def test_servers_that_behave_badly(faults: dict[str, Any], unknown: int, note: str) -> None:
    async def run() -> None:
        server = PeopleServer()
        for name, value in faults.items():
            setattr(server, name, value)
        report = await load(server, 13, via="create")
        server.dropped = set()
        assert (report.succeeded, report.unknown, report.done) == (13 - unknown, unknown, 13)
        assert note in " ".join(str(report).split())
        assert bool(report.notes) == bool(note)
        check(server, 13)

    in_virtual_time(run)


@pytest.mark.usefixtures("small")
def test_a_contact_missing_from_the_automation_did_not_succeed(tmp_path: Path) -> None:
    async def run() -> None:
        server = PeopleServer()
        await load(server, 60, via="create", flow_uuid=None)
        server.left_out = {next(it["uuid"] for it in server.contacts.values() if it["linkedin"] == "a-000005")}
        report = await load(server, 60, via="create", tags=[], journal=tmp_path / "journal")
        assert (report.succeeded, report.sent) == (59, 1)
        assert [(it.row, it.error) for it in report.unseen] == [(6, "the automation did not show it within 30 s")]
        server.left_out = set()
        again = await load(server, 60, via="create", tags=[], journal=tmp_path / "journal")
        assert (again.skipped, again.sent) == (59, 1)  # it may still come
        assert max(server.enrolled.values()) == 1
        repeated = await load(server, 60, via="create", tags=[], journal=tmp_path / "journal", repeat_unknown=True)
        assert repeated.succeeded == 1
        assert server.enrolled == dict.fromkeys(server.contacts, 1)

    in_virtual_time(run)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("enrol", ["mass", "each"])
def test_a_contact_that_entered_the_automation_late_is_not_added_again(enrol: Any, tmp_path: Path) -> None:
    async def run() -> None:
        server = PeopleServer(delay=100.0)
        server.lost = {f"POST /flows/api/flows/{FLOW}/leads/u-{n}": {1} for n in range(13)}
        options: dict[str, Any] = {"via": "create", "tags": [], "enrol": enrol, "journal": tmp_path / "journal"}
        report = await load(server, 13, **options)
        assert report.sent + report.unknown == 13
        await anyio.sleep(100)
        again = await load(server, 13, repeat_unknown=True, **options)
        assert again.succeeded == 13
        server.finish()
        assert server.enrolled == dict.fromkeys(server.contacts, 1)

    in_virtual_time(run)


@pytest.mark.usefixtures("small")
def test_rows_of_one_contact_are_written_in_sequence() -> None:
    people = [{"linkedin_id": f"p-{n}", "first_name": f"P{n}", "email": f"box{n // 3}@x.example"} for n in range(12)]

    async def run() -> None:
        server = PeopleServer()
        async with server.client() as grinfi:
            report = await grinfi.bulk.import_contacts(people, list_uuid=LIST, tags=TAGS, flow_uuid=FLOW, via="create")
        assert (report.succeeded, report.merged, report.done) == (4, 8, 12)
        assert sorted(it["first_name"] for it in server.contacts.values()) == ["P11", "P2", "P5", "P8"]
        assert server.enrolled == dict.fromkeys(server.contacts, 1)
        assert all(len(it["tags"]) == 2 for it in server.contacts.values())
        assert {merge.row % 3 for merge in report.merges} == {1, 2}

    in_virtual_time(run)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("via", ["create", "upsert"])
def test_a_contact_of_two_imports_enters_the_automation_once(via: Any) -> None:
    owners: dict[str, str] = {}
    told: dict[str, ImportReport] = {}

    async def run() -> None:
        server = PeopleServer()
        for part in ("one", "two"):

            async def claim(uuid: str, part: str = part) -> bool:
                return owners.setdefault(uuid, part) == part

            people = [{"linkedin_id": f"{part}-{n}", "email": f"a{n}@x.example"} for n in range(6)]
            people.append({"linkedin_id": f"{part}-alone", "email": f"{part}@x.example"})
            async with server.client() as grinfi:
                told[part] = await grinfi.bulk.import_contacts(
                    people, list_uuid=LIST, flow_uuid=FLOW, via=via, claim=claim
                )
        assert (told["one"].succeeded, told["two"].succeeded, told["two"].skipped) == (7, 1, 6)
        assert {it.error for it in told["two"].left_alone} == {
            "another import has claimed the contact for the automation"
        }
        server.finish()
        assert len(server.contacts) == 8
        assert server.enrolled == dict.fromkeys(server.contacts, 1)

    in_virtual_time(run)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(("via", "step"), [("create", 11), ("upsert", 61)])
def test_an_import_killed_at_any_moment_adds_every_contact_once(via: str, step: int, tmp_path: Path) -> None:
    """A dead process leaves the journals as they were at that moment, and sends nothing more."""
    count, options = 9, {"via": via, "concurrency": 2}

    async def run_until(moment: int) -> None:
        server = PeopleServer()
        journal = await killed_at(
            moment, tmp_path / str(moment), server, lambda journal: load(server, count, journal=journal, **options)
        )
        report = await load(server, count, journal=journal, **options)
        check_resumed(report, server, count)
        before = server.requests.copy()
        again = await load(server, count, journal=journal, **options)
        assert again.skipped == count - report.unknown
        assert (server.requests - before)[ACTS] == (server.requests - before)[UPSERTS] == 0
        repeated = await load(server, count, repeat_unknown=True, journal=journal, **options)
        assert (repeated.succeeded, repeated.skipped) == (report.unknown, count - report.unknown)
        check(server, count)

    moments = in_virtual_time(lambda: moments_of(lambda server: load(server, count, **options)))
    # All were tried once. At the last ones, contacts enter the automation by mass actions.
    for moment in (*range(1, moments - 10, step), *range(moments - 10, moments + 1, 2)):
        in_virtual_time(partial(run_until, moment))
