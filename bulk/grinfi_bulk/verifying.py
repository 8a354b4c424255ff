"""Reading back what an action did: it counts as done only if a row shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final, cast

import anyio

from grinfi_async import AsyncPaginator, ConfigurationError, FilterIgnoredError, Grinfi, GrinfiError, MassAction, Model
from grinfi_support.matching import Match
from grinfi_support.mixins.contacts import ENDED, FAILED, state_of

from .choices import Verify, check_choice
from .errors import NotSeenError
from .failures import FATAL_ERRORS
from .reasons import reason_of

__all__ = [
    "DEFAULT_SETTLE",
    "LOOKS",
    "NOT_SAMPLED",
    "NOT_WANTED",
    "SAMPLE_SIZE",
    "Check",
    "check_verify",
    "is_row_of",
    "places_of",
    "record_of",
    "rows_of",
    "shown_by",
    "spread",
]

DEFAULT_SETTLE: Final = 30.0
"""Seconds to wait until the server's background job shows."""
LOOKS: Final = (0.2, 2.6, 8.0)
"""Seconds after an answer at which rows are read back, before the last time at the end of `settle`."""
SAMPLE_SIZE: Final = 20
"""The most contacts of an automation that the server lists in a page, so that one request reads a sample."""
STAGE_FIELDS: Final = {"contact": "pipeline_stage_uuid", "company": "lead_status_uuid"}
NOT_WANTED: Final = 'it was not read back, because verify="none"'
NOT_SHOWN: Final = "reading back did not show the change"
IGNORED: Final = "it could not be read back: the server ignores a filter by ids"
HIDDEN: Final = "the record has no field that shows whether it was done"
NOT_SAMPLED: Final = 'it was not read back, because verify="sample" reads only some'

# What counts as seen. `Shown` of a row, and of an item after the last look:
#
#   tags, stage, list, custom field   the row has the new value       True   succeeded
#                                     it has another                  False  sent: not seen within `settle`
#                                     it has no such field            None   sent: cannot be seen, no more looks
#   delete                            was there before, and is gone   True   (what was not there before shows nothing)
#   add to automation                 a place that was not there      True   (an old place shows nothing)
#
# The looks come at LOOKS and at the end of `settle`. If the server says that its job still runs, a look is skipped;
# after it says that the job is over, one more look is the last.

Shown = bool | None
"""Whether a row shows the effect of an action; None if rows do not show such an effect."""


def check_verify(verify: object, settle: object) -> None:
    """Refuse invalid values of `verify` and `settle`."""
    check_choice("verify", verify, Verify)
    if isinstance(settle, bool) or not isinstance(settle, int | float) or not 0 <= settle < float("inf"):
        raise ConfigurationError(f"settle must be a finite number of seconds, at least 0, not {settle!r}.")


def spread(ids: Sequence[str]) -> list[str]:
    """A sample of the ids, evenly spread."""
    step = max(1, -(-len(ids) // SAMPLE_SIZE))
    return list(ids[::step])


def shown_by(row: Mapping[str, Any], changes: Mapping[str, Any]) -> Shown:
    """Whether a row has these values."""
    match = Match({name: "is_null" if value is None else {"=": value} for name, value in changes.items()})
    return False if match.broken_by(row) is not None else None if match.unseen else True


def is_row_of(uuid: str, row: Mapping[str, Any]) -> bool:
    """Whether a row is the record with this UUID."""
    return str(row.get("uuid")).casefold() == uuid.casefold()


class Check:
    """Reads back what mass actions did to contacts or companies.

    Args:
        grinfi: The client.
        search: Finds the records by filter.
        actions: The actions on each record.
        verify: How many records are read back.
        settle: Seconds to wait until the effect shows.
        field_names: UUID of a custom field -> its name, which is its key in rows.
    """

    def __init__(
        self,
        grinfi: Grinfi,
        search: Callable[..., AsyncPaginator[Any]],
        actions: Sequence[MassAction],
        *,
        verify: Verify,
        settle: float = DEFAULT_SETTLE,
        field_names: Mapping[str, str] | None = None,
    ) -> None:
        check_verify(verify, settle)
        self._grinfi, self._search, self._actions = grinfi, search, actions
        self._verify, self._settle = verify, settle
        self._field_names = field_names or {}
        self._has_status = True
        self._asking = anyio.Lock()  # one request finds out that the server lacks the route, not one for each chunk
        kinds = [action.type.partition("_")[2] for action in actions]
        self._deletes, self._enrols = "delete" in kinds, "add_to_flow" in kinds

    async def before(self, ids: Sequence[str]) -> set[str]:
        """What exists before the action: records to delete, or places in an automation. Only a change from it shows
        that the action had an effect.
        """
        if self._verify == "none":
            return set()
        with suppress(GrinfiError):  # they stay `sent`
            if self._deletes:
                return set(await rows_of(self._search, self._wanted(ids)))
            if self._enrols:
                return {place for _, place in await self._enrolled(self._wanted(ids))}
        return set()

    async def after(self, ids: Sequence[str], before: set[str], answers: Iterable[Any]) -> dict[str, Exception]:
        """UUID -> why a record does not count as done, for records that do not show the effect in time."""
        if self._verify == "none":
            return dict.fromkeys(ids, NotSeenError(NOT_WANTED))
        missing: dict[str, Exception] = dict.fromkeys(self._wanted(ids), NotSeenError(NOT_SHOWN))
        left = dict.fromkeys((uuid for uuid in ids if uuid not in missing), NotSeenError(NOT_SAMPLED))
        jobs = [uuid for answer in answers if (uuid := _job_of(answer)) is not None]
        started, was_over = anyio.current_time(), False
        for moment in (*(it for it in LOOKS if it < self._settle), self._settle):
            await anyio.sleep(max(0.0, started + moment - anyio.current_time()))
            # A first look costs no more than asking whether the job is over, and small jobs are over by then.
            is_over = None if moment == LOOKS[0] else await self._is_over(jobs)
            if is_over is False and moment < self._settle:
                continue
            try:
                shown = await self._shown(list(missing), before)
            except FilterIgnoredError:
                return {**left, **dict.fromkeys(missing, NotSeenError(IGNORED))}
            except GrinfiError as error:
                if isinstance(error, FATAL_ERRORS):
                    raise
                missing = dict.fromkeys(
                    missing, NotSeenError(f"it could not be read back: {reason_of(error, advise=False)}")
                )
                continue
            hidden, not_yet = NotSeenError(HIDDEN), NotSeenError(f"{NOT_SHOWN} within {self._settle:g} s")
            missing = {uuid: hidden if shown[uuid] is None else not_yet for uuid in missing if not shown[uuid]}
            if was_over or all(it is hidden for it in missing.values()):
                break
            was_over = bool(is_over)
        return {**left, **missing}

    def _wanted(self, ids: Sequence[str]) -> list[str]:
        return spread(ids) if self._verify == "sample" else list(ids)

    async def _shown(self, ids: Sequence[str], before: set[str]) -> dict[str, Shown]:
        if self._enrols:
            found = await self._enrolled(ids)
            new, old = {uuid for uuid, place in found if place not in before}, {uuid for uuid, _ in found}
            return {uuid: True if uuid in new else None if uuid in old else False for uuid in ids}
        rows = await rows_of(self._search, ids)
        if self._deletes:
            return {uuid: uuid not in rows if uuid in before else None for uuid in ids}
        return {uuid: self.has_effect(rows[uuid]) if uuid in rows else False for uuid in ids}

    async def _enrolled(self, ids: Sequence[str]) -> list[tuple[str, str]]:
        """The contacts that are in the automation, with the UUIDs of their places there."""
        flow = next(str(action.payload["flow_uuid"]) for action in self._actions if action.payload)
        return await places_of(self._grinfi, flow, ids)

    def has_effect(self, row: Mapping[str, Any]) -> Shown:
        """Whether a row shows the effect of all actions."""
        shown = [self._shows(action, row) for action in self._actions]
        return False if False in shown else None if None in shown else True

    def _shows(self, action: MassAction, row: Mapping[str, Any]) -> Shown:
        payload = action.payload or {}
        owner, _, kind = action.type.partition("_")
        match kind:
            case "add_tags" | "remove_tags":
                sign = "=" if kind == "add_tags" else "!="
                match_ = Match({"tags": {sign: payload["tag_uuid"]}})
                return False if match_.broken_by(row) is not None else None if match_.unseen else True
            case "change_list":
                return shown_by(row, payload)
            case "change_pipeline_stage":
                return shown_by(row, {STAGE_FIELDS[owner]: payload["pipeline_stage_uuid"]})
            case "change_custom_field":
                name = self._field_names.get(payload["custom_field_uuid"])
                values = row.get("custom_fields")
                if name is None or not isinstance(values, Mapping | list):
                    return None
                shown = dict(cast("Mapping[str, Any]", values)) if isinstance(values, Mapping) else {}
                return shown_by({name: None, **shown}, {name: payload["value"]})
            case _:
                return None

    async def _is_over(self, jobs: Sequence[str]) -> bool | None:
        """Whether the server has finished the mass actions; None if it does not say."""
        if not jobs or not self._has_status:
            return None
        over = True
        for job in jobs:
            try:
                async with self._asking:
                    if not self._has_status:
                        return None
                    record = await self._grinfi.contacts.mass_action_status(job)
            except GrinfiError as error:
                if isinstance(error, FATAL_ERRORS):
                    raise
                self._has_status = False
                return None
            state = state_of(record)
            if state is None:
                return None
            over &= state in ENDED | FAILED
        return over


async def places_of(grinfi: Grinfi, flow_uuid: str, ids: Sequence[str]) -> list[tuple[str, str]]:
    """The contacts that are in an automation, with the UUIDs of their places there.

    Raises:
        FilterIgnoredError: The server answered with other contacts.
    """
    found: list[tuple[str, str]] = []
    for start in range(0, len(ids), SAMPLE_SIZE):
        given = {uuid.casefold(): uuid for uuid in ids[start : start + SAMPLE_SIZE]}
        filter = {"flow_uuid": [flow_uuid], "lead_uuid": list(given.values())}
        read = partial(grinfi.automations.list_contacts, filter=filter)
        for row in await _few(read, SAMPLE_SIZE, {"flow_uuid": {flow_uuid.casefold()}, "lead_uuid": set(given)}):
            found.append((given[str(row["lead_uuid"]).casefold()], str(row.get("uuid"))))
    return found


async def rows_of(search: Callable[..., AsyncPaginator[Any]], ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The records with these ids that exist.

    Raises:
        FilterIgnoredError: The server answered with another record.
    """
    given = {uuid.casefold(): uuid for uuid in ids}
    rows = await _few(partial(search, filter={"uuid": list(ids)}), len(ids), {"uuid": set(given)})
    return {given[str(row["uuid"]).casefold()]: row for row in rows}


async def _few(
    read: Callable[..., AsyncPaginator[Any]], most: int, wanted: Mapping[str, set[str]]
) -> list[dict[str, Any]]:
    """The rows of a list that can have at most `most`, by one request if possible."""
    # A server may clamp the page size: then it says a higher total, and the rest is read in pages of the size that it
    # sent. Each row is checked: a server that ignores the filter would show other records as done.
    rows: list[dict[str, Any]] = []

    def take(found: Any) -> None:
        row = found.to_dict() if isinstance(found, Model) else found
        for name, values in wanted.items():
            if str(row.get(name)).casefold() not in values:
                raise FilterIgnoredError(f"F.{name}.in_([...])", str(row.get("uuid")))
        rows.append(row)

    page = await read(limit=max(1, most))
    for found in page:
        take(found)
    if 0 < len(page) < most and page.total != len(page):
        async for found in read(page_size=len(page), offset=len(page)):
            take(found)
    if len(rows) < (page.total or 0) or (page.has_more and not rows):
        raise GrinfiError(f"The server sent {len(rows)} rows, but says that there are more.")
    return rows


def record_of(answer: Any) -> dict[str, Any]:
    """The record in an answer, which may be under `data`."""
    record = cast("dict[str, Any]", answer) if isinstance(answer, dict) else {}
    inner = record.get("data")
    return cast("dict[str, Any]", inner) if isinstance(inner, dict) else record


def _job_of(answer: Any) -> str | None:
    """The UUID of the mass action in an answer."""
    record = record_of(answer)
    uuid = record.get("mass_action_uuid", record.get("uuid"))
    return uuid if isinstance(uuid, str) and uuid else None
