"""Progress of a job: a bar in a terminal, lines elsewhere, or calls of a function."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final, TextIO, cast

import anyio

from grinfi_async import ConfigurationError

__all__ = ["Progress", "ProgressOption", "check_progress", "show"]

BAR_SECONDS: Final = 0.1
CALLBACK_SECONDS: Final = 0.5
LINE_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Progress of a job.

    Attributes:
        name: The name of the job.
        total: Number of items; None if unknown.
        done: Items that have an outcome, of any status.
        failed: Items that failed.
        unknown: Items that may have been applied.
        sent: Items that were accepted, but not seen to be done.
        elapsed: Seconds so far.
        rate: Average number of items processed per second.
        limit_used: Share of the rate limit that was used, from 0 to 1; None if there is no limit.
        waited: Total seconds that requests waited for the rate limit.
        waiting: Whether a request is waiting for the rate limit now.
        remaining: Estimated seconds that the job will still take; None if unknown.
    """

    name: str
    total: int | None
    done: int
    failed: int
    unknown: int
    sent: int
    elapsed: float
    rate: float
    limit_used: float | None
    waited: float
    waiting: bool
    remaining: float | None


ProgressOption = bool | Callable[[Progress], object]
Display = Callable[[Progress], object]


def check_progress(option: object) -> None:
    """Refuse anything but a boolean or an ordinary function."""
    if not isinstance(option, bool) and (not callable(option) or inspect.iscoroutinefunction(option)):
        raise ConfigurationError(f"progress must be True, False or an ordinary function of a Progress, not {option!r}.")


async def show(option: ProgressOption, progress: Callable[[], Progress], over: anyio.Event) -> None:
    """Show the progress at intervals until the job is over, and once more at its end."""
    if callable(option):
        interval, display = CALLBACK_SECONDS, option
    elif cast("TextIO | None", sys.stderr) is None:  # as in a service without streams
        return
    elif sys.stderr.isatty() and find_spec("rich") is not None:
        with _bar() as display:
            await _keep_showing(BAR_SECONDS, display, progress, over)
        return
    else:
        interval, display = LINE_SECONDS, _line
    await _keep_showing(interval, display, progress, over)


async def _keep_showing(interval: float, display: Display, progress: Callable[[], Progress], over: anyio.Event) -> None:
    while not over.is_set():
        with anyio.move_on_after(interval):
            await over.wait()
        now = progress()
        if now.done or not over.is_set():  # a step without work shows nothing
            display(now)


def _line(progress: Progress) -> None:
    with suppress(OSError):  # a closed stderr must not end the job
        print(f"{progress.name}: {_count(progress)}, {_details(progress)}", file=sys.stderr, flush=True)


@contextmanager
def _bar() -> Generator[Display]:
    """A bar with a second line below: 80 columns have no room for the bar and all figures in one line."""
    from rich.console import Console, Group
    from rich.live import Live
    from rich.progress_bar import ProgressBar
    from rich.table import Column, Table
    from rich.text import Text

    def display(progress: Progress) -> None:
        line = Table.grid(
            Column(no_wrap=True), Column(ratio=1, min_width=8), Column(no_wrap=True), padding=(0, 1), expand=True
        )
        bar = ProgressBar(progress.total, progress.done, pulse=progress.total is None)
        line.add_row(Text(progress.name), bar, Text(_count(progress)))
        live.start()  # does nothing the second time
        # No line may be wider than the terminal: the rest of a wrapped line would not be overwritten.
        live.update(Group(line, Text(f"  {_details(progress)}", no_wrap=True, overflow="ellipsis")), refresh=True)

    live = Live(console=Console(stderr=True), auto_refresh=False)
    try:
        yield display
    finally:
        live.stop()


def _count(progress: Progress) -> str:
    return f"{progress.done:,}" if progress.total is None else f"{progress.done:,} of {progress.total:,}"


def _details(progress: Progress) -> str:
    parts: list[str] = []
    if progress.remaining is not None:
        parts.append(f"{_time(progress.remaining)} left")
    parts.append(f"{progress.failed:,} failed")
    if progress.unknown:
        parts.append(f"{progress.unknown:,} unknown")
    if progress.sent:
        parts.append(f"{progress.sent:,} sent, not seen")
    parts.append(f"{progress.rate:.1f}/s")
    if progress.limit_used is not None:
        parts.append(f"{progress.limit_used:.0%} of limit")
    parts.append(f"{'waiting' if progress.waiting else 'waited'} {_time(progress.waited)}")
    return ", ".join(parts)


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
