"""The path of a request: a chain of httpx transports, each with one job.

    RetryTransport               repeats attempts; keeps the limits of time
        RateLimitTransport       takes a token for each attempt, and returns it afterwards
            KeyTransport         adds the API key, which may change between attempts
                PoolTransport    waits for a free connection, and reads the answer in full

Retry is outermost, so that each attempt passes the rate limit again. The pool is innermost, so that no call holds a
connection while it waits for the rate limit. The state of a call goes along the chain as `Call`, in the extensions of
its request.
"""

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
from .events import Hooks, RequestEvent, call_hooks, logger
from .lanes import Lane
from .rate_limit import MAX_PAUSE, LaneLimiter, retry_after
from .retry import INTERNAL_SERVER_ERROR, RetryPolicy, may_repeat_status
from .runtime.operations import Operation, RetryClass

CALL = "grinfi.call"


@dataclass(slots=True, kw_only=True, eq=False)
class Call:
    """The state of a call, from the caller's method to its answer."""

    operation: Operation
    method: str
    path: str
    policy: RetryPolicy
    hooks: tuple[Hooks, ...]
    max_answer_bytes: int
    lane: Lane
    patience: float | None
    """Seconds it may still wait for the rate limit and a connection; None for no limit."""
    into: BinaryIO | None = None
    attempts: int = 0
    waited: float = 0.0
    may_have_been_applied: bool = False
    under_way: bool = False
    had_500: bool = False
    started: float = 0.0
    # `scope` ends the call at `max_elapsed`, `attempt_scope` ends one attempt at `max_attempt`. Both deadlines are
    # infinite until the first attempt leaves the queue: a wait for the rate limit has its own limit, `patience`.
    # In lambdas, because the first use of a CancelScope loads a large part of anyio.
    scope: anyio.CancelScope = field(default_factory=lambda: anyio.CancelScope())
    attempt_scope: anyio.CancelScope = field(default_factory=lambda: anyio.CancelScope())

    @property
    def retry_class(self) -> RetryClass:
        """Which failures may be repeated."""
        return self.operation.retry

    @property
    def template(self) -> str:
        """The path template, without ids; for a request that the description does not have, the path itself."""
        return self.operation.path

    def start(self) -> None:
        """Mark the attempt as being sent: the server may have it from now on."""
        self.under_way = True
        self.attempt_scope.deadline = anyio.current_time() + self.policy.max_attempt

    def hold(self) -> None:
        """Mark the attempt as not sent yet, or ended."""
        self.under_way = False
        self.attempt_scope.deadline = math.inf

    @contextmanager
    def waiting(self) -> Generator[None]:
        """Deduct the time inside the `with` from `patience`: it is a wait for the rate limit or a connection."""
        started = anyio.current_time()
        try:
            yield
        finally:
            if self.patience is not None:
                self.patience = max(0.0, self.patience - (anyio.current_time() - started))

    @contextmanager
    def untimed(self) -> Generator[None]:
        """Do not count the time inside the `with` against the limits of time."""
        started, deadline = anyio.current_time(), self.scope.deadline
        self.attempt_scope.deadline = self.scope.deadline = math.inf
        try:
            yield
        finally:
            self.scope.deadline = deadline + anyio.current_time() - started

    @property
    def event(self) -> RequestEvent:
        """The call as hooks get it; `replace` adds what happened."""
        return RequestEvent(
            operation_id=self.operation.id or None, method=self.method, path=self.template, attempt=self.attempts
        )


class Stage(httpx.AsyncBaseTransport):
    """A transport that sends through another one."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def aclose(self) -> None:
        await self._inner.aclose()


class RetryTransport(Stage):
    """Repeats attempts that may be repeated. Answers arrive here in full: half an answer counts as a lost one."""

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
                # This attempt was not sent. If an earlier one was, its answer is worth more to the caller: for example
                # 503, and then no token within `max_wait`, ends with the 503.
                call.attempts -= 1
                if call.attempts:
                    return _result(call, request, *earlier)
                if isinstance(error, RateLimitWaitError):
                    raise RateLimitWaitError(
                        error.what,
                        waited=bound or error.waited,
                        in_front=error.in_front,
                        method=call.method,
                        path=request.url.path,
                    ) from None
                raise
            if response is None and failure is None:  # `attempt_scope` has ended it
                failure = httpx.ReadTimeout(f"no complete answer within max_attempt ({call.policy.max_attempt} s)")
            call.hold()
            duration = anyio.current_time() - started - call.waited
            failed_with = None if failure is None else f"{type(failure).__name__}: {failure}"
            status = None if response is None else response.status_code
            ended = replace(call.event, status=status, error=failed_with, waited=call.waited, duration=duration)
            call_hooks(call.hooks, "after_attempt", ended)
            logger.debug(
                "%s %s: %s, attempt %d, waited %.3f s, took %.3f s",
                *(call.method, call.template),
                *(failed_with or status, call.attempts, call.waited, duration),
            )
            delay = self._delay(call, response, failure)
            if delay is None:
                return _result(call, request, response, failure)
            call_hooks(call.hooks, "on_retry", replace(call.event, status=status, error=failed_with, delay=delay))
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
        """Seconds until the next attempt; None if there is none.

        It also records whether the call may have been applied. `unknown` means that the server may or may not have
        processed the attempt: yes for a 5xx or a lost answer, no for a 4xx or a connection that was never made.
        """
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
        # A delay that ends after the deadline would only make the caller wait for the same failure.
        delay = call.policy.delay(call.attempts, asked)
        return delay if anyio.current_time() + delay < call.scope.deadline else None


def _result(
    call: Call, request: httpx.Request, response: httpx.Response | None, failure: httpx.RequestError | None
) -> httpx.Response:
    """The result of the call: that of the last attempt that was sent."""
    if failure is not None:
        raise failure
    assert response is not None  # noqa: S101 - there is either an answer or a failure
    # DELETE, attempt 1: the answer is lost. Attempt 2: 404, because attempt 1 has deleted the record. To the caller
    # that is a success.
    is_deletion = call.method == "DELETE" and call.operation.id
    if is_deletion and response.status_code == 404 and call.may_have_been_applied:
        return httpx.Response(204, request=request)
    return response


# How an attempt ends decides when its token can be used again:
#
#     it ends while it waits for …       token
#     … a token                          none was taken
#     … the API key or a connection      at once (`give_back`): nothing was sent, the server cannot have counted it
#     … its answer, or with an answer    after one period (`release`): the server may have counted it
#
# "It ends" includes every exception, a cancellation too: a token that a cancelled call kept would be lost for good.
# `call.under_way` separates the second line from the third. The transports further in set it.
class RateLimitTransport(Stage):
    """Waits for a token of the limiter before each attempt."""

    def __init__(self, inner: httpx.AsyncBaseTransport, limiter: LaneLimiter) -> None:
        super().__init__(inner)
        self._limiter = limiter

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        call: Call = request.extensions[CALL]

        def on_wait(seconds: float) -> None:
            call_hooks(call.hooks, "on_wait", replace(call.event, waited=seconds))

        started = anyio.current_time()
        with call.waiting():
            permit = await self._limiter.acquire(on_wait, lane=call.lane, max_wait=call.patience)
        call.waited = anyio.current_time() - started
        try:
            response = await self._send(request, call)
        except BaseException:
            if call.under_way:
                self._limiter.release(permit, None, {})
            else:
                self._limiter.give_back(permit)
            raise
        self._limiter.release(permit, response.status_code, response.headers)
        return response

    async def _send(self, request: httpx.Request, call: Call) -> httpx.Response:
        if call.scope.deadline == math.inf:  # the first attempt: `max_elapsed` begins now
            call.started = anyio.current_time()
            call.scope.deadline = call.started + call.policy.max_elapsed
        call_hooks(call.hooks, "before_attempt", replace(call.event, waited=call.waited))
        return await self._inner.handle_async_request(request)
