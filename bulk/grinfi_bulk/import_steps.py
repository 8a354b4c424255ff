"""The steps of an import: look up, write, tag, set the sender, add to an automation."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any, Final, cast

import anyio

from grinfi_async import UNSET, ContactAction, Grinfi, NotFoundError, RetryClass

from .actions import Settled, StepOptions, act_in_chunks, add_one, chunks_of, is_in_automation
from .choices import Existing
from .columns import Columns
from .engine import BulkJob
from .errors import JobStoppedError, JournalError, LeftAloneError, MergedError, NotSeenError
from .import_report import ImportReport
from .items import as_json
from .journal import Journal, State
from .options import DEFAULT_GRACE
from .reading import SourceRow
from .report import Outcome, Verdict
from .verifying import Check, is_row_of, shown_by
from .who_is_who import WhoIsWho, Written, is_same

if TYPE_CHECKING:
    from grinfi_async import NewContactDict

__all__ = ["CLAIMED", "Claim", "Rows", "Step", "Steps"]

CLAIMED: Final = "another import has claimed the contact for the automation"
WAS_THERE: Final = " was there"
IGNORED: Final = "the contact is imported, but does not show the sender profile, and is not in the automation"
NOT_TRIED: Final = (
    "the contact is imported without the sender profile, which the server ignored for the first one, and is not in the "
    "automation"
)
# Rows go from step to step through temporary files (`Rows`). A step passes on the rows that it has done, now or in an
# earlier run; the others end in the report, so that nobody is messaged whose contact was not written.
#
#             +---------+    +-------+    +-----+    +--------+    +------------+
#   source -> | look up | -> | write | -> | tag | -> | sender | -> | automation | -> succeeded, skipped or sent
#             +---------+    +-------+    +-----+    +--------+    +------------+
#   journal    .existing      (none)       .tags      .sender       .automation       (suffix of the file name)
#   known by   row, key       row, key     UUID       UUID          UUID
#   on loss    repeat         repeat       repeat     repeat        never repeat
#
# All rows finish one step before the next begins, and each step has its own journal: an import that is stopped while
# it tags resumes there, and reads the UUIDs of what it wrote from the first journal. After writing, contacts count and
# not rows: the UUID is the key, so that two rows of one contact are added to the automation once.
Claim = Callable[[str], Awaitable[bool]]
Step = Callable[[Iterable[SourceRow]], Awaitable[Iterable[SourceRow]]]


class Rows:
    """Rows between two steps, in a temporary file, as there can be any number."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, row: SourceRow) -> None:
        self._count += 1
        self._file.write(
            as_json([row.number, row.uuid, row.changed, row.key, list(row.items())], lenient=True, sort=False)
        )
        self._file.write("\n")

    def __iter__(self) -> Iterator[SourceRow]:
        self._file.seek(0)
        for line in self._file:
            number, uuid, changed, key, cells = json.loads(line)
            yield SourceRow(cells, number, uuid, changed, key)


def tag_title(actions: Sequence[ContactAction]) -> str:
    """The title of the step that attaches tags, sets the stage, or both."""
    kinds = {action.type for action in actions}
    stage = {"contact_change_pipeline_stage"}
    return "Tag contacts" if not kinds & stage else "Set the stage" if kinds == stage else "Tag and set the stage"


class Steps:
    """The steps of an import. Each reads the rows, has its own journal, and passes on the rows that it has done.

    The steps after writing act once on each contact, and record it by its UUID.
    """

    def __init__(
        self,
        grinfi: Grinfi,
        columns: Columns,
        who: WhoIsWho,
        target: str,
        options: StepOptions,
        report: ImportReport,
        files: ExitStack,
        settle: float,
        claim: Claim | None = None,
    ) -> None:
        self._grinfi = grinfi
        self._columns = columns
        self._who = who
        self._target = target
        self._options = options
        journal = options.get("journal")
        self._journal = None if journal is None else os.fspath(journal)
        self._report = report
        self._files = files
        self._settle = settle
        self._claim = claim
        # Rows whose tags did not show when read back: they go to the next step, but do not count as done.
        self._doubts: dict[int, Exception] = {}
        self._step, self._done = "", 0
        # Suffix -> journal in memory, for imports without `journal`: two steps may need the same one.
        self._ledgers: dict[str, Journal] = {}
        # First row of a contact that has several rows -> the lock by which they are written in order.
        self._turns: dict[int, anyio.Lock] = {}

    async def run(self, steps: Sequence[Step], rows: Iterable[SourceRow]) -> None:
        """Run the steps one after the other, and count the rows that all of them have done."""
        left = len(steps)
        try:
            for step in steps:
                left -= 1
                rows = await step(rows)
        except BaseException as error:
            # The import was stopped. Rows are counted as done only if the last step had them; otherwise the report
            # says which step was reached, and how many rows that step had done.
            self._report.step = f"{self._step} ({len(steps) - left} of {len(steps)})"
            passed_on = len(self._latest)
            self._report.step_done = max(passed_on, self._done)
            if not left:
                self._count(self._latest)
                self._report.succeeded += self._report.step_done - passed_on  # answered while the job was ending
            if self._report.requests or not isinstance(error, JournalError):
                error.report = self._report  # type: ignore[attr-defined]  # also on Ctrl-C, whose user wants the counts
            raise
        self._count(rows)

    def _count(self, rows: Iterable[SourceRow]) -> None:
        for row in rows:
            if row.number in self._doubts:
                key = self._columns.key(row)
                self._report.record(Outcome(row.number, key, row, "sent", error=self._doubts[row.number]))
            elif row.changed:
                self._report.succeeded += 1
            else:
                self._report.skipped += 1

    def first_rows(self, rows: Iterable[SourceRow]) -> Iterator[SourceRow]:
        """The first row of each contact; the others are not sent."""
        for row in rows:
            same = self._who.find(row.number)
            if same is None or same.is_duplicate:
                yield row
            else:
                error = MergedError(f"{is_same(same)}; it was not sent", same.row)
                self._report.record(Outcome(row.number, self._columns.key(row), row, "merged", error=error))

    @asynccontextmanager
    async def _turn(self, row: SourceRow) -> AsyncGenerator[None]:
        """Wait for earlier rows of the same contact: calls run at once, and the contact must show the last row."""
        person = self._who.person(row.number)
        if person is None:
            yield
            return
        lock = self._turns.setdefault(person, anyio.Lock())
        try:
            async with lock:
                yield
        finally:
            if not lock.statistics().tasks_waiting:
                self._turns.pop(person, None)

    def _contacts(self, written: Rows, index: Written) -> Iterable[SourceRow]:
        """The rows that the contacts show; the others are reported as merged, or counted as existing."""
        contacts = self._new_rows()
        for row in written:
            shown = index.row_of(row.uuid or "")
            if shown == row.number:
                contacts.add(row)
                continue
            if shown is None:
                self._report.existing += 1
                continue
            error = MergedError(f"it was merged into contact {row.uuid}, which shows row {shown}", shown, row.uuid)
            self._report.record(Outcome(row.number, self._columns.key(row), row, "merged", row.uuid, error))
        return contacts

    def _new_rows(self) -> Rows:
        file = self._files.enter_context(TemporaryFile("w+", encoding="utf-8", prefix="grinfi-"))  # noqa: SIM115
        self._latest = Rows(file)
        return self._latest

    async def look_up(self, rows: Iterable[SourceRow], total: int) -> Iterable[SourceRow]:
        """Leave out rows whose contact exists. All are looked up and recorded before any is written: after a restart,
        a contact that this import wrote would look like one that existed.
        """

        async def look_up(row: SourceRow) -> bool:
            for look_up in self._columns.look_ups(row):
                with suppress(NotFoundError):
                    await self._grinfi.contacts.find(**look_up)
                    return True
            return False

        new = self._new_rows()

        def settle(row: SourceRow, outcome: Outcome[SourceRow, Any]) -> None:
            if outcome.result:
                self._report.existing += 1
            else:
                new.add(row)

        await self._run("Look up contacts", look_up, rows, total, "read", ".existing", settle)
        return new

    async def upsert(
        self, rows: Iterable[SourceRow], total: int, list_uuid: str, existing: Existing
    ) -> Iterable[SourceRow]:
        """Write the contacts, one request each."""
        written, index = self._new_rows(), Written(first_wins=existing == "skip")
        await self._upsert(rows, total, list_uuid, existing, written, index)
        return self._contacts(written, index)

    async def _upsert(
        self,
        rows: Iterable[SourceRow],
        total: int,
        list_uuid: str,
        existing: Existing,
        written: Rows,
        index: Written,
    ) -> None:
        async def upsert(row: SourceRow) -> str:
            ready = self._columns.ready(row)
            async with self._turn(row):
                contact = await self._grinfi.contacts.upsert(
                    lead=cast("NewContactDict", ready.lead),
                    list_uuid=list_uuid,
                    custom_fields=ready.custom_fields or UNSET,
                    update_if_exists=existing != "skip",
                    move_to_list=existing == "move",
                )
            # The look-up found no contact, but the server recognised one, by an email address for example.
            is_there = existing == "skip" and self._columns.is_other(row, contact.to_dict())
            return f"{contact.uuid}{WAS_THERE if is_there else ''}"

        def settle(row: SourceRow, outcome: Outcome[SourceRow, Any]) -> None:
            row.uuid = str(outcome.result).removesuffix(WAS_THERE)
            row.changed |= outcome.status == "succeeded"
            if row.uuid == outcome.result:
                index.add(row.uuid, row.number, is_new=outcome.status == "succeeded")
            written.add(row)

        await self._run("Import contacts", upsert, rows, total, "idempotent", "", settle)

    async def tag(self, rows: Iterable[SourceRow], actions: list[ContactAction]) -> Iterable[SourceRow]:
        """Attach tags and set the stage, 500 contacts in a request. Doing it twice is harmless: the journal saves only
        requests.
        """
        tagged = self._new_rows()
        self._step, self._done = tag_title(actions), 0
        ledger = self._ledger(self._step, ".tags", by_key=True)

        def untagged() -> Iterator[SourceRow]:
            for row in rows:
                known = ledger.find(row.number, row.uuid or "")
                if known is not None and known.state == "done":
                    tagged.add(row)
                else:
                    yield row

        def settle(chunk: list[Settled[SourceRow]]) -> None:
            for row, status, error in chunk:
                ledger.start(row.number, row.uuid or "")
                state: State = "done" if error is None else "sent" if status == "sent" else "failed"
                ledger.end(row.number, row.uuid or "", state)
                if state == "failed":
                    self._record(Outcome(row.number, self._columns.key(row), row, "failed", error=error))
                    continue
                if error is not None:
                    self._doubts[row.number] = error
                row.changed = True
                tagged.add(row)
            ledger.commit()

        try:
            part = await act_in_chunks(
                self._grinfi,
                f"{self._step} (requests)",
                actions,
                chunks_of(untagged()),
                lambda row: row.uuid or "",
                settle,
                Check(self._grinfi, self._grinfi.contacts.search, actions, verify="all", settle=self._settle),
                progress=self._options.get("progress", False),
                grace=self._options.get("grace", DEFAULT_GRACE),
            )
        finally:
            self._let_go(ledger)
        self._report.absorb(part)
        self._stop_if_failed("could not be tagged or moved to the stage")
        return tagged

    async def set_sender(self, rows: Iterable[SourceRow], sender_uuid: str) -> Iterable[SourceRow]:
        """Set the sender profile. Contacts that do not show it are not passed on: another sender would write to them.

        The first contact is a trial, as the API does not document this field: the others wait for it, and are not sent
        if it does not show the sender.
        """
        trial, is_taken, shown = anyio.Lock(), False, {"sender_profile_uuid": sender_uuid}
        problem: NotSeenError | None = None

        async def send(uuid: str) -> Verdict | None:
            contacts = self._grinfi.contacts
            answer = (await contacts.update(uuid, extra_body=shown)).to_dict()
            if not is_row_of(uuid, answer) or not shown_by(answer, shown):
                answer = (await contacts.get(uuid)).to_dict()
            return (
                None if is_row_of(uuid, answer) and shown_by(answer, shown) else Verdict("sent", NotSeenError(IGNORED))
            )

        async def change(row: SourceRow) -> Verdict | None:
            nonlocal is_taken, problem
            if not is_taken:
                async with trial:
                    if problem is not None:
                        return Verdict("failed", problem)
                    if not is_taken:
                        verdict = await send(row.uuid or "")
                        is_taken = verdict is None
                        problem = None if is_taken else NotSeenError(NOT_TRIED)
                        return verdict
            return await send(row.uuid or "")

        sent = self._new_rows()

        def settle(row: SourceRow, outcome: Outcome[SourceRow, Any]) -> None:
            row.changed |= outcome.status == "succeeded"
            sent.add(row)

        total = sum(1 for _ in rows)
        await self._run("Set the sender", change, rows, total, "idempotent", ".sender", settle, once_per_contact=True)
        return sent

    async def add_to_automation(self, rows: Iterable[SourceRow], flow_uuid: str) -> Iterable[SourceRow]:
        """Add the contacts to the automation, one request each, none of them twice."""

        async def add(row: SourceRow) -> Any:
            if self._claim is not None and not await self._claim(row.uuid or ""):
                return Verdict("skipped", LeftAloneError(CLAIMED))
            return await add_one(self._grinfi, flow_uuid, row.uuid or "")

        async def look(row: SourceRow) -> bool:
            return await is_in_automation(self._grinfi, flow_uuid, row.uuid or "")

        added = self._new_rows()

        def settle(row: SourceRow, outcome: Outcome[SourceRow, Any]) -> None:
            row.changed |= outcome.status == "succeeded"
            added.add(row)

        total = sum(1 for _ in rows)
        await self._run(
            "Add to automation", add, rows, total, "write", ".automation", settle, look, once_per_contact=True
        )
        return added

    async def _run(
        self,
        title: str,
        call: Callable[[SourceRow], Awaitable[Any]],
        rows: Iterable[SourceRow],
        total: int,
        retry_class: RetryClass,
        suffix: str,
        settle: Callable[[SourceRow, Outcome[SourceRow, Any]], None],
        look: Callable[[SourceRow], Awaitable[bool]] | None = None,
        once_per_contact: bool = False,
    ) -> None:
        self._step = title
        options: StepOptions = {**self._options, "journal": self._journal and f"{self._journal}{suffix}"}
        job: BulkJob[SourceRow, Any] = BulkJob(
            self._grinfi.rate_limiter,
            call,
            rows,
            row=lambda row: row.number,
            readable_keys=False,
            look=look,
            once_per=(lambda row: row.uuid or "") if once_per_contact else None,
            key=self._columns.key,
            name=f"{title} with {self._target}",
            total=total,
            retry_class=retry_class,
            **options,
        )
        try:
            async with job as outcomes:
                async for outcome in outcomes:
                    if outcome.status in {"succeeded", "skipped"} and outcome.error is None:
                        settle(outcome.item, outcome)
                    else:
                        self._report.record(outcome)
        except BaseException:
            self._report.take_over(job.report)  # calls that ended while the job was ending
            raise
        finally:
            self._done = job.report.succeeded + job.report.skipped
            self._report.absorb(job.report)

    def _ledger(self, title: str, suffix: str, *, by_key: bool = False) -> Journal:
        """The journal of a step. One without a file stays open, so that the next step finds what it holds."""
        if self._journal is not None:
            return Journal(f"{self._journal}{suffix}", f"{title} with {self._target}", by_key=by_key)
        if suffix not in self._ledgers:
            ledger = self._ledgers[suffix] = Journal(None, title, by_key=by_key)
            self._files.callback(ledger.close)
        return self._ledgers[suffix]

    def _let_go(self, *ledgers: Journal) -> None:
        """Close journals that are files, so that the next step can open them."""
        for ledger in ledgers if self._journal is not None else ():
            ledger.close()

    def _stop_if_failed(self, what: str) -> None:
        limit, failed = self._options.get("max_failures"), self._report.failed
        if failed and (self._options.get("on_error") == "stop" or (limit is not None and failed > limit)):
            raise JobStoppedError(f"The import was stopped: contacts {what}.", self._report)

    def _record(self, outcome: Outcome[SourceRow, Any]) -> None:
        self._report.record(outcome)
        on_error = self._options.get("on_error")
        if callable(on_error):
            on_error(outcome)
