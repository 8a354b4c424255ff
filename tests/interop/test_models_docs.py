"""The examples of docs/models.md, run in their order against a sandbox."""

from __future__ import annotations

import ast
import json
import re
import sys
from inspect import iscoroutine
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from mcp import Client

from grinfi_async import Grinfi
from grinfi_sandbox import Sandbox

pytestmark = pytest.mark.anyio
PAGE = (Path(__file__).parent.parent.parent / "docs" / "models.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


async def test_the_documented_examples_do_what_the_page_says(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("models_page")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    names: dict[str, Any] = vars(module)
    async with (
        Sandbox(sockets=False) as sandbox,
        Grinfi(sandbox.key, base_url=sandbox.url, transport=sandbox.transport, rate_limiter=None) as grinfi,
    ):
        names["grinfi"] = grinfi
        for example in EXAMPLES:
            code = compile(example, "docs/models.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            running = eval(code, names)
            if iscoroutine(running):
                await running
        assert [row["linkedin"] for row in json.loads(names["text"])["rows"]] == ["ada", "bob"]
        assert len(names["frame"]) == len(names["polars_frame"]) == names["table"].num_rows == 2
        transport = httpx.ASGITransport(names["app"])
        async with httpx.AsyncClient(transport=transport, base_url="http://app.test") as api:
            added = await api.post("/contacts", json={"linkedin_id": "cyd"})
            assert added.json()["linkedin"] == "cyd"
            assert (await api.get("/contacts")).json()["total"] == 3
        async with Client(names["server"]) as client:
            assert [tool.name for tool in (await client.list_tools()).tools] == [
                "add_contact",
                "get_contact",
                "find_contacts",
            ]
            found = await client.call_tool("find_contacts", {"filter": {"linkedin": "cyd"}})
            assert found.structured_content is not None
            assert found.structured_content["result"]["total"] == 1
