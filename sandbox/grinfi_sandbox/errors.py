"""Errors, and the body in which the API reports them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .values import JsonObject

REASONS = {
    400: "bad_request",
    401: "auth_exception",
    402: "payment_required",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "payload_too_large",
    421: "misdirected_request",
    422: "validation_error",
    429: "too_many_requests",
    500: "server_error",
}


class ApiError(Exception):
    """An error answer of the API."""

    def __init__(
        self,
        status: int,
        message: str,
        data: Mapping[str, Sequence[str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.data = {field: list(messages) for field, messages in (data or {}).items()}
        self.headers = dict(headers or {})

    def body(self) -> JsonObject:
        """Return the JSON body of the answer."""
        reason = REASONS.get(self.status, REASONS[500 if self.status >= 500 else 400])
        return {
            "error": {"reason": reason, "message": self.message, "data": self.data},
            "message": "The given data was invalid." if self.status == 422 else self.message,
            "code": self.status,
        }


def invalid(data: Mapping[str, Sequence[str]]) -> ApiError:
    """Return the 422 error for `data`, which maps each field to its messages."""
    first = next(iter(data.values()))[0]
    return ApiError(422, first, data)


def invalid_field(field: str, message: str) -> ApiError:
    """Return the 422 error for one field."""
    return invalid({field: [message]})


class UnforeseenError(ApiError):
    """A mistake that the live server does not check: it answers 500 where the description has 422."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(422, message, {field: [message]})


class UnknownFilterKeyError(UnforeseenError):
    """A filter key that the operation does not know."""

    def __init__(self, key: str) -> None:
        super().__init__(f"filter.{key}", f"Unknown filter key: {key}.")
        self.key = key
