# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from attrs import define

from grinfi_overrides.runtime.codecs import INTEGER, STRING, UUID_TEXT, Choice
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["CustomField"]

CustomFieldObject = Literal["lead", "company"]


@define(kw_only=True, repr=False)
class CustomField(Model):
    """`custom-field` in the API's description."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", UUID_TEXT),
        "team_id": Field("team_id", INTEGER),
        "user_id": Field("user_id", INTEGER),
        "name": Field("name", STRING),
        "object": Field("object", Choice(CustomFieldObject)),
        "order": Field("order", INTEGER),
    }

    uuid: str | None = None
    team_id: int | None = None
    user_id: int | None = None
    name: str | None = None
    object: CustomFieldObject | str | None = None
    order: int | None = None
