"""The copy as a dashboard: Datasette shows its tables, and every query that comes with it runs."""

from __future__ import annotations

import gc
import sqlite3
import warnings
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from grinfi_async import Grinfi
from grinfi_bulk.sync_schema import write_datasette_metadata
from tests.bulk.campaign import play

pytestmark = pytest.mark.anyio
with warnings.catch_warnings():  # it looks at SQLite when it is imported, and leaves that open
    warnings.simplefilter("ignore", ResourceWarning)
    Datasette: Any = import_module("datasette.app").Datasette  # it has no types
    gc.collect()
ANSWERS: dict[str, Any] = {
    "funnel_by_automation": {"automation": "Hello", "contacts": 4, "reached": 4, "replied": 2},
    "contacts_by_stage": {"contacts": 5},
    "messages_by_day": {"channel": "linkedin", "direction": "inbox", "messages": 2},
    "messages_by_sender": {"channel": "linkedin", "sent": 4, "received": 1},
    "unanswered": {"channel": "linkedin", "message": "Yes", "company": "Acme"},
    "failed_tasks": None,
    "tags": {"tag": "warm", "contacts": 2},
    "custom_fields": {"field": "budget", "value": "high", "contacts": 1},
    "how_fresh": {},
}
"""Query -> its expected first row, for the team that `play` makes; None for no row."""


@pytest.mark.grinfi_sandbox(behaviour="observed")
async def test_every_query_of_the_dashboard(grinfi: Grinfi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await play(grinfi)
    copy, file = tmp_path / "crm's copy.sqlite", tmp_path / "metadata.yaml"
    await grinfi.bulk.sync(copy)
    assert write_datasette_metadata(file, copy)
    metadata: Any = yaml.safe_load(file.read_text("utf-8"))
    (database,) = metadata["databases"]
    assert database == copy.stem
    assert metadata["databases"][database]["queries"].keys() == ANSWERS.keys()
    opened: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def noted(*arguments: Any, **options: Any) -> sqlite3.Connection:
        opened.append(connect(*arguments, **options))
        return opened[-1]

    monkeypatch.setattr(sqlite3, "connect", noted)
    shown = Datasette([str(copy)], metadata=metadata, settings={"num_sql_threads": 0})
    try:
        for name, expected in ANSWERS.items():
            answer = await shown.client.get(f"{shown.urls.database(database)}/{name}.json?_shape=array")
            assert answer.status_code == 200, (name, answer.text)
            rows = answer.json()
            assert bool(rows) == (expected is not None), name
            assert not rows or rows[0].items() >= (expected or {}).items(), (name, rows)
        page = await shown.client.get(f"{shown.urls.table(database, 'tasks')}")
        assert page.status_code == 200
        assert ">Ada</a>" in page.text  # by the foreign key, in place of a UUID
    finally:
        for connection in opened:  # it leaves some open
            connection.close()
    charts = metadata["plugins"]["datasette-dashboards"]["outreach"]["charts"]
    assert all(chart["db"] == database for chart in charts.values())
    with closing(sqlite3.connect(copy)) as connection:
        rows = {name: connection.execute(chart["query"]).fetchall() for name, chart in charts.items()}
    assert rows["contacts"] == [(5,)]
    assert rows["replied"] == [(2,)]
    assert [row[2] for row in rows["funnel"]] == [4, 4, 2]
    assert rows["stages"] == [("New", 5)]
    assert sum(count for *_, count in rows["messages"]) == 10
