"""Which failures are an item's, and which end the whole job."""

from __future__ import annotations

from typing import Final, cast

from grinfi_async import OPERATIONS, AuthenticationError, ClientClosedError, ConfigurationError, RequestEvent

from .errors import JournalError

__all__ = ["FATAL_ERRORS", "TO_BE_RAISED", "interrupt_in", "is_write"]

READ_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

# Mistakes of the program, not of a row: every further item would meet them too.
PROGRAMMING_ERRORS: Final = (
    TypeError, AttributeError, NameError, AssertionError, ImportError, NotImplementedError, SyntaxError, MemoryError,
)  # fmt: skip
# Of the client or its key: no further item can succeed. A journal is no single item's matter either.
HOPELESS_ERRORS: Final = (AuthenticationError, ConfigurationError, ClientClosedError, JournalError)
FATAL_ERRORS: Final = PROGRAMMING_ERRORS + HOPELESS_ERRORS

# By the job itself, as it is: its task group would wrap it in a group.
TO_BE_RAISED: Final = (Exception, KeyboardInterrupt, SystemExit)


def is_write(event: RequestEvent) -> bool:
    """Whether a request must not be applied twice."""
    if event.operation_id is None:
        return event.method not in READ_METHODS
    return OPERATIONS[event.operation_id].retry == "write"


def interrupt_in(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The interrupt that a task group has wrapped: trio's Ctrl-C may hit a task that makes a connection.

    Raises:
        BaseExceptionGroup: Something else is in it as well, such as a cancellation.
    """
    if group.split(TO_BE_RAISED)[1] is not None:
        raise group
    inner = next(each for each in group.exceptions if not isinstance(each, Exception))
    return interrupt_in(cast("BaseExceptionGroup[BaseException]", inner)) if hasattr(inner, "exceptions") else inner
