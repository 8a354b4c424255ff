"""The base of every model: tolerant reading, exact writing, short `repr`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, ClassVar, NamedTuple, Self, cast

from attrs import define, field, fields

from ..errors import InvalidArgumentError
from .codecs import Codec, check_text, describe, has_to_dict, json_value, reject
from .unset import UNSET

__all__ = ["Field", "Model"]

REPR_FIELDS = 5
REPR_TEXT = 40


class Field(NamedTuple):
    """One field of a model on the wire."""

    wire: str
    codec: Codec
    required: bool = False


class _Origin(NamedTuple):
    """What reading a row would otherwise lose."""

    absent: frozenset[str]
    odd: dict[str, Any]


MAX_SHAPES = 64
"""How many sets of keys are kept for a model. The rows of a page, and of most lists, all have the same."""

Shape = tuple[_Origin, tuple[str, ...]]
"""What follows from the keys of a row: what is absent, and which keys the model does not know."""

Reader = Callable[[Mapping[str, Any]], Any]


class _Layout(NamedTuple):
    known: frozenset[str]
    read: Reader


_layouts: dict[type[Model], _Layout] = {}


def _layout(model: type[Model]) -> _Layout:
    found = _layouts.get(model)
    if found is None:
        known = frozenset(entry.wire for entry in model.wire_fields().values())
        _layouts[model] = found = _Layout(known, _compiled_reader(model, known))
    return found


def _compiled_reader(model: type[Model], known: frozenset[str]) -> Reader:
    """A function that reads one row of a model.

    It is compiled, as attrs compiles `__init__`: a loop over the fields takes three times as long, and pages of
    hundreds of rows are read on the event loop.
    """
    lines = ["def read(data):", "    get = data.get", "    self = new(model)", "    odd = None"]
    names: dict[str, Any] = {
        "known": known,
        "missing": UNSET if model.is_sendable() else None,
        "model": model,
        "new": object.__new__,
        "new_shape": _new_shape,
        "origin": _Origin,
        "shapes": {},
    }
    for number, (name, entry) in enumerate(model.wire_fields().items()):
        if entry.codec.plain:
            lines.append(f"    self.{name} = get({entry.wire!r}, missing)")
            continue
        names[f"decode_{number}"] = entry.codec.decode
        lines += [
            f"    value = get({entry.wire!r}, missing)",
            "    if value is None or value is missing:",
            f"        self.{name} = value",
            "    else:",
            f"        self.{name}, exact = decode_{number}(value)",
            "        if not exact:",
            "            odd = odd or {}",
            f"            odd[{name!r}] = value",
        ]
    lines += [
        "    keys = tuple(data)",
        "    shape, unknown = shapes.get(keys) or new_shape(shapes, keys, known)",
        "    self.additional_properties = {key: data[key] for key in unknown} if unknown else {}",
        "    self._origin = shape if odd is None else origin(shape.absent, odd)",
        "    return self",
    ]
    exec("\n".join(lines), names)  # noqa: S102 - names and strings of generated code, written with repr
    reader: Reader = names["read"]
    return reader


def _new_shape(shapes: dict[tuple[str, ...], Shape], keys: tuple[str, ...], known: frozenset[str]) -> Shape:
    if len(shapes) >= MAX_SHAPES:
        shapes.clear()
    shapes[keys] = shape = _Origin(known.difference(keys), {}), tuple(key for key in keys if key not in known)
    return shape


def _is_unchanged(codec: Codec, raw: Any, value: Any) -> bool:
    read, _ = codec.decode(raw)
    # NaN, which no JSON should have, equals only itself, and no longer does once it was pickled.
    return read == value or repr(codec.dump(read)) == repr(codec.dump(value))


@define(kw_only=True, repr=False)
class Model:
    """A JSON object of the API.

    Reading never fails: an unknown enumeration value is kept, a missing or null field is None (UNSET in models that
    are also sent), what cannot be understood is None and stays in `to_dict()`, and fields that the description does
    not know are in `additional_properties`.
    """

    _fields: ClassVar[Mapping[str, Field]] = {}
    _sensitive: ClassVar[frozenset[str]] = frozenset()
    _sendable: ClassVar[bool] = False
    _open: ClassVar[bool] = False
    _wrapper: ClassVar[str | None] = None

    additional_properties: dict[str, Any] = field(factory=dict[str, Any])
    """Fields that the description does not know, under their names on the wire."""

    _origin: _Origin | None = field(default=None, init=False, eq=False)

    @classmethod
    def wire_fields(cls) -> Mapping[str, Field]:
        """Attribute name -> name on the wire, codec and whether it must be sent."""
        return cls._fields

    @classmethod
    def is_sendable(cls) -> bool:
        """Whether it is also sent: then attributes that are left out are UNSET."""
        return cls._sendable

    @classmethod
    def count_known(cls, data: Mapping[str, Any]) -> int:
        """How many keys of a JSON object this model knows."""
        return len(_layout(cls).known & data.keys()) + (cls._wrapper in data)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read a JSON object, as the server sent it."""
        if cls._wrapper is not None and "uuid" not in data and isinstance(data.get(cls._wrapper), dict):
            data = {key: value for key, value in data.items() if key != cls._wrapper} | data[cls._wrapper]
        result: Self = _layout(cls).read(data)
        return result

    def to_dict(self) -> dict[str, Any]:
        """The JSON object: what was read comes back exactly, changed attributes with their new values.

        Of a model that was made by hand, attributes that are None (UNSET in models that are also sent) are left out.
        """
        origin = self._origin
        result: dict[str, Any] = {}
        for name, entry in self._fields.items():
            value = getattr(self, name)
            if value is UNSET:
                continue
            if origin is not None and name in origin.odd and _is_unchanged(entry.codec, origin.odd[name], value):
                result[entry.wire] = origin.odd[name]
            elif value is not None:
                result[entry.wire] = entry.codec.dump(value)
            elif self._sendable or (origin is not None and entry.wire not in origin.absent):
                result[entry.wire] = None
        result.update(self.additional_properties)
        return result

    @classmethod
    def encode_argument(cls, where: str, value: object) -> dict[str, Any]:
        """This model, or a mapping in its place, as the JSON object to send.

        Raises:
            InvalidArgumentError: A field is missing, unknown or not what the API takes.
        """
        given: dict[str, Any]
        if isinstance(value, cls):
            given = {entry.wire: getattr(value, name) for name, entry in cls._fields.items()}
            for name, raw in value._origin.odd.items() if value._origin is not None else ():
                if raw == [] and getattr(value, name) == {}:
                    given[cls._fields[name].wire] = raw
            extra = value.additional_properties
        else:
            if has_to_dict(value):
                value = value.to_dict()
            if not isinstance(value, Mapping):
                raise reject(where, f"a {cls.__name__} or a mapping", value)
            given = dict(cast("Mapping[str, Any]", value))
            known = _layout(cls).known
            extra = {key: item for key, item in given.items() if key not in known}
            if extra and not cls._open:
                raise cls._unknown(where, next(iter(extra)))
        result: dict[str, Any] = {}
        for entry in cls._fields.values():
            item = given.get(entry.wire, UNSET)
            if item is not UNSET or entry.required:
                result[entry.wire] = entry.codec.encode(f"{where}.{entry.wire}", item)
        for key, item in extra.items():
            if not isinstance(cast("object", key), str):
                raise cls._unknown(where, key)
            if item is not UNSET:
                result[check_text(where, key)] = json_value(f"{where}.{key}", item)
        return result

    @classmethod
    def _unknown(cls, where: str, key: object) -> InvalidArgumentError:
        if not isinstance(key, str):
            return InvalidArgumentError(where, f"keys must be strings, got {describe(key)}")
        import difflib

        known = [entry.wire for entry in cls._fields.values()]
        close = difflib.get_close_matches(key, known, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}."
        return InvalidArgumentError(
            f"{where}.{key}",
            f"the API does not document this field; {hint} To send it all the same, pass "
            f"{cls.__name__}(..., additional_properties={{{key!r}: ...}})",
        )

    def __repr__(self) -> str:
        shown: list[str] = []
        more = False
        for attribute in fields(type(self)):
            name = attribute.name
            if name not in self._fields:
                continue
            value = getattr(self, name)
            if value is None or value is UNSET or name in self._sensitive:
                continue
            if len(shown) == REPR_FIELDS or not isinstance(value, str | int | float | bool | date):
                more = True
                continue
            text = value.isoformat() if isinstance(value, date) else repr(value)
            shown.append(f"{name}={text if len(text) <= REPR_TEXT else text[:REPR_TEXT] + '…' + text[0]}")
        if more:
            shown.append("…")
        return f"{type(self).__name__}({', '.join(shown)})"
