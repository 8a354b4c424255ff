# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from grinfi_overrides.runtime.codecs import STRING
from grinfi_overrides.runtime.models import Model, model, wire
from grinfi_overrides.runtime.unset import UNSET, Unset

__all__ = ["CompanyLookup"]


@model(sendable=True)
class CompanyLookup(Model):
    """Companies lookup lookup."""

    ln_id: str | Unset = wire(STRING, default=UNSET)
    linkedin: str | Unset = wire(STRING, default=UNSET)
    website: str | Unset = wire(STRING, default=UNSET)
    name: str | Unset = wire(STRING, default=UNSET)
