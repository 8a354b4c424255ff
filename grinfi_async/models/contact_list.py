# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt

from grinfi_overrides.runtime.codecs import DATE_TIME, INTEGER, STRING, UUID_TEXT
from grinfi_overrides.runtime.models import Model, model, wire

__all__ = ["ContactList"]


@model()
class ContactList(Model):
    """`list` in the API's description."""

    uuid: str | None = wire(UUID_TEXT, default=None)
    team_id: int | None = wire(INTEGER, default=None)
    name: str | None = wire(STRING, default=None)
    created_at: dt.datetime | None = wire(DATE_TIME, default=None)
    updated_at: dt.datetime | None = wire(DATE_TIME, default=None)
