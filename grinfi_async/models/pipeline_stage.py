# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from typing import Literal

from grinfi_overrides.runtime.codecs import INTEGER, STRING, UUID_TEXT, Choice
from grinfi_overrides.runtime.models import ALWAYS_SENT, Model, model, wire

__all__ = ["PipelineStage"]

PipelineStageObject = Literal["lead", "company"]
PipelineStageType = Literal["custom", "new", "approaching", "engaging", "replied"]
PipelineStageCategory = Literal["cold", "engaging", "positive", "negative"]


@model()
class PipelineStage(Model):
    """`pipeline-stage` in the API's description."""

    uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    team_id: int | None = wire(INTEGER, default=None)
    name: str | None = wire(STRING, default=None)
    object: PipelineStageObject | str | None = wire(Choice(PipelineStageObject), default=None)
    type: PipelineStageType | str | None = wire(Choice(PipelineStageType), default=None)
    category: PipelineStageCategory | str | None = wire(Choice(PipelineStageCategory), default=None)
    order: int | None = wire(INTEGER, default=None)
