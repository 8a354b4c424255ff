# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import INTEGER, OBJECT, STRING, UUID_TEXT
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["FileImport"]


@define(kw_only=True, repr=False)
class FileImport(Model):
    """File upload csv result.

    Attributes:
        payload: Details of the upload, among them the delimiter, enclosure, file path and config.
    """

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", UUID_TEXT),
        "team_id": Field("team_id", INTEGER),
        "type": Field("type", STRING),
        "payload": Field("payload", OBJECT),
        "status": Field("status", STRING),
    }

    uuid: str | None = None
    team_id: int | None = None
    type: str | None = None
    payload: dict[str, Any] | None = None
    status: str | None = None
