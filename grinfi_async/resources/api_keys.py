# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from grinfi_overrides.runtime.codecs import STRING
from grinfi_overrides.runtime.requests import ExtraBody, json_body
from grinfi_overrides.runtime.responses import read_model
from grinfi_overrides.runtime.unset import UNSET
from grinfi_support.raw_responses import RawMethod, RawMethods
from grinfi_support.resource import Resource

from ..models.api_key import APIKey
from ..operations import OPERATIONS

__all__ = ["APIKeysResource"]


class APIKeysResource(Resource):
    """Issue keys for calling the Grinfi API. A key is a JWT that is tied to the team you are currently in and expires
    after 3 years. Every request must carry it, as `Authorization: Bearer <key>`.
    """

    @property
    def with_raw_response(self) -> _WithRawResponse:
        """The same operations, which return a `RawResponse`: status, headers and request id with the result."""
        return _WithRawResponse(self)

    async def create(self, *, name: str, extra_body: ExtraBody = UNSET) -> APIKey:
        """Issue an API key.

        Creates an API key tied to the team you are currently in. The JWT itself is in `last_token`; send it with
        later requests as `Authorization: Bearer <token>`. It expires after 3 years.

        **Warning:** store the token right away. No other response contains it, and there is no way to get it again.

        POST /id/api/jwt-tokens/create-api-key

        Args:
            name: Name by which people recognize the key.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The new API key.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["createApiKey"],
                "/id/api/jwt-tokens/create-api-key",
                json=json_body(required={"name": (name, STRING)}, extra=extra_body),
            ),
            APIKey,
        )


class _WithRawResponse(RawMethods):
    create = RawMethod(APIKeysResource.create)
