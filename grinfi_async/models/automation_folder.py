# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt

from grinfi_overrides.runtime.codecs import DATE_TIME, INTEGER, STRING, UUID_TEXT
from grinfi_overrides.runtime.models import ALWAYS_SENT, Model, model, wire

__all__ = ["AutomationFolder"]


@model()
class AutomationFolder(Model):
    """A folder, or workspace, in which automations are organized."""

    uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    team_id: int | None = wire(INTEGER, default=None)
    user_id: int | None = wire(INTEGER, default=None)
    name: str | None = wire(STRING, default=None)
    order: int | None = wire(INTEGER, default=None)
    created_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
    updated_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
