# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from grinfi_overrides.runtime.codecs import BOOLEAN, STRING, Nullable
from grinfi_overrides.runtime.models import Model, model, wire

__all__ = ["AddedContact"]


@model()
class AddedContact(Model):
    """The outcome of adding a new contact to an automation."""

    reason: str | None = wire(Nullable(STRING), default=None)
    """Why the contact was skipped, as the server says; None if it was created."""

    created: bool | None = wire(BOOLEAN, default=None)
    """True if the contact was created and added, False if it was skipped."""
