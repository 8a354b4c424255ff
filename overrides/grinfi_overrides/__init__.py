"""The hand-written layer over the generated client. Import its names from `grinfi_async`."""

from .client import Grinfi
from .errors import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    ClientClosedError,
    ConfigurationError,
    ConflictError,
    NotFoundError,
    PaymentRequiredError,
    PermissionDeniedError,
    RateLimitError,
    ResultWindowError,
    ServerError,
    UnprocessableEntityError,
)
from .events import Hooks, RequestEvent
from .rate_limit import RateLimiter, RateLimitStatistics, TokenBucket
from .retry import RetryPolicy
from .shared_rate_limit import RateLimiterError, SharedRateLimiter
from .version import __version__

__all__ = [
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "AuthenticationError",
    "BadRequestError",
    "ClientClosedError",
    "ConfigurationError",
    "ConflictError",
    "Grinfi",
    "Hooks",
    "NotFoundError",
    "PaymentRequiredError",
    "PermissionDeniedError",
    "RateLimitError",
    "RateLimitStatistics",
    "RateLimiter",
    "RateLimiterError",
    "RequestEvent",
    "ResultWindowError",
    "RetryPolicy",
    "ServerError",
    "SharedRateLimiter",
    "TokenBucket",
    "UnprocessableEntityError",
    "__version__",
]
