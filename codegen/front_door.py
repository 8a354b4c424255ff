"""What the hand-written layer offers, learnt from its source: codegen imports no runtime code."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path

from .errors import CodegenError

PACKAGE = "grinfi_overrides"


@dataclass(frozen=True)
class FrontDoor:
    """Names that `grinfi_async` passes on from the hand-written layer."""

    public: tuple[str, ...] = ()
    corrected: dict[str, str] = field(default_factory=dict[str, str])
    """Resource -> module whose class replaces the generated one."""


def read_front_door(source_root: Path) -> FrontDoor:
    """Read `__all__` of the hand-written package, and which resources it corrects."""
    package = source_root / PACKAGE
    init = package / "__init__.py"
    try:
        tree = ast.parse(init.read_text("utf-8"))
    except OSError as error:
        raise CodegenError(f"Cannot read {init}: {error.strerror}.") from error
    public: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(it, ast.Name) and it.id == "__all__" for it in node.targets):
            public = ast.literal_eval(node.value)
    corrected = {
        path.stem: f"{PACKAGE}.resources.{path.stem}"
        for path in sorted((package / "resources").glob("*.py"))
        if not path.stem.startswith("_")
    }
    return FrontDoor(tuple(sorted(public)), corrected)
