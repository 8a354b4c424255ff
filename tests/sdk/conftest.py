"""Tests of the SDK against a sandbox run in both of its behaviours, unless they choose one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from grinfi_sandbox import Sandbox

BEHAVIOURS = ("published", "observed")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marker = metafunc.definition.get_closest_marker("grinfi_sandbox")
    chosen = "behaviour" in metafunc.fixturenames or (marker is not None and "behaviour" in marker.kwargs)
    if "grinfi_sandbox" in metafunc.fixturenames and not chosen:
        metafunc.parametrize("grinfi_sandbox", BEHAVIOURS, indirect=True)


@pytest.fixture
def grinfi_sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """An empty sandbox without sockets, of the behaviour that the test is run in."""
    marker = request.node.get_closest_marker("grinfi_sandbox")
    options: dict[str, Any] = {"sockets": False, "behaviour": getattr(request, "param", "observed")}
    options.update({} if marker is None else marker.kwargs)
    with Sandbox(**options) as sandbox:
        yield sandbox
