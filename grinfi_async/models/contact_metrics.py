# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import INTEGER, MapOf
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["ContactMetrics"]


@define(kw_only=True, repr=False)
class ContactMetrics(Model):
    """Contact metrics result.

    Attributes:
        total: Counts keyed by metric name; metrics that were not requested are left out.
    """

    _fields: ClassVar[Mapping[str, Field]] = {"total": Field("total", MapOf(INTEGER))}

    total: dict[str, int] | None = None
