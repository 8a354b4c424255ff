"""Texts of the description in Python source."""

from __future__ import annotations

import ast
import re
from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codegen.elements import Model, ModelField, Shape
from codegen.markdown import wrapped
from codegen.render import ModelModule
from codegen.text import WIDTH, clean, escape, literal, one_line
from tests.codegen.hostile import EVIL
from tests.codegen.texts import FRAGMENTS

LINES = st.lists(
    st.text(st.sampled_from("\"'\\`|{}#-* \t\n\r\x00\u202eaN中😀\ud800"), max_size=40)
    | st.text(max_size=40)
    | st.sampled_from(['"""', "```", "| a |", "\\N{x}", "- item", "# type: ignore", "x" * 200, "word " * 50])
    | st.sampled_from(FRAGMENTS),
    max_size=8,
).flatmap(lambda parts: st.sampled_from(["\n", " ", "\n\n"]).map(lambda between: between.join(parts)))


def documented(lines: list[str]) -> str:
    """The docstring that Python reads, after a look at whether the code around it is whole."""
    tree = ast.parse("\n".join(["def f():", *lines, "    return 1", ""]))
    (function,) = tree.body
    assert isinstance(function, ast.FunctionDef)
    assert len(function.body) == 2
    assert isinstance(function.body[1], ast.Return)
    return ast.get_docstring(function) or ""


def spoken(text: str) -> Counter[str]:
    """The words of a text, except those too long for a line."""
    return Counter(word for part in text.split() if len(part) < 50 for word in re.findall(r"\w+", part))


@given(LINES, st.sampled_from([(4, 0, ""), (8, 0, ""), (12, 4, "name:")]))
@example(EVIL, (4, 0, ""))
@example("\\", (4, 0, ""))
@example('"', (12, 4, "name:"))
@example("", (12, 4, "name:"))
def test_a_docstring_keeps_every_word_and_has_no_long_line(text: str, layout: tuple[int, int, str]) -> None:
    lines = wrapped(text, *layout)
    assert [line for line in lines if len(line) > WIDTH] == []
    assert "" not in lines or not layout[1], "the text of an argument ends at a blank line"
    lines[0] = '    """' + lines[0].lstrip()
    shown = documented([*lines, '    """'])
    assert spoken(clean(text)) - Counter(re.findall(r"\w+", shown)) == Counter()
    assert documented([f'    """{escape(one_line(text))}.', '    """']).split() == f"{one_line(text)}.".split()


@given(st.text(st.characters()) | LINES)
@example(EVIL)
def test_a_literal_is_exactly_the_text_on_one_visible_line(text: str) -> None:
    code = literal(text)
    assert ast.literal_eval(code) == text
    assert code.isprintable()


@given(LINES, LINES, LINES)
@example("", EVIL, QUOTED := '"""quoted"""')
def test_the_docstring_of_a_model_is_whole(description: str, field: str, component: str) -> None:
    entry = ModelField("x", "x", Shape("string"), False, field, False, False)
    model = Model("Thing", [entry], description, False, None, f"/components/schemas/{component}")
    documented(ModelModule.documentation(model).split("\n"))
    if field.strip():
        documented(ModelModule.field_documentation(entry).split("\n"))


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x85", "\u202e", "\u2066", "\ud800"])
def test_deceptive_and_control_characters_are_removed_from_docstrings(character: str) -> None:
    assert clean(f"a{character}b") == "ab"


def shown(text: str, indent: int = 0, hanging: int = 0, lead: str = "") -> str:
    return "\n".join(wrapped(text, indent, hanging, lead))


TABLE = """\
| Type | Payload      |
| ---- | ------------ |
| `a`  | `{ x: 1 }`   |
| `b`  | none or `[]` |"""


def test_a_table_is_laid_out_folded_or_not() -> None:
    rows = ["| Type | Payload |", "| --- | --- |", "| `a` | `{ x: 1 }` |", "| `b` | none or `[]` |"]
    assert shown("\n".join(rows)) == TABLE
    assert shown(f"Types: {' '.join(rows)} And more.") == f"Types:\n\n{TABLE}\n\nAnd more."
    assert shown(f"Types | or:\n\n{' '.join(rows)}") == f"Types | or:\n\n{TABLE}"


def test_a_table_that_is_too_wide_is_shown_as_a_list() -> None:
    row = f"| `a\\|b` | {'word ' * 30}|"
    assert shown(f"| Type | What | | --- | --- | {row} | c | |").split("\n") == [
        "- Type: `a|b`",
        f"  What: {'word ' * 21}".rstrip(),
        f"    {'word ' * 9}".rstrip(),
        "- Type: c",
        "  What",
    ]


@pytest.mark.parametrize(
    ("folded", "expected"),
    [
        ("One of: - a, the first - b - `x - y`", "One of:\n- a, the first\n- b\n- `x - y`"),
        ("* a * b", "* a\n* b"),
        ("It has these. - a - b", "It has these.\n- a\n- b"),
        ("Keys - `a`: one - `b`: two", "Keys\n- `a`: one\n- `b`: two"),
        ("Take a - `b`, or 2 * `c` * `d`", "Take a - `b`, or 2 * `c` * `d`"),
        ("Steps: 1. Open. 2. Close. 3. Go.", "Steps:\n1. Open.\n2. Close.\n3. Go."),
        ("- a\n- b - c\n  d\n  - e\nf", "- a\n- b - c d\n  - e\nf"),
        ("From 1 - 2 - 3, see 1. and 3.", "From 1 - 2 - 3, see 1. and 3."),
        ('As ```json { "a": 1 } ``` or ```x```.', 'As\n\n```json\n{ "a": 1 }\n```\n\nor ```x```.'),
        ("```\nx   =   1\n\n- y\n```\nend", "```\nx   =   1\n\n- y\n```\n\nend"),
        ("```\nnever closed", "```\nnever closed"),
        ("One line\nof two.\nAnother.\n\nApart.", "One line of two.\nAnother.\n\nApart."),
        ("# Head\nText", "# Head\nText"),
    ],
)
def test_folded_texts_are_unfolded_and_others_are_unchanged(folded: str, expected: str) -> None:
    assert shown(folded) == expected


def test_the_text_of_an_argument_hangs_below_its_name() -> None:
    assert shown("One of: - a - b", 4, 2, "kind:") == "    kind: One of:\n      - a\n      - b"
    assert shown("- a\n- b\n\nEnd.", 4, 2, "kind:") == "    kind:\n      - a\n      - b\n      End."
    assert shown("", 4, 2, "kind:") == "    kind:"
    assert shown("It.\n\n```\na\n\nb\n```", 4, 2, "kind:").split("\n") == [
        "    kind: It.",
        "      ```",
        "      a",
        "      b",
        "      ```",
    ]


def test_only_words_too_long_for_a_line_are_split() -> None:
    lines = wrapped(f"See {'x' * 100} {'y' * 300} end.", 4)
    assert [len(line) for line in lines] == [108, 116, 116, 85]
    assert lines[-1].endswith("y end.")
