# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from grinfi_overrides.runtime.codecs import STRING, UUID_TEXT, Choice, Integer, ModelOf
from grinfi_overrides.runtime.pages import Listing
from grinfi_overrides.runtime.requests import ExtraBody, json_body, path_text, query_pairs
from grinfi_overrides.runtime.responses import read_model
from grinfi_overrides.runtime.unset import UNSET, Unset
from grinfi_support.pagination import AsyncPaginator, awaitable
from grinfi_support.raw_responses import RawMethod, RawMethods
from grinfi_support.resource import Resource

from ..models.note import Note
from ..operations import OPERATIONS

__all__ = ["NotesResource"]

OrderType = Literal["asc", "desc"]
CreateObject = Literal["lead", "company"]


class NotesResource(Resource):
    """Internal notes on contacts or companies that your team can refer to."""

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
    ) -> AsyncPaginator[Note]:
        """Page through notes.

        Returns notes, one page at a time.

        GET /leads/api/notes

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
            Notes on the requested page. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            ResultWindowError: The iteration cannot continue beyond 10,000 rows.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["listNotes"],
                "/leads/api/notes",
                item=ModelOf(lambda: Note),
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

    async def create(
        self, *, object: CreateObject, object_uuid: str | UUID, note: str, extra_body: ExtraBody = UNSET
    ) -> Note:
        """Attach a note.

        Writes a note on one contact or company.

        POST /leads/api/notes

        Args:
            object: One of 'lead', 'company'.
            object_uuid: Contact or company concerned, by UUID.
            note: Text.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The note has been created.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["createNote"],
                "/leads/api/notes",
                json=json_body(
                    required={
                        "object": (object, Choice(CreateObject)),
                        "object_uuid": (object_uuid, UUID_TEXT),
                        "note": (note, STRING),
                    },
                    extra=extra_body,
                ),
            ),
            Note,
        )

    async def update(self, uuid: str | UUID, *, note: str, extra_body: ExtraBody = UNSET) -> Note:
        """Update note by UUID.

        Replaces the text of a note.

        PUT /leads/api/notes/{uuid}

        Args:
            uuid: UUID of the resource.
            note: Text.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The note after the update.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["updateNote"],
                f"/leads/api/notes/{path_text('uuid', uuid)}",
                json=json_body(required={"note": (note, STRING)}, extra=extra_body),
            ),
            Note,
        )

    async def delete(self, uuid: str | UUID) -> None:
        """Delete note by UUID.

        Removes a note; the deletion is permanent.

        DELETE /leads/api/notes/{uuid}

        Args:
            uuid: UUID of the resource.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        await self._client.send(OPERATIONS["deleteNote"], f"/leads/api/notes/{path_text('uuid', uuid)}")


class _WithRawResponse(RawMethods):
    list = RawMethod(NotesResource.list)
    create = RawMethod(NotesResource.create)
    update = RawMethod(NotesResource.update)
    delete = RawMethod(NotesResource.delete)
