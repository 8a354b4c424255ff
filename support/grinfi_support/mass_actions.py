"""Mass actions: one change to many contacts or companies, which the server makes in the background."""

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
"""Number of ids in one mass action; real programs send this many."""


@define(frozen=True)
class MassAction:
    """An action on each record; the generated subclasses have a constructor for each action.

    Attributes:
        type: Name of the action on the wire.
        payload: Arguments of the action on the wire; None if it has none.
        final: Whether it cannot be undone by another action: it deletes, overwrites or sends something.
        repeatable: Whether doing it twice has the same result as doing it once.
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
        """Make an action from JSON, with its constructor, which sets `final` and `repeatable`.

        Raises:
            InvalidArgumentError: There is no such action, or its payload has other fields.
        """
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
    """Do one action on many records.

    The server would take a filter, but it may ignore a field that it does not know, and then act on everybody. So a
    filter is searched for first, each row is checked against it, and the action gets the ids that were found:

        filter -> search -> rows -> every row must meet the filter -> ids -> mass actions of 500 ids each
    """
    if not isinstance(cast("object", action), kind):
        raise reject("action", f"an action such as {kind.__name__}.add_tags(tag_uuid)", action)
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
        raise InvalidArgumentError("confirm", f"{action.type} would change all records; pass confirm=True to do it")
    else:
        uuids = []
    targets: list[dict[str, Any]] = (
        [{"all": True, "ids": [], "excludeIds": []}]
        if all
        else [by_ids(uuids[place : place + MASS_ACTION_SIZE]) for place in range(0, len(uuids), MASS_ACTION_SIZE)]
    )
    # For all records, a repeated request could act on others: some may have been added since the first one.
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
                    f"It was already sent for the first {len(answers) * MASS_ACTION_SIZE:,} of {len(uuids):,} records."
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
                f"The server answered with a row without a uuid ({uuid!r}), so no action can address it. Nothing was "
                "written. Choose among the other rows, and pass ids=[...]."
            )
        broken = match.broken_by(row)
        if broken is not None:
            raise FilterIgnoredError(broken, uuid)
        yield row


def check_target(has_ids: bool, filter: Filter | Unset, all: bool, codec: Codec) -> None:
    """Check that exactly one of ids, filter and all is given, and that the filter selects something.

    Raises:
        InvalidArgumentError: None or several are given, or the filter could select all records.
    """
    if not isinstance(cast("object", all), bool):
        raise reject("all", "True or False", all)
    if has_ids + (filter is not UNSET) + all != 1:
        raise InvalidArgumentError("ids", "pass exactly one of ids=[...], filter=... and all=True")
    if isinstance(filter, Unset):
        return
    encoded: Mapping[str, Any] = FILTER.encode("filter", filter)
    if not encoded:
        raise InvalidArgumentError(
            "filter", "has no condition, so it selects all records; if you want that, pass all=True"
        )
    for name, condition in encoded.items():
        if name in {"ids", "all"}:
            raise InvalidArgumentError("filter", f"must not contain {name!r}; pass the argument ids=[...] or all=True")
        if isinstance(condition, str) and not condition.strip():
            raise InvalidArgumentError(f"filter.{name}", "is empty, and could select all records; leave it out")
    codec.encode("filter", filter)


def action_payload(payload: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The payload of an action that has no further description."""
    if payload is None:
        return None
    encoded: dict[str, Any] = OBJECT.encode("payload", payload)
    return encoded
