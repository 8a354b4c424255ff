# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from grinfi_overrides.runtime.codecs import ANY, INTEGER, STRING, UUID_TEXT, Array, Choice, ModelOf, Nullable
from grinfi_overrides.runtime.models import ALWAYS_SENT, Model, model, wire
from grinfi_overrides.runtime.times import DATE_TIME

from .attachment_ref import AttachmentRef

__all__ = ["LinkedInMessage"]

LinkedInMessageType = Literal["inbox", "outbox"]
LinkedInMessageAutomation = Literal["auto", "manual", "synced"]
LinkedInMessageLinkedinType = Literal["connection_note", "message", "InMail"]
LinkedInMessageStatus = Literal["new", "in_progress", "done", "failed"]


@model()
class LinkedInMessage(Model):
    """`linkedin-message` in the API's description."""

    uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    team_id: int | None = wire(INTEGER, default=None)
    sender_profile_uuid: str | None = wire(UUID_TEXT, default=None)
    linkedin_account_uuid: str | None = wire(UUID_TEXT, default=None)
    linkedin_conversation_uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    lead_uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    task_pipeline_uuid: str | None = wire(Nullable(UUID_TEXT), default=None)
    template_uuid: str | None = wire(Nullable(UUID_TEXT), default=None)
    message_hash: str | None = wire(Nullable(STRING), default=None)
    subject: str | None = wire(Nullable(STRING), default=None)
    text: str | None = wire(STRING, default=None)
    custom_content: list[Any] | None = wire(Nullable(Array(ANY)), default=None)
    attachments: list[AttachmentRef] | None = wire(Nullable(Array(ModelOf(lambda: AttachmentRef))), default=None)
    type: LinkedInMessageType | str | None = wire(Choice(LinkedInMessageType), default=None)
    """Direction of the message."""

    automation: LinkedInMessageAutomation | str | None = wire(Choice(LinkedInMessageAutomation), default=None)
    """Where the message comes from: an automation sent it (`auto`), a user sent it (`manual`), or it is an incoming
    message that was synced from LinkedIn (`synced`).
    """

    linkedin_type: LinkedInMessageLinkedinType | str | None = wire(Choice(LinkedInMessageLinkedinType), default=None)
    """Kind of LinkedIn message."""

    status: LinkedInMessageStatus | str | None = wire(Choice(LinkedInMessageStatus), default=None)
    fail_reason: str | None = wire(Nullable(STRING), default=None)
    read_at: dt.datetime | None = wire(Nullable(DATE_TIME), default=None)
    sent_at: dt.datetime | None = wire(Nullable(DATE_TIME), default=None)
    user_id: int | None = wire(INTEGER, default=None)
    created_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
    updated_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
