"""Mass actions as jobs: their state, and cancelling one that has not ended."""

from __future__ import annotations

from .answers import Reply
from .errors import ApiError, invalid_field
from .resources import Handler
from .store import Store
from .validation import Call
from .values import JsonObject

KIND = "mass-action"
PATH = "/leads/api/mass-actions"
OPEN, ENDS = ("queued", "in_progress"), ("completed", "failed")


class MassActions:
    """The mass actions of contacts and companies. The names of their states are the sandbox's; none are published."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def routes(self) -> dict[tuple[str, str], Handler]:
        return {("GET", PATH): self.list, ("GET", f"{PATH}/{{}}"): self.get, ("DELETE", f"{PATH}/{{}}"): self.cancel}

    def start(self, kind: str, total: int) -> str:
        """Record a mass action that is about to be done; return its UUID."""
        fields = {"type": kind, "status": "queued", "total": total, "processed": 0}
        uuid: str = self._store.insert(KIND, fields)["uuid"]
        return uuid

    def advance(self, uuid: str, number: int, end: str) -> bool:
        """Record the number of records done; return whether to do them, which is false after a cancellation.

        With the last of them it reaches its `end`: "completed", "failed", or in progress for ever.
        """
        # A cancelled mass action keeps its scheduled jobs, which all arrive here and do nothing: to delete them, jobs
        # would have to be found by their content.
        job = self._store.get(KIND, uuid)
        if job is None or job["status"] not in OPEN:
            return False
        status = end if end in ENDS else "in_progress"
        self._store.update(job, {"processed": job["processed"] + number, "status": status})
        return True

    def list(self, call: Call) -> Reply:
        return Reply(call.operation.answer.status, {"data": self._store.find(KIND, descending=True)})

    def get(self, call: Call) -> Reply:
        return Reply(call.operation.answer.status, self._find(call))

    def cancel(self, call: Call) -> Reply:
        job = self._find(call)
        if job["status"] not in OPEN:
            raise invalid_field("uuid", f"The mass action is {job['status']}.")
        self._store.update(job, {"status": "canceled"})
        return Reply(call.operation.answer.status, {})

    def _find(self, call: Call) -> JsonObject:
        job = self._store.get(KIND, str(call.path["uuid"]))
        if job is None:
            raise ApiError(404, f"There is no mass action {call.path['uuid']}.")
        return job
