"""The sandbox with 250,000 contacts: its start, searches, upserts, and searches during a mass action.

python -m benchmarks.sandbox
"""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import AsyncExitStack, contextmanager
from statistics import quantiles
from typing import Any, TypeAlias

import httpx

CONTACTS = 250_000
CLIENTS = 20
SECONDS = 2.0
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


async def measure(settings: Json, call: Call, clients: int, before: Call | None = None) -> tuple[float, list[float]]:
    """Have clients call without rest; return the calls per second, and the milliseconds that each took."""
    durations: list[float] = []

    async def client(api: httpx.AsyncClient) -> None:
        while time.perf_counter() < end:
            if before is not None:
                (await before(api)).raise_for_status()
            began = time.perf_counter()
            (await call(api)).raise_for_status()
            durations.append((time.perf_counter() - began) * 1000)

    async with AsyncExitStack() as stack:
        apis = [await stack.enter_async_context(httpx.AsyncClient(**settings)) for _ in range(clients)]
        started = time.perf_counter()
        end = started + SECONDS
        await asyncio.gather(*map(client, apis))
        return len(durations) / (time.perf_counter() - started), durations


def percentiles(durations: list[float]) -> str:
    steps = quantiles(durations, n=20, method="inclusive")
    return f"{steps[9]:8.1f}{steps[18]:8.1f}"


def known_values(api: httpx.Client) -> dict[str, list[str]]:
    """Return values to search for: those of contacts that are there."""
    rows: list[Json] = []
    for offset in range(0, 2_000, 100):
        answer = api.post(f"{LEADS}/search", json={"limit": 100, "offset": offset}).raise_for_status()
        rows.extend(answer.json()["data"])
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


async def main() -> None:
    started = time.perf_counter()
    with sandbox(CONTACTS) as (url, key):
        print(f"start with {CONTACTS:,} contacts: {time.perf_counter() - started:.1f} s\n")
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
        change = upsert(known["lists"][0], lambda: chosen.choice(known["handles"]))
        create = upsert(known["lists"][0], lambda: f"new-{next(new)}")
        print(f"{'':24}{'1 client':>24}{'after a write':>18}{f'{CLIENTS} clients':>26}")
        print(
            f"{'':24}{'per s':>8}{'p50 ms':>8}{'p95 ms':>8}  {'p50 ms':>8}{'p95 ms':>8}  "
            + f"{'per s':>8}{'p50 ms':>8}{'p95 ms':>8}"
        )
        calls = searches(known)
        for name, call in {**calls, "upsert, known": change, "upsert, new": create}.items():
            rate, alone = await measure(settings, call, 1)
            # Totals are remembered until something is written; here nothing is.
            _, fresh = await measure(settings, call, 1, change) if name in calls else (0, alone)
            busy_rate, busy = await measure(settings, call, CLIENTS)
            print(
                f"{name:24}{rate:8,.0f}{percentiles(alone)}  {percentiles(fresh)}  {busy_rate:8,.0f}{percentiles(busy)}"
            )
        async with httpx.AsyncClient(**settings) as api:
            action = {"type": "contact_add_tags", "filter": {"all": True}, "payload": {"tag_uuid": known["tags"][0]}}
            started = time.perf_counter()
            (await api.put(f"{LEADS}/mass-action", json=action)).raise_for_status()
        accepted = (time.perf_counter() - started) * 1000
        print(f"\nmass action on all contacts accepted after {accepted:.0f} ms; searches during it:")
        _, durations = await measure(settings, calls["list, tag"], 1)
        print(f"{'list, tag':24}{'':8}{percentiles(durations)}{max(durations):8.1f} at most")


if __name__ == "__main__":
    asyncio.run(main())
