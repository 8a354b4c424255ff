# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from typing import Literal

from grinfi_overrides.runtime.codecs import INTEGER, STRING, UUID_TEXT, Array, Choice, Nullable
from grinfi_overrides.runtime.models import ALWAYS_SENT, Model, model, wire
from grinfi_overrides.runtime.times import DATE_TIME

__all__ = ["Email"]

EmailType = Literal["inbox", "outbox"]


@model()
class Email(Model):
    """`email` in the API's description."""

    uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    team_id: int | None = wire(INTEGER, default=None)
    user_id: int | None = wire(INTEGER, default=None)
    sender_profile_uuid: str | None = wire(UUID_TEXT, default=None)
    mailbox_uuid: str | None = wire(UUID_TEXT, default=None)
    email_body_uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    flow_uuid: str | None = wire(Nullable(UUID_TEXT), default=None)
    lead_uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    status: str | None = wire(STRING, default=None)
    type: EmailType | str | None = wire(Choice(EmailType), default=None)
    """Direction of the message."""

    from_name: str | None = wire(STRING, default=None)
    from_email: str | None = wire(STRING, default=None)
    to_name: str | None = wire(STRING, default=None)
    to_email: str | None = wire(STRING, default=None)
    cc: list[str] | None = wire(Array(STRING), default=None)
    bcc: list[str] | None = wire(Array(STRING), default=None)
    subject: str | None = wire(STRING, default=None)
    replied_to_uuid: str | None = wire(Nullable(UUID_TEXT), default=None)
    bounced_by_uuid: str | None = wire(Nullable(UUID_TEXT), default=None)
    sent_at: dt.datetime | None = wire(Nullable(DATE_TIME), default=None)
    created_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
    updated_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
