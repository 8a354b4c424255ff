# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from grinfi_overrides.filters import FILTER
from grinfi_overrides.runtime.codec import Filter
from grinfi_overrides.runtime.codecs import STRING, UUID_TEXT, Array, Choice, Integer, ModelOf
from grinfi_overrides.runtime.pages import Listing
from grinfi_overrides.runtime.requests import ExtraBody, json_body, path_text, query_pairs
from grinfi_overrides.runtime.responses import read_json, read_model
from grinfi_overrides.runtime.unset import UNSET, Unset
from grinfi_support.pagination import AsyncPaginator, awaitable
from grinfi_support.raw_responses import RawMethod, RawMethods
from grinfi_support.resource import Resource

from ..models.contact_list import ContactList
from ..operations import OPERATIONS

__all__ = ["ListsResource"]

OrderType = Literal["asc", "desc"]


class ListsResource(Resource):
    """Lists group contacts, so that outreach campaigns can be aimed at one segment of your audience. A contact must
    always be in a list.
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
    ) -> AsyncPaginator[ContactList]:
        """Page through contact lists.

        Returns all contact lists of your account. Lists group contacts for outreach campaigns.

        GET /leads/api/lists

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
            The contact lists. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            ResultWindowError: The iteration cannot continue beyond 10,000 rows.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["listLists"],
                "/leads/api/lists",
                item=ModelOf(lambda: ContactList),
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

    async def create(self, *, name: str, extra_body: ExtraBody = UNSET) -> ContactList:
        """Create contact list.

        Adds a contact list.

        POST /leads/api/lists

        Args:
            name: Name to give the list.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The list has been created.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["createList"],
                "/leads/api/lists",
                json=json_body(required={"name": (name, STRING)}, extra=extra_body),
            ),
            ContactList,
        )

    async def get(self, uuid: str | UUID) -> ContactList:
        """Fetch list by UUID.

        Returns the details of one contact list.

        GET /leads/api/lists/{uuid}

        Args:
            uuid: UUID of the resource.

        Returns:
            The list's details.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: No such list.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(OPERATIONS["getList"], f"/leads/api/lists/{path_text('uuid', uuid)}"), ContactList
        )

    async def update(self, uuid: str | UUID, *, name: str, extra_body: ExtraBody = UNSET) -> ContactList:
        """Rename list by UUID.

        Gives a contact list a new name.

        PUT /leads/api/lists/{uuid}

        Args:
            uuid: UUID of the resource.
            name: Text.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The list after the update.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["updateList"],
                f"/leads/api/lists/{path_text('uuid', uuid)}",
                json=json_body(required={"name": (name, STRING)}, extra=extra_body),
            ),
            ContactList,
        )

    async def delete(self, uuid: str | UUID) -> None:
        """Delete list by UUID.

        Removes a contact list; the deletion is permanent.

        DELETE /leads/api/lists/{uuid}

        Args:
            uuid: UUID of the resource.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        await self._client.send(OPERATIONS["deleteList"], f"/leads/api/lists/{path_text('uuid', uuid)}")

    async def metrics(self, *, uuids: Sequence[str | UUID], extra_body: ExtraBody = UNSET) -> Any:
        """Count leads per list.

        Returns the number of leads in each of the given lists.

        POST /leads/api/lists/metrics

        Args:
            uuids: UUIDs of the lists.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            Metrics of each list. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(
                OPERATIONS["getListMetrics"],
                "/leads/api/lists/metrics",
                json=json_body(required={"uuids": (uuids, Array(UUID_TEXT))}, extra=extra_body),
            )
        )


class _WithRawResponse(RawMethods):
    list = RawMethod(ListsResource.list)
    create = RawMethod(ListsResource.create)
    get = RawMethod(ListsResource.get)
    update = RawMethod(ListsResource.update)
    delete = RawMethod(ListsResource.delete)
    metrics = RawMethod(ListsResource.metrics)
