"""`-` in place of a file: stdin or stdout."""

from __future__ import annotations

import gzip
import shutil
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Final

__all__ = ["STREAM", "from_stdin", "to_stdout"]

STREAM: Final = Path("-")
GZIP: Final = b"\x1f\x8b"
FORMS: Final = {b"{": "jsonl", b"[": "json", b"PK": "xlsx"}
"""First bytes -> format; anything else is CSV."""
LONGEST_START: Final = 64


@contextmanager
def from_stdin(file: Path) -> Generator[Path]:
    """The file; for `-` a temporary copy of stdin, which is read to its end first, as an import reads it twice."""
    if file != STREAM:
        yield file
        return
    with tempfile.TemporaryDirectory(prefix="grinfi-") as folder:
        copy = Path(folder, "stdin")
        with copy.open("wb") as target:
            shutil.copyfileobj(sys.stdin.buffer, target)
        yield copy.rename(copy.with_name(f"stdin.{_form(copy)}"))


def _form(file: Path) -> str:
    """The format of a file, by its first bytes; compressed or not."""
    with file.open("rb") as source:
        packed = source.read(len(GZIP)) == GZIP
    with gzip.open(file) if packed else file.open("rb") as source:
        start = source.read(LONGEST_START).removeprefix(b"\xef\xbb\xbf").lstrip()
    form = next((form for sign, form in FORMS.items() if start.startswith(sign)), "csv")
    return f"{form}.gz" if packed else form


@contextmanager
def to_stdout(file: Path) -> Generator[Path]:
    """The file; for `-` a temporary CSV, copied to stdout when it is complete. Other output goes to stderr."""
    if file != STREAM:
        yield file
        return
    with tempfile.TemporaryDirectory(prefix="grinfi-") as folder:
        copy = Path(folder, "stdout.csv")
        with redirect_stdout(sys.stderr):
            yield copy
        if copy.exists():
            sys.stdout.flush()
            with copy.open("rb") as source:
                shutil.copyfileobj(source, sys.stdout.buffer)
