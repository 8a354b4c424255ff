"""Imports by files that the server imports: what the list shows afterwards is reported, whatever the server says."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from grinfi_async import GrinfiError, TokenBucket
from grinfi_bulk import ImportReport
from tests.bulk.people_server import ACTS, FLOW, LIST, SEARCHES, STARTS, TAGS, UPLOADS, UPSERTS, PeopleServer
from tests.bulk.server import in_virtual_time
from tests.bulk.test_import_many import check, rows

MANY = 10_000


async def load(server: PeopleServer, source: Any, **options: Any) -> ImportReport:
    target: dict[str, Any] = {"list_uuid": LIST, "tags": TAGS, "flow_uuid": FLOW, "via": "file", **options}
    async with server.client(**target.pop("client", {})) as grinfi:
        return await grinfi.bulk.import_contacts(source, **target)


def test_requests_of_many_rows() -> None:
    async def run() -> None:
        server = PeopleServer()
        report = await load(server, rows(MANY), client={"rate_limiter": TokenBucket()})
        print(server.requests, report, anyio.current_time())
        assert (report.succeeded, report.done, report.notes) == (MANY, MANY, [])
        assert server.requests.total() == report.requests + 3 <= 60
        assert (server.requests[UPLOADS], server.requests[STARTS], server.requests[UPSERTS]) == (2, 2, 0)
        check(server, MANY)

    in_virtual_time(run)
