"""Corrections: functions that work around oddities of the server. Each sees a request before sending, and its answer.

The overlay says which operation has which correction (`x-correction`), with the arguments it needs and the other
operations it calls; the generator checks that they exist. A correction does not depend on signatures: it works on the
request as it would be sent, and calls other operations by method and path. Corrections are in
`grinfi_support.corrections`, where each public `async def` is one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

    from .request import Request

Correction = Callable[["Request"], Awaitable["httpx.Response"]]


@cache
def find_correction(name: str) -> Correction:
    """A correction by its module and name, loaded when it is first needed."""
    module, _, function = name.rpartition(".")
    correction: Correction = getattr(import_module(module), function)
    return correction
