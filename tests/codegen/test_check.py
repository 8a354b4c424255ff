"""`python -m codegen check`: is the committed package what openapi.yaml generates?"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from codegen.edition import ROOT
from codegen.generate import Package, differences, write
from codegen.overrides import PACKAGES
from tests.codegen.helpers import contents, run


def test_the_committed_package_is_what_openapi_generates() -> None:
    result = run("check")
    assert result.exit_code == 0, result.output
    assert "grinfi_async is what openapi.yaml generates." in result.stdout
    assert result.stderr == ""


def test_a_package_that_was_edited_is_told_file_by_file(tmp_path: Path) -> None:
    for folder in ("codegen", "grinfi_async", "toolkit", *PACKAGES):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "openapi.yaml", tmp_path)
    package = tmp_path / "grinfi_async"
    (package / "resources" / "tags.py").write_bytes(b"# edited\n")
    (package / "models" / "tag.py").unlink()
    (package / "models" / "mine.py").touch()
    before = contents(tmp_path)
    done = subprocess.run([sys.executable, "-m", "codegen", "check"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "grinfi_async is not what openapi.yaml generates; run `python -m codegen generate`:",
        "  - models/mine.py: not generated",
        "  - models/tag.py: missing",
        "  - resources/tags.py: differs",
    ]
    assert contents(tmp_path) == before


def test_compiled_files_are_no_difference_and_a_missing_package_is(tiny: Package, tmp_path: Path) -> None:
    write(tiny, tmp_path / "same")
    (tmp_path / "same" / "__pycache__").mkdir()
    (tmp_path / "same" / "__pycache__" / "x.pyc").touch()
    assert differences(tiny, tmp_path / "same") == []
    assert len(differences(tiny, tmp_path / "none")) == len(tiny.files)
