# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from typing import Literal

from grinfi_overrides.runtime.codecs import BOOLEAN, INTEGER, STRING, UUID_TEXT, Choice, ModelOf, Nullable
from grinfi_overrides.runtime.models import ALWAYS_SENT, Model, model, wire
from grinfi_overrides.runtime.times import DATE_TIME

from .schedule import Schedule

__all__ = ["SenderProfile"]

SenderProfileStatus = Literal["enabled", "disabled"]


@model()
class SenderProfile(Model):
    """`sender-profile` in the API's description."""

    uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    team_id: int | None = wire(INTEGER, default=None)
    linkedin_browser_id: int | None = wire(Nullable(INTEGER), default=None)
    """Id of the LinkedIn browser linked to the profile."""

    linkedin_account_uuid: str | None = wire(Nullable(UUID_TEXT), default=None)
    mailbox_uuid: str | None = wire(Nullable(UUID_TEXT), default=None)
    assignee_user_id: int | None = wire(Nullable(INTEGER), default=None)
    first_name: str | None = wire(STRING, default=None)
    last_name: str | None = wire(STRING, default=None)
    label: str | None = wire(Nullable(STRING), default=None)
    avatar_url: str | None = wire(Nullable(STRING), default=None)
    """URL of the profile photo."""

    schedule: Schedule | None = wire(ModelOf(lambda: Schedule), default=None)
    smart_limits_enabled: bool | None = wire(BOOLEAN, default=None)
    """Tells whether smart limits on sending are in effect."""

    status: SenderProfileStatus | str | None = wire(Choice(SenderProfileStatus), default=None)
    """Status of the sender profile."""

    hold_tasks_till: dt.datetime | None = wire(Nullable(DATE_TIME), default=None)
    """Time up to which tasks are held back; it is set automatically while tasks execute."""

    last_automation_server_id: int | None = wire(Nullable(INTEGER), default=None)
    notification_emails: str | None = wire(Nullable(STRING), default=None)
    user_id: int | None = wire(INTEGER, default=None)
    created_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
    updated_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
