"""The output of a job: the report, the file of failures, and the progress."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest

from grinfi_async import TokenBucket
from grinfi_bulk import Progress
from grinfi_bulk.cli.errors import say
from tests.bulk.server import CountingServer, in_virtual_time

pytestmark = pytest.mark.anyio


async def test_failures_are_written_so_that_they_can_be_fixed_and_imported_again(tmp_path: Path) -> None:
    server = CountingServer(latency=0)
    server.answers = {"b": [422], "c": [500], "d": [422]}
    grinfi = server.client()
    rows: list[dict[str, Any]] = [{"name": "a"}, {"name": "b", "color": "a, \"b\"\nü"}, {"name": "c"}, {"name": "d", "x": [1]}]  # fmt: skip  # noqa: E501

    async def create(row: dict[str, Any]) -> None:
        await grinfi.tags.create(name=row["name"])

    report = await grinfi.bulk.run(create, rows)
    file = tmp_path / "failed.csv"
    assert report.write_failures(file) == 2
    with file.open(encoding="utf-8", newline="") as lines:
        failed = list(csv.DictReader(lines))
    why = {"error": "the server refused it (422); correct it and send it again", "error_code": "unprocessable_entity"}
    assert failed == [
        {"name": "b", "color": 'a, "b"\nü', "x": "", **why},
        {"name": "d", "color": "", "x": "[1]", **why},
    ]
    assert report.write_failures(file, unknown=True) == 3
    again = await grinfi.bulk.run(create, failed)
    assert (again.succeeded, again.write_failures(file)) == (2, 0)
    assert file.read_text() == "error,error_code\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["failed.csv"]


async def test_failures_of_items_that_are_not_mappings(tmp_path: Path) -> None:
    server = CountingServer(latency=0)
    server.answers = {"b": [404]}
    grinfi = server.client()
    report = await grinfi.bulk.run(grinfi.lists.get, ["a", "b"])
    report.write_failures(tmp_path / "failed.csv")
    assert (tmp_path / "failed.csv").read_text().splitlines()[:2] == [
        "item,error,error_code",
        "b,it was not found (404); check that it has not been deleted,not_found",
    ]


def test_a_report_reads_as_a_summary() -> None:
    async def job() -> None:
        server = CountingServer(latency=0.3)
        server.answers = {f"tag-{number}": [422] for number in range(7)}
        grinfi = server.client(rate_limiter=TokenBucket(100, 60))
        rows = [{"name": f"tag-{number}"} for number in range(250)]
        report = await grinfi.bulk.run(grinfi.tags.create, [*rows, rows[0]], key="name")
        assert str(report).splitlines()[:4] == [
            "createTag: 251 items in 2 min 1 s",
            "  succeeded        243",
            "  failed             7",
            "  duplicates         1",
        ]
        assert "  2.1 items/s, 100% of the rate limit; 250 requests, 0 retries, 0 refused\n" in str(report)
        assert "  failed: row 5 (tag-4): the server refused it (422); correct it and send it" in str(report)
        assert str(report).endswith("  failed: 2 more")
        assert max(map(len, report.screen(width=60).splitlines())) <= 60

    in_virtual_time(job)


def test_progress_is_reported_twice_a_second_and_estimates_from_the_limit() -> None:
    async def job() -> None:
        told: list[Progress] = []
        grinfi = CountingServer(latency=0.3).client(rate_limiter=TokenBucket(300, 60))
        report = await grinfi.bulk.run(
            grinfi.tags.delete, [str(number) for number in range(1000)], progress=told.append, share=1
        )
        early = told[9]
        assert (early.total, early.done, early.waiting) == (1000, 300, True)
        assert early.elapsed == pytest.approx(5)
        assert early.remaining == pytest.approx(report.elapsed - 5, rel=0.05)
        late = next(progress for progress in told if progress.done >= 700)
        assert late.remaining == pytest.approx(report.elapsed - late.elapsed, rel=0.05)
        last = told[-1]
        assert (last.done, last.failed, last.remaining, last.waiting) == (1000, 0, 0, False)
        assert len(told) == pytest.approx(report.elapsed * 2, rel=0.02)

    in_virtual_time(job)


def test_progress_is_printed_in_lines_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    async def job() -> None:
        grinfi = CountingServer(latency=0.3).client(rate_limiter=TokenBucket(10, 5))
        await grinfi.bulk.run(grinfi.tags.delete, [str(number) for number in range(25)], progress=True, share=1)

    in_virtual_time(job)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "deleteTag: 10 of 25, 0:05 left, 0 failed, 2.0/s, 100% of limit, waiting 0:05"
    assert re.fullmatch(r"deleteTag: 25 of 25, 0:00 left, 0 failed, 2\.\d/s, 100% of limit, waited 0:11", lines[-1])
    assert len(lines) == 3


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_step_without_work_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def job() -> None:
        grinfi = CountingServer().client()
        await grinfi.bulk.run(grinfi.tags.delete, [], progress=True)

    monkeypatch.setattr("sys.stderr", terminal := Terminal())
    in_virtual_time(job)
    assert terminal.getvalue() == ""


def test_messages_are_wrapped_in_a_terminal_and_one_line_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    message = "grinfi: --list: unknown list 'Everyon'; did you mean 'Everyone', which has 4 words more?"
    for stream, lines in ((Terminal(), 2), (io.StringIO(), 1)):
        monkeypatch.setattr("sys.stderr", stream)
        say(message)
        assert len(stream.getvalue().splitlines()) == lines
        assert " ".join(stream.getvalue().split()) == message


@pytest.mark.parametrize("columns", [80, 40])
def test_a_bar_in_a_terminal_cuts_no_number(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    async def job() -> None:
        grinfi = CountingServer(latency=0.3).client(rate_limiter=TokenBucket(1000, 10))
        tags = [str(number) for number in range(1100)]
        await grinfi.bulk.run(grinfi.tags.delete, tags, progress=True, name="Import contacts", share=1)

    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    in_virtual_time(job)
    lines = re.split(r"[\r\n]+", re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", terminal.getvalue()).rstrip())
    assert max(map(len, lines)) == columns
    assert re.fullmatch(r"Import contacts ━{8,} 1,100 of 1,100", lines[-2])
    assert lines[-1].startswith("  0:00 left, 0 failed, 103.8/s, 100% of")
    assert ("waited " in lines[-1]) is (columns == 80)


async def test_a_progress_function_that_fails_ends_the_job() -> None:
    grinfi = CountingServer(latency=0).client()

    def broken(progress: Progress) -> None:
        raise RuntimeError("no display")

    with pytest.raises(RuntimeError, match="no display"):
        await grinfi.bulk.run(grinfi.tags.delete, ["a"], progress=broken)
