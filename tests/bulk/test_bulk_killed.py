"""Jobs that are killed or interrupted at random moments, against a server that counts what it applied."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bulk.killed_worker import Worker

ITEMS_A_KILL = 20


class Server:
    """Applies requests some time before or after its answer is due, also when the client is gone."""

    def __init__(self) -> None:
        self.applied: Counter[str] = Counter()
        self.url = ""
        self._loop = asyncio.new_event_loop()
        self._random = random.Random(20260729)
        self._requested = threading.Event()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(ready,))
        self._thread.start()
        ready.wait(10)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def wait_for_work(self) -> None:
        """Wait until a request comes."""
        self._requested.clear()
        assert self._requested.wait(10)

    def _serve(self, ready: threading.Event) -> None:
        server = self._loop.run_until_complete(asyncio.start_server(self._converse, "127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
                name = json.loads(await reader.readexactly(length))["name"]
                self._requested.set()
                await asyncio.sleep(self._random.uniform(0, 0.008))
                self.applied[name] += 1
                await asyncio.sleep(self._random.uniform(0, 0.008))
                body = json.dumps({"uuid": name, "name": name}).encode()
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n")
                writer.write(b"content-length: %d\r\n\r\n%s" % (len(body), body))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    worker = Worker()
    yield worker
    worker.close()


@pytest.mark.parametrize(
    ("call", "backend", "kills"), [("update", "asyncio", 5), ("create", "asyncio", 7), ("create", "trio", 4)]
)
def test_a_job_killed_at_random_moments_resumes_where_it_stopped(
    call: str, backend: str, kills: int, server: Server, worker: Worker, tmp_path: Path
) -> None:
    count = kills * ITEMS_A_KILL
    job = {"url": server.url, "journal": str(tmp_path / "journal"), "call": call, "count": count, "backend": backend}
    moments = random.Random(f"{call} {backend}")
    for _ in range(kills):
        pid = worker.start(**job)
        if moments.random() > 0.1:
            server.wait_for_work()
        time.sleep(moments.uniform(0, 0.04))
        os.kill(pid, signal.SIGKILL)
        assert worker.result() == (-signal.SIGKILL, None)
    # They were killed at their work, and have left some.
    assert server.applied.total() > kills / 2
    assert len(server.applied) < count
    worker.start(**job)
    code, told = worker.result()
    assert code == 0
    unknown: list[str] = told["unknown"]
    names = {f"tag-{number}" for number in range(count)}
    assert told["failed"] == 0
    assert told["succeeded"] + told["skipped"] + len(unknown) == count
    if call == "update":
        assert unknown == []
        assert server.applied.keys() == names
        return
    assert max(server.applied.values()) == 1
    assert names - server.applied.keys() <= set(unknown)
    assert len(unknown) <= kills * 4
    before = server.applied.copy()
    worker.start(**job, repeat_unknown=True)
    code, told = worker.result()
    assert (told["skipped"], told["succeeded"], told["unknown"]) == (count - len(unknown), len(unknown), [])
    assert server.applied - before == Counter(unknown)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_job_interrupted_from_the_keyboard_finishes_its_writes(
    backend: str, server: Server, worker: Worker, tmp_path: Path
) -> None:
    job = {"url": server.url, "journal": str(tmp_path / "journal"), "call": "create", "count": 100, "backend": backend}
    moments = random.Random(backend)
    for _ in range(5):
        pid = worker.start(**job)
        server.wait_for_work()
        time.sleep(moments.uniform(0, 0.04))
        os.kill(pid, signal.SIGINT)
        assert worker.result() == (0, "interrupted")
    assert 5 < len(server.applied) < 100
    worker.start(**job)
    _, told = worker.result()
    assert told["unknown"] == []
    assert server.applied == dict.fromkeys((f"tag-{number}" for number in range(100)), 1)


def test_a_journal_belongs_to_one_process_at_a_time(server: Server, worker: Worker, tmp_path: Path) -> None:
    job = {"url": server.url, "journal": str(tmp_path / "journal"), "call": "create", "count": 300}
    second = Worker()
    pid = worker.start(**job, backend="asyncio")
    try:
        server.wait_for_work()
        second.start(**job, backend="trio")
        _, told = second.result()
        assert told == f"JournalInUseError: {job['journal']} is in use by another process; wait for that, or stop it."
    finally:
        os.kill(pid, signal.SIGKILL)
        worker.result()
        second.close()
