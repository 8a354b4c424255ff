"""Operations by method and path, for corrections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from grinfi_overrides.runtime.requests import path_text
from grinfi_overrides.runtime.unset import UNSET

if TYPE_CHECKING:
    import httpx

    from grinfi_overrides.client import BaseClient
    from grinfi_overrides.runtime.operations import Operation

__all__ = ["call_route", "operation_at"]


async def call_route(
    client: BaseClient,
    route: str,
    path_arguments: Mapping[str, str] | None = None,
    *,
    json: Any = UNSET,
    into: BinaryIO | None = None,
) -> httpx.Response:
    """Send the request of a route, such as "GET /leads/api/leads/{uuid}", with its path arguments."""
    operation = operation_at(client, route)
    path = operation.path
    for name, value in (path_arguments or {}).items():
        path = path.replace(f"{{{name}}}", path_text(name, value))
    return await client.send(operation, path, json=json, into=into)


def operation_at(client: BaseClient, route: str) -> Operation:
    """The operation of a route.

    Raises:
        LookupError: The API's description, in this edition, does not have it.
    """
    for each in client.operations.values():
        if f"{each.method} {each.path}" == route:
            return each
    raise LookupError(f"This edition of the API's description has no operation {route}.")
