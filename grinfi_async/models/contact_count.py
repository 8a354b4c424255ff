# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from grinfi_overrides.runtime.codecs import INTEGER
from grinfi_overrides.runtime.models import ALWAYS_SENT, Model, model, wire

__all__ = ["ContactCount"]


@model()
class ContactCount(Model):
    """Contact count result."""

    total: int = wire(INTEGER, default=ALWAYS_SENT)
