"""Ways to break the code that the simulation must detect: each is applied to a copy, where seeds are run."""

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
SOURCE_ROOTS: Final = ("overrides", "integrations", "support", "bulk")
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
        """The seeds that detect it, with their problems."""
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder)
            for source_root in SOURCE_ROOTS:
                shutil.copytree(ROOT / source_root, copy / source_root)
            place = copy / self.file
            place.write_text(self.applied(place.read_text()))
            path = os.pathsep.join(map(str, (*(copy / source_root for source_root in SOURCE_ROOTS), ROOT)))
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
        "throw a connection away without closing it",
        OVERRIDES + "connections.py",
        """        self._open.discard(connection)
        await connection.aclose()
""",
        """        self._open.discard(connection)
""",
    ),
    Break(
        "lose the place of a request that is cancelled while it is sent",
        OVERRIDES + "connections.py",
        """        finally:
            self._used[_kind(call.lane)] -= 1
            self._queue.changed()
""",
        """        finally:
            if "response" in locals():
                self._used[_kind(call.lane)] -= 1
                self._queue.changed()
""",
    ),
    Break(
        "leave calls under way alone when their client is closed",
        OVERRIDES + "client.py",
        "            call.scope.cancel()\n",
        "            call.hold()\n",
    ),
    Break(
        "lose the token of a call that is cancelled while it is sent",
        OVERRIDES + "transport.py",
        """        except BaseException:
            if call.under_way:
""",
        """        except Exception:
            if call.under_way:
""",
    ),
    Break(
        "give a token back when the answer comes, and not a period later",
        OVERRIDES + "rate_limit.py",
        "        self.returning.append(now + self.period)\n",
        "        self.returning.append(now)\n",
    ),
    Break(
        "count the period of a token from the sending",
        OVERRIDES + "rate_limit.py",
        "self.returning.append(now + self.period)\n",
        "self.returning.append(now + self.period - 0.2)\n",
    ),
    Break(
        "wake nobody when a waiter is cancelled",
        OVERRIDES + "lanes.py",
        """            self._used_up.pop(waiter.lane.share, None)
        self._wake_heads()
""",
        """            self._used_up.pop(waiter.lane.share, None)
""",
    ),
    Break(
        "serve jobs before the application",
        OVERRIDES + "lanes.py",
        """        for waiter in self._application:
            return waiter
        heads""",
        """        for waiter in self._application if not self._jobs else ():
            return waiter
        heads""",
    ),
    Break(
        "let jobs hold more than their share",
        OVERRIDES + "rate_limit.py",
        "if not lane.job or self._room(lane) > 0:",
        "if not lane.job or self._room(lane) > -1:",
    ),
    Break(
        "wait longer than max_wait",
        OVERRIDES + "lanes.py",
        "deadline=math.inf if max_wait is None else started + max_wait)",
        "deadline=math.inf)",
    ),
    Break(
        "send a request again whose answer was lost, whatever it does",
        OVERRIDES + "transport.py",
        'repeat = not isinstance(failure, TooLargeAnswer) and (not unknown or call.retry_class != "write")',
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
        """                self._journal.start(row, self._recorded_key(item, key))
                self._journal.commit()
""",
        """                self._journal.start(row, self._recorded_key(item, key))
""",
    ),
    Break(
        "send an item again that an earlier run may have sent",
        BULK + "engine.py",
        'return self._callee.retry_class == "write" and (not self._options.repeat_unknown or self._look is not None)',
        "return False",
    ),
    Break(
        "record no item that is cut off as unknown",
        BULK + "engine.py",
        'self._journal.end(entry.row, key, "unknown", error=str(error))',
        'self._journal.end(entry.row, key, "pending")',
    ),
    Break(
        "forget to count an item that is cut off",
        BULK + "engine.py",
        """            self._count(Outcome(entry.row, entry.key, entry.item, "unknown", error=error))
""",
        "",
    ),
    Break(
        "call an item failed whose outcome is unknown",
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
