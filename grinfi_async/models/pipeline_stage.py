# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from attrs import define

from grinfi_overrides.runtime.codecs import INTEGER, STRING, UUID_TEXT, Choice
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["PipelineStage"]

PipelineStageObject = Literal["lead", "company"]
PipelineStageType = Literal["custom", "new", "approaching", "engaging", "replied"]
PipelineStageCategory = Literal["cold", "engaging", "positive", "negative"]


@define(kw_only=True, repr=False)
class PipelineStage(Model):
    """`pipeline-stage` in the API's description."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", UUID_TEXT),
        "team_id": Field("team_id", INTEGER),
        "name": Field("name", STRING),
        "object": Field("object", Choice(PipelineStageObject)),
        "type": Field("type", Choice(PipelineStageType)),
        "category": Field("category", Choice(PipelineStageCategory)),
        "order": Field("order", INTEGER),
    }

    uuid: str | None = None
    team_id: int | None = None
    name: str | None = None
    object: PipelineStageObject | str | None = None
    type: PipelineStageType | str | None = None
    category: PipelineStageCategory | str | None = None
    order: int | None = None
