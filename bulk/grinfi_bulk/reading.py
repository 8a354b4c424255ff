"""Where rows come from: CSV, JSON Lines or mappings, read as often as needed without holding them."""

from __future__ import annotations

import codecs
import csv
import gzip
import json
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from io import StringIO, TextIOWrapper
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final, Literal, NamedTuple, cast

import anyio.to_thread

from grinfi_async import ConfigurationError, GrinfiError

from .items import as_json, iterate
from .spreadsheets import unguarded

__all__ = ["ImportProblems", "Problem", "RowSource", "RowTable", "SourceRow", "open_source"]

RowSource = (
    str | PathLike[str] | IO[str] | IO[bytes] | Iterable[Mapping[str, Any]] | AsyncIterable[Mapping[str, Any]]
)  # fmt: skip
Format = Literal["csv", "jsonl"]

FORMATS: Final[dict[str, Format]] = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl",
}  # fmt: skip
DELIMITERS: Final = ",;\t|"
BYTE_ORDER_MARKS: Final = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
NOT_IN_CP1252: Final = b"\x81\x8d\x8f\x90\x9d"
GZIP: Final = b"\x1f\x8b"
ZIP: Final = b"PK\x03\x04"
BLOCK: Final = 1 << 16
SAMPLE: Final = 1 << 13
MAX_SHOWN: Final = 20


class Problem(NamedTuple):
    """What is wrong with a row, or with a column."""

    row: int
    """As a spreadsheet counts, with the header in row 1; mappings are counted from 1."""
    column: str | None
    """None if it concerns the whole row."""
    problem: str

    def __str__(self) -> str:
        column = "" if self.column is None else f", column {self.column!r}"
        return f"row {self.row}{column}: {self.problem}"


class ImportProblems(GrinfiError, ValueError):  # noqa: N818 - it is a list of them
    """Rows cannot be imported as they are. Nothing was sent.

    Attributes:
        problems: What is wrong, in the order of the rows.
        complete: Whether these are all; after 10,000 nobody looks for more.
    """

    def __init__(self, problems: Sequence[Problem], *, complete: bool = True) -> None:
        self.problems = tuple(problems)
        self.complete = complete
        count = f"{len(problems):,} problem{'s' * (len(problems) != 1)}{'' if complete else ' or more'}"
        shown = "".join(f"\n  {problem}" for problem in problems[:MAX_SHOWN])
        more = len(problems) - MAX_SHOWN
        rest = f"\n  and {more:,} more; the attribute `problems` has them" if more > 0 else ""
        super().__init__(f"{count} found before anything was sent:{shown}{rest}")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problems,), {"complete": self.complete}


class SourceRow(dict[str, Any]):
    """A row as it was given: column -> cell.

    Attributes:
        number: Where it stands; see `Problem.row`.
        uuid: UUID of the contact, as soon as that is known.
        changed: Whether anything was done for it in this run.
    """

    def __init__(
        self, cells: Iterable[tuple[str, Any]], number: int, uuid: str | None = None, changed: bool = False
    ) -> None:
        super().__init__(cells)
        self.number = number
        self.uuid = uuid
        self.changed = changed


@dataclass(frozen=True, slots=True)
class RowTable:
    """Rows that can be read again and again.

    Attributes:
        columns: Names of the columns; None if each row has its own.
        header_row: Where these names stand.
        read: The rows that are not empty, and what cannot be read as one.
    """

    columns: tuple[str, ...] | None
    header_row: int
    read: Callable[[], Iterator[SourceRow | Problem]]


@asynccontextmanager
async def open_source(source: RowSource) -> AsyncGenerator[RowTable]:
    """Make rows readable more than once: what is no file and no list is copied to a temporary file.

    Raises:
        ConfigurationError: It is nothing that rows can be read from.
        ImportProblems: It has no rows, or cannot be read as text.
        OSError: It cannot be opened.
    """
    if isinstance(source, str | PathLike):
        yield await anyio.to_thread.run_sync(_file, Path(source), Path(source).name)
    elif isinstance(source, list | tuple):
        rows = cast("Sequence[object]", source)
        yield RowTable(None, 1, lambda: _from_mappings(rows))
    else:
        with TemporaryDirectory(prefix="grinfi-") as directory:
            copy = Path(directory, "rows")
            if callable(getattr(source, "read", None)):
                stream = cast("IO[str] | IO[bytes]", source)
                await anyio.to_thread.run_sync(_copy_stream, stream, copy)
                name = getattr(stream, "name", "")
                yield await anyio.to_thread.run_sync(_file, copy, name if isinstance(name, str) else "")
            elif isinstance(source, Iterable | AsyncIterable) and not isinstance(
                cast("object", source), bytes | Mapping
            ):
                await _copy_rows(cast("Iterable[object] | AsyncIterable[object]", source), copy)
                yield RowTable(None, 1, lambda: _from_json_lines(copy, "utf-8"))
            else:
                raise ConfigurationError(
                    f"source must be a path, an open file, or an iterable of mappings, not {type(source).__name__}."
                )


def _copy_stream(stream: IO[str] | IO[bytes], copy: Path) -> None:
    with copy.open("wb") as file:
        while block := stream.read(BLOCK):
            file.write(block.encode("utf-8", "surrogatepass") if isinstance(block, str) else block)


async def _copy_rows(rows: Iterable[object] | AsyncIterable[object], copy: Path) -> None:
    with copy.open("w", encoding="utf-8", errors="surrogatepass") as file:
        async for row in iterate(rows):
            file.write(as_json(row, lenient=True, sort=False))
            file.write("\n")


def _file(path: Path, name: str) -> RowTable:
    """A file of rows; `name` tells its format, if anything does."""
    suffix = Path(name.removesuffix(".gz")).suffix.lower()
    try:
        encoding = _detect_encoding(path, name)
    except EOFError:
        raise ImportProblems([Problem(1, None, "the compressed file ends too early; copy it again")]) from None
    with _open_text(path, encoding, "replace") as file:
        sample = file.read(SAMPLE)
    form = FORMATS.get(suffix) or ("jsonl" if sample.lstrip().startswith("{") else "csv")
    if form == "jsonl":
        return RowTable(None, 1, lambda: _from_json_lines(path, encoding))
    delimiter = "\t" if suffix == ".tsv" else _detect_delimiter(sample)
    # Plain CSV, as exports are by default, has its apostrophes for their own sake; a spreadsheet leaves them there.
    is_plain = encoding == "utf-8" and delimiter == ","
    records = partial(_records, path, encoding, delimiter, str if is_plain else unguarded)
    row, header = next(
        (record for record in records() if not _is_empty(record[1])), (1, "there is no header, and no row")
    )
    if isinstance(header, str):
        raise ImportProblems([Problem(row, None, header)])
    columns = tuple(cell.strip() for cell in header)
    return RowTable(columns, row, lambda: _from_csv(records(), columns, row))


# -- encoding and delimiter ------------------------------------------------------------------------------------------


def _open_bytes(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        packed = file.read(len(GZIP)) == GZIP
    return cast("IO[bytes]", gzip.open(path)) if packed else path.open("rb")


def _open_text(path: Path, encoding: str, errors: str = "surrogateescape") -> TextIOWrapper:
    """A file as text; a byte that cannot be read becomes half a character, which the check of its cell finds."""
    return TextIOWrapper(cast("Any", _open_bytes(path)), encoding, errors, newline="")


def _detect_encoding(path: Path, name: str) -> str:
    """By its byte order mark; UTF-8 if it can be that; otherwise the code page of Western Windows.

    A file that begins as UTF-8 and goes wrong later is damaged UTF-8, which is reported when its rows are read.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_plain, encoding = True, "utf-8"
    with _open_bytes(path) as file:
        start = file.read(len(ZIP))
        for mark, marked in BYTE_ORDER_MARKS.items():
            if start.startswith(mark):
                return marked
        if start == ZIP:
            raise ConfigurationError(f"source: {name or 'the stream'} is a spreadsheet or an archive; save it as CSV.")
        block = start
        while block:
            if b"\0" in block:
                raise ConfigurationError(f"source: {name or 'the stream'} is no text; save it as CSV in UTF-8.")
            if encoding == "utf-8":
                try:
                    is_plain = decoder.decode(block).isascii() and is_plain
                except UnicodeDecodeError as error:
                    if not (is_plain and error.object[: error.start].isascii()):
                        return "utf-8"
                    encoding = "cp1252"
            if encoding == "cp1252" and any(byte in block for byte in NOT_IN_CP1252):
                encoding = "latin-1"
            block = file.read(BLOCK)
    return encoding


def _detect_delimiter(sample: str) -> str:
    """The one that divides the header, and then most rows into as many cells; other cells may be full of others."""

    def fit(delimiter: str) -> tuple[bool, int, int]:
        try:
            rows = [row for row in csv.reader(StringIO(sample, newline=""), delimiter=delimiter) if row]
        except csv.Error:
            return False, 0, 0
        width = len(rows[0]) if rows else 0
        return width > 1, sum(len(row) == width for row in rows), width

    return max(DELIMITERS, key=fit)


# -- rows --------------------------------------------------------------------------------------------------------------


def _records(
    path: Path, encoding: str, delimiter: str, read_cell: Callable[[str], str]
) -> Iterator[tuple[int, list[str] | str]]:
    """The records of a CSV file with their numbers; at the end what is wrong, if it cannot be read further."""
    number = 0
    try:
        with _open_text(path, encoding) as file:
            for number, cells in enumerate(csv.reader(file, delimiter=delimiter, strict=True), 1):
                yield number, [read_cell(cell) for cell in cells]
    except csv.Error as error:
        yield number + 1, f"it cannot be read as CSV ({error}): check the quotation marks in this row"
    except UnicodeDecodeError as error:
        yield number + 1, f"from here on it cannot be read as {error.encoding}; save the file in UTF-8"


def _is_empty(cells: Iterable[str]) -> bool:
    return not any(cell.strip() for cell in cells)


def _from_csv(
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
                yield Problem(number, None, f"it has {beyond[-1] + 1} cells, but the header only {width}")
            elif beyond:
                yield Problem(
                    number, None, f"cell {beyond[0] + 1} is not empty, but its column has no name in the header"
                )
            else:
                filled = [*cells, *[""] * (width - len(cells))]
                yield SourceRow(((name, cell) for name, cell in zip(columns, filled, strict=False) if name), number)


def _from_json_lines(path: Path, encoding: str) -> Iterator[SourceRow | Problem]:
    with _open_text(path, encoding) as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
            except ValueError as error:
                yield Problem(number, None, f"it is no JSON: {error}")
            else:
                yield from _from_mappings([value], number)


def _from_mappings(rows: Iterable[object], first: int = 1) -> Iterator[SourceRow | Problem]:
    for number, row in enumerate(rows, first):
        if not isinstance(row, Mapping):
            yield Problem(number, None, f"expected an object of columns and values, got {type(row).__name__}")
            continue
        cells = cast("Mapping[object, Any]", row)
        if all(value is None or (isinstance(value, str) and not value.strip()) for value in cells.values()):
            continue
        yield SourceRow(((str(name), value) for name, value in cells.items()), number)
