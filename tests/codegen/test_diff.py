"""The comparison of two editions of a description, as a caller of the SDK sees it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from copy import deepcopy
from typing import Any, TypeAlias, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.diff import Difference, Rename, compare
from tests.codegen.helpers import edition

Json: TypeAlias = dict[str, Any]
Found: TypeAlias = list[tuple[str, str, bool]]

STRING: Json = {"type": "string"}
INTEGER: Json = {"type": "integer"}


def body(schema: Json, media: str = "application/json", **rest: Any) -> Json:
    return {"content": {media: {"schema": schema}}, **rest}


def document(path: str = "/things/{uuid}", method: str = "post", **operation: Any) -> Json:
    return {"paths": {path: {method: {"operationId": "doThing", "tags": ["things"], **operation}}}}


def changes(old: Json, new: Json) -> Found:
    """The changes of the one operation that two documents have in common."""
    difference = compare(old, new)
    assert not difference.added
    assert not difference.removed
    assert len(difference.changed) <= 1
    return [(c.where, c.what, c.breaking) for o in difference.changed for c in o.changes]


def requested(old: Json, new: Json, schemas: tuple[Json, Json] | None = None) -> Found:
    """The changes of a field `x` that is sent, or of the schemas of a whole body."""
    return changes(*(document(requestBody=body(schema)) for schema in schemas or (field(old), field(new))))


def returned(old: Json, new: Json, status: str = "200") -> Found:
    """The changes of a field `x` that is returned."""
    return changes(*(document(responses={status: body(field(schema))}) for schema in (old, new)))


def field(schema: Json) -> Json:
    return {"type": "object", "properties": {"x": schema}}


def parameter(name: str = "limit", where: str = "query", schema: Json = INTEGER, **rest: Any) -> Json:
    return {"in": where, "name": name, "schema": schema, **rest}


def enumerated(*values: Any) -> Json:
    return {"type": "string", "enum": list(values)}


def with_parameters(*parameters: Json) -> Json:
    return document(parameters=list(parameters))


class TestOperations:
    def test_added_and_removed(self) -> None:
        difference = compare(document("/a", operationId="listA"), document("/b", operationId="listB"))
        assert difference.added == ("listB",)
        assert difference.removed == ("listA",)
        assert difference.breaking

    def test_only_added_is_not_breaking(self) -> None:
        old, new = document("/a"), document("/a")
        new["paths"] |= document("/b", operationId="z")["paths"] | document("/c", operationId="b")["paths"]
        difference = compare(old, new)
        assert difference.added == ("b", "z")
        assert not difference.breaking
        assert not difference.empty

    def test_renamed(self) -> None:
        old, new = document("/a/{id}", operationId="getA"), document("/a/{id}", operationId="fetchA", deprecated=True)
        difference = compare(old, new)
        assert difference.renamed == (Rename("getA", "fetchA"),)
        assert (difference.added, difference.removed) == ((), ())
        assert [o.operation for o in difference.changed] == ["fetchA"]
        assert difference.breaking

    def test_a_name_that_another_operation_already_had_is_not_a_rename(self) -> None:
        old = {"paths": {"/a": {"get": {"operationId": "a"}, "post": {"operationId": "b"}}}}
        new = {"paths": {"/a": {"get": {"operationId": "b"}}}}
        difference = compare(old, new)
        assert difference.removed == ("a",)
        assert [c.what for o in difference.changed for c in o.changes] == ["method changed from POST to GET"]

    def test_without_operation_id(self) -> None:
        old: Json = {"paths": {"/a": {"get": {}, "put": {}}}}
        assert compare(old, {"paths": {"/a": {"get": {}}}}).removed == ("PUT /a",)

    def test_only_one_operation_is_renamed_to_another(self) -> None:
        old = document("/x/{a}", operationId="a")
        old["paths"] |= document("/x/{b}", operationId="b")["paths"]
        difference = compare(old, document("/x/{a}", operationId="c"))
        assert (difference.renamed, difference.removed) == ((Rename("a", "c"),), ("b",))

    def test_two_operations_of_one_name(self) -> None:
        old = document("/a")
        old["paths"] |= document("/b")["paths"]
        assert compare(old, document("/a")).removed == ("POST /b",)

    @pytest.mark.parametrize(
        ("old", "new", "what", "breaking"),
        [
            ({"tags": ["a"]}, {"tags": ["b"]}, "tag changed from a to b", True),
            ({"tags": ["a"]}, {"tags": ["a", "b"]}, "tag changed from a to a, b", False),
            ({"path": "/a"}, {"path": "/b"}, "path changed from /a to /b", False),
            ({"method": "put"}, {"method": "patch"}, "method changed from PUT to PATCH", False),
            ({}, {"deprecated": True}, "became deprecated", False),
            ({"deprecated": True}, {"deprecated": False}, "no longer deprecated", False),
            (
                {"path": "/{a}/{b}"},
                {"path": "/{b}/{a}"},
                "order of path parameters changed from a, b to b, a",
                True,
            ),
        ],
    )
    def test_changed(self, old: Json, new: Json, what: str, breaking: bool) -> None:
        assert changes(document(**old), document(**new)) == [("operation", what, breaking)]


class TestParameters:
    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            ([], [parameter()], ("was added", False)),
            ([], [parameter(required=True)], ("was added, required", True)),
            ([parameter()], [], ("was removed", True)),
            ([parameter()], [parameter(required=True)], ("became required", True)),
            ([parameter(required=True)], [parameter()], ("became optional", False)),
            ([parameter()], [parameter(schema=STRING)], ("type changed from integer to string", True)),
            ([parameter()], [parameter(schema={"type": "number"})], ("type changed from integer to number", False)),
            ([parameter()], [parameter(deprecated=True)], ("became deprecated", False)),
            ([parameter()], [parameter(style="deepObject")], ("style changed from form to deepObject", False)),
            ([parameter()], [parameter(explode=False)], ("explode changed from true to false", False)),
            (
                [parameter(schema={**INTEGER, "default": 20})],
                [parameter(schema={**INTEGER, "default": 50})],
                ("default changed from 20 to 50", False),
            ),
        ],
    )
    def test_changed(self, old: list[Json], new: list[Json], expected: tuple[str, bool]) -> None:
        found = changes(with_parameters(*old), with_parameters(*new))
        assert found == [("request.query.limit", *expected)]

    def test_location_is_part_of_the_name(self) -> None:
        found = changes(with_parameters(parameter()), with_parameters(parameter(where="header")))
        assert found == [
            ("request.header.limit", "was added", False),
            ("request.query.limit", "was removed", True),
        ]

    def test_fields_of_a_filter(self) -> None:
        old, new = ({"type": "object", "properties": {"q": s}} for s in (STRING, INTEGER))
        found = changes(
            with_parameters(parameter("filter", schema=old)), with_parameters(parameter("filter", schema=new))
        )
        assert found == [("request.query.filter.q", "type changed from string to integer", True)]

    def test_defaults_of_style_and_explode_are_not_differences(self) -> None:
        assert changes(with_parameters(parameter()), with_parameters(parameter(style="form", explode=True))) == []

    def test_path_parameter_renamed(self) -> None:
        old = document("/x/{uuid}/y", parameters=[parameter("uuid", "path", required=True)])
        new = document("/x/{id}/y", parameters=[parameter("id", "path", STRING, required=True)])
        assert changes(old, new) == [
            ("request.path.id", "type changed from integer to string", True),
            ("request.path.uuid", "was renamed to id", True),
        ]

    def test_path_parameter_that_only_the_path_mentions(self) -> None:
        assert changes(document("/x/{a}"), document("/x/{b}")) == [("request.path.a", "was renamed to b", True)]

    def test_path_parameter_renamed_beside_another(self) -> None:
        found = changes(document("/x/{a}/{b}"), document("/x/{a}/{c}"))
        assert found == [("request.path.b", "was renamed to c", True)]

    def test_path_parameter_that_moved_is_not_renamed(self) -> None:
        assert changes(document("/x/{a}/{b}"), document("/x/{c}/{a}")) == [
            ("request.path.b", "was removed", True),
            ("request.path.c", "was added, required", True),
        ]

    def test_new_path_parameter(self) -> None:
        assert changes(document("/x"), document("/x/{a}")) == [
            ("operation", "path changed from /x to /x/{a}", False),
            ("request.path.a", "was added, required", True),
        ]

    def test_of_the_path_item_and_overridden(self) -> None:
        old, new = document(), document(parameters=[parameter(schema=STRING)])
        old["paths"]["/things/{uuid}"]["parameters"] = [parameter(), parameter("offset")]
        new["paths"]["/things/{uuid}"]["parameters"] = [parameter()]
        assert changes(old, new) == [
            ("request.query.limit", "type changed from integer to string", True),
            ("request.query.offset", "was removed", True),
        ]

    def test_by_reference_and_by_content(self) -> None:
        old = with_parameters({"$ref": "#/components/parameters/limit"})
        old["components"] = {"parameters": {"limit": parameter()}}
        assert changes(old, with_parameters(parameter())) == []
        by_content = {"in": "query", "name": "limit", "content": {"application/json": {"schema": STRING}}}
        found = changes(old, with_parameters(by_content))
        assert found == [("request.query.limit", "type changed from integer to string", True)]


class TestRequestBody:
    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            ({}, {"requestBody": body(STRING)}, ("was added", False)),
            ({}, {"requestBody": body(STRING, required=True)}, ("was added, required", True)),
            ({"requestBody": body(STRING)}, {}, ("was removed", True)),
            ({"requestBody": body(STRING)}, {"requestBody": body(STRING, required=True)}, ("became required", True)),
            ({"requestBody": body(STRING, required=True)}, {"requestBody": body(STRING)}, ("became optional", False)),
            (
                {"requestBody": body(STRING)},
                {"requestBody": body(STRING, "multipart/form-data")},
                ("content type changed from application/json to multipart/form-data", True),
            ),
            (
                {"requestBody": body(STRING)},
                {"requestBody": {"content": {"text/csv": {}, "application/json": {"schema": STRING}}}},
                ("content type added: text/csv", False),
            ),
            (
                {"requestBody": {"content": {"text/csv": {}, "application/json": {"schema": STRING}}}},
                {"requestBody": body(STRING)},
                ("content type removed: text/csv", False),
            ),
            (
                {"requestBody": {"content": {"text/csv": {"schema": STRING}, "application/json": {}}}},
                {"requestBody": body(STRING, "text/csv")},
                ("content type removed: application/json", True),
            ),
        ],
    )
    def test_changed(self, old: Json, new: Json, expected: tuple[str, bool]) -> None:
        assert changes(document(**old), document(**new)) == [("request.body", *expected)]

    def test_parameters_of_a_content_type_are_not_differences(self) -> None:
        old, new = body(STRING), body(STRING, "application/json; charset=utf-8")
        assert changes(document(requestBody=old), document(requestBody=new)) == []

    def test_schema_is_compared_across_content_types(self) -> None:
        old, new = body(field(STRING)), body(field(INTEGER), "multipart/form-data")
        found = changes(document(requestBody=old), document(requestBody=new))
        assert ("request.body.x", "type changed from string to integer", True) in found

    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            (STRING, INTEGER, ("type changed from string to integer", True)),
            (INTEGER, {"type": "number"}, ("type changed from integer to number", False)),
            ({"type": "number"}, INTEGER, ("type changed from number to integer", True)),
            (STRING, {}, ("type changed from string to any", False)),
            ({}, STRING, ("type changed from any to string", True)),
            (STRING, {**STRING, "nullable": True}, ("became nullable", False)),
            ({**STRING, "nullable": True}, STRING, ("no longer nullable", True)),
            ({**STRING, "deprecated": True}, STRING, ("no longer deprecated", False)),
            (enumerated("a", "b"), enumerated("a", "b", "d", "c"), ("enumeration values added: c, d", False)),
            (enumerated("a", "b", "c"), enumerated("a"), ("enumeration values removed: b, c", True)),
            (STRING, enumerated("b", "a"), ("enumeration added: a, b", True)),
            (enumerated("b", "a"), STRING, ("enumeration removed: a, b", False)),
            (enumerated("a"), {**enumerated("a", None), "nullable": True}, ("became nullable", False)),
            (STRING, {**STRING, "format": "date-time"}, ("format changed from none to date-time", True)),
            (
                {**STRING, "format": "date-time"},
                {**STRING, "format": "date"},
                ("format changed from date-time to date", True),
            ),
            ({**STRING, "format": "date"}, STRING, ("format changed from date to none", True)),
            (STRING, {**STRING, "format": "uuid"}, ("format changed from none to uuid", False)),
            ({**STRING, "default": "a"}, STRING, ("default changed from a to none", False)),
            (STRING, {**STRING, "default": ""}, ('default changed from none to ""', False)),
            ({**INTEGER, "minimum": 1}, {**INTEGER, "minimum": 5}, ("minimum changed from 1 to 5", True)),
            ({**INTEGER, "minimum": 5}, {**INTEGER, "minimum": 1}, ("minimum changed from 5 to 1", False)),
            (INTEGER, {**INTEGER, "minimum": 0}, ("minimum changed from none to 0", True)),
            ({**INTEGER, "maximum": 5}, {**INTEGER, "maximum": 1}, ("maximum changed from 5 to 1", True)),
            ({**INTEGER, "maximum": 5}, INTEGER, ("maximum changed from 5 to none", False)),
            (INTEGER, {**INTEGER, "exclusiveMinimum": True}, ("exclusiveMinimum changed from none to true", True)),
            (STRING, {**STRING, "minLength": 1}, ("minLength changed from none to 1", True)),
            ({**STRING, "maxLength": 9}, {**STRING, "maxLength": 99}, ("maxLength changed from 9 to 99", False)),
            (STRING, {**STRING, "pattern": "^a"}, ("pattern changed from none to ^a", True)),
            ({**STRING, "pattern": "^a"}, {**STRING, "pattern": "^b"}, ("pattern changed from ^a to ^b", True)),
            ({**STRING, "pattern": "^a"}, STRING, ("pattern changed from ^a to none", False)),
            ({**INTEGER, "multipleOf": 4}, {**INTEGER, "multipleOf": 2}, ("multipleOf changed from 4 to 2", False)),
            ({**INTEGER, "multipleOf": 2}, {**INTEGER, "multipleOf": 4}, ("multipleOf changed from 2 to 4", True)),
            (
                {"type": "array"},
                {"type": "array", "minItems": 1},
                ("minItems changed from none to 1", True),
            ),
            (
                {"type": "array"},
                {"type": "array", "uniqueItems": True},
                ("uniqueItems changed from none to true", True),
            ),
            (
                {"type": "object"},
                {"type": "object", "additionalProperties": False},
                ("unknown fields no longer allowed", True),
            ),
            (
                {"type": "object", "additionalProperties": False},
                {"type": "object"},
                ("unknown fields allowed", False),
            ),
        ],
    )
    def test_field_changed(self, old: Json, new: Json, expected: tuple[str, bool]) -> None:
        assert requested(old, new) == [("request.body.x", *expected)]

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ({"enum": ["a", "b"]}, enumerated("b", "a")),
            ({**STRING, "nullable": False}, STRING),
            ({"type": "array", "minItems": 0}, {"type": "array"}),
            ({**INTEGER, "default": 1}, {**INTEGER, "default": 1.0}),
            ({"type": "object"}, {"type": "object", "additionalProperties": True}),
            ({"type": "object", "additionalProperties": {}}, {"type": "object"}),
            ({"type": "array", "items": {}}, {"type": "array"}),
            (STRING, {**STRING, "description": "new", "title": "T", "example": "e", "x-note": 1}),
            (STRING, {"allOf": [STRING], "description": "wrapped"}),
            (STRING, {"oneOf": [STRING]}),
            ({"allOf": [enumerated("a", "b"), enumerated("b", "c")]}, enumerated("b")),
            (
                {"allOf": [{**INTEGER, "minimum": 1}, {"minimum": 3, "maximum": 9}]},
                {**INTEGER, "minimum": 3, "maximum": 9},
            ),
            ({"allOf": [{**INTEGER, "maximum": 9}, {"maximum": 5}]}, {**INTEGER, "maximum": 5}),
            ({**STRING, "nullable": True}, {"type": ["string", "null"]}),
            ({**STRING, "nullable": True}, {"oneOf": [STRING, {"type": "null"}]}),
        ],
    )
    def test_no_difference(self, old: Json, new: Json) -> None:
        assert requested(old, new) == []
        assert returned(old, new) == []

    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            ([], ["x"], ("became required", True)),
            (["x"], [], ("became optional", False)),
        ],
    )
    def test_requiredness(self, old: list[str], new: list[str], expected: tuple[str, bool]) -> None:
        schemas = {**field(STRING), "required": old}, {**field(STRING), "required": new}
        assert requested({}, {}, schemas) == [("request.body.x", *expected)]

    def test_fields_added_and_removed(self) -> None:
        old: Json = {"properties": {"keep": {}, "gone": {}}}
        new: Json = {"properties": {"keep": {}, "new": {}, "needed": {}}, "required": ["needed"]}
        assert requested({}, {}, (old, new)) == [
            ("request.body.gone", "was removed", True),
            ("request.body.needed", "was added, required", True),
            ("request.body.new", "was added", False),
        ]

    def test_a_field_that_is_removed_though_still_required(self) -> None:
        old: Json = {**field(STRING), "required": ["x"]}
        new: Json = {"properties": {"y": {}}, "required": ["x"]}
        assert ("request.body.x", "was removed", True) in requested({}, {}, (old, new))

    def test_a_map_that_gets_fields_changes_its_type(self) -> None:
        found = requested({"type": "object"}, field(STRING))
        assert found == [
            ("request.body.x", "type changed from map to object", True),
            ("request.body.x.x", "was added", False),
        ]

    def test_places_in_arrays_and_maps(self) -> None:
        def schema(dow: Json) -> Json:
            block = {"type": "object", "properties": {"dow": dow}}
            blocks = {"type": "array", "items": block}
            return {"properties": {"blocks": blocks, "map": {"type": "object", "additionalProperties": blocks}}}

        found = requested({}, {}, (schema(INTEGER), schema(STRING)))
        assert [where for where, _, _ in found] == ["request.body.blocks[].dow", "request.body.map{}[].dow"]

    def test_items_described(self) -> None:
        assert requested({"type": "array"}, {"type": "array", "items": STRING}) == [
            ("request.body.x[]", "type changed from any to string", True)
        ]


def rule(*alternatives: list[str], keyword: str = "anyOf", required: tuple[str, ...] = ()) -> Json:
    fields: Json = {"type": "object", "properties": {"a": {}, "b": {}, "c": {}}, "required": list(required)}
    return {**fields, keyword: [{"required": names} for names in alternatives]} if alternatives else fields


class TestRules:
    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            (rule(), rule(["a"], ["b", "c"]), [("now requires at least one of: a, b + c", True)]),
            (rule(["b"], ["a"]), rule(), [("no longer requires at least one of: a, b", False)]),
            (
                rule(["a"]),
                rule(["a"], ["b"]),
                [("no longer requires at least one of: a", False), ("now requires at least one of: a, b", False)],
            ),
            (
                rule(["a"], ["b"]),
                rule(["a"]),
                [("no longer requires at least one of: a, b", False), ("now requires at least one of: a", True)],
            ),
            (
                rule(["a"], ["b"]),
                rule(["a"], ["b"], keyword="oneOf"),
                [
                    ("no longer requires at least one of: a, b", False),
                    ("now requires exactly one of: a, b", True),
                ],
            ),
        ],
    )
    def test_changed(self, old: Json, new: Json, expected: list[tuple[str, bool]]) -> None:
        assert requested({}, {}, (old, new)) == [("request.body", *change) for change in expected]

    def test_order_is_not_a_difference(self) -> None:
        assert requested({}, {}, (rule(["a"], ["b", "c"]), rule(["c", "b"], ["a"]))) == []

    def test_a_rule_that_replaces_a_required_field(self) -> None:
        found = requested({}, {}, (rule(required=("a",)), rule(["a"], ["b"])))
        assert found == [
            ("request.body", "now requires at least one of: a, b", False),
            ("request.body.a", "became optional", False),
        ]

    def test_in_a_response_nothing_breaks(self) -> None:
        old, new = (document(responses={"200": body(r)}) for r in (rule(), rule(["a"])))
        assert changes(old, new) == [("response.200.body", "now requires at least one of: a", False)]


class TestVariants:
    def test_order_and_keyword_are_not_differences(self) -> None:
        old: Json = {"oneOf": [STRING, field(STRING), field(INTEGER), {"type": "array", "items": STRING}]}
        assert requested(old, {"anyOf": old["oneOf"][::-1]}) == []

    @pytest.mark.parametrize(
        ("old", "new", "what", "sent", "read"),
        [
            ([STRING], [STRING, INTEGER], "type changed from string to integer | string", False, True),
            ([STRING, INTEGER], [STRING], "type changed from integer | string to string", True, False),
            (
                [STRING, INTEGER],
                [STRING, {"type": "number"}],
                "type changed from integer | string to number | string",
                False,
                True,
            ),
            ([STRING], [STRING, enumerated("a")], "variant added: string", False, False),
            ([STRING, enumerated("a")], [STRING], "variant removed: string", False, False),
            ([field(STRING)], [field(STRING), {"properties": {"y": STRING}}], "variant added: object", False, True),
            ([field(STRING), field(INTEGER)], [field(STRING)], "variant removed: object", True, False),
        ],
    )
    def test_added_and_removed(self, old: list[Json], new: list[Json], what: str, sent: bool, read: bool) -> None:
        assert requested({"oneOf": old}, {"oneOf": new}) == [("request.body.x", what, sent)]
        assert returned({"oneOf": old}, {"oneOf": new}) == [("response.200.body.x", what, read)]

    def test_changed_inside(self) -> None:
        old = {"oneOf": [field(STRING), {"type": "object", "properties": {"y": STRING, "z": STRING}}, STRING]}
        new = {"oneOf": [STRING, {"type": "object", "properties": {"y": INTEGER, "z": STRING}}, field(STRING)]}
        assert requested(old, new) == [("request.body.x.y", "type changed from string to integer", True)]

    def test_texts_shared_by_all_variants_are_written_once(self) -> None:
        def schema(shared: Json) -> Json:
            return {**field(shared), "oneOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]}

        assert requested({}, {}, (schema(STRING), schema(INTEGER))) == [
            ("request.body.x", "type changed from string to integer", True)
        ]

    def test_null_in_one_variant(self) -> None:
        found = requested({"oneOf": [STRING, INTEGER]}, {"oneOf": [STRING, {**INTEGER, "nullable": True}]})
        assert found == [("request.body.x", "became nullable", False)]


class TestResponses:
    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            (STRING, INTEGER, ("type changed from string to integer", True)),
            (STRING, {**STRING, "format": "date-time"}, ("format changed from none to date-time", True)),
            ({**STRING, "nullable": True}, STRING, ("no longer nullable", False)),
            (STRING, {**STRING, "nullable": True}, ("became nullable", False)),
            (enumerated("a"), enumerated("a", "b"), ("enumeration values added: b", False)),
            (enumerated("a", "b"), enumerated("a"), ("enumeration values removed: b", False)),
            (STRING, enumerated("a"), ("enumeration added: a", False)),
            (INTEGER, {**INTEGER, "minimum": 5}, ("minimum changed from none to 5", False)),
        ],
    )
    def test_field_changed(self, old: Json, new: Json, expected: tuple[str, bool]) -> None:
        assert returned(old, new) == [("response.200.body.x", *expected)]

    def test_fields_and_requiredness(self) -> None:
        old: Json = {"properties": {"keep": {}, "gone": {}}, "required": ["keep"]}
        new: Json = {"properties": {"keep": {}, "new": {}}, "required": ["new"]}
        assert changes(*(document(responses={"200": body(s)}) for s in (old, new))) == [
            ("response.200.body.gone", "was removed", True),
            ("response.200.body.keep", "became optional", False),
            ("response.200.body.new", "was added", False),
        ]

    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            ({}, {"200": body(STRING)}, ("response.200", "was added", False)),
            ({"200": body(STRING), "202": body(STRING)}, {"200": body(STRING)}, ("response.202", "was removed", True)),
            ({"200": body(STRING), "204": {}}, {"200": body(STRING)}, ("response.204", "was removed", False)),
            ({"404": body(STRING)}, {}, ("response.404", "was removed", False)),
            ({"default": body(STRING)}, {}, ("response.default", "was removed", False)),
            ({"200": body(STRING)}, {"200": {}}, ("response.200.body", "was removed", True)),
            ({"200": {}}, {"200": body(STRING)}, ("response.200.body", "was added", False)),
            ({"200": body(STRING)}, {"201": body(STRING)}, ("response.200", "status changed to 201", False)),
            (
                {"200": body(STRING)},
                {"200": body(STRING, "text/csv")},
                ("response.200.body", "content type changed from application/json to text/csv", True),
            ),
        ],
    )
    def test_statuses_and_bodies(self, old: Json, new: Json, expected: tuple[str, str, bool]) -> None:
        assert changes(document(responses=old), document(responses=new)) == [expected]

    def test_another_status_with_another_body(self) -> None:
        found = changes(document(responses={"200": body(STRING)}), document(responses={"204": {}}))
        assert found == [
            ("response.200", "status changed to 204", False),
            ("response.204.body", "was removed", True),
        ]

    def test_errors_break_nothing(self) -> None:
        assert returned(STRING, INTEGER, "422") == [
            ("response.422.body.x", "type changed from string to integer", False)
        ]

    def test_statuses_may_be_numbers(self) -> None:
        old: Json = {"responses": {200: body(STRING)}}
        assert changes(document(**old), document(responses={"200": body(STRING)})) == []


TREE: Json = {"$ref": "#/components/schemas/tree"}


class TestReferences:
    def test_inlining_and_merging_are_not_differences(self) -> None:
        base: Json = {"type": "object", "properties": {"x": STRING}, "required": ["x"]}
        old = document(requestBody={"$ref": "#/components/requestBodies/a~1b"})
        real: Json = {**base, "properties": {"x": STRING, "y": INTEGER}}
        old["components"] = {
            "requestBodies": {"a/b": body({"allOf": [{"$ref": "#/components/schemas/base"}, {"required": ["y"]}]})},
            "schemas": {"base": {"$ref": "#/components/schemas/real"}, "real": real},
        }
        new = document(requestBody=body({"properties": {"y": INTEGER, "x": STRING}, "required": ["y", "x"]}))
        assert changes(old, new) == []

    def test_documents_that_share_objects_are_not_assumed_equal(self) -> None:
        old: Json = document(requestBody=body({"$ref": "#/components/schemas/s"}))
        schemas = ({"components": {"schemas": {"s": schema}}} for schema in (STRING, INTEGER))
        assert changes(*({**old, **s} for s in schemas)) == [
            ("request.body", "type changed from string to integer", True)
        ]

    def test_a_field_of_two_merged_schemas(self) -> None:
        old: Json = {"allOf": [field(STRING), field({"maxLength": 9})]}
        found = requested({}, {}, (old, {"allOf": [field(STRING), field({"maxLength": 5})]}))
        assert found == [("request.body.x", "maxLength changed from 9 to 5", True)]

    @pytest.mark.parametrize("child", [TREE, {"allOf": [TREE]}, {"oneOf": [TREE, STRING]}])
    def test_recursive(self, child: Json) -> None:
        def recursive(name: Json) -> Json:
            tree = {"properties": {"name": name, "children": {"type": "array", "items": child}, "left": child}}
            whole = document(requestBody=body(TREE))
            return {**whole, "components": {"schemas": {"tree": tree}}}

        assert changes(recursive(STRING), recursive(STRING)) == []
        found = changes(recursive(STRING), recursive(INTEGER))
        assert ("request.body.name", "type changed from string to integer", True) in found

    def test_mutually_recursive(self) -> None:
        def recursive(leaf: Json) -> Json:
            ref = {name: {"$ref": f"#/components/schemas/{name}"} for name in "ab"}
            schemas = {"a": {"properties": {"leaf": leaf, "b": ref["b"]}}, "b": {"properties": {"a": ref["a"]}}}
            whole = document(requestBody=body(ref["b"]), responses={"200": body(ref["a"])})
            return {**whole, "components": {"schemas": schemas}}

        found = changes(recursive(STRING), recursive(INTEGER))
        assert [where for where, _, _ in found] == ["request.body.a.leaf", "response.200.body.leaf"]

    @pytest.mark.parametrize("ref", ["#/components/schemas/none", "other.yaml#/x", "#/components/schemas/circle"])
    def test_links_that_lead_nowhere_are_refused(self, ref: str) -> None:
        broken = document(requestBody=body({"$ref": ref}))
        broken["components"] = {"schemas": {"circle": {"$ref": "#/components/schemas/circle"}}}
        with pytest.raises(ValueError, match="cannot follow the reference"):
            compare(broken, broken)


def several() -> Difference:
    """A difference with something of each kind."""
    old, new = document("/a", requestBody=body(field(STRING))), document("/a", requestBody=body(field(INTEGER)))
    new["paths"]["/a"]["post"] |= {"deprecated": True}
    for name in "bcdefgh":
        old["paths"] |= document(f"/{name}", operationId=name, parameters=[parameter(schema=STRING)])["paths"]
        pattern = {**STRING, "pattern": "^*`<b>"}
        new["paths"] |= document(f"/{name}", operationId=name, parameters=[parameter(schema=pattern)])["paths"]
    old["paths"] |= document("/old", operationId="old")["paths"] | document("/r", operationId="before")["paths"]
    new["paths"] |= document("/new", operationId="new")["paths"] | document("/r", operationId="after")["paths"]
    return compare(old, new)


class TestReports:
    def test_dict_and_json(self) -> None:
        report = several().to_dict()
        assert json.loads(several().to_json()) == report
        assert (report["added"], report["removed"], report["breaking"]) == (["new"], ["old"], True)
        assert report["renamed"] == [{"old": "before", "new": "after"}]
        assert report["changed"][-1] == {
            "operation": "h",
            "changes": [
                {"where": "request.query.limit", "what": "pattern changed from none to ^*`<b>", "breaking": True}
            ],
        }
        assert [o["operation"] for o in report["changed"]] == ["b", "c", "d", "doThing", "e", "f", "g", "h"]

    def test_text(self) -> None:
        breaking, other = several().to_text().split("\n\n")
        assert breaking.splitlines()[:5] == [
            "Breaking changes",
            "! Removed old",
            "! Renamed before to after",
            "! b",
            "!     request.query.limit: pattern changed from none to ^*`<b>",
        ]
        assert all(line.startswith("!") for line in breaking.splitlines()[1:])
        assert other == "Other changes\n  Added new\n  doThing\n      operation: became deprecated\n"

    def test_markdown(self) -> None:
        breaking, other = several().to_markdown().split("\n### Other changes\n\n")
        assert breaking.splitlines()[:6] == [
            "### Breaking changes",
            "",
            "- Removed `old`.",
            "- Renamed `before` to `after`.",
            "- `b`",
            r"  - `request.query.limit` pattern changed from none to ^\*\`\<b>",
        ]
        assert other == "- Added `new`.\n- `doThing`\n  - `operation` became deprecated\n"

    def test_changelog(self) -> None:
        assert several().changelog_lines(breaking=True) == [
            "- Removed `old`.",
            "- Renamed `before` to `after`.",
            "- Changed `doThing`: `request.body.x` type changed from string to integer.",
            "- Changed `b`, `c`, `d`, `e`, `f` and 2 more: `request.query.limit` "
            r"pattern changed from none to ^\*\`\<b>.",
        ]
        other = several().changelog_lines(breaking=False)
        assert other == ["- Added `new`.", "- Changed `doThing`: became deprecated."]

    def test_nothing(self) -> None:
        nothing = compare({}, {})
        assert nothing.empty
        assert not nothing.breaking
        assert nothing.to_text() == nothing.to_markdown() == "No changes.\n"
        assert nothing.changelog_lines(breaking=True) == nothing.changelog_lines(breaking=False) == []

    def test_control_characters_do_not_reach_the_terminal(self) -> None:
        ((_, what, _),) = requested(STRING, {**STRING, "default": "\x1b[2J"})
        assert what == r'default changed from none to "\u001b[2J"'


@pytest.fixture(scope="module")
def real() -> Json:
    return edition()


TEXTS = {"description", "summary", "title", "example"}
UNORDERED = {"enum", "required", "oneOf", "anyOf", "parameters"}


def redescribed(node: Any, chance: random.Random, key: str = "") -> Any:
    """A copy with other texts, examples and extensions, and everything in another order that has none."""
    if isinstance(node, list):
        items = [redescribed(item, chance) for item in cast("Iterable[Any]", node)]
        return chance.sample(items, len(items)) if key in UNORDERED else items
    if not isinstance(node, dict):
        return node
    copy = cast(Json, node)
    if key != "properties":
        copy = {k: v for k, v in copy.items() if k not in TEXTS}
        if {"type", "schema", "operationId"} & copy.keys():
            copy |= {"description": "changed", "example": "changed"}
        if {"type", "schema", "operationId", "200", 200}.union(k for k in copy if str(k).startswith("/")) & copy.keys():
            copy |= {"x-extension": {"get": {}}}
    return {
        k: redescribed(copy[k], chance, "" if key == "properties" else k) for k in chance.sample(list(copy), len(copy))
    }


def references(node: Any) -> set[str]:
    """The references of a node, such as `schemas/lead`."""
    return {part.split('"')[0] for part in json.dumps(node, default=str).split('"#/components/')[1:]}


def using_operations(whole: Json, schema: str) -> set[str]:
    """The operations from which a shared schema can be reached, found by following references only."""
    users = {f"schemas/{schema}"}
    shared = {f"{group}/{name}": node for group, nodes in whole["components"].items() for name, node in nodes.items()}
    while more := {name for name, node in shared.items() if references(node) & users} - users:
        users |= more
    operations: list[Json] = [o for item in whole["paths"].values() for o in item.values()]
    return {o["operationId"] for o in operations if references(o) & users}


class TestRealDescription:
    def test_equals_itself(self, real: Json) -> None:
        assert compare(real, real).empty
        assert compare(real, deepcopy(real)).empty

    def test_texts_and_order_are_not_differences(self, real: Json) -> None:
        copy = redescribed(real, random.Random(1))
        assert copy != real
        assert compare(real, copy).to_dict() == compare(copy, real).to_dict() == Difference().to_dict()

    def test_from_nothing(self, real: Json) -> None:
        described = sorted(o["operationId"] for item in real["paths"].values() for o in item.values())
        assert [*compare({}, real).added] == [*compare(real, {}).removed] == described

    @pytest.mark.parametrize(("schema", "field"), [("lead", "uuid"), ("schedule", "timezone")])
    def test_a_shared_schema_is_reported_at_each_operation(self, real: Json, schema: str, field: str) -> None:
        copy = deepcopy(real)
        del copy["components"]["schemas"][schema]["properties"][field]
        difference = compare(real, copy)
        assert {o.operation for o in difference.changed} == using_operations(real, schema) != set()
        assert all(
            c.breaking and c.what == "was removed" and c.where.endswith(f".{field}")
            for o in difference.changed
            for c in o.changes
        )

    def test_is_deterministic(self, real: Json) -> None:
        copy = deepcopy(real)
        copy["components"]["schemas"]["lead"]["properties"] = {"new": STRING}
        chance = random.Random(1)
        reports = {compare(redescribed(real, chance), redescribed(copy, chance)).to_json() for _ in range(2)}
        assert reports == {compare(real, copy).to_json()}


LITERALS = st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=False) | st.sampled_from(["", "a", "b"])
NAMES = st.sampled_from(["a", "b", "c"])


def keywords(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """Schemas with any mixture of keywords, sensible or not."""
    return st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["string", "integer", "number", "boolean", "array", "object"]),
            "nullable": st.booleans(),
            "deprecated": st.booleans(),
            "default": LITERALS,
            "format": st.sampled_from(["date", "date-time", "uuid"]),
            "enum": st.lists(LITERALS, max_size=3),
            "minimum": st.integers(-2, 2),
            "maxLength": st.integers(0, 2),
            "pattern": st.sampled_from(["^a", "b$"]),
            "required": st.lists(NAMES, max_size=2),
            "properties": st.dictionaries(NAMES, inner, max_size=2),
            "items": inner,
            "additionalProperties": st.booleans() | inner,
            "allOf": st.lists(inner, max_size=2),
            "oneOf": st.lists(inner, max_size=2),
            "anyOf": st.lists(inner | st.fixed_dictionaries({"required": st.lists(NAMES)}), max_size=2),
        },
    )


REFS = st.sampled_from([Json({"$ref": f"#/components/schemas/{name}"}) for name in "abc"])
SCHEMAS = st.recursive(st.just(Json()) | REFS, keywords, max_leaves=4)
SHARED = st.fixed_dictionaries({name: keywords(st.just(Json()) | REFS) for name in "abc"})


def using(schema: Json, shared: Json) -> Json:
    whole = document(requestBody=body(schema), responses={"200": body(schema)}, parameters=[parameter(schema=schema)])
    return {**whole, "components": {"schemas": shared}}


class TestAnySchema:
    @given(SCHEMAS, SHARED, st.randoms(use_true_random=False))
    def test_equals_itself(self, schema: Json, shared: Json, chance: random.Random) -> None:
        whole = using(schema, shared)
        assert compare(whole, whole).empty
        assert compare(whole, deepcopy(whole)).empty
        assert compare(whole, redescribed(whole, chance)).empty

    @given(SCHEMAS, SCHEMAS, SHARED)
    def test_there_and_back(self, old: Json, new: Json, shared: Json) -> None:
        there, back = compare(using(old, shared), using(new, shared)), compare(using(new, shared), using(old, shared))
        assert there.empty == back.empty
        assert json.loads(there.to_json()) == there.to_dict()
        assert there.to_text() != ""


def test_a_change_behind_several_references_is_found() -> None:
    def described(kind: str) -> Json:
        inner = {"type": "object", "properties": {"value": {"type": kind}}}
        outer = {"type": "object", "properties": {"inner": {"$ref": "#/components/schemas/inner"}}}
        return using({"$ref": "#/components/schemas/outer"}, {"outer": outer, "inner": inner})

    assert "inner.value: type changed" in compare(described("string"), described("integer")).to_text()
    assert compare(described("string"), described("string")).empty
