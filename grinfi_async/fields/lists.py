# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
"""Fields to filter lists by, for lists.list.

`from grinfi_async.fields import lists`, and compare them as those of `F`."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from grinfi_overrides.filters import Field

__all__ = ["name", "q", "uuid"]


q: Final = Field[str]("q")
"""Text to look for in list names."""
uuid: Final = Field[str | UUID]("uuid")
name: Final = Field[str]("name")
