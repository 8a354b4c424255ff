"""A job of a run."""

from __future__ import annotations

import math
import random
import shutil
import sqlite3
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio

from grinfi_async import Grinfi, GrinfiError, Hooks, observe

from .plans import ONCE, Plan, Record
from .server import GRID, OF_JOBS, SlidingWindow

if TYPE_CHECKING:
    from .world import World

__all__ = ["Job"]


class SourceError(GrinfiError):
    """The items of a job cannot be read on."""


class Job:
    """A job with a journal that is interrupted, killed and done again until it is done."""

    def __init__(self, world: World, folder: Path) -> None:
        self._world = world
        self._folder = folder
        chance = self._chance = random.Random(f"job {world.seed}")
        self._copies = 0
        self.kind: Any = chance.choice(("create", "create", "function", "update", "read"))
        self.names = [f"{OF_JOBS}{number}" for number in range(chance.randint(2, 8))]
        self._journal: Path | None = folder / "0.journal" if chance.random() < 0.9 else None
        self._grace = chance.choice((0.0, 0.3, 2.0))
        self._options: dict[str, Any] = {
            "concurrency": chance.choice((1, 2, None)),
            "ordered": chance.random() < 0.3,
            "grace": self._grace,
            "name": "simulated",
            "share": chance.choice((0.9, 0.5, 1.0)),
            "max_wait": chance.choice((None, None, None, 1.0)),
        }
        server = world.server
        if server.limited and not world.shared:
            part = max(1, math.floor(self._options["share"] * server.capacity + 1e-9))
            server.jobs_window = SlidingWindow(part, server.period)
        self._sources: set[int] = set()
        self._report: Any = None
        self._attempted: set[object] = set()
        self.attempts: list[float] = []
        """When its requests were let through."""
        self.runs = 0
        self.killed = False
        self._final: dict[str, str] = {}

    @property
    def once(self) -> bool:
        """Whether no item may be applied twice."""
        return self.kind in ONCE

    async def rounds(self) -> None:
        """Run it a few times, interrupted each time."""
        chance = self._chance
        for _ in range(chance.randint(1, 3)):
            if self._journal is None and self.runs:
                return
            await anyio.sleep(GRID * chance.randint(0, 10))
            await self._round()

    async def _round(self) -> None:
        world, chance = self._world, self._chance
        plan = world.plan()
        if chance.random() < 0.3:
            plan = Plan("cancel", plan.seconds if plan.seconds < math.inf else 1.0, plan.steps, plan.again)
        self.runs += 1
        answer = chance.choice(self.names)
        record = Record(f"run-{self.runs}", "job", plan, client=world.clients[0], answer=answer)
        if world.kills and chance.random() < 0.6:
            self._kill_at_write(chance.randint(1, 12))
        shutdown = (
            plan.how == "cancel"
            and plan.moment == "time"
            and not world.shared
            and not world.on_trio
            and chance.random() < 0.4
        )
        if shutdown:
            world.timeline.after(plan.seconds, self._shutdown(world.lives, record))
            record.plan = Plan()
        before, self._report = self._states(), None
        await world.interrupt(record, lambda: self._run(record, world.clients[0]))
        world.server.on_write = lambda: None
        if self.runs in self._sources:
            world.wrong("the job is over, but its source is not closed")
        if record.asked_at < math.inf and record.ended > record.asked_at + self._grace + 1:
            world.wrong(f"the job ended {record.ended - record.asked_at:.2f} s after it was cancelled")
        self._check_started()
        if self._report is not None:
            self._check_report(before, self._states())

    def _kill_at_write(self, count: int) -> None:
        world = self._world
        left = [count]

        def on_write() -> None:
            left[0] -= 1
            if not left[0]:
                world.kill()

        world.server.on_write = on_write

    def _shutdown(self, life: int, record: Record) -> Callable[[], None]:
        """Cancel all tasks at once, as `asyncio.run` does at its end."""
        world = self._world

        def cancel() -> None:
            if world.lives != life or record.ended < math.inf:
                return
            world.log("all tasks are cancelled")
            record.asked_at = world.now()
            for other in world.records:
                if other.outcome == "under way":
                    other.asked_at = min(other.asked_at, world.now())
            world.backend.cancel_all()

        return cancel

    def _call(self, client: Grinfi) -> Any:
        if self.kind == "create":
            return client.tags.create
        if self.kind == "update":
            return client.tags.update
        if self.kind == "read":
            return client.contacts.get

        async def create_and_update(item: dict[str, str]) -> str:
            # The job cannot know what a function did before its first request.
            self._attempted.add(self._world.backend.current())
            tag = await client.tags.create(name=item["name"])
            await client.contacts.get(f"{item['name']}-seen")
            return str(tag.uuid)

        return create_and_update

    def _items(self) -> list[Any]:
        if self.kind == "read":
            return self.names
        if self.kind == "update":
            return [{"uuid": name, "name": name} for name in self.names]
        return [{"name": name} for name in self.names]

    async def _source(self, breaks_at: int) -> AsyncGenerator[Any]:
        run = self.runs
        self._sources.add(run)
        try:
            for number, item in enumerate(self._items()):
                if number == breaks_at:
                    raise SourceError("the source of the items broke")
                await anyio.sleep(GRID)
                yield item
        finally:
            self._sources.discard(run)

    async def _run(self, record: Record, client: Grinfi, *, smoothly: bool = False) -> str:
        world, chance = self._world, self._chance
        trouble = "" if smoothly else chance.choice((*[""] * 7, "left", "stop", "source"))
        number = chance.randrange(len(self.names))
        items: Any = self._items()
        if trouble == "source" or chance.random() < 0.3:
            items = self._source(number if trouble == "source" else -1)

        def key(item: Any) -> str:
            return str(item if self.kind == "read" else item["name"])

        self._final = {}
        options: Any = {**self._options, "on_error": "stop" if trouble == "stop" else "collect"}
        if smoothly:
            options["max_wait"] = None
        job: Any = client.bulk.map(self._call(client), items, key=key, journal=self._journal, **options)
        self._report = job.report

        def before_attempt(_: Any) -> None:
            self._attempted.add(world.backend.current())
            self.attempts.append(world.now())

        with observe(Hooks(before_attempt=before_attempt)):
            async with job as outcomes:
                async for outcome in outcomes:
                    self._final[outcome.key] = outcome.status
                    world.log(f"job: {outcome.key} {outcome.status} {outcome.error or ''}")
                    if outcome.status == "succeeded" and self.kind != "read" and not world.server.applied[outcome.key]:
                        world.wrong(f"{outcome.key} was reported as succeeded, but was not applied")
                    told = getattr(outcome.result, "uuid", outcome.result)
                    if outcome.status == "succeeded" and told != outcome.key:
                        world.wrong(f"{outcome.key} got the answer of {told}")
                    if trouble == "left" and len(self._final) > number:
                        return "left"
        report = job.report
        counts = [report.succeeded, report.failed, report.skipped, report.unknown, report.duplicates]
        if sum(counts) != len(self.names) or len(self._final) != len(self.names):
            world.wrong(f"the job is over, but its report counts {counts} of {len(self.names)}")
        return "succeeded"

    async def finish(self) -> None:
        """Run it again in the calm, when everything must finish."""
        world = self._world
        if self._journal is None:
            return
        record = Record("last", "job", Plan(), client=world.clients[0])
        await world.interrupt(record, lambda: self._run(record, world.clients[0], smoothly=True))
        if record.outcome != "succeeded":
            world.wrong(f"the last run of the job failed: {record.error!r}")
        for name in self.names:
            status = self._final.get(name)
            if status not in ("succeeded", "skipped", "unknown") or (status == "unknown" and not self.once):
                world.wrong(f"{name} is {status} after the last run")

    def rescue(self) -> None:
        """Keep the journal as it is now."""
        self.killed = True
        self._world.server.on_write = lambda: None
        if self._journal is None:
            return
        self._copies += 1
        copy = self._folder / f"{self._copies}.journal"
        for suffix in ("", "-wal"):
            found = self._journal.with_name(self._journal.name + suffix)
            if found.exists():
                shutil.copyfile(found, copy.with_name(copy.name + suffix))
        self._journal = copy

    def _states(self) -> dict[str, str]:
        if self._journal is None or not self._journal.exists():
            return {}
        database = sqlite3.connect(self._journal, timeout=0)
        try:
            return dict(database.execute("SELECT key, state FROM items"))
        except sqlite3.OperationalError as error:
            self._world.wrong(f"the job is over, but its journal cannot be read: {error}")
            return {}
        finally:
            database.close()

    def _check_started(self) -> None:
        """After a job has ended, unsent items must not look like sent ones."""
        world = self._world
        if self.killed or not self.once:
            return
        unsent = [
            name
            for name, state in self._states().items()
            if state in ("started", "unknown") and not world.server.sent[name]
        ]
        # If a call was given up while it connected, the job does not know that nothing was sent.
        connected_only = self._attempted - world.server.wrote
        if len(unsent) > len(connected_only):
            world.wrong(f"{unsent} were never sent, but are started or unknown in the journal")

    def _check_report(self, before: dict[str, str], after: dict[str, str]) -> None:
        """The report must count what the journal has, for any end of the job."""
        report, world = self._report, self._world
        done = [name for name, state in after.items() if state == "done" and before.get(name) != "done"]
        if self._journal is not None and report.succeeded != len(done):
            world.wrong(f"the report counts {report.succeeded} that succeeded, but the journal has {done}")
        open_now = ("started", "unknown")
        doubtful = [name for name, state in after.items() if state in open_now and before.get(name) not in open_now]
        if self.once and report.unknown < len(doubtful):
            world.wrong(f"the report counts {report.unknown} as unknown, but {doubtful} are")

    def check(self) -> None:
        """Compare the journal with what the server knows."""
        world = self._world
        states = self._states()
        for name in self.names:
            applied = world.server.applied[name]
            state = states.get(name)
            if self.once and applied > 1:
                world.wrong(f"{name} was applied {applied} times")
            if state == "done" and self.kind != "read" and not applied:
                world.wrong(f"{name} is done in the journal, but was not applied")
            if state in ("failed", "pending") and self.once and applied:
                world.wrong(f"{name} is {state} in the journal, but was applied")
