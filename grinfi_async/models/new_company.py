# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import STRING
from grinfi_overrides.runtime.models import Field, Model
from grinfi_overrides.runtime.unset import UNSET, Unset

__all__ = ["NewCompany"]


@define(kw_only=True, repr=False)
class NewCompany(Model):
    """Companies create company."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "name": Field("name", STRING),
        "domain": Field("domain", STRING),
        "website": Field("website", STRING),
        "linkedin": Field("linkedin", STRING),
        "industry": Field("industry", STRING),
        "employees_range": Field("employees_range", STRING),
        "hq_raw_address": Field("hq_raw_address", STRING),
    }
    _sendable: ClassVar[bool] = True

    name: str | Unset = UNSET
    domain: str | Unset = UNSET
    website: str | Unset = UNSET
    linkedin: str | Unset = UNSET
    industry: str | Unset = UNSET
    employees_range: str | Unset = UNSET
    hq_raw_address: str | Unset = UNSET
