"""YAML is read correctly, in usual and rare forms; the overlay is applied as the generator does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen import overlay as generator_overlay
from codegen.overlay import load_overlay
from grinfi_sandbox import overlay
from grinfi_sandbox.documents import read_yaml

ROOT = Path(__file__).parents[2]

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
def test_the_messages_that_are_read(text: str, value: Any) -> None:
    assert read_yaml(text) == value


@pytest.mark.parametrize("text", ["{", "a: b: c", "a: *unknown", "!unknown a", "? [a]\n: 1", "a\n---\nb", "'a"])
def test_refused_values(text: str) -> None:
    with pytest.raises(yaml.YAMLError):
        read_yaml(text)


def test_the_overlay_says_the_same_to_the_sandbox_and_to_the_generator(document: dict[str, Any]) -> None:
    actions = load_overlay(ROOT / "codegen" / "overlay.yaml")
    corrected, _ = generator_overlay.apply(document, actions)
    assert overlay.apply(document, actions) == corrected
    assert corrected != document


def test_a_target_in_an_unknown_form_is_refused() -> None:
    with pytest.raises(ValueError, match=r"target \$\.\.a has a form"):
        overlay.apply({"a": {}}, [{"target": "$..a", "update": {"b": 1}}])
    assert overlay.apply({"a": {}}, [{"target": "$.b", "update": {"b": 1}}]) == {"a": {}}
