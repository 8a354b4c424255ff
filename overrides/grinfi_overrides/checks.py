"""Checks of numeric options."""

from __future__ import annotations

import math
from typing import TypeGuard

from .errors import ConfigurationError


def is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def check_count(name: str, value: object) -> int:
    """Return the value if it is an integer of at least 1."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ConfigurationError(f"{name} must be an integer of at least 1, not {value!r}.")
    return value


def check_seconds(name: str, value: object, also: str = "") -> float:
    """Return the value if it is a finite number above 0."""
    if not is_number(value) or not 0 < value < math.inf:
        raise ConfigurationError(f"{name} must be a finite number of seconds above 0{also}, not {value!r}.")
    return value
