# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict
from uuid import UUID

from grinfi_overrides.runtime.codecs import INTEGER, OBJECT, STRING, UUID_TEXT, Array, Choice, Nullable
from grinfi_overrides.runtime.models import Model, mapping_of, model, wire
from grinfi_overrides.runtime.unset import UNSET, Unset

__all__ = ["ContactSource", "ContactSourceDict"]

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


@mapping_of(ContactSource)
class ContactSourceDict(TypedDict, total=False):
    """A mapping that can replace a `ContactSource`."""

    id: int | Unset
    """Id of the contact source; no other source of the flow version may have the same one."""

    name: str | Unset | None
    rotation_strategy: ContactSourceRotationStrategy | Unset
    """Method by which contacts are distributed over the senders."""

    sender_profiles: Sequence[str | UUID] | Unset
    """Sender profiles that carry out the steps of this source, by UUID."""

    after_id: int | Unset | None
    """Id of the node at which this source's contacts start."""

    active_limit: int | Unset | None
    coworkers_limit: int | Unset | None
    mass_actions_filter: Mapping[str, Any] | Unset | None
    """Definition of the saved filter that picks the contacts; it has the shape used by CRM mass actions."""

    filter_tree_format: Mapping[str, Any] | Unset | None
