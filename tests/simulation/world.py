"""A run: callers and jobs in a storm, then calm, and then their reports are checked against the server's records."""

from __future__ import annotations

import math
import random
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

import anyio
import httpx

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
    RateLimitWaitError,
    RetryPolicy,
    SharedRateLimiter,
    TokenBucket,
    observe,
)

from .backends import Asyncio, Backend, Trio, Work
from .clock import START, Hang
from .job import Job
from .network import Timeline
from .plans import KINDS, ONCE, READS, Plan, Record, scoped, steps
from .redis import Redis
from .server import CONNECTION, GRID, Server

__all__ = ["World"]

PROMPTLY: Final = 0.5
"""Seconds within which a cancelled call must have ended."""
LONGEST: Final = 3600.0
"""Seconds within which a storm must be over."""
NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
GIVEN_UP: Final = 185.0
"""Seconds after which Redis drops a permit that was never released."""


class OwnLimiter:
    """A limiter as a user may write it: with only the required methods."""

    def __init__(self, bucket: TokenBucket) -> None:
        self._bucket = bucket

    async def acquire(self, on_wait: Callable[[float], None] | None = None) -> object:
        return await self._bucket.acquire(on_wait)

    def release(self, permit: Any, status: int | None, headers: Mapping[str, str]) -> None:
        self._bucket.release(permit, status, headers)

    def statistics(self) -> RateLimitStatistics:
        return self._bucket.statistics()


class World:
    """Everything in a run."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.seed = seed
        self.folder = folder
        self.chance = chance = random.Random(f"world {seed}")
        self.on_trio = chance.random() < 0.08
        self.backend: Backend = Trio(seed) if self.on_trio else Asyncio(START)
        self.lines: list[str] = []
        self.problems: list[str] = []
        self.timeline = Timeline()
        self.server = Server(random.Random(f"server {seed}"), self.timeline, self.log, lambda: self.backend.current())
        self.redis = Redis(self.timeline, self.log)
        self.records: list[Record] = []
        self.lives = 0
        self.kills = 0 if self.on_trio else chance.choice((0, 0, 1, 2))
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
        self.max_wait = chance.choice((3600.0, 3600.0, 3600.0, 0.5, 3.0))
        self.timeout = httpx.Timeout(chance.choice((1.0, 3.0)))
        self.closed: set[Any] = set()
        self.job = Job(self, folder) if chance.random() < 0.4 else None
        self.clients: list[Grinfi] = []
        self.limiters: list[Any] = []
        self.log(
            f"{self.server}, {self.connections} connections, {self.policy}, shared {self.shared}, "
            f"{type(self.backend).__name__}"
        )

    # -- books -------------------------------------------------------------------------------------------------

    def now(self) -> float:
        """The time."""
        return self.backend.now

    def log(self, line: str) -> None:
        """Write an event down."""
        self.lines.append(f"{self.backend.now:10.4f} {line}".replace(str(self.folder), ""))

    def wrong(self, problem: str) -> None:
        """Record a violation."""
        problem = problem.replace(str(self.folder), "")
        self.log(f"WRONG: {problem}")
        self.problems.append(problem)

    # -- a process ---------------------------------------------------------------------------------------------

    async def live(self) -> None:
        """The life of a process, which ends in good order unless it is killed."""
        self.lives += 1
        self.timeline.attach(self.backend)
        self.log(f"process {self.lives} starts")
        self.server.dead = False
        async with AsyncExitStack() as stack:
            self.limiters = [await self._limiter(stack) for _ in range(2 if self.shared else 1)]
            self.clients = [self._client(limiter) for limiter in self.limiters]
            await self._storm()
            self.log("calm")
            self.server.calm()
            self.redis.calm()
            # A process that is killed while Redis grants it a permit never gives that back.
            given_up = GIVEN_UP if self.redis.troubled or (self.shared and self.lives > 1) else 0
            await anyio.sleep(2 * self.server.period + 12 + given_up)
            if self.job is not None:
                await self.job.finish()
                await anyio.sleep(2 * self.server.period + 1)
            await self._probe()
            for client in self.clients:
                await self._close(client)
            if self.shared and self.chance.random() < 0.2:
                self.redis.freeze(60)
            leaving = self.now()
        if self.now() - leaving > 5 * len(self.limiters) + 0.5:
            self.wrong(f"leaving the limiter took {self.now() - leaving:.1f} s")
        await anyio.sleep(1)
        left = self.backend.left()
        if left:
            self.wrong(f"tasks are left: {left}")
        if self.server.open:
            self.wrong(f"connections are left open: {sorted(self.server.open)}")
        await anyio.sleep(40)
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
            max_wait=self.max_wait,
        )

    def kill(self) -> None:
        """The process dies between two instructions; its files keep what it wrote."""
        if self.backend.killed:
            return
        self.log(f"process {self.lives} is killed")
        self.kills -= 1
        if self.job is not None:
            self.job.rescue()
        self.server.kill()
        self.backend.kill()

    def bury(self) -> None:
        """Forget a dead process."""
        for record in self.records:
            if record.outcome == "under way":
                record.outcome = "killed"
        self.backend.bury()

    # -- the storm ---------------------------------------------------------------------------------------------

    async def _storm(self) -> None:
        chance = self.chance
        seconds = chance.choice((0.5, 2.0, 6.0))
        tasks = [self._start(self._caller, number, seconds) for number in range(chance.randint(1, 9))]
        if self.job is not None:
            tasks.append(self._start(self.job.rounds))
        if chance.random() < 0.15:
            tasks.append(self._start(self._replace_client, chance.uniform(0, seconds)))
        if self.shared:
            tasks.append(self._start(self._trouble_redis, seconds))
        if self.kills and (self.job is None or chance.random() < 0.5):
            self.timeline.after(chance.uniform(0, 2 * seconds), self._kill_this(self.lives))
        until = self.now() + LONGEST
        for task in tasks:
            await task.wait(until - self.now())
        if not all(task.ended for task in tasks):
            waiting = [f"{each.name} ({each.kind}, {each.plan})" for each in self.records if each.ended == math.inf]
            self.wrong(f"the storm never ends: {', '.join(waiting)}")
            raise Hang
        for task in tasks:
            if task.error is not None:
                raise task.error

    def _start(self, work: Callable[..., Awaitable[Any]], *arguments: Any) -> Work:
        """Let one of the run's own tasks begin."""
        return self.backend.start(lambda: work(*arguments), ours=True)

    def _kill_this(self, life: int) -> Callable[[], None]:
        return lambda: self.kill() if self.lives == life else None

    def plan(self) -> Plan:
        """How something is going to be interrupted."""
        chance = self.chance
        if chance.random() < 0.3:
            return Plan()
        # Often at a moment when something else happens.
        seconds = GRID * chance.randint(0, 16) if chance.random() < 0.8 else chance.uniform(0, 5)
        how: Any = chance.choice(
            ("cancel", "cancel", "cancel", "scope", "both", "timeout", "nested", "wait_for", "fail_after")
        )
        again = chance.randint(0, 4) if chance.random() < 0.5 else -1
        moment: Any = "time"
        if how in ("cancel", "scope", "both"):
            moment = chance.choice(("time", "answer", "answer", "connection"))
        return Plan(how, seconds, chance.randint(0, 14), again, moment)

    async def _caller(self, number: int, seconds: float) -> None:
        chance = self.chance
        await anyio.sleep(GRID * chance.randint(0, int(seconds / GRID)))
        client = chance.choice(self.clients)
        record = Record(f"n-{self.lives}-{number}", chance.choice(KINDS), self.plan(), client=client)
        await self.interrupt(record, lambda: self._call(record, client))
        ended = record.ended
        if min(ended, record.sent_first) > record.started + self.max_wait + PROMPTLY:
            self.wrong(f"{record.name} waited {min(ended, record.sent_first) - record.started:.1f} s for its turn")
        if ended > record.sent_first + self.policy.max_elapsed + PROMPTLY:
            self.wrong(f"{record.name} took {ended - record.sent_first:.1f} s after it was sent first")
        if ended > record.asked_at + PROMPTLY:
            self.wrong(f"{record.name} ended {ended - record.asked_at:.2f} s after it was cancelled")

    async def interrupt(self, record: Record, work: Callable[[], Awaitable[Any]]) -> None:
        """Do something, and interrupt it as planned."""
        plan = record.plan
        self.records.append(record)
        record.on_trio = self.on_trio
        record.started = self.now()
        self.log(f"{record.kind} {record.name} starts ({plan})")
        task = self.backend.start(lambda: scoped(plan, record, work))
        if plan.how in ("cancel", "scope", "both"):
            if plan.moment == "time":
                await task.wait(plan.seconds)
            else:
                event = anyio.Event()
                task.tell(event)
                self.server.tell(record.answer or record.name if plan.moment == "answer" else CONNECTION, event)
                await event.wait()
            await steps(plan.steps)
            self._cancel(record, task, plan.how)
            if plan.again >= 0:
                await steps(plan.again)
                self._cancel(record, task, "cancel" if plan.how == "both" else plan.how)
        elif plan.how != "never":
            record.asked_at = record.started + plan.seconds
        asked = record.asked_at <= self.now()
        await task.wait()
        record.ended = self.now()
        record.error = task.error
        if task.cancelled:
            record.outcome = "cancelled"
            if plan.how not in ("cancel", "both") and record.asked_at == math.inf:
                self.wrong(f"{record.name} was cancelled by nobody")
        elif task.error is not None:
            record.outcome = type(task.error).__name__
            if not isinstance(task.error, GrinfiError | TimeoutError):
                self.wrong(f"{record.name} raised {task.error!r}")
        else:
            record.outcome = str(task.value)
            if asked and plan.how == "cancel" and record.outcome == "succeeded" and not self.on_trio:
                self.wrong(f"{record.name} continued although it was cancelled")
        self.log(f"{record.kind} {record.name} ends: {record.outcome} {record.error or ''}")

    def _cancel(self, record: Record, task: Work, how: str) -> None:
        if task.ended:
            return
        if how == "cancel" or record.scope is None:
            task.cancel()
        else:
            record.scope.cancel()
        record.asked_at = min(record.asked_at, self.now())
        self.log(f"{record.kind} {record.name} is cancelled")

    async def _call(self, record: Record, client: Grinfi) -> str:
        def on_wait(_: Any) -> None:
            record.waits.append((self.now(), math.inf))

        def before_attempt(_: Any) -> None:
            record.sent_first = min(record.sent_first, self.now())
            if record.waits:
                record.waits[-1] = (record.waits[-1][0], min(record.waits[-1][1], self.now()))

        name = record.name
        with observe(Hooks(on_wait=on_wait, before_attempt=before_attempt)):
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
        await anyio.sleep(seconds)
        place = self.chance.randrange(len(self.clients))
        client = self.clients[place]
        self.clients[place] = self._client(self.limiters[place])
        await self._close(client)
        ended = [record for record in self.records if record.client is client and record.outcome == "under way"]
        await anyio.sleep(PROMPTLY)
        for record in ended:
            if record.outcome == "under way" and record.kind != "job":
                self.wrong(f"{record.name} continues although its client is closed")

    async def _close(self, client: Grinfi) -> None:
        """Close a client; sometimes this is cancelled, and done again."""
        self.closed.add(client)
        started = self.now()
        self.log("a client is being closed")
        if self.chance.random() < 0.3:
            task = self.backend.start(client.aclose)
            await steps(self.chance.randint(0, 6))
            self.log("closing is cancelled")
            task.cancel()
            await task.wait()
        await client.aclose()
        if self.now() - started > PROMPTLY:
            self.wrong(f"closing took {self.now() - started:.1f} s")

    async def _trouble_redis(self, seconds: float) -> None:
        chance, redis = self.chance, self.redis
        for _ in range(chance.randint(0, 2)):
            await anyio.sleep(chance.uniform(0, seconds))
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
            client = self.clients[number % len(self.clients)].with_options(max_wait=LONGEST, retry=RetryPolicy())
            await self._call(record, client)
            self.log(f"{name} has its answer")

        tasks = [self._start(probe, number) for number in range(count)]
        each = math.ceil(count / len(self.clients))
        bound = math.ceil(each / self.connections) * server.slowest + (0.5 if self.shared else 0.01)
        if self.burst and not self.shared and limiter is not None:
            bound += server.period
        for task in tasks:
            await task.wait(started + bound - self.now())
        late = [task for task in tasks if not task.ended]
        if late:
            for task in late:
                await task.wait(started + 300 - self.now())
            self.wrong(
                f"after the storm {len(late)} of {count} calls were not done within {bound:.2f} s, "
                f"but after {self.now() - started:.2f} s"
            )
        failed = {repr(task.error) for task in tasks if task.error is not None}
        if failed:
            self.wrong(f"after the storm calls failed: {sorted(failed)}")
        if not all(task.ended for task in tasks):
            raise Hang
        wanted = min(each, self.connections)
        if server.most_busy < wanted and not self.burst and len(self.clients) == 1:
            self.wrong(f"after the storm {server.most_busy} of {wanted} connections work")

    def _check_calls(self) -> None:
        server = self.server
        if server.refused and not server.late and self.lives == 1 and not self.redis.troubled:
            self.wrong(f"{server.refused} requests were beyond the limit")
        fair = self.lives == 1 and not self.shared
        if fair and server.beyond_share and not server.late:
            self.wrong(f"{server.beyond_share} requests of a job were beyond its share")
        attempts = self.job.attempts if self.job is not None and fair else []
        for record in self.records:
            if record.kind == "job":
                continue
            for start, end in record.waits:
                overtaken = [at for at in attempts if start < at < min(end, record.ended)]
                if overtaken:
                    self.wrong(f"{record.name} waited from {start:.4f} on, but a job was served at {overtaken}")
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
            if isinstance(error, RateLimitWaitError) and (applied or server.sent[record.name]):
                self.wrong(f"{record.name} was sent, but: {error!r}")
            if isinstance(error, RateLimiterError) and not (self.strict and self.redis.troubled):
                self.wrong(f"{record.name}: {error!r}, but Redis answers")
            if isinstance(error, ClientClosedError) and record.client not in self.closed:
                self.wrong(f"{record.name}: {error}, which it was not")
            if outcome == "TimeoutError" and record.plan.how not in ("timeout", "nested", "wait_for", "fail_after"):
                self.wrong(f"{record.name} raised a TimeoutError")
