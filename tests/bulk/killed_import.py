"""Imports that kill themselves in the middle. Started once, it makes a process for each: a fork loads nothing again.

Reads a line of JSON for each import, and prints the exit code of the process: negative for a signal.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from functools import partial
from importlib import import_module
from typing import Any

import anyio

from grinfi_async import Grinfi, Hooks, RequestEvent, observe, preload


def killing(operation: str, request: int, moment: str) -> Hooks:
    """Kill this process right before a request is sent, or right after it was answered."""
    left = request

    def told(event: RequestEvent) -> None:
        nonlocal left
        left -= event.operation_id == operation
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    return Hooks(before_attempt=told) if moment == "before" else Hooks(after_attempt=told)


async def run_import(url: str, key: str, kill: list[Any], count: int, options: dict[str, Any]) -> None:
    rows = ({"linkedin_id": f"a-{number}"} for number in range(count))
    async with Grinfi(key, base_url=url, rate_limiter=None) as grinfi:
        with observe(killing(*kill)):
            await grinfi.bulk.import_contacts(rows, concurrency=2, **options)


def main() -> None:
    preload()
    import_module("grinfi_bulk")
    for line in sys.stdin:
        job = json.loads(line)
        pid = os.fork()
        if not pid:
            anyio.run(partial(run_import, **job))
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
