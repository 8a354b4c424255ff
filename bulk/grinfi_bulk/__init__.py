"""Bulk jobs on the Grinfi API: thousands of calls at the rate limit, with nothing lost and nothing done twice."""

from .actions import Preview
from .bulk import Bulk
from .contacts import ImportReport
from .engine import BulkJob, JobOptions
from .errors import JobStoppedError, JournalError, JournalInUseError, UnknownOutcomeError
from .progress import Progress
from .reading import ImportProblems, Problem
from .report import BulkReport, Failure, Outcome

__all__ = [
    "Bulk",
    "BulkJob",
    "BulkReport",
    "Failure",
    "ImportProblems",
    "ImportReport",
    "JobOptions",
    "JobStoppedError",
    "JournalError",
    "JournalInUseError",
    "Outcome",
    "Preview",
    "Problem",
    "Progress",
    "UnknownOutcomeError",
]
