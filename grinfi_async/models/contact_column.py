# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from typing import TypedDict

from grinfi_overrides.runtime.codecs import STRING
from grinfi_overrides.runtime.models import Model, mapping_of, model, wire
from grinfi_overrides.runtime.unset import UNSET, Unset

__all__ = ["ContactColumn", "ContactColumnDict"]


@model(sendable=True)
class ContactColumn(Model):
    """Files import contacts column."""

    source: str | Unset = wire(STRING, default=UNSET)
    """Header of the CSV column."""

    target: str | Unset = wire(STRING, default=UNSET)
    """Contact field that receives the column."""


@mapping_of(ContactColumn)
class ContactColumnDict(TypedDict, total=False):
    """A mapping that can replace a `ContactColumn`."""

    source: str | Unset
    """Header of the CSV column."""

    target: str | Unset
    """Contact field that receives the column."""
