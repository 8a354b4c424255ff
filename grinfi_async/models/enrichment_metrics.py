# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from grinfi_overrides.runtime.codecs import INTEGER
from grinfi_overrides.runtime.models import Model, model, wire

__all__ = ["EnrichmentMetrics"]


@model()
class EnrichmentMetrics(Model):
    """Contact enrichment metrics result."""

    this_month_count: int | None = wire(INTEGER, default=None)
