# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import INTEGER
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["DataSourceMetrics"]


@define(kw_only=True, repr=False)
class DataSourceMetrics(Model):
    """Data source metrics result."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "queued_records": Field("queued_records", INTEGER),
        "saved_records": Field("saved_records", INTEGER),
        "duplicate_records": Field("duplicate_records", INTEGER),
        "blacklisted_records": Field("blacklisted_records", INTEGER),
        "error_records": Field("error_records", INTEGER),
        "child_queued_records": Field("child_queued_records", INTEGER),
        "child_saved_records": Field("child_saved_records", INTEGER),
        "child_duplicate_records": Field("child_duplicate_records", INTEGER),
    }

    queued_records: int | None = None
    saved_records: int | None = None
    duplicate_records: int | None = None
    blacklisted_records: int | None = None
    error_records: int | None = None
    child_queued_records: int | None = None
    child_saved_records: int | None = None
    child_duplicate_records: int | None = None
