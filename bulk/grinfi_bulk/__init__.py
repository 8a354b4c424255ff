"""Bulk jobs on the Grinfi API: thousands of calls at the rate limit, with nothing lost and nothing done twice."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .actions import Preview
    from .bulk import Bulk
    from .duplicates import Duplicate, DuplicateGroup, DuplicateReport
    from .engine import BulkJob
    from .errors import (
        JobStoppedError,
        JournalError,
        JournalInUseError,
        LeftAloneError,
        MergedError,
        NotSeenError,
        SyncError,
        UnknownOutcomeError,
    )
    from .exports import ExportOptions, ExportReport
    from .import_report import ImportReport
    from .merging import MergeReport
    from .options import JobOptions
    from .plan import ColumnPlan, ImportPlan
    from .problems import Advice, ImportProblems, Problem
    from .progress import Progress
    from .report import BulkReport, Failure, Outcome
    from .sync import SyncReport, TableReport
    from .sync_schema import write_datasette_metadata

__all__ = [
    "Advice",
    "Bulk",
    "BulkJob",
    "BulkReport",
    "ColumnPlan",
    "Duplicate",
    "DuplicateGroup",
    "DuplicateReport",
    "ExportOptions",
    "ExportReport",
    "Failure",
    "ImportPlan",
    "ImportProblems",
    "ImportReport",
    "JobOptions",
    "JobStoppedError",
    "JournalError",
    "JournalInUseError",
    "LeftAloneError",
    "MergeReport",
    "MergedError",
    "NotSeenError",
    "Outcome",
    "Preview",
    "Problem",
    "Progress",
    "SyncError",
    "SyncReport",
    "TableReport",
    "UnknownOutcomeError",
    "write_datasette_metadata",
]

_HOMES = {
    "Advice": "problems",
    "Bulk": "bulk",
    "BulkJob": "engine",
    "BulkReport": "report",
    "ColumnPlan": "plan",
    "Duplicate": "duplicates",
    "DuplicateGroup": "duplicates",
    "DuplicateReport": "duplicates",
    "ExportOptions": "exports",
    "ExportReport": "exports",
    "Failure": "report",
    "ImportPlan": "plan",
    "ImportProblems": "problems",
    "ImportReport": "import_report",
    "JobOptions": "options",
    "JobStoppedError": "errors",
    "JournalError": "errors",
    "JournalInUseError": "errors",
    "LeftAloneError": "errors",
    "MergedError": "errors",
    "MergeReport": "merging",
    "NotSeenError": "errors",
    "Outcome": "report",
    "Preview": "actions",
    "Problem": "problems",
    "Progress": "progress",
    "SyncError": "errors",
    "SyncReport": "sync",
    "TableReport": "sync",
    "UnknownOutcomeError": "errors",
    "write_datasette_metadata": "sync_schema",
}

if not TYPE_CHECKING:  # checkers would take any name for a name of this package

    def __getattr__(name: str) -> object:
        """Load a name at its first use: the command line is imported through here, and its help needs none of them."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)

    def __dir__() -> list[str]:
        return sorted({*globals(), *_HOMES})
