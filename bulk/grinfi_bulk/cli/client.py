"""Doing something with a client, and telling whose key it has."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from grinfi_async import KEYS_PAGE, ConfigurationError, Grinfi, Lane, TokenBucket, enter_lane

__all__ = ["as_text", "identify", "with_client"]

ResultT = TypeVar("ResultT")

USER_FIELDS = ("uuid", "id", "first_name", "last_name", "email", "timezone")
TEAM_FIELDS = ("id", "name", "status")


def with_client(use: Callable[[Grinfi], Awaitable[ResultT]], *, share: float = 1.0) -> ResultT:
    """Do it with a client made of the environment, as a job that may use this share of the rate limit."""
    if not os.environ.get("GRINFI_API_KEY", "").strip():
        raise ConfigurationError(
            f"No API key. Set the environment variable GRINFI_API_KEY; keys are made at {KEYS_PAGE}."
        )

    async def main() -> ResultT:
        with enter_lane(Lane(share=share)):
            async with Grinfi() as grinfi:
                return await use(grinfi)

    return asyncio.run(main())


async def identify(grinfi: Grinfi) -> dict[str, Any]:
    """The user, the teams, where the API is and how fast it may be called."""
    user = await grinfi.user.current()
    teams = [team async for team in grinfi.teams.list(limit=100)]
    limiter = grinfi.rate_limiter
    limit = {"requests": limiter.capacity, "seconds": limiter.period} if isinstance(limiter, TokenBucket) else {}
    return {
        "user": {name: getattr(user, name) for name in USER_FIELDS},
        "teams": [{name: getattr(team, name) for name in TEAM_FIELDS} for team in teams],
        "base_url": grinfi.base_url,
        "rate_limit": {**limit, "available": limiter.statistics().available},
    }


def as_text(account: dict[str, Any]) -> str:
    """For a person."""
    user, limit = account["user"], account["rate_limit"]
    name = " ".join(part for part in (user["first_name"], user["last_name"]) if part)
    lines = [f"User        {name} <{user['email']}>"]
    lines += [f"Team        {team['name']} (id {team['id']})" for team in account["teams"]]
    lines.append(f"API         {account['base_url']}")
    lines.append(f"Rate limit  {limit['requests']} requests in {limit['seconds']:g} s, {limit['available']} left")
    return "\n".join(lines)
