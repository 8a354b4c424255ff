# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import DATE_TIME, INTEGER, STRING, UUID_TEXT, ModelOf, Nullable
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["Attachment", "AttachmentPayload"]


@define(kw_only=True, repr=False)
class Attachment(Model):
    """A file in the attachment storage of your team. To send it with a LinkedIn message or an email, put its UUID into
    the `attachments` array.

    Attributes:
        uuid: UUID of the attachment.
    """

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", UUID_TEXT),
        "team_id": Field("team_id", INTEGER),
        "user_id": Field("user_id", INTEGER),
        "payload": Field("payload", ModelOf(lambda: AttachmentPayload)),
        "body": Field("body", Nullable(STRING)),
        "created_at": Field("created_at", DATE_TIME),
        "updated_at": Field("updated_at", DATE_TIME),
    }

    uuid: str | None = None
    team_id: int | None = None
    user_id: int | None = None
    payload: AttachmentPayload | None = None
    body: str | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None


@define(kw_only=True, repr=False)
class AttachmentPayload(Model):
    """Attachment payload.

    Attributes:
        name: Original name of the file.
        path: Path of the file in internal storage.
        size: Size of the file in bytes, written as a string.
        type: MIME type of the file.
    """

    _fields: ClassVar[Mapping[str, Field]] = {
        "name": Field("name", STRING),
        "path": Field("path", STRING),
        "size": Field("size", STRING),
        "type": Field("type", STRING),
    }

    name: str | None = None
    path: str | None = None
    size: str | None = None
    type: str | None = None
