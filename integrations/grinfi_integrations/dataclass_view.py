"""Models as `dataclasses` sees them. Imported when a library looks for a dataclass."""

from __future__ import annotations

from dataclasses import make_dataclass
from functools import cache

from grinfi_overrides.runtime.models import Model

__all__ = ["view_of"]


@cache
def view_of(model: type[Model]) -> type:
    """A dataclass with the fields of a model."""
    return make_dataclass(model.__name__, [*model.wire_fields(), "additional_properties"], repr=False, eq=False)
