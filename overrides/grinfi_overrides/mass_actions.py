"""Mass actions: one change to many contacts or companies. The server makes it in the background."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self, TypeVar, cast
from uuid import UUID

from attrs import define

from grinfi_async._runtime.codecs import Filter, check_text, json_value, reject
from grinfi_async._runtime.errors import InvalidArgumentError
from grinfi_async._runtime.filters import FILTER
from grinfi_async._runtime.unset import UNSET, Unset

__all__ = ["CompanyAction", "ContactAction"]


@define(frozen=True)
class MassAction:
    """An action that both contacts and companies know; its constructors are in the subclasses.

    Attributes:
        type: Name of the action on the wire.
        payload: Arguments of the action on the wire; None if it has none.
        final: Whether no other action gives back what it takes away or overwrites, or takes back what it sends.
    """

    _prefix: ClassVar[str]

    type: str
    payload: dict[str, Any] | None = None
    final: bool = False

    @classmethod
    def _of(cls, name: str, payload: dict[str, Any] | None = None, *, final: bool = False) -> Self:
        return cls(f"{cls._prefix}_{name}", payload, final)

    @classmethod
    def add_tags(cls, tag_uuid: str | UUID) -> Self:
        """Attach a tag."""
        return cls._of("add_tags", {"tag_uuid": uuid_text("tag_uuid", tag_uuid)})

    @classmethod
    def remove_tags(cls, tag_uuid: str | UUID) -> Self:
        """Take a tag off."""
        return cls._of("remove_tags", {"tag_uuid": uuid_text("tag_uuid", tag_uuid)}, final=True)

    @classmethod
    def replace_tags(cls, tag_uuids: Iterable[str | UUID]) -> Self:
        """Put these tags in place of all present ones; none at all takes all tags off."""
        return cls._of("replace_tags", {"tag_uuids": uuid_texts("tag_uuids", tag_uuids, empty=True)}, final=True)

    @classmethod
    def change_pipeline_stage(cls, pipeline_stage_uuid: str | UUID) -> Self:
        """Move to another pipeline stage."""
        payload = {"pipeline_stage_uuid": uuid_text("pipeline_stage_uuid", pipeline_stage_uuid)}
        return cls._of("change_pipeline_stage", payload, final=True)

    @classmethod
    def delete(cls) -> Self:
        """Delete for good."""
        return cls._of("delete", final=True)


@define(frozen=True)
class ContactAction(MassAction):
    """What `contacts.mass_action` does to each contact."""

    _prefix = "contact"

    @classmethod
    def change_list(cls, list_uuid: str | UUID) -> Self:
        """Move to another list."""
        return cls._of("change_list", {"list_uuid": uuid_text("list_uuid", list_uuid)}, final=True)

    @classmethod
    def change_custom_field(cls, custom_field_uuid: str | UUID, value: Any) -> Self:
        """Set the value of a custom field; None clears it."""
        uuid = uuid_text("custom_field_uuid", custom_field_uuid)
        payload = {"custom_field_uuid": uuid, "value": value_text("value", value)}
        return cls._of("change_custom_field", payload, final=True)

    @classmethod
    def add_to_flow(cls, flow_uuid: str | UUID) -> Self:
        """Put into an automation."""
        return cls._of("add_to_flow", {"flow_uuid": uuid_text("flow_uuid", flow_uuid)}, final=True)

    @classmethod
    def cancel_from_flows(cls, flow_uuids: Iterable[str | UUID]) -> Self:
        """Cancel in these automations."""
        return cls._of("cancel_from_flows", {"flow_uuids": uuid_texts("flow_uuids", flow_uuids)}, final=True)

    @classmethod
    def export_csv(cls) -> Self:
        """Export to CSV."""
        return cls._of("export_csv")

    @classmethod
    def mark_read(cls) -> Self:
        """Mark the conversations as read."""
        return cls._of("mark_read")


@define(frozen=True)
class CompanyAction(MassAction):
    """What `companies.mass_action` does to each company."""

    _prefix = "company"


ActionT = TypeVar("ActionT", bound=MassAction)


def mass_action_arguments(
    kind: type[ActionT],
    action: ActionT,
    ids: Iterable[str | UUID] | Unset,
    filter: Filter | Unset,
    all: bool,
    confirm: bool,
) -> dict[str, Any]:
    """The arguments of the generated method, if the target is told beyond doubt."""
    if not isinstance(cast("object", action), kind):
        raise reject("action", f"what a constructor makes, such as {kind.__name__}.add_tags(tag_uuid)", action)
    for name, flag in (("all", all), ("confirm", confirm)):
        if not isinstance(cast("object", flag), bool):
            raise reject(name, "True or False", flag)
    if (ids is not UNSET) + (filter is not UNSET) + all != 1:
        raise InvalidArgumentError("ids", "say who is meant by exactly one of ids=[...], filter=... and all=True")
    if not isinstance(ids, Unset):
        target: Filter = {"ids": uuid_texts("ids", ids)}
    elif not isinstance(filter, Unset):
        target = filter
        _check_filter(FILTER.encode("filter", filter))
    else:
        target = {"all": True}
        if action.final and not confirm:
            raise InvalidArgumentError("confirm", f"{action.type} on all cannot be undone; pass confirm=True to do it")
    return {"type": action.type, "filter": target} | ({} if action.payload is None else {"payload": action.payload})


def _check_filter(encoded: Mapping[str, Any]) -> None:
    """Refuse what the server could take for everybody."""
    if not encoded:
        raise InvalidArgumentError("filter", "has no condition, so that everybody is meant; if so, pass all=True")
    for name, condition in encoded.items():
        if name in {"ids", "all"}:
            raise InvalidArgumentError("filter", f"pass {name!r} as an argument of its own: ids=[...] or all=True")
        if isinstance(condition, str) and not condition.strip():
            raise InvalidArgumentError(f"filter.{name}", "says nothing, and everybody could be meant; leave it out")


def uuid_text(where: str, value: object) -> str:
    """A UUID as the API takes it."""
    if isinstance(value, UUID):
        return str(value)
    if not isinstance(value, str) or not value.strip():
        raise reject(where, "a UUID, as uuid.UUID or non-empty text", value)
    return check_text(where, value)


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
