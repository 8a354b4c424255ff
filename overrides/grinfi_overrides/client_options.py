"""Checks of a client's options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar, cast

import httpx

from .checks import check_count
from .errors import ConfigurationError, InvalidArgumentError
from .http_libraries import Limits
from .rate_limit import RateLimiter, Unlimited, shared_bucket

OptionT = TypeVar("OptionT")
DEFAULT_MAX_CONNECTIONS: Final = 50
KEEPALIVE_SECONDS: Final = 15.0
SHARED: Final = "shared"


def limits_option(max_connections: int | None, limits: Limits | None) -> Limits:
    if max_connections is not None and limits is not None:
        raise ConfigurationError("Pass either max_connections or limits, not both.")
    if limits is None:
        wanted = DEFAULT_MAX_CONNECTIONS if max_connections is None else max_connections
        limits = httpx.Limits(max_connections=wanted, keepalive_expiry=KEEPALIVE_SECONDS)
    if limits.max_connections is not None:
        check_count("max_connections", limits.max_connections)
    return limits


def limiter_option(given: object, key: str, base_url: str) -> RateLimiter:
    if given is None:
        return Unlimited()
    if given == SHARED:
        return shared_bucket(key, base_url)
    if isinstance(given, RateLimiter) and not isinstance(given, type):
        return given
    raise ConfigurationError("rate_limiter must have the methods acquire, release and statistics, or be None.")


def instance_option(name: str, value: object, kind: type[OptionT]) -> OptionT:
    if not isinstance(value, kind):
        raise ConfigurationError(f"{name} must be a {kind.__name__}, not {value!r}.")
    return value


def headers_option(given: Mapping[str, str] | None) -> httpx.Headers:
    """Additional headers; they cannot replace the key."""
    for name, value in (given or {}).items():
        for text in (cast("object", name), cast("object", value)):
            if not isinstance(text, str) or not text.isascii() or not text.isprintable():
                raise InvalidArgumentError("headers", f"{name!r}: names and values must be printable ASCII text")
    headers = httpx.Headers(given)
    headers.pop("authorization", None)
    return headers
