"""What has changed in a list since it was read: newest first, down to what is known."""

from __future__ import annotations

import warnings
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from grinfi_async import APIStatusError, Grinfi, Model, ResultWindowError
from grinfi_overrides.runtime.times import DATE_TIME

from .sources import Source

__all__ = ["OVERLAP", "Known", "Updates", "time_text"]

OVERLAP: Final = timedelta(minutes=10)
"""What was updated so shortly before the latest run is read again: clocks differ, and updates take time to show."""
REFUSALS: Final = frozenset({400, 422, 500, 504})
"""What a server may answer to an order that it does not have."""
PROBE: Final = 100
"""Rows that show whether a server sorts."""
PAST: Final = datetime.min.replace(tzinfo=UTC)
FUTURE: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class Known:
    """What earlier readings of a list have shown.

    Attributes:
        marks: A time field -> its newest value when the latest complete reading began.
        sorts: The time fields by which the server has shown that it sorts.
    """

    marks: dict[str, str] = field(default_factory=dict[str, str])
    sorts: list[str] = field(default_factory=list[str])


class Updates:
    """One reading of what has changed.

    No filter by `updated_at` works on the live server, so rows are read in its order, down to the mark. What is updated
    meanwhile moves to the front, and is newer than the new mark: the next run reads it.

    Attributes:
        is_done: Whether all that changed was read. If not, everything has to be read.
        reason: Why that was not enough, or what it does not cover.
        known: What is known when this reading, of everything where that is needed, has ended.
    """

    def __init__(
        self, grinfi: Grinfi, source: Source, known: Known, *, since: datetime | None = None, full: bool = False
    ) -> None:
        self._grinfi, self._source, self._before, self._since, self._full = grinfi, source, known, since, full
        self._now = datetime.now(UTC)
        self.is_done = False
        self.reason = ""
        self.known = Known(sorts=list(known.sorts))
        self._distrusted: set[str] = set()

    async def pages(self) -> AsyncGenerator[list[Any]]:
        """The rows that changed, page by page; none if everything has to be read."""
        for order in self._source.orders:
            try:
                async with aclosing(self._pages(order)) as pages:
                    async for rows in pages:
                        yield rows
            except APIStatusError as error:
                if error.status not in REFUSALS:
                    raise
                self._distrust(order, f"the server answers {error.status} to an order by {order}")
            except ResultWindowError:
                self.reason = "more were updated than the API reads in an order"
            if self.is_done:
                self._keep_marks(order)
                return
            if self._begin(order) is not None and order not in self._distrusted:
                return  # it may sort by updates: another order would miss them

    async def _pages(self, order: str) -> AsyncGenerator[list[Any]]:
        begin, source = self._begin(order), self._source
        if source.parts is not None:
            parts = await source.parts(self._grinfi)
            self._mark(order, [time for _, time in parts])
            for conditions, time in parts if begin is not None else ():
                if time is None or time >= cast("datetime", begin):
                    yield await source.whole(self._grinfi, conditions)
            self.is_done = begin is not None
            return
        newest_first: dict[str, Any] = {"order_field": order, "order_type": "desc"}
        if begin is None:
            self._look(order, list(await source.rows(self._grinfi, None, limit=PROBE, **newest_first)), is_first=True)
            return
        is_first = True
        async for page in source.rows(self._grinfi, None, **newest_first).pages():
            times = self._look(order, list(page), is_first=is_first)
            if times is None or order not in self.known.sorts:
                return
            is_first = False
            rows = [row for row, time in zip(page, times, strict=True) if time is not None and time >= begin]
            yield rows
            if len(rows) < len(page):
                break
        self.is_done = True

    def _begin(self, order: str) -> datetime | None:
        """From when on updates are read; None for a look at what is the newest."""
        if self._full:
            return None
        mark = self._before.marks.get(order)
        return self._since or (None if mark is None else datetime.fromisoformat(mark) - OVERLAP)

    def _look(self, order: str, rows: list[Any], *, is_first: bool) -> list[datetime | None] | None:
        """The times of a page; None if it is not sorted by them."""
        records = [row.to_dict() if isinstance(row, Model) else cast("Mapping[str, Any]", row) for row in rows]
        times = [DATE_TIME.decode(record.get(order)) for record in records]
        if is_first:
            self._mark(order, times)
        last = FUTURE
        for time in times:  # what has no time is older than anything
            if (time or PAST) > last:
                self._distrust(order, f"the server ignores an order by {order}")
                return None
            last = time or PAST
        created = [str(record.get("created_at")) for record in records]
        backwards = sorted(created, reverse=True)
        # Rows may be in the order of their creation whatever was asked for.
        is_another = created in (sorted(created), backwards) if order != "created_at" else created[:1] == created[-1:]
        if not is_another and order not in self.known.sorts:
            self.known.sorts.append(order)
        return times

    def _mark(self, order: str, times: list[datetime | None]) -> None:
        """Up to when a copy will be complete. A row from the future would hide all updates until then."""
        newest = max((time for time in times if time is not None), default=None)
        if newest is not None:
            self.known.marks[order] = time_text(min(newest, self._now))

    def _keep_marks(self, order: str) -> None:
        """Move no mark but that of the order that was read, and not over a gap that a later `since` has left."""
        before = dict(self._before.marks)
        new, old = self.known.marks.get(order), before.get(order)
        has_gap = old is not None and self._since is not None and self._since > datetime.fromisoformat(old)
        self.known.marks = before if new is None or has_gap else {**before, order: new}

    def _distrust(self, order: str, reason: str) -> None:
        self.known.sorts = [each for each in self.known.sorts if each != order]
        self._distrusted.add(order)
        self.reason = reason
        name, is_last = self._source.name, order == self._source.orders[-1]
        extent = f"all {name} each time" if is_last else f"new {name}, but not those that changed"
        warnings.warn(f"The copy reads {extent}: {reason}", stacklevel=2)


def time_text(moment: datetime) -> str:
    """A time in the form that the API has, which sorts as the times do."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
