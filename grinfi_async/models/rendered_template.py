# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from typing import Any

from grinfi_overrides.runtime.codecs import OBJECT, STRING, Array, Nullable
from grinfi_overrides.runtime.models import Model, model, wire

__all__ = ["RenderedTemplate"]


@model()
class RenderedTemplate(Model):
    """Ai template render result."""

    llm_instructions: str | None = wire(Nullable(STRING), default=None)
    rendered_body: str | None = wire(Nullable(STRING), default=None)
    ai_generated_body: str | None = wire(Nullable(STRING), default=None)
    fallback_body: str | None = wire(Nullable(STRING), default=None)
    handling_error: str | None = wire(Nullable(STRING), default=None)
    validation_history: list[dict[str, Any]] | None = wire(Array(OBJECT), default=None)
