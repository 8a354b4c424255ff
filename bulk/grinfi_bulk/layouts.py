"""How a CSV file is laid out: what divides its cells, and in which row its header is. Decided by structure."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from io import StringIO
from itertools import islice
from typing import Final, NamedTuple

from .problems import Advice, ImportProblems, Problem

__all__ = ["DELIMITERS", "SEPARATOR_LINE", "Layout", "find_layout", "header_of"]

DELIMITERS: Final = ",;\t|"
SEPARATOR_LINE: Final = re.compile(r'\ufeff?"?sep=(.)"?[ \t]*\r?\n?', re.IGNORECASE)
"""The first line that Excel takes for the delimiter."""
NAMES: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
MAX_NOTES: Final = 30
"""Rows that are looked at for a header."""

Record = tuple[int, Sequence[str]]


class Layout(NamedTuple):
    """How a file is laid out."""

    delimiter: str
    header_row: int
    """0 if there is none."""

    @property
    def name(self) -> str:
        """What divides its cells."""
        return NAMES.get(self.delimiter, repr(self.delimiter))


class _Fit(NamedTuple):
    """How well a delimiter fits; compared in this order."""

    known: int
    """Cells of the header that are names of columns."""
    is_whole: bool
    """Whether the quotation marks are right."""
    share: float
    """Rows that have as many cells as the header, from 0 to 1."""


def header_of(
    records: Sequence[Record], is_known: Callable[[str], bool], header_row: int | None
) -> tuple[Record, int] | None:
    """The row with the header and how many names of columns it has.

    It is the first row that is not empty, or a later one below notes, if that has more names of columns.
    """
    filled = [record for record in records if any(cell.strip() for cell in record[1])]
    if header_row is not None:
        return next(((it, _known(it, is_known)) for it in records if it[0] == header_row), None)
    if not filled:
        return None
    return max(((record, _known(record, is_known)) for record in filled[:MAX_NOTES]), key=lambda each: each[1])


def find_layout(
    sample: str,
    is_known: Callable[[str], bool],
    *,
    complete: bool,
    allowed: str = DELIMITERS,
    header_row: int | None = None,
) -> Layout:
    """The delimiter that divides the header into names of columns, and the rows into as many cells.

    Args:
        sample: The beginning of the file.
        is_known: Whether a cell is the name of a column.
        complete: Whether that is all of the file.
        allowed: Delimiters that are looked at.
        header_row: Where the header is, if the caller says so.

    Raises:
        ImportProblems: Two delimiters fit equally well.
    """
    found: list[tuple[_Fit, Layout, int]] = []
    for delimiter in allowed:
        records, is_whole = _parse(sample, delimiter, complete)
        header = header_of(records, is_known, header_row)
        if header is None:
            continue
        (row, cells), known = header
        rows = [len(other) for number, other in records if number > row and any(map(str.strip, other))]
        share = sum(count == len(cells) for count in rows) / len(rows) if rows else 1.0
        found.append((_Fit(known, is_whole, share), Layout(delimiter, row), len(cells)))
    if not found:
        return Layout(allowed[0], 0)
    several = [each for each in found if each[2] > 1] or found
    best, layout, width = max(several, key=lambda each: each[0])
    others = [each for each in several if each[0] == best and each[1].delimiter != layout.delimiter]
    if width > 1 and others:
        _, other, count = others[0]
        raise ImportProblems(
            [
                Problem(
                    layout.header_row,
                    None,
                    f"its cells can be divided by {layout.name} ({width} columns) or by {other.name} ({count} columns)",
                    Advice(
                        f"choose with delimiter={layout.delimiter!r} or delimiter={other.delimiter!r}",
                        f"choose with --delimiter {layout.delimiter!r} or --delimiter {other.delimiter!r}",
                    ),
                )
            ]
        )
    return layout


def _parse(sample: str, delimiter: str, complete: bool) -> tuple[list[Record], bool]:
    """The records of a sample, and whether its quotation marks are right."""
    records: list[Record] = []
    reader = csv.reader(StringIO(sample, newline=""), delimiter=delimiter, strict=True)
    try:
        records.extend(enumerate(islice(reader, 2_000), 1))
    except csv.Error as error:
        return records, not complete and "unexpected end" in str(error)
    if not complete and len(records) > 1 and reader.line_num == len(sample.splitlines()):
        records.pop()  # it is cut
    return records, True


def _known(record: Record, is_known: Callable[[str], bool]) -> int:
    return sum(is_known(cell) for cell in record[1] if cell.strip())
