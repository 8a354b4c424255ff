"""The commands of docs/cli.md do what the page says."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grinfi_bulk.cli import main
from grinfi_sandbox import run_in_thread

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"```console\n(.*?)```", (ROOT / "docs" / "cli.md").read_text("utf-8"), re.DOTALL)
COMMANDS: list[tuple[str, str]] = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", "".join(BLOCKS), re.MULTILINE)


def as_pattern(text: str) -> str:
    """`…` matches any text, and at the end of the output all the rest."""
    return ".*".join(re.escape(part) for part in text.rstrip("\n").split("…"))


def test_the_commands_of_the_documentation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(ROOT / "examples" / "contacts.csv", tmp_path)
    program = tmp_path / "bin" / "grinfi"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m grinfi_bulk.cli "$@"\n')
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")

    def run(command: str) -> tuple[int, str, str]:
        if "|" in command:
            ended = subprocess.run(["bash", "-c", command], capture_output=True, encoding="utf-8")
            return ended.returncode, ended.stdout, ended.stderr
        _, *arguments = shlex.split(command)
        status = main(arguments)
        out, err = capsys.readouterr()
        return status, out, err

    with run_in_thread() as server:
        monkeypatch.setenv("GRINFI_API_KEY", server.key)
        monkeypatch.setenv("GRINFI_BASE_URL", server.url)
        for command, expected in COMMANDS:
            status, out, err = run(command)
            assert (status, err) == (0, ""), command
            assert re.fullmatch(as_pattern(expected), out.rstrip("\n"), re.DOTALL), f"{command}\n{out}"
    assert len(COMMANDS) > 8
