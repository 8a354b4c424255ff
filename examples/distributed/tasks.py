"""What the workers do: each task imports one slice of a CSV file.

taskiq worker examples.distributed.tasks:broker --workers 1 --max-async-tasks 1
"""

from __future__ import annotations

import asyncio
import csv
import os
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from typing import Final

from redis.asyncio import Redis
from taskiq.serializers import JSONSerializer
from taskiq_redis import RedisAsyncResultBackend

from grinfi_async import Grinfi, SharedRateLimiter
from grinfi_bulk import JournalInUseError

from .broker import RenewingBroker

REDIS_URL: Final = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
RATE_LIMIT: Final = os.environ.get("GRINFI_RATE_LIMIT", "300/60")
LOST_AFTER: Final = float(os.environ.get("WORKER_LOST_AFTER", "60"))
"""Seconds without a renewal after which a worker counts as dead, and its slice is given to another one."""
WAIT: Final = 5.0
MOST_WAITS: Final = 60
WEEK: Final = 7 * 24 * 3600
COUNTS: Final = ("succeeded", "skipped", "failed", "unknown", "sent", "duplicates", "merged", "retries", "refused")

results: RedisAsyncResultBackend[dict[str, int]] = RedisAsyncResultBackend(
    REDIS_URL, result_ex_time=WEEK, serializer=JSONSerializer(), prefix_str="grinfi-import:result"
)
broker = RenewingBroker(
    REDIS_URL,
    queue_name="grinfi-import",
    consumer_id="0",  # workers may be started after the import
    idle_timeout=round(LOST_AFTER * 1000),
).with_result_backend(results)


@asynccontextmanager
async def connect() -> AsyncGenerator[Grinfi]:
    """A client that shares the rate limit with all others."""
    capacity, _, period = RATE_LIMIT.partition("/")
    key = os.environ.get("GRINFI_API_KEY", "")
    async with (
        SharedRateLimiter(REDIS_URL, api_key=key, capacity=int(capacity), period=float(period)) as limiter,
        Grinfi(key, rate_limiter=limiter) as grinfi,
    ):
        yield grinfi


def read_rows(file: str) -> Iterator[dict[str, str]]:
    """The rows of a CSV file in UTF-8 with commas."""
    with Path(file).open(encoding="utf-8-sig", newline="") as stream:
        yield from csv.DictReader(stream)


def claims() -> Redis:
    """The place where slices record who adds a contact."""
    return Redis.from_url(REDIS_URL, decode_responses=True)  # pyright: ignore[reportUnknownMemberType]


@broker.task
async def import_slice(
    file: str, first: int, count: int, list_uuid: str, flow_uuid: str | None, journal: str
) -> dict[str, int]:
    """Import `count` rows from row `first` on, where 0 is the first row; return the counts of their outcomes.

    The slice has its own journal. If its worker dies, the next one resumes where it stopped.
    """
    waits = 0
    folder = Path(journal).parent

    async def claim(uuid: str) -> bool:
        """A contact with rows in several slices enters the automation once: the first slice that claims it adds it."""
        place = f"grinfi-import:claim:{folder}:{flow_uuid}:{uuid}"
        await redis.set(place, journal, nx=True, ex=WEEK)
        return bool(await redis.get(place) == journal)

    async with connect() as grinfi, claims() as redis:
        while True:
            rows = islice(read_rows(file), first, first + count)
            try:
                report = await grinfi.bulk.import_contacts(
                    rows, list_uuid=list_uuid, flow_uuid=flow_uuid, custom_fields=True, journal=journal, claim=claim
                )
                break
            except JournalInUseError:
                # The worker is not dead after all, or the file server has not noticed its death yet.
                if waits == MOST_WAITS:
                    raise
                waits += 1
                await asyncio.sleep(WAIT)
    failures = Path(f"{journal}.failed.csv")
    failures.unlink(missing_ok=True)  # of an earlier attempt
    if report.failed:
        report.write_failures(failures)
    return {name: getattr(report, name) for name in COUNTS}
