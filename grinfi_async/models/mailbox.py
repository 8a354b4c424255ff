# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from typing import Any

from grinfi_overrides.runtime.codecs import INTEGER, OBJECT, STRING, UUID_TEXT, Nullable
from grinfi_overrides.runtime.models import ALWAYS_SENT, Model, model, wire
from grinfi_overrides.runtime.times import DATE_TIME

__all__ = ["Mailbox"]


@model()
class Mailbox(Model):
    """`mailbox` in the API's description."""

    uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    team_id: int | None = wire(INTEGER, default=None)
    user_id: int | None = wire(INTEGER, default=None)
    sender_profile_uuid: str | None = wire(UUID_TEXT, default=None)
    email: str | None = wire(STRING, default=None)
    sender_name: str | None = wire(STRING, default=None)
    provider: str | None = wire(STRING, default=None)
    status: str | None = wire(STRING, default=None)
    automation_daily_limit: int | None = wire(INTEGER, default=None)
    automation_task_interval: int | None = wire(INTEGER, default=None)
    custom_tracking_domain_uuid: str | None = wire(Nullable(UUID_TEXT), default=None)
    connection_settings: dict[str, Any] | None = wire(OBJECT, default=None)
    created_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
    updated_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
