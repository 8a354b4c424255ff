"""An interrupted import: its report has everything that ended, and the same import resumes."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from grinfi_bulk import ImportReport
from grinfi_bulk.cells import cell_value
from tests.bulk.people_server import ACTS, LIST, UPSERTS, PeopleServer
from tests.bulk.server import in_virtual_time
from tests.bulk.test_import_many import load


async def interrupted(server: PeopleServer, request: str, number: int, count: int, **options: Any) -> ImportReport:
    """The report of an import that is cancelled as soon as the server has got so many requests."""
    reports: list[ImportReport] = []
    with anyio.CancelScope() as scope:
        server.on_request = lambda: scope.cancel() if server.requests[request] == number else None
        try:
            await load(server, count, tags=[], **options)
        except BaseException as error:
            reports.append(error.report)  # type: ignore[attr-defined]
            raise
    server.on_request = lambda: None
    (report,) = reports
    return report


def test_rows_that_fail_after_the_end_was_asked_for_are_in_the_report(tmp_path: Path) -> None:
    async def run() -> None:
        server = PeopleServer()
        server.refused = {UPSERTS: 422}
        report = await interrupted(server, UPSERTS, 5, 5, via="upsert", flow_uuid=None)
        assert (report.failed, report.succeeded) == (5, 0)
        assert report.write_failures(tmp_path / "failed.csv") == 5
        assert report.step == "Import contacts (1 of 1)"

    in_virtual_time(run)


def test_contacts_that_were_entering_the_automation_are_unknown_and_enter_it_once(tmp_path: Path) -> None:
    async def run() -> None:
        server = PeopleServer()
        options: dict[str, Any] = {"via": "upsert", "enrol": "mass", "journal": tmp_path / "journal"}
        report = await interrupted(server, ACTS, 1, 5, **options)
        assert (report.unknown, report.succeeded) == (5, 0)
        again = await load(server, 5, tags=[], **options)
        assert (again.succeeded + again.skipped, again.unknown) == (5, 0)
        server.finish()
        assert server.enrolled == dict.fromkeys(server.contacts, 1)

    in_virtual_time(run)


@pytest.mark.anyio
async def test_reading_ends_when_the_import_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread cannot be cancelled, and a process that has one cannot end."""
    cells = 0

    def counted(cell: object) -> object:
        nonlocal cells
        cells += 1
        return cell_value(cell)

    monkeypatch.setattr("grinfi_bulk.columns.cell_value", counted)
    file = tmp_path / "contacts.csv"
    file.write_text("linkedin_id\n" + "".join(f"a-{number}\n" for number in range(50_000)))
    async with PeopleServer().client() as grinfi:
        with anyio.CancelScope() as scope:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(partial(grinfi.bulk.import_contacts, file, list_uuid=LIST))
                while not cells:
                    await anyio.sleep(0.01)
                scope.cancel()
    await anyio.sleep(0.05)
    read = cells
    await anyio.sleep(0.05)
    assert read == cells < 50_000
