# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import STRING
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["AttachmentDetails"]


@define(kw_only=True, repr=False)
class AttachmentDetails(Model):
    """Name, size in bytes and MIME type to be shown for the file; by default those of the file.

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
