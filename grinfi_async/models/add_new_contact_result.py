# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from .._runtime.codecs import STRING
from .._runtime.models import Field, Model

__all__ = ["AddNewContactResult"]


@define(kw_only=True, repr=False)
class AddNewContactResult(Model):
    """Automation add new contact result."""

    _fields: ClassVar[Mapping[str, Field]] = {"reason": Field("reason", STRING)}

    reason: str | None = None
