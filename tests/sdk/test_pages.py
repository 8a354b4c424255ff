"""Reading all rows of a list: servers that clamp, lie, move rows and end at 10,000; cursors; pages ahead."""

from __future__ import annotations

import json
import operator
import tracemalloc
import uuid
from collections.abc import AsyncIterable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, cast

import anyio
import httpx
import pytest

from grinfi_async import (
    AsyncPaginator,
    Grinfi,
    GrinfiError,
    InvalidArgumentError,
    Model,
    NotOneRowError,
    ResultWindowError,
    RetryPolicy,
    ServerError,
)
from grinfi_sandbox import Sandbox
from grinfi_support import reading
from tests.sdk.helpers import KEY, assert_refused, php_query, raw_query

pytestmark = pytest.mark.anyio

START = datetime(2026, 1, 1, tzinfo=UTC)
WINDOW = 1_000
Row = dict[str, Any]


@pytest.fixture(autouse=True)
def sizes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of the true window and pages, so that reading beyond them is quick."""
    if "true_sizes" not in request.fixturenames:
        monkeypatch.setattr(reading, "WINDOW", WINDOW)
        monkeypatch.setattr(reading, "REMEMBERED", WINDOW)
        monkeypatch.setattr(reading, "LARGEST_PAGE", 100)


@pytest.fixture
def true_sizes() -> None:
    """Leaves the window and pages as they are."""


def rows_of(count: int, *, per_second: int = 1, random: Random | None = None) -> list[Row]:
    """Rows in the order of their creation, `per_second` in each second."""
    source = random or Random(1)
    times = [(START + timedelta(seconds=n // per_second)).strftime("%Y-%m-%dT%H:%M:%S.000000Z") for n in range(count)]
    return [{"uuid": str(uuid.UUID(int=source.getrandbits(128))), "created_at": time} for time in times]


class Table:
    """A server with one table. It sorts and filters as requested, and can make several mistakes."""

    def __init__(
        self,
        rows: Iterable[Row],
        *,
        clamp: int = 1_000,
        window: int | None = WINDOW,
        envelope: Callable[[Row], Row] = lambda told: told,
        before: Callable[[Table, int], None] = lambda table, number: None,
        shuffled: bool = False,
        sorts: bool = True,
        refuses: int | None = None,
    ) -> None:
        self.rows = list(rows)
        self.clamp = clamp
        self.window = window
        self.envelope = envelope
        self.before = before
        self.shuffled = shuffled
        self.sorts = sorts
        self.refuses = refuses
        self.asked: list[Row] = []
        self.at_once = self.most_at_once = 0

    def chosen(self, asked: Row) -> list[Row]:
        found = self.rows
        conditions: Row = asked.get("filter") or {}
        for name, condition in conditions.items():
            operators = cast("Row", condition if isinstance(condition, dict) else {"=": condition})
            for sign, value in operators.items():
                holds = OPERATORS[sign]
                found = [row for row in found if holds(row[name], value)]
        if self.shuffled:  # depends on the request, so that the same request has the same answer
            source = Random(f"{asked['limit']} {asked['offset']} {asked.get('order_type')}")
            found = sorted(found, key=lambda _: source.random())
        if self.sorts:
            found = sorted(found, key=lambda row: row["created_at"], reverse=asked.get("order_type") == "desc")
        return found

    def answer(self, asked: Row) -> httpx.Response:
        self.before(self, len(self.asked))
        self.asked.append(asked)
        limit, offset = int(asked.get("limit", 20)), int(asked.get("offset", 0))
        if self.window is not None and limit + offset > self.window:
            return httpx.Response(500, json={"message": "Result window is too large"})
        if self.refuses is not None and limit > self.refuses:
            return httpx.Response(422, json={"message": "The limit is too large."})
        found = self.chosen(asked)
        page = found[offset : offset + min(limit, self.clamp)]
        told = {"data": page, "total": len(found), "limit": limit, "offset": offset}
        told["has_more"] = offset + len(page) < len(found)
        return httpx.Response(200, json=self.envelope(told))

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await anyio.sleep(0)
        self.at_once -= 1
        if request.method == "POST":
            return self.answer(json.loads(request.content))
        return self.answer(php_query(raw_query(request)))

    @property
    def grinfi(self) -> Grinfi:
        return Grinfi(
            KEY,
            base_url="http://127.0.0.1:1",
            transport=httpx.MockTransport(self),
            retry=RetryPolicy(max_attempts=1),
            rate_limiter=None,
        )

    @property
    def uuids(self) -> list[str]:
        return [row["uuid"] for row in self.rows]

    @property
    def offsets(self) -> list[int]:
        return [int(asked.get("offset", 0)) for asked in self.asked]


OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


Method = Callable[..., AsyncPaginator[Any]]
METHODS: dict[str, Callable[[Grinfi], Method]] = {
    "contacts.search": lambda grinfi: grinfi.contacts.search,
    "companies.list": lambda grinfi: grinfi.companies.list,
    "companies.search": lambda grinfi: grinfi.companies.search,
}
sliced = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
directions = pytest.mark.parametrize("direction", ["asc", "desc"])


async def collect(paginator: AsyncPaginator[Any]) -> list[str]:
    return [uuid_of(row) async for row in paginator]


def uuid_of(row: Any) -> str:
    return str((row.to_dict() if isinstance(row, Model) else row)["uuid"])


async def read_into(found: list[str], rows: AsyncIterable[Any]) -> None:
    async for row in rows:
        found.append(row.uuid)


def assert_exactly(found: list[str], expected: Iterable[str]) -> None:
    """Each row, and each once."""
    assert len(found) == len(set(found))
    assert set(found) == set(expected)


# One page, one row, all rows, how many


async def test_first_collect_and_count_are_cheap() -> None:
    table = Table(rows_of(250))
    lists = table.grinfi.lists
    first = await lists.list(offset=3).first()
    assert first is not None
    assert first.uuid == table.uuids[3]
    assert await lists.list(filter={"uuid": "none"}).first() is None
    assert [row.uuid for row in await lists.list(offset=1).collect(limit=30)] == table.uuids[1:31]
    assert await lists.list(offset=2).count() == 248
    assert [(int(asked["limit"]), int(asked["offset"])) for asked in table.asked] == [(1, 3), (1, 0), (30, 1), (1, 0)]
    assert await lists.list(offset=300).count() == 0
    assert await lists.list().collect(limit=0) == []
    assert [row.uuid for row in await lists.list().collect()] == table.uuids


async def test_count_reads_all_pages_if_the_server_sends_no_total() -> None:
    table = Table(rows_of(45), clamp=20, envelope=lambda told: {"data": told["data"]})
    assert await table.grinfi.lists.list(offset=5).count() == 40
    assert await table.grinfi.tags.list().count() == 20


@pytest.mark.usefixtures("true_sizes")
async def test_full_iterations_ask_for_large_pages() -> None:
    table = Table(rows_of(2_500), window=10_000)
    assert await collect(table.grinfi.lists.list()) == table.uuids
    assert [(asked["limit"], asked["offset"]) for asked in table.asked] == [
        ("1000", "0"),
        ("1000", "999"),
        ("1000", "1998"),
    ]


@pytest.mark.parametrize("given", [{"page_size": 40}, {"limit": 40}, {"page_size": 40, "limit": 7}], ids=str)
async def test_the_caller_chooses_the_page_size(given: dict[str, Any]) -> None:
    table = Table(rows_of(100))
    assert await collect(table.grinfi.contacts.search(**given)) == table.uuids
    assert [asked["limit"] for asked in table.asked] == [40, 40, 40]


async def test_the_awaited_page_keeps_the_limit_of_the_caller() -> None:
    table = Table(rows_of(100))
    assert len(await table.grinfi.contacts.search(limit=7, page_size=40)) == 7
    assert len(await table.grinfi.contacts.search(page_size=40)) == 20


@pytest.mark.usefixtures("true_sizes")
async def test_refused_large_pages_are_replaced_by_smaller_ones() -> None:
    table = Table(rows_of(250), refuses=100)
    assert await collect(table.grinfi.lists.list()) == table.uuids
    assert [asked["limit"] for asked in table.asked] == ["1000", "100", "100", "100"]
    with pytest.raises(GrinfiError, match="limit is too large"):
        await collect(table.grinfi.lists.list(page_size=200))


@pytest.mark.parametrize("direction", [None, "asc", "desc"])
@pytest.mark.parametrize("field", [None, "name"])
async def test_the_order_is_always_sent(direction: Any, field: str | None) -> None:
    table = Table(rows_of(3))
    given: Row = {name: value for name, value in (("order_type", direction), ("order_field", field)) if value}
    for paginator in (table.grinfi.contacts.search(**given), table.grinfi.lists.list(**given)):
        await paginator
        await paginator.first()
        await paginator.count()
        await collect(paginator)
    sent = {(asked["order_field"], asked["order_type"]) for asked in table.asked}
    assert sent == {(field or "created_at", direction or "asc")}


async def test_a_list_that_cannot_be_sorted_is_sent_no_order() -> None:
    table = Table(rows_of(3))
    await collect(table.grinfi.teams.list())
    assert table.asked[0].keys() == {"limit", "offset"}


async def test_paging_arguments_are_checked() -> None:
    await assert_refused("page_size", lambda it: collect(it.lists.list(page_size=0)))
    await assert_refused("prefetch", lambda it: collect(it.lists.list(prefetch=-1)))
    await assert_refused("limit", lambda it: it.lists.list().collect(limit=-1))


# How servers show the end


TOLD = ["total", "has_more", "has_more is always true", "nothing"]


@pytest.mark.parametrize(
    ("told", "clamp"),
    [
        *((told, clamp) for told in TOLD for clamp in (1, 2, 20)),
        # With fewer than 20 rows nothing would show that they are not the last ones.
        ("has_more is never true", 20),
    ],
)
async def test_clamped_limits_and_wrong_totals(told: str, clamp: int) -> None:
    def envelope(answer: Row) -> Row:
        data = {"data": answer["data"]}
        if told == "total":
            return {**data, "total": answer["total"], "has_more": False}
        if told == "has_more":
            return {**data, "has_more": answer["has_more"]}
        return data if told == "nothing" else {**data, "has_more": "always" in told}

    table = Table(rows_of(60), clamp=clamp, envelope=envelope)
    assert await collect(table.grinfi.automations.list_contacts()) == table.uuids


async def test_a_list_that_fits_one_page_takes_one_request() -> None:
    for told in ({"total": 15}, {"has_more": False}):
        table = Table(rows_of(15), envelope=lambda answer, told=told: {"data": answer["data"], **told})  # type: ignore[misc]
        assert await collect(table.grinfi.lists.list()) == table.uuids
        assert len(table.asked) == 1


async def test_a_list_that_stops_long_before_its_total_is_an_error() -> None:
    table = Table(rows_of(60), clamp=20, envelope=lambda told: {**told, "total": told["total"] + 21})
    with pytest.raises(GrinfiError, match="ended after 60 of 81 rows"):
        await collect(table.grinfi.lists.list())
    table = Table(rows_of(60), clamp=20, envelope=lambda told: {**told, "total": told["total"] + 3})
    assert await collect(table.grinfi.lists.list()) == table.uuids


async def test_a_total_below_the_rows_received_is_not_trusted() -> None:
    table = Table(rows_of(60), clamp=20, envelope=lambda told: {**told, "total": 0, "has_more": None})
    assert await collect(table.grinfi.lists.list()) == table.uuids


async def test_a_server_that_ignores_the_offset_is_an_error() -> None:
    table = Table(rows_of(60), clamp=20, envelope=lambda told: {**told, "data": table.rows[:20]})
    with pytest.raises(GrinfiError, match="answers every offset with the same 20 rows"):
        await collect(table.grinfi.lists.list())
    assert len(table.asked) < 5


@pytest.mark.parametrize("in_a_row", [True, False])
@pytest.mark.parametrize("told", [("total", "has_more"), ("total",), ("has_more",), ()])
@pytest.mark.parametrize(("page_size", "clamp"), [(10, 1_000), (30, 20), (100, 20)])
@pytest.mark.parametrize("count", [20, 38, 45])
async def test_a_server_that_sends_each_row_twice(
    in_a_row: bool, told: tuple[str, ...], page_size: int, clamp: int, count: int
) -> None:
    """More rows than `limit` come then, while its offset counts each once."""

    def envelope(answer: Row) -> Row:
        rows: list[Row] = answer["data"] * 2
        data = sorted(rows, key=rows.index) if in_a_row else rows
        return {"data": data, **{it: answer[it] for it in told}}

    for prefetch in (0, 2):
        table = Table(rows_of(count), clamp=clamp, envelope=envelope)
        rows = table.grinfi.automations.list_contacts(page_size=page_size, prefetch=prefetch)
        assert await collect(rows) == table.uuids
        rows = table.grinfi.automations.list_contacts(page_size=page_size, cursor=rows.cursor)
        assert await collect(rows) == []


@pytest.mark.parametrize("times", [2, 3])
async def test_a_server_that_counts_each_row_twice(times: int) -> None:
    """Such as one that joins tables: its offset and its total count what it repeats."""
    rows = rows_of(45)
    table = Table([row for row in rows for _ in range(times)], clamp=20, window=None)
    assert await collect(table.grinfi.automations.list_contacts()) == [row["uuid"] for row in rows]


async def test_a_server_whose_pages_omit_rows_is_an_error() -> None:
    def envelope(told: Row) -> Row:
        start = 2 * told["offset"]
        return {"data": table.rows[start : start + told["limit"]], "total": 400}

    table = Table(rows_of(400), envelope=envelope)
    with pytest.raises(GrinfiError, match="some of them may be missing"):
        await collect(table.grinfi.automations.list_contacts(page_size=10))
    assert len(table.asked) < 10


# Rows that move


async def test_rows_without_an_id_all_come() -> None:
    table = Table([{"created_at": "2026", "name": "same"}] * 50, clamp=20)
    assert [row.name async for row in table.grinfi.lists.list()] == ["same"] * 50


@directions
@pytest.mark.parametrize("step", [1, 19, 100])
@pytest.mark.parametrize("prefetch", [0, 3])
async def test_removed_rows_do_not_hide_others(direction: Any, step: int, prefetch: int) -> None:
    def remove(table: Table, number: int) -> None:
        if number in {3, 7, 12}:
            rows = table.rows if direction == "asc" else table.rows[::-1]
            gone.update(row["uuid"] for row in rows[:step])
            table.rows = [row for row in table.rows if row["uuid"] not in gone]

    gone: set[str] = set()
    rows = rows_of(1_000)
    table = Table(rows, clamp=20, before=remove)
    found = await collect(table.grinfi.lists.list(order_type=direction, prefetch=prefetch))
    assert len(found) == len(set(found))
    assert {row["uuid"] for row in rows} - set(found) <= gone
    assert set(table.uuids) <= set(found)


async def test_removing_the_rows_that_were_just_given_is_fine() -> None:
    """A caller that deletes row by row: reading returns to the start of the list each time."""
    table = Table(rows_of(200), clamp=20)
    found: list[str] = []
    async for row in table.grinfi.lists.list():
        found.append(row.uuid)
        table.rows = [other for other in table.rows if other["uuid"] != row.uuid]
    assert len(found) == len(set(found)) == 200


async def test_more_removed_rows_than_are_remembered_are_an_error() -> None:
    def remove(table: Table, number: int) -> None:
        if number == 40:
            table.rows = table.rows[1_500:]

    table = Table(rows_of(2_500), clamp=50, window=None, before=remove)
    with pytest.raises(GrinfiError, match="lost more than 1,000 rows during the iteration; read it again"):
        await collect(table.grinfi.automations.list_contacts())


async def test_few_rows_are_remembered() -> None:
    table = Table(rows_of(6_000), clamp=100)
    held: dict[int, int] = {}
    count = 0
    tracemalloc.start()
    try:
        async for _ in table.grinfi.contacts.search():
            count += 1
            if count in {3_000, 6_000}:
                held[count] = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert held[6_000] - held[3_000] < 200_000


@directions
async def test_added_rows_do_not_duplicate_others(direction: Any) -> None:
    def add(table: Table, number: int) -> None:
        if number % 3 == 2:
            table.rows += rows_of(7, random=Random(number))  # at the start, in the middle, and at the end
            newest = {"created_at": f"2027-01-01T00:00:{number:02}.000000Z"}
            table.rows.append({"uuid": str(uuid.UUID(int=number)), **newest})

    rows = rows_of(300)
    table = Table(rows, clamp=20, before=add)
    found = await collect(table.grinfi.lists.list(order_type=direction))
    assert len(found) == len(set(found))
    assert {row["uuid"] for row in rows} <= set(found)


@pytest.mark.parametrize("offset", [0, 7])
async def test_rows_of_one_time_are_all_found_if_their_order_changes(offset: int) -> None:
    """Sorted by a time that twenty rows share, as by databases that sort again for each page."""
    for seed in range(5):
        table = Table(rows_of(200, per_second=20, random=Random(seed)), clamp=30, shuffled=True)
        found = await collect(table.grinfi.contacts.search(offset=offset))
        assert len(found) == len(set(found))
        assert offset or len(found) == 200


async def test_an_order_that_changes_with_each_request_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_READINGS", 1)
    table = Table(rows_of(2_000, per_second=2_000), clamp=20, shuffled=True)
    with pytest.raises(GrinfiError, match="in another order each time"):
        await collect(table.grinfi.contacts.search())


# Beyond 10,000 rows


@sliced
@directions
async def test_reading_continues_beyond_the_window(method: Callable[[Grinfi], Method], direction: Any) -> None:
    table = Table(rows_of(2_500, per_second=3))
    found = await collect(method(table.grinfi)(order_type=direction))
    assert_exactly(found, table.uuids)
    # Time by time, in the requested order.
    assert {page.total async for page in method(table.grinfi)(order_type=direction).pages()} == {2_500}
    times = {row["uuid"]: row["created_at"] for row in table.rows}
    assert [times[one] for one in found] == sorted(times.values(), reverse=direction == "desc")
    assert len(table.asked) <= 60


@pytest.mark.usefixtures("true_sizes")
async def test_reading_continues_beyond_the_window_of_the_api() -> None:
    table = Table(rows_of(11_000), window=10_000)
    assert await collect(table.grinfi.contacts.search()) == table.uuids
    reached = [asked["offset"] + asked["limit"] for asked in table.asked if "filter" not in asked]
    assert max(reached) == 10_000


@directions
@pytest.mark.parametrize("told", [27, 19], ids=["microseconds", "seconds"])
async def test_borders_between_slices(direction: Any, told: int) -> None:
    """Slices end within a second that has 70 rows; a server that writes seconds compares more than it writes."""
    rows = rows_of(2_100, per_second=70)
    for number, row in enumerate(rows):
        row["created_at"] = f"{row['created_at'][:20]}{number % 70:06}Z"

    def shorten(answer: Row) -> Row:
        return {**answer, "data": [{**row, "created_at": row["created_at"][:told]} for row in answer["data"]]}

    table = Table(rows, envelope=shorten)
    assert_exactly(await collect(table.grinfi.contacts.search(order_type=direction)), table.uuids)


@directions
async def test_an_instant_with_more_rows_than_the_window(direction: Any) -> None:
    rows = rows_of(150) + [{**row, "created_at": "2026-06-01T00:00:00.000000Z"} for row in rows_of(2_300)]
    rows += [{**row, "created_at": "2026-07-01T00:00:00.000000Z"} for row in rows_of(50, random=Random(9))]
    for row in rows[:150]:
        row["uuid"] = str(uuid.uuid4())
    table = Table(rows)
    assert_exactly(await collect(table.grinfi.contacts.search(order_type=direction)), table.uuids)
    assert len(table.asked) < 60


@directions
async def test_a_second_with_more_rows_than_the_window(direction: Any) -> None:
    """The server writes seconds, compares microseconds, and counts no further than the window."""
    rows = rows_of(1_300, per_second=1_250)
    for number, row in enumerate(rows):
        row["created_at"] = f"{row['created_at'][:20]}{number:06}Z"

    def shorten(answer: Row) -> Row:
        data = [{**row, "created_at": row["created_at"][:19]} for row in answer["data"]]
        return {"data": data, "total": min(answer["total"], WINDOW)}

    table = Table(rows, envelope=shorten)
    assert_exactly(await collect(table.grinfi.contacts.search(order_type=direction)), table.uuids)


async def test_an_instant_whose_uuids_lie_close_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "WINDOW", 200)
    rows = [
        {"uuid": str(uuid.UUID(int=(0x0190 << 112) + number * 7)), "created_at": "2026-06-01T00:00:00.000000Z"}
        for number in range(500)
    ]
    table = Table(rows, window=200)
    assert_exactly(await collect(table.grinfi.companies.search()), table.uuids)
    assert len(table.asked) < 400


@pytest.mark.parametrize("filter", [{}, {"created_at": {">=": "2026-01-01T00:02:00Z", "<": "2026-01-01T00:20:00Z"}}])
@directions
async def test_slices_keep_the_filter_of_the_caller(filter: Row, direction: Any) -> None:
    rows = rows_of(1_300)
    for number, row in enumerate(rows):
        row["status"] = "kept" if number % 13 else "other"
    table = Table(rows)
    given = {"status": {"!=": "other"}, **filter}
    for paginator in (
        table.grinfi.contacts.search(filter=given, order_type=direction),
        table.grinfi.companies.list(filter=given, order_type=direction),
    ):
        assert_exactly(await collect(paginator), [row["uuid"] for row in table.chosen({"filter": given})])
    assert all(asked["filter"]["status"] == {"!=": "other"} for asked in table.asked)


async def test_an_offset_of_the_caller_counts_once() -> None:
    table = Table(rows_of(1_200))
    assert await collect(table.grinfi.contacts.search(offset=900)) == table.uuids[900:]
    table = Table(rows_of(1_200, per_second=1_100))
    with pytest.raises(ResultWindowError, match="offset=950 hides the first rows of a time"):
        await collect(table.grinfi.contacts.search(offset=950))
    with pytest.raises(ResultWindowError, match="leave it out"):
        await collect(table.grinfi.contacts.search(offset=1_500))


REFUSED: dict[str, tuple[Callable[[Grinfi], AsyncPaginator[Any]], str]] = {
    "no filter on created_at": (lambda it: it.tasks.list(), "cannot be filtered by created_at; narrow the filter"),
    "another order": (lambda it: it.contacts.search(order_field="uuid"), "sorted by uuid; sort it by created_at"),
    "not a null": (lambda it: it.contacts.search(filter={"created_at": "is_not_null"}), "created_at without a range"),
    "a list": (lambda it: it.companies.list(filter={"created_at": ["a"]}), "created_at without a range"),
}


@pytest.mark.parametrize(("call", "reason"), REFUSED.values(), ids=REFUSED)
async def test_a_list_that_cannot_continue_raises_before_the_failing_page(
    call: Callable[[Grinfi], AsyncPaginator[Any]], reason: str
) -> None:
    table = Table(rows_of(1_050))
    everything = table.rows
    table.chosen = lambda asked: everything  # type: ignore[method-assign]
    paginator = call(table.grinfi)
    found: list[str] = []
    with pytest.raises(ResultWindowError, match=reason) as caught:
        await read_into(found, paginator)
    assert found == table.uuids[:WINDOW]
    assert not isinstance(caught.value, ServerError)
    assert "A bulk export reads all rows, unordered; " in str(caught.value)
    assert "without_result_window()" in str(caught.value)
    assert max(table.offsets) < WINDOW
    with pytest.raises(ResultWindowError) as told:
        await collect(paginator.without_result_window())
    assert isinstance(told.value, ServerError)
    table.window = None
    assert await collect(paginator.without_result_window()) == table.uuids


async def test_contacts_of_automations_can_be_read_beyond_10_000() -> None:
    table = Table(rows_of(1_050), clamp=50, window=None)
    assert await collect(table.grinfi.automations.list_contacts()) == table.uuids


async def test_a_list_of_exactly_the_window_is_read() -> None:
    table = Table(rows_of(WINDOW))
    assert await collect(table.grinfi.tasks.list()) == table.uuids
    assert await collect(table.grinfi.contacts.search()) == table.uuids


async def test_a_total_capped_at_the_window_is_not_trusted() -> None:
    table = Table(rows_of(2_200), envelope=lambda told: {"data": told["data"], "total": min(told["total"], WINDOW)})
    assert await collect(table.grinfi.contacts.search()) == table.uuids


async def test_a_server_that_does_not_sort_is_an_error_before_a_row_is_lost() -> None:
    rows = rows_of(1_200)
    Random(5).shuffle(rows)
    table = Table(rows, sorts=False)
    with pytest.raises(GrinfiError, match="POST /leads/api/leads/search does not sort by created_at"):
        await collect(table.grinfi.contacts.search())
    table = Table(rows_of(1_200), envelope=lambda told: {**told, "data": [{"uuid": it["uuid"]} for it in told["data"]]})
    with pytest.raises(GrinfiError, match="has a row whose created_at is None"):
        await collect(table.grinfi.contacts.search())


async def test_a_server_that_does_not_filter_by_time_is_an_error() -> None:
    table = Table(rows_of(1_200))
    chosen = table.chosen
    table.chosen = lambda asked: chosen({**asked, "filter": {}})  # type: ignore[method-assign]
    with pytest.raises(GrinfiError, match="ignores the filter on created_at"):
        await collect(table.grinfi.contacts.search())


async def test_a_server_whose_later_than_includes_equal_times_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OPERATORS, ">", operator.ge)
    table = Table([*rows_of(1_100, per_second=1_100), *rows_of(50, random=Random(2))])
    with pytest.raises(GrinfiError, match="ignores the filter on created_at"):
        await collect(table.grinfi.contacts.search())


async def test_a_server_that_does_not_filter_by_uuid_is_an_error() -> None:
    table = Table(rows_of(1_200, per_second=1_200))
    chosen = table.chosen
    table.chosen = lambda asked: chosen({**asked, "filter": {}})  # type: ignore[method-assign]
    with pytest.raises(GrinfiError, match="cannot be filtered by uuid, to read all rows of the created_at 2026-01-01"):
        await collect(table.grinfi.contacts.search())
    with pytest.raises(ResultWindowError, match="a uuid without a range"):
        await collect(table.grinfi.contacts.search(filter={"uuid": ["a"]}))


@directions
@pytest.mark.parametrize("ties", [5, 7, 30])
async def test_rows_of_one_time_in_another_order_are_found_at_borders(direction: Any, ties: int) -> None:
    """Five fit the window exactly; of the others some of the last time lie beyond it."""
    table = Table(rows_of(2_100, per_second=ties), shuffled=True)
    assert_exactly(await collect(table.grinfi.contacts.search(order_type=direction)), table.uuids)


# Pages ahead


@pytest.mark.parametrize("prefetch", [1, 4, 50])
@directions
async def test_pages_read_ahead_come_in_order(prefetch: int, direction: Any) -> None:
    table = Table(rows_of(580), clamp=20)

    async def later_pages_first(request: httpx.Request) -> httpx.Response:
        for _ in range(50 - json.loads(request.content)["offset"] // 19):
            await anyio.sleep(0)
        return await table(request)

    client = Grinfi(
        KEY, base_url="http://127.0.0.1:1", transport=httpx.MockTransport(later_pages_first), rate_limiter=None
    )
    found = await collect(client.contacts.search(prefetch=prefetch, order_type=direction))
    assert found == (table.uuids if direction == "asc" else table.uuids[::-1])
    assert len(table.asked) == 31


async def test_pages_read_ahead_are_requested_concurrently() -> None:
    table = Table(rows_of(580), clamp=20)
    await collect(table.grinfi.contacts.search(prefetch=4))
    assert table.most_at_once == 5


async def test_pages_read_ahead_beyond_the_window() -> None:
    table = Table(rows_of(2_500, per_second=7))
    assert_exactly(await collect(table.grinfi.contacts.search(prefetch=5)), table.uuids)
    assert table.most_at_once == 6


async def test_reading_ahead_waits_for_the_total() -> None:
    table = Table(rows_of(300), clamp=20, envelope=lambda told: {"data": told["data"]})
    assert await collect(table.grinfi.contacts.search(prefetch=5)) == table.uuids
    assert table.most_at_once == 1


async def test_a_short_page_read_ahead_is_completed() -> None:
    def shorten(told: Row) -> Row:
        return {**told, "data": told["data"][: 10 if told["offset"] % 4 == 3 else None]}

    table = Table(rows_of(500), clamp=20, envelope=shorten)
    assert await collect(table.grinfi.contacts.search(prefetch=3)) == table.uuids


async def test_leaving_early_leaves_nothing_behind() -> None:
    table = Table(rows_of(3_000), clamp=100)
    async for row in table.grinfi.contacts.search(prefetch=9):
        if row.uuid == table.uuids[150]:
            break
    asked = len(table.asked)
    await anyio.wait_all_tasks_blocked()
    assert (len(table.asked), table.at_once, asked) == (11, 0, 11)


async def test_a_page_read_ahead_that_fails_raises_in_its_turn_and_is_requested_again() -> None:
    table = Table(rows_of(1_000), clamp=100)
    answer = table.answer
    failed: list[int] = []
    failing = 396

    def fail_once(asked: Row) -> httpx.Response:
        if asked["offset"] == failing and not failed:
            failed.append(1)
            return httpx.Response(503)
        return answer(asked)

    table.answer = fail_once  # type: ignore[method-assign]
    assert await collect(table.grinfi.contacts.search(prefetch=6)) == table.uuids
    failed.clear()
    failing = 99
    rows = aiter(table.grinfi.contacts.search(prefetch=3))
    found: list[str] = []
    with pytest.raises(ServerError):
        await read_into(found, rows)
    assert found + [row.uuid async for row in rows] == table.uuids


async def test_cancelling_ends_the_pages_in_flight() -> None:
    table = Table(rows_of(1_000), clamp=100)

    async def slow(request: httpx.Request) -> httpx.Response:
        response = await table(request)
        table.at_once += 1
        try:
            await anyio.sleep(0 if len(table.asked) == 1 else 60)
        finally:
            table.at_once -= 1
        return response

    client = Grinfi(KEY, base_url="http://127.0.0.1:1", transport=httpx.MockTransport(slow), rate_limiter=None)
    with anyio.move_on_after(0.05) as scope:
        await collect(client.contacts.search(prefetch=4))
    assert scope.cancelled_caught
    assert (table.at_once, len(table.asked)) == (0, 6)


# Cursors


async def read_until(paginator: AsyncPaginator[Any], count: int) -> list[str]:
    found: list[str] = []
    async for row in paginator:
        found.append(uuid_of(row))
        if len(found) == count:
            break
    return found


@pytest.mark.parametrize("stop", [1, 19, 20, 21, 50, 99, 100])
@pytest.mark.parametrize("resource", ["contacts", "lists", "teams"])
async def test_a_cursor_continues_after_any_row(stop: int, resource: str) -> None:
    table = Table([{**row, "id": number} for number, row in enumerate(rows_of(100))], clamp=20)
    method: Method = (
        getattr(table.grinfi, resource).search if resource == "contacts" else getattr(table.grinfi, resource).list
    )
    paginator = method()
    assert paginator.cursor is None
    before = [row async for row in _take(paginator, stop)]
    after = [row async for row in method(cursor=paginator.cursor)]
    assert before + after == [row async for row in method()]
    assert [row async for row in method(cursor=json.loads(paginator.cursor or ""))] == after
    asked = len(table.asked)
    again = method(cursor=paginator.cursor)
    await anext(aiter(again), None)
    assert len(table.asked) - asked <= 1


class _take:  # noqa: N801 - used as a function
    """The first rows of an iteration, which is then left."""

    def __init__(self, paginator: AsyncPaginator[Any], count: int) -> None:
        self.rows = aiter(paginator)
        self.count = count

    def __aiter__(self) -> _take:
        return self

    async def __anext__(self) -> Any:
        self.count -= 1
        if self.count < 0:
            raise StopAsyncIteration
        return await anext(self.rows)


@pytest.mark.parametrize("stop", [998, 999, 1_000, 1_001, 1_030, 2_010])
@directions
async def test_a_cursor_at_the_border_of_slices(stop: int, direction: Any) -> None:
    table = Table(rows_of(2_100, per_second=40))
    paginator = table.grinfi.contacts.search(order_type=direction)
    before = await read_until(paginator, stop)
    after = await collect(table.grinfi.contacts.search(order_type=direction, cursor=paginator.cursor))
    assert_exactly(before + after, table.uuids)


@pytest.mark.parametrize("stop", [90, 110, 900, 1_200, 2_290, 2_320])
async def test_a_cursor_within_an_instant_that_is_split(stop: int) -> None:
    rows = [*rows_of(100), *rows_of(2_200, per_second=2_200, random=Random(2)), *rows_of(50, random=Random(3))]
    for number, row in enumerate(rows):
        row["created_at"] = f"2026-01-0{1 + (number >= 100) + (number >= 2_300)}T00:00:00.000000Z"
    table = Table(rows)
    paginator = table.grinfi.contacts.search()
    before = await read_until(paginator, stop)
    after = await collect(table.grinfi.contacts.search(cursor=paginator.cursor))
    assert set(before) | set(after) == set(table.uuids)
    assert len(before + after) - len(rows) <= 100


async def test_a_cursor_of_pages_and_of_the_end() -> None:
    table = Table(rows_of(50), clamp=20)
    paginator = table.grinfi.lists.list()
    pages = paginator.pages()
    assert len(await anext(pages)) == 20
    assert await collect(table.grinfi.lists.list(cursor=paginator.cursor)) == table.uuids[20:]
    async for _ in pages:
        pass
    assert json.loads(paginator.cursor or "")["done"]
    asked = len(table.asked)
    assert await collect(table.grinfi.lists.list(cursor=paginator.cursor)) == []
    assert len(table.asked) == asked
    resumed = table.grinfi.lists.list(cursor=paginator.cursor)
    assert resumed.cursor == paginator.cursor


@pytest.mark.parametrize("gone", [1, 15, 60])
async def test_a_cursor_whose_row_is_gone_repeats_at_most_one_page(gone: int) -> None:
    table = Table(rows_of(200), clamp=20)
    paginator = table.grinfi.lists.list()
    before = await read_until(paginator, 110)
    table.rows = table.rows[: 110 - gone] + table.rows[110:]
    after = await collect(table.grinfi.lists.list(cursor=paginator.cursor))
    if gone < 20:
        assert set(before) | set(after) == {*before, *table.uuids}
    assert len(set(before) & set(after)) <= 20


async def test_a_cursor_finds_its_row_where_it_has_moved_to() -> None:
    for shift in (-60, -5, 5, 60):
        table = Table(rows_of(400), clamp=20)
        paginator = table.grinfi.lists.list()
        before = await read_until(paginator, 110)
        expected = table.uuids[110:]
        if shift < 0:
            table.rows = table.rows[-shift:]
        else:
            early = [{**row, "created_at": "2020-01-01T00:00:00Z"} for row in rows_of(shift, random=Random(77))]
            table.rows = early + table.rows
        after = await collect(table.grinfi.lists.list(cursor=paginator.cursor))
        assert after[-len(expected) :] == expected
        assert len(set(before) & set(after)) == 0


async def test_one_is_the_only_row() -> None:
    table = Table(rows_of(3))
    lists = table.grinfi.lists
    assert (await lists.list(offset=2).one()).uuid == table.uuids[2]
    with pytest.raises(NotOneRowError, match=r"^lists\.list has more than one row, but"):
        await lists.list().one()
    with pytest.raises(NotOneRowError, match=r"^lists\.list has no row, but"):
        await lists.list(filter={"uuid": "none"}).one()


async def test_a_cursor_looks_first_where_new_rows_push_its_row() -> None:
    table = Table(rows_of(900), clamp=20)
    paginator = table.grinfi.lists.list(order_type="desc")
    before = await read_until(paginator, 510)
    table.rows += [{**row, "created_at": "2027-01-01T00:00:00Z"} for row in rows_of(60, random=Random(77))]
    table.asked.clear()
    row = await table.grinfi.lists.list(order_type="desc", cursor=paginator.cursor).first()
    assert row is not None
    assert row.uuid == rows_of(900)[-511]["uuid"]
    assert len(before) == 510
    assert len(table.asked) <= 5


def new_rows(number: int) -> list[Row]:
    return [{**row, "created_at": "2027-01-01T00:00:00.000000Z"} for row in rows_of(number, random=Random(number))]


async def test_contacts_of_automations_are_read_newest_first_while_new_ones_come() -> None:
    def grow(table: Table, number: int) -> None:
        if number in {2, 5}:
            table.rows += new_rows(30 + number)

    table = Table(rows_of(WINDOW + 400), clamp=20, window=None, before=grow)
    newest_first = table.uuids[::-1]
    contacts = table.grinfi.automations.list_contacts(order_field="created_at", order_type="desc")
    assert await collect(contacts) == newest_first
    assert {(asked["order_field"], asked["order_type"]) for asked in table.asked} == {("created_at", "desc")}


async def test_contacts_of_automations_are_read_down_to_the_mark_of_the_last_time() -> None:
    table = Table(rows_of(WINDOW + 400), clamp=20, window=None)
    mark = table.rows[-1]["created_at"]
    table.rows += new_rows(45)
    found: list[str] = []
    async for row in table.grinfi.automations.list_contacts(order_type="desc"):
        if row["created_at"] <= mark:
            break
        found.append(row["uuid"])
    assert_exactly(found, table.uuids[-45:])
    assert len(table.asked) <= 4


async def test_reading_newest_first_resumes_from_a_cursor() -> None:
    table = Table(rows_of(WINDOW + 400), clamp=20, window=None)
    newest_first = table.uuids[::-1]
    paginator = table.grinfi.automations.list_contacts(order_type="desc")
    before = await read_until(paginator, 510)
    table.rows += new_rows(60)
    after = await collect(table.grinfi.automations.list_contacts(order_type="desc", cursor=paginator.cursor))
    assert before + after == newest_first


async def test_a_cursor_belongs_to_its_call() -> None:
    table = Table(rows_of(50), clamp=20)
    paginator = table.grinfi.contacts.search(filter={"uuid": {">=": ""}}, offset=2)
    await read_until(paginator, 3)
    cursor = paginator.cursor
    assert cursor is not None
    for given, name in (
        ({"offset": 2}, "filter"),
        ({"filter": {"uuid": {">=": ""}}}, "offset"),
        ({"filter": {"uuid": {">=": ""}}, "offset": 2, "order_type": "desc"}, "order_type"),
    ):
        await assert_refused(
            "cursor",
            lambda it, given=given: collect(it.contacts.search(**given, cursor=cursor)),  # type: ignore[misc]
            match=f"made with another {name};",
        )
    await assert_refused(
        "cursor", lambda it: collect(it.lists.list(cursor=cursor)), match="is a cursor of searchContacts"
    )
    same: Row = {"filter": {"uuid": {">=": ""}}, "offset": 2, "order_type": "asc"}
    again = table.grinfi.contacts.search(**same, cursor=cursor, limit=7)
    assert await collect(again) == table.uuids[5:]
    with pytest.raises(InvalidArgumentError, match="await cannot start at a cursor"):
        await again
    with pytest.raises(InvalidArgumentError, match=r"count\(\) cannot start at a cursor"):
        await again.count()
    first = await again.first()
    assert first is not None
    assert first.uuid == table.uuids[5]


DAMAGES: list[Callable[[Row], Any]] = [
    lambda told: "{",
    lambda told: "[]",
    lambda told: "7",
    lambda told: {},
    lambda told: {**told, "position": -1},
    lambda told: {**told, "position": "3"},
    lambda told: {**told, "more": 1},
    lambda told: {**told, "last": 4},
    lambda told: {**told, "part": {"low": "x"}},
    lambda told: {**told, "part": None},
]


@pytest.mark.parametrize("change", DAMAGES, ids=range(len(DAMAGES)))
async def test_a_damaged_cursor_is_refused(change: Callable[[Row], Any]) -> None:
    paginator = Table(rows_of(50)).grinfi.lists.list()
    await read_until(paginator, 3)
    damaged = change(json.loads(paginator.cursor or ""))
    await assert_refused("cursor", lambda it: collect(it.lists.list(cursor=damaged)), match="is not a cursor")


# The sandbox


@pytest.mark.parametrize("behaviour", ["published", "observed"])
async def test_the_sandbox_is_read_completely(behaviour: Any) -> None:
    async with (
        Sandbox(sockets=False, behaviour=behaviour) as sandbox,
        Grinfi(sandbox.key, base_url=sandbox.url, transport=sandbox.transport, rate_limiter=None) as grinfi,
    ):
        everyone = await grinfi.lists.create(name="Everyone")
        assert everyone.uuid
        for number in range(150):
            await grinfi.contacts.upsert(lead={"linkedin_id": f"person-{number}"}, list_uuid=everyone.uuid)
        paginator = grinfi.contacts.search(filter={"list_uuid": everyone.uuid}, prefetch=2, page_size=40)
        found = [contact.linkedin async for contact in paginator]
        assert found == [f"person-{number}" for number in range(150)]
        assert await paginator.count() == 150
        latest = await grinfi.contacts.search(order_type="desc").first()
        assert latest is not None
        assert latest.linkedin == "person-149"
        async for contact in grinfi.contacts.search(page_size=30):
            if contact.linkedin == "person-70":
                break
