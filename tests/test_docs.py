"""The examples of the README and of short pages of the documentation, run as written."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from inspect import iscoroutine
from pathlib import Path
from typing import Any

import pytest

import grinfi_async
from grinfi_async import F, Grinfi, GrinfiError, ago
from grinfi_sandbox import Sandbox, run_in_thread
from tests.bulk.crm import SCHEDULE

ROOT = Path(__file__).parent.parent
FENCE = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)


def blocks(page: str, language: str) -> list[str]:
    found = [text for fence, text in FENCE.findall((ROOT / page).read_text("utf-8")) if fence == language]
    assert found
    return found


class TestTheReadme:
    def test_the_first_program_runs_twice(self, tmp_path: Path) -> None:
        (write,) = blocks("README.md", "sh")
        (tmp_path / "first.py").write_text(blocks("README.md", "python")[0])
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        with run_in_thread() as server:
            shell = write.replace("http://127.0.0.1:8000", server.url).replace("sandbox-key", server.key)
            command = f"{shell}\n{sys.executable} first.py && {sys.executable} first.py"
            done = subprocess.run(
                ["/bin/sh", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
            )
        assert done.returncode == 0, done.stderr
        assert "succeeded          2" in done.stdout
        assert "skipped            2" in done.stdout
        assert done.stdout.count("Ada Lovelace") == done.stdout.count("Grace Hopper") == 2

    def test_it_is_short_and_its_links_lead_somewhere(self) -> None:
        for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
            text = page.read_text("utf-8")
            for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(#[^)]*)?\)", text):
                file = page.parent / target if target else page
                assert file.exists(), f"{page.name}: {target}"
                headings = [
                    line.lstrip("# ").casefold() for line in file.read_text("utf-8").splitlines() if line[:1] == "#"
                ]
                anchors = {"#" + re.sub(r"[^\w -]", "", heading).replace(" ", "-") for heading in headings}
                assert anchor == "" or anchor in anchors, f"{page.name}: {target}{anchor}"
        assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 120


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "docs/files.md",
        "docs/flows.md",
        "docs/client.md",
        "docs/limits.md",
        "docs/inbox.md",
        "docs/reports.md",
        "docs/webhooks.md",
        "docs/agents.md",
    ],
)
async def test_the_examples_run_as_written(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photo.png").write_bytes(b"\x89PNG")
    async with (
        Sandbox(sockets=False) as sandbox,
        Grinfi(sandbox.key, base_url=sandbox.url, transport=sandbox.transport) as grinfi,
    ):
        monkeypatch.setenv("GRINFI_API_KEY", sandbox.key)
        monkeypatch.setenv("GRINFI_WEBHOOK_SECRET", "s3cret")
        everyone = await grinfi.lists.create(name="Everyone")
        await grinfi.custom_fields.create(name="Industry", object="lead")
        names: dict[str, Any] = {
            "grinfi": grinfi,
            "Grinfi": Grinfi,
            "F": F,
            "ago": ago,
            "uuid": (await grinfi.contacts.upsert(lead={"linkedin_id": "ada"}, list_uuid=everyone.uuid)).uuid,
            "list_uuid": everyone.uuid,
            "sender": await grinfi.sender_profiles.create(first_name="Ada", last_name="Byron", assignee_user_id=1),
            "tag": (tag := await grinfi.tags.create(name="hello")),
            "tag_uuid": tag.uuid,
            "flow": await grinfi.automations.create(name="Hello", use_sender_schedule=True, schedule=SCHEDULE),
        }
        for example in blocks(page, "python")[page == "README.md" :]:  # its first program makes its own client
            running = eval(compile(example, page, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), names)
            if iscoroutine(running):
                await running
    assert page != "docs/files.md" or (tmp_path / "contacts.csv").exists()


def test_the_tree_of_errors_is_complete() -> None:
    page = (ROOT / "docs" / "client.md").read_text("utf-8")
    public = {name: getattr(grinfi_async, name) for name in grinfi_async.__all__}
    errors = {name for name, it in public.items() if isinstance(it, type) and issubclass(it, GrinfiError)}
    assert errors - {"ResultWindowServerError"} <= set(re.findall(r"\w+Error", page))
