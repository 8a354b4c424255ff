# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from .._runtime.codecs import STRING
from .._runtime.models import Field, Model

__all__ = ["AttachmentDetails"]


@define(kw_only=True, repr=False)
class AttachmentDetails(Model):
    """Attachments upload payload.

    Attributes:
        name: Original name of the file.
        size: Size of the file in bytes, written as a string.
        type: MIME type of the file.
    """

    _fields: ClassVar[Mapping[str, Field]] = {
        "name": Field("name", STRING, required=True),
        "size": Field("size", STRING, required=True),
        "type": Field("type", STRING, required=True),
    }
    _sendable: ClassVar[bool] = True

    name: str
    size: str
    type: str
