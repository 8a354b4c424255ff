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
"""Text to search for. For companies.mass_action only."""
uuid: Final = Field[str | UUID]("uuid")
"""For companies.mass_action only."""
team_id: Final = Field[int]("team_id")
"""For companies.mass_action only."""
user_id: Final = Field[int]("user_id")
"""For companies.mass_action only."""
data_source_uuid: Final = Field[str | UUID]("data_source_uuid")
"""For companies.mass_action only."""
lead_status_uuid: Final = Field[str | UUID]("lead_status_uuid")
"""UUID of the pipeline stage. For companies.mass_action only."""
name: Final = Field[str]("name")
"""For companies.mass_action only."""
domain: Final = Field[str]("domain")
"""For companies.mass_action only."""
website: Final = Field[str]("website")
"""For companies.mass_action only."""
ln_id: Final = Field[int]("ln_id")
"""Numeric id of the company on LinkedIn. For companies.mass_action only."""
linkedin: Final = Field[str]("linkedin")
"""For companies.mass_action only."""
facebook: Final = Field[str]("facebook")
"""For companies.mass_action only."""
twitter: Final = Field[str]("twitter")
"""For companies.mass_action only."""
phone: Final = Field[str]("phone")
"""For companies.mass_action only."""
hq_raw_address: Final = Field[str]("hq_raw_address")
"""For companies.mass_action only."""
logo_url: Final = Field[str]("logo_url")
"""For companies.mass_action only."""
industry: Final = Field[str]("industry")
"""For companies.mass_action only."""
employees_range: Final = Field[str]("employees_range")
"""For companies.mass_action only."""
year_established: Final = Field[int]("year_established")
"""For companies.mass_action only."""
about: Final = Field[str]("about")
"""For companies.mass_action only."""
lists: Final = Field[str | UUID]("lists")
"""UUIDs of the lists. For companies.mass_action only."""
tags: Final = Field[str | UUID]("tags")
"""UUIDs of the tags. For companies.mass_action only."""
status: Final = Field[str]("status")
"""For companies.mass_action only."""
last_enrich_at: Final = DateTimeField("last_enrich_at")
"""For companies.mass_action only."""
created_at: Final = DateTimeField("created_at")
"""For companies.mass_action only."""
updated_at: Final = DateTimeField("updated_at")
"""For companies.mass_action only."""
ids: Final = Field[str | UUID]("ids")
"""UUIDs of the companies. For companies.enrich, companies.mass_action, files.export_companies only."""
all: Final = Field[bool]("all")
"""Every company, with `true`. For companies.mass_action only."""
