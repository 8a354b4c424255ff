# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from grinfi_overrides.runtime.codecs import STRING
from grinfi_overrides.runtime.models import Model, model, wire

__all__ = ["AttachmentDetails"]


@model(sendable=True)
class AttachmentDetails(Model):
    """Name, size in bytes and MIME type to be shown for the file; by default those of the file."""

    name: str = wire(STRING)
    """Original name of the file."""

    size: str = wire(STRING)
    """Size of the file in bytes, written as a string."""

    type: str = wire(STRING)
    """MIME type of the file."""
