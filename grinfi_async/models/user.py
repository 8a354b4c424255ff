# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from typing import Any

from grinfi_overrides.runtime.codecs import INTEGER, OBJECT, STRING, UUID_TEXT, Nullable
from grinfi_overrides.runtime.models import ALWAYS_SENT, Model, model, wire
from grinfi_overrides.runtime.times import DATE_TIME

__all__ = ["User"]


@model()
class User(Model):
    """Profile of the user a request is authenticated as."""

    uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    id: int = wire(INTEGER, default=ALWAYS_SENT)
    first_name: str | None = wire(STRING, default=None)
    last_name: str | None = wire(STRING, default=None)
    email: str | None = wire(STRING, default=None)
    email_status: str | None = wire(STRING, default=None)
    image_url: str | None = wire(Nullable(STRING), default=None)
    timezone: str | None = wire(STRING, default=None)
    config: dict[str, Any] | None = wire(OBJECT, default=None)
    created_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
    updated_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
