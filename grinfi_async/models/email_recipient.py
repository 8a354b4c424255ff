# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from typing import Required, TypedDict

from grinfi_overrides.runtime.codecs import STRING
from grinfi_overrides.runtime.models import Model, mapping_of, model, wire
from grinfi_overrides.runtime.unset import UNSET, Unset

__all__ = ["EmailRecipient", "EmailRecipientDict"]


@model(sendable=True)
class EmailRecipient(Model):
    """Emails send to."""

    to_email: str = wire(STRING)
    """Email address."""

    to_name: str | Unset = wire(STRING, default=UNSET)
    """Name to be shown."""


@mapping_of(EmailRecipient)
class EmailRecipientDict(TypedDict, total=False):
    """A mapping that can replace a `EmailRecipient`."""

    to_email: Required[str]
    """Email address."""

    to_name: str | Unset
    """Name to be shown."""
