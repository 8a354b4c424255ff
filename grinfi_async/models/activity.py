# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from attrs import define

from grinfi_overrides.runtime.codecs import DATE_TIME, INTEGER, OBJECT, STRING, UUID_TEXT, Choice
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["Activity"]

ActivityObjectType = Literal["lead", "company"]


@define(kw_only=True, repr=False)
class Activity(Model):
    """Record of an event that concerns a contact or company."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", UUID_TEXT),
        "team_id": Field("team_id", INTEGER),
        "object_type": Field("object_type", Choice(ActivityObjectType)),
        "object_uuid": Field("object_uuid", UUID_TEXT),
        "type": Field("type", STRING),
        "payload": Field("payload", OBJECT),
        "created_at": Field("created_at", DATE_TIME),
    }

    uuid: str | None = None
    team_id: int | None = None
    object_type: ActivityObjectType | str | None = None
    object_uuid: str | None = None
    type: str | None = None
    payload: dict[str, Any] | None = None
    created_at: dt.datetime | None = None
