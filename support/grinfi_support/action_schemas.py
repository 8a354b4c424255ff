"""The schema of mass actions for pydantic. Only pydantic's hook imports this."""

from __future__ import annotations

from inspect import signature
from typing import TYPE_CHECKING, Any

from pydantic_core import CoreSchema, core_schema

if TYPE_CHECKING:
    from .mass_actions import MassAction

__all__ = ["action_schema"]


def action_schema(kind: type[MassAction], handler: Any) -> CoreSchema:
    """Accepts an action or its JSON, `{"type": ..., "payload": {...}}`."""

    def read(value: object) -> MassAction:
        return value if isinstance(value, kind) else kind.from_json(kind.__name__, value)

    def shape(name: str) -> CoreSchema:
        arguments = signature(getattr(kind, name), eval_str=True).parameters.values()
        payload = core_schema.typed_dict_schema(
            {it.name: core_schema.typed_dict_field(handler.generate_schema(it.annotation)) for it in arguments}
        )
        fields = {"type": core_schema.typed_dict_field(core_schema.literal_schema([name]))}
        fields |= {"payload": core_schema.typed_dict_field(payload)} if arguments else {}
        return core_schema.typed_dict_schema(fields)

    shapes = core_schema.union_schema([shape(name) for name in kind.constructors()])
    return core_schema.no_info_wrap_validator_function(
        lambda value, _: read(value),
        shapes,
        serialization=core_schema.plain_serializer_function_ser_schema(_action_written),
    )


def _action_written(action: MassAction) -> dict[str, Any]:
    return {"type": action.type} | ({} if action.payload is None else {"payload": action.payload})
