# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from typing import Final, Literal
from uuid import UUID

from grinfi_overrides.filters import FilterOf
from grinfi_overrides.runtime.codec import Filter
from grinfi_overrides.runtime.codecs import INTEGER, STRING, Choice, ModelOf
from grinfi_overrides.runtime.pages import Listing
from grinfi_overrides.runtime.requests import ExtraBody, json_body, path_text, query_pairs
from grinfi_overrides.runtime.responses import read_model
from grinfi_overrides.runtime.unset import UNSET, Unset
from grinfi_support.pagination import AsyncPaginator, awaitable
from grinfi_support.raw_responses import RawMethod, RawMethods
from grinfi_support.resource import Resource

from ..models.pipeline_stage import PipelineStage
from ..operations import OPERATIONS

__all__ = ["PipelineStagesResource"]

CreateObject = Literal["lead", "company"]
CreateCategory = Literal["cold", "engaging", "positive", "negative"]
LIST_FILTER: Final = FilterOf("pipeline_stages.list", known=("object", "type"), required=("object",))


class PipelineStagesResource(Resource):
    """Stages that show how far each contact has come in your outreach or sales process, and operations to define and
    change them.

    A stage belongs to one of these categories:

    - `cold`: no contact has been made yet.
    - `engaging`: outreach is under way.
    - `positive`: interest was shown, or the contact converted.
    - `negative`: rejected or lost.
    """

    @property
    def with_raw_response(self) -> _WithRawResponse:
        """The same operations, which return a `RawResponse`: status, headers and request id with the result."""
        return _WithRawResponse(self)

    @awaitable
    def list(self, *, filter: Filter) -> AsyncPaginator[PipelineStage]:
        """Fetch pipeline stages.

        Returns every pipeline stage. The `filter` parameter, a JSON string, restricts the result to an object type
        or a stage type.

        GET /leads/api/pipeline-stages

        Args:
            filter: Filter criteria, encoded as a JSON string. The keys it accepts:
                - `object` (required): `"lead"` or `"company"`
                - `type`: `"custom"`, `"new"`, `"approaching"`, `"engaging"` or `"replied"`
                Example: `?filter={"object":"lead"}`.

        Returns:
            The pipeline stages. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["listPipelineStages"],
                "/leads/api/pipeline-stages",
                item=ModelOf(lambda: PipelineStage),
                query=query_pairs(required={"filter": (filter, LIST_FILTER, "json")}),
                paging="none",
            )
        )

    async def create(
        self,
        *,
        name: str,
        object: CreateObject,
        category: CreateCategory,
        order: int | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> PipelineStage:
        """Define a pipeline stage.

        Adds a custom pipeline stage.

        POST /leads/api/pipeline-stages

        Args:
            name: Text.
            object: One of 'lead', 'company'.
            category: Category that the stage is shown under.
            order: Position in the display order.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The stage has been created.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["createPipelineStage"],
                "/leads/api/pipeline-stages",
                json=json_body(
                    required={
                        "name": (name, STRING),
                        "object": (object, Choice(CreateObject)),
                        "category": (category, Choice(CreateCategory)),
                    },
                    optional={"order": (order, INTEGER)},
                    extra=extra_body,
                ),
            ),
            PipelineStage,
        )

    async def update(
        self,
        uuid: str | UUID,
        *,
        name: str | Unset = UNSET,
        category: CreateCategory | Unset = UNSET,
        order: int | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> PipelineStage:
        """Update pipeline stage by UUID.

        Changes the order, category or name of a pipeline stage.

        PUT /leads/api/pipeline-stages/{uuid}

        Args:
            uuid: UUID of the resource.
            name: Text.
            category: One of 'cold', 'engaging', 'positive', 'negative'.
            order: A whole number.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The stage after the update.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["updatePipelineStage"],
                f"/leads/api/pipeline-stages/{path_text('uuid', uuid)}",
                json=json_body(
                    optional={
                        "name": (name, STRING),
                        "category": (category, Choice(CreateCategory)),
                        "order": (order, INTEGER),
                    },
                    extra=extra_body,
                ),
            ),
            PipelineStage,
        )

    async def delete(self, uuid: str | UUID) -> None:
        """Delete pipeline stage by UUID.

        Removes a custom stage from the pipeline.

        DELETE /leads/api/pipeline-stages/{uuid}

        Args:
            uuid: UUID of the resource.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        await self._client.send(
            OPERATIONS["deletePipelineStage"], f"/leads/api/pipeline-stages/{path_text('uuid', uuid)}"
        )


class _WithRawResponse(RawMethods):
    list = RawMethod(PipelineStagesResource.list)
    create = RawMethod(PipelineStagesResource.create)
    update = RawMethod(PipelineStagesResource.update)
    delete = RawMethod(PipelineStagesResource.delete)
