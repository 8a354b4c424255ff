"""Most of these tests wait for nothing, so that one backend is enough for them."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
BOTH = {"test_pages.py", "test_quirks_contacts.py", "test_quirks_files.py", "test_tasks_of_lists.py"}
"""Modules whose tests have several tasks, or wait."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the other modules on asyncio only."""

    def wanted(item: pytest.Item) -> bool:
        called = getattr(item, "callspec", None)
        backend = None if called is None else called.params.get("anyio_backend")
        return backend != "trio" or item.path.parent != HERE or item.path.name in BOTH

    items[:] = filter(wanted, items)
