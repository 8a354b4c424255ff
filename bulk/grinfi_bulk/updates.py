"""Rows of a list that changed since it was last read: newest first, down to known ones."""

# The list is sorted by `updated_at`, newest first, and changes while it is read:
#
#   page 1   12:09 f   12:07 c   12:05 a     new mark: 12:09
#                                            now `e` (12:01) is updated: it moves to the front, the others move down
#   page 2   12:05 a   11:58 b   11:49 d     `a` comes twice, and is simply written twice; `e` is not here
#   ...
#   old mark 11:50, less OVERLAP             reading stops at the first page with an older row
#
# Nothing is lost: `e` is newer than the new mark, so that the next run reads it. OVERLAP covers updates whose time is
# earlier than the moment at which they show.
#
# All this holds only if the server really sorts. So the order of each page is checked, and a server that ignores the
# order, or sorts by creation instead, is not trusted: then everything is read.

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
"""Time before the mark that is read again: clocks differ, and updates take time to show."""
REFUSALS: Final = frozenset({400, 422, 500, 504})
"""Statuses that a server may answer to an order that it does not support."""
PROBE: Final = 100
"""Number of rows by which it is checked whether a server sorts."""
PAST: Final = datetime.min.replace(tzinfo=UTC)
FUTURE: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class Known:
    """What earlier readings of a list showed.

    Attributes:
        marks: Time field -> its newest value when the latest complete reading began.
        sorts: Time fields by which the server was seen to sort.
    """

    marks: dict[str, str] = field(default_factory=dict[str, str])
    sorts: list[str] = field(default_factory=list[str])


class Updates:
    """One reading of the changed rows.

    Filters by `updated_at` do not work on the live server, so rows are read in that order, down to the mark.

    Attributes:
        is_done: Whether all changed rows were read. If not, everything has to be read.
        reason: Why reading changes was not possible, or what it does not cover.
        known: What is known after this reading, or after the reading of everything that it calls for.
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
                self.reason = "more rows were updated than the API lists"
            if self.is_done:
                self._keep_marks(order)
                return
            if self._begin(order) is not None and order not in self._distrusted:
                return  # the server may sort by this order, so the next, by creation, would miss updates

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
        """The time from which updates are read; None to find only the newest time, as a mark for the next run."""
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
        for time in times:  # a row without a time counts as older than any other
            if (time or PAST) > last:
                self._distrust(order, f"the server ignores an order by {order}")
                return None
            last = time or PAST
        created = [str(record.get("created_at")) for record in records]
        backwards = sorted(created, reverse=True)
        # Rows that are also in the order of their creation prove nothing: the server may always sort by that.
        is_another = created in (sorted(created), backwards) if order != "created_at" else created[:1] == created[-1:]
        if not is_another and order not in self.known.sorts:
            self.known.sorts.append(order)
        return times

    def _mark(self, order: str, times: list[datetime | None]) -> None:
        """Set the mark up to which the copy will be complete. A time in the future would hide updates until then."""
        newest = max((time for time in times if time is not None), default=None)
        if newest is not None:
            self.known.marks[order] = time_text(min(newest, self._now))

    def _keep_marks(self, order: str) -> None:
        """Move only the mark of the order that was read, and not across a gap that a later `since` left.

        ```
        old mark 10:00      since 12:00         new mark 13:00
             |--- not read ---|------ read -------|            the mark stays at 10:00
        ```
        """
        before = dict(self._before.marks)
        new, old = self.known.marks.get(order), before.get(order)
        has_gap = old is not None and self._since is not None and self._since > datetime.fromisoformat(old)
        self.known.marks = before if new is None or has_gap else {**before, order: new}

    def _distrust(self, order: str, reason: str) -> None:
        self.known.sorts = [each for each in self.known.sorts if each != order]
        self._distrusted.add(order)
        self.reason = reason
        name, is_last = self._source.name, order == self._source.orders[-1]
        extent = f"all {name} each time" if is_last else f"new {name}, but not changed ones"
        warnings.warn(f"The copy reads {extent}: {reason}", stacklevel=2)


def time_text(moment: datetime) -> str:
    """A time in the form of the API, whose texts sort like the times."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
