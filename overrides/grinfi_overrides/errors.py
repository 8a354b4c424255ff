"""Everything that can go wrong.

GrinfiError
├── InvalidArgumentError       an argument cannot be sent; nothing was sent
├── MissingFieldError          a field that the server always sends is missing in what was read
├── NotOneRowError             one() was asked for, and the list does not have exactly one row
├── ConfigurationError         the client cannot be made or used this way
├── RateLimitWaitError         the call waited longer than max_wait; nothing was sent
├── RateLimiterError           the shared rate limiter cannot be reached; nothing was sent
├── PartialUpdateError         some of the requests of one update failed
├── ExportError                an export gave no file, or not in time
├── FilterIgnoredError         the server answered with rows that a filter excludes; nothing was written
├── ResultWindowError          rows beyond the 10,000 that the API can reach; a ServerError too if the server said so
├── APIConnectionError         no answer: the connection failed
│   ├── APITimeoutError        no answer in time
│   └── ClientClosedError      the client was closed
├── DecodeError                an answer of success that cannot be read
└── APIStatusError             an answer of failure
    ├── BadRequestError            400
    ├── AuthenticationError        401
    ├── PaymentRequiredError       402
    ├── PermissionDeniedError      403
    ├── NotFoundError              404
    ├── ConflictError              409
    ├── UnprocessableEntityError   422
    ├── RateLimitError             429
    └── ServerError                5xx

No message, attribute or `repr` of an error holds the API key or the body of a request.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypedDict, cast

import httpx

from . import EXPORTS
from .runtime.lazy import shown_in
from .runtime.operations import RetryClass

if TYPE_CHECKING:
    from .environment import Route
    from .runtime.operations import Operation

__all__ = [
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "AuthenticationError",
    "BadRequestError",
    "ClientClosedError",
    "ConfigurationError",
    "ConflictError",
    "DecodeError",
    "ExportError",
    "FilterIgnoredError",
    "GrinfiError",
    "InvalidArgumentError",
    "MassActionError",
    "MissingFieldError",
    "NotFoundError",
    "NotOneRowError",
    "PartialUpdateError",
    "PaymentRequiredError",
    "PermissionDeniedError",
    "RateLimitError",
    "RateLimitWaitError",
    "RateLimiterError",
    "ResultWindowError",
    "ResultWindowServerError",
    "ServerError",
    "UnprocessableEntityError",
]

MAX_TEXT = 500
SERVER_ERROR = 500
WINDOW = "result window is too large"
REQUEST_ID_HEADERS = ("x-request-id", "request-id", "x-correlation-id", "cf-ray")


class CallOutcome(TypedDict):
    """What is known of a call besides its answer."""

    attempts: int
    elapsed: float
    may_have_been_applied: bool


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


class ConfigurationError(GrinfiError):
    """The client cannot be made or used this way: the key is missing, or an option is wrong."""


class _StatefulError(GrinfiError):
    """An error that is rebuilt from its attributes when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return rebuilt_with(self)


class RateLimitWaitError(_StatefulError):
    """The call waited for the rate limit or a connection as long as `max_wait` allows. Nothing was sent.

    Attributes:
        what: What it waited for last: "the rate limit" or "a connection".
        waited: Seconds it waited in all.
        in_front: Calls that were still in front of it.
        method: HTTP method; None if a limiter was asked without a client.
        path: Path of the request; None if a limiter was asked without a client.
    """

    def __init__(
        self, what: str, *, waited: float, in_front: int, method: str | None = None, path: str | None = None
    ) -> None:
        call = "The call" if method is None else f"{method} {path}"
        super().__init__(
            f"{call} was not sent: it waited {waited:g} s for {what}, as long as max_wait allows. "
            f"Calls in front of it: {in_front}. Raise max_wait, or make fewer calls at a time."
        )
        self.what = what
        self.waited = waited
        self.in_front = in_front
        self.method = method
        self.path = path


class RateLimiterError(GrinfiError):
    """The shared rate limiter cannot be reached. Nothing was sent."""


class ExportError(_StatefulError):
    """An export was queued, but gave no file, or not in time. The cause is the latest answer of the server.

    Attributes:
        uuid: The export. When its file is ready after all, `files.save` fetches it.
        problem: What happened.
    """

    def __init__(self, uuid: str, problem: str) -> None:
        super().__init__(f"export {uuid}: {problem}")
        self.uuid = uuid
        self.problem = problem


class MassActionError(_StatefulError):
    """A mass action failed, was cancelled, or did not end in time.

    Attributes:
        uuid: The mass action.
        problem: What happened.
        state: What the server said of it last; empty if it said nothing.
    """

    def __init__(self, uuid: str, problem: str, state: dict[str, Any]) -> None:
        super().__init__(f"mass action {uuid}: {problem}")
        self.uuid = uuid
        self.problem = problem
        self.state = state


class FilterIgnoredError(_StatefulError):
    """The server answered with a row that the filter excludes, so that its rows are not those that are meant.

    Nothing was written.

    Attributes:
        condition: The condition that the row does not meet, as code.
        uuid: UUID of the row.
    """

    def __init__(self, condition: str, uuid: str) -> None:
        super().__init__(
            f"The server answered with {uuid}, which does not meet {condition}: it ignores this condition, or means "
            "something else by it. Nothing was written. Filter by another field, or read the rows, choose among them, "
            "and pass ids=[...]."
        )
        self.condition = condition
        self.uuid = uuid


class APIConnectionError(_StatefulError):
    """The request got no answer.

    Attributes:
        method: HTTP method.
        path: Path of the request, without the query.
        problem: What happened.
        server: Where the request went: host, proxy, and the variables that say so; empty if it went nowhere.
        attempts: How often the request was sent, or tried to be sent.
        elapsed: Seconds since the first attempt.
        may_have_been_applied: False if the request cannot have changed anything: it never reached the server, or it
            only reads.
    """

    def __init__(
        self,
        method: str,
        path: str,
        problem: str,
        *,
        server: str = "",
        attempts: int = 1,
        elapsed: float = 0.0,
        may_have_been_applied: bool = False,
    ) -> None:
        whose = f" from {server}" if server else ""
        applied = "; it may have been applied" if may_have_been_applied else ""
        super().__init__(f"{method} {path} got no answer{whose}: {problem}{_effort(attempts, elapsed)}{applied}")
        self.method = method
        self.path = path
        self.problem = problem
        self.server = server
        self.attempts = attempts
        self.elapsed = elapsed
        self.may_have_been_applied = may_have_been_applied


class APITimeoutError(APIConnectionError):
    """The request got no answer in time."""


class ClientClosedError(APIConnectionError):
    """The client was closed before there was an answer, or before the call."""


class PartialUpdateError(_StatefulError):
    """An update that takes several requests failed in part. Each can be sent again on its own.

    Attributes:
        call: What was called, for example `contacts.update`.
        applied: What was written: names of arguments, custom fields as `custom_fields.NAME`.
        failed: What was not written, with the error of each; `may_have_been_applied` of it says whether that is sure.
    """

    def __init__(self, call: str, applied: tuple[str, ...], failed: Mapping[str, GrinfiError]) -> None:
        problems = "; ".join(f"{name}: {error}" for name, error in failed.items())
        super().__init__(f"{call} was applied in part. Written: {', '.join(applied) or 'nothing'}. Failed: {problems}")
        self.call = call
        self.applied = applied
        self.failed = dict(failed)


class APIStatusError(_StatefulError):
    """The server answered, but not with success.

    Attributes:
        method: HTTP method.
        path: Path of the request, without the query.
        status: HTTP status.
        reason: The API's word for the kind of error, such as `validation_error`; None if it gave none.
        code: The API's own code; None if it gave none.
        message: The API's message; if it gave none, the start of its answer.
        field_errors: Field -> what is wrong with it.
        request_id: The server's identification of the request; None if it gave none.
        hint: What is the likely cause; None if nothing more is known than the API said.
        attempts: How often the request was sent.
        elapsed: Seconds since it was sent first.
        may_have_been_applied: Whether it may have changed something all the same.
    """

    def __init__(
        self,
        method: str,
        path: str,
        status: int,
        *,
        reason: str | None = None,
        code: int | str | None = None,
        message: str = "",
        field_errors: Mapping[str, list[str]] | None = None,
        request_id: str | None = None,
        hint: str | None = None,
        attempts: int = 1,
        elapsed: float = 0.0,
        may_have_been_applied: bool = False,
    ) -> None:
        self.method = method
        self.path = path
        self.status = status
        self.reason = reason
        self.code = code
        self.message = message
        self.field_errors = dict(field_errors or {})
        self.request_id = request_id
        self.hint = hint
        self.attempts = attempts
        self.elapsed = elapsed
        self.may_have_been_applied = may_have_been_applied
        super().__init__(self._told())

    def _told(self) -> str:
        parts = [f"{self.method} {self.path} answered {self.status}"]
        if self.reason:
            parts.append(f" {self.reason}")
        if self.message:
            parts.append(f": {self.message}")
        parts.extend(f"; {field}: {' '.join(problems)}" for field, problems in self.field_errors.items())
        if self.request_id:
            parts.append(f" (request id {self.request_id})")
        if self.attempts > 1:
            parts.append(_effort(self.attempts, self.elapsed))
        if self.may_have_been_applied:
            parts.append("; it may have been applied")
        if self.hint:
            parts.append(f". {self.hint}")
        return "".join(parts)


def _effort(attempts: int, elapsed: float) -> str:
    return f" ({attempts} attempts in {elapsed:.1f} s)" if attempts > 1 else ""


class BadRequestError(APIStatusError):
    """400: the request cannot be understood."""


class AuthenticationError(APIStatusError):
    """401: the API key is missing, wrong or expired."""


class PaymentRequiredError(APIStatusError):
    """402: the team's credits or capacity are used up."""


class PermissionDeniedError(APIStatusError):
    """403: the key may not do this."""


class NotFoundError(APIStatusError):
    """404: there is no such record."""


class ConflictError(APIStatusError):
    """409: the record is in a state that does not allow this."""


class UnprocessableEntityError(APIStatusError):
    """422: the request failed validation; see `field_errors`."""


class RateLimitError(APIStatusError):
    """429: the key has used up its requests of this minute."""


class ServerError(APIStatusError):
    """5xx: the server failed. The API also answers 500 to some mistakes of callers, such as unknown filter keys."""


class ResultWindowServerError(ServerError, ResultWindowError):
    """500: `offset + limit` is beyond the 10,000 rows that the API can reach."""


BY_STATUS: dict[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    402: PaymentRequiredError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: UnprocessableEntityError,
    429: RateLimitError,
}


NO_SUCH_PATH = frozenset({404, 405})
API_ERROR_FIELDS = frozenset({"error", "errors", "message"})


def status_error(
    response: httpx.Response,
    retry_class: RetryClass,
    outcome: CallOutcome,
    route: Route,
    *,
    filtered: bool,
    operation: Operation | None = None,
) -> APIStatusError:
    """The error for an answer that is no success; its body must have been read."""
    status = response.status_code
    kind = BY_STATUS.get(status, ServerError if status >= SERVER_ERROR else APIStatusError)
    top, inner = _error_body(response)
    route.recognized = route.recognized or not top.keys().isdisjoint(API_ERROR_FIELDS)
    secret = response.request.headers.get("authorization", "").removeprefix("Bearer ")

    def text(value: Any) -> str:
        return _text(value, secret)

    message = text(inner.get("message")) or text(top.get("message"))
    if not message:
        message = text(response.text) if not top else f"answered with {response.reason_phrase or 'no message'}"
    hint = None
    if status == SERVER_ERROR and WINDOW in response.text.lower():
        kind, hint = ResultWindowServerError, "Read larger sets in slices of created_at, each of at most 10,000 rows."
    elif status == SERVER_ERROR and filtered:
        hint = "The API answers 500 to a filter with a key it does not know: check the names of its keys."
    elif operation is not None and (known := [text for statuses, text in operation.hints if status in statuses]):
        hint = known[0]
    elif status == 400 and not route.recognized and "https" in response.text.lower():
        hint = f"Likely {route.expects_tls}."
    elif status == 401:
        hint = route.check_key
    elif 300 <= status < 400:
        hint = f"The API should not redirect: check {route.base_url_from}."
    elif status in NO_SUCH_PATH:
        hint = route.check_base_url
    code = top.get("code", inner.get("code"))
    applied = retry_class != "read" and (outcome["may_have_been_applied"] or status >= SERVER_ERROR)
    return kind(
        response.request.method,
        response.request.url.path,
        status,
        reason=text(inner.get("reason")) or None,
        code=text(code) if isinstance(code, str) else code if isinstance(code, int) else None,
        message=message,
        field_errors=_field_errors(inner.get("data", top.get("errors")), text),
        request_id=request_id(response.headers),
        hint=hint,
        attempts=outcome["attempts"],
        elapsed=outcome["elapsed"],
        may_have_been_applied=applied,
    )


def request_id(headers: httpx.Headers) -> str | None:
    """The server's identification of a request; None if it gave none."""
    return next((headers[name] for name in REQUEST_ID_HEADERS if name in headers), None)


def _error_body(response: httpx.Response) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The body, and the object under `error` in it."""
    try:
        body: Any = json.loads(response.content)
    except (ValueError, RecursionError):
        return {}, {}
    if not isinstance(body, dict):
        return {}, {}
    top = cast("dict[str, Any]", body)
    inner = top.get("error")
    if isinstance(inner, str):
        return top, {"message": inner}
    return top, cast("dict[str, Any]", inner) if isinstance(inner, dict) else {}


def _field_errors(data: Any, text: Callable[[Any], str]) -> dict[str, list[str]]:
    if not isinstance(data, dict):
        return {}
    problems: dict[str, list[str]] = {}
    for field, reported in cast("dict[str, Any]", data).items():
        messages = cast("list[Any]", reported) if isinstance(reported, list) else [reported]
        problems[text(field)] = [text(message) for message in messages]
    return problems


def _text(value: Any, secret: str) -> str:
    """A text of the server's on one line. Debug pages show the headers of the request, and so the key."""
    text = " ".join(str(value).split()) if isinstance(value, str | int | float) else ""
    text = text.replace(secret, "***") if secret else text
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"


shown_in("grinfi_async", *(globals()[name] for name in EXPORTS["errors"]))
