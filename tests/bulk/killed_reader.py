"""Exports and copies that a test kills. One process loads the SDK, and forks another one for each line it reads."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from tempfile import TemporaryDirectory

import anyio

import grinfi_async
from grinfi_async import APIConnectionError, Grinfi, RetryPolicy


async def run_job(url: str, kind: str, target: str) -> None:
    retry = RetryPolicy(max_attempts=1)
    async with Grinfi("sandbox-key", base_url=url, rate_limiter=None, retry=retry) as grinfi:
        if kind == "sync":
            await grinfi.bulk.sync(target, tables=["contacts"])
        else:
            await grinfi.bulk.export_contacts(to=target, fields=["uuid", "linkedin"])


def main() -> None:
    grinfi_async.preload()
    for kind, name in (("sync", "copy"), ("export", "rows.csv")):  # loads all other modules of a job
        with TemporaryDirectory() as folder, suppress(APIConnectionError):
            anyio.run(run_job, "http://127.0.0.1:9", kind, f"{folder}/{name}")
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            anyio.run(run_job, *json.loads(line))
            os._exit(0)
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
