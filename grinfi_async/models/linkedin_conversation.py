# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import BOOLEAN, DATE_TIME, INTEGER, STRING, UUID_TEXT, Nullable
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["LinkedInConversation"]


@define(kw_only=True, repr=False)
class LinkedInConversation(Model):
    """A thread of LinkedIn messages between one LinkedIn account and one contact. It is not credited to any
    automation; see `listLinkedinConversations`.

    Attributes:
        lead_uuid: UUID of the contact on the other side of the conversation.
        linkedin_account_uuid: UUID of the LinkedIn account that owns the thread.
        ln_id: The contact's member URN on LinkedIn.
        sn_id: Id of the thread in Sales Navigator, if it has one.
        linkedin_messenger_type: Messenger surface on which the thread takes place.
    """

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", UUID_TEXT),
        "id": Field("id", INTEGER),
        "team_id": Field("team_id", INTEGER),
        "lead_uuid": Field("lead_uuid", UUID_TEXT),
        "linkedin_account_uuid": Field("linkedin_account_uuid", UUID_TEXT),
        "ln_id": Field("ln_id", STRING),
        "ln_member_id": Field("ln_member_id", Nullable(STRING)),
        "sn_id": Field("sn_id", Nullable(STRING)),
        "conversation_hash": Field("conversation_hash", STRING),
        "linkedin_messenger_type": Field("linkedin_messenger_type", STRING),
        "lead_nickname": Field("lead_nickname", Nullable(STRING)),
        "group_context": Field("group_context", Nullable(STRING)),
        "event_count": Field("event_count", INTEGER),
        "last_activity_at": Field("last_activity_at", Nullable(DATE_TIME)),
        "last_stored_message_at": Field("last_stored_message_at", Nullable(DATE_TIME)),
        "last_msg_sync_at": Field("last_msg_sync_at", Nullable(DATE_TIME)),
        "need_to_sync": Field("need_to_sync", BOOLEAN),
        "created_at": Field("created_at", DATE_TIME),
        "updated_at": Field("updated_at", DATE_TIME),
    }

    uuid: str | None = None
    id: int | None = None
    team_id: int | None = None
    lead_uuid: str | None = None
    linkedin_account_uuid: str | None = None
    ln_id: str | None = None
    ln_member_id: str | None = None
    sn_id: str | None = None
    conversation_hash: str | None = None
    linkedin_messenger_type: str | None = None
    lead_nickname: str | None = None
    group_context: str | None = None
    event_count: int | None = None
    last_activity_at: dt.datetime | None = None
    last_stored_message_at: dt.datetime | None = None
    last_msg_sync_at: dt.datetime | None = None
    need_to_sync: bool | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
