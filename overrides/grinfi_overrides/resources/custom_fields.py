"""Custom fields: rules that the server tells badly, and names that other resources have read."""

from __future__ import annotations

import re
from typing import Any

from grinfi_async._runtime.codecs import describe
from grinfi_async._runtime.errors import GrinfiError, InvalidArgumentError
from grinfi_async._runtime.unset import UNSET, Unset
from grinfi_async.models.custom_field import CustomField
from grinfi_async.resources import custom_fields as generated

from ..custom_fields import MOST_FIELDS, SPOKEN, CustomFieldNames
from ..errors import APIStatusError

__all__ = ["CustomFieldsResource"]

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
REFUSALS = frozenset({400, 402, 409, 422, 500})
"""What the server may answer to one field too many."""


class CustomFieldsResource(generated.CustomFieldsResource):
    __doc__ = generated.CustomFieldsResource.__doc__

    async def create(self, *, name: str, object: generated.CreateObject, order: int | Unset = UNSET) -> CustomField:
        _check_name(name)
        try:
            field = await super().create(name=name, object=object, order=order)
        except APIStatusError as error:
            if error.status in REFUSALS and await self._is_full(object):
                owners = SPOKEN[object].capitalize()
                hint = f"{owners} have {MOST_FIELDS} custom fields already, and cannot have more; delete one first."
                known: dict[str, Any] = {**vars(error), "hint": hint}
                raise type(error)(**known) from None
            raise
        CustomFieldNames.of(self._client).forget()
        return field

    create.__doc__ = generated.CustomFieldsResource.create.__doc__

    async def update(self, uuid: str, *, name: str | Unset = UNSET, order: int | Unset = UNSET) -> CustomField:
        if not isinstance(name, Unset):
            _check_name(name)
        field = await super().update(uuid, name=name, order=order)
        CustomFieldNames.of(self._client).forget()
        return field

    update.__doc__ = generated.CustomFieldsResource.update.__doc__

    async def delete(self, uuid: str) -> None:
        await super().delete(uuid)
        CustomFieldNames.of(self._client).forget()

    delete.__doc__ = generated.CustomFieldsResource.delete.__doc__

    async def _is_full(self, owner: str) -> bool:
        try:
            fields = [field async for field in self.list(limit=2 * MOST_FIELDS) if field.object == owner]
        except GrinfiError:
            return False  # The refusal itself says more than this failure.
        return len(fields) >= MOST_FIELDS


def _check_name(name: object) -> None:
    if isinstance(name, str) and NAME.fullmatch(name) is None:
        rewritten = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_")
        example = f", for example {rewritten!r}" if NAME.fullmatch(rewritten) else ""
        raise InvalidArgumentError(
            "name",
            f"takes letters A-Z, digits and underscores only, and no digit in front{example}; got {describe(name)}",
        )
