# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from .._runtime.codecs import STRING
from .._runtime.models import Model, model, wire

__all__ = ["AttachmentRef"]


@model(sendable=True)
class AttachmentRef(Model):
    """Points to an uploaded attachment through its UUID."""

    uuid: str = wire(STRING)
    """The UUID that `POST /flows/api/attachments` returned."""
