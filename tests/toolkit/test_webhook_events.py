"""Bodies of webhooks, in every form in which they have been seen, and in any other."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grinfi_async import Contact, Grinfi, GrinfiError, LinkedInMessage, Unchecked
from grinfi_async.webhooks import WebhookBodyError, WebhookEvent, WebhookRouter

UUID = "7f8a1c9e-2b5d-4f60-8e3a-5c1d9b7e4a20"
OTHER = "00000000-0000-0000-0000-000000000009"
REPLY: dict[str, Any] = {
    "event_name": "contact_replied_linkedin_message",
    "contact": {"uuid": UUID, "first_name": "Ada", "tags": []},
    "automation": {"uuid": OTHER, "name": "Intro", "sender_profile_uuid": OTHER},
    "linkedin_message": {"uuid": OTHER, "text": "Tell me more", "type": "inbox", "sent_at": "2026-03-01T10:00:00Z"},
}


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (REPLY, REPLY["event_name"]),
        ({"body": REPLY}, REPLY["event_name"]),
        ({"event_name": "x", "body": {"contact": {"uuid": UUID}}}, "x"),
        ({"body": {key: value for key, value in REPLY.items() if key != "event_name"}}, None),
        ({"event_name": "x", "lead_uuid": UUID}, "x"),
        ({"event_name": "x", "data": {"lead": {"uuid": UUID}}}, "x"),
        ({"event_name": "x", "contact": [], "lead_uuid": UUID}, "x"),
        ({"event_name": "x", "contact": {"first_name": "Ada"}, "lead_uuid": UUID}, "x"),
        ({"body": {"data": {"lead": {"uuid": UUID}}}}, None),
        ({"body": {"event_name": "x", "body": {"lead_uuid": UUID}}}, "x"),
    ],
)
def test_the_contact_and_the_name_are_found_in_every_form(body: dict[str, Any], name: str | None) -> None:
    event = WebhookEvent.parse(json.dumps(body))
    assert (event.name, event.contact_uuid) == (name, UUID)
    assert isinstance(event.contact, Contact)
    assert event.contact.uuid == UUID


def test_parts_are_models() -> None:
    event = WebhookEvent(REPLY)
    assert event.contact is not None
    assert event.contact.first_name == "Ada"
    assert isinstance(event.message, LinkedInMessage)
    assert event.message.sent_at is not None
    assert event.message.sent_at.year == 2026
    assert event.text == "Tell me more"
    assert event.automation is not None
    assert event.automation.name == "Intro"
    assert event.sender is not None
    assert event.sender.uuid == OTHER
    assert event.email is None
    assert event.company is None
    assert event.payload.contact == REPLY["contact"]
    assert UUID in repr(event)
    assert "Ada" not in repr(event)
    assert WebhookEvent({"event_name": "contact_replied_email", "email": {"body": "Yes"}}).text == "Yes"


def test_fields_that_identify_an_event() -> None:
    def key(**changes: Any) -> str:
        return WebhookEvent({**REPLY, **changes}).key

    assert key() == key(contact={"uuid": UUID, "first_name": "Ada L."})  # the message is the same
    assert key() != key(linkedin_message={**REPLY["linkedin_message"], "uuid": UUID})
    assert key() != key(event_name="sender_profile_sent_linkedin_message")
    opened = {"event_name": "contact_opened_email", "email": {"uuid": OTHER}}
    assert key(**opened) != key(**opened, contact_markers={"opened": 2})  # an email is opened many times
    assert WebhookEvent(REPLY).key == WebhookEvent({"body": REPLY}).key
    nameless = {"linkedin_message": {"uuid": OTHER}}  # a reply to this message, or that it was read
    assert WebhookEvent(nameless).key != WebhookEvent({**nameless, "contact_markers": {"read": 1}}).key


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"null", b'"x"', b"7", b'{"body": {}}', b"\xff\xfe\xfd", b"[" * 100_000, b"{"]
)
def test_a_value_that_is_not_an_event_is_a_clear_error(body: bytes) -> None:
    with pytest.raises(WebhookBodyError, match="The body of the webhook is not"):
        WebhookEvent.parse(body)
    assert issubclass(WebhookBodyError, GrinfiError)


NAMES = ["event_name", "body", "contact", "lead", "data", "lead_uuid", "uuid", "automation", "sender_profile"]
names = st.sampled_from([*NAMES, "account", "linkedin_message", "email", "text"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(UUID),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names | st.text(max_size=3), inner, max_size=5),
    max_leaves=20,
)


@given(json_values)
def test_any_json_is_an_event_or_a_clear_error(value: Any) -> None:
    try:
        event = WebhookEvent.parse(json.dumps(value))
    except WebhookBodyError:
        return
    for part in (event.contact, event.company, event.sender, event.automation, event.message, event.email):
        assert part is None or part.to_dict() is not None
    assert event.text is None or event.text
    assert event.key
    assert event.payload.to_dict() == event.body or json.dumps(event.body) == json.dumps(event.payload.to_dict())
    assert WebhookEvent.parse(json.dumps(event.body)).key == event.key
    repr(event)


def test_the_names_of_events_are_those_of_the_description(monkeypatch: pytest.MonkeyPatch) -> None:
    router = WebhookRouter(secret=None)
    router.on("contact_replied_email", Unchecked("brand_new"))
    with pytest.raises(ValueError, match="did you mean 'contact_replied_email'"):
        router.on("contact_replied_emails")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert Grinfi("key-1234567890").webhooks.__class__.__name__ == "WebhooksResource"  # the module is another thing
