"""One thing done to many contacts: by mass actions where that is right, by single calls where each has to be known."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from inspect import signature
from tempfile import TemporaryFile
from typing import Any, Final, TypedDict, TypeVar, Unpack
from uuid import UUID

from grinfi_async import (
    UNSET,
    ConfigurationError,
    Contact,
    ContactAction,
    Filter,
    Grinfi,
    InvalidArgumentError,
    RetryClass,
)
from grinfi_async.resources.contacts import ContactsResource
from grinfi_overrides.custom_fields import CustomFieldNames
from grinfi_overrides.filters.matching import Match
from grinfi_overrides.mass_actions import MASS_ACTION_SIZE, check_target, matching_rows
from grinfi_overrides.runtime.codecs import STRING, Nullable

from .columns import FIELDS, near
from .engine import BulkJob
from .items import as_json, iterate
from .options import DEFAULT_GRACE, OnError
from .progress import ProgressOption
from .report import BulkReport, Outcome, Status

__all__ = [
    "Ids",
    "Preview",
    "StepOptions",
    "Target",
    "act_in_chunks",
    "add_to_automation",
    "chunks_of",
    "delete",
    "tag",
    "update",
]

ItemT = TypeVar("ItemT")
Ids = Iterable[str | UUID] | AsyncIterable[str | UUID]
SAMPLE: Final = 5
CHANGED_BY_ACTION: Final = ("list_uuid", "pipeline_stage_uuid", "custom_fields")
CHANGEABLE: Final = tuple(
    name
    for name in signature(ContactsResource.update).parameters
    if name not in {"self", "uuid", "extra_body", *CHANGED_BY_ACTION}
)


class StepOptions(TypedDict, total=False):
    """How the steps of a ready-made job are run; see `Bulk.map`."""

    journal: str | os.PathLike[str] | None
    concurrency: int | None
    on_error: OnError
    max_failures: int | None
    progress: ProgressOption
    repeat_unknown: bool
    grace: float
    share: float | None
    max_wait: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Which contacts would be touched. Pass it as `ids` to do it to exactly these.

    Attributes:
        ids: UUIDs of the contacts.
        sample: A few of them.
        unseen: Fields of the filter that the contacts did not show, such as `q`: that they meet these was not checked.
    """

    ids: Sequence[str]
    sample: tuple[Contact, ...]
    unseen: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __str__(self) -> str:
        names = ", ".join(contact.name or contact.uuid for contact in self.sample)
        more = self.count - len(self.sample)
        shown = (
            f"{self.count:,} contacts{f': {names}' if names else ''}{f' and {more:,} more' if names and more else ''}"
        )
        return f"{shown} (not checked: {', '.join(self.unseen)})" if self.unseen else shown


@dataclass(frozen=True, slots=True)
class Target:
    """Which contacts are meant: exactly one of the three is given."""

    ids: Ids | None = None
    filter: Filter | None = None
    all: bool = False

    def __post_init__(self) -> None:
        condition = UNSET if self.filter is None else self.filter
        check_target(self.ids is not None, condition, self.all, ContactsResource.WRITE_FILTER)
        if isinstance(self.ids, str) or not isinstance(self.ids, Iterable | AsyncIterable | None):
            raise InvalidArgumentError("ids", f"expected an iterable of UUIDs, got {type(self.ids).__name__}")
        if isinstance(self.ids, list | tuple):
            for index, value in enumerate(self.ids):  # of what is read once, a wrong one ends the job
                _text(index, value)

    def match(self) -> Match:
        """The filter, to compare contacts with."""
        return Match({} if self.filter is None else self.filter)

    async def rows(self, grinfi: Grinfi, match: Match) -> AsyncGenerator[dict[str, Any]]:
        """The contacts that a filter finds, or all. They are checked: a server may ignore a condition."""
        search = partial(grinfi.contacts.search, filter=UNSET if self.filter is None else self.filter)
        async with aclosing(matching_rows(search, match)) as rows:
            async for row in rows:
                yield row

    async def preview(self, grinfi: Grinfi) -> Preview:
        """Look which contacts are meant. By ids, those that there are."""
        match = self.match()
        ids: list[str] = []
        sample: list[Contact] = []
        if self.ids is None:
            async with aclosing(self.rows(grinfi, match)) as rows:
                async for row in rows:
                    ids.append(str(row["uuid"]))
                    if len(sample) < SAMPLE:
                        sample.append(Contact.from_dict(row))
        else:
            async for chunk in chunks_of(_texts(self.ids)):
                async for contact in grinfi.contacts.search(filter={"uuid": chunk}):
                    if contact.uuid in chunk:
                        ids.append(contact.uuid)
                        sample += [contact] if len(sample) < SAMPLE else []
        return Preview(ids=ids, sample=tuple(sample), unseen=tuple(sorted(match.unseen)))

    @asynccontextmanager
    async def found(self, grinfi: Grinfi, action: str, *, confirm: bool) -> AsyncGenerator[Iterable[str]]:
        """The ids of the contacts that a filter finds, or of all: all are read before anything changes.

        Raises:
            FilterIgnoredError: The server answered with a contact that the filter excludes.
            InvalidArgumentError: A condition could not be checked, and `confirm` does not allow that.
        """
        match = self.match()
        with TemporaryFile("w+", encoding="utf-8", prefix="grinfi-") as file:
            async with aclosing(self.rows(grinfi, match)) as rows:
                async for row in rows:
                    file.write(f"{row['uuid']}\n")
            if not confirm:
                match.require_certainty(action)
            file.seek(0)
            yield (line.rstrip("\n") for line in file)


async def tag(
    grinfi: Grinfi, tag_uuid: str | UUID, target: Target, *, confirm: bool = False, progress: ProgressOption = False
) -> BulkReport:
    """See `Bulk.tag`."""
    return await _act(grinfi, "Tag contacts", [ContactAction.add_tags(tag_uuid)], target, progress, confirm=confirm)


async def delete(grinfi: Grinfi, target: Target, *, confirm: bool, progress: ProgressOption = False) -> BulkReport:
    """See `Bulk.delete`."""
    if confirm is not True:
        raise InvalidArgumentError(
            "confirm", "contacts are deleted for good; look with bulk.preview(...) who they are, then pass confirm=True"
        )
    return await _act(grinfi, "Delete contacts", [ContactAction.delete()], target, progress, confirm=True)


async def add_to_automation(
    grinfi: Grinfi,
    flow_uuid: str | UUID,
    target: Target,
    *,
    confirm: bool = False,
    **options: Unpack[StepOptions],
) -> BulkReport:
    """See `Bulk.add_to_automation`."""
    action = ContactAction.add_to_flow(flow_uuid)
    if target.ids is None:
        if options.get("journal") is not None:
            raise ConfigurationError(
                "journal goes with ids: a filter may find others in the next run. Keep what bulk.preview(filter=...) "
                "found, and pass it as ids."
            )
        progress = options.get("progress", False)
        return await _act(grinfi, "Add to automation", [action], target, progress, confirm=confirm)
    call = partial(grinfi.automations.add_contact, str(flow_uuid))
    job: BulkJob[Any, None] = BulkJob(
        grinfi.rate_limiter,
        call,
        _texts(target.ids),
        name=f"Add to automation with {flow_uuid}",
        **options,
    )
    return await _run(job)


async def update(
    grinfi: Grinfi,
    changes: Mapping[str, Any],
    target: Target,
    *,
    confirm: bool = False,
    concurrency: int | None = None,
    progress: ProgressOption = False,
) -> BulkReport:
    """See `Bulk.update`."""
    standard, actions = await _split(grinfi, changes)
    if target.all and not confirm:
        raise InvalidArgumentError("confirm", "updating all contacts cannot be undone; pass confirm=True to do it")
    if not standard:
        return await _act(grinfi, "Update contacts", actions, target, progress, confirm=confirm)

    async def change(uuid: str) -> None:
        await grinfi.contacts.update(uuid, **standard)
        for action in actions:
            await grinfi.contacts.mass_action(action, ids=[uuid])

    async def run(ids: Ids) -> BulkReport:
        job: BulkJob[Any, None] = BulkJob(
            grinfi.rate_limiter,
            change,
            _texts(ids),
            name="Update contacts",
            key=str,
            retry_class="idempotent",
            concurrency=concurrency,
            progress=progress,
        )
        return await _run(job)

    if target.ids is not None:
        return await run(target.ids)
    async with target.found(grinfi, "an update", confirm=confirm) as found:
        return await run(found)


async def _run(job: BulkJob[Any, Any]) -> BulkReport:
    async with job as outcomes:
        async for _ in outcomes:
            pass
    return job.report


async def _split(grinfi: Grinfi, changes: Mapping[str, Any]) -> tuple[dict[str, Any], list[ContactAction]]:
    """What is written contact by contact, and what mass actions do."""
    if not changes:
        raise InvalidArgumentError("changes", "is empty; say what to change")
    standard: dict[str, Any] = {}
    actions: list[ContactAction] = []
    for name, value in changes.items():
        if name == "list_uuid":
            actions.append(ContactAction.change_list(value))
        elif name == "pipeline_stage_uuid":
            actions.append(ContactAction.change_pipeline_stage(value))
        elif name == "custom_fields":
            fields = await CustomFieldNames.of(grinfi).resolve(grinfi, "lead", value, "changes.custom_fields")
            actions += [ContactAction.change_custom_field(field.uuid, each) for field, (_, each) in fields.items()]
        elif name in CHANGEABLE:
            standard[name] = FIELDS.get(name, Nullable(STRING)).encode(f"changes.{name}", value)
        else:
            hint = near(name, [*CHANGEABLE, *CHANGED_BY_ACTION])
            raise InvalidArgumentError(f"changes.{name}", f"it cannot be changed; {hint}")
    return standard, actions


async def _act(
    grinfi: Grinfi,
    name: str,
    actions: Sequence[ContactAction],
    target: Target,
    progress: ProgressOption,
    *,
    confirm: bool,
) -> BulkReport:
    """Mass actions on contacts; a filter is searched for first, so that they are done by ids that were read."""
    if target.ids is None:
        if target.all and not confirm:
            raise InvalidArgumentError("confirm", f"{actions[0].type} would be done to everybody; pass confirm=True")
        is_safe = confirm or not any(action.final for action in actions)
        async with target.found(grinfi, actions[0].type, confirm=is_safe) as found:
            return await _act(grinfi, name, actions, Target(found), progress, confirm=confirm)
    report = BulkReport(name=name)

    def settle(chunk: list[str], status: Status, error: Exception | None) -> None:
        for uuid in chunk:
            report.sent += 1
            report.record(Outcome(report.sent, uuid, {"uuid": uuid}, status, error=error))

    label = f"{name} with {as_json([[action.type, action.payload] for action in actions])}"
    part = await act_in_chunks(grinfi, label, actions, chunks_of(_texts(target.ids)), str, settle, progress=progress)
    for cost in ("elapsed", "requests", "retries", "refused", "waited", "capacity", "period"):
        setattr(report, cost, getattr(part, cost))
    return report


async def act_in_chunks(
    grinfi: Grinfi,
    name: str,
    actions: Sequence[ContactAction],
    chunks: AsyncIterable[list[ItemT]],
    uuid: Callable[[ItemT], str],
    settle: Callable[[list[ItemT], Status, Exception | None], None],
    *,
    progress: ProgressOption = False,
    grace: float = DEFAULT_GRACE,
) -> BulkReport:
    """Run mass actions on many contacts, and report of each chunk what became of it.

    Returns:
        What the requests cost; its items are chunks.
    """

    async def act(chunk: list[ItemT]) -> None:
        for action in actions:
            await grinfi.contacts.mass_action(action, ids=[uuid(item) for item in chunk])

    retry_class: RetryClass = "idempotent" if all(action.repeatable for action in actions) else "write"
    job: BulkJob[list[ItemT], None] = BulkJob(
        grinfi.rate_limiter, act, chunks, name=name, retry_class=retry_class, progress=progress, grace=grace
    )
    async with job as outcomes:
        async for outcome in outcomes:
            settle(outcome.item, outcome.status, outcome.error)
    return job.report


async def chunks_of(items: Iterable[ItemT] | AsyncIterable[ItemT]) -> AsyncGenerator[list[ItemT]]:
    """The items, as many at a time as go into a mass action."""
    chunk: list[ItemT] = []
    async with aclosing(iterate(items)) as each:
        async for item in each:
            chunk.append(item)
            if len(chunk) == MASS_ACTION_SIZE:
                yield chunk
                chunk = []
    if chunk:
        yield chunk


async def _texts(ids: Ids) -> AsyncGenerator[str]:
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
