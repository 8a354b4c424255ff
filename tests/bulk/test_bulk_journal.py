"""The journal: what a second run does, and which journals are refused."""

from __future__ import annotations

import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from grinfi_async import TokenBucket
from grinfi_bulk import BulkReport, JournalError, JournalInUseError
from tests.bulk.server import CountingServer, in_virtual_time

pytestmark = pytest.mark.anyio
ROWS = [{"name": name} for name in "abcdef"]


def counts(report: BulkReport) -> dict[str, int]:
    names = ("succeeded", "failed", "skipped", "unknown", "duplicates")
    return {name: getattr(report, name) for name in names if getattr(report, name)}


async def test_a_second_run_skips_done_items_and_retries_failed_ones(tmp_path: Path) -> None:
    server = CountingServer(latency=0)
    server.answers = {"b": [422], "d": [None]}
    grinfi = server.client()
    journal = tmp_path / "journal"
    first = await grinfi.bulk.run(grinfi.tags.create, ROWS, journal=journal)
    assert counts(first) == {"succeeded": 4, "failed": 1, "unknown": 1}
    second = await grinfi.bulk.run(grinfi.tags.create, [*ROWS, {"name": "g"}], journal=journal)
    assert counts(second) == {"succeeded": 2, "skipped": 4, "unknown": 1}
    assert server.applied == dict.fromkeys("abcdefg", 1)
    (unknown,) = second.unknowns
    assert (unknown.key, unknown.code) == (next(first.unknowns).key, "unknown_outcome")
    assert "connection lost" in unknown.error
    assert "repeat_unknown=True" in unknown.error
    assert (second.processed, second.failed) == (2, 0)
    third = await grinfi.bulk.run(grinfi.tags.create, ROWS, journal=journal, repeat_unknown=True)
    assert counts(third) == {"succeeded": 1, "skipped": 5}
    assert server.applied["d"] == 2


async def test_short_results_are_kept(tmp_path: Path) -> None:
    grinfi = CountingServer(latency=0).client()

    async def create(row: dict[str, str]) -> str | None:
        return (await grinfi.tags.create(name=row["name"])).uuid

    for status in ("succeeded", "skipped"):
        async with grinfi.bulk.map(create, ROWS, journal=tmp_path / "journal", ordered=True) as outcomes:
            told = [(outcome.status, outcome.result) async for outcome in outcomes]
        assert told == [(status, name) for name in "abcdef"]


@pytest.mark.parametrize("call", ["create", "update"])
def test_a_write_abandoned_while_sent_is_unknown_and_an_idempotent_one_is_repeated(call: str, tmp_path: Path) -> None:
    async def job() -> None:
        server = CountingServer(latency=10)
        grinfi = server.client()
        function = grinfi.tags.create if call == "create" else partial(grinfi.tags.update, "x")
        with anyio.move_on_after(1):
            await grinfi.bulk.run(function, ROWS, journal=tmp_path / "journal", concurrency=2, grace=0)
        report = await grinfi.bulk.run(function, ROWS, journal=tmp_path / "journal")
        assert counts(report) == ({"succeeded": 4, "unknown": 2} if call == "create" else {"succeeded": 6})

    in_virtual_time(job)


def test_items_waiting_for_the_limit_are_sent_by_the_next_run(tmp_path: Path) -> None:
    async def job() -> None:
        server = CountingServer(latency=0.1)
        grinfi = server.client(rate_limiter=TokenBucket(2, 60))
        with anyio.move_on_after(1):
            await grinfi.bulk.run(grinfi.tags.create, ROWS, journal=tmp_path / "journal", share=1)
        report = await grinfi.bulk.run(grinfi.tags.create, ROWS, journal=tmp_path / "journal", share=1)
        assert counts(report) == {"succeeded": 4, "skipped": 2}
        assert server.applied == dict.fromkeys("abcdef", 1)

    in_virtual_time(job)


@pytest.mark.parametrize("kind", ["operation", "argument", "name"])
async def test_a_journal_of_another_job_is_refused(kind: str, tmp_path: Path) -> None:
    server = CountingServer(latency=0)
    grinfi = server.client()
    journal = tmp_path / "journal"
    await grinfi.bulk.run(partial(grinfi.tags.update, "x"), ROWS, journal=journal)
    other: Any = {"operation": grinfi.tags.create, "argument": partial(grinfi.tags.update, "y")}.get(
        kind, partial(grinfi.tags.update, "x")
    )
    server.applied.clear()
    with pytest.raises(JournalError, match="is the journal of another job: updateTag"):
        await grinfi.bulk.run(other, ROWS, journal=journal, name="mine" if kind == "name" else None)
    assert not server.applied


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([*ROWS[:3], {"name": "new"}, *ROWS[3:]], "row 4 is 'new' now, but was 'd'"),
        ([{"name": "f"}, *ROWS[:5]], "row 1 is 'f' now, but was 'a'"),
        ([*ROWS[:4], {"name": "f"}], "row 5 is 'f' now, but was 'e'"),
    ],
)
async def test_another_input_is_refused_before_it_is_sent(rows: Any, told: str, tmp_path: Path) -> None:
    server = CountingServer(latency=0)
    grinfi = server.client()
    await grinfi.bulk.run(grinfi.tags.create, ROWS, key="name", journal=tmp_path / "journal")
    with pytest.raises(JournalError, match="was started with another input") as caught:
        await grinfi.bulk.run(grinfi.tags.create, rows, key="name", journal=tmp_path / "journal")
    assert told in str(caught.value)
    assert server.applied == dict.fromkeys("abcdef", 1)


async def test_a_row_may_be_fixed_where_its_key_stays(tmp_path: Path) -> None:
    server = CountingServer(latency=0)
    grinfi = server.client()
    rows: list[dict[str, Any]] = [{"id": 1, "name": ""}, {"id": 2, "name": "b"}]

    async def create(row: dict[str, Any]) -> None:
        if not row["name"]:
            raise ValueError("no name")
        await grinfi.tags.create(name=row["name"])

    assert (await grinfi.bulk.run(create, rows, key="id", journal=tmp_path / "journal")).failed == 1
    rows[0]["name"] = "a"
    assert (await grinfi.bulk.run(create, rows, key="id", journal=tmp_path / "journal")).failed == 0
    assert server.applied == {"a": 1, "b": 1}


async def test_files_that_are_not_journals_are_refused_and_unchanged(tmp_path: Path) -> None:
    grinfi = CountingServer(latency=0).client()

    async def told(path: Path) -> str:
        with pytest.raises(JournalError) as caught:
            await grinfi.bulk.run(grinfi.tags.create, ROWS, journal=path)
        return str(caught.value).replace(str(path), "FILE")

    text = tmp_path / "contacts.csv"
    text.write_text("name\n" * 500)
    assert await told(text) == "FILE is not the journal of a job; use another file."
    assert text.read_text() == "name\n" * 500
    database = tmp_path / "dashboard.sqlite"
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    before = database.read_bytes()
    assert await told(database) == "FILE is not the journal of a job; use another file."
    assert database.read_bytes() == before
    assert await told(tmp_path / "missing" / "journal") == (
        "FILE cannot be used as the journal of a job: there is no such folder."
    )


async def test_a_journal_serves_one_job_at_a_time(tmp_path: Path) -> None:
    grinfi = CountingServer(latency=0).client()
    async with grinfi.bulk.map(grinfi.tags.create, ROWS, journal=tmp_path / "journal"):
        with pytest.raises(JournalInUseError, match="is in use"):
            await grinfi.bulk.run(grinfi.tags.create, ROWS, journal=tmp_path / "journal")
    report = await grinfi.bulk.run(grinfi.tags.create, ROWS, journal=tmp_path / "journal")
    assert report.done == 6
