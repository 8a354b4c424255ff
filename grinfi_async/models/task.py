# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from attrs import define

from grinfi_overrides.runtime.codecs import (
    DATE_TIME,
    INTEGER,
    OBJECT,
    STRING,
    UUID_TEXT,
    Array,
    Choice,
    ModelOf,
    Nullable,
)
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["Task", "TaskPayload"]

TaskAutomation = Literal["manual", "auto"]
TaskStatus = Literal["in_progress", "closed", "canceled", "failed", "skipped"]


@define(kw_only=True, repr=False)
class Task(Model):
    """`task` in the API's description.

    Attributes:
        parent_task_pipeline_uuid: Parent task, by UUID, when tasks are chained.
        assigned_to: Id of the user to whom this task is assigned.
        flow_lead_uuid: Flow-lead record, by UUID, that ties the contact to the automation.
        flow_origin: Set to `automation` if a flow created the task.
        flow_node_id: Index, within its automation, of the node from which the task was generated.
        type: Type of the task. The known values are `linkedin_send_message`, `linkedin_send_connection_request` and
            `email_send_message`.
        payload: Data that depends on the task. A message task has, among others, `template`, `rendered_text`,
            `attachments`, `stop_on_reply_level` and `last_message_at`.
        attempts: How many times execution was attempted.
        error_msg: Why the task failed or was skipped.
        priority: Priority of the task; a lower number means a higher priority.
    """

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", UUID_TEXT),
        "parent_task_pipeline_uuid": Field("parent_task_pipeline_uuid", Nullable(UUID_TEXT)),
        "team_id": Field("team_id", INTEGER),
        "assigned_to": Field("assigned_to", INTEGER),
        "user_id": Field("user_id", INTEGER),
        "lead_uuid": Field("lead_uuid", UUID_TEXT),
        "company_uuid": Field("company_uuid", Nullable(UUID_TEXT)),
        "sender_profile_uuid": Field("sender_profile_uuid", UUID_TEXT),
        "mailbox_uuid": Field("mailbox_uuid", Nullable(UUID_TEXT)),
        "flow_uuid": Field("flow_uuid", Nullable(UUID_TEXT)),
        "flow_lead_uuid": Field("flow_lead_uuid", Nullable(UUID_TEXT)),
        "flow_origin": Field("flow_origin", STRING),
        "flow_node_id": Field("flow_node_id", Nullable(INTEGER)),
        "type": Field("type", STRING),
        "automation": Field("automation", Choice(TaskAutomation)),
        "automation_error_code": Field("automation_error_code", Nullable(STRING)),
        "status": Field("status", Choice(TaskStatus)),
        "fork_result": Field("fork_result", Nullable(INTEGER)),
        "payload": Field("payload", Nullable(ModelOf(lambda: TaskPayload))),
        "attempts": Field("attempts", INTEGER),
        "error_msg": Field("error_msg", Nullable(STRING)),
        "priority": Field("priority", INTEGER),
        "number_in_line": Field("number_in_line", Nullable(INTEGER)),
        "note": Field("note", Nullable(STRING)),
        "timezone": Field("timezone", Nullable(STRING)),
        "schedule_at": Field("schedule_at", DATE_TIME),
        "executed_at": Field("executed_at", Nullable(DATE_TIME)),
        "taken_to_execute_at": Field("taken_to_execute_at", Nullable(DATE_TIME)),
        "created_at": Field("created_at", DATE_TIME),
        "updated_at": Field("updated_at", DATE_TIME),
    }

    uuid: str | None = None
    parent_task_pipeline_uuid: str | None = None
    team_id: int | None = None
    assigned_to: int | None = None
    user_id: int | None = None
    lead_uuid: str | None = None
    company_uuid: str | None = None
    sender_profile_uuid: str | None = None
    mailbox_uuid: str | None = None
    flow_uuid: str | None = None
    flow_lead_uuid: str | None = None
    flow_origin: str | None = None
    flow_node_id: int | None = None
    type: str | None = None
    automation: TaskAutomation | str | None = None
    automation_error_code: str | None = None
    status: TaskStatus | str | None = None
    fork_result: int | None = None
    payload: TaskPayload | None = None
    attempts: int | None = None
    error_msg: str | None = None
    priority: int | None = None
    number_in_line: int | None = None
    note: str | None = None
    timezone: str | None = None
    schedule_at: dt.datetime | None = None
    executed_at: dt.datetime | None = None
    taken_to_execute_at: dt.datetime | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None


@define(kw_only=True, repr=False)
class TaskPayload(Model):
    """Data that depends on the task. A message task has, among others, `template`, `rendered_text`, `attachments`,
    `stop_on_reply_level` and `last_message_at`.

    Attributes:
        template: Template of the message, variables included.
        rendered_text: Text of the message once its variables have been substituted.
        stop_on_reply_level: Condition under which a reply stops the sequence.
    """

    _fields: ClassVar[Mapping[str, Field]] = {
        "template": Field("template", Nullable(STRING)),
        "rendered_text": Field("rendered_text", Nullable(STRING)),
        "attachments": Field("attachments", Nullable(Array(OBJECT))),
        "stop_on_reply_level": Field("stop_on_reply_level", Nullable(STRING)),
        "last_message_at": Field("last_message_at", Nullable(DATE_TIME)),
    }

    template: str | None = None
    rendered_text: str | None = None
    attachments: list[dict[str, Any]] | None = None
    stop_on_reply_level: str | None = None
    last_message_at: dt.datetime | None = None
