# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import INTEGER
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["QueuedEnrichment"]


@define(kw_only=True, repr=False)
class QueuedEnrichment(Model):
    """Company enrich result.

    Attributes:
        count: How many companies were queued.
    """

    _fields: ClassVar[Mapping[str, Field]] = {"count": Field("count", INTEGER)}

    count: int | None = None
