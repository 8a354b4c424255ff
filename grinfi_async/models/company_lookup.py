# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import STRING
from grinfi_overrides.runtime.models import Field, Model
from grinfi_overrides.runtime.unset import UNSET, Unset

__all__ = ["CompanyLookup"]


@define(kw_only=True, repr=False)
class CompanyLookup(Model):
    """Companies lookup lookup."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "ln_id": Field("ln_id", STRING),
        "linkedin": Field("linkedin", STRING),
        "website": Field("website", STRING),
        "name": Field("name", STRING),
    }
    _sendable: ClassVar[bool] = True

    ln_id: str | Unset = UNSET
    linkedin: str | Unset = UNSET
    website: str | Unset = UNSET
    name: str | Unset = UNSET
