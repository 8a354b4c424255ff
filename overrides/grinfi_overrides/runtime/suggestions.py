"""Suggestions of names with a similar spelling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType


def did_you_mean(
    name: object,
    known: Iterable[str],
    *,
    shown: Mapping[str, str] = MappingProxyType({}),
    most: int = 1,
    prefix: str = "",
    otherwise: str = "",
) -> str:
    """A question such as "did you mean 'email'?".

    Args:
        name: The name that was given.
        known: The names that exist. Case, spaces and punctuation are ignored.
        shown: How some of them are written in the question.
        most: Largest number of names in the question.
        prefix: Text in front of each name.
        otherwise: The hint if no name is similar.
    """
    from difflib import get_close_matches  # slow to import, and only needed after a mistake

    by_letters = {_letters(each): shown.get(each, each) for each in known}
    close = [by_letters[found] for found in get_close_matches(_letters(str(name)), by_letters, n=most, cutoff=0.6)]
    return f"did you mean {' or '.join(repr(prefix + each) for each in close)}?" if close else otherwise


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum()) or text
