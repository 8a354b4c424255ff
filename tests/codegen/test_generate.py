"""From a description to a package."""

from __future__ import annotations

import importlib
import inspect
import os
import re
import subprocess
import sys
from collections.abc import Awaitable
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_type_hints, is_typeddict

import anyio
import httpx
import jsonschema
import pytest
import yaml
from pydantic import TypeAdapter, create_model

from codegen.description import HTTP_METHODS, operations, parse, validate
from codegen.edition import NAMES, OVERLAY, ROOT, correct
from codegen.errors import CodegenError
from codegen.generate import Package, build, write
from codegen.overrides import ATTACHMENTS
from codegen.render import HEADER
from grinfi_async import models
from grinfi_async._client import RESOURCES
from grinfi_async.operations import OPERATIONS
from grinfi_overrides.filters import DateTimeField
from tests.codegen.helpers import (
    INTEGER,
    OK,
    STRING,
    Json,
    Wire,
    body,
    contents,
    dump,
    edition,
    obj,
    operation,
    parameter,
    ref,
    run,
    small,
    sources,
)
from tests.codegen.hostile import DIRECTIONS, EVIL, hostile
from tests.codegen.hostile import NAMES as WIRE_NAMES

pytestmark = pytest.mark.usefixtures("uncorrected")

# -- the committed description -----------------------------------------------------------------------------------------


def test_the_manifest_has_every_operation_of_the_description() -> None:
    corrected = operations(correct(edition(), "it", OVERLAY)[0])
    described = {operation.id: (operation.method.upper(), operation.path) for operation in corrected}
    assert {id: (it.method, it.path) for id, it in OPERATIONS.items()} == described
    assert described.keys() > {operation.id for operation in operations(edition())}


def test_every_listed_name_is_a_method_of_its_resource() -> None:
    listed = yaml.safe_load(NAMES.read_text("utf-8"))
    assert set(listed) <= set(RESOURCES)
    for resource, methods in listed.items():
        module, name = RESOURCES[resource]
        found = getattr(importlib.import_module(module), name)
        assert found.__doc__
        for operation_id, method in methods.items():
            assert inspect.isfunction(getattr(found, method)), f"{resource}.{method}"
            assert (OPERATIONS[operation_id].resource, OPERATIONS[operation_id].name) == (resource, method)


def test_every_file_says_that_it_is_generated(changed: Package) -> None:
    package = ROOT / "grinfi_async"
    committed = {path.name: path.read_bytes() for path in package.rglob("*") if path.suffix in {".py", ".typed"}}
    for files in (committed, changed.files):
        assert files["py.typed"] == b""
        for name, text in files.items():
            assert name == "py.typed" or text.startswith(HEADER.encode()), name


def test_models_have_real_names() -> None:
    wrong = re.compile(r"Type\d|Response\d|Response(200)?(Data|Item)|Item$|Body$|\d$|_|Object$|^Part\d|^Component")
    assert [name for name in models.__all__ if wrong.search(name)] == ["EmailBody"]  # the text of an email


# -- a hostile other edition -------------------------------------------------------------------------------------------


def test_another_edition_is_generated_whole(changed: Package) -> None:
    described = [operation.id for operation in operations(correct(hostile(), "it", OVERLAY)[0])]
    assert sorted(method.id for resource in changed.plan.resources for method in resource.methods) == sorted(described)
    assert "listNotes" in changed.unused_names


def test_a_correction_without_its_target_fails_and_is_named() -> None:
    document = edition()
    del document["paths"]["/flows/api/ai-templates/render"]
    with pytest.raises(CodegenError, match=r"'/flows/api/ai-templates/render'\]\.post\.responses.*\(An object without"):
        build(document, overlay=OVERLAY)


def test_a_repr_of_fields_that_are_gone_fails_and_is_named() -> None:
    schemas: Json = {"thing": obj(name=STRING, **{"some-id": STRING}) | {"x-repr": ["some-id", "name"]}}
    assert build(small(schemas=schemas)).plan.models["Thing"].shown == ("some_id", "name")
    del schemas["thing"]["properties"]["name"]
    with pytest.raises(CodegenError, match=r"Thing has no name, which x-repr names.*overlay\.yaml"):
        build(small(schemas=schemas))


def test_an_optional_correction_without_its_target_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    action: Json = {"target": "$.components.x", "description": "Why.", "update": {}, "x-optional": True}
    overlay = dump({"overlay": "1.0.0", "actions": [action]}, tmp_path / "overlay.yaml")
    monkeypatch.setattr("codegen.edition.OVERLAY", overlay)
    result = run("generate", "--spec", dump(small(), tmp_path / "small.yaml"), "--output", tmp_path / "package")
    assert result.exit_code == 0
    assert "Overlay action not used: $.components.x (Why.), which this edition does not have" in result.stderr


def test_operations_that_are_new_get_names_by_the_rule(client: ModuleType) -> None:
    names = {id: f"{it.resource}.{it.name}" for id, it in client.OPERATIONS.items()}
    expected = {
        "listArchivedContacts": "contacts.list_archived",
        "searchArchivedContacts": "contacts.search_archived",
        "searchContact": "contacts.search_contact",
        "delete /leads/api/leads/archived": "contacts.delete_api_archived",
        "getContact": "contacts.get",
        "getOrCreateNote": "notes.get_or_create",
        "getOdd": "odds_ends.get",
        "list": "odds_ends.list",
        "class": "odds_ends.class_",
        "___": "odds_ends.unnamed",
        "import": "class_.import_",
        "getRequest": "request_.get",
        "getProperty": "property_.get",
        "获取": "中文.获取",
        "get /untagged": "default.get_untagged",
    }
    assert {id: names[id] for id in expected} == expected
    assert "renderTemplate" not in names
    assert "listNotes" not in names


def test_new_operations_get_a_retry_class(client: ModuleType) -> None:
    expected = {
        "searchArchivedContacts": "read",
        "getOrCreateNote": "write",  # by POST, whatever its first word
        "searchContact": "read",
        "deleteOdd": "idempotent",
        "uploadOdds": "write",
        "___": "write",
        "get /untagged": "read",
    }
    assert {id: client.OPERATIONS[id].retry for id in expected} == expected


def test_every_module_of_another_edition_loads(client: ModuleType) -> None:
    client.preload()
    for name in client.__all__:
        getattr(client, name)
    assert [*dir(client.models)]
    for name in client.models.__all__:
        model = getattr(client.models, name)
        if is_typeddict(model):
            of = getattr(client.models, name.removesuffix("Dict"))
            assert get_type_hints(model).keys() == {entry.wire for entry in of.wire_fields().values()}
        else:
            assert model.from_dict({"x": 1}).to_dict() == {"x": 1}, name


def test_every_model_and_argument_that_another_edition_adds_has_a_json_schema(client: ModuleType) -> None:
    check: Any = jsonschema.Draft202012Validator.check_schema
    for name in {"Contact", *client.models.__all__}.difference(set(models.__all__) - {"Contact"}):
        check(TypeAdapter(getattr(client.models, name)).json_schema())
    for name, (module, resource) in client.RESOURCES.items():
        known_module, known_resource = RESOURCES.get(name, ("builtins", "object"))
        known = getattr(importlib.import_module(known_module), known_resource)
        for _, method in inspect.getmembers(getattr(importlib.import_module(module), resource), inspect.isfunction):
            if method.__name__[0] != "_" and not hasattr(known, method.__name__):
                parameters = [*inspect.signature(method, eval_str=True).parameters.values()][1:]
                fields: dict[str, Any] = {
                    f"x{number}": (it.annotation, ... if it.default is it.empty else it.default)
                    for number, it in enumerate(parameters)
                }
                check(create_model("Arguments", **fields).model_json_schema())


def test_a_new_tag_is_a_resource_of_the_client(client: ModuleType) -> None:
    access: Any = client.Grinfi("key", base_url="http://127.0.0.1:1")
    for name in ("odds_ends", "class_", "request_", "property_", "中文", "resource", "default"):
        assert type(getattr(access, name)).__module__ == f"grinfi_hostile.resources.{name}"


def test_texts_of_the_description_are_only_texts(changed: Package, client: ModuleType) -> None:
    """Docstrings keep every word; no line of the description has become code."""
    search = client.resources.ContactsResource.search.__doc__
    words = [word for word in EVIL.split() if word.isascii() and word.isprintable()]
    # Words that no line can hold are parted, and rulers of tables are as wide as their columns.
    shown = [word for word in words if len(word) < 100 and not set(word) <= set("|-")]
    assert search is not None
    assert set(shown) <= set(search.split())
    assert client.resources.ListsResource.list.__doc__.startswith('"""quoted""".')
    assert "Deprecated." in client.resources.ListsResource.list.__doc__
    assert "edition" in str(client.__doc__)
    for name, text in changed.files.items():
        for line in text.decode().split("\n"):
            assert line.isprintable() or re.fullmatch(r"[^\x00-\x1f\u202a-\u202e\u2066-\u2069]*", line), (name, line)


def test_models_of_another_edition(client: ModuleType) -> None:
    found = client.models
    tree = found.Tree.from_dict({"name": "a", "children": [{"name": "b", "children": [{"name": "c"}]}]})
    assert tree.children[0].children[0].name == "c"
    hen = found.Hen.from_dict({"eggs": {"one": {"hen": {"eggs": []}, "shade": "blue"}}, "first": {"straw": 3}})
    assert (hen.eggs["one"].shade, type(hen.first).__name__, hen.maybe) == ("blue", "Nest", None)
    contact = found.Contact.from_dict({"status_of_the_moon": DIRECTIONS[4], "tree": {"name": "x"}})
    assert (contact.status_of_the_moon, contact.tree.name) == ("tab\t", "x")
    assert {"PageObject", "ModelObject", "FilterObject", "AnyObject", "FieldObject", "GrinfiObject"} <= {*found.__all__}
    assert {"Import", "Class", "NoneObject", "ANYObject", "OPERATIONSObject", "Str", "Type"} <= {*found.__all__}
    parts = {"TwinsPart", "TwinsLeftPart", "TwinsRightPart", "TwinsSettingsPart"}
    assert parts <= {*found.__all__}


def test_fields_have_usable_names_and_keep_theirs_on_the_wire(client: ModuleType) -> None:
    (names,) = [name for name in client.models.__all__ if name.startswith("Ends")]
    model = getattr(client.models, names)
    row = {wire: DIRECTIONS[0] if wire == "type" else f"value of {wire}" for wire in WIRE_NAMES}
    read = model.from_dict(row)
    assert not read.additional_properties
    assert read.to_dict() == row
    fields = {entry.wire: name for name, entry in model.wire_fields().items()}
    assert set(fields) == set(WIRE_NAMES)
    assert all(getattr(read, name) == row[wire] for wire, name in fields.items())
    expected = {
        "class": "class_",
        "to_dict": "to_dict_",
        "additional_properties": "additional_properties_",
        "self": "self_",
        "list": "list",
        "camelCase": "camel_case",
        "kebab-case": "kebab_case",
        "with space": "with_space",
        "2fa": "n_2fa",
        "_private": "private",
        "ﬁ": "fi",
        "date": "date",
        "中文": "中文",
    }
    assert {wire: fields[wire] for wire in expected} == expected


# -- calls of its operations -------------------------------------------------------------------------------------------


async def told(call: Awaitable[Any]) -> Any:
    return await call


def sent(client: ModuleType, resource: str, method: str, *arguments: Any, answer: Any = ..., **named: Any) -> Any:
    """Method, path with query, and JSON of the request that a call makes."""
    wire = Wire()
    if answer is not ...:
        wire.answer = httpx.Response(200, json=answer)
    call = getattr(getattr(client.resources, resource)(wire), method)(*arguments, **named)
    with suppress(client.DecodeError):  # most answers here are an empty object
        anyio.run(told, call)
    return wire.sent


def test_filters_know_their_fields(client: ModuleType) -> None:
    catalogue = importlib.import_module(f"{client.__name__}.fields.odds")
    odds = "OddsEndsResource"
    always = {"class": "x"}
    for attribute in catalogue.__all__:
        said = getattr(catalogue, attribute).is_null()
        (wire,) = said.to_dict()
        if wire.strip() and wire not in {"class", "ids", "q"}:
            body = sent(client, odds, "count_filtered", filter=said & always)[2]
            assert body == {"filter": {wire: "is_null", "class": "x"}}
    wires = {wire for attribute in catalogue.__all__ for wire in getattr(catalogue, attribute).is_null().to_dict()}
    assert wires >= {*WIRE_NAMES, "a b", "a_b", "ids"} - {"q"}
    assert ("name" in wires, "children" in wires) == (True, False), "of the schema it refers to, what can be compared"
    assert "gone" not in wires
    assert sent(client, odds, "count_filtered", filter=(catalogue.ids == "a") & always)[2]["filter"]["ids"] == ["a"]
    refused: list[tuple[Json, str, str]] = [
        ({}, "class", "is required"),
        ({**always, "gone": 1}, "gone", "odds_ends.count_filtered knows no gone"),
        ({**always, "unheard of": 1}, "unheard of", "has no field"),
    ]
    for filter, argument, told in refused:
        with pytest.raises(client.InvalidArgumentError, match=told) as caught:
            sent(client, odds, "count_filtered", filter=filter)
        assert caught.value.argument == f"filter.{argument}"


def test_the_catalogues_of_fields() -> None:
    found = sorted(path.stem for path in (ROOT / "grinfi_async" / "fields").glob("[a-z]*.py"))
    assert found == [
        "activities", "automation_contacts", "automations", "companies", "contacts", "emails", "linkedin_conversations",
        "linkedin_messages", "lists", "mailboxes", "pipeline_stages", "sender_profiles", "tasks",
    ]  # fmt: skip
    from grinfi_async.fields import linkedin_messages, tasks

    # A filter that only names its fields has the types of the rows.
    assert get_args(linkedin_messages.Type) == ("inbox", "outbox")
    assert get_args(tasks.Status) == ("in_progress", "closed", "canceled", "failed", "skipped")
    assert type(tasks.schedule_at) is type(linkedin_messages.sent_at) is DateTimeField
    assert tasks.__doc__ is not None
    assert "tasks.list, tasks.group_counts" in tasks.__doc__
    text = (ROOT / "grinfi_async" / "fields" / "linkedin_messages.py").read_text("utf-8")
    assert "For linkedin_messages.group_counts only." in text


def test_calls_send_what_the_description_says(client: ModuleType) -> None:
    assert sent(client, "ContactsResource", "list_archived", filter={"a": ["b"]}, offset=3) == (
        "GET",
        "/leads/api/leads/archived?filter%5Ba%5D%5B%5D=b&offset=3",
        None,
    )
    search = client.resources.ContactsResource
    assert sent(client, search.__name__, "search_archived") == ("POST", "/leads/api/leads/archived", None)
    assert sent(client, search.__name__, "search_archived", filter={"a": 1}) == (
        "POST",
        "/leads/api/leads/archived",
        {"filter": {"a": 1}},
    )
    odds = "OddsEndsResource"
    assert sent(client, odds, "get", "a/b", 7, limit=1) == ("GET", "/odds/a%2Fb/7/x?limit=1", None)
    assert sent(client, odds, "list", body=[{"name": "a", "children": [{"name": "b"}]}]) == (
        "POST",
        "/odds/list",
        [{"name": "a", "children": [{"name": "b"}]}],
    )
    assert sent(client, odds, "delete", date(2026, 7, 22), "a/b", -3, "1.5", id_2=2, body_id="x") == (
        "DELETE",
        "/odds/2026-07-22/a%2Fb/-3/1.5?id=2",
        {"id": "x"},
    )
    assert sent(client, odds, "store", file="text") == ("PUT", "/odds/upload", {"file": "text"})
    assert sent(client, odds, "any", b="x") == ("POST", "/odds/any-of", {"b": "x"})


def test_query_and_header_parameters_of_every_kind(client: ModuleType) -> None:
    wire = Wire()
    odds = client.resources.OddsEndsResource(wire)
    call = odds.find_many(
        x_trace_id="t",
        since=datetime(2026, 7, 22, tzinfo=UTC),
        ids=[1, 2],
        flag=False,
        order=DIRECTIONS[1],
        size=-3,
        where={"a": 1},
        deep={"a": 1, "b": ["x"]},
    )
    anyio.run(told, call)
    assert wire.request.headers["x-trace-id"] == "t"
    assert wire.request.url.params.multi_items() == [
        ("since", "2026-07-22T00:00:00Z"),
        ("ids", "1"),
        ("ids", "2"),
        ("flag", "false"),
        ("order", 'q"uote'),
        ("size", "-3"),
        ("where", '{"a":1}'),
        ("deep[a]", "1"),
        ("deep[b][]", "x"),
    ]
    assert "authorization" not in inspect.signature(odds.find_many).parameters


def test_arguments_with_awkward_names_reach_the_wire(client: ModuleType) -> None:
    call = client.resources.OddsEndsResource.class_
    arguments = [name for name in inspect.signature(call).parameters if name not in {"self", "extra_body"}]
    values = {name: DIRECTIONS[0] if name == "body_type" else f"value of {name}" for name in arguments}
    method, path, sent_body = sent(client, "OddsEndsResource", "class_", **values)
    query = httpx.URL(path).params
    assert (method, httpx.URL(path).path) == ("POST", "/odds/names")
    assert set(query) == {name for name in WIRE_NAMES if name}
    assert set(sent_body) == set(WIRE_NAMES)
    assert len({*query.values(), *sent_body.values()}) == len(arguments)
    assert (query["to_dict"], sent_body["to_dict"]) == ("value of to_dict", "value of body_to_dict")


def test_a_form_may_have_a_field_called_form(client: ModuleType) -> None:
    wire = Wire()
    anyio.run(told, client.resources.OddsEndsResource(wire).upload(file=b"bytes", form="text"))
    assert b'name="form"\r\n\r\ntext' in wire.request.content
    assert b'name="file"; filename="file"' in wire.request.content


def test_arguments_are_checked_as_described(client: ModuleType) -> None:
    wrong: list[tuple[str, tuple[Any, ...], Json]] = [
        ("delete", (date(2026, 7, 22), "d", 1, "x"), {}),
        ("delete", ("today", "c", 1, "x"), {}),
        ("delete", (date(2026, 7, 22), "c", 7, "x"), {}),
        ("any", (), {}),
        ("list", (), {"body": [{}]}),
        ("get", ("", 1), {}),
    ]
    for method, arguments, named in wrong:
        with pytest.raises(client.InvalidArgumentError):
            sent(client, "OddsEndsResource", method, *arguments, **named)


ANSWERS: list[tuple[str, Any, Any]] = [
    ("string", "x", "x"),
    ("integer", 3, 3),
    ("choice", "another", "another"),
    ("pet", {"meows": True}, {"meows": True}),
    ("scores", {"a": 1.5}, {"a": 1.5}),
    ("grid", [[1], []], [[1], []]),
    ("accepted", {"job": 1}, {"job": 1}),
    ("failures", {"a": 1}, {"a": 1}),
]


def test_answers_of_every_kind_are_read(client: ModuleType) -> None:
    wire = Wire()
    resource = client.resources.AnswersResource(wire)

    def answered(name: str, status: int = 200, **told_as: Any) -> Any:
        wire.answer = httpx.Response(status, **told_as)
        return anyio.run(told, getattr(resource, name)())

    for name, value, expected in ANSWERS:
        assert answered(name, json=value) == expected, name
    assert answered("accepted", 202) is None
    assert answered("nullable", content=b"null") is None
    assert answered("array", json=[{"maybe": None}])[0].maybe is None
    assert answered("extended", json={"meows": True, "extra": "x"}).extra == "x"
    assert answered("fallback", json={"name": "x"}).name == "x"
    assert answered("range", 206, json={"name": "x"}).name == "x"
    assert answered("either", 204) is None
    assert answered("either", json={"name": "x"}).name == "x"
    assert answered("text", content=b"a,b") == "a,b"
    assert answered("bytes", content=b"\x00") == b"\x00"
    assert answered("page", json={"data": [{"name": "x"}], "total": 1}).data[0].name == "x"
    assert answered("inline", json={"x": {"y": {"z": {"def": 1}}}}).x.y.z.def_ == 1


def test_a_checker_finds_nothing_in_another_edition(changed: Package) -> None:
    cache = ROOT / ".mypy_cache" / "hostile"
    folder = cache / "sources"  # unchanged files are not checked again
    write(changed, folder / "grinfi_hostile")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", "pyproject.toml", "--cache-dir", cache, "-p", "grinfi_hostile"],
        cwd=ROOT,
        env={**os.environ, "MYPYPATH": str(folder)},
        capture_output=True,
        text=True,
    )
    found = [line for line in done.stdout.splitlines() if ": error:" in line]
    # Attachments are typed for grinfi_async; this package has another name.
    attached = [f'Argument 1 to "{each.class_name}"' for each in ATTACHMENTS]
    assert [line for line in found if not any(text in line for text in attached)] == [], done.stdout
    assert len(found) == len(ATTACHMENTS)


def test_the_overlay_has_the_last_word_on_texts_of_operations() -> None:
    texts: Json = {
        "description": "Vendor's.",
        "x-note": "Ours.",
        "x-returns": "What became of it",
        "x-arguments": {"sid": "Overlaid."},
    }
    described = operation("getA", parameter("sid", description="Vendor's sid."), answer=obj(a=STRING), **texts)
    package = build(small({"/a": {"get": described}}))
    (source,) = (text.decode() for name, text in package.files.items() if name.endswith("odds_ends.py"))
    lines = [line.strip() for line in source.split("\n")]
    for expected in ("Vendor's.", "Ours.", "sid: Overlaid.", "What became of it."):
        assert expected in lines
    assert "Vendor's sid." not in source
    assert "It worked." not in source


# -- the same bytes ----------------------------------------------------------------------------------------------------


def test_the_same_input_generates_the_same_bytes_anywhere(changed: Package, tmp_path: Path) -> None:
    spec = dump(hostile(), tmp_path / "hostile.yaml")
    elsewhere = tmp_path / "else" / "where"
    elsewhere.mkdir(parents=True)
    (elsewhere / "grinfi_overrides").mkdir()  # a name that import sorting could look at
    (elsewhere / "ruff.toml").write_text("line-length = 20\n", "utf-8")
    before = sources()
    done = subprocess.run(
        [sys.executable, "-m", "codegen", "generate", "--spec", spec, "--output", "package"],
        cwd=elsewhere,
        env={**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": str(ROOT)},  # this process has another seed
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    folder = elsewhere / "package"
    written = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert written == changed.files
    assert sources() == before, "the run has touched other files"
    assert {path.name for path in elsewhere.iterdir()} == {"grinfi_overrides", "ruff.toml", "package"}


# -- failures ----------------------------------------------------------------------------------------------------------


def parts(**properties: Json) -> Json:
    make = operation("makeThing", requestBody=body(ref("thing")))
    return small({"/things": {"post": make}}, {"thing": obj(**properties)})


def get(*parameters: Json, **rest: Any) -> Json:
    return small({"/a": {"get": operation("getA", *parameters, **rest)}})


def post(schema: Json, kind: str) -> Json:
    return small({"/a": {"post": operation("makeA", requestBody=body(schema, kind))}})


TWICE: Json = {f"/a/{{{name}}}": {"get": operation(f"get_{name}", parameter(name, "path"))} for name in ("b", "c")}
TITLED: Json = {name: {"title": "T", **obj(**{name: STRING})} for name in ("a", "b")}
SID = "$.paths['/a'].get.parameters[?(@.name=='sid')]"

UNTOLD: dict[str, tuple[Json, list[str]]] = {
    "form without fields": (
        post(STRING, "multipart/form-data"),
        ["makeA", "`properties`", "$.paths['/a'].post.requestBody"],
    ),
    "cookie": (get(parameter("sid", "cookie")), ["getA", "the cookie parameter sid", SID, "remove: true"]),
    "object of style form": (
        get(parameter("sid", schema=obj(a=STRING), style="form")),
        ["getA", "parameter sid is an object of style form", SID, "deepObject"],
    ),
    "object in a header": (
        get(parameter("sid", "header", obj(a=STRING))),
        ["getA", "the header parameter sid is an object", SID, "{type: string}"],
    ),
    "path parameter that is not described": (small({"/a/{b}": {"get": operation("getA")}}), ["/a/{b}"]),
    "one path twice": (small(TWICE), ["GET /a/{}", "twice"]),
    "same title": (parts(**TITLED), ["both called T", "Make Thing b", "title"]),
    "text of no argument": (
        get(parameter("sid"), **{"x-arguments": {"nil": "It."}}),
        ["getA: x-arguments describes nil, which is not an argument (they are: sid)", "$.paths['/a'].get"],
    ),
    "unknown retry class": (get(**{"x-retry": "never"}), ["getA", "x-retry is 'never'"]),
}


@pytest.mark.parametrize("case", UNTOLD)
def test_a_description_that_cannot_be_generated_is_reported_with_a_remedy(case: str) -> None:
    document, expected = UNTOLD[case]
    with pytest.raises(CodegenError) as error:
        build(document)
    assert [part for part in expected if part not in str(error.value)] == [], str(error.value)
    assert "object at 0x" not in str(error.value)


BROKEN: dict[str, tuple[Json, str]] = {
    "a reference to nothing": (parts(x=ref("nothing")), "/components/schemas/nothing"),
    "no responses": (small({"/a": {"get": {}}}), "responses"),
    "no paths": ({"openapi": "3.0.3", "info": {"title": "", "version": ""}}, "paths"),
    "nothing described": (small({}), "describes no operation"),
    "another version": (small() | {"openapi": "2.0"}, r"OpenAPI 2\.0; only 3\.0 and 3\.1"),
    "one id twice": (small({"/a": {"get": operation("a")}, "/b": {"get": operation("a")}}), "not unique"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_an_invalid_description_is_refused(case: str) -> None:
    document, problem = BROKEN[case]
    with pytest.raises(CodegenError, match=problem):
        validate(document, "it")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"\xff\xfe", "not UTF-8"),
        (b"<!DOCTYPE html>\n<html></html>\n", "web page"),
        (b"  <html>\n", "web page"),
        (b"just: text\n", "no `openapi`"),
        (b"- 1\n", "no `openapi`"),
        (b"", "no `openapi`"),
        (b"openapi: 3.0.3\npaths: {\n", "cannot be parsed"),
        (b"openapi: 3.0.3\ninfo:", "truncated"),
        (b'{"openapi": "3.0.3", "info": {', "cannot be parsed"),
        (b"openapi: 3.0.3\nopenapi: 3.0.3\n", "occurs twice"),
        (b"openapi: 3.0.3\n? [a, b]\n: 1\n", "a key is not a string"),
        (b"openapi: 3.0.3\n{{ jinja }}: 1\n", "cannot be parsed"),
        (b"openapi: !!python/object/apply:os.getcwd []\n", "cannot be parsed"),
        (b"[" * 100_000 + b"\n", "cannot be parsed"),
    ],
)
def test_a_file_that_is_not_a_description_is_refused(text: bytes, problem: str) -> None:
    with pytest.raises(CodegenError, match=problem):
        parse(text, "it")


def test_yaml_is_read_as_openapi_reads_it() -> None:
    values = b"x: [on, no, 12:30, 010, 1_000, 2026-07-22, ~, true, 1, -1.5e3]\n200: {404: a, no: b, 1.5: c}\n"
    assert parse(b"openapi: 3.0.3\n" + values, "it") == {
        "openapi": "3.0.3",
        "x": ["on", "no", "12:30", "010", "1_000", "2026-07-22", None, True, 1, -1500.0],
        "200": {"404": "a", "no": "b", "1.5": "c"},
    }


def test_a_pattern_that_only_javascript_knows_is_left_to_the_server(changed: Package) -> None:
    text = changed.files["models/patterns.py"].decode()
    assert "letters: str | None = wire(STRING, default=None)" in text
    assert r"""digits: str | None = wire(String(pattern='^"\\d"$'), default=None)""" in text


UNWRITTEN: list[Json] = [small({}), get(parameter("sid", "cookie")), {**small(), "paths": "none"}]
OLD = {"__init__.py": HEADER.encode() + b"old = True\n", "gone.py": b""}


def old_package(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name, text in OLD.items():
        (folder / name).write_bytes(text)
    return folder


@pytest.mark.parametrize("document", UNWRITTEN)
def test_a_failed_run_leaves_the_old_package(document: Json, tmp_path: Path) -> None:
    spec, output = dump(document, tmp_path / "spec.yaml"), old_package(tmp_path / "package")
    before = contents(tmp_path)
    result = run("generate", "--spec", spec, "--output", output)
    assert result.exit_code == 1
    assert result.stderr
    assert "Traceback" not in result.output
    assert contents(tmp_path) == before


def test_a_run_replaces_the_old_package_whole(tmp_path: Path) -> None:
    spec, output = dump(small(), tmp_path / "spec.yaml"), old_package(tmp_path / "package")
    result = run("generate", "--spec", spec, "--output", output)
    assert result.exit_code == 0, result.output
    assert "Generated 1 of 1 operations: 1 resources" in result.stdout
    assert not (output / "gone.py").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"spec.yaml", "package"}


def test_an_output_that_cannot_be_replaced_is_unchanged(tiny: Package, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "__init__.py").write_bytes(b"\xff mine")
    file = tmp_path / "file"
    file.write_text("mine", "utf-8")
    before = contents(tmp_path)
    for output, problem in (
        (foreign, "is not a generated package"),
        (file, "is not a generated package"),
        (file / "below", "Cannot write"),
    ):
        with pytest.raises(CodegenError, match=problem):
            write(tiny, output)
        assert contents(tmp_path) == before


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_the_old_package_is_restored_when_the_new_one_cannot_replace_it(
    error: BaseException, tiny: Package, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = old_package(tmp_path / "package")
    before = contents(tmp_path)
    rename = Path.rename

    def fail(path: Path, target: Path) -> Path:
        if path.name == "new":
            raise error
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises((CodegenError, KeyboardInterrupt)):
        write(tiny, output)
    assert contents(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == ["package"]


def test_methods_of_http_are_all_known() -> None:
    paths = {f"/{method}": {method: operation(f"{method}It") | {"responses": OK}} for method in HTTP_METHODS}
    package = build(small(paths, {"n": INTEGER}))
    assert {method.http_method.lower() for it in package.plan.resources for method in it.methods} == set(HTTP_METHODS)


def test_a_catalogue_says_which_methods_have_a_field_only_where_others_lack_it() -> None:
    def taking(name: str, **filter: Any) -> Json:
        schema = obj(filter={"type": "object", "x-filter-catalogue": "things", **filter})
        return {"post": operation(name, tag="Things", requestBody=body(schema))}

    ids: Json = {"type": "array", "items": STRING}
    known = {"status": STRING, "age": INTEGER}
    paths = {
        "/open": taking("searchThings", properties={"status": STRING, "old": {**STRING, "x-refused": "is gone"}}),
        "/closed": taking("tagThings", properties={**known, "ids": ids}, additionalProperties=False),
        "/closed-too": taking("countThings", properties={"status": STRING, "old": STRING}, additionalProperties=False),
    }
    (catalogue,) = build(small(paths)).plan.catalogues
    assert catalogue.takers == {
        "status": ["things.search", "things.tag", "things.count"],
        "age": ["things.search", "things.tag"],  # an open filter may have it
        "ids": ["things.tag"],
        "old": ["things.count"],
    }
