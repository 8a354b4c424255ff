# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import DATE_TIME, INTEGER, OBJECT, STRING, UUID_TEXT, Nullable
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["Mailbox"]


@define(kw_only=True, repr=False)
class Mailbox(Model):
    """`mailbox` in the API's description."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", UUID_TEXT),
        "team_id": Field("team_id", INTEGER),
        "user_id": Field("user_id", INTEGER),
        "sender_profile_uuid": Field("sender_profile_uuid", UUID_TEXT),
        "email": Field("email", STRING),
        "sender_name": Field("sender_name", STRING),
        "provider": Field("provider", STRING),
        "status": Field("status", STRING),
        "automation_daily_limit": Field("automation_daily_limit", INTEGER),
        "automation_task_interval": Field("automation_task_interval", INTEGER),
        "custom_tracking_domain_uuid": Field("custom_tracking_domain_uuid", Nullable(UUID_TEXT)),
        "connection_settings": Field("connection_settings", OBJECT),
        "created_at": Field("created_at", DATE_TIME),
        "updated_at": Field("updated_at", DATE_TIME),
    }

    uuid: str | None = None
    team_id: int | None = None
    user_id: int | None = None
    sender_profile_uuid: str | None = None
    email: str | None = None
    sender_name: str | None = None
    provider: str | None = None
    status: str | None = None
    automation_daily_limit: int | None = None
    automation_task_interval: int | None = None
    custom_tracking_domain_uuid: str | None = None
    connection_settings: dict[str, Any] | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
