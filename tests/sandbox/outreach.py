"""Shared by the tests of the sandbox's outreach part: flows from short descriptions, contacts, senders."""

from __future__ import annotations

from typing import Any

import httpx

from grinfi_async import ScheduleDict

FLOWS = "/flows/api/flows"
SCHEDULE: ScheduleDict = {"timezone": "UTC", "timeblocks": []}
SAVED_AT = "2026-07-05T10:00:00.000000Z"
ANY_UUID = "0b7e1a52-5f0e-4b8e-9a53-0c1f7a1d6e11"


def send(api: httpx.Client, method: str, path: str, body: Any = None, status: int | None = None) -> Any:
    """Send a request that succeeds, or that has the given status; return the decoded answer."""
    response = api.request(method, path, json=body)
    assert response.is_success if status is None else response.status_code == status, response.text
    return response.json() if response.content else None


def new(api: httpx.Client, path: str, **body: Any) -> str:
    uuid: str = send(api, "POST", path, body)["uuid"]
    return uuid


def new_sender(api: httpx.Client, first_name: str = "Max") -> str:
    return new(api, "/flows/api/sender-profiles", first_name=first_name, last_name="Roe", assignee_user_id=1)


def new_mailbox(api: httpx.Client, sender: str, email: str = "max@acme.com") -> str:
    return new(api, "/emails/api/mailboxes", email=email, sender_name="Max", sender_profile_uuid=sender)


def new_lead(api: httpx.Client, handle: str = "jo", **fields: Any) -> str:
    lists = send(api, "GET", "/leads/api/lists")["data"]
    list_uuid = lists[0]["uuid"] if lists else new(api, "/leads/api/lists", name="All")
    return new(api, "/leads/api/leads/upsert", lead={"linkedin_id": handle, **fields}, list_uuid=list_uuid)


def node(number: int, kind: str, *after: tuple[int, int], **more: Any) -> dict[str, Any]:
    """Return a node whose `after` edges are pairs of node and branch; `version` adds the `before` edges."""
    edges = [{"node_id": target, "branch_id": branch} for target, branch in after]
    saved = {"created_at": SAVED_AT, "updated_at": SAVED_AT}
    return {"id": number, "type": kind, "before": [], "after": edges, "automation": "auto", **saved, **more}


def version(*nodes: dict[str, Any], senders: tuple[str, ...] = (), common: int | None = None) -> dict[str, Any]:
    by_id = {item["id"]: item for item in nodes}
    for item in nodes:
        for edge in item["after"]:
            back = {"node_id": item["id"], "branch_id": edge["branch_id"]}
            by_id[edge["node_id"]]["before"].append(back)
    source = {"id": 1, "sender_profiles": list(senders), "after_id": nodes[0]["id"]}
    return {"nodes": list(nodes), "contact_sources": [source], "first_common_node_id": common}


def new_flow(api: httpx.Client, *nodes: dict[str, Any], start: bool = True, **more: Any) -> str:
    flow = new(api, FLOWS, name="Hello", use_sender_schedule=True, schedule=SCHEDULE)
    send(api, "POST", f"{FLOWS}/{flow}/flow-versions", version(*nodes, **more), 201)
    if start:
        send(api, "PUT", f"{FLOWS}/{flow}/start")
    return flow


def enroll(api: httpx.Client, flow: str, *leads: str) -> None:
    for lead in leads:
        send(api, "POST", f"{FLOWS}/{flow}/leads/{lead}", None, 204)


def advance(api: httpx.Client, seconds: float = 0) -> Any:
    return send(api, "POST", "/_sandbox/advance", {"seconds": seconds}, 200)


def reply(api: httpx.Client, lead: str, channel: str = "linkedin", text: str | None = "Yes") -> Any:
    body = {"lead_uuid": lead, "channel": channel, **({} if text is None else {"text": text})}
    return send(api, "POST", "/_sandbox/reply", body, 200)


def rows(api: httpx.Client, path: str, **filters: Any) -> list[dict[str, Any]]:
    parameters = {f"filter[{name}]": value for name, value in filters.items()}
    response = api.get(path, params={"limit": 100, "order_field": "created_at", "order_type": "asc", **parameters})
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["data"]
    return found


def tasks(api: httpx.Client, **filters: Any) -> list[tuple[Any, Any]]:
    """Return type and status of the tasks, the oldest first."""
    return [(task["type"], task["status"]) for task in rows(api, "/flows/api/tasks", **filters)]


def enrollments(api: httpx.Client, **filters: Any) -> list[str]:
    """Return the statuses of contacts in flows."""
    found = send(api, "POST", "/flows/api/flows-leads/list", {"filter": filters, "limit": 100})
    return [row["status"] for row in found["data"]]
