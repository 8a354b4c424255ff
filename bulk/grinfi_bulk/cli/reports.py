"""`grinfi report`: which reports are made of the options, and where they go."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from grinfi_async import Grinfi, InvalidArgumentError
from grinfi_support.private_files import place_of
from grinfi_toolkit.reports import Period
from grinfi_toolkit.tables import Report

from ..choices import ReportKind
from .client import with_client
from .jobs import uuid_of
from .values import read_since

__all__ = ["report"]

DEFAULT_SINCE = timedelta(days=30)
OF_ONE = ("funnel", "branches")
"""Reports of one automation."""
GOES_WITH = {
    "--since": ("senders", "volume", *OF_ONE),
    "--until": ("senders", "volume", *OF_ONE),
    "--tz": ("senders", "volume", *OF_ONE),
    "--period": ("senders", "volume"),
    "--automation": ("volume", *OF_ONE, "failed-tasks"),
}
"""Option -> the reports that it means something to."""


def report(
    kind: ReportKind,
    since: str | None,
    until: str | None,
    period: Period | None,
    tz: str,
    automation: str | None,
    page: Path | None,
    form: str,
) -> None:
    """Make one report, or all; write them to the terminal, and to a page."""
    if kind in OF_ONE and automation is None:
        raise InvalidArgumentError("--automation", f"{kind} is a report of one; pass its name or UUID")
    given = {"--since": since, "--until": until, "--period": period, "--automation": automation}
    for option, value in {**given, "--tz": None if tz == "UTC" else tz}.items():
        if value is not None and kind not in ("all", *GOES_WITH[option]):
            raise InvalidArgumentError(option, f"does not go with {kind}, but with {', '.join(GOES_WITH[option])}")
    if kind == "all" and form == "csv":
        raise InvalidArgumentError("--output", "csv has one table; choose one report")
    if page is not None:
        page = place_of(page)  # before anything is sent
    first, last = _when("--since", since), _when("--until", until)
    made = with_client(lambda grinfi: _make(grinfi, kind, first, last, period, tz, automation))
    if page is not None:
        from grinfi_toolkit.pages import page_of

        page.write_text(page_of(made), "utf-8")
    if form == "json":
        parts = [each.to_json() for each in made]
        print(parts[0] if kind != "all" else f"[{', '.join(parts)}]")
    elif form == "csv":
        sys.stdout.write(made[0].to_csv())
    else:
        from rich.console import Console

        console = Console(highlight=False)
        for number, each in enumerate(made):
            console.print(*([""] if number else []), each, sep="\n")


def _when(option: str, text: str | None) -> date | None:
    """A time as it is; a day, or so many days ago, as a whole day of the report's time zone."""
    if text is None:
        return None
    moment = read_since(text, option)
    return moment if ":" in text or text.strip()[-1:] in "hm" else moment.date()


async def _make(
    grinfi: Grinfi,
    kind: ReportKind,
    since: date | None,
    until: date | None,
    period: Period | None,
    tz: str,
    automation: str | None,
) -> list[Report]:
    reports = grinfi.reports
    flow = automation and await uuid_of("--automation", automation, grinfi.automations.list(limit=100), "automation")
    start = since or (until or datetime.now(UTC).date()) - DEFAULT_SINCE
    made: list[Report] = []
    if kind in ("senders", "all"):
        made.append(await reports.senders(start, until, period=period or "week", tz=tz))
    if kind in ("volume", "all"):
        made.append(await reports.volume(start, until, period=period or "day", tz=tz, flow_uuid=flow))
    if flow and kind in ("funnel", "all"):
        made.append(await reports.funnel(flow, since or (start if until else None), until, tz=tz))
    if flow and kind in ("branches", "all"):
        made.append(await reports.branches(flow, start, until, tz=tz))
    if kind in ("failed-tasks", "all"):
        made.append(await reports.failed_tasks(flow_uuid=flow))
    if kind in ("stages", "all"):
        made.append(await reports.stages())
    if kind in ("health", "all"):
        made.append(await reports.sender_health())
    return made
