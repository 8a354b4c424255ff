"""Bulk jobs on the Grinfi API: thousands of calls at the rate limit, with nothing lost and nothing done twice."""

from .bulk import Bulk
from .engine import BulkJob
from .errors import JobStoppedError, JournalError, UnknownOutcomeError
from .progress import Progress
from .report import BulkReport, Failure, Outcome

__all__ = [
    "Bulk",
    "BulkJob",
    "BulkReport",
    "Failure",
    "JobStoppedError",
    "JournalError",
    "Outcome",
    "Progress",
    "UnknownOutcomeError",
]
