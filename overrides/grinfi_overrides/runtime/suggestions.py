"""Hints to names that are spelled alike."""

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
        name: What was given.
        known: What could have been meant. Case, spaces and punctuation do not count.
        shown: What some of them are called in the question.
        most: Names in the question, at most.
        prefix: What stands before each of them.
        otherwise: The hint if no name is spelled alike.
    """
    from difflib import get_close_matches  # it takes long to load, and is needed after a mistake only

    by_letters = {_letters(each): shown.get(each, each) for each in known}
    close = [by_letters[found] for found in get_close_matches(_letters(str(name)), by_letters, n=most, cutoff=0.6)]
    return f"did you mean {' or '.join(repr(prefix + each) for each in close)}?" if close else otherwise


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum()) or text
