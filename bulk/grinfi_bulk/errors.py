"""What can go wrong with a job as a whole, and what is reported of an item whose outcome nobody knows."""

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
    """The journal cannot be used: it is of another job or input, is in use, is not a journal, or cannot be written.

    Attributes:
        report: What had been recorded by then, if a job was running; otherwise None.
    """

    report: BulkReport | None = None


class JournalInUseError(JournalError):
    """Another job has the journal open, in this process or another one."""


class JobStoppedError(GrinfiError):
    """The job stopped before its end, because `on_error="stop"` or `max_failures` said so.

    Attributes:
        report: What had been done by then.
    """

    def __init__(self, message: str, report: BulkReport) -> None:
        super().__init__(message)
        self.report = report


class LeftAloneError(GrinfiError):
    """Why an item was not acted on, although nothing failed."""


class MergedError(GrinfiError):
    """Why a row is no contact of its own: the server made it one contact with another row.

    Attributes:
        row: The row that the contact shows.
        uuid: UUID of the contact; None if this row was not sent.
    """

    def __init__(self, message: str, row: int, uuid: str | None = None) -> None:
        super().__init__(message)
        self.row = row
        self.uuid = uuid


class NotSeenError(GrinfiError):
    """Why an item that the server accepted does not count as done: nothing that was read has shown it."""


class SyncError(GrinfiError):
    """The file of a copy cannot be used: it is something else, is in use, or cannot be written."""


class UnknownOutcomeError(GrinfiError):
    """An earlier run was interrupted while this item was being sent: whether it was applied is not known."""
