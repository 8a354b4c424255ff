"""Writes a plan down as a package.

openapi-python-client's own templates are all replaced. They make a module per operation and a class per request body;
flatten object parameters (openapi-python-client 1064), fail on unknown enumeration values and nulls
(openapi-python-client 1371), and import every model at the first use of one.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from .corrections import ARGUMENT_KINDS, MassActions
from .elements import Argument, Method, Model, ModelField, Plan, Resource, Shape
from .errors import CodegenError
from .filters import Catalogue, FilterField
from .markdown import wrapped
from .names import BUILTINS, pascal_case, singular, words
from .overrides import Mixin, Overrides
from .text import WIDTH, clean, escape, literal, one_line

HEADER = (
    "# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.\n"
)
LINE_LENGTH = "120"

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
        "Field",
        "FilterOf",
        "Final",
        "Literal",
        "Mapping",
        "Resource",
        "Sequence",
        "UUID",
    }
)

ERRORS = {
    "400": "BadRequestError",
    "401": "AuthenticationError",
    "402": "PaymentRequiredError",
    "403": "PermissionDeniedError",
    "404": "NotFoundError",
    "409": "ConflictError",
    "422": "UnprocessableEntityError",
    "429": "RateLimitError",
}
"""Status -> exception of the hand-written layer, for docstrings."""

FIELD_TYPES = {
    "any": "str | int",
    "boolean": "bool",
    "date": "dt.date",
    "integer": "int",
    "number": "float | Decimal",
    "string": "str",
    "uuid": "str | UUID",
}

PAGES = "`await` it for one page, or iterate with `async for` over every row."
"""What is said of a list with pages."""

IDS = {"id": "Id", "ids": "Ids", "uuid": "UUID", "uuids": "UUIDs"}

SPOKEN = {"ai": "AI", "flow": "automation", "lead": "contact", "llm": "LLM"}

ORDER_DEFAULTS = {"order_field": "created_at", "order_type": "asc"}
"""What a paginator sends, so that the order is the same for each page, and new rows come last."""

UNDESCRIBED = {
    "array": "Any number of them.",
    "boolean": "True or False.",
    "date": "A day.",
    "datetime": "A time.",
    "integer": "A whole number.",
    "map": "A mapping.",
    "number": "A number.",
    "object": "A mapping.",
    "string": "Text.",
    "binary": "The file.",
}
"""What is said of an argument without a description whose name says nothing more than the argument's."""

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
    """Types, codecs and aliases of one module that is being written."""

    def __init__(self, shadowed: Iterable[str] = (), taken: Iterable[str] = ()) -> None:
        self.shadowed = BUILTINS & set(shadowed)
        self.taken = {*taken, *RESERVED_CLASSES, *BUILTINS}
        self.aliases: dict[tuple[str | int, ...], str] = {}

    def builtin(self, name: str) -> str:
        """A builtin type, spelt so that a method or field of the same name does not hide it."""
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
        """The type of what is read, null aside."""
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
        """The type of an attribute that is also sent, null aside: enumerations are closed."""
        return self.alias(shape.values, *hint) if shape.kind == "enum" else self.read_type(shape, *hint)

    def argument_type(self, shape: Shape, *hint: str) -> str:
        """The type of an argument, null aside."""
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
            kind = f"{shape.model} | Mapping[{self.builtin('str')}, Any]"
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


class ResourceModule(Module):
    """A module with one resource."""

    def __init__(self, resource: Resource, plan: Plan, mixin: Mixin | None) -> None:
        super().__init__((method.name.method for method in resource.methods), plan.models)
        self.resource = resource
        self.mixin = mixin
        self.filters: dict[str, str] = {}
        """Constant -> the codec of the filter of one method."""
        self.model_imports = _imports(
            plan,
            {
                model
                for method in resource.methods
                for shape in [method.answer.shape, *(argument.shape for argument in method.arguments)]
                if shape is not None
                for model in shape.models()
            },
        )

    def codec(self, shape: Shape, *hint: str) -> str:
        """As for any module; but codecs of filters that know their fields are made once."""
        filters = shape.filter
        if filters is None:
            return super().codec(shape, *hint)
        known = [literal(entry.wire) for entry in filters.fields if entry.refused is None]
        lists = [literal(entry.wire) for entry in filters.fields if entry.is_list]
        refused = [f"{literal(it.wire)}: {literal(it.refused)}" for it in filters.fields if it.refused is not None]
        options = {
            "known": f"({', '.join(known)},)" if filters.closed else "",
            "required": f"({', '.join(map(literal, filters.required))},)" if filters.required else "",
            "lists": f"({', '.join(lists)},)" if lists else "",
            "refused": f"{{{', '.join(refused)}}}" if refused else "",
        }
        given = ", ".join(f"{name}={code}" for name, code in options.items() if code)
        if not given:
            return super().codec(replace(shape, filter=None), *hint)
        constant = hint[-1].upper()
        method = hint[-1].removesuffix("_filter")
        self.filters[constant] = f"FilterOf({literal(f'{self.resource.name}.{method}')}, {given})"
        return f"Nullable({constant})" if shape.nullable else constant

    def class_documentation(self) -> str:
        """The docstring of the class."""
        told = self.resource.description.strip() or f"Operations of `{self.resource.name}`."
        lines = wrapped(told, 4)
        lines[0] = '    """' + lines[0].lstrip()
        return "\n".join([*lines, '    """'])

    def hints(self, method: Method, argument: Argument) -> list[str]:
        """Names for the enumeration of an argument, the best one first."""
        name = singular(argument.name) if argument.shape.kind == "array" else argument.name
        full = f"{method.name.method}_{name}"
        return [name, full] if "_" in name else [full]

    def signature(self, method: Method) -> str:
        """The parameters of a method."""
        parts = ["self"]
        keyword_only = False
        order = {True: 0, False: 1}
        for argument in sorted(method.arguments, key=lambda item: (item.place != "path", order[item.required])):
            if argument.place != "path" and not keyword_only:
                parts.append("*")
                keyword_only = True
            kind = self.argument_type(argument.shape, *self.hints(method, argument))
            if argument.sent_default is None:
                parts.append(f"{argument.name}: {_alternatives(kind, argument.shape, self.needs(method, argument))}")
            else:
                parts.append(f"{argument.name}: {kind} = {argument.sent_default!r}")
        if method.paginated:
            parts += [] if keyword_only else ["*"]
            parts += [f"{self.free_name(method, name)}: {kind}" for name, (kind, _) in self.paging_parameters().items()]
        if method.refused:
            parts.append(f"**{self.free_name(method, 'refused')}: Never")
        return ", ".join(parts)

    @staticmethod
    def needs(method: Method, argument: Argument) -> bool:
        """Whether an argument has no default."""
        return argument.required and not (argument.place == "body" and method.body == "optional_json")

    def paging_parameters(self) -> dict[str, tuple[str, str]]:
        """The parameters that every list with pages has: name -> type with default, description."""
        return {
            "page_size": (
                f"{self.builtin('int')} | Unset = UNSET",
                "How many rows iterating asks for at a time; by default `limit`, or else 1,000.",
            ),
            "prefetch": (
                f"{self.builtin('int')} = 0",
                "How many further pages iterating asks for at the same time, once the server has told the total.",
            ),
            "cursor": (
                f"{self.builtin('str')} | Mapping[{self.builtin('str')}, Any] | None = None",
                "The `cursor` of an earlier iteration, to go on after its last row.",
            ),
        }

    def paging_arguments(self, method: Method) -> str:
        """What a paginator is told besides the request."""
        answer = method.answer
        code = "" if answer.limited else ", limited=False"
        code += ", ordered=True" if answer.ordered else ""
        code += "" if answer.windowed else ", windowed=False"
        code += ", sliced=True" if answer.sliced else ""
        names = self.paging_parameters() if method.paginated else ()
        return code + "".join(f", {name}={self.free_name(method, name)}" for name in names)

    def returns(self, method: Method) -> str:
        """The return type of a method."""
        answer = method.answer
        hint = f"{method.name.method}_result"
        if answer.kind == "none":
            return "None"
        if answer.kind in {"bytes", "text"}:
            return self.builtin("bytes" if answer.kind == "bytes" else "str")
        if answer.shape is None:
            return "Any"
        kind = self.read_type(answer.shape, hint)
        if answer.kind == "page":
            return f"AsyncPaginator[{kind}]"
        if answer.kind == "array":
            return f"{self.builtin('list')}[{kind}]"
        if answer.kind == "map":
            return f"{self.builtin('dict')}[{self.builtin('str')}, {kind}]"
        if answer.kind == "optional_model" or (answer.kind == "value" and kind != "Any"):
            return f"{kind} | None"
        return kind

    def answer_expression(self, method: Method, response: str) -> str:
        """The expression that reads the response."""
        answer = method.answer
        shape = answer.shape
        if answer.kind in {"bytes", "text"}:
            return f"read_{answer.kind}({response})"
        if shape is None:
            return f"read_json({response})"
        if answer.kind in {"model", "optional_model"}:
            return f"read_{answer.kind}({response}, {shape.model})"
        function = {"array": "read_list", "map": "read_map", "value": "read_value"}[answer.kind]
        return f"{function}({response}, {self.codec(shape, f'{method.name.method}_result')})"

    @staticmethod
    def free_name(method: Method, name: str) -> str:
        """A name for a variable that no argument has."""
        while any(argument.name == name for argument in method.arguments):
            name += "_"
        return name

    def path(self, method: Method) -> str:
        """The path as an expression."""
        arguments = {argument.wire: argument for argument in method.at("path")}
        code = ""
        for index, part in enumerate(method.path.replace("}", "{").split("{")):
            if index % 2 == 0:
                code += literal(part)[1:-1].replace("{", "{{").replace("}", "}}")
            else:
                argument = arguments[part]
                code += f"{{{self._segment(method, argument)}}}".replace('"', "'")
        return f'f"{code}"' if arguments else f'"{code}"'

    def _segment(self, method: Method, argument: Argument) -> str:
        shape, name = argument.shape, literal(argument.name)
        value = argument.name
        if shape.kind in {"date", "datetime", "enum"}:
            value = f"{self.codec(shape, *self.hints(method, argument))}.encode({name}, {value})"
        is_number = shape.kind == "integer" or any(isinstance(it, int) for it in shape.values)
        return f"{'path_number' if is_number else 'path_text'}({name}, {value})"

    def entries(self, method: Method, required: bool, *places: str) -> list[str]:
        """The entries of a body, query or header mapping."""
        result: list[str] = []
        for argument in method.at(*places):
            if argument.required == required:
                style = "" if argument.style == "form" else f', "{argument.style}"'
                codec = self.codec(argument.shape, *self.hints(method, argument))
                result.append(f"{literal(argument.wire)}: ({argument.name}, {codec}{style})")
        return result

    def documentation(self, method: Method) -> str:
        """The docstring of a method."""
        summary = method.summary.strip() or " ".join(words(method.id)).capitalize() or method.id
        lines = [*wrapped(_sentence(one_line(summary)), 8), ""]
        lines[0] = '        """' + lines[0].lstrip()
        if method.deprecated:
            lines += ["        Deprecated.", ""]
        if method.description.strip():
            lines += [*wrapped(method.description, 8), ""]
        called = [f"{method.http_method} {method.path}", *(method.correction.calls if method.correction else ())]
        lines += [*wrapped(", ".join(map(one_line, called)), 8), ""]
        if method.arguments:
            lines.append("        Args:")
            for argument in sorted(method.arguments, key=lambda item: (item.place != "path", not item.required)):
                lines += wrapped(self._argument_text(method, argument), 12, 4, f"{argument.name}:")
            for name, (_, told) in self.paging_parameters().items() if method.paginated else ():
                lines += wrapped(told, 12, 4, f"{self.free_name(method, name)}:")
            lines.append("")
        returns = self._returns_text(method)
        if returns:
            lines += ["        Returns:", *wrapped(returns, 12), ""]
        lines.append("        Raises:")
        if method.arguments:
            lines.append("            InvalidArgumentError: An argument cannot be sent.")
        lines += self._error_lines(method)
        return "\n".join([*lines, '        """'])

    def mass_action_documentation(self, method: Method, actions: MassActions) -> str:
        """The docstring of a method that does one thing to many records."""
        noun, first = actions.noun, actions.actions[0].name
        harmless = " and ".join(f"`{name}`" for name in actions.harmless)
        lines = [
            f'        """Do one thing to many {noun}.',
            "",
            "        The server does it in the background: reading shows it a moment later.",
            "",
            f"        {method.http_method} {method.path}",
            "",
            "        Args:",
            *wrapped(f"What to do, for example `{actions.class_name}.{first}(...)`.", 12, 4, "action:"),
            *wrapped(f"UUIDs of the {noun}. Give exactly one of `ids`, `filter` and `all`.", 12, 4, "ids:"),
            *wrapped(f"Conditions the {noun} must meet, as for `search`; at least one.", 12, 4, "filter:"),
            *wrapped(f"True for all {noun} of the team.", 12, 4, "all:"),
            *wrapped(f"True to do with `all` what cannot be undone: all but {harmless}.", 12, 4, "confirm:"),
            "",
            "        Returns:",
            "            The JSON as the server sent it; None if it sent none.",
            "",
            "        Raises:",
            *wrapped(
                f"An argument cannot be sent, or it is not clear which {noun} are meant.",
                12,
                4,
                "InvalidArgumentError:",
            ),
            *self._error_lines(method),
        ]
        return "\n".join([*lines, '        """'])

    @staticmethod
    def _error_lines(method: Method) -> list[str]:
        lines: list[str] = []
        for name, told in method.raises:
            lines += wrapped(_sentence(told), 12, 4, f"{name}:")
        for status, told in method.errors:
            name = ERRORS.get(status, "ServerError" if status.startswith("5") else "APIStatusError")
            lines += wrapped(_sentence(told) or _error_text(status), 12, 4, f"{name}:")
        if method.paginated and method.answer.windowed:
            told = "Iterating met more than 10,000 rows, and cannot go on."
            lines.append(f"            ResultWindowError: {told}")
        return [*lines, "            GrinfiError: The request failed in another way."]

    @staticmethod
    def _argument_text(method: Method, argument: Argument) -> str:
        told = [_sentence(argument.description) or _undescribed(argument, singular(method.name.resource))]
        if argument.shape.kind == "datetime":
            told.append("Must have a time zone.")
        if method.answer.kind == "page" and argument.wire == "limit":
            told.append("Iterating over all rows asks for pages of this size.")
        if method.answer.ordered and argument.wire in ORDER_DEFAULTS:
            told.append(f"Always sent, by default as {ORDER_DEFAULTS[argument.wire]!r}.")
        else:
            if argument.default is not None:
                told.append(f"The server's default: {argument.default!r}.")
            if argument.shape.nullable:
                told.append("None is sent as null.")
        return _joined(*told)

    @staticmethod
    def _returns_text(method: Method) -> str:
        told = _sentence(method.answer.description)
        if method.returns is not None:
            return _sentence(method.returns)
        if method.answer.kind == "none":
            return ""
        if method.answer.kind == "page":
            return _joined(told, PAGES)
        if method.answer.kind == "json":
            return _joined(told, "The JSON as the server sent it; None if it sent none.")
        if method.answer.kind == "optional_model":
            return _joined(told, "None if the server answered 204.")
        return told


class ModelModule(Module):
    """A module of models that belong together."""

    def __init__(self, models: list[Model], plan: Plan) -> None:
        super().__init__((entry.name for model in models for entry in model.fields), plan.models)
        self.models = models
        own = {model.name for model in models}
        self.model_imports = _imports(plan, {used for model in models for used in model.used()} - own)

    def alias_hint(self, model: Model, entry: ModelField) -> str:
        """A name for the enumeration of a field."""
        return f"{model.name} {entry.name.rstrip('_')}"

    @staticmethod
    def options(model: Model) -> str:
        """The arguments of the decorator."""
        options = {
            "sendable": "True" if model.sendable else "",
            "open": "True" if model.open else "",
            "wrapper": literal(model.wrapper) if model.wrapper else "",
        }
        return ", ".join(f"{name}={code}" for name, code in options.items() if code)

    def annotation(self, model: Model, entry: ModelField) -> str:
        """The type of an attribute."""
        hint = self.alias_hint(model, entry)
        if model.sendable:
            kind = self.field_type(entry.shape, hint)
            return _alternatives(kind, entry.shape, entry.required).removesuffix(" = UNSET")
        kind = self.read_type(entry.shape, hint)
        return kind if kind == "Any" or entry.always_sent else f"{kind} | None"

    def wire(self, model: Model, entry: ModelField) -> str:
        """The expression that declares a field."""
        default = "ALWAYS_SENT" if entry.always_sent else "None"
        if model.sendable:
            default = "" if entry.required else "UNSET"
        options = {
            "default": default,
            "name": literal(entry.wire) if entry.wire != entry.name else "",
            "sensitive": "True" if entry.sensitive else "",
        }
        parts = [f"{name}={code}" for name, code in options.items() if code]
        return f"wire({', '.join([self.codec(entry.shape, self.alias_hint(model, entry)), *parts])})"

    @staticmethod
    def documentation(model: Model) -> str:
        """The docstring of a model."""
        return _docstring(model.description if model.description.strip() else _sentence(_origin(model)))

    @staticmethod
    def field_documentation(entry: ModelField) -> str:
        """The text under a field."""
        return _docstring(_sentence(entry.description))


class FieldsModule(Module):
    """A module with the fields of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.attributes = catalogue.attributes()
        super().__init__(name for name, _ in self.attributes)
        self.catalogue = catalogue

    def text(self) -> str:
        """The docstring of the module."""
        spoken = self.catalogue.name.replace("_", " ")
        lines = [
            f"Fields to filter {spoken} by, for {', '.join(self.catalogue.methods)}.",
            "",
            f"`from {{package}}.fields import {self.catalogue.name}`, and compare them as those of `F`.",
        ]
        return "\n".join(line for part in lines for line in (wrapped(part, 0) or [""])).replace(
            "{package}", "grinfi_async"
        )

    def constructor(self, name: str, entry: FilterField) -> str:
        """The expression that makes a field."""
        wire = literal(entry.wire)
        if entry.kind == "datetime":
            return f"DateTimeField({wire})"
        kind = self.alias(entry.values, name, f"{name}_value") if entry.kind == "enum" else FIELD_TYPES[entry.kind]
        spelt = re.sub(r"\b(?:bool|float|int|str)\b", lambda found: self.builtin(found.group()), kind)
        return f"Field[{spelt}]({wire})"

    def told(self, entry: FilterField) -> str:
        """The docstring of a field; empty if nothing is known besides its name."""
        told = _sentence(entry.description)
        takers = self.catalogue.takers.get(entry.wire, [])
        if takers and len(takers) < len(self.catalogue.methods):
            told = f"{told} For {', '.join(takers)} only.".strip()
        return _between_quotes(told, 0)


def _alternatives(kind: str, shape: Shape, required: bool) -> str:
    """A type with Unset and None where they are taken, and the default."""
    if kind == "Any":
        return "Any" if required else "Any = UNSET"
    unset, default = ("", "") if required else (" | Unset", " = UNSET")
    return f"{kind}{unset}{' | None' if shape.nullable else ''}{default}"


def _origin(model: Model) -> str:
    if model.source.startswith("/components/schemas/"):
        return f"`{model.source.rsplit('/', 1)[-1]}` in the API's description"
    return f"{model.source[:1].upper()}{model.source[1:]}"


def _docstring(text: str) -> str:
    """A text as the docstring of a class or of a field."""
    lines = wrapped(text, 4)
    lines[0] = '    """' + lines[0].lstrip()
    if len(lines) == 1 and not lines[0].endswith('"') and len(lines[0]) < WIDTH:
        return lines[0] + '"""'
    return "\n".join([*lines, '    """'])


def _sentence(text: str) -> str:
    """The text with a full stop, if it ends with a word."""
    text = clean(text).strip()
    return text if not text or text.endswith((".", "!", "?", ":", "…", "|", "```")) else f"{text}."


def _joined(*texts: str) -> str:
    """Texts after each other, each of which may be a table, a list, or nothing."""
    apart = any("\n" in text or text.endswith(("|", "```")) for text in texts)
    return ("\n\n" if apart else " ").join(filter(None, texts))


def _undescribed(argument: Argument, thing: str) -> str:
    """What is said of an argument without a description; `thing` is what the method is about."""
    shape = argument.shape
    parts = [SPOKEN.get(word, word) for word in words(argument.wire)] or [argument.name]
    if shape.kind == "filter":
        return "Conditions that the rows must meet."
    if shape.model is not None:
        return f"A `{shape.model}`, or a mapping of its fields."
    if shape.item is not None and shape.item.model is not None:
        return f"Each a `{shape.item.model}`, or a mapping of its fields."
    if parts and parts[-1] in IDS:
        owner = " ".join(parts[:-1]) or " ".join(words(thing))
        owners = f"{owner[:-1]}ies" if owner.endswith("y") else f"{owner}s"
        return f"{IDS[parts[-1]]} of the {owners if parts[-1].endswith('s') else owner}."
    if shape.kind == "enum":
        return f"One of {', '.join(repr(value) for value in shape.values)}."
    spoken = " ".join(parts)
    return f"{spoken[0].upper()}{spoken[1:]}." if len(parts) > 1 else UNDESCRIBED.get(shape.kind, "Any JSON value.")


def _error_text(status: str) -> str:
    return f"{HTTPStatus(int(status)).phrase}." if status in ERRORS else "The request failed."


def _imports(plan: Plan, models: Iterable[str]) -> list[tuple[str, list[str]]]:
    homes: dict[str, list[str]] = {}
    for name in sorted(models):
        homes.setdefault(plan.models[name].module, []).append(name)
    return sorted(homes.items())


def render(plan: Plan, overrides: Overrides, environment: Environment) -> dict[str, bytes]:
    """The files of the package: path below it -> content, formatted."""
    environment.undefined = StrictUndefined
    environment.filters["literal"] = literal
    files: dict[str, str] = {"py.typed": ""}

    def write(path: str, template: str, **values: Any) -> None:
        files[path] = HEADER + environment.get_template(template).render(**values)

    modules: dict[str, list[Model]] = {}
    for model in plan.models.values():
        modules.setdefault(model.module, []).append(model)
    for module, models in modules.items():
        write(f"models/{module}.py", "model_module.py.jinja", module=ModelModule(models, plan))
    for resource in plan.resources:
        resource_module = ResourceModule(resource, plan, overrides.mixins[resource.mixin] if resource.mixin else None)
        write(f"resources/{resource.name}.py", "resource_module.py.jinja", module=resource_module)
    for catalogue in plan.catalogues:
        write(f"fields/{catalogue.name}.py", "fields_module.py.jinja", module=FieldsModule(catalogue))
    files["fields/__init__.py"] = HEADER + '"""Fields to filter by, a module for each part of the API."""\n'
    resources = sorted(plan.resources, key=lambda resource: resource.name)
    write(
        "models/__init__.py",
        "lazy_package.py.jinja",
        text="The models: JSON objects of the API. Each is loaded when it is first used.",
        homes=sorted((name, f".{model.module}") for name, model in plan.models.items()),
    )
    write(
        "resources/__init__.py",
        "lazy_package.py.jinja",
        text="The resources: operations of the API. Each is loaded when it is first used.",
        homes=sorted((resource.class_name, f".{resource.name}") for resource in resources),
    )
    mass_actions = [method.mass_actions for each in resources for method in each.methods if method.mass_actions]
    if mass_actions:
        write("actions.py", "actions.py.jinja", mass_actions=mass_actions, kinds=ARGUMENT_KINDS, literal=literal)
    write("operations.py", "operations.py.jinja", plan=plan, literal=literal)
    write("_client.py", "client.py.jinja", resources=resources, sentence=_first_sentence)
    homes = {name: f".models.{model.module}" for name, model in plan.models.items()}
    homes |= OWN_NAMES
    homes |= {item.class_name: ".actions" for item in mass_actions}
    homes |= overrides.public
    write("__init__.py", "package.py.jinja", homes=sorted(homes.items()), text=_package_text(plan))
    return _formatted(files)


def _first_sentence(text: str) -> str:
    first = one_line(text).split(". ")[0]
    return _between_quotes(_sentence(first), 8)


def _between_quotes(text: str, indent: int) -> str:
    """A docstring without its quotes, for which its lines have room."""
    return "\n".join(line[6:] for line in wrapped(text, indent + 6)).lstrip()


def _package_text(plan: Plan) -> str:
    return escape(one_line(f"An async client of the {plan.title.removesuffix(' API')} API, edition {plan.version}."))


def _formatted(files: dict[str, str]) -> dict[str, bytes]:
    """The files with unused imports taken out and formatted, each by itself, so that no configuration is found."""
    with tempfile.TemporaryDirectory(prefix="grinfi-codegen-") as folder:
        root = Path(folder)
        for path, content in files.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, "utf-8", newline="\n")
        common = ["--isolated", "--no-cache", "--quiet", "--line-length", LINE_LENGTH, "--target-version", "py311"]
        for command in (
            [
                "check",
                "--fix",
                "--select",
                "F401,I,RUF022,UP",
                "--config",
                "lint.isort.split-on-trailing-comma=false",
                "--config",
                'lint.isort.known-first-party=["grinfi_bulk", "grinfi_overrides"]',
                *common,
            ],
            ["format", "--config", "format.skip-magic-trailing-comma=true", *common],
        ):
            done = subprocess.run(  # noqa: S603 - our own formatter on our own files
                [sys.executable, "-m", "ruff", *command, str(root)],
                cwd=root,  # what lies in the working directory decides what isort takes for the project's own
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode != 0:
                problem = (done.stdout + done.stderr).replace(str(root), "")
                raise CodegenError(
                    "The generated code is not valid Python; a template is wrong:", problem.splitlines()[:20]
                )
        return {path: (root / path).read_bytes() for path in files}
