# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
"""Fields to filter linkedin messages by, for linkedin_messages.list, linkedin_messages.group_counts.

`from grinfi_async.fields import linkedin_messages`, and compare them as those of `F`."""

from __future__ import annotations

from typing import Final, Literal
from uuid import UUID

from grinfi_overrides.filters import DateTimeField, Field

__all__ = ["lead_uuid", "q", "sender_profile_uuid", "sent_at", "status", "type"]

Type = Literal["inbox", "outbox"]
Status = Literal["new", "in_progress", "done", "failed"]

q: Final = Field[str]("q")
"""For linkedin_messages.list only."""
lead_uuid: Final = Field[str | UUID]("lead_uuid")
sender_profile_uuid: Final = Field[str | UUID]("sender_profile_uuid")
type: Final = Field[Type]("type")
"""Direction of the message."""
status: Final = Field[Status]("status")
sent_at: Final = DateTimeField("sent_at")
"""For linkedin_messages.group_counts only."""
