"""The same change to many records: by mass actions, or by single calls where the outcome of each must be known."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from inspect import signature
from itertools import count
from tempfile import TemporaryFile
from typing import Any, Final, Literal, TypedDict, TypeVar, Unpack, cast
from uuid import UUID

from grinfi_async import (
    UNSET,
    Company,
    CompanyAction,
    ConfigurationError,
    Contact,
    ContactAction,
    Filter,
    Grinfi,
    GrinfiError,
    InvalidArgumentError,
    MassAction,
    NotFoundError,
    RetryClass,
    Task,
)
from grinfi_async.resources.companies import CompaniesResource
from grinfi_async.resources.contacts import ContactsResource
from grinfi_async.resources.tasks import LIST_FILTER
from grinfi_overrides.filters import FilterOf
from grinfi_overrides.runtime.codecs import STRING, Nullable
from grinfi_overrides.runtime.responses import read_json
from grinfi_support.custom_fields import CustomFieldNames
from grinfi_support.mass_actions import MASS_ACTION_SIZE, check_target, matching_rows
from grinfi_support.matching import Match

from .choices import Verify
from .columns import FIELDS, near
from .engine import BulkJob
from .errors import LeftAloneError, NotSeenError
from .items import as_json, iterate
from .options import DEFAULT_GRACE, OnError
from .progress import ProgressOption
from .reasons import reason_of
from .report import BulkReport, Outcome, Status, Verdict
from .verifying import DEFAULT_SETTLE, Check, check_verify, is_row_of, places_of, rows_of, shown_by
from .wording import counted

__all__ = [
    "ActionOptions",
    "Ids",
    "Kind",
    "Preview",
    "PreviewKind",
    "StepOptions",
    "Target",
    "act_in_chunks",
    "add_one",
    "add_to_automation",
    "chunks_of",
    "delete",
    "is_in_automation",
    "remove_tags",
    "tag",
    "task_of",
    "texts",
    "update",
]

ItemT = TypeVar("ItemT")
Ids = Iterable[str | UUID] | AsyncIterable[str | UUID]
Kind = Literal["contacts", "companies"]
PreviewKind = Literal["contacts", "companies", "tasks"]
Settled = tuple[ItemT, Status, Exception | None]
SAMPLE: Final = 5
CHANGED_BY_ACTION: Final = ("list_uuid", "pipeline_stage_uuid", "custom_fields")
RESOURCES: Final[Mapping[str, Any]] = {"contacts": ContactsResource, "companies": CompaniesResource}
ACTIONS: Final[Mapping[str, Any]] = {"contacts": ContactAction, "companies": CompanyAction}
MODELS: Final[Mapping[str, Any]] = {"contacts": Contact, "companies": Company, "tasks": Task}
FILTERS: Final[Mapping[str, FilterOf]] = {
    **{kind: resource.WRITE_FILTER for kind, resource in RESOURCES.items()},
    "tasks": FilterOf("a filter of tasks", known=LIST_FILTER.known, writes=True),
}
NOUNS: Final[Mapping[str, str]] = {"contacts": "contact", "companies": "company", "tasks": "task"}
CREATED: Final = 204
SAMPLED_CALLS: Final = 25
"""With verify="sample", one single call in this many is read back if its answer does not show the change."""


class StepOptions(TypedDict, total=False):
    """Options of the steps of a ready-made job; see `Bulk.map`."""

    journal: str | os.PathLike[str] | None
    concurrency: int | None
    on_error: OnError
    max_failures: int | None
    progress: ProgressOption
    repeat_unknown: bool
    grace: float
    share: float | None
    max_wait: float | None


class ActionOptions(TypedDict, total=False):
    """Options of an action on many records; see `Bulk.tag`."""

    confirm: bool
    verify: Verify
    settle: float
    progress: ProgressOption


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The records that an action would change. Pass it as `ids` to change exactly these.

    Attributes:
        ids: UUIDs of the records.
        sample: A few of the records.
        unseen: Conditions of the filter that could not be checked, as the records do not show such a field: `q`, for
            example.
        of: Kind of record: "contacts", "companies" or "tasks".
    """

    ids: Sequence[str]
    sample: tuple[Any, ...]
    unseen: tuple[str, ...] = ()
    of: str = "contacts"

    @property
    def count(self) -> int:
        """Number of records."""
        return len(self.ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __str__(self) -> str:
        names = ", ".join(getattr(row, "name", None) or getattr(row, "type", None) or row.uuid for row in self.sample)
        more = f" and {self.count - len(self.sample):,} more" if names and self.count > len(self.sample) else ""
        shown = f"{counted(self.count, NOUNS[self.of])}{f': {names}' if names else ''}{more}"
        return f"{shown} (not checked: {', '.join(self.unseen)})" if self.unseen else shown


@dataclass(frozen=True, slots=True)
class Target:
    """The records to change: exactly one of `ids`, `filter` and `all` is given."""

    ids: Ids | None = None
    filter: Filter | None = None
    all: bool = False
    of: PreviewKind = "contacts"

    def __post_init__(self) -> None:
        if self.of not in FILTERS:
            raise InvalidArgumentError("of", f"must be one of {', '.join(FILTERS)}, not {self.of!r}")
        condition = UNSET if self.filter is None else self.filter
        check_target(self.ids is not None, condition, self.all, FILTERS[self.of])
        check_ids(self.ids, self.of)

    def search(self, grinfi: Grinfi) -> Callable[..., Any]:
        """The method that finds such records."""
        return partial(grinfi.tasks.list) if self.of == "tasks" else partial(getattr(grinfi, self.of).search)

    def match(self) -> Match:
        """The filter, to check records against."""
        return Match({} if self.filter is None else self.filter)

    async def rows(self, grinfi: Grinfi, match: Match) -> AsyncGenerator[dict[str, Any]]:
        """The records that the filter finds, or all. They are checked, as the server may ignore a condition."""
        search = partial(self.search(grinfi), filter=UNSET if self.filter is None else self.filter)
        async with aclosing(matching_rows(search, match)) as rows:
            async for row in rows:
                yield row

    async def preview(self, grinfi: Grinfi) -> Preview:
        """Find the records. For `ids`, those that exist."""
        match = self.match()
        ids: list[str] = []
        sample: list[Any] = []

        def take(row: dict[str, Any]) -> None:
            ids.append(str(row["uuid"]))
            if len(sample) < SAMPLE:
                sample.append(MODELS[self.of].from_dict(row))

        if self.ids is None:
            async with aclosing(self.rows(grinfi, match)) as rows:
                async for row in rows:
                    take(row)
        else:
            async with aclosing(chunks_of(texts(self.ids))) as chunks:
                async for chunk in chunks:
                    read = _tasks_of(grinfi, chunk) if self.of == "tasks" else rows_of(self.search(grinfi), chunk)
                    for row in (await read).values():
                        take(row)
        return Preview(ids=ids, sample=tuple(sample), unseen=tuple(sorted(match.unseen)), of=self.of)

    @asynccontextmanager
    async def found(self, grinfi: Grinfi, action: str, *, confirm: bool) -> AsyncGenerator[Iterable[str]]:
        """The ids of the records that the filter finds, or of all. All are read before the first is changed.

        Raises:
            FilterIgnoredError: The server answered with a record that the filter excludes.
            InvalidArgumentError: A condition could not be checked, and `confirm` is not True.
        """
        # Why by ids, and not by a mass action with the filter:
        #
        #   filter -- search --> rows, each checked against the filter --> ids in a file -- mass actions of 500 ids
        #
        # A server that ignores a condition answers with too many records; one wrong row stops the action before
        # anything is written. Changing records while the list is read would also move rows between its pages: some
        # would be read twice, some never. And the number of ids is exactly the number of records in the report.
        match = self.match()
        with TemporaryFile("w+", encoding="utf-8", prefix="grinfi-") as file:
            async with aclosing(self.rows(grinfi, match)) as rows:
                async for row in rows:
                    file.write(f"{row['uuid']}\n")
            if not confirm:
                match.require_certainty(action)
            file.seek(0)
            yield (line.rstrip("\n") for line in file)


async def _tasks_of(grinfi: Grinfi, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Tasks, read one by one: the API cannot filter them by UUID."""
    found: dict[str, dict[str, Any]] = {}
    for uuid in ids:
        with suppress(NotFoundError):
            found[uuid] = await task_of(grinfi, uuid)
    return found


async def task_of(grinfi: Grinfi, uuid: str) -> dict[str, Any]:
    """A task as it is now.

    Raises:
        GrinfiError: It cannot be read, or the answer is not this task with its status.
    """
    row = (await grinfi.tasks.get(uuid)).to_dict()
    if not is_row_of(uuid, row):
        raise GrinfiError(
            f"The server answered with task {row.get('uuid')} instead of {uuid}. The task was not changed."
        )
    if not isinstance(row.get("status"), str):
        raise GrinfiError(f"The server did not show the status of task {uuid}. The task was not changed.")
    return row


def check_ids(ids: object, of: str) -> None:
    """Refuse anything but ids, and a preview of another kind of record."""
    if isinstance(ids, Preview) and ids.of != of:
        raise InvalidArgumentError("ids", f"is a preview of {ids.of}, not of {of}")
    if isinstance(ids, str) or not isinstance(ids, Iterable | AsyncIterable | None):
        raise InvalidArgumentError("ids", f"expected an iterable of UUIDs, got {type(ids).__name__}")
    if isinstance(ids, list | tuple):
        for index, value in enumerate(cast("list[Any]", ids)):
            _text(index, value)  # an iterable that can be read only once is checked while the job runs


def _actions_of(target: Target) -> Any:
    """The mass actions for this kind of record."""
    if target.of not in ACTIONS:
        raise InvalidArgumentError("of", f"must be one of {', '.join(ACTIONS)}, not {target.of!r}")
    return ACTIONS[target.of]


async def tag(grinfi: Grinfi, tag_uuid: str | UUID, target: Target, **options: Unpack[ActionOptions]) -> BulkReport:
    """See `Bulk.tag`."""
    return await _act(grinfi, f"Tag {target.of}", [_actions_of(target).add_tags(tag_uuid)], target, **options)


async def remove_tags(
    grinfi: Grinfi, tags: str | UUID | Iterable[str | UUID], target: Target, **options: Unpack[ActionOptions]
) -> BulkReport:
    """See `Bulk.remove_tags`."""
    each_tag = [tags] if isinstance(tags, str | UUID) else tags
    actions = [_actions_of(target).remove_tags(each) for each in each_tag]
    if not actions:
        raise InvalidArgumentError("tags", "is empty; pass the tags to remove")
    return await _act(grinfi, f"Remove tags of {target.of}", actions, target, **options)


async def delete(grinfi: Grinfi, target: Target, **options: Unpack[ActionOptions]) -> BulkReport:
    """See `Bulk.delete`."""
    if options.get("confirm") is not True:
        raise InvalidArgumentError(
            "confirm",
            f"{target.of} are deleted for good; check them with bulk.preview(...), then pass confirm=True",
        )
    return await _act(grinfi, f"Delete {target.of}", [_actions_of(target).delete()], target, **options)


async def add_to_automation(
    grinfi: Grinfi,
    flow_uuid: str | UUID,
    target: Target,
    *,
    confirm: bool = False,
    verify: Verify = "sample",
    settle: float = DEFAULT_SETTLE,
    **options: Unpack[StepOptions],
) -> BulkReport:
    """See `Bulk.add_to_automation`."""
    check_verify(verify, settle)
    action = ContactAction.add_to_flow(flow_uuid)
    if target.ids is None:
        if options.get("journal") is not None:
            raise ConfigurationError(
                "journal needs ids: a filter may find other contacts in the next run. Keep the result of "
                "bulk.preview(filter=...), and pass it as ids."
            )
        progress = options.get("progress", False)
        given: ActionOptions = {"confirm": confirm, "verify": verify, "settle": settle, "progress": progress}
        return await _act(grinfi, "Add to automation", [action], target, **given)
    job: BulkJob[Any, None] = BulkJob(
        grinfi.rate_limiter,
        partial(add_one, grinfi, str(flow_uuid)),
        texts(target.ids),
        key=str.casefold,
        look=partial(is_in_automation, grinfi, str(flow_uuid)),
        name=f"Add to automation with {flow_uuid}",
        retry_class="write",
        **options,
    )
    return await job.run()


async def add_one(grinfi: Grinfi, flow_uuid: str, lead_uuid: str) -> Any:
    """Add a contact to an automation; None if the answer shows it, otherwise the verdict."""
    # 204, or an answer with the UUID: added. `reason`: the server refused. Another 2xx says nothing about the contact.
    raw = await grinfi.automations.with_raw_response.add_contact(flow_uuid, lead_uuid)
    answer = read_json(raw.http_response)
    shown = cast("dict[str, Any]", answer) if isinstance(answer, dict) else {}
    reason = shown.get("reason")
    if reason:
        return Verdict("skipped", LeftAloneError(f"the server did not add it: {reason}"))
    if raw.status_code == CREATED or lead_uuid in shown.values():
        return None
    return Verdict("sent", NotSeenError(f"the answer {raw.status_code} does not say that the contact was added"))


async def is_in_automation(grinfi: Grinfi, flow_uuid: str, lead_uuid: str) -> bool:
    """Whether a contact is in an automation."""
    return await places_of(grinfi, flow_uuid, [lead_uuid]) != []


async def update(
    grinfi: Grinfi,
    changes: Mapping[str, Any],
    target: Target,
    *,
    concurrency: int | None = None,
    **options: Unpack[ActionOptions],
) -> BulkReport:
    """See `Bulk.update`."""
    standard, actions, names = await _split(grinfi, changes, target)
    name, confirm, verify = f"Update {target.of}", options.get("confirm", False), options.get("verify", "all")
    check_verify(verify, options.get("settle", DEFAULT_SETTLE))
    if target.all and not confirm:
        raise InvalidArgumentError("confirm", f"updating all {target.of} cannot be undone; pass confirm=True to update")
    if not standard:
        return await _act(grinfi, name, actions, target, names, **options)
    resource: Any = getattr(grinfi, target.of)
    number = count()

    async def change(uuid: str) -> Any:
        row = (await resource.update(uuid, **standard)).to_dict()
        shown = is_row_of(uuid, row) and shown_by(row, standard)
        is_sample = next(number) % SAMPLED_CALLS == 0
        if not shown and (verify == "all" or (verify == "sample" and is_sample)):
            try:
                row = (await resource.get(uuid)).to_dict()
            except GrinfiError as error:
                return Verdict("sent", NotSeenError(f"it could not be read back: {reason_of(error, advise=False)}"))
            shown = is_row_of(uuid, row) and shown_by(row, standard)
        if shown:
            return None
        if not is_row_of(uuid, row):
            return Verdict("sent", NotSeenError(f"the server answered with another {NOUNS[target.of]}"))
        what = ", ".join(it for it in standard if not shown_by(row, {it: standard[it]}))
        return Verdict("sent", NotSeenError(f"the answer does not show the new value of {what}"))

    async def run(ids: Ids) -> BulkReport:
        job: BulkJob[Any, None] = BulkJob(
            grinfi.rate_limiter,
            change,
            texts(ids),
            name=name,
            key=str.casefold,
            retry_class="idempotent",
            concurrency=concurrency,
            progress=options.get("progress", False),
        )
        if not actions:
            return await job.run()
        report = BulkReport(name=name)
        with TemporaryFile("w+", encoding="utf-8", prefix="grinfi-") as file:
            async with job as outcomes:
                async for outcome in outcomes:
                    if outcome.status in {"succeeded", "sent"}:
                        file.write(f"{json.dumps([outcome.row, outcome.item, outcome.error and str(outcome.error)])}\n")
                    else:
                        report.record(outcome)
            _add_costs(report, job.report)
            file.seek(0)
            # Single calls first, then mass actions: an update that arrives late could undo a mass action.
            await _act_on_ids(grinfi, name, actions, target, (json.loads(it) for it in file), report, names, options)
        return report

    if target.ids is not None:
        return await run(target.ids)
    async with target.found(grinfi, "an update", confirm=confirm) as found:
        return await run(found)


async def _split(
    grinfi: Grinfi, changes: Mapping[str, Any], target: Target
) -> tuple[dict[str, Any], list[MassAction], dict[str, str]]:
    """Fields that single calls write, mass actions for the rest, and the names of custom fields."""
    if not changes:
        raise InvalidArgumentError("changes", "is empty; pass the fields to change")
    of = target.of
    actions_of = _actions_of(target)
    by_action = [name for name in CHANGED_BY_ACTION if of == "contacts" or name != "list_uuid"]
    parameters = signature(RESOURCES[of].update).parameters
    changeable = [name for name in parameters if name not in {"self", "uuid", "extra_body", *CHANGED_BY_ACTION}]
    standard: dict[str, Any] = {}
    actions: list[MassAction] = []
    names: dict[str, str] = {}
    for name, value in changes.items():
        if name == "list_uuid" and name in by_action:
            actions.append(actions_of.change_list(value))
        elif name == "pipeline_stage_uuid":
            actions.append(actions_of.change_pipeline_stage(value))
        elif name == "custom_fields" and hasattr(actions_of, "change_custom_field"):
            owner: Literal["lead", "company"] = "lead" if of == "contacts" else "company"
            fields = await CustomFieldNames.of(grinfi).resolve(grinfi, owner, value, "changes.custom_fields")
            actions += [actions_of.change_custom_field(field.uuid, each) for field, (_, each) in fields.items()]
            names |= {field.uuid: field.name for field in fields}
        elif name in changeable:
            codec = FIELDS.get(name, Nullable(STRING)) if of == "contacts" else None
            standard[name] = value if codec is None else codec.encode(f"changes.{name}", value)
        else:
            raise InvalidArgumentError(f"changes.{name}", f"cannot be changed; {near(name, [*changeable, *by_action])}")
    return standard, actions, names


async def _act(
    grinfi: Grinfi,
    name: str,
    actions: Sequence[MassAction],
    target: Target,
    field_names: Mapping[str, str] | None = None,
    **options: Unpack[ActionOptions],
) -> BulkReport:
    """Run mass actions on records. With a filter, the records are read first, and changed by their ids."""
    confirm = options.get("confirm", False)
    check_verify(options.get("verify", "all"), options.get("settle", DEFAULT_SETTLE))
    if target.ids is None:
        if target.all and not confirm:
            raise InvalidArgumentError("confirm", f"{actions[0].type} would change all {target.of}; pass confirm=True")
        is_safe = confirm or not any(action.final for action in actions)
        async with target.found(grinfi, actions[0].type, confirm=is_safe) as found:
            return await _act(grinfi, name, actions, Target(found, of=target.of), field_names, **options)
    report = BulkReport(name=name)
    items = _numbered(target.ids)
    await _act_on_ids(grinfi, name, actions, target, items, report, field_names, options)
    return report


Numbered = tuple[int, str, str | None]
"""Row, UUID, and why an earlier change to the record does not count as done."""


async def _numbered(ids: Ids) -> AsyncGenerator[Numbered]:
    row = 0
    async with aclosing(texts(ids)) as each:
        async for uuid in each:
            row += 1
            yield row, uuid, None


async def _act_on_ids(
    grinfi: Grinfi,
    name: str,
    actions: Sequence[MassAction],
    target: Target,
    items: Iterable[Numbered] | AsyncIterable[Numbered],
    report: BulkReport,
    field_names: Mapping[str, str] | None,
    options: ActionOptions,
) -> None:
    def settle(chunk: list[Settled[Numbered]]) -> None:
        for (row, uuid, doubt), status, error in chunk:
            if doubt is not None and status in {"succeeded", "sent"}:
                status, error = "sent", NotSeenError(doubt)
            report.processed += 1
            report.record(Outcome(row, uuid, {"uuid": uuid}, status, error=error))

    check = Check(
        grinfi,
        target.search(grinfi),
        actions,
        verify=options.get("verify", "all"),
        settle=options.get("settle", DEFAULT_SETTLE),
        field_names=field_names,
    )
    label = f"{name} with {as_json([[action.type, action.payload] for action in actions])}"
    resource = getattr(grinfi, target.of)
    progress = options.get("progress", False)
    chunks = chunks_of(items)
    part = await act_in_chunks(
        grinfi, label, actions, chunks, lambda item: item[1], settle, check, act=resource.mass_action, progress=progress
    )
    _add_costs(report, part)


def _add_costs(report: BulkReport, part: BulkReport) -> None:
    for cost in ("elapsed", "requests", "retries", "refused", "waited"):
        setattr(report, cost, getattr(report, cost) + getattr(part, cost))
    report.capacity, report.period = part.capacity, part.period


async def act_in_chunks(
    grinfi: Grinfi,
    name: str,
    actions: Sequence[MassAction],
    chunks: AsyncIterable[list[ItemT]],
    uuid: Callable[[ItemT], str],
    settle: Callable[[list[Settled[ItemT]]], None],
    check: Check,
    *,
    act: Callable[..., Any] | None = None,
    progress: ProgressOption = False,
    grace: float = DEFAULT_GRACE,
) -> BulkReport:
    """Run mass actions on many records, and pass the outcomes of each chunk to `settle`.

    Returns:
        A report of the requests; its items are chunks.
    """
    # One chunk (500 ids) is one item of the job:
    #
    #   check.before   what is there now, for deletions and automations
    #   mass_action    one request for each action; the server queues it
    #   check.after    reads the records until they show the effect, or `settle` seconds are over
    #
    #   answer received:  shown -> succeeded; not shown -> sent
    #   answer lost:      shown -> succeeded; not shown -> unknown (failed, if all actions may be repeated)
    #   refused:          failed, the whole chunk
    mass_action: Callable[..., Any] = act or grinfi.contacts.mass_action
    retry_class: RetryClass = "idempotent" if all(action.repeatable for action in actions) else "write"

    async def run(chunk: list[ItemT]) -> Any:
        ids = [uuid(item) for item in chunk]
        before = await check.before(ids)
        answers: list[Any] = []
        try:
            for action in actions:
                answers += await mass_action(action, ids=ids)
        except GrinfiError as error:
            if not getattr(error, "may_have_been_applied", False):
                raise
            doubts = await check.after(ids, before, answers)
            status: Status = "unknown" if retry_class == "write" else "failed"
            return Verdict(status, error, doubts) if doubts else Verdict("succeeded", None, doubts)
        doubts = await check.after(ids, before, answers)
        return Verdict("sent" if doubts else "succeeded", next(iter(doubts.values()), None), doubts)

    job: BulkJob[list[ItemT], dict[str, Exception]] = BulkJob(
        grinfi.rate_limiter, run, chunks, name=name, retry_class=retry_class, progress=progress, grace=grace
    )
    async with job as outcomes:
        async for outcome in outcomes:
            settled: list[Settled[ItemT]] = []
            for item in outcome.item:
                status, error = outcome.status, outcome.error
                if outcome.result is not None:
                    doubt = outcome.result.get(uuid(item))
                    status, error = (
                        ("succeeded", None) if doubt is None else (status, doubt if status == "sent" else error)
                    )
                settled.append((item, status, error))
            settle(settled)
    return job.report


async def chunks_of(
    items: Iterable[ItemT] | AsyncIterable[ItemT], size: int | None = None
) -> AsyncGenerator[list[ItemT]]:
    """The items in chunks; by default as many as go into one mass action."""
    chunk: list[ItemT] = []
    async with aclosing(iterate(items)) as each:
        async for item in each:
            chunk.append(item)
            if len(chunk) == (size or MASS_ACTION_SIZE):
                yield chunk
                chunk = []
    if chunk:
        yield chunk


async def texts(ids: Ids) -> AsyncGenerator[str]:
    """The ids as text."""
    async with aclosing(iterate(ids)) as each:
        index = 0
        async for value in each:
            yield _text(index, value)
            index += 1


def _text(index: int, value: object) -> str:
    text = str(value).strip() if isinstance(value, str | UUID) else ""
    if not text:
        raise InvalidArgumentError(f"ids[{index}]", f"expected a UUID, got {value!r}")
    return text
