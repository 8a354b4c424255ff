# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from typing import Literal

from grinfi_overrides.runtime.codecs import BOOLEAN, INTEGER, STRING, UUID_TEXT, Choice, ModelOf, Nullable
from grinfi_overrides.runtime.models import ALWAYS_SENT, Model, model, wire
from grinfi_overrides.runtime.times import DATE_TIME

from .schedule import Schedule

__all__ = ["Automation"]

AutomationStatus = Literal["on", "off", "draft", "archived"]


@model()
class Automation(Model):
    """`flow` in the API's description."""

    uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    public_uuid: str | None = wire(Nullable(UUID_TEXT), default=None)
    team_id: int | None = wire(INTEGER, default=None)
    name: str | None = wire(STRING, default=None)
    flow_workspace_uuid: str | None = wire(Nullable(UUID_TEXT), default=None)
    flow_version_uuid: str | None = wire(UUID_TEXT, default=None)
    use_sender_schedule: bool | None = wire(BOOLEAN, default=None)
    """With `true`, tasks follow the schedule of the respective sender profile, and the flow schedule does not apply.
    """

    schedule: Schedule | None = wire(ModelOf(lambda: Schedule), default=None)
    description: str | None = wire(Nullable(STRING), default=None)
    priority: int | None = wire(INTEGER, default=None)
    status: AutomationStatus | str | None = wire(Choice(AutomationStatus), default=None)
    """Status of the flow."""

    is_public: bool | None = wire(BOOLEAN, default=None)
    user_id: int | None = wire(INTEGER, default=None)
    created_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
    updated_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
