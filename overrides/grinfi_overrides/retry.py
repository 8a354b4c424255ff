"""Which failures are repeated, after how long, and how often."""

from __future__ import annotations

import random
from dataclasses import dataclass

from .checks import check_count, check_seconds
from .runtime.operations import RetryClass

TOO_MANY_REQUESTS = 429
INTERNAL_SERVER_ERROR = 500
GATEWAY_ERRORS = frozenset({502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How failed attempts are repeated.

    A failure is repeated if that cannot do anything twice. The columns are the classes of `RetryClass`.

    | outcome | read | idempotent write | other write |
    |---|---|---|---|
    | not sent | yes | yes | yes |
    | 429 | yes | yes | yes |
    | 502, 503, 504, lost or late answer | yes | yes | no |
    | 500 | once | no | no |
    | any other | no | no | no |

    Delays grow exponentially, with full jitter. After `Retry-After`, the delay is at least as long as the server asks.

    Attributes:
        max_attempts: Number of attempts in all; 1 turns repeating off.
        max_elapsed: Seconds for all attempts and the delays between them, from the moment the first attempt leaves the
            rate limiter's queue. An attempt that is under way then is cancelled.
        max_attempt: Seconds for one attempt, from leaving the queue to the end of its answer. A longer one counts as
            late, even if bytes still arrive.
        first_delay: Upper bound of the first delay, in seconds; it doubles with each attempt.
        max_delay: Upper bound of every delay, in seconds. `Retry-After` may be longer.

    Raises:
        ConfigurationError: An attribute is not positive.
    """

    max_attempts: int = 5
    max_elapsed: float = 300.0
    max_attempt: float = 120.0
    first_delay: float = 0.5
    max_delay: float = 30.0

    def __post_init__(self) -> None:
        check_count("RetryPolicy: max_attempts", self.max_attempts)
        for name in ("max_elapsed", "max_attempt", "first_delay", "max_delay"):
            check_seconds(f"RetryPolicy: {name}", getattr(self, name))

    def delay(self, attempt: int, retry_after: float | None) -> float:
        """Seconds to wait after a failed attempt, counted from 1.

        With the defaults: up to 0.5, 1, 2, 4 seconds. The jitter spreads clients that failed at the same moment, also
        those that the server told to come back at the same moment.
        """
        bound = min(self.max_delay, self.first_delay * 2.0 ** min(attempt - 1, 60))
        jitter = random.uniform(0, bound)  # noqa: S311 - no secret depends on it
        return jitter if retry_after is None else retry_after + jitter * 0.1


def may_repeat_status(retry_class: RetryClass, status: int, *, had_500: bool) -> bool:
    """Whether a request may be repeated after an answer with this error status."""
    if status == TOO_MANY_REQUESTS:
        return True
    if status in GATEWAY_ERRORS:
        return retry_class != "write"
    return status == INTERNAL_SERVER_ERROR and retry_class == "read" and not had_500
