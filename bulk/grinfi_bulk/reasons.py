"""Why an item failed, in words for whoever has the file: what happened, what it means, what to do."""

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
"""How the message of an answer begins that gave none."""
SERVER_ERROR: Final = 500
CORRECT: Final = "correct it and send it again"
LATER: Final = "send it again later"
CHECK: Final = "check whether it was applied before you send it again"
AFTER: Final = {
    400: ("the server does not understand it", CORRECT),
    402: ("the team's credits or capacity are used up", "buy more, then send it again"),
    403: ("the API key may not do this", "use a key of a user who may"),
    404: ("it is not there", "check that it has not been deleted"),
    409: ("its state does not allow this", "look at it, then send it again"),
    422: ("the server refused it", CORRECT),
    429: ("the rate limit was used up", LATER),
}
"""Status -> what it means, and what to do."""
FAILED: Final = ("the server failed", LATER)
OTHER: Final = ("the server did not accept it", LATER)


def code_of(error: Exception | None) -> str:
    """The kind of a failure, for programs: the class of the error without its ending, as "unprocessable_entity"."""
    name = type(error).__name__.removesuffix("Error")
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def reason_of(error: Exception | None, *, advise: bool = True) -> str:
    """Why an item did not end as it was meant, in one sentence; with `advise` what to do about it, too."""
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
        what = f"the server was not reached: {_clause(error.problem)}"
    elif isinstance(error, DecodeError):
        what, advice = f"the answer cannot be read: {_clause(error.problem)}", CHECK
    elif isinstance(error, RateLimitWaitError):
        what = f"it was not sent, as it waited {error.waited:g} s for {error.what}"
    elif isinstance(error, InvalidArgumentError):
        what, advice = f"{error.argument}: {_clause(error.problem)}", CORRECT
    elif isinstance(error, PartialUpdateError):
        parts = "; ".join(f"{name}: {reason_of(each, advise=advise)}" for name, each in error.failed.items())
        what, advice = f"only a part was written ({', '.join(error.applied) or 'nothing'}). Not written: {parts}", None
    elif isinstance(error, GrinfiError):
        what, advice = str(error), None
    else:
        what, advice = f"the function raised {type(error).__name__}: {error}", None
    if advice is None or not advise:
        return what
    return f"{what}; {CHECK if getattr(error, 'may_have_been_applied', False) else advice}"


def _clause(text: str) -> str:
    """A sentence as a part of another one."""
    return text.rstrip(". ")
