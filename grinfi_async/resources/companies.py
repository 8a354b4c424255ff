# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal
from uuid import UUID

from grinfi_overrides.filters import FILTER, FilterOf
from grinfi_overrides.runtime.codec import Filter, Row
from grinfi_overrides.runtime.codecs import (
    INTEGER,
    NAMED_VALUES,
    STRING,
    UUID_TEXT,
    Array,
    Choice,
    Integer,
    ModelOf,
    NamedValues,
)
from grinfi_overrides.runtime.pages import Listing
from grinfi_overrides.runtime.requests import ExtraBody, json_body, path_text, query_pairs, refusing, require_any_of
from grinfi_overrides.runtime.responses import read_list, read_map, read_model
from grinfi_overrides.runtime.unset import UNSET, Unset
from grinfi_support.mass_actions import act_on
from grinfi_support.pagination import AsyncPaginator, awaitable
from grinfi_support.raw_responses import RawMethod, RawMethods
from grinfi_support.resource import Resource

from ..actions import CompanyAction
from ..models.company import Company
from ..models.company_lookup import CompanyLookup, CompanyLookupDict
from ..models.contact import Contact
from ..models.new_company import NewCompany, NewCompanyDict
from ..models.queued_enrichment import QueuedEnrichment
from ..operations import OPERATIONS

__all__ = ["CompaniesResource"]

OrderType = Literal["asc", "desc"]
MASS_ACTION_FILTER: Final = FilterOf(
    "companies.mass_action",
    known=(
        "q",
        "ids",
        "all",
        "uuid",
        "team_id",
        "user_id",
        "data_source_uuid",
        "lead_status_uuid",
        "name",
        "domain",
        "website",
        "ln_id",
        "linkedin",
        "facebook",
        "twitter",
        "phone",
        "hq_raw_address",
        "hq_location",
        "logo_url",
        "industry",
        "employees_range",
        "year_established",
        "about",
        "lists",
        "tags",
        "status",
        "last_enrich_at",
        "created_at",
        "updated_at",
    ),
    lists=("ids",),
    writes=True,
)
ENRICH_FILTER: Final = FilterOf(
    "companies.enrich",
    known=(
        "q",
        "ids",
        "all",
        "uuid",
        "team_id",
        "user_id",
        "data_source_uuid",
        "lead_status_uuid",
        "name",
        "domain",
        "website",
        "ln_id",
        "linkedin",
        "facebook",
        "twitter",
        "phone",
        "hq_raw_address",
        "hq_location",
        "logo_url",
        "industry",
        "employees_range",
        "year_established",
        "about",
        "lists",
        "tags",
        "status",
        "last_enrich_at",
        "created_at",
        "updated_at",
    ),
    lists=("ids",),
    writes=True,
)


class CompaniesResource(Resource):
    """Company records of your CRM. A company can have contacts linked to it, and enrichment can add further data from
    LinkedIn.
    """

    WRITE_FILTER: Final = MASS_ACTION_FILTER
    """A filter that chooses the records to change."""

    @property
    def with_raw_response(self) -> _WithRawResponse:
        """The same operations, which return a `RawResponse`: status, headers and request id with the result."""
        return _WithRawResponse(self)

    @awaitable
    def list(
        self,
        *,
        limit: int | Unset = UNSET,
        offset: int | Unset = UNSET,
        order_field: str | Unset = UNSET,
        order_type: OrderType | Unset = UNSET,
        filter: Filter | Unset = UNSET,
        page_size: int | Unset = UNSET,
        prefetch: int = 0,
        cursor: str | Mapping[str, Any] | None = None,
    ) -> AsyncPaginator[Company]:
        """Page through companies.

        Returns the companies in your CRM one page at a time. They can be filtered by industry, domain, name and
        other fields.

        GET /leads/api/companies

        Args:
            limit: Number of items on a page, 20 by default. An iteration over all rows uses it as page size. The
                server's default: 20.
            offset: Number of items to skip, 0 by default. The server's default: 0.
            order_field: Field to sort on, `created_at` by default. Always sent; 'created_at' by default.
            order_type: Direction of the sort. Always sent; 'asc' by default.
            filter: Criteria that narrow the company list.
            page_size: Rows in each request of an iteration; by default `limit`, or else 1,000.
            prefetch: Number of further pages to request at the same time, as soon as the total is known.
            cursor: The `cursor` of an earlier iteration, to continue after its last row.

        Returns:
            One page of companies. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            ResultWindowError: The iteration cannot continue beyond 10,000 rows.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["listCompanies"],
                "/leads/api/companies",
                item=ModelOf(lambda: Company),
                query=query_pairs(
                    optional={
                        "limit": (limit, Integer(minimum=1)),
                        "offset": (offset, Integer(minimum=0)),
                        "order_field": (order_field, STRING),
                        "order_type": (order_type, Choice(OrderType)),
                        "filter": (filter, FILTER, "brackets"),
                    }
                ),
                paging="query",
                ordered=True,
                sliced=True,
            ),
            page_size=page_size,
            prefetch=prefetch,
            cursor=cursor,
        )

    async def create(
        self,
        *,
        companies: Sequence[NewCompany | NewCompanyDict | Row],
        list_uuids: Sequence[str | UUID] | Unset = UNSET,
        data_source_uuid: str | UUID | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> builtins.list[Company]:
        """Add companies.

        Adds one or several companies, with optional assignment to lists and to a data source.

        POST /leads/api/companies

        Args:
            companies: Companies to add, one object each.
            list_uuids: UUIDs of the lists the new companies go into.
            data_source_uuid: UUID of the data source.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The companies that were created.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_list(
            await self._client.send(
                OPERATIONS["createCompanies"],
                "/leads/api/companies",
                json=json_body(
                    required={"companies": (companies, Array(ModelOf(lambda: NewCompany)))},
                    optional={
                        "list_uuids": (list_uuids, Array(UUID_TEXT)),
                        "data_source_uuid": (data_source_uuid, UUID_TEXT),
                    },
                    extra=extra_body,
                ),
            ),
            ModelOf(lambda: Company),
        )

    async def get(self, uuid: str | UUID) -> Company:
        """Fetch company by UUID.

        Returns the complete record of the company with this UUID.

        GET /leads/api/companies/{uuid}

        Args:
            uuid: UUID of the resource.

        Returns:
            The company's details.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: No such company.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(OPERATIONS["getCompany"], f"/leads/api/companies/{path_text('uuid', uuid)}"),
            Company,
        )

    @refusing(
        "companies.update",
        {
            "pipeline_stage_uuid": "pass it as lead_status_uuid",
            "tags": "call companies.mass_action(CompanyAction.replace_tags(tag_uuids), ids=[uuid])",
        },
    )
    async def update(
        self,
        /,
        uuid: str | UUID,
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
        lead_status_uuid: str | UUID | Unset = UNSET,
        custom_fields: NamedValues | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> Company:
        """Update company by UUID.

        Standard fields are sent in one request, which ignores custom fields. If it succeeds, each custom field is
        sent in a separate request.

        PUT /leads/api/companies/{uuid}, POST /leads/api/custom-field-values, GET /leads/api/companies/{uuid}

        Args:
            uuid: UUID of the resource.
            name: Text.
            domain: Text.
            website: Text.
            linkedin: Text.
            ln_id: Numeric id of the company on LinkedIn.
            industry: Text.
            employees_range: Employees range.
            hq_raw_address: Hq raw address.
            phone: Text.
            about: Text.
            lead_status_uuid: UUID of the pipeline stage.
            custom_fields: Values of custom fields by name or UUID; None clears one.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The company with its new standard fields; custom fields were changed after this answer.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            PartialUpdateError: Some of several requests failed; it says what was written.
            NotFoundError: No such company.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["updateCompany"],
                f"/leads/api/companies/{path_text('uuid', uuid)}",
                json=json_body(
                    optional={
                        "name": (name, STRING),
                        "domain": (domain, STRING),
                        "website": (website, STRING),
                        "linkedin": (linkedin, STRING),
                        "ln_id": (ln_id, INTEGER),
                        "industry": (industry, STRING),
                        "employees_range": (employees_range, STRING),
                        "hq_raw_address": (hq_raw_address, STRING),
                        "phone": (phone, STRING),
                        "about": (about, STRING),
                        "lead_status_uuid": (lead_status_uuid, UUID_TEXT),
                        "custom_fields": (custom_fields, NAMED_VALUES),
                    },
                    extra=extra_body,
                ),
            ),
            Company,
        )

    async def delete(self, uuid: str | UUID) -> None:
        """Delete company by UUID.

        Removes the company with this UUID; the deletion is permanent.

        DELETE /leads/api/companies/{uuid}

        Args:
            uuid: UUID of the resource.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: The deletion could not be processed.
            GrinfiError: The request failed in another way.
        """
        await self._client.send(OPERATIONS["deleteCompany"], f"/leads/api/companies/{path_text('uuid', uuid)}")

    @awaitable
    def search(
        self,
        *,
        filter: Filter | Unset = UNSET,
        limit: int | Unset = UNSET,
        offset: int | Unset = UNSET,
        order_field: str | Unset = UNSET,
        order_type: OrderType | Unset = UNSET,
        page_size: int | Unset = UNSET,
        prefetch: int = 0,
        cursor: str | Mapping[str, Any] | None = None,
        extra_body: ExtraBody = UNSET,
    ) -> AsyncPaginator[Company]:
        """Find companies with filters.

        Paginated company search with the filters of `GET /leads/api/companies`. Being a POST, it takes complex
        `filter` objects in its body rather than in the query string.

        POST /leads/api/companies/list

        Args:
            filter: Search criteria, in the same form as the `filter` of `GET /leads/api/companies`.
            limit: A whole number. An iteration over all rows uses it as page size. The server's default: 20.
            offset: A whole number. The server's default: 0.
            order_field: Order field. Always sent; 'created_at' by default.
            order_type: One of 'asc', 'desc'. Always sent; 'asc' by default.
            page_size: Rows in each request of an iteration; by default `limit`, or else 1,000.
            prefetch: Number of further pages to request at the same time, as soon as the total is known.
            cursor: The `cursor` of an earlier iteration, to continue after its last row.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            One page of the companies found. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: The request failed validation.
            ResultWindowError: The iteration cannot continue beyond 10,000 rows.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["searchCompanies"],
                "/leads/api/companies/list",
                item=ModelOf(lambda: Company),
                json=json_body(
                    optional={
                        "filter": (filter, FILTER),
                        "limit": (limit, Integer(minimum=1)),
                        "offset": (offset, Integer(minimum=0)),
                        "order_field": (order_field, STRING),
                        "order_type": (order_type, Choice(OrderType)),
                    },
                    extra=extra_body,
                ),
                paging="body",
                ordered=True,
                sliced=True,
            ),
            page_size=page_size,
            prefetch=prefetch,
            cursor=cursor,
        )

    async def lookup(
        self, *, lookups: Sequence[CompanyLookup | CompanyLookupDict | Row], extra_body: ExtraBody = UNSET
    ) -> builtins.list[Company]:
        """Match companies by identifier.

        Finds companies by name, website URL or LinkedIn ID. Send an array of lookups, each of which should carry
        one identifier or more.

        POST /leads/api/companies/lookup

        Args:
            lookups: Each a `CompanyLookup`, or a mapping of its fields.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The companies that matched.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_list(
            await self._client.send(
                OPERATIONS["lookupCompanies"],
                "/leads/api/companies/lookup",
                json=json_body(
                    required={"lookups": (lookups, Array(ModelOf(lambda: CompanyLookup)))}, extra=extra_body
                ),
            ),
            ModelOf(lambda: Company),
        )

    async def contacts(
        self, *, uuids: Sequence[str | UUID], extra_body: ExtraBody = UNSET
    ) -> dict[str, builtins.list[Contact]]:
        """Fetch contacts per company.

        Returns every contact of the given companies, as an object whose keys are company UUIDs and whose values are
        contact arrays.

        POST /leads/api/companies/leads

        Args:
            uuids: UUIDs of the companies.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            Arrays of contacts, keyed by company UUID.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_map(
            await self._client.send(
                OPERATIONS["getCompanyLeads"],
                "/leads/api/companies/leads",
                json=json_body(required={"uuids": (uuids, Array(UUID_TEXT))}, extra=extra_body),
            ),
            Array(ModelOf(lambda: Contact)),
        )

    async def enrich(
        self,
        *,
        filter: Filter | Unset = UNSET,
        uuids: Sequence[str | UUID] | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> QueuedEnrichment:
        """Queue company enrichment.

        Queues companies for advanced enrichment, chosen either by a filter or by an array of their UUIDs. The
        credits it costs come out of your account balance.

        PUT /leads/api/companies/advanced-enrichment

        Args:
            filter: Filter that picks the companies to enrich.
            uuids: UUIDs of the companies to enrich.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The enrichment has been queued.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            PaymentRequiredError: Too few credits for enrichment.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["enrichCompanies"],
                "/leads/api/companies/advanced-enrichment",
                json=require_any_of(
                    json_body(
                        optional={"filter": (filter, ENRICH_FILTER), "uuids": (uuids, Array(UUID_TEXT))},
                        extra=extra_body,
                    ),
                    ("uuids",),
                    ("filter",),
                ),
            ),
            QueuedEnrichment,
        )

    async def mass_action(
        self,
        action: CompanyAction,
        *,
        ids: Iterable[str | UUID] | Unset = UNSET,
        filter: Filter | Unset = UNSET,
        all: bool = False,
        confirm: bool = False,
    ) -> builtins.list[Any]:
        """Do one action on many companies.

        The server does it in the background, so the change is visible a moment later. With a filter, the records
        are searched for first, and checked against the filter, because the server may ignore a condition; then the
        action is sent with their UUIDs, 500 in each request.

        PUT /leads/api/companies/mass-action

        Args:
            action: The action, for example `CompanyAction.add_tags(...)`.
            ids: UUIDs of the companies. Pass exactly one of `ids`, `filter` and `all`.
            filter: Conditions that the companies must meet: at least one, on known fields.
            all: True for all companies of the team.
            confirm: Must be True for `all`; and for an action that cannot be undone (all except `add_tags`) with a
                filter that the rows cannot confirm, such as `q`.

        Returns:
            The answers to the requests, as the server sent them.

        Raises:
            FilterIgnoredError: The server answered with a row that the filter excludes.
            InvalidArgumentError: An argument cannot be sent, or does not clearly select companies.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        return await act_on(
            self._client,
            OPERATIONS["companiesMassAction"],
            CompanyAction,
            action,
            self.search,
            ids=ids,
            filter=filter,
            all=all,
            confirm=confirm,
            codec=self.WRITE_FILTER,
        )


class _WithRawResponse(RawMethods):
    list = RawMethod(CompaniesResource.list)
    create = RawMethod(CompaniesResource.create)
    get = RawMethod(CompaniesResource.get)
    update = RawMethod(CompaniesResource.update)
    delete = RawMethod(CompaniesResource.delete)
    search = RawMethod(CompaniesResource.search)
    lookup = RawMethod(CompaniesResource.lookup)
    contacts = RawMethod(CompaniesResource.contacts)
    enrich = RawMethod(CompaniesResource.enrich)
    mass_action = RawMethod(CompaniesResource.mass_action)
