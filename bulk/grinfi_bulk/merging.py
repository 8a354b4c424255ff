"""Merging contacts: the survivor gets the values of the others, and only then are they deleted."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final, Unpack

import anyio

from grinfi_async import ContactAction, FilterIgnoredError, Grinfi, GrinfiError, enter_lane, observe
from grinfi_support.custom_fields import CustomFieldNames
from grinfi_support.mass_actions import MASS_ACTION_SIZE

from .actions import Settled, StepOptions, act_in_chunks
from .duplicates import DuplicateReport
from .engine import BulkJob
from .errors import LeftAloneError, NotSeenError
from .failures import FATAL_ERRORS
from .items import digest_of
from .jobs import count_requests, lane_of
from .merge_plans import DIGITS, Member, MergePlan, PlannedGroup, opened_plan
from .options import DEFAULT_GRACE
from .people import CUSTOM, TAG, atoms_of, is_running, running_flows
from .reading import RowSource
from .reasons import reason_of
from .report import BulkReport, Outcome, Status, Verdict
from .verifying import LOOKS, Check, check_verify, rows_of
from .wording import counted

__all__ = ["MergeReport", "merge"]

PLACES_OF: Final = 100
"""Contacts whose places in automations are read with one filter."""
GONE: Final = "it does not exist any more"
CHANGED: Final = "it has changed since the plan was made; make a new plan"
RUNNING: Final = "it is in a running automation; cancel it there, or keep this contact instead"
UNDECIDED: Final = "the plan does not say whether to keep it"
NOT_CONFIRMED: Final = "contacts are deleted only with confirm=True"
LOST: Final = "the contact to keep has changed since it was written, or does not exist any more"
INCOMPLETE: Final = "the contact to keep does not show all values of this one"
HIDDEN: Final = "the server does not show custom fields, so it is unknown what a deletion would lose"

# Two phases over all groups of the plan; nothing is deleted before a later read has shown that nothing is lost:
#
#   look          read all contacts of the group; leave alone what has changed, is gone, or is in a running automation
#   write         the survivor gets what it lacks (fields, tags, custom fields) and what `take` names
#   read back     until it shows all of it; otherwise the group is `sent` or `unknown`, and nothing is deleted
#   ------------- only with confirm=True, after all survivors are written:
#   look again    right before each deletion; a survivor that lost something keeps its duplicates
#   delete        by the ids just read, 500 in a request; read back until they are gone
#
# Interrupted, the same plan resumes: writing again is harmless, and a contact that is gone is left alone. The column
# `seen` has digests of each contact when the plan was made. A survivor that this merge has written differs from them,
# too: `_is_changed` accepts values that the others give, and nothing else.


@dataclass(kw_only=True)
class MergeReport(BulkReport):
    """The report of a merge. Its rows are those of the plan.

    Attributes:
        written: Kept contacts that show all values of their duplicates.
        deleted: Contacts that existed before and are gone after.
    """

    written: int = 0
    deleted: int = 0

    def _lines(self) -> list[str]:
        first, *rest = super()._lines()
        has = "has" if self.written == 1 else "have"
        written = f"{counted(self.written, 'contact')} {has} the values of their duplicates, {self.deleted:,} deleted"
        return [first, f"  {written}", *rest]


async def merge(
    grinfi: Grinfi,
    plan: RowSource | DuplicateReport,
    *,
    confirm: bool,
    settle: float,
    **options: Unpack[StepOptions],
) -> MergeReport:
    """See `Bulk.merge`."""
    check_verify("all", settle)
    report = MergeReport(name="Merge contacts")
    async with opened_plan(plan) as checked:
        started = anyio.current_time()
        with ExitStack() as around:
            around.enter_context(enter_lane(lane_of(options.get("share"), options.get("max_wait"))))
            around.enter_context(observe(count_requests(report, grinfi.rate_limiter)))
            job = _Merge(grinfi, checked, report, confirm, settle, options)
            try:
                await job.write_survivors()
                if confirm:
                    await job.delete_others()
            except BaseException as error:
                error.report = report  # type: ignore[attr-defined]  # also on Ctrl-C, whose user wants the counts
                raise
            finally:
                report.elapsed = anyio.current_time() - started
    return report


class _Merge:
    def __init__(
        self,
        grinfi: Grinfi,
        plan: MergePlan,
        report: MergeReport,
        confirm: bool,
        settle: float,
        options: StepOptions,
    ) -> None:
        self._grinfi, self._plan, self._report, self._confirm = grinfi, plan, report, confirm
        self._settle, self._options = settle, options
        self._has_custom_fields = True
        self._not_tagged: dict[str, GrinfiError] = {}

    # -- survivors -----------------------------------------------------------------------------------------------------

    async def write_survivors(self) -> None:
        """Write the values of the others, and read them back. Doing it again is harmless."""
        for row, uuid in self._plan.undecided():
            self._record(Member(row, uuid, (), {}), "", "skipped", LeftAloneError(UNDECIDED))
        self._has_custom_fields = bool(await CustomFieldNames.of(self._grinfi).fields(self._grinfi, "lead"))
        job: BulkJob[PlannedGroup, Any] = BulkJob(
            self._grinfi.rate_limiter,
            self._write,
            self._looked_at(self._plan.groups()),
            name="Merge contacts",
            key=lambda group: group.key,
            readable_keys=False,
            retry_class="idempotent",
            **self._options,
        )
        async with job as outcomes:
            async for outcome in outcomes:
                self._settle_group(outcome)

    def _settle_group(self, outcome: Outcome[PlannedGroup, Any]) -> None:
        group = outcome.item
        is_written = outcome.error is None
        self._record(group.survivor, group.number, outcome.status, outcome.error)
        self._report.written += outcome.status == "succeeded"
        if is_written and self._confirm:
            self._plan.mark_written(group)
            return
        reason = NOT_CONFIRMED if is_written else INCOMPLETE if outcome.status != "skipped" else str(outcome.error)
        for other in group.others:
            self._record(other, group.number, "skipped", LeftAloneError(other.left or reason))

    async def _write(self, group: PlannedGroup) -> Any:
        survivor = group.survivor
        reason, changes = self._changes(group)
        error = self._not_tagged.pop(group.number, None)
        if reason is not None:
            return Verdict("skipped", LeftAloneError(reason))
        if not changes:
            return None
        if error is not None and not getattr(error, "may_have_been_applied", False):
            raise error
        lost = error
        try:
            await self._send(survivor.uuid, changes)
        except GrinfiError as error:
            if not getattr(error, "may_have_been_applied", False):
                raise
            lost = error
        doubt = await self._doubt(survivor.uuid, changes)
        if doubt is None:
            return None
        return Verdict("sent", doubt) if lost is None else Verdict("unknown", lost)

    async def _send(self, uuid: str, changes: Mapping[str, str]) -> None:
        fields: dict[str, Any] = {name: it for name, it in changes.items() if not name.startswith((TAG, CUSTOM))}
        custom = {name.removeprefix(CUSTOM): it for name, it in changes.items() if name.startswith(CUSTOM)}
        if custom:
            fields["custom_fields"] = custom
        if fields:
            await self._grinfi.contacts.update(uuid, **fields)

    def _changes(self, group: PlannedGroup) -> tuple[str | None, dict[str, str]]:
        """Why a group is left alone, or the values that its survivor gets."""
        usable = [other for other in group.others if other.left is None]
        reason = self._reason_against(group, usable)
        if reason is not None:
            return reason, {}
        gives, takes = _given_by(usable)
        before = atoms_of(group.survivor.row_now or {})
        return None, {
            name: it for name, it in gives.items() if before.get(name) != it and (name in takes or name not in before)
        }

    async def _tag(self, groups: Sequence[PlannedGroup]) -> None:
        """Add tags to survivors, each tag by one mass action. Survivors that get only tags are read back together."""
        wanted: dict[str, list[PlannedGroup]] = {}
        only_tags: dict[str, tuple[Member, set[str]]] = {}
        for group in groups:
            names = set(self._changes(group)[1])
            tags = {name for name in names if name.startswith(TAG)}
            for name in sorted(tags):
                wanted.setdefault(name, []).append(group)
            if tags and tags == names:
                only_tags[group.survivor.uuid] = group.survivor, tags
        for name, some in wanted.items():
            action = ContactAction.add_tags(name.removeprefix(TAG))
            try:
                await self._grinfi.contacts.mass_action(action, ids=[group.survivor.uuid for group in some])
            except GrinfiError as error:  # reported by each of these groups
                self._not_tagged |= {group.number: error for group in some}
        if only_tags and not self._not_tagged:
            rows = await rows_of(self._grinfi.contacts.search, list(only_tags))
            for uuid, (survivor, tags) in only_tags.items():
                if uuid in rows and tags <= atoms_of(rows[uuid]).keys():
                    survivor.row_now = rows[uuid]

    async def _doubt(self, uuid: str, changes: Mapping[str, str]) -> Exception | None:
        """Read a survivor until it shows its changes. If it does not in time, why it does not count as written."""
        started, reason = anyio.current_time(), ""
        for moment in (0.0, *(it for it in LOOKS if it < self._settle), self._settle):
            await anyio.sleep(max(0.0, started + moment - anyio.current_time()))
            try:
                found = (await rows_of(self._grinfi.contacts.search, [uuid])).get(uuid, {})
            except GrinfiError as error:
                if isinstance(error, FATAL_ERRORS):
                    raise
                reason = f"it could not be read back: {reason_of(error, advise=False)}"
                continue
            atoms = atoms_of(found)
            missing = [name for name, value in changes.items() if atoms.get(name) != value]
            if not missing:
                return None
            reason = f"reading it back did not show {', '.join(missing)} within {self._settle:g} s"
        return NotSeenError(reason)

    # -- deletion ------------------------------------------------------------------------------------------------------

    async def delete_others(self) -> None:
        """Delete the others of survivors that show everything, by ids that are read again right before."""
        action = ContactAction.delete()

        def settle(chunk: list[Settled[tuple[PlannedGroup, Member]]]) -> None:
            for (group, other), status, error in chunk:
                if status == "failed" and getattr(error, "may_have_been_applied", False):
                    status = "unknown"
                self._report.deleted += status == "succeeded"
                self._record(other, group.number, status, error)

        await act_in_chunks(
            self._grinfi,
            "Delete duplicates",
            [action],
            self._deletable(),
            lambda item: item[1].uuid,
            settle,
            Check(self._grinfi, self._grinfi.contacts.search, [action], verify="all", settle=self._settle),
            progress=self._options.get("progress", False),
            grace=self._options.get("grace", DEFAULT_GRACE),
        )

    async def _deletable(self) -> AsyncGenerator[list[tuple[PlannedGroup, Member]]]:
        for chunk in _chunks(self._plan.groups(written=True)):
            await self._look(chunk)
            found: list[tuple[PlannedGroup, Member]] = []
            for group in chunk:
                survivor = group.survivor
                given = _given_by([other for other in group.others if other.left is None])
                is_lost = survivor.row_now is None or _is_changed(survivor, *given, may_grow=True)
                for other in group.others:
                    left = other.left or (LOST if is_lost else _loss(survivor, other))
                    if left is None:
                        found.append((group, other))
                    else:
                        self._record(other, group.number, "skipped", LeftAloneError(left))
            for start in range(0, len(found), MASS_ACTION_SIZE):
                yield found[start : start + MASS_ACTION_SIZE]

    # -- looking -------------------------------------------------------------------------------------------------------

    async def _looked_at(self, groups: Iterable[PlannedGroup]) -> AsyncGenerator[PlannedGroup]:
        for chunk in _chunks(groups):
            await self._look(chunk)
            await self._tag(chunk)
            for group in chunk:
                yield group

    async def _look(self, groups: Sequence[PlannedGroup]) -> None:
        """Read the contacts of some groups, and find the others that must be left alone."""
        rows = await rows_of(self._grinfi.contacts.search, [it.uuid for group in groups for it in group.members])
        others = [other for group in groups for other in group.others]
        running = await self._running([other.uuid for other in others if other.uuid in rows])
        for group in groups:
            group.survivor.row_now = rows.get(group.survivor.uuid)
        for other in others:
            row = other.row_now = rows.get(other.uuid)
            if row is None:
                other.left = GONE
            elif not self._shows_custom_fields(row):
                other.left = HIDDEN
            elif _is_changed(other, {}, set()):
                other.left = CHANGED
            elif other.uuid in running or any(running_flows(row)):
                other.left = RUNNING

    async def _running(self, ids: Sequence[str]) -> set[str]:
        """The contacts that are in a running automation."""
        found: set[str] = set()
        for start in range(0, len(ids), PLACES_OF):
            given = {uuid.casefold(): uuid for uuid in ids[start : start + PLACES_OF]}
            async for row in self._grinfi.automations.list_contacts(filter={"lead_uuid": [*given.values()]}):
                uuid = str(row.get("lead_uuid")).casefold()
                if uuid not in given:
                    raise FilterIgnoredError("F.lead_uuid.in_([...])", str(row.get("uuid")))
                if is_running(row.get("status")):
                    found.add(given[uuid])
        return found

    def _reason_against(self, group: PlannedGroup, usable: Sequence[Member]) -> str | None:
        """Why a group is left alone; None if it is not."""
        survivor = group.survivor
        if survivor.row_now is None:
            return GONE
        if not usable:
            reasons = ", ".join(dict.fromkeys(f"{other.uuid}: {other.left}" for other in group.others))
            return f"no other contact can be merged into it{f' ({reasons})' if reasons else ''}"
        if not self._shows_custom_fields(survivor.row_now):
            return HIDDEN
        return CHANGED if _is_changed(survivor, *_given_by(usable)) else None

    def _shows_custom_fields(self, row: Mapping[str, Any]) -> bool:
        return not self._has_custom_fields or isinstance(row.get("custom_fields"), dict | list)

    def _record(self, member: Member, group: str, status: Status, error: Exception | None) -> None:
        item = {"row": member.row, "group": group, "uuid": member.uuid}
        self._report.processed += status != "skipped"
        self._report.record(Outcome(member.row, member.uuid, item, status, error=error))


def _chunks(groups: Iterable[PlannedGroup]) -> Iterable[list[PlannedGroup]]:
    """Groups in chunks of as many contacts as one request reads."""
    chunk: list[PlannedGroup] = []
    size = 0
    for group in groups:
        if chunk and size + len(group.members) > MASS_ACTION_SIZE:
            yield chunk
            chunk, size = [], 0
        chunk.append(group)
        size += len(group.members)
    if chunk:
        yield chunk


def _given_by(others: Sequence[Member]) -> tuple[dict[str, str], set[str]]:
    """The values that others give to their survivor, earlier ones first; and which replace its own values."""
    gives: dict[str, str] = {}
    takes: dict[str, str] = {}
    for other in others:
        atoms = atoms_of(other.row_now or {})
        gives = atoms | gives
        takes |= {name: atoms[name] for name in other.take if name in atoms}
    return gives | takes, set(takes)


def _is_changed(member: Member, gives: Mapping[str, str], takes: set[str], *, may_grow: bool = False) -> bool:
    """Whether a contact has changed since it was planned, other than by this merge.

    With `may_grow`, new values do not count: right before a deletion, the survivor only must not have lost any.
    """
    # For each value: the planned digest matches                        unchanged
    #                 given by another contact, and missing or replaced  changed by this merge, or an earlier run of it
    #                 anything else                                      changed by somebody else
    # `updated_at` also shows changes of fields that are not compared, unless this merge moved it.
    row = member.row_now or {}
    now, planned = atoms_of(row), {name: it for name, it in member.seen.items() if name not in ("of", "at")}
    is_ours = False
    for name in planned if may_grow else now.keys() | planned.keys():
        value = now.get(name)
        if (None if value is None else digest_of(value)[:DIGITS]) == planned.get(name):
            continue
        if value is None or value != gives.get(name) or (name in planned and name not in takes):
            return True
        is_ours = True
    return not is_ours and not may_grow and str(row.get("updated_at") or "") != member.seen.get("at")


def _loss(survivor: Member, other: Member) -> str | None:
    """Why deleting a contact would lose a value that the plan keeps; None if it would not."""
    kept, atoms = atoms_of(survivor.row_now or {}), atoms_of(other.row_now or {})
    for name, value in atoms.items():
        if name not in kept or (name in other.take and kept[name] != value):
            return INCOMPLETE
    return None
