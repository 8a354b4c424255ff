# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt

from grinfi_overrides.runtime.codecs import INTEGER, STRING, Nullable
from grinfi_overrides.runtime.models import Model, model, wire
from grinfi_overrides.runtime.times import DATE_TIME

__all__ = ["APIKey"]


@model()
class APIKey(Model):
    """Api key create result."""

    jti: str | None = wire(STRING, default=None)
    """JWT ID, by which the key is identified."""

    user_id: int | None = wire(INTEGER, default=None)
    team_id: int | None = wire(Nullable(INTEGER), default=None)
    name: str | None = wire(STRING, default=None)
    last_token: str | None = wire(STRING, default=None, sensitive=True)
    """The JWT itself, to be sent as `Authorization: Bearer <token>`. Store it right away, since there is no way to get
    it again.
    """

    created_at: dt.datetime | None = wire(DATE_TIME, default=None)
