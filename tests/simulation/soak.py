"""Many runs in several processes."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from .runs import Run, simulated

SHARE = 50
"""Seeds that a process runs before it takes the next share."""
ROUND = 40
"""How many times that the processes do before they are replaced."""


def some(seeds: range) -> tuple[int, list[Run]]:
    """Run seeds; return how many calls were made, and the failed runs."""
    with simulated() as run:
        runs = [run(seed) for seed in seeds]
    return sum(each.calls for each in runs), [each for each in runs if each.problems]


def soak(first: int, count: int, processes: int, most: int) -> int:
    """Run seeds in several processes; how many went wrong."""
    started = time.perf_counter()
    shares = [range(at, min(at + SHARE, first + count)) for at in range(first, first + count, SHARE)]
    calls, wrong = 0, list[Run]()
    rounds = [shares[at : at + ROUND] for at in range(0, len(shares), ROUND)]
    for number, these in enumerate(rounds, 1):
        # New processes for each round, since runs leave some garbage of the event loop behind.
        with ProcessPoolExecutor(processes, get_context("spawn")) as workers:
            for made, found in workers.map(some, these):
                calls += made
                for each in found:
                    if len(wrong) < most:
                        print(f"--- seed {each.seed}\n{each.tail()}", flush=True)
                    wrong.append(each)
        print(f"round {number} of {len(rounds)}: {len(wrong)} seeds went wrong so far", flush=True)
    seconds = time.perf_counter() - started
    print(f"{count} seeds from {first}, {calls} calls and jobs, in {seconds:.0f} s ({count / seconds:.0f} seeds/s)")
    for told, times in Counter(_kind(each.problems[0]) for each in wrong).most_common():
        print(f"{times:6} × {told}")
    for each in wrong[:20]:
        print(f"seed {each.seed} went wrong: {each.problems[0]}\n    python -m tests.simulation {each.seed}")
    return len(wrong)


def _kind(problem: str) -> str:
    """The problem, without numbers and names."""
    return " ".join(word for word in problem.split() if not any(letter.isdigit() for letter in word))[:120]
