# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from grinfi_overrides.runtime.codecs import INTEGER, STRING, UUID_TEXT, Choice, Integer, ModelOf, Nullable
from grinfi_overrides.runtime.pages import Listing
from grinfi_overrides.runtime.requests import ExtraBody, json_body, path_text, query_pairs
from grinfi_overrides.runtime.responses import read_model
from grinfi_overrides.runtime.unset import UNSET, Unset
from grinfi_support.pagination import AsyncPaginator, awaitable
from grinfi_support.raw_responses import RawMethod, RawMethods
from grinfi_support.resource import Resource

from ..models.custom_field import CustomField
from ..models.custom_field_value import CustomFieldValue
from ..operations import OPERATIONS

__all__ = ["CustomFieldsResource"]

OrderType = Literal["asc", "desc"]
CreateObject = Literal["lead", "company"]


class CustomFieldsResource(Resource):
    """Data fields of your own on contact and company records, for whatever else your workflow needs to keep.

    **Limits:** each object type (`lead` or `company`) can have at most 100 custom fields. The first character of a
    field name is a letter or an underscore, and the rest may be alphanumeric characters and underscores only.
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
    ) -> AsyncPaginator[CustomField]:
        """Page through custom fields.

        Returns every custom field defined for contacts and companies.

        GET /leads/api/custom-fields

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
            The custom field definitions. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            ResultWindowError: The iteration cannot continue beyond 10,000 rows.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["listCustomFields"],
                "/leads/api/custom-fields",
                item=ModelOf(lambda: CustomField),
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
        self, *, name: str, object: CreateObject, order: int | Unset = UNSET, extra_body: ExtraBody = UNSET
    ) -> CustomField:
        """Define a custom field.

        Adds a custom field to contacts or to companies.

        POST /leads/api/custom-fields, GET /leads/api/custom-fields

        Args:
            name: Name: letters, digits and underscores, not beginning with a digit.
            object: Record type that gets the field, contacts (`lead`) or companies (`company`).
            order: Position in the display order.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The custom field has been created.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["createCustomField"],
                "/leads/api/custom-fields",
                json=json_body(
                    required={"name": (name, STRING), "object": (object, Choice(CreateObject))},
                    optional={"order": (order, INTEGER)},
                    extra=extra_body,
                ),
            ),
            CustomField,
        )

    async def update(
        self, uuid: str | UUID, *, name: str | Unset = UNSET, order: int | Unset = UNSET, extra_body: ExtraBody = UNSET
    ) -> CustomField:
        """Update custom field by UUID.

        Changes the name or the order of a custom field.

        PUT /leads/api/custom-fields/{uuid}

        Args:
            uuid: UUID of the resource.
            name: Text.
            order: A whole number.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The field after the update.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["updateCustomField"],
                f"/leads/api/custom-fields/{path_text('uuid', uuid)}",
                json=json_body(optional={"name": (name, STRING), "order": (order, INTEGER)}, extra=extra_body),
            ),
            CustomField,
        )

    async def delete(self, uuid: str | UUID) -> None:
        """Delete custom field by UUID.

        Deletes the definition of a custom field together with every value stored for it; this is permanent.

        DELETE /leads/api/custom-fields/{uuid}

        Args:
            uuid: UUID of the resource.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        await self._client.send(OPERATIONS["deleteCustomField"], f"/leads/api/custom-fields/{path_text('uuid', uuid)}")

    async def set_value(
        self,
        *,
        custom_field_uuid: str | UUID,
        object_type: CreateObject,
        object_uuid: str | UUID,
        value: str | Unset | None = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> CustomFieldValue:
        """Set or clear custom field.

        Sets, or overwrites, the value that one contact or company has for a custom field. A `null` value clears the
        field.

        POST /leads/api/custom-field-values

        Args:
            custom_field_uuid: Custom field to set, by UUID.
            object_type: One of 'lead', 'company'.
            object_uuid: Contact or company concerned, by UUID.
            value: Value to store; `null` clears the field. None is sent as null.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The value has been set.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["upsertCustomFieldValue"],
                "/leads/api/custom-field-values",
                json=json_body(
                    required={
                        "custom_field_uuid": (custom_field_uuid, UUID_TEXT),
                        "object_type": (object_type, Choice(CreateObject)),
                        "object_uuid": (object_uuid, UUID_TEXT),
                    },
                    optional={"value": (value, Nullable(STRING))},
                    extra=extra_body,
                ),
            ),
            CustomFieldValue,
        )


class _WithRawResponse(RawMethods):
    list = RawMethod(CustomFieldsResource.list)
    create = RawMethod(CustomFieldsResource.create)
    update = RawMethod(CustomFieldsResource.update)
    delete = RawMethod(CustomFieldsResource.delete)
    set_value = RawMethod(CustomFieldsResource.set_value)
