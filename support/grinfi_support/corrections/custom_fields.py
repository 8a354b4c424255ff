"""Custom fields: explains rules that the server does not explain, and keeps the names that were read up to date."""

from __future__ import annotations

import re
from typing import Any

import httpx

from grinfi_overrides.corrections.request import Request
from grinfi_overrides.errors import APIStatusError, GrinfiError, InvalidArgumentError
from grinfi_overrides.runtime.codec import describe
from grinfi_overrides.runtime.unset import UNSET

from ..custom_fields import MOST_FIELDS, SPOKEN, CustomFieldNames, Owner

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
REFUSALS = frozenset({400, 402, 409, 422, 500})
"""Statuses that the server may answer to one field too many."""


async def name_values(request: Request) -> httpx.Response:
    """Create a contact with custom fields that are given by name or UUID; the server takes only names."""
    values = request.json.get("custom_fields", UNSET)
    fields = await CustomFieldNames.of(request.client).resolve(request.client, "lead", values)
    if values is not UNSET:
        request.json["custom_fields"] = {field.name: value for field, (_, value) in fields.items()}
    return await request.send()


async def create_field(request: Request) -> httpx.Response:
    """Create a field: check its name first, and explain the error if there are too many fields."""
    _check_name(request.json)
    try:
        return await _forgetting(request)
    except APIStatusError as error:
        owner: Owner = request.json["object"]
        if error.status not in REFUSALS or owner not in SPOKEN or not await _is_full(request, owner):
            raise
        hint = f"{SPOKEN[owner].capitalize()} have {MOST_FIELDS} custom fields, the largest number; delete one first."
        known: dict[str, Any] = {**vars(error), "hint": hint}
        raise type(error)(**known) from None


async def change_field(request: Request) -> httpx.Response:
    """Change a field: check its name first."""
    _check_name(request.json)
    return await _forgetting(request)


async def delete_field(request: Request) -> httpx.Response:
    """Delete a field, and forget the names that were read."""
    return await _forgetting(request)


async def _forgetting(request: Request) -> httpx.Response:
    response = await request.send()
    CustomFieldNames.of(request.client).forget()
    return response


async def _is_full(request: Request, owner: Owner) -> bool:
    names = CustomFieldNames.of(request.client)
    try:
        names.forget()
        return len(await names.fields(request.client, owner)) >= MOST_FIELDS
    except GrinfiError:
        return False  # The first error is more useful than this one.


def _check_name(body: dict[str, Any]) -> None:
    name = body.get("name")
    if isinstance(name, str) and NAME.fullmatch(name) is None:
        rewritten = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_")
        example = f", for example {rewritten!r}" if NAME.fullmatch(rewritten) else ""
        raise InvalidArgumentError(
            "name",
            f"takes only letters A-Z, digits and underscores, and must not begin with a digit{example}; got "
            f"{describe(name)}",
        )
