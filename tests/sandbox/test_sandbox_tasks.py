"""Tasks: added and ended by users, listed and counted."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sandbox.outreach import (
    ANY_UUID,
    FLOWS,
    advance,
    enroll,
    enrollments,
    new,
    new_flow,
    new_lead,
    new_sender,
    node,
    rows,
    send,
    tasks,
)

TASKS = "/flows/api/tasks"
MESSAGE = "linkedin_send_message"


@pytest.fixture
def addressed(api: httpx.Client) -> dict[str, Any]:
    return {
        "lead_uuid": new_lead(api),
        "sender_profile_uuid": new_sender(api),
        "schedule_at": "2026-03-01T12:00:00+02:00",
    }


def test_add_a_task(api: httpx.Client, addressed: dict[str, Any]) -> None:
    task = send(api, "POST", TASKS, {**addressed, "text": "Hello", "note": "Soon"}, 201)
    expected = {"type": MESSAGE, "automation": "manual", "status": "in_progress", "note": "Soon", "flow_uuid": None}
    assert task == {**task, **expected, "schedule_at": "2026-03-01T10:00:00.000000Z"}
    assert task["payload"]["rendered_text"] == "Hello"
    assert send(api, "GET", f"{TASKS}/{task['uuid']}") == task
    for field in ("lead_uuid", "sender_profile_uuid"):
        answer = send(api, "POST", TASKS, {**addressed, "text": "Hello", field: ANY_UUID}, 422)
        assert answer["error"]["data"].keys() == {field}
    send(api, "POST", TASKS, {**addressed, "text": "Hello", "schedule_at": "0001-01-01T00:00:00+05:00"}, 422)
    assert advance(api, 86400)["tasks"] == 0
    schedule = send(api, "GET", f"{TASKS}/schedule?date=2026-03-01&sender_profile_uuid={task['sender_profile_uuid']}")
    assert [row["uuid"] for row in schedule["data"]] == [task["uuid"]]
    other = send(api, "GET", f"{TASKS}/schedule?date=2026-03-02&sender_profile_uuid={task['sender_profile_uuid']}")
    assert other["data"] == []


@pytest.mark.parametrize(
    ("action", "status"), [("complete", "closed"), ("cancel", "canceled"), ("fail", "failed"), ("skip", "skipped")]
)
def test_end_tasks(api: httpx.Client, addressed: dict[str, Any], action: str, status: str) -> None:
    uuids = [new(api, TASKS, **addressed, text=f"Text {number}") for number in range(3)]
    if action != "skip":
        send(api, "PUT", f"{TASKS}/{uuids[0]}/{action}", None, 200)
        send(api, "PUT", f"{TASKS}/{uuids[0]}/{action}", None, 422)
        assert send(api, "GET", f"{TASKS}/{uuids[0]}")["status"] == status
        send(api, "PUT", f"{TASKS}/{ANY_UUID}/{action}", None, 404)
    if action != "fail":
        send(api, "PUT", f"{TASKS}/mass-{action}", {"uuids": uuids[1:]}, 200)
        assert [send(api, "GET", f"{TASKS}/{uuid}")["status"] for uuid in uuids[1:]] == [status] * 2
        send(api, "PUT", f"{TASKS}/mass-{action}", {"uuids": [ANY_UUID]}, 422)
    written = [message["text"] for message in rows(api, "/flows/api/linkedin-messages")]
    assert written == (["Text 0", "Text 1", "Text 2"] if action == "complete" else [])


def test_failed_tasks_are_retried(api: httpx.Client, addressed: dict[str, Any]) -> None:
    uuid = new(api, TASKS, **addressed, text="Hello")
    send(api, "PUT", f"{TASKS}/mass-retry", {"uuids": [uuid]}, 422)
    send(api, "PUT", f"{TASKS}/{uuid}/fail")
    send(api, "PUT", f"{TASKS}/mass-retry", {"uuids": [uuid]}, 200)
    assert send(api, "GET", f"{TASKS}/{uuid}")["status"] == "in_progress"


def test_manual_tasks_only(api: httpx.Client, addressed: dict[str, Any]) -> None:
    manual = new(api, TASKS, **addressed, text="Hello")
    enroll(api, new_flow(api, node(2, MESSAGE, (1, 1), delay_in_seconds=60), node(1, "end")), addressed["lead_uuid"])
    (automatic,) = rows(api, TASKS, automation="auto")
    for action in ("complete", "cancel", "fail"):
        send(api, "PUT", f"{TASKS}/{automatic['uuid']}/{action}", None, 422)
    for action in ("complete", "cancel", "retry", "skip"):
        send(api, "PUT", f"{TASKS}/mass-{action}", {"uuids": [manual, automatic["uuid"]]}, 422)
    assert {status for _, status in tasks(api)} == {"in_progress"}


@pytest.mark.parametrize(
    ("action", "expected"), [("skip", "finished"), ("cancel", "canceled"), ("complete", "finished")]
)
def test_the_state_of_the_flow_changes(
    api: httpx.Client, addressed: dict[str, Any], action: str, expected: str
) -> None:
    nodes = (node(2, "phone_call_phone", (3, 1)), node(3, MESSAGE, (1, 1)), node(1, "end"))
    enroll(api, new_flow(api, *nodes), addressed["lead_uuid"])
    (task,) = rows(api, TASKS)
    assert task["automation"] == "manual"
    send(api, "PUT", f"{TASKS}/mass-{action}", {"uuids": [task["uuid"]]})
    advance(api)
    assert enrollments(api) == [expected]


def test_filters_and_counts(api: httpx.Client, addressed: dict[str, Any]) -> None:
    lead = addressed["lead_uuid"]
    manual = new(api, TASKS, **addressed, text="Hello")
    flow = new_flow(
        api, node(2, MESSAGE, (3, 1)), node(3, "util_timer", (1, 1), payload={"wait_time": 60}), node(1, "end")
    )
    enroll(api, flow, lead)
    advance(api)
    assert [row["uuid"] for row in rows(api, TASKS, flow_uuid="is_null")] == [manual]
    assert tasks(api, flow_uuid=flow) == [(MESSAGE, "closed"), ("util_timer", "in_progress")]
    assert tasks(api, flow_uuid=flow, status="closed") == tasks(api, flow_node_id=2) == [(MESSAGE, "closed")]
    executed = send(api, "GET", f"{TASKS}?filter[executed_at][>=]=2026-01-01&limit=1")
    assert (executed["total"], len(executed["data"])) == (1, 1)
    assert send(api, "GET", f"{TASKS}?filter[executed_at][<]=2026-01-01")["total"] == 0
    send(api, "GET", f"{TASKS}?filter[colour]=red", None, 422)
    counts = send(api, "POST", f"{TASKS}/group-counts", {"group_field": "flow_uuid"})
    assert counts == {"": 1, flow: 2}
    body = {"group_field": "type", "filter": {"flow_uuid": [flow], "executed_at": {">=": "2026-01-01"}}}
    assert send(api, "POST", f"{TASKS}/group-counts", body) == {MESSAGE: 1}
    send(api, "POST", f"{TASKS}/group-counts", {"group_field": "type", "filter": {"colour": "red"}}, 422)
    metrics = send(api, "POST", f"{FLOWS}/metrics", {"uuids": [flow]})
    assert metrics[flow]["task_counts"] == {"util_timer": 1}
