"""Output formats of answers: JSON, JSON Lines, CSV, a table."""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, TextIO, cast

from grinfi_async import InvalidArgumentError, Model, Page

from ..choices import Output
from ..spreadsheets import write_csv
from ..wording import counted, printable
from .errors import say

__all__ = ["Writer", "write_json"]

Row = dict[str, Any]
NARROWEST: Final = 10
"""Characters that a column of a table needs; columns without room are listed below the table."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes answers.

    Attributes:
        out: The stream to write to.
        form: JSON for one value or page, JSON Lines with a row per line, CSV, or a table for people.
        fields: Fields of each row to show, as JMESPath: `name`, `company.name`; everything if empty.
        query: JMESPath that selects a part of the answer; if all rows are written, of each row.
    """

    out: TextIO
    form: Output
    fields: tuple[str, ...] = ()
    query: str | None = None

    def __post_init__(self) -> None:
        for option, texts in (("--fields", self.fields), ("--query", (self.query,) if self.query else ())):
            for text in texts:
                _compiled(option, text)

    def write(self, answer: Any) -> None:
        """Write a value or one page."""
        value = json.loads(json.dumps(answer, default=_plain))
        if self.query is not None:
            value = _found("--query", self.query, value)
        elif self.form != "json" or self.fields:
            value = _rows(value)
        several = isinstance(value, list)
        rows = [self._shown(row) for row in (cast("list[Any]", value) if several else [value])]
        if self.form == "json":
            write_json(rows if several else rows[0], self.out)
        else:
            self._write_rows(rows)

    async def write_pages(self, pages: AsyncIterator[Page[Any]]) -> None:
        """Write all rows: JSON Lines page by page; other formats at the end, as they need all columns."""
        if self.form == "jsonl":
            async for page in pages:
                self._write_rows(self._of_page(page))
                self.out.flush()
            return
        with tempfile.TemporaryFile("w+", encoding="utf-8") as spool:
            async for page in pages:
                spool.writelines(f"{json.dumps(row)}\n" for row in self._of_page(page))
            spool.seek(0)
            if self.form == "json":
                write_json([json.loads(line) for line in spool], self.out)
            else:
                self._write_rows(map(json.loads, spool))

    def _of_page(self, page: Page[Any]) -> Iterator[Any]:
        for row in cast("list[Any]", json.loads(json.dumps(list(page), default=_plain))):
            value = row if self.query is None else _found("--query", self.query, row)
            yield self._shown(value)

    def _shown(self, row: Any) -> Any:
        return {field: _found("--fields", field, row) for field in self.fields} if self.fields else row

    def _write_rows(self, rows: Iterable[Any]) -> None:
        if self.form == "jsonl":
            self.out.writelines(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
            return
        with tempfile.TemporaryFile("w+", encoding="utf-8") as spool:  # a later row may have more columns
            columns: dict[str, None] = dict.fromkeys(self.fields)
            for row in rows:
                named: Row = cast("Row", row) if isinstance(row, dict) else {"value": row}
                columns |= dict.fromkeys(named)
                spool.write(f"{json.dumps(named)}\n")
            spool.seek(0)
            cells = ([_cell(row.get(column)) for column in columns] for row in map(json.loads, spool))
            if not columns:
                return
            if self.form == "csv":
                write_csv(self.out, list(columns), cells)
            else:
                _write_table(list(columns), cells, self.out)


def write_json(value: Any, out: TextIO) -> None:
    """Write one value as indented JSON."""
    print(json.dumps(value, indent=2, ensure_ascii=False, default=_plain), file=out)


def _write_table(columns: list[str], cells: Iterable[list[str]], out: TextIO) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=out, markup=False, highlight=False)
    hidden = columns[max(1, console.width // NARROWEST) :]
    columns = columns[: len(columns) - len(hidden)]
    table = Table(*map(printable, columns), box=None, header_style="bold", pad_edge=False)
    for row in cells:
        table.add_row(*map(Text, map(printable, row[: len(columns)])))
    console.print(table)
    if hidden:
        say(f"{counted(len(hidden), 'more column')} ({printable(', '.join(hidden))}); choose with --fields")


def _rows(value: Any) -> Any:
    """The rows of a page; another value unchanged."""
    if isinstance(value, dict) and isinstance(rows := cast("Row", value).get("data"), list):
        return cast("Any", rows)
    return cast("Any", value)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _found(option: str, text: str, value: Any) -> Any:
    """The part of a value that a JMESPath selects."""
    from jmespath.exceptions import JMESPathError

    expression = _compiled(option, text)
    try:
        return expression.search(value)
    except JMESPathError as error:
        raise InvalidArgumentError(option, f"{text!r} does not fit the answer: {error}") from None


def _compiled(option: str, text: str) -> Any:
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        return jmespath.compile(text)  # which caches
    except JMESPathError as error:
        problem = " ".join(str(error).split())
        raise InvalidArgumentError(option, f"{text!r} is not JMESPath: {problem}") from None


def _plain(value: Any) -> Any:
    """A value that JSON cannot hold, as one that it can."""
    match value:
        case Page():
            page = cast("Page[Any]", value)
            return {name: getattr(page, name) for name in ("data", "total", "limit", "offset", "has_more")}
        case date():
            return value.isoformat()
        case Path():
            return str(value)
        case Model():
            return value.to_dict()
        case _:  # a part of a report
            return asdict(value)
