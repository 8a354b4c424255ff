"""Exports: every row once, in the chosen form, beyond 10,000 rows and through interruptions."""

from __future__ import annotations

import csv
import gzip
import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from grinfi_async import (
    ConfigurationError,
    F,
    Grinfi,
    GrinfiError,
    InvalidArgumentError,
    ResultWindowError,
    ServerError,
)
from grinfi_bulk import JournalError, exports, sources
from grinfi_support import reading
from tests.bulk.crm_in_memory import SENDERS, START, CrmInMemory, Row, rows_of, time_text

pytestmark = pytest.mark.anyio
parquet: Any = import_module("pyarrow.parquet")  # it has no types
BEHAVIOURS = [
    pytest.param(name, marks=pytest.mark.grinfi_sandbox(behaviour=name), id=name) for name in ("published", "observed")
]


class Crash(BaseException):
    """What an export sees of the end of its process."""


@pytest.fixture
def small_window(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(reading, "WINDOW", 50)
    monkeypatch.setattr(sources, "WINDOW", 50)
    return 50


async def new_contacts(grinfi: Grinfi, count: int) -> list[str]:
    everyone = await grinfi.lists.create(name="Everyone")
    await grinfi.custom_fields.create(name="Industry", object="lead")
    made = [
        await grinfi.contacts.upsert(
            lead={"linkedin_id": f"c-{number}", "first_name": 'Zoë, "Z"', "headline": "One\nTwo" if number else None},
            list_uuid=everyone.uuid,
            custom_fields={"Industry": f"Industry {number}"},
        )
        for number in range(count)
    ]
    return [contact.uuid for contact in made]


def table_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lines_of(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def read_gzip(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


def only_file(folder: Path) -> str:
    """No partial file and no journal is left behind."""
    [name] = os.listdir(folder)
    return name


# -- formats ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
async def test_csv_has_a_column_for_each_field(behaviour: str, grinfi: Grinfi, tmp_path: Path) -> None:
    uuids = await new_contacts(grinfi, 3)
    report = await grinfi.bulk.export_contacts(to=tmp_path / "contacts.csv")
    rows = table_of(tmp_path / "contacts.csv")
    assert [row["uuid"] for row in rows] == uuids
    assert (report.rows, report.succeeded, report.path) == (3, 3, tmp_path / "contacts.csv")
    assert "3 rows" in str(report)
    assert rows[1]["first_name"] == 'Zoë, "Z"'
    assert [row["headline"] for row in rows] == ["", "One\nTwo", "One\nTwo"]
    assert json.loads(rows[0]["tags"]) == []
    contact = await grinfi.contacts.get(uuids[0])
    assert contact.created_at is not None
    assert rows[0]["created_at"] == time_text(contact.created_at)
    assert only_file(tmp_path) == "contacts.csv"


@pytest.mark.grinfi_sandbox(behaviour="observed")
async def test_chosen_fields_are_columns_in_their_order(grinfi: Grinfi, tmp_path: Path) -> None:
    await new_contacts(grinfi, 2)
    await grinfi.bulk.export_contacts(
        to=tmp_path / "contacts.csv", fields=["custom_fields.Industry", "linkedin", "has_premium"]
    )
    assert (tmp_path / "contacts.csv").read_text().splitlines() == [
        "custom_fields.Industry,linkedin,has_premium", "Industry 0,c-0,", "Industry 1,c-1,",
    ]  # fmt: skip


@pytest.mark.grinfi_sandbox(behaviour="published")
async def test_custom_fields_that_the_api_does_not_send_are_not_columns(grinfi: Grinfi, tmp_path: Path) -> None:
    await new_contacts(grinfi, 1)
    with pytest.raises(GrinfiError, match="without its custom fields"):
        await grinfi.bulk.export_contacts(to=tmp_path / "contacts.csv", fields=["custom_fields.Industry"])


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
async def test_json_lines_have_all_that_the_api_sent(behaviour: str, grinfi: Grinfi, tmp_path: Path) -> None:
    await new_contacts(grinfi, 2)
    await grinfi.bulk.export_contacts(to=tmp_path / "contacts.jsonl")
    assert lines_of(tmp_path / "contacts.jsonl") == [row.to_dict() async for row in grinfi.contacts.search()]
    await grinfi.bulk.export_contacts(to=tmp_path / "some.jsonl", fields=["linkedin", "tags"])
    assert lines_of(tmp_path / "some.jsonl") == [{"linkedin": f"c-{number}", "tags": []} for number in range(2)]


async def test_gzip(grinfi: Grinfi, tmp_path: Path) -> None:
    await new_contacts(grinfi, 2)
    await grinfi.bulk.export_contacts(to=tmp_path / "contacts.csv.gz", fields=["linkedin"])
    assert read_gzip(tmp_path / "contacts.csv.gz").split() == [b"linkedin", b"c-0", b"c-1"]


async def test_parquet_has_types_and_row_groups(tmp_path: Path) -> None:
    rows = rows_of(10_001, ln_id=lambda n: n, tags=lambda n: ["a"], name=lambda n: "Zoë" if n % 2 else None)
    crm = CrmInMemory(companies=rows)
    await crm.client().bulk.export_companies(to=tmp_path / "companies.parquet")
    file = parquet.ParquetFile(tmp_path / "companies.parquet")
    assert [file.metadata.row_group(index).num_rows for index in range(2)] == [10_000, 1]
    table = file.read()
    assert str(table.schema.field("created_at").type) == "timestamp[us, tz=UTC]"
    assert str(table.schema.field("ln_id").type) == "int64"
    found = table.slice(1, 1).to_pylist()[0]
    assert (found["ln_id"], found["name"], found["tags"]) == (1, "Zoë", '["a"]')
    assert time_text(found["created_at"]) == rows[1]["created_at"]
    assert sorted(table.column("uuid").to_pylist()) == sorted(row["uuid"] for row in rows)
    assert only_file(tmp_path) == "companies.parquet"


async def test_parquet_says_what_does_not_fit_its_column(tmp_path: Path) -> None:
    crm = CrmInMemory(companies=rows_of(1, ln_id=lambda n: "many"))
    with pytest.raises(GrinfiError, match=r"ln_id that is not of type integer.*Remove it"):
        await crm.client().bulk.export_companies(to=tmp_path / "companies.parquet")
    assert not (tmp_path / "companies.parquet").exists()


async def test_parquet_needs_its_extra(grinfi: Grinfi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def find_nothing(name: str) -> None:
        return None

    monkeypatch.setattr("grinfi_bulk.export_files.find_spec", find_nothing)
    with pytest.raises(ConfigurationError, match=r"grinfi-async\[parquet\]"):
        await grinfi.bulk.export_contacts(to=tmp_path / "contacts.parquet")


@pytest.mark.parametrize("is_async", [False, True])
async def test_a_function_gets_the_rows_of_each_page(is_async: bool) -> None:
    crm = CrmInMemory(companies=rows_of(25), largest_page=10)
    pages: list[list[Any]] = []

    async def later(rows: list[Row]) -> None:
        pages.append(rows)

    report = await crm.client().bulk.export_companies(to=later if is_async else pages.append, fields=["uuid"])
    assert [row for page in pages for row in page] == [{"uuid": row["uuid"]} for row in crm.tables["companies"]]
    assert len(pages) > 1
    assert (report.rows, report.path) == (25, None)


async def test_unknown_fields_are_kept(tmp_path: Path) -> None:
    crm = CrmInMemory(companies=rows_of(1, brand_new=lambda n: {"half": "\ud800"}))
    await crm.client().bulk.export_companies(to=tmp_path / "companies.csv")
    [row] = table_of(tmp_path / "companies.csv")
    assert row["additional_properties"] == '{"brand_new":{"half":"\\ud800"}}'
    await crm.client().bulk.export_companies(to=tmp_path / "companies.jsonl")
    assert lines_of(tmp_path / "companies.jsonl") == crm.tables["companies"]


async def test_no_rows_make_a_file_with_a_header(grinfi: Grinfi, tmp_path: Path) -> None:
    report = await grinfi.bulk.export_tasks(F.status == "failed", to=tmp_path / "tasks.csv", fields=["uuid", "type"])
    assert (tmp_path / "tasks.csv").read_text().splitlines() == ["uuid,type"]
    assert report.rows == 0


async def test_contacts_of_automations_have_the_columns_that_come(tmp_path: Path) -> None:
    crm = CrmInMemory(flows_leads=rows_of(30, status=lambda n: "running"), largest_page=20)
    await crm.client().bulk.export_automation_contacts(F.status == "running", to=tmp_path / "entries.csv")
    rows = table_of(tmp_path / "entries.csv")
    assert rows == crm.tables["flows-leads"]
    assert crm.requests[0][1]["filter"] == {"status": ["running"]}
    with pytest.raises(InvalidArgumentError, match="did you mean 'status'"):
        await crm.client().bulk.export_automation_contacts(to=tmp_path / "entries.csv", fields=["staus"])


# -- refused ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"fields": ["uuid", "fist_name"]}, InvalidArgumentError, "did you mean 'first_name'"),
        ({"fields": ["uuid", "uuid"]}, InvalidArgumentError, "given twice"),
        ({"fields": "uuid"}, InvalidArgumentError, "list of field names"),
        ({"fields": []}, InvalidArgumentError, "list of field names"),
        ({"filter": {"tags": []}}, InvalidArgumentError, "tags"),
        ({"to": "contacts.xlsx"}, ConfigurationError, r"\.csv, \.jsonl or \.parquet"),
        ({"to": "contacts.parquet.gz"}, ConfigurationError, r"\.csv, \.jsonl or \.parquet"),
        ({"to": "no/such/folder/contacts.csv"}, ConfigurationError, "the folder no/such/folder does not exist"),
        ({"to": 7}, ConfigurationError, "a path, or a function"),
        ({"progress": 7}, ConfigurationError, "progress must be"),
    ],
)
async def test_mistakes_are_reported_before_anything_is_read(
    options: dict[str, Any], error: type[Exception], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    crm = CrmInMemory()
    given: Any = {"to": "contacts.csv", **options}
    with pytest.raises(error, match=told):
        await crm.client().bulk.export_contacts(**given)
    assert crm.requests == []
    assert os.listdir(tmp_path) == []


async def test_closed_filters_are_checked(tmp_path: Path) -> None:
    crm = CrmInMemory()
    with pytest.raises(InvalidArgumentError, match="did you mean 'status'"):
        await crm.client().bulk.export_tasks(F.staus == "failed", to=tmp_path / "tasks.csv")
    assert crm.requests == []


async def test_a_custom_field_that_does_not_exist(grinfi: Grinfi, tmp_path: Path) -> None:
    await new_contacts(grinfi, 1)
    with pytest.raises(InvalidArgumentError, match=r"did you mean 'custom_fields\.Industry'"):
        await grinfi.bulk.export_contacts(to=tmp_path / "contacts.csv", fields=["custom_fields.industri"])


# -- beyond the window -----------------------------------------------------------------------------------------------


async def test_contacts_beyond_10_000_come_once_each(tmp_path: Path) -> None:
    crm = CrmInMemory(search=rows_of(20_500))
    report = await crm.client().bulk.export_contacts(to=tmp_path / "contacts.csv", fields=["uuid"])
    found = [row["uuid"] for row in table_of(tmp_path / "contacts.csv")]
    assert found == [row["uuid"] for row in crm.tables["search"]]
    assert (report.rows, report.requests) == (20_500, len(crm.requests))


def minutes(number: int) -> str:
    return time_text(START.replace(month=1 + number % 9, minute=number % 60))


TASK_FIELDS: dict[str, Callable[[int], Any]] = {
    "executed_at": lambda n: None if n % 3 else minutes(n),
    "schedule_at": lambda n: minutes(n) if n % 3 == 1 else None,
    "status": lambda n: "closed" if n % 2 else "failed",
    "sender_profile_uuid": lambda n: SENDERS[n % 4],
    "sent_at": lambda n: minutes(n) if n % 5 else None,
    "type": lambda n: "inbox" if n % 8 else "outbox",
}
MESSAGE_FIELDS: dict[str, Callable[[int], Any]] = {
    **TASK_FIELDS,
    "status": lambda n: "done" if n // 4 % 2 else None,
    "type": lambda n: "inbox",
}


PATHS = {"tasks": "tasks", "messages": "linkedin-messages", "emails": "emails"}


@pytest.mark.parametrize("kind", PATHS)
async def test_lists_that_end_at_the_window_are_read_in_parts(kind: str, small_window: int, tmp_path: Path) -> None:
    path = PATHS[kind]
    fields = MESSAGE_FIELDS if kind == "messages" else TASK_FIELDS
    crm = CrmInMemory(window=small_window)
    crm.tables[path] = rows_of(250, **fields)
    export = getattr(crm.client().bulk, f"export_{kind}")
    report = await export(to=tmp_path / "rows.csv", fields=["uuid"])
    found = [row["uuid"] for row in table_of(tmp_path / "rows.csv")]
    assert sorted(found) == sorted(row["uuid"] for row in crm.tables[path])
    assert report.rows == 250


@pytest.mark.parametrize(
    "conditions",
    [
        F.executed_at >= START.replace(month=3),
        F.executed_at.between(START, START.replace(month=8)) & (F.sender_profile_uuid == SENDERS[0]),
        F.executed_at.is_not_null(),
        F.executed_at.is_null() & (F.status == "closed"),
        F.status.in_(["closed", "failed"]),
    ],
)
async def test_parts_keep_to_the_filter(conditions: Any, small_window: int, tmp_path: Path) -> None:
    rows = rows_of(400, **TASK_FIELDS)
    crm = CrmInMemory(window=small_window, tasks=rows)
    await crm.client().bulk.export_tasks(conditions, to=tmp_path / "tasks.jsonl")
    everything = CrmInMemory(window=None, tasks=rows).client()
    expected = [task.uuid async for task in everything.tasks.list(filter=conditions).without_result_window()]
    assert sorted(row["uuid"] for row in lines_of(tmp_path / "tasks.jsonl")) == sorted(map(str, expected))


async def test_lists_without_a_window_are_read_on(small_window: int, tmp_path: Path) -> None:
    crm = CrmInMemory(window=None, tasks=rows_of(120, **TASK_FIELDS))
    await crm.client().bulk.export_tasks(to=tmp_path / "tasks.jsonl")
    assert lines_of(tmp_path / "tasks.jsonl") == crm.tables["tasks"]
    assert not any("filter" in asked for _, asked in crm.requests)


async def test_a_list_that_cannot_be_divided_is_an_error(small_window: int, tmp_path: Path) -> None:
    of_a_lost_sender = rows_of(120, status=lambda n: "brand_new", sender_profile_uuid=lambda n: "gone")
    crm = CrmInMemory(window=small_window, tasks=of_a_lost_sender)
    with pytest.raises(ResultWindowError, match="Narrow the filter"):
        await crm.client().bulk.export_tasks(to=tmp_path / "tasks.csv")
    assert not (tmp_path / "tasks.csv").exists()


# -- interruptions ---------------------------------------------------------------------------------------------------


async def interrupted(crm: CrmInMemory, **options: Any) -> ServerError:
    crm.ends_after = len(crm.requests) + 6
    with pytest.raises(ServerError) as caught:
        await crm.client().bulk.export_companies(**options)
    crm.ends_after = None
    return caught.value


@pytest.mark.parametrize("name", ["c.csv", "c.csv.gz", "c.jsonl", "c.parquet"])
async def test_an_interrupted_export_resumes_where_it_stopped(name: str, tmp_path: Path) -> None:
    crm = CrmInMemory(companies=rows_of(100), largest_page=10)
    target = tmp_path / name
    await interrupted(crm, to=target)
    assert not target.exists()
    asked = len(crm.requests)
    report = await crm.client().bulk.export_companies(to=target)
    assert report.skipped > 10
    assert report.rows == 100
    assert "by an earlier run" in str(report)
    assert len(crm.requests) - asked < 10
    # The same as of an export that nothing interrupted.
    await crm.client().bulk.export_companies(to=tmp_path / f"other-{name}")
    read: Callable[[Path], Any] = Path.read_bytes
    if name == "c.parquet":
        read = parquet.read_table
    elif name == "c.csv.gz":
        read = read_gzip
    assert read(target) == read(tmp_path / f"other-{name}")
    assert sorted(os.listdir(tmp_path)) == sorted([name, f"other-{name}"])


async def test_rows_that_were_not_recorded_are_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crm = CrmInMemory(companies=rows_of(100), largest_page=10)
    target = tmp_path / "companies.jsonl"
    save, saved = exports._Journal.save, 0  # pyright: ignore[reportPrivateUsage]

    def crash(journal: Any, state: Any) -> None:
        nonlocal saved
        saved += 1
        if saved == 3:
            raise Crash
        save(journal, state)

    with monkeypatch.context() as patch:
        patch.setattr(exports._Journal, "save", crash)  # pyright: ignore[reportPrivateUsage]
        with pytest.raises((Crash, BaseExceptionGroup)):
            await crm.client().bulk.export_companies(to=target)
    partial = tmp_path / "companies.jsonl.part"
    written = len(partial.read_text().splitlines())
    with partial.open("a") as file:
        file.write("half a line" * 10_000)
    report = await crm.client().bulk.export_companies(to=target)
    assert 0 < report.skipped < written
    assert lines_of(target) == crm.tables["companies"]


async def test_an_export_that_starts_again_beside_a_finished_file_can_be_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first run dies when the file is in its place; the second one, before it records a page."""
    crm = CrmInMemory(companies=rows_of(30), largest_page=10)
    target = tmp_path / "companies.jsonl"

    def crash(*_: object) -> None:
        raise Crash

    for method in ("remove", "save"):
        with monkeypatch.context() as patch:
            patch.setattr(exports._Journal, method, crash)  # pyright: ignore[reportPrivateUsage]
            with pytest.raises((Crash, BaseExceptionGroup)):
                await crm.client().bulk.export_companies(to=target)
    await crm.client().bulk.export_companies(to=target)
    assert lines_of(target) == crm.tables["companies"]


async def test_rows_that_come_again_are_written_once(tmp_path: Path) -> None:
    """If the row of a cursor was deleted, it continues at another place: at most one page comes again."""
    rows = rows_of(60)
    crm = CrmInMemory(companies=list(rows), largest_page=10)
    await interrupted(crm, to=tmp_path / "c.jsonl")
    written = lines_of(tmp_path / "c.jsonl.part")
    crm.tables["companies"].remove(written[-1])
    await crm.client().bulk.export_companies(to=tmp_path / "c.jsonl")
    assert lines_of(tmp_path / "c.jsonl") == rows


async def test_another_export_to_the_same_file_is_refused(tmp_path: Path) -> None:
    crm = CrmInMemory(companies=rows_of(100), largest_page=10)
    target = tmp_path / "companies.csv"
    await interrupted(crm, to=target, filter=F.name.is_null())
    bulk = crm.client().bulk
    with pytest.raises(JournalError, match=r"filter was \{'name': 'is_null'\}, and is now \{\}"):
        await bulk.export_companies(to=target)
    with pytest.raises(JournalError, match="fields was None"):
        await bulk.export_companies(F.name.is_null(), to=target, fields=["uuid"])
    with pytest.raises(JournalError, match="of was 'companies', and is now 'tasks'"):
        await bulk.export_tasks(to=target)
    (tmp_path / "companies.csv.part").unlink()  # to start again
    (tmp_path / "companies.csv.part-journal").unlink()
    assert (await bulk.export_companies(to=target)).skipped == 0


async def test_without_its_partial_file_an_export_starts_again(tmp_path: Path) -> None:
    crm = CrmInMemory(companies=rows_of(100), largest_page=10)
    await interrupted(crm, to=tmp_path / "companies.jsonl")
    (tmp_path / "companies.jsonl.part").unlink()
    report = await crm.client().bulk.export_companies(to=tmp_path / "companies.jsonl")
    assert report.skipped == 0
    assert lines_of(tmp_path / "companies.jsonl") == crm.tables["companies"]


async def test_a_partial_file_with_missing_rows_is_refused(tmp_path: Path) -> None:
    crm = CrmInMemory(companies=rows_of(100), largest_page=10)
    await interrupted(crm, to=tmp_path / "companies.jsonl")
    os.truncate(tmp_path / "companies.jsonl.part", 10)
    with pytest.raises(JournalError, match="something changed it"):
        await crm.client().bulk.export_companies(to=tmp_path / "companies.jsonl")


async def test_a_second_export_to_the_same_file_is_refused_at_once(tmp_path: Path) -> None:
    crm = CrmInMemory(companies=rows_of(30), largest_page=10)
    target = tmp_path / "companies.csv"
    refused: list[str] = []

    async def meanwhile(rows: list[Row]) -> None:
        with pytest.raises(JournalError, match="in use by another process") as caught:
            await crm.client().bulk.export_companies(to=target, journal=tmp_path / "journal")
        refused.append(str(caught.value))

    await crm.client().bulk.export_companies(to=meanwhile, journal=tmp_path / "journal")
    assert refused
    assert os.listdir(tmp_path) == []


async def test_a_journal_must_be_one(tmp_path: Path) -> None:
    bulk = CrmInMemory().client().bulk
    (tmp_path / "text").write_text("no database " * 100)
    with closing(sqlite3.connect(tmp_path / "other")) as other:
        other.execute("CREATE TABLE mine (x)")
    for name in ("text", "other"):
        with pytest.raises(JournalError, match="not the journal of an export"):
            await bulk.export_companies(to=tmp_path / "c.csv", journal=tmp_path / name)


async def test_a_failed_request_says_what_to_do(tmp_path: Path) -> None:
    crm = CrmInMemory(companies=rows_of(100), largest_page=10)
    error = await interrupted(crm, to=tmp_path / "companies.csv")
    assert "run the same export again to resume" in error.__notes__[0]


async def test_progress_is_reported(tmp_path: Path) -> None:
    crm = CrmInMemory(companies=rows_of(100), largest_page=10)
    told: list[Any] = []
    await crm.client().bulk.export_companies(to=tmp_path / "companies.csv", progress=told.append)
    assert (told[-1].name, told[-1].done, told[-1].total) == ("companies", 100, 100)

    def broken(progress: Any) -> None:
        raise ValueError("cannot be shown")

    with pytest.raises(ValueError, match="cannot be shown"):
        await crm.client().bulk.export_companies(to=tmp_path / "companies.csv", progress=broken)
