# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt

from grinfi_overrides.runtime.codecs import INTEGER, STRING, UUID_TEXT, ModelOf, Nullable
from grinfi_overrides.runtime.models import ALWAYS_SENT, Model, model, wire
from grinfi_overrides.runtime.times import DATE_TIME

__all__ = ["Attachment", "AttachmentPayload"]


@model()
class Attachment(Model):
    """A file in the attachment storage of your team. To send it with a LinkedIn message or an email, put its UUID into
    the `attachments` array.
    """

    uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    """UUID of the attachment."""

    team_id: int | None = wire(INTEGER, default=None)
    user_id: int | None = wire(INTEGER, default=None)
    payload: AttachmentPayload | None = wire(ModelOf(lambda: AttachmentPayload), default=None)
    body: str | None = wire(Nullable(STRING), default=None)
    created_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
    updated_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)


@model()
class AttachmentPayload(Model):
    """Attachment payload."""

    name: str | None = wire(STRING, default=None)
    """Original name of the file."""

    path: str | None = wire(STRING, default=None)
    """Path of the file in internal storage."""

    size: str | None = wire(STRING, default=None)
    """Size of the file in bytes, written as a string."""

    type: str | None = wire(STRING, default=None)
    """MIME type of the file."""
