# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from grinfi_overrides.runtime.codecs import INTEGER
from grinfi_overrides.runtime.models import Model, model, wire

__all__ = ["DataSourceMetrics"]


@model()
class DataSourceMetrics(Model):
    """Data source metrics result."""

    queued_records: int | None = wire(INTEGER, default=None)
    saved_records: int | None = wire(INTEGER, default=None)
    duplicate_records: int | None = wire(INTEGER, default=None)
    blacklisted_records: int | None = wire(INTEGER, default=None)
    error_records: int | None = wire(INTEGER, default=None)
    child_queued_records: int | None = wire(INTEGER, default=None)
    child_saved_records: int | None = wire(INTEGER, default=None)
    child_duplicate_records: int | None = wire(INTEGER, default=None)
