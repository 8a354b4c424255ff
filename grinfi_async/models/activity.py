# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from grinfi_overrides.runtime.codecs import INTEGER, OBJECT, STRING, UUID_TEXT, Choice
from grinfi_overrides.runtime.models import ALWAYS_SENT, Model, model, wire
from grinfi_overrides.runtime.times import DATE_TIME

__all__ = ["Activity"]

ActivityObjectType = Literal["lead", "company"]


@model()
class Activity(Model):
    """Record of an event that concerns a contact or company."""

    uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    team_id: int | None = wire(INTEGER, default=None)
    object_type: ActivityObjectType | str | None = wire(Choice(ActivityObjectType), default=None)
    object_uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    type: str | None = wire(STRING, default=None)
    payload: dict[str, Any] | None = wire(OBJECT, default=None)
    created_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
