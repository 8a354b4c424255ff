"""Pages of rows, and the iterator over all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterator
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, cast, overload

from attrs import define, field

from .errors import GrinfiError
from .responses import decode_error, read_json
from .unset import UNSET

if TYPE_CHECKING:
    from .client import Client
    from .codecs import Codec
    from .operations import Operation
    from .requests import Query

__all__ = ["AsyncPaginator", "Page"]

T = TypeVar("T")


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
        self._client = client
        self._operation = operation
        self._path = path
        self._item = item
        self._query = query
        self._json = json
        self._paging = paging

    def __await__(self) -> Generator[Any, None, Page[T]]:
        return self._fetch(None).__await__()

    async def __aiter__(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for row in page:
                yield row

    async def pages(self) -> AsyncIterator[Page[T]]:
        """Every page, from the requested offset on."""
        page: Page[T] = await self._fetch(None)
        position = self._first_offset()
        while True:
            yield page
            position += len(page)
            if not page.data or not self._continues(page, position):
                return
            if self._paging == "none":
                raise GrinfiError(
                    f"{self._operation.method} {self._operation.path} has more rows than it answered with "
                    f"({position} of {page.total}), but takes no offset; use grinfi.request() to ask for the others"
                )
            page = await self._fetch(position)

    def _first_offset(self) -> int:
        given = dict(self._query) if self._json is None else self._json
        return int(given.get("offset", 0))

    def _continues(self, page: Page[T], position: int) -> bool:
        if page.total is not None:
            return position < page.total
        if page.has_more is not None:
            return page.has_more
        # Neither is told: an operation that takes an offset ends with an empty page, any other has one page.
        return self._paging != "none"

    async def _fetch(self, offset: int | None) -> Page[T]:
        query = self._query
        body: Any = UNSET if self._json is None else self._json
        if offset is not None and self._paging == "query":
            query = [pair for pair in query if pair[0] != "offset"] + [("offset", str(offset))]
        elif offset is not None:
            body = {**(self._json or {}), "offset": offset}
        response = await self._client.send(self._operation, self._path, query=query, json=body)
        value = read_json(response)
        if isinstance(value, list):
            envelope: dict[str, Any] = {"data": value}
        elif isinstance(value, dict) and isinstance(cast("dict[str, Any]", value).get("data"), list):
            envelope = cast("dict[str, Any]", value)
        else:
            raise decode_error(response, "the body is neither a list nor an object with a list under 'data'")
        return Page(
            data=[self._item.decode(row)[0] for row in envelope["data"]],
            total=_count(envelope, "total"),
            limit=_count(envelope, "limit"),
            offset=_count(envelope, "offset"),
            has_more=_has_more(envelope),
        )


def _count(envelope: dict[str, Any], name: str) -> int | None:
    value = envelope.get(name)
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _has_more(envelope: dict[str, Any]) -> bool | None:
    nested = envelope.get("pagination")
    for place in (envelope, cast("dict[str, Any]", nested) if isinstance(nested, dict) else {}):
        if place.get("has_more") in (True, False):
            return bool(place["has_more"])
    return None
