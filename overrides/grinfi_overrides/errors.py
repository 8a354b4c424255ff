"""Everything that can go wrong.

GrinfiError
├── InvalidArgumentError       an argument cannot be sent; nothing was sent
├── ConfigurationError         the client itself cannot be made, or is closed
├── APIConnectionError         no answer: the connection failed
│   └── APITimeoutError        no answer in time
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
from collections.abc import Mapping
from typing import Any, cast

import httpx

from grinfi_async._runtime.errors import GrinfiError

__all__ = [
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "AuthenticationError",
    "BadRequestError",
    "ConfigurationError",
    "ConflictError",
    "NotFoundError",
    "PaymentRequiredError",
    "PermissionDeniedError",
    "RateLimitError",
    "ServerError",
    "UnprocessableEntityError",
]

MAX_TEXT = 500
REQUEST_ID_HEADERS = ("x-request-id", "request-id", "x-correlation-id", "cf-ray")


class ConfigurationError(GrinfiError):
    """The client cannot be made or used this way: the key is missing, an option is wrong, or it is closed."""


class APIConnectionError(GrinfiError):
    """The request got no answer. Whether the server applied it is unknown unless it was not sent.

    Attributes:
        method: HTTP method.
        path: Path of the request, without the query.
        problem: What happened.
        may_have_been_applied: False if the request cannot have reached the server.
    """

    def __init__(self, method: str, path: str, problem: str, may_have_been_applied: bool) -> None:
        known = "it may have been applied" if may_have_been_applied else "it was not sent"
        super().__init__(f"{method} {path} got no answer ({known}): {problem}")
        self.method = method
        self.path = path
        self.problem = problem
        self.may_have_been_applied = may_have_been_applied

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.method, self.path, self.problem, self.may_have_been_applied)


class APITimeoutError(APIConnectionError):
    """The request got no answer in time."""


class APIStatusError(GrinfiError):
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
    ) -> None:
        self.method = method
        self.path = path
        self.status = status
        self.reason = reason
        self.code = code
        self.message = message
        self.field_errors = dict(field_errors or {})
        self.request_id = request_id
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
        return "".join(parts)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), self.__dict__)


def _rebuilt(kind: type[APIStatusError], state: dict[str, Any]) -> APIStatusError:
    return kind(**state)


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


def status_error(response: httpx.Response) -> APIStatusError:
    """The error for an answer that is no success; its body must have been read."""
    status = response.status_code
    kind = BY_STATUS.get(status, ServerError if status >= 500 else APIStatusError)
    top, inner = _error_body(response)
    message = _text(inner.get("message")) or _text(top.get("message"))
    if not message:
        message = _text(response.text) if not top else f"answered with {response.reason_phrase or 'no message'}"
    code = top.get("code", inner.get("code"))
    return kind(
        response.request.method,
        response.request.url.path,
        status,
        reason=_text(inner.get("reason")) or None,
        code=code if isinstance(code, int | str) else None,
        message=message,
        field_errors=_field_errors(inner.get("data", top.get("errors"))),
        request_id=next((response.headers[name] for name in REQUEST_ID_HEADERS if name in response.headers), None),
    )


def _error_body(response: httpx.Response) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The body, and the object under `error` in it."""
    try:
        body: Any = json.loads(response.content)
    except ValueError:
        return {}, {}
    if not isinstance(body, dict):
        return {}, {}
    top = cast("dict[str, Any]", body)
    inner = top.get("error")
    if isinstance(inner, str):
        return top, {"message": inner}
    return top, cast("dict[str, Any]", inner) if isinstance(inner, dict) else {}


def _field_errors(data: Any) -> dict[str, list[str]]:
    if not isinstance(data, dict):
        return {}
    problems: dict[str, list[str]] = {}
    for field, told in cast("dict[str, Any]", data).items():
        messages = cast("list[Any]", told) if isinstance(told, list) else [told]
        problems[field] = [_text(message) for message in messages]
    return problems


def _text(value: Any) -> str:
    text = " ".join(str(value).split()) if isinstance(value, str | int | float) else ""
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"
