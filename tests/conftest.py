"""Fixtures for every test."""

from __future__ import annotations

import gc
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import certifi
import hypothesis
import pytest

# A program that a script starts in the background ignores SIGINT; so would programs that tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# `make fuzz` chooses the other one.
hypothesis.settings.register_profile("few examples", max_examples=40, deadline=None)
hypothesis.settings.register_profile("many examples", max_examples=1000, deadline=None)
hypothesis.settings.load_profile("few examples")

# Not the profiles and keys of the user who runs the tests.
os.environ["GRINFI_PROFILES"] = str(Path(tempfile.gettempdir(), "grinfi-tests", "no-profiles.json"))
for name in ("GRINFI_PROFILE", "GRINFI_API_KEY", "GRINFI_BASE_URL"):
    os.environ.pop(name, None)

gc.disable()  # until the tests are collected: objects made until then stay


ON_ASYNCIO = ("sdk", "bulk", "interop", "sandbox", "toolkit", "test_every_operation.py")
"""Folders and files whose tests build on what tests/transport tests on both event loops."""
ON_BOTH = {
    "test_bulk_engine.py",
    "test_bulk_killed.py",
    "test_job_shutdown.py",
    "test_quirks_files.py",
    "test_sandbox_embedding.py",
    "test_sandbox_faults.py",
    "test_tasks_of_lists.py",
}
"""Exceptions: tests that have their own tasks, or are cancelled."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run asynchronous tests on both event loops, or only on asyncio if they do not depend on the loop."""
    marks = metafunc.definition.iter_markers("parametrize")
    module = sys.modules[metafunc.function.__module__]
    chosen = hasattr(module, "anyio_backend") or any("anyio_backend" in mark.args[0] for mark in marks)
    if "anyio_backend" not in metafunc.fixturenames or chosen:
        return
    path = metafunc.definition.path
    is_cancelled = any(word in metafunc.function.__name__ for word in ("prefetch", "cancel", "interrupt"))
    stands_alone = {path.parent.name, path.name}.isdisjoint(ON_ASYNCIO)
    on_both = stands_alone or path.name in ON_BOTH or is_cancelled
    metafunc.parametrize("anyio_backend", ["asyncio", "trio"] if on_both else ["asyncio"], indirect=True)


def pytest_collection_finish() -> None:
    """Hide the collected tests from the garbage collector: looking at them takes a tenth of the total time.

    Hypothesis, when it is loaded, asks the collector about existing objects; so it is loaded above.
    """
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """The event loop of an asynchronous test."""
    backend: str = request.param
    return backend


@pytest.fixture(scope="module", autouse=True)
def objects_of_earlier_modules_stay() -> None:
    """Hide objects of earlier modules from the garbage collector, for tests that collect many times."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def few_authorities(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Trust one authority: loading all of them takes 30 ms for each client that uses TLS."""
    first = Path(certifi.where()).read_text("utf-8").partition("-----END CERTIFICATE-----\n")
    file = tmp_path_factory.mktemp("authorities") / "one.pem"
    file.write_text("".join(first[:2]), "utf-8")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(certifi, "where", lambda: str(file))
        yield
