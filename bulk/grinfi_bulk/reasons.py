"""Why an item failed, in a sentence for the owner of the data: what happened, what it means, what to do."""

from __future__ import annotations

import re
from typing import Final

from grinfi_async import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    DecodeError,
    GrinfiError,
    InvalidArgumentError,
    PartialUpdateError,
    RateLimitWaitError,
)

__all__ = ["code_of", "reason_of"]

DID_NOT_SAY: Final = "answered with "
"""Beginning of the message of an error whose answer had no message."""
SERVER_ERROR: Final = 500
CORRECT: Final = "correct it and send it again"
LATER: Final = "send it again later"
CHECK: Final = "check whether it was applied before you send it again"
AFTER: Final = {
    400: ("the server does not understand it", CORRECT),
    402: ("the team's credits or capacity are used up", "buy more, then send it again"),
    403: ("the API key may not do this", "use the key of a user who may"),
    404: ("it was not found", "check that it has not been deleted"),
    409: ("its state does not allow this", "check its state, then send it again"),
    422: ("the server refused it", CORRECT),
    429: ("the rate limit was used up", LATER),
}
"""HTTP status -> what it means, and what to do."""
FAILED: Final = ("the server failed", LATER)
OTHER: Final = ("the server did not accept it", LATER)


def code_of(error: Exception | None) -> str:
    """The kind of a failure, for programs: the name of the error class, such as "unprocessable_entity"."""
    name = type(error).__name__.removesuffix("Error")
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def reason_of(error: Exception | None, *, advise: bool = True) -> str:
    """Why an item did not succeed, in one sentence; with `advise` also what to do about it."""
    advice: str | None = LATER
    if isinstance(error, APIStatusError):
        meaning, advice = AFTER.get(error.status, FAILED if error.status >= SERVER_ERROR else OTHER)
        said = "; ".join(f"{name}: {' '.join(problems)}" for name, problems in error.field_errors.items())
        said = said or ("" if error.message.startswith(DID_NOT_SAY) else error.message)
        what = ": ".join(filter(None, (f"{meaning} ({error.status})", _clause(said))))
        what = "; ".join(filter(None, (what, _clause(error.hint or ""))))
    elif isinstance(error, APITimeoutError):
        what = "the server did not answer in time"
    elif isinstance(error, APIConnectionError):
        what = f"the server could not be reached: {_clause(error.problem)}"
    elif isinstance(error, DecodeError):
        what, advice = f"the answer cannot be read: {_clause(error.problem)}", CHECK
    elif isinstance(error, RateLimitWaitError):
        what = f"it was not sent: it waited {error.waited:g} s for {error.what}"
    elif isinstance(error, InvalidArgumentError):
        what, advice = f"{error.argument}: {_clause(error.problem)}", CORRECT
    elif isinstance(error, PartialUpdateError):
        parts = "; ".join(f"{name}: {reason_of(each, advise=advise)}" for name, each in error.failed.items())
        what, advice = f"only part was written ({', '.join(error.applied) or 'nothing'}). Not written: {parts}", None
    elif isinstance(error, GrinfiError):
        what, advice = str(error), None
    else:
        what, advice = f"the function raised {type(error).__name__}: {error}", None
    if advice is None or not advise:
        return what
    return f"{what}; {CHECK if getattr(error, 'may_have_been_applied', False) else advice}"


def _clause(text: str) -> str:
    """A sentence without its full stop, to continue it."""
    return text.rstrip(". ")
