# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from grinfi_overrides.runtime.codecs import INTEGER, MapOf
from grinfi_overrides.runtime.models import Model, model, wire

__all__ = ["ContactMetrics"]


@model()
class ContactMetrics(Model):
    """Contact metrics result."""

    total: dict[str, int] | None = wire(MapOf(INTEGER), default=None)
    """Counts keyed by metric name; metrics that were not requested are left out."""
