"""Outcomes of the items of a job, and the report that counts them."""

from __future__ import annotations

import json
import os
import sqlite3
import weakref
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import TextIOWrapper
from typing import Any, ClassVar, Final, Generic, Literal, NamedTuple, TypeVar, cast

from grinfi_support.private_files import replacing

from .errors import JournalError
from .items import as_json, as_utf8
from .reasons import code_of, reason_of
from .spreadsheets import write_csv
from .wording import Surface, counted, on_surface, wrapped

__all__ = ["CODE_COLUMN", "ERROR_COLUMN", "BulkReport", "Failure", "Outcome", "Status", "Verdict"]

Status = Literal["succeeded", "sent", "failed", "skipped", "unknown", "duplicate", "merged"]
ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")
ERROR_COLUMN: Final = "error"
CODE_COLUMN: Final = "error_code"
ITEM_COLUMN: Final = "item"
MAX_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Outcome(Generic[ItemT, ResultT]):
    """The outcome of an item.

    Attributes:
        row: Its place in the input, from 1.
        key: The key that identifies it; empty if the key could not be found, which is a failure.
        item: The item.
        status: `succeeded`: an answer or a later read showed it; `sent`: the server accepted it, but nothing has shown
            that it was done; `failed`: it was not applied, or can be repeated; `skipped`: an earlier run did it, or it
            was left alone for the reason in `error`; `unknown`: it may have been applied, and must not be repeated
            without a check; `duplicate`: an earlier row of this input has the same key, and this one was not sent;
            `merged`: the server merged it into the contact of another row, and the contact shows that row.
        result: What the call returned. For a skipped item: the earlier result if it was text, a number or a boolean,
            otherwise None.
        error: Why it failed, was left alone, or does not count as done.
    """

    row: int
    key: str
    item: ItemT
    status: Status
    result: ResultT | None = None
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a call returns to end with another status than `succeeded`."""

    status: Status
    error: Exception | None = None
    result: Any = None


class Failure(NamedTuple):
    """An item that did not end as `succeeded`, and why."""

    row: int
    key: str
    item: Any
    """The item after a round trip through JSON."""
    code: str
    """The kind of error, for programs, such as "unprocessable_entity"."""
    error: str
    """Why, in a sentence."""


class _Failures:
    """Failures, in a temporary file, as there can be as many as items."""

    def __init__(self) -> None:
        self._db: sqlite3.Connection | None = None

    def add(self, outcome: Outcome[Any, Any]) -> None:
        try:
            self._add(outcome)
        except sqlite3.Error as error:
            raise JournalError(
                f"Row {outcome.row} ended as {outcome.status}, but a temporary file cannot be written: {error}. "
                "Free space in the folder of temporary files."
            ) from error

    def _open(self) -> sqlite3.Connection:
        if self._db is None:
            self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
            weakref.finalize(self, self._db.close)
            self._db.execute("PRAGMA synchronous = OFF")
            self._db.execute("CREATE TABLE failures (status, row INTEGER PRIMARY KEY, key, item, code, error)")
        return self._db

    def _add(self, outcome: Outcome[Any, Any]) -> None:
        self._open().execute(
            "INSERT INTO failures VALUES (?, ?, ?, ?, ?, ?)",
            (
                *(outcome.status, outcome.row, outcome.key, as_json(outcome.item, lenient=True, sort=False)),
                *(code_of(outcome.error), as_utf8(reason_of(outcome.error))),
            ),
        )

    def take_over(self, other: _Failures) -> Iterator[Status]:
        """Add the failures of rows that have none here yet, and yield the status of each."""
        for failure in other.rows():
            if self._open().execute("INSERT OR IGNORE INTO failures VALUES (?, ?, ?, ?, ?, ?)", failure).rowcount:
                yield failure[0]

    def rows(self) -> Iterable[tuple[Any, ...]]:
        """The failures as they are stored."""
        return () if self._db is None else self._db.execute("SELECT * FROM failures ORDER BY row")

    def reasons(self, status: Status) -> Iterator[tuple[str, int]]:
        """The reasons for a status, the most frequent first, each with its number of items."""
        if self._db is not None:
            query = "SELECT error, count(*) FROM failures WHERE status = ? GROUP BY error ORDER BY count(*) DESC, error"
            yield from self._db.execute(query, (status,))

    def read(self, *statuses: Status) -> Iterator[Failure]:
        if self._db is None:
            return
        query = "SELECT status, row, key, item, code, error FROM failures ORDER BY row"
        for status, row, key, item, code, error in self._db.execute(query):
            if status in statuses:
                yield Failure(row, key, json.loads(item), code, error)


@dataclass(slots=True, kw_only=True, weakref_slot=True)
class BulkReport:
    """Counts and failures of a job; while it runs, those so far.

    Attributes:
        name: The name of the job.
        succeeded: Items that are done, as an answer or a later read showed.
        sent: Items that the server accepted, but that nothing has shown to be done.
        failed: Items that failed.
        skipped: Items that an earlier run with the same journal did, or that were left alone.
        unknown: Items for which it is unknown whether they were applied.
        duplicates: Items that were not sent, because an earlier one has the same key.
        merged: Rows of an import that were merged into the contact of another row, which the contact shows.
        elapsed: Duration in seconds.
        processed: Items whose calls ended in this run, with any outcome; for jobs that read, the rows read.
        requests: Requests that were sent, including retries.
        retries: Requests that were retried.
        refused: Answers with status 429.
        waited: Total seconds that requests waited for the rate limit.
        capacity: Requests that the rate limit allows in a period; None if there is no limit.
        period: Period of the rate limit in seconds.
    """

    _noun: ClassVar[str] = "item"
    name: str
    succeeded: int = 0
    sent: int = 0
    failed: int = 0
    skipped: int = 0
    unknown: int = 0
    duplicates: int = 0
    merged: int = 0
    elapsed: float = 0.0
    processed: int = 0
    requests: int = 0
    retries: int = 0
    refused: int = 0
    waited: float = 0.0
    capacity: int | None = None
    period: float = 60.0
    _failures: _Failures = field(default_factory=_Failures, repr=False, compare=False)

    @property
    def done(self) -> int:
        """Items that have an outcome, of any status."""
        known = self.succeeded + self.sent + self.failed + self.skipped + self.unknown
        return known + self.duplicates + self.merged

    @property
    def duration(self) -> str:
        """The elapsed time as text, such as "12.5 s" or "3 min 4 s"."""
        minutes, seconds = divmod(round(self.elapsed), 60)
        return f"{minutes} min {seconds} s" if minutes else f"{self.elapsed:.1f} s"

    @property
    def rate(self) -> float:
        """Average number of items processed, or rows read, per second."""
        return self.processed / self.elapsed if self.elapsed else 0.0

    @property
    def limit_used(self) -> float | None:
        """Share of the rate limit that was used, from 0 to 1; None if there is no limit."""
        if self.capacity is None:
            return None
        # All requests of the first period may be sent at its beginning: count it as a full one.
        return min(1.0, self.requests / (self.capacity * max(1.0, self.elapsed / self.period)))

    @property
    def failures(self) -> Iterator[Failure]:
        """The items that failed, in the order of their rows. They are kept on disk."""
        return self._failures.read("failed")

    @property
    def unknowns(self) -> Iterator[Failure]:
        """The items that may have been applied, in the order of their rows."""
        return self._failures.read("unknown")

    @property
    def unseen(self) -> Iterator[Failure]:
        """The items that are `sent`, with the reason, in the order of their rows."""
        return self._failures.read("sent")

    @property
    def left_alone(self) -> Iterator[Failure]:
        """The items that this run `skipped` for a reason, with that reason, in the order of their rows."""
        return self._failures.read("skipped")

    @property
    def merges(self) -> Iterator[Failure]:
        """The rows that were `merged`, with the row and contact they were merged into, in their order."""
        return self._failures.read("merged")

    def record(self, outcome: Outcome[Any, Any]) -> None:
        """Count an outcome."""
        name = "duplicates" if outcome.status == "duplicate" else outcome.status
        setattr(self, name, getattr(self, name) + 1)
        if outcome.error is not None:
            self._failures.add(outcome)

    @property
    def exceptions(self) -> _Failures:
        """Every outcome that has an error."""
        return self._failures

    def take_over(self, part: BulkReport) -> None:
        """Count the failures of a part of the job that are not counted yet."""
        for status in self._failures.take_over(part.exceptions):
            setattr(self, status, getattr(self, status) + 1)

    def write_failures(self, path: str | os.PathLike[str], *, unknown: bool = False, excel: bool = False) -> int:
        """Write the items that failed to a CSV file, to be corrected and sent again.

        It has the columns of the items and two more: `error`, the reason, and `error_code`, the kind of error. Values
        other than text and numbers are written as JSON. Only its owner may read it.

        Args:
            path: The file; it is replaced when the new one is complete. A symbolic link is followed.
            unknown: True to include items that may have been applied: sending them again may apply them twice.
            excel: True for a file that a spreadsheet opens safely; see `ExportOptions`.

        Returns:
            The number of rows written.

        Raises:
            OSError: The file cannot be written.
        """
        statuses: tuple[Status, ...] = ("failed", "unknown") if unknown else ("failed",)
        columns: dict[str, None] = {}
        for failure in self._failures.read(*statuses):
            columns.update(dict.fromkeys(_row(failure)))
        names = [*(name for name in columns if name not in {ERROR_COLUMN, CODE_COLUMN}), ERROR_COLUMN, CODE_COLUMN]
        with replacing(path) as binary:
            file = TextIOWrapper(binary, "utf-8", "backslashreplace", newline="")
            rows = map(_row, self._failures.read(*statuses))
            write_csv(file, names, ([row.get(name) for name in names] for row in rows), excel=excel)
            file.detach()  # which flushes it
        return sum(1 for _ in self._failures.read(*statuses))

    def screen(self, surface: Surface = "python", width: int = 80) -> str:
        """The report as text for a terminal of at least 60 columns, with option names of Python or the command line."""
        return "\n".join(it for line in self._lines() for it in wrapped(on_surface(line, surface), width))

    def __str__(self) -> str:
        return self.screen()

    def _lines(self) -> list[str]:
        """The lines of the report, before they are wrapped."""
        lines = [f"{self.name}: {counted(self.done, self._noun)} in {self.duration}", *self._counts(), self._cost()]
        for label, failures, number in (
            ("failed", self.failures, self.failed),
            ("unknown", self.unknowns, self.unknown),
            ("merged", self.merges, self.merged),
        ):
            shown = zip(failures, range(MAX_SHOWN), strict=False)
            lines += [f"  {label}: row {failure.row} ({failure.key}): {failure.error}" for failure, _ in shown]
            if number > MAX_SHOWN:
                lines.append(f"  {label}: {number - MAX_SHOWN:,} more")
        statuses: tuple[Status, ...] = ("sent", "skipped")
        for status in statuses:
            for (reason, count), _ in zip(self._failures.reasons(status), range(MAX_SHOWN), strict=False):
                lines.append(f"  {status}: {counted(count, self._noun)}: {reason}")
        return lines

    def _counts(self) -> list[str]:
        counts = {
            "succeeded": self.succeeded,
            "sent": self.sent,
            "failed": self.failed,
            "skipped": self.skipped,
            "unknown": self.unknown,
            "duplicates": self.duplicates,
            "merged": self.merged,
        }
        return [f"  {label:<10} {number:>9,}" for label, number in counts.items() if number or label == "succeeded"]

    def _cost(self) -> str:
        used = "no rate limit" if self.limit_used is None else f"{self.limit_used:.0%} of the rate limit"
        cost = f"{counted(self.requests, 'request')}, {counted(self.retries, 'retry')}, {self.refused:,} refused"
        return f"  {self.rate:.1f} {self._noun}s/s, {used}; {cost}"


def _row(failure: Failure) -> dict[str, Any]:
    item: Any = failure.item
    columns = cast("dict[str, Any]", item) if isinstance(item, Mapping) else {ITEM_COLUMN: item}
    texts = {name: value if isinstance(value, str | int | float) else "" if value is None else as_json(value)
             for name, value in columns.items()}  # fmt: skip
    return texts | {ERROR_COLUMN: failure.error, CODE_COLUMN: failure.code}
