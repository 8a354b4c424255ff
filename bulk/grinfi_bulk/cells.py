"""Cells: cleaned values, as they are sent."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final
from uuid import UUID

from grinfi_support.linkedin_identity import PLACEHOLDERS, without_marks

__all__ = ["EmailPlaceholderError", "cell_value", "clean_domain", "clean_email", "is_text", "split_name"]

LABEL: Final = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
EMAIL: Final = re.compile(rf"[^\s@\"(),:;<>\[\]\\.]+(?:\.[^\s@\"(),:;<>\[\]\\.]+)*@(?:{LABEL}\.)+(?!\d+$){LABEL}")
NAMED: Final = re.compile(r"[^<>]*<([^<>]+)>")
NOBODY: Final = PLACEHOLDERS | frozenset(
    {"noemail", "nomail", "test", "example", "email", "mail", "user", "asdf", "domain", "company", "name", "sample"}
)
ADDRESS: Final = re.compile(
    r"(?:[a-z]+:)?(?://)?(?:www\.)?([^/?#\s:]+\.[^/?#\s:]+)(?::\d+)?(?:[/?#].*)?", re.IGNORECASE
)
UNSEEN: Final = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"


class EmailPlaceholderError(ValueError):
    """A text in place of an email address, such as "n/a"."""


def cell_value(value: Any) -> Any:
    """The value of a cell; None if it is empty."""
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, str):
        value = value.strip()
        return (value if value.isascii() else value.strip(UNSEEN).strip()) or None
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID | Decimal) else value


def is_text(value: str) -> bool:
    """Whether a text has no NUL, and no lone surrogates, which damaged bytes become."""
    return "\0" not in value and (value.isascii() or not any("\ud800" <= each <= "\udfff" for each in value))


def clean_email(text: str) -> str:
    """An email address without `mailto:`, a name before it, punctuation around it and invisible characters.

    Raises:
        EmailPlaceholderError: The text is a placeholder, such as `n/a` or `test@test.com`.
        ValueError: The text is not an email address.
    """
    cleaned = without_marks(text)
    if named := NAMED.fullmatch(text):
        cleaned = without_marks(named[1])
    cleaned = without_marks(re.sub(r"^mailto:([^?]*).*$", r"\1", cleaned, flags=re.IGNORECASE | re.DOTALL))
    local, _, host = cleaned.casefold().partition("@")
    if _is_nobody(local) and (not host or _is_nobody(host.split(".")[0])):
        raise EmailPlaceholderError(f"{text!r} is a placeholder, not an email address")
    if EMAIL.fullmatch(cleaned) is None or len(cleaned) > 254:
        raise ValueError(f"{text!r} is not an email address")
    return cleaned


def _is_nobody(text: str) -> bool:
    letters = re.sub(r"[\W_]+", "", text)
    return letters.strip("0") == "" or letters in NOBODY


def clean_domain(text: str) -> str:
    """The domain of the address of a website; other text unchanged."""
    found = ADDRESS.fullmatch(without_marks(text))
    return found[1].lower() if found else text


def split_name(text: str) -> dict[str, str]:
    """First name, the first word, and last name, the rest."""
    first, _, last = " ".join(text.split()).partition(" ")
    return {"first_name": first, "last_name": last} if last else {"first_name": first}
