"""Errors of a whole job, and the errors that reports give for items that did not succeed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grinfi_async import GrinfiError

if TYPE_CHECKING:
    from .report import BulkReport

__all__ = [
    "JobStoppedError",
    "JournalError",
    "JournalInUseError",
    "LeftAloneError",
    "MergedError",
    "NotSeenError",
    "SyncError",
    "UnknownOutcomeError",
]


class JournalError(GrinfiError):
    """The journal cannot be used: it is for another job or input, in use, not a journal, or cannot be written.

    Attributes:
        report: The report so far, if a job was running; otherwise None.
    """

    report: BulkReport | None = None


class JournalInUseError(JournalError):
    """Another job has the journal open, in this process or another one."""


class JobStoppedError(GrinfiError):
    """The job stopped early, because of `on_error="stop"` or `max_failures`.

    Attributes:
        report: The report so far.
    """

    def __init__(self, message: str, report: BulkReport) -> None:
        super().__init__(message)
        self.report = report


class LeftAloneError(GrinfiError):
    """The item was left alone on purpose; nothing failed."""


class MergedError(GrinfiError):
    """The row has no contact to itself: the server merged it with another row.

    Attributes:
        row: The row that the contact shows.
        uuid: UUID of the contact; None if this row was not sent.
    """

    def __init__(self, message: str, row: int, uuid: str | None = None) -> None:
        super().__init__(message)
        self.row = row
        self.uuid = uuid


class NotSeenError(GrinfiError):
    """The server accepted the item, but nothing that was read has shown that it was done."""


class SyncError(GrinfiError):
    """The file of a copy cannot be used: it is not such a file, is in use, or cannot be written."""


class UnknownOutcomeError(GrinfiError):
    """It is unknown whether the item was applied: the job, or an earlier run, was interrupted while it was sent."""
