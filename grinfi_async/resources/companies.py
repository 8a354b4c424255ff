# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from .._runtime.client import Resource
from .._runtime.codecs import INTEGER, OBJECT, STRING, Array, Choice, Filter, Integer, ModelOf
from .._runtime.filters import FILTER, FilterOf
from .._runtime.pagination import AsyncPaginator
from .._runtime.requests import json_body, path_text, query_pairs, require_any_of
from .._runtime.responses import read_json, read_list, read_map, read_model
from .._runtime.unset import UNSET, Unset
from ..models.company import Company
from ..models.company_lookup import CompanyLookup
from ..models.contact import Contact
from ..models.new_company import NewCompany
from ..models.queued_enrichment import QueuedEnrichment
from ..operations import OPERATIONS

__all__ = ["CompaniesResource"]

OrderType = Literal["asc", "desc"]
MassActionType = Literal[
    "company_add_tags", "company_remove_tags", "company_replace_tags", "company_change_pipeline_stage", "company_delete"
]
ENRICH_FILTER: Final = FilterOf("companies.enrich", lists=("ids",))
MASS_ACTION_FILTER: Final = FilterOf("companies.mass_action", lists=("ids",))


class CompaniesResource(Resource):
    """Company records of your CRM. A company can have contacts linked to it, and enrichment can add further data from
    LinkedIn.
    """

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
            limit: Number of items on a page, 20 by default. Iterating over all rows asks for pages of this size.
                The server's default: 20.
            offset: Number of items to skip, 0 by default. The server's default: 0.
            order_field: Field to sort on, `created_at` by default. Always sent, by default as 'created_at'.
            order_type: Direction of the sort. Always sent, by default as 'asc'.
            filter: Criteria that narrow the company list.
            page_size: How many rows iterating asks for at a time; by default `limit`, or else 1,000.
            prefetch: How many further pages iterating asks for at the same time, once the server has told the
                total.
            cursor: The `cursor` of an earlier iteration, to go on after its last row.

        Returns:
            One page of companies. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            ResultWindowError: Iterating met more than 10,000 rows, and cannot go on.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
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
            page_size=page_size,
            prefetch=prefetch,
            cursor=cursor,
        )

    async def create(
        self,
        *,
        companies: Sequence[NewCompany | Mapping[str, Any]],
        list_uuids: Sequence[str] | Unset = UNSET,
        data_source_uuid: str | Unset = UNSET,
    ) -> builtins.list[Company]:
        """Add companies.

        Adds one or several companies, with optional assignment to lists and to a data source.

        POST /leads/api/companies

        Args:
            companies: Companies to add, one object each.
            list_uuids: UUIDs of the lists the new companies go into.
            data_source_uuid: UUID of the data source.

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
                        "list_uuids": (list_uuids, Array(STRING)),
                        "data_source_uuid": (data_source_uuid, STRING),
                    },
                ),
            ),
            ModelOf(lambda: Company),
        )

    async def get(self, uuid: str) -> Company:
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
    ) -> Company:
        """Update company by UUID.

        Changes one or several fields of a company that already exists.

        PUT /leads/api/companies/{uuid}

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

        Returns:
            The company after the update.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
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
                        "lead_status_uuid": (lead_status_uuid, STRING),
                    }
                ),
            ),
            Company,
        )

    async def delete(self, uuid: str) -> None:
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
    ) -> AsyncPaginator[Company]:
        """Find companies with filters.

        Paginated company search with the filters of `GET /leads/api/companies`. Being a POST, it takes complex
        `filter` objects in its body rather than in the query string.

        POST /leads/api/companies/list

        Args:
            filter: Search criteria, in the same form as the `filter` of `GET /leads/api/companies`.
            limit: A whole number. Iterating over all rows asks for pages of this size. The server's default: 20.
            offset: A whole number. The server's default: 0.
            order_field: Order field. Always sent, by default as 'created_at'.
            order_type: One of 'asc', 'desc'. Always sent, by default as 'asc'.
            page_size: How many rows iterating asks for at a time; by default `limit`, or else 1,000.
            prefetch: How many further pages iterating asks for at the same time, once the server has told the
                total.
            cursor: The `cursor` of an earlier iteration, to go on after its last row.

        Returns:
            One page of the companies found. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: The request failed validation.
            ResultWindowError: Iterating met more than 10,000 rows, and cannot go on.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
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
                }
            ),
            paging="body",
            ordered=True,
            sliced=True,
            page_size=page_size,
            prefetch=prefetch,
            cursor=cursor,
        )

    async def lookup(self, *, lookups: Sequence[CompanyLookup | Mapping[str, Any]]) -> builtins.list[Company]:
        """Match companies by identifier.

        Finds companies by name, website URL or LinkedIn ID. Send an array of lookups, each of which should carry
        one identifier or more.

        POST /leads/api/companies/lookup

        Args:
            lookups: Each a `CompanyLookup`, or a mapping of its fields.

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
                json=json_body(required={"lookups": (lookups, Array(ModelOf(lambda: CompanyLookup)))}),
            ),
            ModelOf(lambda: Company),
        )

    async def contacts(self, *, uuids: Sequence[str]) -> dict[str, builtins.list[Contact]]:
        """Fetch contacts per company.

        Returns every contact of the given companies, as an object whose keys are company UUIDs and whose values are
        contact arrays.

        POST /leads/api/companies/leads

        Args:
            uuids: UUIDs of the companies.

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
                json=json_body(required={"uuids": (uuids, Array(STRING))}),
            ),
            Array(ModelOf(lambda: Contact)),
        )

    async def enrich(self, *, filter: Filter | Unset = UNSET, uuids: Sequence[str] | Unset = UNSET) -> QueuedEnrichment:
        """Queue company enrichment.

        Queues companies for advanced enrichment, chosen either by a filter or by an array of their UUIDs. The
        credits it costs come out of your account balance.

        PUT /leads/api/companies/advanced-enrichment

        Args:
            filter: Filter that picks the companies to enrich.
            uuids: UUIDs of the companies to enrich.

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
                    json_body(optional={"filter": (filter, ENRICH_FILTER), "uuids": (uuids, Array(STRING))}),
                    ("uuids",),
                    ("filter",),
                ),
            ),
            QueuedEnrichment,
        )

    async def mass_action(
        self, *, type: MassActionType, filter: Filter, payload: Mapping[str, Any] | Unset = UNSET
    ) -> Any:
        """Run bulk company action.

        Applies one bulk action to the companies that a filter matches.

        PUT /leads/api/companies/mass-action

        Args:
            type: Which action to run.
            filter: Filter that picks the companies.
            payload: Arguments for the chosen action.

        Returns:
            The bulk action was carried out. The JSON as the server sent it; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(
                OPERATIONS["companiesMassAction"],
                "/leads/api/companies/mass-action",
                json=json_body(
                    required={"type": (type, Choice(MassActionType)), "filter": (filter, MASS_ACTION_FILTER)},
                    optional={"payload": (payload, OBJECT)},
                ),
            )
        )
