"""A description that does everything to break the generator: valid OpenAPI, nothing that needs a hand edit."""

from __future__ import annotations

from typing import Any

from codegen.description import Document
from tests.codegen.helpers import INTEGER, OK, STRING, Json, body, content, edition, obj, operation, parameter, ref

EVIL = (
    "Ends \"\"\" a docstring, ''' too; \\ and \\N{SNOWMAN} \\x41 \\u0041 {braces} {{ jinja }} "
    "{% raw %} {# no #} %s $x `y`\n"
    "\x00\x01\x1b[31m\x7f\x85 # type: ignore\n\n# noqa\n    # type: ignore[all]\n\n"
    "\u202eright to left\u2066 שלום 中文 हिन्दी \U0001f600 \u2028 \ufeff <b>&amp;</b>\r\nlone \r return\n"
    f"{'long' * 100} {'words ' * 100}\n\n| a | b |\n|---|---|\n\n```\ncode\\\n```\n" + '- "quoted"\n\\"\\"\\"\n\\'
)
"""Ends with a backslash."""
QUOTED = '"""quoted"""'
DIRECTIONS = ["plain", 'q"uote', "back\\slash\\", "new\nline", "tab\t", "{{ x }}", "\u202e", "", "nul\x01", "emoji 😀"]
WIRES = [
    "class",
    "None",
    "True",
    "lambda",
    "id",
    "list",
    "date",
    "datetime",
    "dict",
    "str",
    "bool",
    "type",
    "model",
    "body",
    "query",
    "response",
    "form",
    "self",
    "json",
    "frozenset",
    "additional_properties",
    "to_dict",
    "from_dict",
    "encode_argument",
    "wire",
    "wire_fields",
    "camelCase",
    "APIKey",
    "kebab-case",
    "a.b",
    "$dollar",
    "@at",
    "_private",
    "__dunder__",
    "2fa",
    "中文",
    "ﬁ",
    "m²",
    "½",
    "ԀԁԂ",
    "İ",
    "dt",
    "builtins",
    "property",
    "define",
    "Any",
    "Field",
    "name_",
    "name",
    "name-",
]
NAMES = [
    *WIRES,
    "with space",
    "",
    'quo"te',
    "back\\slash",
    "{{ x }}",
    "new\nline",
    "tab\tbed",
    "\u202e",
    "# type: ignore",
]
OWN = [
    "Page",
    "Model",
    "Filter",
    "Any",
    "Field",
    "Grinfi",
    "ANY",
    "Resource",
    "Literal",
    "OPERATIONS",
    "ResourceAccess",
    "Import",
    "Class",
    "None",
    "str",
    "type",
]
ROW = obj(data={"type": "array", "items": ref("tree")}, total=INTEGER)


def hostile() -> Document:
    """The committed description, much changed."""
    document = edition()
    document["info"] |= {"title": EVIL, "version": '"""\\'}
    paths: dict[str, Json] = document["paths"]
    _remove_and_rename(paths)
    document["components"]["schemas"] |= _schemas()
    contact = document["components"]["schemas"]["lead"]["properties"]
    contact["status_of_the_moon"] = {"type": "string", "enum": DIRECTIONS}
    contact["tree"] = ref("tree")
    document["components"]["schemas"]["flow"]["properties"]["status"]["enum"].append("paused")
    for tag in document["tags"]:
        tag["description"] = EVIL
    document["tags"] += [{"name": name, "description": EVIL} for name in ("Odds & Ends", "class", "Request", "中文")]
    paths |= _known_tags()
    paths |= _new_tag()
    paths |= _parameters()
    paths |= _answers()
    return document


def _remove_and_rename(paths: dict[str, Json]) -> None:
    del paths["/leads/api/notes"]["get"]
    paths["/leads/api/leads/{uuid}"]["get"]["operationId"] = "getContact"
    paths["/leads/api/leads/search"]["post"] |= {"summary": EVIL, "description": EVIL}
    paths["/leads/api/lists"]["get"] |= {"summary": QUOTED, "description": QUOTED, "deprecated": True}


def _schemas() -> dict[str, Json]:
    return {
        "tree": obj(("name",), name=STRING, children={"type": "array", "items": ref("tree")}),
        "egg": obj(hen=ref("hen"), shade=ref("colour")),
        "hen": obj(
            eggs={"type": "object", "additionalProperties": ref("egg")}, maybe=_nullable("egg"), first=_nullable("nest")
        ),
        "nest": obj(straw=INTEGER),
        "colour": {"type": "string", "enum": ["red", "green"]},
        "size": {"type": "integer", "enum": [1, 2, -3]},
        "cat": obj(meows={"type": "boolean"}),
        "dog": obj(barks={"type": "boolean"}),
        "pet": {"oneOf": [ref("cat"), ref("dog")]},
        "scores": {"type": "object", "additionalProperties": {"type": "number"}},
        "names": {"title": EVIL, "description": EVIL, **obj(("class",), **{name: _named(name) for name in NAMES})},
        "holder": obj(**{name: ref(name) for name in OWN}, pet=ref("pet"), scores=ref("scores"), size=ref("size")),
        "extended": {"allOf": [ref("cat"), obj(extra=STRING)], "description": EVIL},
        "twins": obj(
            left=obj(part=obj(x=INTEGER)),
            right=obj(part=obj(y=STRING)),
            parts={"type": "array", "items": obj(z=STRING)},
            settings=obj(part=obj(x=INTEGER, w=INTEGER)),
        ),
        "上": obj(下=STRING) | {"title": "上"},
        **{name: obj(of=STRING, other={"type": "string", "enum": ["a", name]}) for name in OWN},
    } | {
        "patterns": obj(
            letters={"type": "string", "pattern": "^\\p{L}+$"}, digits={"type": "string", "pattern": '^"\\d"$'}
        )
    }


def _nullable(name: str) -> Json:
    return {"nullable": True, "allOf": [ref(name)]}


def _named(name: str) -> Json:
    rest: Json = {"enum": DIRECTIONS} if name == "type" else {"default": name}
    return {"type": "string", "description": EVIL, **rest}


def _known_tags() -> dict[str, Json]:
    """New operations of existing resources; their names follow the rule."""
    filtered = {"type": "object", "additionalProperties": True}
    row = obj(data={"type": "array", "items": ref("lead")}, total=INTEGER, limit=INTEGER)
    return {
        "/leads/api/leads/archived": {
            "get": operation(
                "listArchivedContacts",
                parameter("filter", schema=filtered),
                parameter("offset", schema=INTEGER),
                tag="Contacts",
                answer=row,
            ),
            "post": operation(
                "searchArchivedContacts",
                tag="Contacts",
                answer=row,
                requestBody=body(obj(filter=filtered, offset=INTEGER), required=False),
            ),
            "put": operation("searchContact", tag="Contacts", deprecated=True),  # `search` is taken
            "delete": operation(None, tag="Contacts"),
        },
        "/leads/api/notes/send": {"post": operation("getOrCreateNote", tag="Notes", answer=ref("tree"))},
    }


def _new_tag() -> dict[str, Json]:
    names = [name for name in NAMES if name]
    return {
        "/odds/{class}/{odd-id}/x": {
            "parameters": [
                parameter("class", "path"),
                parameter("odd-id", "path", INTEGER),
                parameter("limit", schema=INTEGER, description="In the path"),
            ],
            "get": operation("getOdd", parameter("limit", schema=INTEGER, description=EVIL), answer=ref("twins")),
            "post": operation("post odd \"''' \\ {{ x }}", requestBody=body(ref("names"))),
        },
        "/odds/list": {"post": operation("list", requestBody=body({"type": "array", "items": ref("tree")}))},
        "/odds/names": {
            "post": operation(
                "class",
                *[parameter(name) for name in names],
                answer=ref("names"),
                requestBody=body(ref("names"), required=False),
            )
        },
        "/odds/filtered": {"post": operation("countFiltered", requestBody=body(obj(filter=_filter())))},
        "/odds/holder": {"post": operation("___", answer=ref("holder"), requestBody=body(ref("holder")))},
        "/odds/'quo\"te\\ \n 中": {"get": operation("quoteOdds")},
        "/class/import": {"post": operation("import", tag="class")},
        "/request": {"get": operation("getRequest", tag="Request", answer=STRING)},
        "/property": {"get": operation("getProperty", tag="property", answer=ref("上"))},
        "/中文": {"get": operation("获取", tag="中文", answer=ref("上"))},
        "/leads/again": {"get": operation("resource", tag="Resource", answer=ref("Resource"))},
        "/untagged": {"get": {"responses": OK}},
    }


def _filter() -> Json:
    fields = {name: _named(name) for name in NAMES} | {
        "a b": INTEGER,
        "a_b": INTEGER,
        "gone": {"x-refused": "knows no gone"},
    }
    lists: Json = {"ids": {"type": "array", "items": STRING}}
    return {
        **obj(("class",), **fields, **lists),
        "description": EVIL,
        "additionalProperties": False,
        "x-filter-fields-of": "tree",
        "x-filter-catalogue": "odds",
    }


def _parameters() -> dict[str, Json]:
    many: list[Json] = [
        parameter("ids", schema={"type": "array", "items": INTEGER}),
        parameter("flag", schema={"type": "boolean"}),
        parameter("order", schema={"type": "string", "enum": DIRECTIONS}),
        parameter("size", schema=ref("size")),
        parameter("X-Trace-Id", "header", required=True),
        parameter("Authorization", "header"),
        parameter("since", schema={"type": "string", "format": "date-time"}, required=True),
        {"name": "where", "in": "query", "content": {"application/json": {"schema": obj(a=INTEGER)}}},
        parameter("deep", schema=obj(a=INTEGER, b={"type": "array", "items": STRING})),
        parameter("none_", schema={"type": "string", "enum": ["a"]}),
        parameter("a_n_y", schema={"type": "string", "enum": ["b"]}),
    ]
    return {
        "/odds/many": {"get": operation("findMany", *many)},
        "/odds/{day}/{kind}/{size}/{id}": {
            "parameters": [
                parameter("day", "path", {"type": "string", "format": "date"}),
                parameter("kind", "path", {"type": "string", "enum": ["a/b", "c"]}),
                parameter("size", "path", ref("size")),
                parameter("id", "path", {"type": "number"}),
            ],
            "delete": operation("deleteOdd", parameter("id", "query", INTEGER), requestBody=body(obj(id=STRING))),
        },
        "/odds/upload": {
            "post": operation(
                "uploadOdds",
                answer=ROW,
                requestBody=body(
                    obj(("file",), file={"type": "string", "format": "binary"}, form=STRING), "multipart/form-data"
                ),
            ),
            "put": operation("storeOdds", requestBody=body(obj(file={"type": "string", "format": "binary"}))),
        },
        "/odds/any-of": {
            "post": operation(
                "anyOdds",
                requestBody=body(
                    obj(a=STRING, b=STRING) | {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, required=False
                ),
            ),
        },
    }


def _answers() -> dict[str, Json]:
    answers: dict[str, Json] = {
        "string": STRING,
        "integer": INTEGER,
        "nullable": {"type": "string", "nullable": True},
        "choice": {"type": "string", "enum": DIRECTIONS},
        "pet": ref("pet"),
        "scores": ref("scores"),
        "array": {"type": "array", "items": ref("hen")},
        "grid": {"type": "array", "items": {"type": "array", "items": INTEGER}},
        "extended": ref("extended"),
        "page": ROW,
        "inline": obj(x=obj(y=obj(z=obj(**{"def": INTEGER})))),
    }
    found: dict[str, Json] = {
        f"/answers/{name}": {"get": operation(f"answer_{name}", tag="Answers", answer=schema)}
        for name, schema in answers.items()
    }
    responses: dict[str, Any] = {
        "accepted": {"202": {"description": EVIL}},
        "fallback": {"default": {"description": "Anything.", **content(ref("tree"))}},
        "range": {"2XX": {"description": "Anything.", **content(ref("tree"))}, "4XX": {"description": EVIL}},
        "either": {"200": {"description": "It.", **content(ref("tree"))}, "204": {"description": "Nothing."}},
        "text": {"200": {"description": "Text.", **content(STRING, "text/csv")}},
        "bytes": {
            "200": {
                "description": "Bytes.",
                **content({"type": "string", "format": "binary"}, "application/octet-stream"),
            }
        },
        "failures": {"404": {"description": EVIL}},
    }
    for name, described in responses.items():
        found[f"/answers/{name}"] = {"get": operation(f"answer_{name}", tag="Answers") | {"responses": described}}
    return found
