from __future__ import annotations

from datetime import timedelta

import pytest

from grinfi_async import FlowBuilder, Grinfi
from tests.bulk.crm import SCHEDULE, new_list
from tests.recipes.conftest import Stage

PEOPLE = 4


async def outreach(grinfi: Grinfi) -> None:
    """A sender's automation with an A/B test; half of its contacts accept, and one of them replies. Emails fail."""
    list_uuid, people = await new_list(grinfi), list[str]()
    sender = await grinfi.sender_profiles.create(first_name="Ada", last_name="Byron", assignee_user_id=1)
    for number in range(PEOPLE):
        lead = {"linkedin_id": f"person-{number}", "first_name": "Jo"}
        people.append((await grinfi.contacts.upsert(lead=lead, list_uuid=list_uuid)).uuid)
    request = FlowBuilder().add("linkedin_send_connection_request", template="Hello")
    tree = (
        FlowBuilder(sender_profiles=[sender.uuid])
        .branch("rule_ab_test", {1: request, 2: request.add("linkedin_visit_profile")})
        .add("email_send_message", subject="Hello", template="Hello", delay=timedelta(days=1))
    )
    flow = await grinfi.automations.create(name="Hello", use_sender_schedule=True, schedule=SCHEDULE)
    await grinfi.flow_versions.create(flow.uuid, **tree.build())
    await grinfi.automations.start(flow.uuid)
    for person in people:
        await grinfi.automations.add_contact(flow.uuid, person)
    await grinfi.request("POST", "/_sandbox/advance", json={"seconds": 0})
    for person in people[::2]:
        await grinfi.request("POST", "/_sandbox/reply", json={"lead_uuid": person, "channel": "linkedin"})


def test_sender_report_by_week(stage: Stage) -> None:
    stage.do(outreach)
    before = stage.requests
    printed = stage.run("sender-report-by-week", "Europe/Kyiv")
    assert "Most requests: Ada Byron" in printed
    assert f"{stage.requests - before} requests." in printed
    (row,) = (stage.folder / "senders.csv").read_text("utf-8-sig").splitlines()[1:]
    assert row.split(",")[1:] == ["Ada Byron", str(PEOPLE), "0", "0", "0", "0", "0"]


def test_funnel_page(stage: Stage) -> None:
    stage.do(outreach)
    printed = stage.run("funnel-page", "Hello")
    assert printed == "1. Connection request: 100% accepted\n2. Connection request: 0% accepted\n"
    page = (stage.folder / "funnel.html").read_text("utf-8")
    assert "<h1>Hello</h1>" in page
    assert "A/B tests of Hello" in page


def test_failed_task_triage(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(grinfi: Grinfi) -> None:
        await outreach(grinfi)
        await grinfi.request("POST", "/_sandbox/advance", json={"seconds": 100_000})  # no contact has an address

    stage.do(fail)
    tasks = stage.server.app.state.store.find("task")
    for number, task in enumerate(it for it in tasks if it["status"] == "failed"):
        code = "too_many_attempts" if number % 2 else "replied"
        stage.server.app.state.store.update(task, {"automation_error_code": code})
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return "y"

    monkeypatch.setattr("builtins.input", answer)
    printed = stage.run("failed-task-triage")
    failed = [it for it in stage.server.app.state.store.find("task") if it["status"] == "failed"]
    if stage.behaviour == "published":  # which does not count by error code
        assert (asked, len(failed)) == ([], PEOPLE)
        assert "does not count tasks by automation_error_code" in " ".join(printed.split())
    else:
        assert asked == ["Retry too_many_attempts? [y/N] "]
        assert [it["automation_error_code"] for it in failed] == ["replied"] * (PEOPLE // 2)
