# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from attrs import define

from grinfi_overrides.runtime.codecs import (
    BOOLEAN,
    DATE_TIME,
    INTEGER,
    OBJECT,
    STRING,
    UUID_TEXT,
    Array,
    Choice,
    Nullable,
)
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["AITemplate"]

AITemplateType = Literal["message", "connection_note", "email", "post_comment"]


@define(kw_only=True, repr=False)
class AITemplate(Model):
    """`ai-template` in the API's description.

    Attributes:
        type: Kind of template.
    """

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", UUID_TEXT),
        "team_id": Field("team_id", INTEGER),
        "template_category_uuid": Field("template_category_uuid", Nullable(UUID_TEXT)),
        "name": Field("name", STRING),
        "subject": Field("subject", Nullable(STRING)),
        "body": Field("body", Nullable(STRING)),
        "attachments": Field("attachments", Nullable(Array(OBJECT))),
        "type": Field("type", Choice(AITemplateType)),
        "llm_uuid": Field("llm_uuid", Nullable(UUID_TEXT)),
        "llm_config": Field("llm_config", Nullable(OBJECT)),
        "prompt": Field("prompt", Nullable(STRING)),
        "enable_validation": Field("enable_validation", BOOLEAN),
        "validation_llm_uuid": Field("validation_llm_uuid", Nullable(UUID_TEXT)),
        "validation_llm_config": Field("validation_llm_config", Nullable(OBJECT)),
        "validation_prompt": Field("validation_prompt", Nullable(STRING)),
        "enable_fallback": Field("enable_fallback", BOOLEAN),
        "settings": Field("settings", Nullable(OBJECT)),
        "created_at": Field("created_at", DATE_TIME),
        "updated_at": Field("updated_at", DATE_TIME),
    }

    uuid: str | None = None
    team_id: int | None = None
    template_category_uuid: str | None = None
    name: str | None = None
    subject: str | None = None
    body: str | None = None
    attachments: list[dict[str, Any]] | None = None
    type: AITemplateType | str | None = None
    llm_uuid: str | None = None
    llm_config: dict[str, Any] | None = None
    prompt: str | None = None
    enable_validation: bool | None = None
    validation_llm_uuid: str | None = None
    validation_llm_config: dict[str, Any] | None = None
    validation_prompt: str | None = None
    enable_fallback: bool | None = None
    settings: dict[str, Any] | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
