"""The errors of this SDK. No message, attribute or `repr` of an error contains the API key or the body of a request.

GrinfiError
    ConfigurationError              the client cannot be made or used this way
    InvalidArgumentError            an argument cannot be sent (also a ValueError)
    RateLimitWaitError              not sent: the wait for the rate limit was too long
    RateLimiterError                not sent: the shared rate limiter cannot be reached
    APIConnectionError              sent, or tried to be sent, but no answer
        APITimeoutError
        ClientClosedError
    APIStatusError                  an answer with an error status
        BadRequestError                 400
        AuthenticationError             401
        PaymentRequiredError            402
        PermissionDeniedError           403
        NotFoundError                   404
        ConflictError                   409
        UnprocessableEntityError        422
        RateLimitError                  429
        ServerError                     5xx
            ResultWindowServerError     500 beyond the 10,000 rows of a list (also a ResultWindowError)
    DecodeError                     a successful answer that cannot be read
    MissingFieldError               a field that the server did not send (also an AttributeError)
    NotOneRowError                  `one()` on a list with no row or several (also a LookupError)
    ResultWindowError               the API does not show rows beyond the first 10,000
    PartialUpdateError              some requests of an update failed
    FilterIgnoredError              the server ignored a condition of a filter
    MassActionError                 a mass action failed or did not end
    ExportError                     an export failed or did not end
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypedDict, cast

import httpx

from . import EXPORTS
from .runtime.lazy import shown_in
from .runtime.operations import RetryClass

if TYPE_CHECKING:
    from .environment import Route
    from .runtime.operations import Operation

MAX_TEXT = 500
SERVER_ERROR = 500
WINDOW = "result window is too large"
REQUEST_ID_HEADERS = ("x-request-id", "request-id", "x-correlation-id", "cf-ray")


class CallOutcome(TypedDict):
    """What is known about a call besides its answer."""

    attempts: int
    elapsed: float
    may_have_been_applied: bool


class GrinfiError(Exception):
    """Base class of every error this SDK raises."""


@dataclass(eq=False, repr=False)
class _DescribedError(GrinfiError):
    """An error whose attributes are its arguments. Its message is built from them, and so is an unpickled copy."""

    def __post_init__(self) -> None:
        super().__init__(self._message())

    def _message(self) -> str:
        raise NotImplementedError

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the attributes, and the notes that were added."""
        state = dict(self.__dict__)
        notes = {"__notes__": state.pop("__notes__")} if "__notes__" in state else None
        return partial(type(self), **state), (), notes


@dataclass(eq=False, repr=False)
class _CallError(_DescribedError):
    """An error of a call that was sent."""

    method: str
    path: str
    _: KW_ONLY
    attempts: int = 1
    elapsed: float = 0.0
    may_have_been_applied: bool = False

    def _ending(self) -> str:
        effort = f" ({self.attempts} attempts in {self.elapsed:.1f} s)" if self.attempts > 1 else ""
        return f"{effort}{'; it may have been applied' if self.may_have_been_applied else ''}"


@dataclass(eq=False, repr=False)
class InvalidArgumentError(_DescribedError, ValueError):
    """An argument cannot be sent to the API. Nothing was sent.

    Attributes:
        argument: Which argument, for example `lead.linkedin_id`.
    """

    argument: str
    problem: str

    def _message(self) -> str:
        return f"{self.argument}: {self.problem}"


class MissingFieldError(GrinfiError, AttributeError):
    """An attribute was read that the server should always send, and it is missing, null or unreadable in this object.

    `getattr(contact, "created_at", None)` returns None instead, and `to_dict()` returns the row as the server sent it.
    """


class NotOneRowError(GrinfiError, LookupError):
    """`one()` was called on a list that has no row, or more than one."""


class ResultWindowError(GrinfiError):
    """The API shows only the first 10,000 rows of a list, and `offset + limit` is beyond that.

    An iteration raises it before it requests such a page. If you request one yourself, the server answers 500, and the
    error is also a `ServerError`.
    """


@dataclass(eq=False, repr=False)
class DecodeError(_CallError):
    """The server answered with success, but the answer cannot be read: it is empty, not JSON, or of the wrong type.

    Attributes:
        method: HTTP method of the request.
        path: Path of the request, without the query.
        status: HTTP status of the answer.
        problem: What is wrong with the answer.
        attempts: How often the request was sent.
        elapsed: Seconds since the first attempt.
        may_have_been_applied: Whether the request may have changed something.
    """

    status: int
    problem: str

    def _message(self) -> str:
        return f"{self.method} {self.path} answered {self.status}, but {self.problem}{self._ending()}"


class ConfigurationError(GrinfiError):
    """The client cannot be created or used this way: the key is missing, or an option is wrong."""


@dataclass(eq=False, repr=False)
class RateLimitWaitError(_DescribedError):
    """The call waited for the rate limit or a connection as long as `max_wait` allows. Nothing was sent.

    Attributes:
        what: What it waited for last: "the rate limit" or "a connection".
        waited: Seconds it waited in all.
        in_front: Number of calls that were still in front of it.
        method: HTTP method; None if a limiter was used without a client.
        path: Path of the request; None if a limiter was used without a client.
    """

    what: str
    _: KW_ONLY
    waited: float
    in_front: int
    method: str | None = None
    path: str | None = None

    def _message(self) -> str:
        call = "The call" if self.method is None else f"{self.method} {self.path}"
        return (
            f"{call} was not sent: it waited {self.waited:g} s for {self.what}, as long as max_wait allows. "
            f"Calls in front of it: {self.in_front}. Raise max_wait, or make fewer calls at the same time."
        )


class RateLimiterError(GrinfiError):
    """The shared rate limiter cannot be reached. Nothing was sent."""


@dataclass(eq=False, repr=False)
class ExportError(_DescribedError):
    """An export was queued, but produced no file, or not in time. The cause is the server's last answer.

    Attributes:
        uuid: UUID of the export. If its file becomes ready later, `files.save` fetches it.
        problem: What happened.
    """

    uuid: str
    problem: str

    def _message(self) -> str:
        return f"export {self.uuid}: {self.problem}"


@dataclass(eq=False, repr=False)
class MassActionError(_DescribedError):
    """A mass action failed, was cancelled, or did not end in time.

    Attributes:
        uuid: UUID of the mass action.
        problem: What happened.
        state: The mass action as the server sent it last; empty if it never did.
    """

    uuid: str
    problem: str
    state: dict[str, Any]

    def _message(self) -> str:
        return f"mass action {self.uuid}: {self.problem}"


@dataclass(eq=False, repr=False)
class FilterIgnoredError(_DescribedError):
    """The server answered with a row that the filter excludes, so its rows are not the ones you asked for.

    Nothing was written.

    Attributes:
        condition: The condition that the row does not meet, as Python code.
        uuid: UUID of the row.
    """

    condition: str
    uuid: str

    def _message(self) -> str:
        return (
            f"The server answered with {self.uuid}, which does not meet {self.condition}: it ignores this condition, "
            "or reads it differently. Nothing was written. Filter by another field, or read the rows, choose among "
            "them, and pass ids=[...]."
        )


@dataclass(eq=False, repr=False)
class APIConnectionError(_CallError):
    """The request got no answer.

    Attributes:
        method: HTTP method.
        path: Path of the request, without the query.
        problem: What happened.
        server: Where the request was sent: host, proxy, and the variables that set them; empty if it was not sent.
        attempts: How often sending was tried.
        elapsed: Seconds since the first attempt.
        may_have_been_applied: False if the request cannot have changed anything: it never reached the server, or it
            only reads.
    """

    problem: str
    _: KW_ONLY
    server: str = ""

    def _message(self) -> str:
        whose = f" from {self.server}" if self.server else ""
        return f"{self.method} {self.path} got no answer{whose}: {self.problem}{self._ending()}"


class APITimeoutError(APIConnectionError):
    """The request got no answer in time."""


class ClientClosedError(APIConnectionError):
    """The client was closed during the call, or before it."""


@dataclass(eq=False, repr=False)
class PartialUpdateError(_DescribedError):
    """Some requests of an update failed, others succeeded. Each can be sent again separately.

    Attributes:
        call: The method that was called, for example `contacts.update`.
        applied: What was written: names of arguments, custom fields as `custom_fields.NAME`.
        failed: What was not written, with the error of each request. If `may_have_been_applied` of an error is True,
            it may have been written nevertheless.
    """

    call: str
    applied: tuple[str, ...]
    failed: dict[str, GrinfiError]

    def _message(self) -> str:
        problems = "; ".join(f"{name}: {error}" for name, error in self.failed.items())
        written = ", ".join(self.applied) or "nothing"
        return f"{self.call} was applied in part. Written: {written}. Failed: {problems}"


@dataclass(eq=False, repr=False)
class APIStatusError(_CallError):
    """The server answered with an error status.

    Attributes:
        method: HTTP method.
        path: Path of the request, without the query.
        status: HTTP status.
        reason: The API's name for the kind of error, such as `validation_error`; None if it sent none.
        code: The API's error code; None if it sent none.
        message: The API's message; if it sent none, the start of its answer.
        field_errors: Field -> what is wrong with it.
        request_id: The server's id of the request; None if it sent none.
        hint: The likely cause, and what to do; None if unknown.
        attempts: How often the request was sent.
        elapsed: Seconds since the first attempt.
        may_have_been_applied: Whether the request may have changed something nevertheless.
    """

    status: int
    _: KW_ONLY
    reason: str | None = None
    code: int | str | None = None
    message: str = ""
    field_errors: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    request_id: str | None = None
    hint: str | None = None

    def _message(self) -> str:
        reason = f" {self.reason}" if self.reason else ""
        message = f": {self.message}" if self.message else ""
        fields = "".join(f"; {name}: {' '.join(problems)}" for name, problems in self.field_errors.items())
        known = f" (request id {self.request_id})" if self.request_id else ""
        answer = f"{self.method} {self.path} answered {self.status}{reason}{message}{fields}{known}"
        return f"{answer}{self._ending()}{f'. {self.hint}' if self.hint else ''}"


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
    """429: the key has used up its requests for this minute."""


class ServerError(APIStatusError):
    """5xx: the server failed. The API also answers 500 to some mistakes of the caller, such as unknown filter keys."""


class ResultWindowServerError(ServerError, ResultWindowError):
    """500: `offset + limit` is beyond the 10,000 rows that the API shows."""


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
    """The error for an answer with an error status; its body must have been read."""
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
        hint = "The API answers 500 to a filter with an unknown key: check the keys of the filter."
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
    """The server's id of a request; None if it sent none."""
    return next((headers[name] for name in REQUEST_ID_HEADERS if name in headers), None)


def _error_body(response: httpx.Response) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The body, and the object in it under `error`."""
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
    for name, reported in cast("dict[str, Any]", data).items():
        messages = cast("list[Any]", reported) if isinstance(reported, list) else [reported]
        problems[text(name)] = [text(message) for message in messages]
    return problems


def _text(value: Any, secret: str) -> str:
    """A text from the server, on one line and without the key: debug pages show the headers of the request."""
    text = " ".join(str(value).split()) if isinstance(value, str | int | float) else ""
    text = text.replace(secret, "***") if secret else text
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"


def causes(error: BaseException) -> Iterator[BaseException]:
    """An error, its members if it is a group, and all errors that led to them; the cause of each before its context."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        each = waiting.pop()
        if id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting += [it for it in (each.__context__, each.__cause__) if it is not None]
            if isinstance(each, BaseExceptionGroup):
                members = cast("BaseExceptionGroup[BaseException]", each).exceptions
                waiting += reversed(members)


shown_in("grinfi_async", *(globals()[name] for name in EXPORTS["errors"]))
