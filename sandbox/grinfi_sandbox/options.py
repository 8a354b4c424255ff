"""How a sandbox behaves, as its callers choose."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypedDict

from .values import JsonObject

Behaviour = Literal["published", "observed"]
MassActionFilter = Literal["everybody", "nobody"]
"""Whom a mass action affects in the observed behaviour if its filter names neither ids nor all."""


class Options(TypedDict, total=False):
    """Keyword arguments of `create_app`, `SandboxServer` and `Sandbox`.

    `behaviour` follows the description, or the live server as it has been observed. `rate_limit` is
    `REQUESTS/SECONDS[:fixed|sliding|bucket]` for each key; `rate_limit_headers` tells whether answers speak of it.
    `faults` are in force from the start, each as text or as an object. `webhook_hosts` are called by webhooks, as
    loopback addresses are. `allow_hosts` are names by which the sandbox may be asked, beside its own address.
    `mass_action_filter` says whom a mass action affects whose filter names neither ids nor all, if the behaviour is
    "observed": by default everybody, the worst that is possible.
    """

    behaviour: Behaviour
    rate_limit: str | None
    rate_limit_headers: bool
    faults: Iterable[str | JsonObject]
    webhook_hosts: Iterable[str]
    allow_hosts: Iterable[str]
    mass_action_filter: MassActionFilter
