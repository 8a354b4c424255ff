# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
"""Fields to filter emails by, for emails.list.

`from grinfi_async.fields import emails`, and compare them as those of `F`."""

from __future__ import annotations

from typing import Final, Literal
from uuid import UUID

from grinfi_overrides.filters import DateTimeField, Field

__all__ = [
    "flow_node_id",
    "flow_uuid",
    "folder",
    "from_email",
    "lead_uuid",
    "mailbox_uuid",
    "sent_at",
    "status",
    "template_uuid",
    "thread_uuid",
    "to_email",
    "type",
]

Type = Literal["inbox", "outbox"]

flow_uuid: Final = Field[str | UUID]("flow_uuid")
"""Automation behind the email; empty for mail synced from a mailbox."""
flow_node_id: Final = Field[int]("flow_node_id")
"""Flow-tree node the email came from."""
mailbox_uuid: Final = Field[str | UUID]("mailbox_uuid")
lead_uuid: Final = Field[str | UUID]("lead_uuid")
type: Final = Field[Type]("type")
"""Direction: `outbox` for sent mail, `inbox` for received mail."""
status: Final = Field[str]("status")
"""For example `sent` (an automation sent it) or `sync` (it was synced from the mailbox)."""
sent_at: Final = DateTimeField("sent_at")
"""Date and time of sending. Ranges take operators, as in `filter[sent_at][>=]=2026-07-01`."""
from_email: Final = Field[str]("from_email")
to_email: Final = Field[str]("to_email")
thread_uuid: Final = Field[str | UUID]("thread_uuid")
template_uuid: Final = Field[str | UUID]("template_uuid")
folder: Final = Field[str | int]("folder")
