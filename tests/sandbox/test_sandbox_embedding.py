"""Sandboxes within tests: the class, the transport, the pytest plugin and its documentation."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from grinfi_async import Grinfi
from grinfi_sandbox import Sandbox
from grinfi_sandbox.inspection import SNAPSHOTS
from tests.sandbox.embedded import client

pytestmark = pytest.mark.anyio
TAGS = "/leads/api/tags"
ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "testing.md").read_text("utf-8")
TESTS, BACKENDS = re.findall(r'```python title="(?:test_contacts|conftest).py"\n(.*?)```', PAGE, re.DOTALL)
ASYNCIO_MARK = "pytestmark = pytest.mark.asyncio"
(AUTOMATIC,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("behaviour", ["published", "observed"])
@pytest.mark.parametrize("sockets", [False, True])
async def test_a_client_of_a_sandbox(sockets: bool, behaviour: Any) -> None:
    async with (
        Sandbox(sockets=sockets, keys=("my-key",), behaviour=behaviour) as sandbox,
        Grinfi(sandbox.key, base_url=sandbox.url, transport=sandbox.transport, rate_limiter=None) as grinfi,
    ):
        assert sandbox.key == "my-key"
        assert (sandbox.transport is None) == sockets
        await grinfi.tags.create(name="Ä/ &?")
        assert [tag.name for tag in await grinfi.tags.list()] == ["Ä/ &?"]
        assert [entry["operation_id"] for entry in sandbox.requests] == ["createTag", "listTags"]
        sandbox.reset()
        assert sandbox.requests == []
        assert list(await grinfi.tags.list()) == []
    async with client(sandbox) as api:
        with pytest.raises(httpx.ConnectError):
            await api.get(TAGS)


async def test_a_plain_with_serves_too() -> None:
    with Sandbox() as sandbox:
        assert httpx.get(f"{sandbox.url}/_sandbox/health").status_code == 200


@pytest.mark.parametrize("file", [False, True], ids=["in memory", "in a file"])
async def test_snapshots(file: bool, tmp_path: Path) -> None:
    database = str(tmp_path / "state.sqlite3") if file else ":memory:"
    async with Sandbox(sockets=False, database=database) as sandbox, client(sandbox) as api:

        async def names() -> list[str]:
            return [row["name"] for row in (await api.get(TAGS)).json()["data"]]

        await api.post(TAGS, json={"name": "a"})
        first = await api.post("/_sandbox/snapshots")
        assert first.status_code == 201
        await api.post(TAGS, json={"name": "b"})
        second = sandbox.snapshot()
        await api.post("/_sandbox/reset")
        assert await names() == []
        assert (await api.post(f"/_sandbox/snapshots/{first.json()['id']}")).status_code == 204
        assert await names() == ["a"]
        sandbox.restore(second)
        assert await names() == ["a", "b"]
        await api.post(TAGS, json={"name": "c"})
        sandbox.restore(second)
        assert await names() == ["a", "b"]
        assert (await api.post("/_sandbox/snapshots/99")).status_code == 404
        with pytest.raises(ValueError, match="99"):
            sandbox.restore("99")
        api.headers.pop("authorization")
        assert (await api.post("/_sandbox/snapshots")).status_code == 401
        assert (await api.post(f"/_sandbox/snapshots/{second}")).status_code == 401


async def test_a_snapshot_holds_the_clock() -> None:
    async with Sandbox(sockets=False) as sandbox, client(sandbox) as api:

        async def now() -> datetime:
            return datetime.fromisoformat((await api.post(TAGS, json={"name": "a"})).json()["created_at"])

        started = await now()
        await api.post("/_sandbox/advance", json={"seconds": 86400})
        tomorrow = sandbox.snapshot()
        await api.post("/_sandbox/advance", json={"seconds": 86400})
        assert await now() - started > timedelta(days=2)
        sandbox.restore(tomorrow)
        assert timedelta(days=1) <= await now() - started < timedelta(days=1, minutes=1)
        sandbox.reset()
        assert await now() - started < timedelta(minutes=1)
        sandbox.restore(tomorrow)
        assert await now() - started >= timedelta(days=1)


async def test_the_number_of_snapshots_is_bounded() -> None:
    async with Sandbox(sockets=False) as sandbox, client(sandbox) as api:
        kept = [sandbox.snapshot() for _ in range(SNAPSHOTS)]
        refused = await api.post("/_sandbox/snapshots")
        assert (refused.status_code, refused.json()["error"]["reason"]) == (409, "conflict")
        assert "delete one first" in refused.json()["message"]
        with pytest.raises(ValueError, match="delete one first"):
            sandbox.snapshot()
        assert (await api.delete(f"/_sandbox/snapshots/{kept[0]}")).status_code == 204
        sandbox.delete_snapshot(kept[1])
        later = [sandbox.snapshot(), (await api.post("/_sandbox/snapshots")).json()["id"]]
        assert len({*kept, *later}) == SNAPSHOTS + 2
        for method in ("DELETE", "POST"):
            gone = await api.request(method, f"/_sandbox/snapshots/{kept[0]}")
            assert gone.status_code == 404
            assert f"There is no snapshot {kept[0]}: there are {kept[2]}, " in gone.json()["message"]
        with pytest.raises(ValueError, match="There is no snapshot x"):
            sandbox.delete_snapshot("x")
        api.headers.pop("authorization")
        assert (await api.delete(f"/_sandbox/snapshots/{kept[2]}")).status_code == 401


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_hundred_new_sandboxes_are_quick() -> None:
    started = time.process_time()  # not how busy the machine is
    for _ in range(100):
        async with Sandbox(sockets=False) as sandbox, client(sandbox) as api:
            assert (await api.post(TAGS, json={"name": "a"})).status_code == 201
            assert len((await api.get(TAGS)).json()["data"]) == 1
    assert time.process_time() - started < 5


async def test_many_concurrent_requests_do_not_lose_writes() -> None:
    async with Sandbox(sockets=False) as sandbox, client(sandbox) as api:
        async with anyio.create_task_group() as group:
            for number in range(100):
                group.start_soon(lambda n: api.post(TAGS, json={"name": f"tag {n}"}), number)
        assert len((await api.get(TAGS)).json()["data"]) == 100


MARK = "pytestmark = pytest.mark.anyio"
IN_BOTH_BEHAVIOURS = """
import pytest


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.name.startswith("test_observed"):
            item.add_marker(pytest.mark.grinfi_sandbox(behaviour="observed"))
"""
# Only named plugins: the sandbox's plugin is loaded once, also when it is not installed.
PLUGINS = ("-p", "anyio.pytest_plugin", "-p", "pytest_asyncio.plugin", "-p", "grinfi_sandbox.pytest_plugin")


def run_python(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(map(str, (ROOT, ROOT / "overrides", ROOT / "sandbox")))
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": path, "PYTHONWARNINGS": "error"}
    command = (sys.executable, *arguments)
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("marks", "settings", "passed"),
    [((f"{MARK}\n\n\n{BACKENDS}", ASYNCIO_MARK), "", 16 + 8), (("",), AUTOMATIC, 8)],
    ids=["anyio and pytest-asyncio", "automatic"],
)
def test_the_documented_tests_pass_with_every_plugin(
    marks: tuple[str, ...], settings: str, passed: int, tmp_path: Path
) -> None:
    assert MARK in TESTS
    for number, mark in enumerate(marks):
        for behaviour in ("published", "observed"):
            (tmp_path / f"test_{behaviour}_{number}.py").write_text(TESTS.replace(MARK, mark), "utf-8")
    (tmp_path / "conftest.py").write_text(IN_BOTH_BEHAVIOURS, "utf-8")
    (tmp_path / "pyproject.toml").write_text(settings or "[tool.pytest.ini_options]", "utf-8")
    scope = ("-o", "asyncio_default_fixture_loop_scope=function")  # it warns if this is left out
    run = run_python("-m", "pytest", "-q", "--strict-markers", *PLUGINS, *scope, cwd=tmp_path)
    assert run.stdout.splitlines()[-1].startswith(f"{passed} passed in"), run.stdout + run.stderr


@pytest.mark.grinfi_sandbox(sockets=True)
async def test_the_client_of_the_fixture_needs_no_connection(grinfi: Grinfi, grinfi_sandbox: Sandbox) -> None:
    assert grinfi.base_url == grinfi_sandbox.url
    await grinfi.tags.create(name="Warm")
    other = httpx.get(f"{grinfi_sandbox.url}{TAGS}", headers={"authorization": f"Bearer {grinfi_sandbox.key}"})
    assert [tag["name"] for tag in other.json()["data"]] == ["Warm"]


def test_the_plugin_loads_only_itself() -> None:
    """It is loaded in every run of pytest, also where the extra is not installed."""
    code = (
        "import sys, pytest; before = set(sys.modules);"
        "import grinfi_sandbox.pytest_plugin; print(sorted(set(sys.modules) - before))"
    )
    path = os.pathsep.join(map(str, (ROOT, ROOT / "overrides", ROOT / "sandbox")))
    run = subprocess.run(
        (sys.executable, "-c", code), env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True
    )
    assert run.stdout.strip() == "['grinfi_sandbox', 'grinfi_sandbox.pytest_plugin']", run.stderr
