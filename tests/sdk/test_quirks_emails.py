"""Emails: the limit of a thread for an LLM is a number in Python, and text on the wire."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sdk.helpers import Server, assert_refused

pytestmark = pytest.mark.anyio

WHO: dict[str, Any] = {"sender_profile_uuid": "s", "lead_uuid": "l", "lead_name": "Ada"}


async def test_a_limit_is_sent_as_text() -> None:
    server = Server()
    await server.client().emails.llm_thread(**WHO, limit=5)
    assert server.body == {**WHO, "limit": "5"}


async def test_no_limit_is_not_sent() -> None:
    server = Server()
    await server.client().emails.llm_thread(**WHO)
    assert server.body == WHO


@pytest.mark.parametrize("limit", [0, 1.5, True, None, "five"])
async def test_an_invalid_limit_is_refused(limit: Any) -> None:
    await assert_refused("limit", lambda it: it.emails.llm_thread(**WHO, limit=limit))
