"""The iterator over all rows of a list."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, cast

from attrs import evolve

from grinfi_overrides.errors import InvalidArgumentError, NotOneRowError
from grinfi_overrides.runtime.codecs import Integer
from grinfi_overrides.runtime.pages import Listing, Page
from grinfi_overrides.runtime.refused_use import refused_use
from grinfi_overrides.runtime.unset import UNSET, Unset

from .cursors import cursor_text, place_of
from .reading import Reading

if TYPE_CHECKING:
    from .cursors import Place
    from .reading import Batch

T = TypeVar("T")
MethodT = TypeVar("MethodT", bound=Callable[..., Any])

POSITIVE = Integer(minimum=1)
COUNT = Integer(minimum=0)


def awaitable(method: MethodT) -> MethodT:
    """Mark a method like an `async def`, so that frameworks await its result. Python before 3.12 has no such mark."""
    mark: Callable[[MethodT], MethodT] | None = getattr(inspect, "markcoroutinefunction", None)
    return method if mark is None else mark(method)


def _of_task(name: str) -> property:
    """An attribute of the coroutine that a task runs; anyio and debuggers read it to see where the task is."""

    def read(paginator: AsyncPaginator[Any]) -> Any:
        return getattr(paginator._task, name, None)  # pyright: ignore[reportPrivateUsage]

    return property(read)


class AsyncPaginator(Coroutine[Any, Any, Page[T]], Generic[T]):
    """The rows of a list: `await` it for one page, or use `async for` to iterate over all rows.

    It can run as a task, like a coroutine: `asyncio.create_task(grinfi.lists.list())`.

    Iterating requests one page after another, and leaves out rows that come twice. If the list can be filtered by
    `created_at`, it continues beyond the first 10,000 rows, which are all that the API shows of one list.
    """

    def __init__(
        self,
        listing: Listing,
        *,
        page_size: int | Unset = UNSET,
        prefetch: int = 0,
        cursor: str | Mapping[str, Any] | None = None,
    ) -> None:
        self._listing = listing
        self._page_size = None if page_size is UNSET else int(POSITIVE.encode("page_size", page_size))
        self._prefetch = int(COUNT.encode("prefetch", prefetch))
        self._start = None if cursor is None else place_of(self._listing, cursor)
        self._place = self._start
        self._task: Coroutine[Any, Any, Page[T]] | None = None
        name = f"{listing.operation.resource}.{listing.operation.name}".strip(".")
        self.__name__ = self.__qualname__ = name  # for the `repr` of a task

    def __repr__(self) -> str:
        return f"<AsyncPaginator of {self.__name__}: use `async for`, or `await ….collect()`>"

    def __await__(self) -> Generator[Any, None, Page[T]]:
        return self._first_page().__await__()

    # The coroutine protocol, so that asyncio can run it as a task. Each task sends a new request, like each `await`.

    def send(self, value: Any) -> Any:
        """For event loops."""
        return self._step(lambda coroutine: coroutine.send(value))

    def throw(self, *error: Any) -> Any:
        """For event loops."""
        return self._step(lambda coroutine: coroutine.throw(*error))

    def close(self) -> None:
        """For event loops. Nothing else needs to be closed."""
        if self._task is not None:
            self._task.close()
            self._task = None

    cr_await, cr_frame = _of_task("cr_await"), _of_task("cr_frame")
    cr_running, cr_suspended = _of_task("cr_running"), _of_task("cr_suspended")

    def _step(self, move: Callable[[Coroutine[Any, Any, Page[T]]], Any]) -> Any:
        if self._task is None:
            self._task = self._first_page()
        try:
            return move(self._task)
        except BaseException:  # also StopIteration, with which a coroutine ends
            self._task = None
            raise

    def __aiter__(self) -> AsyncIterator[T]:
        return _Rows(self, self._reading())

    if not TYPE_CHECKING:  # checkers refuse these by themselves
        __iter__ = refused_use(
            "its rows are on the server; write `async for row in grinfi.{0}(...)`, or `await grinfi.{0}(...).collect()`"
        )
        __len__ = refused_use(
            "its rows are on the server; write `await grinfi.{0}(...).count()`, or `len(await grinfi.{0}(...))` for "
            "one page"
        )
        __getitem__ = refused_use(
            "its rows are on the server; write `(await grinfi.{0}(...))[0]`, or `await grinfi.{0}(...).first()`"
        )

        def __bool__(self) -> bool:
            return True

        def __getattr__(self, name: str) -> Any:
            of_page = hasattr(Page, name) and not name.startswith("_")
            hint = f"; a page has it: `(await grinfi.{self.__name__}(...)).{name}`" if of_page else ""
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}{hint}")

    def pages(self) -> AsyncIterator[Page[T]]:
        """Iterate over the pages, from the requested offset on, without rows that came on an earlier page."""
        return _Pages(self, self._reading())

    async def first(self) -> T | None:
        """The first row; None if there is none."""
        rows = await self.collect(limit=1)
        return rows[0] if rows else None

    async def one(self) -> T:
        """The only row.

        Raises:
            NotOneRowError: There is none, or more than one.
        """
        rows = await self.collect(limit=2)
        if len(rows) != 1:
            found = "more than one row" if rows else "no row"
            raise NotOneRowError(f"{self.__name__} has {found}, but one() wants exactly one; first() takes any number")
        return rows[0]

    async def collect(self, *, limit: int | None = None) -> list[T]:
        """All rows as a list.

        Args:
            limit: Largest number of rows; all by default.
        """
        rows: list[T] = []
        if limit is not None and COUNT.encode("limit", limit) == 0:
            return rows
        async for row in _Rows(self, self._reading(at_most=limit)):
            rows.append(row)
            if len(rows) == limit:
                break
        return rows

    async def count(self) -> int:
        """Number of rows from the requested offset on.

        If the server sends the total, this takes one request; otherwise all pages are read.
        """
        self._refuse_cursor("count()")
        listing = self._listing
        fetched = await (listing.fetch() if listing.paging == "none" else listing.fetch(limit=1, offset=0))
        if fetched.page.total is not None:
            return max(0, fetched.page.total - listing.offset)
        count = 0
        async for page in self.pages():
            count += len(page)
        return count

    @property
    def cursor(self) -> str | None:
        """The place of the last iteration, as JSON text; None before its first row.

        Pass it as `cursor=` to the same method, with the same arguments, to continue after the last row or page.
        """
        return None if self._place is None else cursor_text(self._listing, self._place)

    def without_result_window(self) -> Self:
        """A copy that continues by offset beyond 10,000 rows, in case the server allows it."""
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__, _task=None)
        copy._listing = evolve(self._listing, windowed=False)
        return copy

    __get_pydantic_core_schema__ = Page.__get_pydantic_core_schema__

    async def _first_page(self) -> Page[T]:
        self._refuse_cursor("await")
        return cast("Page[T]", (await self._listing.fetch()).page)

    def _refuse_cursor(self, use: str) -> None:
        if self._start is not None:
            raise InvalidArgumentError("cursor", f"{use} cannot start at a cursor; use async for, pages() or collect()")

    def _reading(self, at_most: int | None = None) -> Reading:
        return Reading(self._listing, self._page_size, self._prefetch, self._start, at_most)


# Classes instead of async generators: trio warns of a generator that is left early, for example by `break`.


class _Pages(Generic[T]):
    def __init__(self, paginator: AsyncPaginator[T], reading: Reading) -> None:
        self._paginator = paginator
        self._reading = reading
        self.reached(reading.start)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Page[T]:
        batch = await self.next_batch()
        self.reached(self._reading.place)
        return cast("Page[T]", batch.page)

    async def next_batch(self) -> Batch:
        batch = await self._reading.advance()
        if batch is None:
            self.reached(self._reading.place)
            raise StopAsyncIteration
        return batch

    def reached(self, place: Place | None) -> None:
        self._paginator._place = place  # pyright: ignore[reportPrivateUsage]


class _Rows(Generic[T]):
    def __init__(self, paginator: AsyncPaginator[T], reading: Reading) -> None:
        self._paginator = paginator
        self._pages = _Pages(paginator, reading)
        self._rows: Iterator[tuple[Any, Place]] = iter(())

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        while True:
            for row, place in self._rows:
                self._paginator._place = place  # pyright: ignore[reportPrivateUsage]
                return cast("T", row)
            batch = await self._pages.next_batch()
            self._rows = zip(batch.page.data, batch.places, strict=True)
