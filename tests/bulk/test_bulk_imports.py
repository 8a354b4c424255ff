"""Bulk jobs use no private name of the layers below."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "bulk" / "grinfi_bulk"
PRIVATE = re.compile(r"_(?!_|asdict)\w+")


def private_uses(tree: ast.AST) -> Iterator[str]:
    """The private names of this project that a module uses."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if PRIVATE.fullmatch(node.attr) and node.value.id not in {"self", "cls"}:
                yield f"{node.value.id}.{node.attr}"
            continue
        else:
            continue
        ours = (name for name in names if name.startswith("grinfi_"))
        yield from (name for name in ours if any(PRIVATE.fullmatch(part) for part in name.split(".")))


def test_no_private_name_is_used() -> None:
    files = list(PACKAGE.rglob("*.py"))
    assert len(files) > 20
    assert {name: path.name for path in files for name in private_uses(ast.parse(path.read_text("utf-8")))} == {}


def test_the_check_finds_a_private_name() -> None:
    code = "from grinfi_overrides.client import _x\nimport grinfi_async._generated\ngrinfi._transport\nself._own"
    assert set(private_uses(ast.parse(code))) == {
        "grinfi_overrides.client._x",
        "grinfi_async._generated",
        "grinfi._transport",
    }
