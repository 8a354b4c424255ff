"""Loading into warehouses with dlt: typed columns, merged by UUID, and only changed rows."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import anyio
import dlt
import httpx
import pytest
from dlt.extract.exceptions import ResourceExtractionError
from dlt.pipeline.exceptions import PipelineStepFailed

from grinfi_async import ConfigurationError, Grinfi, RetryPolicy
from grinfi_bulk import updates
from grinfi_bulk.sources import AHEAD, SOURCES
from grinfi_sandbox import run_in_thread
from grinfi_toolkit.dlt_source import grinfi_source
from tests.bulk.campaign import play
from tests.bulk.crm_in_memory import CrmInMemory, rows_of
from tests.bulk.test_bulk_sync import update
from tests.toolkit import postgres

WITHOUT_RETRIES = {"base_url": "http://sandbox.test", "rate_limiter": None, "retry": RetryPolicy(max_attempts=1)}


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
    monkeypatch.setenv("RUNTIME__LOG_LEVEL", "CRITICAL")
    monkeypatch.setattr(updates, "OVERLAP", timedelta(0))


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with postgres.running() as url:
        yield url


def pipeline(destination: Any, folder: Path, name: str = "crm") -> Any:
    return dlt.pipeline(name, destination=destination, dataset_name="outreach", pipelines_dir=str(folder / "pipelines"))


def source_of(crm: CrmInMemory, *tables: Any) -> Any:
    return grinfi_source(tables, "key", {**WITHOUT_RETRIES, "transport": httpx.MockTransport(crm)})


def query(made: Any, statement: str) -> list[tuple[Any, ...]]:
    with made.sql_client() as client:
        return [tuple(row) for row in client.execute_sql(statement)]


def crm_of_contacts(count: int = 60, **options: Any) -> CrmInMemory:
    flow_contacts = rows_of(50, 2, status=lambda n: "in_progress", color=lambda n: {"r": n})
    contacts = rows_of(count, followers_number=lambda n: n, tags=lambda n: ["a"], name=lambda n: "Аda")
    crm = CrmInMemory(search=contacts, flows_leads=flow_contacts, tags=rows_of(2, 3), **options)
    for rows in (contacts, flow_contacts):
        update(rows[len(rows) // 2])  # by which the server shows that it sorts
    return crm


@pytest.mark.parametrize("kind", ["duckdb", "postgres"])
def test_only_what_changed_is_loaded_and_merged(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    destination = (
        dlt.destinations.duckdb(str(tmp_path / "crm.duckdb"))
        if kind == "duckdb"
        else dlt.destinations.postgres(request.getfixturevalue("database"))
    )
    made, crm, tables = pipeline(destination, tmp_path), crm_of_contacts(), ("contacts", "automation_contacts")
    made.run(source_of(crm, *tables))
    assert [query(made, f"SELECT count(*) FROM {name}") for name in tables] == [[(60,)], [(50,)]]
    kinds = dict(
        query(made, "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'contacts'")
    )
    assert kinds["followers_number"].lower() == "bigint"
    assert kinds["created_at"].lower() == "timestamp with time zone"
    assert kinds["tags"].lower() in {"json", "jsonb"}
    first = query(made, "SELECT created_at, name FROM contacts ORDER BY created_at LIMIT 1")[0]
    assert first == (datetime.fromisoformat(crm.tables["search"][0]["created_at"]), "Аda")
    assert not [name for (name,) in query(made, LISTED) if "__" in name]  # no table for values within a row

    for row in (*crm.tables["search"][3:5], crm.tables["flows-leads"][7]):
        update(row, name="Bob", status="finished")
    crm.requests.clear()
    made.run(source_of(crm, *tables))
    assert len(crm.requests) == 2  # a page each
    loaded = made.last_trace.last_normalize_info.row_counts
    assert (loaded["contacts"], loaded["automation_contacts"]) == (3, 2)  # and the ones at the marks
    assert query(made, "SELECT count(*), count(DISTINCT uuid) FROM contacts") == [(60, 60)]
    assert query(made, "SELECT count(*) FROM contacts WHERE name = 'Bob'") == [(2,)]
    assert query(made, "SELECT count(*) FROM automation_contacts WHERE status = 'finished'") == [(1,)]


LISTED = (
    "SELECT table_name FROM information_schema.tables WHERE table_schema = 'outreach' AND table_name NOT LIKE '\\_dlt%'"
)


def test_all_tables_of_a_team() -> None:
    with run_in_thread() as server:

        async def prepare() -> None:
            async with Grinfi(server.key, base_url=server.url, rate_limiter=None) as grinfi:
                await play(grinfi)

        anyio.run(prepare)
        source = grinfi_source(api_key=server.key, client_options={"base_url": server.url})
        rows = {name: list(resource) for name, resource in source.resources.items()}
    assert rows.keys() == SOURCES.keys()
    assert {name for name, found in rows.items() if not found} == {"companies", "emails"}
    assert {row["flow_uuid"] for row in rows["tasks"]} == {row["uuid"] for row in rows["automations"]}


def test_failed_tables_are_read_again(tmp_path: Path) -> None:
    crm = crm_of_contacts(largest_page=10)
    made = pipeline(dlt.destinations.duckdb(str(tmp_path / "crm.duckdb")), tmp_path)
    crm.ends_after = 3
    with pytest.raises(PipelineStepFailed, match="It is over"):
        made.extract(source_of(crm, "contacts"))
    crm.ends_after = None
    crm.requests.clear()
    made.extract(source_of(crm, "contacts"))
    assert len(crm.requests) > 60 / 10
    crm.requests.clear()
    made.extract(source_of(crm, "contacts"))
    assert len(crm.requests) == 1


def test_pages_are_read_when_they_are_wanted(tmp_path: Path) -> None:
    crm = crm_of_contacts(3_000, largest_page=20)
    source = source_of(crm, "contacts")
    threads: list[bool] = []

    def refuse(row: Any) -> Any:
        threads.append(_is_reading())
        raise ValueError("a column that nobody wants")

    source.resources["contacts"].add_map(refuse)
    with pytest.raises(PipelineStepFailed, match="that nobody wants"):
        pipeline(dlt.destinations.duckdb(str(tmp_path / "crm.duckdb")), tmp_path).extract(source)
    assert len(crm.requests) <= 1 + 1 + AHEAD  # the newest row, and the first pages
    assert threads == [True]
    assert not _is_reading()


def _is_reading() -> bool:
    return any("portal" in thread.name for thread in threading.enumerate())


def test_mistakes_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match="tables must be a list of some of lists, tags"):
        grinfi_source(cast("Any", ("contact",)), "key")
    monkeypatch.delenv("GRINFI_API_KEY", raising=False)
    with pytest.raises(ResourceExtractionError, match="GRINFI_API_KEY"):
        next(iter(grinfi_source(("tags",)).resources["tags"]))
