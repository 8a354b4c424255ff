"""The examples of docs/bulk.md, run in their order against a sandbox."""

from __future__ import annotations

import ast
import re
from inspect import iscoroutine
from pathlib import Path
from typing import Any

import pytest
from grinfi_sandbox import Sandbox

from grinfi_async import Grinfi

pytestmark = pytest.mark.anyio
PAGE = (Path(__file__).parent.parent.parent / "docs" / "bulk.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


async def test_the_documented_examples_do_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    async with (
        Sandbox(sockets=False) as sandbox,
        Grinfi(sandbox.key, base_url=sandbox.url, transport=sandbox.transport) as grinfi,
    ):
        names: dict[str, Any] = {"grinfi": grinfi, "list_uuid": (await grinfi.lists.create(name="Prospects")).uuid}
        told: list[str] = []
        for example in [EXAMPLES[0], *EXAMPLES]:
            code = compile(example, "docs/bulk.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            running = eval(code, names)
            if iscoroutine(running):
                await running
            told.append(capsys.readouterr().out)
        first, second, outcomes, failures, progress = told
        assert first.startswith("createTag: 20 items in ")
        assert "succeeded         20" in first
        assert "skipped           20" in second
        assert "duplicate" in outcomes
        assert "failed" not in outcomes
        assert (tmp_path / "failed.csv").read_text().startswith("item,error\nno-such-list,")
        assert len(failures.splitlines()) == 2
        assert progress.startswith("2 2 ")
