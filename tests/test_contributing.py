"""What CONTRIBUTING.md says is so."""

from __future__ import annotations

import re
from pathlib import Path

from codegen.generate import build
from tests.codegen.helpers import NO_OVERLAY, edition, small

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def test_the_example_of_a_correction_adds_an_argument(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    document = edition()
    path = "/leads/api/tags"
    tags = small({path: document["paths"][path]}, {"tag": document["components"]["schemas"]["tag"]})
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(re.sub(r"actions: \[\]|actions:\n.*", "actions:\n", NO_OVERLAY.read_text("utf-8")) + example)
    before, after = (
        build(tags, overlay=each).files["resources/tags.py"].decode("utf-8") for each in (NO_OVERLAY, overlay)
    )
    assert "icon" not in before
    assert re.search(r"icon: str \| .*UNSET", after)
    assert "Emoji before the name." in after


def test_the_files_that_it_names_exist() -> None:
    named = set(re.findall(r"`((?:\.?\w+/)[\w/.*-]*)`", TEXT))
    assert named
    for name in named - {"site/"}:  # made by `make docs`
        assert list(ROOT.glob(name.rstrip("/"))), name
