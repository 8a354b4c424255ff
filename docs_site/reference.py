"""The pages of the reference, made from the package itself."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from pkgutil import iter_modules
from typing import Any, Final, cast, is_typeddict

import grinfi_async
import grinfi_bulk
from grinfi_async import OPERATIONS, RESOURCES, Grinfi, GrinfiError, Model, Operation
from grinfi_async import fields as fields_package
from grinfi_toolkit import dlt_source, inbox, reports, webhooks

from .examples import example
from .render import definitions, explained, fields, linked, parse, signature

RETRIES: Final = {
    "read": "It changes nothing: it is repeated after a lost answer, 502, 503 and 504, and once after 500.",
    "idempotent": "Repeating it does no harm: it is repeated after a lost answer, 502, 503 and 504.",
    "write": "It is **never repeated** after a lost answer or 5xx: the error has `may_have_been_applied=True`.",
}
FILTERS: Final = {"F", "Expression", "ago", "Filter", "Unchecked"}
PAGES: Final = {"AsyncPaginator", "Page", "to_records"}


def resource_class(resource: str) -> type:
    """The class of a resource."""
    module, name = RESOURCES[resource]
    found: type = getattr(importlib.import_module(module), name)
    return found


def methods(cls: type) -> dict[str, Callable[..., Any]]:
    """The public methods of a class, in the order of the source; inherited ones follow."""
    found: dict[str, Callable[..., Any]] = {}
    for base in cls.__mro__:
        if base.__module__.startswith("grinfi_"):
            for name, it in vars(base).items():
                function = getattr(it, "__func__", it)
                if not name.startswith("_") and inspect.isfunction(function) and name not in found:
                    found[name] = function
    return found


@cache
def public_names() -> dict[str, dict[str, Any]]:
    """Page below `reference/` -> the public objects that it explains."""
    known = {name: getattr(grinfi_async, name) for name in grinfi_async.__all__}
    known = {
        name: it for name, it in known.items() if name in FILTERS or inspect.isfunction(it) or isinstance(it, type)
    }
    rest = {name: it for name, it in known.items() if name not in errors() and name not in FILTERS | PAGES}
    toolkit = {
        name: getattr(module, name) for module in (reports, inbox, webhooks, dlt_source) for name in module.__all__
    }
    jobs = {name: getattr(grinfi_bulk, name) for name in grinfi_bulk.__all__}
    return {
        "models.md": {name: it for name, it in rest.items() if is_data(it)},
        "errors.md": errors(),
        "client.md": {"Grinfi": Grinfi, **{name: it for name, it in rest.items() if not is_data(it)}},
        "filters.md": {name: known[name] for name in sorted(FILTERS)},
        "pages.md": {name: known[name] for name in sorted(PAGES)},
        "bulk.md": {"Bulk": grinfi_bulk.Bulk, **{name: it for name, it in jobs.items() if name not in errors()}},
        "toolkit.md": {name: it for name, it in toolkit.items() if name not in errors()},
    }


@cache
def links(above: str = "") -> dict[str, str]:
    """Public name -> where it is explained, seen from `reference/` or below."""
    pages = public_names().items()
    return {name: f"{above}{page}#{name.lower()}" for page, found in pages for name in found if len(name) > 1}


@cache
def errors() -> dict[str, type[Exception]]:
    """The public errors, as a tree from the top."""
    homes = (grinfi_async, grinfi_bulk, webhooks)
    public = {name: getattr(home, name) for home in homes for name in home.__all__}
    found: dict[str, type[Exception]] = {}

    def add(error: type[Exception]) -> None:
        if error.__name__ in public:
            found[error.__name__] = error
        for below in error.__subclasses__():
            add(below)

    add(GrinfiError)
    rest = {name: it for name, it in public.items() if isinstance(it, type) and issubclass(it, Exception)}
    return {**found, **rest}


def resource_page(resource: str) -> str:
    """All methods of a resource."""
    cls = resource_class(resource)
    by_name = {it.name: it for it in OPERATIONS.values() if it.resource == resource}
    found = methods(cls)
    lines = [f"# {resource}\n", parse(cls.__doc__).text, ""]
    lines += [f"- [`{name}`](#{name}): {summary(it)}" for name, it in found.items()]
    for name, it in found.items():
        lines += method_text(resource, name, it, by_name.get(name))
    return "\n".join(lines)


def method_text(resource: str, name: str, method: Callable[..., Any], operation: Operation | None) -> Iterator[str]:
    """A method of a resource: what it sends, how it is called, and what may come of it."""
    yield f"\n## {name} {{ #{name} }}\n"
    if operation:
        yield f"`{operation.method} {operation.path}` <span class='kind'>`{operation.id}`</span>\n"
    yield f"{signature(name, method)}\n"
    route = f"\n{operation.method} {operation.path}" if operation else "\0"
    text, *below = explained(method, links("../"))
    yield text.replace(route, "\n") + "\n"
    yield f'```python title="Example"\n{example(resource, name, method, operation)}\n```\n'
    yield from (f"{it}\n" for it in below)
    if operation:
        yield f"**Retries** {RETRIES[operation.retry]} See [retries](../../limits.md#retries).\n"


def summary(it: Any) -> str:
    """The first sentence of a docstring."""
    paragraph = " ".join((inspect.getdoc(it) or "").partition("\n\n")[0].split())
    return re.split(r"(?<=\.) (?=[A-Z`])", paragraph)[0]


def object_text(name: str, it: Any, depth: int = 2) -> Iterator[str]:
    """A class with its fields and methods, a function, or another value."""
    yield f"\n{'#' * depth} {name} {{ #{name.lower()} }}\n"
    if isinstance(it, type):
        yield from class_text(name, cast("type[Any]", it), depth)
    elif inspect.isfunction(it):
        yield f"{signature(name.rpartition('.')[2], it)}\n"
        yield from (f"{text}\n" for text in explained(it, links()))
    else:
        yield f"{'' if type(it).__module__ == 'typing' else parse(it.__doc__).text}\n"


def class_text(name: str, cls: type[Any], depth: int) -> Iterator[str]:
    """What a class is, how it is made, its fields, properties and methods."""
    is_plain = is_data(cls) or issubclass(cls, Exception)
    is_called = not is_plain and "__init__" in vars(cls)
    if is_called:
        yield f"{signature(name, cls)}\n"
    texts = explained(cls if is_called else empty, links(), cls.__doc__)
    yield from (f"{text}\n" for text in texts)
    yield f"{fields(cls, links())}\n"
    properties = {key: value for key, value in vars(cls).items() if is_shown(key, value)}
    returned = {key: linked(*annotation_of(value), links()) for key, value in properties.items()}
    yield definitions({key: parse(value.__doc__).text for key, value in properties.items()}, returned) + "\n"
    for method, function in methods(cls).items() if not is_plain else ():
        yield from object_text(f"{name}.{method}", function, depth + 1)


def empty() -> None:
    """A class that takes no arguments."""


def is_data(it: Any) -> bool:
    """Whether an object is a model or a mapping with known keys: what counts are its fields."""
    return isinstance(it, type) and (is_typeddict(it) or (issubclass(it, Model) and it is not Model))


def is_shown(name: str, value: Any) -> bool:
    """Whether a member of a class is a property that users read."""
    return not name.startswith("_") and isinstance(value, property | cached_property)


def annotation_of(value: Any) -> tuple[Any, Mapping[str, Any]]:
    """What a property returns, and where its type is looked up."""
    function: Any = value.fget if isinstance(value, property) else value.func
    return inspect.signature(function).return_annotation, getattr(function, "__globals__", {})


def objects_page(title: str, text: str, found: Mapping[str, Any]) -> str:
    """A page with several objects."""
    lines = [
        f"# {title}\n",
        f"{text}\n",
        *(f"- [`{name}`](#{name.lower()}): {summary(it)}" for name, it in found.items()),
    ]
    for name, it in found.items():
        lines += object_text(name, it)
    return "\n".join(lines)


def errors_page() -> str:
    """The tree of errors, and each of them."""

    def tree(error: type[Exception], depth: int) -> Iterator[str]:
        if shown := error.__name__ in known:
            yield f"{'    ' * depth}- [`{error.__name__}`](#{error.__name__.lower()}): {summary(error)}"
        for below in error.__subclasses__():
            yield from tree(below, depth + shown)

    known = errors()
    apart = [name for name, it in known.items() if not issubclass(it, GrinfiError)]
    lines = [
        "# Errors\n",
        "Every error of the SDK is a `GrinfiError`. See [calls, options, errors](../client.md#errors).\n",
    ]
    lines += [
        *dict.fromkeys(tree(GrinfiError, 0)),
        *(f"- [`{name}`](#{name.lower()}): {summary(known[name])}" for name in apart),
    ]
    for name, it in known.items():
        lines += object_text(name, it)
    return "\n".join(lines)


def filters_page(found: Mapping[str, Any]) -> str:
    """The filter language, and which fields each list can be filtered by."""
    lines = [objects_page("Filters", "How filters are written is explained in [filters](../filters.md).", found)]
    lines.append("\n## Fields by list { #fields }\n\n`from grinfi_async.fields import contacts`, and so on.\n")
    for module in sorted(it.name for it in iter_modules(fields_package.__path__)):
        loaded = importlib.import_module(f"grinfi_async.fields.{module}")
        lines.append(f"\n### fields.{module} {{ #fields.{module} }}\n\n{parse(loaded.__doc__).text}\n")
        lines.append(", ".join(f"`{name}`" for name in loaded.__all__))
    return "\n".join(lines)


def index_page() -> str:
    """What the reference has."""
    lines = ["# Reference\n", "Made from the package when this site is built.\n"]
    lines.append("| operations of | |\n|---|---|")
    lines += [f"| [{it}](resources/{it}.md) | {summary(resource_class(it))} |" for it in RESOURCES]
    return "\n".join(lines)


def pages() -> dict[str, str]:
    """Path below `reference/` -> Markdown, for every page but that of the command line."""
    titles = {
        "models.md": ("Models", "What is read and sent. See [models](../models.md)."),
        "client.md": ("Client and options", "See [calls](../client.md), [rate limit and retries](../limits.md)."),
        "pages.md": ("Pages", "See [lists and pages](../pages.md)."),
        "bulk.md": ("Bulk jobs", "See [bulk jobs](../bulk.md)."),
        "toolkit.md": (
            "Reports, inbox, webhooks",
            "See [reports](../reports.md), [the inbox](../inbox.md) and [webhooks](../webhooks.md).",
        ),
    }
    return {
        "index.md": index_page(),
        **{f"resources/{resource}.md": resource_page(resource) for resource in RESOURCES},
        **{page: objects_page(*titles[page], public_names()[page]) for page in titles},
        "errors.md": errors_page(),
        "filters.md": filters_page(public_names()["filters.md"]),
    }
