# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import DATE_TIME, INTEGER, STRING, UUID_TEXT
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["AutomationFolder"]


@define(kw_only=True, repr=False)
class AutomationFolder(Model):
    """A folder, or workspace, in which automations are organized."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", UUID_TEXT),
        "team_id": Field("team_id", INTEGER),
        "user_id": Field("user_id", INTEGER),
        "name": Field("name", STRING),
        "order": Field("order", INTEGER),
        "created_at": Field("created_at", DATE_TIME),
        "updated_at": Field("updated_at", DATE_TIME),
    }

    uuid: str | None = None
    team_id: int | None = None
    user_id: int | None = None
    name: str | None = None
    order: int | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
