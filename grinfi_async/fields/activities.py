# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
"""Fields to filter activities by, for activities.list.

`from grinfi_async.fields import activities`, and compare them as those of `F`."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from grinfi_overrides.filters import DateTimeField, Field

__all__ = ["company_uuid", "created_at", "lead_uuid", "type"]


type: Final = Field[str]("type")
"""An activity type, such as `pipeline_stage_changed`."""
lead_uuid: Final = Field[str | UUID]("lead_uuid")
"""UUID of a contact."""
company_uuid: Final = Field[str | UUID]("company_uuid")
"""UUID of a company."""
created_at: Final = DateTimeField("created_at")
