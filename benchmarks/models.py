"""Read a page of 100 full contacts, against parsing its JSON alone; with orjson too where that is installed.

python -m benchmarks.models
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any
from unittest.mock import patch

import httpx

from benchmarks.against_raw_generator import full_contact, read_wholly
from grinfi_async import OPERATIONS, Contact
from grinfi_overrides.runtime import responses
from grinfi_overrides.runtime.codecs import ModelOf
from grinfi_overrides.runtime.pages import Listing

ROUNDS = 300
ROWS = [full_contact(number) for number in range(100)]
BODY = json.dumps({"data": ROWS, "limit": 100, "offset": 0, "total": 100}).encode()


class Canned:
    """A client whose every answer has come already."""

    async def send(self, *_: Any, **__: Any) -> httpx.Response:
        return httpx.Response(200, content=BODY)


def milliseconds(*calls: Callable[[], Any], rounds: int = ROUNDS) -> list[float]:
    """The best time of each, taken in turns so that all see the same machine."""
    best = [float("inf")] * len(calls)
    for _ in range(rounds):
        for index, call in enumerate(calls):
            started = time.perf_counter()
            call()
            best[index] = min(best[index], time.perf_counter() - started)
    return [seconds * 1e3 for seconds in best]


def to_dicts(rows: list[Contact]) -> list[dict[str, Any]]:
    """All of them."""
    return [row.to_dict() for row in rows]


def main() -> None:
    client: Any = Canned()
    of_contacts = ModelOf(lambda: Contact)
    listing = Listing(
        client, OPERATIONS["searchContacts"], "/", item=of_contacts, paging="body", ordered=True, sliced=True
    )
    loop = asyncio.new_event_loop()

    async def parsed(parse: Callable[[bytes], Any]) -> Any:
        return parse((await client.send()).content)

    def on_loop(call: Callable[[], Any]) -> Callable[[], Any]:
        return lambda: loop.run_until_complete(call())

    parsers: dict[str, Callable[[bytes], Any]] = {"json": json.loads}
    if importlib.util.find_spec("orjson"):
        parsers["orjson"] = importlib.import_module("orjson").loads
    print(f"A page of 100 full contacts, {len(BODY):,} bytes:")
    for name, parse in parsers.items():
        with patch.object(responses, "_loads", parse):
            nothing, alone, ours = milliseconds(*map(on_loop, (client.send, partial(parsed, parse), listing.fetch)))
        alone, ours = alone - nothing, ours - nothing
        print(f"{name:8}{alone:8.2f} ms to parse{ours:8.2f} ms to read as contacts{ours / alone:8.2f} x")
    unread = [Contact.from_dict(row) for row in ROWS]
    read = [Contact.from_dict(row) for row in ROWS]
    for row in read:
        read_wholly(row)
    for state, rows in {"unread": unread, "wholly read": read}.items():
        print(f"to_dict() of all, {state}: {milliseconds(partial(to_dicts, rows))[0]:.2f} ms")
    loop.close()


if __name__ == "__main__":
    main()
