"""Requests as programs send them to the live API, made by calls of the SDK: method, path, query and body."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any

import httpx
import pytest
import trio
import trio.testing

from grinfi_async import (
    OPERATIONS,
    F,
    Grinfi,
    InvalidArgumentError,
    MassActionError,
    NotFoundError,
    ServerError,
    UnprocessableEntityError,
)
from grinfi_async.fields import linkedin_messages as messages
from grinfi_async.fields import tasks
from tests.sdk.helpers import UUID, Server, answering, assert_refused, raw_query

pytestmark = pytest.mark.anyio

LIVE: dict[str, Any] = {
    "mailbox_uuid": "m",
    "to": [{"to_email": "a@one.example", "to_name": "A"}],
    "body": "<p>b</p>",
}
DESCRIBED: dict[str, Any] = {
    "sender_profile_uuid": "s",
    "lead_uuid": "l",
    "from_name": "F",
    "from_email": "f@one.example",
    "to_name": "A",
    "to_email": "a@one.example",
    "subject": "s",
}
ORDER = [("order_field", "created_at"), ("order_type", "asc")]
PEOPLE = [{"linkedin_id": "ada-byron", "first_name": "Ada"}, {"linkedin_id": "bo-ek", "first_name": "Bo"}]
JOB = f"/leads/api/mass-actions/{UUID}"

REQUESTS: dict[str, tuple[Callable[[Grinfi], Awaitable[Any]], str, list[tuple[str, str]], Any]] = {
    "contacts.create_many": (
        lambda it: it.contacts.create_many(list_uuid="l", leads=PEOPLE),
        "POST /leads/api/leads",
        [],
        {"list_uuid": "l", "leads": PEOPLE},
    ),
    "contacts.mass_actions": (lambda it: it.contacts.mass_actions(), "GET /leads/api/mass-actions", [], None),
    "contacts.mass_action_status": (lambda it: it.contacts.mass_action_status(UUID), f"GET {JOB}", [], None),
    "contacts.cancel_mass_action": (lambda it: it.contacts.cancel_mass_action(UUID), f"DELETE {JOB}", [], None),
    "tasks.group_counts by error": (
        lambda it: it.tasks.group_counts(group_field="automation_error_code", filter=F.status == "failed"),
        "POST /flows/api/tasks/group-counts",
        [],
        {"group_field": "automation_error_code", "filter": {"status": "failed"}},
    ),
    "tasks.group_counts by mailbox": (
        lambda it: it.tasks.group_counts(group_field="mailbox_uuid", filter={"status": "closed"}),
        "POST /flows/api/tasks/group-counts",
        [],
        {"group_field": "mailbox_uuid", "filter": {"status": "closed"}},
    ),
    "tasks.group_counts without some types": (
        lambda it: it.tasks.group_counts(
            group_field="type", filter=F.type.not_in(["util_timer", "trigger_completed"]) & (F.status == "closed")
        ),
        "POST /flows/api/tasks/group-counts",
        [],
        {"group_field": "type", "filter": {"type": {"!=": ["util_timer", "trigger_completed"]}, "status": "closed"}},
    ),
    "tasks.list": (
        lambda it: it.tasks.list(filter=tasks.automation_error_code == "too_many_attempts", limit=50),
        "GET /flows/api/tasks",
        [("limit", "50"), ("filter[automation_error_code]", "too_many_attempts"), *ORDER],
        None,
    ),
    "tasks.list by id": (
        lambda it: it.tasks.list(filter=tasks.id.in_(["7", "8"])),
        "GET /flows/api/tasks",
        [("filter[id][]", "7"), ("filter[id][]", "8"), *ORDER],
        None,
    ),
    "linkedin_messages.list of a thread": (
        lambda it: it.linkedin_messages.list(filter=messages.linkedin_conversation_uuid == UUID, limit=100),
        "GET /flows/api/linkedin-messages",
        [("limit", "100"), ("filter[linkedin_conversation_uuid]", UUID), *ORDER],
        None,
    ),
    "linkedin_messages.list of automations": (
        lambda it: it.linkedin_messages.list(
            filter=(messages.automation == "auto") & (messages.linkedin_type == "message"), limit=100
        ),
        "GET /flows/api/linkedin-messages",
        [("limit", "100"), ("filter[automation]", "auto"), ("filter[linkedin_type]", "message"), *ORDER],
        None,
    ),
    "linkedin_messages.send": (
        lambda it: it.linkedin_messages.send(
            sender_profile_uuid="s", lead_uuid="l", text="Hello", subject="InMail", linkedin_messenger_type="sn"
        ),
        "POST /flows/api/linkedin-messages",
        [],
        {
            "sender_profile_uuid": "s",
            "lead_uuid": "l",
            "text": "Hello",
            "subject": "InMail",
            "linkedin_messenger_type": "sn",
        },
    ),
    "linkedin_messages.send of a template": (
        lambda it: it.linkedin_messages.send(
            sender_profile_uuid="s", lead_uuid="l", template_uuid="t", attachments=[{"uuid": "a", "name": "a.pdf"}]
        ),
        "POST /flows/api/linkedin-messages",
        [],
        {
            "sender_profile_uuid": "s",
            "lead_uuid": "l",
            "template_uuid": "t",
            "attachments": [{"uuid": "a", "name": "a.pdf"}],
        },
    ),
    "emails.send": (
        lambda it: it.emails.send(**LIVE, subject="s"),
        "POST /emails/api/emails/send-email",
        [],
        {**LIVE, "subject": "s"},
    ),
    "emails.send without subject": (
        lambda it: it.emails.send(**LIVE, attachments=[{"uuid": "a", "name": "a.pdf"}]),
        "POST /emails/api/emails/send-email",
        [],
        {**LIVE, "attachments": [{"uuid": "a", "name": "a.pdf"}]},
    ),
    "emails.send as described": (
        lambda it: it.emails.send(**DESCRIBED, body="b", cc=["c@one.example"]),
        "POST /emails/api/emails/send-email",
        [],
        {**DESCRIBED, "body": "b", "cc": ["c@one.example"]},
    ),
    "automations.add_contact": (
        lambda it: it.automations.add_contact("f", "l", contact_source_id=1),
        "POST /flows/api/flows/f/leads/l",
        [],
        {"contact_source_id": 1},
    ),
    "automations.add_contact as described": (
        lambda it: it.automations.add_contact("f", "l"),
        "POST /flows/api/flows/f/leads/l",
        [],
        None,
    ),
    "automations.list_contacts": (
        lambda it: it.automations.list_contacts(
            filter={"flow_uuid": ["f"]}, order_field="created_at", order_type="desc"
        ),
        "POST /flows/api/flows-leads/list",
        [],
        {"filter": {"flow_uuid": ["f"]}, "order_field": "created_at", "order_type": "desc"},
    ),
    "webhooks.create": (
        lambda it: it.webhooks.create(
            name="n", event="sender_profile_issue", request_method="POST", target_url="http://127.0.0.1:9/"
        ),
        "POST /integrations/api/webhooks",
        [],
        {"name": "n", "event": "sender_profile_issue", "request_method": "POST", "target_url": "http://127.0.0.1:9/"},
    ),
    "webhooks.update": (
        lambda it: it.webhooks.update("w", event="account_exported"),
        "PUT /integrations/api/webhooks/w",
        [],
        {"event": "account_exported"},
    ),
    "tasks.retry": (lambda it: it.tasks.retry(UUID), f"PUT /flows/api/tasks/{UUID}/retry", [], None),
    "tasks.skip": (lambda it: it.tasks.skip(UUID), f"PUT /flows/api/tasks/{UUID}/skip", [], None),
}


@pytest.mark.parametrize("name", REQUESTS)
async def test_a_call_sends_what_programs_send(name: str) -> None:
    call, route, query, body = REQUESTS[name]
    server = answering({"data": []})
    await call(server.client())
    request = server.request
    assert f"{request.method} {request.url.path}" == route
    assert sorted(raw_query(request)) == sorted(query)
    assert (json.loads(request.content) if request.content else None) == body


BOTH = r"mailbox_uuid and to and body, or sender_profile_uuid and .* and subject"
WRONG: list[tuple[str, str, dict[str, Any]]] = [
    ("mailbox_uuid", f"at least one of these is needed: {BOTH}", {}),
    ("body", f"at least one of these is needed: {BOTH}", {"mailbox_uuid": "m", "to": LIVE["to"]}),
    ("lead_uuid", f"at least one of these is needed: {BOTH}", {**DESCRIBED, "lead_uuid": ""}),
    (
        "from_name",
        f"combined with mailbox_uuid and to and body; give only {BOTH}",
        {**LIVE, "from_name": "F"},
    ),
    ("sender_profile_uuid", "cannot be combined with mailbox_uuid and to and body", {**DESCRIBED, **LIVE}),
    ("mailbox_uuid", "cannot be combined with sender_profile_uuid and", {**DESCRIBED, "mailbox_uuid": "m"}),
    (r"to[0].to_email", "is required", {**LIVE, "to": [{"to_name": "A"}]}),
]


@pytest.mark.parametrize(("argument", "told", "given"), WRONG)
async def test_an_email_is_sent_in_one_of_two_forms(argument: str, told: str, given: dict[str, Any]) -> None:
    await assert_refused(argument, lambda it: it.emails.send(**given), match=told)


async def test_a_linkedin_message_needs_a_text_or_a_template() -> None:
    await assert_refused(
        "text",
        lambda it: it.linkedin_messages.send(sender_profile_uuid="s", lead_uuid="l"),
        match="text, or template_uuid",
    )


@pytest.mark.parametrize(
    ("name", "instead"),
    [("mass_complete", "complete"), ("mass_cancel", "cancel"), ("mass_retry", "retry"), ("mass_skip", "skip")],
)
async def test_a_mass_operation_on_tasks_points_to_single_calls(name: str, instead: str) -> None:
    client = answering({"message": "Gateway Timeout"}, 504).client()
    match = rf"mass operations on tasks: call tasks\.{instead} for each, or bulk\.{instead}_tasks\."
    with pytest.raises(ServerError, match=match) as caught:
        await getattr(client.tasks, name)(uuids=[UUID])
    assert caught.value.may_have_been_applied
    assert f"`tasks.{instead}`" in " ".join(getattr(client.tasks, name).__doc__.split())
    with pytest.raises(UnprocessableEntityError, match="manual tasks only"):
        await getattr(answering({}, 422).client().tasks, name)(uuids=[UUID])


# Operations that are not in the published description


@pytest.mark.parametrize("name", ["createLeads", "getLeadsMassAction", "retryTask", "skipTask"])
def test_an_operation_from_outside_the_description_is_labelled(name: str) -> None:
    operation = OPERATIONS[name]
    method = getattr(getattr(Grinfi("k"), operation.resource), operation.name)
    assert "This operation is not in the published description. The evidence for it: " in " ".join(
        method.__doc__.split()
    )


@pytest.mark.parametrize("wrapped", [False, True])
async def test_created_contacts_are_read(wrapped: bool) -> None:
    rows: list[Any] = [{"uuid": "a", "name": "Ada"}, {"lead": {"uuid": "b"}, "markers": []}]
    created = (
        await answering({"data": rows} if wrapped else rows).client().contacts.create_many(list_uuid="l", leads=PEOPLE)
    )
    assert [it.uuid for it in created] == ["a", "b"]


async def test_a_contact_cannot_be_created_without_an_identifier() -> None:
    await assert_refused("leads", lambda it: it.contacts.create_many(list_uuid="l", leads=[]))


# The end of a mass action


def in_virtual_time(job: Callable[[], Awaitable[None]]) -> None:
    trio.run(job, clock=trio.testing.MockClock(autojump_threshold=0))


def state(**fields: Any) -> httpx.Response:
    return httpx.Response(200, json=fields)


@pytest.mark.parametrize(
    "last",
    [
        {"status": None, "state": "done"},
        {"status": "completed"},
        {"status": "DONE"},
        {"state": "finished"},
        {"data": {"status": "closed"}},
    ],
)
def test_a_mass_action_is_waited_for(last: Any) -> None:
    async def job() -> None:
        start = trio.current_time()
        # Unknown states, and a missing state, are not an end.
        server = Server(state(status="queued"), state(progress=50), state(status=3), state(**last))
        found = await server.client().contacts.wait_for_mass_action(UUID)
        assert found == last.get("data", last)
        assert [request.url.path for request in server.requests] == [JOB] * 4
        assert trio.current_time() - start == pytest.approx(1 + 1.5 + 2.25)

    in_virtual_time(job)


async def test_a_vanished_mass_action_has_ended_only_if_it_was_seen() -> None:
    gone = httpx.Response(404, json={})
    found = await Server(state(status="x"), gone).client().contacts.wait_for_mass_action(UUID, first_wait=0.001)
    assert found == {"status": "x"}
    with pytest.raises(NotFoundError):
        await Server(gone).client().contacts.wait_for_mass_action(UUID, first_wait=0.001)


@pytest.mark.parametrize("status", ["failed", "canceled", "error"])
async def test_a_mass_action_that_failed_is_an_error(status: str) -> None:
    with pytest.raises(MassActionError, match=rf"mass action {UUID}: its status is {status}") as caught:
        await answering({"status": status, "message": "No leads"}).client().contacts.wait_for_mass_action(UUID)
    assert caught.value.state == {"status": status, "message": "No leads"}


def test_waiting_for_a_mass_action_has_a_bound() -> None:
    times: list[float] = []

    def running(_: httpx.Request) -> httpx.Response:
        times.append(trio.current_time())
        return state(status="running")

    async def job() -> None:
        start = trio.current_time()
        with pytest.raises(MassActionError, match=r"timeout=300 s.*'running'"):
            await Server(running).client().contacts.wait_for_mass_action(UUID, timeout=300)
        assert trio.current_time() - start == pytest.approx(300)

    in_virtual_time(job)
    assert max(later - earlier for earlier, later in pairwise(times)) == pytest.approx(30)


@pytest.mark.parametrize("name", ["timeout", "first_wait"])
async def test_a_wait_that_is_not_a_duration_is_refused(name: str) -> None:
    with pytest.raises(InvalidArgumentError, match=f"{name}.*above 0"):
        await Server().client().contacts.wait_for_mass_action(UUID, **{name: 0})
