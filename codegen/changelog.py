"""Entries for a new edition in CHANGELOG.md, and the next version."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .diff import Difference
from .errors import CodegenError

UNRELEASED = re.compile(r"^## \[?Unreleased\]?.*$", re.MULTILINE)
RELEASE = re.compile(r"^## ", re.MULTILINE)
CHANGED = re.compile(r"^### Changed\n+", re.MULTILINE)


def with_entries(text: str, lines: Sequence[str]) -> str:
    """The changelog with lines added to "Changed" in the unreleased section."""
    if not lines:
        return text
    heading = UNRELEASED.search(text)
    if heading is None:
        raise CodegenError('CHANGELOG.md has no heading "## [Unreleased]" for the changes. Add it.')
    following = RELEASE.search(text, heading.end())
    end = following.start() if following else len(text)
    new = "".join(f"{line}\n" for line in lines if f"{line}\n" not in text[heading.end() : end])
    changed = CHANGED.search(text, heading.end(), end)
    if changed:
        return text[: changed.end()] + new + text[changed.end() :]
    return f"{text[: heading.end()]}\n\n### Changed\n\n{new}{text[heading.end() :]}" if new else text


def next_version(version: str, difference: Difference) -> str:
    """The next version by semantic versioning: major for breaking changes, minor for additions."""
    major, minor, patch = (int(part) for part in version.split(".")[:3])
    if difference.breaking:
        return f"{major + 1}.0.0"
    return f"{major}.{minor}.{patch + 1}" if difference.empty else f"{major}.{minor + 1}.0"
