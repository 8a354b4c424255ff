"""How far a job is: a bar in a terminal, lines elsewhere, or a function's matter."""

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
    """How far a job is.

    Attributes:
        name: What identifies the job.
        total: Items in all; None if that is not known.
        done: Items that are dealt with, whatever became of them.
        failed: Items that failed.
        unknown: Items that may have been applied.
        sent: Items that were accepted, and not seen to be done.
        elapsed: Seconds so far.
        rate: Items that were processed in a second, on average.
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
    sent: int
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
    elif cast("TextIO | None", sys.stderr) is None:  # as in a service without streams
        return
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
        now = progress()
        if now.done or not over.is_set():  # a step without work shows nothing
            tell(now)


def _line(progress: Progress) -> None:
    with suppress(OSError):  # a job does not end because nobody sees how far it is
        print(f"{progress.name}: {_count(progress)}, {_details(progress)}", file=sys.stderr, flush=True)


@contextmanager
def _bar() -> Generator[Tell]:
    """Two lines: a terminal of 80 columns has no room for a bar beside all there is to tell."""
    from rich.console import Console, Group
    from rich.live import Live
    from rich.progress_bar import ProgressBar
    from rich.table import Column, Table
    from rich.text import Text

    def tell(progress: Progress) -> None:
        line = Table.grid(
            Column(no_wrap=True), Column(ratio=1, min_width=8), Column(no_wrap=True), padding=(0, 1), expand=True
        )
        bar = ProgressBar(progress.total, progress.done, pulse=progress.total is None)
        line.add_row(Text(progress.name), bar, Text(_count(progress)))
        live.start()  # if it has not begun
        # No line may be wider than the terminal: what is left of a wrapped one is not overwritten.
        live.update(Group(line, Text(f"  {_details(progress)}", no_wrap=True, overflow="ellipsis")), refresh=True)

    live = Live(console=Console(stderr=True), auto_refresh=False)
    try:
        yield tell
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
