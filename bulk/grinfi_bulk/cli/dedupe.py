"""Writing and applying plans of merges."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grinfi_async import Grinfi, InvalidArgumentError

from ..wording import counted
from .errors import Status, say
from .jobs import run_job
from .values import read_filter

__all__ = ["apply_plan", "make_plan"]


def make_plan(path: Path, conditions: Sequence[str], *, quiet: bool, as_json: bool) -> Status:
    """Find duplicates, and write a plan. An existing plan may have been edited, and is not replaced."""
    filter = read_filter("--filter", conditions)
    if path.exists():
        raise InvalidArgumentError("--plan", f"{path} already exists; delete it, or use another file")
    if not os.access(path.parent, os.W_OK):
        raise InvalidArgumentError("--plan", f"the folder {path.parent} is not writable; use another one")

    async def job(grinfi: Grinfi) -> object:
        report = await grinfi.bulk.find_duplicates(filter, progress=not quiet)
        count = report.write_plan(path)
        if not quiet:
            say(f"{counted(count, 'contact')} in {path}: edit it, then run grinfi dedupe --apply {path}")
        return report

    return run_job(job, as_json=as_json)


def apply_plan(path: Path, options: dict[str, Any], *, as_json: bool) -> Status:
    """Merge the contacts of a plan."""

    async def job(grinfi: Grinfi) -> object:
        return await grinfi.bulk.merge(path, **options)

    return run_job(job, as_json=as_json, journal=options["journal"])
