"""Jobs whose service ends: cancelled at every step, by every means, a job ends in time, and its journal says the truth.

Two requests are on their way at most, and two more wait for the rate limit, so that the steps at which a job is
cancelled meet items in every state.
"""

from __future__ import annotations

import asyncio
import csv
import math
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import anyio
import pytest
import trio
import trio.testing

from grinfi_async import Hooks, RequestEvent, TokenBucket
from grinfi_bulk import BulkJob, Progress, sources
from tests.bulk.crm_in_memory import CrmInMemory, rows_of
from tests.bulk.server import CountingServer
from tests.bulk.steps import SteppedLoop

ROOT = Path(__file__).parents[2]
PATH = os.pathsep.join(map(str, (ROOT, ROOT / "overrides", ROOT / "bulk")))
ITEMS = ("a", "b", "c", "d", "e")
GRACE = 0.2  # less than the time of an answer, so that some answers are not awaited
Way = Literal["task", "all tasks", "scope"]
Job = BulkJob[Any, Any]


class Service:
    """Runs a job with a journal, against a server that counts.

    Attributes:
        sent: How many requests were let through.
    """

    def __init__(self, journal: Path, kind: str = "method") -> None:
        self.server = CountingServer(latency=0.3)
        self.sent = 0
        self.kind = kind
        self.journal = journal
        self.closed = 0

    def before_attempt(self, event: RequestEvent) -> None:
        self.sent += 1

    async def items(self) -> AsyncIterator[str]:
        try:
            for name in ITEMS:
                await anyio.lowlevel.checkpoint()
                yield name
        finally:
            self.closed += 1

    def job(self) -> Job:
        limiter = TokenBucket(3, 1)
        grinfi = self.server.client(rate_limiter=limiter, hooks=Hooks(before_attempt=self.before_attempt))

        async def delete(name: str) -> None:
            await grinfi.tags.delete(name)

        call = grinfi.tags.delete if self.kind == "method" else delete
        return grinfi.bulk.map(
            call,
            self.items(),
            journal=self.journal,
            retry_class="write",
            concurrency=2,
            grace=GRACE,
            name="tags",
            progress=lambda progress: None,
        )

    async def run(self, job: Job) -> None:
        async with job as outcomes:
            async for _ in outcomes:
                pass

    def states(self) -> dict[str, str]:
        """Name of a tag -> its state in the journal."""
        with closing(sqlite3.connect(self.journal)) as db:
            return {ITEMS[row - 1]: state for row, state in db.execute("SELECT row, state FROM items")}

    def check_after(self, job: Job) -> None:
        """Check that journal and report show what was sent, answered and lost, and nothing that was not sent."""
        if not self.journal.exists():
            assert not self.sent
            return
        states = self.states()
        settled = {name: state for name, state in states.items() if state != "pending"}
        assert set(settled.values()) <= {"done", "unknown"}
        # A function may do other things before its request, so that its outcome is unknown.
        assert len(settled) == self.sent if self.kind == "method" else len(settled) >= self.sent
        assert (
            settled.keys() >= self.server.applied.keys() >= {name for name, state in states.items() if state == "done"}
        )
        assert job.report.succeeded == list(states.values()).count("done")
        assert job.report.unknown == list(states.values()).count("unknown")
        assert self.closed <= 1

    def check_next_run(self, run: Callable[[Service], object]) -> None:
        """Check that the next run does everything that is not unknown, and nothing twice."""
        states = self.states() if self.journal.exists() else {}
        unknown = {name for name, state in states.items() if state == "unknown"}
        following = Service(self.journal, self.kind)
        following.server.applied.update(self.server.applied)
        run(following)
        applied = following.server.applied
        assert {name: applied[name] for name in ITEMS if name not in unknown} == {
            name: 1 for name in ITEMS if name not in unknown
        }
        assert all(applied[name] <= 1 for name in unknown)
        assert set(following.states().values()) <= {"done", "unknown"}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory, if possible: on a disk, the commits of this many jobs would take a minute."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as path:
        yield Path(path)


# -- asyncio ---------------------------------------------------------------------------------------------------------


def run_stepped(service: Service, way: Way = "task", steps: tuple[int, ...] = ()) -> int:
    """Run a job on its own loop, and cancel it before these steps; return how many steps it took."""
    loop = SteppedLoop()
    job = service.job()
    scopes: list[anyio.CancelScope] = []
    cancelled_at: list[float] = []

    async def host() -> None:
        with anyio.CancelScope() as scope:
            scopes.append(scope)
            await service.run(job)

    def cancel() -> None:
        if way == "scope" and not scopes:
            return  # the job has not begun
        cancelled_at.append(loop.time())
        if way == "scope":
            scopes[0].cancel()
        else:
            for task in {main} if way == "task" else asyncio.all_tasks(loop):
                task.cancel()

    main = loop.create_task(host())
    loop.at_step = dict.fromkeys(steps, cancel)
    try:
        loop.run_until_complete(main)
    except asyncio.CancelledError:
        pass
    finally:
        loop.at_step.clear()
        left = asyncio.all_tasks(loop)
        taken = loop.steps
        ended = loop.time()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
    assert not left
    if cancelled_at:
        assert ended - cancelled_at[0] <= GRACE + 1
        service.check_after(job)
    return taken


@pytest.mark.parametrize(
    ("way", "kind"), [("task", "method"), ("all tasks", "method"), ("scope", "method"), ("all tasks", "function")]
)
def test_a_job_can_be_cancelled_at_every_step(way: Way, kind: str, folder: Path) -> None:
    last = run_stepped(Service(folder / "whole", kind))
    assert last > 50
    # A function differs from a method only in what is known about an item; every second step shows that.
    for step in range(1, last + 1, 2 if kind == "function" else 1):
        for again in [()] if way == "scope" else [(), (step + 1,)]:  # a scope is cancelled only once
            service = Service(folder / f"{step}-{again}", kind)
            run_stepped(service, way, (step, *again))
            service.check_next_run(run_stepped)


def test_a_main_that_returns_ends_a_job_in_the_background(folder: Path) -> None:
    """The task of the fourth item is cancelled before its first step."""
    server = CountingServer()

    async def main() -> None:
        fourth = asyncio.Event()

        async def items() -> AsyncIterator[dict[str, str]]:
            for number, name in enumerate(ITEMS, 1):
                if number == 4:
                    fourth.set()
                yield {"name": name}

        grinfi = server.client()
        job = asyncio.create_task(grinfi.bulk.run(grinfi.tags.create, items(), journal=folder / "journal"))
        await fourth.wait()
        assert not job.done()

    with asyncio.Runner(loop_factory=SteppedLoop) as runner:
        runner.run(main())
    with closing(sqlite3.connect(folder / "journal")) as db:
        states = dict(db.execute("SELECT row, state FROM items"))
    assert states == dict.fromkeys(range(1, server.most_in_flight + 1), "unknown")


def test_items_that_take_long_to_close_do_not_hold_up_the_end() -> None:
    """The generator cleans up for a minute, which can be cancelled."""
    server = CountingServer(latency=100)

    async def items() -> AsyncIterator[str]:
        try:
            for name in ITEMS:
                yield name
                await anyio.sleep(1)
        finally:
            with anyio.move_on_after(60):
                await anyio.sleep(60)

    async def main() -> float:
        grinfi = server.client()
        job = asyncio.create_task(grinfi.bulk.run(grinfi.tags.delete, items(), concurrency=2, grace=3))
        await asyncio.sleep(2.5)
        started = asyncio.get_running_loop().time()
        job.cancel()
        await asyncio.wait([job])
        return asyncio.get_running_loop().time() - started

    with asyncio.Runner(loop_factory=SteppedLoop) as runner:
        assert runner.run(main()) <= 4


class CountedLoop(asyncio.SelectorEventLoop):
    """A loop with threads, in real time, that cancels every task before one of its steps."""

    def __init__(self, cancel_at: int = 0) -> None:
        super().__init__()
        self.cancel_at = cancel_at
        self.steps = 0

    def _run_once(self) -> None:
        self.steps += 1
        if self.steps == self.cancel_at:
            for task in asyncio.all_tasks(self):
                task.cancel()
        super()._run_once()  # type: ignore[misc]  # pyright: ignore


@pytest.mark.parametrize("kind", ["export", "copy"])
def test_an_export_or_a_copy_can_be_cancelled_at_every_step(
    kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that a worker thread was writing are written or dropped, and the next run has every row once."""
    # anyio never awaits the coroutine of a task that is cancelled before its first step, which Python warns of.
    monkeypatch.setattr(sources, "AHEAD", 0)
    rows = rows_of(150)

    def run(path: Path, cancel_at: int = 0) -> int:
        bulk = CrmInMemory(largest_page=50, tasks=rows).client().bulk
        with asyncio.Runner(loop_factory=lambda: CountedLoop(cancel_at)) as runner:
            loop = runner.get_loop()
            assert isinstance(loop, CountedLoop)
            job: Any = bulk.sync(path, tables=["tasks"], progress=print_nothing)
            if kind == "export":
                job.close()
                job = bulk.export_tasks(to=path, progress=print_nothing)
            try:
                runner.run(job)
            except asyncio.CancelledError:
                assert cancel_at
            return loop.steps

    for step in range(2, run(folder / "whole.csv"), 2 if kind == "copy" else 1):
        path = folder / f"{step}.csv"
        run(path, step)
        run(path)
        if kind == "export":
            with path.open(newline="") as file:
                found = [row["uuid"] for row in csv.DictReader(file)]
        else:
            with closing(sqlite3.connect(path)) as db:
                found = [uuid for (uuid,) in db.execute("SELECT uuid FROM tasks ORDER BY rowid")]
        assert found == [row["uuid"] for row in rows]


def print_nothing(progress: Progress) -> None:
    pass


# -- trio ------------------------------------------------------------------------------------------------------------


def run_on_trio(service: Service, moment: float = math.inf, checkpoints: int = 0) -> None:
    """Run a job, and cancel it some checkpoints after a moment."""
    job = service.job()

    async def main() -> None:
        async def cancel() -> None:
            await trio.sleep(moment)
            for _ in range(checkpoints):
                await trio.lowlevel.checkpoint()
            scope.cancel()

        async with trio.open_nursery() as nursery:
            with trio.CancelScope() as scope:
                if moment < math.inf:
                    nursery.start_soon(cancel)
                await service.run(job)
            if scope.cancelled_caught:
                assert trio.current_time() - moment <= GRACE + 1
                service.check_after(job)
            nursery.cancel_scope.cancel()

    trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))


def test_on_trio_a_job_can_be_cancelled_at_any_time(folder: Path) -> None:
    for moment in 0, 0.15, 0.3, 0.45, 0.6, 1, 1.3, 1.45:
        for checkpoints in range(7):
            service = Service(folder / f"{moment}-{checkpoints}")
            run_on_trio(service, moment, checkpoints)
            service.check_next_run(run_on_trio)


# -- a process -------------------------------------------------------------------------------------------------------


class SilentServer(ThreadingHTTPServer):
    """Answers the first ten requests, and no other."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Silence)
        self.received = 0
        self.silent = threading.Event()
        self.over = threading.Event()


class Silence(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, SilentServer)
        server.received += 1
        body = self.rfile.read(int(self.headers["content-length"]))
        if server.received > 10:
            server.silent.set()
            server.over.wait(30)
            self.close_connection = True
            return
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def silent_server() -> Iterator[SilentServer]:
    with SilentServer() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.over.set()
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("how", ["task", "task group"])
def test_a_service_ends_within_the_grace_after_sigterm(how: str, silent_server: SilentServer, tmp_path: Path) -> None:
    """Half of the requests that the limit allows are answered; the others never are, and the next items wait."""
    url = f"http://127.0.0.1:{silent_server.server_port}"
    command = (sys.executable, "-m", "tests.bulk.service_with_job", url, how, "0.5", str(tmp_path / "journal"))
    with subprocess.Popen(
        command, cwd=ROOT, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": PATH}
    ) as service:
        assert silent_server.silent.wait(20)
        time.sleep(0.8)  # most answers have arrived by then, on a busy machine too
        started = time.monotonic()
        service.terminate()
        try:
            _, told = service.communicate(timeout=20)
        finally:
            service.kill()
    assert time.monotonic() - started <= 0.5 + 1
    assert "never awaited" not in told
    with closing(sqlite3.connect(tmp_path / "journal")) as db:
        states = Counter(state for (state,) in db.execute("SELECT state FROM items"))
    # An answer that was still on its way leaves its item unknown. Unsent items are pending.
    assert states["pending"] == 1
    assert states["done"] + states["unknown"] == 20
    assert states["unknown"] >= 10
    assert states.keys() == {"done", "unknown", "pending"}
