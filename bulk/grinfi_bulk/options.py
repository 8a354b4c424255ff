"""Options of jobs, checked."""

from __future__ import annotations

import inspect
import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypedDict

from grinfi_async import ConfigurationError, RetryClass

from .items import Key
from .progress import ProgressOption, check_progress
from .report import Outcome

__all__ = ["DEFAULT_GRACE", "CheckedOptions", "JobOptions", "OnError"]

OnError = Literal["collect", "stop"] | Callable[[Outcome[Any, Any]], object]

DEFAULT_GRACE: Final = 10.0
"""Seconds that requests in flight get to finish when a job ends early."""


class JobOptions(TypedDict, total=False):
    """Options of a job; see `Bulk.map`. For functions that pass them on: `**options: Unpack[JobOptions]`."""

    key: Key
    journal: str | os.PathLike[str] | None
    concurrency: int | None
    on_error: OnError
    max_failures: int | None
    progress: ProgressOption
    ordered: bool
    retry_class: RetryClass | None
    repeat_unknown: bool
    name: str | None
    total: int | None
    grace: float
    share: float | None
    max_wait: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedOptions:
    """The options of a job, with defaults filled in."""

    key: Key = None
    journal: str | os.PathLike[str] | None = None
    concurrency: int | None = None
    on_error: OnError = "collect"
    max_failures: int | None = None
    progress: ProgressOption = False
    ordered: bool = False
    retry_class: RetryClass | None = None
    repeat_unknown: bool = False
    name: str | None = None
    total: int | None = None
    grace: float = DEFAULT_GRACE
    share: float | None = None
    max_wait: float | None = None

    def __post_init__(self) -> None:
        check_progress(self.progress)
        if self.on_error not in ("collect", "stop") and (
            not callable(self.on_error) or inspect.iscoroutinefunction(self.on_error)
        ):
            raise ConfigurationError(
                f'on_error must be "collect", "stop" or an ordinary function of an outcome, not {self.on_error!r}.'
            )
        for name, least in (("concurrency", 1), ("max_failures", 0), ("total", 0)):
            number: object = getattr(self, name)
            if number is not None and (isinstance(number, bool) or not isinstance(number, int) or number < least):
                raise ConfigurationError(f"{name} must be an integer of at least {least}, or None, not {number!r}.")
        if not 0 <= self.grace < math.inf:
            raise ConfigurationError(f"grace must be a finite number of seconds, at least 0, not {self.grace!r}.")
