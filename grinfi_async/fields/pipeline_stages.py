# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
"""Fields to filter pipeline stages by, for pipeline_stages.list.

`from grinfi_async.fields import pipeline_stages`, and compare them as those of `F`."""

from __future__ import annotations

from typing import Final, Literal

from grinfi_overrides.filters import Field

__all__ = ["object", "type"]

Object = Literal["lead", "company"]
Type = Literal["custom", "new", "approaching", "engaging", "replied"]

object: Final = Field[Object]("object")
"""Whose stages; required."""
type: Final = Field[Type]("type")
