"""Requests as programs send them to the live API: the observed behaviour has their effect.

Each row has the strength of its evidence (F, C, P, S, as in docs/quirks.md), the request, and what reading back shows.
Where the SDK has a method for it, that call sends this request, and has this effect.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from grinfi_async import ContactAction, F, Grinfi
from grinfi_sandbox import Sandbox
from tests.sandbox.outreach import (
    advance,
    enroll,
    new,
    new_flow,
    new_lead,
    new_mailbox,
    new_sender,
    node,
    reply,
    rows,
    send,
)

pytestmark = pytest.mark.anyio
LEADS, TASKS, FLOWS, MESSAGES = (
    "/leads/api/leads",
    "/flows/api/tasks",
    "/flows/api/flows",
    "/flows/api/linkedin-messages",
)
COUNTS, SEND, WEBHOOKS = f"{TASKS}/group-counts", "/emails/api/emails/send-email", "/integrations/api/webhooks"
JOB_DELAY = 0.02


class World:
    """A sandbox with a contact whose email was sent, and one whose email could not be."""

    def __init__(self, sandbox: Sandbox, api: httpx.Client) -> None:
        self.sandbox, self.api = sandbox, api
        self.sender = new_sender(api)
        self.mailbox = new_mailbox(api, self.sender)
        self.lead = new_lead(api, "ada-byron", first_name="Ada", email="a@one.example", company_name="One")
        self.other = new_lead(api, "cy-dee")
        self.list = self.contact(self.lead)["list_uuid"]
        email = {"payload": {"template": "Hi", "subject": "S"}}
        self.flow = new_flow(
            api, node(2, "email_send_message", (1, 1), **email), node(1, "end"), senders=(self.sender,)
        )
        enroll(api, self.flow, self.lead, self.other)
        advance(api)
        reply(api, self.lead, "email")
        assert self.contact(self.lead)["unread_counts"]
        [self.failed] = [task["uuid"] for task in rows(api, TASKS, status="failed")]
        self.waiting = new_flow(api, node(2, "util_timer", (1, 1), payload={"wait_time": 60}), node(1, "end"))
        enroll(api, self.waiting, self.lead)
        [self.open] = [task["uuid"] for task in rows(api, TASKS, status="in_progress")]
        for lead in (self.lead, self.other):
            new(api, MESSAGES, sender_profile_uuid=self.sender, lead_uuid=lead, text="Hello")
        self.conversation = self.message(self.lead)["linkedin_conversation_uuid"]
        stages = send(api, "GET", "/leads/api/pipeline-stages?filter[object]=lead")["data"]
        self.stage = stages[-1]["uuid"]
        send(api, "PUT", f"{LEADS}/mass-action", {"type": "contact_mark_read", "filter": named(self.other)})
        [mass_action] = send(api, "GET", "/leads/api/mass-actions")["data"]
        self.mass_action = mass_action["uuid"]
        self.settle()

    def contact(self, uuid: str) -> Any:
        return send(self.api, "GET", f"{LEADS}/{uuid}")["lead"]

    def task(self, uuid: str) -> Any:
        return send(self.api, "GET", f"{TASKS}/{uuid}")

    def message(self, lead: str) -> Any:
        return rows(self.api, MESSAGES, lead_uuid=lead)[-1]

    def settle(self) -> None:
        """Let background jobs be done."""
        time.sleep(JOB_DELAY * 1.5)


def named(*uuids: str) -> dict[str, Any]:
    return {"all": False, "ids": list(uuids), "excludeIds": []}


@dataclass(frozen=True)
class Row:
    """A request, its visible effect, and the SDK call that sends it."""

    name: str
    grade: str
    method: str
    path: Callable[[World], str]
    effect: Callable[[World, Any], bool]
    body: Callable[[World], Any] = lambda w: None
    query: Callable[[World], dict[str, Any]] = lambda w: {}
    call: Callable[[Grinfi, World], Awaitable[Any]] | None = None


def unread(w: World) -> Any:
    return w.contact(w.lead)["unread_counts"]


def named_alike(answer: Any, *names: str) -> bool:
    return answer is None or [row["linkedin"] for row in answer] == list(names)


def identifiers(answer: Any) -> list[Any]:
    return [row["uuid"] for row in answer["data"]]


PEOPLE = [{"linkedin_id": "ada-byron", "first_name": "Augusta"}, {"linkedin_id": "bo-ek", "first_name": "Bo"}]
SAVED: dict[str, Any] = {"work_email": "w@one.example", "personal_email": "p@one.example"}
LOOKUP: dict[str, Any] = {"linkedin_id": "ada-byron", "email": None, "name": None, "company_name": None}
HOOK = {"name": "n", "event": "sender_profile_issue", "request_method": "POST", "target_url": "http://127.0.0.1:9/"}

ROWS = [
    Row(
        "change the stage of contacts",
        "C",
        "PUT",
        lambda w: f"{LEADS}/mass-action",
        lambda w, _: (
            (w.contact(w.lead)["pipeline_stage_uuid"], w.contact(w.other)["pipeline_stage_uuid"] == w.stage)
            == (w.stage, False)
        ),
        lambda w: {
            "type": "contact_change_pipeline_stage",
            "filter": named(w.lead),
            "payload": {"pipeline_stage_uuid": w.stage},
        },
        call=lambda it, w: it.contacts.mass_action(ContactAction.change_pipeline_stage(w.stage), ids=[w.lead]),
    ),
    Row(
        "mark contacts as read",
        "C",
        "PUT",
        lambda w: f"{LEADS}/mass-action",
        lambda w, _: unread(w) == [],
        lambda w: {"type": "contact_mark_read", "filter": named(w.lead)},
        call=lambda it, w: it.contacts.mass_action(ContactAction.mark_read(), ids=[w.lead]),
    ),
    Row(
        "list mass actions",
        "C",
        "GET",
        lambda w: "/leads/api/mass-actions",
        lambda w, answer: answer is None or identifiers(answer) == [w.mass_action],
        call=lambda it, w: it.contacts.mass_actions(),
    ),
    Row(
        "follow a mass action",
        "C",
        "GET",
        lambda w: f"/leads/api/mass-actions/{w.mass_action}",
        lambda w, answer: answer is None or answer["status"] == "completed",
        call=lambda it, w: it.contacts.mass_action_status(w.mass_action),
    ),
    Row(
        "create many contacts, of whom one is there",
        "P",
        "POST",
        lambda w: LEADS,
        lambda w, answer: (
            named_alike(answer, "ada-byron", "bo-ek")
            and (answer is None or answer[0]["uuid"] == w.lead)
            and w.contact(w.lead)["first_name"] == "Augusta"
            and send(w.api, "POST", f"{LEADS}/count", {"all": True}) == {"total": 3}
        ),
        lambda w: {"list_uuid": w.list, "leads": PEOPLE},
        call=lambda it, w: it.contacts.create_many(list_uuid=w.list, leads=PEOPLE),
    ),
    Row(
        "change the emails of a contact",
        "F",
        "PUT",
        lambda w: f"{LEADS}/{w.lead}",
        lambda w, _: {name: w.contact(w.lead)[name] for name in SAVED} == SAVED,
        lambda w: SAVED,
        call=lambda it, w: it.contacts.update(w.lead, **SAVED),
    ),
    Row(
        "change the email of a contact, which is not saved",
        "F",
        "PUT",
        lambda w: f"{LEADS}/{w.lead}",
        lambda w, _: w.contact(w.lead)["work_email"] == "a@one.example",
        lambda w: {"email": "e@one.example"},
    ),
    Row(
        "get a flat contact",
        "C",
        "GET",
        lambda w: f"{LEADS}/{w.lead}",
        lambda w, answer: answer["uuid"] == w.lead,
        query=lambda w: {"disable_aggregation": "true"},
    ),
    Row(
        "search flat contacts",
        "C",
        "POST",
        lambda w: f"{LEADS}/search",
        lambda w, answer: answer is None or identifiers(answer) == [w.other, w.lead],
        lambda w: {"filter": {"list_uuid": w.list}, "disable_aggregation": True, "limit": 100},
        call=lambda it, w: it.contacts.search(filter={"list_uuid": w.list}, disable_aggregation=True, limit=100),
    ),
    Row(
        "search wrapped contacts",
        "C",
        "POST",
        lambda w: f"{LEADS}/search",
        lambda w, answer: [row["lead"]["uuid"] for row in answer["data"]] == [w.other, w.lead],
        lambda w: {"filter": {"list_uuid": w.list}},
    ),
    Row(
        "list the stages of contacts in brackets",
        "C",
        "GET",
        lambda w: "/leads/api/pipeline-stages",
        lambda w, answer: {row["object"] for row in answer["data"]} == {"lead"},
        query=lambda w: {"filter[object]": "lead"},
    ),
    Row(
        "list the stages of contacts in JSON",
        "P",
        "GET",
        lambda w: "/leads/api/pipeline-stages",
        lambda w, answer: answer is None or {row["object"] for row in answer["data"]} == {"lead"},
        query=lambda w: {"filter": '{"object":"lead"}'},
        call=lambda it, w: it.pipeline_stages.list(filter={"object": "lead"}),
    ),
    Row(
        "count tasks that are of none of several types",
        "C",
        "POST",
        lambda w: COUNTS,
        lambda w, answer: answer is None or answer == {"email_send_message": 1},
        lambda w: {
            "group_field": "type",
            "filter": {"type": {"!=": ["util_timer", "trigger_completed"]}, "status": "closed"},
        },
        call=lambda it, w: it.tasks.group_counts(
            group_field="type", filter=F.type.not_in(["util_timer", "trigger_completed"]) & (F.status == "closed")
        ),
    ),
    Row(
        "count failed tasks by their error",
        "C",
        "POST",
        lambda w: COUNTS,
        lambda w, answer: answer is None or answer == {"no_email": 1},
        lambda w: {"group_field": "automation_error_code", "filter": {"status": "failed"}},
        call=lambda it, w: it.tasks.group_counts(group_field="automation_error_code", filter=F.status == "failed"),
    ),
    Row(
        "count closed tasks by their mailbox",
        "C",
        "POST",
        lambda w: COUNTS,
        lambda w, answer: answer is None or answer == {w.mailbox: 1},
        lambda w: {"group_field": "mailbox_uuid", "filter": {"status": "closed"}},
        call=lambda it, w: it.tasks.group_counts(group_field="mailbox_uuid", filter=F.status == "closed"),
    ),
    Row(
        "list tasks by their error",
        "C",
        "GET",
        lambda w: TASKS,
        lambda w, answer: (
            (answer is None or identifiers(answer) == [])
            and identifiers(send(w.api, "GET", f"{TASKS}?filter[automation_error_code]=no_email")) == [w.failed]
        ),
        query=lambda w: {"filter[automation_error_code]": "too_many_attempts", "limit": 50},
        call=lambda it, w: it.tasks.list(filter=F.automation_error_code == "too_many_attempts", limit=50),
    ),
    Row(
        "list a task by its id",
        "C",
        "GET",
        lambda w: TASKS,
        lambda w, answer: answer is None or identifiers(answer) == [w.failed],
        query=lambda w: {"filter[id]": w.failed},
        call=lambda it, w: it.tasks.list(filter=F.id == w.failed),
    ),
    Row(
        "retry a task of an automation",
        "F",
        "PUT",
        lambda w: f"{TASKS}/{w.failed}/retry",
        lambda w, _: (w.task(w.failed)["status"], w.task(w.failed)["automation_error_code"]) == ("in_progress", None),
        call=lambda it, w: it.tasks.retry(w.failed),
    ),
    Row(
        "skip a task of an automation",
        "F",
        "PUT",
        lambda w: f"{TASKS}/{w.open}/skip",
        lambda w, _: (
            w.task(w.open)["status"] == "skipped"
            and [
                row["status"]
                for row in send(w.api, "POST", "/flows/api/flows-leads/list", {"filter": {"flow_uuid": [w.waiting]}})[
                    "data"
                ]
            ]
            == ["finished"]
        ),
        call=lambda it, w: it.tasks.skip(w.open),
    ),
    Row(
        "read a conversation",
        "C",
        "GET",
        lambda w: MESSAGES,
        lambda w, answer: answer is None or [row["lead_uuid"] for row in answer["data"]] == [w.lead],
        query=lambda w: {"filter[linkedin_conversation_uuid]": w.conversation, "limit": 100},
        call=lambda it, w: it.linkedin_messages.list(filter=F.linkedin_conversation_uuid == w.conversation, limit=100),
    ),
    Row(
        "list messages of automations",
        "S",
        "GET",
        lambda w: MESSAGES,
        lambda w, answer: (
            (answer is None or answer["data"] == [])
            and len(rows(w.api, MESSAGES, automation="manual", linkedin_type="message")) == 2
        ),
        query=lambda w: {"filter[automation]": "auto", "filter[linkedin_type]": "message", "limit": 100},
        call=lambda it, w: it.linkedin_messages.list(
            filter=(F.automation == "auto") & (F.linkedin_type == "message"), limit=100
        ),
    ),
    Row(
        "send an InMail",
        "S",
        "POST",
        lambda w: MESSAGES,
        lambda w, _: (
            {name: w.message(w.lead)[name] for name in ("text", "subject", "linkedin_type")}
            == {"text": "Hello", "subject": "InMail", "linkedin_type": "InMail"}
            and [row["linkedin_messenger_type"] for row in rows(w.api, "/flows/api/linkedin-conversations")]
            == ["basic", "basic", "sn"]
        ),
        lambda w: {
            "sender_profile_uuid": w.sender,
            "lead_uuid": w.lead,
            "text": "Hello",
            "subject": "InMail",
            "linkedin_messenger_type": "sn",
        },
        call=lambda it, w: it.linkedin_messages.send(
            sender_profile_uuid=w.sender,
            lead_uuid=w.lead,
            text="Hello",
            subject="InMail",
            linkedin_messenger_type="sn",
        ),
    ),
    Row(
        "send an email from a mailbox",
        "F",
        "POST",
        lambda w: SEND,
        lambda w, _: (
            [
                (row["to_email"], row["to_name"], row["mailbox_uuid"], row["lead_uuid"], row["sender_profile_uuid"])
                for row in rows(w.api, "/emails/api/emails", type="outbox")[1:]
            ]
            == [("a@one.example", "A", w.mailbox, w.lead, w.sender)]
        ),
        lambda w: {
            "mailbox_uuid": w.mailbox,
            "to": [{"to_email": "a@one.example", "to_name": "A"}],
            "subject": "s",
            "body": "<p>b</p>",
        },
        call=lambda it, w: it.emails.send(
            mailbox_uuid=w.mailbox, to=[{"to_email": "a@one.example", "to_name": "A"}], subject="s", body="<p>b</p>"
        ),
    ),
    Row(
        "add a contact to an automation by a source",
        "S",
        "POST",
        lambda w: f"{FLOWS}/{w.waiting}/leads/{w.other}",
        lambda w, _: (
            [
                row["contact_source_id"]
                for row in send(w.api, "POST", "/flows/api/flows-leads/list", {"filter": {"flow_uuid": [w.waiting]}})[
                    "data"
                ]
            ]
            == [1, 1]
        ),
        lambda w: {"contact_source_id": 1},
        call=lambda it, w: it.automations.add_contact(w.waiting, w.other, contact_source_id=1),
    ),
    Row(
        "list the automations of a contact",
        "S",
        "GET",
        lambda w: "/flows/api/flows-leads",
        lambda w, answer: [row["flow_uuid"] for row in answer["data"]] == [w.flow],
        query=lambda w: {"filter[lead_uuid]": w.other, "per_page": 100},
    ),
    Row(
        "find running automations by name",
        "C",
        "GET",
        lambda w: FLOWS,
        lambda w, answer: answer is None or identifiers(answer) == [w.waiting, w.flow],
        query=lambda w: {
            "filter[q]": "Hel",
            "filter[status]": "on",
            "limit": 100,
            "order_field": "created_at",
            "order_type": "desc",
        },
        call=lambda it, w: it.automations.list(
            filter={"q": "Hel", "status": "on"}, limit=100, order_field="created_at", order_type="desc"
        ),
    ),
    Row(
        "make a webhook for an event that is not described",
        "S",
        "POST",
        lambda w: WEBHOOKS,
        lambda w, _: [row["event"] for row in send(w.api, "GET", WEBHOOKS)["data"]] == ["sender_profile_issue"],
        lambda w: HOOK,
        call=lambda it, w: it.webhooks.create(
            name="n", event="sender_profile_issue", request_method="POST", target_url="http://127.0.0.1:9/"
        ),
    ),
    Row(
        "list webhooks under their other path",
        "C",
        "GET",
        lambda w: "/integrations/c1/api/webhooks",
        lambda w, answer: answer == send(w.api, "GET", WEBHOOKS),
    ),
    Row(
        "look a contact up with nulls",
        "C",
        "POST",
        lambda w: f"{LEADS}/lookup-one",
        lambda w, answer: answer is None or answer["lead"]["uuid"] == w.lead,
        lambda w: {**LOOKUP, "disable_aggregation": False},
        call=lambda it, w: it.contacts.find(
            linkedin_id="ada-byron", email=None, name=None, company_name=None, disable_aggregation=False
        ),
    ),
]


@pytest.fixture(scope="module")
def made() -> Iterator[tuple[World, str]]:
    with (
        Sandbox(behaviour="observed", job_delay=JOB_DELAY) as sandbox,
        httpx.Client(base_url=sandbox.url, headers={"authorization": f"Bearer {sandbox.key}"}) as api,
    ):
        yield World(sandbox, api), sandbox.snapshot()


@pytest.fixture
def world(made: tuple[World, str]) -> World:
    world, snapshot = made
    world.sandbox.restore(snapshot)
    return world


def test_a_reply_cancels_scheduled_tasks(world: World) -> None:
    message = {"payload": {"template": "Hi", "stop_on_reply_level": "always"}}
    wait = {"payload": {"wait_time": 60}}
    nodes = (node(2, "linkedin_send_message", (3, 1), **message), node(3, "util_timer", (1, 1), **wait), node(1, "end"))
    flow = new_flow(world.api, *nodes, senders=(world.sender,))
    enroll(world.api, flow, world.lead)
    advance(world.api)
    reply(world.api, world.lead)
    found = [(task["status"], task["automation_error_code"]) for task in rows(world.api, TASKS, flow_uuid=flow)]
    assert found == [("closed", None), ("canceled", "replied")]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_request_does_what_it_means(row: Row, world: World) -> None:
    answer = world.api.request(row.method, row.path(world), params=row.query(world), json=row.body(world))
    assert answer.is_success, answer.text
    world.settle()
    assert row.effect(world, answer.json() if answer.content else {})


@pytest.mark.parametrize("row", [row for row in ROWS if row.call], ids=lambda row: row.name)
async def test_the_call_has_the_same_effect(row: Row, world: World) -> None:
    grinfi = Grinfi(
        world.sandbox.key, base_url=world.sandbox.url, transport=world.sandbox.in_process, rate_limiter=None
    )
    before = len(world.sandbox.requests)
    assert row.call is not None
    await row.call(grinfi, world)
    sent = [(request["method"], request["path"], request["status"] < 300) for request in world.sandbox.requests]
    assert (row.method, row.path(world), True) in sent[before:]
    world.settle()
    assert row.effect(world, None)
