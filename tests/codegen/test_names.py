"""Public names: of resources, methods, arguments and models."""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codegen.errors import CodegenError
from codegen.names import (
    Name,
    argument_name,
    load_names,
    pascal_case,
    plan_names,
    safe,
    short,
    singular,
    snake_case,
    words,
)
from tests.codegen.helpers import operation, small


def module_name(text: str) -> str:
    return safe(short(snake_case(text)))


@given(st.text())
@example("²½①")
@example("İ ﬁ ｉｆ")
@example("none")
@example("à la")
@example("___")
@example("हिन्दी")
@pytest.mark.parametrize("make", [argument_name, pascal_case, module_name])
def test_any_text_makes_an_identifier(make: Callable[[str], str], text: str) -> None:
    name = make(text)
    assert name.isidentifier()
    assert not keyword.iskeyword(name)
    assert unicodedata.normalize("NFKC", name) == name, "Python would read another name"
    assert not name.startswith("_")


@given(st.text())
def test_classes_are_never_called_as_modules_or_arguments_are(text: str) -> None:
    assert pascal_case(text)[0].isupper()
    assert not argument_name(text)[0].isupper()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("getEmailLLMThread", ["get", "email", "llm", "thread"]),
        ("listLinkedInBrowsers", ["list", "linkedin", "browsers"]),
        ("AI Agents", ["ai", "agents"]),
        ("flow-workspace_uuid", ["flow", "workspace", "uuid"]),
        ("m²", ["m2"]),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("wire", "name"),
    [
        ("lead_uuid", "lead_uuid"),
        ("flowUuid", "flow_uuid"),
        ("X-Trace-Id", "x_trace_id"),
        ("class", "class_"),
        ("from", "from_"),
        ("self", "self_"),
        ("json_body", "json_body_"),
        ("2fa", "n_2fa"),
        ("_private", "private"),
        ("list", "list"),
        ("$", "unnamed"),
    ],
)
def test_arguments(wire: str, name: str) -> None:
    assert argument_name(wire) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [("ai-agent", "AiAgent"), ("AIAgent", "AIAgent"), ("2fa code", "N2faCode"), ("none", "None_"), ("中文", "N中文")],
)
def test_classes(text: str, name: str) -> None:
    assert pascal_case(text) == name


@pytest.mark.parametrize(
    ("word", "expected"),
    [("companies", "company"), ("boxes", "box"), ("notes", "note"), ("status", "status"), ("address", "address")],
)
def test_singular(word: str, expected: str) -> None:
    assert singular(word) == expected


LISTED = {"listLeads": Name("contacts", "list"), "getLead": Name("contacts", "get")}


@pytest.mark.parametrize(
    ("operation_id", "tag", "expected"),
    [
        ("listLeads", "Elsewhere", Name("contacts", "list")),  # listed
        ("archiveLeads", "Contacts", Name("contacts", "archive")),  # the tag's resource; nouns left out
        ("archiveContactNotes", "Contacts", Name("contacts", "archive_notes")),
        ("getContact", "Contacts", Name("contacts", "get_contact")),  # `get` is taken
        ("contacts", "Contacts", Name("contacts", "contacts")),  # only nouns
        ("listThings", "Brand-new Things", Name("brand_new_things", "list")),  # a new tag
        ("import", "class", Name("class_", "import_")),
        ("getIt", "Property", Name("property_", "get_it")),  # the class of resources needs the word
        ("getIt", "Request", Name("request_", "get_it")),  # an attribute of the client
        (None, "Things", Name("things", "get")),
        ("!!!", "???", Name("unnamed", "unnamed")),
    ],
)
def test_the_rule_for_operations(operation_id: str | None, tag: str, expected: Name) -> None:
    paths = {
        "/a": {"get": operation("listLeads", tag="Contacts")},
        "/b": {"get": operation("getLead", tag="Contacts")},
        "/things": {"get": operation(operation_id, tag=tag)},
    }
    if operation_id == "listLeads":
        del paths["/a"]
    names = plan_names(small(paths), LISTED, {"request"})
    assert names[operation_id or "get /things"] == expected


def test_an_operation_without_a_tag_belongs_to_default() -> None:
    assert plan_names(small({"/a": {"get": {"operationId": "ping"}}}), {}) == {"ping": Name("default", "ping")}


def test_two_operations_with_the_same_name_are_an_error() -> None:
    paths = {"/a": {"get": operation("do-it", tag="T")}, "/b": {"get": operation("do_it", tag="T")}}
    with pytest.raises(CodegenError, match=r"do_it is taken\. List a name for it in codegen/names.yaml"):
        plan_names(small(paths), {})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: {getX: get}\nb: {getX: get}", "getX is listed twice"),
        ("a: {getX: get, getY: get}", "a.get is the name of two operations, getX and getY"),
        ("a: {getX: get}\na: {getY: get}", "the key 'a' occurs twice"),
        ("a: {", "cannot be parsed"),
    ],
)
def test_mistakes_in_the_list_of_names_are_reported(text: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "names.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(CodegenError, match=rf"names\.yaml.*{problem}"):
        load_names(path)
