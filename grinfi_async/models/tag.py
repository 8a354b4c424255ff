# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import DATE_TIME, INTEGER, STRING, UUID_TEXT, Nullable
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["Tag"]


@define(kw_only=True, repr=False)
class Tag(Model):
    """`tag` in the API's description."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", UUID_TEXT),
        "team_id": Field("team_id", INTEGER),
        "name": Field("name", STRING),
        "color": Field("color", Nullable(STRING)),
        "created_at": Field("created_at", DATE_TIME),
        "updated_at": Field("updated_at", DATE_TIME),
    }

    uuid: str | None = None
    team_id: int | None = None
    name: str | None = None
    color: str | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
