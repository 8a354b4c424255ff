# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import DATE_TIME, INTEGER, STRING, UUID_TEXT, Nullable
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["BlacklistedContact"]


@define(kw_only=True, repr=False)
class BlacklistedContact(Model):
    """`lead-blacklist-entry` in the API's description.

    Attributes:
        linkedin: Handle on LinkedIn.
        ln_id: Member ID on LinkedIn.
    """

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", UUID_TEXT),
        "team_id": Field("team_id", INTEGER),
        "name": Field("name", Nullable(STRING)),
        "company_name": Field("company_name", Nullable(STRING)),
        "linkedin": Field("linkedin", Nullable(STRING)),
        "ln_id": Field("ln_id", Nullable(STRING)),
        "email": Field("email", Nullable(STRING)),
        "user_id": Field("user_id", INTEGER),
        "created_at": Field("created_at", DATE_TIME),
        "updated_at": Field("updated_at", DATE_TIME),
    }

    uuid: str | None = None
    team_id: int | None = None
    name: str | None = None
    company_name: str | None = None
    linkedin: str | None = None
    ln_id: str | None = None
    email: str | None = None
    user_id: int | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
