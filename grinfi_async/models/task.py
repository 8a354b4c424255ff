# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from grinfi_overrides.runtime.codecs import INTEGER, OBJECT, STRING, UUID_TEXT, Array, Choice, ModelOf, Nullable
from grinfi_overrides.runtime.models import ALWAYS_SENT, Model, model, wire
from grinfi_overrides.runtime.times import DATE_TIME

__all__ = ["Task", "TaskPayload"]

TaskAutomation = Literal["manual", "auto"]
TaskStatus = Literal["in_progress", "closed", "canceled", "failed", "skipped"]


@model()
class Task(Model):
    """`task` in the API's description."""

    uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    parent_task_pipeline_uuid: str | None = wire(Nullable(UUID_TEXT), default=None)
    """Parent task, by UUID, when tasks are chained."""

    team_id: int | None = wire(INTEGER, default=None)
    assigned_to: int | None = wire(INTEGER, default=None)
    """Id of the user to whom this task is assigned."""

    user_id: int | None = wire(INTEGER, default=None)
    lead_uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    company_uuid: str | None = wire(Nullable(UUID_TEXT), default=None)
    sender_profile_uuid: str | None = wire(UUID_TEXT, default=None)
    mailbox_uuid: str | None = wire(Nullable(UUID_TEXT), default=None)
    flow_uuid: str | None = wire(Nullable(UUID_TEXT), default=None)
    flow_lead_uuid: str | None = wire(Nullable(UUID_TEXT), default=None)
    """Flow-lead record, by UUID, that ties the contact to the automation."""

    flow_origin: str | None = wire(STRING, default=None)
    """Set to `automation` if a flow created the task."""

    flow_node_id: int | None = wire(Nullable(INTEGER), default=None)
    """Index, within its automation, of the node from which the task was generated."""

    type: str | None = wire(STRING, default=None)
    """Type of the task. The known values are `linkedin_send_message`, `linkedin_send_connection_request` and
    `email_send_message`.
    """

    automation: TaskAutomation | str | None = wire(Choice(TaskAutomation), default=None)
    automation_error_code: str | None = wire(Nullable(STRING), default=None)
    status: TaskStatus | str | None = wire(Choice(TaskStatus), default=None)
    fork_result: int | None = wire(Nullable(INTEGER), default=None)
    payload: TaskPayload | None = wire(Nullable(ModelOf(lambda: TaskPayload)), default=None)
    """Data that depends on the task. A message task has, among others, `template`, `rendered_text`, `attachments`,
    `stop_on_reply_level` and `last_message_at`.
    """

    attempts: int | None = wire(INTEGER, default=None)
    """How many times execution was attempted."""

    error_msg: str | None = wire(Nullable(STRING), default=None)
    """Why the task failed or was skipped."""

    priority: int | None = wire(INTEGER, default=None)
    """Priority of the task; a lower number means a higher priority."""

    number_in_line: int | None = wire(Nullable(INTEGER), default=None)
    note: str | None = wire(Nullable(STRING), default=None)
    timezone: str | None = wire(Nullable(STRING), default=None)
    schedule_at: dt.datetime | None = wire(DATE_TIME, default=None)
    executed_at: dt.datetime | None = wire(Nullable(DATE_TIME), default=None)
    taken_to_execute_at: dt.datetime | None = wire(Nullable(DATE_TIME), default=None)
    created_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
    updated_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)


@model()
class TaskPayload(Model):
    """Data that depends on the task. A message task has, among others, `template`, `rendered_text`, `attachments`,
    `stop_on_reply_level` and `last_message_at`.
    """

    template: str | None = wire(Nullable(STRING), default=None)
    """Template of the message, variables included."""

    rendered_text: str | None = wire(Nullable(STRING), default=None)
    """Text of the message once its variables have been substituted."""

    attachments: list[dict[str, Any]] | None = wire(Nullable(Array(OBJECT)), default=None)
    stop_on_reply_level: str | None = wire(Nullable(STRING), default=None)
    """Condition under which a reply stops the sequence."""

    last_message_at: dt.datetime | None = wire(Nullable(DATE_TIME), default=None)
