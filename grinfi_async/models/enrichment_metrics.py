# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import INTEGER
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["EnrichmentMetrics"]


@define(kw_only=True, repr=False)
class EnrichmentMetrics(Model):
    """Contact enrichment metrics result."""

    _fields: ClassVar[Mapping[str, Field]] = {"this_month_count": Field("this_month_count", INTEGER)}

    this_month_count: int | None = None
