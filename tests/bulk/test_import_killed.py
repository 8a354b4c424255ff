"""The processes of imports, killed at random moments; `make kills` does it often."""

from __future__ import annotations

from tests.bulk.import_kills import kill_imports


def test_repeatedly_killed_imports_add_every_contact_once_and_report_correctly() -> None:
    kill_imports(via=["create", "upsert"], moods=["lost"], kills=2, seed=1, count=60, batch=20)
