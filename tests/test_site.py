"""The pages that only the site has: their programs run as written, and the reference has every operation."""

from __future__ import annotations

import ast
import asyncio
import re
import runpy
import subprocess
from inspect import iscoroutine
from pathlib import Path
from typing import Any

import httpx
import pytest

from docs_site.links import as_page
from docs_site.reference import pages
from grinfi_async import OPERATIONS, RESOURCES, Grinfi
from grinfi_sandbox import run_in_thread

DOCS = Path(__file__).parent.parent / "docs"
BLOCK = re.compile(r"^```(python|text|sh)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_tutorial_grows_a_program_that_does_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    blocks = [(match[1], match[2]) for match in BLOCK.finditer((DOCS / "tutorial.md").read_text("utf-8"))]
    program, printed = "", ""
    with run_in_thread() as server:
        monkeypatch.setenv("GRINFI_BASE_URL", server.url)
        monkeypatch.setenv("GRINFI_API_KEY", server.key)
        for language, text in blocks:
            match language:
                case "sh":
                    write = text[text.index("printf") :]  # the first lines say where a reader's sandbox is
                    subprocess.run(["/bin/sh", "-c", write], check=True)
                case "python":
                    end = "\n\nasyncio.run(main())\n"
                    program = program.replace(end, f"{text}{end}") if program else text
                    Path("campaign.py").write_text(program, "utf-8")
                    runpy.run_path("campaign.py")
                    printed = capsys.readouterr().out
                case _:
                    for line in text.splitlines():
                        assert re.search(re.escape(line).replace("…", ".*"), printed), f"{line}\n{printed}"
        runpy.run_path("campaign.py")
    again = capsys.readouterr().out
    assert again.count("skipped            2") == 2  # rows of the import, and who is in the automation
    assert "1. LinkedIn           2 " in again  # nobody got the first message twice


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize("page", ["index.md", "explanation/retries.md"])
async def test_the_examples_run_as_written(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("people.csv").write_text("linkedin\nada-lovelace\n")
    with run_in_thread() as server:
        monkeypatch.setenv("GRINFI_BASE_URL", server.url)
        monkeypatch.setenv("GRINFI_API_KEY", server.key)
        async with Grinfi() as grinfi:
            names: dict[str, Any] = {"grinfi": grinfi, "list_uuid": (await grinfi.lists.create(name="All")).uuid}
            for language, text in BLOCK.findall((DOCS / page).read_text("utf-8")):
                if language == "python":
                    code = compile(text, page, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
                    running = eval(code, names)
                    assert iscoroutine(running)
                    await running


@pytest.fixture(scope="module")
def reference() -> dict[str, str]:
    return pages()


class TestTheReference:
    def test_every_operation_has_a_heading_its_request_and_its_class_of_retries(
        self, reference: dict[str, str]
    ) -> None:
        for operation in OPERATIONS.values():
            _, found, text = reference[f"resources/{operation.resource}.md"].partition(f"\n## {operation.name} ")
            assert found, operation.id
            section = text.partition("\n## ")[0]
            assert f"`{operation.method} {operation.path}`" in section, operation.id
            assert ("never repeated" in section) == (operation.retry == "write"), operation.id

    def test_every_example_is_a_call_that_the_sdk_sends(
        self, reference: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        Path("people.csv").touch()
        Path("photo.png").touch()
        transport = httpx.MockTransport(lambda _: httpx.Response(404))

        async def outcome(text: str) -> str:
            code = compile(text, "example", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            async with Grinfi("key", transport=transport, rate_limiter=None) as grinfi:
                try:
                    await eval(code, {"grinfi": grinfi})
                except Exception as error:
                    return f"{type(error).__name__}: {error}"
            return "nothing"

        async def refused() -> dict[str, str]:
            page = "\n".join(reference[f"resources/{resource}.md"] for resource in RESOURCES)
            examples = re.findall(r'```python title="Example"\n(.*?)```', page, re.DOTALL)
            assert len(examples) >= len(OPERATIONS)
            outcomes = {text: await outcome(text) for text in examples}
            return {text: it for text, it in outcomes.items() if "404" not in it}

        assert asyncio.run(refused()) == {}

    def test_names_of_the_package_are_explained_once(self, reference: dict[str, str]) -> None:
        text = "\n".join(it for path, it in reference.items() if not path.startswith("resources/"))
        headings = re.findall(r"^## (\w+) \{", text, re.MULTILINE)
        assert len(headings) == len(set(headings))
        assert {"Grinfi", "Contact", "NewContactDict", "RateLimitError", "JournalError", "TokenBucket"} <= set(headings)


class TestThePagesOfTheSite:
    @pytest.mark.parametrize(
        ("link", "path", "becomes"),
        [
            ("[a](../CONTRIBUTING.md#set-up)", "client.md", "[a](contributing.md#set-up)"),
            ("[a](../README.md#start)", "client.md", "[a](quickstart.md#start)"),
            ("[a](../grinfi_async/operations.py)", "tutorial.md", "[a](reference/index.md)"),
            ("[a](docs/client.md)", "changelog.md", "[a](client.md)"),
            (
                "[`a`](../../examples/contacts.csv)",
                "recipes/dedupe.md",
                "[`a`](https://x.example/blob/main/examples/contacts.csv)",
            ),
            ("[a](../examples)", "client.md", "[a](https://x.example/tree/main/examples)"),
            (
                "[a](nowhere.md), [b](https://a.example/c.md)",
                "client.md",
                "[a](nowhere.md), [b](https://a.example/c.md)",
            ),
            ("`[a](../README.md)`", "client.md", "`[a](../README.md)`"),
            ("```\n[a](../README.md)\n```", "client.md", "```\n[a](../README.md)\n```"),
        ],
    )
    def test_links_lead_to_pages_or_to_the_repository(self, link: str, path: str, becomes: str) -> None:
        assert as_page(link, path, "https://x.example/") == becomes

    def test_without_a_repository_a_link_to_a_file_is_its_text(self) -> None:
        assert as_page("see [the file](../examples/contacts.csv).", "client.md", None) == "see the file."

    def test_the_quick_start_includes_sections_of_the_readme(self) -> None:
        page = as_page((DOCS / "quickstart.md").read_text("utf-8"), "quickstart.md", None)
        assert "pip install" in page
        assert "import_contacts" in page
        with pytest.raises(ValueError, match=r"includes \.\./README.md#nothing, which is not one of"):
            as_page("<!-- include: ../README.md#nothing -->", "quickstart.md", None)
