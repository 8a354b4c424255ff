# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import DATE_TIME, INTEGER, STRING, UUID_TEXT
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["MailboxError"]


@define(kw_only=True, repr=False)
class MailboxError(Model):
    """Record of an error a mailbox had while sending or syncing."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", UUID_TEXT),
        "team_id": Field("team_id", INTEGER),
        "mailbox_uuid": Field("mailbox_uuid", UUID_TEXT),
        "error_type": Field("error_type", STRING),
        "message": Field("message", STRING),
        "created_at": Field("created_at", DATE_TIME),
    }

    uuid: str | None = None
    team_id: int | None = None
    mailbox_uuid: str | None = None
    error_type: str | None = None
    message: str | None = None
    created_at: dt.datetime | None = None
