"""A dry run asks the server which rows are contacts already, where that is cheap, and writes nothing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from grinfi_async import Grinfi
from grinfi_bulk import ImportPlan
from grinfi_sandbox import Sandbox
from tests.bulk.crm import new_list, writes

pytestmark = pytest.mark.anyio
THERE: list[Any] = [
    {"linkedin_id": "ada"},
    {"linkedin_id": "other-bob", "email": "Bob@x.example"},
    {"linkedin_id": "other-cy", "first_name": "Cy", "last_name": "Doe", "company_name": "Acme"},
    {"linkedin_id": "nobody-in-the-file", "email": "n@x.example"},
]
ROWS = [
    {"linkedin_id": "https://www.linkedin.com/in/ADA/"},
    {"linkedin_id": "bob", "email": "bob@x.example"},
    {"linkedin_id": "cy", "first_name": "cy", "last_name": "DOE", "company_name": "Acme"},
    {"linkedin_id": "dan"},
    {"linkedin_id": "eve"},
    {"linkedin_id": "ada"},
]


async def plan(grinfi: Grinfi, rows: list[Any], list_uuid: str = "list-1", **options: Any) -> ImportPlan:
    report = await grinfi.bulk.import_contacts(rows, list_uuid=list_uuid, dry_run=True, **options)
    assert report.plan is not None
    return report.plan


async def test_the_server_is_asked_and_nothing_is_written(
    grinfi: Grinfi, grinfi_sandbox: Sandbox, tmp_path: Path
) -> None:
    list_uuid = await new_list(grinfi)
    for lead in THERE:
        await grinfi.contacts.upsert(lead=lead, list_uuid=list_uuid)
    written = len(writes(grinfi_sandbox))
    planned = await plan(grinfi, ROWS, list_uuid, journal=tmp_path / "journal")
    assert (planned.importable, planned.new, planned.existing, planned.duplicate) == (5, 2, 3, 1)
    assert (planned.requests, len(writes(grinfi_sandbox))) == (2, written)
    assert not list(tmp_path.iterdir())
    text = " ".join(str(planned).split())
    assert "new 2 existing 3" in text
    assert "New or existing: found by reading the team's 4 contacts (2 requests)." in text


class Team:
    """A server of a team with this many contacts, which shows none of them."""

    def __init__(self, total: int | None) -> None:
        self.requests: Counter[str] = Counter()
        self._total = total

    def client(self) -> Grinfi:
        transport = httpx.MockTransport(self._answer)
        return Grinfi("key", base_url="http://team.test", transport=transport, rate_limiter=None)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests[request.url.path.rpartition("/")[2]] += 1
        if request.url.path.endswith("/search"):
            return httpx.Response(200, json={"data": [], "total": self._total})
        if request.url.path.endswith("/lookup-one"):
            return httpx.Response(404, json={"message": "none"})
        return httpx.Response(200, json={"uuid": "list-1", "name": "x"})


@pytest.mark.parametrize("total", [None, 2_000_000])
async def test_few_rows_of_a_large_team_are_looked_up(total: int | None) -> None:
    team = Team(total)
    planned = await plan(team.client(), [{"linkedin_id": f"a-{n}"} for n in range(20)])
    assert (planned.new, planned.existing) == (20, 0)
    assert planned.requests == team.requests["search"] + team.requests["lookup-one"] == 41
    assert "each row was looked up (41 requests)" in str(planned)


async def test_many_rows_of_a_large_team_are_not_looked_up() -> None:
    team = Team(2_000_000)
    planned = await plan(team.client(), [{"linkedin_id": f"a-{n}"} for n in range(300)])
    assert (planned.importable, planned.new, planned.existing, planned.requests) == (300, None, None, 1)
    text = " ".join(planned.screen("cli", 60).split())
    assert "importable 300" in text
    assert (
        "New or existing was not looked up: the team has 2,000,000 contacts, too many to read for 300 rows "
        "(1 request). --existing skip looks up each row when it is imported" in text
    )
