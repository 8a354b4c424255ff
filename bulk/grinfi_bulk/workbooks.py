"""Rows of an Excel workbook: its first sheet that is not empty."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grinfi_async import ConfigurationError

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

__all__ = ["WORKBOOK_MARKS", "read_workbook"]

WORKBOOK_MARKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""First bytes of .xlsx and .xls files."""


class Sheet:
    """The rows of a sheet, which can be read repeatedly."""

    def __init__(self, name: str, sheet: CalamineSheet) -> None:
        self.name = name
        self._sheet = sheet

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """The rows, numbered from 1, with cells as text."""
        for number, cells in enumerate(self._sheet.iter_rows(), 1):
            yield number, [_text(cell) for cell in cells]


def read_workbook(path: Path, name: str) -> Sheet:
    """The first sheet that has rows.

    Raises:
        ConfigurationError: The extra `excel` is missing, or the file is not a workbook.
    """
    name = name or "the stream"
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        raise ConfigurationError(
            f"source: {name} is a spreadsheet. Run pip install 'grinfi-async[excel]' to read it, or save it as CSV."
        ) from None
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(path.read_bytes()))
        sheets = [(each, book.get_sheet_by_name(each)) for each in book.sheet_names]
    except (CalamineError, OSError, ValueError) as error:
        raise ConfigurationError(f"source: {name} cannot be read as a spreadsheet ({error}); save it as CSV.") from None
    return Sheet(*next((each for each in sheets if each[1].height), sheets[0]))


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, bool | timedelta):
        return str(value).lower()
    return str(value)
