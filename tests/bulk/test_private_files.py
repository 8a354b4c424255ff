"""The files that jobs write: permissions, places, and what remains when they cannot be written."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import os
import resource
import sqlite3
import stat
from collections.abc import Awaitable, Callable, Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import anyio
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grinfi_async import ConfigurationError, Grinfi, GrinfiError
from grinfi_bulk import BulkReport, JournalError, Outcome, SyncError
from grinfi_bulk.columns import Columns
from grinfi_bulk.problems import Problem
from grinfi_bulk.reading import ReadingOptions, SourceRow, open_source
from grinfi_sandbox.server import SandboxServer
from tests.bulk.crm_in_memory import CrmInMemory, rows_of
from tests.bulk.server import CountingServer

pytestmark = pytest.mark.anyio
Write = Callable[[Path], Awaitable[object]]


def crm(count: int = 3, **fields: Callable[[int], Any]) -> Grinfi:
    return CrmInMemory(tasks=rows_of(count, **fields)).client()


async def write_failures(path: Path) -> None:
    server = CountingServer(latency=0)
    server.answers = {"a": [422]}
    grinfi = server.client()
    (await grinfi.bulk.run(grinfi.tags.create, [{"name": "a"}])).write_failures(path)


async def write_journal(path: Path) -> None:
    grinfi = CountingServer(latency=0).client()
    async with grinfi.bulk.map(grinfi.tags.delete, ["a", "b"], journal=path) as outcomes:
        async for _ in outcomes:
            check_modes(path.parent)  # including the files that SQLite keeps beside it


def write_export(path: Path, **options: Any) -> Awaitable[object]:
    return crm().bulk.export_tasks(to=path, **options)


def write_copy(path: Path) -> Awaitable[object]:
    return crm().bulk.sync(path, tables=["tasks"])


FILES: dict[str, Write] = {
    "failed.csv": write_failures,
    "journal": write_journal,
    "tasks.csv": write_export,
    "tasks.jsonl.gz": write_export,
    "tasks.parquet": write_export,
    "copy.db": write_copy,
}
REPLACED = ("failed.csv", "tasks.csv", "tasks.jsonl.gz", "tasks.parquet")


@contextmanager
def umask(mask: int) -> Generator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def check_modes(folder: Path) -> None:
    modes = {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in folder.iterdir()}
    assert modes
    assert set(modes.values()) == {"0o600"}, modes


# -- who may read them -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mask", [0, 0o277], ids=oct)
@pytest.mark.parametrize("name", FILES)
async def test_only_the_owner_may_read_what_is_written(name: str, mask: int, tmp_path: Path) -> None:
    with umask(mask):
        await FILES[name](tmp_path / name)
        check_modes(tmp_path)


async def test_an_export_that_was_interrupted_is_private_too(tmp_path: Path) -> None:
    server = CrmInMemory(largest_page=50, tasks=rows_of(300))
    server.ends_after = 4
    with umask(0), pytest.raises(GrinfiError):
        await server.client().bulk.export_tasks(to=tmp_path / "tasks.csv")
    assert sorted(os.listdir(tmp_path)) == ["tasks.csv.part", "tasks.csv.part-journal"]
    check_modes(tmp_path)


def test_a_sandbox_keeps_its_database_to_itself(tmp_path: Path) -> None:
    with umask(0), SandboxServer(database=str(tmp_path / "sandbox.db")):
        assert len(os.listdir(tmp_path)) > 1
        check_modes(tmp_path)


async def test_a_journal_keeps_keys_only_if_they_were_chosen(tmp_path: Path) -> None:
    grinfi = CountingServer(latency=0).client()
    rows = [{"name": "Ada Lovelace"}]
    for key, is_there in (None, False), ("name", True):
        path = tmp_path / f"journal-{key}"
        report = await grinfi.bulk.run(grinfi.tags.create, rows, journal=path, key=key)
        again = await grinfi.bulk.run(grinfi.tags.create, rows, journal=path, key=key)
        assert (report.succeeded, again.skipped) == (1, 1)
        assert (b"Ada Lovelace" in path.read_bytes()) is is_there


# -- where they go ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("is_there", [True, False], ids=["there", "dangling"])
async def test_a_symbolic_link_stays_and_its_target_is_written(name: str, is_there: bool, tmp_path: Path) -> None:
    target, link = tmp_path / "data" / f"real-{name}", tmp_path / "links" / name
    for folder in target.parent, link.parent:
        folder.mkdir()
    link.symlink_to(Path("..", "data", target.name))
    if is_there:
        target.touch(0o600)
    await FILES[name](link)
    assert link.is_symlink()
    assert os.listdir(link.parent) == [name]
    assert os.listdir(target.parent) == [target.name]
    assert target.stat().st_size > 0


@pytest.mark.parametrize("name", REPLACED)
async def test_a_planted_link_is_not_followed(name: str, tmp_path: Path) -> None:
    victim, folder = tmp_path / "victim", tmp_path / "folder"
    victim.write_text("precious")
    folder.mkdir()
    for suffix in ".part", ".part.parquet":
        (folder / f"{name}{suffix}").symlink_to(victim)
    await FILES[name](folder / name)
    assert victim.read_text() == "precious"
    assert not (folder / name).is_symlink()


async def test_a_link_in_place_of_a_partial_export_is_refused(tmp_path: Path) -> None:
    server = CrmInMemory(largest_page=50, tasks=rows_of(300))
    server.ends_after = 4
    with pytest.raises(GrinfiError):
        await server.client().bulk.export_tasks(to=tmp_path / "tasks.csv")
    partial = tmp_path / "tasks.csv.part"
    partial.rename(tmp_path / "victim")
    before = (tmp_path / "victim").read_bytes()
    partial.symlink_to(tmp_path / "victim")
    with pytest.raises(JournalError, match=r"tasks\.csv\.part cannot be opened"):
        await CrmInMemory(tasks=rows_of(300)).client().bulk.export_tasks(to=tmp_path / "tasks.csv")
    assert (tmp_path / "victim").read_bytes() == before


@pytest.mark.parametrize("name", ["", ":memory:", "file:journal", "file::memory:?cache=shared", "/dev/null", "."])
async def test_a_journal_that_is_not_a_file_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    server = CountingServer(latency=0)
    grinfi = server.client()
    with pytest.raises(JournalError, match="cannot be used as the journal of a job: "):
        await grinfi.bulk.run(grinfi.tags.delete, ["a"], journal=name)
    with pytest.raises(JournalError, match="cannot be used as the journal of an export: "):
        await crm().bulk.export_tasks(to=tmp_path / "tasks.csv", journal=name)
    with pytest.raises(SyncError, match="cannot be used as a copy"):
        await crm().bulk.sync(name)
    assert not server.applied
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["tasks.csv", "failed.csv"])
async def test_a_device_is_not_replaced(name: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / name).symlink_to(tmp_path / "pipe")
    with pytest.raises((ConfigurationError, OSError), match="not a regular file"):
        await FILES[name](tmp_path / name)
    assert stat.S_ISFIFO((tmp_path / name).stat().st_mode)


# -- a journal that is taken away ------------------------------------------------------------------------------------


def delete(path: Path) -> None:
    path.unlink()


def replace(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    other.replace(path)


def move(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))


@pytest.mark.parametrize("take_away", [delete, replace, move])
@pytest.mark.parametrize("suffix", ["", "-wal"])
async def test_a_job_without_its_journal_stops_sending(
    take_away: Callable[[Path], None], suffix: str, tmp_path: Path
) -> None:
    server = CountingServer(latency=0)
    grinfi = server.client()

    def items() -> Iterator[str]:
        for number in range(100):
            if number == 10:
                take_away(tmp_path / f"journal{suffix}")
            yield str(number)

    with pytest.raises(JournalError, match=f"journal{suffix} was deleted, moved or replaced") as caught:
        await grinfi.bulk.run(grinfi.tags.delete, items(), journal=tmp_path / "journal", concurrency=1)
    assert server.applied.keys() == {str(number) for number in range(10)}
    assert caught.value.report is not None
    assert caught.value.report.succeeded == 10


@pytest.mark.parametrize("name", ["tasks.csv.part-journal", "tasks.csv.part"])
async def test_an_export_ends_when_its_journal_or_file_is_removed(name: str, tmp_path: Path) -> None:
    server = CrmInMemory(largest_page=50, tasks=rows_of(500))

    async def handle(request: httpx.Request) -> httpx.Response:
        if len(server.requests) >= 6:
            (tmp_path / name).unlink(missing_ok=True)
        return await server(request)

    grinfi = Grinfi("key", base_url="http://sandbox.test", rate_limiter=None, transport=httpx.MockTransport(handle))
    with pytest.raises((JournalError, FileNotFoundError), match=name):
        await grinfi.bulk.export_tasks(to=tmp_path / "tasks.csv")
    assert not (tmp_path / "tasks.csv").exists()


# -- a full disk -----------------------------------------------------------------------------------------------------


@contextmanager
def files_of_at_most(size: int) -> Generator[None]:
    """A write beyond it behaves as on a full disk: an error, after half of it was written."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("size", [60_000, 61_234, 100_000])
async def test_after_a_full_disk_the_report_shows_what_is_recorded(size: int, tmp_path: Path) -> None:
    server = CountingServer(latency=0)
    grinfi = server.client()
    items = [str(number) for number in range(200)]
    with files_of_at_most(size), pytest.raises(JournalError, match="cannot be used as the journal") as caught:
        await grinfi.bulk.run(
            grinfi.tags.delete, items, journal=tmp_path / "journal", concurrency=5, retry_class="write"
        )
    report = caught.value.report
    assert report is not None
    with closing(sqlite3.connect(tmp_path / "journal")) as db:
        recorded = {str(row - 1): state for row, state in db.execute("SELECT row, state FROM items")}
    done = {item for item, state in recorded.items() if state == "done"}
    assert report.succeeded == len(done)
    assert 0 < len(done) < 200
    assert {failure.item for failure in report.unknowns} == server.applied.keys() - done
    again = await grinfi.bulk.run(
        grinfi.tags.delete, items, journal=tmp_path / "journal", concurrency=5, retry_class="write"
    )
    assert (again.skipped, again.unknown) == (len(done), len(recorded) - len(done))
    assert server.applied == dict.fromkeys(items, 1)


@pytest.mark.parametrize("size", [20_000, 45_000])
async def test_after_a_full_disk_an_export_reports_what_is_recorded_and_resumes(size: int, tmp_path: Path) -> None:
    rows = rows_of(1000)
    with files_of_at_most(size), pytest.raises((JournalError, OSError)) as caught:
        await CrmInMemory(largest_page=50, tasks=rows).client().bulk.export_tasks(to=tmp_path / "tasks.csv")
    report = await CrmInMemory(largest_page=50, tasks=rows).client().bulk.export_tasks(to=tmp_path / "tasks.csv")
    notes = getattr(caught.value, "__notes__", [])
    told = f"{report.skipped:,} rows written; run the same export again to resume."
    assert notes == ([told] if report.skipped else [])
    with (tmp_path / "tasks.csv").open(newline="") as file:
        assert [row["uuid"] for row in csv.DictReader(file)] == [row["uuid"] for row in rows]


# -- spreadsheets ----------------------------------------------------------------------------------------------------

CELLS = st.text(alphabet="'=+-@\t\r\n ,;|\"aé1", max_size=6)
FORMULA = tuple("=+-@\t\r")


def table_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


async def imported(path: Path, encoding: str | None = None) -> list[dict[str, Any]]:
    """The rows that our importer reads from a file."""
    async with open_source(path, ReadingOptions(encoding), Columns(None, None, "ignore").is_known) as source:
        rows = list(source.read())
    assert not [row for row in rows if isinstance(row, Problem)]
    return [dict(row) for row in rows if isinstance(row, SourceRow)]


def report_of(cells: list[str]) -> BulkReport:
    report = BulkReport(name="test")
    for number, cell in enumerate(cells, 1):
        item = {"linkedin_id": f"id-{number}", "=name": cell}
        report.record(Outcome(number, str(number), item, "failed", error=ValueError(cell)))
    return report


@given(cells=st.lists(CELLS, min_size=1, max_size=4))
def test_cells_for_a_spreadsheet_are_harmless_and_read_back_unchanged(cells: list[str]) -> None:
    async def check() -> None:
        report = report_of(cells)
        with TemporaryDirectory() as folder:
            plain, sheet = Path(folder, "plain.csv"), Path(folder, "sheet.csv")
            report.write_failures(plain)
            report.write_failures(sheet, excel=True)
            assert sheet.read_bytes().startswith(codecs.BOM_UTF8)
            assert not [cell for row in table_of(sheet) for cell in row if cell.startswith(FORMULA)]
            assert await imported(plain) == await imported(sheet)
            assert [row["=name"] for row in await imported(sheet)] == cells

    anyio.run(check)


@pytest.mark.parametrize("name", ["tasks.csv", "tasks.csv.gz"])
async def test_an_export_for_spreadsheets(name: str, tmp_path: Path) -> None:
    names = ["=1+1", "+49 30", "-", "@me", "\t=1", "\r=1", "'=1", "it's", "", "Zoë"]
    grinfi = crm(len(names), note=lambda number: names[number])
    to = tmp_path / name
    await grinfi.bulk.export_tasks(to=to, fields=["uuid", "note"], excel=True)
    data = gzip.decompress(to.read_bytes()) if name.endswith(".gz") else to.read_bytes()
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert data.startswith(codecs.BOM_UTF8)
    assert [row[1] for row in rows[1:]] == [
        "'=1+1", "'+49 30", "'-", "'@me", "'\t=1", "'\r=1", "''=1", "it's", "", "Zoë",
    ]  # fmt: skip
    assert [row["note"] for row in await imported(to)] == names


async def test_an_interrupted_export_for_spreadsheets_has_one_byte_order_mark(tmp_path: Path) -> None:
    to = tmp_path / "tasks.csv"
    server = CrmInMemory(largest_page=50, tasks=rows_of(300))
    server.ends_after = 4
    with pytest.raises(GrinfiError):
        await server.client().bulk.export_tasks(to=to, excel=True)
    server.ends_after = None
    with pytest.raises(JournalError, match="excel was True, and is now False"):
        await server.client().bulk.export_tasks(to=to)
    await server.client().bulk.export_tasks(to=to, excel=True)
    assert to.read_bytes().count(codecs.BOM_UTF8) == 1
    assert len(table_of(to)) == 301


async def test_only_csv_is_for_spreadsheets(tmp_path: Path) -> None:
    for to in tmp_path / "tasks.jsonl", tmp_path / "tasks.parquet", print:
        with pytest.raises(ConfigurationError, match=r"excel=True needs a \.csv file"):
            await crm().bulk.export_tasks(to=to, excel=True)


async def test_values_reformatted_by_a_spreadsheet_are_read_back(tmp_path: Path) -> None:
    """Excel keeps the apostrophes, and writes its code page, semicolons or UTF-16."""
    for name, encoding, delimiter in ("a", "cp1252", ","), ("b", "ascii", ";"), ("c", "utf-16", "\t"):
        path = tmp_path / f"{name}.csv"
        letter = "é" if encoding != "ascii" else "e"
        path.write_text(f"linkedin_id{delimiter}phone\nzo{letter}{delimiter}'+49 30\n", encoding)
        chosen = encoding if encoding == "cp1252" else None
        assert await imported(path, chosen) == [{"linkedin_id": f"zo{letter}", "phone": "+49 30"}]
    plain = tmp_path / "plain.csv"
    plain.write_text("linkedin_id,phone\nada,'+49 30\n")
    assert await imported(plain) == [{"linkedin_id": "ada", "phone": "'+49 30"}]
