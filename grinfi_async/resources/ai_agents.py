# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from grinfi_overrides.runtime.codecs import OBJECT, STRING, UUID_TEXT, Integer, ModelOf, Nullable
from grinfi_overrides.runtime.pages import Listing
from grinfi_overrides.runtime.requests import ExtraBody, json_body, path_text, query_pairs
from grinfi_overrides.runtime.responses import read_model
from grinfi_overrides.runtime.unset import UNSET, Unset
from grinfi_support.pagination import AsyncPaginator, awaitable
from grinfi_support.raw_responses import RawMethod, RawMethods
from grinfi_support.resource import Resource

from ..models.ai_agent import AIAgent
from ..operations import OPERATIONS

__all__ = ["AIAgentsResource"]


class AIAgentsResource(Resource):
    """Agents that classify contacts and incoming messages with a connected LLM. An agent has an LLM configuration, a
    prompt, and metrics on how accurate its classifications are.
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
        page_size: int | Unset = UNSET,
        prefetch: int = 0,
        cursor: str | Mapping[str, Any] | None = None,
    ) -> AsyncPaginator[AIAgent]:
        """Browse AI agents.

        Lists every AI agent of the team, each with its metadata and LLM configuration.

        GET /flows/api/ai-agents

        Args:
            limit: Number of items on a page, 20 by default. An iteration over all rows uses it as page size. The
                server's default: 20.
            offset: Number of items to skip, 0 by default. The server's default: 0.
            page_size: Rows in each request of an iteration; by default `limit`, or else 1,000.
            prefetch: Number of further pages to request at the same time, as soon as the total is known.
            cursor: The `cursor` of an earlier iteration, to continue after its last row.

        Returns:
            One page of AI agents. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            ResultWindowError: The iteration cannot continue beyond 10,000 rows.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["listAiAgents"],
                "/flows/api/ai-agents",
                item=ModelOf(lambda: AIAgent),
                query=query_pairs(
                    optional={"limit": (limit, Integer(minimum=1)), "offset": (offset, Integer(minimum=0))}
                ),
                paging="query",
            ),
            page_size=page_size,
            prefetch=prefetch,
            cursor=cursor,
        )

    async def create(
        self,
        *,
        name: str,
        description: str | Unset | None = UNSET,
        avatar_url: str | Unset | None = UNSET,
        classification_llm_uuid: str | UUID | Unset = UNSET,
        classification_llm_config: Mapping[str, Any] | Unset = UNSET,
        classification_prompt: str | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> AIAgent:
        """Add an AI agent.

        Creates an AI agent, which relies on the configured LLM to classify and to do similar work. An LLM must be
        connected (`classification_llm_uuid`).

        POST /flows/api/ai-agents

        Args:
            name: Text.
            description: Text. None is sent as null.
            avatar_url: Avatar url. None is sent as null.
            classification_llm_uuid: LLM connection to classify with, by UUID.
            classification_llm_config: Classification LLM config.
            classification_prompt: Classification prompt.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The new AI agent.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["createAiAgent"],
                "/flows/api/ai-agents",
                json=json_body(
                    required={"name": (name, STRING)},
                    optional={
                        "description": (description, Nullable(STRING)),
                        "avatar_url": (avatar_url, Nullable(STRING)),
                        "classification_llm_uuid": (classification_llm_uuid, UUID_TEXT),
                        "classification_llm_config": (classification_llm_config, OBJECT),
                        "classification_prompt": (classification_prompt, STRING),
                    },
                    extra=extra_body,
                ),
            ),
            AIAgent,
        )

    async def get(self, uuid: str | UUID) -> AIAgent:
        """Fetch one AI agent.

        Returns the AI agent that has this UUID.

        GET /flows/api/ai-agents/{uuid}

        Args:
            uuid: UUID of the resource.

        Returns:
            The requested AI agent.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: The requested resource does not exist.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(OPERATIONS["getAiAgent"], f"/flows/api/ai-agents/{path_text('uuid', uuid)}"),
            AIAgent,
        )

    async def update(
        self,
        uuid: str | UUID,
        *,
        name: str | Unset = UNSET,
        description: str | Unset | None = UNSET,
        avatar_url: str | Unset | None = UNSET,
        classification_llm_uuid: str | UUID | Unset = UNSET,
        classification_llm_config: Mapping[str, Any] | Unset = UNSET,
        classification_prompt: str | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> AIAgent:
        """Edit an AI agent.

        Changes an existing AI agent; fields left out of the request stay as they are.

        PUT /flows/api/ai-agents/{uuid}

        Args:
            uuid: UUID of the resource.
            name: Text.
            description: Text. None is sent as null.
            avatar_url: Avatar url. None is sent as null.
            classification_llm_uuid: UUID of the classification LLM.
            classification_llm_config: Classification LLM config.
            classification_prompt: Classification prompt.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The AI agent after the update.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: The requested resource does not exist.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["updateAiAgent"],
                f"/flows/api/ai-agents/{path_text('uuid', uuid)}",
                json=json_body(
                    optional={
                        "name": (name, STRING),
                        "description": (description, Nullable(STRING)),
                        "avatar_url": (avatar_url, Nullable(STRING)),
                        "classification_llm_uuid": (classification_llm_uuid, UUID_TEXT),
                        "classification_llm_config": (classification_llm_config, OBJECT),
                        "classification_prompt": (classification_prompt, STRING),
                    },
                    extra=extra_body,
                ),
            ),
            AIAgent,
        )

    async def delete(self, uuid: str | UUID) -> None:
        """Remove an AI agent.

        Deletes the AI agent for good; there is no undo.

        DELETE /flows/api/ai-agents/{uuid}

        Args:
            uuid: UUID of the resource.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: The requested resource does not exist.
            GrinfiError: The request failed in another way.
        """
        await self._client.send(OPERATIONS["deleteAiAgent"], f"/flows/api/ai-agents/{path_text('uuid', uuid)}")


class _WithRawResponse(RawMethods):
    list = RawMethod(AIAgentsResource.list)
    create = RawMethod(AIAgentsResource.create)
    get = RawMethod(AIAgentsResource.get)
    update = RawMethod(AIAgentsResource.update)
    delete = RawMethod(AIAgentsResource.delete)
