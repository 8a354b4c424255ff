"""Bodies, lists and answers of every kind that a description can have, called."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import anyio
import httpx
import pytest

from codegen.generate import build
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

FILE: Json = {"type": "string", "format": "binary"}
LIST: Json = {"type": "array", "items": STRING}
LISTS: dict[str, Json] = {
    "exploded": {},
    "comma": {"explode": False},
    "pipe": {"style": "pipeDelimited", "explode": False},
    "space": {"style": "spaceDelimited", "explode": False},
    "pipes": {"style": "pipeDelimited"},
}
BODIES: dict[str, tuple[str, Json]] = {
    "sendFiles": ("multipart/form-data", obj(files={"type": "array", "items": FILE}, note=STRING)),
    "sendEncoded": ("application/x-www-form-urlencoded", obj(a=STRING, b=LIST)),
    "sendText": ("text/plain", STRING),
    "sendBytes": ("application/octet-stream", FILE),
    "sendPatch": ("application/merge-patch+json", obj(a={**STRING, "nullable": True})),
}
ANSWERS: dict[str, tuple[str, Json | None, Any]] = {
    "getText": ("text/plain", STRING, "é"),
    "getEvents": ("text/event-stream", STRING, "é"),
    "getPdf": ("application/pdf", FILE, b"\xc3\xa9"),
    "getZip": ("application/zip", None, b"\xc3\xa9"),
    "getImage": ("image/png", STRING, b"\xc3\xa9"),
    "getAnyFile": ("*/*", FILE, b"\xc3\xa9"),
}
ODD: Json = obj(
    mixed={"enum": ["a", 1, None]},
    rates={"type": "number", "enum": [0.5, 1]},
    anything={"type": "array"},
    tree=ref("expression"),
)
EXPRESSION: Json = {"oneOf": [STRING, {"type": "array", "items": ref("expression")}, obj(left=ref("expression"))]}


def described() -> Json:
    paths: Json = {
        f"/{name}": {"post": operation(name, tag="Kinds", requestBody=body(schema, kind))}
        for name, (kind, schema) in BODIES.items()
    }
    for name, (kind, schema, _) in ANSWERS.items():
        media: Json = {"content": {kind: {}}} if schema is None else content(schema, kind)
        paths[f"/{name}"] = {
            "get": {**operation(name, tag="Kinds"), "responses": {"200": {"description": "", **media}}}
        }
    anything = {"200": {"description": "", **content(obj(id=INTEGER), "*/*")}}
    paths["/any"] = {"get": {**operation("getAnything", tag="Kinds"), "responses": anything}}
    lists = [parameter(name, schema=LIST, **style) for name, style in LISTS.items()]
    paths["/lists"] = {"get": operation("getLists", *lists, tag="Kinds")}
    envelope = obj(data={"type": "array", "items": obj(id=INTEGER)}, meta=obj(a=STRING), next_cursor=STRING)
    paths["/rows"] = {"get": operation("listRows", tag="Kinds", answer=envelope)}
    paths["/odd"] = {"put": operation("putOdd", tag="Kinds", requestBody=body(ref("odd")), answer=ref("odd"))}
    return small(paths, {"odd": ODD, "expression": EXPRESSION})


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    with imported(build(described(), overlay=NO_OVERLAY), tmp_path_factory.mktemp("kinds"), "grinfi_kinds") as package:
        yield package


class Caller:
    def __init__(self, kinds: ModuleType) -> None:
        self.wire = Wire()
        self._resource = kinds.resources.KindsResource(self.wire)

    def __call__(self, name: str, **arguments: Any) -> Any:
        async def call() -> Any:
            return await getattr(self._resource, name)(**arguments)

        return anyio.run(call)

    @property
    def text(self) -> str:
        return self.wire.request.content.decode()


@pytest.fixture
def call(kinds: ModuleType) -> Caller:
    return Caller(kinds)


def test_several_files_go_into_one_form(call: Caller) -> None:
    call("send_files", files=[b"one", b"two"], note="x")
    assert call.text.count('name="files"; filename="files') == 2
    assert "\r\n\r\none\r\n" in call.text
    assert "\r\n\r\ntwo\r\n" in call.text


def test_an_encoded_form(call: Caller) -> None:
    call("send_encoded", a="1 2", b=["x", "y"])
    assert call.wire.request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert httpx.QueryParams(call.text).multi_items() == [("a", "1 2"), ("b[]", "x"), ("b[]", "y")]


def test_texts_and_files_are_bodies(call: Caller, kinds: ModuleType) -> None:
    call("send_text", body="é")
    assert call.text == "é"
    call("send_bytes", body=b"\x00")
    assert call.wire.request.content == b"\x00"
    call("send_patch", a=None)
    assert call.wire.sent[2] == {"a": None}
    types = {name: kinds.OPERATIONS[name].content_type for name in ("sendText", "sendBytes", "sendPatch")}
    assert types == {name: BODIES[name][0] for name in types}
    with pytest.raises(kinds.InvalidArgumentError, match="body"):
        call("send_text", body=b"x")


def test_lists_in_a_query_are_written_as_described(call: Caller, kinds: ModuleType) -> None:
    call("get_lists", **{name: ["a", "b"] for name in LISTS})
    assert call.wire.request.url.params.multi_items() == [
        ("exploded", "a"), ("exploded", "b"), ("comma", "a,b"), ("pipe", "a|b"), ("space", "a b"),
        ("pipes", "a|b"),
    ]  # fmt: skip
    with pytest.raises(kinds.InvalidArgumentError, match="separates the values"):
        call("get_lists", comma=["a,b"])


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_are_text_or_bytes_and_asked_for_as_such(name: str, call: Caller, kinds: ModuleType) -> None:
    kind, _, expected = ANSWERS[name]
    call.wire.answer = httpx.Response(200, content="é".encode(), headers={"content-type": f"{kind}; charset=utf-8"})
    operation = kinds.OPERATIONS[name]
    assert call(operation.name) == expected
    assert (operation.accept, operation.expects_json) == (kind, False)


def test_any_content_type_with_an_object_is_json(call: Caller) -> None:
    call.wire.answer = httpx.Response(200, json={"id": 7})
    assert call("get_anything").id == 7


def test_undescribed_values_are_json(call: Caller) -> None:
    odd: Json = {"mixed": "b", "rates": 0.25, "anything": [1, "x"], "tree": {"left": ["x", {"left": "y"}]}}
    call.wire.answer = httpx.Response(200, json=odd)
    read = call("put_odd", **odd)
    assert call.wire.sent[2] == odd
    assert read.to_dict() == odd
    assert (read.mixed, read.rates, read.anything, read.tree) == tuple(odd.values())


def test_the_envelope_of_a_list_can_be_read(call: Caller) -> None:
    call.wire.answer = httpx.Response(200, json={"data": [{"id": 7}], "total": 1, "next_cursor": "x", "new": None})
    page = call("list_rows")
    assert (page.data[0].id, page.total, page.envelope) == (7, 1, {"next_cursor": "x", "new": None})


def test_exactly_one_of_several_arguments_can_be_needed(tmp_path: Path) -> None:
    groups = [{"required": ["a", "e"]}, {"required": ["b", "c"]}]
    fields = obj(a=STRING, b=STRING, c=STRING, d=STRING, e=STRING)
    choice = {**fields, "oneOf": groups, "x-in-any-form": ["e"], "anyOf": [{"required": ["d"]}]}
    document = small({"/one": {"post": operation("sendOne", requestBody=body(choice))}})
    with imported(build(document, overlay=NO_OVERLAY), tmp_path, "grinfi_choice") as module:
        wire = Wire()
        send = module.resources.OddsEndsResource(wire).send_one
        for given in ({"a": "x", "e": "e"}, {"b": "y", "c": "z"}, {"b": "y", "c": "z", "e": "in any form"}):
            anyio.run(partial(send, **given, d="d"))
            assert wire.sent == ("POST", "/one", {**given, "d": "d"})
        for given, told in (
            ({"d": "d"}, "a: at least one of these is needed: a and e, or b and c"),
            ({"b": "y", "d": "d"}, "c: at least one of these is needed: a and e, or b and c"),
            ({"a": "x", "e": "e"}, "at least one of these is needed: d"),
            (
                {"a": "x", "e": "e", "b": "y", "d": "d"},
                "b: cannot be combined with a and e; give only a and e, or",
            ),
            ({"a": "x", "b": "y", "c": "z", "d": "d"}, "a: cannot be combined with b and c"),
        ):
            with pytest.raises(module.InvalidArgumentError, match=told):
                anyio.run(partial(send, **given))
