"""What `grinfi.bulk` is."""

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
    """Jobs of many calls through one client."""

    def __init__(self, grinfi: Grinfi) -> None:
        self._grinfi = grinfi

    def map(
        self,
        call: Callable[..., Awaitable[ResultT]],
        items: Iterable[ItemT] | AsyncIterable[ItemT],
        **options: Unpack[JobOptions],
    ) -> BulkJob[ItemT, ResultT]:
        """Call a function for each item, as fast as the rate limit allows; get what becomes of each as it ends.

        ```
        async with grinfi.bulk.map(grinfi.contacts.get, uuids) as outcomes:
            async for outcome in outcomes:
                print(outcome.key, outcome.status, outcome.result)
        ```

        A call that fails is an outcome, and harms no other. What shows a mistake of the program (TypeError,
        AttributeError, NameError and the like), a refused key or a closed client stops the job, and is raised.
        A job that is cancelled takes no further item, and lets what was sent end within `grace` seconds.

        Args:
            call: An async function of one item, or a method of a resource: that gets a mapping as keyword arguments,
                and any other item as its first argument. `functools.partial` fixes further arguments.
            items: Any iterable, or async iterable, of any length; it is read no further than needed.
            key: What identifies an item: the name of a field, or a function of the item. By default its whole content.
                An item with the key of an earlier one is not sent.
            journal: A file that records what became of each item. The same job with the same journal goes on where
                it stopped: what is done is skipped, what failed is tried again. None to keep nothing. It holds digests
                of the items, or their keys if `key` is given, short results, and errors; only its owner may read it.
            concurrency: At most so many calls at a time, 100 by default. As many as the rate limit can take are
                started, and no more.
            on_error: "collect" to go on, "stop" to end the job at the first failure, or a function that gets
                each failed or unknown outcome of this run; the job goes on unless it raises.
            max_failures: End the job when more items than this have failed in this run.
            progress: True for a bar (in a terminal, with the extra `cli`) or a line every five seconds; a function
                gets a `Progress` twice a second.
            ordered: True for outcomes in the order of the items.
            retry_class: What may be repeated when an outcome is unknown: "read" and "idempotent" may be, "write" must
                not. By default the operation's, and "write" for functions.
            repeat_unknown: True to send again what may have been applied in an earlier run.
            name: What identifies the job in its journal and display. By default the operation or function, with the
                arguments of `functools.partial`. Name what else makes it another job, such as a list it imports into.
            total: How many items there are, for the progress; needed for what is no list or tuple.
            grace: Seconds for requests on their way when the job ends early.
            share: The part of the rate limit that jobs may use, above 0 and at most 1: calls of the application go
                before those of jobs, and the rest is left free for them. By default 0.9; within another job, its
                share.
            max_wait: Seconds each call may wait for the rate limit and a connection; one that would wait longer
                fails with `RateLimitWaitError`. By default None: as long as it takes.

        Raises:
            ConfigurationError: An argument cannot be used.
            JournalError: When it is entered: the journal belongs to another job, or is in use. Later: the input is
                not the one the journal was begun with, it cannot be written, or it was deleted, moved or replaced.
                Its `report` has what is recorded.
            JobStoppedError: At the end of the outcomes: `on_error="stop"` or `max_failures` ended the job.
        """
        return BulkJob(self._grinfi.rate_limiter, call, items, **options)

    async def run(
        self,
        call: Callable[..., Awaitable[object]],
        items: Iterable[object] | AsyncIterable[object],
        **options: Unpack[JobOptions],
    ) -> BulkReport:
        """Call a function for each item, and tell what became of them in all.

        Args, errors and behaviour are those of `map`.

        Returns:
            The report: `print` it, or `write_failures("failed.csv")`.
        """
        job = self.map(call, items, **options)
        async with job as outcomes:
            async for _ in outcomes:
                pass
        return job.report

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
        """Write contacts into a list, then tag them and put them into an automation.

        All rows are checked before anything is sent; they are read twice, and never held. Empty rows are left out, and
        empty cells are not sent, so that an import clears nothing. Rows of the same profile are duplicates, however it
        is written (see `LinkedInIdentity`): only the first is sent. Email addresses are cleaned and checked.

        Args:
            source: A path of CSV, JSON Lines or a JSON array, which may be packed with gzip, or of an Excel workbook
                (extra `excel`); an open file; or an iterable, or async iterable, of mappings. The delimiter of CSV,
                and a header below notes, are found out by structure.
            list_uuid: UUID of the list for new contacts.
            mapping: Column -> field of a contact, for columns that are not known by their names; None to leave a
                column out. Of several columns with profiles the best is taken: a public handle, then a member ID.
            custom_fields: Column -> name of a custom field, or columns that have the names of theirs, or True for
                all columns that are not a field. Custom fields must be there.
            tags: UUIDs of tags for all contacts of the import.
            pipeline_stage_uuid: UUID of the pipeline stage that all contacts of the import are moved to, contacts that
                are there included.
            sender_profile_uuid: UUID of the sender profile of all contacts of the import, one request or two for each.
                The API does not say that it can be set: when the first contact does not show it, it is not sent for
                the others. Contacts that do not show it are `sent` or `failed`, and are not put into the automation,
                where somebody else would write to them.
            flow_uuid: UUID of an automation for all contacts of the import.
            existing: What to do with contacts that are there: "update" them where they are, "move" them to the list,
                too, or "skip" them: they are neither changed nor tagged nor put into the automation. To "skip" takes
                a further request for each row.
            unknown_columns: What to do with columns that are not a field: "refuse" them, make them "custom_fields", or
                "ignore" them.
            create_custom_fields: True to make custom fields that are missing.
            merge: What to do with rows that the server makes one contact, by another profile, by email, or by name and
                company. "report" to send all: the contact shows the last of them, and the others are `merged` in the
                report, with that row and the contact's UUID. "skip" to send the first only. "refuse" to take the
                others as problems.
            encoding: Encoding of a file that is neither UTF-8 nor has a byte order mark, such as "cp1251".
            delimiter: What divides the cells of CSV, such as ";".
            header_row: Row of the header, as a spreadsheet counts.
            dry_run: True to check only, and write nothing: `print` the report to see where each column goes, and which
                rows are contacts already. That is asked where it takes 100 requests at most, or for up to 200 rows.
            via: How contacts are written. "upsert": one request each. "create": 500 in a request, then read back; the
                first request is a trial, and rows that do not show are upserted, as are rows with custom fields.
                "file": CSV files of up to 9,500 rows, which the server imports one after the other. Each is read back,
                and rows that new contacts of the list do not show are upserted, as are contacts that are there.
                "auto", the default: "create" from 200 rows on with `existing="update"`, otherwise "upsert".
            enrol: How contacts get into the automation. "each": one request each, whose answer shows it. "mass": 500 in
                a request; what the server says of its job, and a sample, confirm it. By default as they are written.
            settle: Seconds to wait until what the server does in the background shows; with `via="file"`, after the
                latest contact that came. By default 30.
            claim: An async function of the UUID of a contact that is about to enter the automation, for several
                imports that share it. False leaves the contact to another one; the answer to the same import must
                always be the same.
            journal: A file, and others beside it that begin with its name; see `map`. Each step goes on where it
                stopped, and no contact gets into the automation twice.
            concurrency, on_error, max_failures, progress, grace, share, max_wait: See `map`; each step has its own
                progress, and counts its own failures.
            repeat_unknown: True to add contacts to the automation again that may have been added in an earlier run, and
                are not seen there.

        Returns:
            What became of the rows. Their numbers are those in a spreadsheet, with the header in row 1.

        Raises:
            ImportProblems: What is wrong with the columns, custom fields and rows. Nothing was sent.
            ConfigurationError: An argument cannot be used.
            InvalidArgumentError: There is no such tag or pipeline stage.
            NotFoundError: There is no such list, sender profile or automation. Nothing was written.
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
        """Look which records an action such as `tag`, `delete` or `retry_tasks` would touch.

        Nothing is changed.

        Args:
            ids: UUIDs of the records. Give exactly one of `ids`, `filter` and `all`.
            filter: Conditions the records must meet, as for `contacts.search`, `companies.search` or `tasks.list`.
            all: True for all of the team.
            of: "contacts", "companies" or "tasks".

        Returns:
            Which records they are, a few of them to look at, and what they do not show. Pass it as `ids` to an action.

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
        """Attach a tag to contacts or companies, by mass actions. Tagging twice does no harm: it needs no journal.

        The server does it in the background. What reading back shows is `succeeded`; what was accepted and does not
        show within `settle` seconds is `sent`.

        Args:
            tag_uuid: UUID of the tag.
            ids: UUIDs of the records; 500 go into one request. Give exactly one of `ids`, `filter` and `all`.
            filter: Conditions the records must meet, on fields that are known. They are searched for first, and what
                they show is checked: a server may ignore a condition.
            all: True for all of the team.
            of: "contacts" or "companies".
            confirm: True to do it with `all`.
            verify: "all" to read back each record, which takes one request or more for 500; "sample" for some of each
                500; "none" for none. What is not read back is `sent`. By default "all".
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
        """Take tags off contacts or companies, by mass actions, one for each tag and 500 records.

        Args:
            tags: UUIDs of the tags, or of one.
            ids, filter, all, of: See `tag`.
            confirm: True to do it with `all`, and with a filter that the records do not show to be met, such as `q`.
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
        """Put contacts into an automation, none of them twice.

        By `ids` each contact takes a request of its own, whose answer shows what became of it. By a filter, or with
        all, they are searched for first, and go into mass actions of 500, which the server does in the background.

        Args:
            flow_uuid: UUID of the automation.
            ids: UUIDs of contacts. Give exactly one of `ids`, `filter` and `all`.
            filter: Conditions the contacts must meet, as for `tag`.
            all: True for all contacts of the team.
            confirm: True to do it with `all`, and with a filter that the contacts do not show to be met, such as `q`.
            verify: See `tag`; for a filter and all. The server lists at most 20 contacts of an automation at a time:
                "sample", the default, takes two requests or more for 500, "all" takes 50.
            settle: See `tag`.
            journal, concurrency, on_error, max_failures, progress, repeat_unknown, grace, share, max_wait: See `map`;
                a filter, and all, take `progress` only. With a journal, a contact that an earlier run may have added
                is looked for in the automation: it is `succeeded` if it is there, and otherwise not added again.
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
        """Change contacts or companies, all in the same way. Doing it twice does no harm: it needs no journal.

        List, pipeline stage and custom fields are changed by mass actions, many records in a request. A change of any
        other field takes a request for each record, whose answer shows what was saved: a field that it shows
        otherwise leaves the record `sent`.

        Args:
            changes: New values of fields as `contacts.update` or `companies.update` takes them, and `list_uuid` of
                contacts.
            ids, filter, all, of: See `tag`.
            confirm: True to do it with `all`, and with a filter that the records do not show to be met, such as `q`.
            concurrency: See `map`.
            verify: See `tag`. Where the answer does not show what was sent, the record is read once more.
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
            confirm: Must be True; `preview` shows beforehand which they are.
            verify: See `tag`. They are read before and after, by two requests or more for 500: one that was there, and
                does not come any more, is `succeeded`.
            settle, progress: See `tag`.

        Raises:
            FilterIgnoredError: See `tag`.
        """
        return await actions.delete(self._grinfi, Target(ids, filter, all, of), **options)

    async def find_duplicates(self, filter: Filter | None = None, **options: Unpack[FindOptions]) -> DuplicateReport:
        """Find contacts that are the same person: by profile, email address, or name and company. Nothing is changed.

        Profiles and member IDs decide (see `LinkedInIdentity`). Contacts with the same email address, or the same name
        and company, are linked unless their profiles, names or other addresses differ: namesakes and shared mailboxes
        are named in `report.unlinked`. A group is in doubt if a chain of links joins what differs.

        Args:
            filter: Which contacts, as `contacts.search` takes it; all by default.
            options: `progress`, `share` and `max_wait`; see `map`.

        Returns:
            The groups, why each contact is in its group, and in what they differ. `report.write_plan("plan.csv")`
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
        """Make one contact of several: the one that is kept gets what it lacks, then the others are deleted.

        It gets fields, tags and custom fields that it lacks, and the fields that `take` names in the row of another.
        It is read back; only when it shows all of them, the others are deleted. Contacts that have changed since the
        plan was made, and others that are in a running automation, are left alone: they are `skipped`, and
        `report.left_alone` says why. Messages, notes and tasks of deleted contacts are not moved.

        Args:
            plan: A file that `write_plan` wrote and a person may have changed, or the report of `find_duplicates`.
                Column `keep`: `yes` for the contact that is kept, `no` for others, nothing for those to leave alone.
            confirm: True to delete the others for good. Without it, only those that are kept are written.
            settle: Seconds until what was written or deleted is to show. By default 30.
            journal: A file that records which contacts have been written; see `map`. The same plan with it resumes.
            concurrency, on_error, max_failures, progress, repeat_unknown, grace, share, max_wait: See `map`.

        Raises:
            ImportProblems: What is wrong with the plan, by row. Nothing was sent.
            FilterIgnoredError: The server ignores a filter by ids, and what is there is not known.
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

        The mass operations of tasks answer 504 on the live service, so that each task takes two requests of its own:
        one that reads it and one that changes it. A task that was cancelled, as by a reply of its contact, or whose
        error code is `replied`, is left alone: it is `skipped`, and `report.left_alone` says why. So is one that is
        closed already. What the answer, or reading the task again, shows is `succeeded`; otherwise it is `sent`.

        Args:
            ids: UUIDs of tasks. Give one of `ids` and `filter`.
            filter: Conditions the tasks must meet, as for `tasks.list`. They are searched for first, and what they show
                is checked: a server may ignore a condition. `preview(filter=..., of="tasks")` shows them.
            confirm: True to do it with a filter that the tasks do not show to be met.
            verify: Where the answer does not show the change: "all" to read the task again, "sample" to do that for one
                of 25, "none" for none. By default "all".
            settle: Seconds until a task is to show the change. By default 10.
            journal, concurrency, on_error, max_failures, progress, repeat_unknown, grace, share, max_wait: See `map`; a
                journal goes with ids.

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

        Args, errors and behaviour are those of `complete_tasks`.
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

        Only tasks whose status is `failed` are retried; any other is left alone. Repeating a retry may send a message
        twice: what may have been retried is `unknown`, and with a journal the next run reads it again, and does not
        retry it unless `repeat_unknown` says so. Otherwise arguments, errors and behaviour are those of
        `complete_tasks`.
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

        Args, errors and behaviour are those of `complete_tasks`.
        """
        target = Target(ids, filter, of="tasks")
        return await act_on_tasks(
            self._grinfi, "cancel", target, confirm=confirm, verify=verify, settle=settle, **options
        )

    async def export_contacts(self, filter: Filter | None = None, **options: Unpack[ExportOptions]) -> ExportReport:
        """Write contacts to a file: every one once, however many there are, and whatever interrupts it.

        The same call goes on where an interrupted one stopped. The file appears under its name when it is complete.

        Args:
            filter: Which, as `contacts.search` takes it; all by default.
            options: `to`, and others; see `ExportOptions`.

        Raises:
            InvalidArgumentError: A field or the filter is not what the API knows. Nothing was read.
            ConfigurationError: The file cannot be written.
            JournalError: Another process writes the same file, or an interrupted export was another one.
            ResultWindowError: More rows than the API reads of one list, and no way to divide them.
            GrinfiError: A request failed for good. What was written stays, to go on with.
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
        """Copy what has changed into the tables of an SQLite file, which other programs can query meanwhile.

        Each row has its `uuid` as key, a column for each field, lists and objects as JSON, and `deleted_at`. The views
        `contacts_named`, `funnel`, `messages_daily` and `custom_field_values` have names in place of UUIDs.
        What an interrupted run had copied stays, and the next run goes on there.

        Args:
            sink: The file; it is made if it is not there.
            since: Copy what was updated from this time on, or within this time; by default since the latest run.
                Contacts, companies, automation contacts and flow versions only: other tables are read as a whole each
                time.
            tables: By default all. A table that is read as a whole costs a request for each page, each time.
            full: Read everything, which notices deletions: rows that are gone get a `deleted_at`.
            progress: True for a bar or lines, or a function that gets a `Progress` twice a second.
            share, max_wait: See `map`.

        Raises:
            ConfigurationError: An argument cannot be used.
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
