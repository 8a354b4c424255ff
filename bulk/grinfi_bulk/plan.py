"""What an import would do, on one screen: where each column goes, how many rows can be sent, and the problems."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from .problems import Advice, Problem
from .wording import KEPT_SPACE, Surface, counted, one_line, wrapped

__all__ = ["ColumnPlan", "ImportPlan"]

MAX_COLUMNS: Final = 15
MAX_PROBLEMS: Final = 5
UNKNOWN: Final = Advice(
    'unknown_columns="ignore" leaves them out; custom_fields=[{0!r}] keeps one as a custom field, '
    "mapping={{{0!r}: field}} sends it to a field, mapping={{{0!r}: None}} leaves it out",
    "--ignore-others leaves them out; --custom {0!r} keeps one as a custom field, --map {1!r} sends it to a field, "
    "--map {2!r} leaves it out",
)
MERGED: Final = Advice(
    'merge="skip" sends only the first row of a contact, merge="refuse" treats the others as problems; by default all '
    "are sent, and the contact shows the last one",
    "--merge skip sends only the first row of a contact, --merge refuse treats the others as problems; by default all "
    "are sent, and the contact shows the last one",
)
SKIP: Final = Advice(
    'existing="skip" looks up each row when it is imported, and leaves existing contacts alone',
    "--existing skip looks up each row when it is imported, and leaves existing contacts alone",
)
READY: Final = Advice("To import them, remove dry_run=True.", "To import them, remove --dry-run.")


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """Where a column goes.

    Attributes:
        column: The name of the column.
        target: A field of a contact, or `custom_fields.NAME`; None if the column is left out.
        sample: The first cell that is not empty.
        is_unknown: Whether the import is refused until an option says where the column goes.
    """

    column: str
    target: str | None
    sample: str
    is_unknown: bool = False


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do.

    Attributes:
        form: What was detected in the source: format, encoding, delimiter, header.
        columns: Where each column goes.
        importable: Rows that can be imported, each as a separate contact.
        problem: Rows that cannot be imported.
        problems: The problems of the first of these rows, and of the columns.
        complete: Whether all rows were checked.
        merged: Rows that the server would merge with an earlier row.
        duplicate: Rows that have the profile of an earlier row, and are not sent.
        merges: The first rows that would be merged, and with which rows.
        existing: Importable rows that are contacts already; None if that was not looked up.
        looked_up: How existing contacts were looked up, or why not; empty if the server was not asked.
        requests: Number of requests that the look-up took.
    """

    form: str
    columns: tuple[ColumnPlan, ...]
    importable: int
    problem: int
    problems: tuple[Problem, ...]
    problem_count: int
    complete: bool = True
    merged: int = 0
    duplicate: int = 0
    merges: tuple[Problem, ...] = ()
    existing: int | None = None
    looked_up: str = ""
    requests: int = 0

    @property
    def new(self) -> int | None:
        """Rows that would be new contacts; None if that was not looked up."""
        return None if self.existing is None else self.importable - self.existing

    def to_dict(self) -> dict[str, Any]:
        """The plan as values that JSON can hold."""
        return {
            **asdict(self),
            "new": self.new,
            **{name: [problem.text("cli") for problem in getattr(self, name)] for name in ("problems", "merges")},
        }

    def screen(self, surface: Surface = "python", width: int = 80) -> str:
        """The plan on one screen of at least 60 columns, with option names of Python or the command line."""
        return "\n".join(self._lines(surface, width))

    def __str__(self) -> str:
        return self.screen()

    def _lines(self, surface: Surface, width: int) -> Iterator[str]:
        yield from _wrapped(f"Read as {self.form}.", width)
        sent = [column for column in self.columns if column.target is not None]
        names = min(max((len(column.column) for column in sent), default=0), width // 3)
        fields = min(max((len(str(column.target)) for column in sent), default=0), width // 3)
        for column in sent[:MAX_COLUMNS]:
            line = f"  {_cut(column.column, names):<{names}}  {_cut(str(column.target), fields):<{fields}}  "
            yield (line + _cut(column.sample, width - len(line))).rstrip()
        if len(sent) > MAX_COLUMNS:
            yield f"  and {counted(len(sent) - MAX_COLUMNS, 'more column')}"
        left_out = [column.column for column in self.columns if column.target is None and not column.is_unknown]
        if left_out:
            yield from _wrapped(f"Left out: {_listed(left_out)}", width)
        unknown = [column.column for column in self.columns if column.is_unknown]
        if unknown:
            yield from _wrapped(f"Not fields of a contact: {_listed(unknown)}", width)
            advice = str(getattr(UNKNOWN, surface))
            name = unknown[0]
            yield from _wrapped(f"Choose: {advice.format(name, f'{name}=FIELD', f'{name}=')}.", width)
        rest = [problem for problem in self.problems if problem.column not in unknown or problem.row > 1]
        more = "" if self.complete else " or more; the other rows were not checked"
        if self.existing is None:
            yield f"  {'importable':<10} {self.importable:>9,}"
        else:
            yield f"  {'new':<10} {self.new:>9,}"
            yield f"  {'existing':<10} {self.existing:>9,}"
        if self.duplicate:
            yield f"  {'duplicate':<10} {self.duplicate:>9,}"
        if self.merged:
            yield f"  {'merged':<10} {self.merged:>9,}"
        if self.problem or more:
            yield f"  {'problem':<10} {self.problem:>9,}{more}"
        # Columns that are not fields are listed above, in one line; do not repeat each as a problem.
        hidden = [problem for problem in rest if problem.problem != NOT_A_FIELD]
        for problem in hidden[:MAX_PROBLEMS]:
            yield from _wrapped(problem.text(surface), width)
        count = self.problem_count - len(self.problems) + len(hidden)
        if count > MAX_PROBLEMS:
            where = "; the attribute `problems` has them" if surface == "python" else "; --json shows all"
            yield f"  and {counted(count - MAX_PROBLEMS, 'more problem')}{where}"
        if not self.problems:
            for merged in self.merges[:MAX_PROBLEMS]:
                yield from _wrapped(merged.text(surface), width)
            if self.merged > MAX_PROBLEMS:
                yield f"  and {counted(self.merged - MAX_PROBLEMS, 'more row')} to be merged"
            if self.merged:
                yield from _wrapped(f"Choose: {getattr(MERGED, surface)}.", width)
            if self.looked_up:
                how = "New or existing" if self.existing is not None else "New or existing was not looked up"
                skip = "" if self.existing is not None else f" {getattr(SKIP, surface)}."
                yield from _wrapped(f"{how}: {self.looked_up} ({counted(self.requests, 'request')}).{skip}", width)
            yield str(getattr(READY, surface))


NOT_A_FIELD: Final = "it is not a field of a contact"


def _listed(names: Sequence[str]) -> str:
    """Names in which no line is broken."""
    return ", ".join(name.replace(" ", KEPT_SPACE) for name in names)


def _wrapped(text: str, width: int) -> Sequence[str]:
    return wrapped(text, width, "  ")


def _cut(text: str, width: int) -> str:
    text = one_line(text)
    return text if len(text) <= width else f"{text[: max(0, width - 1)]}…"
