"""The layout of a CSV file: its delimiter, and the row of its header. Detected by structure."""

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
"""A first line that names the delimiter for Excel."""
NAMES: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
MAX_NOTES: Final = 30
"""The header is expected within this many rows."""

Record = tuple[int, Sequence[str]]


class Layout(NamedTuple):
    """The layout of a file."""

    delimiter: str
    header_row: int
    """0 if the file has no header."""

    @property
    def name(self) -> str:
        """The delimiter in words."""
        return NAMES.get(self.delimiter, repr(self.delimiter))


class _Fit(NamedTuple):
    """How well a delimiter fits; compared field by field."""

    known: int
    """Cells of the header that are known names of columns."""
    is_whole: bool
    """Whether all quotation marks are closed."""
    share: float
    """Share of the rows with as many cells as the header, from 0 to 1."""


def header_of(
    records: Sequence[Record], is_known: Callable[[str], bool], header_row: int | None
) -> tuple[Record, int] | None:
    """The row with the header, and its number of known column names.

    It is the first row that is not empty, or a later row, below notes, with more known names.
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
    """The delimiter that splits the header into known names of columns, and the rows into as many cells.

    Args:
        sample: The beginning of the file.
        is_known: Whether a cell is a known name of a column.
        complete: Whether the sample is the whole file.
        allowed: Delimiters to try.
        header_row: Row of the header, if the caller gave it.

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
                    f"the delimiter is unclear: {layout.name} give {width} columns, {other.name} give {count}",
                    Advice(
                        f"choose with delimiter={layout.delimiter!r} or delimiter={other.delimiter!r}",
                        f"choose with --delimiter {layout.delimiter!r} or --delimiter {other.delimiter!r}",
                    ),
                )
            ]
        )
    return layout


def _parse(sample: str, delimiter: str, complete: bool) -> tuple[list[Record], bool]:
    """The records of a sample, and whether all quotation marks are closed."""
    records: list[Record] = []
    reader = csv.reader(StringIO(sample, newline=""), delimiter=delimiter, strict=True)
    try:
        records.extend(enumerate(islice(reader, 2_000), 1))
    except csv.Error as error:
        return records, not complete and "unexpected end" in str(error)
    if not complete and len(records) > 1 and reader.line_num == len(sample.splitlines()):
        records.pop()  # the sample ends in the middle of it
    return records, True


def _known(record: Record, is_known: Callable[[str], bool]) -> int:
    return sum(is_known(cell) for cell in record[1] if cell.strip())
