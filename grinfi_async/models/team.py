# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar, Literal

from attrs import define

from grinfi_overrides.runtime.codecs import BOOLEAN, DATE_TIME, INTEGER, STRING, UUID_TEXT, Choice, ModelOf, Nullable
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["Team", "TeamConfig", "TeamCredits", "TeamFeatures"]

TeamStatus = Literal["active"]


@define(kw_only=True, repr=False)
class Team(Model):
    """A team, which is a workspace of the system."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "id": Field("id", INTEGER),
        "cluster_id": Field("cluster_id", INTEGER),
        "subscription_id": Field("subscription_id", Nullable(INTEGER)),
        "license_uuid": Field("license_uuid", Nullable(UUID_TEXT)),
        "name": Field("name", STRING),
        "color": Field("color", Nullable(STRING)),
        "status": Field("status", Choice(TeamStatus)),
        "features": Field("features", ModelOf(lambda: TeamFeatures)),
        "credits": Field("credits", ModelOf(lambda: TeamCredits)),
        "config": Field("config", ModelOf(lambda: TeamConfig)),
        "user_id": Field("user_id", INTEGER),
        "created_at": Field("created_at", DATE_TIME),
        "updated_at": Field("updated_at", DATE_TIME),
    }

    id: int | None = None
    cluster_id: int | None = None
    subscription_id: int | None = None
    license_uuid: str | None = None
    name: str | None = None
    color: str | None = None
    status: TeamStatus | str | None = None
    features: TeamFeatures | None = None
    credits: TeamCredits | None = None
    config: TeamConfig | None = None
    user_id: int | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None


@define(kw_only=True, repr=False)
class TeamFeatures(Model):
    """Team features."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "sender_profiles": Field("sender_profiles", Nullable(INTEGER)),
        "cloud_browsers": Field("cloud_browsers", Nullable(INTEGER)),
        "contacts": Field("contacts", Nullable(INTEGER)),
        "linkedin_accounts": Field("linkedin_accounts", Nullable(INTEGER)),
        "email_accounts": Field("email_accounts", Nullable(INTEGER)),
        "users": Field("users", Nullable(INTEGER)),
    }

    sender_profiles: int | None = None
    cloud_browsers: int | None = None
    contacts: int | None = None
    linkedin_accounts: int | None = None
    email_accounts: int | None = None
    users: int | None = None


@define(kw_only=True, repr=False)
class TeamCredits(Model):
    """Team credits."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "activities": Field("activities", Nullable(INTEGER)),
        "advanced_enrichment": Field("advanced_enrichment", Nullable(INTEGER)),
        "llm": Field("llm", Nullable(INTEGER)),
    }

    activities: int | None = None
    advanced_enrichment: int | None = None
    llm: int | None = None


@define(kw_only=True, repr=False)
class TeamConfig(Model):
    """Team config."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "is_onboarding_completed": Field("is_onboarding_completed", BOOLEAN),
        "is_cloud_browser_disabled": Field("is_cloud_browser_disabled", BOOLEAN),
    }

    is_onboarding_completed: bool | None = None
    is_cloud_browser_disabled: bool | None = None
