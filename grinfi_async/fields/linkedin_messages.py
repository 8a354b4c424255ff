# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
"""Fields to filter linkedin messages by, for linkedin_messages.list, linkedin_messages.group_counts.

`from grinfi_async.fields import linkedin_messages`, and compare them as those of `F`."""

from __future__ import annotations

from typing import Final, Literal
from uuid import UUID

from grinfi_overrides.filters import DateTimeField, Field

__all__ = [
    "automation",
    "lead_uuid",
    "linkedin_account_uuid",
    "linkedin_conversation_uuid",
    "linkedin_type",
    "sender_profile_uuid",
    "sent_at",
    "status",
    "type",
    "uuid",
]

Type = Literal["inbox", "outbox"]
Status = Literal["new", "in_progress", "done", "failed"]
Automation = Literal["auto", "manual", "synced"]
LinkedinType = Literal["connection_note", "message", "InMail"]

lead_uuid: Final = Field[str | UUID]("lead_uuid")
sender_profile_uuid: Final = Field[str | UUID]("sender_profile_uuid")
type: Final = Field[Type]("type")
"""Direction of the message."""
status: Final = Field[Status]("status")
uuid: Final = Field[str | UUID]("uuid")
linkedin_conversation_uuid: Final = Field[str | UUID]("linkedin_conversation_uuid")
linkedin_account_uuid: Final = Field[str | UUID]("linkedin_account_uuid")
automation: Final = Field[Automation]("automation")
"""Where the message comes from: an automation sent it (`auto`), a user sent it (`manual`), or it is an incoming
message that was synced from LinkedIn (`synced`)."""
linkedin_type: Final = Field[LinkedinType]("linkedin_type")
"""Kind of LinkedIn message."""
sent_at: Final = DateTimeField("sent_at")
"""For linkedin_messages.group_counts only."""
