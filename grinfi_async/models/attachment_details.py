# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from typing import Required, TypedDict

from grinfi_overrides.runtime.codecs import STRING
from grinfi_overrides.runtime.models import Model, mapping_of, model, wire

__all__ = ["AttachmentDetails", "AttachmentDetailsDict"]


@model(sendable=True)
class AttachmentDetails(Model):
    """Name, size in bytes and MIME type to show for the file; those of the file by default."""

    name: str = wire(STRING)
    """Original name of the file."""

    size: str = wire(STRING)
    """Size of the file in bytes, written as a string."""

    type: str = wire(STRING)
    """MIME type of the file."""


@mapping_of(AttachmentDetails)
class AttachmentDetailsDict(TypedDict, total=False):
    """A mapping that can replace a `AttachmentDetails`."""

    name: Required[str]
    """Original name of the file."""

    size: Required[str]
    """Size of the file in bytes, written as a string."""

    type: Required[str]
    """MIME type of the file."""
