"""Paths that the description does not have: `request` and `paginate`, against servers that behave badly."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl

import pytest

from grinfi_async import (
    APIStatusError,
    AsyncPaginator,
    DecodeError,
    F,
    Grinfi,
    GrinfiError,
    Hooks,
    InvalidArgumentError,
    NotFoundError,
    RequestEvent,
    ResultWindowError,
    RetryPolicy,
    ServerError,
    to_records,
)
from grinfi_sandbox import Sandbox
from tests.sdk.helpers import KEY, assert_refused, php_query

pytestmark = pytest.mark.anyio

Row = dict[str, Any]
Answer = tuple[int, Any]


class ListServer:
    """A server on a socket, with a list at every path. It can do several things wrong."""

    def __init__(
        self,
        rows: list[Any],
        *,
        clamp: int = 1_000,
        window: int | None = None,
        known: set[str] | None = None,
        envelope: Callable[[list[Any], int], Any] = lambda page, total: {"data": page, "total": total},
        failures: list[Answer] | None = None,
        before: Callable[[list[Any], int], None] = lambda rows, number: None,
    ) -> None:
        self.rows = rows
        self.clamp = clamp
        self.window = window
        self.known = known
        self.envelope = envelope
        self.failures = failures or []
        self.before = before
        self.asked: list[tuple[str, Row]] = []
        self.url = ""

    def answer(self, line: str, asked: Row) -> Answer:
        if self.failures:
            return self.failures.pop(0)
        self.before(self.rows, len(self.asked))
        self.asked.append((line, asked))
        if self.known is not None and not asked.keys() <= self.known:
            return 500, {"message": "wrong field passed"}
        limit, offset = int(asked.get("limit", 20)), int(asked.get("offset", 0))
        if self.window is not None and limit + offset > self.window:
            return 500, {"message": "Result window is too large"}
        return 200, self.envelope(self.rows[offset : offset + min(limit, self.clamp)], len(self.rows))

    def offsets(self) -> list[int]:
        return [int(asked.get("offset", 0)) for _, asked in self.asked]


@contextmanager
def serving(server: ListServer) -> Generator[Grinfi]:
    """A client of the server, which listens on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet

        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            asked = json.loads(body) if body else php_query(parse_qsl(query, keep_blank_values=True))
            status, value = server.answer(f"{self.command} {path}", asked)
            content = value if isinstance(value, bytes) else json.dumps(value).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - the names that http.server asks for

        def log_message(self, format: str, *args: object) -> None: ...

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    thread = Thread(target=listener.serve_forever, args=(0.01,))
    thread.start()
    retry = RetryPolicy(max_attempts=3, first_delay=0.001)
    try:
        yield Grinfi(KEY, base_url=f"http://127.0.0.1:{listener.server_port}", rate_limiter=None, retry=retry)
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()


def rows_of(count: int) -> list[Row]:
    return [{"uuid": f"u-{number}", "n": number} for number in range(count)]


def numbers(rows: list[Row]) -> list[int]:
    return [row["n"] for row in rows]


def list_of(grinfi: Grinfi, method: str, **given: Any) -> AsyncPaginator[Row]:
    return grinfi.paginate(method, "/new/api/things", **given)


methods = pytest.mark.parametrize("method", ["GET", "POST"])

BADLY: dict[str, Callable[[], ListServer]] = {
    "has a total": lambda: ListServer(rows_of(45)),
    "clamps": lambda: ListServer(rows_of(45), clamp=20),
    "clamps without a total": lambda: ListServer(rows_of(45), clamp=20, envelope=lambda page, _: {"data": page}),
    "count for total": lambda: ListServer(
        rows_of(45), clamp=20, envelope=lambda page, total: {"data": page, "count": total}
    ),
    "count of the page": lambda: ListServer(
        rows_of(45), clamp=20, envelope=lambda page, _: {"data": page, "count": len(page)}
    ),
    "bare array": lambda: ListServer(rows_of(45), clamp=20, envelope=lambda page, _: page),
    "pagination": lambda: ListServer(
        rows_of(45), clamp=7, envelope=lambda page, total: {"data": page, "pagination": {"total": str(total)}}
    ),
    "500 to unknown keys": lambda: ListServer(rows_of(45), clamp=20, known={"limit", "offset"}),
    "rows twice": lambda: ListServer([row for row in rows_of(45) for _ in "12"], clamp=21),
    "empty object at the end": lambda: ListServer(rows_of(40), clamp=20, envelope=lambda page, _: {"data": page or {}}),
}


@methods
@pytest.mark.parametrize("badly", BADLY.values(), ids=BADLY)
async def test_every_row_comes_once(method: str, badly: Callable[[], ListServer]) -> None:
    server = badly()
    with serving(server) as grinfi:
        async with grinfi:
            assert numbers(await list_of(grinfi, method).collect()) == list(range(server.rows[-1]["n"] + 1))
            assert [line for line, _ in server.asked] == [f"{method} /new/api/things"] * len(server.asked)
            assert await list_of(grinfi, method).count() == len(server.rows)


@methods
async def test_every_row_comes_once_while_others_are_added(method: str) -> None:
    def add(rows: list[Any], number: int) -> None:
        rows.insert(0, {"id": -number - 1, "n": -number - 1})

    server = ListServer([{"id": n, "n": n} for n in range(60)], clamp=20, before=add)
    with serving(server) as grinfi:
        async with grinfi:
            found = numbers(await list_of(grinfi, method, prefetch=2).collect())
    assert [n for n in found if n >= 0] == list(range(60))
    assert len(found) == len(set(found))


async def test_rows_without_an_id_all_come_and_wrapped_rows_are_identified_by_their_content() -> None:
    twins: list[Row] = [{"day": n // 2} for n in range(9)]
    wrapped: list[Row] = [{"lead": {"uuid": str(n)}, "n": n} for n in range(9)]
    for rows in (twins, wrapped):
        with serving(ListServer(rows, clamp=4)) as grinfi:
            async with grinfi:
                assert await list_of(grinfi, "GET").collect() == rows


async def test_other_arguments_go_out_with_every_page() -> None:
    server = ListServer(rows_of(45), clamp=20)
    filter = (F.status == "failed") & F.kind.in_(["a", "b"]) & (F.unchecked("x") >= 3)
    with serving(server) as grinfi:
        async with grinfi:
            await list_of(grinfi, "GET", params={"filter": filter, "sort": "name"}).collect()
            await list_of(grinfi, "GET", params=[("filter", json.dumps({"status": "failed"}))]).first()
            await list_of(grinfi, "POST", json={"filter": filter, "limit": 30}, params={"team": 7}).collect()
    bracketed = {"filter": {"status": "failed", "kind": ["a", "b"], "x": {">=": "3"}}, "sort": "name"}
    got = [{key: value for key, value in asked.items() if key not in {"limit", "offset"}} for _, asked in server.asked]
    assert got[:3] == [bracketed] * 3
    assert json.loads(got[3]["filter"]) == {"status": "failed"}
    assert got[4:] == [{"filter": {"status": "failed", "kind": ["a", "b"], "x": {">=": 3}}}] * (len(got) - 4)
    assert [asked["limit"] for _, asked in server.asked] == ["1000"] * 3 + ["1"] + [30] * (len(got) - 4)


async def test_it_has_everything_that_lists_have() -> None:
    server = ListServer(rows_of(45), clamp=20)
    with serving(server) as grinfi:
        async with grinfi:
            things = list_of(grinfi, "GET", params={"limit": 5, "offset": 3})
            page = await things
            assert (numbers(page.data), page.total) == ([3, 4, 5, 6, 7], 45)
            assert server.asked[-1][1] == {"limit": "5", "offset": "3"}
            assert page.to_records() == to_records(page.data) == page.data
            assert await things.count() == 42
            assert await things.first() == {"uuid": "u-3", "n": 3}
            assert numbers(await things.collect(limit=2)) == [3, 4]
            assert [len(page) async for page in list_of(grinfi, "GET", page_size=15).pages()] == [15, 14, 14, 2]
            server.asked.clear()
            ahead = list_of(grinfi, "POST", page_size=10, prefetch=3)
            assert numbers(await ahead.collect()) == list(range(45))
            read = list_of(grinfi, "POST", page_size=10)
            async for row in read:
                if row["n"] == 17:
                    break
            cursor = read.cursor
            assert numbers(await list_of(grinfi, "POST", page_size=10, cursor=cursor).collect()) == list(range(18, 45))
            for method, params in (("GET", {}), ("POST", {"a": 1})):
                with pytest.raises(InvalidArgumentError, match="cursor"):
                    list_of(grinfi, method, params=params, cursor=cursor)
            wrong: Any = read
            with pytest.raises(TypeError, match=r"async for row in grinfi\.paginate\(\.\.\.\)"):
                iter(wrong)


async def test_a_server_without_limit_and_offset() -> None:
    server = ListServer(rows_of(8), known={"object"})
    with serving(server) as grinfi:
        async with grinfi:
            with pytest.raises(ServerError):
                await list_of(grinfi, "GET", params={"object": "lead"}).collect()
            every = list_of(grinfi, "GET", params={"object": "lead"}, paging="none")
            assert numbers(await every.collect()) == list(range(8))
            assert server.asked[-1][1] == {"object": "lead"}


async def test_a_post_whose_limit_goes_into_the_query() -> None:
    server = ListServer(rows_of(3))
    server.answer = lambda line, asked: (200, {"data": [{"sent": line, "body": asked}], "total": 1})  # type: ignore[method-assign]
    with serving(server) as grinfi:
        async with grinfi:
            [row] = await list_of(grinfi, "POST", json={"a": 1}, paging="query").collect()
    assert row["body"] == {"a": 1}


async def test_beyond_the_rows_that_the_api_reads_in_one_list() -> None:
    with serving(ListServer(rows_of(10_050), window=10_000)) as grinfi:
        async with grinfi:
            things = list_of(grinfi, "GET")
            with pytest.raises(ResultWindowError, match="GET /new/api/things has more rows"):
                await things.collect()
            assert things.cursor is not None
            assert json.loads(things.cursor)["rows"] == 10_000
    with serving(ListServer(rows_of(10_050))) as grinfi:
        async with grinfi:
            assert numbers(await list_of(grinfi, "GET").without_result_window().collect()) == list(range(10_050))


NO_LISTS: list[tuple[Callable[[list[Any], int], Any], str]] = [
    (lambda page, _: {"items": page}, "neither a list nor an object with a list under 'data'"),
    (lambda page, total: [f"{row} of {total}" for row in page], "entry 0 of the body is a JSON string"),
]


@pytest.mark.parametrize(("envelope", "match"), NO_LISTS)
async def test_an_answer_that_is_not_a_list_of_rows_is_an_error(
    envelope: Callable[[list[Any], int], Any], match: str
) -> None:
    with serving(ListServer(rows_of(3), envelope=envelope)) as grinfi:
        async with grinfi:
            with pytest.raises(DecodeError, match=match):
                await list_of(grinfi, "GET").collect()


async def test_a_server_that_ignores_the_offset_is_an_error() -> None:
    server = ListServer(rows_of(20), envelope=lambda page, _: {"data": rows_of(20), "has_more": True})
    with serving(server) as grinfi:
        async with grinfi:
            with pytest.raises(GrinfiError, match="answers every offset with the same 20 rows"):
                await list_of(grinfi, "GET").collect()


FAILURES: list[Answer] = [(502, {}), (503, {}), (500, {}), (200, b"<html>")]


@pytest.mark.parametrize("failure", FAILURES)
async def test_pages_are_reads_by_default(failure: Answer) -> None:
    server = ListServer(rows_of(3), failures=[failure])
    with serving(server) as grinfi:
        async with grinfi:
            assert numbers(await list_of(grinfi, "POST").collect()) == [0, 1, 2]
            server.failures = [failure]
            with pytest.raises(GrinfiError, match="may have been applied"):
                await list_of(grinfi, "POST", retry_class="write").collect()
            assert server.failures == []


# Repetitions, by the table of `RetryPolicy`: status, retry class, whether the request is repeated.
REPEATED: list[tuple[str, int, Any, bool]] = [
    ("POST", 503, None, False),
    ("POST", 503, "write", False),
    ("POST", 503, "idempotent", True),
    ("POST", 503, "read", True),
    ("POST", 500, "idempotent", False),
    ("POST", 500, "read", True),
    ("POST", 422, "read", False),
    ("POST", 429, "write", True),
    ("GET", 503, None, True),
    ("GET", 503, "write", False),
    ("PUT", 503, "idempotent", True),
]


@pytest.mark.parametrize(("method", "status", "retry_class", "repeated"), REPEATED)
async def test_the_caller_chooses_what_may_be_repeated(
    method: str, status: int, retry_class: Any, repeated: bool
) -> None:
    events: list[RequestEvent] = []
    server = ListServer(rows_of(3), failures=[(status, {})])
    given = {} if retry_class is None else {"retry_class": retry_class}
    with serving(server) as grinfi:
        async with grinfi.with_options(hooks=Hooks(after_attempt=events.append)) as observed:
            if repeated:
                answer = await observed.request(method, "/new/api/things", **given)
                assert len(answer["data"]) == 3
            else:
                with pytest.raises(APIStatusError) as caught:
                    await observed.request(method, "/new/api/things", **given)
                reads = retry_class == "read" or (method == "GET" and retry_class is None)
                assert caught.value.may_have_been_applied == (status >= 500 and not reads)
        await grinfi.aclose()
    assert [event.status for event in events] == [status] + [200] * repeated
    assert {(event.operation_id, event.path) for event in events} == {(None, "/new/api/things")}


async def test_a_404_after_a_lost_answer_on_an_undescribed_path_stays_an_error() -> None:
    server = ListServer([], failures=[(503, {}), (404, {})])
    with serving(server) as grinfi:
        async with grinfi:
            with pytest.raises(NotFoundError):
                await grinfi.request("DELETE", "/new/api/things", retry_class="idempotent")


WRONG: list[tuple[str, Mapping[str, Any]]] = [
    ("method", {"method": "G T"}),
    ("path", {"path": "https://elsewhere.example/x"}),
    ("path", {"path": "/a?b=1"}),
    ("retry_class", {"retry_class": "reads"}),
    ("retry_class", {"retry_class": None}),
    ("retry_class", {"retry_class": ["read"]}),
    ("json", {"json": [1]}),
    ("headers", {"headers": {"x": "ü"}}),
    ("paging", {"paging": "pages"}),
    ("page_size", {"page_size": 0}),
    ("prefetch", {"prefetch": -1}),
    ("limit", {"params": {"limit": "many"}}),
    ("offset", {"params": {"offset": -5}}),
    ("limit", {"json": {"limit": 2.5}, "paging": "body"}),
    ("filter", {"params": {"filter": F.status}}),
]


@pytest.mark.parametrize(("argument", "given"), WRONG)
async def test_wrong_arguments_are_refused_when_it_is_called(argument: str, given: Mapping[str, Any]) -> None:
    arguments: dict[str, Any] = {"method": "GET", "path": "/things", **given}

    async def call(grinfi: Grinfi) -> None:
        grinfi.paginate(**arguments)

    await assert_refused(argument, call)
    if argument in {"method", "path", "retry_class"}:
        await assert_refused(argument, lambda it: it.request(**arguments))


async def test_a_described_path_works_too() -> None:
    with Sandbox(sockets=False) as sandbox:
        async with Grinfi(sandbox.key, base_url=sandbox.url, transport=sandbox.transport, rate_limiter=None) as grinfi:
            everyone = await grinfi.lists.create(name="Everyone")
            for name in "abcde":
                await grinfi.contacts.upsert(lead={"linkedin_id": name}, list_uuid=everyone.uuid)
            body = {"filter": F.list_uuid == everyone.uuid}
            rows = await grinfi.paginate("POST", "/leads/api/leads/search", json=body, page_size=2).collect()
            assert sorted(row.get("lead", row)["linkedin"] for row in rows) == list("abcde")
