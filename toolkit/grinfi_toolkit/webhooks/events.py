"""Events that webhooks deliver, in all forms of their bodies."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from typing import Any, Final, TypeAlias, TypeVar, cast, get_args

from grinfi_async import (
    Automation,
    Company,
    Contact,
    Email,
    GrinfiError,
    InvalidArgumentError,
    LinkedInMessage,
    Model,
    SenderProfile,
    WebhookPayload,
)
from grinfi_async.resources.webhooks import CreateEvent
from grinfi_overrides.runtime.codec import UncheckedText, describe
from grinfi_overrides.runtime.suggestions import did_you_mean

__all__ = ["EventName", "WebhookBodyError", "WebhookEvent", "checked"]

EventName: TypeAlias = CreateEvent
"""The events of the API description."""
EVENTS: Final[tuple[str, ...]] = get_args(CreateEvent)
OF_A_MESSAGE: Final = ("_replied_", "_sent_")
"""Parts of the names of events that happen only once to a message."""

ModelT = TypeVar("ModelT", bound=Model)


class WebhookBodyError(GrinfiError):
    """A body is not an event: it is not JSON, not an object, or empty."""


class WebhookEvent:
    """One delivery. Its parts are models of the SDK; a part that is missing or of another kind is None.

    Attributes:
        name: Name of the event, such as `contact_replied_email`; None if the body has none, as from some relays.
        body: The body of the event, without the `{"body": …}` that relays put around it.
    """

    def __init__(self, body: Mapping[str, Any]) -> None:
        self.body: dict[str, Any] = dict(body)
        while isinstance(self.body.get("body"), Mapping) and not {"contact", "lead_uuid", "data"} & self.body.keys():
            outer = {name: self.body[name] for name in ("event_name",) if name in self.body}
            self.body = {**outer, **self.body["body"]}
        name = self.body.get("event_name")
        self.name: EventName | str | None = name if isinstance(name, str) and name else None

    @classmethod
    def parse(cls, body: bytes | str) -> WebhookEvent:
        """Read the body of a delivery.

        Raises:
            WebhookBodyError: The body is not an event.
        """
        try:
            value: object = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise WebhookBodyError(f"The body of the webhook is not JSON: {error}.") from None
        event = cls(_object(value))
        if not event.body:
            raise WebhookBodyError(f"The body of the webhook is not an event, but {describe(value)}.")
        return event

    @cached_property
    def _contacts(self) -> list[dict[str, Any]]:
        """The contact in the body, from each place where it may be."""
        data = _object(self.body.get("data"))
        holders = (self.body.get("contact"), self.body.get("lead"), data.get("contact"), data.get("lead"))
        ids = ({"uuid": uuid} for uuid in (self.body.get("lead_uuid"), data.get("lead_uuid")) if uuid)
        return [row for row in (*map(_object, holders), *ids) if row]

    @property
    def contact_uuid(self) -> str | None:
        """UUID of the contact, from any place in the body: `contact.uuid`, `lead_uuid`, `data.lead.uuid`."""
        return next((row["uuid"] for row in self._contacts if isinstance(row.get("uuid"), str) and row["uuid"]), None)

    @cached_property
    def contact(self) -> Contact | None:
        """The contact, with the fields that the body has; only `uuid` if the body has no more."""
        known = {} if self.contact_uuid is None else {"uuid": self.contact_uuid}
        return _model(Contact, {**(self._contacts or [known])[0], **known})

    @cached_property
    def company(self) -> Company | None:
        """The company of the contact."""
        return _model(Company, self.body.get("account"))

    @cached_property
    def sender(self) -> SenderProfile | None:
        """The sender profile of the event; only `uuid` if the body has no more."""
        uuid = _object(self.body.get("automation")).get("sender_profile_uuid")
        return _model(SenderProfile, _object(self.body.get("sender_profile")) or ({"uuid": uuid} if uuid else None))

    @cached_property
    def automation(self) -> Automation | None:
        """The automation that the event belongs to."""
        return _model(Automation, self.body.get("automation"))

    @cached_property
    def message(self) -> LinkedInMessage | None:
        """The LinkedIn message or InMail."""
        return _model(LinkedInMessage, self.body.get("linkedin_message"))

    @cached_property
    def email(self) -> Email | None:
        """The email. Its text is in `text`."""
        return _model(Email, self.body.get("email"))

    @cached_property
    def payload(self) -> WebhookPayload:
        """The complete body as a model of the API description; times and counters are in `contact_markers`."""
        return WebhookPayload.from_dict(self.body)

    @property
    def text(self) -> str | None:
        """The text of the message or email, if the body has it."""
        email = _object(self.body.get("email"))
        texts = (_object(self.body.get("linkedin_message")).get("text"), email.get("body"), email.get("text"))
        return next((text for text in texts if isinstance(text, str) and text), None)

    @cached_property
    def message_uuid(self) -> str | None:
        """UUID of the message or email that was sent or received; None for events that may happen repeatedly."""
        if self.name is None or not any(part in self.name for part in OF_A_MESSAGE):
            return None
        for part in ("linkedin_message", "email"):
            uuid = _object(self.body.get(part)).get("uuid")
            if isinstance(uuid, str) and uuid:
                return uuid
        return None

    @cached_property
    def key(self) -> str:
        """Key of the event. Deliveries have no id, so it is made of the UUID of the message, or a hash of the body."""
        if self.message_uuid is not None:
            return f"{self.name}:{self.message_uuid}"
        return sha256(json.dumps([self.name, self.body], sort_keys=True).encode()).hexdigest()

    def __repr__(self) -> str:
        return f"WebhookEvent({self.name!r}, contact_uuid={self.contact_uuid!r})"


def checked(argument: str, events: Sequence[EventName]) -> frozenset[str]:
    """The events, after a check that the API description has each of them."""
    for name in events:
        if name not in EVENTS and not isinstance(name, UncheckedText):
            hint = did_you_mean(name, EVENTS, otherwise=f"known: {', '.join(EVENTS)}.")
            raise InvalidArgumentError(argument, f"{name!r} is not an event; {hint} A new one is Unchecked({name!r})")
    return frozenset(events)


def _object(value: object) -> dict[str, Any]:
    return dict(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else {}


def _model(kind: type[ModelT], value: object) -> ModelT | None:
    row = _object(value)
    return kind.from_dict(row) if row else None
