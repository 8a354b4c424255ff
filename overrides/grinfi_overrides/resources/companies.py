"""Companies: what an update ignores is written on its own, and mass actions say beyond doubt who is meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Never
from uuid import UUID

from grinfi_async._runtime.codecs import Filter
from grinfi_async._runtime.requests import path_text
from grinfi_async._runtime.unset import UNSET, Unset
from grinfi_async.models.company import Company
from grinfi_async.resources import companies as generated

from ..custom_fields import refuse_ignored, value_writes, write_all
from ..mass_actions import CompanyAction, mass_action_arguments

__all__ = ["CompaniesResource"]

WRITTEN_OTHERWISE = {
    "pipeline_stage_uuid": "pass it as lead_status_uuid",
    "tags": "call companies.mass_action(CompanyAction.replace_tags(tag_uuids), ids=[uuid])",
}
"""What a PUT ignores -> what to do."""


class CompaniesResource(generated.CompaniesResource):
    __doc__ = generated.CompaniesResource.__doc__

    async def update(
        self,
        uuid: str,
        *,
        name: str | Unset = UNSET,
        domain: str | Unset = UNSET,
        website: str | Unset = UNSET,
        linkedin: str | Unset = UNSET,
        ln_id: int | Unset = UNSET,
        industry: str | Unset = UNSET,
        employees_range: str | Unset = UNSET,
        hq_raw_address: str | Unset = UNSET,
        phone: str | Unset = UNSET,
        about: str | Unset = UNSET,
        lead_status_uuid: str | Unset = UNSET,
        custom_fields: Mapping[str, Any] | Unset = UNSET,
        **ignored: Never,
    ) -> Company:
        """Change a company.

        Standard fields go out in one request. If that succeeds, each custom field follows in one of its own, because
        the first would ignore it.

        PUT /leads/api/companies/{uuid}, POST /leads/api/custom-field-values

        Args:
            uuid: UUID of the company.
            name: Name.
            domain: Domain.
            website: Website.
            linkedin: Handle of the LinkedIn page.
            ln_id: Numeric id of the company on LinkedIn.
            industry: Industry.
            employees_range: Number of employees, for example 51-200.
            hq_raw_address: Address of the headquarters.
            phone: Phone.
            about: About.
            lead_status_uuid: UUID of the pipeline stage.
            custom_fields: Values of custom fields by name or UUID; None clears one.

        Returns:
            The company with its standard fields changed; it was answered before custom fields were.

        Raises:
            InvalidArgumentError: An argument cannot be sent, or there is no such custom field. Nothing was written.
            NotFoundError: There is no such company. Nothing was written.
            PartialUpdateError: Some of several requests failed; it says what was written.
            GrinfiError: The request failed in another way.
        """
        standard = {
            "name": name,
            "domain": domain,
            "website": website,
            "linkedin": linkedin,
            "ln_id": ln_id,
            "industry": industry,
            "employees_range": employees_range,
            "hq_raw_address": hq_raw_address,
            "phone": phone,
            "about": about,
            "lead_status_uuid": lead_status_uuid,
        }
        refuse_ignored("companies.update", ignored, standard, WRITTEN_OTHERWISE)
        path_text("uuid", uuid)
        writes = await value_writes(self._client, "company", uuid, custom_fields)
        given: dict[str, Any] = {name: value for name, value in standard.items() if value is not UNSET}
        company = await (super().update(uuid, **given) if given or not writes else self.get(uuid))
        await write_all(self._client, "companies.update", tuple(given), writes)
        return company

    # Unlike the generated method it takes no filter that could mean all by mistake.
    async def mass_action(  # type: ignore[override]
        self,  # pyright: ignore[reportIncompatibleMethodOverride]
        action: CompanyAction,
        *,
        ids: Iterable[str | UUID] | Unset = UNSET,
        filter: Filter | Unset = UNSET,
        all: bool = False,
        confirm: bool = False,
    ) -> Any:
        """Do one thing to many companies. The server does it in the background: reading shows it a moment later.

        PUT /leads/api/companies/mass-action

        Args:
            action: What to do, for example `CompanyAction.add_tags(tag_uuid)`.
            ids: UUIDs of the companies. Give exactly one of `ids`, `filter` and `all`.
            filter: Conditions the companies must meet, as for `search`; at least one.
            all: True for all companies of the team.
            confirm: True to do with `all` what cannot be undone, which is everything but `add_tags`.

        Returns:
            The JSON as the server sent it; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent, or it is not beyond doubt what is meant.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        return await super().mass_action(**mass_action_arguments(CompanyAction, action, ids, filter, all, confirm))
