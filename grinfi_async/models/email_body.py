# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import DATE_TIME, INTEGER, OBJECT, STRING, UUID_TEXT, Array
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["EmailBody"]


@define(kw_only=True, repr=False)
class EmailBody(Model):
    """`email-body` in the API's description."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", UUID_TEXT),
        "team_id": Field("team_id", INTEGER),
        "body": Field("body", STRING),
        "attachments": Field("attachments", Array(OBJECT)),
        "subject": Field("subject", STRING),
        "created_at": Field("created_at", DATE_TIME),
        "updated_at": Field("updated_at", DATE_TIME),
    }

    uuid: str | None = None
    team_id: int | None = None
    body: str | None = None
    attachments: list[dict[str, Any]] | None = None
    subject: str | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
