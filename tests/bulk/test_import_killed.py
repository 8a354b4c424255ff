"""The processes of imports, killed at random moments; `make kills` does it often."""

from __future__ import annotations

from tests.bulk.import_kills import kill_imports


def test_killed_again_and_again_nobody_is_added_twice_missed_or_reported_wrongly() -> None:
    kill_imports(via=["create", "upsert"], moods=["lost"], kills=2, seed=1, count=60, batch=20)
