"""`grinfi inbox` on a screen, for scripts, and while it watches."""

from __future__ import annotations

import json
import signal
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import anyio
import pytest

from grinfi_async import Grinfi
from grinfi_bulk.cli import inbox, main
from grinfi_sandbox import SandboxServer, run_in_thread
from tests.toolkit.crm import Team

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[SandboxServer]:
    with run_in_thread() as server:
        monkeypatch.setenv("GRINFI_API_KEY", server.key)
        monkeypatch.setenv("GRINFI_BASE_URL", server.url)
        do(server, prepare)
        yield server


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def run(*arguments: str, columns: int = 60) -> tuple[int, str, str]:
        monkeypatch.setenv("COLUMNS", str(columns))
        status, (out, err) = main(["inbox", *arguments]), capsys.readouterr()
        return status, out, err

    return run


def do(server: SandboxServer, use: Callable[[Grinfi], Awaitable[object]]) -> None:
    async def main() -> None:
        async with Grinfi(server.key, base_url=server.url, rate_limiter=None) as grinfi:
            await use(grinfi)

    anyio.run(main)


async def prepare(grinfi: Grinfi) -> None:
    crm = Team(grinfi)
    sender, ada = await crm.sender(), await crm.contact("ada")
    await crm.write(sender.uuid, ada.uuid, "Shall I show you the new version? " * 4)
    await crm.says(ada.uuid, "Yes,\nwith \x1b[31mpleasure. " + "Tuesday at ten would suit me. " * 4)


@pytest.mark.parametrize("columns", [60, 100])
def test_a_screen(server: SandboxServer, run: Run, columns: int) -> None:
    status, out, err = run(columns=columns)
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].split() == ["Ada", "Byron", "0", "min"]
    assert lines[1] == "  LinkedIn with Max Roe"
    assert lines[2].startswith("  < Shall I show you the new version?")
    assert lines[2].endswith("…")  # our texts are cut; the contact's are not
    assert lines[3].startswith("  > Yes, with  [31mpleasure.")
    assert " ".join(out.split()).count("Tuesday at ten") == 4
    assert max(map(len, lines)) == columns
    assert "\x1b" not in out


def test_for_scripts(server: SandboxServer, run: Run) -> None:
    status, out, _ = run("--json", "--since", "1d")
    found = json.loads(out)
    assert (status, len(found["conversations"]), found["coverage"]["messages"]) == (0, 1, 1)
    assert found["conversations"][0]["contact"]["name"] == "Ada Byron"
    for arguments in (["--cursor", "x"], ["--watch", "--every", "1"], ["--since", "soon"]):
        assert run(*arguments)[0] == 2


def test_watching_shows_each_message_once(
    server: SandboxServer, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    steps: list[str] = []

    async def sleep(seconds: float) -> None:
        """In place of waiting: something happens; Ctrl-C when there is nothing left."""
        step = steps.pop(0) if steps else ""
        if step == "fail":
            server.app.state.sandbox.faults.add(operation="listLinkedinMessages", status=500, count=2)
        elif step:
            async with Grinfi(server.key, base_url=server.url, rate_limiter=None) as grinfi:
                ada = await grinfi.contacts.search().one()
                await Team(grinfi).says(ada.uuid, step)
        else:
            signal.raise_signal(signal.SIGINT)
            await anyio.sleep(5)

    monkeypatch.setattr(inbox, "wait", sleep)
    cursor = str(tmp_path / "cursor")

    def watch(*what: str, first: tuple[str, ...] = ()) -> list[str]:
        steps[:] = what
        status, out, err = run("--watch", "--json", "--cursor", cursor, *first)
        assert (status, "next attempt" in err) == (0, "fail" in what), err
        return [json.loads(line)["text"] for line in out.splitlines()]

    assert [it.split(",")[0] for it in watch("First", "fail", "Second", first=("--since", "1d"))] == [
        "Yes",
        "First",
        "Second",
    ]
    assert watch("Third") == ["Third"]
    assert watch() == []
    assert run("--watch", "--cursor", __file__)[0] == 2
