"""Jobs that a test kills. Started once, it makes a process for each job: loading the SDK is slow, a fork is not.

Reads a line of JSON for each job, prints its process id, and then `[exit code, report]`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import anyio

from grinfi_async import Grinfi, RetryPolicy, TokenBucket
from grinfi_bulk import actions, file_steps, mass_steps

ROOT = Path(__file__).parent.parent.parent


class Worker:
    """A process that runs this module."""

    def __init__(self) -> None:
        path = os.pathsep.join(map(str, (ROOT, ROOT / "overrides", ROOT / "bulk")))
        self._process = subprocess.Popen(
            (sys.executable, "-m", "tests.bulk.killed_worker"),
            env={**os.environ, "PYTHONPATH": path}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip

    def start(self, **job: Any) -> int:
        """Start a job; its process id."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        return int(self._line())

    def result(self) -> tuple[int, Any]:
        """How the job ended: its exit code, or minus the signal; and its report."""
        code, told = json.loads(self._line())
        return code, told

    def close(self) -> None:
        self._process.communicate(timeout=10)

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


async def run_job(url: str, journal: str, call: str, count: int, repeat_unknown: bool = False) -> dict[str, Any]:
    """Create or update this many tags, at most 20 in 50 ms."""
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


async def run_import(url: str, key: str, label: str, count: int, batch: int, **options: Any) -> dict[str, Any]:
    """Import `count` people, `batch` in a request."""
    for module, size, value in (
        (mass_steps, "BATCH", batch),
        (actions, "MASS_ACTION_SIZE", batch),
        (file_steps, "TRIAL", batch),
        (file_steps, "PART", 3 * batch),
    ):
        setattr(module, size, value)
    rows = [{"linkedin_id": f"{label}-{number:05}", "first_name": f"Ann {number}"} for number in range(count)]
    retry = RetryPolicy(max_attempts=3, first_delay=0.05, max_delay=0.2)
    async with Grinfi(key, base_url=url, rate_limiter=None, retry=retry) as grinfi:
        report = await grinfi.bulk.import_contacts(rows, concurrency=4, **options)
    return {
        **{name: getattr(report, name) for name in ("succeeded", "skipped", "merged", "existing", "requests", "notes")},
        "unknown": [it.item["linkedin_id"] for it in report.unknowns],
        "sent": [it.item["linkedin_id"] for it in report.unseen],
        "failed": [it.item["linkedin_id"] for it in report.failures],
    }


def run(backend: str, call: str, **job: Any) -> dict[str, Any]:
    work = partial(run_import, **job) if call == "import" else partial(run_job, call=call, **job)
    return anyio.run(work, backend=backend)


def main() -> None:
    for backend in ("asyncio", "trio"):  # loads all modules of a job
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
