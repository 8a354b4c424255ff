# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from grinfi_overrides.runtime.codecs import STRING, UUID_TEXT
from grinfi_overrides.runtime.models import Model, model, wire

__all__ = ["CompanyExport"]


@model()
class CompanyExport(Model):
    """File export companies result."""

    uuid: str | None = wire(UUID_TEXT, default=None)
    type: str | None = wire(STRING, default=None)
    status: str | None = wire(STRING, default=None)
