# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from typing import TypedDict

from grinfi_overrides.runtime.codecs import STRING
from grinfi_overrides.runtime.models import Model, mapping_of, model, wire
from grinfi_overrides.runtime.unset import UNSET, Unset

__all__ = ["CompanyColumn", "CompanyColumnDict"]


@model(sendable=True)
class CompanyColumn(Model):
    """Files import companies column."""

    source: str | Unset = wire(STRING, default=UNSET)
    target: str | Unset = wire(STRING, default=UNSET)


@mapping_of(CompanyColumn)
class CompanyColumnDict(TypedDict, total=False):
    """A mapping that can replace a `CompanyColumn`."""

    source: str | Unset
    target: str | Unset
