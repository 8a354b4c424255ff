"""Which errors are failures of one item, and which end the job."""

from __future__ import annotations

from typing import Final, cast

from grinfi_async import OPERATIONS, AuthenticationError, ClientClosedError, ConfigurationError, RequestEvent

from .errors import JournalError

__all__ = ["FATAL_ERRORS", "TO_BE_RAISED", "interrupt_in", "is_write"]

READ_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

# Mistakes in the program, not in a row: every further item would fail in the same way.
PROGRAMMING_ERRORS: Final = (
    TypeError, AttributeError, NameError, AssertionError, ImportError, NotImplementedError, SyntaxError, MemoryError,
)  # fmt: skip
# Errors of the client, its key or the journal: no further item can succeed, or be recorded.
HOPELESS_ERRORS: Final = (AuthenticationError, ConfigurationError, ClientClosedError, JournalError)
FATAL_ERRORS: Final = PROGRAMMING_ERRORS + HOPELESS_ERRORS

# The job catches these and raises them itself: its task group would wrap them in an ExceptionGroup.
# Cancellation is not among them: it must reach the task group.
TO_BE_RAISED: Final = (Exception, KeyboardInterrupt, SystemExit)


def is_write(event: RequestEvent) -> bool:
    """Whether a request must not be applied twice."""
    if event.operation_id is None:
        return event.method not in READ_METHODS
    return OPERATIONS[event.operation_id].retry == "write"


def interrupt_in(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The interrupt in an exception group: on trio, Ctrl-C may hit a task that opens a connection.

    Raises:
        BaseExceptionGroup: The group also holds something else, such as a cancellation.
    """
    if group.split(TO_BE_RAISED)[1] is not None:
        raise group
    inner = next(each for each in group.exceptions if not isinstance(each, Exception))
    return interrupt_in(cast("BaseExceptionGroup[BaseException]", inner)) if hasattr(inner, "exceptions") else inner
