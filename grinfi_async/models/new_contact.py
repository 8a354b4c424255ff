# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from typing import Required, TypedDict

from grinfi_overrides.runtime.codecs import STRING, Nullable
from grinfi_overrides.runtime.models import Model, mapping_of, model, wire
from grinfi_overrides.runtime.unset import UNSET, Unset

__all__ = ["NewContact", "NewContactDict"]


@model(sendable=True)
class NewContact(Model):
    """Contacts upsert lead."""

    linkedin_id: str = wire(STRING)
    """Member ID or profile URL on LinkedIn."""

    first_name: str | Unset = wire(STRING, default=UNSET)
    last_name: str | Unset = wire(STRING, default=UNSET)
    company_name: str | Unset = wire(STRING, default=UNSET)
    ln_id: str | Unset | None = wire(Nullable(STRING), default=UNSET)
    sn_id: str | Unset | None = wire(Nullable(STRING), default=UNSET)
    linkedin: str | Unset | None = wire(Nullable(STRING), default=UNSET)
    email: str | Unset = wire(STRING, default=UNSET)
    about: str | Unset = wire(STRING, default=UNSET)
    domain: str | Unset = wire(STRING, default=UNSET)
    """Domain of the company, used to discover email addresses."""

    headline: str | Unset | None = wire(Nullable(STRING), default=UNSET)
    position: str | Unset | None = wire(Nullable(STRING), default=UNSET)
    raw_address: str | Unset | None = wire(Nullable(STRING), default=UNSET)


@mapping_of(NewContact)
class NewContactDict(TypedDict, total=False):
    """A mapping that can replace a `NewContact`."""

    linkedin_id: Required[str]
    """Member ID or profile URL on LinkedIn."""

    first_name: str | Unset
    last_name: str | Unset
    company_name: str | Unset
    ln_id: str | Unset | None
    sn_id: str | Unset | None
    linkedin: str | Unset | None
    email: str | Unset
    about: str | Unset
    domain: str | Unset
    """Domain of the company, used to discover email addresses."""

    headline: str | Unset | None
    position: str | Unset | None
    raw_address: str | Unset | None
