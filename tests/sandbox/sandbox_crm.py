"""Shared by the tests of contacts, companies and files."""

from __future__ import annotations

import json
from typing import Any

import httpx

from grinfi_sandbox import SandboxServer
from grinfi_sandbox.store import Store

LEADS = "/leads/api/leads"


def finish_jobs(server: SandboxServer) -> None:
    """Run the background jobs, including those that they schedule."""
    store: Store = server.app.state.store
    store.run_jobs(all_jobs=True)


def make(api: httpx.Client, resource: str, **body: Any) -> str:
    response = api.post(f"/leads/api/{resource}", json=body)
    assert response.status_code == 201, response.text
    uuid: str = response.json()["uuid"]
    return uuid


def upsert(api: httpx.Client, list_uuid: str, handle: str, **lead: Any) -> Any:
    response = api.post(f"{LEADS}/upsert", json={"lead": {"linkedin_id": handle, **lead}, "list_uuid": list_uuid})
    assert response.status_code == 200, response.text
    return response.json()


def activities(api: httpx.Client, **conditions: Any) -> list[str]:
    answer = api.get("/leads/api/activities", params={"filter": json.dumps(conditions), "limit": 100})
    assert answer.status_code == 200, answer.text
    return [row["type"] for row in answer.json()["data"]]
