# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
"""Fields to filter automations by, for automations.list.

`from grinfi_async.fields import automations`, and compare them as those of `F`."""

from __future__ import annotations

from typing import Final, Literal

from grinfi_overrides.filters import Field

__all__ = ["q", "status"]

Status = Literal["on", "off", "draft", "archived"]

q: Final = Field[str]("q")
"""Text to look for in automation names."""
status: Final = Field[Status]("status")
"""Status of the flow."""
