"""How far a job is: a bar in a terminal, lines elsewhere, or a function's matter."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

import anyio

from grinfi_async import ConfigurationError

__all__ = ["Progress", "ProgressOption", "check_progress", "show"]

BAR_SECONDS: Final = 0.1
CALLBACK_SECONDS: Final = 0.5
LINE_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a job is.

    Attributes:
        name: What identifies the job.
        total: Items in all; None if that is not known.
        done: Items that are dealt with, whatever became of them.
        failed: Items that failed.
        unknown: Items that may have been applied.
        elapsed: Seconds so far.
        rate: Items that were sent in a second, on average.
        limit_used: Share of the rate limit that was used, from 0 to 1; None if there is no limit.
        waited: Seconds that requests waited for the rate limit, added up.
        waiting: Whether a request waits for it now.
        remaining: About how many seconds the job will still take; None if that is not known.
    """

    name: str
    total: int | None
    done: int
    failed: int
    unknown: int
    elapsed: float
    rate: float
    limit_used: float | None
    waited: float
    waiting: bool
    remaining: float | None


ProgressOption = bool | Callable[[Progress], object]
Tell = Callable[[Progress], object]


def check_progress(option: object) -> None:
    """Refuse what is neither a truth value nor an ordinary function."""
    if not isinstance(option, bool) and (not callable(option) or inspect.iscoroutinefunction(option)):
        raise ConfigurationError(f"progress must be True, False or an ordinary function of a Progress, not {option!r}.")


async def show(option: ProgressOption, progress: Callable[[], Progress], over: anyio.Event) -> None:
    """Show the progress again and again until the job is over, and at its end."""
    if callable(option):
        interval, tell = CALLBACK_SECONDS, option
    elif sys.stderr.isatty() and find_spec("rich") is not None:
        with _bar() as tell:
            await _keep_telling(BAR_SECONDS, tell, progress, over)
        return
    else:
        interval, tell = LINE_SECONDS, _line
    await _keep_telling(interval, tell, progress, over)


async def _keep_telling(interval: float, tell: Tell, progress: Callable[[], Progress], over: anyio.Event) -> None:
    while not over.is_set():
        with anyio.move_on_after(interval):
            await over.wait()
        tell(progress())


def _line(progress: Progress) -> None:
    total = "" if progress.total is None else f" of {progress.total:,}"
    remaining = "" if progress.remaining is None else f", {_time(progress.remaining)} left"
    print(f"{progress.name}: {progress.done:,}{total}, {_details(progress)}{remaining}", file=sys.stderr, flush=True)


@contextmanager
def _bar() -> Generator[Tell]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    bar = Bar(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn("{task.fields[details]}", markup=False),
        TextColumn("{task.fields[left]}", markup=False),
        console=Console(stderr=True),
        expand=True,
    )
    task = bar.add_task("", total=None, details="", left="")

    def tell(progress: Progress) -> None:
        bar.update(
            task,
            description=progress.name,
            completed=progress.done,
            total=progress.total,
            details=_details(progress),
            left="" if progress.remaining is None else f"{_time(progress.remaining)} left",
        )

    with bar:
        yield tell


def _details(progress: Progress) -> str:
    parts = [f"{progress.failed:,} failed"]
    if progress.unknown:
        parts.append(f"{progress.unknown:,} unknown")
    parts.append(f"{progress.rate:.1f}/s")
    if progress.limit_used is not None:
        parts.append(f"{progress.limit_used:.0%} of limit")
    parts.append(f"{'waiting' if progress.waiting else 'waited'} {_time(progress.waited)}")
    return ", ".join(parts)


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
