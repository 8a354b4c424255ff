"""Ways to break the code that the simulation must notice: each is made in a copy, where seeds are run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

__all__ = ["BREAKS", "Break", "look_for_breaks"]

ROOT: Final = Path(__file__).parent.parent.parent
OVERRIDES: Final = "overrides/grinfi_overrides/"
BULK: Final = "bulk/grinfi_bulk/"
SEEDS: Final = 300
SHOWN: Final = 5
RUN: Final = """
import json, sys
from tests.simulation.soak import some
calls, wrong = some(range(1, int(sys.argv[1]) + 1))
print(json.dumps([[run.seed, run.problems[0]] for run in wrong]))
"""


@dataclass(frozen=True)
class Break:
    """A way to break the code.

    Attributes:
        name: What it does.
        file: Where.
        old: What is there, once.
        new: What is put there.
    """

    name: str
    file: str
    old: str
    new: str

    def applied(self, text: str) -> str:
        """The broken text of the file."""
        found = text.count(self.old)
        if found != 1:
            raise LookupError(f"{self.file} has the place of {self.name!r} {found} times; adapt the break to the code")
        return text.replace(self.old, self.new)

    def seen_by(self, seeds: int) -> list[tuple[int, str]]:
        """The seeds that notice it, with what they say."""
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder)
            for source_root in ("overrides", "bulk"):
                shutil.copytree(ROOT / source_root, copy / source_root)
            place = copy / self.file
            place.write_text(self.applied(place.read_text()))
            path = os.pathsep.join(map(str, (copy / "overrides", copy / "bulk", ROOT)))
            told = subprocess.run(
                [sys.executable, "-c", RUN, str(seeds)],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": path},
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
        found: Any = json.loads(told.stdout)
        return [(seed, problem) for seed, problem in found]


BREAKS: Final = (
    Break(
        "keep a connection whose request was cut off",
        OVERRIDES + "connections.py",
        """            except BaseException:
                await self._discard(connection)
                raise
""",
        """            except BaseException:
                self._idle.append((anyio.current_time(), connection))
                raise
""",
    ),
    Break(
        "keep a connection that has bytes beyond the end of an answer",
        OVERRIDES + "connections.py",
        "if not connection.is_clean():",
        "if not connection:",
    ),
    Break(
        "lose the place of a request that is cancelled at the gate or later",
        OVERRIDES + "connections.py",
        """        finally:
            self._gate.release_on_behalf_of(request)
""",
        """        except Exception:
            self._gate.release_on_behalf_of(request)
            raise
        finally:
            if "response" in locals():
                self._gate.release_on_behalf_of(request)
""",
    ),
    Break(
        "throw a connection away without closing it",
        OVERRIDES + "connections.py",
        """        self._open.discard(connection)
        await connection.aclose()
""",
        """        self._open.discard(connection)
""",
    ),
    Break(
        "leave calls under way alone when their client is closed",
        OVERRIDES + "client.py",
        "            call.scope.cancel()\n",
        "            call.scope.cancelled_caught\n",
    ),
    Break(
        "send a request again whose answer was lost, whatever it does",
        OVERRIDES + "transport.py",
        'repeat = not unknown or call.retry_class != "write"',
        "repeat = True",
    ),
    Break(
        "deny that a request whose answer was lost may have been applied",
        OVERRIDES + "transport.py",
        "unknown = not isinstance(failure, NOT_SENT)",
        "unknown = False",
    ),
    Break(
        "commit to the journal after sending",
        BULK + "engine.py",
        "            self._journal.start(row, key)\n            self._journal.commit()\n",
        "            self._journal.start(row, key)\n",
    ),
    Break(
        "send an item again that an earlier run may have sent",
        BULK + "engine.py",
        'return self._callee.retry_class == "write" and not self._options.repeat_unknown',
        "return False",
    ),
    Break(
        "call an item failed whose outcome nobody knows",
        BULK + "engine.py",
        '"unknown" if lost and',
        '"unknown" if not lost and',
    ),
)


def look_for_breaks(seeds: int = SEEDS) -> int:
    """Show which seeds notice which break; how many none notices."""
    unseen = 0
    for each in BREAKS:
        seen = each.seen_by(seeds)
        unseen += not seen
        numbers = ", ".join(str(seed) for seed, _ in seen[:SHOWN])
        print(f"{each.name}: {f'{len(seen)} of {seeds} seeds, such as {numbers}' if seen else 'SEEN BY NO SEED'}")
        if seen:
            print(f"    {seen[0][1]}", flush=True)
    return unseen
