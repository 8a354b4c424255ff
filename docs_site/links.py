"""Links and sections: what a page of the repository becomes on the site."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
COPIED = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "CODE_OF_CONDUCT.md": "code-of-conduct.md",
    "SECURITY.md": "security.md",
}
"""Pages that are files of the repository, outside of `docs/`."""
ELSEWHERE = {
    "README.md": "quickstart.md",
    "grinfi_async/operations.py": "reference/index.md",
    "overrides/grinfi_overrides/errors.py": "reference/errors.md",
}
"""Files of the repository -> pages that serve better on the site."""
INCLUDE = re.compile(r"^<!-- include: (\S+)#(\S+) -->$", re.MULTILINE)
LINK = re.compile(r"(!?\[(?:[^\[\]]|\[[^\]]*\])*\])\((?!\w+:|#|/)([^)\s#]*)(#[^)\s]*)?\)")
CODE = re.compile(r"^( *)(```|~~~).*?^\1\2|``.+?``|`[^`\n]+`", re.MULTILINE | re.DOTALL)


FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def as_page(markdown: str, path: str, repository: str | None) -> str:
    """The Markdown of a page, with the sections that it includes, and with links that lead where the site has them."""
    source = next((key for key, value in COPIED.items() if value == path), f"docs/{path}")
    markdown = relinked(markdown, source, path, repository)
    return INCLUDE.sub(lambda it: included(it[1], it[2], source, path, repository), markdown)


def included(target: str, anchor: str, source: str, path: str, repository: str | None) -> str:
    """A section of another file, without its heading."""
    file = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
    sections = re.split(r"^#+ (.*)\n", FENCED.sub(masked, (ROOT / file).read_text("utf-8")), flags=re.MULTILINE)
    titles = [title.casefold().replace(" ", "-") for title in sections[1::2]]
    if anchor not in titles:
        raise ValueError(f"{source} includes {target}#{anchor}, which is not one of {titles}")
    return relinked(sections[2 * titles.index(anchor) + 2].replace("\0", "#"), file, path, repository).strip()


def masked(code: re.Match[str]) -> str:
    """A block of code whose comments are not taken for headings."""
    return code[0].replace("#", "\0")


def relinked(markdown: str, source: str, path: str, repository: str | None) -> str:
    """Markdown of a file of the repository, for a page of the site: its links lead to pages, or to the repository."""
    blocks: list[str] = []

    def hide(code: re.Match[str]) -> str:
        blocks.append(code[0])
        return f"\0{len(blocks) - 1}\0"

    def lead(link: re.Match[str]) -> str:
        text, target, anchor = link[1], link[2], link[3] or ""
        file = posixpath.normpath(posixpath.join(posixpath.dirname(source), target)) if target else source
        found = {**COPIED, **ELSEWHERE}.get(file) or (file.removeprefix("docs/") if file.startswith("docs/") else None)
        if found:
            return f"{text}({posixpath.relpath(found, posixpath.dirname(path) or '.')}{anchor})"
        if not (ROOT / file).exists():
            return link[0]  # mkdocs reports it
        kind = "tree" if (ROOT / file).is_dir() else "blob"
        return f"{text}({repository.rstrip('/')}/{kind}/main/{file}{anchor})" if repository else text[1:-1]

    hidden = LINK.sub(lead, CODE.sub(hide, markdown))
    return re.sub("\0(\\d+)\0", lambda it: blocks[int(it[1])], hidden)


def first_sentence(markdown: str) -> str:
    """The first sentence of a page, without links."""
    paragraphs = [it for it in FENCED.sub("", markdown).split("\n\n") if it.strip() and it.lstrip()[0] not in "#`|<-!"]
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", " ".join(paragraphs[0].split()) if paragraphs else "")
    return re.split(r"(?<=[.:]) (?=[A-Z`])", text)[0]
