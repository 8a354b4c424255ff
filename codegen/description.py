"""Reads and validates OpenAPI descriptions."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, cast
from urllib.parse import unquote

import yaml

from .errors import CodegenError

HTTP_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
MAX_BYTES = 50_000_000
MAX_VALIDATION_ERRORS = 10
MAX_VALUES = 2_000_000
"""Largest number of values in a description, after its YAML aliases are expanded."""
MAX_REDIRECTS = 5
MAX_SECONDS = 120
"""Seconds that a download may take in all."""

Document = dict[str, Any]


class RawOperation(NamedTuple):
    """One operation in the form of the description."""

    method: str
    path: str
    path_item: Mapping[str, Any]
    value: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The operationId; METHOD and path where there is none."""
        return str(self.value.get("operationId") or f"{self.method} {self.path}")


class Loader(yaml.CSafeLoader):
    """YAML 1.2, as OpenAPI requires: `on`, `12:30` and `2026-07-22` are strings, and so is every key, such as `200`.

    A key that occurs twice in a mapping is an error.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key is not a string", key_node.start_mark)
            if key_node.tag != MERGE:
                key_node.tag = "tag:yaml.org,2002:str"
            if key_node.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key_node.value!r} occurs twice in one mapping", key_node.start_mark
                )
            seen.add(key_node.value)
        return super().construct_mapping(node, deep)


MERGE = "tag:yaml.org,2002:merge"
Loader.yaml_implicit_resolvers = {}
for _kind, _pattern, _first in (
    ("merge", r"<<", "<"),
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
):
    Loader.add_implicit_resolver(  # pyright: ignore[reportUnknownMemberType]
        f"tag:yaml.org,2002:{_kind}", re.compile(rf"^(?:{_pattern})$"), ["" if it == "\0" else it for it in _first]
    )


def fetch(source: str) -> bytes:
    """The content of a URL or a file.

    Raises:
        CodegenError: It cannot be read, is too large, or takes too long.
    """
    if not source.startswith(("http://", "https://")):
        try:
            return Path(source).read_bytes()
        except OSError as error:
            raise CodegenError(f"Cannot read {source}: {error.strerror}.") from error
    import httpx  # slow to import, and not needed for a file

    deadline = time.monotonic() + MAX_SECONDS
    try:
        with (
            httpx.Client(timeout=30, follow_redirects=True, max_redirects=MAX_REDIRECTS) as client,
            client.stream("GET", source) as response,
        ):
            content = bytearray()
            for chunk in response.iter_bytes():
                content += chunk
                if time.monotonic() > deadline:
                    raise CodegenError(f"{source} could not be downloaded within {MAX_SECONDS} s.")
                if len(content) > MAX_BYTES:
                    raise CodegenError(f"{source} has more than {MAX_BYTES:,} bytes, so it is not a description.")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise CodegenError(f"Cannot download {source}: {error or type(error).__name__}.") from error
    if response.status_code != 200:
        raise CodegenError(f"Cannot download {source}: it answered with status {response.status_code}, not 200.")
    return bytes(content)


def parse(content: bytes, source: str) -> Document:
    """Parse an OpenAPI description in YAML or JSON.

    Raises:
        CodegenError: It is something else, or too large.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CodegenError(f"{source} is not UTF-8 text.") from error
    start = text.lstrip()[:200].lower()
    if start.startswith(("<!doctype", "<html", "<?xml")):
        raise CodegenError(f"{source} is a web page, not an OpenAPI description.")
    try:
        if start.startswith("{"):
            document = json.loads(text)
        else:
            if text and not text.endswith("\n"):
                raise CodegenError(f"{source} looks truncated: its last line has no line break.")
            document = yaml.load(text, Loader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        problem = " ".join(str(error).split()) or type(error).__name__
        raise CodegenError(f"{source} cannot be parsed; is it truncated? {problem}") from error
    if not isinstance(document, dict) or "openapi" not in document:
        raise CodegenError(f"{source} is not an OpenAPI description: it has no `openapi` at its top.")
    if _size(document, {}) > MAX_VALUES:
        raise CodegenError(f"{source} has more than {MAX_VALUES:,} values after its YAML aliases are expanded.")
    return cast(Document, document)


def _size(value: Any, known: dict[int, float]) -> float:
    """The number of values in a value, with each alias counted; infinity if it contains itself.

    Ten lines of YAML can hold a billion values: each alias refers to a list of ten aliases of the line before. `known`
    keeps the size of each object, so this takes no longer than the ten lines.
    """
    if isinstance(value, dict):
        parts = [*cast("dict[str, Any]", value).values()]
    elif isinstance(value, list):
        parts = cast("list[Any]", value)
    else:
        return 1
    key = id(cast("object", value))
    if key not in known:
        known[key] = math.inf
        known[key] = 1 + sum(_size(part, known) for part in parts)
    return known[key]


def check_version(document: Document, source: str) -> None:
    """Check that a description has paths, and a version of OpenAPI that can be read."""
    version = document["openapi"] = str(document["openapi"])
    if not version.startswith(("3.0.", "3.1.")):
        raise CodegenError(f"{source} uses OpenAPI {version}; only 3.0 and 3.1 can be read.")
    if not isinstance(document.get("paths"), dict):
        raise CodegenError(f"{source} describes no operation: its `paths` are missing or not a mapping.")


def check_references(document: Document, source: str) -> None:
    """Check that every reference leads to a place in the description."""
    check_version(document, source)
    dangling = list(islice(_dangling(document, document, "$"), MAX_VALIDATION_ERRORS))
    if dangling:
        raise CodegenError(f"{source} is not a valid OpenAPI description:", dangling)


def validate(document: Document, source: str) -> None:
    """Check a description against the OpenAPI specification, and that it has operations."""
    check_references(document, source)
    from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator  # slow to import

    validator = OpenAPIV31SpecValidator if document["openapi"].startswith("3.1") else OpenAPIV30SpecValidator
    try:
        found = (
            f"{'/'.join(str(part) for part in error.absolute_path) or 'top level'}: {error.message[:300]}"
            for error in validator(document).iter_errors()
            if error.validator_value != "regex"  # patterns are JavaScript's; the validator reads them as Python's
            and not (error.validator == "uniqueItems" and "enum" in error.absolute_path)  # harmless
        )
        problems = list(islice(found, MAX_VALIDATION_ERRORS))
    except Exception as error:  # the validator raises errors of many classes for descriptions it cannot read
        problems = [f"{type(error).__name__}: {error}"[:300]]
    if problems:
        raise CodegenError(f"{source} is not a valid OpenAPI description:", problems)
    if next(operations(document), None) is None:
        raise CodegenError(f"{source} describes no operation.")


def _dangling(document: Document, value: Any, place: str) -> Iterator[str]:
    """A line for each reference that leads to nothing."""
    if isinstance(value, list):
        for index, item in enumerate(cast("list[Any]", value)):
            yield from _dangling(document, item, f"{place}[{index}]")
    elif isinstance(value, dict):
        entries = cast("dict[str, Any]", value)
        reference = entries.get("$ref")
        if isinstance(reference, str) and not is_local(reference):
            yield f"{place}: the reference {reference} leads out of the file; bundle the description into one file"
        elif isinstance(reference, str) and lookup(document, reference) is None:
            yield f"{place}: the reference {reference} leads to nothing"
        for key, item in entries.items():
            if key not in {"example", "examples"}:
                yield from _dangling(document, item, f"{place}.{key}")


def is_local(reference: str) -> bool:
    """Whether a `$ref` leads to a place in the same file."""
    return reference == "#" or reference.startswith("#/")


def lookup(document: Document, reference: str) -> Any:
    """The target of a local `$ref`; None if there is none."""
    value: Any = document
    for part in reference.split("/")[1:]:
        key = unquote(part).replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and key.isdecimal() and int(key) < len(cast("list[Any]", value)):
            value = cast("list[Any]", value)[int(key)]
        elif isinstance(value, dict):
            value = cast("dict[str, Any]", value).get(key)
        else:
            return None
    return value


def load(source: str) -> Document:
    """Read the description at a URL or path."""
    return parse(fetch(source), source)


def path_shape(path: str) -> str:
    """A path template without the names of its parameters."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def operations(document: Mapping[str, Any]) -> Iterator[RawOperation]:
    """Every operation, in the order of the description."""
    paths = document.get("paths")
    if not isinstance(paths, dict):
        return
    for path, item in cast("dict[str, Any]", paths).items():
        if not isinstance(item, dict):
            continue
        path_item = cast("dict[str, Any]", item)
        for method in HTTP_METHODS:
            value = path_item.get(method)
            if isinstance(value, dict):
                yield RawOperation(method, str(path), path_item, cast("dict[str, Any]", value))
