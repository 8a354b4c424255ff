# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grinfi_overrides.runtime.codecs import Integer, ModelOf
from grinfi_overrides.runtime.pages import Listing
from grinfi_overrides.runtime.requests import ExtraBody, json_body, path_number, query_pairs
from grinfi_overrides.runtime.responses import read_model
from grinfi_overrides.runtime.unset import UNSET, Unset
from grinfi_support.pagination import AsyncPaginator, awaitable
from grinfi_support.raw_responses import RawMethod, RawMethods
from grinfi_support.resource import Resource

from ..models.team import Team
from ..models.team_capacity import TeamCapacity
from ..operations import OPERATIONS

__all__ = ["TeamsResource"]


class TeamsResource(Resource):
    """Workspaces, called teams in the API. Every team has sender profiles, contacts and automations of its own."""

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
    ) -> AsyncPaginator[Team]:
        """List your teams.

        Lists every team (workspace) that is open to the authenticated user.

        GET /id/api/teams

        Args:
            limit: Number of items on a page, 20 by default. An iteration over all rows uses it as page size. The
                server's default: 20.
            offset: Number of items to skip, 0 by default. The server's default: 0.
            page_size: Rows in each request of an iteration; by default `limit`, or else 1,000.
            prefetch: Number of further pages to request at the same time, as soon as the total is known.
            cursor: The `cursor` of an earlier iteration, to continue after its last row.

        Returns:
            One page of teams. `await` it for one page, or iterate with `async for` over every row.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            ResultWindowError: The iteration cannot continue beyond 10,000 rows.
            GrinfiError: The request failed in another way.
        """
        return AsyncPaginator(
            Listing(
                self._client,
                OPERATIONS["listTeams"],
                "/id/api/teams",
                item=ModelOf(lambda: Team),
                query=query_pairs(
                    optional={"limit": (limit, Integer(minimum=1)), "offset": (offset, Integer(minimum=0))}
                ),
                paging="query",
            ),
            page_size=page_size,
            prefetch=prefetch,
            cursor=cursor,
        )

    async def get(self, id: int) -> Team:
        """Get one team.

        Returns the details of the team with the given id.

        GET /id/api/teams/{id}

        Args:
            id: Numeric id of the team.

        Returns:
            The requested team.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: There is no team with this id.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(OPERATIONS["getTeam"], f"/id/api/teams/{path_number('id', id)}"), Team
        )

    async def check_limits(self, id: int, *, sender_profiles_limit: int, extra_body: ExtraBody = UNSET) -> TeamCapacity:
        """Check room for sender profiles.

        Tells whether the limits of the team's current subscription leave room for the given number of further
        sender profiles. The answer holds usage for the monthly and for the yearly cycle; a cycle without an active
        subscription is `null`.

        POST /id/api/teams/{id}/check-limits

        Args:
            id: Numeric id of the team.
            sender_profiles_limit: How many further sender profiles the team needs room for.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            Capacity for each subscription cycle.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            PaymentRequiredError: The current subscription does not have enough capacity.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["checkTeamLimits"],
                f"/id/api/teams/{path_number('id', id)}/check-limits",
                json=json_body(
                    required={"sender_profiles_limit": (sender_profiles_limit, Integer(minimum=1))}, extra=extra_body
                ),
            ),
            TeamCapacity,
        )


class _WithRawResponse(RawMethods):
    list = RawMethod(TeamsResource.list)
    get = RawMethod(TeamsResource.get)
    check_limits = RawMethod(TeamsResource.check_limits)
