# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import DATE_TIME, INTEGER, OBJECT, STRING, UUID_TEXT, Nullable
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["AIAgent"]


@define(kw_only=True, repr=False)
class AIAgent(Model):
    """`ai-agent` in the API's description."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", UUID_TEXT),
        "public_uuid": Field("public_uuid", Nullable(UUID_TEXT)),
        "team_id": Field("team_id", INTEGER),
        "name": Field("name", STRING),
        "description": Field("description", Nullable(STRING)),
        "avatar_url": Field("avatar_url", Nullable(STRING)),
        "classification_llm_uuid": Field("classification_llm_uuid", Nullable(UUID_TEXT)),
        "classification_llm_config": Field("classification_llm_config", Nullable(OBJECT)),
        "classification_prompt": Field("classification_prompt", Nullable(STRING)),
        "created_at": Field("created_at", DATE_TIME),
        "updated_at": Field("updated_at", DATE_TIME),
    }

    uuid: str | None = None
    public_uuid: str | None = None
    team_id: int | None = None
    name: str | None = None
    description: str | None = None
    avatar_url: str | None = None
    classification_llm_uuid: str | None = None
    classification_llm_config: dict[str, Any] | None = None
    classification_prompt: str | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
