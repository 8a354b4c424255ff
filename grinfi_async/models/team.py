# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from typing import Literal

from grinfi_overrides.runtime.codecs import BOOLEAN, INTEGER, STRING, UUID_TEXT, Choice, ModelOf, Nullable
from grinfi_overrides.runtime.models import ALWAYS_SENT, Model, model, wire
from grinfi_overrides.runtime.times import DATE_TIME

__all__ = ["Team", "TeamConfig", "TeamCredits", "TeamFeatures"]

TeamStatus = Literal["active"]


@model()
class Team(Model):
    """A team, which is a workspace of the system."""

    id: int = wire(INTEGER, default=ALWAYS_SENT)
    cluster_id: int | None = wire(INTEGER, default=None)
    subscription_id: int | None = wire(Nullable(INTEGER), default=None)
    license_uuid: str | None = wire(Nullable(UUID_TEXT), default=None)
    name: str | None = wire(STRING, default=None)
    color: str | None = wire(Nullable(STRING), default=None)
    status: TeamStatus | str | None = wire(Choice(TeamStatus), default=None)
    features: TeamFeatures | None = wire(ModelOf(lambda: TeamFeatures), default=None)
    credits: TeamCredits | None = wire(ModelOf(lambda: TeamCredits), default=None)
    config: TeamConfig | None = wire(ModelOf(lambda: TeamConfig), default=None)
    user_id: int | None = wire(INTEGER, default=None)
    created_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
    updated_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)


@model()
class TeamFeatures(Model):
    """Team features."""

    sender_profiles: int | None = wire(Nullable(INTEGER), default=None)
    cloud_browsers: int | None = wire(Nullable(INTEGER), default=None)
    contacts: int | None = wire(Nullable(INTEGER), default=None)
    linkedin_accounts: int | None = wire(Nullable(INTEGER), default=None)
    email_accounts: int | None = wire(Nullable(INTEGER), default=None)
    users: int | None = wire(Nullable(INTEGER), default=None)


@model()
class TeamCredits(Model):
    """Team credits."""

    activities: int | None = wire(Nullable(INTEGER), default=None)
    advanced_enrichment: int | None = wire(Nullable(INTEGER), default=None)
    llm: int | None = wire(Nullable(INTEGER), default=None)


@model()
class TeamConfig(Model):
    """Team config."""

    is_onboarding_completed: bool | None = wire(BOOLEAN, default=None)
    is_cloud_browser_disabled: bool | None = wire(BOOLEAN, default=None)
