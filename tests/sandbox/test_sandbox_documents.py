"""YAML is read as what it says, in the usual forms and in rare ones."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from grinfi_sandbox.documents import read_yaml

READ: list[tuple[str, Any]] = [
    ("", None),
    ("5", 5),
    ("a: 2026-01-02\nb: 2026-01-02T03:04:05Z", {"a": "2026-01-02", "b": "2026-01-02T03:04:05Z"}),
    (
        "{a: 0x1F, b: -1.5, c: yes, d: 'yes', e: '5', f: ~, g: null, h: }",
        {"a": 31, "b": -1.5, "c": True, "d": "yes", "e": "5", "f": None, "g": None, "h": None},
    ),
    (
        "200:\n- |\n  one\n  two\n- >-\n  one\n  two\n- [[], {}, '', \"\\u00e9\"]",
        {200: ["one\ntwo\n", "one two", [[], {}, "", "é"]]},
    ),
    ("a: 1\na: 2", {"a": 2}),
    ("a: &x {b: 1}\nc: *x\nd: {<<: *x, e: 2}", {"a": {"b": 1}, "c": {"b": 1}, "d": {"b": 1, "e": 2}}),
    ("{<<: {a: 1}, b: 2}", {"a": 1, "b": 2}),
    ("a: !!str 5", {"a": "5"}),
]


@pytest.mark.parametrize(("text", "value"), READ)
def test_what_is_read(text: str, value: Any) -> None:
    assert read_yaml(text) == value


@pytest.mark.parametrize("text", ["{", "a: b: c", "a: *unknown", "!unknown a", "? [a]\n: 1", "a\n---\nb", "'a"])
def test_what_is_refused(text: str) -> None:
    with pytest.raises(yaml.YAMLError):
        read_yaml(text)
