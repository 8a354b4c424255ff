# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from attrs import define

from grinfi_overrides.runtime.codecs import ANY, DATE_TIME, INTEGER, STRING, UUID_TEXT, Array, Choice, ModelOf, Nullable
from grinfi_overrides.runtime.models import Field, Model

from .attachment_ref import AttachmentRef

__all__ = ["LinkedInMessage"]

LinkedInMessageType = Literal["inbox", "outbox"]
LinkedInMessageAutomation = Literal["auto", "manual", "synced"]
LinkedInMessageLinkedinType = Literal["connection_note", "message", "InMail"]
LinkedInMessageStatus = Literal["new", "in_progress", "done", "failed"]


@define(kw_only=True, repr=False)
class LinkedInMessage(Model):
    """`linkedin-message` in the API's description.

    Attributes:
        type: Direction of the message.
        automation: Where the message comes from: an automation sent it (`auto`), a user sent it (`manual`), or it
            is an incoming message that was synced from LinkedIn (`synced`).
        linkedin_type: Kind of LinkedIn message.
    """

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", UUID_TEXT),
        "team_id": Field("team_id", INTEGER),
        "sender_profile_uuid": Field("sender_profile_uuid", UUID_TEXT),
        "linkedin_account_uuid": Field("linkedin_account_uuid", UUID_TEXT),
        "linkedin_conversation_uuid": Field("linkedin_conversation_uuid", UUID_TEXT),
        "lead_uuid": Field("lead_uuid", UUID_TEXT),
        "task_pipeline_uuid": Field("task_pipeline_uuid", Nullable(UUID_TEXT)),
        "template_uuid": Field("template_uuid", Nullable(UUID_TEXT)),
        "message_hash": Field("message_hash", Nullable(STRING)),
        "subject": Field("subject", Nullable(STRING)),
        "text": Field("text", STRING),
        "custom_content": Field("custom_content", Nullable(Array(ANY))),
        "attachments": Field("attachments", Nullable(Array(ModelOf(lambda: AttachmentRef)))),
        "type": Field("type", Choice(LinkedInMessageType)),
        "automation": Field("automation", Choice(LinkedInMessageAutomation)),
        "linkedin_type": Field("linkedin_type", Choice(LinkedInMessageLinkedinType)),
        "status": Field("status", Choice(LinkedInMessageStatus)),
        "fail_reason": Field("fail_reason", Nullable(STRING)),
        "read_at": Field("read_at", Nullable(DATE_TIME)),
        "sent_at": Field("sent_at", Nullable(DATE_TIME)),
        "user_id": Field("user_id", INTEGER),
        "created_at": Field("created_at", DATE_TIME),
        "updated_at": Field("updated_at", DATE_TIME),
    }

    uuid: str | None = None
    team_id: int | None = None
    sender_profile_uuid: str | None = None
    linkedin_account_uuid: str | None = None
    linkedin_conversation_uuid: str | None = None
    lead_uuid: str | None = None
    task_pipeline_uuid: str | None = None
    template_uuid: str | None = None
    message_hash: str | None = None
    subject: str | None = None
    text: str | None = None
    custom_content: list[Any] | None = None
    attachments: list[AttachmentRef] | None = None
    type: LinkedInMessageType | str | None = None
    automation: LinkedInMessageAutomation | str | None = None
    linkedin_type: LinkedInMessageLinkedinType | str | None = None
    status: LinkedInMessageStatus | str | None = None
    fail_reason: str | None = None
    read_at: dt.datetime | None = None
    sent_at: dt.datetime | None = None
    user_id: int | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
