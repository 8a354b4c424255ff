"""Bulk jobs, and how they are reported."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from grinfi_async import Grinfi, InvalidArgumentError

from ..errors import JobStoppedError, JournalError
from ..reading import ImportProblems
from ..report import BulkReport, Failure
from .client import with_client
from .errors import Status, say, tell
from .operations import write_json
from .values import pairs, uuid_of

__all__ = ["custom_fields", "ids_of", "list_and_tags", "run_job"]

ALL_OTHERS = "*"


def custom_fields(given: Sequence[str]) -> dict[str, str] | Literal[True] | None:
    """Column -> custom field; True for all columns that are no field of a contact."""
    if ALL_OTHERS in given:
        if len(given) > 1:
            raise InvalidArgumentError("--custom", "'*' is all columns that are no field; give no other with it")
        return True
    return {column: name or column for column, name in pairs("--custom", given).items()} or None


def ids_of(given: Sequence[str]) -> list[str]:
    """The UUIDs of a command; `-` for those that stdin has, one in a line."""
    return [uuid for text in given for uuid in (sys.stdin.read().split() if text == "-" else [text])]


async def list_and_tags(grinfi: Grinfi, wanted: str, tags: Sequence[str]) -> tuple[str, list[str]]:
    """The UUIDs of a list and of tags that are given by name or UUID."""
    list_uuid = await uuid_of("--list", wanted, grinfi.lists.list(limit=100), "list")
    return list_uuid, [await uuid_of("--tag", tag, grinfi.tags.list(), "tag") for tag in tags]


def run_job(
    use: Callable[[Grinfi], Awaitable[object]],
    *,
    as_json: bool,
    failures: Path | None = None,
    excel: bool = False,
    journal: Path | None = None,
) -> Status:
    """Run a job, tell what became of it, and say so by the exit status."""
    if failures is not None and not os.access(failures.parent, os.W_OK):
        raise InvalidArgumentError("--failures", f"no file can be written in {failures.parent}; name another folder")
    report: object
    stopped: JobStoppedError | JournalError | None = None
    try:
        report = with_client(use)
    except (JobStoppedError, JournalError) as error:
        if error.report is None:
            raise
        report, stopped = error.report, error
    except ImportProblems as error:
        return _tell_problems(error, as_json=as_json)
    except KeyboardInterrupt:
        if journal is not None:
            say(f"grinfi: the same command with --journal {journal} goes on where this one stops")
        raise
    if as_json:
        write_json(_as_json(report), sys.stdout)
    else:
        print(report)
    status = Status.ROWS_FAILED
    if stopped is not None:
        stop_status = tell(stopped, debug=False)
        status = stop_status if isinstance(stopped, JournalError) else status
    if failures is not None and isinstance(report, BulkReport):
        number = report.write_failures(failures, excel=excel)
        say(f"{number:,} failed rows are in {failures}")
    is_done = not any(getattr(report, name, 0) for name in ("failed", "unknown", "sent"))
    return Status.DONE if is_done and stopped is None else status


def _tell_problems(error: ImportProblems, *, as_json: bool) -> Status:
    """List all that is wrong with a file."""
    if as_json:
        write_json({"problems": [it._asdict() for it in error.problems], "complete": error.complete}, sys.stdout)
    else:
        for problem in error.problems:
            print(problem)
    count = f"{len(error.problems):,}{'' if error.complete else ' or more'}"
    hint = ""
    if any("mapping=" in problem.problem for problem in error.problems):
        hint = "; where a column goes, say --map COLUMN=FIELD, --custom COLUMN, or --map COLUMN= to leave it out"
    say(f"grinfi: nothing was sent, as the file has problems ({count}){hint}")
    return Status.USAGE


def _as_json(report: Any) -> dict[str, Any]:
    """What a report says, with the rows that failed."""
    summary = {entry.name: getattr(report, entry.name) for entry in dataclasses.fields(report) if entry.name[0] != "_"}
    if isinstance(report, BulkReport):
        summary |= {"rate": report.rate, "limit_used": report.limit_used}
        for name in ("failures", "unknowns", "unseen", "left_alone"):
            rows: Iterator[Failure] = getattr(report, name)
            summary[name] = [{"row": it.row, "key": it.key, "error": it.error_type, "message": it.error} for it in rows]
    return summary
