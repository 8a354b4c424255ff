"""Hooks of `mkdocs.yml`: pages that are generated, links to files outside of `docs/`, and texts for language models."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any, cast

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from docs_site import commands, reference
from docs_site.links import COPIED, ROOT, as_page, first_sentence


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
    return as_page(markdown, page.file.src_uri, config.repo_url)


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
