"""The command line: generate, check, diff, sync."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from .changelog import next_version, with_entries
from .description import fetch, load, parse
from .diff import Difference, TextChanges, compare_texts
from .edition import DEFAULT_OUTPUT, DEFAULT_SPEC, compare_editions, released_version
from .errors import CodegenError
from .names import with_models

if TYPE_CHECKING:
    from .generate import Package

PUBLISHED = "https://api.grinfi.io/_bundle/openapi.yaml"
OUTPUT_HELP = "Folder of the package. With a name other than grinfi_async, its client is still that of grinfi_async."

app = typer.Typer(
    help="Generates grinfi_async from openapi.yaml.", no_args_is_help=True, add_completion=False, rich_markup_mode=None
)
console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


class Format(StrEnum):
    """How a comparison is printed."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


@contextmanager
def failures_shown() -> Generator[None]:
    """Print a `CodegenError` without a traceback, and exit with status 1."""
    try:
        yield
    except CodegenError as error:
        errors.print(str(error), markup=False, style="red")
        raise typer.Exit(1) from error


def build_with_output(source: str) -> Package:
    """Generate in memory, and print each step."""
    from .generate import build  # slow to import, and not needed for a comparison

    started = time.monotonic()
    step(f"Reading {source}")
    package = build(load(source), step, source)
    print_unused(package)
    lines = sum(content.count(b"\n") for content in package.files.values())
    console.print(
        f"Generated {package.operations} of {package.described} operations: {len(package.plan.resources)} resources, "
        f"{len(package.plan.models)} models, {len(package.files)} files, "
        f"{lines:,} lines, in {time.monotonic() - started:.1f} s.",
        markup=False,
    )
    return package


@contextmanager
def replaced(path: Path, content: bytes) -> Generator[None]:
    """Replace the content of a file; if the block fails, the old content is restored."""
    try:
        with tempfile.TemporaryDirectory(prefix=".codegen-", dir=path.absolute().parent) as folder:
            fresh, old = Path(folder) / "new", Path(folder) / "old"
            fresh.write_bytes(content)
            old.write_bytes(path.read_bytes())
            fresh.replace(path)
            try:
                yield
            except BaseException:
                old.replace(path)
                raise
    except OSError as error:
        raise CodegenError(f"Cannot write {path}: {error.strerror}.") from error


def print_unused(package: Package) -> None:
    """Print which overlay actions and names do not apply to this edition."""
    for action in package.unmatched_actions:
        errors.print(f"Overlay action not used: {action}", markup=False, style="yellow")
    if package.unused_names:
        unused = ", ".join(package.unused_names)
        errors.print(f"In names.yaml, but not in this edition: {unused}", markup=False, style="yellow")


def step(text: str) -> None:
    """Print the current step."""
    console.print(f"{text} …", markup=False, style="dim")


@app.command()
def generate(
    spec: Annotated[
        str, typer.Option(help="The OpenAPI description: a file or a URL.", show_default="openapi.yaml")
    ] = str(DEFAULT_SPEC),
    output: Annotated[Path, typer.Option(help=OUTPUT_HELP, show_default="grinfi_async")] = DEFAULT_OUTPUT,
) -> None:
    """Generate the package. If anything fails, the old package is unchanged."""
    from .generate import write

    with failures_shown():
        package = build_with_output(spec)
        write(package, output)
        console.print(f"Wrote {output}.", markup=False, style="green")


@app.command()
def check() -> None:
    """Exit with status 1 if the committed package differs from what openapi.yaml generates."""
    from .generate import differences

    with failures_shown():
        changed = differences(build_with_output(str(DEFAULT_SPEC)), DEFAULT_OUTPUT)
        if changed:
            raise CodegenError(
                f"{DEFAULT_OUTPUT.name} is not what openapi.yaml generates; run `python -m codegen generate`:", changed
            )
        console.print(f"{DEFAULT_OUTPUT.name} is what openapi.yaml generates.", markup=False, style="green")


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="The old description: a file or a URL.")],
    new: Annotated[str, typer.Argument(help="The new description: a file or a URL.")],
    format: Annotated[Format, typer.Option(help="Format of the output.")] = Format.TEXT,
    fail_on_breaking: Annotated[bool, typer.Option(help="Exit with status 1 if a change breaks callers.")] = False,
) -> None:
    """Show what changed between two editions, for code that calls the API through this package."""
    with failures_shown():
        before, after = load(old), load(new)
        difference, texts = compare_editions(before, after, new), compare_texts(before, after)
    typer.echo(rendered(difference, texts, format).rstrip("\n"))
    if fail_on_breaking and difference.breaking:
        raise typer.Exit(1)


def rendered(difference: Difference, texts: TextChanges, format: Format) -> str:
    """A comparison as text."""
    match format:
        case Format.JSON:
            return difference.to_json(texts=texts.to_dict())
        case Format.MARKDOWN:
            report = difference.to_markdown()
            return f"{report}\n### Texts\n\n{texts.to_markdown()}" if texts.places else report
        case Format.TEXT:
            report = difference.to_text()
            return f"{report}\n{texts.to_text()}" if texts.places else report


@app.command()
def sync(
    source: Annotated[str, typer.Argument(help="The new edition: a URL or a file.")] = PUBLISHED,
    spec: Annotated[Path, typer.Option(help="The description to replace.", show_default="openapi.yaml")] = DEFAULT_SPEC,
    output: Annotated[Path, typer.Option(help=OUTPUT_HELP, show_default="grinfi_async")] = DEFAULT_OUTPUT,
) -> None:
    """Take a new edition: show what changes, replace openapi.yaml, generate, and write the changelog.

    If anything fails, nothing changes.
    """
    from .generate import build, write

    with failures_shown():
        step(f"Fetching {source}")
        content = fetch(source)
        document = parse(content, source)
        before = load(str(spec))
        difference, texts = compare_editions(before, document, source), compare_texts(before, document)
        kept = dict(difference.kept_models)
        package = build(document, step, source, pinned=kept)
        typer.echo(rendered(difference, texts, Format.TEXT).rstrip("\n"))
        breaking = difference.changelog_lines(breaking=True)
        other = [*difference.changelog_lines(breaking=False), *texts.changelog_lines()]
        entries = {heading: lines for heading, lines in (("Breaking", breaking), ("Changed", other)) if lines}
        changes: dict[Path, Callable[[str], str]] = {
            spec.parent / "CHANGELOG.md": lambda text: with_entries(text, entries),
            spec.parent / "codegen" / "names.yaml": lambda text: with_models(text, kept),
        }
        with ExitStack() as undone:
            undone.enter_context(replaced(spec, content))
            for path, change in changes.items():
                if path.is_file():
                    undone.enter_context(replaced(path, change(path.read_text("utf-8")).encode()))
            write(package, output)
        print_unused(package)
        if kept:
            names = "\n".join(f"  {name}: {stays}" for name, stays in kept.items())
            console.print(f"Models that keep their name, in x-models of codegen/names.yaml:\n{names}", markup=False)
        console.print(
            f"Replaced {spec.name} and wrote {output}: {package.operations} operations.", markup=False, style="green"
        )
        if entries:
            written = (spec.parent / "CHANGELOG.md").is_file()
            console.print(f"\n{'Written to' if written else 'For'} CHANGELOG.md:", markup=False)
            for heading, lines in entries.items():
                typer.echo("\n".join(["", f"### {heading}", "", *lines]))
            reason = "there are breaking changes" if difference.breaking else "nothing breaks"
            version = released_version()
            typer.echo(f"\nProposed version: {next_version(version, difference)}, after {version} ({reason}).")


if __name__ == "__main__":
    sys.exit(app(prog_name="python -m codegen"))
