"""Faults that a test configures: wrong statuses, broken and stalled connections, delays, unfinished jobs."""

from __future__ import annotations

import math
import random
import threading
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any

from .errors import invalid_field
from .jobs import SOUND, JobPlan
from .values import JsonObject, as_array, as_object

ENDS = ("failed", "endless")
JOB_KINDS = ("late", "partial", *ENDS)  # faults of the job that a request starts
KINDS = ("status", "reset", "stall", "half", "latency", *JOB_KINDS)
DISTRIBUTIONS = {"fixed": ("seconds",), "uniform": ("low", "high"), "normal": ("mean", "deviation")}
APPLIED = ("before", "after")
LONGEST = 86_400.0
HALF = 0.5
COMMON = ("operation", "kind", "probability", "count")
OWN: dict[str, tuple[str, ...]] = {
    "status": ("applied", "status"),
    "reset": ("applied",),
    "stall": ("applied", "seconds"),
    "half": ("applied",),
    "latency": ("applied", "distribution", "seconds", "low", "high", "mean", "deviation"),
    "late": ("seconds",),
    "partial": ("share", "rows"),
    "failed": ("done",),
    "endless": ("done",),
}
ANY_OPERATION = "*"


class FaultError(ValueError):
    """An invalid description of a fault; `field` is the invalid part."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass
class Fault:
    """A fault: what happens to which operation, how often, and whether the request takes effect before it."""

    id: int
    operation: str
    kind: str
    applied: str
    probability: float
    count: int | None
    settings: JsonObject
    hits: int = 0

    def delay(self, chance: random.Random) -> float:
        """Return the seconds of this delay."""
        settings = self.settings
        if settings["distribution"] == "uniform":
            return chance.uniform(settings["low"], settings["high"])
        if settings["distribution"] == "normal":
            return max(0.0, chance.gauss(settings["mean"], settings["deviation"]))
        return float(settings["seconds"])

    def to_json(self) -> JsonObject:
        return {
            "id": self.id,
            "operation": self.operation,
            "kind": self.kind,
            **self.settings,
            "applied": self.applied,
            "probability": self.probability,
            "count": self.count,
            "hits": self.hits,
        }


@dataclass(frozen=True)
class Plan:
    """The plan for one request: delays before and after its work, at most one other fault, its job."""

    before: float = 0.0
    after: float = 0.0
    fault: Fault | None = None
    job: JobPlan = SOUND


@dataclass(frozen=True)
class _Reader:
    """Reads the parts of a fault's description, and checks each."""

    spec: JsonObject
    operations: Collection[str]
    jobs: Collection[str]

    def fault(self, number: int) -> Fault:
        kind = self._kind()
        for name in self.spec:
            if name not in (*COMMON, *OWN[kind]):
                allowed = ", ".join((*COMMON, *OWN[kind]))
                raise FaultError(name, f"A fault of kind {kind} has no {name}; it has {allowed}.")
        return Fault(
            number,
            self._operation(kind),
            kind,
            self._applied(kind),
            self._number("probability", 0.0, 1.0, 1.0),
            None if self.spec.get("count") is None else self._integer("count", 1, 10**9),
            self._settings(kind),
        )

    def _kind(self) -> str:
        kind = self.spec.get("kind", "status" if "status" in self.spec else None)
        return self._choice("kind", kind, KINDS)

    def _operation(self, kind: str) -> str:
        operation = self.spec.get("operation", ANY_OPERATION)
        if operation != ANY_OPERATION and (not isinstance(operation, str) or operation not in self.operations):
            raise FaultError("operation", f"There is no operation {operation!r}; {ANY_OPERATION} stands for all.")
        if kind in JOB_KINDS and operation not in (ANY_OPERATION, *self.jobs):
            jobs = ", ".join(sorted(self.jobs))
            raise FaultError("operation", f"{operation} does not start a job; these do: {jobs}.")
        return str(operation)

    def _applied(self, kind: str) -> str:
        applied = self._choice("applied", self.spec.get("applied", "after" if kind == "half" else "before"), APPLIED)
        if kind == "half" and applied == "before":
            raise FaultError("applied", "A half answer needs a complete one: applied must be after.")
        return applied

    def _settings(self, kind: str) -> JsonObject:
        if kind == "status":
            return {"status": self._integer("status", 400, 599)}
        if kind == "partial":
            if self.spec.keys().isdisjoint(("share", "rows")):
                raise FaultError("share", "A partial job needs the share, or the rows, that it skips.")
            return {"share": self._number("share", 0.0, 1.0, 0.0), "rows": self._rows()}
        if kind in ENDS:
            return {"done": self._number("done", 0.0, 1.0, HALF)}
        if kind in ("stall", "late"):
            return {"seconds": self._number("seconds", 0.0, LONGEST)}
        if kind != "latency":
            return {}
        name = self._choice("distribution", self.spec.get("distribution", "fixed"), tuple(DISTRIBUTIONS))
        wanted = DISTRIBUTIONS[name]
        for other in OWN["latency"]:
            if other in self.spec and other not in ("applied", "distribution", *wanted):
                raise FaultError(other, f"A {name} distribution has {' and '.join(wanted)}, not {other}.")
        values = {part: self._number(part, 0.0, LONGEST) for part in wanted}
        if name == "uniform" and values["low"] > values["high"]:
            raise FaultError("low", "low must not be above high.")
        return {"distribution": name, **values}

    def _rows(self) -> list[int]:
        given = self.spec.get("rows", [])
        words: list[Any] = given.split("/") if isinstance(given, str) else as_array(given) or [given]
        if given == []:
            return []
        rows = [int(word) for word in words if not isinstance(word, bool) and str(word).isdecimal()]
        if len(rows) < len(words) or 0 in rows:
            raise FaultError("rows", f"rows must be positions from 1 up, as in 2/5 or [2, 5], not {given!r}.")
        return rows

    def _choice(self, name: str, value: Any, choices: tuple[str, ...]) -> str:
        if value not in choices:
            raise FaultError(name, f"{name} must be one of {', '.join(choices)}, not {value!r}.")
        return str(value)

    def _number(self, name: str, low: float, high: float, default: float | None = None) -> float:
        value = self.spec.get(name, default)
        try:
            number = math.nan if value is None or isinstance(value, bool) else float(value)
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if not low <= number <= high:
            given = "absent" if value is None else repr(value)
            raise FaultError(name, f"{name} must be a number from {low:g} to {high:g}, not {given}.")
        return number

    def _integer(self, name: str, low: int, high: int) -> int:
        number = self._number(name, low, high)
        if number != int(number):
            raise FaultError(name, f"{name} must be a whole number, not {self.spec[name]!r}.")
        return int(number)


class Faults:
    """The faults in force. Random choices are seeded: the same requests in the same order get the same faults."""

    def __init__(
        self, operations: Collection[str], initial: Iterable[str | JsonObject] = (), jobs: Collection[str] = ()
    ) -> None:
        self._operations = operations
        self._jobs = jobs  # operations that start a job
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._chance = random.Random(0)  # noqa: S311 - nothing secret
        self._initial = [spec if isinstance(spec, str) else dict(spec) for spec in initial]
        self.reset()

    def add(self, spec: str | JsonObject | None = None, **parts: Any) -> JsonObject:
        """Add a fault, described as text (`"operation=upsertContact,status=503"`), as an object, or by arguments."""
        fault = self._read({**(parse(spec) if isinstance(spec, str) else spec or {}), **parts})
        with self._lock:
            self._faults.append(fault)
        return fault.to_json()

    def add_all(self, body: Any) -> list[JsonObject]:
        """Add the faults of a request: one object, or `{"data": [...]}`; none if one is invalid (422)."""
        whole = as_object(body)
        specs = [whole] if whole is None or whole.keys() != {"data"} else as_array(whole["data"])
        if whole is None or specs is None:
            raise invalid_field("body", 'The body must be a fault, or {"data": [...]} with several.')
        try:
            faults = [self._read(spec) for spec in specs]
        except FaultError as error:
            raise invalid_field(error.field, str(error)) from error
        with self._lock:
            self._faults.extend(faults)
        return [fault.to_json() for fault in faults]

    def to_json(self) -> list[JsonObject]:
        """Return the active faults, and how often each was applied."""
        with self._lock:
            return [fault.to_json() for fault in self._faults]

    def clear(self) -> None:
        """Remove all faults."""
        with self._lock:
            self._faults.clear()

    def reset(self) -> None:
        """Restore the initial faults."""
        faults = [self._read(parse(spec) if isinstance(spec, str) else spec) for spec in self._initial]
        with self._lock:
            self._faults = faults
            self._chance.seed(0)

    def plan(self, operation: str) -> Plan:
        """Decide what happens to a request. Delays add up; of the other faults, the first that applies counts.

        If its job has several faults of a kind, the first one counts.
        """
        before = after = 0.0
        chosen: Fault | None = None
        job: dict[str, Any] = {}
        with self._lock:
            for fault in self._faults:
                is_job = fault.kind in JOB_KINDS
                if fault.kind != "latency" and not is_job and chosen is not None:
                    continue
                if is_job and (operation not in self._jobs or job.keys() & _job_parts(fault, 0)):
                    continue
                if not self._strikes(fault, operation):
                    continue
                fault.hits += 1
                if is_job:
                    job |= _job_parts(fault, self._chance.getrandbits(32))
                elif fault.kind != "latency":
                    chosen = fault
                elif fault.applied == "before":
                    before += fault.delay(self._chance)
                else:
                    after += fault.delay(self._chance)
        return Plan(before, after, chosen, JobPlan(**job))

    def _strikes(self, fault: Fault, operation: str) -> bool:
        if fault.operation not in (ANY_OPERATION, operation) or (fault.count is not None and fault.hits >= fault.count):
            return False
        return fault.probability >= 1 or self._chance.random() < fault.probability

    def _read(self, spec: Any) -> Fault:
        parts = as_object(spec)
        if parts is None:
            raise FaultError("body", f"A fault must be an object, not {spec!r}.")
        return _Reader(parts, self._operations, self._jobs).fault(next(self._numbers))


def _job_parts(fault: Fault, seed: int) -> JsonObject:
    """Return the changes that a fault makes to the plan of a job."""
    settings = fault.settings
    if fault.kind == "late":
        return {"delay": settings["seconds"]}
    if fault.kind == "partial":
        return {"share": settings["share"], "rows": tuple(settings["rows"]), "seed": seed}
    return {"end": fault.kind, "done": settings["done"]}


def parse(text: str) -> JsonObject:
    """Read `operation=upsertContact,status=503,probability=0.1,count=5`."""
    parts: JsonObject = {}
    for piece in text.split(","):
        name, equals, value = (part.strip() for part in piece.partition("="))
        if not equals or not name or not value:
            raise FaultError("body", f"{piece.strip()!r} is not a part of a fault: write NAME=VALUE,NAME=VALUE…")
        if name in parts:
            raise FaultError(name, f"{name} is given twice.")
        parts[name] = value
    return parts
