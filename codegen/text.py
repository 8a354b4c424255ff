"""Writes texts of the description into Python source. No text can break, or hide, the code around it."""

from __future__ import annotations

import json
import unicodedata

WIDTH = 116
"""Characters in a line of a docstring."""
BIDIRECTIONAL = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: str) -> str:
    """The text without characters that Python source cannot contain, or that reorder code on the screen."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ").replace("\u2028", "\n")
    return "".join(
        character
        for character in text
        if character == "\n"
        or (unicodedata.category(character) not in {"Cc", "Cs", "Cn", "Zl", "Zp"} and character not in BIDIRECTIONAL)
    )


def escape(text: str) -> str:
    """The text, escaped for a docstring."""
    return clean(text).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')


def literal(text: str) -> str:
    """A string literal of exactly this text. The escapes of JSON are valid in Python, too."""
    return "".join(it if it.isprintable() else _code_point(it) for it in json.dumps(text, ensure_ascii=False))


def _code_point(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def one_line(text: str) -> str:
    """The text on one line."""
    return " ".join(clean(text).split())
