"""API keys: the token of a new key comes in an object whose `repr` hides it."""

from __future__ import annotations

import logging

import pytest

from tests.sdk.helpers import answering

pytestmark = pytest.mark.anyio

TOKEN = "eyJ-the-secret"


async def test_a_token_is_reachable_but_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server = answering({"jti": "j-1", "user_id": 7, "team_id": 1, "name": "CI", "last_token": TOKEN})
    key = await server.client().api_keys.create(name="CI")
    assert server.body == {"name": "CI"}
    assert key.last_token == TOKEN
    assert repr(key) == "APIKey(jti='j-1', user_id=7, team_id=1, name='CI')"
    assert TOKEN not in f"{key} {[key]} {caplog.text}"
