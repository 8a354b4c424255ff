"""Time, memory and processes of benchmarks."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .peers import raw_folder


def best_seconds_each(calls: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The best time of each call, taken in turns so that all see the same machine."""
    best = dict.fromkeys(calls, float("inf"))
    for _ in range(rounds):
        for name, call in calls.items():
            started = time.perf_counter()
            call()
            best[name] = min(best[name], time.perf_counter() - started)
    return best


def result_of(*arguments: str) -> Any:
    """Run Python in a new process, where the raw generator's package can be imported; read the JSON it prints."""
    environment = {**os.environ, "PYTHONPATH": str(raw_folder())}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return json.loads(
        subprocess.run([sys.executable, *arguments], check=True, env=environment, capture_output=True).stdout
    )


@contextmanager
def server(module: str) -> Generator[str, None, None]:
    """Run `python -m MODULE serve`, which prints its port, in its own process; the URL."""
    process = subprocess.Popen([sys.executable, "-m", module, "serve"], stdout=subprocess.PIPE, text=True)
    with process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


def peak_memory() -> int:
    """The most bytes that this process has held."""
    try:
        status = Path("/proc/self/status").read_text("ascii")
    except OSError:
        # In bytes on macOS. Not on Linux: there a new process starts with the figure of the one that started it.
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024
