"""LinkedIn browsers: a browser without a login is not run, because that would change its state to `login_issue`."""

from __future__ import annotations

import httpx
import pytest

from grinfi_async import Grinfi, InvalidArgumentError
from tests.sdk.helpers import Server

pytestmark = pytest.mark.anyio

RUN = "/browsers/api/linkedin-browsers/7/run"


def asked(server: Server) -> list[tuple[str, str]]:
    return [(request.method, request.url.path) for request in server.requests]


async def test_a_browser_with_an_account_is_run() -> None:
    server = Server(httpx.Response(200, json={"id": 7, "linkedin_account_uuid": "a"}), httpx.Response(204))
    await server.client().linkedin_browsers.run(7)
    assert asked(server) == [("GET", RUN.removesuffix("/run")), ("POST", RUN)]


async def test_a_browser_without_a_login_is_not() -> None:
    server = Server(httpx.Response(200, json={"id": 7, "status": "stopped", "linkedin_account_uuid": None}))
    with pytest.raises(InvalidArgumentError, match=r"nobody has logged in to browser 7 .* force=True"):
        await server.client().linkedin_browsers.run(7)
    assert asked(server) == [("GET", RUN.removesuffix("/run"))]


async def test_force_runs_it_unread() -> None:
    server = Server(httpx.Response(204))
    await server.client().linkedin_browsers.run(7, force=True)
    assert asked(server) == [("POST", RUN)]


async def test_a_new_browser_of_the_sandbox_is_spared(grinfi: Grinfi) -> None:
    sender = await grinfi.sender_profiles.create(first_name="Max", last_name="Roe", assignee_user_id=1)
    assert sender.uuid
    browser = await grinfi.linkedin_browsers.create(sender_profile_uuid=sender.uuid)
    assert browser.id is not None
    with pytest.raises(InvalidArgumentError):
        await grinfi.linkedin_browsers.run(browser.id)
    assert (await grinfi.linkedin_browsers.get(browser.id)).status == "stopped"
    await grinfi.linkedin_browsers.run(browser.id, force=True)
    assert (await grinfi.linkedin_browsers.get(browser.id)).status == "login_issue"
