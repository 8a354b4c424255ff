# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar, Literal

from attrs import define

from grinfi_overrides.runtime.codecs import BOOLEAN, DATE_TIME, INTEGER, STRING, UUID_TEXT, Choice, ModelOf, Nullable
from grinfi_overrides.runtime.models import Field, Model

from .schedule import Schedule

__all__ = ["SenderProfile"]

SenderProfileStatus = Literal["enabled", "disabled"]


@define(kw_only=True, repr=False)
class SenderProfile(Model):
    """`sender-profile` in the API's description.

    Attributes:
        linkedin_browser_id: Id of the LinkedIn browser linked to the profile.
        avatar_url: URL of the profile photo.
        smart_limits_enabled: Tells whether smart limits on sending are in effect.
        status: Status of the sender profile.
        hold_tasks_till: Time up to which tasks are held back; it is set automatically while tasks execute.
    """

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", UUID_TEXT),
        "team_id": Field("team_id", INTEGER),
        "linkedin_browser_id": Field("linkedin_browser_id", Nullable(INTEGER)),
        "linkedin_account_uuid": Field("linkedin_account_uuid", Nullable(UUID_TEXT)),
        "mailbox_uuid": Field("mailbox_uuid", Nullable(UUID_TEXT)),
        "assignee_user_id": Field("assignee_user_id", Nullable(INTEGER)),
        "first_name": Field("first_name", STRING),
        "last_name": Field("last_name", STRING),
        "label": Field("label", Nullable(STRING)),
        "avatar_url": Field("avatar_url", Nullable(STRING)),
        "schedule": Field("schedule", ModelOf(lambda: Schedule)),
        "smart_limits_enabled": Field("smart_limits_enabled", BOOLEAN),
        "status": Field("status", Choice(SenderProfileStatus)),
        "hold_tasks_till": Field("hold_tasks_till", Nullable(DATE_TIME)),
        "last_automation_server_id": Field("last_automation_server_id", Nullable(INTEGER)),
        "notification_emails": Field("notification_emails", Nullable(STRING)),
        "user_id": Field("user_id", INTEGER),
        "created_at": Field("created_at", DATE_TIME),
        "updated_at": Field("updated_at", DATE_TIME),
    }

    uuid: str | None = None
    team_id: int | None = None
    linkedin_browser_id: int | None = None
    linkedin_account_uuid: str | None = None
    mailbox_uuid: str | None = None
    assignee_user_id: int | None = None
    first_name: str | None = None
    last_name: str | None = None
    label: str | None = None
    avatar_url: str | None = None
    schedule: Schedule | None = None
    smart_limits_enabled: bool | None = None
    status: SenderProfileStatus | str | None = None
    hold_tasks_till: dt.datetime | None = None
    last_automation_server_id: int | None = None
    notification_emails: str | None = None
    user_id: int | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
