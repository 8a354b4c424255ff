"""Schemas of models and arguments for pydantic, and for libraries that use it. Only pydantic's hooks import this."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, cast, get_args

from pydantic import TypeAdapter
from pydantic_core import CoreSchema, PydanticOmit, core_schema

from grinfi_overrides.runtime.codec import Codec, describe
from grinfi_overrides.runtime.codecs import (
    BOOLEAN,
    INTEGER_BOOLEAN,
    NAMED_VALUES,
    OBJECT,
    UUID_TEXT,
    Array,
    Choice,
    Integer,
    IntegerText,
    MapOf,
    ModelOf,
    Nullable,
    Number,
    String,
)
from grinfi_overrides.runtime.models import Model
from grinfi_overrides.runtime.times import DATE, DATE_TIME
from grinfi_overrides.runtime.unset import UNSET, Unset

if TYPE_CHECKING:
    from grinfi_overrides.runtime.pages import Page

__all__ = ["mapping_schema", "model_schema", "page_schema", "serializer", "unset_schema"]

SCALARS: dict[Codec, Callable[..., CoreSchema]] = {
    BOOLEAN: core_schema.bool_schema,
    DATE: core_schema.date_schema,
    DATE_TIME: core_schema.datetime_schema,
    INTEGER_BOOLEAN: core_schema.bool_schema,
    NAMED_VALUES: core_schema.dict_schema,
    OBJECT: core_schema.dict_schema,
    UUID_TEXT: core_schema.str_schema,
}


def model_schema(model: type[Model], within: tuple[type[Model], ...] = ()) -> CoreSchema:
    """Accepts a model or a mapping; serializes it as the JSON object. Models that are sent are checked like arguments.

    `within` holds the models around this one. A model in itself, such as a tree, becomes a reference; otherwise this
    function would not end.
    """
    ref = f"{model.__module__}.{model.__qualname__}:{id(model)}"
    if model in within:
        return core_schema.definition_reference_schema(ref)

    def read(value: object) -> Model:
        if isinstance(value, model):
            return value
        if model.is_sendable():
            return model.from_dict(model.encode_argument(model.__name__, value))
        if not isinstance(value, Mapping):
            raise ValueError(f"expected a {model.__name__} or a mapping, got {describe(value)}")
        return model.from_dict(cast("Mapping[str, Any]", value))

    def json_schema(_: Any, handler: Any) -> Any:
        closed = model.is_sendable()
        fields = {
            entry.wire: core_schema.typed_dict_field(
                _shape(entry.codec, closed, (*within, model)), required=entry.required
            )
            for entry in model.wire_fields().values()
        }
        open = not closed or model._layout.open  # pyright: ignore[reportPrivateUsage]
        shape = handler(core_schema.typed_dict_schema(fields, extra_behavior="allow" if open else "forbid"))
        return {**shape, "title": model.__name__, "description": cleandoc(model.__doc__ or "")}

    return core_schema.no_info_plain_validator_function(
        read,
        ref=ref,
        serialization=core_schema.plain_serializer_function_ser_schema(_written),
        metadata={"pydantic_js_functions": [json_schema]},
    )


def mapping_schema(model: type[Model]) -> CoreSchema:
    """Accepts a mapping instead of a model, and leaves it a mapping."""

    def read(value: object, _: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise ValueError(f"expected a mapping, got {describe(value)}")
        given = dict(cast("Mapping[str, Any]", value))
        model.encode_argument(model.__name__, given)
        return given

    return core_schema.no_info_wrap_validator_function(
        read, model_schema(model), serialization=core_schema.plain_serializer_function_ser_schema(_written)
    )


def page_schema(source: Any, handler: Any) -> CoreSchema:
    """Accepts a page, or the JSON object that it is serialized as."""
    from grinfi_overrides.runtime.pages import Page

    rows = [handler.generate_schema(row) for row in get_args(source)] or [core_schema.any_schema()]
    count = core_schema.typed_dict_field(core_schema.nullable_schema(core_schema.int_schema()), required=False)
    more = core_schema.typed_dict_field(core_schema.nullable_schema(core_schema.bool_schema()), required=False)
    data = core_schema.typed_dict_field(core_schema.list_schema(rows[0]))
    shape = core_schema.typed_dict_schema(
        {"data": data, "total": count, "limit": count, "offset": count, "has_more": more}
    )

    def read(value: object, check: Any) -> Page[Any]:
        return cast("Page[Any]", value) if isinstance(value, Page) else Page(**check(value))

    def write(page: Page[Any]) -> dict[str, Any]:
        return {name: getattr(page, name) for name in ("data", "total", "limit", "offset", "has_more")}

    return core_schema.no_info_wrap_validator_function(
        read, shape, serialization=core_schema.plain_serializer_function_ser_schema(write, return_schema=shape)
    )


@cache
def serializer(kind: type) -> Any:
    """The serializer of a class."""
    return TypeAdapter(kind).serializer


def unset_schema() -> CoreSchema:
    """Accepts UNSET, which JSON does not have: it is left out of JSON schemas and serialized as null.

    Null is read as UNSET where None is not allowed.
    """

    def read(value: object) -> Unset:
        if value is UNSET or value is None:
            return UNSET
        raise ValueError("expected no value; leave it out")

    def json_schema(_: Any, handler: Any) -> Any:
        # pydantic writes defaults into the JSON schema, and fails for UNSET. There is no hook for defaults, so the
        # generator of this schema gets another method, once.
        generator = handler.generate_json_schema
        if not hasattr(generator, "leaves_out_unset"):
            generator.leaves_out_unset = True
            usual = generator.get_default_value

            def default(schema: Any) -> Any:
                return usual({} if schema.get("default") is UNSET else schema)

            generator.get_default_value = default
        raise PydanticOmit

    return core_schema.no_info_plain_validator_function(
        read,
        serialization=core_schema.plain_serializer_function_ser_schema(lambda _: None, when_used="json"),
        metadata={"pydantic_js_functions": [json_schema]},
    )


def _shape(codec: Codec, closed: bool, within: tuple[type[Model], ...]) -> CoreSchema:
    """The schema of a value. Limits and enumerations are only in schemas of what is sent (`closed`).

    What is read may have other values tomorrow, or be null.
    """
    result: CoreSchema
    if isinstance(codec, Nullable):
        result = core_schema.nullable_schema(_shape(codec.inner, closed, within))
    elif isinstance(codec, ModelOf):
        result = model_schema(codec.get_class(), within)
    elif isinstance(codec, Array):
        most = codec.max_items if closed else None
        result = core_schema.list_schema(
            _shape(codec.item, closed, within), min_length=(closed and codec.min_items) or None, max_length=most
        )
    elif isinstance(codec, MapOf):
        result = core_schema.dict_schema(core_schema.str_schema(), _shape(codec.item, closed, within))
    elif isinstance(codec, Choice):
        kinds = {str: core_schema.str_schema(), int: core_schema.int_schema()}
        others = [kinds[kind] for kind in dict.fromkeys(map(type, codec.options))]
        known = core_schema.literal_schema(list(codec.options))
        result = known if closed else core_schema.union_schema([known, *others])
    elif isinstance(codec, String):
        pattern = codec.pattern.pattern if codec.pattern is not None and closed else None
        bounds = (codec.min_length or None, codec.max_length) if closed else (None, None)
        result = core_schema.str_schema(min_length=bounds[0], max_length=bounds[1], pattern=pattern)
    elif isinstance(codec, IntegerText):
        result = core_schema.int_schema()
    elif isinstance(codec, Number):
        kind: Any = core_schema.int_schema if isinstance(codec, Integer) else core_schema.float_schema
        result = kind(ge=codec.minimum if closed else None, le=codec.maximum if closed else None)
    else:
        scalar: Callable[..., CoreSchema] = SCALARS.get(codec, core_schema.any_schema)
        result = scalar()
    return result if closed or isinstance(codec, Nullable) else core_schema.nullable_schema(result)


def _written(value: Any) -> Any:
    """A value as the JSON schema describes it: fields that need decoding are written in their decoded form."""
    if isinstance(value, Model):
        row = value.to_dict()
        for name, entry in value.wire_fields().items():
            if entry.wire in row and not entry.codec.plain:
                row[entry.wire] = _written(getattr(value, name, None))
        return row
    if isinstance(value, list):
        return [_written(item) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {key: _written(item) for key, item in cast("dict[str, Any]", value).items()}
    return DATE_TIME.dump(value) if isinstance(value, datetime) else DATE.dump(value)
