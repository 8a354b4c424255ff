"""Generates the package from a description.

openapi.yaml
    overlay.py          correct it: what the description gets wrong or leaves out (overlay.yaml)
    description.py      validate it
    normal.py           one form for everything that can be written in several ways
    parsing.py          openapi-python-client finds the types of values
    plan.py             names, arguments, answers, models: a `Plan`, independent of Python source
    render.py           Jinja templates write the modules, ruff formats them
    write               the new folder replaces the old one with two renames
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment

from .description import Document, operations
from .edition import NAMES, ROOT, correct
from .elements import Plan
from .errors import CodegenError
from .modules import RESERVED_CLASSES
from .names import load_models, load_names
from .overrides import Overrides, read_overrides
from .parsing import parse
from .plan import Planner
from .render import HEADER, render
from .schemas import mark_any_of


@dataclass(frozen=True)
class Package:
    """A generated package, in memory."""

    files: dict[str, bytes]
    plan: Plan
    described: int
    unmatched_actions: tuple[str, ...]
    """Optional overlay actions without a target in this edition."""
    unused_names: tuple[str, ...]
    """operationIds and models of names.yaml that this edition does not have."""

    @property
    def operations(self) -> int:
        """Number of operations in the package."""
        return sum(len(resource.methods) for resource in self.plan.resources)


@dataclass(frozen=True)
class Planned:
    """The plan of a package, and what rendering needs besides."""

    plan: Plan
    described: tuple[str, ...]
    """The operations of the description, by their ids."""
    unmatched_actions: tuple[str, ...]
    unused_models: tuple[str, ...]
    """Models of names.yaml that this edition does not have."""
    overrides: Overrides
    environment: Environment


def planned(
    document: Document,
    step: Callable[[str], None] = lambda _: None,
    source: str = "The description",
    overlay: Path | None = None,
    pinned: Mapping[str, str] | None = None,
) -> Planned:
    """Correct and parse a description, and plan the package."""
    step("Applying the overlay")
    corrected, unmatched = correct(document, source, overlay)
    corrected = mark_any_of(corrected)
    step("Parsing with openapi-python-client")
    project = parse(corrected)
    step("Planning names")
    overrides = read_overrides(ROOT)
    reserved = RESERVED_CLASSES | set(overrides.public)
    pinned = load_models(NAMES) if pinned is None else pinned
    planner = Planner(corrected, project.openapi, load_names(NAMES), reserved, overrides, pinned)
    plan = planner.plan()
    described = tuple(operation.id for operation in operations(corrected))
    unused = tuple(sorted(pinned.keys() - planner.used_pins.keys()))
    return Planned(plan, described, tuple(unmatched), unused, overrides, project.env)


def build(
    document: Document,
    step: Callable[[str], None] = lambda _: None,
    source: str = "The description",
    overlay: Path | None = None,
    pinned: Mapping[str, str] | None = None,
) -> Package:
    """Generate the package for a description, in memory; `pinned` replaces the models of names.yaml."""
    edition = planned(document, step, source, overlay, pinned)
    step("Rendering")
    files = render(edition.plan, edition.overrides, edition.environment)
    unused = (*sorted(load_names(NAMES).keys() - set(edition.described)), *edition.unused_models)
    package = Package(files, edition.plan, len(edition.described), edition.unmatched_actions, unused)
    if package.operations != package.described:
        raise CodegenError(f"Only {package.operations} of {package.described} operations would be in the package.")
    return package


def differences(package: Package, folder: Path) -> list[str]:
    """The differences of the package on disk: a line for each file."""
    present = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    lines = [f"{name}: missing" for name in package.files.keys() - present.keys()]
    lines += [f"{name}: not generated" for name in present.keys() - package.files.keys()]
    lines += [
        f"{name}: differs"
        for name in package.files.keys() & present.keys()
        if present[name].read_bytes() != package.files[name]
    ]
    return sorted(lines)


def write(package: Package, output: Path) -> None:
    """Replace the package at `output`; if that fails, the old one is kept.

    The files are written to a folder beside `output`, so that only two renames are left: the old folder away, the new
    one to its place. If the second one fails, the first is undone.
    """
    output = output.absolute()
    try:
        if output.exists() and not _replaceable(output):
            raise CodegenError(f"{output} is not a generated package, so it is not overwritten; pass another --output.")
        output.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{output.name}-", dir=output.parent))
    except OSError as error:
        raise CodegenError(f"Cannot write {output}: {error.strerror}.") from error
    try:
        fresh, old = scratch / "new", scratch / "old"
        for name, content in package.files.items():
            target = fresh / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        try:
            if output.exists():
                output.rename(old)
            fresh.rename(output)
        except BaseException:
            if old.exists() and not output.exists():
                old.rename(output)
            raise
    except OSError as error:
        raise CodegenError(f"Cannot write {output}: {error.strerror}.") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _replaceable(output: Path) -> bool:
    """Whether this is an empty folder, or a generated package."""
    if not output.is_dir():
        return False
    init = output / "__init__.py"
    return not any(output.iterdir()) or (init.is_file() and init.read_bytes().startswith(HEADER.encode()))
