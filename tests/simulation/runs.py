"""Running seeds."""

from __future__ import annotations

import gc
import logging
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from httpcore._backends.auto import AutoBackend  # pyright: ignore[reportPrivateImportUsage]

from .backends import Asyncio
from .clock import START, Hang, Killed, start_over, virtual
from .world import World

__all__ = ["Run", "simulated"]


@dataclass(frozen=True)
class Run:
    """The result of a seed.

    Attributes:
        seed: The seed.
        problems: Violations of the rules; empty if there are none.
        log: The events, one per line.
        calls: Calls that were made.
    """

    seed: int
    problems: tuple[str, ...]
    log: str
    calls: int

    def tail(self, lines: int = 40) -> str:
        """The end of the log, and the problems."""
        return "\n".join([*self.log.splitlines()[-lines:], *(f"WRONG: {problem}" for problem in self.problems)])


@contextmanager
def simulated() -> Generator[Callable[[int], Run]]:
    """A function that runs a seed. Until the end of the block clock, network and chance are the simulation's."""
    place = Path("/dev/shm")
    world: list[World] = []

    async def connect(backend: Any, host: str, port: int, timeout: float | None = None, **_: Any) -> Any:
        return await world[0].server.connect(timeout)

    with (
        tempfile.TemporaryDirectory(dir=place if place.is_dir() else None) as folder,
        virtual(lambda: world[0].now() if world else START) as complaints,
        mock.patch.object(AutoBackend, "connect_tcp", connect),
        mock.patch.dict(sys.modules),
        mock.patch.object(logging.getLogger("grinfi_async"), "disabled", True),
    ):

        def books(seed: int) -> tuple[list[str], str, int]:
            here = World(seed, Path(folder) / str(seed))
            world[:] = [here]
            sys.modules["coredis"] = here.redis  # type: ignore[assignment]
            _run(here, complaints)
            world.clear()
            del sys.modules["coredis"]
            return here.problems, "\n".join(here.lines), len(here.records)

        def run(seed: int) -> Run:
            start_over(seed)
            (Path(folder) / str(seed)).mkdir()
            complaints.clear()
            problems, log, calls = books(seed)
            # Unreferenced coroutines and connections report themselves now, in this run. The rest is frozen: a later
            # collection would cost time, and report it in another run.
            gc.collect()
            gc.freeze()
            shutil.rmtree(Path(folder) / str(seed))
            return Run(seed, (*problems, *complaints), log, calls)

        gc.disable()  # otherwise its moment would depend on earlier runs
        try:
            yield run
        finally:
            gc.unfreeze()
            gc.enable()


def _run(world: World, complaints: list[str]) -> None:
    # A killed process loses its event loop and all objects; its journal, the server and time stay:
    #
    #   loop 1  ...storm... Killed
    #   bury                        drop what is left of it, without a word: a dead process closes nothing
    #   loop 2                      resumes at the same virtual time, with the same server, and runs the job again
    while True:
        backend = world.backend
        try:
            backend.run(world.live)
            for problem in backend.problems:
                world.wrong(problem)
            return
        except Killed:
            world.bury()
            gc.collect()
            complaints.clear()
            world.backend = Asyncio(backend.now)
        except (Hang, Exception) as error:
            if error.args:
                world.wrong(
                    f"hangs: {error}" if isinstance(error, Hang) else "".join(traceback.format_exception(error))
                )
            world.bury()
            gc.collect()
            complaints.clear()
            return
