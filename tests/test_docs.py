"""Every page of the documentation runs as written: its blocks in order, from an empty folder, against a sandbox.

| Block | What happens |
| --- | --- |
| any with `title="FILE"` | it is written to FILE |
| `python` | it runs among the names of the page; `await` works, as in `python -m asyncio` |
| `sh`, `console` | its commands run; after `$ ` in a console, the output follows, and is compared |
| `text` | it is compared with what the block before it printed |
| `json`, `toml` | it is parsed |
| without a language | nothing: it is a drawing, and may not hold a command |

`…` stands for any text. The environment names the sandbox, and the address and key that `python -m grinfi_sandbox` has
by default are replaced by those of the page's own sandbox. A block that cannot run has its reason in the line before
it: `<!-- not run: REASON -->`. The programs of docs/recipes need services and arguments: tests/recipes run them. Any
other page that has a test of its own names it: `<!-- run by: tests/FILE.py -->`.
"""

from __future__ import annotations

import ast
import asyncio
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from inspect import iscoroutine
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple
from uuid import uuid4

import pytest

import grinfi_async
from grinfi_async import Grinfi, GrinfiError
from grinfi_bulk.cli import main as grinfi
from grinfi_sandbox import SandboxServer, run_in_thread

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
RECIPES = [page for page in PAGES if page.parent.name == "recipes" and page.name != "README.md"]
FENCE = re.compile(
    r"^(?:<!-- not run: (?P<reason>[^\n]+) -->\n)?"
    r"```(?P<language>\w*)(?: title=\"(?P<file>[^\"\n]+)\")?\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
COMMAND = re.compile(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
HIDDEN = re.compile(r"^ *(\$|grinfi|python|pip|make|pytest) ", re.MULTILINE)
OWN_TEST = re.compile(r"^<!-- run by: (.+) -->$", re.MULTILINE)
STATUS = "echo $?"
SERVER = re.compile(r"(python -m grinfi_sandbox|grinfi sandbox)\b.*")
PYTEST = ("-m", "pytest", "-q", "-p", "anyio.pytest_plugin", "-p", "grinfi_sandbox.pytest_plugin")


class Block(NamedTuple):
    """A fenced block of a page."""

    line: int
    reason: str
    language: str
    file: str
    text: str


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text("utf-8")
    for found in FENCE.finditer(text):
        line = text.count("\n", 0, found.start("text"))
        yield Block(line, found["reason"] or "", found["language"], found["file"] or "", found["text"])
    assert not re.search(r"^ *(```|~~~)", FENCE.sub("", text), re.MULTILINE), f"{page.name}: a block that is not read"


def as_pattern(text: str) -> str:
    """`…` is any text."""
    return ".*".join(re.escape(part) for part in text.strip("\n").split("…"))


class Reader:
    """Does what a page says."""

    def __init__(
        self,
        page: Path,
        server: SandboxServer,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        capture: pytest.CaptureFixture[str],
    ) -> None:
        self.page, self.server, self.folder, self.monkeypatch, self.capture = page, server, folder, monkeypatch, capture
        module = ModuleType("page")
        monkeypatch.setitem(sys.modules, "page", module)
        self.names: dict[str, Any] = vars(module)
        self.printed = ""
        self.status = 0

    def read(self, loop: asyncio.Runner) -> None:
        all_blocks = list(blocks(self.page))
        for number, block in enumerate(all_blocks):
            here = f"{self.page.relative_to(ROOT)}:{block.line}"
            if block.reason:
                continue
            if block.file:
                (self.folder / block.file).write_text(block.text, "utf-8")
                used = block.file == "conftest.py" or any(
                    block.file in later.text for later in all_blocks[number + 1 :]
                )
                assert used, f"{here}: nothing uses {block.file}"
            elif block.language == "python":
                padded = "\n" * block.line + block.text
                running = eval(compile(padded, here, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), self.names)
                if iscoroutine(running):
                    loop.run(running)
                self.printed = "".join(self.capture.readouterr())
            elif block.language == "console":
                for command, expected in COMMAND.findall(block.text):
                    assert self.status == 0 or command == STATUS, f"{here}: the command before {command} failed"
                    self._run(command)
                    self._compare(f"{here} {command}", expected)
                assert self.status == 0, f"{here}: the last command failed; show its status with {STATUS}"
            elif block.language == "sh":
                for command in re.split(r"(?<!\\)\n", block.text.strip()):
                    self._run(command)
                    assert self.status == 0, f"{here} {command}: {self.printed}"
            elif block.language == "text":
                self._compare(here, block.text)
            elif block.language in ("json", "toml"):
                (json.loads if block.language == "json" else tomllib.loads)(block.text)
            elif block.language or HIDDEN.search(block.text):
                pytest.fail(f"{here}: a block of this language is not run; give it another, a title or a reason")

    def close(self, loop: asyncio.Runner) -> None:
        for client in {id(it): it for it in self.names.values() if isinstance(it, Grinfi)}.values():
            loop.run(client.aclose())

    def _compare(self, where: str, expected: str) -> None:
        expected = expected.replace("http://127.0.0.1:8000", self.server.url)
        printed = "\n".join(line.rstrip() for line in self.printed.strip("\n").splitlines())
        assert re.fullmatch(as_pattern(expected), printed, re.DOTALL), f"{where}\n{self.printed}"

    def _run(self, command: str) -> None:
        """Run a command: in this process what can be, for Python takes a second to start."""
        command = command.replace("http://127.0.0.1:8000", self.server.url).replace("sandbox-key", self.server.key)
        lexer = shlex.shlex(command.replace("\\\n", ""), posix=True, punctuation_chars="()<>|&;$")
        lexer.whitespace_split = True
        program, *arguments = lexer
        plain = not any(set(word) <= set("()<>|&;$") for word in arguments)
        if SERVER.fullmatch(command):
            self.status, self.printed = 0, ""  # it is running
        elif command == STATUS:
            self.status, self.printed = 0, str(self.status)
        elif plain and program == "export":
            for name, _, value in (word.partition("=") for word in arguments):
                self.monkeypatch.setenv(name, value)
            self.status, self.printed = 0, ""
        elif plain and program == "grinfi":
            self.status = grinfi(arguments)
            self.printed = "".join(self.capture.readouterr())
        elif plain and program == "python" and arguments[0].endswith(".py"):
            code = compile((self.folder / arguments[0]).read_text("utf-8"), arguments[0], "exec")
            self.monkeypatch.setattr("sys.argv", arguments)
            exec(code, {"__name__": "__main__"})
            self.status, self.printed = 0, "".join(self.capture.readouterr())
        elif plain and program == "pytest":
            done = subprocess.run([sys.executable, *PYTEST, *arguments], capture_output=True, text=True, timeout=60)
            self.status, self.printed = done.returncode, done.stdout
        else:
            pytest.fail(f"{self.page.name}: this test does not run {command!r}; give the block a reason")


@pytest.mark.parametrize("page", [it for it in PAGES if it not in RECIPES], ids=lambda it: str(it.relative_to(ROOT)))
def test_a_page_runs_as_written(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if own := OWN_TEST.search(page.read_text("utf-8")):
        assert page.stem in (ROOT / own[1]).read_text("utf-8"), f"{own[1]} does not name {page.name}"
        return
    monkeypatch.chdir(tmp_path)
    with run_in_thread(keys=(f"key-{uuid4()}",)) as server, asyncio.Runner() as loop:  # a rate limit of its own
        for name, value in {
            "COLUMNS": "100",
            "GRINFI_API_KEY": server.key,
            "GRINFI_BASE_URL": server.url,
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTHONPATH": os.pathsep.join(sys.path),
            "PYTHONWARNINGS": "error",
        }.items():
            monkeypatch.setenv(name, value)
        reader = Reader(page, server, tmp_path, monkeypatch, capsys)
        try:
            reader.read(loop)
        finally:
            reader.close(loop)


def test_each_recipe_is_run_by_a_test_of_its_own() -> None:
    tests = "".join(it.read_text("utf-8") for it in (ROOT / "tests" / "recipes").glob("test_*.py"))
    for page in RECIPES:
        assert f'run("{page.stem}"' in tests, page.name
        assert [block.language for block in blocks(page)] == ["python"], page.name


def test_the_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(#[^)]*)?\)", page.read_text("utf-8")):
            file = page.parent / target if target else page
            assert file.exists(), f"{page.name}: {target}"
            if not anchor:
                continue
            headings = [
                line.lstrip("# ").casefold() for line in file.read_text("utf-8").splitlines() if line[:1] == "#"
            ]
            anchors = {"#" + re.sub(r"[^\w -]", "", heading).replace(" ", "-") for heading in headings}
            assert anchor in anchors, f"{page.name}: {target}{anchor}"


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 120


def test_the_tree_of_errors_is_complete() -> None:
    page = (ROOT / "docs" / "client.md").read_text("utf-8")
    public = {name: getattr(grinfi_async, name) for name in grinfi_async.__all__}
    errors = {name for name, it in public.items() if isinstance(it, type) and issubclass(it, GrinfiError)}
    assert errors - {"ResultWindowServerError"} <= set(re.findall(r"\w+Error", page))
