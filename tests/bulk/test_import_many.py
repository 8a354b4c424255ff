"""Imports that write, tag and enrol many contacts in a request."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import anyio
import pytest

from grinfi_async import RateLimiter
from grinfi_bulk import ImportReport
from tests.bulk.people_server import ACTS, CREATES, FLOW, LIST, TAGS, UPSERTS, PeopleServer
from tests.bulk.server import in_virtual_time


def rows(count: int) -> list[dict[str, str]]:
    return [{"linkedin_id": f"a-{n:06}", "first_name": f"Ann {n}", "email": f"a{n}@x.example"} for n in range(count)]


async def load(server: PeopleServer, count: int, **options: Any) -> ImportReport:
    target: dict[str, Any] = {"list_uuid": LIST, "tags": TAGS, "flow_uuid": FLOW, **options}
    async with server.client() as grinfi:
        return await grinfi.bulk.import_contacts(rows(count), **target)


def check(server: PeopleServer, count: int) -> None:
    """Everybody is there, tagged, and in the automation once."""
    server.finish()
    assert sorted(it["linkedin"] for it in server.contacts.values()) == [f"a-{n:06}" for n in range(count)]
    assert all(sorted(it["tags"]) == sorted(TAGS) for it in server.contacts.values())
    assert server.enrolled == dict.fromkeys(server.contacts, 1)


def test_ten_thousand_contacts_take_at_most_100_requests() -> None:
    async def run() -> None:
        server = PeopleServer()
        report = await load(server, 10_000)
        print(report, server.requests)
        assert (report.succeeded, report.done) == (10_000, 10_000)
        assert server.requests.total() <= 100
        check(server, 10_000)

    in_virtual_time(run)
