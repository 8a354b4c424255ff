"""Lists: one page by await, every row by async for, for all kinds of page information."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from grinfi_async import AsyncPaginator, DecodeError, Grinfi, GrinfiError, Tag
from tests.sdk.helpers import Server, answering, raw_query

pytestmark = pytest.mark.anyio

ROWS = [{"uuid": str(number)} for number in range(45)]
Envelope = Callable[[list[Any], int, int], Any]


def paged(envelope: Envelope, *, rows: list[Any] = ROWS, clamp: int = 20) -> Server:
    """A server with rows, which answers with at most `clamp` of them for any limit."""

    def answer(request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content) if request.method == "POST" else dict(raw_query(request))
        offset, limit = int(asked.get("offset", 0)), min(int(asked.get("limit", 20)), clamp)
        return httpx.Response(200, json=envelope(rows[offset : offset + limit], offset, limit))

    return Server(answer)


def _more(rows: list[Any], offset: int) -> bool:
    return offset + len(rows) < len(ROWS)


SILENT = {"neither", "null", "nonsense", "empty object at the end", "array"}
"""Envelopes that do not show the end of the rows, so that finding it takes one more request."""
ENVELOPES: dict[str, Envelope] = {
    "all": lambda r, o, n: {"data": r, "limit": n, "offset": o, "total": 45, "has_more": _more(r, o)},
    "total": lambda r, o, n: {"data": r, "limit": 500, "offset": o, "total": 45},
    "total as text": lambda r, o, n: {"data": r, "total": "45"},
    "has_more": lambda r, o, n: {"data": r, "has_more": _more(r, o)},
    "has_more as number": lambda r, o, n: {"data": r, "has_more": int(_more(r, o))},
    "nested has_more": lambda r, o, n: {"data": r, "pagination": {"has_more": _more(r, o)}},
    "nested total": lambda r, o, n: {"data": r, "pagination": {"total": 45, "limit": n}},
    "neither": lambda r, o, n: {"data": r},
    "null": lambda r, o, n: {"data": r, "total": None, "has_more": None, "pagination": None},
    "nonsense": lambda r, o, n: {"data": r, "total": -1, "has_more": "maybe", "pagination": []},
    "empty object at the end": lambda r, o, n: {"data": r or {}},
    "array": lambda r, o, n: r,
}
Method = Callable[..., AsyncPaginator[Any]]


def by_query(grinfi: Grinfi, **given: Any) -> AsyncPaginator[Any]:
    return grinfi.lists.list(**given)


def by_body(grinfi: Grinfi, **given: Any) -> AsyncPaginator[Any]:
    return grinfi.contacts.search(**given)


envelopes = pytest.mark.parametrize("envelope", ENVELOPES.values(), ids=ENVELOPES)
methods = pytest.mark.parametrize("method", [by_query, by_body])


async def collect(paginator: AsyncPaginator[Any]) -> list[str]:
    return [row.uuid async for row in paginator]


async def test_await_gives_one_page() -> None:
    server = paged(ENVELOPES["all"])
    page = await server.client().contacts.search(limit=3, offset=1)
    assert (len(page), [row.uuid for row in page], page[0].uuid, page[-1].uuid) == (3, ["1", "2", "3"], "1", "3")
    assert (page.total, page.has_more, page.limit, page.offset) == (45, True, 3, 1)
    assert [row.uuid for row in page[1:]] == ["2", "3"]
    assert server.body == {"limit": 3, "offset": 1, "order_field": "created_at", "order_type": "asc"}


async def test_a_page_has_none_where_the_server_sends_nothing() -> None:
    page = await paged(ENVELOPES["neither"]).client().lists.list()
    assert (len(page), page.total, page.has_more, page.limit, page.offset) == (20, None, None, None, None)


@pytest.mark.parametrize("name", ENVELOPES)
@methods
async def test_async_for_gives_every_row_once(name: str, method: Method) -> None:
    server = paged(ENVELOPES[name])
    assert await collect(method(server.client())) == [row["uuid"] for row in ROWS]
    assert len(server.requests) == (4 if name in SILENT else 3)


@envelopes
@methods
async def test_async_for_advances_by_the_rows_received(envelope: Envelope, method: Method) -> None:
    server = paged(envelope, clamp=7)
    assert await collect(method(server.client(), limit=500)) == [row["uuid"] for row in ROWS]
    # Of the 7 rows of a page the first one is that which the page before ended with.
    assert len(server.requests) in {8, 9}


@methods
async def test_async_for_starts_at_the_offset(method: Method) -> None:
    for envelope in (ENVELOPES["all"], ENVELOPES["neither"]):
        assert await collect(method(paged(envelope).client(), limit=2, offset=41)) == ["41", "42", "43", "44"]


@pytest.mark.parametrize("value", [{"data": [], "total": 0}, {"data": []}, {"data": {}}, []], ids=str)
async def test_async_for_over_no_rows(value: Any) -> None:
    server = answering(value)
    assert await collect(server.client().lists.list()) == []
    assert len(server.requests) == 1


async def test_the_other_arguments_are_sent_with_every_page() -> None:
    server = paged(ENVELOPES["all"])
    await collect(server.client().lists.list(limit=15, offset=0, order_type="asc", filter={"uuid": ["a", "b"]}))
    kept = [("filter[uuid][]", "a"), ("filter[uuid][]", "b"), ("order_field", "created_at"), ("order_type", "asc")]
    assert [raw_query(request) for request in server.requests] == [
        [*kept, ("limit", "15"), ("offset", offset)] for offset in ("0", "14", "28", "42")
    ]
    server = paged(ENVELOPES["all"])
    await collect(server.client().contacts.search(limit=25, filter={"a": 1}, offset=10, order_type="desc"))
    order = {"order_field": "created_at", "order_type": "desc"}
    assert [json.loads(request.content) for request in server.requests] == [
        {"limit": 25, "filter": {"a": 1}, "offset": 10, **order},
        {"limit": 25, "filter": {"a": 1}, "offset": 29, **order},
    ]


async def test_no_request_is_sent_before_it_is_needed() -> None:
    server = paged(ENVELOPES["all"])
    rows = aiter(server.client().lists.list())
    assert server.requests == []
    for _ in range(20):
        await anext(rows)
    assert len(server.requests) == 1
    await anext(rows)
    assert len(server.requests) == 2


@methods
async def test_a_paginator_can_be_used_again(method: Method) -> None:
    paginator = method(paged(ENVELOPES["total"]).client(), limit=10)
    assert await collect(paginator) == await collect(paginator) == [row["uuid"] for row in ROWS]
    assert len(await paginator) == len(await paginator) == 10


async def test_two_iterations_at_once_do_not_disturb_each_other() -> None:
    paginator = paged(ENVELOPES["neither"]).client().lists.list(limit=2)
    one, two = aiter(paginator), aiter(paginator)
    both = [((await anext(one)).uuid, (await anext(two)).uuid) for _ in range(5)]
    assert both == [(str(number), str(number)) for number in range(5)]


async def test_leaving_early_and_changing_rows_is_fine() -> None:
    server = paged(ENVELOPES["neither"])
    async for row in server.client().lists.list():
        row.name = "changed"
        break
    assert len(server.requests) == 1


async def test_pages() -> None:
    for name in ("all", "neither"):
        pages = [page async for page in paged(ENVELOPES[name]).client().lists.list(limit=20).pages()]
        assert [len(page) for page in pages] == [20, 19, 6]


async def test_changing_a_page_does_not_disturb_its_successors() -> None:
    seen: list[Any] = []
    async for page in paged(ENVELOPES["neither"]).client().lists.list(limit=20).pages():
        seen += page.data
        page.data.clear()
    assert len(seen) == 45


async def test_an_iteration_continues_after_a_failure() -> None:
    failing = paged(ENVELOPES["all"])
    answer = failing.answers[0]
    failing.answers = (answer, httpx.Response(503), answer)
    rows = aiter(failing.client().lists.list())
    first = [(await anext(rows)).uuid for _ in range(20)]
    with pytest.raises(GrinfiError):
        await anext(rows)
    assert first + [row.uuid async for row in rows] == [row["uuid"] for row in ROWS]


# Lists that take no offset


@pytest.mark.parametrize("value", [{"data": ROWS}, ROWS, {"data": ROWS, "total": 45, "has_more": False}], ids=range(3))
async def test_a_list_without_paging_is_read_in_one_request(value: Any) -> None:
    server = answering(value)
    tags = [tag async for tag in server.client().tags.list()]
    assert tags == [Tag(uuid=row["uuid"]) for row in ROWS]
    assert raw_query(server.request) == []


@pytest.mark.parametrize("told", [{"total": 46}, {"has_more": True}], ids=str)
async def test_a_list_without_paging_warns_of_missing_rows(told: dict[str, Any]) -> None:
    server = answering({"data": ROWS, **told})
    rows = aiter(server.client().tags.list())
    for _ in ROWS:
        await anext(rows)
    with pytest.raises(GrinfiError, match=r"GET /leads/api/tags has more rows.*takes no offset"):
        await anext(rows)
    assert len(server.requests) == 1


# Servers that ignore the offset


async def test_a_short_list_of_a_server_that_ignores_the_offset_is_read_once() -> None:
    server = answering({"data": ROWS[:7]})
    assert await collect(server.client().custom_fields.list()) == [str(number) for number in range(7)]
    assert len(server.requests) == 2


@pytest.mark.parametrize("told", [{"total": 4500}, {"has_more": True}, {}], ids=str)
async def test_reading_ends_when_a_server_ignores_the_offset(told: dict[str, Any]) -> None:
    server = answering({"data": ROWS[:20], **told})
    with pytest.raises(GrinfiError, match="answers every offset with the same 20 rows"):
        await collect(server.client().lists.list(limit=20))
    assert len(server.requests) == 3


async def test_the_same_page_may_come_twice_by_chance() -> None:
    pages: list[Any] = [{"data": ROWS[:1]}, {"data": ROWS[:1]}, {"data": ROWS[1:2]}, {"data": []}]
    server = Server(*(httpx.Response(200, json=page) for page in pages))
    assert await collect(server.client().lists.list(limit=1)) == ["0", "1"]


# Answers that are not lists


@pytest.mark.parametrize("second", [httpx.Response(200, json={"oops": 1}), httpx.Response(200, text="<html>")])
async def test_an_unreadable_later_page_is_an_error_not_the_end(second: httpx.Response) -> None:
    server = Server(httpx.Response(200, json={"data": ROWS[:20], "total": 45}), second)
    with pytest.raises(DecodeError, match="GET /leads/api/lists answered 200"):
        await collect(server.client().lists.list())


def test_arguments_are_checked_before_anything_is_awaited() -> None:
    grinfi: Grinfi = Server().client()
    with pytest.raises(ValueError, match="offset"):
        grinfi.lists.list(offset=-1)
