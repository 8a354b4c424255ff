# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal
from uuid import UUID

from grinfi_overrides.filters import FilterOf
from grinfi_overrides.runtime.codec import Filter
from grinfi_overrides.runtime.codecs import OBJECT, STRING, UUID_TEXT, Choice, Integer, ModelOf
from grinfi_overrides.runtime.pages import Listing
from grinfi_overrides.runtime.requests import ExtraBody, json_body, query_pairs
from grinfi_overrides.runtime.responses import read_model
from grinfi_overrides.runtime.unset import UNSET, Unset
from grinfi_support.pagination import AsyncPaginator, awaitable
from grinfi_support.raw_responses import RawMethod, RawMethods
from grinfi_support.resource import Resource

from ..models.activity import Activity
from ..operations import OPERATIONS

__all__ = ["ActivitiesResource"]

OrderType = Literal["asc", "desc"]
ObjectType = Literal["lead", "company"]
LIST_FILTER: Final = FilterOf("activities.list", known=("type", "lead_uuid", "company_uuid", "created_at"))


class ActivitiesResource(Resource):
    """Events and interactions recorded on contacts and companies, for example a sent message, an opened email or a
    changed status.
    """

    @property
    def with_raw_response(self) -> _WithRawResponse:
        """The same operations, which return a `RawResponse`: status, headers and request id with the result."""
        return _WithRawResponse(self)

    @awaitable
    def list(
        self,
        *,
        filter: Filter,
        limit: int | Unset = UNSET,
        offset: int | Unset = UNSET,
        order_field: str | Unset = UNSET,
        order_type: OrderType | Unset = UNSET,
        page_size: int | Unset = UNSET,
        prefetch: int = 0,
        cursor: str | Mapping[str, Any] | None = None,
    ) -> AsyncPaginator[Activity]:
        """Page through activities.

        Returns activity records of contacts or companies. An activity logs an event: a message was sent, an email
        was opened, a pipeline stage changed, and so on.

        **Activity types known so far:** `pipeline_stage_changed`, `linkedin_message_sent`,
        `linkedin_message_replied`, `linkedin_connection_request_sent`, `linkedin_connection_request_accepted`,
        `email_sent`, `email_replied`, `email_opened`, `email_clicked`, `email_bounced`, `contact_enriched`.

        Results can be narrowed by date range and type. Data specific to the event, such as `flow_origin`,
        `flow_uuid` or the UUIDs of pipeline stages, is in `payload`.

        GET /leads/api/activities

        Args:
            filter: Filter criteria, encoded as a JSON string. The keys it accepts:
                - `type`: an activity type, such as `"pipeline_stage_changed"`
                - `lead_uuid`: UUID of a contact
                - `company_uuid`: UUID of a company
                - `created_at`: date comparison by operator, as in `{">=": "2026-01-01"}`
                Example: `?filter={"type":"pipeline_stage_changed","created_at":{">=":"2026-04-01"}}`.
            limit: Number of items on a page, 20 by default. An iteration over all rows uses it as page size. The
                server's default: 20.
            offset: Number of items to skip, 0 by default. The server's default: 0.
            order_field: Field to sort on, `created_at` by default. Always sent; 'created_at' by default.
            order_type: Direction of the sort. Always sent; 'asc' by default.
            page_size: Rows in each request of an iteration; by default `limit`, or else 1,000.
            prefetch: Number of further pages to request at the same time, as soon as the total is known.
            cursor: The `cursor` of an earlier iteration, to continue after its last row.

        Returns:
            The activity records. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            ResultWindowError: The iteration cannot continue beyond 10,000 rows.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["listActivities"],
                "/leads/api/activities",
                item=ModelOf(lambda: Activity),
                query=query_pairs(
                    required={"filter": (filter, LIST_FILTER, "json")},
                    optional={
                        "limit": (limit, Integer(minimum=1)),
                        "offset": (offset, Integer(minimum=0)),
                        "order_field": (order_field, STRING),
                        "order_type": (order_type, Choice(OrderType)),
                    },
                ),
                paging="query",
                ordered=True,
            ),
            page_size=page_size,
            prefetch=prefetch,
            cursor=cursor,
        )

    async def create(
        self,
        *,
        object_uuid: str | UUID,
        object_type: ObjectType,
        type: str,
        payload: Mapping[str, Any] | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> Activity:
        """Record an activity.

        Adds an activity record to a contact or company.

        POST /leads/api/activities

        Args:
            object_uuid: Contact or company concerned, by UUID.
            object_type: One of 'lead', 'company'.
            type: Type of the activity, such as `linkedin_message_sent` or `email_sent`.
            payload: Data specific to this activity.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The activity has been created.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["createActivity"],
                "/leads/api/activities",
                json=json_body(
                    required={
                        "object_uuid": (object_uuid, UUID_TEXT),
                        "object_type": (object_type, Choice(ObjectType)),
                        "type": (type, STRING),
                    },
                    optional={"payload": (payload, OBJECT)},
                    extra=extra_body,
                ),
            ),
            Activity,
        )


class _WithRawResponse(RawMethods):
    list = RawMethod(ActivitiesResource.list)
    create = RawMethod(ActivitiesResource.create)
