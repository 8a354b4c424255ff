"""Text of reports: numbers with their nouns, and lines that fit in a terminal."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import Final, Literal

__all__ = ["KEPT_SPACE", "Surface", "counted", "on_surface", "one_line", "printable", "wrapped"]

Surface = Literal["python", "cli"]
KEPT_SPACE: Final = "\0"
"""A space at which no line is broken."""
OPTIONS: Final = re.compile(
    r'\b(confirm|create_custom_fields|excel|existing|full|merge|repeat_unknown|via)=(?:True|"([a-z_]+)")'
)
"""Options in messages for Python that the command line has too."""


def counted(number: int, noun: str) -> str:
    """A number with its noun, such as "1 row" and "2,000 rows"."""
    plural = re.sub("(?<![aeiou])y$", "ie", noun) + "s"
    return f"{number:,} {noun if number == 1 else plural}"


def printable(text: str) -> str:
    """The text in one line, without control characters: strangers write these texts, and a terminal obeys them."""
    return "".join(letter if letter.isprintable() else " " for letter in text).rstrip()


def one_line(text: str) -> str:
    """The text in one line, printable, with one space between words."""
    return " ".join(printable(text).split())


def wrapped(line: str, width: int, indent: str = "") -> Sequence[str]:
    """A line, wrapped; the lines that continue it are indented further."""
    line = re.sub(r"(?<=\d) (?=[a-z])", KEPT_SPACE, line)
    begin = indent + line[: len(line) - len(line.lstrip())]
    lines = textwrap.wrap(
        line.lstrip(),
        width,
        initial_indent=begin,
        subsequent_indent=f"{begin}  ",
        break_on_hyphens=False,
        break_long_words=False,
    )
    return [each.replace(KEPT_SPACE, " ") for each in lines]


def on_surface(text: str, surface: Surface) -> str:
    """A message with its options named as in Python or on the command line."""
    if surface == "python":
        return text
    return OPTIONS.sub(lambda found: f"--{found[1].replace('_', '-')}{(found[2] and f' {found[2]}') or ''}", text)
