"""Fixtures for every test."""

from __future__ import annotations

import gc
import signal

import pytest

# A script has what it starts in the background ignore SIGINT, and so would the programs that tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Let the garbage collector leave the collected tests alone: looking at them takes a tenth of the time of all."""
    gc.collect()
    gc.freeze()


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Asynchronous tests run on both event loops."""
    backend: str = request.param
    return backend
