"""Bulk jobs on the Grinfi API: thousands of calls at the rate limit, with nothing lost and nothing done twice."""

from .bulk import Bulk
from .engine import BulkJob, JobOptions
from .errors import JobStoppedError, JournalError, SyncError, UnknownOutcomeError
from .exports import ExportOptions, ExportReport
from .progress import Progress
from .report import BulkReport, Failure, Outcome
from .sync import SyncReport, TableReport

__all__ = [
    "Bulk",
    "BulkJob",
    "BulkReport",
    "ExportOptions",
    "ExportReport",
    "Failure",
    "JobOptions",
    "JobStoppedError",
    "JournalError",
    "Outcome",
    "Progress",
    "SyncError",
    "SyncReport",
    "TableReport",
    "UnknownOutcomeError",
]
