"""Reports of servers whose figures are true, and of others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from grinfi_async import Grinfi, InvalidArgumentError
from grinfi_sandbox import Sandbox
from grinfi_toolkit.reports import Report, Reports
from tests.toolkit.report_server import ADA, BO, EMAIL, FLOW, MESSAGE, REQUEST, ReportServer, Row, node, uuid

pytestmark = pytest.mark.anyio


@pytest.fixture
def server() -> ReportServer:
    return ReportServer()


def by(report: Report, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(record.get(name) for name in names) for record in report.records]


def said(report: Report) -> str:
    return " ".join(report.leaves_out)


# -- senders, days ---------------------------------------------------------------------------------------------------


class TestPeriods:
    @pytest.mark.parametrize(
        ("zone", "day", "moments"),
        [  # the clock is put forward at 3 o'clock; put back at 4; and forward at midnight
            ("Europe/Kyiv", 29, {"2026-03-28T21:59:59Z": 28, "2026-03-28T22:00:00Z": 29, "2026-03-29T20:59:59Z": 29,
                                 "2026-03-29T21:00:00Z": 30}),
            ("Europe/Kyiv", 25, {"2026-10-24T20:59:59Z": 24, "2026-10-24T21:00:00Z": 25, "2026-10-25T21:59:59Z": 25,
                                 "2026-10-25T22:00:00Z": 26}),
            ("Africa/Cairo", 24, {"2026-04-23T21:59:59Z": 23, "2026-04-23T22:00:00Z": 24, "2026-04-24T20:59:59Z": 24,
                                  "2026-04-24T21:00:00Z": 25}),
        ],
    )  # fmt: skip
    async def test_a_day_is_one_of_the_time_zone(
        self, server: ReportServer, zone: str, day: int, moments: dict[str, int]
    ) -> None:
        for at in moments:
            server.task(MESSAGE, at)
        first = date.fromisoformat(next(iter(moments))[:10])
        report = await server.client().reports.daily(first, date(first.year, first.month, day + 1), timezone=zone)
        days = {int(str(it["day"])[-2:]): int(it[MESSAGE] or 0) for it in report.records}
        assert days == {number: list(moments.values()).count(number) for number in days}
        assert sum(days.values()) == len(moments)

    async def test_weeks_begin_on_monday_and_the_first_is_whole(self, server: ReportServer) -> None:
        for at in ("2026-03-01T12:00:00Z", "2026-03-02T00:00:00Z", "2026-03-08T23:59:59Z", "2026-03-09T00:00:00Z"):
            server.task(REQUEST, at)
        report = await server.client().reports.senders(date(2026, 3, 5), date(2026, 3, 9))
        assert by(report, "period", "sender", "connection_requests") == [
            ("2026-03-02", "Ada Byron", 2),
            ("2026-03-09", "Ada Byron", 1),
        ]
        assert report.covers == "2026-03-02 to 2026-03-09, days of UTC."
        assert "Nothing was sent or received by Bo." in said(report)

    async def test_months(self, server: ReportServer) -> None:
        for at in ("2026-01-31T23:30:00Z", "2026-02-01T00:30:00Z", "2026-02-28T12:00:00Z"):
            server.task(EMAIL, at)
        report = await server.client().reports.senders(
            datetime(2026, 1, 15, tzinfo=UTC), date(2026, 3, 3), by="month", timezone="Europe/Kyiv"
        )
        assert by(report, "period", "emails") == [("2026-02", 3)]
        assert report.requests == 1 + 2 + 3 * 5 + 1

    @pytest.mark.parametrize(
        ("argument", "options"),
        [
            ("since", {"since": date(2026, 2, 1), "until": date(2026, 1, 1)}),
            ("since", {"since": date(2020, 1, 1), "by": "day"}),
            ("until", {"until": datetime(2026, 1, 1)}),  # that is the mistake
            ("by", {"by": "year"}),
            ("reports.on(tz)", {"timezone": "Europe/Kiew"}),
        ],
    )
    async def test_an_unusable_value_costs_nothing(
        self, server: ReportServer, argument: str, options: dict[str, Any]
    ) -> None:
        with pytest.raises(InvalidArgumentError) as caught:
            await server.client().reports.senders(**options)
        assert caught.value.argument == argument
        assert server.requests == []


MARCH = (date(2026, 3, 2), date(2026, 3, 8))
AT = "2026-03-04T09:00:00.000000Z"


class TestSenders:
    async def test_senders_that_are_gone_or_missing(self, server: ReportServer) -> None:
        server.task(REQUEST, AT, sender_profile_uuid=None)
        server.task(REQUEST, AT, sender_profile_uuid="0badc0de-0000-4000-8000-000000000000")
        server.task(MESSAGE, AT, sender_profile_uuid=BO)
        server.task("linkedin_dance", AT)
        server.task(MESSAGE, AT, "restarted")
        server.receive("linkedin-messages", AT, uuid(1), sender_profile_uuid=BO)
        server.receive("emails", AT, uuid(1))
        server.receive("emails", AT, uuid(1), lead_uuid=None)  # a newsletter
        server.rows["emails"] *= 2  # each row comes twice
        report = await server.client().reports.senders(*MARCH)
        names = ("sender", "connection_requests", "messages", "linkedin_received", "emails_received")
        assert by(report, *names) == [
            ("Ada Byron", 0, 0, 0, 1),
            ("Bo", 0, 1, 1, 0),
            ("Deleted sender 0badc0de", 1, 0, 0, 0),
            ("No sender", 1, 0, 0, 0),
        ]

    async def test_a_server_that_ignores_times(self, server: ReportServer) -> None:
        server.task(REQUEST, AT)
        server.receive("linkedin-messages", AT, uuid(1))
        server.ignores = {"executed_at"}
        report = await server.client().reports.senders(*MARCH)
        assert [column.name for column in report.columns] == [
            "period",
            "sender",
            "linkedin_received",
            "emails_received",
        ]
        assert by(report, "sender", "linkedin_received") == [("Ada Byron", 1)]
        assert "The server ignores executed_at" in said(report)
        server.ignores |= {"sent_at"}
        daily = await server.client().reports.daily(*MARCH)
        assert daily.records == []
        assert "ignores sent_at" in said(daily)

    async def test_excess_emails_are_dropped(self, server: ReportServer) -> None:
        for _ in range(40):
            server.receive("emails", AT, uuid(1))
        server.page = 1
        report = await server.client().reports.senders(*MARCH)
        assert "emails_received" not in [column.name for column in report.columns]
        assert "more emails than 20 requests read" in said(report)
        assert len(server.requests) == report.requests <= 2 + 7 + 21

    async def test_many_types(self, server: ReportServer) -> None:
        for number in range(12):
            server.task(f"linkedin_new_{number:02}", AT)
        server.task("util_timer", AT)
        server.task("gs_add_tag", AT)
        report = await server.client().reports.daily(*MARCH)
        assert sum(column.name.startswith("linkedin_new_") for column in report.columns) == 8
        record = next(it for it in report.records if it["day"] == "2026-03-04")
        assert (record["other"], record["linkedin_received"]) == (4, 0)
        assert not {"util_timer", "gs_add_tag"} & set(record)


# -- automations -----------------------------------------------------------------------------------------------------

STEPS = [
    node(10, "trigger_message_replied", 2),
    node(2, REQUEST, 3),
    node(3, MESSAGE, 4),
    node(4, EMAIL, 5),
    node(5, "linkedin_dance", 6),
    node(6, "end"),
]


class TestFunnel:
    async def test_rates_are_of_what_was_sent(self, server: ReportServer) -> None:
        server.nodes = STEPS
        server.statistics = {
            "2": {"node_statuses": {"closed": 40, "skipped": 9, "failed": 1, "in_progress": 2, "restarted": 3,
                                    "new_one": 1}, "node_conversions": {"accepted": 10}},
            "3": {"node_statuses": {"closed": 8, "canceled": 2}, "node_conversions": {"replied": 2, "opened": 7}},
            "4": {"node_statuses": {"failed": 3}, "node_conversions": []},
        }  # fmt: skip
        report = await server.client().reports.funnel(FLOW)
        names = ("step", "sent", "waiting", "failed", "other", "accepted", "acceptance", "replied", "reply_rate")
        assert by(report, *names) == [
            ("1. Connection request", 40, 2, 1, 13, 10, 0.25, 0, 0.0),
            ("2. LinkedIn message", 8, 0, 0, 2, None, None, 2, 0.25),
            ("3. Email", 0, 0, 3, 0, None, None, 0, None),  # nothing was sent: no rate
            ("4. Linkedin dance", 0, 0, 0, 0, None, None, None, None),  # the server does not return it
        ]
        assert "7 contacts were added" in report.covers
        assert report.requests == len(server.requests) == 4
        assert "│" not in report.text(100)
        assert "– " in report.text(100)

    async def test_more_answers_than_requests_give_no_rate(self, server: ReportServer) -> None:
        server.nodes = STEPS
        server.statistics = {"2": {"node_statuses": {"closed": 4}, "node_conversions": {"accepted": 5}}}
        report = await server.client().reports.funnel(FLOW)
        assert by(report, "accepted", "acceptance")[0] == (5, None)
        assert "1. Connection request: the server counts more answers than messages" in said(report)

    async def test_a_period(self, server: ReportServer) -> None:
        server.nodes = STEPS
        for at, came in ((AT, ["accepted"]), (AT, []), ("2026-02-01T09:00:00Z", ["accepted"])):
            server.task(REQUEST, at, flow_node_id=2, came=came)
        report = await server.client().reports.funnel(FLOW, *MARCH)
        assert by(report, "sent", "accepted", "acceptance")[0] == (2, 1, 0.5)
        assert report.requests == 4
        assert "rows" not in said(report)

    async def test_statistics_that_ignore_the_period_are_replaced_by_rows(self, server: ReportServer) -> None:
        server.nodes = STEPS
        server.ignores = {"statistics", "flow_uuid", "executed_at"}
        server.task(REQUEST, "2026-03-03T09:00:00Z", flow_node_id=2, flow_uuid=uuid(75))
        ada, bo, cy = uuid(71), uuid(72), uuid(73)
        server.task(REQUEST, "2026-02-01T09:00:00Z", flow_node_id=2, lead_uuid=uuid(74))
        for contact in (ada, bo, cy):
            server.task(REQUEST, "2026-03-03T09:00:00Z", flow_node_id=2, lead_uuid=contact)
        server.task(MESSAGE, "2026-03-05T09:00:00Z", flow_node_id=3, lead_uuid=ada)
        server.task(EMAIL, "2026-03-06T09:00:00Z", flow_node_id=4, lead_uuid=ada)
        server.task(MESSAGE, "2026-03-06T09:00:00Z", "failed", flow_node_id=3, lead_uuid=bo)
        server.task(MESSAGE, "2026-03-06T09:00:00Z", flow_node_id=77, lead_uuid=cy)  # of an earlier version
        server.receive("linkedin-messages", "2026-03-02T09:00:00Z", bo)  # before anything was sent
        server.receive("linkedin-messages", "2026-03-07T09:00:00Z", ada)  # to the message, not to the email
        server.receive("linkedin-messages", "2026-03-07T10:00:00Z", ada)
        server.receive("linkedin-messages", "2026-02-07T09:00:00Z", cy)
        kind = {"type": "linkedin_connection_request_accepted", "object_type": "lead"}
        for contact in (ada, bo, uuid(74)):
            server.receive("activities", "2026-03-04T09:00:00Z", contact, object_uuid=contact, **kind)
        report = await server.client().reports.funnel(FLOW, *MARCH)
        assert by(report, "sent", "failed", "accepted", "acceptance", "replied") == [
            (3, 0, 2, 2 / 3, 0),
            (1, 1, None, None, 1),
            (1, 0, None, None, 0),
            (0, 0, None, None, 0),
        ]
        assert "derived from rows" in said(report)

        server.rows["activities"].clear()
        report = await server.client().reports.funnel(FLOW, *MARCH)
        assert by(report, "sent", "accepted", "acceptance")[0] == (3, None, None)
        assert "No accepted connection request is on record" in said(report)

        server.ignores = {"statistics"}
        server.page = 1  # more rows than a report reads: sent ones are counted, the rest is unknown
        for _ in range(30):
            server.task(REQUEST, "2026-03-03T09:00:00Z", flow_node_id=2)
        server.requests.clear()
        report = await server.client().reports.funnel(FLOW, *MARCH)
        assert by(report, "sent", "accepted", "replied")[:2] == [(33, None, None), (1, None, None)]
        assert len(server.requests) == report.requests <= 3 + 21 + 4

    async def test_an_automation_without_steps(self, server: ReportServer) -> None:
        report = await server.client().reports.funnel(FLOW)
        assert (report.records, report.covers) == ([], "The automation has no version with steps.")
        assert "Nothing to show." in str(report)


async def test_branches_are_compared_by_their_own_steps(server: ReportServer) -> None:
    server.nodes = [
        node(1, "rule_ab_test", (2, 1), (3, 2)),
        node(2, REQUEST, 4),
        node(3, MESSAGE, 4),
        node(4, EMAIL, 5),  # of both
        node(5, "end"),
    ]
    server.statistics = {
        "1": {"node_statuses": {"closed": 300}, "node_branches": {"1": 100, "2": 200}, "node_conversions": []},
        "2": {"node_statuses": {"closed": 80}, "node_conversions": {"accepted": 20, "replied": 10}},
        "3": {"node_statuses": {"closed": 190}, "node_conversions": {"replied": 20}},
        "4": {"node_statuses": {"closed": 250}, "node_conversions": {"replied": 99}},
    }
    report = await server.client().reports.branches(FLOW)
    assert by(report, "branch", "contacts", "requests", "accepted", "acceptance", "replied", "reply_rate") == [
        ("A", 100, 80, 20, 0.25, 10, 0.1),
        ("B", 200, 0, 0, None, 20, 0.1),
    ]
    assert by(report, "range") == [("5.5% to 17.4%",), ("6.6% to 14.9%",)]  # Wilson's, as of R's binom.wilson
    del server.statistics["1"], server.statistics["3"]
    report = await server.client().reports.branches(FLOW)
    assert by(report, "contacts", "replied", "reply_rate", "range")[1] == (None, None, None, None)
    server.nodes = server.nodes[1:]
    report = await server.client().reports.branches(FLOW)
    assert (report.records, report.requests) == ([], 2)


# -- tasks, stages, senders' health ----------------------------------------------------------------------------------


class TestFailedTasks:
    async def test_retryable_tasks(self, server: ReportServer) -> None:
        for code, kind, count in (("too_many_attempts", REQUEST, 3), ("too_many_attempts", EMAIL, 1),
                                  ("replied", MESSAGE, 2), (None, MESSAGE, 1), ("brand_new", "odd", 1)):  # fmt: skip
            for _ in range(count):
                server.task(kind, AT, "failed", automation_error_code=code, error_msg=f"of {code}")
        server.task(MESSAGE, None, "canceled", automation_error_code="replied")
        server.task(MESSAGE, None, "canceled", automation_error_code="blacklisted")
        server.task(MESSAGE, None, "in_progress")
        report = await server.client().reports.failed_tasks()
        assert by(report, "code", "step", "failed", "retry", "example") == [
            ("too_many_attempts", "Connection request", 3, "yes", "of too_many_attempts"),
            ("too_many_attempts", "Email", 1, "yes", "of too_many_attempts"),
            ("replied", "LinkedIn message", 2, "never", "of replied"),
            (None, "LinkedIn message", 1, "look first", "of None"),
            ("brand_new", "Odd", 1, "look first", "of brand_new"),
        ]
        assert "1 tasks were cancelled by a reply of their contact" in said(report)
        assert report.requests == len(server.requests) == 2 + 2 * 4

    async def test_a_server_that_ignores_the_code(self, server: ReportServer) -> None:
        for code in ("replied", "unknown", "unknown"):
            server.task(MESSAGE, AT, "failed", automation_error_code=code, error_msg=code)
        server.ignores = {"automation_error_code"}
        report = await server.client().reports.failed_tasks()
        assert [it[:3] for it in by(report, "code", "step", "failed")] == [("unknown", None, 2), ("replied", None, 1)]
        assert by(report, "example")[0] == (None,)  # not the example of another code

    async def test_many_codes(self, server: ReportServer) -> None:
        for number in range(25):
            server.task(MESSAGE, AT, "failed", automation_error_code=f"code_{number}")
        report = await server.client().reports.failed_tasks(FLOW)
        assert (len(report.records), report.requests) == (20, 42)
        assert "5 rarer error codes" in said(report)


STAGES: list[Row] = [
    {"uuid": uuid(92), "name": "Won", "object": "lead", "order": 2, "category": "positive"},
    {"uuid": uuid(91), "name": "New", "object": "lead", "order": 1, "category": "cold"},
    {"uuid": uuid(93), "name": "Lost", "object": "lead", "order": None},
    {"uuid": uuid(94), "name": "Client", "object": "company", "order": 1},
]


class TestStages:
    @pytest.fixture
    def staged(self, server: ReportServer) -> ReportServer:
        server.rows["pipeline-stages"] = STAGES
        stages = [uuid(91)] * 3 + [uuid(92), uuid(99)]
        server.rows["search"] = [{"uuid": uuid(n), "pipeline_stage_uuid": it} for n, it in enumerate(stages, 500)]
        return server

    async def test_shares_are_of_all_contacts(self, staged: ReportServer) -> None:
        report = await staged.client().reports.stages()
        names = ("stage", "contacts", "share")
        assert sorted(by(report, *names)) == [("Lost", 0, 0.0), ("New", 3, 0.6), ("Won", 1, 0.2)]
        assert "1 contacts are in no stage." in said(report)
        assert report.requests == len(staged.requests) == 2 + 3

    async def test_a_missing_total_is_not_0(self, staged: ReportServer) -> None:
        staged.totals = False
        report = await staged.client().reports.stages()
        assert {it[1:] for it in by(report, "stage", "contacts", "share")} == {(None, None)}
        assert "unknown, which is not 0" in said(report)
        assert len(staged.requests) == 2 + 3  # not every page

    async def test_a_server_that_ignores_the_stage(self, staged: ReportServer) -> None:
        staged.ignores = {"pipeline_stage_uuid"}
        report = await staged.client().reports.stages()
        assert sorted(by(report, "stage", "contacts"), key=str) == [("Lost", None), ("New", 5), ("Won", None)]
        assert "unknown" in said(report)


async def test_health_believes_browsers_and_mailboxes(server: ReportServer) -> None:
    server.rows["sender-profiles"] = [
        {"uuid": ADA, "first_name": "Ada", "status": "disabled", "linkedin_browser_id": 7, "mailbox_uuid": uuid(31)},
        {"uuid": BO, "label": "Bo", "status": "enabled", "hold_tasks_till": AT},
        {"uuid": uuid(3), "first_name": "Cy", "last_name": "Roe"},
    ]
    server.rows["list"] = [
        {"id": 7, "sender_profile_uuid": None, "status": "running"},
        {"id": 8, "sender_profile_uuid": BO, "status": "login_issue", "error_reason": "A code is wanted."},
        {"id": 9, "sender_profile_uuid": uuid(3), "status": "warming_up"},
    ]
    server.rows["mailboxes"] = [
        {"uuid": uuid(31), "email": "a@x.test", "send_status": "active", "status": "x", "automation_daily_limit": 50},
        {"uuid": uuid(32), "email": "b@x.test", "sender_profile_uuid": BO, "send_status": "paused", "status": "active"},
        {"uuid": uuid(33), "email": "c@x.test", "sender_profile_uuid": BO, "status": "active"},
    ]
    now = datetime.now(UTC).isoformat()
    server.task(EMAIL, now, mailbox_uuid=uuid(31))
    server.task(EMAIL, "2020-01-01T00:00:00Z", mailbox_uuid=uuid(31))
    server.task(MESSAGE, None, "in_progress", sender_profile_uuid=BO)
    server.task(MESSAGE, None, "failed", sender_profile_uuid=None)
    report = await server.client().reports.health()
    names = ("sender", "linkedin", "email", "mailbox", "emails_today", "daily_limit", "waiting", "failed")
    assert by(report, *names) == [
        ("Ada", "ready", "ready", "a@x.test", 1, 50, 0, 0),
        ("Bo", "not ready", "not ready", "b@x.test", 0, None, 1, 0),
        ("Bo", "not ready", "ready", "c@x.test", 0, None, 1, 0),
        ("Cy Roe", "not known", "no mailbox", None, None, None, 0, 0),
    ]
    assert "no send_status for c@x.test" in said(report)
    assert report.requests == len(server.requests) == 6


async def test_funnels_of_running_automations(server: ReportServer) -> None:
    for ignored in (set[str](), {"status"}):
        server.ignores = ignored
        titles = [report.title for report in await server.client().reports.all(automations=2)]
        assert [title for title in titles if title.startswith("Funnel")] == ["Funnel of Hello"]


# -- all of them -----------------------------------------------------------------------------------------------------

EACH: dict[str, Callable[[Reports], Awaitable[Report]]] = {
    "senders": lambda it: it.senders(),
    "daily": lambda it: it.daily(),
    "failed_tasks": lambda it: it.failed_tasks(),
    "stages": lambda it: it.stages(),
    "health": lambda it: it.health(),
}


@pytest.mark.parametrize("behaviour", ["published", "observed"])
async def test_a_new_team_of_the_sandbox(behaviour: Any) -> None:
    """Nothing has happened yet: there are no rates, and each request is counted."""
    async with (
        Sandbox(sockets=False, behaviour=behaviour) as sandbox,
        Grinfi(sandbox.key, base_url=sandbox.url, transport=sandbox.transport, rate_limiter=None) as grinfi,
    ):
        for make in EACH.values():
            before = len(sandbox.requests)
            report = await make(grinfi.reports)
            assert report.requests == len(sandbox.requests) - before
            assert {record.get("share") for record in report.records} <= {None}
            assert str(report)
        before = len(sandbox.requests)
        reports = await grinfi.reports.all()
        assert sum(it.requests for it in reports) + 1 == len(sandbox.requests) - before
