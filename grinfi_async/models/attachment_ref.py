# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from grinfi_overrides.runtime.codecs import UUID_TEXT
from grinfi_overrides.runtime.models import Model, model, wire

__all__ = ["AttachmentRef"]


@model(sendable=True)
class AttachmentRef(Model):
    """Points to an uploaded attachment through its UUID."""

    uuid: str = wire(UUID_TEXT)
    """The UUID that `POST /flows/api/attachments` returned."""
