"""Bulk jobs are made of what users of the SDK can import, and of the way in which this project writes files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import grinfi_async
from grinfi_overrides import custom_fields, linkedin_identity, mass_actions, private_files
from grinfi_overrides.filters import matching
from grinfi_overrides.runtime import suggestions

PACKAGE = Path(__file__).parents[2] / "bulk" / "grinfi_bulk"
PUBLIC = {"grinfi_async"} | {f"grinfi_async.{name}" for name in grinfi_async.__all__}
PROGRAMS = {"grinfi_sandbox.__main__.main"}
"""What `grinfi sandbox` starts."""
SHARED = {
    f"{module.__name__}.{name}"
    for module in (custom_fields, linkedin_identity, mass_actions, matching, private_files, suggestions)
    for name in module.__all__
} | {
    "grinfi_async.resources.contacts.ContactsResource",
    "grinfi_overrides.runtime.codecs.Nullable",
    "grinfi_overrides.runtime.codecs.STRING",
}
PRIVATE = re.compile(r"_(?!_|asdict)\w+")


def uses(tree: ast.AST) -> Iterator[str]:
    """The names of this project that a module uses."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            names = [f"{node.value.id}.{node.attr}"]
            if PRIVATE.fullmatch(node.attr) and node.value.id not in {"self", "cls"}:
                yield f"{node.value.id}.{node.attr}"
        else:
            continue
        yield from (name for name in names if name.startswith("grinfi_"))


def test_only_public_names_are_used() -> None:
    found = {
        name: path.name
        for path in PACKAGE.rglob("*.py")
        for name in uses(ast.parse(path.read_text("utf-8")))
        if name not in PUBLIC | PROGRAMS | SHARED
    }
    assert found == {}
    assert len(list(PACKAGE.rglob("*.py"))) > 20


def test_a_private_name_would_be_found() -> None:
    code = "from grinfi_overrides.client import x\nimport grinfi_async._generated\ngrinfi._transport\nself._own"
    assert set(uses(ast.parse(code))) == {"grinfi_overrides.client.x", "grinfi_async._generated", "grinfi._transport"}
