# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from grinfi_overrides.runtime.codecs import STRING, Integer, ModelOf
from grinfi_overrides.runtime.pages import Listing
from grinfi_overrides.runtime.requests import ExtraBody, json_body, path_text, query_pairs, require_any_of
from grinfi_overrides.runtime.responses import read_model
from grinfi_overrides.runtime.unset import UNSET, Unset
from grinfi_support.pagination import AsyncPaginator, awaitable
from grinfi_support.raw_responses import RawMethod, RawMethods
from grinfi_support.resource import Resource

from ..models.blacklisted_company import BlacklistedCompany
from ..models.blacklisted_contact import BlacklistedContact
from ..operations import OPERATIONS

__all__ = ["BlacklistResource"]


class BlacklistResource(Resource):
    """Exclude contacts and companies from import, enrichment and outreach. Blacklisted records are left out of CSV
    imports, mass actions and automations.
    """

    @property
    def with_raw_response(self) -> _WithRawResponse:
        """The same operations, which return a `RawResponse`: status, headers and request id with the result."""
        return _WithRawResponse(self)

    @awaitable
    def list_contacts(
        self,
        *,
        limit: int | Unset = UNSET,
        offset: int | Unset = UNSET,
        page_size: int | Unset = UNSET,
        prefetch: int = 0,
        cursor: str | Mapping[str, Any] | None = None,
    ) -> AsyncPaginator[BlacklistedContact]:
        """Page through blacklisted contacts.

        Returns the team's contact blacklist. A contact on it is left out of automations, mass actions, imports and
        enrichment.

        GET /leads/api/leads-blacklist

        Args:
            limit: Number of items on a page, 20 by default. An iteration over all rows uses it as page size. The
                server's default: 20.
            offset: Number of items to skip, 0 by default. The server's default: 0.
            page_size: Rows in each request of an iteration; by default `limit`, or else 1,000.
            prefetch: Number of further pages to request at the same time, as soon as the total is known.
            cursor: The `cursor` of an earlier iteration, to continue after its last row.

        Returns:
            One page of blacklisted contacts. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            ResultWindowError: The iteration cannot continue beyond 10,000 rows.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["listLeadsBlacklist"],
                "/leads/api/leads-blacklist",
                item=ModelOf(lambda: BlacklistedContact),
                query=query_pairs(
                    optional={"limit": (limit, Integer(minimum=1)), "offset": (offset, Integer(minimum=0))}
                ),
                paging="query",
            ),
            page_size=page_size,
            prefetch=prefetch,
            cursor=cursor,
        )

    async def add_contact(
        self,
        *,
        linkedin: str | Unset = UNSET,
        email: str | Unset = UNSET,
        name: str | Unset = UNSET,
        company_name: str | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> BlacklistedContact:
        """Blacklist a contact.

        Blacklists a contact identified by name, company name, email or LinkedIn handle; at least one of these is
        required. Imports and outreach are matched against the entry.

        Takes any form of a profile, and sends its handle (`LinkedInIdentity`).

        POST /leads/api/leads-blacklist

        Args:
            linkedin: Handle of the LinkedIn profile.
            email: Text.
            name: Text.
            company_name: Company name.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The contact is now blacklisted.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["addLeadToBlacklist"],
                "/leads/api/leads-blacklist",
                json=require_any_of(
                    json_body(
                        optional={
                            "linkedin": (linkedin, STRING),
                            "email": (email, STRING),
                            "name": (name, STRING),
                            "company_name": (company_name, STRING),
                        },
                        extra=extra_body,
                    ),
                    ("linkedin",),
                    ("email",),
                    ("name",),
                    ("company_name",),
                ),
            ),
            BlacklistedContact,
        )

    async def remove_contact(self, uuid: str | UUID) -> None:
        """Take contact off blacklist.

        Removes one blacklist entry, addressed by UUID.

        DELETE /leads/api/leads-blacklist/{uuid}

        Args:
            uuid: UUID of the resource.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: No such entry.
            GrinfiError: The request failed in another way.
        """
        await self._client.send(
            OPERATIONS["deleteLeadBlacklistEntry"], f"/leads/api/leads-blacklist/{path_text('uuid', uuid)}"
        )

    @awaitable
    def list_companies(
        self,
        *,
        limit: int | Unset = UNSET,
        offset: int | Unset = UNSET,
        page_size: int | Unset = UNSET,
        prefetch: int = 0,
        cursor: str | Mapping[str, Any] | None = None,
    ) -> AsyncPaginator[BlacklistedCompany]:
        """Page through blacklisted companies.

        Returns the team's company blacklist. A company on it is left out of automations, mass actions, imports and
        enrichment.

        GET /leads/api/companies-blacklist

        Args:
            limit: Number of items on a page, 20 by default. An iteration over all rows uses it as page size. The
                server's default: 20.
            offset: Number of items to skip, 0 by default. The server's default: 0.
            page_size: Rows in each request of an iteration; by default `limit`, or else 1,000.
            prefetch: Number of further pages to request at the same time, as soon as the total is known.
            cursor: The `cursor` of an earlier iteration, to continue after its last row.

        Returns:
            One page of blacklisted companies. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            ResultWindowError: The iteration cannot continue beyond 10,000 rows.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["listCompaniesBlacklist"],
                "/leads/api/companies-blacklist",
                item=ModelOf(lambda: BlacklistedCompany),
                query=query_pairs(
                    optional={"limit": (limit, Integer(minimum=1)), "offset": (offset, Integer(minimum=0))}
                ),
                paging="query",
            ),
            page_size=page_size,
            prefetch=prefetch,
            cursor=cursor,
        )

    async def add_company(
        self,
        *,
        linkedin: str | Unset = UNSET,
        domain: str | Unset = UNSET,
        name: str | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> BlacklistedCompany:
        """Blacklist a company.

        Blacklists a company identified by name, domain or LinkedIn handle; at least one of these is required.
        Imports and outreach are matched against the entry.

        POST /leads/api/companies-blacklist

        Args:
            linkedin: Handle of the company on LinkedIn.
            domain: Text.
            name: Text.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The company is now blacklisted.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["addCompanyToBlacklist"],
                "/leads/api/companies-blacklist",
                json=require_any_of(
                    json_body(
                        optional={"linkedin": (linkedin, STRING), "domain": (domain, STRING), "name": (name, STRING)},
                        extra=extra_body,
                    ),
                    ("linkedin",),
                    ("domain",),
                    ("name",),
                ),
            ),
            BlacklistedCompany,
        )

    async def remove_company(self, uuid: str | UUID) -> None:
        """Take company off blacklist.

        Removes one blacklist entry, addressed by UUID.

        DELETE /leads/api/companies-blacklist/{uuid}

        Args:
            uuid: UUID of the resource.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: No such entry.
            GrinfiError: The request failed in another way.
        """
        await self._client.send(
            OPERATIONS["deleteCompanyBlacklistEntry"], f"/leads/api/companies-blacklist/{path_text('uuid', uuid)}"
        )


class _WithRawResponse(RawMethods):
    list_contacts = RawMethod(BlacklistResource.list_contacts)
    add_contact = RawMethod(BlacklistResource.add_contact)
    remove_contact = RawMethod(BlacklistResource.remove_contact)
    list_companies = RawMethod(BlacklistResource.list_companies)
    add_company = RawMethod(BlacklistResource.add_company)
    remove_company = RawMethod(BlacklistResource.remove_company)
