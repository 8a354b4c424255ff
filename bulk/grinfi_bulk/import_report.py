"""The report of an import."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from .choices import Merge
from .plan import ImportPlan
from .report import BulkReport
from .wording import Surface, counted

__all__ = ["ImportReport"]


@dataclass(kw_only=True)
class ImportReport(BulkReport):
    """Counts and failures of the rows of an import.

    Attributes:
        rows: Number of rows of the source that can be imported.
        existing: Existing contacts that were left alone because of `existing="skip"`.
        dry_run: Whether the rows were only checked.
        merge: The option of `Bulk.import_contacts` for rows that the server merges.
        plan: Where each column goes, and how many rows can be imported.
        notes: What the job found out about the server, such as why it created contacts one by one.
        step: The step in which the import was stopped, such as "Add to automation (3 of 3)"; None if it ended.
        step_done: Rows that this step had done.
    """

    _noun: ClassVar[str] = "row"
    rows: int = 0
    existing: int = 0
    dry_run: bool = False
    merge: Merge = "report"
    plan: ImportPlan | None = None
    notes: list[str] = field(default_factory=list[str])
    step: str | None = None
    step_done: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether every row is a contact as intended, so that a script can continue."""
        overwritten = self.merged if self.merge == "report" else 0
        return not (self.failed or self.unknown or self.sent or overwritten or self.step)

    @property
    def done(self) -> int:
        """Rows that have an outcome, of any status."""
        return super().done + self.existing

    def screen(self, surface: Surface = "python", width: int = 80) -> str:
        """The report as text for a terminal of at least 60 columns, with option names of Python or the command line."""
        text = super().screen(surface, width)
        return f"{text}\n{self.plan.screen(surface, width)}" if self.dry_run and self.plan is not None else text

    def _lines(self) -> list[str]:
        if self.dry_run:
            return [f"{counted(self.rows, 'row')} can be imported; nothing was written"]
        lines = [*super()._lines(), *(f"  {note}" for note in self.notes)]
        if self.step is not None:
            lines[0] = f"{self.name}: stopped after {self.duration}"
            done = f"{self.step_done:,} of {counted(self.rows, 'row')} done"
            lines.append(f"  stopped in {self.step}: {done}")
        return lines

    def _counts(self) -> list[str]:
        counts = super()._counts()
        return [f"  {'existing':<10} {self.existing:>9,}", *counts] if self.existing else counts

    def absorb(self, part: BulkReport) -> None:
        """Add the costs of the job of one step."""
        self.elapsed += part.elapsed
        self.processed = max(self.processed, part.processed)  # each step goes through the same rows
        self.requests += part.requests
        self.retries += part.retries
        self.refused += part.refused
        self.waited += part.waited
