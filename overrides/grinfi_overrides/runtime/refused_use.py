"""What is said where an object is used in a way that it cannot be, such as `for` instead of `async for`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn


def refused_use(problem: str) -> Callable[..., NoReturn]:
    """A special method that says what to write instead; `{0}` is what the object calls itself."""

    def refuse(self: Any, *_: object) -> NoReturn:
        name = getattr(self, "__name__", type(self).__name__)
        raise TypeError(f"{type(self).__name__} cannot be used like this: {problem.format(name)}")

    return refuse
