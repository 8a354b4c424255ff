"""How a sandbox behaves, as its callers choose."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, TypedDict

from .values import JsonObject

Behaviour = Literal["published", "observed"]
Found = Literal["everybody", "nobody"]
UnknownFilterKey = Literal["error", "ignored"]


class Options(TypedDict, total=False):
    """Keyword arguments of `create_app`, `SandboxServer` and `Sandbox`.

    `behaviour` is "observed", like the live server (the default), or "published", exactly as described. `rate_limit` is
    `REQUESTS/SECONDS[:fixed|sliding|bucket]` for each key, and `rate_limit_headers` whether answers show it. `faults`
    are active from the start, each as text or as an object. Webhooks may call the hosts `webhook_hosts`, besides
    loopback addresses. Requests may name the hosts `allow_hosts`, besides the sandbox's own address. `job_delay` is
    the number of seconds until mass actions, imports and exports are done, by default 0.05. `clock` returns the seconds
    of a clock to follow instead of the real one, such as `anyio.current_time` in virtual time: everything due by it is
    done before the next request.

    `search_limit` is the largest number of contacts that a search returns (observed), by default 2,500.

    The others choose the observed behaviour where the live server's is unknown; the defaults are the worst case.
    `mass_action_filter`: the contacts that a mass action affects whose filter has other keys than `ids`, `all` and
    `excludeIds`. `name_filter`: the contacts that a filter by a name finds, which the live server does not apply.
    `unknown_filter_key`: whether an unknown key of a filter is an error 500 (the default) or ignored.
    """

    behaviour: Behaviour
    rate_limit: str | None
    rate_limit_headers: bool
    faults: Iterable[str | JsonObject]
    webhook_hosts: Iterable[str]
    allow_hosts: Iterable[str]
    job_delay: float
    clock: Callable[[], float]
    search_limit: int
    mass_action_filter: Found
    name_filter: Found
    unknown_filter_key: UnknownFilterKey
