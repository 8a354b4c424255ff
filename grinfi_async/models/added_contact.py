# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import BOOLEAN, STRING, Nullable
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["AddedContact"]


@define(kw_only=True, repr=False)
class AddedContact(Model):
    """What became of a new contact that was added to an automation.

    Attributes:
        reason: Why the contact was skipped, in the server's word; None if it was created.
        created: True if the contact was created and added, False if it was skipped.
    """

    _fields: ClassVar[Mapping[str, Field]] = {
        "reason": Field("reason", Nullable(STRING)),
        "created": Field("created", BOOLEAN),
    }

    reason: str | None = None
    created: bool | None = None
