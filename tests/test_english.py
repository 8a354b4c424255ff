"""The check of `make lint` for phrases of an old idiom."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
ENGLISH: dict[str, Any] = runpy.run_path(str(ROOT / ".ci" / "english.py"))


def found(tmp_path: Path, name: str, text: str) -> list[tuple[int, str]]:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return [(line, phrase) for line, phrase, _ in ENGLISH["phrases"](path)]


@pytest.mark.parametrize(
    ("text", "line", "phrase"),
    [
        ("# The header tells\n# the limit.\n", 1, "tells"),
        ("x = 1\n# What is sent\n# is checked.\n", 2, "What is sent is"),
        ('raise ValueError(f"{x} is no number")\n', 1, "is no number"),
        ("def test_it_goes_on() -> None: ...\n", 1, "goes on"),
        ('"""Text.\n\nOf lists it reads pages.\n"""\n', 3, "Of lists"),
    ],
)
def test_an_old_phrase_is_found_at_its_line(tmp_path: Path, text: str, line: int, phrase: str) -> None:
    assert found(tmp_path, "module.py", text) == [(line, phrase)]


def test_ordinary_english_and_names_in_code_are_accepted(tmp_path: Path) -> None:
    code = "tells = anew(goes, on)  # There is no limit, and it is no longer checked, one row at a time.\n"
    assert found(tmp_path, "module.py", code) == []
    assert found(tmp_path, "page.md", "Of course, wait for it to end: 2 calls at a time, as TLS stands for it.\n") == []
