# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import UUID_TEXT
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["AttachmentRef"]


@define(kw_only=True, repr=False)
class AttachmentRef(Model):
    """Points to an uploaded attachment through its UUID.

    Attributes:
        uuid: The UUID that `POST /flows/api/attachments` returned.
    """

    _fields: ClassVar[Mapping[str, Field]] = {"uuid": Field("uuid", UUID_TEXT, required=True)}
    _sendable: ClassVar[bool] = True

    uuid: str
