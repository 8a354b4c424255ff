"""Importing contacts: every row is checked, then the contacts are written, tagged, and put into an automation."""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any, Final, Literal, Unpack, cast
from uuid import UUID

import anyio.to_thread

from grinfi_async import (
    UNSET,
    ConfigurationError,
    ContactAction,
    Grinfi,
    InvalidArgumentError,
    NotFoundError,
    RetryClass,
)

from .actions import Settled, StepOptions, act_in_chunks, add_one, chunks_of, is_in_automation
from .columns import Columns, CustomFields, UnknownColumns
from .engine import BulkJob
from .errors import JobStoppedError, JournalError
from .items import as_json
from .journal import Journal, State
from .options import DEFAULT_GRACE
from .plan import ImportPlan
from .problems import ImportProblems, Problem
from .reading import ReadingOptions, RowSource, RowTable, SourceRow, open_source
from .report import BulkReport, Outcome
from .verifying import Check

if TYPE_CHECKING:
    from grinfi_async import NewContactDict

__all__ = ["Existing", "ImportReport", "import_contacts"]

Existing = Literal["update", "skip", "move"]
EXISTING: Final = ("update", "skip", "move")
Step = Callable[[Iterable[SourceRow]], Awaitable[Iterable[SourceRow]]]


@dataclass(kw_only=True)
class ImportReport(BulkReport):
    """What became of the rows of an import.

    Attributes:
        rows: Rows that were found when they were checked.
        existing: Contacts that were there already and were left alone, as `existing="skip"` wants.
        dry_run: Whether the rows were only checked.
        plan: Where each column goes, and how many rows can be imported.
        step: The step an import was in that was stopped, as "Add to automation (3 of 3)"; None at its end.
        step_done: Rows that this step had done.
    """

    rows: int = 0
    existing: int = 0
    dry_run: bool = False
    plan: ImportPlan | None = None
    step: str | None = None
    step_done: int = 0

    @property
    def done(self) -> int:
        """Rows that are dealt with, whatever became of them."""
        return super().done + self.existing

    def __str__(self) -> str:
        if self.dry_run:
            return f"{self.name}: {self.rows:,} rows can be imported; nothing was sent\n{self.plan}"
        text = super().__str__()
        if self.step is not None:
            text += f"\n  stopped in {self.step}: {self.step_done:,} of {self.rows:,} rows done"
        if not self.existing:
            return text
        first, rest = text.split("\n", 1)
        return f"{first}\n  {'existing':<10} {self.existing:>9,}\n{rest}"

    def absorb(self, part: BulkReport) -> None:
        """Add what the job of one step cost."""
        self.elapsed += part.elapsed
        self.processed = max(self.processed, part.processed)  # each step goes through the same rows
        self.requests += part.requests
        self.retries += part.retries
        self.refused += part.refused
        self.waited += part.waited


class _Rows:
    """Rows on their way from one step to the next, on disk, as there can be any number."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def add(self, row: SourceRow) -> None:
        self._file.write(as_json([row.number, row.uuid, row.changed, list(row.items())], lenient=True, sort=False))
        self._file.write("\n")

    def __iter__(self) -> Iterator[SourceRow]:
        self._file.seek(0)
        for line in self._file:
            number, uuid, changed, cells = json.loads(line)
            yield SourceRow(cells, number, uuid, changed)


async def import_contacts(
    grinfi: Grinfi,
    source: RowSource,
    *,
    list_uuid: str | UUID,
    mapping: Mapping[str, str | None] | None = None,
    custom_fields: CustomFields | None = None,
    tags: Iterable[str | UUID] = (),
    flow_uuid: str | UUID | None = None,
    existing: Existing = "update",
    unknown_columns: UnknownColumns = "refuse",
    create_custom_fields: bool = False,
    encoding: str | None = None,
    delimiter: str | None = None,
    header_row: int | None = None,
    dry_run: bool = False,
    **options: Unpack[StepOptions],
) -> ImportReport:
    """See `Bulk.import_contacts`."""
    if existing not in EXISTING:
        raise ConfigurationError(f'existing must be "update", "skip" or "move", not {existing!r}.')
    if isinstance(tags, str):
        raise InvalidArgumentError("tags", "expected a list of UUIDs of tags, got a string")
    actions = [ContactAction.add_tags(tag) for tag in tags]
    columns = Columns(mapping, custom_fields, unknown_columns)
    target = {
        "list": str(list_uuid),
        "existing": existing,
        "tags": [action.payload for action in actions],
        "automation": None if flow_uuid is None else str(flow_uuid),
    }
    reading = ReadingOptions(encoding, delimiter, header_row)
    async with open_source(source, reading, columns.is_known) as opened:
        count, wrong, problems = await anyio.to_thread.run_sync(columns.check, opened)
        missing: dict[str, str] = {}
        if columns.has_custom_fields:
            known = {
                field.uuid: field.name
                async for field in grinfi.custom_fields.list()
                if field.object == "lead" and field.uuid and field.name
            }
            for problem, name, new in columns.match_custom_fields(known):
                if create_custom_fields:
                    missing[name] = new
                else:
                    problems.append(problem)
        problems.sort(key=lambda problem: problem.row)
        plan = columns.plan(opened.form, count, wrong, problems)
        if problems:
            raise ImportProblems(problems, complete=plan.complete, plan=plan)
        await _check_targets(grinfi, str(list_uuid), actions, None if flow_uuid is None else str(flow_uuid))
        report = ImportReport(
            name="Import contacts",
            rows=count,
            dry_run=dry_run,
            plan=plan,
            capacity=getattr(grinfi.rate_limiter, "capacity", None),
            period=getattr(grinfi.rate_limiter, "period", 60.0),
        )
        if not dry_run:
            for name, new in missing.items():
                await grinfi.custom_fields.create(name=new, object="lead")
                columns.rename_custom_field(name, new)
            with ExitStack() as files:
                # An import into another list, for example, is another job.
                steps = _Steps(grinfi, columns, as_json(target), options, report, files)
                todo: list[Step] = []
                if existing == "skip":
                    todo.append(lambda rows: steps.look_up(rows, count))
                needs_uuid = bool(actions) or flow_uuid is not None
                todo.append(lambda rows: steps.upsert(rows, count, str(list_uuid), existing, needs_uuid))
                if actions:
                    todo.append(lambda rows: steps.tag(rows, actions))
                if flow_uuid is not None:
                    todo.append(lambda rows: steps.add_to_automation(rows, str(flow_uuid)))
                await steps.run(todo, _read(opened))
        return report


async def _check_targets(
    grinfi: Grinfi, list_uuid: str, actions: Iterable[ContactAction], flow_uuid: str | None
) -> None:
    """Find out that a list, tag or automation is not there before thousands of rows do."""
    await grinfi.lists.get(list_uuid)
    if flow_uuid is not None:
        await grinfi.automations.get(flow_uuid)
    wanted = {action.payload["tag_uuid"] for action in actions if action.payload is not None}
    if wanted:
        missing = wanted - {tag.uuid async for tag in grinfi.tags.list()}
        if missing:
            raise InvalidArgumentError("tags", f"there is no tag {' and no tag '.join(sorted(missing))}")


def _read(source: RowTable) -> Iterator[SourceRow]:
    for row in source.read():
        if isinstance(row, Problem):
            raise ConfigurationError(f"source: it has changed since it was checked: {row}.")
        yield row


class _Steps:
    """The steps of an import. Each goes through the rows, has a journal of its own, and passes on what it did."""

    def __init__(
        self,
        grinfi: Grinfi,
        columns: Columns,
        target: str,
        options: StepOptions,
        report: ImportReport,
        files: ExitStack,
    ) -> None:
        self._grinfi = grinfi
        self._columns = columns
        self._target = target
        self._options = options
        journal = options.get("journal")
        self._journal = None if journal is None else os.fspath(journal)
        self._report = report
        self._files = files
        # Rows with tags that reading back did not show: they go on, and do not count as done.
        self._doubts: dict[int, Exception] = {}
        self._step, self._done = "", 0

    async def run(self, steps: Sequence[Step], rows: Iterable[SourceRow]) -> None:
        """Take the steps one after the other, and count the rows that all of them have done."""
        left = len(steps)
        try:
            for step in steps:
                left -= 1
                rows = await step(rows)
        except BaseException as error:
            self._report.step = f"{self._step} ({len(steps) - left} of {len(steps)})"
            passed_on = sum(1 for _ in self._latest)
            self._report.step_done = max(passed_on, self._done)
            if not left:
                self._count(self._latest)
                self._report.succeeded += self._report.step_done - passed_on  # answered after the end was asked for
            if self._report.requests or not isinstance(error, JournalError):
                error.report = self._report  # type: ignore[attr-defined]  # whoever interrupts wants the counts
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

    def _new_rows(self) -> _Rows:
        file = self._files.enter_context(TemporaryFile("w+", encoding="utf-8", prefix="grinfi-"))  # noqa: SIM115
        self._latest = _Rows(file)
        return self._latest

    async def look_up(self, rows: Iterable[SourceRow], total: int) -> Iterable[SourceRow]:
        """Leave out the contacts that are there. Recorded before any is written, so that a restart knows them apart."""

        async def look_up(row: SourceRow) -> bool:
            lead = self._columns.ready(row).lead
            try:
                await self._grinfi.contacts.find(linkedin_id=lead["linkedin_id"], email=lead.get("email", UNSET))
            except NotFoundError:
                return False
            return True

        new = self._new_rows()

        def settle(row: SourceRow, outcome: Outcome[SourceRow, Any]) -> None:
            if outcome.result:
                self._report.existing += 1
            else:
                new.add(row)

        await self._run("Look up contacts", look_up, rows, total, "read", ".existing", settle)
        return new

    async def upsert(
        self, rows: Iterable[SourceRow], total: int, list_uuid: str, existing: Existing, needs_uuid: bool
    ) -> Iterable[SourceRow]:
        """Write the contacts."""

        async def upsert(row: SourceRow) -> str:
            ready = self._columns.ready(row)
            contact = await self._grinfi.contacts.upsert(
                lead=cast("NewContactDict", ready.lead),
                list_uuid=list_uuid,
                custom_fields=ready.custom_fields or UNSET,
                update_if_exists=existing != "skip",
                move_to_list=existing == "move",
            )
            return contact.uuid if needs_uuid else getattr(contact, "uuid", "")

        written = self._new_rows()

        def settle(row: SourceRow, outcome: Outcome[SourceRow, Any]) -> None:
            row.uuid = outcome.result
            row.changed |= outcome.status == "succeeded"
            written.add(row)

        await self._run("Import contacts", upsert, rows, total, "idempotent", "", settle)
        return written

    async def tag(self, rows: Iterable[SourceRow], actions: list[ContactAction]) -> Iterable[SourceRow]:
        """Attach the tags, many contacts at a time. The journal tells who has them, as adding one twice is harmless."""
        tagged = self._new_rows()
        self._step, self._done = "Tag contacts", 0
        name = f"{self._step} with {self._target}"
        ledger = Journal(None if self._journal is None else f"{self._journal}.tags", name)

        def untagged() -> Iterator[SourceRow]:
            for row in rows:
                known = ledger.find(row.number, self._columns.key(row))
                if known is not None and known.state == "done":
                    tagged.add(row)
                else:
                    yield row

        def settle(chunk: list[Settled[SourceRow]]) -> None:
            for row, status, error in chunk:
                key = self._columns.key(row)
                ledger.start(row.number, key)
                state: State = "done" if error is None else "sent" if status == "sent" else "failed"
                ledger.end(row.number, state)
                if state == "failed":
                    self._record(Outcome(row.number, key, row, "failed", error=error))
                    continue
                if error is not None:
                    self._doubts[row.number] = error
                row.changed = True
                tagged.add(row)
            ledger.commit()

        try:
            part = await act_in_chunks(
                self._grinfi,
                name,
                actions,
                chunks_of(untagged()),
                lambda row: row.uuid or "",
                settle,
                Check(self._grinfi, self._grinfi.contacts.search, actions, verify="all"),
                progress=self._options.get("progress", False),
                grace=self._options.get("grace", DEFAULT_GRACE),
            )
        finally:
            ledger.close()
        self._report.absorb(part)
        limit, failed = self._options.get("max_failures"), self._report.failed
        if failed and (self._options.get("on_error") == "stop" or (limit is not None and failed > limit)):
            raise JobStoppedError("The import was stopped: contacts could not be tagged.", self._report)
        return tagged

    async def add_to_automation(self, rows: Iterable[SourceRow], flow_uuid: str) -> Iterable[SourceRow]:
        """Put the contacts into the automation, none of them twice."""

        async def add(row: SourceRow) -> Any:
            return await add_one(self._grinfi, flow_uuid, row.uuid or "")

        async def look(row: SourceRow) -> bool:
            return await is_in_automation(self._grinfi, flow_uuid, row.uuid or "")

        added = self._new_rows()

        def settle(row: SourceRow, outcome: Outcome[SourceRow, Any]) -> None:
            row.changed |= outcome.status == "succeeded"
            added.add(row)

        total = sum(1 for _ in rows)
        await self._run("Add to automation", add, rows, total, "write", ".automation", settle, look)
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
        finally:
            self._done = job.report.succeeded + job.report.skipped
            self._report.absorb(job.report)

    def _record(self, outcome: Outcome[SourceRow, Any]) -> None:
        self._report.record(outcome)
        on_error = self._options.get("on_error")
        if callable(on_error):
            on_error(outcome)
