"""Problems of a file, and the option that solves each, named as in Python or on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from grinfi_async import GrinfiError

from .wording import Surface, counted

if TYPE_CHECKING:
    from .plan import ImportPlan

__all__ = ["Advice", "ImportProblems", "Problem", "Surface"]

MAX_SHOWN: Final = 20


class Advice(NamedTuple):
    """The option that solves a problem."""

    python: str
    cli: str


class Problem(NamedTuple):
    """A problem of a row or a column."""

    row: int
    """Counted as in a spreadsheet, with the header in row 1; mappings are counted from 1."""
    column: str | None
    """None if it concerns the whole row."""
    problem: str
    advice: Advice | None = None
    """The option that solves it, if there is one."""

    def text(self, surface: Surface = "python") -> str:
        """Where the problem is, what it is, and the option that solves it."""
        column = "" if self.column is None else f", column {self.column!r}"
        advice = "" if self.advice is None else f"; {getattr(self.advice, surface)}"
        return f"row {self.row}{column}: {self.problem}{advice}"

    def __str__(self) -> str:
        return self.text()


class ImportProblems(GrinfiError, ValueError):  # noqa: N818 - it is a list of them
    """Rows cannot be imported as they are. Nothing was sent.

    Attributes:
        problems: The problems, in the order of the rows.
        complete: Whether these are all problems; after 10,000 the rest of the rows is not checked.
        plan: What is known about columns and rows; None if the file could not be read.
    """

    def __init__(self, problems: Sequence[Problem], *, complete: bool = True, plan: ImportPlan | None = None) -> None:
        self.problems = tuple(problems)
        self.complete = complete
        self.plan = plan
        count = f"{counted(len(problems), 'problem')}{'' if complete else ' or more'}"
        shown = f"\n{plan}" if plan is not None else "".join(f"\n  {problem}" for problem in problems[:MAX_SHOWN])
        more = len(problems) - MAX_SHOWN if plan is None else 0
        rest = f"\n  and {more:,} more; the attribute `problems` has them" if more > 0 else ""
        super().__init__(f"{count} found before anything was sent:{shown}{rest}")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problems,), {"complete": self.complete, "plan": self.plan}
