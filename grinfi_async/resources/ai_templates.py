# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from grinfi_overrides.runtime.codecs import (
    BOOLEAN,
    INTEGER_BOOLEAN,
    OBJECT,
    STRING,
    UUID_TEXT,
    Choice,
    Integer,
    ModelOf,
    Nullable,
)
from grinfi_overrides.runtime.pages import Listing
from grinfi_overrides.runtime.requests import ExtraBody, json_body, path_text, query_pairs
from grinfi_overrides.runtime.responses import read_model
from grinfi_overrides.runtime.unset import UNSET, Unset
from grinfi_support.pagination import AsyncPaginator, awaitable
from grinfi_support.raw_responses import RawMethod, RawMethods
from grinfi_support.resource import Resource

from ..models.ai_template import AITemplate
from ..models.rendered_template import RenderedTemplate
from ..operations import OPERATIONS

__all__ = ["AITemplatesResource"]

CreateType = Literal["message", "connection_note", "email", "post_comment"]


class AITemplatesResource(Resource):
    """AI-driven message templates for repeated use. Rendering one produces content personalized for a particular
    contact and sender profile; the body can optionally be written by an LLM.
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
    ) -> AsyncPaginator[AITemplate]:
        """Browse AI templates.

        Returns all of the team's AI templates, which are message snippets driven by AI and meant for reuse.

        GET /flows/api/ai-templates

        Args:
            limit: Number of items on a page, 20 by default. An iteration over all rows uses it as page size. The
                server's default: 20.
            offset: Number of items to skip, 0 by default. The server's default: 0.
            page_size: Rows in each request of an iteration; by default `limit`, or else 1,000.
            prefetch: Number of further pages to request at the same time, as soon as the total is known.
            cursor: The `cursor` of an earlier iteration, to continue after its last row.

        Returns:
            One page of AI templates. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            ResultWindowError: The iteration cannot continue beyond 10,000 rows.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["listAiTemplates"],
                "/flows/api/ai-templates",
                item=ModelOf(lambda: AITemplate),
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
        type: CreateType,
        is_public: bool,
        subject: str | Unset | None = UNSET,
        body: str | Unset | None = UNSET,
        prompt: str | Unset | None = UNSET,
        llm_uuid: str | UUID | Unset | None = UNSET,
        llm_config: Mapping[str, Any] | Unset | None = UNSET,
        enable_validation: bool | Unset = UNSET,
        enable_fallback: bool | Unset = UNSET,
        settings: Mapping[str, Any] | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> AITemplate:
        """Add an AI template.

        Creates a message template for reuse. Flow nodes point to it by `uuid`, through the `template_uuid` field of
        `linkedin_send_message`, `email_send_message` and the like.

        `name`, `type` and **`is_public`** must be sent; all other fields may be left out and are empty by default.
        Take care to set `is_public` every time (`1` shares the template with the team, `0` keeps it private): at
        present its absence leads to a `500` rather than a validation error.

        POST /flows/api/ai-templates

        Args:
            name: Text.
            type: Kind of template.
            is_public: Visibility: True (`1`) lets the whole team see the template, False (`0`) makes it private.
            subject: Subject line, used by `email` templates. None is sent as null.
            body: Body of the template, which may contain `{{variables}}` such as `{{first_name}}`. None is sent as
                null.
            prompt: Prompt for AI personalization. None is sent as null.
            llm_uuid: LLM integration that AI blocks use. None is sent as null.
            llm_config: LLM config. None is sent as null.
            enable_validation: Enable validation.
            enable_fallback: Enable fallback.
            settings: A mapping.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The new template.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["createAiTemplate"],
                "/flows/api/ai-templates",
                json=json_body(
                    required={
                        "name": (name, STRING),
                        "type": (type, Choice(CreateType)),
                        "is_public": (is_public, INTEGER_BOOLEAN),
                    },
                    optional={
                        "subject": (subject, Nullable(STRING)),
                        "body": (body, Nullable(STRING)),
                        "prompt": (prompt, Nullable(STRING)),
                        "llm_uuid": (llm_uuid, Nullable(UUID_TEXT)),
                        "llm_config": (llm_config, Nullable(OBJECT)),
                        "enable_validation": (enable_validation, BOOLEAN),
                        "enable_fallback": (enable_fallback, BOOLEAN),
                        "settings": (settings, OBJECT),
                    },
                    extra=extra_body,
                ),
            ),
            AITemplate,
        )

    async def get(self, uuid: str | UUID) -> AITemplate:
        """Fetch one AI template.

        Returns the AI template that has this UUID, with its LLM config and prompt.

        GET /flows/api/ai-templates/{uuid}

        Args:
            uuid: UUID of the resource.

        Returns:
            The requested AI template.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: The requested resource does not exist.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(OPERATIONS["getAiTemplate"], f"/flows/api/ai-templates/{path_text('uuid', uuid)}"),
            AITemplate,
        )

    async def update(
        self,
        uuid: str | UUID,
        *,
        name: str | Unset = UNSET,
        subject: str | Unset | None = UNSET,
        body: str | Unset | None = UNSET,
        prompt: str | Unset | None = UNSET,
        llm_uuid: str | UUID | Unset | None = UNSET,
        llm_config: Mapping[str, Any] | Unset | None = UNSET,
        enable_validation: bool | Unset = UNSET,
        enable_fallback: bool | Unset = UNSET,
        settings: Mapping[str, Any] | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> AITemplate:
        """Edit an AI template.

        Changes fields of an AI template that already exists.

        PUT /flows/api/ai-templates/{uuid}

        Args:
            uuid: UUID of the resource.
            name: Text.
            subject: Text. None is sent as null.
            body: Text. None is sent as null.
            prompt: Text. None is sent as null.
            llm_uuid: UUID of the LLM. None is sent as null.
            llm_config: LLM config. None is sent as null.
            enable_validation: Enable validation.
            enable_fallback: Enable fallback.
            settings: A mapping.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The template after the update.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: The requested resource does not exist.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["updateAiTemplate"],
                f"/flows/api/ai-templates/{path_text('uuid', uuid)}",
                json=json_body(
                    optional={
                        "name": (name, STRING),
                        "subject": (subject, Nullable(STRING)),
                        "body": (body, Nullable(STRING)),
                        "prompt": (prompt, Nullable(STRING)),
                        "llm_uuid": (llm_uuid, Nullable(UUID_TEXT)),
                        "llm_config": (llm_config, Nullable(OBJECT)),
                        "enable_validation": (enable_validation, BOOLEAN),
                        "enable_fallback": (enable_fallback, BOOLEAN),
                        "settings": (settings, OBJECT),
                    },
                    extra=extra_body,
                ),
            ),
            AITemplate,
        )

    async def delete(self, uuid: str | UUID) -> None:
        """Remove an AI template.

        Deletes an AI template and answers with `204`. The removal is effective: the web app no longer shows the
        template.

        **Known issue:** this seems to be only a soft-delete, and reads through the API do not filter out what was
        deleted. Although absent from the UI, such a template keeps showing up in `listAiTemplates` and can still be
        read with `GET /flows/api/ai-templates/{uuid}` (verified 2026-07-05). Take the `204` as proof of deletion
        instead of checking with a list or `GET` call.

        DELETE /flows/api/ai-templates/{uuid}

        Args:
            uuid: UUID of the resource.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: The requested resource does not exist.
            GrinfiError: The request failed in another way.
        """
        await self._client.send(OPERATIONS["deleteAiTemplate"], f"/flows/api/ai-templates/{path_text('uuid', uuid)}")

    async def render(
        self,
        *,
        lead_uuid: str | UUID,
        sender_profile_uuid: str | UUID,
        uuid: str | UUID | Unset = UNSET,
        subject: str | Unset = UNSET,
        body: str | Unset = UNSET,
        type: str | Unset = UNSET,
        llm_uuid: str | UUID | Unset = UNSET,
        llm_config: Mapping[str, Any] | Unset = UNSET,
        prompt: str | Unset = UNSET,
        enable_validation: bool | Unset = UNSET,
        enable_fallback: bool | Unset = UNSET,
        settings: Mapping[str, Any] | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> RenderedTemplate:
        """Render a template for a contact.

        Renders a template for one contact and one sender profile. In the simplest case, send `lead_uuid`,
        `sender_profile_uuid` and the `uuid` of an existing template, whose saved configuration then applies.

        To render ad hoc, with no saved template, send every field instead: `subject`, `body`, `type`, `llm_uuid`,
        `llm_config`, `prompt`, `enable_validation`, `enable_fallback`, `settings`.

        POST /flows/api/ai-templates/render

        Args:
            lead_uuid: UUID of the contact.
            sender_profile_uuid: UUID of the sender profile.
            uuid: UUID of a saved template. When given, that template supplies the defaults for the remaining
                fields.
            subject: Text.
            body: Text.
            type: Text.
            llm_uuid: UUID of the LLM.
            llm_config: LLM config.
            prompt: Text.
            enable_validation: Enable validation.
            enable_fallback: Enable fallback.
            settings: A mapping.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            Result of the rendering.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["renderAiTemplate"],
                "/flows/api/ai-templates/render",
                json=json_body(
                    required={
                        "lead_uuid": (lead_uuid, UUID_TEXT),
                        "sender_profile_uuid": (sender_profile_uuid, UUID_TEXT),
                    },
                    optional={
                        "uuid": (uuid, UUID_TEXT),
                        "subject": (subject, STRING),
                        "body": (body, STRING),
                        "type": (type, STRING),
                        "llm_uuid": (llm_uuid, UUID_TEXT),
                        "llm_config": (llm_config, OBJECT),
                        "prompt": (prompt, STRING),
                        "enable_validation": (enable_validation, BOOLEAN),
                        "enable_fallback": (enable_fallback, BOOLEAN),
                        "settings": (settings, OBJECT),
                    },
                    extra=extra_body,
                ),
            ),
            RenderedTemplate,
        )


class _WithRawResponse(RawMethods):
    list = RawMethod(AITemplatesResource.list)
    create = RawMethod(AITemplatesResource.create)
    get = RawMethod(AITemplatesResource.get)
    update = RawMethod(AITemplatesResource.update)
    delete = RawMethod(AITemplatesResource.delete)
    render = RawMethod(AITemplatesResource.render)
