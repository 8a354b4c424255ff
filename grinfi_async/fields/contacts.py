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
    "company_name",
    "company_uuid",
    "connections_number",
    "created_at",
    "data_source_uuid",
    "email_status",
    "facebook",
    "first_name",
    "followers_number",
    "has_open_profile",
    "has_premium",
    "has_verified_profile",
    "headline",
    "ids",
    "last_automation_approve_at",
    "last_name",
    "linkedin",
    "linkedin_status",
    "list_uuid",
    "ln_id",
    "name",
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
    "updated_at",
    "user_id",
    "uuid",
    "work_email",
    "work_phone_number",
]


uuid: Final = Field[str | UUID]("uuid")
"""For contacts.mass_action only."""
team_id: Final = Field[int]("team_id")
"""For contacts.mass_action only."""
user_id: Final = Field[int]("user_id")
"""For contacts.mass_action only."""
sender_profile_uuid: Final = Field[str | UUID]("sender_profile_uuid")
"""For contacts.mass_action only."""
list_uuid: Final = Field[str | UUID]("list_uuid")
"""For contacts.mass_action only."""
data_source_uuid: Final = Field[str | UUID]("data_source_uuid")
"""For contacts.mass_action only."""
pipeline_stage_uuid: Final = Field[str | UUID]("pipeline_stage_uuid")
"""For contacts.mass_action only."""
company_uuid: Final = Field[str | UUID]("company_uuid")
"""For contacts.mass_action only."""
name: Final = Field[str]("name")
"""For contacts.mass_action only."""
first_name: Final = Field[str]("first_name")
"""For contacts.mass_action only."""
last_name: Final = Field[str]("last_name")
"""For contacts.mass_action only."""
company_name: Final = Field[str]("company_name")
"""For contacts.mass_action only."""
company_ln_id: Final = Field[str]("company_ln_id")
"""For contacts.mass_action only."""
position: Final = Field[str]("position")
"""For contacts.mass_action only."""
headline: Final = Field[str]("headline")
"""For contacts.mass_action only."""
about: Final = Field[str]("about")
"""For contacts.mass_action only."""
avatar_url: Final = Field[str]("avatar_url")
"""For contacts.mass_action only."""
ln_id: Final = Field[str]("ln_id")
"""Member ID on LinkedIn. For contacts.mass_action only."""
sn_id: Final = Field[str]("sn_id")
"""ID in Sales Navigator. For contacts.mass_action only."""
linkedin: Final = Field[str]("linkedin")
"""For contacts.mass_action only."""
facebook: Final = Field[str]("facebook")
"""For contacts.mass_action only."""
twitter: Final = Field[str]("twitter")
"""For contacts.mass_action only."""
work_email: Final = Field[str]("work_email")
"""For contacts.mass_action only."""
personal_email: Final = Field[str]("personal_email")
"""For contacts.mass_action only."""
work_phone_number: Final = Field[str]("work_phone_number")
"""For contacts.mass_action only."""
personal_phone_number: Final = Field[str]("personal_phone_number")
"""For contacts.mass_action only."""
connections_number: Final = Field[int]("connections_number")
"""For contacts.mass_action only."""
followers_number: Final = Field[int]("followers_number")
"""For contacts.mass_action only."""
primary_language: Final = Field[str]("primary_language")
"""For contacts.mass_action only."""
supported_languages: Final = Field[str]("supported_languages")
"""For contacts.mass_action only."""
has_open_profile: Final = Field[int]("has_open_profile")
"""For contacts.mass_action only."""
has_verified_profile: Final = Field[int]("has_verified_profile")
"""For contacts.mass_action only."""
has_premium: Final = Field[int]("has_premium")
"""For contacts.mass_action only."""
skills: Final = Field[str]("skills")
"""For contacts.mass_action only."""
raw_address: Final = Field[str]("raw_address")
"""For contacts.mass_action only."""
tags: Final = Field[str | UUID]("tags")
"""UUIDs of the tags. For contacts.mass_action only."""
status: Final = Field[str]("status")
"""For contacts.mass_action only."""
linkedin_status: Final = Field[str]("linkedin_status")
"""For contacts.mass_action only."""
email_status: Final = Field[str]("email_status")
"""For contacts.mass_action only."""
last_automation_approve_at: Final = DateTimeField("last_automation_approve_at")
"""For contacts.mass_action only."""
created_at: Final = DateTimeField("created_at")
"""For contacts.mass_action only."""
updated_at: Final = DateTimeField("updated_at")
"""For contacts.mass_action only."""
q: Final = Field[str]("q")
"""Text to search for. For contacts.mass_action only."""
ids: Final = Field[str | UUID]("ids")
"""UUIDs of the contacts. For contacts.mass_action, contacts.count, contacts.enrich, files.export_contacts only."""
all: Final = Field[bool]("all")
"""Every contact, with `true`. For contacts.mass_action only."""
