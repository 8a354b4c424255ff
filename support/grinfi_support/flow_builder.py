"""Builds flow trees step by step, and writes ids, edges and payloads in the form of the API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy, deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any, ClassVar, Final, Generic, Literal, Self, TypedDict, TypeVar

from grinfi_overrides.errors import InvalidArgumentError
from grinfi_overrides.runtime.codec import describe, reject
from grinfi_overrides.runtime.models import Model
from grinfi_overrides.runtime.suggestions import did_you_mean
from grinfi_overrides.runtime.unset import UNSET

__all__ = ["BaseFlowBuilder", "FlowTreeDict", "NodeType", "PayloadField"]

StepT = TypeVar("StepT", bound=str)
BranchT = TypeVar("BranchT", bound=str)

END: Final = 1
"""Id of the only `end` node, where all branches finish."""


@dataclass(frozen=True)
class PayloadField:
    """How a field of a payload is written."""

    default: Any = UNSET
    """Value that is sent if the field is left out; UNSET for none."""
    required: bool = False
    kind: Literal["any", "flag", "seconds", "shares"] = "any"
    subtask: str | None = None
    """Type of the node in `subtasks` that has the field, if it is not in the payload itself."""


@dataclass(frozen=True)
class NodeType:
    """How the payload of a type of nodes is written."""

    fields: Mapping[str, PayloadField] = field(default_factory=dict[str, PayloadField])
    branches: tuple[int, ...] | str | None = None
    """Ids of its branches, or the field that lists them; None if it does not branch."""
    any_of: tuple[str, ...] = ()
    """Fields, one of which must have a value."""
    empty_list: bool = False
    open: bool = False
    """Whether it takes any field."""


class FlowTreeDict(TypedDict):
    """The tree as keyword arguments of `grinfi.flow_versions.create`."""

    nodes: list[Any]
    contact_sources: list[Any]
    first_common_node_id: int | None


@dataclass(frozen=True)
class _Step:
    type: str
    payload: dict[str, Any]
    delay: int
    branches: Mapping[int, BaseFlowBuilder[Any, Any]]


class BaseFlowBuilder(Generic[StepT, BranchT]):
    """The logic of `FlowBuilder`, which is generated and adds the types of nodes.

    A builder is never changed: `add`, `branch` and `end` return a new one. So a common beginning can be used twice.
    """

    _types: ClassVar[Mapping[str, NodeType]]
    _new_node: ClassVar[Mapping[str, Any]]
    _new_source: ClassVar[Mapping[str, Any]]

    def __init__(
        self,
        *,
        sender_profiles: Sequence[str] = (),
        contact_sources: Sequence[Model | Mapping[str, Any]] = (),
    ) -> None:
        if isinstance(sender_profiles, str):
            raise reject("sender_profiles", "a list of UUIDs", sender_profiles)
        if sender_profiles and contact_sources:
            raise InvalidArgumentError("sender_profiles", "put them into the contact_sources that you pass")
        self._senders = tuple(sender_profiles)
        self._sources = tuple(contact_sources)
        self._steps: tuple[_Step, ...] = ()
        self._ended = False

    def add(self, type: StepT, /, *, delay: timedelta | int = 0, **payload: Any) -> Self:
        """Add a step that does not branch.

        Args:
            type: Type of the node.
            delay: Wait after the previous step, as a `timedelta` or in seconds.
            payload: Fields of the payload; `FlowNode` lists those of each type. Optional fields are sent with a
                default. A time can be a `timedelta`.

        Raises:
            InvalidArgumentError: The type or a field of the payload is unknown, or one is missing.
        """
        if self._type(type).branches:
            raise InvalidArgumentError("type", f"{type} branches; add it with branch({type!r}, {{branch_id: ...}})")
        return self._with(type, payload, delay, {})

    def branch(
        self,
        type: BranchT,
        branches: Mapping[int, Self],
        /,
        *,
        delay: timedelta | int = 0,
        **payload: Any,
    ) -> Self:
        """Add a step that branches. The branches meet at the step that is added next, or at the end of the tree.

            2 split ─ branch 1 ─ 4 ──┐
                  └── branch 2 ──────┴─ 3 next step ─ 1 end

        Args:
            type: Type of the node.
            branches: Branch id -> the steps of the branch: `FlowBuilder().add(...)`, or `FlowBuilder()` for none. The
                ids are those of the branches in the payload; for types without such a field, `NODE_TYPES` has them.
                Some are explained at `FlowNode` and `NodeEdge`. The API's description does not say which id of a
                trigger means "it happened": look at a flow that was made in the web editor.
            delay: Wait after the previous step, as a `timedelta` or in seconds.
            payload: As for `add`. Branches of a split are of equal size by default.

        Raises:
            InvalidArgumentError: A type or field is unknown, a field is missing, or the branches do not fit the type.
        """
        node = self._type(type)
        if not node.branches:
            raise InvalidArgumentError("type", f"{type} does not branch; add it with add({type!r})")
        for number, branch in branches.items():
            if isinstance(number, bool) or not isinstance(number, int):
                raise reject("branches", "branch ids, which are integers, as keys", number)
            if not isinstance(branch, BaseFlowBuilder):
                raise reject(f"branches[{number}]", "a FlowBuilder", branch)
            if branch._senders or branch._sources:
                raise InvalidArgumentError(f"branches[{number}]", "contact sources belong to the tree, not to a branch")
        if isinstance(node.branches, str):
            listed = payload.get(node.branches, UNSET)
            if listed is UNSET and node.fields[node.branches].kind == "shares":
                listed = payload[node.branches] = _equal_parts(sorted(branches))
            wanted = set(branches) if listed is UNSET else _branch_ids(node.branches, listed)
        else:
            wanted = set(node.branches)
        if len(branches) < 2 or set(branches) != wanted:
            raise InvalidArgumentError(
                "branches", f"{type} takes a branch for each of the ids {sorted(wanted)}, not for {sorted(branches)}"
            )
        return self._with(type, payload, delay, dict(branches))

    def end(self) -> Self:
        """End this branch: it does not continue at the step where the others meet."""
        return self._copy(self._steps, ended=True)

    def build(self) -> FlowTreeDict:
        """The tree, as keyword arguments of `grinfi.flow_versions.create`."""
        nodes: list[dict[str, Any]] = []
        ids = count(END + 1)
        entry = self._add_nodes(nodes, ids, END)
        nodes.append(self._node(END, "end", [], 0, []))
        by_id = {node["id"]: node for node in nodes}
        for node in nodes:
            for edge in node["after"]:
                by_id[edge["node_id"]]["before"].append({"node_id": node["id"], "branch_id": edge["branch_id"]})
        return {
            "nodes": nodes,
            "contact_sources": self._contact_sources(entry),
            "first_common_node_id": _first_common_node({node["id"]: node["after"] for node in nodes}, entry),
        }

    @property
    def _is_over(self) -> bool:
        """Whether no contact continues after the last step."""
        last = self._steps[-1] if self._steps else None
        return self._ended or (
            last is not None and bool(last.branches) and all(branch._is_over for branch in last.branches.values())
        )

    def _type(self, type: str) -> NodeType:
        if type not in self._types:
            hint = did_you_mean(type, self._types, otherwise=", ".join(self._types))
            raise InvalidArgumentError("type", f"there is no node {describe(type)}; {hint}")
        return self._types[type]

    def _with(
        self, type: str, payload: Mapping[str, Any], delay: timedelta | int, branches: Mapping[int, Self]
    ) -> Self:
        if self._is_over:
            raise InvalidArgumentError("type", f"no contact reaches this {type}: all branches have ended before")
        step = _Step(type, _payload(type, self._types[type], payload), _seconds("delay", delay), branches)
        return self._copy((*self._steps, step))

    def _copy(self, steps: tuple[_Step, ...], *, ended: bool = False) -> Self:
        result = copy(self)
        result._steps = steps
        result._ended = ended
        return result

    def _add_nodes(self, nodes: list[dict[str, Any]], ids: Iterator[int], follow: int) -> int:
        """Add the nodes of this path, which leads to the node `follow`; return the id of its first node.

        All ids of the path are taken first, because each node needs the id of the next one. A branch is added after its
        node, with the next node of this path as its `follow`: that is where the branches meet.
        """
        own = [next(ids) for _ in self._steps]
        places = [*own, END if self._ended else follow]
        for step, place, target in zip(self._steps, places, places[1:], strict=False):
            payload, kind = deepcopy(step.payload), self._types[step.type]
            for name, entry in kind.fields.items():
                if entry.subtask is not None and name in payload:
                    timer = self._node(next(ids), entry.subtask, {name: payload.pop(name)}, 0, [])
                    payload.setdefault("subtasks", []).append(timer)
            node = self._node(place, step.type, [] if kind.empty_list else payload, step.delay, [(target, 1)])
            nodes.append(node)
            if step.branches:
                node["after"] = [
                    {"node_id": branch._add_nodes(nodes, ids, target), "branch_id": number}
                    for number, branch in step.branches.items()
                ]
        return places[0]

    def _contact_sources(self, entry: int) -> list[dict[str, Any]]:
        default = {**deepcopy(self._new_source), "sender_profiles": list(self._senders)}
        result: list[dict[str, Any]] = []
        for number, source in enumerate(self._sources or (default,), 1):
            given = source.to_dict() if isinstance(source, Model) else source
            result.append({"id": number, "after_id": entry, **given})
        return result

    def _node(
        self, number: int, type: str, payload: dict[str, Any] | list[Any], delay: int, after: Sequence[tuple[int, int]]
    ) -> dict[str, Any]:
        return {
            **deepcopy(self._new_node),
            "id": number,
            "type": type,
            "payload": payload,
            "delay_in_seconds": delay,
            "before": [],
            "after": [{"node_id": target, "branch_id": branch} for target, branch in after],
        }


def _payload(type: str, node: NodeType, given: Mapping[str, Any]) -> dict[str, Any]:
    """The payload with its defaults, if the given fields fit the type."""
    if node.open:
        return dict(given)
    for name in given:
        if name not in node.fields:
            takes = did_you_mean(name, node.fields, otherwise=f"it takes {', '.join(node.fields) or 'nothing'}")
            raise InvalidArgumentError(name, f"{type} has no such field; {takes}")
    payload: dict[str, Any] = {}
    for name, entry in node.fields.items():
        value = given.get(name, entry.default)
        if value is not UNSET:
            flag = entry.kind == "flag" and isinstance(value, bool)
            payload[name] = _seconds(name, value) if entry.kind == "seconds" else int(value) if flag else value
        elif entry.required:
            raise InvalidArgumentError(name, f"is required by {type}")
    if node.any_of and not any(payload.get(name) for name in node.any_of):
        raise InvalidArgumentError(node.any_of[0], f"{type} needs {' or '.join(node.any_of)}")
    return payload


def _seconds(argument: str, value: object) -> int:
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0 or seconds != int(seconds):
        raise InvalidArgumentError(argument, f"expected a timedelta, or whole seconds from 0, got {describe(value)}")
    return int(seconds)


def _equal_parts(ids: Sequence[int]) -> list[dict[str, Any]]:
    """Branches of equal size in percent, which add up to 100: 34, 33 and 33 for three."""
    share, rest = divmod(100, max(len(ids), 1))
    return [
        {"value": share + (place < rest), "branch_id": number, "is_enabled": True} for place, number in enumerate(ids)
    ]


def _branch_ids(field: str, branches: Any) -> set[int]:
    try:
        return {branch["branch_id"] for branch in branches}
    except (TypeError, KeyError):
        raise reject(field, "a list of mappings, each with a branch_id", branches) from None


def _first_common_node(edges: Mapping[int, Sequence[Mapping[str, int]]], entry: int) -> int | None:
    """The first node that every contact reaches after the first branching; None if there is no branching.

        1 ─ 2 ┬ 3 ─ 5 ┬ 6 ─ 7        ways from 2: 3 5 6 7 and 4 6 7
              └ 4 ────┘               in both: 6 7; the first is 6

    `certain` computes, for each node, the nodes that are on every way from it.
    """
    place = entry
    while len(edges[place]) == 1:
        place = edges[place][0]["node_id"]
    if not edges[place]:
        return None
    ways: dict[int, list[int]] = {}

    def certain(number: int) -> list[int]:
        """The nodes that every contact reaches from here, in order."""
        if number not in ways:
            onward = [certain(target) for target in dict.fromkeys(edge["node_id"] for edge in edges[number])]
            common = [node for node in onward[0] if all(node in way for way in onward[1:])] if onward else []
            ways[number] = [number, *common]
        return ways[number]

    return certain(place)[1]
