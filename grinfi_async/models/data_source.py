# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from grinfi_overrides.runtime.codecs import INTEGER, OBJECT, STRING, UUID_TEXT, Array, Choice, Nullable
from grinfi_overrides.runtime.models import ALWAYS_SENT, Model, model, wire
from grinfi_overrides.runtime.times import DATE_TIME

__all__ = ["DataSource"]

DataSourceType = Literal[
    "csv_leads",
    "sn_leads_search",
    "sn_leads_saved_search",
    "sn_leads_list",
    "sn_accounts_search",
    "sn_accounts_saved_search",
    "sn_accounts_list",
    "ln_leads_search",
    "ln_accounts_search",
    "ln_my_network",
    "ln_my_messenger",
    "post_engagement",
    "recruiter_leads_search",
]
DataSourceStatus = Literal["not_started", "in_progress", "on_hold", "completed", "failed", "contacts_limit_achieved"]


@model()
class DataSource(Model):
    """A data source, that is, a job that imports from LinkedIn."""

    uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    team_id: int | None = wire(INTEGER, default=None)
    sender_profile_uuid: str | None = wire(Nullable(UUID_TEXT), default=None)
    list_uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    payload: dict[str, Any] | None = wire(OBJECT, default=None)
    tags: list[str] | None = wire(Nullable(Array(STRING)), default=None)
    type: DataSourceType | str | None = wire(Choice(DataSourceType), default=None)
    status: DataSourceStatus | str | None = wire(Choice(DataSourceStatus), default=None)
    errors: list[dict[str, Any]] | None = wire(Array(OBJECT), default=None)
    user_id: int | None = wire(INTEGER, default=None)
    created_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
    updated_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
