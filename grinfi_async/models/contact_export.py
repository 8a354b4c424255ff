# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from typing import Any

from grinfi_overrides.runtime.codecs import INTEGER, OBJECT, STRING, UUID_TEXT
from grinfi_overrides.runtime.models import Model, model, wire

__all__ = ["ContactExport"]


@model()
class ContactExport(Model):
    """File export contacts result."""

    uuid: str | None = wire(UUID_TEXT, default=None)
    team_id: int | None = wire(INTEGER, default=None)
    type: str | None = wire(STRING, default=None)
    filter: dict[str, Any] | None = wire(OBJECT, default=None)
    status: str | None = wire(STRING, default=None)
