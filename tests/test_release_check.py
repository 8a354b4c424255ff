"""What `make release-check` decides."""

from __future__ import annotations

import io
import runpy
import subprocess
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
CHECK: dict[str, Any] = runpy.run_path(str(ROOT / ".ci" / "release_check.py"))
DATED = "# Changelog\n\n## [Unreleased]\n\n## [1.1.0] - 2026-11-02\n\n- More.\n\n## [1.0.0] - 2026-01-02\n\n- First.\n"
PROJECT: dict[str, Any] = {
    "project": {"readme": "README.md", "license-files": ["LICENSE"]},
    "tool": {
        "hatch": {
            "version": {"path": "src/inner/version.py"},
            "build": {
                "targets": {"wheel": {"packages": ["outer", "src/inner"], "force-include": {"a.yaml": "outer/a.yaml"}}}
            },
        }
    },
}
SOURCES = ["pyproject.toml", "README.md", "LICENSE", "a.yaml", "outer/__init__.py", "src/inner/version.py"]
PACKED = ["outer/__init__.py", "outer/a.yaml", "inner/version.py", "grinfi_async-1.0.0.dist-info/METADATA"]


@pytest.mark.parametrize(
    ("version", "tag", "finding"),
    [
        ("1.1.0", None, None),
        ("1.1.0rc1", None, None),
        ("1.0.0", None, "The tag v1.0.0 exists already; set the next version"),
        ("1.0.0", "v1.0.0", None),
        ("1.1.0", "v1.0.0", "The tag is v1.0.0, but the version is 1.1.0; tag the commit as v1.1.0"),
        ("1.1-final", None, "'1.1-final' is not a version of PEP 440; write one such as 1.2.0"),
        ("1.1.0-rc.1", None, "The version '1.1.0-rc.1' is not in normal form; write '1.1.0rc1'"),
    ],
)
def test_a_version_is_released_once_and_named_as_others_read_it(
    version: str, tag: str | None, finding: str | None
) -> None:
    found = list(CHECK["version_findings"](version, ["v1.0.0"], tag))
    assert [line[: len(finding or "")] for line in found] == ([finding] if finding else [])


@pytest.mark.parametrize(
    ("changelog", "dry_run", "finding"),
    [
        (DATED, False, None),
        (DATED.replace(" - 2026-11-02", ""), False, "The section of 1.1.0 in CHANGELOG.md has no date; write"),
        (DATED.replace("- More.", ""), False, 'The section "## [1.1.0] - YYYY-MM-DD" of CHANGELOG.md is empty; write'),
        (DATED.replace("[1.1.0]", "[1.1.0rc1]"), False, "CHANGELOG.md has no section for 1.1.0; rename"),
        (DATED.replace("[1.1.0]", "[1.1.0rc1]"), True, 'The section "## [Unreleased]" of CHANGELOG.md is empty; write'),
        ("## [Unreleased]\n\n- New.\n", False, "CHANGELOG.md has no section for 1.1.0; rename"),
        ("## [Unreleased]\n\n- New.\n", True, None),
    ],
)
def test_the_changelog_has_a_dated_section(changelog: str, dry_run: bool, finding: str | None) -> None:
    found = list(CHECK["changelog_findings"](changelog, "1.1.0", dry_run))
    assert [line[: len(finding or "")] for line in found] == ([finding] if finding else [])


def test_the_notes_of_a_release_are_its_section() -> None:
    assert CHECK["section"](DATED, "1.1.0") == ("- 2026-11-02", "- More.")
    assert CHECK["section"](DATED, "1.0.0") == ("- 2026-01-02", "- First.")


def test_breaking_changes_need_their_heading() -> None:
    broken = ["grinfi_async.Grinfi.close: Public object was removed"]
    assert list(CHECK["breaking_findings"](broken, "### Added\n\n- x\n\n### Breaking\n\n- close", "v1.0.0")) == []
    assert list(CHECK["breaking_findings"]([], "### Added", "v1.0.0")) == []
    assert list(CHECK["breaking_findings"](broken, "### Added\n\nBreaking: no", "v1.0.0")) == [
        "Since v1.0.0: grinfi_async.Grinfi.close: Public object was removed",
        "Changes since v1.0.0 that break callers: 1; undo them, or describe them in CHANGELOG.md under a heading "
        '"### Breaking".',
    ]


def test_the_last_release_is_the_highest_version_below() -> None:
    tags = ["v1.0.0", "v1.10.0", "v1.9.0", "v2.0.0", "v1.10.0rc1", "vendor", "v1.x"]
    assert CHECK["last_release"](tags, "1.11.0") == "v1.10.0"
    assert CHECK["last_release"](tags, "1.10.0") == "v1.10.0rc1"
    assert CHECK["last_release"](tags, "0.1.0") is None


def built(dist: Path, sources: list[str], packed: list[str], filling: bytes = b"") -> None:
    with zipfile.ZipFile(dist / "grinfi_async-1.0.0-py3-none-any.whl", "w") as wheel:
        for name in packed:
            wheel.writestr(name, filling)
    with tarfile.open(dist / "grinfi_async-1.0.0.tar.gz", "w:gz") as sdist:
        for name in sources:
            sdist.addfile(tarfile.TarInfo(f"grinfi_async-1.0.0/{name}"), io.BytesIO())


def test_files_that_can_be_released(tmp_path: Path) -> None:
    built(tmp_path, SOURCES, PACKED)
    assert list(CHECK["file_findings"](tmp_path, "1.0.0", PROJECT)) == []


def test_files_that_are_missing_foreign_or_too_large(tmp_path: Path) -> None:
    assert list(CHECK["file_findings"](tmp_path, "1.0.0", PROJECT)) == [
        "dist/ has no file, not grinfi_async-1.0.0-py3-none-any.whl and grinfi_async-1.0.0.tar.gz; run `make build`."
    ]
    built(tmp_path, SOURCES[2:], [*PACKED, "tests/test_a.py"], b"x" * CHECK["WHEEL_LIMIT"])
    size, name, *rest = CHECK["file_findings"](tmp_path, "1.0.0", PROJECT)
    assert "more than its limit; make it smaller" in size
    assert name.endswith("has tests/test_a.py, which is in none of its packages; correct `packages` in pyproject.toml.")
    assert [line.split(", which")[0] for line in rest] == [
        "grinfi_async-1.0.0.tar.gz has no README.md",
        "grinfi_async-1.0.0.tar.gz has no pyproject.toml",
    ]


def test_the_public_api_is_compared_with_the_last_release(tmp_path: Path) -> None:
    """What callers use may be in another package than the one that they import."""
    (tmp_path / "outer").mkdir()
    (tmp_path / "src" / "inner").mkdir(parents=True)
    (tmp_path / "outer" / "__init__.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from inner import connect\n__all__ = ['connect']\n"
    )
    inner = tmp_path / "src" / "inner" / "__init__.py"

    def commit(source: str, tag: str) -> None:
        inner.write_text(source)
        author = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false")
        for command in (("init", "-q"), ("add", "."), (*author, "commit", "-qm", tag), (*author, "tag", tag)):
            subprocess.run(["git", *command], cwd=tmp_path, check=True)

    commit("def connect(key: str, timeout: float = 1): ...\n", "v1.0.0")
    commit("def connect(key: str, timeout: float = 1, *, retries: int = 2): ...\n", "v1.1.0")
    assert CHECK["broken_since"]("v1.0.0", tmp_path, "outer", ["src"]) == []
    commit("def connect(key: str, *, retries: int = 2): ...\n", "v1.2.0")
    assert CHECK["broken_since"]("v1.1.0", tmp_path, "outer", ["src"]) == [
        "src/inner/__init__.py: connect(timeout): Parameter was removed"
    ]
