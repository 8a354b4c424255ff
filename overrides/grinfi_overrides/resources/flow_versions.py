"""Flow versions: trees are checked before they are sent, since the server saves some that the editor cannot open."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from inspect import cleandoc
from typing import Any, NamedTuple, cast

from grinfi_async._runtime.codecs import DATE_TIME, reject
from grinfi_async._runtime.errors import InvalidArgumentError
from grinfi_async._runtime.unset import UNSET, Unset
from grinfi_async.models.contact_source import ContactSource
from grinfi_async.models.flow_node import FlowNode
from grinfi_async.models.node_edge import NodeEdge
from grinfi_async.resources import flow_versions as generated

__all__ = ["FlowVersionsResource"]


class FlowVersionsResource(generated.FlowVersionsResource):
    __doc__ = generated.FlowVersionsResource.__doc__

    async def create(
        self,
        flow_uuid: str,
        *,
        nodes: Sequence[FlowNode | Mapping[str, Any]],
        contact_sources: Sequence[ContactSource | Mapping[str, Any]],
        first_common_node_id: int | Unset | None = UNSET,
    ) -> Any:
        for name, given in (("nodes", nodes), ("contact_sources", contact_sources)):
            if isinstance(given, str) or not isinstance(cast("object", given), Sequence):
                raise reject(name, "a list", given)
        now = dt.datetime.now(dt.UTC)
        complete = [_completed(node, now) for node in nodes]
        faults = list(_faults(complete, contact_sources, first_common_node_id))
        if len(faults) == 1:
            raise faults[0]
        if faults:
            told = [fault.problem if fault.argument == "nodes" else str(fault) for fault in faults]
            raise InvalidArgumentError("nodes", "\n- ".join([f"{len(faults)} faults:", *told]))
        return await super().create(
            flow_uuid, nodes=complete, contact_sources=contact_sources, first_common_node_id=first_common_node_id
        )

    create.__doc__ = cleandoc(generated.FlowVersionsResource.create.__doc__ or "").replace(
        "POST /flows",
        "The whole tree is checked first, and all its faults are reported at once. Nodes without `before` or `after`\n"
        "get `[]`, those without timestamps the current time. `FlowBuilder` makes trees that pass.\n\n"
        "POST /flows",
    )

    async def validate_node(
        self,
        *,
        id: int,
        type: str,
        before: Sequence[NodeEdge | Mapping[str, Any]] = (),
        after: Sequence[NodeEdge | Mapping[str, Any]] = (),
        automation: str | Unset = UNSET,
        payload: Mapping[str, Any] | Unset = UNSET,
        delay_in_seconds: int | Unset = UNSET,
        created_at: dt.datetime | Unset = UNSET,
        updated_at: dt.datetime | Unset = UNSET,
    ) -> None:
        await super().validate_node(
            id=id,
            type=type,
            before=before,
            after=after,
            automation=automation,
            payload=payload,
            delay_in_seconds=delay_in_seconds,
            created_at=created_at,
            updated_at=updated_at,
        )

    validate_node.__doc__ = (
        (generated.FlowVersionsResource.validate_node.__doc__ or "")
        .replace("Required; an entry node has none and sends `[]`.", "None by default.")
        .replace("Required; the `end` node has none and sends `[]`.", "None by default.")
    )


class _Edge(NamedTuple):
    origin: int
    target: int
    branch: int


class _Node(NamedTuple):
    id: int
    type: str
    before: list[_Edge]
    after: list[_Edge]


def _completed(node: FlowNode | Mapping[str, Any], now: dt.datetime) -> FlowNode | Mapping[str, Any]:
    """The node with edge arrays and timestamps; those read from the API as text become times."""
    if isinstance(node, FlowNode):
        node = copy(node)
        node.created_at = node.created_at or now
        node.updated_at = node.updated_at or now
        return node
    if not isinstance(cast("object", node), Mapping):
        return node
    result: dict[str, Any] = {"before": [], "after": [], **node}
    for name in ("created_at", "updated_at"):
        value = result.get(name) or now
        result[name] = (DATE_TIME.decode(value) or value) if isinstance(value, str) else value
    return result


def _faults(
    nodes: Sequence[FlowNode | Mapping[str, Any]],
    contact_sources: Sequence[ContactSource | Mapping[str, Any]],
    first_common_node_id: int | Unset | None,
) -> Iterator[InvalidArgumentError]:
    """What is wrong with a version, with the ids of its nodes."""
    shapes: list[_Node] = []
    for index, node in enumerate(nodes):
        try:
            FlowNode.encode_argument(f"nodes[{index}]", node)
        except InvalidArgumentError as error:
            yield error
        shape = _shape(node)
        shapes += [] if shape is None else [shape]
    sources: dict[int, dict[str, Any]] = {}
    for index, source in enumerate(contact_sources):
        try:
            sources[index] = ContactSource.encode_argument(f"contact_sources[{index}]", source)
        except InvalidArgumentError as error:
            yield error
    if len(shapes) == len(nodes):  # otherwise half of what follows would come of the nodes that cannot be read
        for problem in _tree_problems(shapes, [source.get("after_id") for source in sources.values()]):
            yield InvalidArgumentError("nodes", problem)
        missing = _common_node_problem(shapes, first_common_node_id)
        if missing is not None:
            yield InvalidArgumentError("first_common_node_id", missing)
        for index, source in sources.items():
            start = source.get("after_id")
            if start is not None and start not in [shape.id for shape in shapes]:
                yield InvalidArgumentError(f"contact_sources[{index}].after_id", f"there is no node {start}")
    if not contact_sources:
        yield InvalidArgumentError(
            "contact_sources",
            'needs at least one; for no audience yet pass [{"id": 1, "sender_profiles": [], "after_id": <first node>}]',
        )
    ids: set[int | None] = {None}
    for index, source in sources.items():
        if source.get("id") in ids:
            yield InvalidArgumentError(f"contact_sources[{index}].id", "each source needs an id that no other has")
        ids.add(source.get("id"))


def _shape(node: FlowNode | Mapping[str, Any]) -> _Node | None:
    """What makes the tree, if that can be read."""
    names = ("id", "type", "before", "after")
    if isinstance(node, FlowNode):
        fields = {name: getattr(node, name) for name in names}
    elif isinstance(cast("object", node), Mapping):
        fields = {name: node.get(name, UNSET) for name in names}
    else:
        return None
    try:
        known = FlowNode.encode_argument("", fields)
    except InvalidArgumentError:
        return None
    number: int = known["id"]
    return _Node(
        number,
        known["type"],
        [_Edge(edge["node_id"], number, edge["branch_id"]) for edge in known["before"]],
        [_Edge(number, edge["node_id"], edge["branch_id"]) for edge in known["after"]],
    )


def _tree_problems(nodes: Sequence[_Node], starts: Sequence[int | None]) -> Iterator[str]:
    if not nodes:
        yield "there is none; the smallest tree is one `end` node"
    by_id = {node.id: node for node in nodes}
    for number, times in Counter(node.id for node in nodes).items():
        if times > 1:
            yield f"node {number}: {times} nodes have this id"
    yield from _edge_problems(nodes, by_id)
    for node in nodes:
        if node.type == "end" and node.after:
            yield f"node {node.id}: it is an `end` node, after which nothing comes, but it has edges in `after`"
        elif node.type != "end" and not node.after:
            yield f"node {node.id} ({node.type}): its branch stops here; let it go on to an `end` node"
        for branch, times in Counter(edge.branch for edge in node.after).items():
            if times > 1:
                yield f"node {node.id}: {times} edges in `after` have branch_id {branch}"
    edges = {node.id: [edge.target for edge in node.after if edge.target in by_id] for node in nodes}
    entries = [start for start in starts if start in by_id]
    if None in starts or not entries:  # a source that does not say where it starts
        targets = {target for node in nodes for target in edges[node.id]}
        led_to = targets | {node.id for node in nodes if any(edge.origin in by_id for edge in node.before)}
        entries += [number for number in by_id if number not in led_to]
    reached = _reached(edges, entries)
    lost = [number for number in by_id if number not in reached]
    circle = _circle(edges)
    if set(lost) - set(circle):
        yield f"{_named(lost)}: no contact comes there, neither by an edge nor by the after_id of a contact source"
    if circle:
        yield f"{_named(circle)}: they form a circle, in which a contact never comes to an end"


def _edge_problems(nodes: Sequence[_Node], by_id: Mapping[int, _Node]) -> Iterator[str]:
    """Edges that lead nowhere, and those that one of their two nodes does not know."""
    forth = Counter(edge for node in nodes for edge in node.after)
    back = Counter(edge for node in nodes for edge in node.before)
    only_back = list((back - forth).elements())
    for edge in (forth - back).elements():
        origin, target, branch = edge
        other = next((it for it in only_back if it[:2] == edge[:2]), None)
        if target not in by_id:
            yield f"node {origin}: `after` leads to node {target}, and there is no such node"
        elif other is None:
            yield f"node {origin}: leads to node {target} (branch_id {branch}), which does not have it in `before`"
        else:
            only_back.remove(other)
            yield f"nodes {origin} and {target}: branch_id is {branch} in `after`, but {other.branch} in `before`"
    for origin, target, branch in only_back:
        if origin not in by_id:
            yield f"node {target}: `before` names node {origin}, and there is no such node"
        else:
            yield f"node {target}: has node {origin} (branch_id {branch}) in `before`, which does not lead to it"


def _common_node_problem(nodes: Sequence[_Node], given: int | Unset | None) -> str | None:
    branching = [node.id for node in nodes if len(node.after) > 1]
    if given is not None and not isinstance(given, Unset):
        return None if given in [node.id for node in nodes] else f"there is no node {given!r}"
    if not branching:
        return None
    return (
        f"the tree branches at {_named(branching)}, and the web editor opens no such tree without it; pass the id of "
        "the node where the branches meet (an `end` node that they share will do)"
    )


def _reached(edges: Mapping[int, Sequence[int]], entries: Sequence[int]) -> set[int]:
    reached: set[int] = set()
    waiting = list(entries)
    while waiting:
        number = waiting.pop()
        if number not in reached:
            reached.add(number)
            waiting.extend(edges[number])
    return reached


def _circle(edges: Mapping[int, Sequence[int]]) -> list[int]:
    """The nodes of circles, and those between circles: what is left without beginnings and ends."""
    left = set(edges)
    while True:
        entered = {target for number in left for target in edges[number]}
        kept = {number for number in left & entered if not left.isdisjoint(edges[number])}
        if kept == left:
            return sorted(kept)
        left = kept


def _named(numbers: Sequence[int]) -> str:
    return f"node{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"
