"""The server, and the faults of the network on the way to it. It keeps what it has applied: the truth of a run."""

from __future__ import annotations

import itertools
import json
import math
import random
from collections import Counter, deque
from collections.abc import Callable
from typing import Any, Final, Literal, Protocol

import anyio
import httpcore

from .clock import http_date
from .network import Connection, Stream, Timeline

__all__ = ["CONNECTION", "OF_JOBS", "WINDOWS", "Server", "SlidingWindow"]

GRID: Final = 0.05
"""Most durations are multiples of it, so that things happen at the same moment."""
EXACT: Final = 1e-6
"""The tolerance between sums of a client's clock and of a server's."""
OF_JOBS: Final = "n-item-"
"""The prefix of the names that jobs send."""
CONNECTION: Final = "a connection"
JUNK: Final = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"

Mangled = Literal[
    "whole", "split", "drip", "reset", "end", "stall", "extra", "extra later", "twice", "close", "garbage"
]
MANGLED: Final[tuple[Mangled, ...]] = (
    "split", "drip", "reset", "end", "stall", "extra", "extra later", "twice", "twice", "close", "garbage",
)  # fmt: skip


class Window(Protocol):
    """How a server counts."""

    def admits(self, now: float) -> bool: ...


class FixedWindow:
    """A window begins with the first request after the last one's end."""

    def __init__(self, capacity: int, period: float) -> None:
        self.capacity, self.period = capacity, period
        self._began = -math.inf
        self._count = 0

    def admits(self, now: float) -> bool:
        if now - self._began >= self.period - EXACT:
            self._began, self._count = now, 0
        self._count += 1
        return self._count <= self.capacity


class SlidingWindow:
    """The last period counts."""

    def __init__(self, capacity: int, period: float) -> None:
        self.capacity, self.period = capacity, period
        self._log: deque[float] = deque()

    def admits(self, now: float) -> bool:
        while self._log and self._log[0] <= now - self.period + EXACT:
            self._log.popleft()
        self._log.append(now)
        return len(self._log) <= self.capacity


class RefilledBucket:
    """Tokens are refilled steadily."""

    def __init__(self, capacity: int, period: float) -> None:
        self.capacity, self.period = capacity, period
        self._tokens = float(capacity)
        self._at = 0.0

    def admits(self, now: float) -> bool:
        self._tokens = min(self.capacity, self._tokens + (now - self._at) * self.capacity / self.period)
        self._at = now
        if self._tokens < 1 - EXACT:
            return False
        self._tokens -= 1
        return True


WINDOWS: Final[tuple[Callable[[int, float], Window], ...]] = (FixedWindow, SlidingWindow, RefilledBucket)


class Server:
    """Answers requests about named things, as the seed decides.

    Attributes:
        chaos: The probability of each kind of trouble; 0 for none.
        applied: Name -> how often it was written.
        received: Name -> how many requests for it came in.
        sent: Name -> how many requests for it have left the client.
        wrote: The tasks that have sent more than a head without a name.
        refused: Refusals that the rate limit does not excuse: its own count was above the limit.
        jobs_window: The share of the limit for jobs; None if it is not checked.
        beyond_share: Requests of jobs beyond it.
        late: Requests counted when their client had given them up, which no client can allow for.
        open: Connections that the client has not closed.
        busy: Requests in progress, and the most at the same time.
        dead: True if the client's process is dead: nothing leaves it.
    """

    def __init__(
        self,
        chance: random.Random,
        timeline: Timeline,
        log: Callable[[str], None],
        current: Callable[[], object],
    ) -> None:
        self._current = current
        self._chance = chance
        self._timeline = timeline
        self._log = log
        self.capacity = chance.choice((2, 3, 4, 6, 8))
        self.period = chance.choice((2.0, 5.0, 10.0))
        self.limited = chance.random() < 0.8
        self.window = chance.choice(WINDOWS)(self.capacity, self.period)
        self.chaos = chance.choice((0.0, 0.03, 0.1, 0.25))
        self.latencies = [GRID * chance.randint(0, 5) for _ in range(3)]
        self.steady = chance.random() < 0.5
        self.keepalive = chance.choice((0.5, 2.0, 30.0))
        self.applied: Counter[str] = Counter()
        self.received: Counter[str] = Counter()
        self.sent: Counter[str] = Counter()
        self.wrote: set[object] = set()
        self.refused = 0
        self.jobs_window: SlidingWindow | None = None
        self.beyond_share = 0
        self.late = 0
        self.open: dict[int, Connection] = {}
        self.busy = self.most_busy = 0
        self.dead = False
        self.on_write: Callable[[], None] = lambda: None
        self._numbers = itertools.count(1)
        self._awaited: dict[str, list[anyio.Event]] = {}

    def __str__(self) -> str:
        kind = type(self.window).__name__ if self.limited else "no limit"
        return f"{self.capacity}/{self.period:g} s {kind}, chaos {self.chaos}, latencies {self.latencies}"

    @property
    def slowest(self) -> float:
        """Seconds that a connection and an answer take at most when there is no trouble."""
        return 5 * GRID + 2 * max(self.latencies)

    # -- connections -------------------------------------------------------------------------------------------

    async def connect(self, timeout: float | None) -> Stream:
        """Open a connection, for httpcore."""
        chance = self._chance
        number = next(self._numbers)
        trouble = chance.random() < self.chaos and chance.choice(("refused", "slow", "never"))
        seconds = GRID * chance.randint(0, 1)
        if trouble == "slow":
            seconds += chance.uniform(0.5, 4)
        elif trouble == "never":
            seconds = math.inf
        try:
            with anyio.fail_after(timeout):
                await anyio.sleep(seconds)
        except TimeoutError as error:
            self._log(f"connection {number} took too long")
            raise httpcore.ConnectTimeout from error
        if trouble == "refused":
            self._log(f"connection {number} was refused")
            raise httpcore.ConnectError("refused")
        up = GRID if self.steady else GRID * chance.randint(0, 2)
        connection = Connection(self._timeline, number, up=up, down=GRID * chance.randint(0, 1))
        connection.stream.connector = self
        if self.dead:
            connection.stream.closed = True
            return connection.stream
        self.open[number] = connection
        self._log(f"connection {number} is open")
        self._happens(CONNECTION)
        self._close_when_idle(connection)
        return connection.stream

    def write(self, connection: Connection, data: bytes) -> None:
        """The client sends bytes."""
        self.on_write()
        if self.dead:
            return
        name = _name(data)
        if name:
            self.wrote.add(self._current())
            self.sent[name] += 1
        self._log(f"connection {connection.number} < {len(data)} bytes {name}")
        self._timeline.after(connection.up, lambda: self._arrive(connection, data))
        self.on_write()

    def close(self, connection: Connection) -> None:
        """The client closes a connection; bytes sent before still arrive."""
        self.open.pop(connection.number, None)
        self._log(f"connection {connection.number} is closed by the client")
        self._timeline.after(connection.up, lambda: self._gone(connection))

    def kill(self) -> None:
        """The client's process is dead, and its connections with it."""
        self.dead = True
        self._awaited.clear()
        for connection in self.open.values():
            connection.stream.closed = True
            self._timeline.after(connection.up, lambda connection=connection: self._gone(connection))  # type: ignore[misc]
        self.open.clear()

    def calm(self) -> None:
        """Have no more trouble, and always the same latency."""
        self.chaos = 0.0
        self.keepalive = 1e6
        self.latencies = [4 * GRID]

    def _gone(self, connection: Connection) -> None:
        connection.gone = True

    def _close_when_idle(self, connection: Connection) -> None:
        served = connection.served

        def close() -> None:
            if connection.served == served and not connection.inbox and not connection.gone:
                self._log(f"connection {connection.number} was idle for too long")
                self._hang_up(connection)

        self._timeline.after(self.keepalive, close)

    def _hang_up(self, connection: Connection) -> None:
        connection.gone = True
        connection.finish()

    def tell(self, what: str, event: anyio.Event) -> None:
        """Set this event when an answer to this name reaches the client, or when a `CONNECTION` is made."""
        self._awaited.setdefault(what, []).append(event)

    def _happens(self, what: str) -> None:
        for event in () if self.dead else self._awaited.pop(what, ()):
            event.set()

    # -- requests ----------------------------------------------------------------------------------------------

    def _arrive(self, connection: Connection, data: bytes) -> None:
        if connection.gone:
            connection.reset()
            return
        if not connection.inbox:
            connection.served += 1
            connection.admitted = not self.limited or self.window.admits(self._timeline.now())
            self.late += connection.stream.closed and not self.steady
        connection.inbox += data
        if self._chance.random() < self.chaos / 4:
            self._log(f"server: answers connection {connection.number} early")
            connection.send(self._bytes("", 503, "whole"))
            self._hang_up(connection)
            return
        head, found, body = bytes(connection.inbox).partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        if found and len(body) >= int(length or 0):
            connection.inbox.clear()
            method, path = head.decode().split(" ")[:2]
            self._work(connection, method, _name(head + found + body) or path.rpartition("/")[2])

    def _work(self, connection: Connection, method: str, name: str) -> None:
        chance = self._chance
        self.received[name] += 1
        if self.jobs_window is not None and name.startswith(OF_JOBS):
            self.beyond_share += not self.jobs_window.admits(self._timeline.now())
        after = self._timeline.after
        if not connection.admitted:
            self.refused += 1
            self._log(f"server: {method} {name} is beyond the limit")
            after(0, lambda: self._answer(connection, name, 429, "whole"))
            return
        status = 200
        applied = method != "GET"
        mangled: Mangled = "whole"
        if chance.random() < self.chaos:
            status = chance.choice((429, 429, 500, 502, 503, 504, 404, 422, 0, 0, 0))
            if status == 404 and method == "DELETE":
                status = 422  # a missing name counts as deleted
            applied = applied and (status in (0, 500, 502, 503, 504)) and chance.random() < 0.5
        if chance.random() < self.chaos:
            mangled = chance.choice(MANGLED)
        before = chance.choice(self.latencies)
        rest = chance.choice(self.latencies)
        self.busy += 1
        self.most_busy = max(self.most_busy, self.busy)

        def apply() -> None:
            if applied:
                self.applied[name] += 1
            self._log(f"server: {method} {name} {'applied' if applied else 'seen'}, answer {status} {mangled}")
            after(rest, answer)

        def answer() -> None:
            self.busy -= 1
            self._answer(connection, name, status, mangled)

        after(before, apply)

    def _answer(self, connection: Connection, name: str, status: int, mangled: Mangled) -> None:
        """Send an answer, or what the network leaves of it. Status 0 means no answer."""
        chance = self._chance
        if connection.gone:
            return
        if not status:
            if mangled == "stall" or chance.random() < 0.3:
                return
            connection.reset()
            connection.gone = True
            return
        data = self._bytes(name, status, mangled)
        self._timeline.after(connection.down, lambda: self._happens(name))
        cut = chance.randint(0, len(data) - 1)
        if mangled in ("whole", "garbage", "close"):
            connection.send(data)
        elif mangled == "twice":
            connection.send(data + data)
        elif mangled == "extra":
            connection.send(data + JUNK[: chance.randint(1, len(JUNK))])
        elif mangled == "extra later":
            connection.send(data)
            connection.send(JUNK[: chance.randint(1, len(JUNK))])
        elif mangled == "drip":
            for at in range(0, len(data), 20):
                part = data[at : at + 20]
                self._timeline.after(GRID * at, lambda part=part: connection.send(part))  # type: ignore[misc]
        else:
            connection.send(data[:cut])
            if mangled == "split":
                self._timeline.after(GRID * chance.randint(0, 4), lambda: connection.send(data[cut:]))
            elif mangled == "reset":
                connection.reset()
            elif mangled == "end":
                connection.finish()
        if mangled in ("close", "end", "reset"):
            connection.gone = True
            if mangled == "close":
                connection.finish()
        elif mangled != "drip":
            self._close_when_idle(connection)

    def _bytes(self, name: str, status: int, mangled: Mangled) -> bytes:
        chance = self._chance
        body = json.dumps({"uuid": name, "name": name}).encode()
        if mangled == "garbage":
            body = chance.choice((b"", b"<html>", body[:-1]))
        head = [f"HTTP/1.1 {status} Told", f"content-length: {len(body)}", "content-type: application/json"]
        if status == 429 and chance.random() < 0.7:
            seconds = chance.randint(0, 4)
            told = http_date(self._timeline.now() + seconds) if chance.random() < 0.3 else str(seconds)
            head.append(f"retry-after: {told}")
        if mangled == "close" and chance.random() < 0.5:
            head.append("connection: close")
        if chance.random() < 0.2:
            head[1] = "transfer-encoding: chunked"
            body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n"
        return "\r\n".join([*head, "", ""]).encode() + body


def _name(data: bytes) -> str:
    """The name in the path or body of a request."""
    head, _, body = (
        data.partition(b"\r\n\r\n") if data.startswith((b"GET", b"PUT", b"POST", b"DELETE")) else (b"", b"", data)
    )
    path = head.split(b" ")[1] if head else b""
    last = path.rpartition(b"/")[2].decode()
    if last.startswith("n-"):
        return last
    if body.startswith(b"{"):
        found: Any = json.loads(body)
        return str(found.get("name", ""))
    return ""
