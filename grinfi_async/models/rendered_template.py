# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import OBJECT, STRING, Array, Nullable
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["RenderedTemplate"]


@define(kw_only=True, repr=False)
class RenderedTemplate(Model):
    """Ai template render result."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "llm_instructions": Field("llm_instructions", Nullable(STRING)),
        "rendered_body": Field("rendered_body", Nullable(STRING)),
        "ai_generated_body": Field("ai_generated_body", Nullable(STRING)),
        "fallback_body": Field("fallback_body", Nullable(STRING)),
        "handling_error": Field("handling_error", Nullable(STRING)),
        "validation_history": Field("validation_history", Array(OBJECT)),
    }

    llm_instructions: str | None = None
    rendered_body: str | None = None
    ai_generated_body: str | None = None
    fallback_body: str | None = None
    handling_error: str | None = None
    validation_history: list[dict[str, Any]] | None = None
