# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from typing import Any

from grinfi_overrides.runtime.codecs import ANY, INTEGER, OBJECT, STRING, UUID_TEXT, Array, ModelOf, Nullable
from grinfi_overrides.runtime.models import ALWAYS_SENT, Model, model, wire
from grinfi_overrides.runtime.times import DATE_TIME

__all__ = ["Contact", "ContactEducation", "ContactExperience", "ContactLocation", "ContactPost", "ContactUnreadCount"]


@model(wrapper="lead", shown=("name", "company_name", "work_email", "uuid"))
class Contact(Model):
    """A lead, that is, a contact in your CRM."""

    uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    team_id: int | None = wire(INTEGER, default=None)
    user_id: int | None = wire(Nullable(INTEGER), default=None)
    sender_profile_uuid: str | None = wire(Nullable(UUID_TEXT), default=None)
    list_uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    data_source_uuid: str | None = wire(Nullable(UUID_TEXT), default=None)
    pipeline_stage_uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    company_uuid: str | None = wire(Nullable(UUID_TEXT), default=None)
    name: str | None = wire(Nullable(STRING), default=None)
    first_name: str | None = wire(Nullable(STRING), default=None)
    last_name: str | None = wire(Nullable(STRING), default=None)
    company_name: str | None = wire(Nullable(STRING), default=None)
    company_ln_id: str | None = wire(Nullable(STRING), default=None)
    position: str | None = wire(Nullable(STRING), default=None)
    headline: str | None = wire(Nullable(STRING), default=None)
    about: str | None = wire(Nullable(STRING), default=None)
    avatar_url: str | None = wire(Nullable(STRING), default=None)
    ln_id: str | None = wire(Nullable(STRING), default=None)
    """Member ID on LinkedIn."""

    sn_id: str | None = wire(Nullable(STRING), default=None)
    """ID in Sales Navigator."""

    linkedin: str | None = wire(Nullable(STRING), default=None)
    facebook: str | None = wire(Nullable(STRING), default=None)
    twitter: str | None = wire(Nullable(STRING), default=None)
    work_email: str | None = wire(Nullable(STRING), default=None)
    personal_email: str | None = wire(Nullable(STRING), default=None)
    work_phone_number: str | None = wire(Nullable(STRING), default=None)
    personal_phone_number: str | None = wire(Nullable(STRING), default=None)
    connections_number: int | None = wire(Nullable(INTEGER), default=None)
    followers_number: int | None = wire(Nullable(INTEGER), default=None)
    primary_language: str | None = wire(Nullable(STRING), default=None)
    supported_languages: list[str] | None = wire(Nullable(Array(STRING)), default=None)
    has_open_profile: int | None = wire(Nullable(INTEGER), default=None)
    has_verified_profile: int | None = wire(Nullable(INTEGER), default=None)
    has_premium: int | None = wire(Nullable(INTEGER), default=None)
    experience: list[ContactExperience] | None = wire(Nullable(Array(ModelOf(lambda: ContactExperience))), default=None)
    posts: list[ContactPost] | None = wire(Nullable(Array(ModelOf(lambda: ContactPost))), default=None)
    educations: list[ContactEducation] | None = wire(Nullable(Array(ModelOf(lambda: ContactEducation))), default=None)
    skills: list[str] | None = wire(Nullable(Array(STRING)), default=None)
    raw_address: str | None = wire(Nullable(STRING), default=None)
    location: list[ContactLocation] | None = wire(Nullable(Array(ModelOf(lambda: ContactLocation))), default=None)
    tags: list[str] | None = wire(Nullable(Array(UUID_TEXT)), default=None)
    """UUIDs of the tags."""

    status: str | None = wire(STRING, default=None)
    linkedin_status: str | None = wire(STRING, default=None)
    email_status: str | None = wire(Nullable(STRING), default=None)
    unread_counts: list[ContactUnreadCount] | None = wire(Array(ModelOf(lambda: ContactUnreadCount)), default=None)
    last_automation_approve_at: dt.datetime | None = wire(Nullable(DATE_TIME), default=None)
    created_at: dt.datetime = wire(Nullable(DATE_TIME), default=ALWAYS_SENT)
    updated_at: dt.datetime | None = wire(Nullable(DATE_TIME), default=None)
    markers: Any = wire(ANY, default=None)
    """Marks of the row, as the server sends them with searches; None if it sends none."""

    flows: list[Any] | None = wire(Array(ANY), default=None)
    """Automations of the contact, as the server sends them with searches; None if it sends none."""

    custom_fields: dict[str, Any] | None = wire(OBJECT, default=None)
    """Values of custom fields by name, as the server sends them with searches; None if it sends none."""


@model()
class ContactExperience(Model):
    """Contact experience."""

    title: str | None = wire(STRING, default=None)
    company: str | None = wire(STRING, default=None)
    start_date: str | None = wire(STRING, default=None)
    end_date: str | None = wire(STRING, default=None)


@model()
class ContactPost(Model):
    """Contact post."""

    content: str | None = wire(STRING, default=None)
    date: dt.datetime | None = wire(DATE_TIME, default=None)


@model()
class ContactEducation(Model):
    """Contact education."""

    school: str | None = wire(STRING, default=None)
    degree: str | None = wire(STRING, default=None)
    field_of_study: str | None = wire(STRING, default=None)
    start_year: str | None = wire(STRING, default=None)
    end_year: str | None = wire(STRING, default=None)


@model()
class ContactLocation(Model):
    """Contact location."""

    address_string: str | None = wire(STRING, default=None)


@model()
class ContactUnreadCount(Model):
    """Contact unread count."""

    category: str | None = wire(STRING, default=None)
    count: int | None = wire(INTEGER, default=None)
