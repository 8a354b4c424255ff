"""Errors of commands: one line on stderr, and an exit status for each kind."""

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

from ..wording import on_surface, one_line, wrapped

__all__ = ["COMMAND_LINE_ERROR", "Status", "flush", "report_error", "say"]

# Base class of typer's errors for an invalid command line; some versions of typer do not export it.
COMMAND_LINE_ERROR: Final = cast("type[Exception]", typer.BadParameter.__mro__[1])
IN_PYTHON: Final = re.compile(r"[;.]? to send it anyway, .*", re.IGNORECASE | re.DOTALL)
"""The end of a message that says what to write in Python."""

RESOURCE: Final = re.compile(r"No such command '(\w+)'\.$")


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


def report_error(error: BaseException, *, debug: bool) -> Status:
    """Write an error to stderr in one line, with `debug` after its traceback. Return the exit status."""
    status, message = _judged(error)
    if debug:
        say(_without_key("".join(traceback.format_exception(error)).rstrip("\n")))
    message = on_surface(" ".join([message, *getattr(error, "__notes__", ())]), "cli")
    say(f"grinfi: {_without_key(one_line(message))}")
    return status


def say(text: str) -> None:
    """Write to stderr. If that fails, only the exit status is left to show the error."""
    try:
        if sys.stderr.isatty() and "\n" not in text:
            text = "\n".join(wrapped(text, shutil.get_terminal_size().columns))
        print(text, file=sys.stderr, flush=True)
    except OSError:
        flush(sys.stderr)


def flush(stream: TextIO) -> None:
    """Flush a stream. Output that cannot be written is dropped, as Python would report it again at exit."""
    try:
        stream.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _judged(error: BaseException) -> tuple[Status, str]:
    """The exit status and the message of an error."""
    if isinstance(error, COMMAND_LINE_ERROR):
        context = getattr(error, "ctx", None)
        command = "grinfi" if context is None else context.command_path
        message = cast("typer.BadParameter", error).format_message()
        if found := RESOURCE.match(message):
            from grinfi_async import RESOURCES

            if found[1] in RESOURCES:
                return Status.USAGE, f"{found[0]} Operations are called with `grinfi call {found[1]}.METHOD`."
        return Status.USAGE, f"{message}{'' if message[-1:] in '.?!' else '.'} See {command} --help."
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
    return Status.BUG, f"{type(error).__name__}: {error}. This is a bug in grinfi; run it with --debug and report it"


def _without_key(text: str) -> str:
    """The text without the API key: errors of the SDK never have it, but errors of other libraries might."""
    key = os.environ.get("GRINFI_API_KEY", "").strip()
    return text.replace(key, "***") if key else text
