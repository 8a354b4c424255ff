"""A sandbox on a real socket, shared by the tests and emptied before each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from grinfi_sandbox import SandboxServer, run_in_thread
from grinfi_sandbox.description import find_description, load_description
from grinfi_sandbox.store import Store


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    return load_description(find_description())


@pytest.fixture(scope="session")
def server() -> Iterator[SandboxServer]:
    with run_in_thread(behaviour="published") as running:
        yield running


@pytest.fixture(scope="session")
def connection(server: SandboxServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {server.key}"}) as client:
        yield client


@pytest.fixture
def api(connection: httpx.Client) -> httpx.Client:
    """A client with the key, of an empty sandbox."""
    assert connection.post("/_sandbox/reset").status_code == 204
    return connection


@pytest.fixture
def list_uuid(api: httpx.Client) -> str:
    """The UUID of a contact list."""
    uuid: str = api.post("/leads/api/lists", json={"name": "Prospects"}).json()["uuid"]
    return uuid


@pytest.fixture
def slow_jobs(server: SandboxServer) -> Iterator[None]:
    """Background jobs wait until a test runs them."""
    store: Store = server.app.state.store
    delay, store.job_delay = store.job_delay, 3600
    yield
    store.job_delay = delay
