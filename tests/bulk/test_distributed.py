"""One import by two workers with a task queue, as in examples/distributed, of which one is killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import anyio
import httpx

from grinfi_async import Grinfi
from tests.bulk.crm import added, handles, new_automation
from tests.transport.test_shared_rate_limit import Redis

ROOT = Path(__file__).parent.parent.parent
ROWS = 100
SLICE = 50  # one for each worker; a slice takes longer than LOST_AFTER
CAPACITY, PERIOD = 100, 1.5
LOST_AFTER = 1.2
KEY = "sandbox-key"
EXECUTED = re.compile(r"Executing task .* with ID: (\w+)")


@contextmanager
def sandbox() -> Generator[str]:
    command = [sys.executable, "-m", "grinfi_sandbox", "--port", "0", "--rate-limit", f"{CAPACITY}/{PERIOD}:sliding"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield dict(word.split("=", 1) for word in process.stdout.readline().split() if "=" in word)["url"]
        finally:
            process.terminate()


class Worker:
    """A worker in its own session: the process that Taskiq starts, and its parent, which restarts it."""

    def __init__(self, log: Path, environment: dict[str, str]) -> None:
        command = [sys.executable, "-m", "taskiq", "worker", "examples.distributed.tasks:broker"]
        with log.open("w") as file:
            self._process = subprocess.Popen(
                [*command, "--workers", "1", "--max-async-tasks", "1"],
                cwd=ROOT, env=environment, stdout=file, stderr=file, start_new_session=True,
            )  # fmt: skip
        self._log = log

    @property
    def executed(self) -> list[str]:
        """The tasks it has begun."""
        return EXECUTED.findall(self._log.read_text())

    def kill(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


async def make_automation(url: str) -> str:
    async with Grinfi(KEY, base_url=url) as grinfi:
        return await new_automation(grinfi)


async def look(url: str, automation: str) -> tuple[list[str], Counter[str]]:
    async with Grinfi(KEY, base_url=url) as grinfi:
        return await handles(grinfi), await added(grinfi, automation)


def test_a_killed_worker_loses_and_repeats_nothing_and_the_limit_holds(tmp_path: Path) -> None:
    people = [f"a-{number:03}" for number in range(ROWS)]
    (tmp_path / "people.csv").write_text("linkedin_id\n" + "\n".join(people))
    with ExitStack() as stack:
        redis = Redis()
        redis.start()
        stack.callback(redis.stop)
        url = stack.enter_context(sandbox())
        environment = {
            **os.environ,
            "REDIS_URL": redis.url,
            "GRINFI_BASE_URL": url,
            "GRINFI_API_KEY": KEY,
            "GRINFI_RATE_LIMIT": f"{CAPACITY}/{PERIOD}",
            "WORKER_LOST_AFTER": str(LOST_AFTER),
        }
        workers = [Worker(tmp_path / f"worker-{number}.log", environment) for number in range(2)]
        for worker in workers:
            stack.callback(worker.kill)
        automation = anyio.run(make_automation, url)
        target = ["--list", "People", "--automation", automation]
        slices = ["--journals", str(tmp_path / "journals"), "--slice", str(SLICE)]
        started = subprocess.Popen(
            [sys.executable, "-m", "examples.distributed.start", str(tmp_path / "people.csv"), *target, *slices],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        stack.callback(started.kill)
        unlucky, *others = workers

        api = stack.enter_context(httpx.Client(base_url=url, headers={"authorization": f"Bearer {KEY}"}))

        def requests() -> list[dict[str, object]]:
            answer = api.get("/_sandbox/requests")
            found: list[dict[str, object]] = answer.raise_for_status().json()["data"]
            return found

        def all_are_adding() -> bool:
            sent = Counter(request["operation_id"] for request in requests())
            return sent["upsertContact"] >= ROWS and sent["addLeadToFlow"] >= 30

        wait_for(lambda: all(worker.executed for worker in workers))
        wait_for(all_are_adding)
        unlucky.kill()
        told, _ = started.communicate(timeout=30)
        log = requests()
        imported, in_automation = anyio.run(look, url, automation)

    assert not [request for request in log if request["status"] == httpx.codes.TOO_MANY_REQUESTS]
    # The other worker did the unfinished slice of the dead one; the slice of the slow one stayed with it.
    begun = Counter(task for worker in workers for task in worker.executed)
    assert begun - Counter(unlucky.executed) == Counter({task: 1 for worker in others for task in worker.executed})
    assert max(begun.values()) <= 2
    assert len(unlucky.executed) == 1
    summary = {name: int(count) for count, name in re.findall(r"(\d+) (\w+)", told.splitlines()[-1])}
    assert imported == people, told
    assert set(in_automation.values()) == {1}
    assert Counter(request["operation_id"] for request in log)["upsertContact"] == ROWS
    additions = [request["path"] for request in log if request["operation_id"] == "addLeadToFlow"]
    assert len(set(additions)) == len(additions)
    assert sum(summary[name] for name in ("succeeded", "skipped", "unknown")) == ROWS, told
    # Requests under way when the worker was killed are reported as unknown, and not sent again.
    assert ROWS - len(in_automation) <= summary["unknown"] < SLICE
    assert started.returncode == (1 if summary["unknown"] else 0)
