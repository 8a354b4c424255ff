# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from grinfi_overrides.runtime.codecs import STRING
from grinfi_overrides.runtime.models import Model, model, wire
from grinfi_overrides.runtime.unset import UNSET, Unset

__all__ = ["ContactColumn"]


@model(sendable=True)
class ContactColumn(Model):
    """Files import contacts column."""

    source: str | Unset = wire(STRING, default=UNSET)
    """Header of the CSV column."""

    target: str | Unset = wire(STRING, default=UNSET)
    """Contact field that receives the column."""
