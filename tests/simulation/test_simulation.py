"""Some seeds, and that a seed is the same run wherever it is run."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .breaks import BREAKS, Break
from .clock import Hang, VirtualLoop
from .soak import some

ROOT = Path(__file__).parent.parent.parent
# Among these seeds, at least one notices each break of breaks.py. `make soak` runs thousands.
FIRST_SEEDS = (1, 41, 101)
SHARE = 20


@pytest.mark.parametrize("first", FIRST_SEEDS)
def test_nothing_hangs_nothing_leaks_and_every_report_is_right(first: int) -> None:
    _, wrong = some(range(first, first + SHARE))
    assert not wrong, "\n\n".join(
        f"seed {each.seed}, to be seen again with: python -m tests.simulation {each.seed}\n{each.tail()}"
        for each in wrong[:2]
    )


def test_a_seed_gives_the_same_log_byte_for_byte_in_every_process() -> None:
    seeds = [str(seed) for seed in range(1, 6)]

    def logs(order: list[str], hash_seed: str) -> dict[str, str]:
        command = [sys.executable, "-m", "tests.simulation", *order]
        told = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=False,
        )
        runs = told.stdout.split("\n\n")[:-1]
        assert len(runs) == len(order), told.stderr
        return dict(zip(order, runs, strict=True))

    # In the other order, too: no run leaves anything to the next.
    assert logs(seeds, "1") == logs(seeds[::-1], "2")


@pytest.mark.parametrize("each", BREAKS, ids=lambda each: each.name)
def test_the_code_still_has_the_place_that_a_break_breaks(each: Break) -> None:
    assert each.applied((ROOT / each.file).read_text()) != (ROOT / each.file).read_text()


def test_a_wait_that_cannot_end_is_detected() -> None:
    loop = VirtualLoop()
    try:
        with pytest.raises(Hang, match="nothing is due"):
            loop.run_until_complete(asyncio.Event().wait())
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.call_soon(loop.stop)
        loop.run_forever()
    finally:
        loop.close()
