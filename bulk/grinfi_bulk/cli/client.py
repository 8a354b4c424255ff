"""Running a command with a client, and showing whose key it has."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import ContextVar
from typing import Any, TypeVar

from grinfi_async import KEYS_PAGE, ConfigurationError, Grinfi, Lane, TokenBucket, enter_lane
from grinfi_toolkit.profiles import PROFILE_VARIABLE, Profiles

__all__ = ["as_text", "chosen_profile", "identify", "make_client", "run_now", "with_client"]

ResultT = TypeVar("ResultT")
chosen_profile: ContextVar[str | None] = ContextVar("chosen_profile", default=None)
"""The profile of `--profile`."""

USER_FIELDS = ("uuid", "id", "first_name", "last_name", "email", "timezone")
TEAM_FIELDS = ("id", "name", "status")


def with_client(
    use: Callable[[Grinfi], Awaitable[ResultT]], *, share: float = 1.0, max_wait: float | None = None
) -> ResultT:
    """Call a function with a client of the chosen profile or the environment; jobs may use this share of the limit."""

    async def main() -> ResultT:
        with enter_lane(Lane(share=share, max_wait=max_wait)):
            async with make_client() as grinfi:
                return await use(grinfi)

    return run_now(main)


def run_now(use: Callable[[], Coroutine[Any, Any, ResultT]]) -> ResultT:
    """Run an async function to its end."""
    return asyncio.run(use())


def make_client() -> Grinfi:
    """A client with the key of `--profile`, of `GRINFI_API_KEY`, of `GRINFI_PROFILE`, or of the default profile."""
    chosen = chosen_profile.get()
    if chosen is None and os.environ.get("GRINFI_API_KEY", "").strip():
        if os.environ.get(PROFILE_VARIABLE):
            raise ConfigurationError(f"GRINFI_API_KEY and {PROFILE_VARIABLE} are both set; unset one of them.")
        return Grinfi()
    if chosen is None and not os.environ.get(PROFILE_VARIABLE) and Profiles().default is None:
        raise ConfigurationError(
            "No API key. Run `grinfi login NAME`, or set the environment variable GRINFI_API_KEY; "
            f"create a key at {KEYS_PAGE}."
        )
    return Grinfi.from_profile(chosen)


async def identify(grinfi: Grinfi) -> dict[str, Any]:
    """The user, the teams, the address of the API and its rate limit."""
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
    """The account as text for a person."""
    user, limit = account["user"], account["rate_limit"]
    name = " ".join(part for part in (user["first_name"], user["last_name"]) if part)
    lines = [f"User        {name} <{user['email']}>"]
    lines += [f"Team        {team['name']} (id {team['id']})" for team in account["teams"]]
    lines.append(f"API         {account['base_url']}")
    lines.append(f"Rate limit  {limit['requests']} requests in {limit['seconds']:g} s, {limit['available']} left")
    return "\n".join(lines)
