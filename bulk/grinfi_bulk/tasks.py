"""The same change to many tasks, by single calls: the mass operations answer 504 on the live service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Unpack

import anyio

from grinfi_async import ConfigurationError, Grinfi, GrinfiError

from .actions import SAMPLED_CALLS, StepOptions, Target, task_of, texts
from .choices import Verb, Verify
from .engine import BulkJob
from .errors import LeftAloneError, NotSeenError
from .failures import FATAL_ERRORS
from .operations import BY_METHOD
from .reasons import reason_of
from .report import BulkReport, Verdict
from .verifying import NOT_SAMPLED, NOT_WANTED, check_verify, is_row_of, record_of

__all__ = ["TASK_SETTLE", "act_on_tasks"]

TASK_SETTLE: Final = 10.0
"""Seconds to wait until a task shows the change."""
LOOKS: Final = (0.2, 2.6)
"""Seconds after the change at which a task is read again, before the last time at the end of `settle`."""
RESULTS: Final[Mapping[Verb, frozenset[str]]] = {
    "complete": frozenset({"closed"}),
    "skip": frozenset({"skipped"}),
    "retry": frozenset({"in_progress", "restarted", "closed"}),
    "cancel": frozenset({"canceled", "cancelled"}),
}
"""Change -> status of a task that shows it."""
CANCELLED: Final = RESULTS["cancel"]
REPLIED: Final = "replied"


async def act_on_tasks(
    grinfi: Grinfi,
    verb: Verb,
    target: Target,
    *,
    confirm: bool,
    verify: Verify,
    settle: float,
    **options: Unpack[StepOptions],
) -> BulkReport:
    """See `Bulk.complete_tasks`."""
    check_verify(verify, settle)
    if target.ids is None and options.get("journal") is not None:
        raise ConfigurationError(
            "journal needs ids: a filter may find other tasks in the next run. Keep the result of "
            'bulk.preview(filter=..., of="tasks"), and pass it as ids.'
        )
    step = _Step(grinfi, verb, verify, settle)

    async def run(ids: Any) -> BulkReport:
        job: BulkJob[str, Any] = BulkJob(
            grinfi.rate_limiter,
            step.run,
            texts(ids),
            look=step.is_done,
            name=f"{verb.capitalize()} tasks",
            key=str.casefold,
            retry_class=BY_METHOD["tasks", verb].retry,
            **options,
        )
        return await job.run()

    if target.ids is not None:
        return await run(target.ids)
    async with target.found(grinfi, f"{verb}_tasks", confirm=confirm) as found:
        return await run(found)


class _Step:
    """The change to one task: read it, change it, and read it again if the answer does not show the change.

    ```
    read -- to be left alone ----------------------------------------> skipped
      |
    change -- the answer shows it -----------------------------------> succeeded
      |         |
      |       the answer does not show it -- read again -- shows it --> succeeded
      |                                          +-------- does not --> sent
      +---- no answer (may have been applied) -- read again -- shows --> succeeded
                                                     +----- does not --> unknown
    ```
    """

    def __init__(self, grinfi: Grinfi, verb: Verb, verify: Verify, settle: float) -> None:
        self._grinfi, self._verify, self._settle = grinfi, verify, settle
        self._verb: Verb = verb
        self._call: Any = getattr(grinfi.tasks, verb)
        self._number = 0

    async def run(self, uuid: str) -> Any:
        """Change the task, unless it is to be left alone now: since it was found, its contact may have replied."""
        reason = self._reason_against(await task_of(self._grinfi, uuid))
        if reason is not None:
            return Verdict("skipped", LeftAloneError(reason))
        self._number += 1
        try:
            answer = await self._call(uuid)
        except GrinfiError as error:
            if not getattr(error, "may_have_been_applied", False):
                raise
            return None if await self._seen(uuid) is None else Verdict("unknown", error)
        if self._shows(answer, uuid):
            return None
        if self._verify == "none" or (self._verify == "sample" and self._number % SAMPLED_CALLS != 1):
            return Verdict("sent", NotSeenError(NOT_WANTED if self._verify == "none" else NOT_SAMPLED))
        return await self._seen(uuid)

    async def is_done(self, uuid: str) -> bool:
        """Whether the task shows the change now."""
        return self._shows(await task_of(self._grinfi, uuid), uuid)

    async def _seen(self, uuid: str) -> Verdict | None:
        started, reason = anyio.current_time(), ""
        for moment in (*(it for it in LOOKS if it < self._settle), self._settle):
            await anyio.sleep(max(0.0, started + moment - anyio.current_time()))
            try:
                row = await task_of(self._grinfi, uuid)
            except GrinfiError as error:
                if isinstance(error, FATAL_ERRORS):
                    raise
                reason = f"it could not be read back: {reason_of(error, advise=False)}"
                continue
            if self._shows(row, uuid):
                return None
            reason = f"it was still {row['status']} after {self._settle:g} s"
        return Verdict("sent", NotSeenError(reason))

    def _shows(self, answer: Any, uuid: str) -> bool:
        row = record_of(answer)
        return row.get("status") in RESULTS[self._verb] and is_row_of(uuid, row)

    def _reason_against(self, row: Mapping[str, Any]) -> str | None:
        """Why the task is left alone; None if it is not."""
        status = row.get("status")
        if row.get("automation_error_code") == REPLIED:
            return "its contact replied"
        if status in CANCELLED:
            return "it was cancelled, for example by a reply of its contact"
        if self._verb == "retry" and status != "failed":
            return f"it is {status}, not failed"
        if status in RESULTS[self._verb]:
            return f"it is already {status}"
        return None
