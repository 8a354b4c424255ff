# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from grinfi_overrides.filters import FILTER
from grinfi_overrides.runtime.codec import Filter, Row
from grinfi_overrides.runtime.codecs import BOOLEAN, INTEGER, OBJECT, STRING, UUID_TEXT, Choice, Integer, ModelOf
from grinfi_overrides.runtime.pages import Listing
from grinfi_overrides.runtime.requests import ExtraBody, json_body, optional_json_body, path_text, query_pairs
from grinfi_overrides.runtime.responses import read_model
from grinfi_overrides.runtime.unset import UNSET, Unset
from grinfi_support.pagination import AsyncPaginator, awaitable
from grinfi_support.raw_responses import RawMethod, RawMethods
from grinfi_support.resource import Resource

from ..models.mailbox import Mailbox
from ..models.mailbox_connection import MailboxConnection, MailboxConnectionDict
from ..models.mailbox_error import MailboxError
from ..operations import OPERATIONS

__all__ = ["MailboxesResource"]

OrderType = Literal["asc", "desc"]


class MailboxesResource(Resource):
    """The mailboxes (SMTP/IMAP, Gmail, Outlook) with which outreach campaigns send and receive email."""

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
    ) -> AsyncPaginator[Mailbox]:
        """Browse mailboxes.

        Returns every mailbox set up in the account, whether SMTP/IMAP, Gmail or Outlook.

        GET /emails/api/mailboxes

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
            The configured mailboxes. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            ResultWindowError: The iteration cannot continue beyond 10,000 rows.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["listMailboxes"],
                "/emails/api/mailboxes",
                item=ModelOf(lambda: Mailbox),
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
        email: str,
        sender_name: str,
        sender_profile_uuid: str | UUID,
        provider: str | Unset = UNSET,
        connection_settings: MailboxConnection | MailboxConnectionDict | Row | Unset = UNSET,
        automation_daily_limit: int | Unset = UNSET,
        automation_task_interval: int | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> Mailbox:
        """Add an SMTP/IMAP mailbox.

        Sets up a new SMTP/IMAP mailbox from the given connection settings.

        POST /emails/api/mailboxes

        Args:
            email: Text.
            sender_name: Sender name.
            sender_profile_uuid: UUID of the sender profile.
            provider: Text.
            connection_settings: A `MailboxConnection`, or a mapping of its fields.
            automation_daily_limit: Automation daily limit.
            automation_task_interval: Automation task interval.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The new mailbox.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["createMailbox"],
                "/emails/api/mailboxes",
                json=json_body(
                    required={
                        "email": (email, STRING),
                        "sender_name": (sender_name, STRING),
                        "sender_profile_uuid": (sender_profile_uuid, UUID_TEXT),
                    },
                    optional={
                        "provider": (provider, STRING),
                        "connection_settings": (connection_settings, ModelOf(lambda: MailboxConnection)),
                        "automation_daily_limit": (automation_daily_limit, INTEGER),
                        "automation_task_interval": (automation_task_interval, INTEGER),
                    },
                    extra=extra_body,
                ),
            ),
            Mailbox,
        )

    async def get(self, uuid: str | UUID) -> Mailbox:
        """Fetch one mailbox.

        Returns a single mailbox with its details.

        GET /emails/api/mailboxes/{uuid}

        Args:
            uuid: UUID of the resource.

        Returns:
            The requested mailbox.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: The requested resource does not exist.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(OPERATIONS["getMailbox"], f"/emails/api/mailboxes/{path_text('uuid', uuid)}"),
            Mailbox,
        )

    async def update(
        self,
        uuid: str | UUID,
        *,
        sender_name: str | Unset = UNSET,
        automation_daily_limit: int | Unset = UNSET,
        automation_task_interval: int | Unset = UNSET,
        connection_settings: Mapping[str, Any] | Unset = UNSET,
        custom_tracking_domain_uuid: str | UUID | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> Mailbox:
        """Edit a mailbox.

        Changes mailbox settings, for instance the sender name, the daily limits or the connection details.

        PUT /emails/api/mailboxes/{uuid}

        Args:
            uuid: UUID of the resource.
            sender_name: Sender name.
            automation_daily_limit: Automation daily limit.
            automation_task_interval: Automation task interval.
            connection_settings: Connection settings.
            custom_tracking_domain_uuid: UUID of the custom tracking domain.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The mailbox after the update.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["updateMailbox"],
                f"/emails/api/mailboxes/{path_text('uuid', uuid)}",
                json=json_body(
                    optional={
                        "sender_name": (sender_name, STRING),
                        "automation_daily_limit": (automation_daily_limit, INTEGER),
                        "automation_task_interval": (automation_task_interval, INTEGER),
                        "connection_settings": (connection_settings, OBJECT),
                        "custom_tracking_domain_uuid": (custom_tracking_domain_uuid, UUID_TEXT),
                    },
                    extra=extra_body,
                ),
            ),
            Mailbox,
        )

    async def delete(
        self,
        uuid: str | UUID,
        *,
        automation_reassign_mailboxes: bool | Unset = UNSET,
        automation_mailbox_to_reassign: str | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> None:
        """Remove a mailbox.

        Deletes the mailbox and, on request, hands its automations to a different one.

        DELETE /emails/api/mailboxes/{uuid}

        Args:
            uuid: UUID of the resource.
            automation_reassign_mailboxes: Automation reassign mailboxes.
            automation_mailbox_to_reassign: Automation mailbox to reassign.
            extra_body: Additional fields, which are sent in the body as they are.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        await self._client.send(
            OPERATIONS["deleteMailbox"],
            f"/emails/api/mailboxes/{path_text('uuid', uuid)}",
            json=optional_json_body(
                required={"automation_reassign_mailboxes": (automation_reassign_mailboxes, BOOLEAN)},
                optional={"automation_mailbox_to_reassign": (automation_mailbox_to_reassign, STRING)},
                extra=extra_body,
            ),
        )

    async def activate(self, uuid: str | UUID) -> Mailbox:
        """Switch a mailbox on.

        Enables the mailbox for sending and syncing email.

        PUT /emails/api/mailboxes/{uuid}/activate

        Args:
            uuid: UUID of the resource.

        Returns:
            The mailbox is now active.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["activateMailbox"], f"/emails/api/mailboxes/{path_text('uuid', uuid)}/activate"
            ),
            Mailbox,
        )

    async def deactivate(self, uuid: str | UUID) -> Mailbox:
        """Switch a mailbox off.

        Disables the mailbox; it no longer sends or syncs email.

        PUT /emails/api/mailboxes/{uuid}/deactivate

        Args:
            uuid: UUID of the resource.

        Returns:
            The mailbox is now inactive.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["deactivateMailbox"], f"/emails/api/mailboxes/{path_text('uuid', uuid)}/deactivate"
            ),
            Mailbox,
        )

    @awaitable
    def list_errors(
        self,
        *,
        limit: int | Unset = UNSET,
        offset: int | Unset = UNSET,
        order_field: str | Unset = UNSET,
        order_type: OrderType | Unset = UNSET,
        search: str | Unset = UNSET,
        page_size: int | Unset = UNSET,
        prefetch: int = 0,
        cursor: str | Mapping[str, Any] | None = None,
    ) -> AsyncPaginator[MailboxError]:
        """Browse mailbox errors.

        Returns the errors that mailboxes hit while sending or syncing, with details and timestamps, as a debugging
        aid.

        GET /emails/api/mailbox-errors

        Args:
            limit: Number of items on a page, 20 by default. An iteration over all rows uses it as page size. The
                server's default: 20.
            offset: Number of items to skip, 0 by default. The server's default: 0.
            order_field: Field to sort on, `created_at` by default. Always sent; 'created_at' by default.
            order_type: Direction of the sort. Always sent; 'asc' by default.
            search: Text to look for among the errors.
            page_size: Rows in each request of an iteration; by default `limit`, or else 1,000.
            prefetch: Number of further pages to request at the same time, as soon as the total is known.
            cursor: The `cursor` of an earlier iteration, to continue after its last row.

        Returns:
            The requested mailbox errors. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            ResultWindowError: The iteration cannot continue beyond 10,000 rows.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["listMailboxErrors"],
                "/emails/api/mailbox-errors",
                item=ModelOf(lambda: MailboxError),
                query=query_pairs(
                    optional={
                        "limit": (limit, Integer(minimum=1)),
                        "offset": (offset, Integer(minimum=0)),
                        "order_field": (order_field, STRING),
                        "order_type": (order_type, Choice(OrderType)),
                        "search": (search, STRING),
                    }
                ),
                paging="query",
                ordered=True,
            ),
            page_size=page_size,
            prefetch=prefetch,
            cursor=cursor,
        )


class _WithRawResponse(RawMethods):
    list = RawMethod(MailboxesResource.list)
    create = RawMethod(MailboxesResource.create)
    get = RawMethod(MailboxesResource.get)
    update = RawMethod(MailboxesResource.update)
    delete = RawMethod(MailboxesResource.delete)
    activate = RawMethod(MailboxesResource.activate)
    deactivate = RawMethod(MailboxesResource.deactivate)
    list_errors = RawMethod(MailboxesResource.list_errors)
