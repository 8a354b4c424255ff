# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
"""Fields to filter mailboxes by, for mailboxes.list.

`from grinfi_async.fields import mailboxes`, and compare them as those of `F`."""

from __future__ import annotations

from typing import Final

from grinfi_overrides.filters import Field

__all__ = ["q"]


q: Final = Field[str]("q")
