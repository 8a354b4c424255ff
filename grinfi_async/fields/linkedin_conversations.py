# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
"""Fields to filter linkedin conversations by, for linkedin_conversations.list.

`from grinfi_async.fields import linkedin_conversations`, and compare them as those of `F`."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from grinfi_overrides.filters import Field

__all__ = ["lead_uuid", "linkedin_account_uuid"]


linkedin_account_uuid: Final = Field[str | UUID]("linkedin_account_uuid")
"""UUID of the LinkedIn account that owns the thread."""
lead_uuid: Final = Field[str | UUID]("lead_uuid")
"""UUID of the contact on the other side of the conversation."""
