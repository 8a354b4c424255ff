"""Corrections of the description."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from codegen.errors import CodegenError
from codegen.overlay import apply, load_overlay
from tests.codegen.helpers import Json

DOCUMENT: Json = {"a": {"b": [{"n": 1}, {"n": 2}], "c": "text"}}


def action(target: str, **rest: object) -> Json:
    return {"target": target, "description": "Why.", **rest}


@pytest.mark.parametrize(
    ("target", "change", "expected"),
    [
        ("$.a", {"update": {"d": {"e": 1}}}, {"b": [{"n": 1}, {"n": 2}], "c": "text", "d": {"e": 1}}),
        ("$.a.b[*]", {"update": {"x": 1}}, {"b": [{"n": 1, "x": 1}, {"n": 2, "x": 1}], "c": "text"}),
        ("$.a.b[?(@.n==2)]", {"update": {"x": 1}}, {"b": [{"n": 1}, {"n": 2, "x": 1}], "c": "text"}),
        ("$.a.b[?(@.n==1)]", {"remove": True}, {"b": [{"n": 2}], "c": "text"}),
        ("$.a.c", {"remove": True}, {"b": [{"n": 1}, {"n": 2}]}),
    ],
)
def test_an_action_changes_every_match_and_not_the_document(target: str, change: Json, expected: Json) -> None:
    before = repr(DOCUMENT)
    assert apply(DOCUMENT, [action(target, **change)]) == ({"a": expected}, [])
    assert repr(DOCUMENT) == before


@pytest.mark.parametrize("target", ["$.a.x", "$.a.b[?(@.n==3)]", "$.a.b[7]", "$.a.c", "$.a.c.d"])
def test_an_action_with_nothing_to_correct_fails_and_is_named(target: str) -> None:
    lost = action(target, update={"x": 1})
    found = action("$.a", update={"x": 1})
    with pytest.raises(CodegenError, match=re.escape(f"{target} (Why.)")) as caught:
        apply(DOCUMENT, [found, lost])
    assert "$.a (Why.)" not in str(caught.value)
    left_out = f"{target} (Why.), which this edition does not have"
    assert apply(DOCUMENT, [{**lost, "x-optional": True}]) == (DOCUMENT, [left_out])


def test_actions_come_in_order() -> None:
    actions = [action("$.a", update={"d": {}}), action("$.a.d", update={"e": 1}), action("$.a.b", remove=True)]
    assert apply(DOCUMENT, actions)[0] == {"a": {"c": "text", "d": {"e": 1}}}


def test_a_target_that_is_not_a_path_is_an_error() -> None:
    with pytest.raises(CodegenError, match=r"target \$\.\.\[ is not a JSONPath"):
        apply(DOCUMENT, [action("$..[", update={})])


@pytest.mark.parametrize(
    "text",
    [
        "{target: $.a, update: {}}",  # no reason
        "{description: Why., update: {}}",
        "{target: $.a, description: Why.}",
        "{target: $.a, description: Why., update: {}, remove: true}",
        "{target: $.a, description: Why., update: [], remove: true}",
        "{target: $.a, description: Why., update: text}",
        "{target: $.a, description: Why., remove: false}",
    ],
)
def test_an_action_needs_a_target_a_reason_and_one_thing_to_do(text: str, tmp_path: Path) -> None:
    path = tmp_path / "overlay.yaml"
    path.write_text(
        f"overlay: 1.0.0\nactions:\n- {{target: $.a, description: Why., remove: true}}\n- {text}\n", "utf-8"
    )
    with pytest.raises(CodegenError, match=r"overlay\.yaml, action 2 .*needs a target, a description with the reason"):
        load_overlay(path)


@pytest.mark.parametrize("text", ["", "overlay: 2.0.0", "- 1", "a: {", "overlay: 1.0.0\noverlay: 1.0.0"])
def test_a_file_that_is_not_an_overlay_is_an_error(text: str, tmp_path: Path) -> None:
    path = tmp_path / "overlay.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(CodegenError, match=r"overlay\.yaml"):
        load_overlay(path)


SHARED: Json = {
    "components": {"schemas": {"BigThing": {"allOf": [{"properties": {"a": {}}}, {"properties": {"b": {"c": 1}}}]}}},
    "at": {"$ref": "#/components/schemas/BigThing"},
    "list": [{"$ref": "#/components/named"}, {"name": "y"}],
}


@pytest.mark.parametrize(
    "target",
    [
        "$.components.schemas['BigThing'].properties.b",
        "$.components.schemas['big-thing'].properties.b",
        "$.at.properties.b",
    ],
)
def test_a_target_is_found_wherever_it_is_written(target: str) -> None:
    corrected, unmatched = apply(SHARED, [action(target, update={"d": 2})])
    assert unmatched == []
    assert corrected["components"]["schemas"]["BigThing"]["allOf"][1]["properties"]["b"] == {"c": 1, "d": 2}


def test_a_referenced_entry_is_identified_by_its_content() -> None:
    document: Json = {**SHARED, "components": {"named": {"name": "x"}}}
    entry = "$.list[?(@.name=='x')]"
    assert apply(document, [action(entry, update={"z": 1})])[0]["components"]["named"] == {"name": "x", "z": 1}
    corrected = apply(document, [action(entry, remove=True)])[0]
    assert (corrected["list"], corrected["components"]) == ([{"name": "y"}], document["components"])


ADDITION: Json = {
    "/jobs/{uuid}": {"get": {"operationId": "getJob", "tags": ["Jobs"]}, "delete": {"operationId": "endJob"}}
}


@pytest.mark.parametrize(
    ("paths", "expected", "left_out"),
    [
        ({}, ADDITION, []),
        (
            {"/jobs/{id}": {"get": {"operationId": "showJob", "tags": ["Work"]}}},
            {
                "/jobs/{id}": {"get": {"operationId": "showJob", "tags": ["Work"], "x-named-as": "getJob"}},
                "/jobs/{uuid}": {"delete": {"operationId": "endJob"}},
            },
            ["GET /jobs/{uuid} (getJob), which this edition describes itself"],
        ),
        (
            {"/jobs/{uuid}/end": {"post": {"operationId": "endJob"}}},
            {
                "/jobs/{uuid}/end": {"post": {"operationId": "endJob"}},
                "/jobs/{uuid}": {"get": {"operationId": "getJob", "tags": ["Jobs"]}},
            },
            ["DELETE /jobs/{uuid} (endJob), which this edition describes itself"],
        ),
    ],
)
def test_an_added_operation_yields_to_a_described_one(paths: Json, expected: Json, left_out: list[str]) -> None:
    addition = action("$.paths", update=ADDITION, **{"x-adds-operations": True})
    assert apply({"paths": paths}, [addition]) == ({"paths": expected}, left_out)


def test_an_added_operation_yields_to_a_described_one_behind_a_reference() -> None:
    document: Json = {
        "paths": {"/jobs/{uuid}": {"$ref": "#/components/pathItems/job"}},
        "components": {"pathItems": {"job": {"get": {"operationId": "showJob"}}}},
    }
    addition = action(
        "$.paths", update={"/jobs/{uuid}": {"get": {"operationId": "getJob"}}}, **{"x-adds-operations": True}
    )
    corrected, left_out = apply(document, [addition])
    assert corrected["components"]["pathItems"]["job"]["get"] == {"operationId": "showJob", "x-named-as": "getJob"}
    assert left_out == ["GET /jobs/{uuid} (getJob), which this edition describes itself"]
