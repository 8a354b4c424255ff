"""Reports, against the sandbox and against answers as the live server gives them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from grinfi_async import Grinfi, InvalidArgumentError
from grinfi_sandbox import Sandbox
from grinfi_toolkit.pages import page_of
from grinfi_toolkit.reports import _periods  # pyright: ignore[reportPrivateUsage]
from grinfi_toolkit.tables import Chart, Column, Report
from tests.toolkit.campaign import MESSAGE, REQUEST, campaign

pytestmark = pytest.mark.anyio
LONG_AGO, FAR_OFF = dt.date(2020, 1, 1), dt.date(2099, 1, 1)


@asynccontextmanager
async def team(behaviour: Any = "observed") -> AsyncGenerator[Grinfi]:
    async with (
        Sandbox(sockets=False, behaviour=behaviour) as sandbox,
        Grinfi(sandbox.key, base_url=sandbox.url, transport=sandbox.transport, rate_limiter=None) as grinfi,
    ):
        yield grinfi


@pytest.mark.parametrize("behaviour", ["published", "observed"])
async def test_a_funnel_divides_by_what_was_done(behaviour: str) -> None:
    async with team(behaviour) as grinfi:
        flow, _ = await campaign(grinfi)
        lifetime = await grinfi.reports.funnel(flow)
        period = await grinfi.reports.funnel(flow, LONG_AGO, FAR_OFF)
        empty = await grinfi.reports.funnel(flow, dt.date(2021, 1, 1), dt.date(2021, 2, 1))
    request, message = lifetime.records
    assert (request["done"], request["accepted"], request["acceptance"]) == (4, 3, 0.75)
    assert (message["done"], message["replied"], message["reply_rate"]) == (4, 1, 0.25)
    assert (request["replied"], message["accepted"]) == (0, None)
    assert lifetime.requests == 3
    assert [(it["done"], it["accepted"], it["replied"]) for it in period.records] == [(4, 3, 0), (4, None, 1)]
    assert period.requests <= 7
    assert [it["acceptance"] for it in empty.records] == [None, None]  # nothing was sent: there is no rate


@pytest.mark.parametrize("behaviour", ["published", "observed"])
async def test_senders_and_volume_agree_with_the_tasks(behaviour: str) -> None:
    async with team(behaviour) as grinfi:
        await campaign(grinfi)
        now = dt.datetime.now(dt.UTC)
        since, until = now - dt.timedelta(days=8), now + dt.timedelta(days=2)
        senders = await grinfi.reports.senders(since, until)
        volume = await grinfi.reports.volume(since, until, tz="Europe/Berlin")
    assert {it["sender"] for it in senders.records} == {"Max Roe"}
    assert sum(it[REQUEST] for it in senders.records) == sum(it[MESSAGE] for it in senders.records) == 4
    assert sum(it["replied"] for it in senders.records) == 1
    assert sum(it[REQUEST] for it in volume.records) == 4
    assert volume.requests == len(volume.records)
    assert not any(name.startswith(("util_", "trigger_")) for it in volume.records for name in it)


async def test_stages_and_health() -> None:
    async with team() as grinfi:
        await campaign(grinfi)
        stages = await grinfi.reports.stages()
        health = await grinfi.reports.sender_health()
    assert sum(it["contacts"] for it in stages.records) == 4
    assert sum(it["share"] for it in stages.records) == pytest.approx(1)
    (sender,) = health.records
    assert (sender["sender"], sender["linkedin"], sender["mailbox"], sender["ready"]) == (
        "Max Roe",
        "none",
        "none",
        "no",
    )


class Server:
    """Answers by path, as a server may that sends what nobody expects."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers

    def __call__(self, request: httpx.Request) -> httpx.Response:
        answer = self.answers.get(request.url.path, {"data": [], "total": 0})
        found: Any = answer(request) if callable(answer) else answer
        if "data" in found:
            body: dict[str, Any] = json.loads(request.content or b"{}")
            offset = int(request.url.params.get("offset", body.get("offset", 0)))
            found = {**found, "data": found["data"][offset:]}
        return httpx.Response(200, json=found)

    def client(self) -> Grinfi:
        return Grinfi("key", base_url="http://sandbox.test", transport=httpx.MockTransport(self), rate_limiter=None)


async def test_a_seat_that_is_disabled_and_sends_is_ready() -> None:
    profile = {"uuid": "s", "first_name": "Max", "status": "disabled", "linkedin_browser_id": 5, "mailbox_uuid": "m"}
    mailbox = {"uuid": "m", "status": "disabled", "send_status": "active", "automation_daily_limit": 40}
    server = Server(
        {
            "/flows/api/sender-profiles": {"data": [profile]},
            "/browsers/api/linkedin-browsers/list": {"data": [{"id": 5, "status": "stopped"}]},
            "/emails/api/mailboxes": {"data": [mailbox]},
            "/flows/api/tasks/group-counts": {"s": 3, "": 1},
        }
    )
    async with server.client() as grinfi:
        (sender,) = (await grinfi.reports.sender_health()).records
    assert sender == {
        "sender": "Max", "linkedin": "stopped", "mailbox": "active", "ready": "yes", "emails_a_day": 40,
        "queued": 3, "failed": 3,
    }  # fmt: skip


async def test_a_total_that_is_missing_is_unknown_and_not_zero() -> None:
    stages = [{"uuid": "one", "name": "New"}, {"uuid": "two", "name": "Won"}]

    def search(request: httpx.Request) -> dict[str, Any]:
        stage = json.loads(request.content)["filter"]["pipeline_stage_uuid"]
        return {"data": [], "total": 3} if stage == "one" else {"data": []}

    server = Server({"/leads/api/pipeline-stages": {"data": stages}, "/leads/api/leads/search": search})
    async with server.client() as grinfi:
        report = await grinfi.reports.stages()
    assert [(it["contacts"], it["share"]) for it in report.records] == [(3, None), (None, None)]
    assert "–" in str(report)


async def test_what_a_reply_has_cancelled_is_not_retried() -> None:
    server = Server({"/flows/api/tasks/group-counts": {"replied": 5, "too_many_attempts": 9, "": 2}})
    async with server.client() as grinfi:
        report = await grinfi.reports.failed_tasks()
    assert [(it["error"], it["tasks"], it["retry"].partition(":")[0]) for it in report.records] == [
        ("too_many_attempts", 9, "yes"),
        ("replied", 5, "no"),
        ("(none)", 2, "yes"),
    ]


async def test_branches_count_each_contact_once() -> None:
    def task(uuid: str, lead: str, branch: int | None, at: str) -> dict[str, Any]:
        return {
            "uuid": uuid, "lead_uuid": lead, "type": "rule_ab_test", "flow_node_id": 2, "fork_result": branch,
            "executed_at": at, "created_at": at,
        }  # fmt: skip

    tasks = [
        task("1", "ada", 1, "2026-03-02T10:00:00Z"),
        task("1", "ada", 1, "2026-03-02T10:00:00Z"),  # a row that comes again
        task("2", "bo", 2, "2026-03-02T10:00:00Z"),
        task("3", "cy", 2, "2026-03-02T10:00:00Z"),
        task("4", "di", 2, "2026-05-02T10:00:00Z"),  # another filter was applied than was asked for
    ]
    replies = [
        {"uuid": "r", "lead_uuid": lead, "type": "inbox", "sent_at": at, "created_at": at}
        for lead, at in (("bo", "2026-03-03T10:00:00Z"), ("cy", "2026-03-01T10:00:00Z"))
    ]
    server = Server(
        {
            "/flows/api/tasks": {"data": tasks, "total": len(tasks)},
            "/flows/api/linkedin-messages": {"data": [dict(it, uuid=it["lead_uuid"]) for it in replies], "total": 2},
        }
    )
    async with server.client() as grinfi:
        report = await grinfi.reports.branches("f", dt.date(2026, 3, 1), dt.date(2026, 4, 1))
    assert [(it["contacts"], it["replied"]) for it in report.records] == [(1, 0), (2, 1)]


@pytest.mark.parametrize(
    ("since", "until", "period", "labels"),
    [
        (dt.date(2026, 3, 28), dt.date(2026, 3, 31), "day", ["2026-03-28", "2026-03-29", "2026-03-30"]),
        (dt.date(2025, 12, 30), dt.date(2026, 1, 6), "week", ["2026-W01", "2026-W02"]),
        (dt.date(2026, 1, 31), dt.date(2026, 3, 1), "month", ["2026-01", "2026-02"]),
    ],
)
def test_periods_leave_no_gap(since: dt.date, until: dt.date, period: Any, labels: list[str]) -> None:
    periods = list(_periods(since, until, period, "Europe/Berlin"))
    assert [it.label for it in periods] == labels
    assert all(one.end == two.start for one, two in pairwise(periods))
    if period == "day":  # the clocks go forward on the 29th
        assert [(it.end - it.start).total_seconds() / 3600 for it in periods] == [24, 23, 24]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"since": FAR_OFF}, "since: must be before until"),
        ({"since": dt.date(1990, 1, 1)}, "more than 400 periods"),
        ({"since": dt.date(2026, 1, 1), "tz": "Berlin"}, "no time zone 'Berlin'"),
        ({"since": dt.date(2026, 1, 1), "tz": "../etc"}, "no time zone"),
        ({"since": dt.date(2026, 1, 1), "period": "year"}, 'must be "day"'),
    ],
)
async def test_what_cannot_be_reported_is_said_before_anything_is_sent(arguments: Any, told: str) -> None:
    asked: list[httpx.Request] = []
    transport = httpx.MockTransport(lambda request: asked.append(request) or httpx.Response(200, json={}))  # type: ignore[func-returns-value]
    async with Grinfi("key", base_url="http://sandbox.test", transport=transport) as grinfi:
        with pytest.raises(InvalidArgumentError, match=re.escape(told)):
            await grinfi.reports.volume(**arguments)
    assert not asked


async def test_a_report_is_written_in_each_form(tmp_path: Path) -> None:
    names = {"": 2, "<script>alert(1)</script>": 9}
    server = Server({"/flows/api/tasks/group-counts": names})
    async with server.client() as grinfi:
        report = await grinfi.reports.failed_tasks()
    assert "1 request." in str(report)
    assert max(map(len, str(report).splitlines())) <= 100
    rows = list(csv.DictReader(io.StringIO(report.to_csv(tmp_path / "report.csv"), newline="")))
    assert [row["tasks"] for row in rows] == ["9", "2"]
    assert json.loads(report.to_json())["records"] == report.records
    page = report.to_html(tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text("utf-8") == page
    assert "<script" not in page
    outside: Callable[[str], list[str]] = re.compile(r'(?:src|href)="(?!#)|url\((?!#)|@import').findall
    assert not outside(page)
    assert "prefers-color-scheme: dark" in page


def test_a_page_without_rows_has_no_chart() -> None:
    empty = Report(title="Nothing", columns=[Column("a", "A")], records=[], chart=Chart("a", "a"))
    assert "<svg" not in page_of([empty])


def of_senders(records: list[dict[str, Any]]) -> Report:
    columns = [Column("period", "Day", "text"), Column("sender", "Sender", "text"), Column("sent", "Sent")]
    chart = Chart("period", "sent", "sender")
    return Report(title="Senders", columns=columns, records=records, chart=chart)


@pytest.mark.parametrize("name", ["Ada\x1b]0;owned\x07\x00", "Ada \ud83d", "Ada\r\nBo"])
def test_names_of_strangers_control_neither_terminal_nor_page(name: str, tmp_path: Path) -> None:
    report = of_senders([{"period": name, "sender": name, "sent": 9, "limit": "40"}])
    report.title, report.columns = name, [*report.columns, Column("limit", "Limit")]
    for form in (str(report), report.to_html(tmp_path / "page.html")):
        assert "Ada" in form
        assert all(letter.isprintable() for line in form.split("\n") for letter in line)
    report.to_json(tmp_path / "report.json")
    report.to_csv(tmp_path / "report.csv")
    assert (tmp_path / "report.json").read_text("utf-8")


def test_a_page_says_what_its_chart_does_not_show() -> None:
    days = [f"day {number}" for number in range(400)]
    page = page_of([of_senders([{"period": day, "sender": "Ada", "sent": 1} for day in days])])
    assert "The chart shows the last 60 of 400." in page
    (figure,) = re.findall("<figure.*</figure>", page, re.DOTALL)
    assert "day 399" in figure
    assert "day 300" not in figure


def test_each_sender_has_a_colour_of_its_own_or_is_among_the_others() -> None:
    page = page_of([of_senders([{"period": "1", "sender": f"Nr {n:03}", "sent": n} for n in range(200)])])
    (figure,) = re.findall('<div class="light">.*?</div>', page, re.DOTALL)
    legend = re.findall(r">(Nr \d+|others)</text>", figure)
    assert sorted(legend) == [*(f"Nr {n}" for n in range(193, 200)), "others"]


def node(node_id: Any, *after: Any, **more: Any) -> dict[str, Any]:
    edges = [{"node_id": each, "branch_id": 1} for each in after]
    return {"id": node_id, "type": MESSAGE, "before": [], "after": edges, "payload": {}, **more}


def server_of(version: dict[str, Any] | None, statistics: Any = None, tasks: Any = (), messages: Any = ()) -> Server:
    return Server(
        {
            "/flows/api/flows/f": {"uuid": "f", "name": "DACH", "flow_version_uuid": version and "v"},
            "/flows/api/flow-versions/v": {"uuid": "v", "contact_sources": [{"after_id": 1}], **(version or {})},
            "/flows/api/flows/f/statistics/nodes": statistics or {},
            "/flows/api/tasks": {"data": list(tasks), "total": len(tasks)},
            "/flows/api/linkedin-messages": {"data": list(messages), "total": len(messages)},
        }
    )


def done(uuid: str, **more: Any) -> dict[str, Any]:
    at = "2026-03-02T10:00:00Z"
    row = {"uuid": uuid, "lead_uuid": "ada", "type": MESSAGE, "status": "closed", "flow_uuid": "f", "flow_node_id": 1}
    return {**row, "executed_at": at, "created_at": at, **more}


def came_in(uuid: str, **more: Any) -> dict[str, Any]:
    at = "2026-03-03T10:00:00Z"
    return {"uuid": uuid, "lead_uuid": "ada", "type": "inbox", "sent_at": at, "created_at": at, **more}


@pytest.mark.parametrize(
    "nodes",
    [
        [node(1, 2), node(2, 1)],  # a circle
        {"0": node(1, 2), "3": node(2)},  # a PHP array with a gap
        [node("1", "2"), node("2")],
        [node(1, "2"), node(2), None, {"id": 7}, {"type": MESSAGE}],
        [node(1, 2), node(2, after=5)],
        [node(1, 2), node(2, after=[{}, None])],
    ],
)
async def test_a_funnel_of_any_tree_has_its_steps(nodes: Any) -> None:
    statistics: dict[str, Any] = {"1": {"node_statuses": {"closed": 3}}, "2": {"node_statuses": []}, "99": {}}
    async with server_of({"nodes": nodes}, statistics).client() as grinfi:
        report = await grinfi.reports.funnel("f")
    assert [(it["node"], it["done"]) for it in report.records] == [(1, 3), (2, 0)]


async def test_an_automation_without_a_version_has_no_steps() -> None:
    async with server_of(None).client() as grinfi:
        report = await grinfi.reports.funnel("f")
    assert report.records == []
    assert report.requests == 1
    assert "no version" in str(report)


async def test_only_what_the_rows_show_is_counted() -> None:
    tasks = [
        done("1", flow_node_id="1"),
        done("2", status="failed"),
        done("3", flow_uuid="other"),
        done("4", executed_at=None),
        done("5", lead_uuid=None),
        done("6", flow_node_id=None),
        done("7", flow_node_id=77),
    ]
    messages = [came_in("1", type="outbox"), came_in("2", lead_uuid=None), came_in("3", created_at=None, sent_at=None)]
    server = server_of({"nodes": [node(1)]}, tasks=tasks, messages=messages)
    async with server.client() as grinfi:
        report = await grinfi.reports.funnel("f", dt.date(2026, 3, 1), dt.date(2026, 4, 1))
        senders = await grinfi.reports.senders(dt.date(2026, 3, 2), dt.date(2026, 3, 9))
    assert [(it["done"], it["replied"]) for it in report.records] == [(2, 0)]
    assert "1 task at steps of earlier versions" in str(report)
    assert [it["replied"] for it in senders.records] == [1]


async def test_days_of_a_funnel_are_those_of_its_time_zone() -> None:
    tasks = [done("1", executed_at="2026-02-28T23:30:00Z")]
    async with server_of({"nodes": [node(1)]}, tasks=tasks).client() as grinfi:
        day = dt.date(2026, 3, 1)
        berlin = await grinfi.reports.funnel("f", day, dt.date(2026, 3, 2), tz="Europe/Berlin")
        utc = await grinfi.reports.funnel("f", day, dt.date(2026, 3, 2))
    assert [it["done"] for it in (*berlin.records, *utc.records)] == [1, 0]


@pytest.mark.parametrize(
    ("report", "arguments", "told"),
    [
        ("funnel", {"flow_uuid": "f", "until": LONG_AGO}, "until: needs since"),
        ("funnel", {"flow_uuid": "f", "since": "2026-01-01"}, "since: must be a date or a datetime, not '2026-01-01'"),
        ("branches", {"flow_uuid": "f", "since": FAR_OFF}, "since: must be before until"),
        ("volume", {"since": None}, "since: must be a date or a datetime, not None"),
        ("volume", {"since": dt.date.min, "tz": "Europe/Berlin"}, "since: is out of range"),
        ("senders", {"since": LONG_AGO, "until": dt.date.max, "tz": "America/New_York"}, "until: is out of range"),
        ("volume", {"since": LONG_AGO, "tz": None}, "there is no time zone None"),
    ],
)
async def test_a_wrong_period_is_named(report: str, arguments: dict[str, Any], told: str) -> None:
    async with Server({}).client() as grinfi:
        with pytest.raises(InvalidArgumentError, match=re.escape(told)):
            await getattr(grinfi.reports, report)(**arguments)


async def test_branches_may_have_names() -> None:
    tasks = [done(str(n), type="rule_ab_test", lead_uuid=str(n), fork_result=each) for n, each in enumerate(["b", 1])]
    async with server_of({}, tasks=tasks).client() as grinfi:
        report = await grinfi.reports.branches("f", dt.date(2026, 3, 1), dt.date(2026, 4, 1))
    assert [it["branch"] for it in report.records] == ["test 1, branch 1", "test 1, branch b"]
