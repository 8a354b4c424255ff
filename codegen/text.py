"""Texts of the description in Python source: whatever stands in them, the code around them stays whole."""

from __future__ import annotations

import json
import unicodedata

WIDTH = 116
"""Of the lines of docstrings."""
BIDIRECTIONAL = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: str) -> str:
    """Without characters that Python source cannot hold, or that would show code in another order than it runs."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ").replace("\u2028", "\n")
    return "".join(
        character
        for character in text
        if character == "\n"
        or (unicodedata.category(character) not in {"Cc", "Cs", "Cn", "Zl", "Zp"} and character not in BIDIRECTIONAL)
    )


def escape(text: str) -> str:
    """Text that can stand in a docstring."""
    return clean(text).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')


def literal(text: str) -> str:
    """A string literal of exactly this text. JSON's escapes are Python's too."""
    return "".join(it if it.isprintable() else _code_point(it) for it in json.dumps(text, ensure_ascii=False))


def _code_point(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def one_line(text: str) -> str:
    """The text on one line."""
    return " ".join(clean(text).split())
