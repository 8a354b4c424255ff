"""Hooks of `mkdocs.yml`: pages that are generated, links to files outside of `docs/`, and texts for language models."""

from __future__ import annotations

import os
import posixpath
import re
from functools import cache
from pathlib import Path
from typing import Any, cast

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from docs_site import commands, reference

ROOT = Path(__file__).parent.parent
COPIED = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "CODE_OF_CONDUCT.md": "code-of-conduct.md",
    "SECURITY.md": "security.md",
}
"""Pages that are files of the repository, outside of `docs/`."""
ELSEWHERE = {"README.md": "quickstart.md"}
"""What a link to these leads to."""
INCLUDE = re.compile(r"^<!-- include: (\S+)#(\S+) -->$", re.MULTILINE)
LINK = re.compile(r"(!?\[(?:[^\[\]]|\[[^\]]*\])*\])\((?!\w+:|#|/)([^)\s#]*)(#[^)\s]*)?\)")
CODE = re.compile(r"^( *)(```|~~~).*?^\1\2|``.+?``|`[^`\n]+`", re.MULTILINE | re.DOTALL)


FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


@cache
def generated() -> dict[str, str]:
    """Pages of the reference: path below `docs/` -> Markdown."""
    pages = {**reference.pages(), "command-line.md": commands.page()}
    return {f"reference/{path}": text for path, text in pages.items()}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Fill in what only the build knows: the pages of the resources, and the repository."""
    resources = [{Path(path).stem: path} for path in generated() if "/resources/" in path]
    config["nav"] = with_resources(config["nav"], resources)
    if name := os.environ.get("GITHUB_REPOSITORY"):
        config.repo_url, config.repo_name = f"https://github.com/{name}", name
    return config


def with_resources(nav: Any, resources: list[dict[str, str]]) -> Any:
    """The navigation, with a page for each resource."""
    if isinstance(nav, list):
        return [with_resources(it, resources) for it in cast("list[Any]", nav)]
    if isinstance(nav, dict):
        return {title: with_resources(it, resources) for title, it in cast("dict[str, Any]", nav).items()}
    return resources if nav == "reference/resources/*" else nav


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are not in `docs/`."""
    for path, text in generated().items():
        files.append(File.generated(config, path, content=text))
    for source, path in COPIED.items():
        if (ROOT / source).exists():
            files.append(File.generated(config, path, content=(ROOT / source).read_text("utf-8")))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Include sections of other files, and lead links where the site has their targets."""
    path = page.file.src_uri
    source = next((key for key, value in COPIED.items() if value == path), f"docs/{path}")
    markdown = relinked(markdown, source, path, config.repo_url)
    return INCLUDE.sub(lambda it: included(it[1], it[2], source, path, config.repo_url), markdown)


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


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> None:
    """Keep the order of the pages for `llms.txt`."""
    config.extra["pages"] = nav.pages


def on_post_build(config: MkDocsConfig) -> None:
    """Write `llms.txt`, a list of all pages, and `llms-full.txt`, their texts."""
    lines = [f"# {config.site_name}\n", f"> {config.site_description}\n", "## Pages\n"]
    texts: list[str] = []
    for page in cast("list[Any]", config.extra["pages"]):
        text, title = page.markdown or "", page.title
        lines.append(f"- [{title}]({config.site_url or ''}{page.url or './'}): {first_sentence(text)}")
        texts.append(f"<!-- {page.url or 'index'} -->\n\n{text.strip()}\n")
    Path(config.site_dir, "llms.txt").write_text("\n".join(lines) + "\n", "utf-8")
    Path(config.site_dir, "llms-full.txt").write_text("\n".join(texts), "utf-8")


def first_sentence(markdown: str) -> str:
    """The first sentence of a page, without links."""
    paragraphs = [it for it in FENCED.sub("", markdown).split("\n\n") if it.strip() and it.lstrip()[0] not in "#`|<-!"]
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", " ".join(paragraphs[0].split()) if paragraphs else "")
    return re.split(r"(?<=[.:]) (?=[A-Z`])", text)[0]
