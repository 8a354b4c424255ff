# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from grinfi_overrides.runtime.codecs import INTEGER, MapOf
from grinfi_overrides.runtime.models import Model, model, wire

__all__ = ["NodeStatistics"]


@model()
class NodeStatistics(Model):
    """Automation node statistics result."""

    node_statuses: dict[str, int] | None = wire(MapOf(INTEGER), default=None)
    node_conversions: dict[str, int] | None = wire(MapOf(INTEGER), default=None)
    """Object that maps each outcome to its count; `[]` for a node without any."""

    node_branches: dict[str, int] | None = wire(MapOf(INTEGER), default=None)
