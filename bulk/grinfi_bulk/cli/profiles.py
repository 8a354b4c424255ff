"""Commands that store API keys under names."""

from __future__ import annotations

import getpass
import sys
from typing import Any

from grinfi_async import KEYS_PAGE, Grinfi, InvalidArgumentError
from grinfi_toolkit.profiles import Profiles, check_name

from ..choices import Store
from .client import identify, run_now

__all__ = ["listing", "login", "logout", "use"]


def login(name: str, base_url: str | None, store: Store | None) -> str:
    """Ask for a key, check it, and store it. Return a message."""
    check_name(name)
    try:
        key = getpass.getpass(f"API key (from {KEYS_PAGE}): ") if is_typed() else sys.stdin.readline()
    except EOFError:  # Ctrl-D
        key = ""
    key = key.strip()
    if not key:
        raise InvalidArgumentError("stdin", "has no key; type the key, or pipe it in: grinfi login NAME < FILE")
    profiles = Profiles()

    async def see() -> tuple[str, dict[str, Any]]:
        async with Grinfi(key, base_url=base_url) as grinfi:
            return grinfi.base_url, await identify(grinfi)

    url, account = run_now(see)
    profile = profiles.save(name, key, url, store)
    user, place = account["user"], "the system's keyring" if profile.store == "keyring" else str(profiles.path)
    of_team = "" if profile.team is None else f" of team {profile.team}"
    who = " ".join(part for part in (user["first_name"], user["last_name"], f"<{user['email']}>") if part)
    lines = [
        f"Logged in as {who} at {profile.base_url}.",
        f"The key is in {place}, as the profile {name!r}{of_team}.",
    ]
    if profiles.default == name:
        lines.append("Commands use this profile unless --profile or GRINFI_PROFILE names another one.")
    return "\n".join(lines)


def is_typed() -> bool:
    """Whether a person types the key."""
    return sys.stdin.isatty()


def logout(name: str) -> str:
    """Remove a profile and its key. Return a message."""
    Profiles().remove(name)
    return f"Removed the profile {name!r} and its key. The key stays valid until you delete it at {KEYS_PAGE}."


def use(name: str) -> str:
    """Make a profile the default. Return a message."""
    Profiles().use(name)
    return f"Commands now use the profile {name!r}."


def listing() -> list[dict[str, Any]]:
    """The profiles, without their keys."""
    profiles = Profiles()
    return [
        {
            "profile": name,
            "default": name == profiles.default,
            "team": profile.team,
            "base_url": profile.base_url,
            "key_in": profile.store,
        }
        for name, profile in profiles.all.items()
    ]
