"""The result of a comparison, as data and in words."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

LISTED_OPERATIONS = 5


@dataclass(frozen=True, order=True, slots=True)
class Change:
    """One fact about one place of an operation."""

    where: str
    what: str
    breaking: bool


@dataclass(frozen=True, order=True, slots=True)
class Rename:
    """The new operationId of an operation with the same method and path."""

    old: str
    new: str
    breaking: bool = True
    """Whether the method is called by another name."""


@dataclass(frozen=True, order=True, slots=True)
class OperationChange:
    """All changes of one operation, named by its new operationId."""

    operation: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """The changes between two editions that a caller of the SDK notices."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[Rename, ...] = ()
    changed: tuple[OperationChange, ...] = ()
    models: tuple[Rename, ...] = ()
    """Models that were removed; `new` is empty if nothing replaces them."""
    unmet: tuple[str, ...] = ()
    """What the hand-written layer needs and the new edition lacks: nothing can be generated."""
    kept_models: tuple[tuple[str, str], ...] = ()
    """Entries for names.yaml, with which models keep their names: name by rule -> kept name."""

    @property
    def empty(self) -> bool:
        """Whether a caller notices nothing."""
        return not (self.added or self.removed or self.renamed or self.changed or self.models or self.unmet)

    @property
    def breaking(self) -> bool:
        """Whether code that works with the old edition may fail with the new one."""
        return bool(
            self.removed
            or self.models
            or self.unmet
            or any(r.breaking for r in self.renamed)
            or any(c.breaking for o in self.changed for c in o.changes)
        )

    def to_dict(self) -> dict[str, Any]:
        """The difference as plain JSON data."""
        return {
            "added": list(self.added),
            "removed": list(self.removed),
            "renamed": [{"old": r.old, "new": r.new} for r in self.renamed],
            "changed": [
                {
                    "operation": o.operation,
                    "changes": [{"where": c.where, "what": c.what, "breaking": c.breaking} for c in o.changes],
                }
                for o in self.changed
            ],
            "models": [{"old": r.old, "new": r.new or None} for r in self.models],
            "unmet": list(self.unmet),
            "breaking": self.breaking,
        }

    def to_json(self, **more: Any) -> str:
        """The difference as a JSON document, with more beside it."""
        return json.dumps({**self.to_dict(), **more}, indent=2, ensure_ascii=False) + "\n"

    def to_text(self) -> str:
        """The difference for a terminal: breaking changes first, each marked `!`."""
        lines: list[str] = []
        for breaking, heading in ((True, "Breaking changes"), (False, "Other changes")):
            mark = "!" if breaking else " "
            section = [f"{mark} {' '.join(entry)}" for entry in self._whole(breaking)]
            for operation, changes in self._inside(breaking):
                section += [f"{mark} {operation}", *(f"{mark}     {c.where}: {c.what}" for c in changes)]
            lines += [heading, *section, ""] if section else []
        return "\n".join(lines[:-1] or ["No changes."]) + "\n"

    def to_markdown(self) -> str:
        """The difference for a pull request: breaking changes first, then the others, operation by operation."""
        lines: list[str] = []
        for breaking, heading in ((True, "### Breaking changes"), (False, "### Other changes")):
            section = [f"- {_sentence(entry)}" for entry in self._whole(breaking)]
            for operation, changes in self._inside(breaking):
                section += [f"- `{operation}`", *(f"  - `{c.where}` {_escape(c.what)}" for c in changes)]
            lines += [heading, "", *section, ""] if section else []
        return "\n".join(lines[:-1] or ["No changes."]) + "\n"

    def changelog_lines(self, *, breaking: bool) -> list[str]:
        """Short bullets for a changelog; a change that several operations share is listed once."""
        shared: dict[Change, list[str]] = {}
        for operation, changes in self._inside(breaking):
            for change in changes:
                shared.setdefault(change, []).append(operation)
        lines = [f"- {_sentence(entry)}" for entry in self._whole(breaking)]
        for change in sorted(shared):
            names = [f"`{name}`" for name in shared[change][:LISTED_OPERATIONS]]
            rest = len(shared[change]) - len(names)
            among = ", ".join(names) + (f" and {rest} more" if rest else "")
            place = "" if change.where == "operation" else f"`{change.where}` "
            lines.append(f"- Changed {among}: {place}{_escape(change.what)}.")
        return lines

    def _whole(self, breaking: bool) -> list[tuple[str, ...]]:
        """Changes of whole operations, in words; each second item is an operationId."""
        if not breaking:
            whole: list[tuple[str, ...]] = [("Added", name) for name in self.added]
        else:
            whole = [("Removed", name) for name in self.removed]
            whole += [("Renamed the model", r.old, "to", r.new) for r in self.models if r.new]
            whole += [("Removed the model", r.old) for r in self.models if not r.new]
            whole += [(f"Cannot be generated: {it.rstrip('.')}",) for it in self.unmet]
        return whole + [("Renamed", r.old, "to", r.new) for r in self.renamed if r.breaking is breaking]

    def _inside(self, breaking: bool) -> list[tuple[str, list[Change]]]:
        """Operations with their changes of one kind."""
        chosen = ((o.operation, [c for c in o.changes if c.breaking is breaking]) for o in self.changed)
        return [(operation, changes) for operation, changes in chosen if changes]


def _sentence(entry: tuple[str, ...]) -> str:
    """`Renamed`, x, `to`, y as a sentence, the names as code."""
    return " ".join(f"`{word}`" if i % 2 else word for i, word in enumerate(entry)) + "."


def _escape(text: str) -> str:
    """Text, escaped for Markdown."""
    return re.sub(r"([\\`*<])", r"\\\1", text)
