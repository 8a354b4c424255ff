"""The API key of a client: text, or a function that is called before each attempt."""

from __future__ import annotations

import json
import os
from base64 import urlsafe_b64decode
from collections.abc import Callable
from typing import Any, cast

import httpx

from .environment import KEY_VARIABLE, KEYS_PAGE, without_secrets
from .errors import ConfigurationError
from .transport import CALL, Stage

APIKey = str | Callable[[], str]


class Keys:
    """The source of keys, and the team that each key must belong to."""

    def __init__(self, given: APIKey | None, expect_team: int | str | None) -> None:
        self._given: Any = os.environ.get(KEY_VARIABLE, "") if given is None else given
        self.source = KEY_VARIABLE if given is None else "api_key"
        self._expected = None if expect_team is None else str(expect_team)
        self._checked: tuple[Any, str] = object(), ""
        self.first = self.current()

    @without_secrets
    def current(self) -> str:
        """The key to send now."""
        given = self._given() if callable(self._given) else self._given
        if given == self._checked[0]:
            return self._checked[1]
        if not isinstance(given, str):
            raise ConfigurationError(f"{self.source} must be text, or return text, not {type(given).__name__}.")
        text = given.strip()
        if f"{text} "[:7].lower() == "bearer ":  # also the word alone
            text = text[7:].strip()
        if not text:
            raise ConfigurationError(
                f"No API key. Pass one as Grinfi(api_key=...), or set the environment variable {KEY_VARIABLE}. "
                f"Keys are made at {KEYS_PAGE}."
            )
        if not text.isascii() or not text.isprintable() or " " in text:
            raise ConfigurationError(f"{self.source} has characters that keys do not; copy it again from {KEYS_PAGE}.")
        if self._expected not in (None, (team := team_of(text))):
            found = "does not name a team" if team is None else f"is for team {team}"
            raise ConfigurationError(f"expect_team is {self._expected}, but {self.source} {found}; nothing was sent.")
        self.team, self._checked = team, (given, text)
        return text


def team_of(key: str) -> str | None:
    """The team in a key's claims, which only the server can verify."""
    claims = key.partition(".")[2].partition(".")[0]
    try:
        payload: Any = json.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    except ValueError:
        return None
    team = cast("dict[str, Any]", payload).get("specific_team_id") if isinstance(payload, dict) else None
    return None if team is None else str(team)


class KeyTransport(Stage):
    """Sends each attempt with the current key."""

    def __init__(self, inner: httpx.AsyncBaseTransport, keys: Keys) -> None:
        super().__init__(inner)
        self._keys = keys

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.headers["authorization"] = f"Bearer {self._keys.current()}"
        request.extensions[CALL].start()
        return await self._inner.handle_async_request(request)
