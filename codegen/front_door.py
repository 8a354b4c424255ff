"""What the hand-written layer offers, learnt from its source: codegen imports no runtime code."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path

from .errors import CodegenError

PACKAGE = "grinfi_overrides"
CLIENT = "Grinfi"


@dataclass(frozen=True)
class FrontDoor:
    """Names that `grinfi_async` passes on from the hand-written layer."""

    public: dict[str, str] = field(default_factory=dict[str, str])
    """Public name -> module it comes from."""
    corrected: dict[str, str] = field(default_factory=dict[str, str])
    """Resource -> module whose class replaces the generated one."""
    attributes: frozenset[str] = frozenset()
    """What the client has besides resources."""


def read_front_door(source_root: Path) -> FrontDoor:
    """What the hand-written package says it exports, and which resources it corrects."""
    package = source_root / PACKAGE
    public = {
        name: f"{PACKAGE}.{module}" for module, names in _exports(package / "__init__.py").items() for name in names
    }
    corrected = {
        path.stem: f"{PACKAGE}.resources.{path.stem}"
        for path in sorted((package / "resources").glob("*.py"))
        if not path.stem.startswith("_")
    }
    return FrontDoor(public, corrected, _attributes(package / "client.py"))


def _parsed(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_text("utf-8"))
    except (OSError, SyntaxError) as error:
        raise CodegenError(f"Cannot read {path}: {error}.") from error


def _attributes(path: Path) -> frozenset[str]:
    classes = [node for node in _parsed(path).body if isinstance(node, ast.ClassDef) and node.name == CLIENT]
    return frozenset(
        node.name for it in classes for node in it.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def _exports(path: Path) -> dict[str, list[str]]:
    for node in _parsed(path).body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "EXPORTS" and node.value is not None:
            exports: dict[str, list[str]] = ast.literal_eval(node.value)
            return exports
    raise CodegenError(f"{path} has no EXPORTS.")
