"""Flow versions: checks trees before they are sent, because the server saves some that the editor cannot open."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx

from grinfi_overrides.corrections.request import Request
from grinfi_overrides.runtime.times import DATE_TIME

from ..flow_trees import check


async def check_tree(request: Request) -> httpx.Response:
    """Complete the nodes, and check the tree; the error lists all faults at once."""
    now = DATE_TIME.encode("now", dt.datetime.now(dt.UTC))
    needed: dict[str, Any] = {"before": [], "after": [], "created_at": now, "updated_at": now}
    body: dict[str, Any] = request.json
    nodes: list[dict[str, Any]] = body["nodes"]
    body["nodes"] = [needed | {name: value for name, value in node.items() if value is not None} for node in nodes]
    check(body["nodes"], body["contact_sources"], body.get("first_common_node_id"))
    return await request.send()


async def complete_node(request: Request) -> httpx.Response:
    """Send both arrays of edges, even if they are empty."""
    request.json = {"before": [], "after": [], **request.json}
    return await request.send()
