"""CSV for spreadsheets: with a byte order mark, so that letters are right, and without formulas."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from itertools import chain
from typing import Any, Final, TextIO

__all__ = ["unguarded", "write_csv"]

BYTE_ORDER_MARK: Final = "\ufeff"
# A cell gets an apostrophe before it even if it has one, so that `unguarded` restores every cell:
#
#   =1+1   ->  '=1+1   ->  =1+1
#   '=1+1  ->  ''=1+1  ->  '=1+1
RISKY: Final = re.compile(r"'*[=+\-@\t\r]")
GUARDED: Final = re.compile(r"'+[=+\-@\t\r]")


def write_csv(
    file: TextIO, header: Iterable[str] | None, rows: Iterable[Iterable[Any]], *, excel: bool = False
) -> None:
    """Write rows of CSV, after the header if there is one.

    With `excel`, a text that a spreadsheet might take for a formula gets an apostrophe before it; numbers stay numbers.
    """
    writer = csv.writer(file)
    if header is not None:
        if excel:
            file.write(BYTE_ORDER_MARK)
        rows = chain([header], rows)
    writer.writerows((map(_guarded, row) for row in rows) if excel else rows)


def _guarded(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and RISKY.match(cell) else cell


def unguarded(cell: str) -> str:
    """The original text of a cell that was written for a spreadsheet."""
    return cell[1:] if GUARDED.match(cell) else cell
