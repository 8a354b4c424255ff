# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from grinfi_overrides.runtime.codecs import INTEGER
from grinfi_overrides.runtime.models import Model, model, wire

__all__ = ["QueuedEnrichment"]


@model()
class QueuedEnrichment(Model):
    """Company enrich result."""

    count: int | None = wire(INTEGER, default=None)
    """How many companies were queued."""
