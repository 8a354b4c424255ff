"""Copies in SQLite: updated, deleted and new rows, through interruptions, while other processes read them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from grinfi_async import ConfigurationError, Grinfi, ServerError
from grinfi_bulk import SyncError, sync, updates
from grinfi_bulk.choices import Table
from grinfi_bulk.sources import SOURCES
from grinfi_support import reading
from tests.bulk.crm_in_memory import CrmInMemory, Row, rows_of, time_text

pytestmark = pytest.mark.anyio
BEHAVIOURS = [
    pytest.param(name, marks=pytest.mark.grinfi_sandbox(behaviour=name), id=name) for name in ("published", "observed")
]
LONG_AGO = timedelta(days=100)


@pytest.fixture
def sink(tmp_path: Path) -> Path:
    return tmp_path / "copy.sqlite"


@pytest.fixture
def no_overlap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updates, "OVERLAP", timedelta(0))


def query(sink: Path, statement: str) -> list[Any]:
    with closing(sqlite3.connect(sink)) as copy:
        return copy.execute(statement).fetchall()


def uuids(sink: Path, table: str) -> set[str]:
    return {uuid for (uuid,) in query(sink, f"SELECT uuid FROM {table}")}


def keys(rows: list[Row]) -> set[str]:
    return {row["uuid"] for row in rows}


def update(row: Row, **fields: Any) -> None:
    row.update(fields, updated_at=time_text(datetime.now(UTC)))


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
async def test_the_copy_follows_what_is_changed_and_deleted(behaviour: str, grinfi: Grinfi, sink: Path) -> None:
    everyone = await grinfi.lists.create(name="Everyone")
    made = [
        await grinfi.contacts.upsert(lead={"linkedin_id": f"c-{number}"}, list_uuid=everyone.uuid)
        for number in range(3)
    ]
    first, second, third = (contact.uuid for contact in made)
    await grinfi.companies.create(companies=[{"name": "Acme"}])
    report = await grinfi.bulk.sync(sink)
    rows = {name: table.rows for name, table in report.tables.items()}
    assert rows.keys() == SOURCES.keys()
    assert {name: count for name, count in rows.items() if name in {"lists", "contacts", "companies", "tasks"}} == {
        "lists": 1, "contacts": 3, "companies": 1, "tasks": 0,
    }  # fmt: skip
    assert query(sink, "SELECT name FROM companies") == [("Acme",)]
    created = (await grinfi.contacts.get(first)).created_at
    assert created is not None
    assert query(sink, f"SELECT created_at, json(tags) FROM contacts WHERE uuid = '{first}'") == [
        (time_text(created), "[]")
    ]

    await grinfi.contacts.update(second, headline="CTO")
    await grinfi.bulk.sync(sink, tables=["contacts"])
    assert query(sink, "SELECT uuid FROM contacts WHERE headline = 'CTO'") == [(second,)]

    await grinfi.contacts.delete(third)
    report = await grinfi.bulk.sync(sink, tables=["contacts"])
    assert uuids(sink, "current_contacts") == {first, second, third}  # nothing shows that it was deleted
    report = await grinfi.bulk.sync(sink, full=True)
    assert report.tables["contacts"].deleted == 1
    assert "1 deleted" in " ".join(str(report).split())
    assert uuids(sink, "current_contacts") == {first, second}
    assert query(sink, "SELECT uuid FROM contacts WHERE deleted_at IS NOT NULL") == [(third,)]


@pytest.mark.usefixtures("no_overlap")
async def test_only_updated_rows_are_read_again(sink: Path) -> None:
    crm = CrmInMemory(search=rows_of(30))
    bulk = crm.client().bulk
    assert (await bulk.sync(sink, tables=["contacts"])).succeeded == 30
    update(crm.tables["search"][3], name="Ada")
    report = await bulk.sync(sink, tables=["contacts"])
    assert report.succeeded == 2  # and the last one of the time before
    assert not report.tables["contacts"].full
    assert len(query(sink, "SELECT * FROM contacts")) == 30
    assert query(sink, "SELECT name FROM contacts WHERE name IS NOT NULL") == [("Ada",)]
    assert (await bulk.sync(sink, tables=["contacts"])).succeeded == 1


async def test_a_copy_refuses_another_team(sink: Path) -> None:
    ours = CrmInMemory(search=rows_of(3, team_id=lambda n: 7))
    theirs = CrmInMemory(search=rows_of(2, 5, team_id=lambda n: 8))
    await ours.client().bulk.sync(sink, tables=["contacts"])
    with pytest.raises(SyncError, match="has the data of team 7, but the API key belongs to team 8; use another file"):
        await theirs.client().bulk.sync(sink, tables=["contacts"], full=True)
    await ours.client().bulk.sync(sink, tables=["contacts"], full=True)
    assert uuids(sink, "current_contacts") == keys(ours.tables["search"])


async def test_recently_updated_rows_are_read_again(sink: Path) -> None:
    rows = rows_of(30)
    crm = CrmInMemory(search=rows)
    await crm.client().bulk.sync(sink, tables=["contacts"])
    latest = datetime.fromisoformat(rows[-1]["updated_at"])
    # It shows late: after the run, with a time before it.
    rows.append({**rows_of(31, 2)[-1], "updated_at": time_text(latest - timedelta(minutes=5))})
    await crm.client().bulk.sync(sink, tables=["contacts"])
    assert uuids(sink, "contacts") == keys(rows)


async def test_closed_filters_mean_a_full_pass_which_notices_deletions(sink: Path) -> None:
    crm = CrmInMemory(tasks=rows_of(30), linkedin_messages=rows_of(5, 2))
    bulk = crm.client().bulk
    await bulk.sync(sink, tables=["tasks", "messages"])
    gone = crm.tables["tasks"].pop(7)
    report = await bulk.sync(sink, tables=["tasks", "messages"])
    assert (report.tables["tasks"].deleted, report.tables["messages"].deleted) == (1, 0)
    assert uuids(sink, "current_tasks") == keys(crm.tables["tasks"])
    crm.tables["tasks"].append(gone)  # it was not deleted after all
    await bulk.sync(sink, tables=["tasks"])
    assert uuids(sink, "current_tasks") == keys(crm.tables["tasks"])


@pytest.mark.usefixtures("no_overlap")
@pytest.mark.parametrize("is_span", [False, True])
async def test_since_a_time(is_span: bool, sink: Path) -> None:
    crm = CrmInMemory(search=rows_of(30))
    bulk = crm.client().bulk
    update(crm.tables["search"][3])
    span = timedelta(hours=1)
    report = await bulk.sync(sink, tables=["contacts"], since=span if is_span else datetime.now(UTC) - span)
    assert uuids(sink, "contacts") == {crm.tables["search"][3]["uuid"]}
    assert report.succeeded == 1


@pytest.mark.usefixtures("no_overlap")
async def test_a_later_since_leaves_no_gap(sink: Path) -> None:
    crm = CrmInMemory(search=rows_of(30))
    bulk = crm.client().bulk
    await bulk.sync(sink, tables=["contacts"])
    in_the_gap, later = crm.tables["search"][3], crm.tables["search"][4]
    in_the_gap.update(name="Ada", updated_at=time_text(datetime.now(UTC) - LONG_AGO / 2))
    update(later, name="Bob")
    await bulk.sync(sink, tables=["contacts"], since=timedelta(hours=1))
    assert query(sink, "SELECT name FROM contacts WHERE name IS NOT NULL") == [("Bob",)]
    await bulk.sync(sink, tables=["contacts"])
    assert sorted(query(sink, "SELECT name FROM contacts WHERE name IS NOT NULL")) == [("Ada",), ("Bob",)]


@pytest.mark.parametrize(("table", "path"), [("contacts", "search"), ("tasks", "tasks")])
async def test_an_interrupted_copy_resumes(table: Table, path: str, sink: Path) -> None:
    crm = CrmInMemory(largest_page=10)
    crm.tables[path] = rows_of(120)
    bulk = crm.client().bulk
    crm.ends_after = 8
    with pytest.raises(ServerError):
        await bulk.sync(sink, tables=[table])
    assert 10 <= len(uuids(sink, table)) < 120
    update(crm.tables[path][0], name="Ada")
    crm.ends_after = None
    before = len(crm.requests)
    report = await bulk.sync(sink, tables=[table])
    assert uuids(sink, f"current_{table}") == keys(crm.tables[path])
    full_reading = [asked for _, asked in crm.requests[before:] if asked.get("order_field") != "updated_at"]
    assert len(full_reading) < 11
    assert report.tables[table].full
    if table == "contacts":  # which returns at once the rows updated in between
        assert query(sink, "SELECT name FROM contacts WHERE name IS NOT NULL") == [("Ada",)]
    assert report.tables[table].deleted == 0


async def test_an_interrupted_full_pass_is_completed_first(sink: Path) -> None:
    crm = CrmInMemory(largest_page=10, search=rows_of(120))
    bulk = crm.client().bulk
    await bulk.sync(sink, tables=["contacts"])
    gone = crm.tables["search"].pop()
    crm.ends_after = len(crm.requests) + 8
    with pytest.raises(ServerError):
        await bulk.sync(sink, tables=["contacts"], full=True)
    crm.ends_after = None
    report = await bulk.sync(sink, tables=["contacts"])
    assert report.tables["contacts"].deleted == 1
    assert gone["uuid"] not in uuids(sink, "current_contacts")


async def test_new_fields_become_columns(sink: Path) -> None:
    crm = CrmInMemory(companies=rows_of(2, domain=lambda n: f"{n}.example"))
    bulk = crm.client().bulk
    await bulk.sync(sink, tables=["companies"])
    with closing(sqlite3.connect(sink)) as copy:  # as an older version made it, which lacked the field
        copy.executescript("DROP VIEW current_companies; ALTER TABLE companies DROP COLUMN domain;")
    await bulk.sync(sink, tables=["companies"], full=True)
    assert sorted(query(sink, "SELECT domain FROM current_companies")) == [("0.example",), ("1.example",)]


async def test_undescribed_values_are_kept(sink: Path) -> None:
    crm = CrmInMemory(companies=rows_of(1, motto=lambda n: {"en": "Go"}))
    await crm.client().bulk.sync(sink, tables=["companies"])
    assert query(sink, "SELECT json_extract(additional_properties, '$.motto.en') FROM companies") == [("Go",)]


async def test_values_that_sqlite_does_not_have(sink: Path) -> None:
    crm = CrmInMemory(companies=rows_of(1, name=lambda n: "\ud800", ln_id=lambda n: 2**70))
    await crm.client().bulk.sync(sink, tables=["companies"])
    assert query(sink, "SELECT name, ln_id FROM companies")[0] == ("\\ud800", 2**70)


async def test_others_can_read_meanwhile_but_not_copy(sink: Path) -> None:
    crm = CrmInMemory(companies=rows_of(100), largest_page=10)
    bulk = crm.client().bulk
    await bulk.sync(sink, tables=["companies"])
    seen: list[int] = []
    refused: list[str] = []

    def meanwhile(progress: Any) -> None:
        seen.append(len(query(sink, "SELECT * FROM companies")))
        with pytest.raises(SyncError, match="in use"):
            sync._Sink(sink)  # pyright: ignore[reportPrivateUsage]
        refused.append("")

    await bulk.sync(sink, tables=["companies"], full=True, progress=meanwhile)
    assert seen
    assert set(seen) == {100}
    assert len(refused) == len(seen)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"since": datetime(2026, 1, 1)}, "has no time zone"),
        ({"since": "yesterday"}, "a datetime, a timedelta or None"),
        ({"since": LONG_AGO, "full": True}, "remove since"),
        ({"tables": ["contact"]}, "some of lists, tags"),
        ({"tables": "contacts"}, "a list of"),
        ({"tables": []}, "a list of"),
        ({"progress": 1}, "progress must be"),
    ],
)
async def test_mistakes_are_reported_before_anything_is_read(options: dict[str, Any], told: str, sink: Path) -> None:
    crm = CrmInMemory()
    with pytest.raises(ConfigurationError, match=told):
        await crm.client().bulk.sync(sink, **options)
    assert crm.requests == []
    assert not sink.exists()


async def test_another_database_is_unchanged(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database " * 100)
    with closing(sqlite3.connect(tmp_path / "other")) as other:
        other.execute("CREATE TABLE contacts (x)")
    bulk = CrmInMemory().client().bulk
    for name in ("text", "other"):
        with pytest.raises(SyncError, match=f"{name} is not a copy that sync made; use another file"):
            await bulk.sync(tmp_path / name)
    with pytest.raises(SyncError, match="there is no such folder"):
        await bulk.sync(tmp_path / "no" / "folder")
    assert query(tmp_path / "other", "SELECT name FROM sqlite_master") == [("contacts",)]


# -- updates, newest first ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_overlap")
@pytest.mark.parametrize("orders", ["ignores", "refuses"])
async def test_a_server_that_does_not_sort_is_read_fully_with_a_warning(orders: Any, sink: Path) -> None:
    crm = CrmInMemory(search=rows_of(30))
    bulk = crm.client().bulk
    await bulk.sync(sink, tables=["contacts"])
    update(crm.tables["search"][3])
    assert not (await bulk.sync(sink, tables=["contacts"])).tables["contacts"].full  # it has sorted
    crm.orders = orders
    update(crm.tables["search"][5], name="Ada")
    gone = crm.tables["search"].pop(7)
    problem = "ignores an order" if orders == "ignores" else "answers 500 to an order"
    with pytest.warns(UserWarning, match=f"reads all contacts each time: the server {problem} by updated_at") as told:
        report = await bulk.sync(sink, tables=["contacts"])
    assert len(told) == 1
    assert (report.succeeded, report.tables["contacts"].full, report.tables["contacts"].deleted) == (29, True, 1)
    assert problem in " ".join(str(report).split())
    assert uuids(sink, "current_contacts") == keys(crm.tables["search"])
    assert gone["uuid"] not in uuids(sink, "current_contacts")
    assert query(sink, "SELECT name FROM contacts WHERE name IS NOT NULL") == [("Ada",)]


@pytest.mark.usefixtures("no_overlap")
async def test_an_ambiguous_order_is_not_trusted(sink: Path) -> None:
    crm = CrmInMemory(search=rows_of(300), largest_page=20)
    crm.orders = "ignores"
    bulk = crm.client().bulk
    await bulk.sync(sink, tables=["contacts"])
    update(crm.tables["search"][3], name="Ada")  # far behind the newest, which are in order
    report = await bulk.sync(sink, tables=["contacts"])
    assert query(sink, "SELECT name FROM contacts WHERE name IS NOT NULL") == [("Ada",)]
    assert report.tables["contacts"].full


@pytest.mark.usefixtures("no_overlap")
async def test_an_order_that_ends_on_a_later_page_is_noticed(sink: Path) -> None:
    crm = CrmInMemory(search=rows_of(300), largest_page=20)
    rows, bulk = crm.tables["search"], crm.client().bulk
    update(rows[150])
    await bulk.sync(sink, tables=["contacts"])
    crm.orders = "ignores"
    for row in [*rows[265:275], *rows[280:]]:  # a page in order, and one that is not
        update(row)
    update(rows[3], name="Ada")
    with pytest.warns(UserWarning, match="ignores an order"):
        report = await bulk.sync(sink, tables=["contacts"])
    assert report.tables["contacts"].full
    assert query(sink, "SELECT name FROM contacts WHERE name IS NOT NULL") == [("Ada",)]


@pytest.mark.usefixtures("no_overlap")
async def test_rows_of_one_time_at_the_mark_are_all_read(sink: Path) -> None:
    crm = CrmInMemory(search=rows_of(300), largest_page=10)
    rows, bulk = crm.tables["search"], crm.client().bulk
    update(rows[150])  # by which the server shows that it sorts
    await bulk.sync(sink, tables=["contacts"])
    moment = time_text(datetime.now(UTC))
    for number in range(0, 300, 2):
        rows[number]["updated_at"] = moment
    assert not (await bulk.sync(sink, tables=["contacts"])).tables["contacts"].full
    for number in range(1, 20, 2):
        rows[number].update(updated_at=moment, name="late")
    report = await bulk.sync(sink, tables=["contacts"])
    assert not report.tables["contacts"].full
    assert len(query(sink, "SELECT name FROM contacts WHERE name = 'late'")) == 10


@pytest.mark.usefixtures("no_overlap")
@pytest.mark.parametrize("largest_page", [7, 1000])
async def test_rows_updated_during_a_copy_are_in_the_next_one(largest_page: int, sink: Path) -> None:
    crm = CrmInMemory(search=rows_of(300, name=lambda n: "old"), largest_page=largest_page)
    rows, bulk = crm.tables["search"], crm.client().bulk
    steps = iter(range(300))

    def change() -> None:
        number = next(steps) * 7 % 300
        update(rows[number], name=f"new {number}")
        update(rows[-1 - number], name=f"new {number}")

    crm.before_answer = change
    for _ in range(3):
        await bulk.sync(sink, tables=["contacts"])
    crm.before_answer = lambda: None
    report = await bulk.sync(sink, tables=["contacts"])
    assert not report.tables["contacts"].full
    assert report.succeeded < 150
    copied = dict(query(sink, "SELECT uuid, name FROM contacts"))
    assert copied == {row["uuid"]: row["name"] for row in rows}


@pytest.mark.usefixtures("no_overlap")
async def test_rows_of_an_interrupted_update_are_read_again(sink: Path) -> None:
    crm = CrmInMemory(search=rows_of(100), largest_page=10)
    bulk = crm.client().bulk
    update(crm.tables["search"][70])
    await bulk.sync(sink, tables=["contacts"])
    for number in range(50):
        update(crm.tables["search"][number], name="new")
    crm.ends_after = len(crm.requests) + 3
    with pytest.raises(ServerError):
        await bulk.sync(sink, tables=["contacts"])
    assert 0 < len(query(sink, "SELECT * FROM contacts WHERE name = 'new'")) < 50
    crm.ends_after = None
    report = await bulk.sync(sink, tables=["contacts"])
    assert not report.tables["contacts"].full
    assert len(query(sink, "SELECT * FROM contacts WHERE name = 'new'")) == 50


async def test_more_updates_than_an_order_gives_mean_a_full_pass(sink: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "WINDOW", 100)
    crm = CrmInMemory(search=rows_of(300), window=100)
    bulk = crm.client().bulk
    await bulk.sync(sink, tables=["contacts"])
    now = datetime.now(UTC)
    for number, row in enumerate(crm.tables["search"]):
        row["updated_at"] = time_text(now - timedelta(seconds=number * 7 % 300))
    report = await bulk.sync(sink, tables=["contacts"], since=timedelta(days=1))
    assert report.tables["contacts"].full
    assert report.tables["contacts"].reason == "more rows were updated than the API lists"
    (copied,) = query(sink, "SELECT count(DISTINCT updated_at) FROM contacts")[0]
    assert copied == 300


@pytest.mark.usefixtures("no_overlap")
async def test_a_row_from_the_future_does_not_hide_updates(sink: Path) -> None:
    crm = CrmInMemory(search=rows_of(30))
    bulk = crm.client().bulk
    crm.tables["search"][9]["updated_at"] = "2099-01-01T00:00:00.000000Z"
    await bulk.sync(sink, tables=["contacts"])
    update(crm.tables["search"][3], name="Ada")
    report = await bulk.sync(sink, tables=["contacts"])
    assert report.succeeded == 2
    assert query(sink, "SELECT name FROM contacts WHERE name IS NOT NULL") == [("Ada",)]
