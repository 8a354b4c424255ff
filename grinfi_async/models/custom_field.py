# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from attrs import define

from .._runtime.codecs import INTEGER, STRING, Choice
from .._runtime.models import Field, Model

__all__ = ["CustomField"]

CustomFieldObject = Literal["lead", "company"]


@define(kw_only=True, repr=False)
class CustomField(Model):
    """`custom-field` in the API's description."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", STRING),
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
