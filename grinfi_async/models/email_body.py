# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from typing import Any

from grinfi_overrides.runtime.codecs import DATE_TIME, INTEGER, OBJECT, STRING, UUID_TEXT, Array
from grinfi_overrides.runtime.models import Model, model, wire

__all__ = ["EmailBody"]


@model()
class EmailBody(Model):
    """`email-body` in the API's description."""

    uuid: str | None = wire(UUID_TEXT, default=None)
    team_id: int | None = wire(INTEGER, default=None)
    body: str | None = wire(STRING, default=None)
    attachments: list[dict[str, Any]] | None = wire(Array(OBJECT), default=None)
    subject: str | None = wire(STRING, default=None)
    created_at: dt.datetime | None = wire(DATE_TIME, default=None)
    updated_at: dt.datetime | None = wire(DATE_TIME, default=None)
