"""Objects made once from a description, and shared by all sandboxes of a process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from .description import Description, find_description, load_description
from .observed import observed_document
from .options import Behaviour
from .samples import Samples
from .schemas import Schemas
from .validation import Checker
from .values import JsonObject


@dataclass(frozen=True)
class Model:
    """A description, its compiled schemas, and their validators and samples."""

    description: Description
    schemas: Schemas
    samples: Samples
    checker: Checker

    @classmethod
    def of(cls, document: JsonObject | None, behaviour: Behaviour) -> Model:
        """Return the model of a decoded OpenAPI document, by default of the one that comes with the sandbox."""
        return _read_default(behaviour) if document is None else _make(document, behaviour)


@lru_cache(maxsize=2)
def _read_default(behaviour: Behaviour) -> Model:
    return _make(load_description(find_description()), behaviour)


def _make(document: JsonObject, behaviour: Behaviour) -> Model:
    description = Description(observed_document(document) if behaviour == "observed" else document)
    schemas = Schemas(description)
    return Model(description, schemas, Samples(description, schemas), Checker(description, schemas))
