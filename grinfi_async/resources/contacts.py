# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal
from uuid import UUID

from grinfi_overrides.filters import FilterOf
from grinfi_overrides.runtime.codec import Filter, Row
from grinfi_overrides.runtime.codecs import (
    ANY,
    BOOLEAN,
    NAMED_VALUES,
    OBJECT,
    STRING,
    UUID_TEXT,
    Array,
    Choice,
    Integer,
    ModelOf,
    NamedValues,
    Nullable,
)
from grinfi_overrides.runtime.pages import Listing
from grinfi_overrides.runtime.requests import ExtraBody, json_body, path_text, query_pairs, refusing, require_any_of
from grinfi_overrides.runtime.responses import read_json, read_list, read_map, read_model
from grinfi_overrides.runtime.times import DATE_TIME
from grinfi_overrides.runtime.unset import UNSET, Unset
from grinfi_support.mass_actions import act_on
from grinfi_support.mixins.contacts import ContactsMixin
from grinfi_support.pagination import AsyncPaginator, awaitable
from grinfi_support.raw_responses import RawMethod, RawMethods

from ..actions import ContactAction
from ..models.contact import Contact
from ..models.contact_count import ContactCount
from ..models.contact_metrics import ContactMetrics
from ..models.enrichment_metrics import EnrichmentMetrics
from ..models.new_contact import NewContact, NewContactDict
from ..operations import OPERATIONS

__all__ = ["ContactsResource"]

OrderType = Literal["asc", "desc"]
MetricsMetric = Literal[
    "linkedin_connection_request_sent_count",
    "linkedin_connection_request_accepted_count",
    "linkedin_sent_count",
    "linkedin_opened_count",
    "linkedin_inbox_count",
    "linkedin_inmail_sent_count",
    "linkedin_inmail_replied_count",
    "email_sent_count",
    "email_opened_count",
    "email_clicked_count",
    "email_bounced_count",
    "email_unsubscribed_count",
    "email_inbox_count",
]
MASS_ACTION_FILTER: Final = FilterOf(
    "contacts.mass_action",
    known=(
        "q",
        "ids",
        "all",
        "uuid",
        "team_id",
        "user_id",
        "sender_profile_uuid",
        "list_uuid",
        "data_source_uuid",
        "pipeline_stage_uuid",
        "company_uuid",
        "company_ln_id",
        "position",
        "headline",
        "about",
        "avatar_url",
        "ln_id",
        "sn_id",
        "linkedin",
        "facebook",
        "twitter",
        "work_email",
        "personal_email",
        "work_phone_number",
        "personal_phone_number",
        "connections_number",
        "followers_number",
        "primary_language",
        "supported_languages",
        "has_open_profile",
        "has_verified_profile",
        "has_premium",
        "experience",
        "posts",
        "educations",
        "skills",
        "raw_address",
        "location",
        "tags",
        "status",
        "linkedin_status",
        "email_status",
        "unread_counts",
        "last_automation_approve_at",
        "created_at",
    ),
    lists=("ids",),
    refused={
        "company_name": "cannot filter by names, which the live server does not do; use q, which searches the full text",
        "name": "cannot filter by names, which the live server does not do; use q, which searches the full text",
        "first_name": "cannot filter by names, which the live server does not do; use q, which searches the full text",
        "last_name": "cannot filter by names, which the live server does not do; use q, which searches the full text",
        "updated_at": 'cannot filter by updated_at, to which the live server answers 500; use created_at, or read contacts.search(order_field="updated_at", order_type="desc") as far as needed',
    },
    writes=True,
)
SEARCH_FILTER: Final = FilterOf(
    "contacts.search",
    refused={
        "company_name": "cannot filter by names, which the live server does not do; use q, which searches the full text",
        "name": "cannot filter by names, which the live server does not do; use q, which searches the full text",
        "first_name": "cannot filter by names, which the live server does not do; use q, which searches the full text",
        "last_name": "cannot filter by names, which the live server does not do; use q, which searches the full text",
        "updated_at": 'cannot filter by updated_at, to which the live server answers 500; use created_at, or read contacts.search(order_field="updated_at", order_type="desc") as far as needed',
    },
)
COUNT_FILTER: Final = FilterOf(
    "contacts.count",
    lists=("ids",),
    refused={
        "company_name": "cannot filter by names, which the live server does not do; use q, which searches the full text",
        "name": "cannot filter by names, which the live server does not do; use q, which searches the full text",
        "first_name": "cannot filter by names, which the live server does not do; use q, which searches the full text",
        "last_name": "cannot filter by names, which the live server does not do; use q, which searches the full text",
        "updated_at": 'cannot filter by updated_at, to which the live server answers 500; use created_at, or read contacts.search(order_field="updated_at", order_type="desc") as far as needed',
    },
)
ENRICH_FILTER: Final = FilterOf(
    "contacts.enrich",
    known=(
        "q",
        "ids",
        "all",
        "uuid",
        "team_id",
        "user_id",
        "sender_profile_uuid",
        "list_uuid",
        "data_source_uuid",
        "pipeline_stage_uuid",
        "company_uuid",
        "company_ln_id",
        "position",
        "headline",
        "about",
        "avatar_url",
        "ln_id",
        "sn_id",
        "linkedin",
        "facebook",
        "twitter",
        "work_email",
        "personal_email",
        "work_phone_number",
        "personal_phone_number",
        "connections_number",
        "followers_number",
        "primary_language",
        "supported_languages",
        "has_open_profile",
        "has_verified_profile",
        "has_premium",
        "experience",
        "posts",
        "educations",
        "skills",
        "raw_address",
        "location",
        "tags",
        "status",
        "linkedin_status",
        "email_status",
        "unread_counts",
        "last_automation_approve_at",
        "created_at",
    ),
    lists=("ids",),
    refused={
        "company_name": "cannot filter by names, which the live server does not do; use q, which searches the full text",
        "name": "cannot filter by names, which the live server does not do; use q, which searches the full text",
        "first_name": "cannot filter by names, which the live server does not do; use q, which searches the full text",
        "last_name": "cannot filter by names, which the live server does not do; use q, which searches the full text",
        "updated_at": 'cannot filter by updated_at, to which the live server answers 500; use created_at, or read contacts.search(order_field="updated_at", order_type="desc") as far as needed',
    },
    writes=True,
)


class ContactsResource(ContactsMixin):
    """The contacts (leads) of your CRM: find, create and change them, and arrange them by list and pipeline stage.

    **Mass actions.** `PUT /leads/api/leads/mass-action` accepts these types: `contact_add_tags`,
    `contact_remove_tags`, `contact_replace_tags`, `contact_change_list`, `contact_change_pipeline_stage`,
    `contact_change_custom_field`, `contact_add_to_flow`, `contact_cancel_from_flows`, `contact_delete`,
    `contact_export_csv`, `contact_mark_read`.
    """

    WRITE_FILTER: Final = MASS_ACTION_FILTER
    """A filter that chooses the records to change."""

    @property
    def with_raw_response(self) -> _WithRawResponse:
        """The same operations, which return a `RawResponse`: status, headers and request id with the result."""
        return _WithRawResponse(self)

    async def find(
        self,
        *,
        linkedin_id: str | Unset | None = UNSET,
        email: str | Unset | None = UNSET,
        name: str | Unset | None = UNSET,
        company_name: str | Unset | None = UNSET,
        disable_aggregation: bool | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> Contact:
        """Look up one contact.

        Finds one contact by its LinkedIn ID, by its email address, or by its name and company together. Send one of
        these identifiers or more. A typical use is to see whether a contact is already there before you create it.

        Takes any form of a profile, and searches for its handle or member ID, then for its URL
        (`LinkedInIdentity`).

        POST /leads/api/leads/lookup-one

        Args:
            linkedin_id: Member ID or profile URL on LinkedIn. None is sent as null.
            email: Email address to look for. None is sent as null.
            name: The contact's full name. None is sent as null.
            company_name: Name of the company. Required for a search by name. None is sent as null.
            disable_aggregation: When `true`, the response is built without aggregating enrichment data.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The matching contact.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: No contact matches.
            UnprocessableEntityError: The request failed validation; at least one identifier is needed.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["findOneContact"],
                "/leads/api/leads/lookup-one",
                json=require_any_of(
                    json_body(
                        optional={
                            "linkedin_id": (linkedin_id, Nullable(STRING)),
                            "email": (email, Nullable(STRING)),
                            "name": (name, Nullable(STRING)),
                            "company_name": (company_name, Nullable(STRING)),
                            "disable_aggregation": (disable_aggregation, BOOLEAN),
                        },
                        extra=extra_body,
                    ),
                    ("linkedin_id",),
                    ("email",),
                    ("name", "company_name"),
                ),
            ),
            Contact,
        )

    @awaitable
    def search(
        self,
        *,
        filter: Filter | Unset = UNSET,
        limit: int | Unset = UNSET,
        offset: int | Unset = UNSET,
        order_field: str | Unset = UNSET,
        order_type: OrderType | Unset = UNSET,
        disable_aggregation: bool | Unset = UNSET,
        page_size: int | Unset = UNSET,
        prefetch: int = 0,
        cursor: str | Mapping[str, Any] | None = None,
        extra_body: ExtraBody = UNSET,
    ) -> AsyncPaginator[Contact]:
        """Find contacts by filter.

        Finds contacts with advanced filters, sorted and one page at a time. Fields can be combined freely, among
        them tags, pipeline stage, email status, company and name.

        POST /leads/api/leads/search

        Args:
            filter: Conditions the contacts must meet. A scalar value means equality, an array means IN, and an
                object holds operators (`>=`, `<=`, etc.). The strings `"is_null"` and `"is_not_null"` test for
                NULL.
            limit: How many results to return. An iteration over all rows uses it as page size. The server's
                default: 20.
            offset: How many results to skip. The server's default: 0.
            order_field: Name of the field to sort on. Always sent; 'created_at' by default.
            order_type: Direction of the sort. Always sent; 'asc' by default.
            disable_aggregation: When `true`, enrichment data is not aggregated. The server's default: False.
            page_size: Rows in each request of an iteration; by default `limit`, or else 1,000.
            prefetch: Number of further pages to request at the same time, as soon as the total is known.
            cursor: The `cursor` of an earlier iteration, to continue after its last row.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            One page of the contacts that match. `await` it for one page, or iterate with `async for` over every
            row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: The request failed validation.
            ResultWindowError: The iteration cannot continue beyond 10,000 rows.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["searchContacts"],
                "/leads/api/leads/search",
                item=ModelOf(lambda: Contact),
                json=json_body(
                    optional={
                        "filter": (filter, SEARCH_FILTER),
                        "limit": (limit, Integer(minimum=1)),
                        "offset": (offset, Integer(minimum=0)),
                        "order_field": (order_field, STRING),
                        "order_type": (order_type, Choice(OrderType)),
                        "disable_aggregation": (disable_aggregation, BOOLEAN),
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

    async def get(self, uuid: str | UUID) -> Contact:
        """Get one contact.

        Returns all details of the contact with the given UUID.

        GET /leads/api/leads/{uuid}

        Args:
            uuid: UUID of the resource.

        Returns:
            The requested contact.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: There is no such contact.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(OPERATIONS["getLead"], f"/leads/api/leads/{path_text('uuid', uuid)}"), Contact
        )

    @refusing(
        "contacts.update",
        {
            "list_uuid": "call contacts.mass_action(ContactAction.change_list(list_uuid), ids=[uuid])",
            "tags": "call contacts.mass_action(ContactAction.replace_tags(tag_uuids), ids=[uuid])",
        },
    )
    async def update(
        self,
        /,
        uuid: str | UUID,
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
        work_email: str | Unset | None = UNSET,
        personal_email: str | Unset | None = UNSET,
        custom_fields: NamedValues | Unset = UNSET,
        pipeline_stage_uuid: str | UUID | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> Contact:
        """Change a contact.

        Standard fields are sent in one request, which ignores custom fields and the pipeline stage. If it succeeds,
        each of those is sent in a separate request.

        PUT /leads/api/leads/{uuid}, POST /leads/api/custom-field-values, PUT /leads/api/leads/mass-action, GET
        /leads/api/leads/{uuid}

        Args:
            uuid: UUID of the resource.
            first_name: First name.
            last_name: Last name.
            company_name: Company name.
            ln_id: Member ID on LinkedIn. None is sent as null.
            sn_id: ID in Sales Navigator. None is sent as null.
            linkedin: Handle of the LinkedIn profile. None is sent as null.
            email: Not saved by the live server; a `UserWarning` says so. Pass `work_email`.
            about: The contact's bio or description.
            domain: Domain of the company, used to discover email addresses.
            headline: Text. None is sent as null.
            position: Text. None is sent as null.
            raw_address: Raw address. None is sent as null.
            work_email: Work email, which the live server saves. None is sent as null.
            personal_email: Personal email, which the live server saves. None is sent as null.
            custom_fields: Values of custom fields by name or UUID; None clears one.
            pipeline_stage_uuid: UUID of the pipeline stage. A background job moves the contact there: reading shows
                it a moment later.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The contact with its new standard fields; custom fields and the stage were changed after this answer.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            PartialUpdateError: Some of several requests failed; it says what was written.
            NotFoundError: There is no such contact.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["updateLead"],
                f"/leads/api/leads/{path_text('uuid', uuid)}",
                json=json_body(
                    optional={
                        "first_name": (first_name, STRING),
                        "last_name": (last_name, STRING),
                        "company_name": (company_name, STRING),
                        "ln_id": (ln_id, Nullable(STRING)),
                        "sn_id": (sn_id, Nullable(STRING)),
                        "linkedin": (linkedin, Nullable(STRING)),
                        "email": (email, STRING),
                        "about": (about, STRING),
                        "domain": (domain, STRING),
                        "headline": (headline, Nullable(STRING)),
                        "position": (position, Nullable(STRING)),
                        "raw_address": (raw_address, Nullable(STRING)),
                        "work_email": (work_email, Nullable(STRING)),
                        "personal_email": (personal_email, Nullable(STRING)),
                        "custom_fields": (custom_fields, NAMED_VALUES),
                        "pipeline_stage_uuid": (pipeline_stage_uuid, UUID_TEXT),
                    },
                    extra=extra_body,
                ),
            ),
            Contact,
        )

    async def delete(self, uuid: str | UUID) -> None:
        """Remove a contact.

        Deletes the contact with the given UUID for good, by way of a deletion job that runs in the background.

        DELETE /leads/api/leads/{uuid}

        Args:
            uuid: UUID of the resource.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: The deletion could not be processed.
            GrinfiError: The request failed in another way.
        """
        await self._client.send(OPERATIONS["deleteLead"], f"/leads/api/leads/{path_text('uuid', uuid)}")

    async def upsert(
        self,
        *,
        lead: NewContact | NewContactDict | Row,
        list_uuid: str | UUID,
        custom_fields: NamedValues | Unset = UNSET,
        update_if_exists: bool | Unset = UNSET,
        move_to_list: bool | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> Contact:
        """Upsert a contact.

        Adds a new contact to a list, or updates the one that is already there. Contacts are told apart by
        `linkedin_id`. The data of an existing contact is updated when `update_if_exists` is true; with
        `move_to_list`, that contact can also be moved to the list given.

        **Tip:** one request can set standard fields and custom fields together, because `custom_fields` is accepted
        here and not by `PUT /leads/api/leads/{uuid}`.

        POST /leads/api/leads/upsert, GET /leads/api/custom-fields

        Args:
            lead: A `NewContact`, or a mapping of its fields.
            list_uuid: UUID of the list for the contact.
            custom_fields: Values of custom fields by name or UUID; an unknown field is refused before anything is
                sent.
            update_if_exists: Whether to update a contact that is already there. The server's default: True.
            move_to_list: Whether to move a contact that is already there to the given list. The server's default:
                False.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The contact that was created or updated.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: The request failed validation, or the contact is a duplicate.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["upsertContact"],
                "/leads/api/leads/upsert",
                json=json_body(
                    required={"lead": (lead, ModelOf(lambda: NewContact)), "list_uuid": (list_uuid, UUID_TEXT)},
                    optional={
                        "custom_fields": (custom_fields, NAMED_VALUES),
                        "update_if_exists": (update_if_exists, BOOLEAN),
                        "move_to_list": (move_to_list, BOOLEAN),
                    },
                    extra=extra_body,
                ),
            ),
            Contact,
        )

    async def mass_action(
        self,
        action: ContactAction,
        *,
        ids: Iterable[str | UUID] | Unset = UNSET,
        filter: Filter | Unset = UNSET,
        all: bool = False,
        confirm: bool = False,
    ) -> list[Any]:
        """Do one action on many contacts.

        The server does it in the background, so the change is visible a moment later. With a filter, the records
        are searched for first, and checked against the filter, because the server may ignore a condition; then the
        action is sent with their UUIDs, 500 in each request.

        PUT /leads/api/leads/mass-action

        Args:
            action: The action, for example `ContactAction.add_tags(...)`.
            ids: UUIDs of the contacts. Pass exactly one of `ids`, `filter` and `all`.
            filter: Conditions that the contacts must meet: at least one, on known fields.
            all: True for all contacts of the team.
            confirm: Must be True for `all`; and for an action that cannot be undone (all except `add_tags` and
                `export_csv` and `mark_read`) with a filter that the rows cannot confirm, such as `q`.

        Returns:
            The answers to the requests, as the server sent them.

        Raises:
            FilterIgnoredError: The server answered with a row that the filter excludes.
            InvalidArgumentError: An argument cannot be sent, or does not clearly select contacts.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        return await act_on(
            self._client,
            OPERATIONS["leadsMassAction"],
            ContactAction,
            action,
            self.search,
            ids=ids,
            filter=filter,
            all=all,
            confirm=confirm,
            codec=self.WRITE_FILTER,
        )

    async def count(
        self,
        *,
        ids: Sequence[str | UUID] | Unset = UNSET,
        all: bool | Unset = UNSET,
        filter: Filter | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> ContactCount:
        """Get a contact count.

        Returns only the number of contacts that match a filter, not the contacts themselves. Set `all: true` for
        the team's full total; to count a subset, set `all: false` and list its contact UUIDs in `ids`.

        POST /leads/api/leads/count

        Args:
            ids: UUIDs of the contacts to count; mandatory if `all` is `false`.
            all: `true` counts all of the team's contacts and disregards `ids`. The server's default: False.
            filter: Optional filter, built like the one that `/leads/api/leads/search` takes.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            How many contacts matched.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["countContacts"],
                "/leads/api/leads/count",
                json=json_body(
                    optional={"ids": (ids, Array(UUID_TEXT)), "all": (all, BOOLEAN), "filter": (filter, COUNT_FILTER)},
                    extra=extra_body,
                ),
            ),
            ContactCount,
        )

    @refusing(
        "contacts.metrics",
        {
            "filter": 'figures are always those of the whole team. For figures by sender call linkedin_messages.group_counts or tasks.group_counts with group_field="sender_profile_uuid"',
            "group_by": 'figures are always those of the whole team. For figures by sender call linkedin_messages.group_counts or tasks.group_counts with group_field="sender_profile_uuid"',
            "sender_profile_uuid": 'figures are always those of the whole team. For figures by sender call linkedin_messages.group_counts or tasks.group_counts with group_field="sender_profile_uuid"',
        },
    )
    async def metrics(
        self,
        /,
        *,
        period_from: dt.datetime,
        period_to: dt.datetime,
        metrics: Sequence[MetricsMetric],
        flows: Sequence[str | UUID] | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> ContactMetrics:
        """Report team-wide engagement.

        There are no figures by sender here. `linkedin_messages.group_counts` and `tasks.group_counts` count by
        sender.

        POST /leads/api/leads/metrics

        Args:
            period_from: Period start, inclusive, as an ISO 8601 datetime. Must have a time zone.
            period_to: Period end, inclusive, as an ISO 8601 datetime. Must have a time zone.
            metrics: Names of the metrics to return, each taken from this field's enum.
            flows: UUIDs of the flows to which the metrics are limited; optional. An empty array covers all flows.
                The server's default: [].
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            Metric totals over the requested period.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: Validation failed: every entry of `metrics` has to be one of the enum values.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["getLeadMetrics"],
                "/leads/api/leads/metrics",
                json=json_body(
                    required={
                        "period_from": (period_from, DATE_TIME),
                        "period_to": (period_to, DATE_TIME),
                        "metrics": (metrics, Array(Choice(MetricsMetric))),
                    },
                    optional={"flows": (flows, Array(UUID_TEXT))},
                    extra=extra_body,
                ),
            ),
            ContactMetrics,
        )

    async def enrich(
        self,
        *,
        uuids: Sequence[str | UUID] | Unset = UNSET,
        filter: Filter | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> Any:
        """Queue advanced contact enrichment.

        Queues a set of contacts for advanced LinkedIn enrichment. This spends credits; a team whose balance is too
        low gets `402 Payment Required`.

        PUT /leads/api/leads/advanced-enrichment

        Args:
            uuids: UUIDs of the contacts to enrich; mandatory if `filter` is absent.
            filter: Selects the contacts by filter, as an alternative to listing them in `uuids`.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The enrichment has been queued. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            PaymentRequiredError: The team has too few credits for this enrichment.
            UnprocessableEntityError: Validation failed: `uuids` or `filter` must be supplied.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(
                OPERATIONS["enrichLeadsAdvanced"],
                "/leads/api/leads/advanced-enrichment",
                json=require_any_of(
                    json_body(
                        optional={"uuids": (uuids, Array(UUID_TEXT)), "filter": (filter, ENRICH_FILTER)},
                        extra=extra_body,
                    ),
                    ("uuids",),
                    ("filter",),
                ),
            )
        )

    @awaitable
    def list_enrichment_queue(
        self,
        *,
        limit: int | Unset = UNSET,
        offset: int | Unset = UNSET,
        order_field: str | Unset = UNSET,
        order_type: OrderType | Unset = UNSET,
        page_size: int | Unset = UNSET,
        prefetch: int = 0,
        cursor: str | Mapping[str, Any] | None = None,
    ) -> AsyncPaginator[dict[str, Any]]:
        """Page through enrichment queue.

        Returns the entries of the enrichment processing queue.

        GET /leads/api/enrichment-queue

        Args:
            limit: Number of items on a page, 20 by default. An iteration over all rows uses it as page size. The
                server's default: 20.
            offset: Number of items to skip, 0 by default. The server's default: 0.
            order_field: Field to sort on, `created_at` by default. Always sent; 'created_at' by default.
            order_type: Direction of the sort. Always sent; 'asc' by default.
            page_size: Rows in each request of an iteration; by default `limit`, or else 1,000.
            prefetch: Number of further pages to request at the same time, as soon as the total is known.
            cursor: The `cursor` of an earlier iteration, to continue after its last row.

        Returns:
            Entries of the enrichment queue. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            ResultWindowError: The iteration cannot continue beyond 10,000 rows.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["listEnrichmentQueue"],
                "/leads/api/enrichment-queue",
                item=OBJECT,
                query=query_pairs(
                    optional={
                        "limit": (limit, Integer(minimum=1)),
                        "offset": (offset, Integer(minimum=0)),
                        "order_field": (order_field, STRING),
                        "order_type": (order_type, Choice(OrderType)),
                    }
                ),
                paging="query",
                ordered=True,
            ),
            page_size=page_size,
            prefetch=prefetch,
            cursor=cursor,
        )

    async def enrichment_metrics(self) -> EnrichmentMetrics:
        """Fetch enrichment usage.

        Returns aggregate figures on the team's enrichment activity; at present this is the number of enrichment
        jobs queued or processed during the current calendar month.

        POST /leads/api/enrichment-queue/metrics

        Returns:
            Enrichment figures of the team.

        Raises:
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(OPERATIONS["getEnrichmentMetrics"], "/leads/api/enrichment-queue/metrics"),
            EnrichmentMetrics,
        )

    async def create_many(
        self,
        *,
        list_uuid: str | UUID,
        leads: Sequence[NewContact | NewContactDict | Row],
        extra_body: ExtraBody = UNSET,
    ) -> list[Contact]:
        """Create many contacts in one request.

        What happens to contacts that already exist is not published; `contacts.upsert` shows it.

        This operation is not in the published description. The evidence for it: P, the vendor's quick start creates
        contacts this way; C, so do programs in daily use.

        POST /leads/api/leads

        Args:
            list_uuid: UUID of the list for the contacts.
            leads: The contacts.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The contacts.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        return read_list(
            await self._client.send(
                OPERATIONS["createLeads"],
                "/leads/api/leads",
                json=json_body(
                    required={
                        "list_uuid": (list_uuid, UUID_TEXT),
                        "leads": (leads, Array(ModelOf(lambda: NewContact), min_items=1)),
                    },
                    extra=extra_body,
                ),
            ),
            ModelOf(lambda: Contact),
        )

    @awaitable
    def mass_actions(self) -> AsyncPaginator[dict[str, Any]]:
        """List mass actions of contacts.

        A mass action is a background job of the server. The fields of a row are not published.

        This operation is not in the published description. The evidence for it: C, a program in daily use follows
        its mass actions so.

        GET /leads/api/mass-actions

        Returns:
            The mass actions, as the server sent them. `await` it for one page, or iterate with `async for` over
            every row.

        Raises:
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client, OPERATIONS["listLeadsMassActions"], "/leads/api/mass-actions", item=OBJECT, paging="none"
            )
        )

    async def mass_action_status(self, uuid: str | UUID) -> dict[str, Any]:
        """Get the state of a mass action of contacts.

        The names of states are not published. `contacts.wait_for_mass_action` waits for the end.

        This operation is not in the published description. The evidence for it: C, a program in daily use follows
        its mass actions so.

        GET /leads/api/mass-actions/{uuid}

        Args:
            uuid: UUID of the mass action.

        Returns:
            The mass action, as the server sent it.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: No such mass action.
            GrinfiError: The request failed in another way.
        """
        return read_map(
            await self._client.send(
                OPERATIONS["getLeadsMassAction"], f"/leads/api/mass-actions/{path_text('uuid', uuid)}"
            ),
            ANY,
        )

    async def cancel_mass_action(self, uuid: str | UUID) -> Any:
        """Cancel a mass action of contacts.

        It is not published whether finished changes are undone.

        This operation is not in the published description. The evidence for it: C, a program in daily use follows
        its mass actions so.

        DELETE /leads/api/mass-actions/{uuid}

        Args:
            uuid: UUID of the mass action.

        Returns:
            The mass action is cancelled. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: No such mass action.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(
                OPERATIONS["cancelLeadsMassAction"], f"/leads/api/mass-actions/{path_text('uuid', uuid)}"
            )
        )


class _WithRawResponse(RawMethods):
    find = RawMethod(ContactsResource.find)
    search = RawMethod(ContactsResource.search)
    get = RawMethod(ContactsResource.get)
    update = RawMethod(ContactsResource.update)
    delete = RawMethod(ContactsResource.delete)
    upsert = RawMethod(ContactsResource.upsert)
    mass_action = RawMethod(ContactsResource.mass_action)
    count = RawMethod(ContactsResource.count)
    metrics = RawMethod(ContactsResource.metrics)
    enrich = RawMethod(ContactsResource.enrich)
    list_enrichment_queue = RawMethod(ContactsResource.list_enrichment_queue)
    enrichment_metrics = RawMethod(ContactsResource.enrichment_metrics)
    create_many = RawMethod(ContactsResource.create_many)
    mass_actions = RawMethod(ContactsResource.mass_actions)
    mass_action_status = RawMethod(ContactsResource.mass_action_status)
    cancel_mass_action = RawMethod(ContactsResource.cancel_mass_action)
