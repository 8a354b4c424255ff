"""A service that runs a job in the background: `python -m tests.bulk.service_with_job URL HOW GRACE JOURNAL`.

HOW says what the job runs in: a `task`, or a `task group`; both end with the lifespan.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import anyio
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from grinfi_async import Grinfi, TokenBucket

URL, HOW, GRACE, JOURNAL = sys.argv[1:]


async def job() -> None:
    async with Grinfi("key", base_url=URL, rate_limiter=TokenBucket(20, 60)) as grinfi:
        rows = [{"name": f"tag-{number}"} for number in range(100)]
        await grinfi.bulk.run(grinfi.tags.create, rows, journal=JOURNAL, grace=float(GRACE), share=1)


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncGenerator[None]:
    if HOW == "task":
        running = asyncio.create_task(job())
        yield
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    else:
        async with anyio.create_task_group() as group:
            group.start_soon(job)
            yield
            group.cancel_scope.cancel()


async def health(request: Request) -> Response:
    return PlainTextResponse("ok")


if __name__ == "__main__":
    app = Starlette(routes=[Route("/health", health)], lifespan=lifespan)
    uvicorn.run(app, host="127.0.0.1", port=0, log_level="info")
