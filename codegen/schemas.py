"""Reads a normalized description: references, `allOf`, and successful answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, cast

from .description import Document, RawOperation, is_local, lookup
from .errors import CodegenError

Raw = Mapping[str, Any]
Paging = Literal["query", "body", "none"]


class Success(NamedTuple):
    """The successful answers in a description."""

    status: str
    """The status whose body is read; empty if none has a body."""
    media_type: str
    content: Raw
    empty: bool
    """Whether another successful answer has no body."""
    only_204: bool
    description: str


class Schemas:
    """Follows references in a description."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def resolve(self, raw: Any) -> Raw:
        """Follow `$ref`s."""
        seen: set[str] = set()
        while isinstance(raw, Mapping) and isinstance(cast(Raw, raw).get("$ref"), str):
            reference: str = cast(Raw, raw)["$ref"]
            if reference in seen or not is_local(reference):
                raise CodegenError(f"The reference {reference} cannot be followed.")
            seen.add(reference)
            raw = lookup(self.document, reference)
        return cast(Raw, raw) if isinstance(raw, Mapping) else {}

    def flatten(self, raw: Any, _around: tuple[Raw, ...] = ()) -> Raw:
        """A schema with its `$ref` followed and its `allOf` merged; titles of merged parts do not count."""
        schema = self.resolve(raw)
        if "allOf" not in schema:
            return schema
        if any(schema is each for each in _around):  # it consists of itself, which adds nothing
            return {}
        merged: dict[str, Any] = {"properties": {}, "required": []}
        parts = [self.flatten(part, (*_around, schema)) for part in schema["allOf"]]
        for part in [*parts, {key: value for key, value in schema.items() if key != "allOf"}]:
            for key, value in part.items():
                if key == "properties":
                    merged["properties"] |= value
                elif key == "required":
                    merged["required"] = [*merged["required"], *value]
                elif key != "title" or part is not schema:
                    merged[key] = value
        merged.pop("title", None)
        return merged | ({"title": schema["title"]} if "title" in schema else {})

    def success(self, operation: RawOperation) -> Success:
        """The successful answer that a call returns."""
        successes = {
            status: self.resolve(response)
            for status, response in sorted(cast("dict[str, Any]", operation.value["responses"]).items())
            if status.startswith("2") or status == "default"
        }
        if any(status.startswith("2") for status in successes):
            successes.pop("default", None)
        description = " ".join(str(response.get("description", "")).strip() for response in successes.values())
        status = next((it for it, that in successes.items() if that.get("content")), "")
        content = cast("dict[str, Raw]", successes[status]["content"] if status else {})
        media_type = next((kind for kind in content if is_json(kind)), next(iter(content), ""))
        empty = any(not that.get("content") for that in successes.values())
        return Success(status, media_type, content.get(media_type, {}), empty, set(successes) == {"204"}, description)

    def returns_json(self, media_type: str, content: Raw) -> bool:
        """Whether the body of an answer is JSON; for `*/*`, its schema decides."""
        if media_type != "*/*":
            return is_json(media_type)
        return "schema" in content and self.flatten(content["schema"]).get("format") != "binary"

    def is_page(self, raw: Any) -> bool:
        """Whether an answer is a list: an object with an array `data`, and any other properties."""
        schema = self.flatten(raw)
        properties = cast("dict[str, Any]", schema.get("properties", {}))
        return "data" in properties and self.flatten(properties["data"]).get("type") == "array"

    def paging(self, operation: RawOperation) -> Paging:
        """Where the offset of a list is sent."""
        parameters = [*operation.path_item.get("parameters", []), *operation.value.get("parameters", [])]
        if any((it := self.resolve(raw)).get("name") == "offset" and it.get("in") == "query" for raw in parameters):
            return "query"
        content = cast("dict[str, Raw]", self.resolve(operation.value.get("requestBody", {})).get("content", {}))
        body = next((media.get("schema") for kind, media in content.items() if is_json(kind)), None)
        return "body" if "offset" in self.flatten(body).get("properties", {}) else "none"

    def returns(self, operation: RawOperation) -> str:
        """The result of a call, in words."""
        success = self.success(operation)
        if not success.status:
            return "nothing" if success.only_204 else "any JSON"
        raw = success.content.get("schema")
        if not self.returns_json(success.media_type, success.content):
            return "text" if is_text(success.media_type) else "bytes"
        paging = self.paging(operation)
        if self.is_page(raw):
            return "rows without pages" if paging == "none" else "rows in pages"
        schema = self.flatten(raw)
        if schema.get("properties"):
            return "an object or None" if success.empty else "an object"
        return "any JSON" if raw is None else "JSON"


def is_json(media_type: str) -> bool:
    """Whether a content type is JSON, such as `application/json` or `application/problem+json; charset=utf-8`."""
    kind = media_type.partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json") or kind == "text/json"


def holds_several(schema: Raw) -> bool:
    """Whether values are arrays or objects."""
    return schema.get("type") in {"array", "object"} or "properties" in schema


def is_text(media_type: str) -> bool:
    """Whether a body of this type is read as text."""
    kind = media_type.partition(";")[0].strip().lower()
    return kind.startswith("text/") or kind.endswith(("/xml", "+xml"))


def is_reference(schema: Raw) -> bool:
    """Whether `{allOf: [{$ref: …}], nullable: true}` says more about the value, but not about the object."""
    parts = schema.get("allOf")
    parts = cast("list[Raw]", parts) if isinstance(parts, list) else []
    return len(parts) == 1 and "$ref" in parts[0] and not schema.keys() & {"properties", "title"}


def body_kind(media_type: str) -> Literal["json", "form", "encoded", "raw"]:
    """How a body of a content type is written."""
    kind = media_type.partition(";")[0].strip().lower()
    if is_json(kind):
        return "json"
    return {"multipart/form-data": "form", "application/x-www-form-urlencoded": "encoded"}.get(kind, "raw")  # type: ignore[return-value]


def body_type(content: Raw) -> str:
    """The content type that a body is sent as, of those that are described."""
    order = ("json", "form", "encoded", "raw")
    return min(
        content, key=lambda kind: (order.index(body_kind(kind)), not kind.startswith("application/json")), default=""
    )


def mark_any_of(value: Any) -> Any:
    """Rename `anyOf` and `oneOf` to `x-any-of` and `x-one-of` if they only say which properties are required.

    openapi-python-client reads each of them as a union of types, and loses the properties next to it.
    """
    if isinstance(value, list):
        return [mark_any_of(item) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    schema = {key: mark_any_of(item) for key, item in cast("dict[str, Any]", value).items()}
    for keyword, other in (("anyOf", "x-any-of"), ("oneOf", "x-one-of")):
        variants = schema.get(keyword)
        if isinstance(variants, list) and "properties" in schema:
            parts = cast("list[Any]", variants)
            if parts and all(isinstance(part, dict) and [*cast(Document, part)] == ["required"] for part in parts):
                schema[other] = schema.pop(keyword)
    return schema
