"""How a command ends when something goes wrong: one line, and an exit status that says what it was."""

from __future__ import annotations

import errno
import os
import re
import shutil
import sys
import traceback
from enum import IntEnum
from typing import Final, TextIO, cast

import typer

from ..wording import one_line, wrapped

__all__ = ["COMMAND_LINE_ERROR", "Status", "say", "settle", "tell"]

# The base of what typer raises for a command line it cannot read; not every edition of typer gives it a name.
COMMAND_LINE_ERROR: Final = cast("type[Exception]", typer.BadParameter.__mro__[1])
IN_PYTHON: Final = re.compile(r"[;.]? to send it anyway, .*", re.IGNORECASE | re.DOTALL)
"""The end of a message that says what to write in Python."""


class Status(IntEnum):
    """Exit statuses."""

    DONE = 0
    ROWS_FAILED = 1
    USAGE = 2
    CONFIGURATION = 3
    API = 4
    BUG = 70
    INTERRUPTED = 130
    PIPE_CLOSED = 141


def tell(error: BaseException, *, debug: bool) -> Status:
    """Say on stderr what happened, in one line; with `debug` the traceback too."""
    status, message = _judged(error)
    if debug:
        say(_without_key("".join(traceback.format_exception(error)).rstrip("\n")))
    message = " ".join([message, *getattr(error, "__notes__", ())])
    say(f"grinfi: {_without_key(one_line(message))}")
    return status


def say(text: str) -> None:
    """Write to stderr. If that cannot be written to, nobody can be reached, and the exit status has to do."""
    try:
        if sys.stderr.isatty() and "\n" not in text:
            text = "\n".join(wrapped(text, shutil.get_terminal_size().columns))
        print(text, file=sys.stderr, flush=True)
    except OSError:
        settle(sys.stderr)


def settle(stream: TextIO) -> None:
    """Write what a stream still holds; throw away what cannot be written, or Python complains of it at exit."""
    try:
        stream.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _judged(error: BaseException) -> tuple[Status, str]:
    """The exit status of an error, and what to say."""
    if isinstance(error, COMMAND_LINE_ERROR):
        context = getattr(error, "ctx", None)
        command = "grinfi" if context is None else context.command_path
        return Status.USAGE, f"{cast('typer.BadParameter', error).format_message()} ({command} --help tells more)"
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return Status.INTERRUPTED, "interrupted"
    if isinstance(error, SystemExit):
        return Status.CONFIGURATION, str(error)
    if isinstance(error, OSError):
        return Status.USAGE, "stdin or stdout is closed" if error.errno == errno.EBADF else str(error)

    from grinfi_async import AuthenticationError, ConfigurationError, GrinfiError, InvalidArgumentError

    from ..errors import JournalError, SyncError

    if isinstance(error, InvalidArgumentError):
        return Status.USAGE, IN_PYTHON.sub("", str(error))
    if isinstance(error, JournalError | SyncError):
        return Status.USAGE, str(error)
    if isinstance(error, AuthenticationError | ConfigurationError):
        return Status.CONFIGURATION, str(error)
    if isinstance(error, GrinfiError):
        return Status.API, str(error)
    return Status.BUG, f"{type(error).__name__}: {error}. This is a mistake of grinfi; --debug shows where"


def _without_key(text: str) -> str:
    """The SDK's errors do not hold the key; what others raise might."""
    key = os.environ.get("GRINFI_API_KEY", "").strip()
    return text.replace(key, "***") if key else text
