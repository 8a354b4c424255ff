"""The correction that CONTRIBUTING.md shows does what it says."""

from __future__ import annotations

import re
from pathlib import Path

from codegen.description import load
from codegen.edition import DEFAULT_OUTPUT, DEFAULT_SPEC, OVERLAY, ROOT
from codegen.generate import build, differences


def test_the_correction_shown_changes_what_it_says(tmp_path: Path) -> None:
    (example,) = re.findall(r"^```yaml\n(.*?)^```", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.M | re.S)
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(OVERLAY.read_text("utf-8") + example, "utf-8")
    package = build(load(str(DEFAULT_SPEC)), overlay=overlay)
    assert differences(package, DEFAULT_OUTPUT) == ["resources/tags.py: differs"]
    assert b'optional={"color": (color, String(pattern="^#[0-9a-f]{6}$"))}' in package.files["resources/tags.py"]
