"""Markdown from the docstrings, signatures and sources of public objects."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from html import escape
from itertools import zip_longest
from pathlib import Path
from sys import modules
from textwrap import dedent, indent
from typing import Any, Literal, NamedTuple, get_args, get_origin

ROOT = Path(__file__).parent.parent
ROOTS = ("overrides", "support", "integrations", "bulk", "toolkit")
SECTIONS = {"Args", "Attributes", "Returns", "Raises", "Yields"}


class Docstring(NamedTuple):
    """A docstring in Google's style."""

    text: str
    args: dict[str, str]
    returns: str
    raises: dict[str, str]
    attributes: dict[str, str]


def parse(docstring: str | None) -> Docstring:
    """Take a docstring apart."""
    parts: dict[str, list[str]] = {"": []}
    section = ""
    for line in inspect.cleandoc(docstring or "").splitlines():
        if line.removesuffix(":") in SECTIONS and line.endswith(":"):
            section = line[:-1]
        elif section and line and not line.startswith(" "):
            section = ""
        parts.setdefault(section, [])
        if line.removesuffix(":") != section or not section:
            parts[section].append(line)
    returned = dedent("\n".join([*parts.get("Returns", []), *parts.get("Yields", [])])).strip()
    args, raises, attributes = (entries(parts.get(it, [])) for it in ("Args", "Raises", "Attributes"))
    return Docstring(listed(parts[""]), args, returned, raises, attributes)


def entries(lines: list[str]) -> dict[str, str]:
    """`name: text`, with further lines of the text below."""
    found: dict[str, str] = {}
    for block in re.split(r"\n(?=\S)", dedent("\n".join(lines)).strip()):
        name, separator, text = block.partition(":")
        if separator:
            first, _, rest = text.strip().partition("\n")
            found[name.strip()] = listed([first, *dedent(rest).splitlines()])
    return found


def listed(lines: list[str]) -> str:
    """Markdown whose lists begin after an empty line, and end with one; Markdown needs both."""
    result: list[str] = []
    for line in lines:
        before = result[-1] if result else ""
        starts = re.match(r"\s*([-*]|\d+\.) ", line) and not re.match(r"\s*([-*]|\d+\.) |\s+\S", before)
        ends = line[:1].isalnum() and re.match(r"([-*]|\d+\.) ", before)
        if before and (starts or ends):
            result.append("")
        result.append(line)
    return "\n".join(result).strip()


def annotated(annotation: Any) -> str:
    """A type as it is written, without `Unset`, which every argument takes that can be left out."""
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__forward_arg__", None)
    text = text or inspect.formatannotation(annotation)
    return re.sub(r"\s*\|\s*Unset\b|\bUnset\s*\|\s*|builtins\.|grinfi_\w+(\.\w+)*\.", "", text)


def parameters(function: Callable[..., Any], *, bound: bool = True) -> list[inspect.Parameter]:
    """The parameters that a caller passes."""
    found = list(inspect.signature(function).parameters.values())
    return found[1:] if bound and found and found[0].name in ("self", "cls") else found


def signature(name: str, function: Callable[..., Any]) -> str:
    """The signature as code, a line for each parameter if it is long."""
    shown: list[str] = []
    previous: Any = None
    given = parameters(function)
    for it in given:
        if it.kind is it.KEYWORD_ONLY and previous not in (it.KEYWORD_ONLY, it.VAR_POSITIONAL):
            shown.append("*")
        previous = it.kind
        stars = "*" if it.kind is it.VAR_POSITIONAL else "**" if it.kind is it.VAR_KEYWORD else ""
        kind = "" if it.annotation is it.empty else f": {annotated(it.annotation)}"
        default = "" if it.default is it.empty else f"{' = ' if kind else '='}{plain(it.default)}"
        shown.append(f"{stars}{it.name}{kind}{default}")
    returned = inspect.signature(function).return_annotation
    is_class = isinstance(function, type)
    end = "" if is_class or returned is inspect.Signature.empty else f" -> {annotated(returned)}"
    code = getattr(function, "__code__", None)
    prefix = "class " if is_class else "async def " if code and code.co_flags & inspect.CO_COROUTINE else "def "
    whole = f"{name}({', '.join(shown)}){end}"
    if len(whole) > 76:
        whole = f"{name}(\n    " + ",\n    ".join(shown) + f",\n){end}"
    return f"```python\n{prefix}{whole}\n```"


def plain(default: Any) -> str:
    """A default value; objects by their names."""
    text = repr(default)
    return (
        getattr(default, "__qualname__", "...") if text.startswith("<") else re.sub(r"grinfi_\w+(\.\w+)*\.", "", text)
    )


def definitions(pairs: Mapping[str, str], kinds: Mapping[str, str]) -> str:
    """A list of names with their types and texts."""
    lines: list[str] = []
    for name, text in pairs.items():
        is_block = "\n\n" in text or "\n- " in text
        below = f"\n\n{indent(text, '    ')}\n" if is_block else f"<br>{' '.join(text.split())}" if text else ""
        lines.append(f"- `{name}` {kinds.get(name, '')}{below}")
    return "\n".join(lines)


def linked(annotation: Any, namespace: Mapping[str, Any], links: Mapping[str, str]) -> str:
    """A type in Markdown: a name of several values is replaced by them, and public names are linked."""
    text = annotated(annotation)
    for name in set(re.findall(r"\w+", text)):
        choices = get_args(namespace.get(name)) if get_origin(namespace.get(name)) is Literal else ()
        if choices:
            text = re.sub(rf"\b{name}\b", ", ".join(map(repr, choices)).replace("\\", r"\\\\"), text)
    text = re.sub(r"([\[\]*_])", r"\\\1", escape(text, quote=False))
    return f"<code class='kind'>{re.sub(r'[A-Z][A-Za-z]+', lambda it: link(it[0], links), text)}</code>"


def link(name: str, links: Mapping[str, str]) -> str:
    """A name, linked if it has a page."""
    return f"[{name}]({links[name]})" if name in links else name


def explained(function: Callable[..., Any], links: Mapping[str, str], docstring: str | None = None) -> Iterator[str]:
    """The text of a function or class, its arguments, answer and errors."""
    doc = parse(docstring or function.__doc__)
    yield doc.text
    namespace = getattr(function, "__globals__", {})
    if doc.args:
        given = {it.name: it for it in parameters(function)}
        kinds = {name: kind_of(given[name], namespace, links) for name in doc.args if name in given}
        yield f"**Arguments**\n\n{definitions(doc.args, kinds)}"
    if doc.returns:
        returned = inspect.signature(function).return_annotation
        yield f"**Returns** {linked(returned, namespace, links)}<br>{doc.returns}"
    if doc.raises:
        lines = [
            f"- {f'[`{name}`]({links[name]})' if name in links else f'`{name}`'}: {' '.join(text.split())}"
            for name, text in doc.raises.items()
        ]
        yield "**Errors**\n\n" + "\n".join(lines)


def kind_of(parameter: inspect.Parameter, namespace: Mapping[str, Any], links: Mapping[str, str]) -> str:
    """The type of an argument, and whether it is needed."""
    kind = "" if parameter.annotation is parameter.empty else linked(parameter.annotation, namespace, links)
    return kind + (" required" if parameter.default is parameter.empty and "VAR" not in parameter.kind.name else "")


@cache
def sources() -> dict[str, list[tuple[str, ast.ClassDef]]]:
    """Classes by name: their modules and sources. A public class names the package that users import it from, and not
    the file it is in."""
    found: dict[str, list[tuple[str, ast.ClassDef]]] = {}
    for package in ("grinfi_async", *(f"{root}/grinfi_{root}" for root in ROOTS)):
        for path in sorted((ROOT / package).rglob("*.py")):
            module = ".".join(path.relative_to((ROOT / package).parent).with_suffix("").parts)
            for node in ast.parse(path.read_text("utf-8")).body:
                if isinstance(node, ast.ClassDef):
                    found.setdefault(node.name, []).append((module, node))
    return found


def fields(cls: type, links: Mapping[str, str]) -> str:
    """The fields that a class or a class below it declares, with their types and texts."""
    texts: dict[str, str] = {}
    kinds: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        homes = sources().get(base.__name__, []) if base.__module__.startswith("grinfi_") else []
        places = (node.body for module, node in homes if module == base.__module__ or len(homes) == 1)
        body = next(places, list[ast.stmt]())
        for it, below in zip_longest(body, body[1:]):
            if isinstance(it, ast.AnnAssign) and isinstance(it.target, ast.Name) and it.target.id[0] != "_":
                value = below.value if isinstance(below, ast.Expr) else None
                text = inspect.cleandoc(str(value.value)) if isinstance(value, ast.Constant) else ""
                texts[it.target.id] = text
                kinds[it.target.id] = linked(ast.unparse(it.annotation), vars(modules[base.__module__]), links)
    texts |= parse(cls.__doc__).attributes
    return definitions(texts, kinds)
