# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from typing import Any

from grinfi_overrides.runtime.codecs import INTEGER, OBJECT, STRING, UUID_TEXT, Nullable
from grinfi_overrides.runtime.models import ALWAYS_SENT, Model, model, wire
from grinfi_overrides.runtime.times import DATE_TIME

__all__ = ["AIAgent"]


@model()
class AIAgent(Model):
    """`ai-agent` in the API's description."""

    uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    public_uuid: str | None = wire(Nullable(UUID_TEXT), default=None)
    team_id: int | None = wire(INTEGER, default=None)
    name: str | None = wire(STRING, default=None)
    description: str | None = wire(Nullable(STRING), default=None)
    avatar_url: str | None = wire(Nullable(STRING), default=None)
    classification_llm_uuid: str | None = wire(Nullable(UUID_TEXT), default=None)
    classification_llm_config: dict[str, Any] | None = wire(Nullable(OBJECT), default=None)
    classification_prompt: str | None = wire(Nullable(STRING), default=None)
    created_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
    updated_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
