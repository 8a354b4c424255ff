"""Many tasks, one by one: which are skipped, and the report when a server does nothing or is late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from grinfi_async import ConfigurationError, F, FilterIgnoredError, Grinfi, InvalidArgumentError, RetryPolicy
from grinfi_bulk import BulkReport
from tests.bulk.server import in_virtual_time
from tests.bulk.test_verifying import counts
from tests.sdk.helpers import php_query, raw_query

Row = dict[str, Any]
RESULTS = {"complete": "closed", "skip": "skipped", "retry": "in_progress", "cancel": "canceled"}
BEFORE = {"complete": "in_progress", "skip": "in_progress", "retry": "failed", "cancel": "in_progress"}
each_verb = pytest.mark.parametrize("verb", RESULTS)


class Tasks:
    """A server with tasks.

    Attributes:
        rows: UUID -> task.
        delay: Seconds until a change shows; None if it never does.
        answers: Whether its answers have the task.
        ignores: Whether it ignores filters.
        loses: Whether answers to changes are lost.
        calls: The calls.
    """

    def __init__(self, verb: str, count: int = 4) -> None:
        status = BEFORE[verb]
        self.rows: dict[str, Row] = {
            f"t-{n}": {
                "uuid": f"t-{n}",
                "status": status,
                "type": "linkedin_send_message",
                "created_at": f"2026-01-0{n + 1}",
            }
            for n in range(count)
        }
        self.delay: float | None = 0.0
        self.answers = True
        self.ignores = self.loses = False
        self.calls: Counter[str] = Counter()
        self._due: list[tuple[float, str, str]] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        await anyio.sleep(0.05)
        for due in [it for it in self._due if it[0] <= anyio.current_time()]:
            self._due.remove(due)
            self.rows[due[1]]["status"] = due[2]
        *_, uuid, name = request.url.path.split("/")
        if request.method == "GET" and name == "tasks":
            self.calls["list"] += 1
            query: Row = php_query(raw_query(request))
            wanted: Row = {} if self.ignores else query.get("filter", {})
            found = [row for row in self.rows.values() if all(row.get(key) == value for key, value in wanted.items())]
            return httpx.Response(200, json={"data": found[int(query.get("offset", 0)) :], "total": len(found)})
        if request.method == "GET":
            self.calls["get"] += 1
            row = self.rows.get(name)
            return httpx.Response(200, json=row) if row else httpx.Response(404, json={})
        if name.startswith("mass-"):
            return httpx.Response(504)
        self.calls[name] += 1
        if self.delay == 0:
            self.rows[uuid]["status"] = RESULTS[name]
        elif self.delay is not None:
            self._due.append((anyio.current_time() + self.delay, uuid, RESULTS[name]))
        if self.loses:
            raise httpx.ReadError("connection lost", request=request)
        return httpx.Response(200, json=self.rows[uuid] if self.answers else {})

    def client(self) -> Grinfi:
        return Grinfi(
            "key",
            base_url="http://sandbox.test",
            transport=httpx.MockTransport(self),
            rate_limiter=None,
            retry=RetryPolicy(max_attempts=1),
        )

    async def act(self, verb: str, **options: Any) -> BulkReport:
        method: Callable[..., Any] = getattr(self.client().bulk, f"{verb}_tasks")
        report: BulkReport = await method(**options)
        return report


@each_verb
@pytest.mark.parametrize("answers", [True, False])
@pytest.mark.parametrize("delay", [0.0, 4.0])
def test_confirmed_actions_are_reported_as_succeeded(verb: str, answers: bool, delay: float) -> None:
    async def job() -> None:
        server = Tasks(verb)
        server.answers, server.delay = answers, delay
        for target in ({"ids": ["t-0", "t-1"]}, {"filter": F.status == BEFORE[verb]}):
            report = await server.act(verb, **target)
            assert counts(report) == {"succeeded": 2}
        assert {row["status"] for row in server.rows.values()} == {RESULTS[verb]}
        assert server.calls[verb] == 4

    in_virtual_time(job)


@each_verb
def test_accepted_but_unfinished_actions_are_reported_as_sent(verb: str) -> None:
    async def job() -> None:
        server = Tasks(verb)
        server.delay = None
        report = await server.act(verb, ids=list(server.rows), settle=5)
        assert counts(report) == {"sent": 4}
        assert 5 < report.elapsed < 7
        assert f"it was still {BEFORE[verb]} after 5 s" in str(report)
        report = await server.act(verb, ids=list(server.rows), verify="none")
        assert counts(report) == {"sent": 4}

    in_virtual_time(job)


@each_verb
def test_tasks_cancelled_by_a_reply_are_not_retried(verb: str) -> None:
    async def job() -> None:
        server = Tasks(verb)
        server.rows["t-0"]["status"] = "canceled"
        server.rows["t-1"]["automation_error_code"] = "replied"
        for target in ({"filter": F.type == "linkedin_send_message"}, {"ids": list(server.rows)}):
            report = await server.act(verb, **target)
            assert report.skipped >= 2
            reasons = {it.key: it.error for it in report.left_alone}
            assert reasons["t-0"] == "it was cancelled, for example by a reply of its contact"
            assert reasons["t-1"] == "its contact replied"
        assert server.calls[verb] == 2
        assert "skipped: 1 item: its contact replied" in str(report)

    in_virtual_time(job)


@each_verb
@pytest.mark.parametrize("row", [{"uuid": "t-9"}, {"status": None}, {"uuid": None}], ids=str)
def test_a_task_that_was_not_read_is_not_touched(verb: str, row: Row) -> None:
    async def job() -> None:
        server = Tasks(verb)
        server.rows["t-1"] |= row
        report = await server.act(verb, ids=["t-1"])
        assert counts(report) == {"failed": 1}
        assert "The task was not changed" in " ".join(str(report).split())
        assert server.calls[verb] == 0

    in_virtual_time(job)


@each_verb
def test_the_answer_of_another_task_shows_nothing(verb: str) -> None:
    class Confused(Tasks):
        async def __call__(self, request: httpx.Request) -> httpx.Response:
            answer = await super().__call__(request)
            changed = {"uuid": "t-9", "status": RESULTS[verb]}
            return answer if request.method == "GET" else httpx.Response(200, json=changed)

    async def job() -> None:
        server = Confused(verb)
        server.delay = None
        assert counts(await server.act(verb, ids=["t-1", "T-1"])) == {"sent": 1}
        assert server.calls[verb] == 1

    in_virtual_time(job)


def test_a_retried_task_that_has_ended_since_was_retried() -> None:
    class Quick(Tasks):
        async def __call__(self, request: httpx.Request) -> httpx.Response:
            answer = await super().__call__(request)
            if request.method == "PUT":
                self.rows["t-1"]["status"] = "closed"
            return answer

    async def job() -> None:
        server = Quick("retry")
        server.answers = False
        assert counts(await server.act("retry", ids=["t-1"])) == {"succeeded": 1}

    in_virtual_time(job)


def test_tasks_that_did_not_fail_are_not_retried() -> None:
    async def job() -> None:
        server = Tasks("retry")
        for uuid, status in zip(server.rows, ("closed", "in_progress", "restarted", "new"), strict=True):
            server.rows[uuid]["status"] = status
        assert counts(await server.act("retry", ids=list(server.rows))) == {"skipped": 4}
        assert server.calls["retry"] == 0

    in_virtual_time(job)


def test_a_reply_after_the_search_is_noticed() -> None:
    async def job() -> None:
        server = Tasks("retry")
        found = await server.client().bulk.preview(filter=F.status == "failed", of="tasks")
        assert str(found) == "4 tasks: " + ", ".join(["linkedin_send_message"] * 4)
        server.rows["t-2"] |= {"status": "canceled", "automation_error_code": "replied"}
        assert counts(await server.act("retry", ids=found)) == {"succeeded": 3, "skipped": 1}
        some = await server.client().bulk.preview(ids=["t-0", "t-9"], of="tasks")
        assert some.ids == ["t-0"]

    in_virtual_time(job)


@each_verb
def test_a_server_that_ignores_the_filter_changes_nothing(verb: str) -> None:
    async def job() -> None:
        server = Tasks(verb)
        server.ignores = True
        with pytest.raises(FilterIgnoredError):
            await server.act(verb, filter=F.status == "open")
        assert server.calls[verb] == 0

    in_virtual_time(job)


@each_verb
def test_conditions_that_tasks_do_not_show_need_confirmation(verb: str) -> None:
    async def job() -> None:
        server = Tasks(verb)
        server.ignores = True
        with pytest.raises(InvalidArgumentError, match=r"^confirm: .*flow_uuid"):
            await server.act(verb, filter=F.flow_uuid == "f")
        with pytest.raises(InvalidArgumentError, match=r"^filter.emial: "):
            await server.act(verb, filter=F.emial == "f")
        with pytest.raises(InvalidArgumentError, match=r"^ids: pass exactly one"):
            await server.act(verb)
        with pytest.raises(InvalidArgumentError, match=r"^of: must be one of contacts, companies"):
            await server.client().bulk.tag("t", ids=["t-1"], of="tasks")  # type: ignore[arg-type]  # pyright: ignore
        assert server.calls[verb] == 0

    in_virtual_time(job)


def test_a_lost_retry_is_never_repeated(tmp_path: Path) -> None:
    async def job() -> None:
        server = Tasks("retry")
        server.loses, server.delay = True, None
        options: dict[str, Any] = {"ids": list(server.rows), "journal": tmp_path / "journal", "settle": 1}
        assert counts(await server.act("retry", **options)) == {"unknown": 4}
        server.rows["t-0"]["status"] = "in_progress"
        assert counts(await server.act("retry", **options)) == {"succeeded": 1, "unknown": 3}
        assert server.calls["retry"] == 4
        server.delay = 0.0
        assert counts(await server.act("retry", repeat_unknown=True, **options)) == {"succeeded": 3, "skipped": 1}
        with pytest.raises(ConfigurationError, match="journal needs ids"):
            await server.act("retry", filter=F.status == "failed", journal=tmp_path / "other")

    in_virtual_time(job)
