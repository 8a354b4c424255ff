"""The types, codecs, aliases and texts of a module while it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from .elements import Model, Plan, Shape
from .markdown import wrapped
from .names import BUILTINS, pascal_case
from .text import WIDTH, clean, literal

OWN_NAMES = {"OPERATIONS": ".operations", "RESOURCES": "._client", "Grinfi": "._client"}

SCALAR_CODECS = {
    "any": "ANY",
    "binary": "ANY",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "datetime": "DATE_TIME",
    "filter": "FILTER",
    "integer": "INTEGER",
    "integer-boolean": "INTEGER_BOOLEAN",
    "integer-text": "INTEGER_TEXT",
    "named-values": "NAMED_VALUES",
    "number": "NUMBER",
    "object": "OBJECT",
    "string": "STRING",
    "uuid": "UUID_TEXT",
}

CODECS = ("Array", "Choice", "Integer", "MapOf", "ModelOf", "Nullable", "Number", "String", *SCALAR_CODECS.values())

RESERVED_CLASSES = frozenset(
    {
        *OWN_NAMES,
        *CODECS,
        "ALWAYS_SENT",
        "Any",
        "DateTimeField",
        "Decimal",
        "ExtraBody",
        "Field",
        "FilterOf",
        "Final",
        "FlowBuilder",
        "Literal",
        "Mapping",
        "Resource",
        "Required",
        "Row",
        "Sequence",
        "TypedDict",
        "UUID",
    }
)

SCALAR_TYPES = {
    "any": "Any",
    "binary": "FileContent",
    "boolean": "bool",
    "date": "dt.date",
    "datetime": "dt.datetime",
    "filter": "Filter",
    "integer": "int",
    "integer-boolean": "bool",
    "integer-text": "int",
    "named-values": "NamedValues",
    "number": "float",
    "string": "str",
    "uuid": "str",
}


class Module:
    """The types, codecs and aliases of one module."""

    def __init__(self, shadowed: Iterable[str] = (), models: Mapping[str, Model] | None = None) -> None:
        self.shadowed = BUILTINS & set(shadowed)
        self.all_models = models or {}
        names = (name for model in self.all_models.values() for name in (model.name, model.mapping))
        self.taken = {*names, *RESERVED_CLASSES, *BUILTINS}
        self.aliases: dict[tuple[str | int, ...], str] = {}

    def builtin(self, name: str) -> str:
        """The name of a builtin type, or an alias if a method or field of the module has the same name."""
        return f"builtins.{name}" if name in self.shadowed else name

    def alias(self, values: tuple[str | int, ...], *wanted: str) -> str:
        """The name of an enumeration."""
        if values not in self.aliases:
            names = [
                pascal_case(" ".join(word[0].upper() + word[1:] for word in re.findall(r"[^\W_]+", name)))
                for name in wanted
            ]
            names += [f"{names[-1]}{number}" for number in range(2, 100)]
            name = next(name for name in names if name not in self.taken)
            self.taken.add(name)
            self.aliases[values] = name
        return self.aliases[values]

    def literals(self) -> list[tuple[str, str]]:
        """The enumerations of the module: name, values."""
        return [
            (name, ", ".join(literal(value) if isinstance(value, str) else repr(value) for value in values))
            for values, name in self.aliases.items()
        ]

    def read_type(self, shape: Shape, *hint: str) -> str:
        """The type of a value that is read, without None."""
        if shape.kind == "enum":
            alias = self.alias(shape.values, *hint)
            kinds = sorted({self.builtin(type(value).__name__) for value in shape.values}, reverse=True)
            return " | ".join([alias, *kinds])
        if shape.kind == "array" and shape.item is not None:
            return f"{self.builtin('list')}[{self.read_type(shape.item, *hint)}]"
        if shape.kind == "map" and shape.item is not None:
            return f"{self.builtin('dict')}[{self.builtin('str')}, {self.read_type(shape.item, *hint)}]"
        if shape.kind in {"object", "filter"}:
            return f"{self.builtin('dict')}[{self.builtin('str')}, Any]"
        return shape.model or self._scalar(shape)

    def field_type(self, shape: Shape, *hint: str) -> str:
        """The type of an attribute that is also sent, without None: enumerations are closed."""
        return self.alias(shape.values, *hint) if shape.kind == "enum" else self.read_type(shape, *hint)

    def argument_type(self, shape: Shape, *hint: str) -> str:
        """The type of an argument, without None."""
        if shape.kind == "enum":
            kind = self.alias(shape.values, *hint)
        elif shape.kind == "array" and shape.item is not None:
            kind = f"Sequence[{self.argument_type(shape.item, *hint)}]"
        elif shape.kind == "map" and shape.item is not None:
            kind = f"Mapping[{self.builtin('str')}, {self.argument_type(shape.item, *hint)}]"
        elif shape.kind == "uuid":
            kind = f"{self.builtin('str')} | UUID"
        elif shape.kind == "object":
            kind = f"Mapping[{self.builtin('str')}, Any]"
        elif shape.model is not None:
            model = self.all_models[shape.model]
            # Also any mapping: rows that a program has read are rarely typed, and are checked before they are sent.
            kind = f"{model.name} | {model.mapping} | Row"
        else:
            kind = self._scalar(shape)
        return kind

    def codec(self, shape: Shape, *hint: str) -> str:
        """The expression that makes the codec."""
        bounds = ", ".join(
            f"{name}={literal(value) if isinstance(value, str) else repr(value)}" for name, value in shape.bounds
        )
        if shape.kind == "enum":
            code = f"Choice({self.alias(shape.values, *hint)})"
        elif shape.kind == "array" and shape.item is not None:
            code = f"Array({', '.join(filter(None, [self.codec(shape.item, *hint), bounds]))})"
        elif shape.kind == "map" and shape.item is not None:
            code = f"MapOf({self.codec(shape.item, *hint)})"
        elif shape.model is not None:
            code = f"ModelOf(lambda: {shape.model})"
        else:
            code = f"{pascal_case(shape.kind)}({bounds})" if bounds else SCALAR_CODECS[shape.kind]
        return f"Nullable({code})" if shape.nullable and shape.kind != "any" else code

    def _scalar(self, shape: Shape) -> str:
        return self.builtin(SCALAR_TYPES[shape.kind])


def alternatives(kind: str, shape: Shape, required: bool) -> str:
    """A type with Unset and None if they are allowed, and the default."""
    if kind == "Any":
        return "Any" if required else "Any = UNSET"
    unset, default = ("", "") if required else (" | Unset", " = UNSET")
    return f"{kind}{unset}{' | None' if shape.nullable else ''}{default}"


def docstring(text: str) -> str:
    """A text as the docstring of a class or of a field."""
    lines = wrapped(text, 4)
    lines[0] = '    """' + lines[0].lstrip()
    if len(lines) == 1 and not lines[0].endswith('"') and len(lines[0]) < WIDTH:
        return lines[0] + '"""'
    return "\n".join([*lines, '    """'])


def sentence(text: str) -> str:
    """The text with a full stop, if it ends with a word."""
    text = clean(text).strip()
    return text if not text or text.endswith((".", "!", "?", ":", "…", "|", "```")) else f"{text}."


def model_imports(plan: Plan, models: Iterable[str]) -> list[tuple[str, list[str]]]:
    homes: dict[str, list[str]] = {}
    for model in map(plan.models.__getitem__, sorted(models)):
        homes.setdefault(model.module, []).extend(filter(None, [model.name, model.mapping]))
    return sorted(homes.items())
