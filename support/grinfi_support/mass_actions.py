"""Mass actions: one change to many contacts or companies. The server makes it in the background."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable, Mapping
from functools import partial
from inspect import signature
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar, cast
from uuid import UUID

from attrs import define

from grinfi_overrides.errors import FilterIgnoredError, GrinfiError, InvalidArgumentError, MissingFieldError
from grinfi_overrides.filters import FILTER
from grinfi_overrides.runtime.codec import Codec, Filter, reject
from grinfi_overrides.runtime.codecs import OBJECT
from grinfi_overrides.runtime.operations import Operation
from grinfi_overrides.runtime.responses import read_json
from grinfi_overrides.runtime.unset import UNSET, Unset

from .matching import Match
from .values import by_ids, uuid_texts

if TYPE_CHECKING:
    from grinfi_overrides.client import BaseClient
    from grinfi_overrides.runtime.models import Model

__all__ = ["MASS_ACTION_SIZE", "MassAction", "act_on", "action_payload", "check_target", "matching_rows"]

MASS_ACTION_SIZE: Final = 500
"""Ids in one mass action, as programs in daily use send them."""


@define(frozen=True)
class MassAction:
    """What is done to each record; the generated subclasses have a constructor for each action.

    Attributes:
        type: Name of the action on the wire.
        payload: Arguments of the action on the wire; None if it has none.
        final: Whether no other action gives back what it takes away or overwrites, or takes back what it sends.
        repeatable: Whether it does no harm when it is done twice.
    """

    type: str
    payload: dict[str, Any] | None = None
    final: bool = False
    repeatable: bool = False

    @classmethod
    def constructors(cls) -> list[str]:
        """The names of the actions."""
        return [name for name, value in vars(cls).items() if name[0] != "_" and isinstance(value, classmethod)]

    @classmethod
    def from_json(cls, where: str, value: object) -> Self:
        """An action as the API has it, made by its constructor, which knows what cannot be undone."""
        known = cls.constructors()
        written = cast("dict[str, Any]", value) if isinstance(value, dict) else {"type": value}
        name = str(written.get("type")).removeprefix("contact_").removeprefix("company_")
        if name not in known:
            raise InvalidArgumentError(
                where, f'its "type" must be one of {", ".join(known)}, not {written.get("type")!r}'
            )
        constructor, payload = getattr(cls, name), written.get("payload", {})
        wanted = list(signature(constructor).parameters)
        if not isinstance(payload, dict) or sorted(cast("dict[str, Any]", payload)) != sorted(wanted):
            raise InvalidArgumentError(where, f'the "payload" of {name} must have {", ".join(wanted) or "nothing"}')
        return cast("Self", constructor(**payload))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from .action_schemas import action_schema

        return action_schema(cls, handler)


ActionT = TypeVar("ActionT", bound=MassAction)


async def act_on(
    client: BaseClient,
    operation: Operation,
    kind: type[ActionT],
    action: ActionT,
    search: Callable[..., AsyncIterable[Model]],
    *,
    ids: Iterable[str | UUID] | Unset,
    filter: Filter | Unset,
    all: bool,
    confirm: bool,
    codec: Codec,
) -> list[Any]:
    """Do one thing to many records. A filter is searched for first, because a server may ignore a field."""
    if not isinstance(cast("object", action), kind):
        raise reject("action", f"what a constructor makes, such as {kind.__name__}.add_tags(tag_uuid)", action)
    if not isinstance(cast("object", confirm), bool):
        raise reject("confirm", "True or False", confirm)
    check_target(ids is not UNSET, filter, all, codec)
    if not isinstance(ids, Unset):
        uuids = uuid_texts("ids", ids)
    elif not isinstance(filter, Unset):
        match = Match(filter)
        uuids = [row["uuid"] async for row in matching_rows(partial(search, filter=filter), match)]
        if action.final and not confirm:
            match.require_certainty(action.type)
    elif not confirm:
        raise InvalidArgumentError("confirm", f"{action.type} would be done to everybody; pass confirm=True to do it")
    else:
        uuids = []
    targets: list[dict[str, Any]] = (
        [{"all": True, "ids": [], "excludeIds": []}]
        if all
        else [by_ids(uuids[place : place + MASS_ACTION_SIZE]) for place in range(0, len(uuids), MASS_ACTION_SIZE)]
    )
    # A second request for everybody could mean others.
    again = operation._replace(retry="idempotent" if action.repeatable and not all else "write")
    payload = {} if action.payload is None else {"payload": action.payload}
    answers: list[Any] = []
    for target in targets:
        try:
            body: dict[str, Any] = {"type": action.type, "filter": target, **payload}
            answers.append(read_json(await client.send(again, operation.path, json=body)))
        except GrinfiError as error:
            if answers:
                error.add_note(
                    f"Before, it was sent for the first {len(answers) * MASS_ACTION_SIZE:,} of {len(uuids):,}."
                )
            raise
    return answers


async def matching_rows(search: Callable[[], AsyncIterable[Model]], match: Match) -> AsyncGenerator[dict[str, Any]]:
    """The rows that a filter finds.

    Raises:
        FilterIgnoredError: The server answered with a row that the filter excludes.
        MissingFieldError: It answered with a row that has no UUID.
    """
    async for found in search():
        row = found.to_dict()
        uuid = row.get("uuid")
        if not isinstance(uuid, str) or not uuid.strip():
            raise MissingFieldError(
                f"The server answered with a row without a uuid ({uuid!r}), so that no action can name it. Nothing was "
                "written. Choose among the other rows, and pass ids=[...]."
            )
        broken = match.broken_by(row)
        if broken is not None:
            raise FilterIgnoredError(broken, uuid)
        yield row


def check_target(has_ids: bool, filter: Filter | Unset, all: bool, codec: Codec) -> None:
    """Make sure that it is clear who is meant.

    Raises:
        InvalidArgumentError: Not exactly one is given, or the filter could mean everybody.
    """
    if not isinstance(cast("object", all), bool):
        raise reject("all", "True or False", all)
    if has_ids + (filter is not UNSET) + all != 1:
        raise InvalidArgumentError("ids", "say who is meant by exactly one of ids=[...], filter=... and all=True")
    if isinstance(filter, Unset):
        return
    encoded: Mapping[str, Any] = FILTER.encode("filter", filter)
    if not encoded:
        raise InvalidArgumentError("filter", "has no condition, so that everybody is meant; if so, pass all=True")
    for name, condition in encoded.items():
        if name in {"ids", "all"}:
            raise InvalidArgumentError("filter", f"pass {name!r} as an argument of its own: ids=[...] or all=True")
        if isinstance(condition, str) and not condition.strip():
            raise InvalidArgumentError(f"filter.{name}", "says nothing, and everybody could be meant; leave it out")
    codec.encode("filter", filter)


def action_payload(payload: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The payload of an action that is not described further."""
    if payload is None:
        return None
    encoded: dict[str, Any] = OBJECT.encode("payload", payload)
    return encoded
