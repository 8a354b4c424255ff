# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import STRING, UUID_TEXT
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["CompanyExport"]


@define(kw_only=True, repr=False)
class CompanyExport(Model):
    """File export companies result."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", UUID_TEXT),
        "type": Field("type", STRING),
        "status": Field("status", STRING),
    }

    uuid: str | None = None
    type: str | None = None
    status: str | None = None
