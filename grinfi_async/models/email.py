# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar, Literal

from attrs import define

from grinfi_overrides.runtime.codecs import DATE_TIME, INTEGER, STRING, UUID_TEXT, Array, Choice, Nullable
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["Email"]

EmailType = Literal["inbox", "outbox"]


@define(kw_only=True, repr=False)
class Email(Model):
    """`email` in the API's description.

    Attributes:
        type: Direction of the message.
    """

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", UUID_TEXT),
        "team_id": Field("team_id", INTEGER),
        "user_id": Field("user_id", INTEGER),
        "sender_profile_uuid": Field("sender_profile_uuid", UUID_TEXT),
        "mailbox_uuid": Field("mailbox_uuid", UUID_TEXT),
        "email_body_uuid": Field("email_body_uuid", UUID_TEXT),
        "flow_uuid": Field("flow_uuid", Nullable(UUID_TEXT)),
        "lead_uuid": Field("lead_uuid", UUID_TEXT),
        "status": Field("status", STRING),
        "type": Field("type", Choice(EmailType)),
        "from_name": Field("from_name", STRING),
        "from_email": Field("from_email", STRING),
        "to_name": Field("to_name", STRING),
        "to_email": Field("to_email", STRING),
        "cc": Field("cc", Array(STRING)),
        "bcc": Field("bcc", Array(STRING)),
        "subject": Field("subject", STRING),
        "replied_to_uuid": Field("replied_to_uuid", Nullable(UUID_TEXT)),
        "bounced_by_uuid": Field("bounced_by_uuid", Nullable(UUID_TEXT)),
        "sent_at": Field("sent_at", Nullable(DATE_TIME)),
        "created_at": Field("created_at", DATE_TIME),
        "updated_at": Field("updated_at", DATE_TIME),
    }

    uuid: str | None = None
    team_id: int | None = None
    user_id: int | None = None
    sender_profile_uuid: str | None = None
    mailbox_uuid: str | None = None
    email_body_uuid: str | None = None
    flow_uuid: str | None = None
    lead_uuid: str | None = None
    status: str | None = None
    type: EmailType | str | None = None
    from_name: str | None = None
    from_email: str | None = None
    to_name: str | None = None
    to_email: str | None = None
    cc: list[str] | None = None
    bcc: list[str] | None = None
    subject: str | None = None
    replied_to_uuid: str | None = None
    bounced_by_uuid: str | None = None
    sent_at: dt.datetime | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
