"""docs/benchmarks.md, as `make benchmark` writes it."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from grinfi_async import __version__

from .peers import PACKAGES, ROOT
from .tables import Benchmark, Table

PAGE = ROOT / "docs" / "benchmarks.md"
NOT_MEASURED = """## What is not measured

- **The live service.** All servers here are on the same machine, or in the same process. How
  long the real API takes, how it counts its limit, and what its mass actions and imports do under load is unknown.
- **The network**: TLS, HTTP/2, proxies, lost packets.
- **githubkit and openai as clients of this API**: there are none. Their packages are measured with an
  equivalent model.
- **Other machines and systems.** Times are of one machine; the ratios travel better.
"""


def processor() -> str:
    """The model of the processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def section(benchmark: Benchmark, tables: Sequence[Table]) -> str:
    return "\n\n".join(
        (
            f"## {benchmark.title}",
            f"`python -m benchmarks {benchmark.name}`. {benchmark.how}",
            *(table.markdown() for table in tables),
        )
    )


def where_peers_are_better(results: Mapping[str, Sequence[Table]], benchmarks: Mapping[str, Benchmark]) -> str:
    lines = [
        f"- {benchmarks[name].title}: {sentence}."
        for name, tables in results.items()
        for table in tables
        for sentence in table.where_a_peer_is_better()
    ]
    return "\n".join(lines or ["Nowhere in this run."])


def page(results: Mapping[str, Sequence[Table]], benchmarks: Mapping[str, Benchmark], minutes: float) -> str:
    packages = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    machine = f"{processor()}, {os.cpu_count()} cores, {platform.system()} ({platform.machine()})"
    python = f"{platform.python_implementation()} {platform.python_version()}"
    sections = "\n\n".join(section(benchmarks[name], tables) for name, tables in results.items())
    return f"""# Benchmarks

Written by `make benchmark`, which measures grinfi-async and its peers in one run ({minutes:.0f} minutes).
After that, `python -m benchmarks NAME` runs one of them. A figure in brackets is a multiple of the row with 1.00 ×.

- {datetime.now(UTC):%Y-%m-%d}; {machine}; {python}
- grinfi-async {__version__}; {packages}

## Where a peer is better

These figures from the tables below beat the best of ours by more than 5 %. HTTP libraries
alone and JSON parsers do less than a client.

{where_peers_are_better(results, benchmarks)}

{sections}

{NOT_MEASURED}"""
