"""Mass actions: one change to many contacts or companies. The server makes it in the background."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from inspect import signature
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define

from .errors import InvalidArgumentError
from .filters import FILTER
from .runtime import codecs
from .runtime.codecs import OBJECT, Filter, json_value, reject
from .runtime.operations import RetryClass
from .runtime.unset import UNSET, Unset

__all__ = ["MassAction", "action_payload", "mass_action_body", "read_target", "uuid_text", "uuid_texts", "value_text"]


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

    def retry_class(self, body: Mapping[str, Any]) -> RetryClass:
        """What may be sent again when its outcome is unknown. For a filter others could be meant by then."""
        return "idempotent" if self.repeatable and "ids" in body["filter"] else "write"

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
        from .runtime.schemas import action_schema

        return action_schema(cls, handler)


ActionT = TypeVar("ActionT", bound=MassAction)


def mass_action_body(
    kind: type[ActionT],
    action: ActionT,
    ids: Iterable[str | UUID] | Unset,
    filter: Filter | Unset,
    all: bool,
    confirm: bool,
) -> dict[str, Any]:
    """The body to send, if it is clear who is meant."""
    if not isinstance(cast("object", action), kind):
        raise reject("action", f"what a constructor makes, such as {kind.__name__}.add_tags(tag_uuid)", action)
    if not isinstance(cast("object", confirm), bool):
        raise reject("confirm", "True or False", confirm)
    target = read_target(ids is not UNSET, filter, all)
    if not isinstance(ids, Unset):
        target = {"ids": uuid_texts("ids", ids)}
    elif all and action.final and not confirm:
        raise InvalidArgumentError("confirm", f"{action.type} on all cannot be undone; pass confirm=True to do it")
    return {"type": action.type, "filter": target} | ({} if action.payload is None else {"payload": action.payload})


def read_target(by_ids: bool, filter: Filter | Unset, all: bool) -> dict[str, Any]:
    """Who is meant by a filter or by all, as the API has it; nothing if it is by ids.

    Raises:
        InvalidArgumentError: Not exactly one is given, or the filter could mean everybody.
    """
    if not isinstance(cast("object", all), bool):
        raise reject("all", "True or False", all)
    if by_ids + (filter is not UNSET) + all != 1:
        raise InvalidArgumentError("ids", "say who is meant by exactly one of ids=[...], filter=... and all=True")
    if isinstance(filter, Unset):
        return {"all": True} if all else {}
    encoded: dict[str, Any] = FILTER.encode("filter", filter)
    _check_filter(encoded)
    return encoded


def _check_filter(encoded: Mapping[str, Any]) -> None:
    """Refuse what the server could take for everybody."""
    if not encoded:
        raise InvalidArgumentError("filter", "has no condition, so that everybody is meant; if so, pass all=True")
    for name, condition in encoded.items():
        if name in {"ids", "all"}:
            raise InvalidArgumentError("filter", f"pass {name!r} as an argument of its own: ids=[...] or all=True")
        if isinstance(condition, str) and not condition.strip():
            raise InvalidArgumentError(f"filter.{name}", "says nothing, and everybody could be meant; leave it out")


def action_payload(payload: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The payload of an action that is not described further."""
    if payload is None:
        return None
    encoded: dict[str, Any] = OBJECT.encode("payload", payload)
    return encoded


def uuid_text(where: str, value: object) -> str:
    """A UUID as the API takes it."""
    text = codecs.uuid_text(where, value)
    if not text.strip():
        raise reject(where, "a UUID, as uuid.UUID or non-empty text", value)
    return text


def uuid_texts(where: str, values: object, *, empty: bool = False) -> list[str]:
    """UUIDs in their order, each once."""
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        raise reject(where, "a list of UUIDs", cast("object", values))
    items = enumerate(cast("Iterable[object]", values))
    texts = list(dict.fromkeys(uuid_text(f"{where}[{index}]", value) for index, value in items))
    if not texts and not empty:
        raise InvalidArgumentError(where, "is empty; leave out the call if nothing is meant")
    return texts


def value_text(where: str, value: object) -> str | None:
    """The value of a custom field as the API takes it: text, or null to clear it."""
    if isinstance(value, bool):
        raise reject(where, "text, a number, a time, or None (for a boolean choose a word)", value)
    encoded = json_value(where, value)
    if isinstance(encoded, list | dict):
        raise reject(where, "text, a number, a time, or None", value)
    return None if encoded is None else str(encoded)
