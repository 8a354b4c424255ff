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

from .schedule import Schedule

__all__ = ["LinkedInBrowser"]

LinkedInBrowserStatus = Literal[
    "running", "stopped", "idle", "start_issue", "running_issue", "login_issue", "initializing"
]


@define(kw_only=True, repr=False)
class LinkedInBrowser(Model):
    """A browser profile through which LinkedIn is automated."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "id": Field("id", INTEGER),
        "team_id": Field("team_id", INTEGER),
        "sender_profile_uuid": Field("sender_profile_uuid", UUID_TEXT),
        "linkedin_account_uuid": Field("linkedin_account_uuid", Nullable(UUID_TEXT)),
        "external_id": Field("external_id", STRING),
        "name": Field("name", STRING),
        "shared_emails": Field("shared_emails", Array(STRING)),
        "linkedin_automation_server_id": Field("linkedin_automation_server_id", Nullable(INTEGER)),
        "linkedin_proxy_id": Field("linkedin_proxy_id", Nullable(INTEGER)),
        "proxy_country_code": Field("proxy_country_code", Nullable(STRING)),
        "custom_proxy_config": Field("custom_proxy_config", Array(OBJECT)),
        "schedule": Field("schedule", ModelOf(lambda: Schedule)),
        "linkedin_login": Field("linkedin_login", Nullable(STRING)),
        "linkedin_password": Field("linkedin_password", Nullable(STRING)),
        "ln_code": Field("ln_code", Nullable(STRING)),
        "browser_owner": Field("browser_owner", STRING),
        "status": Field("status", Choice(LinkedInBrowserStatus)),
        "error_reason": Field("error_reason", Nullable(STRING)),
        "user_id": Field("user_id", INTEGER),
        "last_start_at": Field("last_start_at", Nullable(DATE_TIME)),
        "created_at": Field("created_at", DATE_TIME),
        "updated_at": Field("updated_at", DATE_TIME),
    }
    _sensitive: ClassVar[frozenset[str]] = frozenset({"linkedin_password"})

    id: int | None = None
    team_id: int | None = None
    sender_profile_uuid: str | None = None
    linkedin_account_uuid: str | None = None
    external_id: str | None = None
    name: str | None = None
    shared_emails: list[str] | None = None
    linkedin_automation_server_id: int | None = None
    linkedin_proxy_id: int | None = None
    proxy_country_code: str | None = None
    custom_proxy_config: list[dict[str, Any]] | None = None
    schedule: Schedule | None = None
    linkedin_login: str | None = None
    linkedin_password: str | None = None
    ln_code: str | None = None
    browser_owner: str | None = None
    status: LinkedInBrowserStatus | str | None = None
    error_reason: str | None = None
    user_id: int | None = None
    last_start_at: dt.datetime | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
