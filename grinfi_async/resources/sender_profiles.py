# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from grinfi_overrides.filters import FILTER
from grinfi_overrides.runtime.codec import Filter, Row
from grinfi_overrides.runtime.codecs import INTEGER, OBJECT, STRING, Choice, Integer, ModelOf
from grinfi_overrides.runtime.pages import Listing
from grinfi_overrides.runtime.requests import ExtraBody, json_body, path_text, query_pairs
from grinfi_overrides.runtime.responses import read_json, read_model
from grinfi_overrides.runtime.unset import UNSET, Unset
from grinfi_support.pagination import AsyncPaginator, awaitable
from grinfi_support.raw_responses import RawMethod, RawMethods
from grinfi_support.resource import Resource

from ..models.schedule import Schedule, ScheduleDict
from ..models.sender_profile import SenderProfile
from ..operations import OPERATIONS

__all__ = ["SenderProfilesResource"]

OrderType = Literal["asc", "desc"]


class SenderProfilesResource(Resource):
    """A sender profile represents the email and LinkedIn accounts that outreach messages are sent from. It links a
    LinkedIn browser, an email mailbox, or both.
    """

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
    ) -> AsyncPaginator[SenderProfile]:
        """Browse sender profiles.

        Returns every sender profile. Each stands for a person who does the outreach, linked to a LinkedIn account,
        an email mailbox or both.

        GET /flows/api/sender-profiles

        Args:
            limit: Number of items on a page, 20 by default. An iteration over all rows uses it as page size. The
                server's default: 20.
            offset: Number of items to skip, 0 by default. The server's default: 0.
            order_field: Field to sort on, `created_at` by default. Always sent; 'created_at' by default.
            order_type: Direction of the sort. Always sent; 'asc' by default.
            filter: Conditions that narrow the list.
            page_size: Rows in each request of an iteration; by default `limit`, or else 1,000.
            prefetch: Number of further pages to request at the same time, as soon as the total is known.
            cursor: The `cursor` of an earlier iteration, to continue after its last row.

        Returns:
            One page of sender profiles. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            ResultWindowError: The iteration cannot continue beyond 10,000 rows.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["listSenderProfiles"],
                "/flows/api/sender-profiles",
                item=ModelOf(lambda: SenderProfile),
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
            ),
            page_size=page_size,
            prefetch=prefetch,
            cursor=cursor,
        )

    async def create(
        self,
        *,
        first_name: str,
        last_name: str,
        assignee_user_id: int,
        label: str | Unset = UNSET,
        linkedin_schedule: Schedule | ScheduleDict | Row | Unset = UNSET,
        email_schedule: Schedule | ScheduleDict | Row | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> SenderProfile:
        """Add a sender profile.

        Creates a sender profile, meaning the channel identity that messages are sent from. Use it as step 1 when
        connecting an end user's LinkedIn account: next attach a LinkedIn seat with `POST
        /browsers/api/linkedin-browsers` (`createLinkedInBrowser`), and after that create a Smart Login link with
        `generateBrowserAccessKey`.

        POST /flows/api/sender-profiles

        Args:
            first_name: First name.
            last_name: Last name.
            assignee_user_id: Id of the user assigned to the profile, for instance your own as returned by
                `/id/api/users/current`.
            label: Text.
            linkedin_schedule: A `Schedule`, or a mapping of its fields.
            email_schedule: A `Schedule`, or a mapping of its fields.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The new sender profile.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["createSenderProfile"],
                "/flows/api/sender-profiles",
                json=json_body(
                    required={
                        "first_name": (first_name, STRING),
                        "last_name": (last_name, STRING),
                        "assignee_user_id": (assignee_user_id, INTEGER),
                    },
                    optional={
                        "label": (label, STRING),
                        "linkedin_schedule": (linkedin_schedule, ModelOf(lambda: Schedule)),
                        "email_schedule": (email_schedule, ModelOf(lambda: Schedule)),
                    },
                    extra=extra_body,
                ),
            ),
            SenderProfile,
        )

    async def get(self, uuid: str | UUID) -> SenderProfile:
        """Fetch one sender profile.

        Returns a single sender profile with its details.

        GET /flows/api/sender-profiles/{uuid}

        Args:
            uuid: UUID of the resource.

        Returns:
            The requested sender profile.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: The requested resource does not exist.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["getSenderProfile"], f"/flows/api/sender-profiles/{path_text('uuid', uuid)}"
            ),
            SenderProfile,
        )

    async def update(
        self,
        uuid: str | UUID,
        *,
        first_name: str | Unset = UNSET,
        last_name: str | Unset = UNSET,
        label: str | Unset = UNSET,
        schedule: Mapping[str, Any] | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> SenderProfile:
        """Edit a sender profile.

        Changes the name, label or schedule of a sender profile.

        PUT /flows/api/sender-profiles/{uuid}

        Args:
            uuid: UUID of the resource.
            first_name: First name.
            last_name: Last name.
            label: Text.
            schedule: A mapping.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The sender profile after the update.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["updateSenderProfile"],
                f"/flows/api/sender-profiles/{path_text('uuid', uuid)}",
                json=json_body(
                    optional={
                        "first_name": (first_name, STRING),
                        "last_name": (last_name, STRING),
                        "label": (label, STRING),
                        "schedule": (schedule, OBJECT),
                    },
                    extra=extra_body,
                ),
            ),
            SenderProfile,
        )

    async def delete(self, uuid: str | UUID) -> None:
        """Remove a sender profile.

        Deletes the sender profile for good.

        DELETE /flows/api/sender-profiles/{uuid}

        Args:
            uuid: UUID of the resource.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        await self._client.send(
            OPERATIONS["deleteSenderProfile"], f"/flows/api/sender-profiles/{path_text('uuid', uuid)}"
        )

    async def enable(self, uuid: str | UUID) -> Any:
        """Switch a sender profile on.

        Enables the sender profile, allowing automations to use it.

        PUT /flows/api/sender-profiles/{uuid}/enable

        Args:
            uuid: UUID of the resource.

        Returns:
            The profile is now enabled. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(
                OPERATIONS["enableSenderProfile"], f"/flows/api/sender-profiles/{path_text('uuid', uuid)}/enable"
            )
        )

    async def disable(self, uuid: str | UUID) -> Any:
        """Switch a sender profile off.

        Disables the sender profile; automations stop using it.

        PUT /flows/api/sender-profiles/{uuid}/disable

        Args:
            uuid: UUID of the resource.

        Returns:
            The profile is now disabled. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(
                OPERATIONS["disableSenderProfile"], f"/flows/api/sender-profiles/{path_text('uuid', uuid)}/disable"
            )
        )


class _WithRawResponse(RawMethods):
    list = RawMethod(SenderProfilesResource.list)
    create = RawMethod(SenderProfilesResource.create)
    get = RawMethod(SenderProfilesResource.get)
    update = RawMethod(SenderProfilesResource.update)
    delete = RawMethod(SenderProfilesResource.delete)
    enable = RawMethod(SenderProfilesResource.enable)
    disable = RawMethod(SenderProfilesResource.disable)
