"""Imports that end at a request as if the process died: journals stay as they are, and nothing more is sent."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
import httpx

from grinfi_async import GrinfiError
from grinfi_bulk import ImportReport
from tests.bulk.people_server import TAGS, PeopleServer


async def moments_of(load: Callable[[PeopleServer], Awaitable[ImportReport]]) -> int:
    """How many moments an import has: each request is one, before and after it is applied."""
    moments, server = 0, PeopleServer()

    def passed() -> None:
        nonlocal moments
        moments += 1

    server.on_request = passed
    await load(server)
    return moments


async def killed_at(
    moment: int, folder: Path, server: PeopleServer, load: Callable[[Path], Awaitable[ImportReport]]
) -> Path:
    """Run an import up to a moment; the journal as it was then."""
    folder.mkdir()
    passed, died = 0, False

    def kill() -> None:
        nonlocal passed, died
        passed += 1
        if passed == moment:
            (folder / "left").mkdir()
            for file in folder.glob("journal*"):
                shutil.copy(file, folder / "left" / file.name)
            died = True
            scope.cancel()
        if died:
            raise httpx.ReadError("gone")

    server.on_request = kill
    with anyio.CancelScope() as scope:
        try:
            await load(folder / "journal")
        except GrinfiError:
            assert died
    assert died
    server.on_request = lambda: None
    return folder / "left" / "journal"


def check_resumed(report: ImportReport, server: PeopleServer, count: int) -> None:
    """Check the next run: every contact was added once and is reported correctly."""
    server.finish()
    assert report.failed + report.sent + report.merged == 0
    assert report.succeeded + report.skipped + report.unknown == count
    assert max(server.enrolled.values(), default=1) == 1
    assert len(server.contacts) == count
    assert count - len(server.enrolled) <= report.unknown
    assert all(sorted(it["tags"]) == sorted(TAGS) for it in server.contacts.values())
