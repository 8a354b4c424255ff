"""Jobs that a test kills. Started once, it makes a process for each job: loading the SDK takes long, a fork does not.

Reads a line of JSON for each job, tells the process id of it, and then `[how it ended, what it told]`.
"""

from __future__ import annotations

import json
import os
import sys
from tempfile import TemporaryDirectory
from typing import Any

import anyio

from grinfi_async import Grinfi, RetryPolicy, TokenBucket


async def run_job(url: str, journal: str, call: str, count: int, repeat_unknown: bool = False) -> dict[str, Any]:
    """Create or update so many tags, as fast as 20 in 50 ms."""
    async with Grinfi(
        "key", base_url=url, rate_limiter=TokenBucket(20, 0.05), retry=RetryPolicy(max_attempts=1)
    ) as grinfi:
        rows = ({"name": f"tag-{n}"} | ({"uuid": f"tag-{n}"} if call == "update" else {}) for n in range(count))
        report = await grinfi.bulk.run(
            getattr(grinfi.tags, call), rows, journal=journal, concurrency=4, repeat_unknown=repeat_unknown
        )
    return {
        "succeeded": report.succeeded,
        "failed": report.failed,
        "skipped": report.skipped,
        "unknown": [failure.item["name"] for failure in report.unknowns],
    }


def run(backend: str, **job: Any) -> dict[str, Any]:
    return anyio.run(lambda: run_job(**job), backend=backend)


def main() -> None:
    for backend in ("asyncio", "trio"):  # loads all that a job needs
        with TemporaryDirectory() as folder:
            run(backend, url="http://127.0.0.1:9", journal=f"{folder}/journal", call="create", count=1)
    for line in sys.stdin:
        job = json.loads(line)
        reader, writer = os.pipe()
        pid = os.fork()
        if not pid:
            try:
                told = json.dumps(run(**job))
            except KeyboardInterrupt:
                told = '"interrupted"'
            except BaseException as error:
                told = json.dumps(f"{type(error).__name__}: {error}")
            os.write(writer, told.encode())
            os._exit(0)
        os.close(writer)
        print(pid, flush=True)
        with os.fdopen(reader) as told_by_job:
            text = told_by_job.read()
        _, status = os.waitpid(pid, 0)
        print(json.dumps([os.waitstatus_to_exitcode(status), json.loads(text or "null")]), flush=True)


if __name__ == "__main__":
    main()
