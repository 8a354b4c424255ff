"""Sources of rows: CSV, Excel, JSON or mappings, read as often as needed without holding them in memory."""

from __future__ import annotations

import codecs
import csv
import json
import re
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from io import TextIOBase
from itertools import islice
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final, Literal, cast

import anyio.to_thread

from grinfi_async import ConfigurationError, InvalidArgumentError

from .encodings import BLOCK, check_encoding, find_encoding, open_bytes, open_text
from .items import as_json, iterate
from .layouts import DELIMITERS, SEPARATOR_LINE, Layout, find_layout, header_of
from .problems import Advice, ImportProblems, Problem
from .spreadsheets import unguarded
from .workbooks import WORKBOOK_MARKS, read_workbook

__all__ = ["ReadingOptions", "RowSource", "RowTable", "SourceRow", "open_source"]

RowSource = (
    str | PathLike[str] | IO[str] | IO[bytes] | Iterable[Mapping[str, Any]] | AsyncIterable[Mapping[str, Any]]
)  # fmt: skip
Format = Literal["csv", "lines", "array"]

FORMATS: Final[dict[str, Format]] = {".csv": "csv", ".tsv": "csv", ".jsonl": "lines", ".ndjson": "lines"}
SAMPLE: Final = 1 << 16
MAX_ELEMENT: Final = 1 << 24
SPACE: Final = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How to read a file.

    Attributes:
        encoding: Name of the encoding; None for UTF-8, or the encoding of its byte order mark.
        delimiter: Delimiter of CSV; None to detect it.
        header_row: Row of the header, counted as in a spreadsheet; None to detect it.
    """

    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None

    def checked(self) -> ReadingOptions:
        """The same options, with Python's name of the encoding.

        Raises:
            InvalidArgumentError: An option is invalid.
        """
        delimiter, row = self.delimiter, self.header_row
        delimiter = "\t" if delimiter in ("\\t", "tab") else delimiter
        if delimiter is not None and (len(delimiter) != 1 or delimiter in '\r\n" '):
            raise InvalidArgumentError("delimiter", f"expected one character such as ';' or '\\t', got {delimiter!r}")
        if row is not None and (isinstance(row, bool) or row < 1):
            raise InvalidArgumentError("header_row", f"expected a row number of at least 1, got {row!r}")
        encoding = None if self.encoding is None else check_encoding(self.encoding)
        return ReadingOptions(encoding, delimiter, row)

    @property
    def given(self) -> list[str]:
        """Names of the options that were given."""
        return [name for name in ("encoding", "delimiter", "header_row") if getattr(self, name) is not None]


class SourceRow(dict[str, Any]):
    """A row of the source: column -> cell.

    Attributes:
        number: Number of the row; see `Problem.row`.
        uuid: UUID of the contact, once known.
        changed: Whether this run changed anything for it.
        key: The key that identifies the contact, once known.
    """

    def __init__(
        self,
        cells: Iterable[tuple[str, Any]],
        number: int,
        uuid: str | None = None,
        changed: bool = False,
        key: str | None = None,
    ) -> None:
        super().__init__(cells)
        self.number = number
        self.uuid = uuid
        self.changed = changed
        self.key = key


@dataclass(frozen=True, slots=True)
class RowTable:
    """Rows that can be read repeatedly.

    Attributes:
        columns: Names of the columns; None if each row has its own.
        header_row: Row of these names.
        read: Reads the rows that are not empty; yields a problem in place of a row that cannot be read.
        form: What was detected in the file, in words.
    """

    columns: tuple[str, ...] | None
    header_row: int
    read: Callable[[], Iterator[SourceRow | Problem]]
    form: str = "rows"


@asynccontextmanager
async def open_source(
    source: RowSource, options: ReadingOptions, is_known: Callable[[str], bool]
) -> AsyncGenerator[RowTable]:
    """Make rows readable more than once: a source that is not a file or a list is copied to a temporary file.

    Args:
        source: A path, an open file, or an iterable of mappings.
        options: How to read a file.
        is_known: Whether a text is a known name of a column, by which a header is recognised.

    Raises:
        ConfigurationError: Rows cannot be read from this type.
        InvalidArgumentError: An option is invalid.
        ImportProblems: The source has no rows, or cannot be read as text.
        OSError: The file cannot be opened.
    """
    # An import reads its rows twice: once to check all of them before anything is sent, once to send them.
    options = options.checked()
    if isinstance(source, str | PathLike):
        yield await anyio.to_thread.run_sync(_file, Path(source), Path(source).name, options, is_known)
        return
    is_stream = callable(getattr(source, "read", None))
    if options.given and not is_stream:
        raise InvalidArgumentError(options.given[0], "applies only to files, and source is not one")
    if isinstance(source, list | tuple):
        rows = cast("Sequence[object]", source)
        yield RowTable(None, 1, lambda: _from_mappings(rows))
        return
    with TemporaryDirectory(prefix="grinfi-") as directory:
        copy = Path(directory, "rows")
        if is_stream:
            stream = cast("IO[str] | IO[bytes]", source)
            is_text = await anyio.to_thread.run_sync(_copy_stream, stream, copy)
            if is_text and options.encoding is not None:
                raise InvalidArgumentError("encoding", "source is already text; open the file with this encoding")
            name = getattr(stream, "name", "")
            name = Path(name).name if isinstance(name, str) else ""
            yield await anyio.to_thread.run_sync(_file, copy, name, options, is_known)
        elif isinstance(source, Iterable | AsyncIterable) and not isinstance(cast("object", source), bytes | Mapping):
            await _copy_rows(cast("Iterable[object] | AsyncIterable[object]", source), copy)
            yield RowTable(None, 1, lambda: _from_json_lines(copy, "utf-8"))
        else:
            raise ConfigurationError(
                f"source must be a path, an open file, or an iterable of mappings, not {type(source).__name__}."
            )


def _copy_stream(stream: IO[str] | IO[bytes], copy: Path) -> bool:
    """Copy a stream, and return whether it is text."""
    is_text = isinstance(stream, TextIOBase)
    with copy.open("wb") as file:
        while block := stream.read(BLOCK):
            is_text = isinstance(block, str)
            file.write(block.encode("utf-8", "surrogatepass") if isinstance(block, str) else block)
    return is_text


async def _copy_rows(rows: Iterable[object] | AsyncIterable[object], copy: Path) -> None:
    with copy.open("w", encoding="utf-8", errors="surrogatepass") as file:
        async for row in iterate(rows):
            file.write(as_json(row, lenient=True, sort=False))
            file.write("\n")


def _file(path: Path, name: str, options: ReadingOptions, is_known: Callable[[str], bool]) -> RowTable:
    """A file of rows. Its format is that of its content, or of the ending of `name`."""
    suffix = Path(name.removesuffix(".gz")).suffix.lower()
    try:
        with open_bytes(path) as file:
            start = file.read(4)
        if start.startswith(WORKBOOK_MARKS):
            return _workbook(path, name, options, is_known)
        encoding = options.encoding or find_encoding(path, name)
        if encoding == "utf-8" and start.startswith(codecs.BOM_UTF8):
            encoding = "utf-8-sig"
        with open_text(path, encoding, "replace") as file:
            sample, rest = file.read(SAMPLE), file.read(1)
    except EOFError:
        raise ImportProblems([Problem(1, None, "the compressed file is incomplete; copy it again")]) from None
    form = FORMATS.get(suffix) or {"{": "lines", "[": "array"}.get(sample.lstrip()[:1], "csv")
    if form != "csv":
        if wrong := [each for each in options.given if each != "encoding"]:
            raise InvalidArgumentError(
                wrong[0], f"applies only to CSV and spreadsheets, and {name or 'the source'} is JSON"
            )
        if form == "lines":
            return RowTable(None, 1, lambda: _from_json_lines(path, encoding), "JSON Lines")
        return RowTable(None, 1, lambda: _from_mappings(_array(path, encoding)), "a JSON array")
    separator = SEPARATOR_LINE.match(sample)
    allowed = options.delimiter or (separator[1] if separator else "\t" if suffix == ".tsv" else DELIMITERS)
    layout = find_layout(
        sample[separator.end() :] if separator else sample,
        is_known,
        complete=not rest,
        allowed=allowed,
        header_row=options.header_row,
    )
    # Only files from spreadsheets may have an apostrophe before a formula, which is not part of the text. Plain CSV,
    # the default of exports, has none, so that its apostrophes belong to the text.
    is_plain = encoding == "utf-8" and layout.delimiter == ","
    records = partial(_records, path, encoding, layout.delimiter, str if is_plain else unguarded, bool(separator))
    return _table(records, layout, f"CSV in {encoding.removesuffix('-sig')}, cells separated by {layout.name}")


def _workbook(path: Path, name: str, options: ReadingOptions, is_known: Callable[[str], bool]) -> RowTable:
    if wrong := [each for each in options.given if each != "header_row"]:
        raise InvalidArgumentError(wrong[0], f"applies only to CSV, and {name or 'the source'} is a spreadsheet")
    sheet = read_workbook(path, name)
    header = header_of(list(islice(sheet.records(), 100)), is_known, options.header_row)
    return _table(sheet.records, Layout("", header[0][0] if header else 0), f"spreadsheet, sheet {sheet.name!r}")


def _table(
    records: Callable[[], Iterator[tuple[int, list[str] | str]]], layout: Layout, form: str
) -> RowTable:  # fmt: skip
    """Rows below a header."""
    row, header = next(
        (record for record in records() if isinstance(record[1], str) or record[0] == layout.header_row),
        (1, "the file is empty: it has no header and no rows"),
    )
    if isinstance(header, str):
        raise ImportProblems([Problem(row, None, header)])
    columns = tuple(cell.strip().strip("\ufeff\u200b") for cell in header)
    if not any(columns):
        advice = Advice("pass its row as header_row=", "pass its row as --header-row")
        raise ImportProblems([Problem(row, None, "the header is empty", advice)])
    if row > 1:
        form += f", header in row {row}"
    return RowTable(columns, row, lambda: _from_cells(records(), columns, row), form)


# -- rows --------------------------------------------------------------------------------------------------------------


def _records(
    path: Path, encoding: str, delimiter: str, read_cell: Callable[[str], str], has_separator_line: bool
) -> Iterator[tuple[int, list[str] | str]]:
    """The records of a CSV file with their numbers; at the end a problem, if the rest cannot be read."""
    number = 0
    try:
        with open_text(path, encoding) as file:
            if has_separator_line:  # spreadsheets do not show it, and do not count it as a row
                file.readline()
            for number, cells in enumerate(csv.reader(file, delimiter=delimiter, strict=True), 1):
                yield number, [read_cell(cell) for cell in cells]
    except csv.Error as error:
        yield number + 1, f"it cannot be read as CSV ({error}); check the quotation marks in this row"
    except UnicodeDecodeError as error:
        yield number + 1, f"from here on the file cannot be read as {error.encoding}; save it in UTF-8"


def _is_empty(cells: Iterable[str]) -> bool:
    return not any(cell.strip() for cell in cells)


def _from_cells(
    records: Iterator[tuple[int, list[str] | str]], columns: Sequence[str], header_row: int
) -> Iterator[SourceRow | Problem]:
    width = len(columns)
    for number, cells in records:
        if isinstance(cells, str):
            yield Problem(number, None, cells)
        elif number > header_row and not _is_empty(cells):
            beyond = [
                place for place, cell in enumerate(cells) if cell.strip() and not (place < width and columns[place])
            ]
            if beyond and beyond[-1] >= width:
                yield Problem(number, None, f"it has {beyond[-1] + 1} cells, but the header has only {width}")
            elif beyond:
                yield Problem(
                    number, None, f"cell {beyond[0] + 1} is not empty, but its column has no name in the header"
                )
            else:
                filled = [*cells, *[""] * (width - len(cells))]
                yield SourceRow(((name, cell) for name, cell in zip(columns, filled, strict=False) if name), number)


def _from_json_lines(path: Path, encoding: str) -> Iterator[SourceRow | Problem]:
    with open_text(path, encoding) as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
            except ValueError as error:
                yield Problem(number, None, f"it is not JSON: {error}")
            else:
                yield from _from_mappings([value], number)


def _from_mappings(rows: Iterable[object], first: int = 1) -> Iterator[SourceRow | Problem]:
    for number, row in enumerate(rows, first):
        if isinstance(row, Problem):
            yield Problem(number, row.column, row.problem)
            continue
        if not isinstance(row, Mapping):
            yield Problem(number, None, f"expected an object of columns and values, got {type(row).__name__}")
            continue
        cells = cast("Mapping[object, Any]", row)
        if all(value is None or (isinstance(value, str) and not value.strip()) for value in cells.values()):
            continue
        yield SourceRow(((str(name), value) for name, value in cells.items()), number)


def _array(path: Path, encoding: str) -> Iterator[object]:
    """The elements of a JSON array, each as soon as it is read."""
    # A window on the file. An element that is cut at the end of the window cannot be decoded: read more, and try again.
    # A number at the very end may be cut, too ("12" of "123"): it counts only when something follows.
    #
    #   [ {...}, {...}, {..          at: where the next element begins
    #            ^at     ^end of text
    decoder, text, at, opened = json.JSONDecoder(), "", 0, False
    with open_text(path, encoding) as file:

        def more() -> bool:
            nonlocal text, at
            block = file.read(BLOCK) if len(text) - at < MAX_ELEMENT else ""
            if block:
                text, at = text[at:] + block, 0
            return bool(block)

        def skip_space() -> str:
            nonlocal at
            while (end := SPACE.match(text, at).end()) == len(text) and more():  # type: ignore[union-attr]
                pass
            at = end
            return text[at : at + 1]

        while True:
            mark, expected = skip_space(), "," if opened else "["
            if mark == "]" and opened:
                return
            if mark != expected:
                got = repr(mark) if mark else "the end of the file"
                yield Problem(0, None, f"it is not JSON: expected {expected!r}, got {got}")
                return
            at += 1
            if skip_space() == "]" and not opened:
                return
            opened = True
            while True:
                try:
                    value, end = decoder.raw_decode(text, at)
                except ValueError as error:
                    if not more():
                        yield Problem(0, None, f"it is not JSON: {error}")
                        return
                else:
                    if end < len(text) or not more():
                        break
            at = end
            yield value
