"""One thing done to many contacts: by mass actions where that is right, by single calls where each has to be known."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from tempfile import TemporaryFile
from typing import Any, Final, TypedDict, TypeVar, Unpack
from uuid import UUID

import anyio

from grinfi_async import (
    UNSET,
    ConfigurationError,
    Contact,
    ContactAction,
    Filter,
    Grinfi,
    InvalidArgumentError,
    NotFoundError,
    Unset,
)
from grinfi_overrides.custom_fields import CustomFieldNames
from grinfi_overrides.mass_actions import read_target

from .columns import FIELDS, IDENTIFIER, near
from .engine import BulkJob
from .items import as_json, iterate
from .options import DEFAULT_GRACE, OnError
from .progress import ProgressOption
from .report import BulkReport, Outcome

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
MASS_ACTION_SIZE = 500
"""Ids in one mass action."""
SAMPLE: Final = 5
CHANGEABLE: Final = tuple(field for field in FIELDS if field != IDENTIFIER)
CHANGED_BY_ACTION: Final = ("list_uuid", "pipeline_stage_uuid", "custom_fields")


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
    """Which contacts would be touched.

    Attributes:
        count: How many there are.
        sample: A few of them.
    """

    count: int
    sample: tuple[Contact, ...]

    def __str__(self) -> str:
        names = ", ".join(contact.name or contact.uuid for contact in self.sample)
        more = self.count - len(self.sample)
        return (
            f"{self.count:,} contacts{f': {names}' if names else ''}{f' and {more:,} more' if names and more else ''}"
        )


@dataclass(frozen=True, slots=True)
class Target:
    """Which contacts are meant: exactly one of the three is given."""

    ids: Ids | None = None
    filter: Filter | None = None
    all: bool = False

    def __post_init__(self) -> None:
        read_target(self.ids is not None, self.condition, self.all)
        if isinstance(self.ids, str) or not isinstance(self.ids, Iterable | AsyncIterable | None):
            raise InvalidArgumentError("ids", f"expected an iterable of UUIDs, got {type(self.ids).__name__}")
        if isinstance(self.ids, list | tuple):
            for index, value in enumerate(self.ids):  # of what is read once, a wrong one ends the job
                _text(index, value)

    @property
    def condition(self) -> Filter | Unset:
        """As `contacts.search` takes it, if it is not by ids."""
        return UNSET if self.filter is None else self.filter

    @property
    def arguments(self) -> dict[str, Any]:
        """As `contacts.mass_action` and `contacts.count` take it, if it is not by ids."""
        return {"all": True} if self.all else {"filter": self.filter}

    async def count(self, grinfi: Grinfi) -> int:
        """How many contacts are meant, if it is not by ids."""
        return (await grinfi.contacts.count(**self.arguments)).total or 0

    async def preview(self, grinfi: Grinfi) -> Preview:
        """Look which contacts are meant. By ids, those that there are."""
        if self.ids is None:
            found = await grinfi.contacts.search(filter=self.condition, limit=SAMPLE)
            return Preview(count=await self.count(grinfi), sample=tuple(found)[:SAMPLE])
        count = 0
        sample: list[Contact] = []
        async for chunk in chunks_of(_texts(self.ids)):
            count += (await grinfi.contacts.count(ids=chunk, all=False)).total or 0
            for uuid in chunk[: SAMPLE - len(sample)]:
                try:
                    sample.append(await grinfi.contacts.get(uuid))
                except NotFoundError:
                    continue  # not counted either
        return Preview(count=count, sample=tuple(sample))


async def tag(grinfi: Grinfi, tag_uuid: str | UUID, target: Target, *, progress: ProgressOption = False) -> BulkReport:
    """See `Bulk.tag`."""
    return await _act(grinfi, "Tag contacts", [ContactAction.add_tags(tag_uuid)], target, progress, confirm=True)


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
                "journal goes with ids: for a filter there is one request, which tells all or nothing."
            )
        return await _act(
            grinfi, "Add to automation", [action], target, options.get("progress", False), confirm=confirm
        )
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
    if not standard and (target.ids is not None or len(actions) == 1):
        return await _act(grinfi, "Update contacts", actions, target, progress, confirm=confirm)
    with TemporaryFile("w+", encoding="utf-8", prefix="grinfi-") as found:
        # Read before anything changes: afterwards the filter may find others.
        ids = _texts(target.ids) if target.ids is not None else await _search(grinfi, target, found)
        if not standard:
            return await _act(grinfi, "Update contacts", actions, Target(ids), progress, confirm=confirm)

        async def change(uuid: str) -> None:
            await grinfi.contacts.update(uuid, **standard)
            for action in actions:
                await grinfi.contacts.mass_action(action, ids=[uuid])

        job: BulkJob[Any, None] = BulkJob(
            grinfi.rate_limiter,
            change,
            ids,
            name="Update contacts",
            key=str,
            retry_class="idempotent",
            concurrency=concurrency,
            progress=progress,
        )
        return await _run(job)


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
            standard[name] = FIELDS[name].encode(f"changes.{name}", value)
        else:
            hint = near(name, [*CHANGEABLE, *CHANGED_BY_ACTION])
            raise InvalidArgumentError(f"changes.{name}", f"it cannot be changed; {hint}")
    return standard, actions


async def _search(grinfi: Grinfi, target: Target, file: Any) -> Iterable[str]:
    """The ids that a filter finds, through a file."""
    async for contact in grinfi.contacts.search(filter=target.condition, limit=100):
        file.write(f"{contact.uuid}\n")
    file.seek(0)
    return (line.rstrip("\n") for line in file)


async def _act(
    grinfi: Grinfi,
    name: str,
    actions: Sequence[ContactAction],
    target: Target,
    progress: ProgressOption,
    *,
    confirm: bool,
) -> BulkReport:
    """Mass actions on contacts; a filter is evaluated once, for one action, by the server."""
    if target.ids is None:
        started = anyio.current_time()
        count = await target.count(grinfi)
        if count:
            await grinfi.contacts.mass_action(actions[0], **target.arguments, confirm=confirm)
        elapsed = anyio.current_time() - started
        return BulkReport(name=name, succeeded=count, sent=count, requests=1 + bool(count), elapsed=elapsed)
    report = BulkReport(name=name)

    def settle(chunk: list[str], error: Exception | None) -> None:
        for uuid in chunk:
            report.sent += 1
            status: Any = "succeeded" if error is None else "failed"
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
    settle: Callable[[list[ItemT], Exception | None], None],
    *,
    progress: ProgressOption = False,
    grace: float = DEFAULT_GRACE,
) -> BulkReport:
    """Run mass actions that may be repeated on many contacts, and tell of each chunk whether it failed.

    Returns:
        What the requests cost; its items are chunks.
    """

    async def act(chunk: list[ItemT]) -> None:
        for action in actions:
            await grinfi.contacts.mass_action(action, ids=[uuid(item) for item in chunk])

    job: BulkJob[list[ItemT], None] = BulkJob(
        grinfi.rate_limiter, act, chunks, name=name, retry_class="idempotent", progress=progress, grace=grace
    )
    async with job as outcomes:
        async for outcome in outcomes:
            settle(outcome.item, outcome.error)
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
