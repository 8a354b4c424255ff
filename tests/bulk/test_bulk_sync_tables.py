"""The whole copy: every table with its keys and links, rows of automations that are read again, views with names."""

from __future__ import annotations

import sqlite3
import warnings
from collections import Counter
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import pytest

from grinfi_async import Grinfi, ServerError
from grinfi_bulk import updates
from grinfi_bulk.choices import Table
from grinfi_bulk.sources import SOURCES
from grinfi_sandbox import Sandbox
from tests.bulk.campaign import play
from tests.bulk.crm import sent
from tests.bulk.crm_in_memory import CrmInMemory, rows_of
from tests.bulk.test_bulk_sync import BEHAVIOURS, keys, query, update, uuids

pytestmark = pytest.mark.anyio


@pytest.fixture
def sink(tmp_path: Path) -> Path:
    return tmp_path / "copy.sqlite"


@pytest.fixture(autouse=True)
def no_overlap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updates, "OVERLAP", timedelta(0))


def flow_contacts(count: int, seed: int = 1) -> list[dict[str, Any]]:
    flow = str(UUID(int=7))
    return rows_of(count, seed, flow_uuid=lambda n: flow, lead_uuid=lambda n: str(UUID(int=n)), status=lambda n: "on")


def test_the_choices_are_the_sources() -> None:
    assert get_args(Table) == tuple(SOURCES)


@pytest.mark.filterwarnings("ignore:The copy reads")  # the description has no order for them
@pytest.mark.parametrize("behaviour", BEHAVIOURS)
async def test_names_replace_uuids(behaviour: str, grinfi: Grinfi, sink: Path) -> None:
    made = await play(grinfi)
    report = await grinfi.bulk.sync(sink)
    assert {name: table.rows for name, table in report.tables.items()} == {
        name: query(sink, f"SELECT count(*) FROM {name}")[0][0] for name in SOURCES
    }
    named = query(sink, "SELECT name, list, stage, sender IS NULL, tags FROM contacts_named ORDER BY name")
    assert named[0] == ("Ada", "People", "New", 1, "warm")
    assert named[2] == ("Cleo", "People", "New", 1, None)
    assert query(sink, "SELECT automation, contacts, reached, replied, replied_percent FROM funnel") == [
        ("Hello", 4, 4, 2, 50.0)
    ]
    daily = query(sink, "SELECT day = date('now'), channel, direction, sender, messages FROM messages_daily")
    assert Counter({(direction, channel): 0 for _, channel, direction, _, _ in daily}).keys() == {
        ("inbox", "linkedin"), ("outbox", "linkedin"),
    }  # fmt: skip
    assert {sender for *_, sender, _ in daily} == {"Max Roe", "Eva Roe"}
    assert query(sink, "SELECT contact_uuid FROM contact_tags ORDER BY 1") == sorted([(made["ada"],), (made["bob"],)])
    if behaviour == "observed":  # which sends them with searches
        assert query(sink, "SELECT * FROM custom_field_values") == [(made["ada"], "budget", "high")]
    assert query(sink, "SELECT name, object FROM custom_fields") == [("budget", "lead")]
    assert query(sink, "SELECT flow_uuid, json_array_length(nodes) FROM flow_versions") == [(made["flow"], 3)]


@pytest.mark.parametrize("behaviour", BEHAVIOURS[1:])
async def test_keys_are_declared_and_times_are_what_sqlite_takes(behaviour: str, grinfi: Grinfi, sink: Path) -> None:
    await play(grinfi)
    await grinfi.bulk.sync(sink)
    assert query(sink, "PRAGMA foreign_key_check") == []
    with closing(sqlite3.connect(sink)) as copy:
        for table, source in SOURCES.items():
            declared = {row[3] for row in copy.execute(f"PRAGMA foreign_key_list({table})")}
            indexed = {row[1].removeprefix(f"{table}_by_") for row in copy.execute(f"PRAGMA index_list({table})")}
            assert declared <= indexed, table
            times = [row[1] for row in copy.execute(f"PRAGMA table_info({table})") if row[1].endswith("_at")]
            for time in times:
                wrong = f"SELECT {time} FROM {table} WHERE {time} IS NOT NULL AND datetime({time}) IS NULL"
                assert copy.execute(wrong).fetchall() == [], source
        assert {row[2] for row in copy.execute("PRAGMA foreign_key_list(tasks)")} >= {
            "contacts",
            "automations",
            "senders",
        }
        within = "SELECT count(*) FROM contacts WHERE julianday('now') - julianday(created_at) < 1"
        assert copy.execute(within).fetchone() == copy.execute("SELECT count(*) FROM contacts").fetchone()


@pytest.mark.parametrize("behaviour", BEHAVIOURS[1:])
async def test_links_follow_the_tags_of_contacts(
    behaviour: str, grinfi: Grinfi, grinfi_sandbox: Sandbox, sink: Path
) -> None:
    made = await play(grinfi)
    await grinfi.bulk.sync(sink, tables=["contacts"])  # the tags are not copied, and the links are there
    await grinfi.bulk.remove_tags(made["tag"], ids=[made["ada"]])
    await grinfi.bulk.sync(sink, tables=["contacts"])
    assert query(sink, "SELECT contact_uuid FROM contact_tags") == [(made["bob"],)]
    assert query(sink, "SELECT tags FROM contacts_named WHERE tags IS NOT NULL") == [(made["tag"],)]


@pytest.mark.parametrize("behaviour", BEHAVIOURS[1:])
async def test_versions_are_read_again_only_where_an_automation_has_changed(
    behaviour: str, grinfi: Grinfi, grinfi_sandbox: Sandbox, sink: Path
) -> None:
    made = await play(grinfi)
    other = await grinfi.automations.clone(flow_uuid=made["flow"], name="Other")
    await grinfi.bulk.sync(sink, tables=["flow_versions"])
    before = sent(grinfi_sandbox, "listFlowVersions")
    assert before == 2
    await grinfi.automations.update(other.uuid, name="Another")
    report = await grinfi.bulk.sync(sink, tables=["flow_versions"])
    assert not report.tables["flow_versions"].full
    assert sent(grinfi_sandbox, "listFlowVersions") == before + 1
    assert (await grinfi.bulk.sync(sink, tables=["flow_versions"], full=True)).tables["flow_versions"].full


async def test_contacts_of_automations_are_read_newest_first_in_pages_of_twenty(sink: Path) -> None:
    crm = CrmInMemory(window=None, largest_page=20, flows_leads=flow_contacts(2_000))
    rows, bulk = crm.tables["flows-leads"], crm.client().bulk
    update(rows[1_000])  # by which the server shows that it sorts
    await bulk.sync(sink, tables=["automation_contacts"])
    assert len(crm.requests) == 2 + -(-1_999 // 19)  # the newest rows by update and creation, and pages of 19 new rows
    for number in range(30):
        update(rows[number], status="off")
    rows += flow_contacts(5, 2)
    for row in rows[-5:]:
        update(row)
    crm.requests.clear()
    report = await bulk.sync(sink, tables=["automation_contacts"])
    assert len(crm.requests) <= 3
    assert report.succeeded == 36  # and the one at the mark
    assert uuids(sink, "current_automation_contacts") == keys(rows)
    assert query(sink, "SELECT count(*) FROM automation_contacts WHERE status = 'off'") == [(30,)]


@pytest.mark.parametrize("orders", ["ignores", "refuses"])
async def test_where_updates_cannot_be_read_first_the_new_ones_are(orders: Any, sink: Path) -> None:
    crm = CrmInMemory(window=None, largest_page=20, flows_leads=flow_contacts(300))
    rows, bulk = crm.tables["flows-leads"], crm.client().bulk
    crm.orders = orders
    update(rows[-2])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        await bulk.sync(sink, tables=["automation_contacts"])
    new = flow_contacts(25, 2)
    for number, row in enumerate(new):
        row["created_at"] = row["updated_at"] = f"2026-02-01T00:00:{number:02}.000000Z"
    rows += new
    update(rows[3], status="off")
    update(rows[-2], status="off")
    crm.requests.clear()
    with pytest.warns(UserWarning, match="reads new automation_contacts, but not changed ones: the server"):
        report = await bulk.sync(sink, tables=["automation_contacts"])
    assert uuids(sink, "automation_contacts") == keys(rows)
    assert query(sink, "SELECT status FROM automation_contacts WHERE status = 'off'") == [("off",)]  # the new one
    assert len(crm.requests) <= 4
    reason = f"the server {'ignores' if orders == 'ignores' else 'answers 500 to'} an order by updated_at"
    assert reason in " ".join(str(report).split())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        await bulk.sync(sink, tables=["automation_contacts"], full=True)
    assert query(sink, "SELECT count(*) FROM automation_contacts WHERE status = 'off'") == [(2,)]


async def test_a_page_that_could_be_in_any_order_means_all(sink: Path) -> None:
    crm = CrmInMemory(window=None, largest_page=20, flows_leads=flow_contacts(50))
    bulk = crm.client().bulk
    await bulk.sync(sink, tables=["automation_contacts"])
    update(crm.tables["flows-leads"][-1], status="off")  # the newest: in the order of creation too
    report = await bulk.sync(sink, tables=["automation_contacts"])
    assert report.tables["automation_contacts"].full
    assert query(sink, "SELECT count(*) FROM automation_contacts WHERE status = 'off'") == [(1,)]


async def test_contacts_of_automations_resume(sink: Path) -> None:
    crm = CrmInMemory(window=None, largest_page=20, flows_leads=flow_contacts(400))
    bulk = crm.client().bulk
    update(crm.tables["flows-leads"][200])
    crm.ends_after = 12
    with pytest.raises(ServerError):
        await bulk.sync(sink, tables=["automation_contacts"])
    there = len(uuids(sink, "automation_contacts"))
    assert 0 < there < 400
    crm.ends_after = None
    crm.requests.clear()
    report = await bulk.sync(sink, tables=["automation_contacts"])
    assert uuids(sink, "current_automation_contacts") == keys(crm.tables["flows-leads"])
    assert report.succeeded < 400


async def test_versions_resume_after_the_last_automation_that_was_read(sink: Path) -> None:
    crm = CrmInMemory(flows=rows_of(6, 3))
    for row in crm.tables["flows"]:
        crm.tables.setdefault("flow-versions", []).append({"uuid": row["uuid"], "flow_uuid": row["uuid"]})
    bulk = crm.client().bulk
    crm.ends_after = 5
    with pytest.raises(ServerError):
        await bulk.sync(sink, tables=["flow_versions"])
    crm.ends_after = None
    crm.requests.clear()
    await bulk.sync(sink, tables=["flow_versions"])
    asked = Counter(path for path, _ in crm.requests)
    assert asked["flow-versions"] == 3 + 1  # the others, and that of the newest automation, which is at the mark
    assert len(uuids(sink, "current_flow_versions")) == 6


async def test_odd_values_in_a_row_break_no_view(sink: Path) -> None:
    crm = CrmInMemory(search=rows_of(2, tags=lambda n: "x{", custom_fields=lambda n: []))
    crm.tables["flows-leads"] = [{**row, "color": "red"} for row in flow_contacts(1)]
    await crm.client().bulk.sync(sink, tables=["contacts", "automation_contacts"])
    assert query(sink, "SELECT tags FROM contacts_named") == [(None,), (None,)]
    assert query(sink, "SELECT * FROM custom_field_values") == []
    assert query(sink, "SELECT additional_properties ->> 'color' FROM automation_contacts") == [("red",)]
