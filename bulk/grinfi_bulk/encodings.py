"""The encoding of a file: UTF-8, or that of its byte order mark, or the caller's. Nothing is guessed."""

from __future__ import annotations

import codecs
import gzip
import re
import unicodedata
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any, Final, cast

from grinfi_async import ConfigurationError, InvalidArgumentError
from grinfi_overrides.runtime.suggestions import did_you_mean

from .problems import Advice, ImportProblems, Problem

__all__ = ["check_encoding", "find_encoding", "open_bytes", "open_text"]

BYTE_ORDER_MARKS: Final = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark is the beginning of this one
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
GZIP: Final = b"\x1f\x8b"
BLOCK: Final = 1 << 16
COMMON: Final = ("cp1251", "cp1252", "cp1250", "cp1254", "mac_roman")
SHOWN: Final = 4
CELL: Final = re.compile(rb"[^,;\t|\"\r\n]*")


def open_bytes(path: Path) -> IO[bytes]:
    """A file, decompressed if it is gzipped."""
    with path.open("rb") as file:
        packed = file.read(len(GZIP)) == GZIP
    return cast("IO[bytes]", gzip.open(path)) if packed else path.open("rb")


def open_text(path: Path, encoding: str, errors: str = "surrogateescape") -> TextIOWrapper:
    """A file as text. A byte that cannot be decoded becomes a lone surrogate, which the check of its cell finds."""
    return TextIOWrapper(cast("Any", open_bytes(path)), encoding, errors, newline="")


def check_encoding(name: str) -> str:
    """Python's name of an encoding."""
    try:
        return codecs.lookup(name).name
    except (LookupError, ValueError):
        hint = did_you_mean(name, [*COMMON, "utf-8", "utf-16", "latin-1", "koi8-u", "gb18030", "shift_jis"], most=3)
        raise InvalidArgumentError("encoding", f"unknown encoding {name!r}{hint and f'; {hint}'}") from None


def find_encoding(path: Path, name: str) -> str:
    """The encoding of the byte order mark, otherwise UTF-8.

    A file that begins as UTF-8 and fails later is damaged UTF-8, which is reported when its rows are read.

    Raises:
        ImportProblems: The file is neither; the problem shows a cell in likely encodings.
        ConfigurationError: The file is not text.
    """
    # The first character that is not ASCII decides: if it is valid UTF-8, the file is UTF-8. A legacy encoding fails
    # there at once, as its letters are hardly ever valid UTF-8 sequences.
    decoder = codecs.getincrementaldecoder("utf-8")()
    row = 1
    with open_bytes(path) as file:
        start = file.read(4)
        for mark, encoding in BYTE_ORDER_MARKS.items():
            if start.startswith(mark):
                return encoding
        block, before = start, b""
        while block:
            if b"\0" in block:
                raise ConfigurationError(f"source: {name or 'the stream'} is not text; save it as CSV in UTF-8.")
            try:
                if not decoder.decode(block).isascii():
                    return "utf-8"
            except UnicodeDecodeError as error:
                if not error.object[: error.start].isascii():
                    return "utf-8"
                around = before + error.object + file.read(BLOCK)
                place = len(before) + error.start
                row += around.count(b"\n", len(before), place)
                raise ImportProblems([_not_utf_8(around, place, row)]) from None
            row += block.count(b"\n")
            before, block = block, file.read(BLOCK)
    return "utf-8"


def _not_utf_8(text: bytes, place: int, row: int) -> Problem:
    beginning = max(text.rfind(mark, 0, place) for mark in (b",", b";", b"\t", b"|", b'"', b"\n")) + 1
    cell = cast("re.Match[bytes]", CELL.match(text, beginning))[0][:60]
    words = b" ".join(re.findall(rb"[\x80-\xff\w]*[\x80-\xff][\x80-\xff\w]*", text)[:1_000])
    samples: dict[str, str] = {}
    likely = {encoding: _likelihood(words, encoding) for encoding in (*COMMON, *_detected(text))}
    for encoding in sorted(likely, key=lambda it: -likely[it]):
        if likely[encoding] < max(likely.values()) / 2:
            break
        try:
            sample = cell.decode(encoding)
        except UnicodeDecodeError:
            continue
        if sample.isprintable() and len(samples) < SHOWN:
            samples.setdefault(sample, encoding)
    shown = ", ".join(f"{sample!r} in {encoding}" for sample, encoding in samples.items())
    first = next(iter(samples.values()), "cp1251")
    return Problem(
        row,
        None,
        f"the file is not in UTF-8, and its encoding is unknown: a cell is {shown or repr(cell)}",
        Advice(f"choose one, such as encoding={first!r}", f"choose one, such as --encoding {first}"),
    )


def _likelihood(words: bytes, encoding: str) -> float:
    """The share of words that are letters of one script, with capitals where they belong."""
    try:
        decoded = words.decode(encoding).split()
    except UnicodeDecodeError:
        return 0.0
    good = 0
    for word in decoded:
        bare = word.strip("“”‘’„«»–—…€№°·!?()").replace("’", "")
        scripts = {unicodedata.name(letter, "?").split()[0] for letter in bare if letter.isalpha()}
        good += bare.isalpha() and len(scripts) == 1 and (bare[1:].islower() or bare.isupper() or len(bare) == 1)
    return round(good / len(decoded), 1) if decoded else 0.0


def _detected(text: bytes) -> Iterator[str]:
    """The most likely encodings by charset-normalizer, if it is installed."""
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        return
    for match in list(from_bytes(text[:BLOCK]))[:2]:
        yield match.encoding
