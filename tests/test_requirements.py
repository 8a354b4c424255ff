"""The locks in requirements/ match pyproject.toml, for every Python and platform."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LOCKS = {name: (ROOT / "requirements" / f"{name}.txt").read_text("utf-8") for name in ("locked", "lowest")}
PLATFORMS = [("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64")]
PYTHONS = [f"3.{minor}" for minor in range(11, 15)]


def asked_for(extras: set[str]) -> Iterator[Requirement]:
    """The requirements of the package with extras; its own extras are resolved to their requirements."""
    lines = [*PROJECT["dependencies"], *(line for extra in extras for line in PROJECT["optional-dependencies"][extra])]
    for requirement in map(Requirement, lines):
        if canonicalize_name(requirement.name) == PROJECT["name"]:
            yield from asked_for(requirement.extras)
        else:
            yield requirement


def holds(requirement: Requirement, environment: dict[str, str]) -> bool:
    return requirement.marker is None or requirement.marker.evaluate(environment)


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize(("system", "machine"), PLATFORMS)
@pytest.mark.parametrize(
    ("lock", "extras"), [("locked", {"dev"}), ("lowest", {"aiohttp", "cli", "parquet", "redis", "sandbox"})]
)
def test_every_requirement_is_locked_once(lock: str, extras: set[str], system: str, machine: str, python: str) -> None:
    environment = {"sys_platform": system, "platform_machine": machine, "os_name": "posix"}  # of the rest, this one's
    environment |= {"python_version": python, "python_full_version": f"{python}.4"}
    versions: dict[str, str] = {}
    for line in re.findall(r"^\S+==.*?(?= \\$)", LOCKS[lock], re.MULTILINE):
        pin = Requirement(line)
        if holds(pin, environment):
            name = canonicalize_name(pin.name)
            assert name not in versions
            versions[name] = str(pin.specifier).removeprefix("==")
    for requirement in asked_for(extras):
        if holds(requirement, environment):
            version = versions[canonicalize_name(requirement.name)]
            assert requirement.specifier.contains(version), f"{requirement} is locked as {version}; run make lock"


def test_every_lock_is_of_the_public_index() -> None:
    for text in LOCKS.values():
        lines = re.findall(r"^(?!#| +#).+", text, re.MULTILINE)
        assert len(lines) > 100
        pattern = re.compile(r"[a-z0-9.-]+==[^ /]+( ; [^/\\:]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
        assert [line for line in lines if not pattern.fullmatch(line)] == []
