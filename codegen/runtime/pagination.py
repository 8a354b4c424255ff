"""Pages of rows, and the iterator over all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Generic, Literal, Self, TypeVar, cast, overload

from attrs import define, field

from .codecs import BOOLEAN
from .errors import GrinfiError
from .responses import decode_error, read_entry, read_json
from .unset import UNSET

if TYPE_CHECKING:
    from .client import Client
    from .codecs import Codec
    from .operations import Operation
    from .requests import Query

__all__ = ["AsyncPaginator", "Page"]

T = TypeVar("T")

SERVER_LIMIT = 20
"""How many rows the server answers with if it is not told a limit."""


@define(kw_only=True, frozen=True)
class Page(Generic[T]):
    """One page of rows.

    Attributes:
        data: The rows.
        total: How many rows there are in all; None if the server does not tell.
        limit: The page size the server used; None if it does not tell.
        offset: How many rows come before this page; None if the server does not tell.
        has_more: Whether rows follow; None if the server does not tell.
    """

    data: list[T]
    total: int | None = None
    limit: int | None = None
    offset: int | None = None
    has_more: bool | None = field(default=None)

    def __len__(self) -> int:
        return len(self.data)

    def __iter__(self) -> Iterator[T]:
        return iter(self.data)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: int | slice) -> T | list[T]:
        return self.data[index]


class AsyncPaginator(Generic[T]):
    """The rows of a list: `await` it for one page, iterate with `async for` over every row.

    Iterating asks for page after page and advances by the rows received, because servers clamp `limit` silently.
    """

    def __init__(
        self,
        client: Client,
        operation: Operation,
        path: str,
        *,
        item: Codec,
        query: Query = (),
        json: dict[str, Any] | None = None,
        paging: Literal["query", "body", "none"],
    ) -> None:
        self._listing: _Listing[T] = _Listing(client, operation, path, item, query, json, paging)

    def __await__(self) -> Generator[Any, None, Page[T]]:
        return self._listing.first_page().__await__()

    def __aiter__(self) -> AsyncIterator[T]:
        return _Rows(self.pages())

    def pages(self) -> AsyncIterator[Page[T]]:
        """Every page, from the requested offset on."""
        return _Pages(self._listing)


@define(frozen=True)
class _Fetched(Generic[T]):
    """A page, and what has to be known of it when the caller may have changed its rows."""

    page: Page[T]
    size: int
    mark: str


@define(frozen=True)
class _Listing(Generic[T]):
    """What is asked for, page by page."""

    client: Client
    operation: Operation
    path: str
    item: Codec
    query: Query
    json: dict[str, Any] | None
    paging: Literal["query", "body", "none"]

    def given(self, name: str) -> Any:
        """An argument of the caller, such as `offset`."""
        given = dict(self.query) if self.json is None else self.json
        return given.get(name)

    def continues(self, fetched: _Fetched[T], position: int) -> bool:
        """Whether rows follow a page that ends at this position."""
        page = fetched.page
        if not fetched.size:
            return False
        if page.total is not None:
            return position < page.total
        if page.has_more is not None:
            return page.has_more
        # Neither is told: an operation that takes an offset ends with an empty page, any other has one page.
        return self.paging != "none"

    def is_all(self, fetched: _Fetched[T]) -> bool:
        """Whether a page that every offset is answered with has all rows there are."""
        page = fetched.page
        limit = int(self.given("limit") or page.limit or SERVER_LIMIT)
        return page.total is None and not page.has_more and fetched.size < limit

    def error(self, problem: str) -> GrinfiError:
        return GrinfiError(f"{self.operation.method} {self.operation.path} {problem}")

    async def first_page(self) -> Page[T]:
        return (await self.fetch(None)).page

    async def fetch(self, offset: int | None) -> _Fetched[T]:
        """One page; from the requested offset on if `offset` is None."""
        query = self.query
        body: Any = UNSET if self.json is None else self.json
        if offset is not None and self.paging == "query":
            query = [pair for pair in query if pair[0] != "offset"] + [("offset", str(offset))]
        elif offset is not None:
            body = {**(self.json or {}), "offset": offset}
        response = await self.client.send(self.operation, self.path, query=query, json=body)
        value = read_json(response)
        if isinstance(value, list):
            envelope: dict[str, Any] = {"data": value}
        elif isinstance(value, dict) and (
            isinstance(inner := cast("dict[str, Any]", value).get("data"), list) or inner == {}
        ):
            envelope = cast("dict[str, Any]", value)
        else:
            raise decode_error(response, "the body is neither a list nor an object with a list under 'data'")
        rows = list(cast("Iterable[Any]", envelope["data"]))
        mark = f"{len(rows)} {rows[0]} {rows[-1]}" if rows else ""
        page: Page[T] = Page(
            data=[read_entry(response, self.item, index, row) for index, row in enumerate(rows)],
            total=_count(envelope, "total"),
            limit=_count(envelope, "limit"),
            offset=_count(envelope, "offset"),
            has_more=_has_more(envelope),
        )
        return _Fetched(page, len(rows), mark)


# These are no asynchronous generators, because trio warns of a generator that is left early, as by `break`.


class _Pages(Generic[T]):
    def __init__(self, listing: _Listing[T]) -> None:
        self._listing = listing
        self._last: _Fetched[T] | None = None
        self._position = int(listing.given("offset") or 0)
        self._repeats = 0

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Page[T]:
        listing, last = self._listing, self._last
        if last is None:
            fetched = await listing.fetch(None)
        else:
            if not listing.continues(last, self._position):
                raise StopAsyncIteration
            if listing.paging == "none":
                raise listing.error(
                    f"has more rows than it answered with ({self._position} of {last.page.total}), but takes no "
                    "offset; use grinfi.request() to ask for the others"
                )
            fetched = await listing.fetch(self._position)
            if not fetched.size or (fetched.mark == last.mark and self._is_stuck(fetched)):
                self._last = _Fetched(Page(data=[]), 0, "")
                raise StopAsyncIteration
        self._last = fetched
        self._position += fetched.size
        return fetched.page

    def _is_stuck(self, fetched: _Fetched[T]) -> bool:
        """Whether the server ignores the offset, so that asking it on would never end; the page came twice."""
        if self._listing.is_all(fetched):
            return True
        # Once may be chance: as many rows were added in front as there are on a page.
        self._repeats += 1
        if self._repeats > 1:
            raise self._listing.error(
                f"answers every offset with the same {fetched.size} rows; ask for all with one larger limit"
            )
        return False


class _Rows(Generic[T]):
    def __init__(self, pages: AsyncIterator[Page[T]]) -> None:
        self._pages = pages
        self._rows: Iterator[T] = iter(())

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        while True:
            for row in self._rows:
                return row
            self._rows = iter(await anext(self._pages))


def _places(envelope: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Where the server tells about the page: around the rows, or under `pagination`."""
    yield envelope
    if isinstance(envelope.get("pagination"), dict):
        yield cast("dict[str, Any]", envelope["pagination"])


def _count(envelope: dict[str, Any], name: str) -> int | None:
    for place in _places(envelope):
        value = place.get(name)
        if isinstance(value, str) and value.isdecimal() and len(value) < 20:
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
    return None


def _has_more(envelope: dict[str, Any]) -> bool | None:
    for place in _places(envelope):
        told, _ = BOOLEAN.decode(place.get("has_more"))
        if told is not None:
            return bool(told)
    return None
