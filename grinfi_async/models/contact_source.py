# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from attrs import define

from grinfi_overrides.runtime.codecs import INTEGER, OBJECT, STRING, UUID_TEXT, Array, Choice, Nullable
from grinfi_overrides.runtime.models import Field, Model
from grinfi_overrides.runtime.unset import UNSET, Unset

__all__ = ["ContactSource"]

ContactSourceRotationStrategy = Literal["fair"]


@define(kw_only=True, repr=False)
class ContactSource(Model):
    """Determines which contacts enter the flow and from which sender profiles the outreach is run. Flow versions carry
    their sources in the `contact_sources` array.

    Attributes:
        id: Id of the contact source; no other source of the flow version may have the same one.
        rotation_strategy: Method by which contacts are distributed over the senders.
        sender_profiles: Sender profiles that carry out the steps of this source, by UUID.
        after_id: Id of the node at which this source's contacts start.
        mass_actions_filter: Definition of the saved filter that picks the contacts; it has the shape used by CRM
            mass actions.
    """

    _fields: ClassVar[Mapping[str, Field]] = {
        "id": Field("id", INTEGER),
        "name": Field("name", Nullable(STRING)),
        "rotation_strategy": Field("rotation_strategy", Choice(ContactSourceRotationStrategy)),
        "sender_profiles": Field("sender_profiles", Array(UUID_TEXT)),
        "after_id": Field("after_id", Nullable(INTEGER)),
        "active_limit": Field("active_limit", Nullable(INTEGER)),
        "coworkers_limit": Field("coworkers_limit", Nullable(INTEGER)),
        "mass_actions_filter": Field("mass_actions_filter", Nullable(OBJECT)),
        "filter_tree_format": Field("filter_tree_format", Nullable(OBJECT)),
    }
    _sendable: ClassVar[bool] = True

    id: int | Unset = UNSET
    name: str | Unset | None = UNSET
    rotation_strategy: ContactSourceRotationStrategy | Unset = UNSET
    sender_profiles: list[str] | Unset = UNSET
    after_id: int | Unset | None = UNSET
    active_limit: int | Unset | None = UNSET
    coworkers_limit: int | Unset | None = UNSET
    mass_actions_filter: dict[str, Any] | Unset | None = UNSET
    filter_tree_format: dict[str, Any] | Unset | None = UNSET
