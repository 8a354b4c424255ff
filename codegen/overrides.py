"""The names in the hand-written packages, read from their source: codegen imports no runtime code."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from .errors import CodegenError

PACKAGE = "grinfi_overrides"
SUPPORT = "grinfi_support"
PACKAGES = {"overrides": PACKAGE, "integrations": "grinfi_integrations", "support": SUPPORT}
"""Source root -> the hand-written package in it, which `grinfi_async` builds on."""
ABOVE = ("grinfi_bulk", "grinfi_toolkit")
"""The packages above `grinfi_async`."""
FACADES = {"webhooks": ("grinfi_toolkit.webhooks", "toolkit/grinfi_toolkit/webhooks/__init__.py")}
"""Module of `grinfi_async` -> the package above whose names it exports (imported at first use), and its source."""
CLIENTS = {"BaseClient", "ListingClient"}
MIXIN = "Mixin"


class Attachment(NamedTuple):
    """A property of the client from a package above it, imported at its first use."""

    name: str
    module: str
    class_name: str
    text: str


ATTACHMENTS = (
    Attachment(
        "bulk",
        "grinfi_bulk",
        "Bulk",
        'Jobs of many calls: `await grinfi.bulk.run(grinfi.contacts.upsert, rows, journal="import.journal")`.',
    ),
    Attachment(
        "inbox",
        "grinfi_toolkit.inbox",
        "Inbox",
        "Unanswered and new conversations: `await grinfi.inbox.unanswered()`.",
    ),
    Attachment(
        "reports",
        "grinfi_toolkit.reports",
        "Reports",
        'Reports that say what they cover: `print(await grinfi.reports.senders(by="week"))`.',
    ),
)


@dataclass(frozen=True)
class Mixin:
    """A hand-written base class of a generated resource."""

    module: str
    name: str


@dataclass(frozen=True)
class Overrides:
    """The hand-written names that generated code can use."""

    public: Mapping[str, str] = field(default_factory=dict[str, str])
    """Public name -> the module it comes from."""
    corrections: Mapping[str, str] = field(default_factory=dict[str, str])
    """Function that `x-correction` can name -> its module."""
    mixins: Mapping[str, Mixin] = field(default_factory=dict[str, Mixin])
    """Resource -> its hand-written base class."""
    attributes: frozenset[str] = frozenset()
    """Attributes of the client besides resources."""
    facades: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    """Module -> exported name -> the package it comes from."""


def read_overrides(root: Path) -> Overrides:
    """Read the hand-written packages of a repository."""
    exports = {
        name: f"{each}.{module}"
        for folder, each in PACKAGES.items()
        for module, names in _constant(root / folder / each / "__init__.py", "EXPORTS").items()
        for name in names
    }
    corrections = {
        node.name: f"{SUPPORT}.corrections.{path.stem}"
        for path in sorted((root / "support" / SUPPORT / "corrections").glob("[!_]*.py"))
        for node in _parsed(path).body
        if isinstance(node, ast.AsyncFunctionDef) and node.name[0] != "_"
    }
    mixins: dict[str, Mixin] = {}
    for path in sorted((root / "support" / SUPPORT / "mixins").glob("[!_]*.py")):
        for node in _parsed(path).body:
            if isinstance(node, ast.ClassDef) and node.name.endswith(MIXIN):
                mixins[path.stem] = Mixin(f"{SUPPORT}.mixins.{path.stem}", node.name)
    files = (root / "overrides" / PACKAGE / "client.py", root / "support" / SUPPORT / "client.py")
    clients = [node for path in files for node in _parsed(path).body if isinstance(node, ast.ClassDef)]
    return Overrides(
        exports,
        corrections,
        mixins,
        frozenset(each.name for each in ATTACHMENTS).union(
            *(_methods(node) for node in clients if node.name in CLIENTS)
        ),
        {
            module: dict.fromkeys(_constant(root / source, "__all__"), package)
            for module, (package, source) in FACADES.items()
        },
    )


def _parsed(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_text("utf-8"))
    except (OSError, SyntaxError) as error:
        raise CodegenError(f"Cannot read {path}: {error}.") from error


def _methods(node: ast.ClassDef) -> frozenset[str]:
    return frozenset(each.name for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))


def _constant(path: Path, name: str) -> Any:
    for node in _parsed(path).body:
        if isinstance(node, ast.AnnAssign | ast.Assign) and node.value is not None:
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            if ast.unparse(target) == name:
                return ast.literal_eval(node.value)
    raise CodegenError(f"{path} has no {name}.")
