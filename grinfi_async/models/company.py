# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import ANY, DATE_TIME, INTEGER, OBJECT, STRING, UUID_TEXT, Array, Nullable
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["Company"]


@define(kw_only=True, repr=False)
class Company(Model):
    """A company stored in your CRM.

    Attributes:
        lead_status_uuid: UUID of the pipeline stage.
        ln_id: Numeric id of the company on LinkedIn.
        lists: UUIDs of the lists.
        tags: UUIDs of the tags.
        markers: Marks of the row, as the server sends them with searches; None if it sends none.
        custom_fields: Values of custom fields by name, as the server sends them with searches; None if it sends
            none.
    """

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", UUID_TEXT),
        "team_id": Field("team_id", INTEGER),
        "user_id": Field("user_id", Nullable(INTEGER)),
        "data_source_uuid": Field("data_source_uuid", Nullable(UUID_TEXT)),
        "lead_status_uuid": Field("lead_status_uuid", Nullable(UUID_TEXT)),
        "name": Field("name", STRING),
        "domain": Field("domain", Nullable(STRING)),
        "website": Field("website", Nullable(STRING)),
        "ln_id": Field("ln_id", Nullable(INTEGER)),
        "linkedin": Field("linkedin", Nullable(STRING)),
        "facebook": Field("facebook", Nullable(STRING)),
        "twitter": Field("twitter", Nullable(STRING)),
        "phone": Field("phone", Nullable(STRING)),
        "hq_raw_address": Field("hq_raw_address", Nullable(STRING)),
        "hq_location": Field("hq_location", Nullable(Array(OBJECT))),
        "logo_url": Field("logo_url", Nullable(STRING)),
        "industry": Field("industry", Nullable(STRING)),
        "employees_range": Field("employees_range", Nullable(STRING)),
        "year_established": Field("year_established", Nullable(INTEGER)),
        "about": Field("about", Nullable(STRING)),
        "lists": Field("lists", Nullable(Array(UUID_TEXT))),
        "tags": Field("tags", Nullable(Array(UUID_TEXT))),
        "status": Field("status", STRING),
        "last_enrich_at": Field("last_enrich_at", Nullable(DATE_TIME)),
        "created_at": Field("created_at", Nullable(DATE_TIME)),
        "updated_at": Field("updated_at", Nullable(DATE_TIME)),
        "markers": Field("markers", ANY),
        "custom_fields": Field("custom_fields", OBJECT),
    }
    _wrapper: ClassVar[str | None] = "company"

    uuid: str | None = None
    team_id: int | None = None
    user_id: int | None = None
    data_source_uuid: str | None = None
    lead_status_uuid: str | None = None
    name: str | None = None
    domain: str | None = None
    website: str | None = None
    ln_id: int | None = None
    linkedin: str | None = None
    facebook: str | None = None
    twitter: str | None = None
    phone: str | None = None
    hq_raw_address: str | None = None
    hq_location: list[dict[str, Any]] | None = None
    logo_url: str | None = None
    industry: str | None = None
    employees_range: str | None = None
    year_established: int | None = None
    about: str | None = None
    lists: list[str] | None = None
    tags: list[str] | None = None
    status: str | None = None
    last_enrich_at: dt.datetime | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    markers: Any = None
    custom_fields: dict[str, Any] | None = None
