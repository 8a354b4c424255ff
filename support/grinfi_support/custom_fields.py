"""Custom fields by name, and updates that take several requests, because a PUT ignores custom fields."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from uuid import UUID

import anyio

from grinfi_overrides.errors import APIStatusError, GrinfiError, InvalidArgumentError, PartialUpdateError
from grinfi_overrides.runtime.codec import reject
from grinfi_overrides.runtime.codecs import OBJECT
from grinfi_overrides.runtime.pages import Listing
from grinfi_overrides.runtime.suggestions import did_you_mean
from grinfi_overrides.runtime.unset import UNSET, Unset

from .pagination import AsyncPaginator
from .routes import call_route, operation_at
from .values import value_text

if TYPE_CHECKING:
    from grinfi_overrides.client import BaseClient

Owner = Literal["lead", "company"]
Write = Callable[[], Awaitable[object]]

SPOKEN: dict[Owner, str] = {"lead": "contacts", "company": "companies"}
MOST_FIELDS = 100
"""Largest number of custom fields for an object type."""


class KnownField(NamedTuple):
    """A custom field of the team."""

    uuid: str
    name: str


class CustomFieldNames:
    """The custom fields of the team: read once, and again when one is not found."""

    def __init__(self) -> None:
        self._lock = anyio.Lock()
        self._known: dict[Owner, list[KnownField]] | None = None

    @classmethod
    def of(cls, client: BaseClient) -> CustomFieldNames:
        """The custom fields of a client, which it shares with its copies."""
        names: CustomFieldNames = client.shared.setdefault(cls, cls())
        return names

    def forget(self) -> None:
        """Forget the custom fields, so that they are read again: one was changed."""
        self._known = None

    async def resolve(
        self, client: BaseClient, owner: Owner, values: Mapping[Any, Any] | Unset, where: str = "custom_fields"
    ) -> dict[KnownField, tuple[str, Any]]:
        """Find the fields of values: field -> the argument's name, and its value. Keys are names or UUIDs of fields.

        Raises:
            InvalidArgumentError: There is no such field, or the value is given twice.
        """
        if values is UNSET:
            return {}
        if not isinstance(values, Mapping):
            raise reject(where, "a mapping of names to values", values)
        given = {self._key(where, key): value for key, value in values.items() if value is not UNSET}
        known = self._known
        if given and (known is None or any(not _named(known[owner], key) for key in given)):
            async with self._lock:
                if self._known is known or self._known is None:  # no other call has read them during the wait
                    self._known = await _read(client)
                known = self._known
        found: dict[KnownField, tuple[str, Any]] = {}
        for key, value in given.items():
            field = _only(known or {}, owner, key, f"{where}.{key}")
            if field in found:
                raise InvalidArgumentError(f"{where}.{key}", f"is the field {field.name!r}, which is given twice")
            found[field] = f"{where}.{key}", value
        return found

    async def fields(self, client: BaseClient, owner: Owner) -> list[KnownField]:
        """All custom fields of contacts, or of companies."""
        if self._known is None:
            async with self._lock:
                self._known = self._known or await _read(client)
        return self._known[owner]

    @staticmethod
    def _key(where: str, key: object) -> str:
        if not isinstance(key, str | UUID):
            raise reject(where, "names or UUIDs of custom fields as keys", key)
        return str(key)


async def _read(client: BaseClient) -> dict[Owner, list[KnownField]]:
    known: dict[Owner, list[KnownField]] = {"lead": [], "company": []}
    operation = operation_at(client, "GET /leads/api/custom-fields")
    query = [("limit", str(2 * MOST_FIELDS))]
    listing = Listing(client, operation, operation.path, item=OBJECT, query=query, paging="query")
    rows: AsyncPaginator[dict[str, Any]] = AsyncPaginator(listing)
    async for row in rows:
        for owner, fields in known.items():
            if row.get("object") == owner and row.get("uuid") and row.get("name"):
                fields.append(KnownField(row["uuid"], row["name"]))
    return known


def _named(fields: list[KnownField], key: str) -> list[KnownField]:
    return [field for field in fields if field.name == key] or [field for field in fields if field.uuid == key]


def _only(known: Mapping[Owner, list[KnownField]], owner: Owner, key: str, where: str) -> KnownField:
    fields = _named(known[owner], key)
    if len(fields) == 1:
        return fields[0]
    if fields:
        raise InvalidArgumentError(where, f"is the name of {len(fields)} fields; pass the UUID of one as key")
    other: Owner = "company" if owner == "lead" else "lead"
    if _named(known[other], key):
        raise InvalidArgumentError(where, f"is a custom field of {SPOKEN[other]}, not of {SPOKEN[owner]}")
    names = [field.name for field in known[owner]]
    hint = did_you_mean(key, names, most=3, otherwise=f"known are: {', '.join(names) or 'none'}.")
    raise InvalidArgumentError(
        where,
        f"{SPOKEN[owner]} have no such custom field; {hint} custom_fields.create(name=..., object={owner!r}) makes one",
    )


async def value_writes(
    client: BaseClient, owner: Owner, object_uuid: str, values: Mapping[str, Any] | Unset
) -> dict[str, Write]:
    """The requests that set custom fields of one record: name of the argument -> request."""
    fields = await CustomFieldNames.of(client).resolve(client, owner, values)
    return {
        name: partial(
            call_route,
            client,
            "POST /leads/api/custom-field-values",
            json={
                "custom_field_uuid": field.uuid,
                "object_type": owner,
                "object_uuid": object_uuid,
                "value": value_text(name, value),
            },
        )
        for field, (name, value) in fields.items()
    }


async def write_all(client: BaseClient, call: str, applied: tuple[str, ...], writes: Mapping[str, Write]) -> None:
    """Send the further requests of an update, all at the same time.

    Args:
        client: The client.
        call: The method that the user called, for the error.
        applied: Names of arguments that have been written already.
        writes: Name of the argument -> the request that writes it.

    Raises:
        PartialUpdateError: At least one of several requests failed.
        GrinfiError: The only request failed.
    """
    failed: dict[str, GrinfiError] = {}

    async def attempt(name: str, write: Write) -> None:
        try:
            await write()
        except GrinfiError as error:
            failed[name] = error

    async with anyio.create_task_group() as tasks:
        for name, write in writes.items():
            tasks.start_soon(attempt, name, write)
    if not failed:
        return
    if any(isinstance(error, APIStatusError) for error in failed.values()):
        CustomFieldNames.of(client).forget()  # a field may have been deleted and created again with the same name
    if len(writes) == 1 and not applied:
        raise failed.popitem()[1]
    done = tuple(name for name in writes if name not in failed)
    ordered = {name: failed[name] for name in writes if name in failed}
    raise PartialUpdateError(call, applied + done, ordered) from next(iter(ordered.values()))
