"""LinkedIn profiles: sends the canonical form of any form that the caller has, and refuses what is not a profile."""

from __future__ import annotations

from contextlib import suppress

import httpx

from grinfi_overrides.corrections.request import Request
from grinfi_overrides.errors import NotFoundError

from ..linkedin_identity import LinkedInIdentity


async def blacklist_contact(request: Request) -> httpx.Response:
    """Blacklist a contact by its handle."""
    if isinstance(given := request.json.get("linkedin"), str):
        request.json = {**request.json, "linkedin": LinkedInIdentity.parse(given, "linkedin").value}
    return await request.send()


async def find_contact(request: Request) -> httpx.Response:
    """Find a contact by its handle or member ID, then by its URL: the server does not always know they are the same."""
    if not isinstance(given := request.json.get("linkedin_id"), str):
        return await request.send()
    identity, body = LinkedInIdentity.parse(given), request.json
    with suppress(NotFoundError):
        request.json = {**body, "linkedin_id": identity.value}
        return await request.send()
    request.json = {**body, "linkedin_id": identity.url}
    return await request.send()
