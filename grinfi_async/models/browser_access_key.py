# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from grinfi_overrides.runtime.codecs import STRING
from grinfi_overrides.runtime.models import Model, model, wire

__all__ = ["BrowserAccessKey"]


@model()
class BrowserAccessKey(Model):
    """Linkedin browser generate access key result."""

    external_access_key: str | None = wire(STRING, default=None, sensitive=True)
    cloud_browser_url: str | None = wire(STRING, default=None, sensitive=True)
    """Login page, public for 7 days. Its host may be replaced with your API domain."""
