# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal
from uuid import UUID

from grinfi_overrides.filters import FilterOf
from grinfi_overrides.runtime.codec import Filter, Row
from grinfi_overrides.runtime.codecs import STRING, UUID_TEXT, Array, Choice, Integer, ModelOf
from grinfi_overrides.runtime.pages import Listing
from grinfi_overrides.runtime.requests import ExtraBody, json_body, path_text, query_pairs, require_any_of
from grinfi_overrides.runtime.responses import read_json, read_model
from grinfi_overrides.runtime.unset import UNSET, Unset
from grinfi_support.group_counts import GroupCounts, read_counts
from grinfi_support.pagination import AsyncPaginator, awaitable
from grinfi_support.raw_responses import RawMethod, RawMethods
from grinfi_support.resource import Resource

from ..models.attachment_ref import AttachmentRef, AttachmentRefDict
from ..models.linkedin_message import LinkedInMessage
from ..operations import OPERATIONS

__all__ = ["LinkedInMessagesResource"]

OrderType = Literal["asc", "desc"]
LinkedinMessengerType = Literal["basic", "sn"]
GroupField = Literal["status", "type", "sender_profile_uuid", "linkedin_account_uuid"]
LIST_FILTER: Final = FilterOf(
    "linkedin_messages.list",
    known=(
        "lead_uuid",
        "sender_profile_uuid",
        "type",
        "status",
        "uuid",
        "linkedin_conversation_uuid",
        "linkedin_account_uuid",
        "automation",
        "linkedin_type",
    ),
    refused={"q": "cannot filter by q, which the live server rejects; use lead_uuid or linkedin_conversation_uuid"},
)
GROUP_COUNTS_FILTER: Final = FilterOf(
    "linkedin_messages.group_counts",
    known=(
        "status",
        "type",
        "lead_uuid",
        "sender_profile_uuid",
        "sent_at",
        "uuid",
        "linkedin_conversation_uuid",
        "linkedin_account_uuid",
        "automation",
        "linkedin_type",
    ),
    refused={
        "q": "cannot filter by q, which the live server rejects; use lead_uuid or linkedin_conversation_uuid",
        "created_at": "does not support created_at; use sent_at",
    },
)


class LinkedInMessagesResource(Resource):
    """LinkedIn messages, sent and read through the sender profiles you have connected.

    - **Type on LinkedIn** (`linkedin_type`): `connection_note`, `message` or `InMail`.
    - **Status** (`status`): `new`, `in_progress`, `done` or `failed`.
    - **Origin** (`automation`): `auto` (an automation sent it), `manual` (a user sent it) or `synced` (it came in
      and was synced from LinkedIn).
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
    ) -> AsyncPaginator[LinkedInMessage]:
        """Browse LinkedIn messages.

        Returns LinkedIn messages from the unified inbox. They can be narrowed by status, message type
        (inbox/outbox), conversation, contact and sender profile.

        GET /flows/api/linkedin-messages

        Args:
            limit: Number of items on a page, 20 by default. An iteration over all rows uses it as page size. The
                server's default: 20.
            offset: Number of items to skip, 0 by default. The server's default: 0.
            order_field: Field to sort on, `created_at` by default. Always sent; 'created_at' by default.
            order_type: Direction of the sort. Always sent; 'asc' by default.
            filter: Conditions that the rows must meet.
            page_size: Rows in each request of an iteration; by default `limit`, or else 1,000.
            prefetch: Number of further pages to request at the same time, as soon as the total is known.
            cursor: The `cursor` of an earlier iteration, to continue after its last row.

        Returns:
            One page of messages. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            ResultWindowError: The iteration cannot continue beyond 10,000 rows.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["listLinkedinMessages"],
                "/flows/api/linkedin-messages",
                item=ModelOf(lambda: LinkedInMessage),
                query=query_pairs(
                    optional={
                        "limit": (limit, Integer(minimum=1)),
                        "offset": (offset, Integer(minimum=0)),
                        "order_field": (order_field, STRING),
                        "order_type": (order_type, Choice(OrderType)),
                        "filter": (filter, LIST_FILTER, "brackets"),
                    }
                ),
                paging="query",
                ordered=True,
            ),
            page_size=page_size,
            prefetch=prefetch,
            cursor=cursor,
        )

    async def send(
        self,
        *,
        sender_profile_uuid: str | UUID,
        lead_uuid: str | UUID,
        text: str | Unset = UNSET,
        template_uuid: str | UUID | Unset = UNSET,
        attachments: Sequence[AttachmentRef | AttachmentRefDict | Row] | Unset = UNSET,
        linkedin_messenger_type: LinkedinMessengerType | Unset = UNSET,
        subject: str | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> LinkedInMessage:
        """Message a contact on LinkedIn.

        Queues a LinkedIn message for a contact; it goes out from the LinkedIn account linked to the chosen sender
        profile.

        POST /flows/api/linkedin-messages

        Args:
            sender_profile_uuid: UUID of the sender profile.
            lead_uuid: UUID of the contact.
            text: Text.
            template_uuid: UUID of an AI template, instead of `text`.
            attachments: Files sent along with the message, as a list of `{ "uuid": "..." }` references. Each one
                must first be uploaded with `POST /flows/api/attachments`.
            linkedin_messenger_type: What sends it: LinkedIn itself (`basic`) or Sales Navigator (`sn`).
            subject: Subject of an InMail.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The message has been queued.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["sendLinkedInMessage"],
                "/flows/api/linkedin-messages",
                json=require_any_of(
                    json_body(
                        required={
                            "sender_profile_uuid": (sender_profile_uuid, UUID_TEXT),
                            "lead_uuid": (lead_uuid, UUID_TEXT),
                        },
                        optional={
                            "text": (text, STRING),
                            "template_uuid": (template_uuid, UUID_TEXT),
                            "attachments": (attachments, Array(ModelOf(lambda: AttachmentRef))),
                            "linkedin_messenger_type": (linkedin_messenger_type, Choice(LinkedinMessengerType)),
                            "subject": (subject, STRING),
                        },
                        extra=extra_body,
                    ),
                    ("text",),
                    ("template_uuid",),
                ),
            ),
            LinkedInMessage,
        )

    async def delete(self, uuid: str | UUID) -> None:
        """Remove a LinkedIn message.

        Deletes the record of a LinkedIn message.

        DELETE /flows/api/linkedin-messages/{uuid}

        Args:
            uuid: UUID of the resource.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        await self._client.send(
            OPERATIONS["deleteLinkedinMessage"], f"/flows/api/linkedin-messages/{path_text('uuid', uuid)}"
        )

    async def retry(self, uuid: str | UUID) -> Any:
        """Resend a failed LinkedIn message.

        Tries again to send a LinkedIn message after an earlier failure.

        PUT /flows/api/linkedin-messages/{uuid}/retry

        Args:
            uuid: UUID of the resource.

        Returns:
            The retry has been started. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: No such message.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(
                OPERATIONS["retryLinkedinMessage"], f"/flows/api/linkedin-messages/{path_text('uuid', uuid)}/retry"
            )
        )

    async def group_counts(
        self, *, group_field: GroupField, filter: Filter | Unset = UNSET, extra_body: ExtraBody = UNSET
    ) -> GroupCounts:
        """Count LinkedIn messages by group.

        Counts LinkedIn messages in one request, **grouped by a field**. Use it to measure the messaging activity of
        each sender, including the **replies each one received** (`group_field: sender_profile_uuid` + `filter.type:
        inbox`).

        Conditions in `filter` can be combined and use the same fields as `listLinkedinMessages`. To restrict the
        dates, apply operators to **`sent_at`** (not to `created_at`), for example `"sent_at": { ">=": "2026-07-01"
        }`.

        POST /flows/api/linkedin-messages/group-counts

        Args:
            group_field: Grouping field. With `type`, the groups are `outbox` (sent) and `inbox` (replies); with
                `status`, they are `done`, `failed` and `new`; `sender_profile_uuid` counts by sender and
                `linkedin_account_uuid` by LinkedIn account.
            filter: Optional conditions on what is counted, which may be combined: `status`, `type`
                (`inbox`/`outbox`), `lead_uuid`, `sender_profile_uuid` and a range of dates on `sent_at`.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            Counts keyed by group value.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: Validation failed: `group_field` must be present.
            GrinfiError: The request failed in another way.
        """
        return read_counts(
            await self._client.send(
                OPERATIONS["groupCountLinkedinMessages"],
                "/flows/api/linkedin-messages/group-counts",
                json=json_body(
                    required={"group_field": (group_field, Choice(GroupField))},
                    optional={"filter": (filter, GROUP_COUNTS_FILTER)},
                    extra=extra_body,
                ),
            )
        )


class _WithRawResponse(RawMethods):
    list = RawMethod(LinkedInMessagesResource.list)
    send = RawMethod(LinkedInMessagesResource.send)
    delete = RawMethod(LinkedInMessagesResource.delete)
    retry = RawMethod(LinkedInMessagesResource.retry)
    group_counts = RawMethod(LinkedInMessagesResource.group_counts)
