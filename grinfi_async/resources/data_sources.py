# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from grinfi_overrides.runtime.codecs import OBJECT, STRING, UUID_TEXT, Array, Choice, Integer, ModelOf, Nullable
from grinfi_overrides.runtime.pages import Listing
from grinfi_overrides.runtime.requests import ExtraBody, json_body, path_text, query_pairs
from grinfi_overrides.runtime.responses import read_json, read_map, read_model
from grinfi_overrides.runtime.unset import UNSET, Unset
from grinfi_support.pagination import AsyncPaginator, awaitable
from grinfi_support.raw_responses import RawMethod, RawMethods
from grinfi_support.resource import Resource

from ..models.data_source import DataSource
from ..models.data_source_metrics import DataSourceMetrics
from ..operations import OPERATIONS

__all__ = ["DataSourcesResource"]

OrderType = Literal["asc", "desc"]
CreateType = Literal[
    "csv_leads",
    "sn_leads_search",
    "sn_leads_saved_search",
    "sn_leads_list",
    "sn_accounts_search",
    "sn_accounts_saved_search",
    "sn_accounts_list",
    "ln_leads_search",
    "ln_accounts_search",
    "ln_my_network",
    "ln_my_messenger",
    "post_engagement",
    "recruiter_leads_search",
]


class DataSourcesResource(Resource):
    """Jobs that import from LinkedIn. A data source stands for one automated import, fed by a LinkedIn search, Sales
    Navigator or other data on LinkedIn.
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
    ) -> AsyncPaginator[DataSource]:
        """Page through data sources.

        Returns LinkedIn import jobs, one page at a time.

        GET /leads/api/data-sources

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
            One page of data sources. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            ResultWindowError: The iteration cannot continue beyond 10,000 rows.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["listDataSources"],
                "/leads/api/data-sources",
                item=ModelOf(lambda: DataSource),
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
        self,
        *,
        type: CreateType,
        list_uuid: str | UUID,
        payload: Mapping[str, Any] | Unset = UNSET,
        tags: Sequence[str] | Unset | None = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> DataSource:
        """Set up a data source.

        POST /leads/api/data-sources

        Args:
            type: One of 'csv_leads', 'sn_leads_search', 'sn_leads_saved_search', 'sn_leads_list',
                'sn_accounts_search', 'sn_accounts_saved_search', 'sn_accounts_list', 'ln_leads_search',
                'ln_accounts_search', 'ln_my_network', 'ln_my_messenger', 'post_engagement',
                'recruiter_leads_search'.
            list_uuid: UUID of the list.
            payload: Import settings; their form depends on the data source type.
            tags: Any number of them. None is sent as null.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The data source has been created.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["createDataSource"],
                "/leads/api/data-sources",
                json=json_body(
                    required={"type": (type, Choice(CreateType)), "list_uuid": (list_uuid, UUID_TEXT)},
                    optional={"payload": (payload, OBJECT), "tags": (tags, Nullable(Array(STRING)))},
                    extra=extra_body,
                ),
            ),
            DataSource,
        )

    async def get(self, uuid: str | UUID) -> DataSource:
        """Fetch data source by UUID.

        GET /leads/api/data-sources/{uuid}

        Args:
            uuid: UUID of the resource.

        Returns:
            The data source's details.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(OPERATIONS["getDataSource"], f"/leads/api/data-sources/{path_text('uuid', uuid)}"),
            DataSource,
        )

    async def update(
        self,
        uuid: str | UUID,
        *,
        type: str | Unset = UNSET,
        list_uuid: str | UUID | Unset = UNSET,
        payload: Mapping[str, Any] | Unset = UNSET,
        tags: Sequence[str] | Unset | None = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> DataSource:
        """Update data source by UUID.

        PUT /leads/api/data-sources/{uuid}

        Args:
            uuid: UUID of the resource.
            type: Text.
            list_uuid: UUID of the list.
            payload: A mapping.
            tags: Any number of them. None is sent as null.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The data source after the update.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["updateDataSource"],
                f"/leads/api/data-sources/{path_text('uuid', uuid)}",
                json=json_body(
                    optional={
                        "type": (type, STRING),
                        "list_uuid": (list_uuid, UUID_TEXT),
                        "payload": (payload, OBJECT),
                        "tags": (tags, Nullable(Array(STRING))),
                    },
                    extra=extra_body,
                ),
            ),
            DataSource,
        )

    async def delete(self, uuid: str | UUID) -> Any:
        """Delete data source by UUID.

        DELETE /leads/api/data-sources/{uuid}

        Args:
            uuid: UUID of the resource.

        Returns:
            The data source has been deleted. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(
                OPERATIONS["deleteDataSource"], f"/leads/api/data-sources/{path_text('uuid', uuid)}"
            )
        )

    async def metrics(
        self, *, uuids: Sequence[str | UUID], extra_body: ExtraBody = UNSET
    ) -> dict[str, DataSourceMetrics]:
        """Count records per data source.

        For each data source whose UUID is listed in the `uuids` array, returns the number of saved, queued,
        duplicate, error and blacklisted records. The result maps every UUID to its counts.

        PUT /leads/api/data-sources/metrics

        Args:
            uuids: UUIDs of the data sources.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            Record counts of each data source, with its UUID as the key.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        return read_map(
            await self._client.send(
                OPERATIONS["getDataSourceMetrics"],
                "/leads/api/data-sources/metrics",
                json=json_body(required={"uuids": (uuids, Array(UUID_TEXT))}, extra=extra_body),
            ),
            ModelOf(lambda: DataSourceMetrics),
        )


class _WithRawResponse(RawMethods):
    list = RawMethod(DataSourcesResource.list)
    create = RawMethod(DataSourcesResource.create)
    get = RawMethod(DataSourcesResource.get)
    update = RawMethod(DataSourcesResource.update)
    delete = RawMethod(DataSourcesResource.delete)
    metrics = RawMethod(DataSourcesResource.metrics)
