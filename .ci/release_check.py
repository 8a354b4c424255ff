"""Check that what is in dist/ can be released. `make release-check` builds it first.

Each finding is one line: what is wrong, and what to do.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import venv
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).parent.parent
WHEEL_LIMIT = 820_000
"""Bytes that the wheel may have. Lower it when the wheel has become smaller; never raise it."""
USE = """
import asyncio, sys
import grinfi_async
light = sorted(name for name in sys.modules if name.startswith(("httpx", "grinfi_async.")))
import httpx

answer = httpx.MockTransport(lambda request: httpx.Response(200, json={"data": [], "total": 0}))

async def call():
    async with grinfi_async.Grinfi("key", base_url="http://127.0.0.1", transport=answer) as grinfi:
        await grinfi.tags.list().collect()

asyncio.run(call())
testing = {"grinfi_sandbox", "pytest", "_pytest"}
loaded = light + sorted(name for name in sys.modules if name.split(".")[0] in testing)
sys.exit(f"{loaded[0]} is loaded" if loaded else 0)
"""
"""What a user's first program does, in an environment that has only the wheel."""


def version_findings(version: str, tags: Sequence[str], tag: str | None) -> Iterator[str]:
    """A version that cannot be released: not as PEP 440 writes it, or released before."""
    where = "overrides/grinfi_overrides/version.py"
    try:
        normal = str(Version(version))
    except InvalidVersion:
        yield f"{version!r} is not a version of PEP 440; write one such as 1.2.0 or 1.2.0rc1 in {where}."
        return
    if normal != version:
        yield f"The version {version!r} is not in normal form; write {normal!r} in {where}."
    if tag is not None and tag != f"v{version}":
        yield f"The tag is {tag}, but the version is {version}; tag the commit as v{version}, or correct {where}."
    elif tag is None and f"v{version}" in tags:
        yield f"The tag v{version} exists already; set the next version in {where}."


def section(changelog: str, name: str) -> tuple[str, str] | None:
    """The rest of the heading and the text of a section of the changelog."""
    heading = rf"^## (?:\[{re.escape(name)}\]|{re.escape(name)}(?=\s))([^\n]*)$"
    found = re.search(rf"{heading}(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    return (found[1].strip(), found[2].strip()) if found else None


def changelog_findings(changelog: str, version: str, dry_run: bool) -> Iterator[str]:
    """A section of this version that is missing, has no date, or is empty."""
    found, heading = section(changelog, version), f"## [{version}] - YYYY-MM-DD"
    if found is None and dry_run:
        found, heading = section(changelog, "Unreleased"), "## [Unreleased]"
        if found is not None:
            found = ("- 2000-01-01", found[1])
    if found is None:
        yield f'CHANGELOG.md has no section for {version}; rename "## [Unreleased]" to "{heading}".'
    elif not re.fullmatch(r"[-–—] \d{4}-\d\d-\d\d", found[0]):
        yield f'The section of {version} in CHANGELOG.md has no date; write "{heading}".'
    elif not found[1]:
        yield f'The section "{heading}" of CHANGELOG.md is empty; write what changes for users.'


def breaking_findings(broken: Sequence[str], notes: str, since: str) -> Iterator[str]:
    """Changes that break callers, unless the changelog has a heading for them."""
    if broken and not re.search(r"^###+ Breaking", notes, re.MULTILINE):
        yield from (f"Since {since}: {line}" for line in broken)
        yield (
            f"Changes since {since} that break callers: {len(broken)}; undo them, "
            'or describe them in CHANGELOG.md under a heading "### Breaking".'
        )


def file_findings(dist: Path, version: str, project: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the files in dist/ themselves."""
    names = sorted(path.name for path in dist.glob("*"))
    wheel = dist / f"grinfi_async-{version}-py3-none-any.whl"
    sdist = dist / f"grinfi_async-{version}.tar.gz"
    if names != sorted((wheel.name, sdist.name)):
        yield f"dist/ has {', '.join(names) or 'no file'}, not {wheel.name} and {sdist.name}; run `make build`."
        return
    size = wheel.stat().st_size
    if size > WHEEL_LIMIT:
        yield (
            f"{wheel.name} has {size:,} bytes, {size - WHEEL_LIMIT:,} more than its limit; make it smaller: "
            "see what it holds with `unzip -lv`."
        )
    targets = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    with tarfile.open(sdist) as archive:
        sources = {name.partition("/")[2] for name in archive.getnames()}
    needed = {"pyproject.toml", project["tool"]["hatch"]["version"]["path"], project["project"]["readme"]}
    needed |= {*project["project"]["license-files"], *targets["force-include"]}
    home = {Path(package).name: Path(package).parent.as_posix() for package in targets["packages"]}
    for name in packed - set(targets["force-include"].values()):
        package = name.partition("/")[0]
        if package not in home:
            yield f"{wheel.name} has {name}, which is in none of its packages; correct `packages` in pyproject.toml."
        else:
            needed.add(name if home[package] == "." else f"{home[package]}/{name}")
    for name in sorted(needed - sources):
        yield f"{sdist.name} has no {name}, which the wheel is built from; correct `sdist` in pyproject.toml."


def command_findings(what: str, command: Sequence[str | Path], remedy: str) -> Iterator[str]:
    """What a tool finds."""
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)  # noqa: S603 - commands of this file
    if done.returncode:
        lines = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        last = " / ".join(lines[-3:])
        yield f"{what} fails: {last}; {remedy}"


def installed_findings(wheel: Path) -> Iterator[str]:
    """What is wrong once the wheel is installed into an empty environment."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = next(Path(folder).glob("[bS]*/python*"))
        pip: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel]
        found = list(command_findings("Installing the wheel", pip, "correct `dependencies` in pyproject.toml."))
        if not found:
            found = list(
                command_findings(
                    "A first call from the installed wheel",
                    [python, "-I", "-c", USE],
                    "import the sandbox, pytest and models only where they are used.",
                )
            )
        yield from found


def git(*arguments: str, root: Path = ROOT) -> list[str]:
    """The lines that a git command prints."""
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True)  # noqa: S603, S607
    return done.stdout.splitlines()


def last_release(tags: Iterable[str], version: str) -> str | None:
    """The tag of the latest version before this one."""
    versions: dict[Version, str] = {}
    for tag in tags:
        if re.fullmatch(r"v\d+(\.\d+)*((a|b|rc)\d+)?(\.post\d+)?", tag):
            versions[Version(tag)] = tag
    earlier = [each for each in versions if each < Version(version)]
    return versions[max(earlier)] if earlier else None


def broken_since(tag: str, root: Path = ROOT, package: str = "grinfi_async", folders: Sequence[str] = ()) -> list[str]:
    """What callers of the public API lose since a tag: a line for each change."""
    import griffe

    folders = [".", *folders]
    old = griffe.load_git(
        package, ref=tag, repo=root, search_paths=folders, resolve_aliases=True, resolve_external=True
    )
    new = griffe.load(
        package,
        search_paths=[root / folder for folder in folders],
        resolve_aliases=True,
        resolve_external=True,
    )
    style = griffe.ExplanationStyle.ONE_LINE
    lines = (re.sub(r"\x1b\[\d+m", "", each.explain(style)) for each in griffe.find_breaking_changes(old, new))
    return sorted({re.sub(r":\d+: ", ": ", line, count=1).removeprefix(f"{root}/") for line in lines})


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what is wrong; 1 if anything is."""
    parser = argparse.ArgumentParser(description="Check that what is in dist/ can be released.")
    parser.add_argument("--dry-run", action="store_true", help='take the section "Unreleased" of the changelog')
    parser.add_argument("--tag", help="the tag that is released; without it, the version must have no tag yet")
    parser.add_argument("--notes", action="store_true", help="only print the changelog's section of the version")
    options = parser.parse_args(arguments)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    home = ROOT / project["tool"]["hatch"]["version"]["path"]
    version = re.findall(r'^__version__ = "(.*)"$', home.read_text("utf-8"), re.MULTILINE)[0]
    tags = git("tag", "--list", "v*")
    # Between releases the version is that of the last one, and what comes next is not released.
    between = options.dry_run and f"v{version}" in tags
    wanted = None if between else section(changelog, version)
    wanted = wanted or (section(changelog, "Unreleased") if options.dry_run else None)
    notes = wanted[1] if wanted else ""
    if options.notes:
        print(notes)
        return not notes

    released = [] if between else tags
    found = [
        *version_findings(version, released, options.tag),
        *changelog_findings(changelog, version, options.dry_run),
    ]
    files = list(file_findings(ROOT / "dist", version, project))
    found += files
    if not files:
        paths = sorted((ROOT / "dist").glob("*"))
        wheel = next(path for path in paths if path.suffix == ".whl")
        python = sys.executable
        found += command_findings(
            "twine", [python, "-m", "twine", "check", "--strict", *paths], "correct pyproject.toml or README.md."
        )
        found += command_findings(
            "check-wheel-contents",
            [python, "-m", "check_wheel_contents", wheel],
            "correct `packages` or [tool.check-wheel-contents] in pyproject.toml.",
        )
        found += installed_findings(wheel)
    unreadable = any("PEP 440" in line for line in found)
    previous = f"v{version}" if between else None if unreadable else last_release(tags, version)
    if previous is None:
        print("No earlier release is tagged, so the public API is compared with nothing.")
    else:
        folders = [folder for folder in project["tool"]["hatch"]["build"]["dev-mode-dirs"] if folder != "."]
        broken = broken_since(previous, folders=folders)
        print(f"Changes of the public API since {previous} that break callers: {len(broken)}.")
        found += breaking_findings(broken, notes, previous)
    print("\n".join(found) or f"{version} can be released.")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
