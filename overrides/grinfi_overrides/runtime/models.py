"""The base class of models: fields are decoded when they are first read."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from datetime import date
from itertools import islice, repeat
from typing import Any, ClassVar, Final, NamedTuple, Self, TypeVar, cast, dataclass_transform

from attrs import NOTHING, define, field, fields

from ..errors import InvalidArgumentError, MissingFieldError
from .codec import Codec, describe, has_to_dict, reject
from .codecs import json_object
from .suggestions import did_you_mean
from .unset import UNSET

REPR_FIELDS = 5
REPR_TEXT = 40
SCALARS = frozenset({str, int, float, bool, type(None)})

ALWAYS_SENT: Final = object()
"""Default of a field that every answer should have: reading it raises if it is missing."""


class Field(NamedTuple):
    """One field of a model on the wire."""

    wire: str
    codec: Codec
    required: bool = False
    """Whether it must be sent."""
    always_sent: bool = False
    """Whether the server sends it in every answer."""
    sensitive: bool = False
    """Whether `repr` hides it."""


def wire(codec: Codec, *, default: Any = NOTHING, name: str | None = None, sensitive: bool = False) -> Any:
    """Declare a field of a model.

    Args:
        codec: Converts its value.
        default: Its value in a model that user code creates: None, UNSET or ALWAYS_SENT; required if left out.
        name: Its name on the wire, if it differs from the attribute's.
        sensitive: Whether `repr` hides it.
    """
    kept = Field(name or "", codec, default is NOTHING, default is ALWAYS_SENT, sensitive)
    return field(default=default, metadata={"field": kept, "name": name})


# A list may have 250,000 rows of 60 fields, and a program reads five of them. So a model keeps the JSON row as it came,
# and decodes a field when it is first read:
#
#     contact = Contact.from_dict(row)     _row = {"created_at": "2026-03-01T…", …}   __dict__ = {}
#     contact.created_at                   not in __dict__ -> _Reader.__get__ -> decoded from _row
#                                                                                     __dict__ = {"created_at": …}
#     contact.created_at                   found in __dict__, as fast as any attribute
#     contact.created_at = other           written to __dict__; `to_dict` sees that it differs from _row
#
# `_Reader` is a descriptor without `__set__`, which Python uses only if the instance's `__dict__` has no such name. The
# row is never changed, so `to_dict` can return exactly what the server sent, with only the changed fields replaced.
class _Reader:
    """Decodes a field when it is first read, and stores the value in the instance's `__dict__`."""

    __slots__ = ("always_sent", "decode", "missing", "name", "wire")

    def __init__(self, name: str, entry: Field, missing: Any) -> None:
        self.name = name
        self.wire = entry.wire
        self.decode = None if entry.codec.plain else entry.codec.decode
        self.missing = missing
        self.always_sent = entry.always_sent

    def __get__(self, model: Model | None, owner: type[Model]) -> Any:
        if model is None:
            return self
        row = model._row  # pyright: ignore[reportPrivateUsage]
        if row is None:
            raise MissingFieldError(f"{owner.__name__}.{self.name} was not passed when this object was created")
        value = row.get(self.wire, self.missing)
        if self.decode is not None and value is not None and value is not UNSET:
            value = self.decode(value)
        if value is None and self.always_sent:
            problem = f"sent {describe(row[self.wire])}" if self.wire in row else "did not send it"
            raise MissingFieldError(
                f"{owner.__name__}.{self.name}: the server {problem}, although every answer should have it. "
                f"getattr(..., {self.name!r}, None) returns None instead; to_dict() returns the row as it came"
            )
        model.__dict__[self.name] = value
        return value


class _ReaderOfOthers:
    """Like `_Reader`, for all fields that the description does not have."""

    def __get__(self, model: Model | None, owner: type[Model]) -> Any:
        if model is None:
            return self
        row = model._row or {}  # pyright: ignore[reportPrivateUsage]
        known = owner._layout.known  # pyright: ignore[reportPrivateUsage]
        model.__dict__["additional_properties"] = value = {key: row[key] for key in row if key not in known}
        return value


class _Layout:
    """Everything known about a model except the types of its attributes."""

    def __init__(
        self, kind: type[Model], *, sendable: bool, open: bool, wrapper: str | None, shown: tuple[str, ...]
    ) -> None:
        self.sendable = sendable
        self.shown = shown
        self.open = open
        self.wrapper = wrapper
        self.entries: dict[str, Field] = {}
        for attribute in fields(kind):
            entry: Field | None = attribute.metadata.get("field")
            if entry is not None:
                named = attribute.metadata["name"] is not None
                self.entries[attribute.name] = entry if named else entry._replace(wire=attribute.name)
        self.known = frozenset(entry.wire for entry in self.entries.values())
        self.names = {*self.entries, "additional_properties"}
        for name, entry in self.entries.items():
            setattr(kind, name, _Reader(name, entry, UNSET if sendable else None))
        kind.additional_properties = _ReaderOfOthers()  # type: ignore[assignment]  # pyright: ignore


ModelT = TypeVar("ModelT", bound="Model")
MappingT = TypeVar("MappingT")


@dataclass_transform(kw_only_default=True, field_specifiers=(wire, field))
def model(
    *, sendable: bool = False, open: bool = False, wrapper: str | None = None, shown: tuple[str, ...] = ()
) -> Callable[[type[ModelT]], type[ModelT]]:
    """Turn a class of annotated fields into a model.

    Args:
        sendable: Whether it is also sent: then attributes that are left out are UNSET.
        open: Whether fields that the description does not have may be sent.
        wrapper: The key that the server sometimes wraps a row in.
        shown: The attributes that `repr` shows; by default the first ones that are set.
    """

    def make(kind: type[ModelT]) -> type[ModelT]:
        made = define(kw_only=True, repr=False, eq=False, slots=False)(kind)
        layout = _Layout(made, sendable=sendable, open=open, wrapper=wrapper, shown=shown)
        made._layout = layout  # pyright: ignore[reportPrivateUsage]
        return made

    return make


class Serializer:
    """Pydantic's serializer of an object, for places of type `Any`."""

    def __get__(self, instance: object, owner: type) -> Any:
        try:
            from grinfi_integrations.pydantic_schemas import serializer
        except ImportError:
            raise AttributeError("pydantic is not installed") from None
        return serializer(owner)


class _AsDataclass:
    """A model as `dataclasses` sees it, for FastAPI, pandas and polars."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: object, owner: type[Model]) -> Any:
        from grinfi_integrations.dataclass_view import view_of

        return getattr(view_of(cast("Any", owner)), self.name)


class _Kept:
    """The row of a model, in a slot: outside `__dict__`, and outside the attributes that attrs knows."""

    __slots__ = ("_row",)

    _row: dict[str, Any] | None
    """The JSON object as it was read; None if user code created the model."""


# The slot's setter, without `Model.__setattr__` in front of it: this runs for every row.
_keep: Final[Callable[[_Kept, dict[str, Any] | None], None]] = vars(_Kept)["_row"].__set__


@model()
class Model(_Kept):
    """A JSON object of the API.

    Reading JSON never fails: an unknown enumeration value is kept, a missing or null field is None (UNSET in models
    that are also sent), a value that cannot be understood is None and stays in `to_dict()`, and fields that the
    description does not have are in `additional_properties`. A field is decoded when it is first read.

    Raises:
        MissingFieldError: A field is read that the server should always send, and this row does not have it.
    """

    _layout: ClassVar[_Layout]
    __attrs_attrs__: ClassVar[Any]

    additional_properties: dict[str, Any] = field(factory=dict[str, Any])
    """Fields that the description does not have, under their names on the wire."""

    @classmethod
    def wire_fields(cls) -> Mapping[str, Field]:
        """Attribute name -> its `Field`: name on the wire, codec, and whether it must be sent."""
        return cls._layout.entries

    @classmethod
    def is_sendable(cls) -> bool:
        """Whether it is also sent: then attributes that are left out are UNSET."""
        return cls._layout.sendable

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read a JSON object, as the server sent it."""
        return cls._read(dict(data))

    @classmethod
    def _read(cls, row: dict[str, Any]) -> Self:
        """Like `from_dict`, but the row is kept, not copied."""
        wrapper = cls._layout.wrapper
        self: Self = object.__new__(cls)
        _keep(self, row if wrapper is None or "uuid" in row else _unwrapped(row, wrapper))
        return self

    @classmethod
    def _read_all(cls, rows: list[dict[str, Any]]) -> list[Self]:
        """Like `_read`, for many rows: loops in C take half the time."""
        wrapper = cls._layout.wrapper
        if wrapper is not None:
            rows = [row if "uuid" in row else _unwrapped(row, wrapper) for row in rows]
        made: list[Self] = list(map(object.__new__, repeat(cls, len(rows))))
        deque(map(_keep, made, rows), maxlen=0)
        return made

    def __attrs_post_init__(self) -> None:
        _keep(self, None)
        # Without a value in __dict__, `_Reader` is asked for the field, and raises.
        values = vars(self)
        for name in [name for name, value in values.items() if value is ALWAYS_SENT]:
            del values[name]

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._layout.names:
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}", name=name, obj=self)
        object.__setattr__(self, name, value)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object: everything that was read, exactly as it came, and changed attributes with their new values.

        If user code created the model, attributes that are None (UNSET in models that are also sent) are left out.
        """
        # A field whose meaning has not changed keeps the server's form: one time can be written in many forms.
        layout = self._layout
        row = self._row or {}
        result: dict[str, Any] = _copied(row)
        for name, value in vars(self).items():
            if name == "additional_properties":
                for key in result.keys() - layout.known:
                    del result[key]
                result.update(_copied(value))
                continue
            key, codec, *_ = layout.entries[name]
            if value is UNSET:
                result.pop(key, None)
            elif key in result:
                if value is not row.get(key, UNSET) and (codec.plain or _is_changed(codec, result[key], value)):
                    result[key] = _copied(codec.dump(value))
            elif value is not None or layout.sendable:
                result[key] = _copied(codec.dump(value))
        return result

    @classmethod
    def encode_argument(cls, where: str, value: object) -> dict[str, Any]:
        """A model of this class, or a mapping, as the JSON object to send.

        Raises:
            InvalidArgumentError: A field is missing, unknown or refused by the API.
        """
        given: dict[str, Any]
        layout = cls._layout
        if isinstance(value, cls):
            row = value._row or {}
            given = {}
            for name, entry in layout.entries.items():
                item = getattr(value, name)
                # The server writes an empty object as [], and gets it back that way.
                given[entry.wire] = [] if item == {} and row.get(entry.wire) == [] else item
            extra = value.additional_properties
        else:
            if has_to_dict(value):
                value = value.to_dict()
            if not isinstance(value, Mapping):
                raise reject(where, f"a {cls.__name__} or a mapping", value)
            given = dict(cast("Mapping[str, Any]", value))
            extra = {key: item for key, item in given.items() if key not in layout.known}
            if extra and not layout.open:
                raise cls._unknown(where, next(iter(extra)))
        result: dict[str, Any] = {}
        for entry in layout.entries.values():
            item = given.get(entry.wire, UNSET)
            if item is not UNSET or entry.required:
                result[entry.wire] = entry.codec.encode(f"{where}.{entry.wire}", item)
        return result | json_object(where, extra)

    @classmethod
    def _unknown(cls, where: str, key: object) -> InvalidArgumentError:
        if not isinstance(key, str):
            return InvalidArgumentError(where, f"keys must be strings, got {describe(key)}")
        known = [entry.wire for entry in cls._layout.entries.values()]
        hint = did_you_mean(key, known, otherwise=f"known are {', '.join(known)}.")
        return InvalidArgumentError(
            f"{where}.{key}",
            f"the API does not document this field; {hint} To send it anyway, pass "
            f"{cls.__name__}(..., additional_properties={{{key!r}: ...}})",
        )

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        names = ("additional_properties", *self._layout.entries)
        return all(getattr(self, name, None) == getattr(other, name, None) for name in names)

    __hash__: ClassVar[None]  # type: ignore[assignment]  # models can be changed

    def __getstate__(self) -> tuple[dict[str, Any] | None, dict[str, Any]]:
        return self._row, vars(self)

    def __setstate__(self, state: tuple[dict[str, Any] | None, dict[str, Any]]) -> None:
        row, held = state
        _keep(self, row)
        vars(self).update(held)

    __pydantic_serializer__ = Serializer()
    __dataclass_fields__ = _AsDataclass("__dataclass_fields__")
    __dataclass_params__ = _AsDataclass("__dataclass_params__")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from grinfi_integrations.pydantic_schemas import model_schema

        return model_schema(cls)

    def _shown(self) -> tuple[dict[str, Any], bool]:
        """The values that `repr` shows, by attribute name, and whether there are more."""
        found = {name: getattr(self, name, None) for name, it in self._layout.entries.items() if not it.sensitive}
        given = {name: value for name, value in found.items() if value is not None and value is not UNSET}
        names = [name for name in self._layout.shown if name in given] or given
        shown = {name: given[name] for name in names if isinstance(given[name], str | int | float | bool | date)}
        return dict(islice(shown.items(), REPR_FIELDS)), len(given) > min(len(shown), REPR_FIELDS)

    def __repr__(self) -> str:
        shown, more = self._shown()
        parts = [f"{name}={_short(value)}" for name, value in shown.items()] + ["…"] * more
        return f"{type(self).__name__}({', '.join(parts)})"

    def _repr_html_(self) -> str:
        from grinfi_integrations.html import table

        shown, more = self._shown()
        return table(type(self).__name__, (), [*shown.items(), *[("…", "")] * more])


def _short(value: Any) -> str:
    text: str = value.isoformat() if isinstance(value, date) else repr(value)
    return text if len(text) <= REPR_TEXT else text[:REPR_TEXT] + "…" + text[0]


def mapping_of(kind: type[Model]) -> Callable[[type[MappingT]], type[MappingT]]:
    """Let pydantic accept a TypedDict as a mapping that replaces a model."""

    def mark(mapping: type[MappingT]) -> type[MappingT]:
        def schema(source: Any, handler: Any) -> Any:
            from grinfi_integrations.pydantic_schemas import mapping_schema

            return mapping_schema(kind)

        setattr(mapping, "__get_pydantic_core_schema__", schema)  # noqa: B010 - checkers know no such attribute
        return mapping

    return mark


def count_known(model: type[Model], row: Mapping[str, Any]) -> int:
    """Number of keys of a JSON object that the model has."""
    layout = model._layout  # pyright: ignore[reportPrivateUsage]
    return len(layout.known & row.keys()) + (layout.wrapper in row)


def _copied(value: Any) -> Any:
    """A copy of a JSON value, which shares nothing with the row."""
    if isinstance(value, dict):
        entries = cast("dict[str, Any]", value)
        return {key: item if item.__class__ in SCALARS else _copied(item) for key, item in entries.items()}
    if isinstance(value, list):
        return [_copied(item) for item in cast("list[Any]", value)]
    return value


def _is_changed(codec: Codec, raw: Any, value: Any) -> bool:
    if isinstance(value, list | dict | Model):
        dumped = codec.dump(value)
        return bool(dumped != raw and dumped != codec.dump(codec.decode(raw)))
    return bool(codec.decode(raw) != value)


def _unwrapped(row: dict[str, Any], wrapper: str) -> dict[str, Any]:
    inner = row.get(wrapper)
    if not isinstance(inner, dict):
        return row
    return {key: value for key, value in row.items() if key != wrapper} | cast("dict[str, Any]", inner)
