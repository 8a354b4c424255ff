"""Requests for the pages of a list, and the pages as the server sends them."""

from __future__ import annotations

import json as json_text
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, TypeVar, cast, overload
from uuid import UUID

from attrs import define, evolve, field

from ..errors import GrinfiError
from .codecs import BOOLEAN
from .models import Serializer
from .refused_use import refused_use
from .responses import decode_error, read_entries, read_json
from .unset import UNSET

if TYPE_CHECKING:
    from ..client import BaseClient
    from .codec import Codec
    from .operations import Operation
    from .requests import Query

T = TypeVar("T")

LOWEST = str(UUID(int=0))
END = 1 << 128
ENVELOPE_FIELDS = {"data", "total", "limit", "offset", "has_more"}
FRACTION = re.compile(r"(\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?")


@define(kw_only=True, frozen=True, repr=False)
class Page(Generic[T]):
    """One page of rows.

    Attributes:
        data: The rows.
        total: Number of rows of the whole list; None if the server does not say.
        limit: Page size that the server used; None if the server does not say.
        offset: Number of rows before this page; None if the server does not say.
        has_more: Whether rows follow; None if the server does not say.
        envelope: Further fields of the answer around the rows, as the server sent them.
    """

    data: list[T]
    total: int | None = None
    limit: int | None = None
    offset: int | None = None
    has_more: bool | None = field(default=None)
    envelope: Mapping[str, Any] = field(factory=dict[str, Any], repr=False, eq=False)

    def __repr__(self) -> str:
        kinds = {type(row).__name__ for row in self.data}
        rows = f"{len(self):,} {kinds.pop() if len(kinds) == 1 else 'rows'}"
        return f"<Page of {rows}{'' if self.total is None else f', total {self.total:,}'}>"

    def _repr_html_(self) -> str:
        from grinfi_integrations.html import page_table

        return page_table(self)

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

    def to_records(self) -> list[dict[str, Any]]:
        """The rows as dicts with the same keys, as `to_records` makes them: `pandas.DataFrame(page.to_records())`."""
        from grinfi_integrations.records import to_records

        return to_records(cast("list[Any]", self.data))

    __pydantic_serializer__ = Serializer()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from grinfi_integrations.pydantic_schemas import page_schema

        return page_schema(source, handler)

    if not TYPE_CHECKING:  # checkers refuse it by themselves
        __aiter__ = refused_use(
            "it is one page, because the list was awaited; write `async for` over the list without `await` for all "
            "rows, or `for` over this page"
        )


# The API shows only the first 10,000 rows of a list. A longer list, sorted by created_at, is read in parts. The next
# part begins at the time of the last row that was given:
#
#     Part()                                    rows 1 to 10,000; the last one was created at 12:00:07
#     Part(since="12:00:07")                    the next 10,000; rows of 12:00:07 that were given before are skipped
#     Part(since="12:31:40")                    …
#
# If one time has 10,000 rows or more, as after an import, its rows are read by ranges of UUIDs:
#
#     Part(since=t, until=t, low=0000…, high=8000…)    halved until a range has fewer than 10,000 rows
#     Part(since=t, until=t, low=8000…, high=None)     the next range, up to the end
#     Part(since=t, beyond=True)                       and continue after this time
class Part(NamedTuple):
    """The part of a list that is read: all of it, or a range of `created_at`, in the order of reading."""

    since: str | None = None
    """Time of the first rows, as the server wrote it."""
    until: str | None = None
    """Time at which the part ends, exclusive; inclusive if it is equal to `since`."""
    beyond: bool = False
    """Whether the rows of `since` itself are excluded."""
    low: str | None = None
    """The smallest UUID, if one time has more rows than the API shows."""
    high: str | None = None
    """The UUID before which the range of UUIDs ends."""
    again: int = 0
    """How often the part was read before."""

    def conditions(self, descending: bool) -> dict[str, dict[str, str]]:
        """The part as a filter: field -> operator -> value."""
        created: dict[str, str] = {}
        # The server may write 12:00:00.7 as 12:00:00, but compares it exactly. So a bound is the first or the last
        # moment that its text can mean: 12:00:00 or 12:00:00.999999, whichever leaves out no row.
        if self.since is not None:
            operator = ("<" if descending else ">") + ("" if self.beyond else "=")
            created[operator] = _latest(self.since) if descending != self.beyond else self.since
        if self.until is not None:
            is_moment = self.until == self.since
            operator = (">" if descending else "<") + ("=" if is_moment else "")
            created[operator] = _latest(self.until) if descending != is_moment else self.until
        uuids = {operator: uuid for operator, uuid in ((">=", self.low), ("<", self.high)) if uuid is not None}
        return {name: values for name, values in (("created_at", created), ("uuid", uuids)) if values}

    def holds(self, key: str) -> bool:
        """Whether the row of this UUID is in the part."""
        return self.low is None or (self.low <= key.lower() and (self.high is None or key.lower() < self.high))

    def halved(self) -> Part:
        """The first half of the UUIDs."""
        low, high = self._uuids()
        return self._replace(high=_uuid_text((low + high) // 2))

    def next_uuids(self) -> Part:
        """The next range of UUIDs, twice as wide: if this one had few rows, more of them would take many requests."""
        low, high = self._uuids()
        return self._replace(low=self.high, high=_uuid_text(high + 2 * (high - low)), again=0)

    def _uuids(self) -> tuple[int, int]:
        return UUID(self.low or LOWEST).int, END if self.high is None else UUID(self.high).int


def _uuid_text(number: int) -> str | None:
    return str(UUID(int=number)) if number < END else None


def _latest(time: str) -> str:
    """The last moment that a time can mean: `12:00:00` may be a shorter form of `12:00:00.999999`."""
    return FRACTION.sub(lambda found: f"{found[1]}.{(found[2] or '').ljust(6, '9')}", time, count=1)


@define(frozen=True)
class Fetched:
    """A page, and its rows as they came: the caller may have changed those of the page."""

    page: Page[Any]
    asked: int | None
    offset: int
    rows: list[Any]
    """As the server sent them."""
    is_sliced: bool
    came: list[str] | None = None
    """The keys of all rows, if repeated ones were left out of `rows`."""

    @property
    def size(self) -> int:
        """Number of rows."""
        return len(self.rows)

    @cached_property
    def keys(self) -> list[str]:
        """The key of each row, which identifies it."""
        return [
            uuid if row.__class__ is dict and (uuid := row.get("uuid")).__class__ is str else _key(row)
            for row in self.rows
        ]

    @cached_property
    def times(self) -> list[str | None]:
        """The `created_at` of each row, if the list is read by it."""
        if not self.is_sliced:
            return [None] * self.size
        return [
            time if row.__class__ is dict and "uuid" in row and (time := row.get("created_at")).__class__ is str
            else _time(row) for row in self.rows
        ]  # fmt: skip

    def without_repeats(self) -> Fetched:
        """The page with each row once."""
        if len(set(self.keys)) == self.size:
            return self
        first = {key: index for index, key in reversed([*enumerate(self.keys)])}
        kept = [index for index, key in enumerate(self.keys) if key[:1] == "#" or first[key] == index]
        page = evolve(self.page, data=[self.page.data[index] for index in kept])
        rows = [self.rows[index] for index in kept]
        return evolve(self, page=page, rows=rows, came=self.keys)


@define(frozen=True)
class Listing:
    """A list: an operation with its arguments."""

    client: BaseClient
    operation: Operation
    path: str
    item: Codec = field(kw_only=True)
    query: Query = field(default=(), kw_only=True)
    headers: Mapping[str, str] | None = field(default=None, kw_only=True)
    json: dict[str, Any] | None = field(default=None, kw_only=True)
    paging: Literal["query", "body", "none"] = field(kw_only=True)
    limited: bool = field(default=True, kw_only=True)
    ordered: bool = field(default=False, kw_only=True)
    windowed: bool = field(default=True, kw_only=True)
    sliced: bool = field(default=False, kw_only=True)

    @property
    def id(self) -> str:
        """The name of the list in cursors."""
        return self.operation.id or f"{self.operation.method} {self.operation.path}"

    def given(self, name: str) -> Any:
        """An argument of the caller, such as `offset`."""
        return ((self.json or {}) if self.paging == "body" else dict(self.query)).get(name)

    @property
    def offset(self) -> int:
        """Number of rows that the caller skips."""
        return int(self.given("offset") or 0)

    @property
    def order_field(self) -> str:
        """The field that rows are sorted by."""
        return str(self.given("order_field") or "created_at")

    @property
    def descending(self) -> bool:
        """Whether the last rows come first."""
        return bool(self.given("order_type") == "desc")

    def own_condition(self, name: str) -> Any:
        """The caller's condition on a field, as a mapping if it has operators; None if there is none."""
        if self.paging == "body":
            return cast("dict[str, Any]", self.given("filter") or {}).get(name)
        operators: dict[str, str] = {}
        prefix = f"filter[{name}]"
        for key, value in self.query:
            if key in {prefix, f"{prefix}[]"}:
                return value
            if key.startswith(prefix):
                operators[key[len(prefix) + 1 : -1]] = value
        return operators or None

    def arguments(self) -> dict[str, str]:
        """A digest of each argument that decides which rows come in which order; a cursor keeps them."""
        values: dict[str, Any] = {"path": self.path}
        for name, value in self.query:
            values.setdefault(name.partition("[")[0], []).append([name, value])
        values |= {"headers": dict(self.headers)} if self.headers else {}
        values |= self.json or {}
        values |= {"order_field": self.order_field, "order_type": self.descending} if self.ordered else {}
        return {
            name: sha256(json_text.dumps(value, sort_keys=True).encode()).hexdigest()[:12]
            for name, value in values.items()
            if name != "limit"
        }

    def error(self, problem: str) -> GrinfiError:
        """An error that names the list."""
        return GrinfiError(f"{self.operation.method} {self.operation.path} {problem}")

    async def fetch(self, *, limit: int | None = None, offset: int | None = None, part: Part | None = None) -> Fetched:
        """Request one page, by default with the caller's limit and offset."""
        query, body = self._request(limit, offset, part or Part())
        response = await self.client.send(self.operation, self.path, query=query, headers=self.headers, json=body)
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
        page: Page[Any] = Page(
            data=read_entries(response, self.item, rows),
            total=_count(envelope, "total"),
            limit=_count(envelope, "limit"),
            offset=_count(envelope, "offset"),
            has_more=_has_more(envelope),
            envelope={name: it for name, it in envelope.items() if name not in ENVELOPE_FIELDS},
        )
        return Fetched(page, limit, offset or 0, rows, self.sliced)

    def _request(self, limit: int | None, offset: int | None, part: Part) -> tuple[Query, Any]:
        changes: dict[str, Any] = {}
        if self.ordered:  # always both: the server's own direction differs between GET and POST
            changes |= {"order_field": self.order_field, "order_type": self.given("order_type") or "asc"}
        if limit is not None and self.limited:
            changes["limit"] = limit
        if offset is not None:
            changes["offset"] = offset
        conditions = part.conditions(self.descending)
        if self.paging == "body":
            body = {**(self.json or {}), **changes}
            if conditions:
                own = cast("dict[str, Any]", body.get("filter") or {})
                merged: dict[str, Any] = {
                    name: {**(own.get(name) or {}), **values} for name, values in conditions.items()
                }
                body["filter"] = {**own, **merged}
            return self.query, body if body or self.json is not None else UNSET
        written = {
            **changes,
            **{f"filter[{name}][{key}]": value for name, values in conditions.items() for key, value in values.items()},
        }
        query = [pair for pair in self.query if pair[0] not in written]
        query += [(name, str(value)) for name, value in written.items()]
        return query, UNSET if self.json is None else self.json


def _record(row: Any) -> Mapping[str, Any]:
    """The object with the id of a row: the row, or an object wrapped in it."""
    if not isinstance(row, dict):
        return {"": row}
    entries = cast("dict[str, Any]", row)
    if "uuid" in entries or "id" in entries:
        return entries
    inner = [cast("dict[str, Any]", value) for value in entries.values() if isinstance(value, dict)]
    return next((value for value in inner if "uuid" in value), entries)


def _key(row: Any) -> str:
    """The key of a row: its id, or # and a digest of its content. Equal keys with # may be different rows."""
    record = _record(row)
    identity = record.get("uuid", record.get("id"))
    if isinstance(identity, str | int):
        return str(identity)
    return "#" + sha256(json_text.dumps(record, sort_keys=True).encode()).hexdigest()


def _time(row: Any) -> str | None:
    time = _record(row).get("created_at")
    return time if isinstance(time, str) else None


def _places(envelope: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The objects in which the server describes the page: the one around the rows, and `pagination` in it."""
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
        has_more = BOOLEAN.decode(place.get("has_more"))
        if has_more is not None:
            return bool(has_more)
    return None
