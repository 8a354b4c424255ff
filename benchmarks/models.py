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
from grinfi_overrides.runtime._listing import Listing
from grinfi_overrides.runtime.codecs import ModelOf

ROUNDS = 300
ROWS = [full_contact(number) for number in range(100)]
BODY = json.dumps({"data": ROWS, "limit": 100, "offset": 0, "total": 100}).encode()


class Canned:
    """A client whose every answer has come already."""

    async def send(self, *_: Any, **__: Any) -> httpx.Response:
        return httpx.Response(200, content=BODY)


def milliseconds(call: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """The best time."""
    best = float("inf")
    for _ in range(rounds):
        started = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - started)
    return best * 1e3


def main() -> None:
    client: Any = Canned()
    of_contacts = ModelOf(lambda: Contact)
    listing = Listing(
        client, OPERATIONS["searchContacts"], "/", of_contacts, (), None, None, "body", True, True, True, True
    )
    loop = asyncio.new_event_loop()

    def page() -> Any:
        return loop.run_until_complete(listing.fetch())

    def nothing() -> Any:
        return loop.run_until_complete(client.send())

    parsers: dict[str, Callable[[bytes], Any]] = {"json": json.loads}
    if importlib.util.find_spec("orjson"):
        parsers["orjson"] = importlib.import_module("orjson").loads
    print(f"A page of 100 full contacts, {len(BODY):,} bytes:")
    for name, parse in parsers.items():
        with patch.object(responses, "_loads", parse):
            alone, ours = milliseconds(partial(parse, BODY)), milliseconds(page) - milliseconds(nothing)
        print(f"{name:8}{alone:8.2f} ms to parse{ours:8.2f} ms to read as contacts{ours / alone:8.2f} x")
    rows = [Contact.from_dict(row) for row in ROWS]
    print(f"to_dict() of all, unread: {milliseconds(lambda: [row.to_dict() for row in rows]):.2f} ms")
    for row in rows:
        read_wholly(row)
    print(f"to_dict() of all, wholly read: {milliseconds(lambda: [row.to_dict() for row in rows]):.2f} ms")
    loop.close()


if __name__ == "__main__":
    main()
