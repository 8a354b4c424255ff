# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar, Literal

from attrs import define

from grinfi_overrides.runtime.codecs import DATE_TIME, INTEGER, STRING, UUID_TEXT, Choice
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["Note"]

NoteObject = Literal["lead", "company"]


@define(kw_only=True, repr=False)
class Note(Model):
    """`note` in the API's description."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", UUID_TEXT),
        "team_id": Field("team_id", INTEGER),
        "user_id": Field("user_id", INTEGER),
        "object": Field("object", Choice(NoteObject)),
        "object_uuid": Field("object_uuid", UUID_TEXT),
        "note": Field("note", STRING),
        "created_at": Field("created_at", DATE_TIME),
        "updated_at": Field("updated_at", DATE_TIME),
    }

    uuid: str | None = None
    team_id: int | None = None
    user_id: int | None = None
    object: NoteObject | str | None = None
    object_uuid: str | None = None
    note: str | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
