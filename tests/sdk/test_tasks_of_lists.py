"""Tasks that are made of a list, as of any coroutine."""

from __future__ import annotations

import asyncio
import gc
import inspect
import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import anyio
import httpx
import pytest
import trio

from grinfi_async import Grinfi, NotFoundError, Page
from tests.sdk.helpers import KEY, answering

Start = Callable[[Grinfi], Awaitable[Any]]
ROWS = {"data": [{"uuid": "a", "name": "Everyone"}], "total": 1, "limit": 20, "offset": 0}


async def in_a_group(grinfi: Grinfi) -> Any:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(grinfi.lists.list(), name="lists")
    return task.result()


async def within_a_timeout(grinfi: Grinfi) -> Any:
    async with asyncio.timeout(3):
        return await asyncio.create_task(grinfi.lists.list())


async def eagerly(grinfi: Grinfi) -> Any:
    if sys.version_info >= (3, 12):
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
    return await asyncio.create_task(grinfi.lists.list())


async def from_a_thread(grinfi: Grinfi) -> Any:
    loop = asyncio.get_running_loop()
    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(grinfi.lists.list(), loop))


async def gathered(grinfi: Grinfi) -> Any:
    first, second = await asyncio.gather(grinfi.lists.list(), grinfi.lists.list())
    assert first == second
    return first


STARTS: dict[str, Start] = {
    "create_task": lambda grinfi: asyncio.create_task(grinfi.lists.list()),
    "ensure_future": lambda grinfi: asyncio.ensure_future(grinfi.lists.list()),
    "wait_for": lambda grinfi: asyncio.wait_for(grinfi.lists.list(), 3),
    "shield": lambda grinfi: asyncio.shield(grinfi.lists.list()),
    "gather": gathered,
    "TaskGroup": in_a_group,
    "timeout": within_a_timeout,
    "eager_task_factory": eagerly,
    "run_coroutine_threadsafe": from_a_thread,
}


@pytest.mark.parametrize("debug", [False, True], ids=["", "debug"])
@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_asyncio_starts_a_list(start: Start, debug: bool) -> None:
    async def main() -> Any:
        return await start(answering(ROWS).client())

    page = asyncio.run(main(), debug=debug)
    assert (type(page), page.total, page[0].name) == (Page, 1, "Everyone")


def test_a_list_is_all_that_a_loop_runs() -> None:
    assert asyncio.run(answering(ROWS).client().lists.list()).total == 1


@pytest.mark.anyio
async def test_anyio_starts_a_list() -> None:
    server = answering(ROWS)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(server.client().lists.list)
    assert [request.url.path for request in server.requests] == ["/leads/api/lists"]


def test_trio_starts_a_list() -> None:
    server = answering(ROWS)

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(server.client().lists.list)

    trio.run(main)
    assert [request.url.path for request in server.requests] == ["/leads/api/lists"]


def test_each_start_sends_a_request() -> None:
    server = answering(ROWS)

    async def main() -> None:
        lists = server.client().lists.list()
        for _ in range(2):
            assert (await asyncio.create_task(lists)).total == 1
            assert (await lists).total == 1
        assert [row.name async for row in lists] == ["Everyone"]

    asyncio.run(main())
    assert len(server.requests) == 5


def test_an_error_reaches_the_awaiting_caller() -> None:
    async def main() -> None:
        task = asyncio.create_task(answering({}, 404).client().lists.list())
        assert "lists.list()" in repr(task)
        with pytest.raises(NotFoundError):
            await task

    asyncio.run(main())


@pytest.mark.parametrize("steps", range(9))
@pytest.mark.parametrize("times", [1, 2])
def test_a_task_is_cancelled_at_any_step(steps: int, times: int) -> None:
    under_way: list[str] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        under_way.append(request.url.path)
        try:
            await asyncio.sleep(60)
        finally:
            under_way.pop()
        raise AssertionError

    async def main() -> None:
        transport = httpx.MockTransport(answer)
        async with Grinfi(KEY, base_url="http://api.test", transport=transport, rate_limiter=None) as grinfi:
            task = asyncio.create_task(grinfi.lists.list())
            for _ in range(steps):
                await asyncio.sleep(0)
            for _ in range(times):
                task.cancel()
                await asyncio.sleep(0)
            with pytest.raises(asyncio.CancelledError):
                await asyncio.wait_for(task, 1)
            assert under_way == []

    asyncio.run(main())


def test_debuggers_see_how_far_a_task_is() -> None:
    async def main() -> None:
        lists: Any = Grinfi(KEY, base_url="http://api.test", transport=httpx.MockTransport(forever)).lists.list()
        task = asyncio.create_task(lists)
        await asyncio.sleep(0.01)
        assert inspect.getcoroutinestate(lists) == inspect.CORO_SUSPENDED
        assert [frame.f_code.co_name for frame in task.get_stack()] == ["_first_page"]
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert inspect.getcoroutinestate(lists) == inspect.CORO_CLOSED

    async def forever(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(60)
        raise AssertionError

    asyncio.run(main())


def test_a_list_that_is_never_awaited_warns_of_nothing(recwarn: pytest.WarningsRecorder) -> None:
    lists: Coroutine[Any, Any, Any] = answering(ROWS).client().lists.list()
    assert inspect.getcoroutinestate(lists) == inspect.CORO_CLOSED
    lists.close()
    del lists
    gc.collect()
    assert not recwarn.list
