# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from typing import Required, TypedDict
from uuid import UUID

from grinfi_overrides.runtime.codecs import STRING, UUID_TEXT
from grinfi_overrides.runtime.models import Model, mapping_of, model, wire
from grinfi_overrides.runtime.unset import UNSET, Unset

__all__ = ["AttachmentRef", "AttachmentRefDict"]


@model(sendable=True)
class AttachmentRef(Model):
    """Points to an uploaded attachment through its UUID."""

    uuid: str = wire(UUID_TEXT)
    """The UUID that `POST /flows/api/attachments` returned."""

    name: str | Unset = wire(STRING, default=UNSET)
    """Name to be shown for the file."""


@mapping_of(AttachmentRef)
class AttachmentRefDict(TypedDict, total=False):
    """A mapping that can replace a `AttachmentRef`."""

    uuid: Required[str | UUID]
    """The UUID that `POST /flows/api/attachments` returned."""

    name: str | Unset
    """Name to be shown for the file."""
