# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from typing import Literal

from grinfi_overrides.runtime.codecs import INTEGER, STRING, UUID_TEXT, Choice, Nullable
from grinfi_overrides.runtime.models import ALWAYS_SENT, Model, model, wire
from grinfi_overrides.runtime.times import DATE_TIME

__all__ = ["CustomFieldValue"]

CustomFieldValueObjectType = Literal["lead", "company"]


@model()
class CustomFieldValue(Model):
    """`custom-field-value` in the API's description."""

    uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    team_id: int | None = wire(INTEGER, default=None)
    custom_field_uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    object_type: CustomFieldValueObjectType | str | None = wire(Choice(CustomFieldValueObjectType), default=None)
    object_uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    value: str | None = wire(Nullable(STRING), default=None)
    created_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
    updated_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
