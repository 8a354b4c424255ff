"""`grinfi.bulk`: jobs of many calls."""

from __future__ import annotations

import os
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar, Unpack, get_args
from uuid import UUID

from grinfi_async import Filter, Grinfi, enter_lane

from . import actions, contacts
from .actions import ActionOptions, Ids, Kind, Preview, PreviewKind, StepOptions, Target
from .choices import Enrol, Existing, Merge, Table, Verify, Via
from .columns import CustomFields, UnknownColumns
from .duplicates import DuplicateReport, FindOptions, find_duplicates
from .engine import BulkJob
from .exports import ExportOptions, ExportReport, export
from .import_report import ImportReport
from .import_steps import Claim
from .jobs import lane_of
from .merging import MergeReport, merge
from .options import JobOptions
from .progress import ProgressOption
from .reading import RowSource
from .report import BulkReport
from .sources import SOURCES
from .sync import SyncReport, sync
from .tasks import TASK_SETTLE, act_on_tasks
from .verifying import DEFAULT_SETTLE

__all__ = ["Bulk"]

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


class Bulk:
    """Run jobs of many calls through one client."""

    def __init__(self, grinfi: Grinfi) -> None:
        self._grinfi = grinfi

    def map(
        self,
        call: Callable[..., Awaitable[ResultT]],
        items: Iterable[ItemT] | AsyncIterable[ItemT],
        **options: Unpack[JobOptions],
    ) -> BulkJob[ItemT, ResultT]:
        """Call a function for each item, as fast as the rate limit allows, and yield each outcome as its call ends.

        ```
        async with grinfi.bulk.map(grinfi.contacts.get, uuids) as outcomes:
            async for outcome in outcomes:
                print(outcome.key, outcome.status, outcome.result)
        ```

        A call that fails is an outcome, and does not affect other items. An error that shows a mistake in the program
        (TypeError, AttributeError, NameError and similar), a rejected key or a closed client stops the job and is
        raised. A cancelled job takes no more items, and gives requests in flight `grace` seconds to finish.

        Args:
            call: An async function of one item, or a method of a resource, which gets a mapping as keyword arguments
                and any other item as its first argument. Use `functools.partial` to fix further arguments.
            items: An iterable or async iterable of any length. It is read only as far as needed.
            key: Identifies an item: the name of a field, or a function of the item. By default its whole content.
                An item with the key of an earlier item is not sent.
            journal: A file that records the outcome of each item. The same job with the same journal resumes where it
                stopped: finished items are skipped, failed ones are tried again. None keeps nothing. It holds digests
                of the items, or their keys if `key` is given, short results, and errors; only its owner may read it.
            concurrency: Maximum number of calls at once, 100 by default. No more are started than the rate limit can
                take.
            on_error: "collect" to continue, "stop" to end the job at the first failure, or a function that gets
                each failed or unknown outcome of this run; the job continues unless the function raises.
            max_failures: End the job when more items than this have failed in this run.
            progress: True for a bar (in a terminal, with the extra `cli`) or a line every five seconds; a function
                gets a `Progress` twice a second.
            ordered: True to yield outcomes in the order of the items.
            retry_class: Whether a call with an unknown outcome may be repeated: "read" and "idempotent" may, "write"
                may not. By default the class of the operation, and "write" for functions.
            repeat_unknown: True to send again items that an earlier run may have applied.
            name: Identifies the job in its journal and display. By default the operation or function, with the
                arguments of `functools.partial`. Include what else makes it a different job, such as the list it
                imports into.
            total: Number of items, for the progress; needed unless `items` is a list or tuple.
            grace: Seconds that requests in flight get to finish when the job ends early, 10 by default.
            share: The part of the rate limit that jobs may use, above 0 and at most 1. Calls of the application go
                before calls of jobs, and the rest is kept free for them. By default 0.9; within another job, the share
                of that job.
            max_wait: Maximum seconds that each call waits for the rate limit and a connection; a call that would wait
                longer fails with `RateLimitWaitError`. By default None: no maximum.

        Raises:
            ConfigurationError: An argument is invalid.
            JournalError: On entering: the journal belongs to another job, or is in use. Later: the input differs from
                the one the journal was started with, or the journal cannot be written, or was deleted, moved or
                replaced. Its `report` has what was recorded.
            JobStoppedError: After the last outcome: `on_error="stop"` or `max_failures` ended the job.
        """
        return BulkJob(self._grinfi.rate_limiter, call, items, **options)

    async def run(
        self,
        call: Callable[..., Awaitable[object]],
        items: Iterable[object] | AsyncIterable[object],
        **options: Unpack[JobOptions],
    ) -> BulkReport:
        """Call a function for each item, and return a report of all outcomes.

        Arguments, errors and behaviour are those of `map`.

        Returns:
            The report: `print` it, or `write_failures("failed.csv")`.
        """
        return await self.map(call, items, **options).run()

    async def import_contacts(
        self,
        source: RowSource,
        *,
        list_uuid: str | UUID,
        mapping: Mapping[str, str | None] | None = None,
        custom_fields: CustomFields | None = None,
        tags: Iterable[str | UUID] = (),
        pipeline_stage_uuid: str | UUID | None = None,
        sender_profile_uuid: str | UUID | None = None,
        flow_uuid: str | UUID | None = None,
        existing: Existing = "update",
        unknown_columns: UnknownColumns = "refuse",
        create_custom_fields: bool = False,
        merge: Merge = "report",
        encoding: str | None = None,
        delimiter: str | None = None,
        header_row: int | None = None,
        dry_run: bool = False,
        via: Via = "auto",
        enrol: Enrol | None = None,
        settle: float = DEFAULT_SETTLE,
        claim: Claim | None = None,
        **options: Unpack[StepOptions],
    ) -> ImportReport:
        """Write contacts into a list, then tag them and add them to an automation.

        All rows are checked before anything is sent; they are read twice, and never held in memory. Empty rows are left
        out, and empty cells are not sent, so that an import clears nothing. Rows with the same profile are duplicates,
        however it is written (see `LinkedInIdentity`): only the first is sent. Email addresses are cleaned and checked.

        Args:
            source: A path to CSV, JSON Lines or a JSON array, gzipped or not, or to an Excel workbook (extra `excel`);
                an open file; or an iterable or async iterable of mappings. The delimiter of CSV, and a header below
                notes, are detected.
            list_uuid: UUID of the list for new contacts.
            mapping: Column -> field of a contact, for columns that are not recognised by name; None leaves a column
                out. If several columns hold profiles, the best is used: a public handle, then a member ID.
            custom_fields: Column -> name of a custom field; or a list of columns named like their custom fields; or
                True for all columns that are not fields. The custom fields must exist.
            tags: UUIDs of tags for all contacts of the import.
            pipeline_stage_uuid: UUID of the pipeline stage that all contacts of the import are moved to, including
                existing contacts.
            sender_profile_uuid: UUID of the sender profile of all contacts of the import; one or two requests each.
                The API does not document that it can be set: if the first contact does not show it, it is not sent for
                the others. Contacts that do not show it are `sent` or `failed`, and are not added to the automation,
                where another sender would write to them.
            flow_uuid: UUID of an automation for all contacts of the import.
            existing: What to do with existing contacts: "update" them where they are, "move" them to the list as well,
                or "skip" them: they are not changed, tagged or added to the automation. "skip" takes one more request
                for each row.
            unknown_columns: What to do with columns that are not fields: "refuse" them, make them "custom_fields", or
                "ignore" them.
            create_custom_fields: True to create missing custom fields.
            merge: What to do with rows that the server merges into one contact, by another profile, by email, or by
                name and company. "report" sends all: the contact shows the last of them, and the others are `merged` in
                the report, with that row and the UUID of the contact. "skip" sends only the first. "refuse" treats the
                others as problems.
            encoding: Encoding of a file that is not UTF-8 and has no byte order mark, such as "cp1251".
            delimiter: Delimiter of CSV, such as ";".
            header_row: Row of the header, counted as in a spreadsheet.
            dry_run: True to check only, and write nothing: `print` the report to see where each column goes, and which
                rows are contacts already. This is looked up if it takes at most 100 requests, or for up to 200 rows.
            via: How contacts are written. "upsert": one request each. "create": 500 in a request, then read back; the
                first request is a trial, and rows that do not show are upserted, as are rows with custom fields.
                "file": CSV files of up to 9,500 rows, which the server imports one after the other. Each is read back;
                rows that no new contact of the list shows are upserted, as are existing contacts.
                "auto", the default: "create" from 200 rows on with `existing="update"`, otherwise "upsert".
            enrol: How contacts are added to the automation. "each": one request each, whose answer shows it. "mass":
                500 in a request, confirmed by the number of contacts in the automation, or by looking for each there.
                By default "each" for contacts that are upserted, and "mass" for others.
            settle: Seconds to wait until the server's background work shows; with `via="file"`, counted from the
                latest contact that appeared. By default 30.
            claim: An async function of the UUID of a contact that is about to enter the automation, for several
                imports that share it. False leaves the contact to another import; for the same import the answer must
                always be the same.
            journal: A file, and others beside it that begin with its name; see `map`. Each step resumes where it
                stopped, and no contact is added to the automation twice.
            concurrency, on_error, max_failures, progress, grace, share, max_wait: See `map`; each step has its own
                progress, and counts its own failures.
            repeat_unknown: True to add contacts to the automation again that an earlier run may have added, and that
                are not seen there.

        Returns:
            The outcomes of the rows. Rows are numbered as in a spreadsheet, with the header in row 1.

        Raises:
            ImportProblems: The columns, custom fields or rows have problems. Nothing was sent.
            ConfigurationError: An argument is invalid.
            InvalidArgumentError: A tag or the pipeline stage does not exist.
            NotFoundError: The list, sender profile or automation does not exist. Nothing was written.
            JournalError: See `map`.
            JobStoppedError: See `map`.
        """
        with enter_lane(lane_of(options.get("share"), options.get("max_wait"))):  # its steps take it over
            return await contacts.import_contacts(
                self._grinfi,
                source,
                list_uuid=list_uuid,
                mapping=mapping,
                custom_fields=custom_fields,
                tags=tags,
                pipeline_stage_uuid=pipeline_stage_uuid,
                sender_profile_uuid=sender_profile_uuid,
                flow_uuid=flow_uuid,
                existing=existing,
                unknown_columns=unknown_columns,
                create_custom_fields=create_custom_fields,
                merge=merge,
                encoding=encoding,
                delimiter=delimiter,
                header_row=header_row,
                dry_run=dry_run,
                via=via,
                enrol=enrol,
                settle=settle,
                claim=claim,
                **options,
            )

    async def preview(
        self, *, ids: Ids | None = None, filter: Filter | None = None, all: bool = False, of: PreviewKind = "contacts"
    ) -> Preview:
        """Find the records that an action such as `tag`, `delete` or `retry_tasks` would change.

        Nothing is changed.

        Args:
            ids: UUIDs of the records. Give exactly one of `ids`, `filter` and `all`.
            filter: Conditions the records must meet, as for `contacts.search`, `companies.search` or `tasks.list`.
            all: True for all records of the team.
            of: "contacts", "companies" or "tasks".

        Returns:
            The UUIDs of the records, a few records to look at, and the conditions that could not be checked. Pass it as
            `ids` to an action.

        Raises:
            FilterIgnoredError: The server answered with a record that the filter excludes.
        """
        return await Target(ids, filter, all, of).preview(self._grinfi)

    async def tag(
        self,
        tag_uuid: str | UUID,
        *,
        ids: Ids | None = None,
        filter: Filter | None = None,
        all: bool = False,
        of: Kind = "contacts",
        **options: Unpack[ActionOptions],
    ) -> BulkReport:
        """Attach a tag to contacts or companies, by mass actions. Tagging twice is harmless: no journal is needed.

        The server works in the background. A record that shows the tag when read back is `succeeded`; one that was
        accepted but does not show it within `settle` seconds is `sent`.

        Args:
            tag_uuid: UUID of the tag.
            ids: UUIDs of the records; 500 go into one request. Give exactly one of `ids`, `filter` and `all`.
            filter: Conditions the records must meet, on known fields. The records are read first and checked against
                them, as the server may ignore a condition.
            all: True for all records of the team.
            of: "contacts" or "companies".
            confirm: Must be True with `all`.
            verify: "all" to read back each record, which takes one request or more for 500; "sample" for some of each
                500; "none" for none. Records that are not read back are `sent`. By default "all".
            settle: Seconds to wait until the server's work shows. By default 30.
            progress: See `map`; it counts requests.

        Raises:
            FilterIgnoredError: The server answered with a record that the filter excludes. Nothing was written.
        """
        return await actions.tag(self._grinfi, tag_uuid, Target(ids, filter, all, of), **options)

    async def remove_tags(
        self,
        tags: str | UUID | Iterable[str | UUID],
        *,
        ids: Ids | None = None,
        filter: Filter | None = None,
        all: bool = False,
        of: Kind = "contacts",
        **options: Unpack[ActionOptions],
    ) -> BulkReport:
        """Remove tags from contacts or companies, by mass actions: one for each tag and 500 records.

        Args:
            tags: UUID of a tag, or UUIDs of several.
            ids, filter, all, of: See `tag`.
            confirm: Must be True with `all`, and with a filter that records cannot be checked against, such as `q`.
            verify, settle, progress: See `tag`.

        Raises:
            FilterIgnoredError: See `tag`.
        """
        return await actions.remove_tags(self._grinfi, tags, Target(ids, filter, all, of), **options)

    async def add_to_automation(
        self,
        flow_uuid: str | UUID,
        *,
        ids: Ids | None = None,
        filter: Filter | None = None,
        all: bool = False,
        confirm: bool = False,
        verify: Verify = "sample",
        settle: float = DEFAULT_SETTLE,
        **options: Unpack[StepOptions],
    ) -> BulkReport:
        """Add contacts to an automation, none of them twice.

        With `ids`, each contact takes one request, whose answer shows the outcome. With `filter` or `all`, contacts are
        read first, and added by mass actions of 500, which the server does in the background.

        Args:
            flow_uuid: UUID of the automation.
            ids: UUIDs of contacts. Give exactly one of `ids`, `filter` and `all`.
            filter: Conditions the contacts must meet, as for `tag`.
            all: True for all contacts of the team.
            confirm: Must be True with `all`, and with a filter that contacts cannot be checked against, such as `q`.
            verify: See `tag`; only for `filter` and `all`. The server lists at most 20 contacts of an automation in a
                page: "sample", the default, takes two requests or more for 500, "all" takes 50.
            settle: See `tag`.
            journal, concurrency, on_error, max_failures, progress, repeat_unknown, grace, share, max_wait: See `map`;
                `filter` and `all` take only `progress`. With a journal, a contact that an earlier run may have added
                is looked up in the automation: it is `succeeded` if it is there, and otherwise not added again.
        """
        return await actions.add_to_automation(
            self._grinfi,
            flow_uuid,
            Target(ids, filter, all),
            confirm=confirm,
            verify=verify,
            settle=settle,
            **options,
        )

    async def update(
        self,
        changes: Mapping[str, Any],
        *,
        ids: Ids | None = None,
        filter: Filter | None = None,
        all: bool = False,
        of: Kind = "contacts",
        concurrency: int | None = None,
        **options: Unpack[ActionOptions],
    ) -> BulkReport:
        """Change contacts or companies, all in the same way. Doing it twice is harmless: no journal is needed.

        List, pipeline stage and custom fields are changed by mass actions, many records in a request. A change of any
        other field takes one request for each record, whose answer shows what was saved: if it shows another value,
        the record is `sent`.

        Args:
            changes: New values of fields as `contacts.update` or `companies.update` takes them, and `list_uuid` of
                contacts.
            ids, filter, all, of: See `tag`.
            confirm: Must be True with `all`, and with a filter that records cannot be checked against, such as `q`.
            concurrency: See `map`.
            verify: See `tag`. If the answer does not show what was sent, the record is read once more.
            settle, progress: See `tag`.

        Raises:
            FilterIgnoredError: See `tag`.
        """
        target = Target(ids, filter, all, of)
        return await actions.update(self._grinfi, changes, target, concurrency=concurrency, **options)

    async def delete(
        self,
        *,
        ids: Ids | None = None,
        filter: Filter | None = None,
        all: bool = False,
        of: Kind = "contacts",
        **options: Unpack[ActionOptions],
    ) -> BulkReport:
        """Delete contacts or companies for good, by mass actions, which the server does in the background.

        Args:
            ids, filter, all, of: See `tag`.
            confirm: Must be True; use `preview` first to see which records they are.
            verify: See `tag`. Records are read before and after, by two requests or more for 500: one that was there
                before and is gone after is `succeeded`.
            settle, progress: See `tag`.

        Raises:
            FilterIgnoredError: See `tag`.
        """
        return await actions.delete(self._grinfi, Target(ids, filter, all, of), **options)

    async def find_duplicates(self, filter: Filter | None = None, **options: Unpack[FindOptions]) -> DuplicateReport:
        """Find contacts that are the same person: by profile, email address, or name and company. Nothing is changed.

        Profiles and member IDs decide (see `LinkedInIdentity`). Contacts with the same email address, or the same name
        and company, are linked unless their profiles, names or other addresses differ: namesakes and shared mailboxes
        are listed in `report.unlinked`. A group is in doubt if a chain of links joins contacts that differ.

        Args:
            filter: Which contacts to compare, as `contacts.search` takes it; all by default.
            options: `progress`, `share` and `max_wait`; see `map`.

        Returns:
            The groups, why each contact is in its group, and how the contacts differ. `report.write_plan("plan.csv")`
            writes a plan for `merge`. Memory does not grow with the number of contacts; they are in a temporary file.

        Raises:
            FilterIgnoredError: The server answered with a contact that the filter excludes.
            GrinfiError: A request failed for good.
        """
        return await find_duplicates(self._grinfi, filter, **options)

    async def merge(
        self,
        plan: RowSource | DuplicateReport,
        *,
        confirm: bool = False,
        settle: float = DEFAULT_SETTLE,
        **options: Unpack[StepOptions],
    ) -> MergeReport:
        """Merge duplicates: complete the contact that is kept, then delete the others.

        The kept contact gets the fields, tags and custom fields that it lacks, and the fields that `take` names in the
        row of another contact. It is read back; the others are deleted only when it shows all of them. Contacts that
        have changed since the plan was made, and others that are in a running automation, are left alone: they are
        `skipped`, and `report.left_alone` says why. Messages, notes and tasks of deleted contacts are not moved.

        Args:
            plan: A file from `write_plan`, edited or not, or the report of `find_duplicates`. Column `keep`: `yes` for
                the contact to keep, `no` for those to merge into it, empty for those to leave alone.
            confirm: True to delete the others for good. Without it, the kept contacts are written and nothing is
                deleted.
            settle: Seconds to wait until what was written or deleted shows. By default 30.
            journal: A file that records which contacts have been written; see `map`. The same plan with the same
                journal resumes.
            concurrency, on_error, max_failures, progress, repeat_unknown, grace, share, max_wait: See `map`.

        Raises:
            ImportProblems: Rows of the plan have problems. Nothing was sent.
            FilterIgnoredError: The server ignores a filter by ids, so that the contacts cannot be read.
            JournalError: See `map`.
            JobStoppedError: See `map`.
        """
        return await merge(self._grinfi, plan, confirm=confirm, settle=settle, **options)

    async def complete_tasks(
        self,
        *,
        ids: Ids | None = None,
        filter: Filter | None = None,
        confirm: bool = False,
        verify: Verify = "all",
        settle: float = TASK_SETTLE,
        **options: Unpack[StepOptions],
    ) -> BulkReport:
        """Complete tasks.

        The mass operations of tasks answer 504 on the live service, so each task takes two requests: one to read it and
        one to change it. A task that was cancelled, for example by a reply of its contact, or whose error code is
        `replied`, is left alone: it is `skipped`, and `report.left_alone` says why. So is a task that is already
        closed. A task is `succeeded` if the answer, or reading it again, shows the change; otherwise it is `sent`.

        Args:
            ids: UUIDs of tasks. Give one of `ids` and `filter`.
            filter: Conditions the tasks must meet, as for `tasks.list`. The tasks are read first and checked against
                them, as the server may ignore a condition. `preview(filter=..., of="tasks")` shows them.
            confirm: Must be True with a filter that tasks cannot be checked against.
            verify: If the answer does not show the change: "all" to read the task again, "sample" to do that for one
                of 25, "none" for none. By default "all".
            settle: Seconds to wait until a task shows the change. By default 10.
            journal, concurrency, on_error, max_failures, progress, repeat_unknown, grace, share, max_wait: See `map`;
                `journal` needs `ids`.

        Raises:
            FilterIgnoredError: The server answered with a task that the filter excludes. Nothing was changed.
        """
        target = Target(ids, filter, of="tasks")
        return await act_on_tasks(
            self._grinfi, "complete", target, confirm=confirm, verify=verify, settle=settle, **options
        )

    async def skip_tasks(
        self,
        *,
        ids: Ids | None = None,
        filter: Filter | None = None,
        confirm: bool = False,
        verify: Verify = "all",
        settle: float = TASK_SETTLE,
        **options: Unpack[StepOptions],
    ) -> BulkReport:
        """Skip tasks, so that their automations continue with the next step.

        Arguments, errors and behaviour are those of `complete_tasks`.
        """
        target = Target(ids, filter, of="tasks")
        return await act_on_tasks(
            self._grinfi, "skip", target, confirm=confirm, verify=verify, settle=settle, **options
        )

    async def retry_tasks(
        self,
        *,
        ids: Ids | None = None,
        filter: Filter | None = None,
        confirm: bool = False,
        verify: Verify = "all",
        settle: float = TASK_SETTLE,
        **options: Unpack[StepOptions],
    ) -> BulkReport:
        """Retry tasks that failed.

        Only tasks whose status is `failed` are retried; any other is left alone. Retrying twice may send a message
        twice: a task that may have been retried is `unknown`. With a journal the next run reads it again, and retries
        it only with `repeat_unknown=True`. Otherwise arguments, errors and behaviour are those of `complete_tasks`.
        """
        target = Target(ids, filter, of="tasks")
        return await act_on_tasks(
            self._grinfi, "retry", target, confirm=confirm, verify=verify, settle=settle, **options
        )

    async def cancel_tasks(
        self,
        *,
        ids: Ids | None = None,
        filter: Filter | None = None,
        confirm: bool = False,
        verify: Verify = "all",
        settle: float = TASK_SETTLE,
        **options: Unpack[StepOptions],
    ) -> BulkReport:
        """Cancel tasks.

        Arguments, errors and behaviour are those of `complete_tasks`.
        """
        target = Target(ids, filter, of="tasks")
        return await act_on_tasks(
            self._grinfi, "cancel", target, confirm=confirm, verify=verify, settle=settle, **options
        )

    async def export_contacts(self, filter: Filter | None = None, **options: Unpack[ExportOptions]) -> ExportReport:
        """Write contacts to a file: each one once, however many there are, and however often it is interrupted.

        The same call resumes an interrupted one. The file appears under its name when it is complete.

        Args:
            filter: Which contacts, as `contacts.search` takes it; all by default.
            options: `to`, and others; see `ExportOptions`.

        Raises:
            InvalidArgumentError: The API does not know a field or a condition of the filter. Nothing was read.
            ConfigurationError: The file cannot be written.
            JournalError: Another process writes the same file, or the interrupted export had other options.
            ResultWindowError: There are more rows than the API lists, and they cannot be divided.
            GrinfiError: A request failed for good. The rows written so far are kept, and the same call resumes.
        """
        return await export(self._grinfi, SOURCES["contacts"], filter, **options)

    async def export_companies(self, filter: Filter | None = None, **options: Unpack[ExportOptions]) -> ExportReport:
        """Write companies to a file, as `export_contacts` does."""
        return await export(self._grinfi, SOURCES["companies"], filter, **options)

    async def export_tasks(self, filter: Filter | None = None, **options: Unpack[ExportOptions]) -> ExportReport:
        """Write tasks to a file, as `export_contacts` does."""
        return await export(self._grinfi, SOURCES["tasks"], filter, **options)

    async def export_messages(self, filter: Filter | None = None, **options: Unpack[ExportOptions]) -> ExportReport:
        """Write LinkedIn messages to a file, as `export_contacts` does."""
        return await export(self._grinfi, SOURCES["messages"], filter, **options)

    async def export_emails(self, filter: Filter | None = None, **options: Unpack[ExportOptions]) -> ExportReport:
        """Write emails to a file, as `export_contacts` does."""
        return await export(self._grinfi, SOURCES["emails"], filter, **options)

    async def export_automation_contacts(
        self, filter: Filter | None = None, **options: Unpack[ExportOptions]
    ) -> ExportReport:
        """Write the contacts of automations to a file, as `export_contacts` does."""
        return await export(self._grinfi, SOURCES["automation_contacts"], filter, **options)

    async def sync(
        self,
        sink: str | os.PathLike[str],
        *,
        since: datetime | timedelta | None = None,
        tables: Sequence[Table] = get_args(Table),
        full: bool = False,
        progress: ProgressOption = False,
        share: float | None = None,
        max_wait: float | None = None,
    ) -> SyncReport:
        """Copy changed rows into the tables of an SQLite file, which other programs can query meanwhile.

        Each row has its `uuid` as key, a column for each field, lists and objects as JSON, and `deleted_at`. The views
        `contacts_named`, `funnel`, `messages_daily` and `custom_field_values` have names in place of UUIDs.
        An interrupted run keeps what it copied, and the next run resumes there.

        Args:
            sink: The file; it is created if it does not exist.
            since: Copy rows updated from this time on, or within this time until now; by default since the latest run.
                Only contacts, companies, automation contacts and flow versions: other tables are read completely each
                time.
            tables: By default all. A table that is read completely costs a request for each page, each time.
            full: Read everything, which detects deletions: rows that are gone get a `deleted_at`.
            progress: True for a bar or lines, or a function that gets a `Progress` twice a second.
            share, max_wait: See `map`.

        Raises:
            ConfigurationError: An argument is invalid.
            SyncError: The file cannot be used, or another run is using it.
            GrinfiError: A request failed for good.
        """
        return await sync(
            self._grinfi,
            sink,
            since=since,
            tables=tables,
            full=full,
            progress=progress,
            share=share,
            max_wait=max_wait,
        )
