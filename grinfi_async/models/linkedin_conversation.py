# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt

from grinfi_overrides.runtime.codecs import BOOLEAN, INTEGER, STRING, UUID_TEXT, Nullable
from grinfi_overrides.runtime.models import ALWAYS_SENT, Model, model, wire
from grinfi_overrides.runtime.times import DATE_TIME

__all__ = ["LinkedInConversation"]


@model()
class LinkedInConversation(Model):
    """A thread of LinkedIn messages between one LinkedIn account and one contact. It is not credited to any
    automation; see `listLinkedinConversations`.
    """

    uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    id: int | None = wire(INTEGER, default=None)
    team_id: int | None = wire(INTEGER, default=None)
    lead_uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    """UUID of the contact on the other side of the conversation."""

    linkedin_account_uuid: str | None = wire(UUID_TEXT, default=None)
    """UUID of the LinkedIn account that owns the thread."""

    ln_id: str | None = wire(STRING, default=None)
    """The contact's member URN on LinkedIn."""

    ln_member_id: str | None = wire(Nullable(STRING), default=None)
    sn_id: str | None = wire(Nullable(STRING), default=None)
    """Id of the thread in Sales Navigator, if it has one."""

    conversation_hash: str | None = wire(STRING, default=None)
    linkedin_messenger_type: str | None = wire(STRING, default=None)
    """Messenger surface on which the thread takes place."""

    lead_nickname: str | None = wire(Nullable(STRING), default=None)
    group_context: str | None = wire(Nullable(STRING), default=None)
    event_count: int | None = wire(INTEGER, default=None)
    last_activity_at: dt.datetime | None = wire(Nullable(DATE_TIME), default=None)
    last_stored_message_at: dt.datetime | None = wire(Nullable(DATE_TIME), default=None)
    last_msg_sync_at: dt.datetime | None = wire(Nullable(DATE_TIME), default=None)
    need_to_sync: bool | None = wire(BOOLEAN, default=None)
    created_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
    updated_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
