# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from grinfi_overrides.runtime.codecs import STRING, UUID_TEXT, Array, Choice, ModelOf
from grinfi_overrides.runtime.pages import Listing
from grinfi_overrides.runtime.requests import ExtraBody, json_body, path_text
from grinfi_overrides.runtime.responses import read_json, read_model
from grinfi_overrides.runtime.unset import UNSET, Unset
from grinfi_support.pagination import AsyncPaginator, awaitable
from grinfi_support.raw_responses import RawMethod, RawMethods
from grinfi_support.resource import Resource

from ..models.tag import Tag
from ..operations import OPERATIONS

__all__ = ["TagsResource"]

MetricsMetric = Literal["leads_count", "companies_count"]


class TagsResource(Resource):
    """Custom labels on contacts and companies, which make them easy to filter and segment."""

    @property
    def with_raw_response(self) -> _WithRawResponse:
        """The same operations, which return a `RawResponse`: status, headers and request id with the result."""
        return _WithRawResponse(self)

    @awaitable
    def list(self) -> AsyncPaginator[Tag]:
        """Fetch all tags.

        Returns every tag of your account.

        GET /leads/api/tags

        Returns:
            The account's tags. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(self._client, OPERATIONS["listTags"], "/leads/api/tags", item=ModelOf(lambda: Tag), paging="none")
        )

    async def create(self, *, name: str, color: str | Unset = UNSET, extra_body: ExtraBody = UNSET) -> Tag:
        """Define a tag.

        Adds a tag, whose color is optional.

        POST /leads/api/tags

        Args:
            name: Text.
            color: Color as a hex code.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The tag has been created.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["createTag"],
                "/leads/api/tags",
                json=json_body(
                    required={"name": (name, STRING)}, optional={"color": (color, STRING)}, extra=extra_body
                ),
            ),
            Tag,
        )

    async def update(
        self, uuid: str | UUID, *, name: str | Unset = UNSET, color: str | Unset = UNSET, extra_body: ExtraBody = UNSET
    ) -> Tag:
        """Update tag by UUID.

        Changes the name or the color of a tag.

        PUT /leads/api/tags/{uuid}

        Args:
            uuid: UUID of the resource.
            name: Text.
            color: Text.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The tag after the update.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["updateTag"],
                f"/leads/api/tags/{path_text('uuid', uuid)}",
                json=json_body(optional={"name": (name, STRING), "color": (color, STRING)}, extra=extra_body),
            ),
            Tag,
        )

    async def delete(self, uuid: str | UUID) -> None:
        """Delete tag by UUID.

        Removes a tag; the deletion is permanent.

        DELETE /leads/api/tags/{uuid}

        Args:
            uuid: UUID of the resource.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        await self._client.send(OPERATIONS["deleteTag"], f"/leads/api/tags/{path_text('uuid', uuid)}")

    async def metrics(
        self, *, uuids: Sequence[str | UUID], metrics: Sequence[MetricsMetric], extra_body: ExtraBody = UNSET
    ) -> Any:
        """Count records per tag.

        Returns the number of leads and of companies that carry each of the given tags.

        POST /leads/api/tags/metrics

        Args:
            uuids: UUIDs of the tags.
            metrics: Metrics to return.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            Metrics of each tag. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(
                OPERATIONS["getTagMetrics"],
                "/leads/api/tags/metrics",
                json=json_body(
                    required={"uuids": (uuids, Array(UUID_TEXT)), "metrics": (metrics, Array(Choice(MetricsMetric)))},
                    extra=extra_body,
                ),
            )
        )


class _WithRawResponse(RawMethods):
    list = RawMethod(TagsResource.list)
    create = RawMethod(TagsResource.create)
    update = RawMethod(TagsResource.update)
    delete = RawMethod(TagsResource.delete)
    metrics = RawMethod(TagsResource.metrics)
