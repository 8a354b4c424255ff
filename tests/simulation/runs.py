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
    """What came of a seed.

    Attributes:
        seed: The seed.
        problems: What must not be; empty if all is well.
        log: The events, one a line.
        calls: Calls that were made.
    """

    seed: int
    problems: tuple[str, ...]
    log: str
    calls: int

    def tail(self, lines: int = 40) -> str:
        """The end of the log, and what was wrong."""
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
            # What nobody holds any more complains now; what is left is not looked at again.
            gc.collect()
            gc.freeze()
            shutil.rmtree(Path(folder) / str(seed))
            return Run(seed, (*problems, *complaints), log, calls)

        gc.disable()  # or its moment would depend on the runs before
        try:
            yield run
        finally:
            gc.unfreeze()
            gc.enable()


def _run(world: World, complaints: list[str]) -> None:
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
