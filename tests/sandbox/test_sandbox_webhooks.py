"""Webhooks are delivered to their targets."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from typing import Any

import httpx
import pytest
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


def subscribe(api: httpx.Client, target: Target, *events: str, **more: Any) -> list[str]:
    return [new(api, WEBHOOKS, name=event, event=event, target_url=target.url, **more) for event in events]


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


def test_a_slow_target_blocks_nobody(api: httpx.Client, target: Target) -> None:
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
        assert (answer["status"], answer["error"]) == (None, "The sandbox calls loopback addresses only.")
    target.server.shutdown()
    target.server.server_close()
    answer = send(api, "POST", f"{WEBHOOKS}/test", {**body, "target_url": target.url})
    assert answer["status"] is None
    assert "refused" in answer["error"]
    send(api, "POST", f"{WEBHOOKS}/test", {**body, "uuid": ANY_UUID, "target_url": target.url}, 404)


def url(api: httpx.Client) -> str:
    return str(api.base_url).rstrip("/")
