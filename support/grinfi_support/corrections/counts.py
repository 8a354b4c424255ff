"""Counts: the server requires a filter, and calls the number `total` or `count`."""

from __future__ import annotations

from typing import Any, cast

import httpx

from grinfi_overrides.corrections.request import Request, with_json
from grinfi_overrides.runtime.responses import read_json


async def count_contacts(request: Request) -> httpx.Response:
    """Count all contacts if there is no filter; return the number as `total`."""
    if not request.json:
        request.json = {"all": True}
    response = await request.send()
    answer: Any = read_json(response)
    if isinstance(answer, dict) and "total" not in answer and "count" in answer:
        return with_json(response, {**cast("dict[str, Any]", answer), "total": answer["count"]})
    return response
