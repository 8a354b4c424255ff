"""A server in memory that counts the requests it applied; its answers and their times are configured."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import anyio
import httpx
import trio
import trio.testing

from grinfi_async import Grinfi, RetryPolicy

ResultT = TypeVar("ResultT")

NO_RETRIES = RetryPolicy(max_attempts=1)


class CountingServer:
    """Applies every request, unless `answers` has another status for its tag.

    Attributes:
        applied: Name of the tag -> how often it was created, updated or deleted.
        in_flight: Requests that have not been answered.
        most_in_flight: The most at the same time.
        answers: Name of the tag -> statuses of the next answers; None for no answer after it was applied.
    """

    def __init__(self, latency: float = 0.3) -> None:
        self.latency = latency
        self.applied: Counter[str] = Counter()
        self.in_flight = self.most_in_flight = 0
        self.answers: dict[str, list[int | None]] = {}

    async def handle(self, request: httpx.Request) -> httpx.Response:
        body: dict[str, Any] = json.loads(request.content) if request.content else {}
        name = str(body.get("name") or request.url.path.rpartition("/")[2])
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await anyio.sleep(self.latency / 2)
            planned = self.answers.get(name)
            status = planned.pop(0) if planned else 200
            if status in {None, 200}:
                self.applied[name] += 1
            await anyio.sleep(self.latency / 2)
        finally:
            self.in_flight -= 1
        if status is None:
            raise httpx.ReadError("connection lost", request=request)
        return httpx.Response(status, json={"uuid": name, "name": name})

    def client(self, **options: Any) -> Grinfi:
        """A client of this server, by default without a rate limit."""
        options = {"rate_limiter": None, "retry": NO_RETRIES, **options}
        return Grinfi("key", base_url="http://sandbox.test", transport=httpx.MockTransport(self.handle), **options)


def in_virtual_time(job: Callable[[], Coroutine[Any, Any, ResultT]]) -> ResultT:
    """Run a test on trio, whose clock jumps ahead whenever everything sleeps."""
    return trio.run(job, clock=trio.testing.MockClock(autojump_threshold=0))
