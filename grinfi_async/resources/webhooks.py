# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from grinfi_overrides.runtime.codecs import OBJECT, STRING, UUID_TEXT, Choice, ModelOf, Nullable
from grinfi_overrides.runtime.pages import Listing
from grinfi_overrides.runtime.requests import ExtraBody, json_body, path_text
from grinfi_overrides.runtime.responses import read_json, read_model
from grinfi_overrides.runtime.unset import UNSET, Unset
from grinfi_support.pagination import AsyncPaginator, awaitable
from grinfi_support.raw_responses import RawMethod, RawMethods
from grinfi_support.resource import Resource

from ..models.webhook import Webhook
from ..operations import OPERATIONS

__all__ = ["WebhooksResource"]

CreateEvent = Literal[
    "sender_profile_sent_email",
    "sender_profile_sent_linkedin_message",
    "sender_profile_sent_linkedin_connection_request",
    "sender_profile_sent_linkedin_inmail",
    "contact_accepted_linkedin_connection_request",
    "contact_replied_email",
    "contact_replied_linkedin_message",
    "contact_replied_linkedin_inmail",
    "contact_opened_email",
    "contact_clicked_email",
    "contact_unsubscribed_email",
    "email_bounced",
    "contact_enriched",
    "contact_exported",
    "contact_created",
    "contact_updated",
    "contact_deleted",
    "contact_tag_added",
    "contact_pipeline_stage_changed",
    "sender_profile_issue",
    "account_exported",
]
RequestMethod = Literal["POST", "GET", "PUT", "PATCH", "DELETE"]
CreateStatus = Literal["on", "off"]
UpdateEvent = Literal[
    "contact_replied_email",
    "contact_replied_linkedin_message",
    "contact_exported",
    "contact_enriched",
    "sender_profile_sent_email",
    "sender_profile_sent_linkedin_message",
    "sender_profile_sent_linkedin_connection_request",
    "sender_profile_sent_linkedin_inmail",
    "contact_accepted_linkedin_connection_request",
    "contact_replied_linkedin_inmail",
    "contact_opened_email",
    "contact_clicked_email",
    "contact_unsubscribed_email",
    "email_bounced",
    "contact_created",
    "contact_updated",
    "contact_deleted",
    "contact_tag_added",
    "contact_pipeline_stage_changed",
    "sender_profile_issue",
    "account_exported",
]


class WebhooksResource(Resource):
    """HTTP callbacks in real time for what happens in your account. Whenever the event of a webhook occurs, for
    example a contact replies, is enriched or is exported, the target URL gets a request. Its method is POST unless
    you set a custom one.
    """

    @property
    def with_raw_response(self) -> _WithRawResponse:
        """The same operations, which return a `RawResponse`: status, headers and request id with the result."""
        return _WithRawResponse(self)

    @awaitable
    def list(self) -> AsyncPaginator[Webhook]:
        """List configured webhooks.

        Returns every webhook set up in your account. Whenever a specified event occurs, the webhook makes an HTTP
        request to your target URL.

        GET /integrations/api/webhooks

        Returns:
            The configured webhooks. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["listWebhooks"],
                "/integrations/api/webhooks",
                item=ModelOf(lambda: Webhook),
                paging="none",
            )
        )

    async def create(
        self,
        *,
        name: str,
        event: CreateEvent,
        target_url: str,
        request_method: RequestMethod | Unset = UNSET,
        filters: Mapping[str, Any] | Unset | None = UNSET,
        status: CreateStatus | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> Webhook:
        """Register a webhook.

        Registers a webhook for the given event. Filters are optional and restrict which contacts set it off.

        POST /integrations/api/webhooks

        Args:
            name: Label meant for human readers.
            event: Event that fires the webhook.
                **Actions of a sender profile** (something went out): `sender_profile_sent_email`,
                `sender_profile_sent_linkedin_message`, `sender_profile_sent_linkedin_connection_request`,
                `sender_profile_sent_linkedin_inmail`.
                **Events of a contact**: `contact_accepted_linkedin_connection_request`, `contact_replied_email`,
                `contact_replied_linkedin_message`, `contact_replied_linkedin_inmail`, `contact_opened_email`,
                `contact_clicked_email`, `contact_unsubscribed_email`, `email_bounced`, `contact_enriched`,
                `contact_exported`, `contact_created`, `contact_updated`, `contact_deleted`, `contact_tag_added`,
                `contact_pipeline_stage_changed`.
                The body that reaches your `target_url` is described by the schema `webhook-payload`.
            target_url: Destination URL of the webhook payload.
            request_method: HTTP method with which the target URL is called. The server's default: 'POST'.
            filters: Optional filter that limits which contacts fire the webhook: an object in the tree-based format
                with the keys `jsonLogic` and `filter_tree_format`. None is sent as null.
            status: One of 'on', 'off'. The server's default: 'on'.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The new webhook.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["createWebhook"],
                "/integrations/api/webhooks",
                json=json_body(
                    required={
                        "name": (name, STRING),
                        "event": (event, Choice(CreateEvent)),
                        "target_url": (target_url, STRING),
                    },
                    optional={
                        "request_method": (request_method, Choice(RequestMethod)),
                        "filters": (filters, Nullable(OBJECT)),
                        "status": (status, Choice(CreateStatus)),
                    },
                    extra=extra_body,
                ),
            ),
            Webhook,
        )

    async def get(self, uuid: str | UUID) -> Webhook:
        """Fetch one webhook.

        Returns all details of the webhook that has this UUID.

        GET /integrations/api/webhooks/{uuid}

        Args:
            uuid: UUID of the resource.

        Returns:
            Details of the requested webhook.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: No webhook has this UUID.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(OPERATIONS["getWebhook"], f"/integrations/api/webhooks/{path_text('uuid', uuid)}"),
            Webhook,
        )

    async def update(
        self,
        uuid: str | UUID,
        *,
        name: str | Unset = UNSET,
        event: UpdateEvent | Unset = UNSET,
        request_method: RequestMethod | Unset = UNSET,
        target_url: str | Unset = UNSET,
        filters: Mapping[str, Any] | Unset | None = UNSET,
        status: CreateStatus | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> Webhook:
        """Modify a webhook.

        Changes one or several fields of a webhook; send just those that should change.

        PUT /integrations/api/webhooks/{uuid}

        Args:
            uuid: UUID of the resource.
            name: Text.
            event: One of 'contact_replied_email', 'contact_replied_linkedin_message', 'contact_exported',
                'contact_enriched', 'sender_profile_sent_email', 'sender_profile_sent_linkedin_message',
                'sender_profile_sent_linkedin_connection_request', 'sender_profile_sent_linkedin_inmail',
                'contact_accepted_linkedin_connection_request', 'contact_replied_linkedin_inmail',
                'contact_opened_email', 'contact_clicked_email', 'contact_unsubscribed_email', 'email_bounced',
                'contact_created', 'contact_updated', 'contact_deleted', 'contact_tag_added',
                'contact_pipeline_stage_changed', 'sender_profile_issue', 'account_exported'.
            request_method: One of 'POST', 'GET', 'PUT', 'PATCH', 'DELETE'.
            target_url: Target url.
            filters: A mapping. None is sent as null.
            status: One of 'on', 'off'.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The webhook after the update.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: No webhook has this UUID.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["updateWebhook"],
                f"/integrations/api/webhooks/{path_text('uuid', uuid)}",
                json=json_body(
                    optional={
                        "name": (name, STRING),
                        "event": (event, Choice(UpdateEvent)),
                        "request_method": (request_method, Choice(RequestMethod)),
                        "target_url": (target_url, STRING),
                        "filters": (filters, Nullable(OBJECT)),
                        "status": (status, Choice(CreateStatus)),
                    },
                    extra=extra_body,
                ),
            ),
            Webhook,
        )

    async def delete(self, uuid: str | UUID) -> None:
        """Remove a webhook.

        Deletes the webhook for good.

        DELETE /integrations/api/webhooks/{uuid}

        Args:
            uuid: UUID of the resource.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: No webhook has this UUID.
            GrinfiError: The request failed in another way.
        """
        await self._client.send(OPERATIONS["deleteWebhook"], f"/integrations/api/webhooks/{path_text('uuid', uuid)}")

    async def test(
        self,
        *,
        uuid: str | UUID,
        event: str,
        request_method: RequestMethod,
        target_url: str,
        extra_body: ExtraBody = UNSET,
    ) -> Any:
        """Send a webhook test payload.

        Delivers a sample payload of the chosen event, then hands back what the target URL answered. It serves to
        check connectivity and to see how the payload of that event is shaped.

        **The request must carry the full configuration of the webhook**: next to `uuid`, it has to include `event`,
        `request_method` and `target_url`, and a body with nothing but `uuid` is answered with a 422. Placeholder
        data fills the sample, which follows the schema `webhook-payload`.

        POST /integrations/api/webhooks/test

        Args:
            uuid: Webhook under test, by UUID.
            event: Event for which a sample payload is sent; `createWebhook` lists the values.
            request_method: One of 'POST', 'GET', 'PUT', 'PATCH', 'DELETE'.
            target_url: Target url.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The test payload went out; the response of the target is returned. The JSON that the server sent; None
            if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: No webhook has this UUID.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(
                OPERATIONS["testWebhook"],
                "/integrations/api/webhooks/test",
                json=json_body(
                    required={
                        "uuid": (uuid, UUID_TEXT),
                        "event": (event, STRING),
                        "request_method": (request_method, Choice(RequestMethod)),
                        "target_url": (target_url, STRING),
                    },
                    extra=extra_body,
                ),
            )
        )


class _WithRawResponse(RawMethods):
    list = RawMethod(WebhooksResource.list)
    create = RawMethod(WebhooksResource.create)
    get = RawMethod(WebhooksResource.get)
    update = RawMethod(WebhooksResource.update)
    delete = RawMethod(WebhooksResource.delete)
    test = RawMethod(WebhooksResource.test)
