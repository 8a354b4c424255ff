"""Imports whose process is killed again and again, against a sandbox in its own process that records all writes.

python -m tests.bulk.import_kills [--via upsert create file] [--moods sound late partial lost] [--kills 50] [--seed 1]

Each import is killed at random moments and resumed with the same journal until it ends. Then no contact was added to
the automation twice, none is missing, and every reported status is right.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final, NamedTuple

import anyio
import httpx

from grinfi_async import Grinfi
from grinfi_sandbox.app import DEFAULT_KEY, create_app
from grinfi_sandbox.server import listen
from grinfi_sandbox.server import serve as run_server
from tests.bulk.crm import new_automation, new_list, new_tag
from tests.bulk.killed_worker import ROOT, Worker

SETTLE: Final = 1.0
LATE: Final = 2.0
LATENCY: Final = 0.02
AIMED: Final = 0.7
"""Share of the kills that wait for requests; most of the time an import waits for the server's jobs."""
JOBS: Final = ("createLeads", "importLeadsFromFile", "leadsMassAction")
WRITES: Final = (*JOBS, "uploadCsvFile", "upsertContact", "addLeadToFlow")
MOODS: Final[dict[str, list[dict[str, Any]]]] = {
    "sound": [],
    "late": [{"operation": it, "kind": "late", "seconds": LATE, "probability": 0.3} for it in JOBS[1:]],
    "partial": [{"operation": it, "kind": "partial", "share": 0.1, "probability": 0.3} for it in JOBS],
    "lost": [
        {"operation": operation, "kind": kind, "applied": applied, "probability": 0.05, **more}
        for operation in WRITES
        for kind, applied, more in (
            ("reset", "after", {}),
            ("reset", "before", {}),
            ("status", "after", {"status": 503}),
        )
    ],
}


class Audit:
    """Records who is added to an automation, and every other request that writes."""

    def __init__(self, app: Callable[..., Awaitable[None]], file: IO[str]) -> None:
        self._app, self._file, self._random = app, file, random.Random(1)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = str(scope.get("path", ""))
        if scope["type"] != "http" or scope["method"] == "GET" or path.endswith(("/search", "/list", "/lookup-one")):
            await self._app(scope, receive, send)
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if message["type"] == "http.disconnect" or not message.get("more_body"):
                break
        if message["type"] == "http.disconnect":
            return
        sent: dict[str, Any] = json.loads(body) if body.startswith(b"{") else {}
        added: list[str] = sent["filter"]["ids"] if sent.get("type") == "contact_add_to_flow" else []
        if "/flows/api/flows/" in path:
            added = [path.rpartition("/")[2]]
        self._file.write(json.dumps({"path": path, "added": added}) + "\n")
        self._file.flush()
        messages = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Any:
            return messages.pop() if messages else await receive()

        await anyio.sleep(self._random.uniform(0, LATENCY))
        await self._app(scope, replay, send)


def serve(audit: str) -> None:
    app = create_app(job_delay=0.05)
    listener, url = listen("127.0.0.1", 0)
    ready = json.dumps({"url": url, "key": DEFAULT_KEY})
    with Path(audit).open("a", encoding="utf-8") as file:
        app.add_middleware(Audit, file=file)
        run_server(app, listener, lambda: print(ready, flush=True), verbose=False)


class Server(NamedTuple):
    url: str
    key: str
    audit: Path

    def noted(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.audit.read_text(encoding="utf-8").splitlines()]

    def wait_for_writes(self, count: int, *, only_adding: bool) -> None:
        """Wait until this many writing requests came, for a bounded time."""
        with self.audit.open(encoding="utf-8") as file:
            file.seek(0, os.SEEK_END)
            until = time.monotonic() + 2 * SETTLE
            while count and time.monotonic() < until:
                line = file.readline()
                count -= bool(line) and (not only_adding or '"added": []' not in line)
                time.sleep(0 if line else 0.001)

    def ask(self, method: str, json: Any = None) -> None:
        headers = {"authorization": f"Bearer {self.key}"}
        httpx.request(method, f"{self.url}/_sandbox/faults", headers=headers, json=json).raise_for_status()

    def misbehave(self, faults: list[dict[str, Any]]) -> None:
        """Have these faults from now on, and no others."""
        self.ask("DELETE")
        if faults:
            self.ask("POST", {"data": faults})


@contextmanager
def sandbox(folder: Path) -> Generator[Server]:
    """The process of a sandbox."""
    audit = folder / "audit"
    audit.touch()
    command = (sys.executable, "-m", "tests.bulk.import_kills", "--serve", str(audit))
    path = os.pathsep.join(map(str, (ROOT, ROOT / "overrides", ROOT / "bulk", ROOT / "sandbox")))
    env = {**os.environ, "PYTHONPATH": path}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=env) as process:
        assert process.stdout is not None
        try:
            yield Server(**json.loads(process.stdout.readline()), audit=audit)
        finally:
            process.terminate()


class Found(NamedTuple):
    """The final state of the server, by handle."""

    contacts: Counter[str]
    tagged: set[str]
    places: Counter[str]
    handles: dict[str, str]


async def prepare(server: Server) -> dict[str, Any]:
    async with Grinfi(server.key, base_url=server.url, rate_limiter=None) as grinfi:
        tags = [await new_tag(grinfi), await new_tag(grinfi)]
        return {"list_uuid": await new_list(grinfi), "tags": tags, "flow_uuid": await new_automation(grinfi)}


async def look(server: Server, list_uuid: str, tags: list[str], flow_uuid: str) -> Found:
    async with Grinfi(server.key, base_url=server.url, rate_limiter=None) as grinfi:
        rows = [it async for it in grinfi.contacts.search(filter={"list_uuid": list_uuid}, page_size=1000)]
        handles = {str(it.uuid): it.linkedin or "" for it in rows}
        have = [
            {str(it.uuid) async for it in grinfi.contacts.search(filter={"tags": [tag]}, page_size=1000)}
            for tag in tags
        ]
        places = grinfi.automations.list_contacts(filter={"flow_uuid": [flow_uuid]}, page_size=100)
        return Found(
            Counter(handles.values()),
            {handle for uuid, handle in handles.items() if all(uuid in each for each in have)},
            Counter([handles.get(str(it["lead_uuid"]), "?") async for it in places]),
            handles,
        )


def check(told: dict[str, Any], found: Found, added: Counter[str], everybody: set[str]) -> None:
    """Check that no contact exists twice and that every status is right."""
    unsettled = {*told["unknown"], *told["sent"], *told["failed"]}
    assert told["merged"] == told["existing"] == 0, told
    assert told["succeeded"] + told["skipped"] + len(unsettled) == len(everybody), told
    assert max(found.contacts.values(), default=1) == 1, found.contacts.most_common(3)
    assert found.contacts.keys() <= everybody
    assert max(added.values(), default=1) == 1, [(found.handles.get(it), n) for it, n in added.most_common(3)]
    assert max(found.places.values(), default=1) == 1, found.places.most_common(3)
    for what, there in {"there": found.contacts, "tagged": found.tagged, "in the automation": found.places}.items():
        missing = everybody - unsettled - set(there)
        assert not missing, f"reported as done, and not {what}: {sorted(missing)[:5]}"


def kill_import(
    worker: Worker, server: Server, mood: str, via: str, kills: int, moments: random.Random, folder: Path, **size: int
) -> int:
    """Import, and kill it up to so often; how often it was killed."""
    target = anyio.run(prepare, server)
    everybody = {f"{folder.name}-{number:05}" for number in range(size["count"])}
    options = {"url": server.url, "key": server.key, "label": folder.name, "via": via, "settle": SETTLE}
    job: dict[str, Any] = {"backend": "asyncio", "call": "import", "journal": str(folder / "journal")}
    job |= {**options, **size, **target}
    before, killed, code = len(server.noted()), 0, -1
    told: Any = None
    server.misbehave(MOODS[mood])
    while killed < kills and code:
        pid = worker.start(**job)
        if moments.random() < AIMED:
            server.wait_for_writes(moments.choice((1, 2, 4, 8)), only_adding=moments.random() < 0.5)
            time.sleep(moments.uniform(0, LATENCY))
        else:
            time.sleep(moments.uniform(0.01, 1.5 * SETTLE))
        with suppress(ProcessLookupError):  # it has ended
            os.kill(pid, signal.SIGKILL)
        code, told = worker.result()
        killed += code == -signal.SIGKILL
    if code:
        told = end(worker, job)
    time.sleep(LATE + 0.5 if mood == "late" else 0.5)
    check(told, anyio.run(lambda: look(server, **target)), added_in(server, before), everybody)
    # Done contacts are not written again. With `repeat_unknown` the others are imported, and none twice.
    server.misbehave([])
    after = len(server.noted())
    end(worker, job)
    if not told["failed"]:
        assert not added_in(server, after), "added again"
    last = end(worker, job, repeat_unknown=True)
    assert last["succeeded"] + last["skipped"] == size["count"], last
    found = anyio.run(lambda: look(server, **target))
    assert set(found.places) == found.tagged == set(found.contacts)
    assert found.places == Counter(everybody), found.places.most_common(3)
    settled = ", ".join(f"{len(told[it])} {it}" for it in ("unknown", "sent", "failed") if told[it]) or "all done"
    print(f"{via:8}{mood:9}{killed:3} kills, {len(server.noted()) - before:5,} writes: {settled}", flush=True)
    return killed


def end(worker: Worker, job: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Let an import finish; return its report."""
    worker.start(**job, **more)
    code, told = worker.result()
    assert code == 0, code
    assert not isinstance(told, str), told
    result: dict[str, Any] = told
    return result


def added_in(server: Server, start: int) -> Counter[str]:
    """Who was added to an automation, and how often, after this many requests."""
    return Counter(uuid for it in server.noted()[start:] for uuid in it["added"])


def kill_imports(*, via: list[str], moods: list[str], kills: int, seed: int, count: int = 300, batch: int = 20) -> None:
    """For each way and mood, import until this many runs were killed."""
    with TemporaryDirectory() as name, sandbox(Path(name)) as server:
        worker = Worker()
        try:
            for way in via:
                for mood in moods:
                    left, moments = kills, random.Random(f"{way} {mood} {seed}")
                    while left > 0:
                        folder = Path(name, f"{way}-{mood}-{left}")
                        folder.mkdir()
                        left -= kill_import(worker, server, mood, way, left, moments, folder, count=count, batch=batch)
        finally:
            worker.close()


def main() -> None:
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2])
        return
    parser = argparse.ArgumentParser(prog="python -m tests.bulk.import_kills")
    parser.add_argument("--via", nargs="+", default=["upsert", "create", "file"])
    parser.add_argument("--moods", nargs="+", choices=MOODS, default=list(MOODS))
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=300)
    kill_imports(**vars(parser.parse_args()))


if __name__ == "__main__":
    main()
