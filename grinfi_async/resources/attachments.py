# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from grinfi_overrides.runtime.codec import Row
from grinfi_overrides.runtime.codecs import STRING, Choice, Integer, ModelOf
from grinfi_overrides.runtime.pages import Listing
from grinfi_overrides.runtime.requests import FileContent, form_data, path_text, query_pairs
from grinfi_overrides.runtime.responses import read_model
from grinfi_overrides.runtime.unset import UNSET, Unset
from grinfi_support.pagination import AsyncPaginator, awaitable
from grinfi_support.raw_responses import RawMethod, RawMethods
from grinfi_support.resource import Resource

from ..models.attachment import Attachment
from ..models.attachment_details import AttachmentDetails, AttachmentDetailsDict
from ..operations import OPERATIONS

__all__ = ["AttachmentsResource"]

OrderType = Literal["asc", "desc"]


class AttachmentsResource(Resource):
    """Upload images, PDFs and other documents to the attachment storage of your team. To attach one to a LinkedIn
    message or an email, send its UUID in the `attachments` field of that request's body.
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
        page_size: int | Unset = UNSET,
        prefetch: int = 0,
        cursor: str | Mapping[str, Any] | None = None,
    ) -> AsyncPaginator[Attachment]:
        """List uploaded attachments.

        Lists the files in your team's attachment storage. An attachment can be referenced by its UUID in LinkedIn
        messages, in emails and in the message nodes of automations.

        GET /flows/api/attachments

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
            One page of attachments. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            ResultWindowError: The iteration cannot continue beyond 10,000 rows.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["listAttachments"],
                "/flows/api/attachments",
                item=ModelOf(lambda: Attachment),
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

    async def upload(
        self, *, attachment: FileContent, payload: AttachmentDetails | AttachmentDetailsDict | Row | Unset = UNSET
    ) -> Attachment:
        """Upload a new attachment.

        Stores a file (image, PDF, document) in the attachment storage; the request body is `multipart/form-data`.
        The response carries the attachment's UUID, to be used in `attachments: [{ "uuid": "..." }]` of a LinkedIn
        message or email. Common formats are supported, including documents (PDF, DOCX) and images (JPG, PNG, GIF).

        POST /flows/api/attachments

        Args:
            attachment: The file, at most 20 MB: a path, bytes, or a binary stream. To give it another name or
                content type, pass `Upload(content, name=..., content_type=...)`.
            payload: Name, size in bytes and MIME type to show for the file; those of the file by default.

        Returns:
            The uploaded attachment.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        with form_data(
            files={"attachment": attachment}, optional={"payload": (payload, ModelOf(lambda: AttachmentDetails))}
        ) as form:
            return read_model(
                await self._client.send(OPERATIONS["uploadAttachment"], "/flows/api/attachments", form=form), Attachment
            )

    async def get(self, uuid: str | UUID) -> Attachment:
        """Retrieve attachment by UUID.

        GET /flows/api/attachments/{uuid}

        Args:
            uuid: UUID of the resource.

        Returns:
            The requested attachment.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: No attachment matches the given UUID.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(OPERATIONS["getAttachment"], f"/flows/api/attachments/{path_text('uuid', uuid)}"),
            Attachment,
        )

    async def delete(self, uuid: str | UUID) -> None:
        """Delete attachment by UUID.

        DELETE /flows/api/attachments/{uuid}

        Args:
            uuid: UUID of the resource.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: No attachment matches the given UUID.
            GrinfiError: The request failed in another way.
        """
        await self._client.send(OPERATIONS["deleteAttachment"], f"/flows/api/attachments/{path_text('uuid', uuid)}")


class _WithRawResponse(RawMethods):
    list = RawMethod(AttachmentsResource.list)
    upload = RawMethod(AttachmentsResource.upload)
    get = RawMethod(AttachmentsResource.get)
    delete = RawMethod(AttachmentsResource.delete)
