"""Errors for objects that are used in the wrong way, such as with `for` instead of `async for`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn


def refused_use(problem: str) -> Callable[..., NoReturn]:
    """A special method that raises `TypeError` and says what to write instead; `{0}` is the object's name."""

    def refuse(self: Any, *_: object) -> NoReturn:
        name = getattr(self, "__name__", type(self).__name__)
        raise TypeError(f"{type(self).__name__} cannot be used like this: {problem.format(name)}")

    return refuse
