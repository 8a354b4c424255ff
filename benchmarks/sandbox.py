"""The sandbox with many contacts: its start, searches, and upserts."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Generator, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any, TypeAlias

import httpx

from .tables import Benchmark, Measure, Row, Table, duration, milliseconds

CONTACTS = 50_000
SECONDS = 0.5
LEADS = "/leads/api/leads"

Json: TypeAlias = dict[str, Any]
Call: TypeAlias = Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]
chosen = random.Random(20261123)


@contextmanager
def sandbox(contacts: int) -> Generator[tuple[str, str], None, None]:
    """Run a sandbox in a process of its own; give its URL and key."""
    command = [sys.executable, "-m", "grinfi_sandbox", "--port", "0", "--contacts", str(contacts)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ready = dict(word.split("=", 1) for word in process.stdout.readline().split() if "=" in word)
            yield ready["url"], ready["key"]
        finally:
            process.terminate()


def search(conditions: Callable[[], Json], **page: Any) -> Call:
    """Search with a new choice of values each time."""
    return lambda api: api.post(f"{LEADS}/search", json={"filter": conditions(), "limit": 20, **page})


def searches(known: dict[str, list[str]]) -> dict[str, Call]:
    def value(name: str) -> str:
        return chosen.choice(known[name])

    return {
        "list": search(lambda: {"list_uuid": value("lists")}),
        "tag": search(lambda: {"tags": [value("tags")]}),
        "stage": search(lambda: {"pipeline_stage_uuid": value("stages")}),
        "email status": search(lambda: {"email_status": value("statuses")}),
        "company": search(lambda: {"company_uuid": value("companies")}),
        "email address": search(lambda: {"work_email": value("emails")}),
        "list, tag": search(lambda: {"list_uuid": value("lists"), "tags": [value("tags")]}),
        "list, email status": search(lambda: {"list_uuid": value("lists"), "email_status": value("statuses")}),
        "stage, email status": search(
            lambda: {"pipeline_stage_uuid": value("stages"), "email_status": value("statuses")}
        ),
        "list, created since": search(
            lambda: {"list_uuid": value("lists"), "created_at": {">=": f"2025-{chosen.randint(2, 12):02}-01T00:00:00Z"}}
        ),
        "list, row 9,900": search(lambda: {"list_uuid": value("lists")}, offset=9_900),
        "list, by name": search(lambda: {"list_uuid": value("lists")}, order_field="name"),
    }


def upsert(list_uuid: str, handle: Callable[[], str]) -> Call:
    return lambda api: api.post(
        f"{LEADS}/upsert",
        json={"lead": {"linkedin_id": handle(), "first_name": chosen.choice("ABC")}, "list_uuid": list_uuid},
    )


async def measure(settings: Json, call: Call) -> float:
    """The median time of calls one after another."""
    durations: list[float] = []
    async with httpx.AsyncClient(**settings) as api:
        end = time.perf_counter() + SECONDS
        while time.perf_counter() < end:
            began = time.perf_counter()
            (await call(api)).raise_for_status()
            durations.append(time.perf_counter() - began)
    return median(durations)


def known_values(api: httpx.Client) -> dict[str, list[str]]:
    """Return values to search for: those of contacts that are there."""
    rows: list[Json] = []
    for offset in range(0, 2_000, 100):
        answer = api.post(f"{LEADS}/search", json={"limit": 100, "offset": offset}).raise_for_status()
        rows += [row.get("lead", row) for row in answer.json()["data"]]
    fields = {
        "lists": "list_uuid",
        "stages": "pipeline_stage_uuid",
        "statuses": "email_status",
        "companies": "company_uuid",
        "emails": "work_email",
        "handles": "linkedin",
    }
    known = {name: sorted({row[field] for row in rows if row[field]}) for name, field in fields.items()}
    return {**known, "tags": sorted({tag for row in rows for tag in row["tags"]})}


def run() -> Iterator[Table]:
    started = time.perf_counter()
    with sandbox(CONTACTS) as (url, key):
        start = time.perf_counter() - started
        # Without `verify`, each client would read the certificates, which takes longer than many requests.
        settings: Json = {
            "base_url": url,
            "headers": {"authorization": f"Bearer {key}"},
            "timeout": 60,
            "trust_env": False,
            "verify": False,
        }
        with httpx.Client(**settings) as api:
            known = known_values(api)
        new = iter(range(sys.maxsize))
        calls = {f"search by {name}": call for name, call in searches(known).items()}
        calls["upsert, known contact"] = upsert(known["lists"][0], lambda: chosen.choice(known["handles"]))
        calls["upsert, new contact"] = upsert(known["lists"][0], lambda: f"new-{next(new)}")
        taken = {name: asyncio.run(measure(settings, call)) for name, call in calls.items()}
    yield Table(
        (Measure("seconds", duration),), [Row(f"with {CONTACTS:,} contacts", (start,), ours=True)], caption="start"
    )
    rows = [Row(name, (seconds,), ours=True) for name, seconds in taken.items()]
    yield Table((Measure("median", milliseconds),), rows, caption="request")


BENCHMARK = Benchmark(
    "sandbox",
    "The sandbox",
    f"In a process of its own, with {CONTACTS:,} contacts; one client, one request after another, over loopback. "
    "There is no peer to compare with.",
    run,
)
