# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from grinfi_overrides.runtime.codecs import INTEGER, OBJECT, STRING, UUID_TEXT, Array, Choice, ModelOf, Nullable
from grinfi_overrides.runtime.models import ALWAYS_SENT, Model, model, wire
from grinfi_overrides.runtime.times import DATE_TIME

from .schedule import Schedule

__all__ = ["LinkedInBrowser"]

LinkedInBrowserStatus = Literal[
    "running", "stopped", "idle", "start_issue", "running_issue", "login_issue", "initializing"
]


@model()
class LinkedInBrowser(Model):
    """A browser profile through which LinkedIn is automated."""

    id: int = wire(INTEGER, default=ALWAYS_SENT)
    team_id: int | None = wire(INTEGER, default=None)
    sender_profile_uuid: str | None = wire(UUID_TEXT, default=None)
    linkedin_account_uuid: str | None = wire(Nullable(UUID_TEXT), default=None)
    external_id: str | None = wire(STRING, default=None)
    name: str | None = wire(STRING, default=None)
    shared_emails: list[str] | None = wire(Array(STRING), default=None)
    linkedin_automation_server_id: int | None = wire(Nullable(INTEGER), default=None)
    linkedin_proxy_id: int | None = wire(Nullable(INTEGER), default=None)
    proxy_country_code: str | None = wire(Nullable(STRING), default=None)
    custom_proxy_config: list[dict[str, Any]] | None = wire(Array(OBJECT), default=None)
    schedule: Schedule | None = wire(ModelOf(lambda: Schedule), default=None)
    linkedin_login: str | None = wire(Nullable(STRING), default=None)
    linkedin_password: str | None = wire(Nullable(STRING), default=None, sensitive=True)
    ln_code: str | None = wire(Nullable(STRING), default=None)
    browser_owner: str | None = wire(STRING, default=None)
    status: LinkedInBrowserStatus | str | None = wire(Choice(LinkedInBrowserStatus), default=None)
    error_reason: str | None = wire(Nullable(STRING), default=None)
    user_id: int | None = wire(INTEGER, default=None)
    last_start_at: dt.datetime | None = wire(Nullable(DATE_TIME), default=None)
    created_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
    updated_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
