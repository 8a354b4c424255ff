"""A broker that gives a task to another worker only when its own worker has died.

By default, taskiq-redis looks for tasks of dead workers only after a new task has come, and takes a worker for dead
if its task is long.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import RedisError
from taskiq import AckableMessage
from taskiq_redis import RedisStreamBroker

SIGNS_OF_LIFE: Final = 6
"""The number of renewals for each task within the time after which a worker counts as dead."""


class RenewingBroker(RedisStreamBroker):
    """Tasks are acknowledged when they are done; until then, their worker renews its claim."""

    async def listen(self) -> AsyncGenerator[AckableMessage, None]:
        async with Redis(connection_pool=self.connection_pool) as redis:
            while True:
                claimed = await redis.xautoclaim(
                    self.queue_name, self.consumer_group_name, self.consumer_name, self.idle_timeout, count=1
                )
                messages: list[tuple[str, dict[bytes, bytes]]] = claimed[1]
                if not messages:
                    fetched: Any = await redis.xreadgroup(
                        self.consumer_group_name, self.consumer_name, {self.queue_name: ">"}, count=1, block=self.block
                    )
                    messages = [message for _, found in fetched for message in found]
                for id, message in messages:
                    yield AckableMessage(data=message[b"data"], ack=self._stay_alive_until_done(id))

    def _stay_alive_until_done(self, id: str) -> Callable[[], Awaitable[None]]:
        renewing = asyncio.create_task(self._renew(id))

        async def acknowledge() -> None:
            renewing.cancel()
            async with Redis(connection_pool=self.connection_pool) as redis:
                await redis.xack(self.queue_name, self.consumer_group_name, id)

        return acknowledge

    async def _renew(self, id: str) -> None:
        async with Redis(connection_pool=self.connection_pool) as redis:
            while True:
                await asyncio.sleep(self.idle_timeout / 1000 / SIGNS_OF_LIFE)
                try:
                    await redis.xclaim(
                        self.queue_name, self.consumer_group_name, self.consumer_name, 0, [id], justid=True
                    )
                except RedisError:
                    logging.getLogger(__name__).warning("No sign of life could be given", exc_info=True)
