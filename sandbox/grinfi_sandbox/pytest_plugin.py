"""Fixtures for tests against a sandbox; each test gets its own."""

from __future__ import annotations

from collections.abc import Iterator
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
def grinfi(grinfi_sandbox: Sandbox) -> Grinfi:
    """A client of that sandbox, without a rate limit.

    It is an ordinary fixture, so that it suits every plugin for asynchronous tests. It opens no connections, even if
    the sandbox listens, and so nothing has to be closed in the event loop of the test.
    """
    from grinfi_async import Grinfi

    return Grinfi(
        grinfi_sandbox.key,
        base_url=grinfi_sandbox.url,
        transport=grinfi_sandbox.in_process,
        rate_limiter=None,
    )
