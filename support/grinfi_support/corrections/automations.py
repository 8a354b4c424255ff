"""Automations: shows whether a new contact was created or skipped, which the answer hardly says."""

from __future__ import annotations

from typing import Any, cast

import httpx

from grinfi_overrides.corrections.request import Request, with_json
from grinfi_overrides.runtime.responses import read_json

from .custom_fields import name_values


async def add_new_contact(request: Request) -> httpx.Response:
    """Add `created` and `reason` to the answer; accept custom fields by name or UUID.

    The server answers with 204 or the contact's record if it created it, and with a reason if it did not.
    """
    response = await name_values(request)
    answer: Any = read_json(response)
    answered = cast("dict[str, Any]", answer) if isinstance(answer, dict) else {}
    reason = answered.get("reason")
    if response.status_code != 204 and not reason and not answered.keys() - {"reason"}:
        reason = "skipped"  # the answer is neither a record nor a reason
    return with_json(response, {**answered, "created": not reason, "reason": reason})
