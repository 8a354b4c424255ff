# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from .._runtime.codecs import STRING
from .._runtime.models import Model, model, wire

__all__ = ["AddNewContactResult"]


@model()
class AddNewContactResult(Model):
    """Automation add new contact result."""

    reason: str | None = wire(STRING, default=None)
