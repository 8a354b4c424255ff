"""Reads all rows of a list, each once, while rows are added and removed, and beyond the first 10,000 rows.

Pages overlap. The server addresses rows by offset, and an offset moves when a row before it is removed. With pages of
four rows:

    rows               A B C D E F G        offset 0, limit 4: A B C D
    B is removed       A C D E F G          offset 4, limit 4: F G           E is lost
                                            offset 3, limit 4: E F G         begins with the last row that came, D?
                                                                             No: rows have moved

So each page begins with the last row of the page before. If no row of it is known, reading goes back until a page has a
known row, and skips the rows that were given before. A row that is added in front only makes a known row come again.

A list of more than 10,000 rows is read in parts: see `Part`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from anyio import create_task_group
from attrs import evolve

from grinfi_overrides.errors import GrinfiError, ResultWindowError
from grinfi_overrides.runtime.pages import LOWEST, Fetched, Listing, Page, Part
from grinfi_overrides.runtime.times import DATE_TIME

from .cursors import Place

WINDOW = 10_000
"""The server refuses `offset + limit` above this."""
LARGEST_PAGE = 1_000
MODEST_PAGE = 100
"""Page size if the server refuses the largest page."""
SERVER_LIMIT = 20
"""Rows in an answer to a request without limit, if there are as many. No server has been seen to send fewer."""
REMEMBERED = WINDOW
"""Number of row ids that are kept at least; at most twice as many."""
MOST_READINGS = 6
"""How often a part is read again, as long as each reading finds missing rows. Usually up to two readings are enough if
some rows have the same time, and up to six if those rows fill more than a page."""
MOST_STEPS = 3
"""How often reading goes back without a new row. It would go back forever if no two answers had the same order."""
RESUMED_SEARCH = 1_000
"""Largest distance, in rows, at which the row of a cursor is searched for."""


class Batch(NamedTuple):
    """A page without rows that were given before, and the place after each row."""

    page: Page[Any]
    places: list[Place]


class Reading:
    """One iteration over a list."""

    def __init__(
        self, listing: Listing, page_size: int | None, prefetch: int, start: Place | None, at_most: int | None
    ) -> None:
        wanted = page_size or listing.given("limit")
        self.start = start
        self.place = start or Place(Part(), listing.offset, rows=listing.offset)
        self._listing = listing
        self._resumed = start is not None and start.last is not None
        # A cursor's row must be found first, which takes more rows than the caller wants.
        self._limit = min(int(wanted or LARGEST_PAGE), WINDOW if self._resumed or at_most is None else at_most)
        self._limit_is_ours = wanted is None and self._limit > MODEST_PAGE
        self._prefetch = prefetch
        self._ahead: list[Fetched] = []  # prefetched pages
        # Keys of given rows, in two generations: when `_recent` is full, it replaces `_older`. That limits memory, and
        # the last 10,000 rows are always known.
        self._recent: set[str] = set()
        self._older: set[str] = set()
        self._kept: set[str] = set()  # rows of earlier parts that may come again in this one
        self._ended = False
        self._given = 0
        self._total: int | None = None
        self._overall: int | None = None
        self._keys: list[str] = []
        self._repeats = 0
        self._steps = 0
        self._rows_before = 0
        self._counted_time: str | None = None
        self._disorder: str | None = None

    async def advance(self) -> Batch | None:
        """The next page with at least one new row; None at the end."""
        while not self.place.done:
            if self._ended:
                self._end_part()
            elif self._listing.windowed and self.place.position >= WINDOW:
                self._cross_window()
            elif (fetched := await self._next_page()) is not None:
                batch = self._take(fetched)
                if batch.places:
                    return batch
        return None

    # -- requests --------------------------------------------------------------------------------------------------

    async def _next_page(self) -> Fetched | None:
        """The next page; None if the part turned out too large."""
        place, listing = self.place, self._listing
        if listing.paging == "none":
            if self._keys:
                raise listing.error(
                    f"has more rows than the server sent ({place.position} of {self._total}), but takes no offset; use "
                    "grinfi.request() to read the others"
                )
            return await listing.fetch()
        fetched = await self._page(place.position - self._overlap)
        if self._overlap and not self._knows_one(fetched):
            self._steps += 1
            if self._steps > MOST_STEPS:
                raise self._unstable()
            fetched = await self._step_back(fetched)
        self._check_filter(fetched)
        if place.part.low is None:
            too_large = await self._is_too_large_instant(fetched)
        else:
            too_large = self._is_too_large_range(fetched)
        return None if too_large else fetched

    def _check_filter(self, fetched: Fetched) -> None:
        """Check that a part has no rows of an earlier part. If the server ignored the filter, reading would not end."""
        since, first = self.place.part.since, fetched.times[0] if fetched.times else None
        begins, found = DATE_TIME.decode(since), DATE_TIME.decode(first)
        if begins is None or found is None or self.place.part.again:
            return
        is_before = found > begins if self._listing.descending else found < begins
        if (is_before and first != since) or (self.place.part.beyond and first == since):
            raise self._listing.error(f"ignores the filter on created_at: {first} came, {since} or later was requested")

    @property
    def _overlap(self) -> int:
        """Number of known rows at the beginning of a page: 1, or 0 at the start and where pages have only one row."""
        return int(self.place.last is not None and self._size > 1 and self._given != 1)

    @property
    def _size(self) -> int:
        """Page size. It is smaller in each further reading of a part, so that its pages begin at other rows.

        A server without a fixed order for rows of the same time may repeat a row on two pages, and leave out another.
        With pages that begin elsewhere, the missing row is likely to come.
        """
        again = self.place.part.again
        return max(2, min(self._limit, self._given) * (again + 1) // (again + 2)) if again else self._limit

    async def _page(self, offset: int) -> Fetched:
        """One page; up to `prefetch` further pages are requested at the same time, and kept in `_ahead`."""
        if self._ahead and self._ahead[0].offset == offset:
            return self._ahead.pop(0)
        self._ahead = []
        offsets = self._offsets(offset)
        if len(offsets) == 1:
            return await self._fetch(offset)
        answers: dict[int, Fetched | GrinfiError] = {}

        async def fetch(offset: int) -> None:
            try:
                answers[offset] = await self._fetch(offset)
            except GrinfiError as error:
                answers[offset] = error

        async with create_task_group() as tasks:
            for each in offsets:
                tasks.start_soon(fetch, each)
        for each in offsets:
            answer = answers[each]
            if isinstance(answer, GrinfiError):
                if not self._ahead:
                    raise answer
                break  # it is requested again when it is needed
            self._ahead.append(answer)
        return self._ahead.pop(0)

    def _offsets(self, first: int) -> list[int]:
        """Offsets of the next pages, if these are as long as the pages before."""
        if not self._prefetch or self._total is None:
            return [first]
        overlap = self._overlap
        end = min(self._total, WINDOW) if self._listing.windowed else self._total
        wanted = range(first, end - overlap, max(1, min(self._given, self._size) - overlap))
        return list(wanted[: self._prefetch + 1]) or [first]

    async def _fetch(self, offset: int) -> Fetched:
        limit = min(self._size, WINDOW - offset) if self._listing.windowed else self._size
        try:
            return (await self._listing.fetch(limit=limit, offset=offset, part=self.place.part)).without_repeats()
        except GrinfiError as error:
            # The server may refuse 1,000 rows. If the caller did not set the page size, try a smaller one. (`status` is
            # an attribute of APIStatusError.)
            if not self._limit_is_ours or self._given or getattr(error, "status", None) not in {400, 422}:
                raise
        self._limit, self._limit_is_ours = MODEST_PAGE, False
        return await self._fetch(offset)

    def _knows(self, key: str) -> bool:
        return key in self._recent or key in self._older or key in self._kept

    def _knows_one(self, fetched: Fetched) -> bool:
        """Whether a page has a known row. All rows before it were given too, or were added later."""
        return any(self._knows(key) or key == self.place.last for key in fetched.keys)

    async def _step_back(self, fetched: Fetched) -> Fetched:
        """A page that begins early enough to have a known row, so that no row is skipped.

        Usually few rows were removed, so the first step is one page. Each further step is four times as long.

            position 5,000, pages of 100: tries 4,900, then 4,504, then 2,920 …
        """
        self._ahead = []
        start = self._first_position(self.place.part)
        size = fetched.size or self._given or SERVER_LIMIT
        step = max(1, size - 1)
        offset = self.place.position - 1
        if self._resumed:
            # After a cursor only one row is known, so steps are one page long, in order not to jump over it. In
            # descending order, new rows are added in front, so the row is more likely to be further back in the list.
            steps = range(step, RESUMED_SEARCH + step, step)
            before = [max(start, offset - each) for each in steps if offset - each > start - step]
            after = [offset + each for each in steps if not self._listing.windowed or offset + each < WINDOW]
            for each in after + before if self._listing.descending else before + after:
                fetched = await self._fetch(each)
                if self._knows_one(fetched):
                    return fetched
            return await self._fetch(max(start, self.place.position - size))
        while offset > start and self.place.position - offset < REMEMBERED:
            offset = max(start, offset - step)
            fetched = await self._fetch(offset)
            if self._knows_one(fetched):
                return fetched
            step *= 4
        if offset > start:
            raise self._listing.error(f"lost more than {REMEMBERED:,} rows during the iteration; read it again")
        return fetched

    # -- rows ------------------------------------------------------------------------------------------------------

    def _take(self, fetched: Fetched) -> Batch:
        """The new rows of a page; the place moves to its end."""
        place = self.place
        part, last, time, ties, count = place.part, place.last, place.time, place.ties, place.rows
        total = fetched.page.total if place.total is None else place.total
        first = 0
        if self._resumed and last in fetched.keys:
            first = fetched.keys.index(last) + 1
        rows: list[Any] = []
        places: list[Place] = []
        keys, times, is_sliced = fetched.keys, fetched.times, self._listing.sliced
        for index in range(first, len(keys)):
            key = keys[index]
            is_seam = index == 0 and key == last and fetched.offset < place.position  # the overlap
            is_kept = key in self._kept
            if is_seam or (not is_kept and (key in self._recent or key in self._older)):
                continue
            if is_sliced:
                is_tie = times[index] == time
                if not is_tie or time is None:
                    self._check_order(time, times[index])
                time, ties = times[index], ties + 1 if is_tie else 1
            count += 1
            self._remember(key)
            if is_kept:
                self._kept.discard(key)
                continue
            rows.append(fetched.page.data[index])
            # Quicker than Place(...); this runs for every row.
            places.append(Place._make((part, fetched.offset + index + 1, key, time, ties, count, total, False)))
        position = fetched.offset + fetched.size if fetched.size else place.position
        stepped_back = fetched.offset + self._overlap < place.position
        self._total = fetched.page.total
        if part == Part():
            self._overall = self._overall or self._total
        self._ended = not self._continues(fetched, position, bool(rows) or stepped_back)
        self._resumed = False
        self._given = max(self._given, fetched.size)
        self._keys = fetched.came or fetched.keys
        self._steps = 0 if rows else self._steps
        self.place = Place(part, position, fetched.keys[-1] if fetched.keys else last, time, ties, count, total)
        page = evolve(fetched.page, data=rows)
        if part != Part():  # the server's numbers are those of the part, not of the list
            page = evolve(page, total=self._overall, offset=None, has_more=None)
        return Batch(page, places)

    def _remember(self, key: str) -> None:
        if key[:1] == "#":
            return
        self._recent.add(key)
        if len(self._recent) >= REMEMBERED:
            self._recent, self._older = set(), self._recent

    def _check_order(self, before: str | None, time: str | None) -> None:
        part = self.place.part
        if time == before is not None or self._disorder is not None or part.again or part.low is not None:
            return
        earlier, later = DATE_TIME.decode(before), DATE_TIME.decode(time)
        if later is None:
            self._disorder = f"has a row whose created_at is {time!r}"
        elif earlier is not None and (later > earlier if self._listing.descending else later < earlier):
            self._disorder = f"does not sort by created_at: {time} comes after {before}"

    def _continues(self, fetched: Fetched, position: int, moved: bool) -> bool:
        """Whether rows follow a page that ends at this position.

        Servers differ in what they send, so this looks at the following, in this order: an empty page, a page that
        came before, `total`, `has_more`, and the size of the page. A total below the position is not believed.
        """
        listing, page, part = self._listing, fetched.page, self.place.part
        if not fetched.size:
            self._check_gap(position, page.total)
            return False
        if not moved:
            if position <= self.place.position:  # the page has only the overlap
                self._check_gap(position, page.total)
                return False
            if (fetched.came or fetched.keys) == self._keys and not self._is_stuck(fetched):
                return False
        if page.total is not None and position <= page.total:
            # A search engine may stop counting at its window, so a total of 10,000 can mean "or more".
            is_capped = listing.sliced and page.total == WINDOW <= position and part.low is None and not part.again
            if position < page.total or is_capped:
                return True
            return bool(page.has_more) and listing.paging != "none" and not part.again
        if page.has_more is False:
            # `has_more: false` is not believed of a full page. On the first page it is unknown whether the server has
            # lowered the limit, so its default limit counts as full.
            full = min(fetched.asked or SERVER_LIMIT, self._given or SERVER_LIMIT)
            return listing.paging != "none" and fetched.size >= full
        return bool(page.has_more) or listing.paging != "none"

    def _check_gap(self, position: int, total: int | None) -> None:
        """Raise if the total is too high by more than a page; a smaller difference is a row that was removed."""
        if total is not None and total - position > max(self._given, SERVER_LIMIT):
            raise self._listing.error(f"ended after {position} of {total} rows; read it again")

    def _is_stuck(self, fetched: Fetched) -> bool:
        """Whether to continue after the same page came twice. The server may ignore the offset."""
        if fetched.page.total is None and not fetched.page.has_more and fetched.size < (fetched.asked or 0):
            return False  # these are all rows of the list
        # Once may be chance: a page of rows was added in front.
        self._repeats += 1
        if self._repeats > 1:
            raise self._listing.error(
                f"answers every offset with the same {fetched.size} rows; read all with one larger limit"
            )
        return True

    # -- parts -----------------------------------------------------------------------------------------------------

    def _begin(self, part: Part, **place: Any) -> None:
        defaults: dict[str, Any] = {"position": 0, "time": self.place.time}
        self.place = Place(part, **(defaults | place))
        self._ended = False
        self._ahead, self._keys, self._repeats, self._total = [], [], 0, None

    def _end_part(self) -> None:
        """Begin the next part, or read this one again, or end.

        rows came twice, others may be missing      the same part again, in smaller pages
        a range of UUIDs                            the next range
        the last range of a time                    the rows after this time
        a part with an end (`until`)                the rows from its end on
        otherwise                                   the list has ended
        """
        place, part = self.place, self.place.part
        gained = place.rows > self._rows_before
        if self._is_short() and part.again < MOST_READINGS and (gained or not part.again):
            # The order of rows differs between answers, so some came twice, and others did not come.
            self._begin_again(part, place.rows)
        elif self._is_short() and (gained or part.again > 1):
            raise self._unstable()
        elif part.high is not None:
            self._begin(part.next_uuids())
        elif part.low is not None:
            self._begin(Part(since=part.until, beyond=True))
        elif part.until is not None:
            self._keep()
            self._begin(Part(since=part.until))
        else:
            self.place = place._replace(done=True)

    def _is_short(self) -> bool:
        """Whether rows came twice, although none was added or removed: then others are missing."""
        place = self.place
        is_unchanged = place.total is not None and place.total == self._total
        return is_unchanged and place.rows < place.position <= WINDOW

    def _first_position(self, part: Part) -> int:
        """Where a part begins: after the caller's offset, if it is the whole list."""
        return self._listing.offset if part._replace(again=0) == Part() else 0

    def _begin_again(self, part: Part, rows: int) -> None:
        """Read a part again, of which `rows` rows have been given."""
        self._rows_before = rows
        part = part._replace(again=part.again + 1)
        self._begin(part, position=self._first_position(part), rows=rows)

    def _unstable(self) -> GrinfiError:
        return self._listing.error(
            "sends its rows in another order each time, so some of them may be missing even after several readings; "
            "narrow the filter, or sort by a field whose values differ"
        )

    def _cross_window(self) -> None:
        """Continue beyond the last row that an offset can reach, with another part.

        a range of UUIDs is full              half of it
        all rows of the part have one time    its rows by ranges of UUIDs
        rows came twice                       the same part again, up to the last time
        otherwise                             a part that begins at the time of the last row; its `ties` rows of
                                              that time were given, so the position begins behind them
        """
        place, part = self.place, self.place.part
        self._require_slices()
        if part.again:
            raise self._unstable()
        if part.low is not None:
            self._begin(part.halved())
        elif place.ties == place.rows:
            self._split_instant(place.time)
        elif self._is_short():
            # Without the rows of the last time: some of them may be beyond the window.
            self._begin_again(part._replace(until=place.time), place.rows - place.ties)
        else:
            self._begin(Part(since=place.time), position=place.ties, last=place.last, ties=place.ties, rows=place.ties)

    def _require_slices(self) -> None:
        obstacle = self._obstacle()
        if obstacle is not None:
            operation = self._listing.operation
            raise ResultWindowError(
                f"{operation.method} {operation.path} has more rows, but the API shows only the first {WINDOW:,}, and "
                f"{obstacle}. A bulk export reads all rows, unordered; if you know that this list continues, read it "
                "with without_result_window()"
            )
        if self._disorder is not None:
            raise self._listing.error(f"{self._disorder}, so rows after the first {WINDOW:,} cannot be distinguished")

    def _obstacle(self) -> str | None:
        """Why the list cannot be read in parts, and what to do; None if it can."""
        listing, place = self._listing, self.place
        own = listing.own_condition("created_at")
        if not listing.sliced:
            return "this list cannot be filtered by created_at; narrow the filter"
        if listing.order_field != "created_at":
            return f"it is sorted by {listing.order_field}; sort it by created_at, or narrow the filter"
        if own is not None and not isinstance(own, Mapping):
            return 'its filter has a created_at without a range; use operators such as ">=", or narrow the filter'
        if place.part == Part() and listing.offset and place.rows - listing.offset == place.ties:
            return f"offset={listing.offset} hides the first rows of a time; leave it out, or filter by created_at"
        return None

    async def _is_too_large_instant(self, fetched: Fetched) -> bool:
        """Whether one time has too many rows. It is found out early, because all its rows are then read by UUID.

        If a whole page has the same time, one more request counts the rows of that time.
        """
        times, part, total = fetched.times, self.place.part, fetched.page.total
        if not self._listing.windowed or part.again or total is None or total <= WINDOW or len(times) < 2:
            return False
        time = times[0]
        if time is None or time != times[-1] or time == self._counted_time or self._obstacle() is not None:
            return False
        counted = await self._listing.fetch(limit=1, offset=0, part=Part(since=time, until=time))
        self._counted_time = time
        if (counted.page.total or 0) < WINDOW:
            return False
        self._split_instant(time)
        return True

    def _split_instant(self, time: str | None) -> None:
        own = self._listing.own_condition("uuid")
        if own is not None and not isinstance(own, Mapping):
            raise ResultWindowError(
                f"{self._listing.operation.method} {self._listing.operation.path} has more than {WINDOW:,} rows of the "
                f"created_at {time}, and its filter has a uuid without a range; leave that out"
            )
        self._keep()
        self._begin(Part(since=time, until=time, low=LOWEST), time=time)

    def _keep(self) -> None:
        """Keep the keys of the rows given so far until they come again: the next part may have them, too."""
        self._kept = self._recent | self._older

    def _is_too_large_range(self, fetched: Fetched) -> bool:
        """Halve a range of UUIDs if it has too many rows."""
        part, total = self.place.part, fetched.page.total
        half = part.halved()
        if total is None or half.high == part.low or not all(part.holds(key) for key in fetched.keys):
            raise self._listing.error(f"cannot be filtered by uuid, to read all rows of the created_at {part.since}")
        if total < WINDOW:  # a total of WINDOW may mean "or more"
            return False
        self._begin(half)
        return True
