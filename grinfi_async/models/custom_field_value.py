# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar, Literal

from attrs import define

from grinfi_overrides.runtime.codecs import DATE_TIME, INTEGER, STRING, UUID_TEXT, Choice, Nullable
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["CustomFieldValue"]

CustomFieldValueObjectType = Literal["lead", "company"]


@define(kw_only=True, repr=False)
class CustomFieldValue(Model):
    """`custom-field-value` in the API's description."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", UUID_TEXT),
        "team_id": Field("team_id", INTEGER),
        "custom_field_uuid": Field("custom_field_uuid", UUID_TEXT),
        "object_type": Field("object_type", Choice(CustomFieldValueObjectType)),
        "object_uuid": Field("object_uuid", UUID_TEXT),
        "value": Field("value", Nullable(STRING)),
        "created_at": Field("created_at", DATE_TIME),
        "updated_at": Field("updated_at", DATE_TIME),
    }

    uuid: str | None = None
    team_id: int | None = None
    custom_field_uuid: str | None = None
    object_type: CustomFieldValueObjectType | str | None = None
    object_uuid: str | None = None
    value: str | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
