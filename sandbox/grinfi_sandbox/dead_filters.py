"""Conditions of filters that the live server does not apply, or fails on."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import unquote_plus

from .errors import ApiError
from .options import Found
from .resources import LEAD
from .validation import Call, RawRequest
from .values import JsonObject, as_object

NAMES = frozenset(("company_name", "name", "first_name", "last_name"))
SEARCH, COUNT = f"{LEAD.path}/search", f"{LEAD.path}/count"
BY_CONTACTS = (SEARCH, COUNT, f"{LEAD.path}/advanced-enrichment", "/leads/api/file-exports/leads")


def without_names(call: Call, found: Found) -> Call:
    """Remove names from a filter of contacts, which then finds every contact or none; 500 for `updated_at`."""
    conditions = as_object(call.body.get("filter"))
    if call.operation.path not in BY_CONTACTS or conditions is None:
        return call
    if "updated_at" in conditions:
        raise ApiError(500, "Server Error")
    if not conditions.keys() & NAMES:
        return call
    # {"first_name": "Ada", "status": "new"} finds all new contacts, and {"first_name": "Ada"} all contacts. Whether the
    # live server finds all or none is not known for every path, so that `name_filter` chooses. The impossible condition
    # for "nobody" keeps the rest of the filter, whose mistakes are still reported.
    rest = {key: value for key, value in conditions.items() if key not in NAMES}
    if found == "nobody":
        rest["uuid"] = []
    return replace(call, body=_narrowed(call.operation.path, call.body, rest))


def without_key(path: str, request: RawRequest, key: str) -> RawRequest | None:
    """Remove a condition from a request; None if the request does not have it."""
    pieces = request.query.split("&")
    kept = [piece for piece in pieces if not unquote_plus(piece).startswith((f"filter[{key}]", f"filter[{key}[]"))]
    if len(kept) < len(pieces):
        return replace(request, query="&".join(kept))
    body = _read(request.content)
    conditions = as_object(body.get("filter")) or {}
    if key not in conditions:
        return None
    rest = {name: value for name, value in conditions.items() if name != key}
    return replace(request, content=json.dumps(_narrowed(path, body, rest)).encode())


def _narrowed(path: str, body: JsonObject, conditions: JsonObject) -> JsonObject:
    """Return a body with other conditions; without conditions it means every contact."""
    # Each operation writes "every contact" in its own way: a search as {}, a count as `all` beside the filter, and an
    # export or enrichment as `all` in it, where an empty filter is an error.
    if conditions or path == SEARCH or not path.startswith("/leads/"):
        return {**body, "filter": conditions}
    return {**body, "filter": {}, "all": True} if path == COUNT else {**body, "filter": {"all": True}}


def _read(content: bytes) -> JsonObject:
    try:
        body: Any = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return as_object(body) or {}
