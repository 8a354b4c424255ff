# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt

from grinfi_overrides.runtime.codecs import INTEGER, STRING, UUID_TEXT
from grinfi_overrides.runtime.models import ALWAYS_SENT, Model, model, wire
from grinfi_overrides.runtime.times import DATE_TIME

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
