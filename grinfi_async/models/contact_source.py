# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from typing import Any, Literal

from grinfi_overrides.runtime.codecs import INTEGER, OBJECT, STRING, UUID_TEXT, Array, Choice, Nullable
from grinfi_overrides.runtime.models import Model, model, wire
from grinfi_overrides.runtime.unset import UNSET, Unset

__all__ = ["ContactSource"]

ContactSourceRotationStrategy = Literal["fair"]


@model(sendable=True)
class ContactSource(Model):
    """Determines which contacts enter the flow and from which sender profiles the outreach is run. Flow versions carry
    their sources in the `contact_sources` array.
    """

    id: int | Unset = wire(INTEGER, default=UNSET)
    """Id of the contact source; no other source of the flow version may have the same one."""

    name: str | Unset | None = wire(Nullable(STRING), default=UNSET)
    rotation_strategy: ContactSourceRotationStrategy | Unset = wire(
        Choice(ContactSourceRotationStrategy), default=UNSET
    )
    """Method by which contacts are distributed over the senders."""

    sender_profiles: list[str] | Unset = wire(Array(UUID_TEXT), default=UNSET)
    """Sender profiles that carry out the steps of this source, by UUID."""

    after_id: int | Unset | None = wire(Nullable(INTEGER), default=UNSET)
    """Id of the node at which this source's contacts start."""

    active_limit: int | Unset | None = wire(Nullable(INTEGER), default=UNSET)
    coworkers_limit: int | Unset | None = wire(Nullable(INTEGER), default=UNSET)
    mass_actions_filter: dict[str, Any] | Unset | None = wire(Nullable(OBJECT), default=UNSET)
    """Definition of the saved filter that picks the contacts; it has the shape used by CRM mass actions."""

    filter_tree_format: dict[str, Any] | Unset | None = wire(Nullable(OBJECT), default=UNSET)
