"""A call that is cancelled at any step leaks nothing: no connection, slot, task or descriptor.

Tasks are cancelled as users do it, by `task.cancel()` and `asyncio.timeout`. The scopes of anyio are only a part of
that: a cancelled scope does not interrupt code under a shielded scope; `task.cancel()` interrupts that too.
"""

from __future__ import annotations

import asyncio
import gc
import os
import random
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, Literal

import anyio
import pytest
import trio
import trio.lowlevel
import uvloop

from grinfi_async import Grinfi

from .servers import ANSWER, Server, client, serve

Loop = Literal["asyncio", "uvloop", "trio"]
Library = Literal["httpx", "httpx2", "aiohttp"]
LOOPS: tuple[tuple[Loop, Library], ...] = (
    ("asyncio", "httpx"), ("asyncio", "aiohttp"), ("uvloop", "httpx"), ("uvloop", "aiohttp"), ("trio", "httpx"),
    ("asyncio", "httpx2"), ("trio", "httpx2"),
)  # fmt: skip
MANY_STEPS = 2_000
SOON = 30.0  # seconds; only a call that hangs takes so long, however busy the machine is


def run(loop: Loop, main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run it, and check that no task and no descriptor is left."""

    async def alone() -> None:
        await main()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    if loop == "trio":
        before = descriptors()
        trio.run(main)  # which waits for all tasks
    else:
        factory = uvloop.new_event_loop if loop == "uvloop" else asyncio.new_event_loop
        factory().close()  # uvloop opens some descriptors once
        before = descriptors()
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(alone())
    gc.collect()
    assert descriptors() <= before


def descriptors() -> int:
    return len(os.listdir("/dev/fd"))


async def quiet(server: Server) -> None:
    """Wait until the server has seen all connections end."""
    with anyio.fail_after(SOON):
        while server.connections:
            await anyio.sleep(0.001)


async def call_cancelled_after(steps: int, cancellations: int, call: Callable[[], Awaitable[object]]) -> bool:
    """Cancel a call after this many steps of the event loop. Whether it had ended before."""

    async def called() -> None:
        await call()

    if _is_trio():
        return await _cancelled_on_trio(steps, cancellations, called)
    task = asyncio.create_task(called())
    for _ in range(steps):
        await asyncio.sleep(0)
    ended = task.done()
    for _ in range(cancellations):
        task.cancel()
        await asyncio.sleep(0)
    with suppress(asyncio.CancelledError):
        async with asyncio.timeout(SOON):
            await asyncio.wait({task})
            await task
    return ended


def _is_trio() -> bool:
    import sniffio

    return sniffio.current_async_library() == "trio"


async def _cancelled_on_trio(steps: int, cancellations: int, called: Callable[[], Awaitable[None]]) -> bool:
    ended = False

    async def watched(inner: trio.CancelScope) -> None:
        nonlocal ended
        with inner:
            await called()
            ended = True

    with trio.fail_after(SOON):
        async with trio.open_nursery() as nursery:
            inner = trio.CancelScope()
            nursery.start_soon(watched, inner)
            for _ in range(steps):
                await trio.lowlevel.checkpoint()
            had_ended = ended
            inner.cancel()
            if cancellations > 1:
                await trio.lowlevel.checkpoint()
                nursery.cancel_scope.cancel()
    return had_ended


@pytest.mark.parametrize("cancellations", [1, 2])
@pytest.mark.parametrize("warm", [False, True], ids=["cold", "warm"])
@pytest.mark.parametrize(
    ("loop", "library", "tls"),
    [*((*each, False) for each in LOOPS), *((*each, True) for each in LOOPS if each[0] == "asyncio")],
)
def test_a_call_cancelled_at_any_step_leaks_no_connection(
    loop: Loop, library: Library, tls: bool, warm: bool, cancellations: int
) -> None:
    async def main() -> None:
        async with serve(tls=tls) as server:
            for steps in range(MANY_STEPS):
                if await one_point(server, steps):
                    break
            else:
                pytest.fail("the call never ended")
            await quiet(server)

    async def one_point(server: Server, steps: int) -> bool:
        async with client(server, http_library=library, max_connections=1) as grinfi:
            if warm:
                await grinfi.request("GET", "/")
            ended = await call_cancelled_after(steps, cancellations, lambda: grinfi.request("GET", "/"))
            try:
                with anyio.fail_after(SOON):
                    await grinfi.request("GET", "/")
            except Exception as error:
                error.add_note(f"after {cancellations} cancellation(s) at step {steps}")
                raise
        return ended

    run(loop, main)


@pytest.mark.parametrize(
    ("loop", "library", "rounds"),
    [
        ("asyncio", "httpx", 4),
        ("asyncio", "httpx2", 2),
        ("asyncio", "aiohttp", 2),
        ("uvloop", "httpx", 2),
        ("uvloop", "aiohttp", 2),
    ],
)
def test_hundreds_of_calls_under_random_timeouts_leak_no_connection(loop: Loop, library: Library, rounds: int) -> None:
    source = random.Random(4)

    async def impatient(grinfi: Grinfi) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(source.uniform(0, 0.03)):
                await grinfi.request("GET", "/")

    async def main() -> None:
        async with serve(latency=0.001) as server, client(server, http_library=library, max_connections=8) as grinfi:
            for _ in range(rounds):
                await asyncio.gather(*(impatient(grinfi) for _ in range(200)))
            async with asyncio.timeout(SOON):
                await asyncio.gather(*(grinfi.request("GET", "/") for _ in range(100)))
            assert server.connections <= 8

    run(loop, main)


@pytest.mark.parametrize("cancellations", [1, 2])
@pytest.mark.parametrize(("loop", "library"), LOOPS)
def test_closing_that_is_cancelled_closes_every_connection(loop: Loop, library: Library, cancellations: int) -> None:
    async def main() -> None:
        async with serve(latency=0.001) as server:
            for steps in range(1, MANY_STEPS):  # after none, closing has not begun
                grinfi = client(server, http_library=library, max_connections=5)
                async with anyio.create_task_group() as tasks:
                    for _ in range(5):
                        tasks.start_soon(grinfi.request, "GET", "/")
                ended = await call_cancelled_after(steps, cancellations, grinfi.aclose)
                await quiet(server)
                await grinfi.aclose()
                if ended:
                    return
            pytest.fail("closing never ended")

    run(loop, main)


def test_a_program_that_forgets_to_close_gets_no_warning_of_aiohttp() -> None:
    blamed: list[dict[str, Any]] = []

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: blamed.append(context))
        async with serve() as server:
            grinfi = client(server, http_library="aiohttp")
            await grinfi.request("GET", "/")
            del grinfi
            gc.collect()
            await quiet(server)

    run("asyncio", main)
    assert blamed == []


@pytest.mark.parametrize(("loop", "library"), LOOPS)
def test_bytes_beyond_an_answer_are_not_read_as_the_next_one(loop: Loop, library: Library) -> None:
    async def main() -> None:
        surplus = iter([b'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n"no"', b"", b""])
        async with serve(lambda: ANSWER + next(surplus)) as server:
            async with client(server, http_library=library) as grinfi:
                assert [await grinfi.request("GET", "/") for _ in range(3)] == [None, None, None]
            assert server.requests == 3
            await quiet(server)

    run(loop, main)
