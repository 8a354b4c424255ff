"""Many runs in several processes."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from .runs import Run, simulated

SHARE = 50
"""Seeds that a process takes at a time."""


def some(seeds: range) -> tuple[int, list[Run]]:
    """Run seeds; how many calls were made, and the runs that went wrong."""
    with simulated() as run:
        runs = [run(seed) for seed in seeds]
    return sum(each.calls for each in runs), [each for each in runs if each.problems]


def soak(first: int, count: int, processes: int, most: int) -> int:
    """Run seeds in several processes; how many went wrong."""
    started = time.perf_counter()
    shares = [range(at, min(at + SHARE, first + count)) for at in range(first, first + count, SHARE)]
    calls, wrong = 0, list[Run]()
    # Processes are renewed, since each run leaves some garbage of the event loop behind.
    with ProcessPoolExecutor(processes, get_context("spawn"), max_tasks_per_child=20) as workers:
        for number, (made, found) in enumerate(workers.map(some, shares), 1):
            calls += made
            if number % 20 == 0:
                print(f"{number * SHARE} of {count} seeds, {len(wrong)} went wrong", flush=True)
            for each in found:
                if len(wrong) < most:
                    print(f"--- seed {each.seed}\n{each.tail()}", flush=True)
                wrong.append(each)
    seconds = time.perf_counter() - started
    print(f"{count} seeds from {first}, {calls} calls and jobs, in {seconds:.0f} s ({count / seconds:.0f} seeds/s)")
    for told, times in Counter(_kind(each.problems[0]) for each in wrong).most_common():
        print(f"{times:6} × {told}")
    for each in wrong[:20]:
        print(f"seed {each.seed} went wrong: {each.problems[0]}\n    python -m tests.simulation {each.seed}")
    return len(wrong)


def _kind(problem: str) -> str:
    """What is wrong, without numbers and names."""
    return " ".join(word for word in problem.split() if not any(letter.isdigit() for letter in word))[:120]
