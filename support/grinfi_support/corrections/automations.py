"""Automations: only the status of the answer says whether a new contact was created or skipped."""

from __future__ import annotations

from typing import Any, cast

import httpx

from grinfi_overrides.corrections.request import Request, with_json
from grinfi_overrides.runtime.responses import read_json

from .custom_fields import name_values


async def add_new_contact(request: Request) -> httpx.Response:
    """Say `created` in the answer, beside the reason; custom fields may be given by name or UUID."""
    response = await name_values(request)
    answer: Any = read_json(response)
    answered = cast("dict[str, Any]", answer) if isinstance(answer, dict) else {}
    reason = answered.get("reason")
    if response.status_code != 204 and not reason and not answered.keys() - {"reason"}:
        reason = "skipped"  # an answer that is neither a record of the contact nor a reason
    return with_json(response, {**answered, "created": not reason, "reason": reason})
