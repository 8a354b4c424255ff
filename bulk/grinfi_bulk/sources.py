"""Lists of the API, read to their end, in parts if they are longer than the API lists.

The API lists at most 10,000 rows of a list. A longer list is divided into filters that have at most 10,000 rows each
and all rows together:

```
250,000 tasks
  executed_at: no value         120,000 -> divided by the next field: schedule_at, then status, then sender
  executed_at: 2000 to 2050     130,000 -> halved again and again, down to a second
      2000 to 2025               70,000 -> halved ...
      2025 to 2050               60,000 -> halved ...
```

Each count is one request, and is made before the first row is read. The parts share no row: a range of time includes
its begin and not its end.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple, cast

import grinfi_async
from grinfi_async import AsyncPaginator, Expression, Filter, Grinfi, Model, ResultWindowError, ServerError

__all__ = ["SOURCES", "Batch", "ReadingPosition", "Source", "field_of", "id_of", "read"]

WINDOW: Final = 10_000
"""The API lists no more rows of one list."""
AHEAD: Final = 4
"""Pages that are requested ahead, so that answers of a second each do not slow down 5 requests a second."""
FIRST_MOMENT: Final = datetime(2000, 1, 1, tzinfo=UTC)
LAST_MOMENT: Final = datetime(2100, 1, 1, tzinfo=UTC)
"""Range that is bisected; rows outside it are in the first or the last part."""

Conditions = dict[str, Any]
Part = tuple[Conditions, datetime | None]


class ByTime(NamedTuple):
    """Divides a list by ranges of a time field."""

    field: str


class ByValue(NamedTuple):
    """Divides a list by the values of a field with few values: those of its model, or those that are read."""

    field: str
    read_values: Callable[[Grinfi], Awaitable[Sequence[str]]] | None = None


Division = ByTime | ByValue


@dataclass(frozen=True, slots=True)
class Source:
    """A list of the API.

    Attributes:
        name: Name of its rows.
        method: Resource and method.
        model_name: Model of its rows; None if they are mappings.
        owner: The API's name for the owner of its custom fields.
        orders: Time fields by which its newest rows can be read first: updates, or else creation.
        divisions: How it can be divided if it has more rows than the API lists. Not needed if the paginator reads on
            by itself.
        fields: Known fields of rows without a model, with their kinds.
        parts: For operations that return all rows at once: reads their arguments, each with its latest update.
    """

    name: str
    method: tuple[str, str]
    model_name: str | None = None
    owner: str | None = None
    orders: tuple[str, ...] = ()
    divisions: tuple[Division, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    parts: Callable[[Grinfi], Awaitable[list[Part]]] | None = None

    @property
    def model(self) -> type[Model] | None:
        """The model of the rows."""
        return None if self.model_name is None else cast("type[Model]", getattr(grinfi_async, self.model_name))

    def rows(self, grinfi: Grinfi, filter: Filter | None, **options: Any) -> AsyncPaginator[Any]:
        """The rows. The filter is checked at once."""
        resource, method = self.method
        conditions = Expression() if filter is None else Expression(filter)
        given = {"filter": conditions} if conditions.to_dict() else {}
        paginator: AsyncPaginator[Any] = getattr(getattr(grinfi, resource), method)(**given, **options)
        return paginator

    async def whole(self, grinfi: Grinfi, arguments: Conditions) -> list[Any]:
        """All rows of a part."""
        resource, method = self.method
        answer: Any = getattr(getattr(grinfi, resource), method)(**arguments)
        rows: list[Any] = await (answer.collect() if hasattr(answer, "collect") else answer)
        return rows

    def check(self, grinfi: Grinfi, place: ReadingPosition) -> None:
        """Refuse a position that this version of the SDK cannot use.

        Raises:
            InvalidArgumentError: Its filter or cursor is invalid.
        """
        if self.parts is None and place.part < len(place.parts):
            self.rows(grinfi, place.parts[place.part], cursor=place.cursor)


@dataclass(slots=True)
class ReadingPosition:
    """How far a list has been read.

    Attributes:
        parts: The filters of its parts, in the order of reading.
        is_open: Whether the server lists more than 10,000 rows of this list.
        total: Number of rows when reading began, by the server.
        part: Index of the part being read.
        cursor: Cursor of the paginator in that part.
    """

    parts: list[Conditions]
    is_open: bool = False
    total: int | None = None
    part: int = 0
    cursor: str | None = None

    def to_json(self) -> str:
        """The position as text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> ReadingPosition:
        """The position of a text from `to_json`."""
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True)
class Batch:
    """A page of rows.

    Attributes:
        rows: Models, or mappings if the list has no model.
        place: Where reading resumes after this page, as text.
        total: Number of rows of the list, by the server.
    """

    rows: list[Any] = field(repr=False)
    place: str
    total: int | None


async def read(grinfi: Grinfi, source: Source, filter: Filter | None, place: str | None) -> AsyncGenerator[Batch]:
    """Every row, page by page. With `place`, resume after the batch that had it; the filter must be the same."""
    now = await _begin(grinfi, source, filter) if place is None else ReadingPosition.from_json(place)
    while now.part < len(now.parts):
        if source.parts is not None:
            rows = await source.whole(grinfi, now.parts[now.part])
            now.part += 1
            yield Batch(rows, now.to_json(), None)
            continue
        paginator = source.rows(grinfi, now.parts[now.part], cursor=now.cursor, prefetch=AHEAD)
        if now.is_open:
            paginator = paginator.without_result_window()
        async for page in paginator.pages():
            now.cursor = paginator.cursor
            if len(now.parts) == 1:
                now.total = page.total or now.total
            yield Batch(list(page), now.to_json(), now.total)
        now.part, now.cursor = now.part + 1, None


def id_of(row: Any) -> str | None:
    """The id of a row."""
    identity = field_of(row, "uuid")
    if identity is None and not isinstance(row, Model):
        identity = field_of(row, "id")
    return None if identity is None else str(identity)


def field_of(row: Any, name: str) -> Any:
    """A field of a model or a mapping."""
    return getattr(row, name, None) if isinstance(row, Model) else cast("Mapping[str, Any]", row).get(name)


# -- parts -----------------------------------------------------------------------------------------------------------


async def _begin(grinfi: Grinfi, source: Source, filter: Filter | None) -> ReadingPosition:
    conditions: Conditions = {} if filter is None else Expression(filter).to_dict()
    if source.parts is not None:
        return ReadingPosition([arguments for arguments, _ in await source.parts(grinfi)])
    if not source.divisions:
        return ReadingPosition([conditions])
    total = await _count(grinfi, source, conditions)
    if total is None or total <= WINDOW:
        return ReadingPosition([conditions], total=total)
    try:
        await source.rows(grinfi, conditions, limit=1, offset=WINDOW)
    except ServerError:
        return ReadingPosition(await _Divider(grinfi, source).divide(conditions, total, source.divisions), total=total)
    return ReadingPosition([conditions], is_open=True, total=total)


async def _count(grinfi: Grinfi, source: Source, conditions: Conditions) -> int | None:
    """The number of rows; None if the server does not say."""
    return (await source.rows(grinfi, conditions, limit=1, offset=0)).total


class _Divider:
    """Finds filters with at most 10,000 rows each that together have all rows."""

    def __init__(self, grinfi: Grinfi, source: Source) -> None:
        self._grinfi = grinfi
        self._source = source

    async def divide(self, conditions: Conditions, total: int, divisions: Sequence[Division]) -> list[Conditions]:
        if total <= WINDOW:
            return [conditions] if total else []
        if not divisions:
            raise ResultWindowError(
                f"{total:,} {self._source.name} match {conditions}; the API lists only {WINDOW:,} of them, and they "
                "cannot be divided further. Narrow the filter"
            )
        division, *others = divisions
        if isinstance(division, ByTime):
            return await self._by_time(conditions, total, division.field, others)
        return await self._by_value(conditions, total, division, others)

    async def _by_value(
        self, conditions: Conditions, total: int, division: ByValue, others: Sequence[Division]
    ) -> list[Conditions]:
        name, own = division.field, conditions.get(division.field)
        if own is None:
            values: Sequence[Any] = [*await self._values(division), "is_null"]
        elif isinstance(own, list):
            values = cast("list[Any]", own)
        else:
            return await self.divide(conditions, total, others)
        parts = [{**conditions, name: value} for value in values]
        counts = [await self._count(part) for part in parts]
        if sum(counts) < total:  # some rows have an unknown value
            return await self.divide(conditions, total, others)
        divided: list[Conditions] = []
        for part, count in zip(parts, counts, strict=True):
            divided += await self.divide(part, count, others)
        return divided

    async def _values(self, division: ByValue) -> Sequence[str]:
        if division.read_values is not None:
            return await division.read_values(self._grinfi)
        model = self._source.model
        codec = None if model is None else model.wire_fields()[division.field].codec
        # If the description has no values, the list is divided by the next field instead.
        return [str(value) for value in getattr(codec, "options", ())]

    async def _by_time(
        self, conditions: Conditions, total: int, name: str, others: Sequence[Division]
    ) -> list[Conditions]:
        own = conditions.get(name)
        operators: Conditions = dict(cast("Conditions", own)) if isinstance(own, Mapping) else {}
        # The filter has a condition on this field that is not a range ("=", a list of values): try the next field.
        if not operators.keys() <= {"<", "<=", ">", ">="} or (own not in (None, "is_not_null") and not operators):
            return await self.divide(conditions, total, others)
        parts: list[Conditions] = []
        if own is None:
            without: Conditions = {**conditions, name: "is_null"}
            parts = await self.divide(without, await self._count(without), others)
        lower = {sign: value for sign, value in operators.items() if sign.startswith(">")}
        upper = {sign: value for sign, value in operators.items() if sign.startswith("<")}
        first = max((_moment(value, FIRST_MOMENT) for value in lower.values()), default=FIRST_MOMENT)
        last = min((_moment(value, LAST_MOMENT) for value in upper.values()), default=LAST_MOMENT)

        async def bisect(lower: Conditions, upper: Conditions, first: datetime, last: datetime) -> list[Conditions]:
            part: Conditions = {**conditions, name: {**lower, **upper} or "is_not_null"}
            count = await self._count(part)
            if count <= WINDOW:
                return [part] if count else []
            middle = (first + (last - first) / 2).replace(microsecond=0)
            if not first < middle < last:
                return await self.divide(part, count, others)
            at = middle.strftime("%Y-%m-%dT%H:%M:%SZ")
            return [
                *await bisect(lower, {"<": at}, first, middle),
                *await bisect({">=": at}, upper, middle, last),
            ]

        return parts + await bisect(lower, upper, first, last)

    async def _count(self, conditions: Conditions) -> int:
        count = await _count(self._grinfi, self._source, conditions)
        if count is None:
            raise ResultWindowError(
                f"The server does not say how many {self._source.name} match {conditions}, so they cannot be divided "
                "into parts that it lists. Narrow the filter"
            )
        return count


def _moment(value: object, otherwise: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return otherwise
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


async def _senders(grinfi: Grinfi) -> Sequence[str]:
    return [sender.uuid async for sender in grinfi.sender_profiles.list()]


async def _everything(grinfi: Grinfi) -> list[Part]:
    return [({}, None)]


async def _owners(grinfi: Grinfi) -> list[Part]:
    return [({"filter": {"object": owner}}, None) for owner in ("lead", "company")]


async def _flows(grinfi: Grinfi) -> list[Part]:
    """Versions are read by automation. A new version is an update of its automation."""
    return [({"flow_uuid": flow.uuid}, flow.updated_at) async for flow in grinfi.automations.list()]


BY_SENDER: Final = ByValue("sender_profile_uuid", _senders)
BY_DIRECTION: Final = ByValue("type")
BY_STATUS: Final = ByValue("status")
UPDATES: Final = ("updated_at",)
OF_AUTOMATION_CONTACTS: Final = {
    **dict.fromkeys(("uuid", "flow_uuid", "flow_version_uuid", "lead_uuid", "sender_profile_uuid"), "text"),
    **dict.fromkeys(("team_id", "contact_source_id", "flow_node_id"), "integer"),
    **dict.fromkeys(("status", "added_by"), "text"),
    **dict.fromkeys(("finished_at", "created_at", "updated_at"), "time"),
}
TASK_PARTS: Final = (ByTime("executed_at"), ByTime("schedule_at"), BY_STATUS, BY_SENDER)
MESSAGE_PARTS: Final = (BY_SENDER, BY_DIRECTION, BY_STATUS)
EMAIL_PARTS: Final = (ByTime("sent_at"), BY_DIRECTION)

SOURCES: Final[Mapping[str, Source]] = {
    source.name: source
    for source in (
        Source("lists", ("lists", "list"), "ContactList"),
        Source("tags", ("tags", "list"), "Tag", parts=_everything),
        Source("pipeline_stages", ("pipeline_stages", "list"), "PipelineStage", parts=_owners),
        Source("senders", ("sender_profiles", "list"), "SenderProfile"),
        Source("custom_fields", ("custom_fields", "list"), "CustomField"),
        Source("automations", ("automations", "list"), "Automation"),
        Source("flow_versions", ("flow_versions", "list"), "FlowVersion", orders=UPDATES, parts=_flows),
        Source("contacts", ("contacts", "search"), "Contact", owner="lead", orders=UPDATES),
        Source("companies", ("companies", "search"), "Company", owner="company", orders=UPDATES),
        Source(
            "automation_contacts",
            ("automations", "list_contacts"),
            orders=(*UPDATES, "created_at"),
            fields=OF_AUTOMATION_CONTACTS,
        ),
        Source("tasks", ("tasks", "list"), "Task", divisions=TASK_PARTS),
        Source("messages", ("linkedin_messages", "list"), "LinkedInMessage", divisions=MESSAGE_PARTS),
        Source("emails", ("emails", "list"), "Email", divisions=EMAIL_PARTS),
    )
}
