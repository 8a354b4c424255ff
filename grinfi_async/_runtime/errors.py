# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
"""The errors that generated code raises. The hand-written layer adds those of the network and of the server."""

from __future__ import annotations

from typing import Any

__all__ = [
    "DecodeError",
    "GrinfiError",
    "InvalidArgumentError",
    "MissingFieldError",
    "NotOneRowError",
    "ResultWindowError",
]


class GrinfiError(Exception):
    """Base class of every error this SDK raises."""


class InvalidArgumentError(GrinfiError, ValueError):
    """An argument cannot be sent to the API. Nothing was sent.

    Attributes:
        argument: Which argument, for example `lead.linkedin_id`.
    """

    def __init__(self, argument: str, problem: str) -> None:
        super().__init__(f"{argument}: {problem}")
        self.argument = argument
        self.problem = problem

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.argument, self.problem)


class MissingFieldError(GrinfiError, AttributeError):
    """An attribute was read that the server always sends, and it is missing, null or unreadable in this object.

    `getattr(contact, "created_at", None)` reads None instead, and `to_dict()` gives the row as it came.
    """


class NotOneRowError(GrinfiError, LookupError):
    """`one()` was asked for, and the list has no row, or more than one."""


class ResultWindowError(GrinfiError):
    """The API reads no further than 10,000 rows of one list: `offset + limit` would be beyond that.

    An iteration raises it before such a page is asked for. Asked all the same, the server answers 500, and the error
    is a `ServerError` too.
    """


class DecodeError(GrinfiError):
    """The server answered with success, but the answer cannot be read: it is empty, no JSON, or of the wrong kind.

    Attributes:
        method: HTTP method of the request.
        path: Path of the request, without the query.
        status: HTTP status of the answer.
        problem: What is wrong with the answer.
        attempts: How often the request was sent.
        elapsed: Seconds since it was sent first.
        may_have_been_applied: Whether it may have changed something.
    """

    def __init__(
        self,
        method: str,
        path: str,
        status: int,
        problem: str,
        *,
        attempts: int = 1,
        elapsed: float = 0.0,
        may_have_been_applied: bool = False,
    ) -> None:
        effort = f" ({attempts} attempts in {elapsed:.1f} s)" if attempts > 1 else ""
        applied = "; it may have been applied" if may_have_been_applied else ""
        super().__init__(f"{method} {path} answered {status}, but {problem}{effort}{applied}")
        self.method = method
        self.path = path
        self.status = status
        self.problem = problem
        self.attempts = attempts
        self.elapsed = elapsed
        self.may_have_been_applied = may_have_been_applied

    def __reduce__(self) -> tuple[Any, ...]:
        return rebuilt_with(self)


def rebuilt_with(error: GrinfiError) -> tuple[Any, ...]:
    """How to pickle an error whose attributes are its arguments. Notes that were added to it come along."""
    state = dict(error.__dict__)
    notes = {"__notes__": state.pop("__notes__")} if "__notes__" in state else None
    return _rebuilt, (type(error), state), notes


def _rebuilt(kind: type[GrinfiError], state: dict[str, Any]) -> GrinfiError:
    return kind(**state)
