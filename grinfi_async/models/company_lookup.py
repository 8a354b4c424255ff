# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from typing import TypedDict

from grinfi_overrides.runtime.codecs import STRING
from grinfi_overrides.runtime.models import Model, mapping_of, model, wire
from grinfi_overrides.runtime.unset import UNSET, Unset

__all__ = ["CompanyLookup", "CompanyLookupDict"]


@model(sendable=True)
class CompanyLookup(Model):
    """Companies lookup lookup."""

    ln_id: str | Unset = wire(STRING, default=UNSET)
    linkedin: str | Unset = wire(STRING, default=UNSET)
    website: str | Unset = wire(STRING, default=UNSET)
    name: str | Unset = wire(STRING, default=UNSET)


@mapping_of(CompanyLookup)
class CompanyLookupDict(TypedDict, total=False):
    """A mapping that can replace a `CompanyLookup`."""

    ln_id: str | Unset
    linkedin: str | Unset
    website: str | Unset
    name: str | Unset
