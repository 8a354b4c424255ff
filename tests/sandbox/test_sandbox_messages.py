"""LinkedIn messages, emails, and the contacts' answers."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from grinfi_sandbox import SandboxServer
from tests.sandbox.outreach import (
    ANY_UUID,
    advance,
    new,
    new_lead,
    new_mailbox,
    new_sender,
    reply,
    rows,
    send,
)
from tests.sandbox.sandbox_crm import LEADS, activities, finish_jobs

MESSAGES = "/flows/api/linkedin-messages"
EMAILS = "/emails/api/emails"
NAMES = {"from_name": "Max", "from_email": "max@acme.com", "to_name": "Jo", "to_email": "jo@zeta.com"}


@pytest.fixture
def addressed(api: httpx.Client) -> dict[str, Any]:
    return {"lead_uuid": new_lead(api, first_name="Jo"), "sender_profile_uuid": new_sender(api)}


def email(api: httpx.Client, addressed: dict[str, Any], **fields: Any) -> Any:
    body = {**addressed, **NAMES, "subject": "Hello", "body": "<p>Hi</p>", **fields}
    return send(api, "POST", f"{EMAILS}/send-email", body, 201)


def test_linkedin_messages(api: httpx.Client, addressed: dict[str, Any]) -> None:
    message = send(api, "POST", MESSAGES, {**addressed, "text": "Hello"}, 201)
    assert message == {
        **message,
        **addressed,
        "type": "outbox",
        "automation": "manual",
        "status": "new",
        "sent_at": None,
    }
    advance(api)
    (sent,) = rows(api, MESSAGES, status="done")
    assert sent["sent_at"]
    received = reply(api, addressed["lead_uuid"], text="Hi Max")
    assert (received["text"], received["type"], received["automation"]) == ("Hi Max", "inbox", "synced")
    assert [row["type"] for row in rows(api, MESSAGES, lead_uuid=addressed["lead_uuid"])] == ["outbox", "inbox"]
    assert rows(api, MESSAGES, type="outbox")[0]["read_at"]
    (conversation,) = send(api, "GET", "/flows/api/linkedin-conversations")["data"]
    assert conversation["last_activity_at"] == received["sent_at"]
    assert conversation["event_count"] == 2
    assert conversation["uuid"] == sent["linkedin_conversation_uuid"] == received["linkedin_conversation_uuid"]
    counts = {
        field: send(api, "POST", f"{MESSAGES}/group-counts", {"group_field": field})
        for field in ("type", "status", "sender_profile_uuid")
    }
    sender = addressed["sender_profile_uuid"]
    assert counts == {"type": {"inbox": 1, "outbox": 1}, "status": {"done": 2}, "sender_profile_uuid": {sender: 2}}
    later = {"group_field": "type", "filter": {"sent_at": {">=": "2099-01-01"}}}
    assert send(api, "POST", f"{MESSAGES}/group-counts", later) == {}
    send(api, "POST", f"{MESSAGES}/group-counts", {**later, "filter": {"created_at": {">=": "2026-01-01"}}}, 422)
    send(api, "DELETE", f"{MESSAGES}/{sent['uuid']}", None, 204)
    assert len(rows(api, MESSAGES)) == 1


def test_a_failed_message_is_retried(api: httpx.Client, addressed: dict[str, Any]) -> None:
    sender = f"/flows/api/sender-profiles/{addressed['sender_profile_uuid']}"
    message = new(api, MESSAGES, **addressed, text="Hello")
    send(api, "PUT", f"{sender}/disable")
    advance(api)
    (failed,) = rows(api, MESSAGES, status="failed")
    assert failed["fail_reason"]
    send(api, "PUT", f"{sender}/enable")
    advance(api)
    assert len(rows(api, MESSAGES, status="failed")) == 1
    send(api, "PUT", f"{MESSAGES}/{message}/retry")
    advance(api)
    assert [row["status"] for row in rows(api, MESSAGES)] == ["done"]


def test_references_are_checked(api: httpx.Client, addressed: dict[str, Any]) -> None:
    for change in (
        {"lead_uuid": ANY_UUID},
        {"sender_profile_uuid": ANY_UUID},
        {"template_uuid": ANY_UUID},
        {"attachments": [{"uuid": ANY_UUID}]},
    ):
        answer = send(api, "POST", MESSAGES, {**addressed, "text": "Hello", **change}, 422)
        assert [name.split(".")[0] for name in answer["error"]["data"]] == list(change)
    send(api, "POST", f"{EMAILS}/send-email", {**addressed, **NAMES, "subject": "Hello"}, 422)
    send(api, "POST", "/_sandbox/reply", {"lead_uuid": ANY_UUID, "channel": "email", "text": "Hi"}, 422)
    send(api, "POST", "/_sandbox/reply", {"lead_uuid": addressed["lead_uuid"], "channel": "email", "text": "Hi"}, 422)
    send(api, "POST", "/_sandbox/reply", {"lead_uuid": addressed["lead_uuid"], "channel": "smoke"}, 422)


def test_emails(api: httpx.Client, addressed: dict[str, Any]) -> None:
    lead = addressed["lead_uuid"]
    mailbox = new_mailbox(api, addressed["sender_profile_uuid"])
    sent = email(api, addressed, cc=["eve@acme.com"])
    first = sent["emailDomain"]
    expected = {"mailbox_uuid": mailbox, "status": "sent", "type": "outbox", "cc": ["eve@acme.com"], "flow_uuid": None}
    assert first == {**first, **addressed, **NAMES, **expected}
    assert sent["emailBodyDomain"]["body"] == "<p>Hi</p>"
    assert send(api, "GET", f"/emails/api/email-bodies/{first['email_body_uuid']}") == sent["emailBodyDomain"]
    answer = reply(api, lead, "email", "Tell me more")
    assert (answer["type"], answer["subject"], answer["from_email"]) == ("inbox", "Re: Hello", "jo@zeta.com")
    assert answer["replied_to_uuid"] == first["uuid"]
    other = email(api, addressed, subject="Other")["emailDomain"]
    thread = send(api, "GET", f"{EMAILS}/{answer['uuid']}/thread")["data"]
    assert [row["body"] for row in thread] == ["<p>Hi</p>", "Tell me more"]
    assert send(api, "POST", f"{EMAILS}/latest-by-leads", {"lead_uuids": [lead, ANY_UUID]}) == {lead: other}
    body = {**addressed, "lead_name": "Jo", "limit": "2"}
    roles = [part["role"] for part in send(api, "POST", f"{EMAILS}/llm-thread", body)["thread"]]
    assert roles == ["user", "assistant"]
    assert [row["uuid"] for row in rows(api, EMAILS, type="inbox")] == [answer["uuid"]]
    assert len(rows(api, EMAILS, folder="sent")) == len(rows(api, EMAILS, status="sent")) == 2
    found = send(api, "GET", "/emails/api/email-bodies?search=more")["data"]
    assert [body["body"] for body in found] == ["Tell me more"]
    send(api, "DELETE", f"{EMAILS}/{first['uuid']}", None, 204)
    send(api, "GET", f"{EMAILS}/{first['uuid']}", None, 404)
    send(api, "GET", f"/emails/api/email-bodies/{first['email_body_uuid']}", None, 404)


def test_bounces_and_unsubscribes_of_emails(api: httpx.Client, addressed: dict[str, Any]) -> None:
    lead = {"lead_uuid": addressed["lead_uuid"], "channel": "email"}
    send(api, "POST", "/_sandbox/reply", {**lead, "kind": "clicked"}, 422)  # no email was sent
    new_mailbox(api, addressed["sender_profile_uuid"])
    for kind in ("clicked", "unsubscribed", "bounced"):
        sent = email(api, addressed, subject=kind)["emailDomain"]
        answer = send(api, "POST", "/_sandbox/reply", {**lead, "kind": kind}, 200)
        assert (answer["uuid"], answer["status"]) == (sent["uuid"], "bounced" if kind == "bounced" else "sent")
        assert (answer["bounced_by_uuid"] is not None) is (kind == "bounced")
    for wrong in ({"kind": "eaten"}, {"kind": "clicked", "text": "Hi"}, {"kind": "clicked", "channel": "linkedin"}):
        send(api, "POST", "/_sandbox/reply", {**lead, **wrong}, 422)
    metrics = [f"email_{kind}_count" for kind in ("sent", "opened", "clicked", "unsubscribed", "bounced", "inbox")]
    period = {"period_from": "2020-01-01T00:00:00Z", "period_to": "2099-01-01T00:00:00Z"}
    total = send(api, "POST", "/leads/api/leads/metrics", {**period, "flows": [], "metrics": metrics})["total"]
    assert list(total.values()) == [3, 2, 1, 1, 1, 0]
    written = activities(api, object_type="lead", object_uuid=lead["lead_uuid"])
    happened = [kind for kind in written if kind.startswith("email_") and kind != "email_sent"]
    assert sorted(happened) == ["email_bounced", "email_clicked", "email_opened", "email_opened", "email_unsubscribed"]


def test_templates(api: httpx.Client, addressed: dict[str, Any]) -> None:
    path = "/flows/api/ai-templates"
    field = new(api, "/leads/api/custom-fields", name="tier", object="lead")
    owner = {"custom_field_uuid": field, "object_type": "lead", "object_uuid": addressed["lead_uuid"]}
    send(api, "POST", "/leads/api/custom-field-values", {**owner, "value": "gold"})
    body = (
        "Hi {{first_name}}{% if company %} of {{company}}{% else %}!{% endif %} {{ tier }}{{x}} {{sender_first_name}}"
    )
    fields = {"name": "Hello", "type": "message", "is_public": 1, "body": body}
    uuid = new(api, path, **fields)
    rendered = send(api, "POST", f"{path}/render", {**addressed, "uuid": uuid})
    assert (rendered["rendered_body"], rendered["fallback_body"]) == ("Hi Jo! gold Max", None)
    ad_hoc = send(
        api, "POST", f"{path}/render", {**addressed, "body": "{{ 'A|B' | spintax }}", "enable_fallback": True}
    )
    assert ad_hoc["rendered_body"] == ad_hoc["fallback_body"] == "A"
    send(api, "POST", path, {**fields, "is_public": True}, 422)
    send(api, "POST", path, {"name": "Hello", "type": "message"}, 422)
    assert send(api, "PUT", f"{path}/{uuid}", {"subject": "S"})["subject"] == "S"
    send(api, "DELETE", f"{path}/{uuid}", None, 204)
    assert send(api, "GET", f"{path}/{uuid}")["name"] == "Hello"
    assert send(api, "GET", path)["total"] == 1
    agent = new(api, "/flows/api/ai-agents", name="Classifier")
    send(api, "DELETE", f"/flows/api/ai-agents/{agent}", None, 204)
    send(api, "GET", f"/flows/api/ai-agents/{agent}", None, 404)


def test_unread_messages_are_counted_until_they_are_marked_read(
    api: httpx.Client, server: SandboxServer, addressed: dict[str, Any]
) -> None:
    new_mailbox(api, addressed["sender_profile_uuid"])
    lead = addressed["lead_uuid"]
    send(api, "POST", MESSAGES, {**addressed, "text": "Hello"}, 201)
    email(api, addressed)
    advance(api)
    for channel in ("linkedin", "email", "linkedin"):
        reply(api, lead, channel)
    unread = send(api, "GET", f"{LEADS}/{lead}")["unread_counts"]
    assert unread == [{"category": "linkedin", "count": 2}, {"category": "email", "count": 1}]
    send(api, "PUT", f"{LEADS}/mass-action", {"type": "contact_mark_read", "filter": {"all": True}})
    finish_jobs(server)
    assert send(api, "GET", f"{LEADS}/{lead}")["unread_counts"] == []


def test_messages_are_activities_like_any_other(api: httpx.Client, addressed: dict[str, Any]) -> None:
    lead = addressed["lead_uuid"]
    new(api, "/leads/api/notes", object="lead", object_uuid=lead, note="Call back.")
    send(api, "POST", MESSAGES, {**addressed, "text": "Hello"}, 201)
    advance(api)
    reply(api, lead)
    send(api, "PUT", f"{LEADS}/{lead}", {"about": "Likes tea"})
    sent = ["created", "note_added", "linkedin_message_sent", "linkedin_message_replied", "updated"]
    assert activities(api, lead_uuid=lead) == sent
    assert activities(api, type="linkedin_message_replied", lead_uuid=lead) == ["linkedin_message_replied"]


def test_nothing_is_sent_to_blacklisted_contacts(api: httpx.Client, addressed: dict[str, Any]) -> None:
    new_mailbox(api, addressed["sender_profile_uuid"])
    message = new(api, MESSAGES, **addressed, text="Hello")
    entry = new(api, "/leads/api/leads-blacklist", linkedin="jo")
    advance(api)
    (failed,) = rows(api, MESSAGES)
    reason = "The contact is on a blacklist."
    assert (failed["status"], failed["fail_reason"], failed["sent_at"]) == ("failed", reason, None)
    refused = send(api, "POST", f"{EMAILS}/send-email", {**addressed, **NAMES, "subject": "Hello", "body": "Hi"}, 422)
    assert refused["error"]["data"] == {"lead_uuid": [reason]}
    assert rows(api, EMAILS) == []
    send(api, "DELETE", f"/leads/api/leads-blacklist/{entry}", None, 204)
    send(api, "PUT", f"{MESSAGES}/{message}/retry")
    advance(api)
    assert [row["status"] for row in rows(api, MESSAGES)] == ["done"]
    email(api, addressed)
