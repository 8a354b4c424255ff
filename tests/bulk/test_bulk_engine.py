"""Jobs: which calls are made and when, and how failures, duplicates and cancelled work are handled."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import AsyncIterator, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest
import trio

from benchmarks.simulated_server import best_seconds
from grinfi_async import (
    AuthenticationError,
    ConfigurationError,
    Grinfi,
    Lane,
    NotFoundError,
    RetryPolicy,
    TokenBucket,
    enter_lane,
)
from grinfi_bulk import JobStoppedError, Outcome
from tests.bulk.server import CountingServer, in_virtual_time

pytestmark = pytest.mark.anyio


def names(count: int) -> list[str]:
    return [f"tag-{number}" for number in range(1, count + 1)]


def new_tags(count: int) -> list[dict[str, str]]:
    return [{"name": name} for name in names(count)]


async def outcomes_of(grinfi: Grinfi, call: Any, items: Any, **options: Any) -> list[Outcome[Any, Any]]:
    async with grinfi.bulk.map(call, items, **options) as outcomes:
        return [outcome async for outcome in outcomes]


# -- the limit -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "burst", "count"), [("method", None, 900), ("function", None, 600), ("function", 20, 600)]
)
def test_a_job_uses_the_whole_limit_with_no_more_calls_than_it_takes(kind: str, burst: int | None, count: int) -> None:
    async def job() -> None:
        server = CountingServer(latency=0.3)
        limiter = TokenBucket(300, 60, burst=burst)
        grinfi = server.client(rate_limiter=limiter)
        waiting: list[int] = []

        async def delete(uuid: str) -> None:
            waiting.append(limiter.statistics().waiting)
            await grinfi.tags.delete(uuid)

        call = grinfi.tags.delete if kind == "method" else delete
        report = await grinfi.bulk.run(call, names(count), retry_class="idempotent", share=1)
        spacing = 0 if burst is None else (300 - burst) * 0.2
        assert (best_seconds(count, count, 0.3) + spacing) / trio.current_time() >= 0.97
        assert (report.succeeded, report.refused, report.requests) == (count, 0, count)
        assert report.limit_used is not None
        assert report.limit_used >= 0.97
        assert server.most_in_flight <= 100
        assert limiter.statistics().longest_wait <= 60.3
        assert max(waiting, default=0) == 0  # the next call was made only when nothing waited

    in_virtual_time(job)


def test_slow_answers_get_as_many_calls_at_a_time_as_the_limit_needs() -> None:
    async def job() -> None:
        server = CountingServer(latency=8)
        limiter = TokenBucket(60, 60, burst=1)  # one a second
        report = await server.client(rate_limiter=limiter).bulk.run(server.client().tags.delete, [])
        assert report.done == 0
        grinfi = server.client(rate_limiter=limiter)
        await grinfi.bulk.run(grinfi.tags.delete, names(120), share=1)
        assert 8 <= server.most_in_flight <= 9
        assert trio.current_time() <= 119 + 8 + 9

    in_virtual_time(job)


def test_concurrency_is_an_upper_bound() -> None:
    async def job() -> None:
        server = CountingServer()
        grinfi = server.client()
        await grinfi.bulk.run(grinfi.tags.delete, names(20), concurrency=3)
        assert server.most_in_flight == 3
        assert trio.current_time() == pytest.approx(7 * 0.3)

    in_virtual_time(job)


def test_another_job_that_uses_up_the_limit_does_not_stop_a_job() -> None:
    async def job() -> None:
        server = CountingServer()
        grinfi = server.client(rate_limiter=TokenBucket(10, 1))
        async with anyio.create_task_group() as tasks:

            async def other() -> None:
                with enter_lane(Lane()):
                    while True:
                        await grinfi.tags.delete("other")

            for _ in range(50):
                tasks.start_soon(other)
            report = await grinfi.bulk.run(grinfi.tags.delete, names(5))
            assert report.succeeded == 5
            tasks.cancel_scope.cancel()

    in_virtual_time(job)


def test_items_are_read_only_when_they_can_be_sent() -> None:
    async def job() -> None:
        server = CountingServer()
        grinfi = server.client(rate_limiter=TokenBucket(10, 60))
        taken: list[int] = []

        def source() -> Iterator[str]:
            for number in range(1_000_000):
                taken.append(number)
                yield str(number)

        async with grinfi.bulk.map(grinfi.tags.delete, source(), share=1) as outcomes:
            with anyio.move_on_after(30):
                async for _ in outcomes:
                    pass
            assert len(taken) == 11  # ten were sent, one waits

    in_virtual_time(job)


def test_a_consumer_that_is_slow_slows_the_job_down() -> None:
    async def job() -> None:
        server = CountingServer()
        grinfi = server.client()
        async with grinfi.bulk.map(grinfi.tags.delete, names(1000), concurrency=10) as outcomes:
            async for _ in outcomes:
                await anyio.sleep(100)
                break
            assert server.applied.total() <= 31

    in_virtual_time(job)


def test_memory_does_not_depend_on_the_number_of_items() -> None:
    grinfi = CountingServer().client()

    async def call(item: dict[str, Any]) -> str:
        if item["number"] % 2:
            raise NotFoundError("GET", "/x", 404)
        return "x" * 1000

    def items(count: int) -> Iterator[dict[str, Any]]:
        for number in range(count):
            if number % 50 == 0:
                gc.collect()  # how much waits for the collector differs between versions of Python
            yield {"number": number, "text": "x" * 1000}

    async def peak(count: int) -> int:
        gc.collect()
        gc.freeze()  # so that objects of the test process are not collected again and again
        tracemalloc.start()
        try:
            report = await grinfi.bulk.run(call, items(count))
            assert (report.succeeded, report.failed) == (count / 2, count / 2)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    few = anyio.run(peak, 300)
    assert anyio.run(peak, 1000) <= few * 1.1


# -- calls and outcomes ----------------------------------------------------------------------------------------------


async def test_outcomes_come_as_calls_end() -> None:
    server = CountingServer(latency=0)
    grinfi = server.client()

    async def call(seconds: float) -> str:
        await anyio.sleep(seconds)
        return f"slept {seconds}"

    outcomes = await outcomes_of(grinfi, call, [0.05, 0.0], key=str)
    assert [(outcome.row, outcome.key, outcome.item, outcome.status, outcome.result) for outcome in outcomes] == [
        (2, "0.0", 0.0, "succeeded", "slept 0.0"),
        (1, "0.05", 0.05, "succeeded", "slept 0.05"),
    ]


def test_outcomes_in_the_order_of_the_items() -> None:
    async def job() -> None:
        grinfi = CountingServer().client()

        async def call(number: int) -> int:
            await anyio.sleep(number * 7 % 5)
            if number == 3:
                raise NotFoundError("GET", "/x", 404)
            return number

        items = [*range(200), 5]
        outcomes = await outcomes_of(grinfi, call, items, ordered=True, concurrency=7)
        assert [outcome.item for outcome in outcomes] == items
        assert [outcome.status for outcome in outcomes if outcome.status != "succeeded"] == ["failed", "duplicate"]

    in_virtual_time(job)


def test_outcomes_that_wait_for_an_earlier_row_are_bounded() -> None:
    async def job() -> None:
        grinfi = CountingServer().client()
        called: list[int] = []

        async def call(number: int) -> None:
            called.append(number)
            await anyio.sleep(0 if number else 1000)

        async with grinfi.bulk.map(call, range(1500), ordered=True, concurrency=10) as outcomes:
            with anyio.move_on_after(900):
                async for _ in outcomes:
                    pass
            assert len(called) <= 1010
            assert len([outcome async for outcome in outcomes]) == 1500

    in_virtual_time(job)


async def test_a_mapping_is_the_arguments_of_a_method_and_other_items_the_first_one() -> None:
    server = CountingServer(latency=0)
    grinfi = server.client()
    created = await outcomes_of(grinfi, partial(grinfi.tags.create, color="#fff"), new_tags(2))
    assert {outcome.result.name for outcome in created if outcome.result} == {"tag-1", "tag-2"}
    await grinfi.bulk.run(grinfi.tags.delete, ["tag-3"])
    assert server.applied == {"tag-1": 1, "tag-2": 1, "tag-3": 1}


async def from_async(items: Iterable[str]) -> AsyncIterator[str]:
    for item in items:
        await anyio.lowlevel.checkpoint()
        yield item


async def test_items_from_an_async_iterable() -> None:
    server = CountingServer(latency=0)
    grinfi = server.client()
    report = await grinfi.bulk.run(grinfi.tags.delete, from_async(names(30)))
    assert (report.succeeded, server.applied.total()) == (30, 30)


@pytest.mark.parametrize("journal", [False, True], ids=["without journal", "with journal"])
async def test_an_item_with_the_key_of_an_earlier_one_is_not_sent(journal: bool, tmp_path: Any) -> None:
    server = CountingServer(latency=0)
    grinfi = server.client()
    rows = [{"name": "a"}, {"name": "b"}, {"name": "a"}, {"name": "a"}]
    path = tmp_path / "journal" if journal else None
    report = await grinfi.bulk.run(grinfi.tags.create, rows, journal=path)
    assert (report.succeeded, report.duplicates, server.applied) == (2, 2, {"a": 1, "b": 1})


async def test_a_failure_does_not_affect_other_items() -> None:
    server = CountingServer(latency=0)
    server.answers = {"tag-2": [422], "tag-4": [500]}
    grinfi = server.client()
    rows = [*new_tags(5), {"name": 7}, {"colour": "red"}]
    report = await grinfi.bulk.run(grinfi.tags.create, rows[:6])
    assert (report.succeeded, report.failed, report.unknown) == (3, 2, 1)
    assert [(failure.row, failure.item, failure.code) for failure in report.failures] == [
        (2, {"name": "tag-2"}, "unprocessable_entity"),
        (6, {"name": 7}, "invalid_argument"),
    ]
    assert [(failure.row, failure.code) for failure in report.unknowns] == [(4, "server")]


async def test_an_item_without_a_key_fails() -> None:
    server = CountingServer(latency=0)
    grinfi = server.client()
    outcomes = await outcomes_of(grinfi, grinfi.tags.create, [{"name": "a"}, {"color": "#fff"}], key="name")
    (failed,) = [outcome for outcome in outcomes if outcome.status == "failed"]
    assert (failed.row, failed.key, str(failed.error)) == (2, "", "name: is missing, but it identifies the item")


async def test_a_function_for_keys_fails_for_its_item_alone_unless_it_is_wrong_itself() -> None:
    grinfi = CountingServer(latency=0).client()
    rows = [{"name": "a"}, {"color": "#fff"}, {"name": "b"}]
    report = await grinfi.bulk.run(grinfi.tags.create, rows, key=lambda row: row["name"])
    assert (report.succeeded, [failure[:4] for failure in report.failures]) == (
        2,
        [(2, "", {"color": "#fff"}, "key")],
    )
    with pytest.raises(TypeError) as caught:
        await grinfi.bulk.run(grinfi.tags.create, rows, key=lambda row: row + 1)
    assert caught.value.__notes__ == ["The job was at row 1; its key could not be found."]


async def test_half_a_surrogate_pair_is_treated_like_any_character(tmp_path: Path) -> None:
    async def call(item: Any) -> None:
        raise ValueError(f"no {item}")

    grinfi = CountingServer(latency=0).client()
    items: list[Any] = ["\ud83d", {"a": "\udcff", ("b",): object()}, "ok"]

    def key(item: Any) -> object:
        return item if isinstance(item, str) else item["a"]

    await grinfi.bulk.run(call, items, key=key, journal=tmp_path / "journal")
    report = await grinfi.bulk.run(call, items, key=key, journal=tmp_path / "journal")
    assert report.failed == 3
    assert [failure.key for failure in report.failures] == [r"\ud83d", r"\udcff", "ok"]
    assert next(report.failures).item == "\ud83d"
    assert report.write_failures(tmp_path / "failed.csv") == 3
    assert (tmp_path / "failed.csv").read_text("utf-8").splitlines()[
        1
    ] == r"\ud83d,the function raised ValueError: no \ud83d,value"


@pytest.mark.parametrize(
    ("status", "retry_class", "expected"),
    [
        (None, "write", "unknown"), (500, "write", "unknown"), (422, "write", "failed"),
        (None, "idempotent", "failed"), (500, "idempotent", "failed"),
    ],
)  # fmt: skip
async def test_a_lost_answer_leaves_a_write_unknown(status: int | None, retry_class: Any, expected: str) -> None:
    server = CountingServer(latency=0)
    server.answers = {"tag-1": [status]}
    grinfi = server.client()
    call = grinfi.tags.create if retry_class == "write" else partial(grinfi.tags.update, "tag-1")
    (outcome,) = await outcomes_of(grinfi, call, new_tags(1))
    assert outcome.status == expected


async def test_a_function_that_fails_after_a_write_is_unknown_not_failed() -> None:
    server = CountingServer(latency=0)
    server.answers = {"second": [422]}
    grinfi = server.client()

    async def two_steps(item: str) -> None:
        await grinfi.tags.create(name=item)
        await grinfi.tags.create(name="second")

    (outcome,) = await outcomes_of(grinfi, two_steps, ["first"])
    assert (outcome.status, server.applied) == ("unknown", {"first": 1})


async def test_a_mistake_of_the_program_stops_the_job_and_is_raised() -> None:
    server = CountingServer(latency=0)
    grinfi = server.client()

    async def call(name: str) -> None:
        if name == "tag-5":
            name + 1  # type: ignore[operator] # pyright: ignore
        await grinfi.tags.delete(name)

    with pytest.raises(TypeError) as caught:
        await grinfi.bulk.run(call, names(1000), key=str, concurrency=2)
    assert caught.value.__notes__ == ["The job was at row 5 (tag-5)."]
    assert server.applied.total() <= 6


async def test_a_rejected_key_stops_the_job() -> None:
    server = CountingServer(latency=0)
    server.answers = {name: [401] for name in names(1000)}
    grinfi = server.client()
    with pytest.raises(AuthenticationError):
        await grinfi.bulk.run(grinfi.tags.delete, names(1000), concurrency=5)
    assert sum(bool(answers) for answers in server.answers.values()) >= 990


async def test_an_error_of_the_input_ends_the_job_after_pending_requests() -> None:
    server = CountingServer(latency=0.02)
    grinfi = server.client()

    def source() -> Iterator[str]:
        yield "a"
        raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")

    job = grinfi.bulk.map(grinfi.tags.delete, source())

    async def consume() -> None:
        async with job as outcomes:
            async for outcome in outcomes:
                assert outcome.status == "succeeded"

    with pytest.raises(UnicodeDecodeError):
        await consume()
    assert job.report.succeeded == 1


async def test_on_error_stop_ends_at_the_first_failure() -> None:
    server = CountingServer(latency=0)
    server.answers = {"tag-7": [404]}
    grinfi = server.client()
    with pytest.raises(JobStoppedError, match="row 7") as caught:
        await grinfi.bulk.run(grinfi.lists.get, names(500), on_error="stop", concurrency=1)
    assert (caught.value.report.succeeded, caught.value.report.failed) == (6, 1)
    assert isinstance(caught.value.__cause__, NotFoundError)


async def test_on_error_receives_every_failure_and_may_raise() -> None:
    server = CountingServer(latency=0)
    server.answers = {"tag-2": [422], "tag-4": [422]}
    grinfi = server.client()
    told: list[int] = []

    def tell(outcome: Outcome[Any, Any]) -> None:
        told.append(outcome.row)

    report = await grinfi.bulk.run(grinfi.tags.create, new_tags(6), on_error=tell)
    assert (sorted(told), report.failed) == ([2, 4], 2)

    def give_up(outcome: Outcome[Any, Any]) -> None:
        raise RuntimeError(f"row {outcome.row}")

    server.answers = {"tag-2": [422]}
    with pytest.raises(RuntimeError, match="row 2"):
        await grinfi.bulk.run(grinfi.tags.create, new_tags(6), on_error=give_up)


async def test_max_failures() -> None:
    server = CountingServer(latency=0)
    server.answers = {name: [422] for name in names(1000)}
    grinfi = server.client()
    with pytest.raises(JobStoppedError, match="more than 3 items failed"):
        await grinfi.bulk.run(grinfi.tags.create, new_tags(1000), max_failures=3, concurrency=1)
    assert sum(not answers for answers in server.answers.values()) == 4
    server.answers = {name: [422] for name in names(3)}
    assert (await grinfi.bulk.run(grinfi.tags.create, new_tags(10), max_failures=3)).failed == 3


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"concurrency": 0}, "concurrency must be an integer of at least 1"),
        ({"max_failures": -1}, "max_failures"),
        ({"on_error": "ignore"}, "on_error"),
        ({"key": 7}, "key must be the name of a field"),
        ({"retry_class": "always"}, "retry_class must be one of read, idempotent, write"),
        ({"progress": "bar"}, "progress"),
        ({"grace": -1}, "grace"),
    ],
)
async def test_wrong_options_are_refused_by_name(options: dict[str, Any], told: str) -> None:
    grinfi = CountingServer().client()
    with pytest.raises(ConfigurationError, match=told):
        grinfi.bulk.map(grinfi.tags.delete, ["a"], **options)


async def test_a_job_must_be_entered_once_before_use() -> None:
    grinfi = CountingServer(latency=0).client()
    job = grinfi.bulk.map(grinfi.tags.delete, ["a"])
    with pytest.raises(ConfigurationError, match="async with"):
        async for _ in job:
            pass
    async with job as outcomes:
        assert [outcome.status async for outcome in outcomes] == ["succeeded"]
    with pytest.raises(ConfigurationError, match="already been run"):
        async with job:
            pass
    endless: list[Any] = []
    endless.append(endless)
    for item in (object(), endless):
        with pytest.raises(ConfigurationError, match="pass key="):
            await grinfi.bulk.run(grinfi.tags.delete, [item])
    wrong: Any
    for wrong in (7, "abc", {"uuid": "a"}):
        with pytest.raises(ConfigurationError, match="items must be an iterable or an async iterable, such as a list"):
            grinfi.bulk.map(grinfi.tags.delete, wrong)
    with pytest.raises(TypeError, match="must be an async function"):
        await grinfi.bulk.run(str, ["a"])  # type: ignore[arg-type] # pyright: ignore


# -- the end before the end ------------------------------------------------------------------------------------------


def test_cancelling_lets_writes_finish_and_starts_no_more() -> None:
    async def job() -> None:
        server = CountingServer(latency=4)
        grinfi = server.client()
        task = grinfi.bulk.map(grinfi.tags.create, new_tags(100), concurrency=5)
        with anyio.move_on_after(6):
            async with task as outcomes:
                async for _ in outcomes:
                    pass
        assert trio.current_time() == 8
        assert server.applied == dict.fromkeys(names(10), 1)
        assert (task.report.succeeded, task.report.unknown) == (10, 0)

    in_virtual_time(job)


def test_after_the_grace_a_write_is_given_up_as_unknown() -> None:
    async def job() -> None:
        server = CountingServer(latency=40)
        grinfi = server.client()
        task = grinfi.bulk.map(grinfi.tags.create, new_tags(100), concurrency=5, grace=3)
        with anyio.move_on_after(1):
            async with task as outcomes:
                async for _ in outcomes:
                    pass
        assert trio.current_time() == 4
        assert (task.report.succeeded, task.report.unknown) == (0, 5)
        assert {failure.code for failure in task.report.unknowns} == {"unknown_outcome"}

    in_virtual_time(job)


@pytest.mark.parametrize("kind", ["reads", "writes that wait for the limit"])
def test_waits_that_need_not_end_are_abandoned_at_once(kind: str) -> None:
    async def job() -> None:
        server = CountingServer(latency=1)
        grinfi = server.client(rate_limiter=TokenBucket(3, 60))
        task = grinfi.bulk.map(
            *((grinfi.lists.get, names(3)) if kind == "reads" else (grinfi.tags.create, new_tags(50)))
        )
        seconds = 0.5 if kind == "reads" else 5
        with anyio.move_on_after(seconds):
            async with task as outcomes:
                async for _ in outcomes:
                    pass
        assert trio.current_time() == seconds
        assert task.report.unknown == 0

    in_virtual_time(job)


async def test_leaving_the_block_early_ends_the_job() -> None:
    server = CountingServer(latency=0)
    grinfi = server.client()
    async with grinfi.bulk.map(grinfi.tags.delete, names(1000), concurrency=2) as outcomes:
        async for _ in outcomes:
            break
    assert server.in_flight == 0
    assert server.applied.total() < 10
    with pytest.raises(ZeroDivisionError):
        async with grinfi.bulk.map(grinfi.tags.delete, names(1000)) as outcomes:
            raise ZeroDivisionError


async def test_retries_refusals_and_waits_are_counted() -> None:
    server = CountingServer(latency=0)
    server.answers = {"tag-1": [503, 503], "tag-2": [429]}
    grinfi = server.client(rate_limiter=TokenBucket(4, 0.2), retry=RetryPolicy(first_delay=0.001, max_attempts=5))
    report = await grinfi.bulk.run(grinfi.tags.delete, names(6))
    assert (report.succeeded, report.requests, report.retries, report.refused) == (6, 9, 3, 1)
    assert report.waited > 0.1


async def test_an_interrupt_that_a_task_group_has_wrapped_ends_a_job_as_an_interrupt() -> None:
    async def call(item: str) -> None:
        # As trio does on Ctrl-C while a connection is made, in tasks of its own.
        raise BaseExceptionGroup("Exceptions from Trio nursery", [BaseExceptionGroup("", [KeyboardInterrupt()])])

    with pytest.raises(KeyboardInterrupt):
        await CountingServer(latency=0).client().bulk.run(call, ["a", "b"])
