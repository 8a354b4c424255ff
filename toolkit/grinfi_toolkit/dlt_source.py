"""A dlt source that loads the tables of `bulk.sync` into Postgres, DuckDB, BigQuery and other warehouses."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Iterator, Sequence
from contextlib import ExitStack, aclosing, contextmanager
from dataclasses import asdict
from typing import Any, Final, get_args

import anyio.from_thread

from grinfi_async import ConfigurationError, Grinfi, TokenBucket
from grinfi_bulk.choices import Table
from grinfi_bulk.export_columns import Column, all_columns
from grinfi_bulk.sources import SOURCES, Source, id_of, read
from grinfi_bulk.updates import Known, Updates

try:
    import dlt
except ImportError as error:
    raise ConfigurationError("grinfi_toolkit.dlt_source needs dlt. Run pip install 'grinfi-async[dlt]'.") from error

__all__ = ["grinfi_source"]

TYPES: Final = {"text": "text", "integer": "bigint", "real": "double", "boolean": "bool", "time": "timestamp"}

Record = dict[str, Any]


class _Client:
    """One client, on an event loop in its own thread, shared by all resources that are being read.

    dlt takes rows from ordinary generators, in turns: each page is read when it is needed, and none is kept.
    """

    def __init__(self, api_key: str | None, options: dict[str, Any]) -> None:
        self._api_key = api_key
        self._options: dict[str, Any] = {"rate_limiter": TokenBucket(), **options}
        self._users = 0
        self._stack = ExitStack()

    @contextmanager
    def use(self) -> Generator[tuple[anyio.from_thread.BlockingPortal, Grinfi]]:
        if not self._users:
            with ExitStack() as stack:
                self._portal = stack.enter_context(anyio.from_thread.start_blocking_portal())
                self._grinfi = stack.enter_context(
                    self._portal.wrap_async_context_manager(Grinfi(self._api_key, **self._options))
                )
                self._stack = stack.pop_all()
        self._users += 1
        try:
            yield self._portal, self._grinfi
        finally:
            self._users -= 1
            if not self._users:
                self._stack.close()


async def _pages(
    grinfi: Grinfi, source: Source, columns: Sequence[Column], state: dict[str, Any]
) -> AsyncGenerator[list[Record]]:
    """The rows that changed since the state, or all rows. At the end, the state is updated."""
    updates = Updates(grinfi, source, Known(**state))

    def records(rows: Sequence[Any]) -> list[Record]:
        return [{each.name: each.of(row) for each in columns} for row in rows if id_of(row) is not None]

    async with aclosing(updates.pages()) as pages:
        async for rows in pages:
            yield records(rows)
    if not updates.is_done:
        async with aclosing(read(grinfi, source, None, None)) as batches:
            async for batch in batches:
                yield records(batch.rows)
    # Only at the end: dlt stores the state with the load, so that an interrupted load reads the same rows again.
    state.update(asdict(updates.known))


def _resource(client: _Client, source: Source) -> Any:
    columns = all_columns(source)

    def rows() -> Iterator[list[Record]]:
        state = dlt.current.resource_state().setdefault("known", asdict(Known()))
        with client.use() as (portal, grinfi):
            pages = _pages(grinfi, source, columns, state)
            try:
                while (page := portal.call(anext, pages, None)) is not None:
                    yield page
            finally:
                portal.call(pages.aclose)

    hints: Any = {each.name: {"data_type": TYPES.get(each.kind, "json")} for each in columns}
    return dlt.resource(rows, name=source.name, primary_key="uuid", write_disposition="merge", columns=hints)


@dlt.source(name="grinfi", max_table_nesting=0)
def grinfi_source(
    tables: Sequence[Table] = get_args(Table), api_key: str | None = None, client_options: Record | None = None
) -> Any:
    """A resource for each table, merged by `uuid`.

    Contacts, companies, automation contacts and flow versions are read incrementally: rows updated since the latest
    load, newest first. Other tables are read completely each time. Deleted rows are kept; load with
    `refresh="drop_sources"` from time to time to start again.

    Args:
        tables: Tables to load; by default all.
        api_key: The API key; by default that of dlt (`sources.grinfi.api_key`), or else GRINFI_API_KEY.
        client_options: Other arguments of `Grinfi`, such as `base_url`.

    Raises:
        ConfigurationError: A table is unknown, or there is no key.
    """
    if isinstance(tables, str) or not tables or not set(tables) <= SOURCES.keys():
        raise ConfigurationError(f"tables must be a list of some of {', '.join(SOURCES)}, not {tables!r}.")
    client = _Client(api_key, client_options or {})
    return [_resource(client, SOURCES[name]) for name in tables]
