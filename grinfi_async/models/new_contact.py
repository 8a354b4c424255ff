# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import STRING, Nullable
from grinfi_overrides.runtime.models import Field, Model
from grinfi_overrides.runtime.unset import UNSET, Unset

__all__ = ["NewContact"]


@define(kw_only=True, repr=False)
class NewContact(Model):
    """Contacts upsert lead.

    Attributes:
        linkedin_id: Member ID or profile URL on LinkedIn.
        domain: Domain of the company, used to discover email addresses.
    """

    _fields: ClassVar[Mapping[str, Field]] = {
        "linkedin_id": Field("linkedin_id", STRING, required=True),
        "first_name": Field("first_name", STRING),
        "last_name": Field("last_name", STRING),
        "company_name": Field("company_name", STRING),
        "ln_id": Field("ln_id", Nullable(STRING)),
        "sn_id": Field("sn_id", Nullable(STRING)),
        "linkedin": Field("linkedin", Nullable(STRING)),
        "email": Field("email", STRING),
        "about": Field("about", STRING),
        "domain": Field("domain", STRING),
        "headline": Field("headline", Nullable(STRING)),
        "position": Field("position", Nullable(STRING)),
        "raw_address": Field("raw_address", Nullable(STRING)),
    }
    _sendable: ClassVar[bool] = True

    linkedin_id: str
    first_name: str | Unset = UNSET
    last_name: str | Unset = UNSET
    company_name: str | Unset = UNSET
    ln_id: str | Unset | None = UNSET
    sn_id: str | Unset | None = UNSET
    linkedin: str | Unset | None = UNSET
    email: str | Unset = UNSET
    about: str | Unset = UNSET
    domain: str | Unset = UNSET
    headline: str | Unset | None = UNSET
    position: str | Unset | None = UNSET
    raw_address: str | Unset | None = UNSET
