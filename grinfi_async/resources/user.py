# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from grinfi_overrides.runtime.responses import read_model
from grinfi_support.raw_responses import RawMethod, RawMethods
from grinfi_support.resource import Resource

from ..models.user import User
from ..operations import OPERATIONS

__all__ = ["UserResource"]


class UserResource(Resource):
    """Profile of the user a request is authenticated as."""

    @property
    def with_raw_response(self) -> _WithRawResponse:
        """The same operations, which return a `RawResponse`: status, headers and request id with the result."""
        return _WithRawResponse(self)

    async def current(self) -> User:
        """Read the current user.

        Returns the profile and the configuration of the authenticated user.

        GET /id/api/users/current

        Returns:
            Profile of the authenticated user.

        Raises:
            GrinfiError: The request failed in another way.
        """
        return read_model(await self._client.send(OPERATIONS["getCurrentUser"], "/id/api/users/current"), User)


class _WithRawResponse(RawMethods):
    current = RawMethod(UserResource.current)
