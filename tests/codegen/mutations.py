"""Ways in which a vendor changes a description, each with its expected effect on callers of the package.

`python -m tests.codegen.mutations [SEED]` tries all of them on a small API, and prints a table of the failures;
`tests.codegen.real_mutations` tries those of fields on the committed description.
"""

from __future__ import annotations

import copy
import importlib
import random
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, cast

import anyio
import httpx
from openapi_schema_validator import OAS30Validator

from codegen.edition import compare_editions, correct
from codegen.elements import Method, Plan, Shape
from codegen.filters import FilterSet
from codegen.generate import Package, build
from tests.codegen.helpers import (
    INTEGER,
    NO_OVERLAY,
    STRING,
    Json,
    Wire,
    body,
    content,
    imported,
    obj,
    operation,
    parameter,
    ref,
    small,
)
from tests.codegen.rewriting import as_3_1, with_shared_parts

UUID = "11111111-1111-4111-8111-111111111111"
TIME: Json = {"type": "string", "format": "date-time"}
LIST: Json = {"type": "array", "items": STRING}

Change = Callable[[Json, random.Random], "Json | None"]


class Mutation(NamedTuple):
    """One kind of change. `told` is a part of the comparison; empty if it reports nothing."""

    name: str
    change: Change
    breaking: bool
    told: str


def laboratory() -> Json:
    """An API with a parameter, field and answer of every usual kind."""
    thing = obj(
        ("uuid", "name"),
        uuid=STRING,
        name=STRING,
        size=INTEGER,
        kind={"type": "string", "enum": ["a", "b", "c"]},
        note={**STRING, "nullable": True},
        tags=LIST,
        owner=ref("owner"),
        parts={"type": "array", "items": ref("part")},
        meta={"type": "object"},
        at=TIME,
    )
    written = obj(
        ("name",),
        name=STRING,
        size={**INTEGER, "minimum": 0, "maximum": 10, "default": 1},
        kind={"type": "string", "enum": ["a", "b", "c"]},
        note={**STRING, "nullable": True, "maxLength": 9},
        tags=LIST,
        at=TIME,
        options=options(),
    )
    rows = obj(data={"type": "array", "items": ref("thing")}, total=INTEGER, limit=INTEGER, offset=INTEGER)
    query = [
        parameter("limit", schema=INTEGER),
        parameter("offset", schema=INTEGER),
        parameter("at", schema=TIME),
        parameter("kind", schema={"type": "string", "enum": ["a", "b", "c"]}),
        parameter("tags", schema=LIST),
        parameter("size", schema={**INTEGER, "minimum": 0, "maximum": 10, "default": 1}),
        parameter("note", schema={**STRING, "maxLength": 9}),
        parameter("name", required=True),
    ]
    key = parameter("uuid", "path")
    lab: Json = {"tag": "Laboratory"}
    upload = obj(("file",), file={"type": "string", "format": "binary"}, title=STRING)
    gone: Json = {
        "tags": ["Laboratory"],
        "operationId": "deleteThing",
        "parameters": [key],
        "responses": {"204": {"description": "Gone."}},
    }
    csv: Json = {"200": {"description": "It worked.", **content(STRING, "text/csv")}}
    paths: Json = {
        "/lab/things": {
            "get": operation("listThings", *query, answer=rows, **lab),
            "post": operation("createThing", requestBody=body(written), answer=ref("thing"), **lab),
        },
        "/lab/things/{uuid}": {
            "get": operation("getThing", key, answer=ref("thing"), **lab),
            "put": operation(
                "updateThing",
                key,
                parameter("X-Trace", "header"),
                requestBody=body(obj(name=STRING)),
                answer=ref("thing"),
                **lab,
            ),
            "delete": gone,
        },
        "/lab/files": {
            "post": operation(
                "uploadFile", requestBody=body(upload, "multipart/form-data"), answer=obj(id=INTEGER), **lab
            )
        },
        "/lab/files/{uuid}": {"get": operation("downloadFile", key, **lab) | {"responses": csv}},
        "/lab/owners": {"get": operation("listOwners", answer={"type": "array", "items": ref("owner")}, **lab)},
    }
    schemas: Json = {
        "thing": thing,
        "owner": obj(name=STRING, email={**STRING, "nullable": True}),
        "part": obj(number=INTEGER, parts={"type": "array", "items": ref("part")}),
    }
    return small(paths, schemas, tags=[{"name": "Laboratory", "description": "For tests."}])


def options() -> Json:
    return obj(
        name=STRING,
        size={**INTEGER, "minimum": 0, "maximum": 10, "default": 1},
        kind={"type": "string", "enum": ["a", "b", "c"]},
        note={**STRING, "nullable": True, "maxLength": 9},
        tags=LIST,
        at=TIME,
    )


# -- fields and parameters ---------------------------------------------------------------------------------------------


class Place:
    """Somewhere with named values: an object, or the parameters of an operation."""

    def __init__(self, owner: Callable[[Json], Json], *, request: bool) -> None:
        self.owner = owner
        self.request = request

    def schema(self, document: Json, name: str) -> Json:
        fields = self.owner(document)["properties"]
        fields[name] = fields.get(name) or copy.deepcopy(STRING)
        return cast(Json, fields[name])

    def put(self, document: Json, name: str, schema: Json | None) -> None:
        fields = self.owner(document)["properties"]
        if schema is None:
            del fields[name]
        else:
            fields[name] = schema

    def require(self, document: Json, name: str, required: bool) -> None:
        names = cast("list[str]", self.owner(document).setdefault("required", []))
        if required:
            names.append(name)
        elif name in names:
            names.remove(name)
        if not names:
            del self.owner(document)["required"]


class Query(Place):
    def _listed(self, document: Json) -> list[Json]:
        return cast("list[Json]", self.owner(document)["parameters"])

    def _one(self, document: Json, name: str) -> Json:
        return next(it for it in self._listed(document) if it["name"] == name)

    def schema(self, document: Json, name: str) -> Json:
        return cast(Json, self._one(document, name)["schema"])

    def put(self, document: Json, name: str, schema: Json | None) -> None:
        known = [it for it in self._listed(document) if it["name"] == name]
        if schema is None:
            self._listed(document).remove(known[0])
        elif known:
            known[0]["schema"] = schema
        else:
            self._listed(document).append(parameter(name, schema=schema))

    def require(self, document: Json, name: str, required: bool) -> None:
        self._one(document, name)["required"] = required


def _body(document: Json) -> Json:
    return cast(Json, document["paths"]["/lab/things"]["post"]["requestBody"]["content"]["application/json"]["schema"])


PLACES: dict[str, Place] = {
    "query": Query(lambda document: document["paths"]["/lab/things"]["get"], request=True),
    "body": Place(_body, request=True),
    "nested": Place(lambda document: _body(document)["properties"]["options"], request=True),
    "answer": Place(lambda document: document["components"]["schemas"]["thing"], request=False),
}


class FieldChange(NamedTuple):
    """A change of a field, and whether it breaks where it is sent and where it is read."""

    field: str
    edit: Callable[[Json], Json | None]
    sent: bool
    read: bool
    told: str


def _set(**keys: Any) -> Callable[[Json], Json]:
    return lambda schema: {**schema, **keys}


def _without(*keys: str) -> Callable[[Json], Json]:
    return lambda schema: {key: value for key, value in schema.items() if key not in keys}


def _to(schema: Json) -> Callable[[Json], Json]:
    return lambda _: schema


def _gone(_: Json) -> None:
    return None


def _in_all_of(schema: Json) -> Json:
    return {"allOf": [schema]}


def _listed(schema: Json) -> Json:
    return {"type": "array", "items": schema}


def _or_text(schema: Json) -> Json:
    return {"oneOf": [schema, STRING]}


FIELDS: dict[str, FieldChange] = {
    "is removed": FieldChange("note", _gone, True, True, "was removed"),
    "is added": FieldChange("fresh", _to(STRING), False, False, "was added"),
    "with digits is added": FieldChange("2fa", _to(STRING), False, False, "was added"),
    "called as a keyword is added": FieldChange("class", _to(STRING), False, False, "was added"),
    "of another alphabet is added": FieldChange("имя", _to(STRING), False, False, "was added"),
    "of any type is added": FieldChange("any", _to({}), False, False, "was added"),
    "of mixed values is added": FieldChange("mixed", _to({"enum": ["a", 1]}), False, False, "was added"),
    "of fractions is added": FieldChange("rate", _to({"enum": [0.5, 1]}), False, False, "was added"),
    "of a date is added": FieldChange("day", _to({**STRING, "format": "date"}), False, False, "was added"),
    "of truth is added": FieldChange("flag", _to({"type": "boolean"}), False, False, "was added"),
    "of numbers is added": FieldChange("price", _to({"type": "number"}), False, False, "was added"),
    "is deprecated": FieldChange("size", _set(deprecated=True), False, False, "became deprecated"),
    "gets another default": FieldChange("size", _set(default=2), False, False, "default changed"),
    "is described otherwise": FieldChange("size", _set(description='Of "it": \\ """ {x}'), False, False, ""),
    "gets an example": FieldChange("size", _set(example=7), False, False, ""),
    "gets a title": FieldChange("size", _set(title="Size of it"), False, False, ""),
    "gets an extension": FieldChange("size", _set(**{"x-of-vendor": {"a": [1]}}), False, False, ""),
    "is in allOf": FieldChange("size", _in_all_of, False, False, ""),
    "becomes a text": FieldChange("size", _to(STRING), True, True, "type changed from integer to string"),
    "becomes a number": FieldChange("size", _set(type="number"), False, True, "type changed from integer to number"),
    "becomes an object": FieldChange("note", _to(obj(a=STRING)), True, True, "type changed"),
    "becomes a list": FieldChange("note", _listed, True, True, "type changed"),
    "becomes a time": FieldChange(
        "note", _to({**STRING, "format": "date-time"}), True, True, "format changed from none to date-time"
    ),
    "is no longer a time": FieldChange("at", _without("format"), True, True, "format changed from date-time to none"),
    "becomes a uuid": FieldChange("note", _set(format="uuid"), False, False, "format changed"),
    "may be of two types": FieldChange("size", _or_text, False, True, "type changed"),
    "gains a value": FieldChange("kind", _set(enum=["a", "b", "c", "d"]), False, False, "enumeration values added: d"),
    "loses a value": FieldChange("kind", _set(enum=["a", "b"]), True, False, "enumeration values removed: c"),
    "loses its values": FieldChange("kind", _without("enum"), False, False, "enumeration removed"),
    "gets values": FieldChange("note", _set(enum=["a", "b"]), True, False, "enumeration added"),
    "gets other values": FieldChange("kind", _set(enum=["x", "y"]), True, False, "enumeration values removed"),
    "has its values in another order": FieldChange("kind", _set(enum=["c", "a", "b"]), False, False, ""),
    "has a value twice": FieldChange("kind", _set(enum=["a", "b", "c", "a"]), False, False, ""),
    "has one value": FieldChange("kind", _set(enum=["a"]), True, False, "enumeration values removed"),
    "becomes nullable": FieldChange("size", _set(nullable=True), False, False, "became nullable"),
    "is not null any more": FieldChange("note", _without("nullable"), True, False, "no longer nullable"),
    "gets a lower bound": FieldChange("size", _set(minimum=1), True, False, "minimum changed"),
    "gets an upper bound": FieldChange("size", _set(maximum=9), True, False, "maximum changed"),
    "may be larger": FieldChange("size", _set(minimum=0, maximum=99), False, False, "maximum changed"),
    "must be shorter": FieldChange("note", _set(maxLength=3), True, False, "maxLength changed"),
    "may be longer": FieldChange("note", _set(maxLength=99), False, False, "maxLength changed"),
    "gets a pattern": FieldChange("note", _set(pattern="^[a-z]*$"), True, False, "pattern changed"),
    "gets a pattern of JavaScript": FieldChange("note", _set(pattern=r"^\p{L}*$"), True, False, "pattern changed"),
    "has more entries": FieldChange("tags", _set(minItems=1), True, False, "minItems changed"),
    "has fewer entries": FieldChange("tags", _set(maxItems=5), True, False, "maxItems changed"),
    "has numbers for entries": FieldChange(
        "tags", _set(items=INTEGER), True, True, "type changed from string to integer"
    ),
    "has anything for entries": FieldChange("tags", _without("items"), False, True, "type changed from string to any"),
}
NOT_OF = {
    ("query", "becomes an object"),
    ("query", "is not null any more"),
    ("answer", "may be larger"),
    ("answer", "may be longer"),
}


def _field_mutations() -> Iterator[Mutation]:
    for where, place in PLACES.items():
        for name, field in FIELDS.items():
            if (where, name) not in NOT_OF:

                def change(document: Json, _: random.Random, place: Place = place, field: FieldChange = field) -> None:
                    fresh = field.told == "was added"
                    before = {} if fresh else place.schema(document, field.field)
                    place.put(document, field.field, copy.deepcopy(field.edit(before)))

                breaking = field.sent if place.request else field.read
                yield Mutation(f"{where}: a field {name}", change, breaking, field.told)

        def add(document: Json, _: random.Random, place: Place = place) -> None:
            place.put(document, "fresh", STRING)
            place.require(document, "fresh", True)

        def require(document: Json, _: random.Random, place: Place = place) -> None:
            place.require(document, "size", True)

        yield Mutation(f"{where}: a required field is added", add, place.request, "was added")
        yield Mutation(f"{where}: a field becomes required", require, place.request, "became required")
        if where != "nested":

            def release(document: Json, _: random.Random, place: Place = place) -> None:
                place.require(document, "name", False)

            yield Mutation(f"{where}: a field becomes optional", release, False, "became optional")


# -- everything else ---------------------------------------------------------------------------------------------------

MUTATIONS: list[Mutation] = [*_field_mutations()]


def kind(name: str, told: str = "", breaking: bool = False) -> Callable[[Change], Change]:
    """Add a separate change to the list."""

    def enter(change: Change) -> Change:
        MUTATIONS.append(Mutation(name, change, breaking, told))
        return change

    return enter


def _op(document: Json, name: str) -> Json:
    return next(
        cast(Json, it)
        for item in document["paths"].values()
        for it in item.values()
        if isinstance(it, dict) and cast(Json, it).get("operationId") == name
    )


def _media(document: Json, name: str) -> Json:
    return cast(Json, next(iter(_op(document, name)["responses"].values()))["content"])


@kind("nothing changes")
def _(document: Json, chance: random.Random) -> None: ...


@kind("written in OpenAPI 3.1")
def _(document: Json, chance: random.Random) -> Json:
    return as_3_1(document)


@kind("answers, bodies and parameters are shared")
def _(document: Json, chance: random.Random) -> Json:
    return with_shared_parts(document)


@kind("shared, and in OpenAPI 3.1")
def _(document: Json, chance: random.Random) -> Json:
    return as_3_1(with_shared_parts(document))


@kind("everything in another order")
def _(document: Json, chance: random.Random) -> None:
    for part in (document["paths"], document["components"]["schemas"], *document["paths"].values()):
        entries = [*part.items()]
        chance.shuffle(entries)
        part.clear()
        part.update(entries)


@kind("an operation is added", "Added newThing")
def _(document: Json, chance: random.Random) -> None:
    document["paths"]["/lab/new"] = {"get": operation("newThing", tag="Laboratory")}


@kind("an operation of a new tag is added", "Added newThing")
def _(document: Json, chance: random.Random) -> None:
    document["paths"]["/lab/new"] = {"get": operation("newThing", tag="Brand New")}


@kind("an operation without a tag is added", "Added newThing")
def _(document: Json, chance: random.Random) -> None:
    document["paths"]["/lab/new"] = {"get": {"operationId": "newThing", "responses": {"200": {"description": ""}}}}


@kind("an operation without an id is added", "Added GET /lab/new")
def _(document: Json, chance: random.Random) -> None:
    document["paths"]["/lab/new"] = {"get": operation(None, tag="Laboratory")}


@kind("an operation is removed", "Removed deleteThing", True)
def _(document: Json, chance: random.Random) -> None:
    del document["paths"]["/lab/things/{uuid}"]["delete"]


@kind("an operation is renamed", "Renamed getThing to readThing", True)
def _(document: Json, chance: random.Random) -> None:
    _op(document, "getThing")["operationId"] = "readThing"


@kind("an operation moves to another path", "path changed")
def _(document: Json, chance: random.Random) -> None:
    document["paths"]["/lab/v2/things/{uuid}"] = {"get": document["paths"]["/lab/things/{uuid}"].pop("get")}


@kind("an operation is sent by another method", "method changed from PUT to PATCH")
def _(document: Json, chance: random.Random) -> None:
    item = document["paths"]["/lab/things/{uuid}"]
    item["patch"] = item.pop("put")


@kind("an operation is deprecated", "became deprecated")
def _(document: Json, chance: random.Random) -> None:
    _op(document, "getThing")["deprecated"] = True


@kind("a tag is renamed", "is now called", True)
def _(document: Json, chance: random.Random) -> None:
    for item in document["paths"].values():
        for it in item.values():
            it["tags"] = ["Workshop"]


@kind("a second tag is added")
def _(document: Json, chance: random.Random) -> None:
    _op(document, "getThing")["tags"].append("Others")


@kind("a path parameter is renamed", "was renamed to id", True)
def _(document: Json, chance: random.Random) -> None:
    item = document["paths"].pop("/lab/files/{uuid}")
    item["get"]["parameters"] = [parameter("id", "path")]
    document["paths"]["/lab/files/{id}"] = item


@kind("parameters move to the path")
def _(document: Json, chance: random.Random) -> None:
    item = document["paths"]["/lab/files/{uuid}"]
    item["parameters"] = item["get"].pop("parameters")


@kind("a header is added", "request.header.X-New: was added")
def _(document: Json, chance: random.Random) -> None:
    _op(document, "updateThing")["parameters"].append(parameter("X-New", "header"))


@kind("a header of HTTP is described", "was added")
def _(document: Json, chance: random.Random) -> None:
    _op(document, "updateThing")["parameters"].append(parameter("Accept", "header"))


@kind("a list of the query is separated by commas", "explode changed")
def _(document: Json, chance: random.Random) -> None:
    next(it for it in _op(document, "listThings")["parameters"] if it["name"] == "tags")["explode"] = False


@kind("a list of the query is separated by bars", "style changed")
def _(document: Json, chance: random.Random) -> None:
    next(it for it in _op(document, "listThings")["parameters"] if it["name"] == "tags").update(
        style="pipeDelimited", explode=False
    )


@kind("an answer gains a 204", "returns an object or None, not an object", True)
def _(document: Json, chance: random.Random) -> None:
    _op(document, "getThing")["responses"]["204"] = {"description": "Nothing."}


@kind("an answer gets another status", "status changed to 201")
def _(document: Json, chance: random.Random) -> None:
    responses = _op(document, "createThing")["responses"]
    responses["201"] = responses.pop("200")


@kind("an error is described", "response.404: was added")
def _(document: Json, chance: random.Random) -> None:
    _op(document, "getThing")["responses"]["404"] = {"description": "None.", **content(obj(message=STRING))}


@kind("an answer loses its body", "was removed", True)
def _(document: Json, chance: random.Random) -> None:
    del _op(document, "getThing")["responses"]["200"]["content"]


@kind("an answer gains a body", "was added", False)
def _(document: Json, chance: random.Random) -> None:
    _op(document, "deleteThing")["responses"] = {"200": {"description": "", **content(obj(id=INTEGER))}}


@kind("an answer is a file", "content type changed", True)
def _(document: Json, chance: random.Random) -> None:
    _op(document, "getThing")["responses"]["200"] = {"description": "", "content": {"application/pdf": {}}}


@kind("a text is a file", "content type changed", True)
def _(document: Json, chance: random.Random) -> None:
    _op(document, "downloadFile")["responses"]["200"] = {"description": "", "content": {"application/zip": {}}}


@kind("an answer comes in two types", "content type added: text/csv")
def _(document: Json, chance: random.Random) -> None:
    _media(document, "getThing")["text/csv"] = {"schema": STRING}


@kind("the type of an answer has a parameter")
def _(document: Json, chance: random.Random) -> None:
    media = _media(document, "getThing")
    media["application/json; charset=utf-8"] = media.pop("application/json")


@kind("an answer is of any type", "content type changed", True)
def _(document: Json, chance: random.Random) -> None:
    media = _media(document, "getThing")
    media["*/*"] = media.pop("application/json")


@kind("an answer is a stream of events", "content type changed", True)
def _(document: Json, chance: random.Random) -> None:
    _op(document, "getThing")["responses"]["200"] = {"description": "", **content(STRING, "text/event-stream")}


@kind("a list gains a cursor", "next_cursor: was added")
def _(document: Json, chance: random.Random) -> None:
    _media(document, "listThings")["application/json"]["schema"]["properties"]["next_cursor"] = STRING


@kind("a list gains an object around it", "meta: was added")
def _(document: Json, chance: random.Random) -> None:
    _media(document, "listThings")["application/json"]["schema"]["properties"]["meta"] = obj(pages=INTEGER)


@kind("a list loses its total", "total: was removed", True)
def _(document: Json, chance: random.Random) -> None:
    del _media(document, "listThings")["application/json"]["schema"]["properties"]["total"]


@kind("a list loses its pages", "returns rows without pages, not rows in pages", True)
def _(document: Json, chance: random.Random) -> None:
    listing = _op(document, "listThings")
    listing["parameters"] = [it for it in listing["parameters"] if it["name"] != "offset"]


@kind("a list loses its envelope", "returns JSON, not rows in pages", True)
def _(document: Json, chance: random.Random) -> None:
    media = _media(document, "listThings")["application/json"]
    media["schema"] = media["schema"]["properties"]["data"]


@kind("a list gains an envelope", "returns rows without pages, not JSON", True)
def _(document: Json, chance: random.Random) -> None:
    media = _media(document, "listOwners")["application/json"]
    media["schema"] = obj(data=media["schema"])


@kind("a list gains pages", "request.query.offset: was added")
def _(document: Json, chance: random.Random) -> None:
    _op(document, "listOwners")["parameters"] = [parameter("offset", schema=INTEGER)]


@kind("a body is not needed any more", "became optional")
def _(document: Json, chance: random.Random) -> None:
    _op(document, "createThing")["requestBody"]["required"] = False


@kind("a body is added", "request.body: was added")
def _(document: Json, chance: random.Random) -> None:
    _op(document, "deleteThing")["requestBody"] = body(obj(reason=STRING), required=False)


@kind("a required body is added", "request.body: was added, required", True)
def _(document: Json, chance: random.Random) -> None:
    _op(document, "deleteThing")["requestBody"] = body(obj(("reason",), reason=STRING))


@kind("a body is removed", "request.body: was removed", True)
def _(document: Json, chance: random.Random) -> None:
    del _op(document, "createThing")["requestBody"]


for _type in ("application/x-www-form-urlencoded", "multipart/form-data", "application/merge-patch+json"):

    @kind(f"a body becomes {_type}", "content type changed", True)
    def _(document: Json, chance: random.Random, kind: str = _type) -> None:
        _op(document, "updateThing")["requestBody"] = body(obj(name=STRING), kind)


for _type in ("text/plain", "application/octet-stream", "application/xml"):

    @kind(f"a body becomes {_type}", "content type changed", True)
    def _(document: Json, chance: random.Random, kind: str = _type) -> None:
        _op(document, "updateThing")["requestBody"] = body(STRING, kind)


@kind("a body can be a form too", "content type added")
def _(document: Json, chance: random.Random) -> None:
    content_of = _op(document, "createThing")["requestBody"]["content"]
    content_of["application/x-www-form-urlencoded"] = content_of["application/json"]


@kind("a form takes several files", "files: was added")
def _(document: Json, chance: random.Random) -> None:
    files = {"type": "array", "items": {"type": "string", "format": "binary"}}
    form = _op(document, "uploadFile")["requestBody"]["content"]["multipart/form-data"]["schema"]
    form["properties"]["files"] = files


@kind("at least one of several is needed", "now requires at least one of", True)
def _(document: Json, chance: random.Random) -> None:
    _body(document)["anyOf"] = [{"required": ["size"]}, {"required": ["note"]}]


@kind("exactly one of several is needed", "now requires exactly one of", True)
def _(document: Json, chance: random.Random) -> None:
    _body(document)["oneOf"] = [{"required": ["size"]}, {"required": ["note"]}]


@kind("unknown fields are refused", "unknown fields no longer allowed", True)
def _(document: Json, chance: random.Random) -> None:
    _body(document)["additionalProperties"] = False


@kind("a body moves into a schema")
def _(document: Json, chance: random.Random) -> None:
    document["components"]["schemas"]["thing-body"] = _body(document)
    _op(document, "createThing")["requestBody"] = body(ref("thing-body"))


@kind("an object of a body moves into a schema")
def _(document: Json, chance: random.Random) -> None:
    document["components"]["schemas"]["some-options"] = options()
    _body(document)["properties"]["options"] = ref("some-options")


@kind("an answer is written in place")
def _(document: Json, chance: random.Random) -> None:
    media = _media(document, "listOwners")["application/json"]
    media["schema"]["items"] = {**document["components"]["schemas"]["owner"], "title": "Owner"}


@kind("allOf adds a field", "extra: was added")
def _(document: Json, chance: random.Random) -> None:
    schemas = document["components"]["schemas"]
    schemas["thing"] = {"allOf": [schemas["thing"], obj(extra=STRING)]}


@kind("allOf changes a field", "name: became nullable")
def _(document: Json, chance: random.Random) -> None:
    schemas = document["components"]["schemas"]
    schemas["base"] = schemas["thing"]
    schemas["thing"] = {"allOf": [ref("base"), obj(name={**STRING, "nullable": True})]}


@kind("a schema is taken apart by allOf")
def _(document: Json, chance: random.Random) -> None:
    schemas = document["components"]["schemas"]
    schemas["base"] = obj(uuid=STRING)
    del schemas["thing"]["properties"]["uuid"]
    schemas["thing"] = {"allOf": [ref("base"), schemas["thing"]]}


@kind("a schema is renamed")
def _(document: Json, chance: random.Random) -> None:
    schemas = document["components"]["schemas"]
    schemas["proprietor"] = schemas.pop("owner")
    for part in (schemas["thing"]["properties"], _media(document, "listOwners")["application/json"]["schema"]):
        part["owner" if "owner" in part else "items"] = ref("proprietor")


@kind("a schema differs in case only")
def _(document: Json, chance: random.Random) -> None:
    document["components"]["schemas"]["Owner"] = obj(other=STRING)


@kind("a schema that nothing uses is added")
def _(document: Json, chance: random.Random) -> None:
    document["components"]["schemas"]["hook-payload"] = obj(event=STRING, thing=ref("thing"))


@kind("a schema contains itself", "twin: was added")
def _(document: Json, chance: random.Random) -> None:
    document["components"]["schemas"]["thing"]["properties"]["twin"] = ref("thing")


@kind("a recursive union", "rule: was added")
def _(document: Json, chance: random.Random) -> None:
    document["components"]["schemas"]["rule"] = {"oneOf": [STRING, {"type": "array", "items": ref("rule")}]}
    document["components"]["schemas"]["thing"]["properties"]["rule"] = ref("rule")
    _body(document)["properties"]["rule"] = ref("rule")


@kind("webhooks and callbacks")
def _(document: Json, chance: random.Random) -> None:
    hook = {"{$request.body#/url}": {"post": {"responses": {"200": {"description": ""}}}}}
    _op(document, "createThing")["callbacks"] = {"done": hook}


@kind("security, servers and other things around")
def _(document: Json, chance: random.Random) -> None:
    document["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    document |= {"security": [{"key": []}], "servers": [{"url": "https://x.test"}], "x-of-vendor": [1]}


@kind("texts of every kind change")
def _(document: Json, chance: random.Random) -> None:
    awkward = 'Now """quoted""" \\N{dash} {braces} | a | b |\n|---|---|\n```\nfence\n```\n中文 ' + chance.choice("abc")
    for item in document["paths"].values():
        for it in item.values():
            it |= {"summary": awkward, "description": awkward}
    document["info"] |= {"description": awkward, "version": "2"}


# -- trying them -------------------------------------------------------------------------------------------------------


def problems(mutation: Mutation, seed: int = 0) -> list[str]:
    """The problems of an edition that is changed in this way: a line each."""
    document = laboratory()
    new = copy.deepcopy(document)
    new = mutation.change(new, random.Random(seed)) or new
    found: list[str] = []
    difference = compare_editions(document, new, overlay=NO_OVERLAY)
    told = difference.to_text()
    if difference.breaking is not mutation.breaking:
        found.append(f"breaking: {difference.breaking}; {told}")
    if (mutation.told not in told) if mutation.told else not difference.empty:
        found.append(f"expected {mutation.told or 'no changes'!r}, told: {told}")
    package = build(new, overlay=NO_OVERLAY, pinned=dict(difference.kept_models))
    gone = sorted(_models() - package.plan.models.keys())
    if gone != [it.old for it in difference.models]:
        found.append(f"models that are gone: {gone}; told: {difference.models}")
    with tempfile.TemporaryDirectory() as folder, imported(package, Path(folder), "grinfi_mutated") as module:
        found += calls(package, module, correct(new, "it", NO_OVERLAY)[0])
    return found


@cache
def _models() -> frozenset[str]:
    return frozenset(build(laboratory(), overlay=NO_OVERLAY).plan.models)


def calls(package: Package, module: ModuleType, document: Json) -> Iterator[str]:
    """Call every method with all of its arguments, and with the required ones; check what is sent and read."""
    for resource in package.plan.resources:
        for method in resource.methods:
            described = document["paths"][method.path][method.http_method.lower()]
            for full in (False, True):
                try:
                    wire = _called(package.plan, module, resource.class_name, method, full, described, document)
                except Exception as error:  # any is a finding
                    yield f"{method.id}({'all' if full else 'required'}): {type(error).__name__}: {error}"
                    continue
                yield from (f"{method.id}: sent {it}" for it in _invalid(wire, method, described, document))


def _called(
    plan: Plan, module: ModuleType, class_name: str, method: Method, full: bool, described: Json, document: Json
) -> Wire:
    wire = Wire()
    wire.answer = _answer(described, document)
    wires = {it.name: it.wire for it in method.arguments}
    arguments = {it.name: _value(plan, it.shape) for it in method.arguments if full or it.required}
    for choice in method.choices:
        chosen, others = set(choice.groups[0]), {wire for group in choice.groups[1:] for wire in group}
        arguments |= {it.name: _value(plan, it.shape) for it in method.arguments if it.wire in chosen}
        if choice.exactly_one:
            arguments = {name: it for name, it in arguments.items() if wires[name] not in others - chosen}
    if method.mass_actions:
        made = getattr(module, method.mass_actions.class_name)
        without = next(it.name for it in method.mass_actions.actions if not it.arguments and it.described)
        arguments = {"action": getattr(made, without)(), "ids": [UUID], "confirm": True}
    call = getattr(getattr(module.resources, class_name)(wire), method.name.method)

    async def told() -> Any:
        return await call(**arguments)

    anyio.run(told)
    return wire


def _value(plan: Plan, shape: Shape) -> Any:
    bounds = dict(shape.bounds)
    match shape.kind:
        case "array":
            return [_value(plan, cast(Shape, shape.item))] * max(1, bounds.get("min_items", 1))
        case "map" | "object":
            return {}
        case "filter":
            needed = [
                it for it in cast(FilterSet, shape.filter).fields if it.wire in cast(FilterSet, shape.filter).required
            ]
            return {it.wire: it.values[0] if it.values else "abc" for it in needed}
        case "model":
            model = plan.models[cast(str, shape.model)]
            return {it.wire: _value(plan, it.shape) for it in model.fields if it.required}
        case "enum":
            return shape.values[0]
        case "binary":
            return b"bytes"
        case "boolean":
            return True
        case "integer" | "number":
            return bounds.get("minimum", 1)
        case "date":
            return importlib.import_module("datetime").date(2026, 7, 22)
        case "datetime":
            return importlib.import_module("datetime").datetime(
                2026, 7, 22, tzinfo=importlib.import_module("datetime").UTC
            )
        case "uuid":
            return "00000000-0000-0000-0000-000000000007"
        case "integer-boolean":
            return True
        case "integer-text":
            return 1
        case "named-values":
            return {}
        case "string":
            return "abc" if bounds.get("min_length", 0) < 4 else "a" * bounds["min_length"]
        case "any":
            return "abc"


def _answer(described: Json, document: Json) -> httpx.Response:
    status, response = next(it for it in described["responses"].items() if it[0].startswith("2"))
    media = response.get("content", {})
    name = next((it for it in media if "json" in it or (it == "*/*" and "schema" in media[it])), "")
    if not name:
        return httpx.Response(int(status), content=b"text" if media else b"")
    return httpx.Response(int(status), json=_example(media[name].get("schema", {}), document))


def _example(schema: Json, document: Json, depth: int = 0) -> Any:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    if "allOf" in schema:
        parts: list[Any] = [_example(part, document, depth) for part in schema["allOf"]]
        own = _example({key: it for key, it in schema.items() if key != "allOf"}, document, depth)
        if all(isinstance(it, dict) for it in parts):
            return {key: it for part in cast("list[Json]", [*parts, own or {}]) for key, it in part.items()}
        return parts[0]
    if "enum" in schema:
        return schema["enum"][0]
    if "properties" in schema:
        fields = schema["properties"].items() if depth < 3 else ()
        return {name: _example(part, document, depth + 1) for name, part in fields}
    if schema.get("type") == "array":
        return [_example(schema.get("items", {}), document, depth + 1)] if depth < 3 else []
    simple: Json = {"object": {}, "string": "2026-07-22T00:00:00Z", "integer": 1, "number": 1.5, "boolean": True}
    return simple.get(schema.get("type", ""))


def _invalid(wire: Wire, method: Method, described: Json, document: Json) -> Iterator[str]:
    """The mistakes that an independent validator finds in the body that was sent."""
    media = described.get("requestBody", {}).get("content", {})
    schema = next((it.get("schema", {}) for name, it in media.items() if "json" in name), None)
    if schema is not None and wire.request.content and method.body in {"json", "optional_json", "whole"}:
        validator = OAS30Validator({**schema, "components": document["components"]})
        try:
            yield from [error.message for error in validator.iter_errors(wire.sent[2])]
        except re.error:  # a pattern of JavaScript
            return


def main(seed: int) -> int:
    """Try all of them; how many go wrong."""
    wrong = 0
    for number, mutation in enumerate(MUTATIONS, 1):
        try:
            found = problems(mutation, seed)
        except Exception as error:  # any is a finding
            found = [f"{type(error).__name__}: {error}"]
        wrong += bool(found)
        verdict = "breaking" if mutation.breaking else "nothing" if not mutation.told else "addition"
        print(f"{number:4} {'WRONG' if found else 'ok':6} {verdict:9} {mutation.name}", flush=True)
        for line in found:
            print("".join(f"              {part}\n" for part in line.strip().splitlines()), end="")
    print(f"{len(MUTATIONS)} kinds of change, seed {seed}: {wrong} go wrong.")
    return wrong


if __name__ == "__main__":
    sys.exit(bool(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0)))
