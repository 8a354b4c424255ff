# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from typing import Any

from grinfi_overrides.runtime.codecs import INTEGER, OBJECT, STRING, UUID_TEXT, Array
from grinfi_overrides.runtime.models import ALWAYS_SENT, Model, model, wire
from grinfi_overrides.runtime.times import DATE_TIME

__all__ = ["EmailBody"]


@model()
class EmailBody(Model):
    """`email-body` in the API's description."""

    uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    team_id: int | None = wire(INTEGER, default=None)
    body: str | None = wire(STRING, default=None)
    attachments: list[dict[str, Any]] | None = wire(Array(OBJECT), default=None)
    subject: str | None = wire(STRING, default=None)
    created_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
    updated_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
