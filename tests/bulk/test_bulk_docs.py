"""The examples of docs/bulk.md, run in their order against a sandbox."""

from __future__ import annotations

import ast
import re
from inspect import iscoroutine
from pathlib import Path
from typing import Any

import pytest

from grinfi_async import Grinfi
from grinfi_sandbox import Sandbox
from tests.bulk.crm import new_automation, new_list, new_tag

pytestmark = pytest.mark.anyio
PAGE = (Path(__file__).parent.parent.parent / "docs" / "bulk.md").read_text("utf-8")
CONTACTS = "Profile,Budget,Job title,Notes\nalan-turing,high,Chief Technology Officer,x\nradia-perlman,,CEO,y\n"
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


async def test_the_documented_examples_do_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    async with (
        Sandbox(sockets=False) as sandbox,
        Grinfi(sandbox.key, base_url=sandbox.url, transport=sandbox.transport) as grinfi,
    ):
        await grinfi.custom_fields.create(name="budget", object="lead")
        names: dict[str, Any] = {
            "grinfi": grinfi,
            "list_uuid": await new_list(grinfi),
            "tag_uuid": await new_tag(grinfi),
            "flow_uuid": await new_automation(grinfi),
            "other_flow_uuid": await new_automation(grinfi),
        }
        (tmp_path / "contacts.csv").write_text(CONTACTS)
        told: list[str] = []
        written: list[str] = []
        for example in [EXAMPLES[0], *EXAMPLES]:
            code = compile(example, "docs/bulk.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            running = eval(code, names)
            if iscoroutine(running):
                await running
            told.append(capsys.readouterr().out)
            written.append((tmp_path / "failed.csv").read_text() if (tmp_path / "failed.csv").exists() else "")
        first, second, outcomes, failures, progress, imported, preview, found, tasks, merged, export, copy = told
        assert first.startswith("createTag: 20 items in ")
        assert "succeeded         20" in first
        assert "skipped           20" in second
        assert "duplicate" in outcomes
        assert "failed" not in outcomes
        assert len(failures.splitlines()) == 2
        assert written[3].startswith("item,error,error_code\nno-such-list,it was not found (404): ")
        assert written[5] == "error,error_code\n"
        assert progress.startswith("2 2 ")
        assert imported.startswith("Import contacts: 2 rows in ")
        assert "succeeded          2" in imported
        assert preview.startswith("4 contacts: ")
        assert sorted([contact.position or "" async for contact in grinfi.contacts.search()]) == ["", "", "CEO", "CTO"]
        assert found.startswith("1 contact: ")
        assert found.endswith(" (not checked: q)\n")
        assert tasks.startswith("Retry tasks: 0 items in ")
        assert merged.startswith("Find duplicates: 4 contacts in ")
        assert "\nMerge contacts: 0 items in " in merged
        assert export.startswith("contacts: 4 rows to export.csv in ")
        assert (tmp_path / "export.csv").read_text().startswith("uuid,linkedin,created_at\n")
        assert "contacts                    4 rows, all read, 0 deleted" in copy
