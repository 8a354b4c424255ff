"""The command `grinfi` as a process of its own: its exit statuses, its output, and the modules it loads."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from grinfi_bulk.cli import main
from grinfi_sandbox import SandboxServer, run_in_thread

Here = Callable[..., tuple[int, str, str]]

SEVERAL_PAGES = 260
LIGHT = """
import sys
from grinfi_bulk.cli import main
status = main({arguments})
loaded = {{"httpx", "anyio", "attrs", "sqlite3", "grinfi_overrides"}} & set(sys.modules)
sys.exit(f"loads {{sorted(loaded)}}" if loaded else status)
"""
PRODUCTION = """
import asyncio, sys
from grinfi_async import Grinfi
from grinfi_bulk.cli import main

async def call():
    async with Grinfi() as grinfi:
        await grinfi.tags.create(name="Warm")

asyncio.run(call())
status = main(["call", "tags.list"])
testing = {"grinfi_sandbox", "pytest", "_pytest", "starlette", "uvicorn"}
loaded = {name for name in sys.modules if name.split(".")[0] in testing}
sys.exit(f"loads {sorted(loaded)}" if loaded else status)
"""
WITHOUT = """
import sys
sys.modules[{module!r}] = None
from grinfi_bulk.cli import main
sys.exit(main({arguments}))
"""


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with run_in_thread() as running:
        yield running


@pytest.fixture
def api(server: SandboxServer) -> Iterator[httpx.Client]:
    """A client of an empty sandbox."""
    with httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {server.key}"}) as client:
        assert client.post("/_sandbox/reset").status_code == 204
        yield client


def environment(server: SandboxServer | None = None, **more: str) -> dict[str, str]:
    """The environment of a process."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GRINFI_")}
    told = {} if server is None else {"GRINFI_API_KEY": server.key, "GRINFI_BASE_URL": server.url}
    return {**inherited, **told, **more}


def start(*arguments: str, env: dict[str, str], program: str | None = None) -> subprocess.Popen[str]:
    command = ["-m", "grinfi_bulk.cli", *arguments] if program is None else ["-c", program]
    return subprocess.Popen(
        [sys.executable, *command], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )


def run(*arguments: str, env: dict[str, str], program: str | None = None) -> tuple[int, str, str]:
    """Run the command to its end: exit status, stdout, stderr."""
    with start(*arguments, env=env, program=program) as process:
        out, err = process.communicate(timeout=60)
    return process.returncode, out, err


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    """Run the command in this process: exit status, stdout, stderr."""

    def run_here(*arguments: str, env: dict[str, str]) -> tuple[int, str, str]:
        with monkeypatch.context() as patched:
            for name in os.environ.keys() - env.keys():
                patched.delenv(name)
            for name, value in env.items():
                patched.setenv(name, value)
            try:
                status = main(arguments)
            except SystemExit as ended:
                status = int(ended.code or 0)
        out, err = capsys.readouterr()
        return status, out, err

    return run_here


def test_answers_in_utf8_whatever_the_terminal(server: SandboxServer, api: httpx.Client) -> None:
    env = environment(server, PYTHONIOENCODING="ascii")
    status, out, err = run("call", "lists.create", "--arg", "name=Größe 😀", env=env)
    assert (status, err) == (0, "")
    assert json.loads(out)["name"] == "Größe 😀"
    assert "Größe 😀" in out


def test_statuses_of_configuration_and_api_errors(server: SandboxServer, api: httpx.Client, here: Here) -> None:
    status, out, err = here("whoami", env=environment())
    assert (status, out) == (3, "")
    assert err.startswith("grinfi: No API key.")
    assert err.count("\n") == 1

    wrong = environment(server, GRINFI_API_KEY="wrong-secret")
    status, out, err = here("whoami", "--debug", env=wrong)
    assert (status, out) == (3, "")
    assert "Traceback (most recent call last)" in err
    assert err.splitlines()[-1].startswith("grinfi: GET /id/api/users/current answered 401")
    assert "wrong-secret" not in err
    status, out, err = here("call", "contacts.search", "--json", "@wrong-secret", "--debug", env=wrong)
    assert (status, out) == (2, "")
    assert "No such file or directory: '***'" in err
    assert "wrong-secret" not in err

    status, out, err = here("call", "contacts.get", "--arg", "uuid=none", env=environment(server))
    assert (status, out, err) == (
        4,
        "",
        "grinfi: GET /leads/api/leads/none answered 404 not_found: There is no lead none.\n",
    )

    status, out, err = here("import", env=environment(server))
    assert (status, out, err) == (2, "", "grinfi: Missing argument 'FILE'. See grinfi import --help.\n")


def test_ctrl_c_ends_with_130_and_one_line(server: SandboxServer, api: httpx.Client) -> None:
    fault = {"kind": "latency", "operation": "searchContacts", "seconds": 5, "count": 1}
    new = api.post("/_sandbox/faults", json=fault).json()
    with start("call", "contacts.search", "--all", env=environment(server)) as process:
        end = time.monotonic() + 30
        while api.get("/_sandbox/faults").json()["data"] == new["data"]:  # it has not struck yet
            assert time.monotonic() < end
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (130, "", "grinfi: interrupted\n")


def test_a_reader_that_has_enough_ends_it_quietly(server: SandboxServer, api: httpx.Client) -> None:
    for number in range(SEVERAL_PAGES):
        api.post("/leads/api/lists", json={"name": f"List {number} {'x' * 2000}"})
    with start("call", "lists.list", "--all", env=environment(server)) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith('{"uuid": ')
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""
        assert process.wait(10) == 141


CLOSED = "grinfi: stdin or stdout is closed\n"
FULL = "grinfi: [Errno 28] No space left on device\n"


@pytest.mark.parametrize(
    ("command", "status", "told"),
    [
        ("whoami >&-", 2, CLOSED),
        ("call contacts.search --json - <&-", 2, CLOSED),
        ("--help >/dev/full", 2, FULL),
        ("cal 2>/dev/full", 2, ""),
        ("call contacts.get --arg uuid=none 2>&-", 4, ""),
        ("export contacts -o contacts.csv >report 2>/dev/full", 0, ""),
        ("export contacts -o contacts.csv >report 2>&-", 0, ""),
    ],
)
def test_ends_well_without_its_streams(
    command: str, status: int, told: str, server: SandboxServer, api: httpx.Client, tmp_path: Path
) -> None:
    list_uuid = api.post("/leads/api/lists", json={"name": "Everyone"}).json()["uuid"]
    api.post("/leads/api/leads/upsert", json={"lead": {"linkedin_id": "ada"}, "list_uuid": list_uuid})
    path = os.pathsep.join(["", *sys.path])
    done = subprocess.run(
        ["sh", "-c", f"exec {sys.executable} -m grinfi_bulk.cli {command}"],
        cwd=tmp_path,
        env=environment(server, PYTHONPATH=path),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (status, "", told)
    if command.startswith("export"):
        assert (tmp_path / "report").read_text().startswith("contacts: 1 row to contacts.csv")
        assert "ada" in (tmp_path / "contacts.csv").read_text()


@pytest.mark.parametrize("arguments", [["--help"], ["import", "--help"], ["cal"]])
def test_help_loads_neither_http_nor_the_resources(arguments: list[str]) -> None:
    status, _, err = run(env=environment(), program=LIGHT.format(arguments=arguments))
    assert (status, err) in [
        (0, ""),
        (2, "grinfi: No such command 'cal'. Did you mean 'call'? See grinfi --help.\n"),
    ]


def test_production_loads_neither_the_sandbox_nor_pytest(server: SandboxServer, api: httpx.Client) -> None:
    status, out, err = run(env=environment(server), program=PRODUCTION)
    assert (status, err) == (0, "")
    assert '"name": "Warm"' in out


def test_completes_commands_operations_and_arguments(here: Here) -> None:
    def complete(words: str, run: Here = here) -> list[str]:
        """The completions for the last word."""
        count = len(words.split(" ")) - 1
        env = environment(_GRINFI_COMPLETE="complete_bash", COMP_WORDS=words, COMP_CWORD=str(count))
        _, out, err = run(env=env)
        assert err == ""
        return out.split()

    assert complete("grinfi wh", run) == ["whoami"]
    assert complete("grinfi call linkedin_c") == ["linkedin_conversations.list"]
    assert complete("grinfi call contacts.s") == ["contacts.search"]
    assert complete("grinfi call contacts.search --arg o") == ["offset=", "order_field=", "order_type="]
    assert complete("grinfi call contacts.none --arg o") == []
    assert complete("grinfi export automation") == ["automation-contacts"]


@pytest.mark.parametrize(
    ("module", "arguments", "told"),
    [
        ("typer", ["--help"], "pip install 'grinfi-async[cli]'"),
        ("uvicorn", ["sandbox"], "pip install 'grinfi-async[sandbox]'"),
    ],
)
def test_says_which_extra_is_missing(module: str, arguments: list[str], told: str) -> None:
    status, out, err = run(env=environment(), program=WITHOUT.format(module=module, arguments=arguments))
    assert (status, out) == (3, "")
    assert told in err
    assert err.count("\n") == 1


def test_serves_a_sandbox(tmp_path: Path, here: Here) -> None:
    database = tmp_path / "sandbox.sqlite3"
    with start(
        "sandbox", "--port", "0", "--contacts", "3", "--database", str(database), "--json", env=environment()
    ) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        env = environment(GRINFI_API_KEY=told["key"], GRINFI_BASE_URL=told["url"])
        assert json.loads(here("call", "contacts.count", "--arg", "all=true", env=env)[1]) == {"total": 3}
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    status, _, err = here("sandbox", "--database", str(tmp_path), env=environment())
    assert status == 2
    assert err.startswith("grinfi_sandbox: ")
    assert "--rate-limit" in here("sandbox", "--help", env=environment())[1]


def test_an_interrupted_import_resumes_where_it_stopped(
    server: SandboxServer, api: httpx.Client, tmp_path: Path
) -> None:
    api.post("/leads/api/lists", json={"name": "Everyone"})
    api.post("/_sandbox/faults", json={"operation": "upsertContact", "status": 422, "count": 1})
    api.post("/_sandbox/faults", json={"kind": "latency", "operation": "upsertContact", "seconds": 0.5, "count": 300})
    file, journal, failed = tmp_path / "contacts.csv", str(tmp_path / "journal"), tmp_path / "failed.csv"
    file.write_text("linkedin_id\n" + "".join(f"contact-{number}\n" for number in range(150)))
    command = ["import", str(file), "--list", "Everyone", "--via", "upsert", "--journal", journal, "--quiet"]
    command += ["--failures", str(failed)]

    def imported() -> int:
        return int(api.post("/leads/api/leads/count", json={"all": True}).json()["total"])

    with start(*command, env=environment(server)) as process:
        end = time.monotonic() + 30
        while not imported():
            assert time.monotonic() < end
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err.splitlines() == [
        f"grinfi: to resume, run the same command again with --journal {journal}",
        "grinfi: interrupted",
        f"1 failed row in {failed}",
    ]
    assert len(failed.read_text("utf-8").splitlines()) == 2
    written = imported()
    assert f"\n  succeeded  {written:>9,}\n  failed             1\n" in out
    assert f"  stopped in Import contacts (1 of 1): {written} of 150 rows done\n" in out
    assert 0 < written < 150
    status, out, _ = run(*command, "--json", env=environment(server))
    assert status == 0
    report = json.loads(out)
    assert (report["skipped"], report["succeeded"]) == (written, 150 - written)
    assert imported() == 150
