# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from typing import Any

from grinfi_overrides.runtime.codecs import ANY, INTEGER, OBJECT, STRING, UUID_TEXT, Array, Nullable
from grinfi_overrides.runtime.models import ALWAYS_SENT, Model, model, wire
from grinfi_overrides.runtime.times import DATE_TIME

__all__ = ["Company"]


@model(wrapper="company")
class Company(Model):
    """A company stored in your CRM."""

    uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    team_id: int | None = wire(INTEGER, default=None)
    user_id: int | None = wire(Nullable(INTEGER), default=None)
    data_source_uuid: str | None = wire(Nullable(UUID_TEXT), default=None)
    lead_status_uuid: str | None = wire(Nullable(UUID_TEXT), default=None)
    """UUID of the pipeline stage."""

    name: str | None = wire(STRING, default=None)
    domain: str | None = wire(Nullable(STRING), default=None)
    website: str | None = wire(Nullable(STRING), default=None)
    ln_id: int | None = wire(Nullable(INTEGER), default=None)
    """Numeric id of the company on LinkedIn."""

    linkedin: str | None = wire(Nullable(STRING), default=None)
    facebook: str | None = wire(Nullable(STRING), default=None)
    twitter: str | None = wire(Nullable(STRING), default=None)
    phone: str | None = wire(Nullable(STRING), default=None)
    hq_raw_address: str | None = wire(Nullable(STRING), default=None)
    hq_location: list[dict[str, Any]] | None = wire(Nullable(Array(OBJECT)), default=None)
    logo_url: str | None = wire(Nullable(STRING), default=None)
    industry: str | None = wire(Nullable(STRING), default=None)
    employees_range: str | None = wire(Nullable(STRING), default=None)
    year_established: int | None = wire(Nullable(INTEGER), default=None)
    about: str | None = wire(Nullable(STRING), default=None)
    lists: list[str] | None = wire(Nullable(Array(UUID_TEXT)), default=None)
    """UUIDs of the lists."""

    tags: list[str] | None = wire(Nullable(Array(UUID_TEXT)), default=None)
    """UUIDs of the tags."""

    status: str | None = wire(STRING, default=None)
    last_enrich_at: dt.datetime | None = wire(Nullable(DATE_TIME), default=None)
    created_at: dt.datetime = wire(Nullable(DATE_TIME), default=ALWAYS_SENT)
    updated_at: dt.datetime | None = wire(Nullable(DATE_TIME), default=None)
    markers: Any = wire(ANY, default=None)
    """Marks of the row, as the server sends them with searches; None if it sends none."""

    custom_fields: dict[str, Any] | None = wire(OBJECT, default=None)
    """Values of custom fields by name, as the server sends them with searches; None if it sends none."""
