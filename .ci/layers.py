"""Check the direction of imports, find circles, and keep the hand-written core small. Part of `make lint`.

The budgets count lines of code: comments, docstrings and blank lines are free, so that explaining costs nothing.
"""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
SOURCES = {
    "grinfi_overrides": ROOT / "overrides" / "grinfi_overrides",
    "grinfi_integrations": ROOT / "integrations" / "grinfi_integrations",
    "grinfi_support": ROOT / "support" / "grinfi_support",
    "grinfi_async": ROOT / "grinfi_async",
    "grinfi_bulk": ROOT / "bulk" / "grinfi_bulk",
    "grinfi_toolkit": ROOT / "toolkit" / "grinfi_toolkit",
    "grinfi_bulk.cli": ROOT / "bulk" / "grinfi_bulk" / "cli",
    "grinfi_sandbox": ROOT / "sandbox" / "grinfi_sandbox",
    "codegen": ROOT / "codegen",
}
BELOW = {
    "grinfi_overrides": set[str](),
    "grinfi_integrations": {"grinfi_overrides"},
    "grinfi_support": {"grinfi_overrides"},
    "grinfi_async": {"grinfi_overrides", "grinfi_integrations", "grinfi_support"},
    "grinfi_bulk": {"grinfi_async", "grinfi_overrides", "grinfi_support"},
    "grinfi_toolkit": {"grinfi_bulk", "grinfi_async", "grinfi_overrides", "grinfi_support"},
    "grinfi_bulk.cli": {
        *("grinfi_toolkit", "grinfi_bulk", "grinfi_async"),
        *("grinfi_overrides", "grinfi_support", "grinfi_sandbox"),
    },
    "grinfi_sandbox": set[str](),
    "codegen": set[str](),
}
"""Layer -> the layers it may import. `grinfi_sandbox` and `codegen` are separate."""
ALLOWED = {
    ("grinfi_async._client", "grinfi_bulk"),  # the client offers jobs as `grinfi.bulk`
    ("grinfi_async._client", "grinfi_toolkit.reports"),
    ("grinfi_async._client", "grinfi_toolkit.inbox"),
    ("grinfi_async._client", "grinfi_toolkit.profiles"),
    ("grinfi_async.webhooks", "grinfi_toolkit.webhooks"),
    *(
        (f"grinfi_overrides.{importer}", f"grinfi_integrations.{module}")  # what another library asks for, or is
        for importer, *loaded in (
            ("http_libraries", "aiohttp_connections", "httpx2_connections", "own_senders"),
            ("rate_limit", "lane_adapter"),
            ("runtime.pages", "html", "pydantic_schemas", "records"),
            ("runtime.models", "dataclass_view", "html", "pydantic_schemas"),
            ("runtime.unset", "pydantic_schemas"),
        )
        for module in loaded
    ),
    ("grinfi_sandbox.pytest_plugin", "grinfi_async"),  # one fixture is a client of the sandbox
}
"""Imports against the direction, made when they are first used."""
BUDGETS = {"grinfi_overrides": 3_951, "grinfi_toolkit": 2_672}
"""Lines of code that a package may have. Lower a budget when the package has become smaller; never raise it."""


class Import(NamedTuple):
    """An import: the importer, the imported module, and whether it runs when the importer is loaded."""

    importer: str
    line: int
    module: str
    at_load: bool


def modules() -> dict[str, Path]:
    """Every module of every layer."""
    found: dict[str, Path] = {}
    for layer, folder in SOURCES.items():
        for path in folder.rglob("*.py"):
            parts = [*layer.split("."), *path.relative_to(folder).with_suffix("").parts]
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def layer_of(module: str) -> str | None:
    """The layer that a module belongs to: the longest name that fits."""
    fitting = [layer for layer in SOURCES if module == layer or module.startswith(f"{layer}.")]
    return max(fitting, key=len, default=None)


def imports(name: str, path: Path, known: dict[str, Path]) -> Iterator[Import]:
    """The imports of a module from these layers."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]

    def walk(node: ast.AST, at_load: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                yield from (Import(name, child.lineno, each.name, at_load) for each in child.names)
            elif isinstance(child, ast.ImportFrom):
                above = package.split(".")[: len(package.split(".")) - child.level + 1] if child.level else []
                base = ".".join([*above, *([child.module] if child.module else [])])
                for each in child.names:
                    whole = f"{base}.{each.name}"
                    yield Import(name, child.lineno, whole if whole in known else base, at_load)
            else:
                later = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
                typing = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
                yield from walk(child, at_load and not later and not typing)

    yield from walk(ast.parse(path.read_text("utf-8")), True)


def upward(found: list[Import]) -> Iterator[str]:
    """Imports against the direction."""
    for each in found:
        importer, imported = layer_of(each.importer), layer_of(each.module)
        if importer is None or imported is None or imported == importer or imported in BELOW[importer]:
            continue
        if (each.importer, each.module) not in ALLOWED or each.at_load:
            yield f"{each.importer}:{each.line} imports {each.module}; {importer} may import {sorted(BELOW[importer])}"


def circles(found: list[Import]) -> Iterator[str]:
    """Modules that load each other."""
    edges: dict[str, set[str]] = {}
    for each in found:
        if each.at_load and layer_of(each.module) is not None and each.module != each.importer:
            edges.setdefault(each.importer, set()).add(each.module)
    done: set[str] = set()

    def visit(module: str, way: list[str]) -> Iterator[str]:
        if module in way:
            yield "circle: " + " -> ".join([*way[way.index(module) :], module])
        elif module not in done:
            for other in sorted(edges.get(module, ())):
                yield from visit(other, [*way, module])
            done.add(module)

    for module in sorted(edges):
        yield from visit(module, [])


def lines_of_code(path: Path) -> int:
    """Lines that hold code, so none that is blank, or only a comment, or part of a docstring."""
    text = path.read_text("utf-8")
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type != tokenize.COMMENT and token.string.strip():
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        # A string that is a statement of its own: a docstring, or the text under an attribute.
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            lines.difference_update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(lines)


def main() -> int:
    """Print the problems; return 1 if there are any."""
    known = modules()
    found = [each for name, path in known.items() for each in imports(name, path, known)]
    wrong = [*upward(found), *circles(found)]
    sizes: list[str] = []
    for package, budget in BUDGETS.items():
        lines = sum(map(lines_of_code, SOURCES[package].rglob("*.py")))
        sizes.append(f"{package} has {lines:,} of {budget:,} lines of code")
        if lines > budget:
            wrong.append(
                f"{package} has {lines:,} lines of code, {lines - budget:,} more than its budget of {budget:,}"
            )
    print("\n".join(wrong) or f"Imports go one way; {', '.join(sizes)}.")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
