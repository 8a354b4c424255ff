from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tests.bulk.campaign import play
from tests.recipes.conftest import Stage


@pytest.mark.filterwarnings("ignore:The copy reads")  # the description has no order for contacts of automations
def test_the_copy_has_a_funnel(stage: Stage) -> None:
    stage.do(play)
    assert "Hello: 4 contacts, 4 reached, 2 replied" in stage.run("copy-and-datasette")
    assert "updates read" in stage.run("copy-and-datasette")
    assert (stage.folder / "metadata.yaml").exists()
    with closing(sqlite3.connect(stage.folder / "grinfi.sqlite")) as copy:
        assert copy.execute("SELECT count(*) FROM contacts_named WHERE tags = 'warm'").fetchone() == (2,)
