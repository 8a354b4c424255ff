"""How calls and jobs are interrupted, and what is known of them."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import anyio

__all__ = ["KINDS", "ONCE", "READS", "Kind", "Plan", "Record", "scoped", "steps"]

Kind = Literal["read", "update", "delete", "create", "raw"]
KINDS: Final[tuple[Kind, ...]] = ("read", "update", "delete", "create", "create", "raw")
READS: Final = frozenset({"read"})
ONCE: Final = frozenset({"create", "raw", "function"})
"""Kinds of calls that must not be applied twice."""


@dataclass
class Plan:
    """How and when a call or job is interrupted.

    `seconds` after its start, or when its answer comes (of a job, one of its answers) or a connection is made; and
    `steps` of the event loop later; natively cancelled (once more `again` steps after
    that, if not negative), by a scope, by `asyncio.timeout` (of another one too), `wait_for` or a scope's deadline.
    """

    how: Literal["never", "cancel", "scope", "both", "timeout", "nested", "wait_for", "fail_after"] = "never"
    seconds: float = math.inf
    steps: int = 0
    again: int = -1
    moment: Literal["time", "answer", "connection"] = "time"

    def __str__(self) -> str:
        when = f"{self.seconds:g} s" if self.moment == "time" else self.moment
        return f"{self.how} after {when} and {self.steps} steps, {self.again}"


@dataclass(eq=False)
class Record:
    """The record of a call, or of one run of a job."""

    name: str
    kind: str
    plan: Plan
    started: float = 0.0
    sent_first: float = math.inf
    asked_at: float = math.inf
    """The time of its cancellation."""
    ended: float = math.inf
    outcome: str = "under way"
    error: BaseException | None = None
    scope: anyio.CancelScope | None = field(default=None, repr=False)
    client: Any = None
    waits: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    """The periods in which it waited for the rate limit."""
    on_trio: bool = False
    answer: str = ""
    """The name whose answer it waits for, if not its own."""


async def scoped(plan: Plan, record: Record, work: Callable[[], Awaitable[Any]]) -> Any:
    """Run `work` within the construct that may interrupt it."""
    if plan.how in ("scope", "both"):
        with anyio.CancelScope() as record.scope:
            return await work()
        return "cancelled by a scope"
    if plan.how == "fail_after" or (record.on_trio and plan.how in ("timeout", "nested", "wait_for")):
        with anyio.fail_after(plan.seconds):
            return await work()
    if plan.how == "timeout":
        async with asyncio.timeout(plan.seconds):
            return await work()
    if plan.how == "nested":
        async with asyncio.timeout(plan.seconds):
            async with asyncio.timeout(plan.seconds):
                return await work()
    if plan.how == "wait_for":
        return await asyncio.wait_for(work(), plan.seconds)
    return await work()


async def steps(count: int) -> None:
    """Let the event loop take this many steps."""
    for _ in range(count):
        await anyio.sleep(0)
