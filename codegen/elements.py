"""The parts of a planned package: resources with their methods, and models, independent of Python source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from .corrections import Correction, MassActions
from .filters import Catalogue, FilterSet
from .flow_nodes import FlowNodes
from .names import Name
from .schemas import Paging

Kind = Literal[
    "any", "array", "binary", "boolean", "date", "datetime", "enum", "filter", "integer", "integer-boolean",
    "integer-text", "map", "model", "named-values", "number", "object", "string", "uuid",
]  # fmt: skip
RetryClass = Literal["read", "idempotent", "write"]
BodyKind = Literal["none", "json", "optional_json", "whole", "form", "raw"]
QueryStyle = Literal["form", "brackets", "json", "comma", "pipe", "space"]


@dataclass(frozen=True)
class Shape:
    """The type of a value."""

    kind: Kind
    nullable: bool = False
    item: Shape | None = None
    model: str | None = None
    values: tuple[str | int, ...] = ()
    bounds: tuple[tuple[str, Any], ...] = ()
    filter: FilterSet | None = None

    def models(self) -> Iterator[str]:
        """The models this value may hold."""
        if self.model is not None:
            yield self.model
        if self.item is not None:
            yield from self.item.models()


@dataclass(frozen=True)
class Argument:
    """An argument of a method."""

    name: str
    wire: str
    shape: Shape
    required: bool
    place: Literal["path", "query", "header", "body", "file"]
    style: QueryStyle = "form"
    description: str = ""
    default: Any = None
    sent_default: str | int | None = None
    """The value that is sent if the caller passes none."""


@dataclass(frozen=True)
class ModelField:
    """A field of a model."""

    name: str
    wire: str
    shape: Shape
    required: bool
    description: str
    sensitive: bool
    always_sent: bool = False


@dataclass
class Model:
    """A JSON object with described fields."""

    name: str
    fields: list[ModelField]
    description: str
    open: bool
    wrapper: str | None
    source: str
    shown: tuple[str, ...] = ()
    """The attributes that `repr` shows; by default the first ones that are set."""
    sendable: bool = False
    module: str = ""
    mapping: str = ""
    """The TypedDict that can replace it, if it is sendable."""

    def used(self) -> Iterator[str]:
        """The models its fields hold."""
        for entry in self.fields:
            yield from entry.shape.models()


@dataclass(frozen=True)
class Answer:
    """The result of a successful call."""

    kind: Literal["none", "json", "bytes", "text", "model", "optional_model", "array", "map", "counts", "value", "page"]
    shape: Shape | None
    description: str
    paging: Paging = "none"
    limited: bool = True
    """Whether it takes a limit."""
    ordered: bool = False
    """Whether it takes both parameters of the order."""
    windowed: bool = True
    """Whether rows beyond the first 10,000 cannot be reached by offset."""
    sliced: bool = False
    """Whether its filter takes ranges of `created_at` and `uuid`."""
    numbered: bool = False
    """Whether the keys of a map are integers."""

    @property
    def expects_json(self) -> bool:
        """Whether the description promises a JSON body."""
        return self.kind not in {"none", "json", "bytes", "text"}


@dataclass(frozen=True)
class Choice:
    """Groups of arguments, by their names on the wire, of which at least one must be given, or exactly one."""

    groups: tuple[tuple[str, ...], ...]
    exactly_one: bool
    shared: tuple[str, ...] = ()
    """Names in one group that can also be combined with the others."""


@dataclass(frozen=True)
class Method:
    """A method of a resource: one operation."""

    id: str
    http_method: str
    path: str
    name: Name
    summary: str
    description: str
    returns: str | None
    """The overlay's text for the result."""
    deprecated: bool
    arguments: tuple[Argument, ...]
    body: BodyKind
    choices: tuple[Choice, ...]
    answer: Answer
    errors: tuple[tuple[str, str], ...]
    retry: RetryClass
    correction: Correction | None = None
    raises: tuple[tuple[str, str], ...] = ()
    """Further errors -> when they are raised."""
    refused: tuple[tuple[str, str], ...] = ()
    """Arguments that the server would ignore -> what to do instead."""
    mass_actions: MassActions | None = None
    hints: tuple[tuple[tuple[int, ...], str], ...] = ()
    """Likely causes of error answers: their statuses, and a text."""
    accept: str = "application/json"
    """Content types of the answers, as the description has them."""
    content_type: str = ""
    """Content type of the body; empty for the usual one of its kind."""
    encoded: bool = False
    """Whether a form is sent as `application/x-www-form-urlencoded`."""

    @property
    def paginated(self) -> bool:
        """Whether the operation takes an offset."""
        return self.answer.paging != "none"

    def at(self, *places: str) -> list[Argument]:
        """The arguments that go to certain places of the request."""
        return [argument for argument in self.arguments if argument.place in places]


@dataclass
class Resource:
    """One part of the API."""

    name: str
    class_name: str
    description: str
    mixin: str | None = None
    """The module of `grinfi_support.mixins` that has more methods."""
    methods: list[Method] = field(default_factory=list["Method"])


@dataclass
class Plan:
    """Everything that will be generated."""

    resources: list[Resource]
    models: dict[str, Model]
    catalogues: list[Catalogue]
    title: str
    version: str
    flow_nodes: FlowNodes | None = None
