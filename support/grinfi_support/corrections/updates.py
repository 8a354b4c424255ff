"""Updates that take several requests, because the server ignores some fields of a PUT."""

from __future__ import annotations

import warnings
from functools import partial
from typing import Any

import httpx

from grinfi_overrides.corrections.request import Request
from grinfi_overrides.runtime.unset import UNSET

from ..custom_fields import Owner, Write, value_writes, write_all
from ..routes import call_route
from ..values import by_ids, uuid_text


async def update_contact(request: Request) -> httpx.Response:
    """Update a contact: write its standard fields, then each custom field and the pipeline stage separately."""
    uuid = request.path_argument("uuid")
    if "email" in request.json:
        problem = "the live server does not save email; pass work_email or personal_email"
        warnings.warn(f"{request.call}: {problem}", stacklevel=5)
    stage = request.json.pop("pipeline_stage_uuid", UNSET)
    writes: dict[str, Write] = {}
    if stage is not UNSET:
        body = {
            "type": request.operation.mass_action,
            "filter": by_ids([uuid]),
            "payload": {"pipeline_stage_uuid": uuid_text("pipeline_stage_uuid", stage)},
        }
        writes["pipeline_stage_uuid"] = partial(
            call_route, request.client, "PUT /leads/api/leads/mass-action", json=body
        )
    return await _update(request, "lead", uuid, "GET /leads/api/leads/{uuid}", writes)


async def update_company(request: Request) -> httpx.Response:
    """Update a company: write its standard fields, then each custom field in a separate request."""
    return await _update(request, "company", request.path_argument("uuid"), "GET /leads/api/companies/{uuid}", {})


async def _update(request: Request, owner: Owner, uuid: str, read: str, more: dict[str, Write]) -> httpx.Response:
    body: dict[str, Any] = request.json
    writes = await value_writes(request.client, owner, uuid, body.pop("custom_fields", UNSET)) | more
    response = await (request.send() if body or not writes else call_route(request.client, read, {"uuid": uuid}))
    await write_all(request.client, request.call, tuple(body), writes)
    return response
