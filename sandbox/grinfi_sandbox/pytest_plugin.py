"""Fixtures for tests against a sandbox, which each test gets for itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from grinfi_async import Grinfi

    from .embedding import Sandbox


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "grinfi_sandbox(**options): how the sandbox of the fixtures is made; see grinfi_sandbox.Sandbox."
    )


@pytest.fixture
def grinfi_sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """An empty sandbox without sockets; the marker `grinfi_sandbox` gives it other options."""
    from .embedding import Sandbox

    marker = request.node.get_closest_marker("grinfi_sandbox")
    options: dict[str, Any] = {"sockets": False, **(marker.kwargs if marker else {})}
    with Sandbox(**options) as sandbox:
        yield sandbox


@pytest.fixture
async def grinfi(grinfi_sandbox: Sandbox) -> AsyncIterator[Grinfi]:
    """A client of that sandbox, which waits for no rate limit of its own; for tests that anyio's plugin runs."""
    from grinfi_async import Grinfi

    async with Grinfi(
        grinfi_sandbox.key,
        base_url=grinfi_sandbox.url,
        transport=grinfi_sandbox.transport,
        rate_limiter=None,
    ) as client:
        yield client
