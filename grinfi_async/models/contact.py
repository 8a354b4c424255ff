# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import ANY, DATE_TIME, INTEGER, OBJECT, STRING, UUID_TEXT, Array, ModelOf, Nullable
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["Contact", "ContactEducation", "ContactExperience", "ContactLocation", "ContactPost", "ContactUnreadCount"]


@define(kw_only=True, repr=False)
class Contact(Model):
    """A lead, that is, a contact in your CRM.

    Attributes:
        ln_id: Member ID on LinkedIn.
        sn_id: ID in Sales Navigator.
        tags: UUIDs of the tags.
        markers: Marks of the row, as the server sends them with searches; None if it sends none.
        flows: Automations of the contact, as the server sends them with searches; None if it sends none.
        custom_fields: Values of custom fields by name, as the server sends them with searches; None if it sends
            none.
    """

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", UUID_TEXT),
        "team_id": Field("team_id", INTEGER),
        "user_id": Field("user_id", Nullable(INTEGER)),
        "sender_profile_uuid": Field("sender_profile_uuid", Nullable(UUID_TEXT)),
        "list_uuid": Field("list_uuid", UUID_TEXT),
        "data_source_uuid": Field("data_source_uuid", Nullable(UUID_TEXT)),
        "pipeline_stage_uuid": Field("pipeline_stage_uuid", UUID_TEXT),
        "company_uuid": Field("company_uuid", Nullable(UUID_TEXT)),
        "name": Field("name", Nullable(STRING)),
        "first_name": Field("first_name", Nullable(STRING)),
        "last_name": Field("last_name", Nullable(STRING)),
        "company_name": Field("company_name", Nullable(STRING)),
        "company_ln_id": Field("company_ln_id", Nullable(STRING)),
        "position": Field("position", Nullable(STRING)),
        "headline": Field("headline", Nullable(STRING)),
        "about": Field("about", Nullable(STRING)),
        "avatar_url": Field("avatar_url", Nullable(STRING)),
        "ln_id": Field("ln_id", Nullable(STRING)),
        "sn_id": Field("sn_id", Nullable(STRING)),
        "linkedin": Field("linkedin", Nullable(STRING)),
        "facebook": Field("facebook", Nullable(STRING)),
        "twitter": Field("twitter", Nullable(STRING)),
        "work_email": Field("work_email", Nullable(STRING)),
        "personal_email": Field("personal_email", Nullable(STRING)),
        "work_phone_number": Field("work_phone_number", Nullable(STRING)),
        "personal_phone_number": Field("personal_phone_number", Nullable(STRING)),
        "connections_number": Field("connections_number", Nullable(INTEGER)),
        "followers_number": Field("followers_number", Nullable(INTEGER)),
        "primary_language": Field("primary_language", Nullable(STRING)),
        "supported_languages": Field("supported_languages", Nullable(Array(STRING))),
        "has_open_profile": Field("has_open_profile", Nullable(INTEGER)),
        "has_verified_profile": Field("has_verified_profile", Nullable(INTEGER)),
        "has_premium": Field("has_premium", Nullable(INTEGER)),
        "experience": Field("experience", Nullable(Array(ModelOf(lambda: ContactExperience)))),
        "posts": Field("posts", Nullable(Array(ModelOf(lambda: ContactPost)))),
        "educations": Field("educations", Nullable(Array(ModelOf(lambda: ContactEducation)))),
        "skills": Field("skills", Nullable(Array(STRING))),
        "raw_address": Field("raw_address", Nullable(STRING)),
        "location": Field("location", Nullable(Array(ModelOf(lambda: ContactLocation)))),
        "tags": Field("tags", Nullable(Array(UUID_TEXT))),
        "status": Field("status", STRING),
        "linkedin_status": Field("linkedin_status", STRING),
        "email_status": Field("email_status", Nullable(STRING)),
        "unread_counts": Field("unread_counts", Array(ModelOf(lambda: ContactUnreadCount))),
        "last_automation_approve_at": Field("last_automation_approve_at", Nullable(DATE_TIME)),
        "created_at": Field("created_at", Nullable(DATE_TIME)),
        "updated_at": Field("updated_at", Nullable(DATE_TIME)),
        "markers": Field("markers", ANY),
        "flows": Field("flows", Array(ANY)),
        "custom_fields": Field("custom_fields", OBJECT),
    }
    _wrapper: ClassVar[str | None] = "lead"

    uuid: str | None = None
    team_id: int | None = None
    user_id: int | None = None
    sender_profile_uuid: str | None = None
    list_uuid: str | None = None
    data_source_uuid: str | None = None
    pipeline_stage_uuid: str | None = None
    company_uuid: str | None = None
    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    company_name: str | None = None
    company_ln_id: str | None = None
    position: str | None = None
    headline: str | None = None
    about: str | None = None
    avatar_url: str | None = None
    ln_id: str | None = None
    sn_id: str | None = None
    linkedin: str | None = None
    facebook: str | None = None
    twitter: str | None = None
    work_email: str | None = None
    personal_email: str | None = None
    work_phone_number: str | None = None
    personal_phone_number: str | None = None
    connections_number: int | None = None
    followers_number: int | None = None
    primary_language: str | None = None
    supported_languages: list[str] | None = None
    has_open_profile: int | None = None
    has_verified_profile: int | None = None
    has_premium: int | None = None
    experience: list[ContactExperience] | None = None
    posts: list[ContactPost] | None = None
    educations: list[ContactEducation] | None = None
    skills: list[str] | None = None
    raw_address: str | None = None
    location: list[ContactLocation] | None = None
    tags: list[str] | None = None
    status: str | None = None
    linkedin_status: str | None = None
    email_status: str | None = None
    unread_counts: list[ContactUnreadCount] | None = None
    last_automation_approve_at: dt.datetime | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    markers: Any = None
    flows: list[Any] | None = None
    custom_fields: dict[str, Any] | None = None


@define(kw_only=True, repr=False)
class ContactExperience(Model):
    """Contact experience."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "title": Field("title", STRING),
        "company": Field("company", STRING),
        "start_date": Field("start_date", STRING),
        "end_date": Field("end_date", STRING),
    }

    title: str | None = None
    company: str | None = None
    start_date: str | None = None
    end_date: str | None = None


@define(kw_only=True, repr=False)
class ContactPost(Model):
    """Contact post."""

    _fields: ClassVar[Mapping[str, Field]] = {"content": Field("content", STRING), "date": Field("date", DATE_TIME)}

    content: str | None = None
    date: dt.datetime | None = None


@define(kw_only=True, repr=False)
class ContactEducation(Model):
    """Contact education."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "school": Field("school", STRING),
        "degree": Field("degree", STRING),
        "field_of_study": Field("field_of_study", STRING),
        "start_year": Field("start_year", STRING),
        "end_year": Field("end_year", STRING),
    }

    school: str | None = None
    degree: str | None = None
    field_of_study: str | None = None
    start_year: str | None = None
    end_year: str | None = None


@define(kw_only=True, repr=False)
class ContactLocation(Model):
    """Contact location."""

    _fields: ClassVar[Mapping[str, Field]] = {"address_string": Field("address_string", STRING)}

    address_string: str | None = None


@define(kw_only=True, repr=False)
class ContactUnreadCount(Model):
    """Contact unread count."""

    _fields: ClassVar[Mapping[str, Field]] = {"category": Field("category", STRING), "count": Field("count", INTEGER)}

    category: str | None = None
    count: int | None = None
