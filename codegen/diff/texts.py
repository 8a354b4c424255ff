"""Texts that changed between two editions. They are only for people: no code depends on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

from codegen.diff.description import METHODS, as_list, as_mapping

TEXTS: Final = ("summary", "description")
DATA: Final = ("default", "enum", "example", "value")
"""Keys with data, in which `description` is not a text."""
LEFT_OUT: Final = ("content", "schema", "properties", "application/json")
"""Parts of a place that are not shown."""

LISTED: Final = 5

Place: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextChanges:
    """Texts of parts that both editions have, which differ in more than line breaks."""

    total: int
    places: tuple[Place, ...]
    """Their places: an operation or a part of the description, and the path from there."""

    def groups(self) -> dict[str, list[str]]:
        """Operation, schema or other part -> its texts that changed."""
        groups: dict[str, list[str]] = {}
        for owner, *way in self.places:
            shown = [part for part in way if part not in LEFT_OUT]
            if len(shown) > 1 and shown[-1] == "description":
                shown.pop()
            groups.setdefault(owner, []).append(".".join(shown))
        return groups

    def to_dict(self) -> dict[str, Any]:
        """The changes as plain JSON data."""
        return {"total": self.total, "changed": len(self.places), "places": self.groups()}

    def to_text(self) -> str:
        """The changes for a terminal: how many, and which."""
        lines = [f"  {owner}: {', '.join(ways)}" for owner, ways in self.groups().items()]
        return "\n".join([f"{len(self.places)} of {self.total} texts changed", *lines]) + "\n"

    def to_markdown(self) -> str:
        """The changes for a pull request."""
        lines = [f"- `{owner}`: {', '.join(f'`{way}`' for way in ways)}" for owner, ways in self.groups().items()]
        return "\n".join([f"{len(self.places)} of {self.total} texts changed.", "", *lines]) + "\n"

    def changelog_lines(self) -> list[str]:
        """A bullet for a changelog, if any text changed."""
        owners = [f"`{owner}`" for owner in self.groups()]
        rest = len(owners) - LISTED
        among = ", ".join(owners[:LISTED]) + (f" and {rest} more" if rest > 0 else "")
        return [f"- Changed {len(self.places)} of {self.total} texts: {among}."] if owners else []


def compare_texts(old: Mapping[str, Any], new: Mapping[str, Any]) -> TextChanges:
    """Compare the descriptions and summaries of two parsed OpenAPI descriptions."""
    pairs = list(_texts(old, new, ()))
    changed = [place for place, before, after in pairs if before != after]
    return TextChanges(len(pairs), tuple(_named(place, new) for place in changed))


def _texts(old: object, new: object, place: Place, named: bool = False) -> Iterator[tuple[Place, list[str], list[str]]]:
    """All texts of parts that both have: place, and the words of both.

    `named` means that the keys are names of properties.
    """
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        before, after = as_mapping(cast("object", old)), as_mapping(cast("object", new))
        for key in {**before, **after}:
            old_value, new_value = before.get(key, ""), after.get(key, "")
            if not named and key in TEXTS and isinstance(old_value, str) and isinstance(new_value, str):
                yield (*place, key), old_value.split(), new_value.split()
            elif key in before and key in after and (named or key not in DATA):
                yield from _texts(old_value, new_value, (*place, str(key)), key == "properties" and not named)
    elif isinstance(old, list) and isinstance(new, list):
        known = {_label(item, index): item for index, item in enumerate(as_list(cast("object", old)))}
        for index, item in enumerate(as_list(cast("object", new))):
            label = _label(item, index)
            yield from _texts(known.get(label), item, (*place, label))


def _label(item: object, index: int) -> str:
    """The name of an item in a list: that of a parameter or tag, otherwise its position."""
    return str(as_mapping(item).get("name", index))


def _named(place: Place, document: Mapping[str, Any]) -> Place:
    """A place, beginning with the part that a reader searches for."""
    match place:
        case ("paths", path, method, *way) if method in METHODS:
            operation = as_mapping(as_mapping(as_mapping(document["paths"])[path])[method])
            return (str(operation.get("operationId") or f"{method.upper()} {path}"), *way)
        case ("components", kind, name, *way):
            return (f"{kind}/{name}", *way)
        case ("tags", name, *way):
            return (f"tag {name}", *way)
        case _:
            return place
