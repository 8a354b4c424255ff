# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from typing import TypedDict

from grinfi_overrides.runtime.codecs import STRING
from grinfi_overrides.runtime.models import Model, mapping_of, model, wire
from grinfi_overrides.runtime.unset import UNSET, Unset

__all__ = ["NewCompany", "NewCompanyDict"]


@model(sendable=True)
class NewCompany(Model):
    """Companies create company."""

    name: str | Unset = wire(STRING, default=UNSET)
    domain: str | Unset = wire(STRING, default=UNSET)
    website: str | Unset = wire(STRING, default=UNSET)
    linkedin: str | Unset = wire(STRING, default=UNSET)
    industry: str | Unset = wire(STRING, default=UNSET)
    employees_range: str | Unset = wire(STRING, default=UNSET)
    hq_raw_address: str | Unset = wire(STRING, default=UNSET)


@mapping_of(NewCompany)
class NewCompanyDict(TypedDict, total=False):
    """A mapping that can replace a `NewCompany`."""

    name: str | Unset
    domain: str | Unset
    website: str | Unset
    linkedin: str | Unset
    industry: str | Unset
    employees_range: str | Unset
    hq_raw_address: str | Unset
