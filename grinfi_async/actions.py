# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
"""The actions of `mass_action`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self
from uuid import UUID

from attrs import define

from grinfi_support.mass_actions import MassAction
from grinfi_support.values import uuid_text, uuid_texts, value_text

__all__ = ["CompanyAction", "ContactAction"]


@define(frozen=True)
class CompanyAction(MassAction):
    """An action of `companies.mass_action`, done on each of the companies."""

    @classmethod
    def add_tags(cls, tag_uuid: str | UUID) -> Self:
        """Attach a tag."""
        payload = {"tag_uuid": uuid_text("tag_uuid", tag_uuid)}
        return cls("company_add_tags", payload, repeatable=True)

    @classmethod
    def remove_tags(cls, tag_uuid: str | UUID) -> Self:
        """Remove a tag."""
        payload = {"tag_uuid": uuid_text("tag_uuid", tag_uuid)}
        return cls("company_remove_tags", payload, final=True, repeatable=True)

    @classmethod
    def replace_tags(cls, tag_uuids: Iterable[str | UUID]) -> Self:
        """Replace all tags by these; an empty list removes all tags."""
        payload = {"tag_uuids": uuid_texts("tag_uuids", tag_uuids, empty=True)}
        return cls("company_replace_tags", payload, final=True, repeatable=True)

    @classmethod
    def change_pipeline_stage(cls, pipeline_stage_uuid: str | UUID) -> Self:
        """Move to another pipeline stage."""
        payload = {"pipeline_stage_uuid": uuid_text("pipeline_stage_uuid", pipeline_stage_uuid)}
        return cls("company_change_pipeline_stage", payload, final=True, repeatable=True)

    @classmethod
    def delete(cls) -> Self:
        """Delete permanently."""
        return cls("company_delete", final=True, repeatable=True)


@define(frozen=True)
class ContactAction(MassAction):
    """An action of `contacts.mass_action`, done on each of the contacts."""

    @classmethod
    def add_tags(cls, tag_uuid: str | UUID) -> Self:
        """Attach a tag."""
        payload = {"tag_uuid": uuid_text("tag_uuid", tag_uuid)}
        return cls("contact_add_tags", payload, repeatable=True)

    @classmethod
    def remove_tags(cls, tag_uuid: str | UUID) -> Self:
        """Remove a tag."""
        payload = {"tag_uuid": uuid_text("tag_uuid", tag_uuid)}
        return cls("contact_remove_tags", payload, final=True, repeatable=True)

    @classmethod
    def replace_tags(cls, tag_uuids: Iterable[str | UUID]) -> Self:
        """Replace all tags by these; an empty list removes all tags."""
        payload = {"tag_uuids": uuid_texts("tag_uuids", tag_uuids, empty=True)}
        return cls("contact_replace_tags", payload, final=True, repeatable=True)

    @classmethod
    def change_pipeline_stage(cls, pipeline_stage_uuid: str | UUID) -> Self:
        """Move to another pipeline stage."""
        payload = {"pipeline_stage_uuid": uuid_text("pipeline_stage_uuid", pipeline_stage_uuid)}
        return cls("contact_change_pipeline_stage", payload, final=True, repeatable=True)

    @classmethod
    def delete(cls) -> Self:
        """Delete permanently."""
        return cls("contact_delete", final=True, repeatable=True)

    @classmethod
    def change_list(cls, list_uuid: str | UUID) -> Self:
        """Move to another list."""
        payload = {"list_uuid": uuid_text("list_uuid", list_uuid)}
        return cls("contact_change_list", payload, final=True, repeatable=True)

    @classmethod
    def change_custom_field(cls, custom_field_uuid: str | UUID, value: Any) -> Self:
        """Set the value of a custom field; None clears it."""
        payload = {
            "custom_field_uuid": uuid_text("custom_field_uuid", custom_field_uuid),
            "value": value_text("value", value),
        }
        return cls("contact_change_custom_field", payload, final=True, repeatable=True)

    @classmethod
    def add_to_flow(cls, flow_uuid: str | UUID) -> Self:
        """Add to an automation."""
        payload = {"flow_uuid": uuid_text("flow_uuid", flow_uuid)}
        return cls("contact_add_to_flow", payload, final=True)

    @classmethod
    def cancel_from_flows(cls, flow_uuids: Iterable[str | UUID]) -> Self:
        """Cancel in these automations."""
        payload = {"flow_uuids": uuid_texts("flow_uuids", flow_uuids)}
        return cls("contact_cancel_from_flows", payload, final=True)

    @classmethod
    def export_csv(cls) -> Self:
        """Export to CSV."""
        return cls("contact_export_csv")

    @classmethod
    def mark_read(cls) -> Self:
        """Mark the conversations as read."""
        return cls("contact_mark_read", repeatable=True)
