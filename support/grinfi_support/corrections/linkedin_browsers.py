"""LinkedIn browsers: does not run a browser in which nobody has logged in."""

from __future__ import annotations

from typing import Any, Final, cast

import httpx

from grinfi_overrides.corrections.request import Request
from grinfi_overrides.errors import InvalidArgumentError
from grinfi_overrides.runtime.responses import read_json
from grinfi_overrides.runtime.unset import UNSET

from ..routes import call_route

ROUTE: Final = "GET /browsers/api/linkedin-browsers/{id}"


async def run_with_account(request: Request) -> httpx.Response:
    """Run a browser, after reading whether it has an account; `force`, which the API does not have, skips this."""
    given: dict[str, Any] = {} if request.json is UNSET else request.json
    forced = given.pop("force", False)
    request.json = given or UNSET
    browser = request.path_argument("id")
    if not forced:
        answer = read_json(
            await call_route(request.client, "GET /browsers/api/linkedin-browsers/{id}", {"id": browser})
        )
        record = cast("dict[str, Any]", answer)
        if record.get("data", record).get("linkedin_account_uuid") is None:
            raise InvalidArgumentError(
                "id",
                f"nobody has logged in to browser {browser} yet, and running it would set its status to login_issue; "
                "let its owner log in with the link of generate_access_key, which starts it, or pass force=True",
            )
    return await request.send()
