"""Entries for a new edition in CHANGELOG.md, and the next version."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .diff import Difference
from .errors import CodegenError

UNRELEASED = re.compile(r"^## \[?Unreleased\]?.*$", re.MULTILINE)
RELEASE = re.compile(r"^## ", re.MULTILINE)


def with_entries(text: str, entries: dict[str, list[str]]) -> str:
    """The changelog with lines added below their headings in the unreleased section."""
    for heading, lines in reversed(entries.items()):  # each new heading comes before the others
        text = _with_lines(text, heading, lines)
    return text


def _with_lines(text: str, heading: str, lines: Sequence[str]) -> str:
    unreleased = UNRELEASED.search(text)
    if unreleased is None:
        raise CodegenError('CHANGELOG.md has no heading "## [Unreleased]" for the changes. Add it.')
    start = unreleased.end()
    following = RELEASE.search(text, start)
    end = following.start() if following else len(text)
    new = "\n".join(line for line in lines if f"{line}\n" not in text[start:end])
    if not new:
        return text
    found = re.compile(rf"^### {heading}\n+", re.MULTILINE).search(text, start, end)
    if found:
        return f"{text[: found.end()]}{new}\n{text[found.end() :]}"
    return f"{text[:start]}\n\n### {heading}\n\n{new}{text[start:]}"


def next_version(version: str, difference: Difference) -> str:
    """The next version by semantic versioning: major for breaking changes, minor for additions."""
    major, minor, patch = (int(part) for part in version.split(".")[:3])
    if difference.breaking:
        return f"{major + 1}.0.0"
    return f"{major}.{minor}.{patch + 1}" if difference.empty else f"{major}.{minor + 1}.0"
