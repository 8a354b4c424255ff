# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from typing import Any

from grinfi_overrides.runtime.codecs import OBJECT, Nullable
from grinfi_overrides.runtime.models import Model, model, wire

__all__ = ["TeamCapacity"]


@model()
class TeamCapacity(Model):
    """Team check limits result."""

    monthly: dict[str, Any] | None = wire(Nullable(OBJECT), default=None)
    """Capacity of the monthly subscription, or `null` when the team is not on a monthly plan."""

    yearly: dict[str, Any] | None = wire(Nullable(OBJECT), default=None)
    """Capacity of the yearly subscription, or `null` when the team is not on a yearly plan."""
