"""AI templates: `is_public` is sent as 0 or 1, which the server wants, and True or False are understood."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sdk.helpers import Server, as_json, assert_refused

pytestmark = pytest.mark.anyio

VALUES: list[tuple[Any, int]] = [(True, 1), (False, 0), (1, 1), (0, 0)]


@pytest.mark.parametrize(("given", "sent"), VALUES)
async def test_is_public_is_a_number_on_the_wire(given: Any, sent: int) -> None:
    server = Server()
    await server.client().ai_templates.create(name="Hi", type="message", is_public=given, body="Hello")
    body = {"name": "Hi", "type": "message", "is_public": sent, "body": "Hello"}
    assert as_json(server.body) == as_json(body)


@pytest.mark.parametrize("given", [None, "yes", 2])
async def test_nothing_else_is_sent(given: Any) -> None:
    await assert_refused("is_public", lambda it: it.ai_templates.create(name="Hi", type="message", is_public=given))
