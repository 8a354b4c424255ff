"""Fixtures for every test."""

from __future__ import annotations

import gc
import signal

import pytest

# A script has what it starts in the background ignore SIGINT, and so would the programs that tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


ON_ASYNCIO = ("sdk", "bulk", "interop", "sandbox", "toolkit", "test_every_operation.py")
"""Folders and files whose tests stand on what tests/transport tries on both event loops."""
ON_BOTH = {
    "test_bulk_engine.py",
    "test_bulk_killed.py",
    "test_job_shutdown.py",
    "test_quirks_files.py",
    "test_sandbox_embedding.py",
    "test_sandbox_faults.py",
    "test_tasks_of_lists.py",
}
"""But for those that have tasks of their own, or are cancelled."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run on asyncio only what does not depend on the event loop."""

    def wanted(item: pytest.Item) -> bool:
        called = getattr(item, "callspec", None)
        on_trio = called is not None and called.params.get("anyio_backend") == "trio"
        is_cancelled = any(word in item.name for word in ("prefetch", "cancel", "interrupt"))
        stands_alone = {item.path.parent.name, item.path.name}.isdisjoint(ON_ASYNCIO)
        return not on_trio or stands_alone or item.path.name in ON_BOTH or is_cancelled

    items[:] = filter(wanted, items)


def pytest_collection_finish() -> None:
    """Let the garbage collector leave the collected tests alone: looking at them takes a tenth of the time of all."""
    gc.collect()
    gc.freeze()


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Asynchronous tests run on both event loops."""
    backend: str = request.param
    return backend
