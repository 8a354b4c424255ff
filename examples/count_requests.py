"""Feed a metrics library: requests by operation and status, retries, and seconds spent waiting for the rate limit.

GRINFI_API_KEY=... python examples/count_requests.py
"""

from __future__ import annotations

from collections import Counter, defaultdict

import anyio

from grinfi_async import Grinfi, Hooks, RequestEvent

requests: Counter[tuple[str | None, int | str | None]] = Counter()
retries: Counter[str | None] = Counter()
waits: defaultdict[str | None, float] = defaultdict(float)


def on_attempt(event: RequestEvent) -> None:
    requests[event.operation_id, event.status or event.error] += 1
    waits[event.operation_id] += event.waited


def on_retry(event: RequestEvent) -> None:
    retries[event.operation_id] += 1


async def main() -> None:
    async with Grinfi(hooks=Hooks(after_attempt=on_attempt, on_retry=on_retry)) as grinfi:
        async for contact_list in grinfi.lists.list():
            print(contact_list.name)
        async for tag in grinfi.tags.list():
            print(tag.name)
    for (operation, outcome), number in requests.items():
        print(
            f"{operation} {outcome}: requests {number}, retries {retries[operation]}, waited {waits[operation]:.1f} s"
        )


if __name__ == "__main__":
    anyio.run(main)
