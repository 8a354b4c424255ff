# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import DATE_TIME, INTEGER, OBJECT, STRING, UUID_TEXT, Nullable
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["User"]


@define(kw_only=True, repr=False)
class User(Model):
    """Profile of the user a request is authenticated as."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", UUID_TEXT),
        "id": Field("id", INTEGER),
        "first_name": Field("first_name", STRING),
        "last_name": Field("last_name", STRING),
        "email": Field("email", STRING),
        "email_status": Field("email_status", STRING),
        "image_url": Field("image_url", Nullable(STRING)),
        "timezone": Field("timezone", STRING),
        "config": Field("config", OBJECT),
        "created_at": Field("created_at", DATE_TIME),
        "updated_at": Field("updated_at", DATE_TIME),
    }

    uuid: str | None = None
    id: int | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    email_status: str | None = None
    image_url: str | None = None
    timezone: str | None = None
    config: dict[str, Any] | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
