"""Webhooks are delivered to their targets."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import httpx
import pytest

from grinfi_sandbox import Sandbox
from grinfi_sandbox.description import Description, find_description, load_description
from grinfi_sandbox.schemas import Schemas
from tests.sandbox.outreach import (
    ANY_UUID,
    advance,
    enroll,
    new,
    new_flow,
    new_lead,
    new_mailbox,
    new_sender,
    node,
    reply,
    send,
)
from tests.sandbox.sandbox_crm import LEADS

WEBHOOKS = "/integrations/api/webhooks"
DESCRIPTION = Description(load_description(find_description()))


class Target:
    """An HTTP server that keeps what it receives."""

    def __init__(self) -> None:
        self.received: Queue[tuple[str, str, Any]] = Queue()
        self.open = threading.Event()
        self.open.set()
        target = self

        class Handler(BaseHTTPRequestHandler):
            disable_nagle_algorithm = True

            def handle_one(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                target.received.put((self.command, self.path, json.loads(body)))
                target.open.wait(10)
                self.send_response(202)
                self.send_header("content-length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            do_POST = do_PUT = handle_one  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?a=b"

    def next(self) -> tuple[str, str, Any]:
        return self.received.get(timeout=5)

    def events(self, count: int) -> list[str]:
        return [self.next()[2]["event_name"] for _ in range(count)]


@pytest.fixture
def target() -> Iterator[Target]:
    running = Target()
    thread = threading.Thread(target=running.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield running
    running.open.set()
    running.server.shutdown()
    running.server.server_close()
    thread.join()


def connect(sandbox: Sandbox) -> httpx.Client:
    return httpx.Client(base_url=sandbox.url, headers={"authorization": f"Bearer {sandbox.key}"})


def deep(levels: int) -> Any:
    return {"!": deep(levels - 1)} if levels else True


def first_stage(api: httpx.Client) -> str:
    params = {"filter": '{"object":"lead"}'}
    uuid: str = api.get("/leads/api/pipeline-stages", params=params).json()["data"][0]["uuid"]
    return uuid


def subscribe(api: httpx.Client, target: Target, *events: str, **more: Any) -> list[str]:
    return [new(api, WEBHOOKS, name=event, event=event, target_url=target.url, **more) for event in events]


def test_queued_deliveries_are_sent_after_a_restart(target: Target, tmp_path: Path) -> None:
    database = str(tmp_path / "sandbox.sqlite3")
    target.open.clear()
    with Sandbox(database=database) as sandbox, connect(sandbox) as api:
        subscribe(api, target, "contact_created")
        for handle in ("ada", "ben", "cora"):
            new_lead(api, handle)
        assert target.next()[2]["contact"]["linkedin"] == "ada"  # which is not answered, so that the others wait
    with Sandbox(database=database):
        target.open.set()
        assert [target.next()[2]["contact"]["linkedin"] for _ in range(2)] == ["ben", "cora"]


def test_webhooks_are_kept(api: httpx.Client, target: Target) -> None:
    (uuid,) = subscribe(api, target, "contact_created")
    webhook = send(api, "GET", f"{WEBHOOKS}/{uuid}")
    assert webhook == {**webhook, "event": "contact_created", "request_method": "POST", "status": "on", "filters": None}
    assert send(api, "PUT", f"{WEBHOOKS}/{uuid}", {"status": "off"})["status"] == "off"
    assert send(api, "GET", WEBHOOKS)["total"] == 1
    for url in ("ftp://127.0.0.1/", "http://[", "http:///x", "http://127.0.0.1:99999/"):
        send(api, "PUT", f"{WEBHOOKS}/{uuid}", {"target_url": url}, 422)
    send(api, "POST", WEBHOOKS, {"name": "A", "event": "moon_rises", "target_url": target.url}, 422)
    send(api, "DELETE", f"{WEBHOOKS}/{uuid}", None, 204)
    send(api, "GET", f"{WEBHOOKS}/{uuid}", None, 404)


def test_deliveries(api: httpx.Client, target: Target) -> None:
    sender = new_sender(api)
    new_mailbox(api, sender)
    lead = new_lead(api, first_name="Jo", company_name="Zeta", email="jo@zeta.com")
    subscribe(api, target, "sender_profile_sent_linkedin_message", request_method="PUT")
    subscribe(api, target, "sender_profile_sent_linkedin_connection_request", "sender_profile_sent_email")
    subscribe(api, target, "contact_replied_email", "contact_accepted_linkedin_connection_request")
    subscribe(api, target, "contact_replied_linkedin_message")
    subscribe(api, target, "contact_replied_email", status="off")
    nodes = (node(2, "linkedin_send_connection_request", (3, 1)), node(3, "linkedin_send_message", (4, 1)))
    flow = new_flow(api, *nodes, node(4, "email_send_message", (1, 1)), node(1, "end"))
    enroll(api, flow, lead)
    advance(api)
    request, message, email = target.next(), target.next(), target.next()
    assert request[2]["linkedin_connection_request"]["nickname"] == "jo"
    assert message[:2] == ("PUT", "/hook?a=b")
    payload = message[2]
    assert payload["event_name"] == "sender_profile_sent_linkedin_message"
    assert payload["contact"]["linkedin_url"] == "https://www.linkedin.com/in/jo"
    assert (payload["contact"]["uuid"], payload["contact"]["list_name"]) == (lead, "All")
    assert (payload["account"]["name"], payload["sender_profile"]["uuid"]) == ("Zeta", sender)
    assert payload["automation"] == {"uuid": flow, "name": "Hello", "status": "on", "priority": 2}
    assert payload["linkedin_message"]["status"] == "done"
    assert email[2]["email"]["to_email"] == "jo@zeta.com"
    reply(api, lead)
    reply(api, lead, "email")
    accepted, replied, answered = target.next(), target.next(), target.next()
    assert accepted[2]["linkedin_connection"]["full_name"] == "Jo"
    assert (replied[2]["linkedin_message"]["text"], answered[2]["email"]["body"]) == ("Yes", "Yes")
    schema = DESCRIPTION.components["webhook-payload"]
    for _, _, body in (request, message, email, accepted, replied, answered):
        assert Schemas(DESCRIPTION).violations(schema, body) == []
    with pytest.raises(Empty):
        target.received.get(timeout=0.05)


def test_a_slow_target_does_not_block_others(api: httpx.Client, target: Target) -> None:
    target.open.clear()
    sender, lead = new_sender(api), new_lead(api)
    (uuid,) = subscribe(api, target, "sender_profile_sent_linkedin_message")
    for text in ("One", "Two"):
        new(api, "/flows/api/linkedin-messages", lead_uuid=lead, sender_profile_uuid=sender, text=text)
    started = time.perf_counter()
    advance(api)
    assert target.next()[2]["linkedin_message"]["text"] == "One"
    body = {"uuid": uuid, "event": "contact_created", "request_method": "POST", "target_url": target.url}
    answers: list[httpx.Response] = []

    def test() -> None:
        answers.append(httpx.post(f"{url(api)}{WEBHOOKS}/test", json=body, headers=api.headers))

    tester = threading.Thread(target=test)
    tester.start()
    assert target.next()[2]["event_name"] == "contact_created"
    send(api, "GET", "/leads/api/tags")
    assert time.perf_counter() - started < 2
    target.open.set()
    tester.join()
    assert answers[0].json() == {"status": 202, "body": "ok", "error": None}
    assert target.next()[2]["linkedin_message"]["text"] == "Two"


def test_a_refused_request_delivers_nothing(api: httpx.Client, target: Target) -> None:
    sender, lead = new_sender(api), new_lead(api)
    subscribe(api, target, "sender_profile_sent_linkedin_message")
    path = "/flows/api/tasks"
    body = {"lead_uuid": lead, "sender_profile_uuid": sender, "text": "Hi", "schedule_at": "2026-03-01T10:00:00Z"}
    task = new(api, path, **body)
    send(api, "PUT", f"{path}/mass-complete", {"uuids": [task, task.replace(task[-1], "x")]}, 422)
    send(api, "PUT", f"{path}/mass-complete", {"uuids": [task]})
    assert target.events(1) == ["sender_profile_sent_linkedin_message"]
    with pytest.raises(Empty):
        target.received.get(timeout=0.05)


def test_targets_elsewhere_are_not_called(api: httpx.Client, target: Target) -> None:
    (uuid,) = subscribe(api, target, "contact_created")
    body = {"uuid": uuid, "event": "contact_created", "request_method": "POST"}
    for host in ("example.com", "10.0.0.1", "127.0.0.1.example.com"):
        answer = send(api, "POST", f"{WEBHOOKS}/test", {**body, "target_url": f"http://{host}/"})
        error = f"The sandbox calls loopback addresses only; --webhook-host (webhook_hosts) would allow {host}."
        assert answer == {"status": None, "body": None, "error": error}
    target.server.shutdown()
    target.server.server_close()
    answer = send(api, "POST", f"{WEBHOOKS}/test", {**body, "target_url": target.url})
    assert answer["status"] is None
    assert "refused" in answer["error"]
    send(api, "POST", f"{WEBHOOKS}/test", {**body, "uuid": ANY_UUID, "target_url": target.url}, 404)


def test_allowed_hosts_are_called(target: Target) -> None:
    # This is not a loopback address, but leads to this machine.
    elsewhere = {"event": "contact_created", "target_url": target.url.replace("127.0.0.1", "0.0.0.0")}
    hosts: tuple[str, ...]
    for hosts, status in (((), None), (("0.0.0.0",), 202)):
        with Sandbox(webhook_hosts=hosts) as sandbox, connect(sandbox) as api:
            body = {**elsewhere, "uuid": new(api, WEBHOOKS, name="A", **elsewhere), "request_method": "POST"}
            assert send(api, "POST", f"{WEBHOOKS}/test", body)["status"] == status
            new_lead(api)
            assert target.events(2 * len(hosts)) == ["contact_created"] * 2 * len(hosts)
    assert target.received.empty()


def url(api: httpx.Client) -> str:
    return str(api.base_url).rstrip("/")


def test_events_of_contacts(api: httpx.Client, target: Target) -> None:
    changes = ("created", "updated", "deleted", "tag_added", "pipeline_stage_changed", "enriched", "exported")
    subscribe(api, target, *(f"contact_{change}" for change in changes))
    tag = new(api, "/leads/api/tags", name="Hot")
    stage = new(api, "/leads/api/pipeline-stages", name="Met", object="lead", category="positive")

    def told(*expected: str) -> list[Any]:
        """Return the contacts of the next deliveries, which only the last request causes."""
        deliveries = [target.next()[2] for _ in expected]
        assert [delivery["event_name"] for delivery in deliveries] == [f"contact_{event}" for event in expected]
        return [delivery["contact"] for delivery in deliveries]

    def act(kind: str, **payload: Any) -> None:
        body = {"type": f"contact_{kind}", "filter": {"all": True}, "payload": payload}
        send(api, "PUT", f"{LEADS}/mass-action", body)

    jo = new_lead(api)
    assert [contact["uuid"] for contact in told("created")] == [jo]
    new_lead(api, position="CTO")
    assert [contact["position"] for contact in told("updated")] == ["CTO"]
    new_lead(api, position="CTO")  # changes nothing
    send(api, "PUT", f"{LEADS}/{jo}", {"headline": "CTO at Acme"})
    assert [contact["headline"] for contact in told("updated")] == ["CTO at Acme"]
    act("add_tags", tag_uuid=tag)
    assert [contact["tags"] for contact in told("tag_added")] == [[tag]]
    act("remove_tags", tag_uuid=tag)
    assert [contact["tags"] for contact in told("updated")] == [[]]
    act("change_pipeline_stage", pipeline_stage_uuid=stage)
    assert [contact["pipeline_stage_name"] for contact in told("pipeline_stage_changed")] == ["Met"]
    act("change_list", list_uuid=new(api, "/leads/api/lists", name="Other"))
    assert [contact["list_name"] for contact in told("updated")] == ["Other"]
    send(api, "PUT", f"{LEADS}/advanced-enrichment", {"uuids": [jo]})
    told("enriched")
    act("export_csv")
    told("exported")
    send(api, "POST", "/leads/api/file-exports/leads", {"filter": {"all": True}})
    told("exported")
    file = {"file": ("a.csv", b"first_name\nAnn\n", "text/csv")}
    upload = api.post("/leads/api/file-imports/upload-csv", files=file, data={"type": "csv_leads"}).json()["uuid"]
    columns = [{"source": "first_name", "target": "first_name"}]
    send(api, "POST", f"/leads/api/file-imports/{upload}/import-leads", {"columns": columns})
    assert [contact["name"] for contact in told("created")] == ["Ann"]
    add = node(2, "gs_add_tag", (3, 1), payload={"tag_uuid": tag})
    move = node(3, "gs_change_pipeline_stage", (1, 1), payload={"pipeline_stage_uuid": first_stage(api)})
    enroll(api, new_flow(api, add, move, node(1, "end")), jo)
    advance(api)
    told("tag_added", "pipeline_stage_changed")
    send(api, "DELETE", f"{LEADS}/{jo}", None, 204)
    assert [contact["uuid"] for contact in told("deleted")] == [jo]
    act("delete")
    assert [contact["name"] for contact in told("deleted")] == ["Ann"]
    send(api, "POST", "/leads/api/companies", {"companies": [{"name": "Zeta"}]})  # is not a contact
    with pytest.raises(Empty):
        target.received.get(timeout=0.05)


@pytest.mark.parametrize(
    ("rule", "chosen"),
    [
        (None, "ann bob"),
        ({}, "ann bob"),
        ({"==": [{"var": "linkedin"}, "ann"]}, "ann"),
        ({"!=": [{"var": "contact.linkedin"}, "ann"]}, "bob"),
        ({"===": [{"var": "lead.list_name"}, "All"]}, "ann bob"),
        ({"!==": [{"var": "position"}, None]}, "bob"),
        ({"==": [{"var": "position"}, 7]}, "bob"),
        ({"in": ["zet", {"var": "company_name"}]}, "bob"),
        ({"in": [{"var": "linkedin"}, ["ann", "cyd"]]}, "ann"),
        ({"<": ["a", {"var": "linkedin"}, "b"]}, "ann"),
        ({"<": [{"var": "position"}, 9]}, ""),
        ({"<=": [1, 1, 2.5]}, "ann bob"),
        ({">=": [{"var": ["position", "9"]}, "9"]}, "ann"),
        ({"and": [{"!": {"var": "position"}}, {"!": [{"==": [{"var": "linkedin"}, "bob"]}]}]}, "ann"),
        ({"or": [{"==": [{"var": "linkedin"}, "ann"]}, {"!!": [{"var": "position"}]}]}, "ann bob"),
        ({"var": "no.such.field"}, ""),
    ],
)
def test_filters_choose_contacts(api: httpx.Client, target: Target, rule: Any, chosen: str) -> None:
    new_lead(api, "zoe")
    filters = {"jsonLogic": rule, "filter_tree_format": {"kept": True}}
    (uuid,) = subscribe(api, target, "contact_created", filters=filters)
    subscribe(api, target, "contact_deleted")
    assert send(api, "GET", f"{WEBHOOKS}/{uuid}")["filters"] == filters
    new_lead(api, "ann")
    last = new_lead(api, "bob", position="7", company_name="A zeta")
    send(api, "DELETE", f"{LEADS}/{last}", None, 204)
    told: list[str] = []
    while (delivery := target.next()[2])["event_name"] == "contact_created":
        told.append(delivery["contact"]["linkedin"])
    assert told == chosen.split()


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"and": [{"regex": ["a", "b"]}]}, "Unknown operator regex"),
        ({"==": [1]}, "The operator == takes at least 2 values."),
        ({"!": []}, "The operator ! takes at least 1 values."),
        ({"var": 1}, "The operator var takes the name of a field."),
        (deep(100), "nested too deeply"),
        (deep(400), "nested too deeply"),
    ],
)
def test_rules_that_cannot_be_evaluated_are_refused(api: httpx.Client, target: Target, rule: Any, message: str) -> None:
    (uuid,) = subscribe(api, target, "contact_created")
    sent = {"name": "A", "event": "contact_created", "target_url": target.url, "filters": {"jsonLogic": rule}}
    for method, path in (("POST", WEBHOOKS), ("PUT", f"{WEBHOOKS}/{uuid}")):
        body = sent if method == "POST" else {"filters": sent["filters"]}
        answer = send(api, method, path, body, 422)["error"]["data"]
        assert message in answer["filters.jsonLogic"][0]
