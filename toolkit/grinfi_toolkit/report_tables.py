"""A report: a table of plain records with its coverage, as text, CSV, JSON, or an HTML page with charts."""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from grinfi_async import ConfigurationError
from grinfi_bulk.spreadsheets import write_csv
from grinfi_bulk.wording import printable
from grinfi_support.private_files import replacing

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType

__all__ = ["Chart", "Column", "Report", "columns", "extra_missing", "ratio", "shown", "write"]

Value = str | int | float | bool | None
Kind = Literal["text", "count", "share"]
UNKNOWN: Final = "–"
WIDTH: Final = 100
"""Characters in a line if there is no terminal."""
LEAST: Final = 16
"""Longer words may be broken if there is little room."""
FEW: Final = 9
"""From a hundredth of this on, a share is shown as a whole percentage."""


def ratio(part: int | None, whole: int | None) -> float | None:
    """A share from 0 to 1; None if `whole` is 0 or unknown, or less than `part`."""
    return None if part is None or not whole or not 0 <= part <= whole else part / whole


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a report.

    Attributes:
        name: Its key in the records.
        title: Its title for people.
        kind: `text`, `count` (a whole number), or `share` (from 0 to 1, shown as a percentage).
    """

    name: str
    title: str
    kind: Kind = "text"


def columns(titles: Mapping[str, str]) -> list[Column]:
    """Columns by name: a title that starts with `#` makes a column of counts, with `%` one of shares."""
    kinds: dict[str, Kind] = {"#": "count", "%": "share"}
    return [Column(name, title.lstrip("#%"), kinds.get(title[:1], "text")) for name, title in titles.items()]


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of a report.

    Attributes:
        title: Title of the chart.
        rows: Category, series and value of each bar, in the order shown.
        kind: `columns` are vertical and stacked, `bars` are horizontal and stacked, `groups` are horizontal and side by
            side.
        share: Whether the values are shares from 0 to 1.
    """

    title: str
    rows: Sequence[tuple[str, str, float]]
    kind: Literal["columns", "bars", "groups"] = "columns"
    share: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Report:
    """A table of plain records. `print` it, or write it to a file.

    Attributes:
        title: Title of the report.
        columns: Names and titles of the columns, in order.
        records: Column -> text, number, or None for unknown and undefined values: a rate of nothing is not 0 %.
        requests: Number of requests, including retries.
        covers: What the figures cover, in a sentence.
        leaves_out: What they do not cover, in sentences.
        charts: Charts that a page shows above the table.
    """

    title: str
    columns: Sequence[Column]
    records: Sequence[Mapping[str, Value]]
    requests: int
    covers: str
    leaves_out: Sequence[str] = ()
    charts: Sequence[Chart] = ()

    def __repr__(self) -> str:
        return f"<Report {self.title!r}: {len(self.records):,} records, {self.requests:,} requests>"

    def __str__(self) -> str:
        return self.text(shutil.get_terminal_size((WIDTH, 24)).columns)

    @property
    def about(self) -> str:
        """What the report covers, what it does not cover, and the number of requests."""
        cost = f"{self.requests:,} request{'' if self.requests == 1 else 's'}."
        return " ".join([self.covers, *self.leaves_out, cost])

    def text(self, width: int = WIDTH) -> str:
        """The table in lines of this width; record by record if it is too wide. Needs the extra `reports`.

        Raises:
            ConfigurationError: The extra is missing.
        """
        try:
            from rich.console import Console
        except ImportError as error:
            raise extra_missing("A report as text", error) from error
        out = io.StringIO()
        Console(file=out, width=width, highlight=False, color_system=None).print(self)
        return "\n".join(line.rstrip() for line in out.getvalue().splitlines())

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        from rich import box
        from rich.padding import Padding
        from rich.table import Table
        from rich.text import Text

        yield Text(printable(self.title), "bold")
        yield ""
        rows = [[shown(it.get(column.name), column.kind) for column in self.columns] for it in self.records]
        least = [_width(column, [row[n] for row in rows]) for n, column in enumerate(self.columns)]
        if rows and sum(least) + 2 * len(least) <= options.max_width:
            table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
            room = options.max_width - sum(least) - 2 * len(least)
            for n, column in enumerate(self.columns):
                more = min(room, max([len(column.title), *(len(row[n]) for row in rows)]) - least[n])
                room -= more
                side: Literal["left", "right"] = "left" if column.kind == "text" else "right"
                table.add_column(Text(column.title), justify=side, width=least[n] + more, overflow="fold")
            for row in rows:
                table.add_row(*map(Text, row))
            yield table
        else:
            named = 1 if len({row[0] for row in rows}) == len(rows) else 2  # cells that say which record it is
            for row in rows:
                yield Text("  ".join(row[:named]), "bold")
                known = zip(self.columns[named:], row[named:], strict=True)
                facts = " · ".join(f"{column.title} {cell}" for column, cell in known if cell != UNKNOWN)
                yield Padding(Text(facts, overflow="fold"), (0, 0, 0, 2))
        if not rows:
            yield "Nothing to show."
        yield ""
        yield Text(printable(self.about), "dim")

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data, which `to_json` writes."""
        return {
            "title": self.title,
            "columns": [{"name": it.name, "title": it.title, "kind": it.kind} for it in self.columns],
            "records": [dict(it) for it in self.records],
            "requests": self.requests,
            "covers": self.covers,
            "leaves_out": list(self.leaves_out),
        }

    def to_json(self) -> str:
        """The report as JSON text: records, columns and coverage."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)

    def to_csv(self, path: str | os.PathLike[str], *, excel: bool = False) -> None:
        """Write the records as CSV, with the names of the columns. Shares are from 0 to 1; unknown values are empty.

        Args:
            path: The file; only its owner may read it.
            excel: True for a file that spreadsheets open safely, without formulas.
        """
        text = io.StringIO(newline="")
        names = [column.name for column in self.columns]
        write_csv(text, names, ([record.get(name) for name in names] for record in self.records), excel=excel)
        write(path, text.getvalue())

    def to_html(self, path: str | os.PathLike[str]) -> None:
        """Write an HTML page with charts, without scripts or other files. Needs the extra `reports`.

        Args:
            path: The file; only its owner may read it.

        Raises:
            ConfigurationError: The extra is missing.
        """
        from .report_pages import write_page

        write_page(path, [self])


def extra_missing(what: str, error: ImportError) -> ConfigurationError:
    """The error if a library of the extra is not installed."""
    return ConfigurationError(f"{what} needs an extra. Run pip install 'grinfi-async[reports]' ({error}).")


def write(path: str | os.PathLike[str], text: str) -> None:
    """Replace a file after its new content is complete."""
    with replacing(path) as file:
        file.write(text.encode("utf-8", "backslashreplace"))


def shown(value: Value, kind: Kind) -> str:
    """A cell for people, without control characters, as strangers write names."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return printable(value)
    if kind == "share":
        return f"{value:.1%}" if 0 < value < FEW / 100 else f"{value:.0%}"
    return f"{value:,}"


def _width(column: Column, cells: Sequence[str]) -> int:
    """Minimum width of a column: texts may break, but not words of titles and numbers."""
    title = max(map(len, column.title.split()), default=0)
    if column.kind == "text":
        return max(title, min(LEAST, max((len(word) for cell in cells for word in cell.split()), default=0)))
    return max([title, *map(len, cells)])
