"""Automations: versions, contacts that go through the nodes as the clock is turned, statistics."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from grinfi_sandbox import SandboxServer, run_in_thread
from tests.sandbox.outreach import (
    ANY_UUID,
    FLOWS,
    SAVED_AT,
    SCHEDULE,
    advance,
    enroll,
    enrollments,
    new,
    new_flow,
    new_lead,
    new_mailbox,
    new_sender,
    node,
    reply,
    rows,
    send,
    tasks,
    version,
)
from tests.sandbox.sandbox_crm import LEADS, finish_jobs

TASKS = "/flows/api/tasks"
MESSAGES = "/flows/api/linkedin-messages"
REQUEST = "linkedin_send_connection_request"
MESSAGE = "linkedin_send_message"
EMAIL = "email_send_message"
ACCEPTED = "trigger_linkedin_connection_request_accepted"
DAY = 86400


def test_life_of_a_flow(api: httpx.Client) -> None:
    folder = new(api, "/flows/api/flow-workspaces", name="2026")
    body = {"name": "One", "use_sender_schedule": False, "schedule": SCHEDULE, "flow_workspace_uuid": folder}
    flow = send(api, "POST", FLOWS, body, 201)
    assert flow == {**flow, **body, "status": "draft", "priority": 2}
    path = f"{FLOWS}/{flow['uuid']}"
    send(api, "POST", FLOWS, {**body, "flow_workspace_uuid": ANY_UUID}, 422)
    send(api, "PUT", f"{path}/start", None, 422)
    send(api, "POST", f"{path}/flow-versions", version(node(1, "end")), 201)
    assert send(api, "PUT", f"{path}/start")["status"] == "on"
    assert send(api, "PUT", f"{path}/stop")["status"] == "off"
    assert send(api, "PUT", f"{path}/archive")["status"] == "archived"
    assert send(api, "PUT", f"{path}/stop")["status"] == "archived"
    send(api, "PUT", f"{path}/start", None, 422)
    assert send(api, "PUT", f"{path}/unarchive")["status"] == "off"
    assert send(api, "PUT", path, {"name": "First"})["name"] == "First"
    copy = send(api, "POST", f"{FLOWS}/clone", {"flow_uuid": flow["uuid"], "name": "Two"}, 201)
    assert (copy["status"], copy["name"], copy["flow_workspace_uuid"]) == ("off", "Two", folder)
    assert copy["flow_version_uuid"] != send(api, "GET", path)["flow_version_uuid"]
    assert send(api, "PUT", f"{FLOWS}/{copy['uuid']}/start")["status"] == "on"
    assert [row["name"] for row in rows(api, FLOWS, status="on")] == ["Two"]
    assert [row["name"] for row in rows(api, FLOWS, q="fir")] == ["First"]
    send(api, "DELETE", f"/flows/api/flow-workspaces/{folder}")
    assert send(api, "GET", path)["flow_workspace_uuid"] is None
    send(api, "DELETE", path, None, 204)
    send(api, "GET", path, None, 404)


def test_versions(api: httpx.Client) -> None:
    flow = new_flow(api, node(1, "end"), start=False)
    sent = version(node(2, MESSAGE, (1, 1)), node(1, "end"))
    second = send(api, "POST", f"{FLOWS}/{flow}/flow-versions", sent, 201)["uuid"]
    first, listed = send(api, "GET", f"{FLOWS}/{flow}/flow-versions")
    assert (listed["uuid"], listed["flow_uuid"], listed["nodes"]) == (second, flow, sent["nodes"])
    assert send(api, "GET", f"/flows/api/flow-versions/{second}")["contact_sources"] == sent["contact_sources"]
    assert send(api, "GET", f"{FLOWS}/{flow}")["flow_version_uuid"] == second
    send(api, "DELETE", f"/flows/api/flow-versions/{second}", None, 422)
    send(api, "DELETE", f"/flows/api/flow-versions/{first['uuid']}", None, 204)
    assert len(send(api, "GET", f"{FLOWS}/{flow}/flow-versions")) == 1


def edge(target: int, branch: int = 1) -> dict[str, int]:
    return {"node_id": target, "branch_id": branch}


def branching() -> dict[str, Any]:
    nodes = (node(2, "rule_ab_test", (3, 1), (1, 2)), node(3, MESSAGE, (1, 1)), node(1, "end"))
    return version(*nodes, common=1)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, set[str]()),
        ({"first_common_node_id": None}, {"first_common_node_id"}),
        ({"first_common_node_id": 9}, {"first_common_node_id"}),
        ({"nodes": []}, {"nodes"}),
        ({"nodes.1.id": "3"}, {"nodes.1.id"}),
        ({"nodes.1.id": 2}, {"nodes"}),
        ({"nodes.1.before": [edge(2, 7)]}, {"nodes.0.after"}),
        ({"nodes.1.before": []}, {"nodes.0.after"}),
        ({"nodes.1.before": [edge(2), edge(9)]}, {"nodes.1.before"}),
        ({"nodes.1.after": []}, {"nodes.1.after"}),
        ({"nodes.2.type": MESSAGE}, {"nodes.2.after"}),
        ({"nodes.1.type": "end"}, {"nodes.1.after"}),
        ({"nodes.1.after": [edge(2)], "nodes.0.before": [edge(3)], "nodes.2.before": [edge(2, 2)]}, {"nodes"}),
        ({"nodes.1.type": "linkedin_dance"}, {"nodes.1.type"}),
        ({"nodes.1.delay_in_seconds": -1}, {"nodes.1.delay_in_seconds"}),
        ({"nodes.1.delay_in_seconds": 10**15}, {"nodes.1.delay_in_seconds"}),
        ({"contact_sources": []}, {"contact_sources"}),
        ({"contact_sources.0.after_id": 9}, {"contact_sources.0.after_id"}),
        ({"contact_sources": [{"id": 1}, {"id": 1}]}, {"contact_sources.1.id"}),
    ],
)
def test_rules_of_versions(api: httpx.Client, changes: dict[str, Any], fields: set[str]) -> None:
    flow = new_flow(api, node(1, "end"), start=False)
    body: dict[str, Any] = branching()
    for path, value in changes.items():
        *parents, last = path.split(".")
        target: Any = body
        for key in parents:
            target = target[int(key) if key.isdigit() else key]
        target[last] = value
    answer = send(api, "POST", f"{FLOWS}/{flow}/flow-versions", body, 422 if fields else 201)
    assert not fields or answer["error"]["data"].keys() == fields


def test_nodes_need_times_in_versions_only(api: httpx.Client) -> None:
    flow = new_flow(api, node(1, "end"), start=False)
    bare: dict[str, Any] = {"id": 1, "type": "end", "before": [], "after": []}
    send(api, "POST", "/flows/api/flow-versions/validate-node", bare, 204)
    body: dict[str, Any] = {"nodes": [bare], "contact_sources": [{"id": 1}]}
    answer = send(api, "POST", f"{FLOWS}/{flow}/flow-versions", body, 422)
    assert answer["error"]["data"].keys() == {"nodes.0.created_at", "nodes.0.updated_at"}
    send(api, "POST", "/flows/api/flow-versions/validate-node", {"id": 1, "type": "end", "before": []}, 422)
    send(api, "POST", "/flows/api/flow-versions/validate-node", {**bare, "id": "1"}, 422)
    send(api, "POST", "/flows/api/flow-versions/validate-node", {**bare, "type": "dance"}, 422)
    send(api, "POST", "/flows/api/flow-versions/validate-contact-source", {"id": 1, "type": "manual"}, 200)
    send(api, "POST", "/flows/api/flow-versions/validate-contact-source", {"id": "1"}, 422)


def test_a_contact_goes_through_a_flow(api: httpx.Client) -> None:
    sender = new_sender(api)
    new_mailbox(api, sender)
    lead = new_lead(api, first_name="Jo", email="jo@zeta.com")
    flow = new_flow(
        api,
        node(2, REQUEST, (3, 1), payload={"template": "Hello {{first_name}}"}),
        node(3, MESSAGE, (4, 1), payload={"template": "{{ 'Hey|Hi' | spintax }} {{nobody}}!"}, delay_in_seconds=7200),
        node(4, EMAIL, (1, 1), payload={"subject": "For {{first_name}}", "template": "Mail"}, delay_in_seconds=DAY),
        node(1, "end"),
        senders=(sender,),
    )
    enroll(api, flow, lead)
    assert tasks(api) == [(REQUEST, "in_progress")]
    assert advance(api)["tasks"] == 1
    assert tasks(api) == [(REQUEST, "closed"), (MESSAGE, "in_progress")]
    assert advance(api, 7100)["tasks"] == 0
    assert advance(api, 200)["tasks"] == 1
    assert enrollments(api) == ["in_progress"]
    advance(api, 2 * DAY)
    assert tasks(api) == [(REQUEST, "closed"), (MESSAGE, "closed"), (EMAIL, "closed")]
    assert enrollments(api, flow_uuid=[flow], lead_uuid=[lead], status=["finished"]) == ["finished"]
    times = [datetime.fromisoformat(task["executed_at"]) for task in rows(api, "/flows/api/tasks")]
    assert timedelta(hours=2) <= times[1] - times[0] < timedelta(hours=2, seconds=10)
    assert timedelta(days=1) <= times[2] - times[1] < timedelta(days=1, seconds=10)
    note, message = rows(api, "/flows/api/linkedin-messages")
    assert (note["text"], note["linkedin_type"], note["status"]) == ("Hello Jo", "connection_note", "done")
    assert (message["text"], message["automation"], message["lead_uuid"]) == ("Hey !", "auto", lead)
    (email,) = rows(api, "/emails/api/emails", flow_uuid=flow, flow_node_id=4)
    assert (email["subject"], email["to_email"], email["from_email"]) == ("For Jo", "jo@zeta.com", "max@acme.com")
    assert (email["status"], email["type"]) == ("sent", "outbox")


def test_the_flow_waits_for_manual_tasks_and_for_its_start(api: httpx.Client) -> None:
    new_sender(api)
    lead = new_lead(api)
    nodes = (node(2, MESSAGE, (3, 1), automation="manual"), node(3, MESSAGE, (1, 1)), node(1, "end"))
    flow = new_flow(api, *nodes, start=False)
    enroll(api, flow, lead)
    assert tasks(api) == []
    send(api, "PUT", f"{FLOWS}/{flow}/start")
    advance(api, DAY)
    assert tasks(api) == [(MESSAGE, "in_progress")]
    send(api, "PUT", f"{FLOWS}/{flow}/stop")
    (task,) = rows(api, "/flows/api/tasks", automation="manual")
    send(api, "PUT", f"/flows/api/tasks/{task['uuid']}/complete")
    advance(api, DAY)
    assert tasks(api) == [(MESSAGE, "closed")]
    send(api, "PUT", f"{FLOWS}/{flow}/start")
    advance(api)
    assert tasks(api) == [(MESSAGE, "closed")] * 2
    assert enrollments(api) == ["finished"]


def test_add_new_leads(api: httpx.Client) -> None:
    new_sender(api)
    known = new_lead(api, "jo")
    list_uuid = send(api, "GET", "/leads/api/lists")["data"][0]["uuid"]
    flow = new_flow(api, node(2, MESSAGE, (1, 1)), node(1, "end"))
    path = f"{FLOWS}/{flow}/add-new-lead"
    body = {"list_uuid": list_uuid, "skip_if_lead_exists": True}
    assert send(api, "POST", path, {**body, "lead": {"linkedin_id": "jo"}}, 200) == {"reason": "skipped"}
    assert enrollments(api) == []
    send(api, "POST", path, {**body, "lead": {"linkedin_id": "ann"}}, 204)
    assert (enrollments(api), enrollments(api, lead_uuid=[known])) == (["in_progress"], [])
    send(api, "POST", f"{FLOWS}/{ANY_UUID}/add-new-lead", {**body, "lead": {"linkedin_id": "cyd"}}, 404)
    assert send(api, "POST", "/leads/api/leads/count", {"all": True})["total"] == 2
    send(api, "POST", f"{FLOWS}/{flow}/leads/{ANY_UUID}", None, 404)


def test_leaving_flows(api: httpx.Client) -> None:
    new_sender(api)
    lead = new_lead(api)
    send(api, "DELETE", f"{FLOWS}/leads/{lead}", None, 404)
    flows = [new_flow(api, node(2, MESSAGE, (1, 1), delay_in_seconds=60), node(1, "end")) for _ in range(3)]
    for flow in flows:
        enroll(api, flow, lead)
    send(api, "PUT", f"{FLOWS}/leads/{lead}/cancel", {"flow_uuids": [flows[0]]}, 204)
    assert enrollments(api) == ["canceled", "in_progress", "in_progress"]
    assert tasks(api, flow_uuid=flows[0]) == [(MESSAGE, "canceled")]
    enroll(api, flows[1], lead)
    assert enrollments(api, flow_uuid=[flows[1]]) == ["restarted", "in_progress"]
    send(api, "PUT", f"{FLOWS}/leads/{lead}/cancel-all", None, 204)
    assert enrollments(api, status=["in_progress"]) == []
    assert advance(api, DAY)["tasks"] == 0
    send(api, "DELETE", f"{FLOWS}/leads/{lead}", None, 204)
    assert enrollments(api) == []


@pytest.mark.parametrize("accepts", [True, False])
def test_triggers(api: httpx.Client, accepts: bool) -> None:
    new_sender(api)
    lead = new_lead(api)
    timer = {"type": "util_timer", "payload": {"wait_time": 3 * DAY}}
    flow = new_flow(
        api,
        node(2, REQUEST, (3, 1)),
        node(3, ACCEPTED, (4, 2), (5, 1), payload={"subtasks": [timer]}),
        node(4, MESSAGE, (1, 1)),
        node(5, "linkedin_visit_profile", (1, 1)),
        node(1, "end"),
        common=1,
    )
    enroll(api, flow, lead)
    advance(api, DAY)
    if accepts:
        reply(api, lead, text=None)
    advance(api, 1)
    assert tasks(api)[1:] == [(ACCEPTED, "closed"), (MESSAGE, "closed")] if accepts else [(ACCEPTED, "in_progress")]
    advance(api, 3 * DAY)
    assert tasks(api)[2:] == [(MESSAGE if accepts else "linkedin_visit_profile", "closed")]
    statistics = send(api, "POST", f"{FLOWS}/{flow}/statistics/nodes", {"node_ids": [2, 3]})
    assert statistics["2"]["node_conversions"] == ({"accepted": 1} if accepts else [])
    assert statistics["3"]["node_branches"] == {"2" if accepts else "1": 1}


@pytest.mark.parametrize("early", [True, False])
def test_a_contact_that_follows_a_link_continues(api: httpx.Client, early: bool) -> None:
    sender = new_sender(api)
    new_mailbox(api, sender)
    lead = new_lead(api, email="jo@zeta.com")
    flow = new_flow(
        api,
        node(1, EMAIL, (2, 1), payload={"subject": "Hello", "template": "See https://acme.com"}),
        node(2, "linkedin_visit_profile", (3, 1), delay_in_seconds=DAY),
        node(3, "trigger_link_clicked", (4, 1), payload={"subtasks": []}),
        node(4, "end"),
        senders=(sender,),
    )
    enroll(api, flow, lead)
    advance(api)
    if not early:
        advance(api, 10 * DAY)
        assert tasks(api)[-1] == ("trigger_link_clicked", "in_progress")
    send(api, "POST", "/_sandbox/reply", {"lead_uuid": lead, "channel": "email", "kind": "clicked"}, 200)
    advance(api, DAY)
    assert enrollments(api) == ["finished"]
    statistics = send(api, "POST", f"{FLOWS}/{flow}/statistics/nodes", {"node_ids": [1]})
    assert statistics["1"]["node_conversions"] == {"opened": 1, "clicked": 1}


def test_nodes_that_change_the_contact_and_branch(api: httpx.Client) -> None:
    leads = [new_lead(api, handle, position=position) for handle, position in (("a", "CTO"), ("b", "CEO"))]
    tag = new(api, "/leads/api/tags", name="Hot")
    goal = new(api, "/leads/api/lists", name="Goal")
    match = {"filters": {"mass_actions_filter": {"position": "CTO"}}, "branch_id": 1}
    flow = new_flow(
        api,
        node(2, "rule_filter", (3, 1), (4, 0), payload={"branches": [match, {"branch_id": 0}]}),
        node(3, "gs_add_tag", (5, 1), payload={"tag_uuid": tag}),
        node(4, "gs_change_list", (5, 1), payload={"list_uuid": goal}),
        node(5, "util_hodor", (1, 1), payload={"is_open": 0}),
        node(1, "end"),
        common=5,
    )
    enroll(api, flow, *leads)
    advance(api, DAY)
    first, second = (send(api, "GET", f"/leads/api/leads/{lead}") for lead in leads)
    assert (first["tags"], second["tags"]) == ([tag], [])
    assert first["list_uuid"] != second["list_uuid"] == goal
    assert enrollments(api) == ["in_progress"] * 2
    send(api, "PUT", "/flows/api/tasks/continue-automation", {"lead_uuid": leads[0]})
    assert enrollments(api) == ["finished", "in_progress"]


def test_an_ab_test_splits_evenly(api: httpx.Client) -> None:
    branches = [{"value": value, "branch_id": branch} for value, branch in ((25, 1), (75, 2))]
    split = node(2, "rule_ab_test", (1, 1), (3, 2), payload={"branches": branches})
    flow = new_flow(api, split, node(3, "linkedin_visit_profile", (1, 1)), node(1, "end"), common=1)
    enroll(api, flow, *(new_lead(api, f"lead-{number}") for number in range(8)))
    advance(api)
    statistics = send(api, "POST", f"{FLOWS}/{flow}/statistics/nodes", {"node_ids": [2]})
    assert statistics["2"]["node_branches"] == {"1": 2, "2": 6}


def test_failures(api: httpx.Client) -> None:
    sender = new_sender(api)
    mailbox = new_mailbox(api, sender)
    flow = new_flow(api, node(2, EMAIL, (1, 1)), node(1, "end"))
    enroll(api, flow, new_lead(api, "no-email"))
    advance(api)
    enroll(api, flow, new_lead(api, "jo", email="jo@zeta.com"))
    send(api, "PUT", f"/emails/api/mailboxes/{mailbox}/deactivate")
    advance(api)
    assert enrollments(api) == ["failed", "failed"]
    errors = [task["automation_error_code"] for task in rows(api, "/flows/api/tasks", status="failed")]
    assert errors == ["no_email", "mailbox_inactive"]
    (error,) = send(api, "GET", "/emails/api/mailbox-errors?search=inactive")["data"]
    assert error["mailbox_uuid"] == mailbox
    assert send(api, "GET", "/emails/api/mailbox-errors?search=nothing")["data"] == []


def test_disabled_senders_do_nothing(api: httpx.Client) -> None:
    first, second = new_sender(api), new_sender(api)
    flow = new_flow(api, node(2, MESSAGE, (1, 1)), node(1, "end"), senders=(first, second))
    enroll(api, flow, *(new_lead(api, f"lead-{number}") for number in range(4)))
    used = [task["sender_profile_uuid"] for task in rows(api, "/flows/api/tasks")]
    assert used == [first, second, first, second]
    send(api, "PUT", f"/flows/api/sender-profiles/{first}/disable")
    assert advance(api)["tasks"] == 2
    assert tasks(api, sender_profile_uuid=first) == [(MESSAGE, "in_progress")] * 2
    enroll(api, flow, new_lead(api, "late"))
    assert len(tasks(api, sender_profile_uuid=second)) == 3
    send(api, "PUT", f"/flows/api/sender-profiles/{first}/enable")
    assert advance(api)["tasks"] == 3


def test_a_reply_stops_the_flow(api: httpx.Client) -> None:
    new_sender(api)
    stopping = {"template": "Hi", "stop_on_reply_level": "always"}
    for payload in (stopping, {"template": "Hi"}):
        nodes = (node(2, MESSAGE, (3, 1), payload=payload), node(3, MESSAGE, (1, 1), delay_in_seconds=DAY))
        lead = new_lead(api, f"lead-{len(payload)}")
        enroll(api, new_flow(api, *nodes, node(1, "end")), lead)
        advance(api)
        reply(api, lead)
    advance(api, 2 * DAY)
    assert enrollments(api) == ["canceled", "finished"]


def test_figures_add_up(api: httpx.Client) -> None:
    sender = new_sender(api)
    leads = [new_lead(api, f"lead-{number}") for number in range(6)]
    payload = {"template": "Hi", "stop_on_reply_level": "always"}
    flow = new_flow(
        api,
        node(2, REQUEST, (3, 1)),
        node(3, MESSAGE, (4, 1), payload=payload, delay_in_seconds=DAY),
        node(4, MESSAGE, (1, 1), payload=payload, delay_in_seconds=DAY),
        node(1, "end"),
    )
    enroll(api, flow, *leads)
    advance(api, DAY + 60)
    reply(api, leads[0], text=None)
    reply(api, leads[1])
    metrics = send(api, "POST", f"{FLOWS}/metrics", {"uuids": [flow, ANY_UUID]})
    figures = {"leads_count": 6, "in_progress_leads_count": 5, "finished_leads_count": 0, "failed_leads_count": 0}
    assert metrics == {flow: {**figures, "task_counts": {MESSAGE: 5}}}
    advance(api, DAY)
    nodes = send(api, "POST", f"{FLOWS}/{flow}/statistics/nodes", {"node_ids": [2, 3, 4]})
    assert nodes["2"] == {"node_statuses": {"closed": 6}, "node_conversions": {"accepted": 2}}
    assert nodes["3"] == {"node_statuses": {"closed": 6}, "node_conversions": {"opened": 2, "replied": 1}}
    assert nodes["4"] == {"node_statuses": {"closed": 5, "canceled": 1}, "node_conversions": []}
    sources = send(api, "POST", f"{FLOWS}/{flow}/statistics/contact-sources", {"contact_source_ids": [1]})
    assert sources["1"]["contact_source_statuses"] == {"finished": 5, "canceled": 1}
    assert sources["1"]["contact_source_added_by"] == {"user": 6, "filter": 0}
    conversions = sources["1"]["contact_source_conversions"]
    assert conversions["linkedin_connection_request"] == {"sent": 6, "accepted": 2}
    assert conversions["linkedin_message"] == {"sent": 11, "opened": 2, "replied": 1, "blocked": 0}
    counted = send(api, "POST", "/flows/api/tasks/group-counts", {"group_field": "status", "filter": {"type": MESSAGE}})
    assert counted == {"closed": 11, "canceled": 1}
    by_sender = {"group_field": "sender_profile_uuid", "filter": {"type": "inbox"}}
    assert send(api, "POST", "/flows/api/linkedin-messages/group-counts", by_sender) == {sender: 1}
    names = [f"linkedin_{name}_count" for name in ("connection_request_sent", "connection_request_accepted", "sent")]
    names += ["linkedin_opened_count", "linkedin_inbox_count", "email_sent_count"]
    body: dict[str, Any] = {
        "period_from": "2020-01-01T00:00:00Z",
        "period_to": "2099-01-01T00:00:00Z",
        "metrics": names,
    }
    expected = dict(zip(names, (6, 2, 11, 2, 1, 0), strict=True))
    assert send(api, "POST", "/leads/api/leads/metrics", body)["total"] == expected
    assert send(api, "POST", "/leads/api/leads/metrics", {**body, "flows": [flow]})["total"] == expected
    for other in ({"flows": [ANY_UUID]}, {"period_to": "2020-01-02T00:00:00Z"}):
        assert set(send(api, "POST", "/leads/api/leads/metrics", {**body, **other})["total"].values()) == {0}


def test_the_clock(api: httpx.Client, tmp_path: Path) -> None:
    for seconds in (-1, "1", 10**12):
        send(api, "POST", "/_sandbox/advance", {"seconds": seconds}, 422)
    times: list[datetime] = []
    for _ in range(2):  # the second sandbox takes over where the first one stopped
        with (
            run_in_thread(database=str(tmp_path / "state.sqlite")) as server,
            httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {server.key}"}) as client,
        ):
            advance(client, 5 * DAY)
            new(client, "/leads/api/tags", name="A")
            times = [
                datetime.fromisoformat(row["created_at"]) for row in send(client, "GET", "/leads/api/tags")["data"]
            ]
    assert times[1] - times[0] >= timedelta(days=5)
    assert httpx.post(f"{str(api.base_url).rstrip(chr(47))}/_sandbox/advance", json={"seconds": 1}).status_code == 401


def test_mass_actions_on_flows(api: httpx.Client, server: SandboxServer) -> None:
    new_sender(api)
    first, second = (new_flow(api, node(2, MESSAGE, (1, 1), delay_in_seconds=DAY), node(1, "end")) for _ in range(2))
    ann, bob, cyd = (new_lead(api, handle) for handle in ("ann", "bob", "cyd"))
    new(api, "/leads/api/leads-blacklist", linkedin="cyd")

    def act(kind: str, payload: dict[str, Any], status: int = 200, **selection: Any) -> Any:
        body = {"type": f"contact_{kind}", "filter": selection or {"all": True}, "payload": payload}
        answer = send(api, "PUT", f"{LEADS}/mass-action", body, status)
        finish_jobs(server)
        return answer

    act("add_to_flow", {"flow_uuid": first})
    act("add_to_flow", {"flow_uuid": second}, ids=[ann, bob])
    assert [enrollments(api, lead_uuid=[lead]) for lead in (ann, bob, cyd)] == [["in_progress"] * 2] * 2 + [[]]
    assert tasks(api, flow_uuid=first) == [(MESSAGE, "in_progress")] * 2
    act("cancel_from_flows", {"flow_uuids": [first]}, ids=[ann])
    assert sorted(enrollments(api, lead_uuid=[ann])) == ["canceled", "in_progress"]
    assert sorted(tasks(api, lead_uuid=ann)) == [(MESSAGE, "canceled"), (MESSAGE, "in_progress")]
    assert enrollments(api, lead_uuid=[bob]) == ["in_progress"] * 2
    for wrong in ({}, {"flow_uuid": ANY_UUID}):
        assert act("add_to_flow", wrong, 422)["error"]["data"].keys() == {"payload.flow_uuid"}
    for uuids in (None, "all", [], [first, ANY_UUID]):
        answer = act("cancel_from_flows", {"flow_uuids": uuids}, 422)
        assert answer["error"]["data"].keys() == {"payload.flow_uuids"}


@pytest.mark.parametrize(
    ("blacklist", "entry"),
    [
        ("leads", {"linkedin": "jo"}),
        ("leads", {"email": "jo@zeta.com"}),
        ("companies", {"name": "ZETA"}),
        ("companies", {"domain": "zeta.example"}),
        ("companies", {"linkedin": "https://www.linkedin.com/company/zeta-co"}),
    ],
)
def test_blacklisted_contacts_are_excluded(api: httpx.Client, blacklist: str, entry: dict[str, str]) -> None:
    company = {"name": "Zeta", "website": "https://zeta.example", "linkedin": "zeta-co"}
    send(api, "POST", "/leads/api/companies", {"companies": [company]})
    sender = new_sender(api)
    jo, ann = new_lead(api, email="jo@zeta.com", company_name="Zeta"), new_lead(api, "ann")
    flow = new_flow(api, node(2, MESSAGE, (1, 1)), node(1, "end"))
    manual = new(api, TASKS, lead_uuid=jo, sender_profile_uuid=sender, text="Hi", schedule_at=SAVED_AT)
    enroll(api, flow, jo, ann)
    listed = new(api, f"/leads/api/{blacklist}-blacklist", **entry)
    advance(api)
    assert [(row["lead_uuid"], row["status"]) for row in rows(api, MESSAGES)] == [(ann, "done")]
    (task,) = rows(api, TASKS, lead_uuid=jo, flow_uuid=flow)
    reason = ("canceled", "blacklisted", "The contact is on a blacklist.")
    assert (task["status"], task["automation_error_code"], task["error_msg"]) == reason
    done = send(api, "PUT", f"{TASKS}/{manual}/complete")
    assert (done["status"], done["error_msg"]) == (reason[0], reason[2])
    enroll(api, flow, jo)
    assert enrollments(api, lead_uuid=[jo]) == ["canceled", "canceled"]
    advance(api)
    assert len(rows(api, MESSAGES)) == 1
    send(api, "DELETE", f"/leads/api/{blacklist}-blacklist/{listed}", None, 204)
    enroll(api, flow, jo)
    advance(api)
    assert enrollments(api, lead_uuid=[jo]) == ["canceled", "canceled", "finished"]
    assert [row["lead_uuid"] for row in rows(api, MESSAGES)] == [ann, jo]
