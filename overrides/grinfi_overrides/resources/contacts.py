"""Contacts: what an update ignores is written on its own, and mass actions say beyond doubt who is meant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Never
from uuid import UUID

from grinfi_async._runtime.codecs import Filter
from grinfi_async._runtime.requests import path_text
from grinfi_async._runtime.unset import UNSET, Unset
from grinfi_async.models.contact import Contact
from grinfi_async.models.contact_metrics import ContactMetrics
from grinfi_async.models.new_contact import NewContact
from grinfi_async.resources import contacts as generated

from ..custom_fields import CustomFieldNames, refuse_ignored, value_writes, write_all
from ..mass_actions import ContactAction, mass_action_arguments

__all__ = ["ContactsResource"]

ACTION = "call contacts.mass_action(ContactAction.{}, ids=[uuid])"
WRITTEN_OTHERWISE = {
    "list_uuid": ACTION.format("change_list(list_uuid)"),
    "tags": ACTION.format("replace_tags(tag_uuids)"),
    "work_email": "pass it as email",
    "personal_email": "pass it as email",
}
"""What a PUT ignores -> what to do."""
COUNTED_OTHERWISE = (
    "figures are always those of the whole team. For figures by sender call linkedin_messages.group_counts or "
    'tasks.group_counts with group_field="sender_profile_uuid"'
)


class ContactsResource(generated.ContactsResource):
    __doc__ = generated.ContactsResource.__doc__

    async def update(
        self,
        uuid: str,
        *,
        first_name: str | Unset = UNSET,
        last_name: str | Unset = UNSET,
        company_name: str | Unset = UNSET,
        ln_id: str | Unset | None = UNSET,
        sn_id: str | Unset | None = UNSET,
        linkedin: str | Unset | None = UNSET,
        email: str | Unset = UNSET,
        about: str | Unset = UNSET,
        domain: str | Unset = UNSET,
        headline: str | Unset | None = UNSET,
        position: str | Unset | None = UNSET,
        raw_address: str | Unset | None = UNSET,
        custom_fields: Mapping[str, Any] | Unset = UNSET,
        pipeline_stage_uuid: str | UUID | Unset = UNSET,
        **ignored: Never,
    ) -> Contact:
        """Change a contact.

        Standard fields go out in one request. If that succeeds, each custom field and the pipeline stage follow in
        one of their own, because the first would ignore them.

        PUT /leads/api/leads/{uuid}, POST /leads/api/custom-field-values, PUT /leads/api/leads/mass-action

        Args:
            uuid: UUID of the contact.
            first_name: First name.
            last_name: Last name.
            company_name: Company name.
            ln_id: Member ID on LinkedIn. None is sent as null.
            sn_id: ID in Sales Navigator. None is sent as null.
            linkedin: Handle of the LinkedIn profile. None is sent as null.
            email: Email. The live API has been seen to ignore it: compare `work_email` of the answer.
            about: The contact's bio or description.
            domain: Domain of the company, used to discover email addresses.
            headline: Headline. None is sent as null.
            position: Position. None is sent as null.
            raw_address: Raw address. None is sent as null.
            custom_fields: Values of custom fields by name or UUID; None clears one.
            pipeline_stage_uuid: UUID of the pipeline stage. A background job moves the contact there: reading shows
                it a moment later.

        Returns:
            The contact with its standard fields changed; it was answered before custom fields and the stage were.

        Raises:
            InvalidArgumentError: An argument cannot be sent, or there is no such custom field. Nothing was written.
            NotFoundError: There is no such contact. Nothing was written.
            PartialUpdateError: Some of several requests failed; it says what was written.
            GrinfiError: The request failed in another way.
        """
        standard = {
            "first_name": first_name,
            "last_name": last_name,
            "company_name": company_name,
            "ln_id": ln_id,
            "sn_id": sn_id,
            "linkedin": linkedin,
            "email": email,
            "about": about,
            "domain": domain,
            "headline": headline,
            "position": position,
            "raw_address": raw_address,
        }
        refuse_ignored("contacts.update", ignored, standard, WRITTEN_OTHERWISE)
        path_text("uuid", uuid)
        writes = await value_writes(self._client, "lead", uuid, custom_fields)
        if not isinstance(pipeline_stage_uuid, Unset):
            action = ContactAction.change_pipeline_stage(pipeline_stage_uuid)
            writes["pipeline_stage_uuid"] = partial(self.mass_action, action, ids=[uuid])
        given: dict[str, Any] = {name: value for name, value in standard.items() if value is not UNSET}
        contact = await (super().update(uuid, **given) if given or not writes else self.get(uuid))
        await write_all(self._client, "contacts.update", tuple(given), writes)
        return contact

    async def upsert(
        self,
        *,
        lead: NewContact | Mapping[str, Any],
        list_uuid: str,
        custom_fields: Mapping[str, Any] | Unset = UNSET,
        update_if_exists: bool | Unset = UNSET,
        move_to_list: bool | Unset = UNSET,
    ) -> Contact:
        return await super().upsert(
            lead=lead,
            list_uuid=list_uuid,
            custom_fields=await CustomFieldNames.of(self._client).by_name(self._client, "lead", custom_fields),
            update_if_exists=update_if_exists,
            move_to_list=move_to_list,
        )

    upsert.__doc__ = generated.ContactsResource.upsert.__doc__

    # Unlike the generated method it takes no filter that could mean everybody by mistake.
    async def mass_action(  # type: ignore[override]
        self,  # pyright: ignore[reportIncompatibleMethodOverride]
        action: ContactAction,
        *,
        ids: Iterable[str | UUID] | Unset = UNSET,
        filter: Filter | Unset = UNSET,
        all: bool = False,
        confirm: bool = False,
    ) -> Any:
        """Do one thing to many contacts. The server does it in the background: reading shows it a moment later.

        PUT /leads/api/leads/mass-action

        Args:
            action: What to do, for example `ContactAction.add_tags(tag_uuid)`.
            ids: UUIDs of the contacts. Give exactly one of `ids`, `filter` and `all`.
            filter: Conditions the contacts must meet, as for `search`; at least one.
            all: True for all contacts of the team.
            confirm: True to do with `all` what cannot be undone, which is everything but `add_tags`, `export_csv`
                and `mark_read`.

        Returns:
            The JSON as the server sent it; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent, or it is not beyond doubt who is meant.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        return await super().mass_action(**mass_action_arguments(ContactAction, action, ids, filter, all, confirm))

    async def metrics(
        self,
        *,
        period_from: dt.datetime,
        period_to: dt.datetime,
        metrics: Sequence[generated.MetricsMetric],
        flows: Sequence[str] | Unset = UNSET,
        **ignored: Never,
    ) -> ContactMetrics:
        """Report engagement over a period, for the team as a whole.

        There are no figures by sender here. `linkedin_messages.group_counts` and `tasks.group_counts` count by sender.

        POST /leads/api/leads/metrics

        Args:
            period_from: Period start, inclusive. Must have a time zone.
            period_to: Period end, inclusive. Must have a time zone.
            metrics: Names of the metrics to return.
            flows: UUIDs of the automations to which the metrics are limited. The server's default: [], which is all.

        Returns:
            Metric totals over the requested period.

        Raises:
            InvalidArgumentError: An argument cannot be sent, or the server would ignore it.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        refuse_ignored("contacts.metrics", ignored, (), dict.fromkeys(ignored, COUNTED_OTHERWISE))
        return await super().metrics(period_from=period_from, period_to=period_to, metrics=metrics, flows=flows)
