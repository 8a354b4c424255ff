"""A run: callers and jobs in a storm, then calm, and then the books are checked against what the server knows."""

from __future__ import annotations

import asyncio
import gc
import logging
import math
import random
import shutil
import sqlite3
import ssl
import sys
import tempfile
import traceback
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal
from unittest import mock

import anyio
import httpx
from httpcore._backends.auto import AutoBackend  # pyright: ignore[reportPrivateImportUsage]

from grinfi_async import (
    APIConnectionError,
    APIStatusError,
    ClientClosedError,
    DecodeError,
    Grinfi,
    GrinfiError,
    Hooks,
    RateLimiterError,
    RateLimitStatistics,
    RetryPolicy,
    SharedRateLimiter,
    TokenBucket,
    observe,
)

from .clock import START, Hang, Killed, VirtualLoop, virtual
from .network import Timeline
from .redis import Redis
from .server import GRID, Server

__all__ = ["Run", "simulated"]

PROMPTLY: Final = 0.5
"""Seconds within which a cancelled call must have ended."""
LONGEST: Final = 3600.0
"""Seconds within which a storm must be over."""
NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
GIVEN_UP: Final = 185.0
"""Seconds after which Redis gives up a permit whose release it has not heard of."""

Kind = Literal["read", "update", "delete", "create", "raw"]
KINDS: Final[tuple[Kind, ...]] = ("read", "update", "delete", "create", "create", "raw")
READS: Final = frozenset({"read"})
ONCE: Final = frozenset({"create", "raw", "function"})
"""What must not be applied twice."""


@dataclass(frozen=True)
class Run:
    """What came of a seed.

    Attributes:
        seed: The seed.
        problems: What must not be; empty if all is well.
        log: The events, one a line.
        calls: Calls that were made.
    """

    seed: int
    problems: tuple[str, ...]
    log: str
    calls: int

    def tail(self, lines: int = 40) -> str:
        """The end of the log, and what was wrong."""
        return "\n".join([*self.log.splitlines()[-lines:], *(f"WRONG: {problem}" for problem in self.problems)])


@dataclass
class Plan:
    """How something is interrupted: when, and how.

    `seconds` after its start, and `steps` of the event loop later; natively cancelled (once more `again` steps after
    that, if not negative), by a scope, by `asyncio.timeout` (of another one too), `wait_for` or a scope's deadline.
    """

    how: Literal["never", "cancel", "scope", "both", "timeout", "nested", "wait_for", "fail_after"] = "never"
    seconds: float = math.inf
    steps: int = 0
    again: int = -1

    def __str__(self) -> str:
        return f"{self.how} after {self.seconds:g} s and {self.steps} steps, {self.again}"


@dataclass(eq=False)
class Record:
    """What is known of a call, or of one run of a job."""

    name: str
    kind: str
    plan: Plan
    started: float = 0.0
    sent_first: float = math.inf
    asked_at: float = math.inf
    """When its cancellation was asked for."""
    ended: float = math.inf
    outcome: str = "under way"
    error: BaseException | None = None
    scope: anyio.CancelScope | None = field(default=None, repr=False)
    client: Any = None


class SourceError(GrinfiError):
    """The items of a job cannot be read on."""


class OwnLimiter:
    """A limiter as a user may have written it: with the methods that are asked for, and no more."""

    def __init__(self, bucket: TokenBucket) -> None:
        self._bucket = bucket

    async def acquire(self, on_wait: Callable[[float], None] | None = None) -> object:
        return await self._bucket.acquire(on_wait)

    def release(self, permit: Any, status: int | None, headers: Mapping[str, str]) -> None:
        self._bucket.release(permit, status, headers)

    def statistics(self) -> RateLimitStatistics:
        return self._bucket.statistics()


class World:
    """All there is in a run."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.seed = seed
        self.folder = folder
        self.loop = VirtualLoop()
        self.chance = chance = random.Random(f"world {seed}")
        self.lines: list[str] = []
        self.problems: list[str] = []
        self.timeline = Timeline()
        self.timeline.attach(self.loop)
        self.server = Server(random.Random(f"server {seed}"), self.timeline, self.log)
        self.redis = Redis(self.timeline, self.log)
        self.records: list[Record] = []
        self.lives = 0
        self.kills = chance.choice((0, 0, 1, 2))
        self.connections = chance.choice((1, 2, 3, 5))
        self.shared = self.server.limited and chance.random() < 0.2
        self.burst = chance.random() < 0.1
        self.own = chance.random() < 0.1
        self.strict = chance.random() < 0.3
        self.policy = RetryPolicy(
            max_attempts=chance.choice((1, 2, 4)),
            max_elapsed=chance.choice((4.0, 10.0, 30.0)),
            max_attempt=chance.choice((2.0, 6.0)),
            first_delay=0.1,
            max_delay=1.0,
        )
        self.timeout = httpx.Timeout(chance.choice((1.0, 3.0)))
        self.closed: set[Any] = set()
        self.ours: set[asyncio.Task[Any]] = set()
        self.job = Job(self, folder) if chance.random() < 0.4 else None
        self.clients: list[Grinfi] = []
        self.limiters: list[Any] = []
        self.log(f"{self.server}, {self.connections} connections, {self.policy}, shared {self.shared}")

    # -- books -------------------------------------------------------------------------------------------------

    def now(self) -> float:
        """The time."""
        return self.loop.now

    def log(self, line: str) -> None:
        """Write an event down."""
        self.lines.append(f"{self.loop.now:10.4f} {line}".replace(str(self.folder), ""))

    def wrong(self, problem: str) -> None:
        """Write down what must not be."""
        self.log(f"WRONG: {problem}")
        self.problems.append(problem)

    # -- a process ---------------------------------------------------------------------------------------------

    async def live(self) -> None:
        """The life of a process, which ends in good order unless it is killed."""
        self.lives += 1
        self.log(f"process {self.lives} starts")
        self.server.dead = False
        self.ours = {_current()}
        async with AsyncExitStack() as stack:
            self.limiters = [await self._limiter(stack) for _ in range(2 if self.shared else 1)]
            self.clients = [self._client(limiter) for limiter in self.limiters]
            await self._storm()
            self.log("calm")
            self.server.calm()
            self.redis.calm()
            await asyncio.sleep(2 * self.server.period + 12 + (GIVEN_UP if self.redis.troubled else 0))
            if self.job is not None:
                await self.job.finish()
                await asyncio.sleep(2 * self.server.period + 1)
            await self._probe()
            for client in self.clients:
                await self._close(client)
            if self.shared and self.chance.random() < 0.2:
                self.redis.freeze(60)
            leaving = self.now()
        if self.now() - leaving > 5.5:
            self.wrong(f"leaving the limiter took {self.now() - leaving:.1f} s")
        await asyncio.sleep(1)
        left = asyncio.all_tasks() - {_current()}
        if left:
            self.wrong(f"tasks are left: {[task.get_coro() for task in left]}")
        if self.server.open:
            self.wrong(f"connections are left open: {sorted(self.server.open)}")
        await asyncio.sleep(40)
        self._check_calls()
        if self.job is not None:
            self.job.check()

    async def _limiter(self, stack: AsyncExitStack) -> Any:
        server = self.server
        if not server.limited:
            return None
        if self.shared:
            return await stack.enter_async_context(
                SharedRateLimiter(
                    "redis://redis.test",
                    api_key="key",
                    capacity=server.capacity,
                    period=server.period,
                    on_error="raise" if self.strict else "local",
                )
            )
        bucket = TokenBucket(server.capacity, server.period, burst=1 if self.burst else None)
        return OwnLimiter(bucket) if self.own else bucket

    def _client(self, limiter: Any) -> Grinfi:
        return Grinfi(
            "key",
            base_url="http://api.test",
            timeout=self.timeout,
            retry=self.policy,
            rate_limiter=limiter,
            max_connections=self.connections,
            verify=NO_TLS,
        )

    def kill(self) -> None:
        """The process is gone between one instruction and the next; what it wrote to its files is there."""
        if self.loop.killed:
            return
        self.log(f"process {self.lives} is killed")
        self.kills -= 1
        if self.job is not None:
            self.job.rescue()
        self.server.kill()
        self.loop.killed = True

    def bury(self) -> None:
        """Forget the event loop of a process that is no more, without letting its tasks say a word."""
        loop = self.loop
        for record in self.records:
            if record.outcome == "under way":
                record.outcome = "killed"
        tasks = asyncio.all_tasks(loop)
        loop.close()
        for task in sorted(tasks, key=lambda task: getattr(task, "serial", 0)):
            quiet: Any = task
            quiet._log_destroy_pending = False
            coroutine: Any = task.get_coro()
            with suppress(BaseException):  # nobody is there any more who could mind
                coroutine.close()

    # -- the storm ---------------------------------------------------------------------------------------------

    async def _storm(self) -> None:
        chance = self.chance
        seconds = chance.choice((0.5, 2.0, 6.0))
        tasks = [self._start(self._caller(number, seconds)) for number in range(chance.randint(1, 9))]
        if self.job is not None:
            tasks.append(self._start(self.job.rounds()))
        if chance.random() < 0.15:
            tasks.append(self._start(self._replace_client(chance.uniform(0, seconds))))
        if self.shared:
            tasks.append(self._start(self._trouble_redis(seconds)))
        if self.kills and (self.job is None or chance.random() < 0.5):
            self.timeline.after(chance.uniform(0, 2 * seconds), self._kill_this(self.lives))
        _, late = await asyncio.wait(tasks, timeout=LONGEST)
        if late:
            waiting = [
                f"{record.name} ({record.kind}, {record.plan})" for record in self.records if record.ended == math.inf
            ]
            self.wrong(f"the storm never ends: {', '.join(waiting)}")
            raise Hang
        for task in tasks:
            task.result()

    def _start(self, work: Any) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.ensure_future(work)
        self.ours.add(task)
        return task

    def _kill_this(self, life: int) -> Callable[[], None]:
        return lambda: self.kill() if self.lives == life else None

    def plan(self) -> Plan:
        """How something is going to be interrupted."""
        chance = self.chance
        if chance.random() < 0.3:
            return Plan()
        # Often at a moment when something else happens, too.
        seconds = GRID * chance.randint(0, 16) if chance.random() < 0.8 else chance.uniform(0, 5)
        how: Any = chance.choice(
            ("cancel", "cancel", "cancel", "scope", "both", "timeout", "nested", "wait_for", "fail_after")
        )
        again = chance.randint(0, 4) if chance.random() < 0.5 else -1
        return Plan(how, seconds, chance.randint(0, 14), again)

    async def _caller(self, number: int, seconds: float) -> None:
        chance = self.chance
        await asyncio.sleep(GRID * chance.randint(0, int(seconds / GRID)))
        client = chance.choice(self.clients)
        record = Record(f"n-{self.lives}-{number}", chance.choice(KINDS), self.plan(), client=client)
        await self.interrupt(record, lambda: self._call(record, client))
        ended, plan = record.ended, record.plan
        if ended > record.sent_first + self.policy.max_elapsed + PROMPTLY:
            self.wrong(f"{record.name} took {ended - record.sent_first:.1f} s after it was sent first")
        if plan.how != "never" and ended > min(record.asked_at, record.started + 6 + plan.seconds) + PROMPTLY:
            self.wrong(f"{record.name} ended {ended - record.asked_at:.2f} s after it was cancelled")

    async def interrupt(self, record: Record, work: Callable[[], Awaitable[Any]]) -> None:
        """Do something, and interrupt it as planned."""
        plan = record.plan
        self.records.append(record)
        record.started = self.now()
        self.log(f"{record.kind} {record.name} starts ({plan})")
        task = asyncio.ensure_future(_scoped(plan, record, work))
        if plan.how in ("cancel", "scope", "both"):
            await asyncio.wait([task], timeout=plan.seconds)
            for _ in range(plan.steps):
                await asyncio.sleep(0)
            self._cancel(record, task, plan.how)
            if plan.again >= 0:
                for _ in range(plan.again):
                    await asyncio.sleep(0)
                self._cancel(record, task, "cancel" if plan.how == "both" else plan.how)
        elif plan.how != "never":
            record.asked_at = record.started + plan.seconds
        asked = record.asked_at <= self.now()
        await asyncio.wait([task])
        record.ended = self.now()
        if task.cancelled():
            record.outcome = "cancelled"
            if plan.how not in ("cancel", "both") and record.asked_at == math.inf:
                self.wrong(f"{record.name} was cancelled by nobody")
        elif task.exception() is not None:
            record.error = error = task.exception()
            record.outcome = type(error).__name__
            if not isinstance(error, GrinfiError | TimeoutError):
                self.wrong(f"{record.name} raised {error!r}")
        else:
            record.outcome = str(task.result())
            if asked and plan.how == "cancel" and record.outcome == "succeeded":
                self.wrong(f"{record.name} went on although it was cancelled")
        self.log(f"{record.kind} {record.name} ends: {record.outcome} {record.error or ''}")

    def _cancel(self, record: Record, task: asyncio.Task[Any], how: str) -> None:
        if task.done():
            return
        if how == "cancel" or record.scope is None:
            task.cancel()
        else:
            record.scope.cancel()
        record.asked_at = min(record.asked_at, self.now())
        self.log(f"{record.kind} {record.name} is cancelled")

    async def _call(self, record: Record, client: Grinfi) -> str:
        def before_attempt(_: Any) -> None:
            record.sent_first = min(record.sent_first, self.now())

        name = record.name
        with observe(Hooks(before_attempt=before_attempt)):
            found: Any = None
            if record.kind == "read":
                found = await client.contacts.get(name)
            elif record.kind == "update":
                found = await client.tags.update(name, name=name)
            elif record.kind == "delete":
                await client.tags.delete(name)
            elif record.kind == "create":
                found = await client.tags.create(name=name)
            else:
                answer = await client.request("POST", "/leads/api/simulated", json={"name": name})
                if answer is not None and answer["name"] != name:
                    self.wrong(f"{name} got the answer of {answer['name']}")
            if found is not None and found.uuid != name:
                self.wrong(f"{name} got the answer of {found.uuid}")
        return "succeeded"

    async def _replace_client(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        place = self.chance.randrange(len(self.clients))
        client = self.clients[place]
        self.clients[place] = self._client(self.limiters[place])
        await self._close(client)
        ended = [record for record in self.records if record.client is client and record.outcome == "under way"]
        await asyncio.sleep(PROMPTLY)
        for record in ended:
            if record.outcome == "under way" and record.kind != "job":
                self.wrong(f"{record.name} goes on although its client is closed")

    async def _close(self, client: Grinfi) -> None:
        """Close a client; sometimes this is cancelled, and done again."""
        self.closed.add(client)
        started = self.now()
        self.log("a client is being closed")
        if self.chance.random() < 0.3:
            task = asyncio.ensure_future(client.aclose())
            for _ in range(self.chance.randint(0, 6)):
                await asyncio.sleep(0)
            self.log("closing is cancelled")
            task.cancel()
            await asyncio.wait([task])
        await client.aclose()
        if self.now() - started > PROMPTLY:
            self.wrong(f"closing took {self.now() - started:.1f} s")

    async def _trouble_redis(self, seconds: float) -> None:
        chance, redis = self.chance, self.redis
        for _ in range(chance.randint(0, 2)):
            await asyncio.sleep(chance.uniform(0, seconds))
            chance.choice((redis.freeze, redis.blink, redis.forget))(chance.choice((0.2, 1.0, 3.0)))

    # -- the calm ----------------------------------------------------------------------------------------------

    async def _probe(self) -> None:
        """All tokens and all connections must be there."""
        server, limiter = self.server, self.limiters[0]
        for each in self.limiters:
            if each is not None and (each.statistics().in_flight or each.statistics().waiting):
                self.wrong(f"nothing is under way, but the limiter says {each.statistics()}")
        count = server.capacity if limiter is not None else 2 * self.connections + 1
        server.most_busy = 0
        self.log(f"{count} calls must succeed at once")
        started = self.now()

        async def probe(number: int) -> None:
            name = f"n-probe-{number}"
            record = Record(name, "read", Plan())
            found = await self._call(record, self.clients[number % len(self.clients)])
            self.log(f"{name}: {found}")

        tasks = [self._start(probe(number)) for number in range(count)]
        each = math.ceil(count / len(self.clients))
        bound = math.ceil(each / self.connections) * server.slowest + (0.5 if self.shared else 0)
        if self.burst and not self.shared and limiter is not None:
            bound += server.period
        _, late = await asyncio.wait(tasks, timeout=bound + 0.01)
        if late:
            await asyncio.wait(late, timeout=300)
            self.wrong(
                f"after the storm {len(late)} of {count} calls were not done within {bound:.2f} s, "
                f"but after {self.now() - started:.2f} s"
            )
        failed = {repr(task.exception()) for task in tasks if task.done() and not task.cancelled() and task.exception()}
        if failed:
            self.wrong(f"after the storm calls failed: {sorted(failed)}")
        if any(not task.done() for task in tasks):
            raise Hang
        wanted = min(each, self.connections)
        if server.most_busy < wanted and not self.burst and len(self.clients) == 1:
            self.wrong(f"after the storm {server.most_busy} of {wanted} connections work")

    def _check_calls(self) -> None:
        server = self.server
        if server.refused and not server.late and self.lives == 1 and not self.redis.troubled:
            self.wrong(f"{server.refused} requests were beyond the limit")
        for record in self.records:
            if record.kind == "job":
                continue
            applied = server.applied[record.name]
            error, outcome = record.error, record.outcome
            if applied > 1 and record.kind in ONCE:
                self.wrong(f"{record.kind} {record.name} was applied {applied} times")
            if outcome == "succeeded" and record.kind not in READS and not applied:
                self.wrong(f"{record.kind} {record.name} succeeded, but was not applied")
            if isinstance(error, APIConnectionError | APIStatusError | DecodeError):
                if applied and not error.may_have_been_applied:
                    self.wrong(f"{record.kind} {record.name} was applied, but its error denies it: {error!r}")
                if error.may_have_been_applied and record.kind in READS:
                    self.wrong(f"{record.name} only reads, but its error says that it may have been applied")
            if isinstance(error, RateLimiterError) and not (self.strict and self.redis.troubled):
                self.wrong(f"{record.name}: {error!r}, but Redis answers")
            if isinstance(error, ClientClosedError) and record.client not in self.closed:
                self.wrong(f"{record.name}: {error}, which it was not")
            if outcome == "TimeoutError" and record.plan.how not in ("timeout", "nested", "wait_for", "fail_after"):
                self.wrong(f"{record.name} raised a TimeoutError")


class Job:
    """A job with a journal that is interrupted, killed and done again until it is done."""

    def __init__(self, world: World, folder: Path) -> None:
        self._world = world
        self._folder = folder
        chance = self._chance = random.Random(f"job {world.seed}")
        self._copies = 0
        self.kind: Any = chance.choice(("create", "create", "function", "update", "read"))
        self.names = [f"n-item-{number}" for number in range(chance.randint(2, 8))]
        self._journal: Path | None = folder / "0.journal" if chance.random() < 0.9 else None
        self._grace = chance.choice((0.0, 0.3, 2.0))
        self._options: dict[str, Any] = {
            "concurrency": chance.choice((1, 2, None)),
            "ordered": chance.random() < 0.3,
            "grace": self._grace,
            "name": "simulated",
        }
        self._sources: set[int] = set()
        self._report: Any = None
        self._attempted: set[asyncio.Task[Any]] = set()
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
            await asyncio.sleep(GRID * chance.randint(0, 10))
            await self._round()

    async def _round(self) -> None:
        world, chance = self._world, self._chance
        plan = world.plan()
        if chance.random() < 0.3:
            plan = Plan("cancel", plan.seconds if plan.seconds < math.inf else 1.0, plan.steps, plan.again)
        self.runs += 1
        record = Record(f"run-{self.runs}", "job", plan, client=world.clients[0])
        if world.kills and chance.random() < 0.6:
            self._kill_at_write(chance.randint(1, 12))
        shutdown = plan.how == "cancel" and not world.shared and chance.random() < 0.4
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
            for task in sorted(asyncio.all_tasks(world.loop) - world.ours, key=lambda task: getattr(task, "serial", 0)):
                task.cancel()

        return cancel

    def _call(self, client: Grinfi) -> Any:
        if self.kind == "create":
            return client.tags.create
        if self.kind == "update":
            return client.tags.update
        if self.kind == "read":
            return client.contacts.get

        async def create_and_update(item: dict[str, str]) -> str:
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
                await asyncio.sleep(GRID)
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
        job: Any = client.bulk.map(self._call(client), items, key=key, journal=self._journal, **options)
        self._report = job.report
        with observe(Hooks(before_attempt=lambda _: self._attempted.add(_current()))):
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
        """Run it once more in the calm, when everything must come to its end."""
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
        """What was not to be sent yet must not look as if it were, once a job has ended."""
        world = self._world
        if self.killed or not self.once:
            return
        unsent = [
            name
            for name, state in self._states().items()
            if state in ("started", "unknown") and not world.server.sent[name]
        ]
        # Of a call that was given up while it connected, nobody knows that nothing was sent.
        connected_only = self._attempted - world.server.wrote
        if len(unsent) > len(connected_only):
            world.wrong(f"{unsent} were never sent, but are started or unknown in the journal")

    def _check_report(self, before: dict[str, str], after: dict[str, str]) -> None:
        """The report must count what the journal has got, however the job ended."""
        report, world = self._report, self._world
        done = [name for name, state in after.items() if state == "done" and before.get(name) != "done"]
        if self._journal is not None and report.succeeded != len(done):
            world.wrong(f"the report counts {report.succeeded} that succeeded, but the journal has {done}")
        open_now = ("started", "unknown")
        doubtful = [name for name, state in after.items() if state in open_now and before.get(name) not in open_now]
        if self.once and report.unknown < len(doubtful):
            world.wrong(f"the report counts {report.unknown} as unknown, but of {doubtful} nobody knows")

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


async def _scoped(plan: Plan, record: Record, work: Callable[[], Awaitable[Any]]) -> Any:
    """Do something inside of what may interrupt it."""
    if plan.how in ("scope", "both"):
        with anyio.CancelScope() as record.scope:
            return await work()
        return "cancelled by a scope"
    if plan.how == "timeout":
        async with asyncio.timeout(plan.seconds):
            return await work()
    if plan.how == "nested":
        async with asyncio.timeout(plan.seconds):
            async with asyncio.timeout(plan.seconds):
                return await work()
    if plan.how == "wait_for":
        return await asyncio.wait_for(work(), plan.seconds)
    if plan.how == "fail_after":
        with anyio.fail_after(plan.seconds):
            return await work()
    return await work()


def _current() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    assert task is not None
    return task


# -- running ---------------------------------------------------------------------------------------------------


@contextmanager
def simulated() -> Generator[Callable[[int], Run]]:
    """A function that runs a seed. Until the end of the block clock, network and chance are the simulation's."""
    place = Path("/dev/shm")
    world: list[World] = []

    async def connect(backend: Any, host: str, port: int, timeout: float | None = None, **_: Any) -> Any:
        return await world[0].server.connect(timeout)

    with (
        tempfile.TemporaryDirectory(dir=place if place.is_dir() else None) as folder,
        virtual(lambda: world[0].now() if world else START) as complaints,
        mock.patch.object(AutoBackend, "connect_tcp", connect),
        mock.patch.dict(sys.modules),
        mock.patch.object(logging.getLogger("grinfi_async"), "disabled", True),
    ):

        def books(seed: int) -> tuple[list[str], str, int]:
            here = World(seed, Path(folder) / str(seed))
            world[:] = [here]
            sys.modules["coredis"] = here.redis  # type: ignore[assignment]
            _run(here, complaints)
            world.clear()
            del sys.modules["coredis"]
            return here.problems, "\n".join(here.lines), len(here.records)

        def run(seed: int) -> Run:
            random.seed(seed)
            (Path(folder) / str(seed)).mkdir()
            complaints.clear()
            problems, log, calls = books(seed)
            # What nobody holds any more complains now; what is left is not looked at again.
            gc.collect()
            gc.freeze()
            shutil.rmtree(Path(folder) / str(seed))
            return Run(seed, (*problems, *complaints), log, calls)

        gc.disable()  # or its moment would depend on the runs before
        try:
            yield run
        finally:
            gc.unfreeze()
            gc.enable()


def _run(world: World, complaints: list[str]) -> None:
    while True:
        loop = world.loop
        world.timeline.attach(loop)
        try:
            loop.run_until_complete(world.live())
            for problem in loop.problems:
                world.wrong(problem)
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()
            return
        except Killed:
            world.bury()
            gc.collect()
            complaints.clear()
            world.loop = VirtualLoop(loop.now)
        except (Hang, Exception) as error:
            if error.args:
                world.wrong(
                    f"hangs: {error}" if isinstance(error, Hang) else "".join(traceback.format_exception(error))
                )
            world.bury()
            gc.collect()
            complaints.clear()
            return
