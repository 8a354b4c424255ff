"""The way of a request: retry -> rate limit -> pool. Each is an httpx transport with one job."""

from __future__ import annotations

import math
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import BinaryIO

import anyio
import httpx

from .answers import NOT_SENT, TooLargeAnswer, check_readable
from .errors import ConfigurationError, RateLimiterError, RateLimitWaitError
from .events import Hooks, RequestEvent, logger, tell
from .lanes import Lane
from .rate_limit import MAX_PAUSE, LaneLimiter, retry_after
from .retry import INTERNAL_SERVER_ERROR, RetryPolicy, may_repeat_status
from .runtime.operations import Operation, RetryClass

CALL = "grinfi.call"


@dataclass(slots=True, kw_only=True, eq=False)
class Call:
    """A call on its way, from the caller's method to its answer."""

    operation: Operation
    method: str
    path: str
    policy: RetryPolicy
    hooks: tuple[Hooks, ...]
    max_answer_bytes: int
    lane: Lane
    patience: float | None
    """Seconds it may still wait for the rate limit and a connection; None for no bound."""
    into: BinaryIO | None = None
    attempts: int = 0
    waited: float = 0.0
    may_have_been_applied: bool = False
    under_way: bool = False
    had_500: bool = False
    started: float = 0.0
    # Named late: the first use of a CancelScope loads a large part of anyio.
    scope: anyio.CancelScope = field(default_factory=lambda: anyio.CancelScope())
    attempt_scope: anyio.CancelScope = field(default_factory=lambda: anyio.CancelScope())

    @property
    def retry_class(self) -> RetryClass:
        """What may be repeated."""
        return self.operation.retry

    @property
    def template(self) -> str:
        """The path template, which holds no ids; of a request that the description does not have, the path itself."""
        return self.operation.path

    def start(self) -> None:
        """The attempt is being sent from now on."""
        self.under_way = True
        self.attempt_scope.deadline = anyio.current_time() + self.policy.max_attempt

    def hold(self) -> None:
        """The attempt is not being sent yet, or is over."""
        self.under_way = False
        self.attempt_scope.deadline = math.inf

    @contextmanager
    def waiting(self) -> Generator[None]:
        """Waiting for the rate limit or a connection, which takes of the patience."""
        started = anyio.current_time()
        try:
            yield
        finally:
            if self.patience is not None:
                self.patience = max(0.0, self.patience - (anyio.current_time() - started))

    @contextmanager
    def unhurried(self) -> Generator[None]:
        """What happens meanwhile does not count against the limits of time."""
        started, deadline = anyio.current_time(), self.scope.deadline
        self.attempt_scope.deadline = self.scope.deadline = math.inf
        try:
            yield
        finally:
            self.scope.deadline = deadline + anyio.current_time() - started

    @property
    def event(self) -> RequestEvent:
        """Where it is; `replace` adds what happened."""
        return RequestEvent(
            operation_id=self.operation.id or None, method=self.method, path=self.template, attempt=self.attempts
        )


class Stage(httpx.AsyncBaseTransport):
    """A transport in front of another one."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def aclose(self) -> None:
        await self._inner.aclose()


class RetryTransport(Stage):
    """Repeats what may be repeated. Answers arrive here in full, because half an answer is a lost one."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        call: Call = request.extensions[CALL]
        bound = call.patience
        response: httpx.Response | None = None
        failure: httpx.RequestError | None = None
        while True:
            earlier = response, failure
            response = failure = None
            call.attempts += 1
            call.waited = 0.0
            started = anyio.current_time()
            try:
                with anyio.CancelScope() as call.attempt_scope:
                    response = await self._attempt(request, call)
            except httpx.RequestError as error:
                failure = error
            except (RateLimitWaitError, RateLimiterError, ConfigurationError) as error:
                call.attempts -= 1
                if call.attempts:  # this attempt was not sent, but earlier ones were
                    return _settled(call, request, *earlier)
                if isinstance(error, RateLimitWaitError):
                    raise RateLimitWaitError(
                        error.what,
                        waited=bound or error.waited,
                        in_front=error.in_front,
                        method=call.method,
                        path=request.url.path,
                    ) from None
                raise
            if response is None and failure is None:
                failure = httpx.ReadTimeout(f"no complete answer within max_attempt ({call.policy.max_attempt} s)")
            call.hold()
            duration = anyio.current_time() - started - call.waited
            failed_with = None if failure is None else f"{type(failure).__name__}: {failure}"
            status = None if response is None else response.status_code
            ended = replace(call.event, status=status, error=failed_with, waited=call.waited, duration=duration)
            tell(call.hooks, "after_attempt", ended)
            logger.debug(
                "%s %s: %s, attempt %d, waited %.3f s, took %.3f s",
                *(call.method, call.template),
                *(failed_with or status, call.attempts, call.waited, duration),
            )
            delay = self._delay(call, response, failure)
            if delay is None:
                return _settled(call, request, response, failure)
            tell(call.hooks, "on_retry", replace(call.event, status=status, error=failed_with, delay=delay))
            logger.info(
                "%s %s: %s; attempt %d follows in %.2f s",
                *(call.method, call.template),
                *(failed_with or status, call.attempts + 1, delay),
            )
            await anyio.sleep(delay)

    async def _attempt(self, request: httpx.Request, call: Call) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        if response.is_success and call.operation.retry == "read":
            check_readable(response, call.operation)
        return response

    @staticmethod
    def _delay(call: Call, response: httpx.Response | None, failure: httpx.RequestError | None) -> float | None:
        """Seconds until the next attempt; None if there will be none."""
        if response is not None:
            if response.status_code < 400:
                return None
            repeat = may_repeat_status(call.retry_class, response.status_code, had_500=call.had_500)
            call.had_500 = call.had_500 or response.status_code == INTERNAL_SERVER_ERROR
            unknown = response.status_code >= 500
            asked = retry_after(response.headers)
        else:
            unknown = not isinstance(failure, NOT_SENT)
            repeat = not isinstance(failure, TooLargeAnswer) and (not unknown or call.retry_class != "write")
            asked = None
        call.may_have_been_applied = call.may_have_been_applied or (unknown and call.retry_class != "read")
        if not repeat or call.attempts >= call.policy.max_attempts:
            return None
        if asked is not None and asked > MAX_PAUSE:
            return None
        delay = call.policy.delay(call.attempts, asked)
        return delay if anyio.current_time() + delay < call.scope.deadline else None


def _settled(
    call: Call, request: httpx.Request, response: httpx.Response | None, failure: httpx.RequestError | None
) -> httpx.Response:
    """What the last attempt that was sent came to."""
    if failure is not None:
        raise failure
    assert response is not None  # noqa: S101 - there is either an answer or a failure
    is_deletion = call.method == "DELETE" and call.operation.id
    if is_deletion and response.status_code == 404 and call.may_have_been_applied:
        return httpx.Response(204, request=request)  # an attempt without an answer may have deleted it before this one
    return response


class RateLimitTransport(Stage):
    """Lets the limiter decide when each attempt leaves."""

    def __init__(self, inner: httpx.AsyncBaseTransport, limiter: LaneLimiter) -> None:
        super().__init__(inner)
        self._limiter = limiter

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        call: Call = request.extensions[CALL]

        def on_wait(seconds: float) -> None:
            tell(call.hooks, "on_wait", replace(call.event, waited=seconds))

        started = anyio.current_time()
        with call.waiting():
            permit = await self._limiter.acquire(on_wait, lane=call.lane, max_wait=call.patience)
        call.waited = anyio.current_time() - started
        try:
            response = await self._send(request, call)
        except BaseException:
            if call.under_way:
                self._limiter.release(permit, None, {})
            else:  # it got no connection
                self._limiter.give_back(permit)
            raise
        self._limiter.release(permit, response.status_code, response.headers)
        return response

    async def _send(self, request: httpx.Request, call: Call) -> httpx.Response:
        if call.scope.deadline == math.inf:
            call.started = anyio.current_time()
            call.scope.deadline = call.started + call.policy.max_elapsed
        tell(call.hooks, "before_attempt", replace(call.event, waited=call.waited))
        call.start()
        return await self._inner.handle_async_request(request)
