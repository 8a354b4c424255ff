"""Run benchmarks, and print their tables; with --write, run all and write docs/benchmarks.md."""

from __future__ import annotations

import argparse
import time

from .page import PAGE, page, section
from .registry import BENCHMARKS
from .tables import Table


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"what to measure: {', '.join(BENCHMARKS)}; default: all"
    )
    parser.add_argument("--write", action="store_true", help="run all, and write docs/benchmarks.md")
    options = parser.parse_args()
    if unknown := set(options.names) - set(BENCHMARKS):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    if options.write and options.names:
        parser.error("--write runs all benchmarks: give no names")
    started = time.perf_counter()
    results: dict[str, list[Table]] = {}
    for name in options.names or BENCHMARKS:
        begun = time.perf_counter()
        results[name] = list(BENCHMARKS[name].run())
        print(f"{section(BENCHMARKS[name], results[name])}\n\n({time.perf_counter() - begun:.0f} s)\n", flush=True)
    if options.write:
        PAGE.write_text(page(results, BENCHMARKS, (time.perf_counter() - started) / 60), "utf-8")


if __name__ == "__main__":
    main()
