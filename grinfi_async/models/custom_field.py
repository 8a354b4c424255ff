# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from typing import Literal

from grinfi_overrides.runtime.codecs import INTEGER, STRING, UUID_TEXT, Choice
from grinfi_overrides.runtime.models import ALWAYS_SENT, Model, model, wire

__all__ = ["CustomField"]

CustomFieldObject = Literal["lead", "company"]


@model()
class CustomField(Model):
    """`custom-field` in the API's description."""

    uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    team_id: int | None = wire(INTEGER, default=None)
    user_id: int | None = wire(INTEGER, default=None)
    name: str | None = wire(STRING, default=None)
    object: CustomFieldObject | str | None = wire(Choice(CustomFieldObject), default=None)
    order: int | None = wire(INTEGER, default=None)
