# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
"""Fields to filter sender profiles by, for sender_profiles.list.

`from grinfi_async.fields import sender_profiles`, and compare them as those of `F`."""

from __future__ import annotations

from typing import Final, Literal

from grinfi_overrides.filters import Field

__all__ = ["q", "status"]

Status = Literal["enabled", "disabled"]

q: Final = Field[str]("q")
status: Final = Field[Status]("status")
"""Status of the sender profile."""
