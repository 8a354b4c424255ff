# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
"""Fields to filter contacts by, for contacts.search, contacts.mass_action, contacts.count, contacts.enrich,
files.export_contacts.

`from grinfi_async.fields import contacts`, and compare them as those of `F`."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from grinfi_overrides.filters import DateTimeField, Field

__all__ = [
    "about",
    "all",
    "avatar_url",
    "company_ln_id",
    "company_uuid",
    "connections_number",
    "created_at",
    "data_source_uuid",
    "email_status",
    "facebook",
    "followers_number",
    "has_open_profile",
    "has_premium",
    "has_verified_profile",
    "headline",
    "ids",
    "last_automation_approve_at",
    "linkedin",
    "linkedin_status",
    "list_uuid",
    "ln_id",
    "personal_email",
    "personal_phone_number",
    "pipeline_stage_uuid",
    "position",
    "primary_language",
    "q",
    "raw_address",
    "sender_profile_uuid",
    "skills",
    "sn_id",
    "status",
    "supported_languages",
    "tags",
    "team_id",
    "twitter",
    "user_id",
    "uuid",
    "work_email",
    "work_phone_number",
]


uuid: Final = Field[str | UUID]("uuid")
team_id: Final = Field[int]("team_id")
user_id: Final = Field[int]("user_id")
sender_profile_uuid: Final = Field[str | UUID]("sender_profile_uuid")
list_uuid: Final = Field[str | UUID]("list_uuid")
data_source_uuid: Final = Field[str | UUID]("data_source_uuid")
pipeline_stage_uuid: Final = Field[str | UUID]("pipeline_stage_uuid")
company_uuid: Final = Field[str | UUID]("company_uuid")
company_ln_id: Final = Field[str]("company_ln_id")
position: Final = Field[str]("position")
headline: Final = Field[str]("headline")
about: Final = Field[str]("about")
avatar_url: Final = Field[str]("avatar_url")
ln_id: Final = Field[str]("ln_id")
"""Member ID on LinkedIn."""
sn_id: Final = Field[str]("sn_id")
"""ID in Sales Navigator."""
linkedin: Final = Field[str]("linkedin")
facebook: Final = Field[str]("facebook")
twitter: Final = Field[str]("twitter")
work_email: Final = Field[str]("work_email")
personal_email: Final = Field[str]("personal_email")
work_phone_number: Final = Field[str]("work_phone_number")
personal_phone_number: Final = Field[str]("personal_phone_number")
connections_number: Final = Field[int]("connections_number")
followers_number: Final = Field[int]("followers_number")
primary_language: Final = Field[str]("primary_language")
supported_languages: Final = Field[str]("supported_languages")
has_open_profile: Final = Field[int]("has_open_profile")
has_verified_profile: Final = Field[int]("has_verified_profile")
has_premium: Final = Field[int]("has_premium")
skills: Final = Field[str]("skills")
raw_address: Final = Field[str]("raw_address")
tags: Final = Field[str | UUID]("tags")
"""UUIDs of the tags."""
status: Final = Field[str]("status")
linkedin_status: Final = Field[str]("linkedin_status")
email_status: Final = Field[str]("email_status")
last_automation_approve_at: Final = DateTimeField("last_automation_approve_at")
created_at: Final = DateTimeField("created_at")
q: Final = Field[str]("q")
"""Text to search for."""
ids: Final = Field[str | UUID]("ids")
"""UUIDs of the contacts. For contacts.mass_action, contacts.count, contacts.enrich, files.export_contacts only."""
all: Final = Field[bool]("all")
"""Every contact, with `true`."""
