"""What is made from a description once, and shared by all sandboxes of a process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from .description import Description, find_description, load_description
from .samples import Samples
from .schemas import Schemas
from .validation import Checker
from .values import JsonObject


@dataclass(frozen=True)
class Model:
    """A description, its compiled schemas, and what checks and makes values by them."""

    description: Description
    schemas: Schemas
    samples: Samples
    checker: Checker

    @classmethod
    def of(cls, document: JsonObject | None) -> Model:
        """Return the model of a decoded OpenAPI document, by default of the one that comes with the sandbox."""
        return _read_default() if document is None else _make(document)


@lru_cache(maxsize=1)
def _read_default() -> Model:
    return _make(load_description(find_description()))


def _make(document: JsonObject) -> Model:
    description = Description(document)
    schemas = Schemas(description)
    return Model(description, schemas, Samples(description, schemas), Checker(description, schemas))
