"""Running a job: as many calls at once as the rate limit takes, each recorded before and after."""

from __future__ import annotations

import math
import sys
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Final, Generic, Literal, Self, TypeVar, Unpack

import anyio
from anyio.abc import TaskGroup
from anyio.lowlevel import checkpoint, checkpoint_if_cancelled

from grinfi_async import (
    ConfigurationError,
    FilterIgnoredError,
    Hooks,
    RateLimiter,
    RequestEvent,
    enter_lane,
    observe,
)

from .errors import JobStoppedError, JournalError, NotSeenError, UnknownOutcomeError
from .failures import FATAL_ERRORS, TO_BE_RAISED, interrupt_in, is_write
from .items import as_utf8, iterate, key_of
from .jobs import count_requests, lane_of, remaining_seconds
from .journal import Journal, State
from .operations import Callee, inspect_call
from .options import CheckedOptions, JobOptions
from .progress import Progress, show
from .reasons import reason_of
from .report import BulkReport, Outcome, Status, Verdict
from .wording import counted

__all__ = ["BulkJob"]

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")

DEFAULT_CONCURRENCY: Final = 100
MAX_HELD: Final = 1000
"""With `ordered`, the most outcomes that are held until an earlier row ends."""
SUCCESS: Final = range(200, 300)
STATES: Final[Mapping[Status, State]] = {
    "succeeded": "done", "sent": "sent", "unknown": "unknown", "skipped": "pending",
}  # fmt: skip


# The tasks of a job run in one task group, which `__aenter__` opens and `__aexit__` closes:
#
#   items --> _work: takes an item while `_may_start` --starts--> _process: one for each call
#               |                                                    |  journal: start, commit
#               | `_end`: the grace, the journal                     |  call
#               v                                                    v  journal: end, commit
#             closes the stream                           outcome into the stream --> `async for outcome in outcomes`
#
#   _show: the progress, until `_over` is set
#
# How a job ends early, be it by an error, `break`, Ctrl-C or `task.cancel()`:
#
#   1. `_stop` cancels `_feeding`: no further item is taken.
#   2. Calls that leave no trace are cancelled at once: those that wait for the rate limit, reads, and look-ups.
#   3. Writes in flight get `grace` seconds. Their answers are recorded as if nothing had happened.
#   4. Those that are left are cancelled: `unknown`, or `started` if the next run may repeat them.
#   5. The journal is closed. Only then is a cancellation, which may come at any of these steps, passed on.


@dataclass(slots=True, eq=False)
class _Entry(Generic[ItemT]):
    """An item whose call is running."""

    row: int
    key: str
    item: ItemT
    limited_since: float | None
    """The time since which it waits for the rate limit, if known; None if it does not wait."""
    scope: anyio.CancelScope = field(default_factory=lambda: anyio.CancelScope(shield=True))
    sent: bool = False
    applied: bool = False
    """A request that must not be repeated was answered with success."""
    known: Outcome[ItemT, Any] | None = None
    """The outcome of an earlier run, while it is only looked up whether that run applied it."""

    @property
    def harmless(self) -> bool:
        """Whether cancelling it leaves no trace: it waits for the rate limit with its first request."""
        return self.limited_since is not None and not self.sent


class BulkJob(Generic[ItemT, ResultT]):
    """A job: enter it, and iterate over the outcomes of its items.

    ```
    async with grinfi.bulk.map(grinfi.contacts.get, uuids) as outcomes:
        async for outcome in outcomes:
            ...
    ```

    Leaving the block ends the job: no further item is taken, and requests in flight get `grace` seconds to finish.

    Attributes:
        report: The report so far.
    """

    def __init__(
        self,
        limiter: RateLimiter,
        call: Callable[..., Awaitable[ResultT]],
        items: Iterable[ItemT] | AsyncIterable[ItemT],
        *,
        row: Callable[[ItemT], int] | None = None,
        readable_keys: bool = True,
        look: Callable[[ItemT], Awaitable[bool]] | None = None,
        once_per: Callable[[ItemT], str] | None = None,
        **given: Unpack[JobOptions],
    ) -> None:
        options = CheckedOptions(**given)
        # The items of a string or a mapping would be its letters or keys, which is surely a mistake.
        if not isinstance(items, Iterable | AsyncIterable) or isinstance(items, str | bytes | Mapping):
            raise ConfigurationError(f"items must be an iterable or an async iterable, such as a list, not {items!r}.")
        self._callee: Callee = inspect_call(call, options.name, options.retry_class)
        self._items = items
        self._options = options
        self._lane = lane_of(options.share, options.max_wait)
        self._key = key_of(options.key)
        # Keys may be personal data: a journal keeps them only if the caller chose them with `key`.
        self._readable_keys = readable_keys and options.key is not None
        self._concurrency = options.concurrency or DEFAULT_CONCURRENCY
        self._total = len(items) if options.total is None and isinstance(items, list | tuple) else options.total
        self._row = 0
        # The row of an item in its source; by default items are counted. Cannot be used with `ordered`.
        self._row_of = row
        # Reads whether an earlier run applied an item, for items that it may have applied.
        self._look = look
        # The key by which the journal knows an item in any row; by default it is known by its row and key.
        self._once_per = once_per
        self._entries: set[_Entry[ItemT]] = set()
        self._busy = 0
        self._held: dict[int, Outcome[ItemT, ResultT]] = {}
        self._next_row = 1
        self._failure: BaseException | None = None
        self._failures = 0
        self._state: Literal["new", "entered", "running", "over"] = "new"
        self.report = BulkReport(name=self._callee.name.partition(" with ")[0])
        self._counting = count_requests(self.report, limiter)

    async def __aenter__(self) -> Self:
        if self._state != "new":
            raise ConfigurationError("This job has already been run; create a new one with grinfi.bulk.map(...).")
        self._state = "entered"
        self._defer_interrupts()
        self._journal = Journal(
            self._options.journal, self._callee.name, self._readable_keys, by_key=self._once_per is not None
        )
        self._changed = anyio.Event()
        self._source = iterate(self._items)
        self._coroutines: dict[str, Coroutine[Any, Any, None]] = {}
        self._feeding = anyio.CancelScope()
        self._order = anyio.Lock()
        self._started = anyio.current_time()
        self._send, self._receive = anyio.create_memory_object_stream[Outcome[ItemT, ResultT]](self._concurrency)
        self._tasks: TaskGroup = anyio.create_task_group()
        self._over = anyio.Event()
        await self._tasks.__aenter__()
        self._start(self._work)
        if self._options.progress:
            self._start(self._show)
        return self

    def _start(self, function: Callable[..., Coroutine[Any, Any, None]], *arguments: object) -> None:
        """Start a task. Its coroutine is kept, as one that is cancelled before its first step has to be closed."""
        coroutine = self._coroutines[function.__name__] = function(*arguments)
        self._tasks.start_soon(lambda: coroutine, name=function.__qualname__)

    def _defer_interrupts(self) -> None:
        """On trio, let Ctrl-C interrupt the main task and never a task of the job, whichever is running."""
        trio: Any = sys.modules.get("trio")
        if trio is not None:
            for task in ("_work", "_process", "_show"):
                trio.lowlevel.enable_ki_protection(getattr(type(self), task))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._receive.close()
        self._stop()
        if self._state == "entered":  # `_work` has not taken its first step, and may never take it
            self._state = "over"
            self._close()
        try:
            # Not passed the error, which the task group would wrap in an ExceptionGroup.
            await self._tasks.__aexit__(None, None, None)
        finally:
            self._state = "over"
            for coroutine in self._coroutines.values():
                coroutine.close()
        if error is None and self._failure is not None:
            raise self._failure

    def __aiter__(self) -> AsyncIterator[Outcome[ItemT, ResultT]]:
        if self._state in {"new", "over"}:
            raise ConfigurationError(
                "A job runs inside `async with`: "
                "`async with grinfi.bulk.map(...) as outcomes: async for outcome in outcomes: ...`."
            )
        return self

    async def __anext__(self) -> Outcome[ItemT, ResultT]:
        try:
            return await self._receive.receive()
        except anyio.EndOfStream:
            ended = self._failure or StopAsyncIteration()
        raise ended

    async def run(self) -> BulkReport:
        """Enter the job, run it to its end, and return the report."""
        async with self as outcomes:
            async for _ in outcomes:
                pass
        return self.report

    # -- taking items ----------------------------------------------------------------------------------------------

    async def _work(self) -> None:
        if self._state != "entered":
            return
        self._state = "running"
        try:
            with self._feeding:
                await self._feed()
                await self._until(lambda: not self._busy)
        except TO_BE_RAISED as error:
            self._fail(error)
        finally:
            await self._end()

    async def _feed(self) -> None:
        while True:
            await self._until(self._may_start)
            await checkpoint_if_cancelled()
            try:
                item = await anext(self._source)
            except StopAsyncIteration:
                return
            self._row = self._row_of(item) if self._row_of is not None else self._row + 1
            await self._admit(item)

    def _may_start(self) -> bool:
        """Whether another call would be sent at once: one that had to wait for the rate limit need not start yet."""
        # So at most a few calls wait for the limit. They are the ones that are cancelled without a trace when the job
        # ends, and the input is read no further than the limit allows.
        return self._busy < self._concurrency and len(self._held) < MAX_HELD and not self._waiting()

    def _waiting(self) -> list[float]:
        return [entry.limited_since for entry in self._entries if entry.limited_since is not None]

    async def _admit(self, item: ItemT) -> None:
        row, key = self._row, ""
        try:
            key = self._key(item)
        except Exception as error:
            if isinstance(error, FATAL_ERRORS):
                error.add_note(f"The job was at row {row}; its key could not be found.")
                raise
            failed: Outcome[ItemT, ResultT] = Outcome(row, key, item, "failed", error=error)
            self._count(failed)
            await self._finish(failed)
            return
        # What an earlier run left decides; see the states in journal.py.
        known = self._journal.find(row, self._recorded_key(item, key))
        if known is not None and known.row != row:
            await self._pass_by(Outcome(row, key, item, "duplicate"))
        elif known is not None and known.state == "done":
            await self._pass_by(Outcome(row, key, item, "skipped", known.result))
        else:
            doubt: Outcome[ItemT, ResultT] | None = None
            if known is not None and known.state == "sent" and self._is_final():
                unseen = NotSeenError(known.error or "an earlier run sent it, but nothing has shown that it was done")
                doubt = Outcome(row, key, item, "sent", error=unseen)
            elif known is not None and known.state in {"started", "unknown"} and self._is_final():
                reason = known.error or "An earlier run ended while this item was being sent"
                why = f"{reason}. Check whether it was applied; repeat_unknown=True sends it again."
                doubt = Outcome(row, key, item, "unknown", error=UnknownOutcomeError(why))
            if doubt is not None and self._look is None:
                await self._pass_by(doubt)
                return
            self._start(self._process, row, key, item, doubt)
            # Let the new task count itself as busy, and as waiting for the limit, before `_may_start` is asked again.
            await checkpoint()
            await checkpoint()  # trio may have run this task before the new one

    def _recorded_key(self, item: ItemT, key: str) -> str:
        return key if self._once_per is None else self._once_per(item)

    def _is_final(self) -> bool:
        return self._callee.retry_class == "write" and (not self._options.repeat_unknown or self._look is not None)

    # -- calls -----------------------------------------------------------------------------------------------------

    async def _process(self, row: int, key: str, item: ItemT, known: Outcome[ItemT, ResultT] | None) -> None:
        # Recorded and counted here, not by `_admit`: `task.cancel()` may come before the first step of this task.
        # A method of a resource goes to the limiter at once; a function may do other things first.
        entry = _Entry(row, key, item, None if self._callee.operation is None else anyio.current_time(), known=known)
        self._entries.add(entry)
        self._busy += 1
        outcome: Outcome[ItemT, ResultT] | None = None
        try:
            if known is None:
                self._journal.start(row, self._recorded_key(item, key))
                self._journal.commit()
            try:
                # Shielded: only `_end` cancels a call, after its grace if it has any. `task.cancel()` gets through.
                with entry.scope:
                    if known is not None and (outcome := await self._check(entry, known)) is None:
                        known = entry.known = None
                        self._journal.start(row, self._recorded_key(item, key))
                        self._journal.commit()
                    if known is None:
                        outcome = await self._call(entry)
            finally:
                if outcome is None:
                    self._give_up(entry)
            if outcome is not None:
                # The answer is here: a cancellation must not keep it from the journal.
                with anyio.CancelScope(shield=True):
                    outcome = await self._record(outcome)
                self._entries.discard(entry)
                self._notify()
                await (self._finish(outcome) if known is None else self._deliver(outcome))
        except TO_BE_RAISED as error:
            self._fail(error)
        except BaseExceptionGroup as group:
            self._fail(interrupt_in(group))
        finally:
            self._entries.discard(entry)
            self._busy -= 1
            self._notify()

    async def _call(self, entry: _Entry[ItemT]) -> Outcome[ItemT, ResultT]:
        try:
            with enter_lane(self._lane), observe(self._counting), observe(self._observer(entry)):
                result = await self._callee.invoke(entry.item)
        except Exception as error:
            # A function may fail after its write succeeded: that is as unknown as a lost answer.
            lost = entry.applied or getattr(error, "may_have_been_applied", False)
            status: Status = "unknown" if lost and self._callee.retry_class == "write" else "failed"
            if isinstance(error, FATAL_ERRORS):
                error.add_note(f"The job was at row {entry.row} ({entry.key}).")
                self._fail(error)
            return Outcome(entry.row, entry.key, entry.item, status, error=error)
        verdict = result if isinstance(result, Verdict) else Verdict("succeeded", None, result)
        return Outcome(entry.row, entry.key, entry.item, verdict.status, verdict.result, verdict.error)

    async def _check(self, entry: _Entry[ItemT], known: Outcome[ItemT, ResultT]) -> Outcome[ItemT, ResultT] | None:
        """Look up whether an earlier run applied an item. None if it did not, and the item is to be sent again."""
        try:
            with enter_lane(self._lane), observe(self._counting), observe(self._observer(entry)):
                is_seen = self._look is not None and await self._look(entry.item)
        except FilterIgnoredError:  # the server cannot be asked for it
            is_seen = False
        except Exception as error:
            if isinstance(error, FATAL_ERRORS):
                self._fail(error)
            return known
        if is_seen:
            return replace(known, status="succeeded", error=None)
        return None if self._options.repeat_unknown else known

    def _observer(self, entry: _Entry[ItemT]) -> Hooks:
        # on_wait -> waiting for the limit -> before_attempt -> in flight -> after_attempt; a retry begins again.
        def on_wait(event: RequestEvent) -> None:
            entry.limited_since = anyio.current_time()

        def before_attempt(event: RequestEvent) -> None:
            entry.limited_since = None
            entry.sent = True
            self._notify()

        def after_attempt(event: RequestEvent) -> None:
            entry.applied |= event.status in SUCCESS and is_write(event)

        return Hooks(before_attempt=before_attempt, after_attempt=after_attempt, on_wait=on_wait)

    def _give_up(self, entry: _Entry[ItemT]) -> None:
        """Record a cancelled call. One that may be repeated stays `started`, and the next run repeats it."""
        key = self._recorded_key(entry.item, entry.key)
        if entry.known is not None:
            self._count(entry.known)  # the journal still has the state that the earlier run left
        elif entry.harmless:
            self._journal.end(entry.row, key, "pending")
        elif self._callee.retry_class == "write":
            error = UnknownOutcomeError("The job ended while this item was being sent")
            self._count(Outcome(entry.row, entry.key, entry.item, "unknown", error=error))
            self._journal.end(entry.row, key, "unknown", error=str(error))

    async def _record(self, outcome: Outcome[ItemT, ResultT]) -> Outcome[ItemT, ResultT]:
        """Record the end of a call and count it; the outcome that the journal has."""
        reason = None if outcome.error is None else as_utf8(reason_of(outcome.error))
        state: State = STATES.get(outcome.status, "failed")
        try:
            key = self._recorded_key(outcome.item, outcome.key)
            self._journal.end(outcome.row, key, state, result=outcome.result, error=reason)
            try:
                await checkpoint()  # calls that end at the same time share one commit, which waits for the disk
            finally:
                self._journal.commit()
        except JournalError as error:
            self._fail(error)
            # What the journal did not keep, the next run will not know: report it as that run will find it.
            status: Status = "unknown" if self._callee.retry_class == "write" else "failed"
            lost = UnknownOutcomeError(f"It {'succeeded' if reason is None else f'failed: {reason}'}, but: {error}")
            outcome = replace(outcome, status=status, result=None, error=lost)
        finally:
            self.report.processed += 1
            self._count(outcome)
        return outcome

    # -- outcomes --------------------------------------------------------------------------------------------------

    def _count(self, outcome: Outcome[ItemT, ResultT]) -> None:
        self.report.record(outcome)
        self.report.elapsed = anyio.current_time() - self._started

    async def _pass_by(self, outcome: Outcome[ItemT, ResultT]) -> None:
        """Deliver the outcome of an item that is not sent."""
        self._count(outcome)
        await self._deliver(outcome)

    async def _finish(self, outcome: Outcome[ItemT, ResultT]) -> None:
        """Deliver the outcome of an item of this run; stop the job if its options say so."""
        options = self._options
        if outcome.status in {"failed", "unknown"}:
            self._failures += 1
            if callable(options.on_error):
                try:
                    options.on_error(outcome)
                except Exception as error:
                    self._fail(error)
            elif options.on_error == "stop":
                self._stop_because(f"row {outcome.row} ({outcome.key}) ended as {outcome.status}", outcome)
            if options.max_failures is not None and self._failures > options.max_failures:
                self._stop_because(f"more than {counted(options.max_failures, 'item')} failed", outcome)
        await self._deliver(outcome)

    async def _deliver(self, outcome: Outcome[ItemT, ResultT]) -> None:
        try:
            if not self._options.ordered:
                await self._send.send(outcome)
                return
            # Row 3 may end before row 2: it is held, and whichever call ends row 2 delivers both. The lock keeps a
            # later row from overtaking while `send` waits for the reader.
            self._held[outcome.row] = outcome
            async with self._order:
                while self._next_row in self._held:
                    following = self._held.pop(self._next_row)
                    self._next_row += 1
                    await self._send.send(following)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            pass  # The reader has left; the journal and the report have the outcome.

    def progress(self) -> Progress:
        """The progress of the job."""
        report = self.report
        now = anyio.current_time()
        elapsed = report.elapsed if self._state == "over" else now - self._started
        waiting = self._waiting()
        return Progress(
            name=report.name,
            total=self._total,
            done=report.done,
            failed=report.failed,
            unknown=report.unknown,
            sent=report.sent,
            elapsed=elapsed,
            rate=report.processed / elapsed if elapsed else 0.0,
            limit_used=report.limit_used,
            waited=report.waited + sum(now - since for since in waiting),
            waiting=bool(waiting),
            remaining=remaining_seconds(report, self._total, elapsed, self._lane),
        )

    async def _show(self) -> None:
        with anyio.CancelScope(shield=True):
            try:
                await show(self._options.progress, self.progress, self._over)
            except TO_BE_RAISED as error:
                self._fail(error)

    # -- the end ---------------------------------------------------------------------------------------------------

    def _stop_because(self, reason: str, outcome: Outcome[ItemT, ResultT]) -> None:
        why = f"{reason}: {reason_of(outcome.error)}"
        stopped = JobStoppedError(f"The job {self.report.name} was stopped: {why}", self.report)
        stopped.__cause__ = outcome.error
        self._fail(stopped)

    def _fail(self, error: BaseException) -> None:
        """Stop the job with an error; the first error is raised."""
        if isinstance(error, JournalError):
            error.report = self.report
        self._failure = self._failure or error
        self._stop()

    def _stop(self) -> None:
        self._feeding.cancel()

    async def _end(self) -> None:
        """Give requests in flight the grace to finish, close the journal, then deliver the outcomes that are left.

        `task.cancel()` gets through every shield, at each step and repeatedly. It is put off until the journal is
        closed.
        """
        put_off: BaseException | None = None
        grace_ends = anyio.current_time() + self._options.grace
        for entry in self._entries:
            if entry.harmless or entry.known is not None or self._callee.retry_class == "read":
                entry.scope.cancel()
        try:
            with anyio.CancelScope(deadline=grace_ends, shield=True):
                await self._source.aclose()
        except anyio.get_cancelled_exc_class() as error:
            put_off = error
        except TO_BE_RAISED as error:
            self._fail(error)
        # Each `_process` removes its entry when its outcome is recorded. Cancelled calls do so too, so that this ends.
        while self._entries:
            if anyio.current_time() >= grace_ends:
                grace_ends = math.inf
                for entry in self._entries:
                    entry.scope.cancel()
            try:
                with anyio.CancelScope(deadline=grace_ends, shield=True):
                    await self._changed.wait()
            except anyio.get_cancelled_exc_class() as error:
                put_off = error
        try:
            self._journal.close()
        except JournalError as error:
            self._fail(error)
        try:
            if put_off is not None:
                raise put_off
            await self._until(lambda: not self._busy)
            for row in sorted(self._held):  # rows after a cancelled one, which leaves a gap
                await self._send.send(self._held.pop(row))
        except anyio.BrokenResourceError:
            pass
        finally:
            self.report.elapsed = anyio.current_time() - self._started
            self._close()

    def _close(self) -> None:
        """Close everything, without waiting."""
        self._journal.close()
        self._send.close()
        self._over.set()

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            await self._changed.wait()

    def _notify(self) -> None:
        # Wakes all waiters of `_until`, each of which checks its condition again. An event cannot be cleared.
        self._changed.set()
        self._changed = anyio.Event()
