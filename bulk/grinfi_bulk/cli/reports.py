"""Reports on a screen and in files."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from grinfi_async import Grinfi, InvalidArgumentError
from grinfi_toolkit.reports import Report, write_page

from .client import with_client
from .errors import Status, say
from .output import write_json
from .values import DAY, read_since, uuid_of

__all__ = ["show_report"]

PERIOD: Final = ("since", "until", "timezone")
TAKEN: Final[Mapping[str, tuple[str, ...]]] = {
    "senders": (*PERIOD, "by"),
    "daily": PERIOD,
    "funnel": ("automation", *PERIOD),
    "branches": ("automation",),
    "failed-tasks": ("automation",),
    "stages": ("list",),
    "health": ("timezone",),
    "all": ("since", "by", "timezone"),
}
"""Report -> its options."""
NEEDED: Final = ("funnel", "branches")
"""Reports that need an automation."""


def show_report(
    kind: str, options: dict[str, Any], *, csv: Path | None, html: Path | None, excel: bool, as_json: bool
) -> Status:
    """Make a report, and show it or write it to files."""
    given = {name: value for name, value in options.items() if value is not None}
    for name in given:
        if name not in TAKEN[kind]:
            where = "AUTOMATION" if name == "automation" else f"--{name}"
            raise InvalidArgumentError(where, f"cannot be used with {kind}; remove it")
    if kind in NEEDED and "automation" not in given:
        raise InvalidArgumentError("AUTOMATION", f"is required for {kind}; pass the name or UUID of an automation")
    if csv is not None and kind == "all":
        raise InvalidArgumentError("--csv", "a CSV file holds one report; use --html or --json")
    if excel and csv is None:
        raise InvalidArgumentError("--excel", "needs --csv")
    for where, path in (("--csv", csv), ("--html", html)):
        if path is not None and not os.access(path.parent, os.W_OK):
            raise InvalidArgumentError(where, f"the folder {path.parent} is not writable; use another one")
    for name in given.keys() & {"since", "until"}:
        given[name] = _day(f"--{name}", given[name])

    async def use(grinfi: Grinfi) -> list[Report]:
        if wanted := given.pop("automation", None):
            flows = grinfi.automations.list(limit=100)
            given["flow_uuid"] = await uuid_of("AUTOMATION", wanted, flows, "automation")
        if wanted := given.pop("list", None):
            given["list_uuid"] = await uuid_of("--list", wanted, grinfi.lists.list(limit=100), "list")
        try:
            made: Report | list[Report] = await getattr(grinfi.reports, kind.replace("-", "_"))(**given)
        except InvalidArgumentError as error:
            name = error.argument if error.argument in options else "timezone"
            raise InvalidArgumentError(f"--{name}", error.problem) from None
        return [made] if isinstance(made, Report) else made

    reports = with_client(use)
    write = say if as_json else print
    if csv is not None:
        reports[0].to_csv(csv, excel=excel)
        write(f"{len(reports[0].records):,} records are in {csv}")
    if html is not None:
        write_page(html, reports, title="Reports" if kind == "all" else None)
        write(f"{reports[0].title if kind != 'all' else 'The reports'}: open {html} in a browser")
    if as_json:
        written = [report.to_dict() for report in reports]
        write_json(written if kind == "all" else written[0], sys.stdout)
    elif csv is None and html is None:
        print("\n\n\n".join(map(str, reports)))
    return Status.DONE


def _day(where: str, text: str) -> date | datetime:
    """A day in the time zone of the report, or a time."""
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else read_since(text)
    except InvalidArgumentError as error:
        raise InvalidArgumentError(where, error.problem) from None
    except ValueError:
        raise InvalidArgumentError(where, f"{text!r} is not a day") from None
