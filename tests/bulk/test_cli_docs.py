"""The commands of docs/cli.md do what it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from grinfi_sandbox import run_in_thread

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"```console\n(.*?)```", (ROOT / "docs" / "cli.md").read_text("utf-8"), re.DOTALL)
TRANSCRIPT = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


def as_pattern(text: str) -> str:
    """`…` stands for any text, and at the end of the output for all the rest."""
    return ".*".join(re.escape(part) for part in text.rstrip("\n").split("…"))


def test_the_commands_of_the_documentation(tmp_path: Path) -> None:
    shutil.copy(ROOT / "examples" / "contacts.csv", tmp_path)
    program = tmp_path / "bin" / "grinfi"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m grinfi_bulk.cli "$@"\n')
    program.chmod(0o755)
    with run_in_thread() as server:
        path = f"{program.parent}:{os.environ['PATH']}"
        told = {"GRINFI_API_KEY": server.key, "GRINFI_BASE_URL": server.url, "PATH": path}
        for command, expected in TRANSCRIPT.findall("".join(BLOCKS)):
            ended = subprocess.run(
                ["bash", "-c", command], cwd=tmp_path, env={**os.environ, **told}, capture_output=True, encoding="utf-8"
            )
            assert (ended.returncode, ended.stderr) == (0, ""), command
            assert re.fullmatch(as_pattern(expected), ended.stdout.rstrip("\n"), re.DOTALL), (
                f"{command}\n{ended.stdout}"
            )
    assert len(TRANSCRIPT.findall("".join(BLOCKS))) > 8
