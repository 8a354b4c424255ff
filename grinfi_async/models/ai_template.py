# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from grinfi_overrides.runtime.codecs import BOOLEAN, INTEGER, OBJECT, STRING, UUID_TEXT, Array, Choice, Nullable
from grinfi_overrides.runtime.models import ALWAYS_SENT, Model, model, wire
from grinfi_overrides.runtime.times import DATE_TIME

__all__ = ["AITemplate"]

AITemplateType = Literal["message", "connection_note", "email", "post_comment"]


@model()
class AITemplate(Model):
    """`ai-template` in the API's description."""

    uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    team_id: int | None = wire(INTEGER, default=None)
    template_category_uuid: str | None = wire(Nullable(UUID_TEXT), default=None)
    name: str | None = wire(STRING, default=None)
    subject: str | None = wire(Nullable(STRING), default=None)
    body: str | None = wire(Nullable(STRING), default=None)
    attachments: list[dict[str, Any]] | None = wire(Nullable(Array(OBJECT)), default=None)
    type: AITemplateType | str | None = wire(Choice(AITemplateType), default=None)
    """Kind of template."""

    llm_uuid: str | None = wire(Nullable(UUID_TEXT), default=None)
    llm_config: dict[str, Any] | None = wire(Nullable(OBJECT), default=None)
    prompt: str | None = wire(Nullable(STRING), default=None)
    enable_validation: bool | None = wire(BOOLEAN, default=None)
    validation_llm_uuid: str | None = wire(Nullable(UUID_TEXT), default=None)
    validation_llm_config: dict[str, Any] | None = wire(Nullable(OBJECT), default=None)
    validation_prompt: str | None = wire(Nullable(STRING), default=None)
    enable_fallback: bool | None = wire(BOOLEAN, default=None)
    settings: dict[str, Any] | None = wire(Nullable(OBJECT), default=None)
    created_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
    updated_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
