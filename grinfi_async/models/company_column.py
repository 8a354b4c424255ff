# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import STRING
from grinfi_overrides.runtime.models import Field, Model
from grinfi_overrides.runtime.unset import UNSET, Unset

__all__ = ["CompanyColumn"]


@define(kw_only=True, repr=False)
class CompanyColumn(Model):
    """Files import companies column."""

    _fields: ClassVar[Mapping[str, Field]] = {"source": Field("source", STRING), "target": Field("target", STRING)}
    _sendable: ClassVar[bool] = True

    source: str | Unset = UNSET
    target: str | Unset = UNSET
