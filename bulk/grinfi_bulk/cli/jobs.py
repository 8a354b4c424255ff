"""Running bulk jobs, and showing their reports."""

from __future__ import annotations

import dataclasses
import os
import shutil
import sys
import textwrap
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypedDict

from grinfi_async import Grinfi, InvalidArgumentError
from grinfi_toolkit.names import full_name

from ..errors import JobStoppedError, JournalError
from ..import_report import ImportReport
from ..problems import ImportProblems
from ..report import BulkReport, Failure
from ..wording import counted, on_surface
from .client import with_client
from .errors import Status, report_error, say
from .output import write_json
from .values import pairs, uuid_of

__all__ = ["custom_fields", "ids_of", "run_job", "targets", "uuid_of"]

ALL_OTHERS: Final = "*"
OPTIONS: Final = {
    "mapping": "--map",
    "custom_fields": "--custom",
    "encoding": "--encoding",
    "delimiter": "--delimiter",
    "header_row": "--header-row",
    "tags": "--tag",
    "pipeline_stage_uuid": "--stage",
    "fields": "--field",
    "filter": "--filter",
}
"""Argument of a job -> its option on the command line."""


def custom_fields(given: Sequence[str]) -> dict[str, str] | Literal[True] | None:
    """Column -> custom field; True for all columns that are not fields of a contact."""
    if ALL_OTHERS in given:
        if len(given) > 1:
            raise InvalidArgumentError("--custom", "'*' means all columns that are not fields; remove the others")
        return True
    return {column: name or column for column, name in pairs("--custom", given).items()} or None


def ids_of(given: Sequence[str]) -> list[str]:
    """The UUIDs of a command; `-` reads them from stdin, separated by spaces or lines."""
    return [uuid for text in given for uuid in (sys.stdin.read().split() if text == "-" else [text])]


class Targets(TypedDict):
    """Targets of an import, as its arguments."""

    list_uuid: str
    tags: list[str]
    pipeline_stage_uuid: str | None
    sender_profile_uuid: str | None
    flow_uuid: str | None


async def targets(
    grinfi: Grinfi, wanted: str, tags: Sequence[str], stage: str | None, sender: str | None, automation: str | None
) -> Targets:
    """The UUIDs of targets that are given by name or UUID."""

    async def find(option: str, name: str | None, rows: AsyncIterable[Any], kind: str) -> str | None:
        return None if name is None else await uuid_of(option, name, rows, kind)

    stages = grinfi.pipeline_stages.list(filter={"object": "lead"})
    return {
        "list_uuid": await uuid_of("--list", wanted, grinfi.lists.list(limit=100), "list"),
        "tags": [await uuid_of("--tag", tag, grinfi.tags.list(), "tag") for tag in tags],
        "pipeline_stage_uuid": await find("--stage", stage, stages, "pipeline stage"),
        "sender_profile_uuid": await find("--sender", sender, _senders(grinfi), "sender profile"),
        "flow_uuid": await find("--automation", automation, grinfi.automations.list(limit=100), "automation"),
    }


class _Sender(NamedTuple):
    uuid: str
    name: str


async def _senders(grinfi: Grinfi) -> AsyncIterator[_Sender]:
    """Sender profiles, which have a first and a last name."""
    async for sender in grinfi.sender_profiles.list(limit=100):
        yield _Sender(sender.uuid, full_name(sender))


def run_job(
    use: Callable[[Grinfi], Awaitable[object]],
    *,
    as_json: bool,
    failures: Path | None = None,
    excel: bool = False,
    journal: Path | None = None,
    writes: bool = True,
) -> Status:
    """Run a job, show its report, and return the exit status."""
    if failures is not None and not os.access(failures.parent, os.W_OK):
        raise InvalidArgumentError("--failures", f"the folder {failures.parent} is not writable; use another one")
    report: object
    stopped: BaseException | None = None
    interrupted: list[BulkReport] = []

    async def watched(grinfi: Grinfi) -> object:
        try:
            return await use(grinfi)
        # On Ctrl-C, asyncio.run raises a new KeyboardInterrupt; the report is only in the error that is raised here.
        except BaseException as error:
            if isinstance(known := getattr(error, "report", None), BulkReport):
                interrupted.append(known)
            raise

    try:
        report = with_client(watched)
    except (JobStoppedError, JournalError) as error:
        if error.report is None:
            raise
        report, stopped = error.report, error
    except ImportProblems as error:
        return _show_problems(error, as_json=as_json)
    except InvalidArgumentError as error:
        raise InvalidArgumentError(OPTIONS.get(error.argument, error.argument), error.problem) from None
    except KeyboardInterrupt as error:
        if not writes:
            say("grinfi: nothing was written")
        elif journal is None:
            say("grinfi: the same command starts again from the first row; with --journal FILE it would resume")
        else:
            say(f"grinfi: to resume, run the same command again with --journal {journal}")
        if not interrupted:
            raise
        report, stopped = interrupted[0], error
    if as_json:
        write_json(_as_json(report), sys.stdout)
    elif isinstance(report, BulkReport):
        print(report.screen("cli", _width()))
    else:
        print(report)
    status = Status.ROWS_FAILED
    if stopped is not None:
        stop_status = report_error(stopped, debug=False)
        status = status if isinstance(stopped, JobStoppedError) else stop_status
    if failures is not None and isinstance(report, BulkReport):
        number = report.write_failures(failures, excel=excel)
        say(f"{counted(number, 'failed row')} in {failures}")
    done = [not getattr(report, name, 0) for name in ("failed", "unknown", "sent")]
    is_done = report.is_complete if isinstance(report, ImportReport) else all(done)
    return Status.DONE if is_done and stopped is None else status


def _show_problems(error: ImportProblems, *, as_json: bool) -> Status:
    """List the problems of a file."""
    if as_json:
        problems = [it._asdict() | {"advice": it.advice and it.advice.cli} for it in error.problems]
        plan = error.plan and error.plan.to_dict()
        write_json({"problems": problems, "complete": error.complete, "plan": plan}, sys.stdout)
    elif error.plan is not None:
        print(error.plan.screen("cli", _width()))
    else:
        for problem in error.problems:
            print("\n".join(textwrap.wrap(problem.text("cli"), _width(), subsequent_indent="  ")))
    unknown = sum(column.is_unknown for column in error.plan.columns) if error.plan is not None else 0
    rest = len(error.problems) - unknown
    parts = [f"{counted(unknown, 'column')} without a field"] * bool(unknown)
    parts += [f"{counted(rest, 'problem')}{'' if error.complete else ' or more'}"] * bool(rest)
    say(f"grinfi: nothing was sent: the file has {' and '.join(parts)}")
    return Status.USAGE


def _width() -> int:
    return max(60, shutil.get_terminal_size().columns)


def _as_json(report: Any) -> dict[str, Any]:
    """A report as JSON, with the rows that failed."""
    summary = {entry.name: getattr(report, entry.name) for entry in dataclasses.fields(report) if entry.name[0] != "_"}
    if isinstance(report, ImportReport):
        summary["plan"] = report.plan and report.plan.to_dict()
    if isinstance(report, BulkReport):
        summary |= {"rate": report.rate, "limit_used": report.limit_used}
        for name in ("failures", "unknowns", "unseen", "left_alone", "merges"):
            rows: Iterator[Failure] = getattr(report, name)
            summary[name] = [
                {"row": it.row, "key": it.key, "error": it.code, "message": on_surface(it.error, "cli")} for it in rows
            ]
    return summary
