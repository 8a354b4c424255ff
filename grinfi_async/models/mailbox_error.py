# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt

from grinfi_overrides.runtime.codecs import INTEGER, STRING, UUID_TEXT
from grinfi_overrides.runtime.models import ALWAYS_SENT, Model, model, wire
from grinfi_overrides.runtime.times import DATE_TIME

__all__ = ["MailboxError"]


@model()
class MailboxError(Model):
    """Record of an error a mailbox had while sending or syncing."""

    uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    team_id: int | None = wire(INTEGER, default=None)
    mailbox_uuid: str | None = wire(UUID_TEXT, default=None)
    error_type: str | None = wire(STRING, default=None)
    message: str | None = wire(STRING, default=None)
    created_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
