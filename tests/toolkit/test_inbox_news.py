"""New messages come exactly once, also when the server changes meanwhile."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import anyio
import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grinfi_async import Grinfi, GrinfiError, InvalidArgumentError, RetryPolicy
from grinfi_toolkit import inbox
from grinfi_toolkit.inbox import News
from tests.toolkit.crm import team

OVERLAP = timedelta(minutes=10)
LATEST = 599.0
"""Seconds by which a message may appear late."""


@dataclass
class Server:
    """A server of LinkedIn messages whose pages are short, and between whose pages things happen.

    Attributes:
        now: Its clock.
        rows: The messages, and from when on each is shown.
        between: Changes before the next pages.
        failing: Answers that fail, from the next one on.
        sorts: Whether it sorts as requested.
    """

    now: datetime
    rows: list[tuple[dict[str, Any], bool]] = field(default_factory=list[tuple[dict[str, Any], bool]])
    between: list[float] = field(default_factory=list[float])
    failing: int = 0
    sorts: bool = True
    limit: int = 3
    requests: int = 0

    def add(self, late: float = 0.0) -> str:
        at = f"{self.now - timedelta(seconds=late):%Y-%m-%dT%H:%M:%S.%fZ}"
        uuid = str(UUID(int=len(self.rows) * 7919 % 1009 + 1))  # their order is another than that of the times
        row = {"uuid": uuid, "lead_uuid": "c", "linkedin_conversation_uuid": "v", "type": "inbox", "created_at": at}
        self.rows.append((row, True))
        return uuid

    def hide(self, is_shown: bool) -> None:
        """Let a message vanish that is not old, as it does on a copy of the database that is behind; or show all."""
        since = f"{self.now - timedelta(seconds=LATEST):%Y-%m-%dT%H:%M:%S.%fZ}"
        last = len(self.rows) - 1
        self.rows = [
            (row, is_shown or index < last or row["created_at"] < since) for index, (row, _) in enumerate(self.rows)
        ]

    @property
    def uuids(self) -> list[str]:
        return [row["uuid"] for row, _ in self.rows]

    def handle(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != "/flows/api/linkedin-messages":
            return httpx.Response(200, json={"data": [], "total": 0})
        self.requests += 1
        if self.failing:
            self.failing -= 1
            return httpx.Response(404 if self.failing % 2 else 503, json={})
        asked = request.url.params
        is_descending = asked["order_type"] == "desc" and self.sorts
        shown = sorted((row for row, is_shown in self.rows if is_shown), key=lambda it: it["created_at"])
        shown = shown[::-1] if is_descending else shown
        offset = int(asked.get("offset", 0))
        page = shown[offset : offset + min(self.limit, int(asked["limit"]))]
        answer = {"data": page, "total": len(shown), "limit": self.limit, "offset": offset}
        if self.between:
            self.add(self.between.pop())
        return httpx.Response(200, json=answer)

    def client(self) -> Grinfi:
        transport = httpx.MockTransport(self.handle)
        retry = RetryPolicy(max_attempts=1)
        return Grinfi("key", base_url="http://s.test", transport=transport, rate_limiter=None, retry=retry)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from([0.0, 0.0, 1.0, 300.0, LATEST])),
        st.tuples(st.just("tick"), st.sampled_from([0.000001, 1.0, 500.0, 900.0])),
        st.tuples(st.just("between"), st.sampled_from([0.0, 1.0, LATEST])),
        st.tuples(st.just("fail"), st.sampled_from([1.0, 2.0])),
        st.tuples(st.just("future"), st.just(-86400.0)),
        st.tuples(st.just("hide"), st.just(0.0)),
        st.tuples(st.just("read"), st.just(0.0)),
    ),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(
    old=st.integers(0, 8),
    steps=STEPS,
    skew=st.sampled_from([0.0, -3 * 86400.0, 3 * 86400.0, 400.0]),
    sorts=st.sampled_from([True, True, True, False]),
)
def test_each_message_comes_exactly_once(old: int, steps: list[tuple[str, float]], skew: float, sorts: bool) -> None:
    server = Server(datetime.now(UTC) + timedelta(seconds=skew), sorts=sorts)
    for _ in range(old):
        server.add()
        server.now += timedelta(seconds=200)
    given: Counter[str] = Counter()

    async def read(cursor: str | None) -> str | None:
        async with server.client() as grinfi:  # another process each time
            news = await grinfi.inbox.new(cursor, overlap=OVERLAP)
        given.update(it.id for it in news.messages)
        return news.cursor

    async def main() -> None:
        cursor = await read(None)
        assert not given
        for what, number in steps:
            if what == "add":
                server.add(number)
            elif what == "tick":
                server.now += timedelta(seconds=number)
                server.hide(True)  # vanished messages return in time
            elif what == "between":
                server.between.append(number)
            elif what == "fail":
                server.failing = int(number)
            elif what == "future" and old:  # without any message, the server's clock is not known
                server.add(number)
            elif what == "hide" and server.rows:
                server.hide(False)
            elif what == "read":
                with suppress(GrinfiError):
                    cursor = await read(cursor)
        server.hide(True)
        server.failing, server.between = 0, []
        for _ in range(2):
            cursor = await read(cursor)
        assert given == Counter(server.uuids[old:])

    with pytest.MonkeyPatch.context() as patch:  # our clock goes as fast as the server's
        patch.setattr(inbox, "_now", lambda: server.now.timestamp() - skew)
        anyio.run(main)


async def news(server: Server, cursor: str | None = None, **options: Any) -> News:
    async with server.client() as grinfi:
        return await grinfi.inbox.new(cursor, **options)


@pytest.fixture
def server() -> Server:
    return Server(datetime(2026, 3, 1, tzinfo=UTC))


@pytest.mark.anyio
async def test_the_first_call_returns_messages_since_a_time(server: Server) -> None:
    server.add(86400)
    recent = [server.add(3600), server.add()]
    first = await news(server, since=server.now - timedelta(hours=2))
    assert [it.id for it in first.messages] == recent
    assert not (await news(server, first.cursor)).messages
    late = server.add(3000)
    assert [it.id for it in (await news(server, first.cursor)).messages] == [late]


@pytest.mark.anyio
@pytest.mark.parametrize("skew", [-86400.0, 0.0, 5 * 86400.0])
async def test_a_message_from_the_future_hides_none(
    server: Server, skew: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much our clock is ahead of the server's."""
    monkeypatch.setattr(inbox, "_now", lambda: server.now.timestamp() + skew)
    server.add()
    cursor = (await news(server)).cursor
    expected = [server.add(-86400)]
    for _ in range(3):
        server.now += timedelta(minutes=30)
        came = await news(server, cursor)
        assert [it.id for it in came.messages] == expected
        cursor, expected = came.cursor, [server.add()]


@pytest.mark.anyio
async def test_a_server_that_does_not_sort(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "_now", lambda: server.now.timestamp())
    server.sorts = False
    for _ in range(9):
        server.add()
        server.now += timedelta(hours=1)
    cursor = (await news(server)).cursor
    for _ in range(4):
        new = server.add()
        server.now += timedelta(hours=3)
        came = await news(server, cursor)
        assert [it.id for it in came.messages] == [new]
        cursor = came.cursor


@pytest.mark.anyio
async def test_a_poll_reads_a_page_and_the_cursor_stays_small(server: Server) -> None:
    server.limit = 100
    cursor = (await news(server)).cursor
    for _ in range(500):
        server.add()
        server.now += timedelta(minutes=1)
    news_ = await news(server, cursor)
    assert len(news_.messages) == 500
    server.requests = 0
    again = await news(server, news_.cursor)
    assert (server.requests, len(again.messages)) == (1, 0)
    assert len(again.cursor) < 4000


@pytest.mark.anyio
@pytest.mark.parametrize("cursor", ["", "x", "eJyrBQABtQCy", "é"])
async def test_an_invalid_cursor_is_refused(server: Server, cursor: str) -> None:
    with pytest.raises(InvalidArgumentError, match="is not a cursor"):
        await news(server, cursor)
    with pytest.raises(InvalidArgumentError, match="first call"):
        await news(server, (await news(server)).cursor, since=server.now)


@pytest.mark.anyio
async def test_both_channels_with_names_and_texts() -> None:
    async with team() as crm:
        cursor = (await crm.grinfi.inbox.new()).cursor
        sender, ada, bo = await crm.sender(), await crm.contact("ada"), await crm.contact("bo")
        await crm.write(sender.uuid, ada.uuid)
        await crm.email(sender, bo)
        await crm.says(ada.uuid, "Yes")
        await crm.says(bo.uuid, "Tell <b>me</b> more", "email")
        came = await crm.grinfi.inbox.new(cursor)
        told = [(it.channel, it.contact and it.contact.first_name, it.sender and it.sender.first_name, it.text)
                for it in came.messages]  # fmt: skip
        assert told == [("linkedin", "Ada", "Max", "Yes"), ("email", "Bo", "Max", "Tell me more")]
        assert came.messages[1].to_dict()["subject"] == "Re: Hello"
        assert not (await crm.grinfi.inbox.new(came.cursor)).messages
