"""Reads YAML with dates as strings, as in JSON."""

from __future__ import annotations

from typing import Any

import yaml
from yaml.events import AliasEvent, CollectionStartEvent, MappingEndEvent, ScalarEvent, SequenceEndEvent

_BaseLoader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MERGE = "<<"


class _Loader(_BaseLoader):  # type: ignore[valid-type, misc]
    """A YAML loader that leaves dates as strings, as JSON does; the fast one where libyaml is installed."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_yaml(text: str) -> Any:
    """Return the value of a YAML document; a YAMLError says what is wrong with it.

    PyYAML's loaders first make a node of everything, which takes five times as long; here only rare documents need it.
    """
    plain = _read_plain(text)
    return yaml.load(text, _Loader) if plain is None else plain  # noqa: S506 - a SafeLoader


def _read_plain(text: str) -> Any:
    """Return the value of a document without aliases, tags and merged keys, and None for any other."""
    values: list[Any] = []  # events of the collection that is being read
    outer: list[list[Any]] = []  # and of the collections around it
    scalars: dict[str, Any] = {}
    for event in yaml.parse(text, _Loader):
        if isinstance(event, AliasEvent) or getattr(event, "tag", None) or getattr(event, "value", None) == MERGE:
            return None
        if isinstance(event, ScalarEvent):
            value: str = event.value
            if event.implicit[0] and value not in scalars:
                scalars[value] = _scalar(value)
            values.append(scalars[value] if event.implicit[0] else value)
        elif isinstance(event, CollectionStartEvent):
            outer.append(values)
            values = []
        elif isinstance(event, SequenceEndEvent):
            outer[-1].append(values)
            values = outer.pop()
        elif isinstance(event, MappingEndEvent):
            try:
                mapping = dict(zip(values[::2], values[1::2], strict=True))
            except TypeError:  # a key that is a collection
                return None
            values = outer.pop()
            values.append(mapping)
    return values[0] if len(values) == 1 else None


def _scalar(text: str) -> Any:
    """Return the value of a scalar without quotes."""
    resolvers = _Loader.yaml_implicit_resolvers.get(text[:1], ())
    tag = next((tag for tag, pattern in resolvers if pattern.match(text)), None)
    return text if tag is None else _Loader("").construct_object(yaml.ScalarNode(tag, text))  # pyright: ignore
