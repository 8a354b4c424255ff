# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import DATE_TIME, INTEGER, STRING, Nullable
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["APIKey"]


@define(kw_only=True, repr=False)
class APIKey(Model):
    """Api key create result.

    Attributes:
        jti: JWT ID, by which the key is identified.
        last_token: The JWT itself, to be sent as `Authorization: Bearer <token>`. Store it right away, since there
            is no way to get it again.
    """

    _fields: ClassVar[Mapping[str, Field]] = {
        "jti": Field("jti", STRING),
        "user_id": Field("user_id", INTEGER),
        "team_id": Field("team_id", Nullable(INTEGER)),
        "name": Field("name", STRING),
        "last_token": Field("last_token", STRING),
        "created_at": Field("created_at", DATE_TIME),
    }
    _sensitive: ClassVar[frozenset[str]] = frozenset({"last_token"})

    jti: str | None = None
    user_id: int | None = None
    team_id: int | None = None
    name: str | None = None
    last_token: str | None = None
    created_at: dt.datetime | None = None
