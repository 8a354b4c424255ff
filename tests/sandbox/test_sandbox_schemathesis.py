"""Runs tests/sandbox/fuzz_answers.py in its own process, the only one that loads schemathesis."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_schemathesis_finds_no_wrong_answer() -> None:
    file = Path(__file__).with_name("fuzz_answers.py")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "schemathesis", "-p", "no:cacheprovider", str(file)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
