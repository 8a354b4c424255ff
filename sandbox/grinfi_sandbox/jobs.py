"""Faults of the job that a request starts: it is late, skips records, or does not finish."""

from __future__ import annotations

import random
from dataclasses import dataclass

FILE_IMPORT, MASS_ACTION = "/leads/api/file-imports/{}/import", "/leads/api/{}/mass-action"
# Operations that run as a job or record by record, so that they can be done in part.
JOB_ROUTES = frozenset(
    (
        ("POST", "/leads/api/leads"),
        *(("POST", f"{FILE_IMPORT}-{kind}") for kind in ("leads", "companies")),
        *(("PUT", MASS_ACTION.replace("{}", kind)) for kind in ("leads", "companies")),
    )
)


@dataclass(frozen=True)
class JobPlan:
    """How a job differs from one that does everything promptly.

    `delay` replaces `job_delay`. Records at `rows` (counted from 1) and a `share` that `seed`
    selects are not done, although the job reports so. If the `end` is "failed" or "endless", only the part `done` is.
    """

    delay: float | None = None
    share: float = 0.0
    rows: tuple[int, ...] = ()
    seed: int = 0
    end: str = "completed"
    done: float = 1.0

    def left_out(self, total: int) -> set[int]:
        """Return the positions, from 0, of the records that are not done."""
        # Only the seed chooses, not the request: when a client repeats the job, the same records are skipped, as by a
        # server that rejects them, and do not succeed by luck.
        chance = random.Random(self.seed)  # noqa: S311 - nothing secret
        chosen = chance.sample(range(total), round(total * self.share))
        return {*chosen, *(row - 1 for row in self.rows)}

    def stop(self, total: int) -> int:
        """Return how many records the job gets to."""
        return total if self.end == "completed" else int(total * self.done)


SOUND = JobPlan()
