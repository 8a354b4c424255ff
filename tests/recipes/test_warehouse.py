from __future__ import annotations

import pytest

from tests.bulk.campaign import play
from tests.recipes.conftest import Stage


def test_contacts_are_in_the_warehouse(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLT_DATA_DIR", str(stage.folder / "state"))
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
    stage.do(play)
    printed = stage.run("warehouse")
    assert "contains no failed jobs" in printed
    assert printed.endswith("[(5,)]\n")
