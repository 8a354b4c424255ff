# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from .._runtime.codecs import INTEGER
from .._runtime.models import Field, Model

__all__ = ["EnrichmentMetrics"]


@define(kw_only=True, repr=False)
class EnrichmentMetrics(Model):
    """Contact enrichment metrics result."""

    _fields: ClassVar[Mapping[str, Field]] = {"this_month_count": Field("this_month_count", INTEGER)}

    this_month_count: int | None = None
