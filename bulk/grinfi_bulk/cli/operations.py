"""Calling any operation of the API by name: its help, arguments and answer."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from importlib import import_module
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Final,
    Literal,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)
from uuid import UUID

from grinfi_async import (
    OPERATIONS,
    RESOURCES,
    AsyncPaginator,
    CompanyAction,
    ContactAction,
    Filter,
    InvalidArgumentError,
    Operation,
    Unset,
)
from grinfi_overrides.runtime.suggestions import did_you_mean

from .output import Writer
from .values import read_filter, read_json

if TYPE_CHECKING:
    from grinfi_async import Grinfi

__all__ = ["Method", "call", "overview"]

BY_NAME: Final = {f"{operation.resource}.{operation.name}": operation for operation in OPERATIONS.values()}
IN_PYTHON: Final = re.compile(r"`await`\s+it\s+for\s+one\s+page,.*?row\.\s*\Z", re.DOTALL)
PAGE_SIZE: Final = 100
PLAIN: Final = re.compile(r"-?[0-9]+|true|false|null")
FILTER_TYPES: Final = {get_args(part)[0] if get_origin(part) is Annotated else part for part in get_args(Filter)}
SEQUENCES: Final = (list, Sequence, Iterable)


class Method:
    """The method of a resource that calls an operation."""

    def __init__(self, name: str) -> None:
        """Find the method by `resource.method`, or by the id of the operation."""
        found = BY_NAME.get(name) or OPERATIONS.get(name)
        if found is None:
            raise InvalidArgumentError("OPERATION", f"unknown: {name!r}; {did_you_mean(name, BY_NAME, most=3)}")
        self.operation: Operation = found
        module, resource = RESOURCES[found.resource]
        self._function: Any = getattr(getattr(import_module(module), resource), found.name)
        self._types = get_type_hints(self._function)
        self.parameters = {
            name: parameter
            for name, parameter in inspect.signature(self._function).parameters.items()
            if name != "self" and parameter.kind is not parameter.VAR_KEYWORD
        }

    @property
    def name(self) -> str:
        return f"{self.operation.resource}.{self.operation.name}"

    @property
    def has_pages(self) -> bool:
        return get_origin(self._types["return"]) is AsyncPaginator

    @property
    def documentation(self) -> str:
        return inspect.getdoc(self._function) or ""

    @property
    def summary(self) -> str:
        """What the operation does, in a line."""
        return " ".join(self.documentation.partition("\n\n")[0].split())

    def help(self) -> str:
        """What the operation does, and its arguments with their types."""
        # Search these headings from the end: texts of the API, which come before them, may have the same headings.
        text = self.documentation
        text = text.rpartition("\n\nRaises:\n")[0] or text
        text = IN_PYTHON.sub("With --all every row, as JSON Lines.", text)
        if self.parameters:
            text, _, rest = text.rpartition("\n\nArgs:\n")
            arguments, apart, returns = rest.partition("\n\n")
            arguments = re.sub(r"(?m)^    (\w+):( |$)", self._with_kind, arguments)
            text = f"{text}\n\nArguments:\n{arguments}{apart}{returns}"
        return f"Usage: grinfi call {self.name} [--arg NAME=VALUE]... [--json OBJECT]\n\n{text}"

    def _with_kind(self, entry: re.Match[str]) -> str:
        name = entry[1]
        if name not in self.parameters:
            return entry[0]
        required = " (required)" if self.parameters[name].default is inspect.Parameter.empty else ""
        return f"    {name}: {self._kind(name).label}{required}" + ("\n        " if entry[2] else "")

    def arguments(self, given: Sequence[str], document: str | None) -> dict[str, Any]:
        """The arguments from `--arg NAME=VALUE` and `--json OBJECT`."""
        values: dict[str, Any] = {}
        for name, value in _json_object(document).items():
            values[name] = self._known(name).of_json(value)
        texts: dict[str, list[str]] = {}
        for text in given:
            name, equals, value = text.partition("=")
            if not equals:
                raise InvalidArgumentError("--arg", f"write NAME=VALUE, not {text!r}")
            texts.setdefault(name, []).append(value)
        for name, several in texts.items():
            values[name] = self._known(name).of_texts(several)
        for name, parameter in self.parameters.items():
            if name not in values and parameter.default is parameter.empty:
                raise InvalidArgumentError(name, f"is required by {self.name}; pass --arg {name}=…")
        return values

    def _kind(self, name: str) -> _Kind:
        return _Kind(name, self._types[name])

    def _known(self, name: str) -> _Kind:
        if name not in self.parameters:
            known = ", ".join(self.parameters) or "none"
            hint = did_you_mean(name, self.parameters, most=3)
            raise InvalidArgumentError(name, f"{self.name} has no such argument; {hint} (it has: {known})")
        return self._kind(name)


class _Kind:
    """The values that an argument takes, by its type."""

    def __init__(self, name: str, annotation: Any) -> None:
        self.name = name
        types = _alternatives(annotation)
        sequence = next((part for part in types if get_origin(part) in SEQUENCES), None)
        self.is_list = sequence is not None
        self.types = _alternatives(get_args(sequence)[0]) if self.is_list else types
        """Types of the value; for a list, of its items."""
        self.choices = [choice for part in self.types if get_origin(part) is Literal for choice in get_args(part)]
        self.is_file = bytes in self.types
        self.moment = next((part for part in (datetime, date) if part in self.types), None)
        self.action = next((part for part in (ContactAction, CompanyAction) if part in self.types), None)
        self.is_text = any(part in (str, UUID) for part in self.types) or any(
            isinstance(it, str) for it in self.choices
        )
        self.is_filter = set(self.types) >= FILTER_TYPES

    @property
    def label(self) -> str:
        """The kind of value, for help texts."""
        if self.is_file:
            return "file, as @PATH"
        if self.moment is not None:
            return "date" if self.moment is date else "time with its zone"
        if self.action is not None:
            return f'JSON, as {{"type": …, "payload": {{…}}}}, with a type of {", ".join(self.action.constructors())}'
        if self.is_filter:
            return "FIELD=VALUE, as for `grinfi export --filter`, or JSON"
        label = {str: "text", int: "integer", bool: "true or false"}.get(self.types[0], "JSON")
        if self.choices and bool not in self.types:
            label = " | ".join(map(str, self.choices))
        return f"list of {label}" if self.is_list else label

    def of_texts(self, texts: Sequence[str]) -> Any:
        """The value of `--arg` options; several are a list, or the conditions of a filter."""
        where = f"--arg {self.name}"
        if self.is_filter and texts[0][:1] not in ("{", "@"):
            return read_filter(where, texts)
        if self.is_list and (len(texts) > 1 or texts[0][:1] not in ("[", "@")):
            return [self._of_text(where, text) for text in texts]
        if len(texts) > 1:
            raise InvalidArgumentError(where, "is given twice, but is not a list")
        return self.of_json(read_json(where, _content(texts[0]))) if self.is_list else self._of_text(where, texts[0])

    def _of_text(self, where: str, text: str) -> Any:
        if self.is_file or self.is_text or self.moment:
            return self.of_json(text)
        if self.types[0] in (int, bool) and not PLAIN.fullmatch(text):
            raise InvalidArgumentError(where, f"must be {self.label}, not {text!r}")
        return self.of_json(read_json(where, _content(text)))

    def of_json(self, value: Any) -> Any:
        """The value of a JSON value. Everything else is checked by the method itself."""
        if self.is_file:
            if not isinstance(value, str) or value[:1] != "@" or len(value) == 1:
                raise InvalidArgumentError(self.name, "is a file; pass it as @PATH")
            return value[1:]
        if self.moment is not None and isinstance(value, str):
            try:
                return self.moment.fromisoformat(value)
            except ValueError as error:
                raise InvalidArgumentError(self.name, f"{error}; write 2026-01-31T12:00:00Z or 2026-01-31") from None
        return value if self.action is None else self.action.from_json(self.name, value)


def _alternatives(annotation: Any) -> list[Any]:
    """The types of a union, without Unset and None."""
    parts = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    return [part for part in parts if part not in (Unset, type(None))]


def _content(text: str) -> str:
    """The text itself, or the content of a file (`@PATH`) or stdin (`-`)."""
    if text == "-":
        return sys.stdin.read()
    if not text.startswith("@"):
        return text
    with open(text[1:], encoding="utf-8") as file:
        return file.read()


def _json_object(document: str | None) -> dict[str, Any]:
    if document is None:
        return {}
    value = read_json("--json", _content(document))
    if not isinstance(value, dict):
        raise InvalidArgumentError("--json", 'must be an object of arguments, such as {"limit": 5}')
    return cast("dict[str, Any]", value)


async def call(grinfi: Grinfi, method: Method, arguments: dict[str, Any], writer: Writer, *, all_rows: bool) -> None:
    """Call the method, and write its answer: the value or one page, or all rows."""
    if all_rows and "limit" in method.parameters:
        arguments = {"limit": PAGE_SIZE, **arguments}
    if all_rows and not method.has_pages:
        raise InvalidArgumentError("--all", f"{method.name} returns one value, not pages; remove --all")
    answer = getattr(getattr(grinfi, method.operation.resource), method.operation.name)(**arguments)
    if all_rows:
        await writer.write_pages(answer.pages())
        return
    value = await answer
    if isinstance(value, bytes):  # a file, written unchanged
        writer.out.buffer.write(value)
    else:
        writer.write(value)


def overview() -> str:
    """The names of all operations, by resource."""
    methods: dict[str, list[str]] = {}
    for operation in OPERATIONS.values():
        methods.setdefault(operation.resource, []).append(operation.name)
    return "\n".join(f"  {resource}: {', '.join(sorted(names))}" for resource, names in sorted(methods.items()))
