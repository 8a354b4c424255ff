"""From a description to a package: validated, corrected, parsed, planned, rendered, and swapped in."""

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
    """A package that can be written."""

    files: dict[str, bytes]
    plan: Plan
    described: int
    unmatched_actions: tuple[str, ...]
    """Optional overlay actions that found nothing to correct."""
    unused_names: tuple[str, ...]
    """operationIds and models of names.yaml that this edition does not have."""

    @property
    def operations(self) -> int:
        """How many operations the package has."""
        return sum(len(resource.methods) for resource in self.plan.resources)


@dataclass(frozen=True)
class Planned:
    """What will be generated of a description."""

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
    """Correct, parse and name what a description has."""
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
    """Generate the package for a description, in memory; `pinned` are the models of names.yaml, or others."""
    edition = planned(document, step, source, overlay, pinned)
    step("Rendering")
    files = render(edition.plan, edition.overrides, edition.environment)
    unused = (*sorted(load_names(NAMES).keys() - set(edition.described)), *edition.unused_models)
    package = Package(files, edition.plan, len(edition.described), edition.unmatched_actions, unused)
    if package.operations != package.described:
        raise CodegenError(f"Only {package.operations} of {package.described} operations would be in the package.")
    return package


def differences(package: Package, folder: Path) -> list[str]:
    """How the package on disk differs: a line for each file."""
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
    """Put the package in place of what stands at `output`; if that fails, the old one stays."""
    output = output.absolute()
    try:
        if output.exists() and not _replaceable(output):
            raise CodegenError(f"{output} is not a generated package; it will not be overwritten.")
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
    """Whether this is an empty folder, or a package that was generated."""
    if not output.is_dir():
        return False
    init = output / "__init__.py"
    return not any(output.iterdir()) or (init.is_file() and init.read_bytes().startswith(HEADER.encode()))
