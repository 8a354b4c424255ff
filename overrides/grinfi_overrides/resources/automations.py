"""Automations: whether a contact was created or skipped is told by the status of the answer alone.

Custom fields of a new contact are checked as those of `contacts.upsert` are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grinfi_async._runtime.models import model
from grinfi_async._runtime.unset import UNSET, Unset
from grinfi_async.models.add_new_contact_result import AddNewContactResult
from grinfi_async.models.new_contact import NewContact
from grinfi_async.resources import automations as generated

from ..custom_fields import CustomFieldNames

__all__ = ["AddedContact", "AutomationsResource"]


@model()
class AddedContact(AddNewContactResult):
    """What became of a new contact that was added to an automation.

    Attributes:
        reason: Why the contact was skipped, in the server's word; None if it was created.
    """

    @property
    def created(self) -> bool:
        """True if the contact was created and added, False if it was skipped."""
        return self.reason is None

    def __repr__(self) -> str:
        return f"AddedContact(created={self.created}, reason={self.reason!r})"


class AutomationsResource(generated.AutomationsResource):
    __doc__ = generated.AutomationsResource.__doc__

    async def add_new_contact(
        self,
        flow_uuid: str,
        *,
        lead: NewContact | Mapping[str, Any],
        list_uuid: str,
        custom_fields: Mapping[str, Any] | Unset = UNSET,
        update_lead_if_exists: bool | Unset = UNSET,
        move_to_list: bool | Unset = UNSET,
        flow_segment_id: int | Unset = UNSET,
        skip_if_lead_exists: bool | Unset = UNSET,
    ) -> AddedContact:
        result = await super().add_new_contact(
            flow_uuid,
            lead=lead,
            list_uuid=list_uuid,
            custom_fields=await CustomFieldNames.of(self._client).by_name(self._client, "lead", custom_fields),
            update_lead_if_exists=update_lead_if_exists,
            move_to_list=move_to_list,
            flow_segment_id=flow_segment_id,
            skip_if_lead_exists=skip_if_lead_exists,
        )
        if result is None:
            return AddedContact()
        # An answer without a reason that is no record of the contact either says "skipped" by its status.
        reason = result.reason or (None if result.additional_properties else "skipped")
        return AddedContact(reason=reason, additional_properties=dict(result.additional_properties))

    add_new_contact.__doc__ = (generated.AutomationsResource.add_new_contact.__doc__ or "").replace(
        "None if the server answered 204.", "`created` tells whether the contact was created or skipped."
    )
