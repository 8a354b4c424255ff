# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
"""Fields to filter automation contacts by, for automations.list_contacts.

`from grinfi_async.fields import automation_contacts`, and compare them as those of `F`."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from grinfi_overrides.filters import Field

__all__ = ["flow_uuid", "lead_uuid", "status"]


flow_uuid: Final = Field[str | UUID]("flow_uuid")
lead_uuid: Final = Field[str | UUID]("lead_uuid")
status: Final = Field[str]("status")
