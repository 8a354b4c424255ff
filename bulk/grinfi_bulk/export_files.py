"""Files of exported rows. Under its own name, a file is always complete; it grows under another name."""

from __future__ import annotations

import gzip
import io
import json
import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, cast

from grinfi_async import ConfigurationError, GrinfiError
from grinfi_support.private_files import create, place_of, put_in_place, reopen

from .errors import JournalError
from .export_columns import Column, json_text, record_of
from .spreadsheets import write_csv

__all__ = ["ExportFile"]

Format = Literal["csv", "jsonl", "parquet"]
FORMATS: Final[dict[str, Format]] = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
ROW_GROUP: Final = 10_000
ARROW_TYPES: Final = {"text": "string", "integer": "int64", "real": "float64", "boolean": "bool_", "json": "string"}


class ExportFile:
    """A file that grows as `NAME.part`, and is renamed when it is complete.

    Args:
        path: Its final place; a symbolic link is followed. The suffix gives the format; `.gz` may follow.
        excel: Whether it is CSV for spreadsheets.

    Raises:
        ConfigurationError: The file cannot be written.
    """

    def __init__(self, path: str | os.PathLike[str], excel: bool = False) -> None:
        self.path = Path(path)
        self._excel = excel
        self._is_gzip = self.path.suffix == ".gz"
        suffix = (self.path.with_suffix("") if self._is_gzip else self.path).suffix
        if suffix not in FORMATS or (self._is_gzip and suffix == ".parquet"):
            raise ConfigurationError(
                f"to={os.fspath(path)!r} has an unknown format: use .csv, .jsonl or .parquet; .gz may follow the first "
                "two."
            )
        self.format: Final = FORMATS[suffix]
        if excel and self.format != "csv":
            raise ConfigurationError(f"to={os.fspath(path)!r}: excel=True needs a .csv file.")
        if self.format == "parquet" and find_spec("pyarrow") is None:
            raise ConfigurationError("Parquet needs pyarrow. Run pip install 'grinfi-async[parquet]'.")
        if not self.path.parent.is_dir():
            raise ConfigurationError(
                f"to={os.fspath(path)!r}: the folder {self.path.parent} does not exist; create it first."
            )
        if self.path.is_dir():
            raise ConfigurationError(f"to={os.fspath(path)!r} is a folder; name a file in it.")
        try:
            self.place = place_of(self.path)
        except OSError as error:
            raise ConfigurationError(f"to={os.fspath(path)!r} cannot be written: {error.strerror}.") from error
        self.partial = self.place.with_name(f"{self.place.name}.part")

    def open(self, position: int) -> None:
        """Resume after this many bytes. Bytes that follow are cut off: a run wrote them, but did not record them."""
        try:
            self._file = reopen(self.partial) if position else create(self.partial)
        except OSError as error:
            raise JournalError(
                f"{self.partial} cannot be opened: {error.strerror}. Delete it to start again."
            ) from error
        size = self._file.seek(0, os.SEEK_END)
        if size < position:
            self._file.close()
            raise JournalError(
                f"{self.partial} has {size:,} bytes, but {position:,} were written: something changed it. "
                "Delete it to start again."
            )
        self._file.seek(position)
        self._file.truncate()
        self._is_empty = not position

    def write(self, rows: Sequence[Any], columns: Sequence[Column], whole: bool) -> int:
        """Append rows durably, and return the length of the file.

        Args:
            rows: Rows from the SDK.
            columns: Columns to write.
            whole: Whether everything in a row is written, if the format allows it.
        """
        data = self._encoded(rows, columns, whole).encode(errors="backslashreplace")  # lone surrogates
        if data:
            # Each page is a gzip member of its own, which ends at a known byte: a file can be cut between members.
            self._file.write(gzip.compress(data, mtime=0) if self._is_gzip else data)
            self._file.flush()
            os.fsync(self._file.fileno())
            self._is_empty = False
        return self._file.tell()

    def close(self) -> None:
        """Close the file as it is, so that another run can resume."""
        self._file.close()

    def finish(self, columns: Sequence[Column]) -> None:
        """Move the complete file to its place."""
        if self._is_empty:
            self.write((), columns, False)  # the header
        if self.format == "parquet":
            finished = self.place.with_name(f"{self.place.name}.part.parquet")
            with create(finished) as file:
                self._write_parquet(file, columns)
                put_in_place(file, finished, self.place)
            self.partial.unlink()
        else:
            put_in_place(self._file, self.partial, self.place)

    def _encoded(self, rows: Sequence[Any], columns: Sequence[Column], whole: bool) -> str:
        if self.format == "csv":
            text = io.StringIO(newline="")
            header = [column.name for column in columns] if self._is_empty and columns else None
            cells = ([_cell(column.of(row)) for column in columns] for row in rows)
            write_csv(text, header, cells, excel=self._excel)
            return text.getvalue()
        values: Iterator[object]
        if self.format == "parquet":
            values = ([column.of(row) for column in columns] for row in rows)
        elif whole:
            values = (record_of(row) for row in rows)
        else:
            values = ({column.name: column.of(row) for column in columns} for row in rows)
        return "".join(f"{json_text(value)}\n" for value in values)

    def _write_parquet(self, target: BinaryIO, columns: Sequence[Column]) -> None:
        """Convert the rows, which were kept as JSON lines: Parquet has its index at the end and cannot be resumed."""
        pa, parquet = cast("Any", import_module("pyarrow")), cast("Any", import_module("pyarrow.parquet"))
        time = pa.timestamp("us", tz="UTC")
        types = [time if column.kind == "time" else getattr(pa, ARROW_TYPES[column.kind])() for column in columns]
        schema = pa.schema([(column.name, kind) for column, kind in zip(columns, types, strict=True)])
        self._file.seek(0)
        with TextIOWrapper(self._file, "utf-8") as lines, parquet.ParquetWriter(target, schema) as writer:
            while rows := [json.loads(line) for line in islice(lines, ROW_GROUP)]:
                arrays: list[Any] = []
                for index, column in enumerate(columns):
                    values = [_typed(column, row[index]) for row in rows]
                    try:
                        arrays.append(pa.array(values, type=types[index]))
                    except (pa.ArrowException, OverflowError, TypeError, ValueError) as error:
                        raise GrinfiError(
                            f"The API sent a {column.name} that is not of type {column.kind}: {error}. Remove it from "
                            "fields, or export to .jsonl."
                        ) from error
                writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def _cell(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | float | None):
        return json_text(value)
    return value


def _typed(column: Column, value: Any) -> Any:
    if value is None:
        return None
    if column.kind == "time":
        return datetime.fromisoformat(value)
    if column.kind in {"text", "json"} and not isinstance(value, str):
        return json_text(value)
    return value
