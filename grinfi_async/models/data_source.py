# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from attrs import define

from grinfi_overrides.runtime.codecs import DATE_TIME, INTEGER, OBJECT, STRING, UUID_TEXT, Array, Choice, Nullable
from grinfi_overrides.runtime.models import Field, Model

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


@define(kw_only=True, repr=False)
class DataSource(Model):
    """A data source, that is, a job that imports from LinkedIn."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", UUID_TEXT),
        "team_id": Field("team_id", INTEGER),
        "sender_profile_uuid": Field("sender_profile_uuid", Nullable(UUID_TEXT)),
        "list_uuid": Field("list_uuid", UUID_TEXT),
        "payload": Field("payload", OBJECT),
        "tags": Field("tags", Nullable(Array(STRING))),
        "type": Field("type", Choice(DataSourceType)),
        "status": Field("status", Choice(DataSourceStatus)),
        "errors": Field("errors", Array(OBJECT)),
        "user_id": Field("user_id", INTEGER),
        "created_at": Field("created_at", DATE_TIME),
        "updated_at": Field("updated_at", DATE_TIME),
    }

    uuid: str | None = None
    team_id: int | None = None
    sender_profile_uuid: str | None = None
    list_uuid: str | None = None
    payload: dict[str, Any] | None = None
    tags: list[str] | None = None
    type: DataSourceType | str | None = None
    status: DataSourceStatus | str | None = None
    errors: list[dict[str, Any]] | None = None
    user_id: int | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
