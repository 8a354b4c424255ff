# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
"""Fields to filter tasks by, for tasks.list, tasks.group_counts.

`from grinfi_async.fields import tasks`, and compare them as those of `F`."""

from __future__ import annotations

from typing import Final, Literal
from uuid import UUID

from grinfi_overrides.filters import DateTimeField, Field

__all__ = [
    "automation",
    "automation_error_code",
    "executed_at",
    "flow_node_id",
    "flow_uuid",
    "id",
    "lead_uuid",
    "schedule_at",
    "sender_profile_uuid",
    "status",
    "type",
]

Status = Literal["in_progress", "closed", "canceled", "failed", "skipped"]
Type = Literal[
    "linkedin_send_message",
    "linkedin_send_connection_request",
    "linkedin_send_inmail",
    "linkedin_like_latest_post",
    "linkedin_endorse_skills",
    "linkedin_withdraw_connection_request",
    "email_send_message",
    "trigger_linkedin_connection_request_accepted",
]
Automation = Literal["manual", "auto"]

flow_uuid: Final = Field[str | UUID]("flow_uuid")
status: Final = Field[Status]("status")
"""Status of the task; `closed` means that it was executed, e.g. the message or request has really been sent."""
type: Final = Field[Type]("type")
"""Type of the task."""
automation: Final = Field[Automation]("automation")
"""Origin of the task."""
lead_uuid: Final = Field[str | UUID]("lead_uuid")
sender_profile_uuid: Final = Field[str | UUID]("sender_profile_uuid")
flow_node_id: Final = Field[int]("flow_node_id")
"""Keeps only the tasks produced by this node of the flow tree."""
executed_at: Final = DateTimeField("executed_at")
"""Time at which the task was really executed. For a range, add operators, for example
`filter[executed_at][>=]=2026-07-22`."""
schedule_at: Final = DateTimeField("schedule_at")
"""Planned run time; often `null` once a task has been executed."""
id: Final = Field[str | int]("id")
automation_error_code: Final = Field[str]("automation_error_code")
"""Why the task failed, for example `too_many_attempts`."""
