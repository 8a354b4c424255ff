"""The examples of short pages of the documentation, run in their order against a sandbox."""

from __future__ import annotations

import ast
import re
from inspect import iscoroutine
from pathlib import Path
from typing import Any

import pytest

from grinfi_async import Grinfi
from grinfi_sandbox import Sandbox
from tests.bulk.crm import SCHEDULE

pytestmark = pytest.mark.anyio
DOCS = Path(__file__).parent.parent / "docs"


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize(("page", "result"), [("files.md", "contacts.csv"), ("flows.md", "version")])
async def test_the_examples_run_as_written(
    page: str, result: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with (
        Sandbox(sockets=False) as sandbox,
        Grinfi(sandbox.key, base_url=sandbox.url, transport=sandbox.transport) as grinfi,
    ):
        everyone = await grinfi.lists.create(name="Everyone")
        await grinfi.contacts.upsert(lead={"linkedin_id": "ada"}, list_uuid=everyone.uuid)
        names: dict[str, Any] = {
            "grinfi": grinfi,
            "list_uuid": everyone.uuid,
            "sender": await grinfi.sender_profiles.create(first_name="Ada", last_name="Byron", assignee_user_id=1),
            "tag": await grinfi.tags.create(name="hello"),
            "flow": await grinfi.automations.create(name="Hello", use_sender_schedule=True, schedule=SCHEDULE),
        }
        examples = re.findall(r"```python\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)
        assert examples
        for example in examples:
            running = eval(compile(example, page, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), names)
            if iscoroutine(running):
                await running
        assert (tmp_path / result).exists() or names[result]
