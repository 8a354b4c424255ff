"""The page of benchmarks, and how it is made of figures."""

from __future__ import annotations

from pathlib import Path

from benchmarks.registry import BENCHMARKS
from benchmarks.tables import Measure, Row, Table, milliseconds, percent

PAGE = (Path(__file__).parent.parent / "docs" / "benchmarks.md").read_text("utf-8")


def test_the_page_has_what_is_registered_with_the_command_of_each() -> None:
    headings = [line[3:] for line in PAGE.splitlines() if line.startswith("## ")]
    titles = [benchmark.title for benchmark in BENCHMARKS.values()]
    assert headings == ["Where a peer is better", *titles, "What is not measured"]
    for name, benchmark in BENCHMARKS.items():
        assert f"`python -m benchmarks {name}`. {benchmark.how}" in PAGE


def test_a_table_shows_ratios_and_names_peers_that_are_better_beyond_noise() -> None:
    table = Table(
        (Measure("time", milliseconds), Measure("used", percent, better="more", ratio=False)),
        (Row("quick", (0.001, 0.5)), Row("equal", (0.00199, 0.91)), Row("ours", (0.002, 0.9), ours=True)),
        base="ours",
    )
    assert table.markdown().splitlines() == [
        "|  | time | used |",
        "|---|---:|---:|",
        "| quick | 1.00 ms (0.50 ×) | 50% |",
        "| equal | 1.99 ms (0.99 ×) | 91% |",
        "| **ours** | 2.00 ms (1.00 ×) | 90% |",
    ]
    assert list(table.where_a_peer_is_better()) == ["time: quick 1.00 ms; ours 2.00 ms"]
