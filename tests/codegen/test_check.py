"""`python -m codegen check`: does openapi.yaml generate the committed package?"""

from __future__ import annotations

import functools
import shutil
from pathlib import Path

import pytest

from codegen import __main__
from codegen.description import operations
from codegen.edition import ROOT, correct
from codegen.generate import Package, differences, write
from grinfi_async._client import RESOURCES
from tests.codegen.helpers import contents, edition, run, sources


def test_an_edited_package_is_not_what_openapi_generates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(__main__, "build_with_output", functools.cache(__main__.build_with_output))
    before = sources()
    result = run("check")
    assert result.exit_code == 0, result.output
    count = len([*operations(correct(edition(), "it")[0])])
    assert f"Generated {count} of {count} operations: {len(RESOURCES)} resources" in result.stdout
    assert "grinfi_async is what openapi.yaml generates." in result.stdout
    assert result.stderr == ""

    package = tmp_path / "grinfi_async"
    shutil.copytree(ROOT / "grinfi_async", package, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "resources" / "tags.py").write_bytes(b"# edited\n")
    (package / "models" / "tag.py").unlink()
    (package / "models" / "mine.py").touch()
    edited = contents(tmp_path)
    monkeypatch.setattr(__main__, "DEFAULT_OUTPUT", package)
    result = run("check")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "grinfi_async is not what openapi.yaml generates; run `python -m codegen generate`:",
        "  - models/mine.py: not generated",
        "  - models/tag.py: missing",
        "  - resources/tags.py: differs",
    ]
    assert contents(tmp_path) == edited
    assert sources() == before


def test_compiled_files_are_not_a_difference_and_a_missing_package_is(tiny: Package, tmp_path: Path) -> None:
    write(tiny, tmp_path / "same")
    (tmp_path / "same" / "__pycache__").mkdir()
    (tmp_path / "same" / "__pycache__" / "x.pyc").touch()
    assert differences(tiny, tmp_path / "same") == []
    assert len(differences(tiny, tmp_path / "none")) == len(tiny.files)
