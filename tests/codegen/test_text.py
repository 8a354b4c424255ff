"""Texts of the description in Python source."""

from __future__ import annotations

import ast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from codegen.plan import Model, ModelField, Shape
from codegen.render import ModelModule
from codegen.text import clean, escape, literal, one_line, wrapped
from tests.codegen.hostile import EVIL

LINES = st.lists(
    st.text(st.sampled_from("\"'\\`|{}#-* \t\n\r\x00\u202eaN中😀\ud800"), max_size=40)
    | st.text(max_size=40)
    | st.sampled_from(['"""', "```", "| a |", "\\N{x}", "- item", "# type: ignore", "x" * 200, "word " * 50]),
    max_size=8,
).map("\n".join)


def documented(lines: list[str]) -> str:
    """The docstring that Python reads, after a look at whether the code around it is whole."""
    tree = ast.parse("\n".join(["def f():", *lines, "    return 1", ""]))
    (function,) = tree.body
    assert isinstance(function, ast.FunctionDef)
    assert len(function.body) == 2
    assert isinstance(function.body[1], ast.Return)
    return ast.get_docstring(function) or ""


@settings(max_examples=300, deadline=None)
@given(LINES)
@example(EVIL)
@example("\\")
@example('"')
@example("")
def test_a_docstring_says_what_the_description_says_and_no_more(text: str) -> None:
    lines = wrapped(text, 4)
    lines[0] = '    """' + lines[0].lstrip()
    assert documented([*lines, '    """']).split() == clean(text).split()
    assert documented([f'    """{escape(one_line(text))}.', '    """']).split() == f"{one_line(text)}.".split()


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters()) | LINES)
@example(EVIL)
def test_a_literal_is_exactly_the_text_on_one_visible_line(text: str) -> None:
    code = literal(text)
    assert ast.literal_eval(code) == text
    assert code.isprintable()


@settings(max_examples=100, deadline=None)
@given(LINES, LINES, LINES)
@example("", EVIL, QUOTED := '"""quoted"""')
def test_the_docstring_of_a_model_is_whole(description: str, field: str, component: str) -> None:
    entry = ModelField("x", "x", Shape("string"), False, field, False)
    model = Model("Thing", [entry], description, False, None, f"/components/schemas/{component}")
    documented(ModelModule.documentation(model).split("\n"))
    if field.strip():
        documented(ModelModule.field_documentation(entry).split("\n"))


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x85", "\u202e", "\u2066", "\ud800"])
def test_characters_that_deceive_or_break_are_left_out_of_docstrings(character: str) -> None:
    assert clean(f"a{character}b") == "ab"


def test_paragraphs_are_filled_and_tables_and_code_stay() -> None:
    text = f"{'word ' * 40}\n\n| a | b |\n\n```\nx   =   1\n```\n- {'item ' * 40}"
    lines = wrapped(text, 4)
    assert all(len(line) <= 116 for line in lines)
    assert {"    | a | b |", "    x   =   1"} < set(lines)
    assert [line[:7] for line in lines if "item" in line] == ["    - i", "      i"]
