"""Reports as tables of plain records: text, CSV, JSON, or a page with a chart."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any, Final, Literal

from grinfi_bulk.spreadsheets import write_csv
from grinfi_bulk.wording import printable

__all__ = ["Chart", "Column", "Report", "share"]

Kind = Literal["text", "count", "share"]
Record = dict[str, Any]
WIDTH: Final = 100
UNKNOWN: Final = "–"
"""What is shown where there is no figure: nothing to divide by, or a total that the server did not send."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a report.

    Attributes:
        name: Key of the records.
        title: For a person.
        kind: A text, a count, or a share from 0 to 1.
    """

    name: str
    title: str
    kind: Kind = "count"


@dataclass(frozen=True, slots=True)
class Chart:
    """What a page draws of the records.

    Attributes:
        x: Column along the bottom.
        y: Column of the height.
        color: Column that tells bars apart; None for bars of one colour.
        is_ordered: Whether the records are in the order of `x`, such as days and steps.
    """

    x: str
    y: str
    color: str | None = None
    is_ordered: bool = True


@dataclass(slots=True, kw_only=True)
class Report:
    """A report: a table of plain records, with what it cost and what it does not cover.

    Attributes:
        title: What it is about.
        columns: Its columns.
        records: Its rows: name of a column -> value; None where there is no figure.
        requests: Requests that it took.
        covers: What was counted.
        leaves_out: What was not, and why.
        chart: What a page draws; None for a table alone.
        points: The records of the chart; None for those of the table.
    """

    title: str
    columns: Sequence[Column]
    records: list[Record]
    requests: int = 0
    covers: str = ""
    leaves_out: Sequence[str] = ()
    chart: Chart | None = None
    points: list[Record] | None = field(default=None, repr=False)

    def cells(self) -> list[list[str]]:
        """The records as texts for a person."""
        return [[_shown(column, record.get(column.name)) for column in self.columns] for record in self.records]

    def __str__(self) -> str:
        from rich.console import Console

        out = StringIO()
        Console(file=out, width=WIDTH, no_color=True).print(self)
        return out.getvalue().rstrip("\n")

    def __rich__(self) -> Any:
        """A table for a terminal, as wide as that is."""
        from rich.console import Group
        from rich.padding import Padding
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, header_style="bold", pad_edge=False)
        for column in self.columns:
            table.add_column(Text(column.title), justify="left" if column.kind == "text" else "right")
        for cells in self.cells():
            table.add_row(*map(Text, cells))
        below = [Padding(Text(note), (0, 0, 0, 2)) for note in self.notes()]
        return Group(Text(printable(self.title), style="bold"), table, *below)

    def notes(self) -> list[str]:
        """What stands below the table."""
        requests = "1 request" if self.requests == 1 else f"{self.requests:,} requests"
        return [f"{self.covers} {requests}.".strip(), *self.leaves_out]

    def to_csv(self, path: str | os.PathLike[str] | None = None) -> str:
        """The records as CSV; also written to a file, if there is a path. Shares are numbers from 0 to 1."""
        out = StringIO()
        names = [column.name for column in self.columns]
        write_csv(out, names, ([_plain(record.get(name)) for name in names] for record in self.records))
        return _written(out.getvalue(), path)

    def to_json(self, path: str | os.PathLike[str] | None = None) -> str:
        """The report as JSON; also written to a file, if there is a path."""
        value = {
            "title": self.title,
            "columns": [column.name for column in self.columns],
            "records": self.records,
            "requests": self.requests,
            "covers": self.covers,
            "leaves_out": list(self.leaves_out),
        }
        return _written(json.dumps(value, indent=2, ensure_ascii=False), path)

    def to_html(self, path: str | os.PathLike[str] | None = None) -> str:
        """A page with the table and a chart, in one file that needs no network; also written, if there is a path.

        Needs the extra `reports`.
        """
        from .pages import page_of

        return _written(page_of([self]), path)


def share(part: int | None, whole: int | None) -> float | None:
    """A part of a whole; None if there is nothing to divide by."""
    return None if part is None or not whole else part / whole


def _shown(column: Column, value: Any) -> str:
    if value is None:
        return UNKNOWN
    if column.kind == "share":
        return f"{value:.1%}"
    return f"{value:,}" if isinstance(value, int) else printable(str(value))


def _plain(value: Any) -> Any:
    return "" if value is None else value


def _written(text: str, path: str | os.PathLike[str] | None) -> str:
    if path is not None:
        Path(path).write_text(
            text, "utf-8", "backslashreplace", newline=""
        )  # the API may send half of a surrogate pair
    return text
