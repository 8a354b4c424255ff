# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
"""Fields to filter companies by, for companies.list, companies.search, companies.enrich, companies.mass_action,
files.export_companies.

`from grinfi_async.fields import companies`, and compare them as those of `F`."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from grinfi_overrides.filters import DateTimeField, Field

__all__ = [
    "about",
    "all",
    "created_at",
    "data_source_uuid",
    "domain",
    "employees_range",
    "facebook",
    "hq_raw_address",
    "ids",
    "industry",
    "last_enrich_at",
    "lead_status_uuid",
    "linkedin",
    "lists",
    "ln_id",
    "logo_url",
    "name",
    "phone",
    "q",
    "status",
    "tags",
    "team_id",
    "twitter",
    "updated_at",
    "user_id",
    "uuid",
    "website",
    "year_established",
]


q: Final = Field[str]("q")
"""Text to search for."""
uuid: Final = Field[str | UUID]("uuid")
team_id: Final = Field[int]("team_id")
user_id: Final = Field[int]("user_id")
data_source_uuid: Final = Field[str | UUID]("data_source_uuid")
lead_status_uuid: Final = Field[str | UUID]("lead_status_uuid")
"""UUID of the pipeline stage."""
name: Final = Field[str]("name")
domain: Final = Field[str]("domain")
website: Final = Field[str]("website")
ln_id: Final = Field[int]("ln_id")
"""Numeric id of the company on LinkedIn."""
linkedin: Final = Field[str]("linkedin")
facebook: Final = Field[str]("facebook")
twitter: Final = Field[str]("twitter")
phone: Final = Field[str]("phone")
hq_raw_address: Final = Field[str]("hq_raw_address")
logo_url: Final = Field[str]("logo_url")
industry: Final = Field[str]("industry")
employees_range: Final = Field[str]("employees_range")
year_established: Final = Field[int]("year_established")
about: Final = Field[str]("about")
lists: Final = Field[str | UUID]("lists")
"""UUIDs of the lists."""
tags: Final = Field[str | UUID]("tags")
"""UUIDs of the tags."""
status: Final = Field[str]("status")
last_enrich_at: Final = DateTimeField("last_enrich_at")
created_at: Final = DateTimeField("created_at")
updated_at: Final = DateTimeField("updated_at")
ids: Final = Field[str | UUID]("ids")
"""UUIDs of the companies. For companies.enrich, companies.mass_action, files.export_companies only."""
all: Final = Field[bool]("all")
"""Every company, with `true`."""
