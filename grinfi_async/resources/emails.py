# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal
from uuid import UUID

from grinfi_overrides.filters import FilterOf
from grinfi_overrides.runtime.codec import Filter, Row
from grinfi_overrides.runtime.codecs import INTEGER, STRING, UUID_TEXT, Array, Choice, Integer, IntegerText, ModelOf
from grinfi_overrides.runtime.pages import Listing
from grinfi_overrides.runtime.requests import ExtraBody, json_body, path_text, query_pairs, require_any_of
from grinfi_overrides.runtime.responses import read_json, read_model
from grinfi_overrides.runtime.unset import UNSET, Unset
from grinfi_support.pagination import AsyncPaginator, awaitable
from grinfi_support.raw_responses import RawMethod, RawMethods
from grinfi_support.resource import Resource

from ..models.attachment_ref import AttachmentRef, AttachmentRefDict
from ..models.email import Email
from ..models.email_body import EmailBody
from ..models.email_recipient import EmailRecipient, EmailRecipientDict
from ..models.sent_email import SentEmail
from ..operations import OPERATIONS

__all__ = ["EmailsResource"]

OrderType = Literal["asc", "desc"]
LIST_FILTER: Final = FilterOf(
    "emails.list",
    known=(
        "flow_uuid",
        "flow_node_id",
        "mailbox_uuid",
        "lead_uuid",
        "type",
        "status",
        "sent_at",
        "from_email",
        "to_email",
        "thread_uuid",
        "template_uuid",
        "folder",
    ),
)


class EmailsResource(Resource):
    """Emails, sent and read through the mailboxes you have connected.

    The `type` of an email is `inbox` (received) or `outbox` (sent).
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
    ) -> AsyncPaginator[Email]:
        """Browse emails.

        Returns emails from the unified inbox, filterable by date range, status, type (`inbox`/`outbox`), automation
        (`flow_uuid`), mailbox and contact.

        Write filters as **`filter[...]`** with the brackets URL-encoded, since flat parameters are ignored. For a
        count without paging, set `limit=1` and read `total`.

        **Counting the email a campaign sent:** emails have a `flow_uuid`, which LinkedIn messages lack, so volume
        can be measured for each automation. `type=outbox` covers mail **an automation sent** (`status=sent`) and
        also mail that a **mailbox sync** brought in (`status=sync`); to count Grinfi's own sends alone, filter on
        `status=sent` or on a non-empty `flow_uuid`. For a date range, use operators on `sent_at`, such as
        `filter[sent_at][>=]=2026-07-01`.

        Emails have no `group-counts` endpoint: to break figures down, request one filtered count for each slice
        (`flow_uuid`, `mailbox_uuid`, date, …).

        GET /emails/api/emails

        Args:
            limit: Number of items on a page, 20 by default. An iteration over all rows uses it as page size. The
                server's default: 20.
            offset: Number of items to skip, 0 by default. The server's default: 0.
            order_field: Field to sort on, `created_at` by default. Always sent; 'created_at' by default.
            order_type: Direction of the sort. Always sent; 'asc' by default.
            filter: Filter conditions, each written as `filter[field]=value`.
            page_size: Rows in each request of an iteration; by default `limit`, or else 1,000.
            prefetch: Number of further pages to request at the same time, as soon as the total is known.
            cursor: The `cursor` of an earlier iteration, to continue after its last row.

        Returns:
            The matching emails. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            ResultWindowError: The iteration cannot continue beyond 10,000 rows.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["listEmails"],
                "/emails/api/emails",
                item=ModelOf(lambda: Email),
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

    async def get(self, uuid: str | UUID) -> Email:
        """Fetch one email.

        Returns the email that has this UUID, with all its details.

        GET /emails/api/emails/{uuid}

        Args:
            uuid: UUID of the resource.

        Returns:
            The requested email.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: No such email.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(OPERATIONS["getEmail"], f"/emails/api/emails/{path_text('uuid', uuid)}"), Email
        )

    async def delete(self, uuid: str | UUID) -> None:
        """Remove an email.

        Deletes the record of an email.

        DELETE /emails/api/emails/{uuid}

        Args:
            uuid: UUID of the resource.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        await self._client.send(OPERATIONS["deleteEmail"], f"/emails/api/emails/{path_text('uuid', uuid)}")

    async def send(
        self,
        *,
        sender_profile_uuid: str | UUID | Unset = UNSET,
        lead_uuid: str | UUID | Unset = UNSET,
        from_name: str | Unset = UNSET,
        from_email: str | Unset = UNSET,
        to_name: str | Unset = UNSET,
        to_email: str | Unset = UNSET,
        cc: Sequence[str] | Unset = UNSET,
        bcc: Sequence[str] | Unset = UNSET,
        subject: str | Unset = UNSET,
        body: str | Unset = UNSET,
        attachments: Sequence[AttachmentRef | AttachmentRefDict | Row] | Unset = UNSET,
        mailbox_uuid: str | UUID | Unset = UNSET,
        to: Sequence[EmailRecipient | EmailRecipientDict | Row] | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> SentEmail:
        """Email a contact.

        Sends a contact a new email from a connected mailbox.

        Pass the sender and the recipient in one of two forms. The live server needs `mailbox_uuid`, `to` and
        `body`: the vendor's own program was changed to them after a call (F). The published description has
        `sender_profile_uuid`, `lead_uuid`, `from_name`, `from_email`, `to_name`, `to_email` and `subject`.

        POST /emails/api/emails/send-email

        Args:
            sender_profile_uuid: UUID of the sender profile.
            lead_uuid: UUID of the contact.
            from_name: From name.
            from_email: From email.
            to_name: To name.
            to_email: To email.
            cc: Any number of them.
            bcc: Any number of them.
            subject: Text.
            body: Body of the email; HTML is supported.
            attachments: Files sent along with the email, as a list of `{ "uuid": "..." }` references. Each one must
                first be uploaded with `POST /flows/api/attachments`.
            mailbox_uuid: UUID of the mailbox that sends it.
            to: Who receives it.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The email has been sent.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["sendEmail"],
                "/emails/api/emails/send-email",
                json=require_any_of(
                    json_body(
                        optional={
                            "sender_profile_uuid": (sender_profile_uuid, UUID_TEXT),
                            "lead_uuid": (lead_uuid, UUID_TEXT),
                            "from_name": (from_name, STRING),
                            "from_email": (from_email, STRING),
                            "to_name": (to_name, STRING),
                            "to_email": (to_email, STRING),
                            "cc": (cc, Array(STRING)),
                            "bcc": (bcc, Array(STRING)),
                            "subject": (subject, STRING),
                            "body": (body, STRING),
                            "attachments": (attachments, Array(ModelOf(lambda: AttachmentRef))),
                            "mailbox_uuid": (mailbox_uuid, UUID_TEXT),
                            "to": (to, Array(ModelOf(lambda: EmailRecipient), min_items=1)),
                        },
                        extra=extra_body,
                    ),
                    ("mailbox_uuid", "to", "body"),
                    ("sender_profile_uuid", "lead_uuid", "from_name", "from_email", "to_name", "to_email", "subject"),
                    one=True,
                    shared=("body", "subject"),
                ),
            ),
            SentEmail,
        )

    @awaitable
    def list_bodies(
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
    ) -> AsyncPaginator[EmailBody]:
        """Browse email bodies.

        Returns the body records of emails: subject, HTML content and attachments.

        GET /emails/api/email-bodies

        Args:
            limit: Number of items on a page, 20 by default. An iteration over all rows uses it as page size. The
                server's default: 20.
            offset: Number of items to skip, 0 by default. The server's default: 0.
            order_field: Field to sort on, `created_at` by default. Always sent; 'created_at' by default.
            order_type: Direction of the sort. Always sent; 'asc' by default.
            search: Text to look for in email bodies.
            page_size: Rows in each request of an iteration; by default `limit`, or else 1,000.
            prefetch: Number of further pages to request at the same time, as soon as the total is known.
            cursor: The `cursor` of an earlier iteration, to continue after its last row.

        Returns:
            The email bodies found. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            ResultWindowError: The iteration cannot continue beyond 10,000 rows.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["listEmailBodies"],
                "/emails/api/email-bodies",
                item=ModelOf(lambda: EmailBody),
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

    async def get_body(self, uuid: str | UUID) -> EmailBody:
        """Fetch one email body.

        Returns a single email body: its subject, HTML content and attachments.

        GET /emails/api/email-bodies/{uuid}

        Args:
            uuid: UUID of the resource.

        Returns:
            The requested email body.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: The requested resource does not exist.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(OPERATIONS["getEmailBody"], f"/emails/api/email-bodies/{path_text('uuid', uuid)}"),
            EmailBody,
        )

    async def thread(self, uuid: str | UUID) -> Any:
        """Fetch an email's thread.

        Returns the conversation that a reply email is part of.

        GET /emails/api/emails/{uuid}/thread

        Args:
            uuid: UUID of the resource.

        Returns:
            Content of the thread. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(
                OPERATIONS["getEmailThread"], f"/emails/api/emails/{path_text('uuid', uuid)}/thread"
            )
        )

    async def latest_by_contacts(self, *, lead_uuids: Sequence[str | UUID], extra_body: ExtraBody = UNSET) -> Any:
        """Get each contact's latest email.

        Looks up the newest email of every contact in `lead_uuids`.

        POST /emails/api/emails/latest-by-leads

        Args:
            lead_uuids: UUIDs of the contacts.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The newest email of each contact. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(
                OPERATIONS["getLatestEmailsByLeads"],
                "/emails/api/emails/latest-by-leads",
                json=json_body(required={"lead_uuids": (lead_uuids, Array(UUID_TEXT))}, extra=extra_body),
            )
        )

    async def llm_thread(
        self,
        *,
        sender_profile_uuid: str | UUID,
        lead_uuid: str | UUID,
        lead_name: str,
        limit: int | Unset = UNSET,
        sent_at_recency_in_days: int | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> Any:
        """Get an LLM-ready email thread.

        Returns an email conversation laid out as input for an LLM, optimized for AI to analyze it and to write
        responses.

        POST /emails/api/emails/llm-thread

        Args:
            sender_profile_uuid: UUID of the sender profile.
            lead_uuid: UUID of the contact.
            lead_name: The contact's name, used to personalize.
            limit: Any JSON value.
            sent_at_recency_in_days: Sent at recency in days.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The thread, formatted for an LLM. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(
                OPERATIONS["getEmailLLMThread"],
                "/emails/api/emails/llm-thread",
                json=json_body(
                    required={
                        "sender_profile_uuid": (sender_profile_uuid, UUID_TEXT),
                        "lead_uuid": (lead_uuid, UUID_TEXT),
                        "lead_name": (lead_name, STRING),
                    },
                    optional={
                        "limit": (limit, IntegerText(minimum=1)),
                        "sent_at_recency_in_days": (sent_at_recency_in_days, INTEGER),
                    },
                    extra=extra_body,
                ),
            )
        )


class _WithRawResponse(RawMethods):
    list = RawMethod(EmailsResource.list)
    get = RawMethod(EmailsResource.get)
    delete = RawMethod(EmailsResource.delete)
    send = RawMethod(EmailsResource.send)
    list_bodies = RawMethod(EmailsResource.list_bodies)
    get_body = RawMethod(EmailsResource.get_body)
    thread = RawMethod(EmailsResource.thread)
    latest_by_contacts = RawMethod(EmailsResource.latest_by_contacts)
    llm_thread = RawMethod(EmailsResource.llm_thread)
