"""Editions of the description made by tests, and the packages generated from them."""

from __future__ import annotations

import hashlib
import importlib
import json
import pickle
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

import httpx
import yaml
from typer.testing import CliRunner, Result

from codegen.__main__ import app
from codegen.description import Document, load
from codegen.edition import DEFAULT_SPEC, ROOT
from codegen.generate import Package, write
from codegen.overrides import PACKAGES
from grinfi_overrides.runtime import lazy

Json: TypeAlias = dict[str, Any]

NO_OVERLAY = Path(__file__).with_name("no_overlay.yaml")
STRING: Json = {"type": "string"}
INTEGER: Json = {"type": "integer"}
OK: Json = {"200": {"description": "Done."}}


@cache
def _committed() -> bytes:
    return pickle.dumps(load(str(DEFAULT_SPEC)))


def edition() -> Document:
    """The committed description, to be changed."""
    document: Document = pickle.loads(_committed())  # a quarter of the time of a deep copy
    return document


def small(paths: Json | None = None, schemas: Json | None = None, **rest: Any) -> Document:
    """A small description."""
    return {
        "openapi": "3.0.3",
        "info": {"title": "Small", "version": "1"},
        "paths": {"/things": {"get": {"operationId": "listThings", "responses": OK}}} if paths is None else paths,
        "components": {"schemas": schemas or {}},
        **rest,
    }


def operation(
    name: str | None, *parameters: Json, tag: str = "Odds & Ends", answer: Json | None = None, **rest: Any
) -> Json:
    """An operation, answering with `answer` in JSON, or with nothing that is described."""
    told: Json = {"description": "It worked."} if answer is None else {"description": "It worked.", **content(answer)}
    result: Json = {"tags": [tag], "summary": "Do it", "responses": {"200": told}, **rest}
    if name is not None:
        result["operationId"] = name
    if parameters:
        result["parameters"] = list(parameters)
    return result


def content(schema: Json, kind: str = "application/json") -> Json:
    return {"content": {kind: {"schema": schema}}}


def body(schema: Json, kind: str = "application/json", required: bool = True) -> Json:
    return {"required": required, **content(schema, kind)}


def parameter(name: str, place: str = "query", schema: Json | None = None, **rest: Any) -> Json:
    return {"name": name, "in": place, "schema": schema or STRING, **rest} | (
        {"required": True} if place == "path" else {}
    )


def obj(required: tuple[str, ...] = (), /, **properties: Json) -> Json:
    return {"type": "object", "properties": properties} | ({"required": list(required)} if required else {})


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def run(*arguments: str | Path) -> Result:
    """The command line, in this process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def dump(document: Document, path: Path) -> Path:
    # The stub leaves the type of an argument open that is not used here.
    text = yaml.dump(  # pyright: ignore[reportUnknownMemberType]
        document, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True
    )
    path.write_text(text, "utf-8")
    return path


def contents(folder: Path) -> dict[str, str]:
    """The contents of a folder: file -> hash of its bytes."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def sources() -> dict[str, str]:
    """Everything a run of the generator could touch in the repository."""
    return {
        f"{folder}/{name}": digest
        for folder in ("codegen", "grinfi_async", *PACKAGES)
        for name, digest in contents(ROOT / folder).items()
    } | {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in ROOT.iterdir() if path.is_file()}


@contextmanager
def imported(package: Package, folder: Path, name: str) -> Generator[ModuleType]:
    """The package, written into `folder` and imported under this name."""
    write(package, folder / name)
    sys.path.insert(0, str(folder))
    shown_in = lazy.shown_in

    def leave_shared_classes(package: str, *values: Any) -> None:
        """Classes of the hand-written layer belong to `grinfi_async`, also when another edition uses them in a test."""
        if package != name:
            shown_in(package, *values)

    lazy.shown_in = leave_shared_classes
    try:
        for part in ("_client", "models", "operations", "resources"):
            importlib.import_module(f"{name}.{part}")
        yield sys.modules[name]
    finally:
        lazy.shown_in = shown_in
        sys.path.remove(str(folder))
        for module in [module for module in sys.modules if module.split(".")[0] == name]:
            del sys.modules[module]


class Wire:
    """A client of generated resources that returns a given answer and keeps the last request."""

    def __init__(self) -> None:
        self.answer = httpx.Response(200, json={})
        self._http = httpx.AsyncClient(base_url="https://x.test", transport=httpx.MockTransport(self._handle))
        self.request = httpx.Request("GET", "https://x.test")

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        self.request = request
        await request.aread()
        return self.answer

    async def send(
        self,
        operation: Any,
        path: str,
        *,
        query: Any = (),
        headers: Mapping[str, str] | None = None,
        json: Any = ...,
        form: Any = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        sent: Json = {} if type(json).__name__ in {"Unset", "ellipsis"} else {"json": json}
        if form is not None:
            fields = {name: [value for other, value in form.fields if other == name] for name, _ in form.fields}
            sent = {"files": form.files, "data": fields}
        if content is not None:
            sent = {"content": content}
        return await self._http.request(operation.method, path, params=query, headers=headers, **sent)

    @property
    def sent(self) -> tuple[str, str, Any]:
        """Method, path with query, and JSON of the last request."""
        told = self.request
        return told.method, told.url.raw_path.decode(), json.loads(told.content) if told.content else None
