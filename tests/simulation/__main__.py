"""`python -m tests.simulation SEED ...` shows runs; `--soak N` makes many and shows the failures."""

from __future__ import annotations

import argparse
import os
import sys

from .breaks import look_for_breaks
from .runs import simulated
from .soak import soak


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("seeds", nargs="*", type=int, metavar="SEED", help="a seed to show")
    parser.add_argument("--soak", type=int, metavar="N", help="run so many seeds")
    parser.add_argument("--first", type=int, default=1, metavar="K", help="the first of them (1)")
    parser.add_argument("--processes", type=int, default=os.cpu_count(), metavar="P", help="processes (one a core)")
    parser.add_argument("--most", type=int, default=3, metavar="M", help="logs of failures to show (3)")
    parser.add_argument("--breaks", action="store_true", help="break the code, and show which seeds notice")
    given = parser.parse_args()
    if given.breaks:
        return 1 if look_for_breaks() else 0
    if given.soak is not None:
        return 1 if soak(given.first, given.soak, given.processes, given.most) else 0
    wrong = 0
    with simulated() as run:
        for seed in given.seeds:
            shown = run(seed)
            wrong += bool(shown.problems)
            print(shown.log)
            print("\n".join(f"WRONG: {problem}" for problem in shown.problems) or "all is well", end="\n\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
