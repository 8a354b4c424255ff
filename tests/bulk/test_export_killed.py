"""Exports and copies that are killed at random moments: no row is lost, and none comes twice."""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import anyio
import pytest

from grinfi_async import Grinfi
from grinfi_sandbox import SandboxServer, run_in_thread

ROOT = Path(__file__).parent.parent.parent
CONTACTS = 500
LONGEST_RUN = 0.15  # seconds; enough for some pages, but not for all
PATIENCE = 0.1  # more seconds for each run, so that a slow machine also finishes
ENOUGH_RUNS = 60


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with run_in_thread(behaviour="observed", search_limit=100) as server:
        anyio.run(fill, server)
        yield server


async def fill(server: SandboxServer) -> None:
    async with Grinfi(server.key, base_url=server.url, rate_limiter=None) as grinfi:
        everyone = await grinfi.lists.create(name="Everyone")
        for number in range(CONTACTS):
            await grinfi.contacts.upsert(lead={"linkedin_id": f"c-{number}"}, list_uuid=everyone.uuid)


@pytest.fixture(scope="module")
def worker() -> Iterator[subprocess.Popen[str]]:
    path = os.pathsep.join(map(str, (ROOT, ROOT / "overrides", ROOT / "bulk")))
    process = subprocess.Popen(
        (sys.executable, "-m", "tests.bulk.killed_reader"),
        env={**os.environ, "PYTHONPATH": path}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    yield process
    process.communicate(timeout=10)


@pytest.mark.parametrize("kind", ["export", "sync"])
def test_an_export_killed_at_random_moments_resumes_where_it_stopped(
    kind: str, server: SandboxServer, worker: subprocess.Popen[str], tmp_path: Path
) -> None:
    assert worker.stdin is not None
    assert worker.stdout is not None
    target = tmp_path / ("copy.sqlite" if kind == "sync" else "contacts.csv")
    moments = random.Random(kind)
    codes: list[int] = []
    while 0 not in codes:
        assert len(codes) < ENOUGH_RUNS, "It starts again each time."
        worker.stdin.write(json.dumps([server.url, kind, str(target)]) + "\n")
        worker.stdin.flush()
        pid = int(worker.stdout.readline())
        time.sleep(moments.uniform(0.03, LONGEST_RUN + len(codes) * PATIENCE))
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        codes.append(int(worker.stdout.readline()))
        assert codes[-1] in {0, -signal.SIGKILL}
        if kind == "export" and target.exists():
            assert len(target.read_text().splitlines()) == 1 + CONTACTS
    assert set(codes) == {0, -signal.SIGKILL}
    if kind == "sync":
        with closing(sqlite3.connect(target)) as copy:
            found = [name for (name,) in copy.execute("SELECT linkedin FROM current_contacts")]
    else:
        with target.open(newline="") as file:
            found = [row["linkedin"] for row in csv.DictReader(file)]
        assert os.listdir(tmp_path) == [target.name]
    assert sorted(found) == sorted(f"c-{number}" for number in range(CONTACTS))
