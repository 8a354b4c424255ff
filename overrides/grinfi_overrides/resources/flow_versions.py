"""Flow versions: trees are checked before they are sent, since the server saves some that the editor cannot open."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from inspect import cleandoc
from typing import Any, NamedTuple, cast

from grinfi_async._runtime.codecs import DATE_TIME
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
        complete = [_completed(node, dt.datetime.now(dt.UTC)) for node in nodes]
        faults = list(_faults(complete, contact_sources, first_common_node_id))
        if len(faults) == 1:
            raise InvalidArgumentError("nodes", faults[0])
        if faults:
            raise InvalidArgumentError("nodes", "\n- ".join([f"{len(faults)} faults:", *faults]))
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
    result = {"before": [], "after": [], **node}
    for name in ("created_at", "updated_at"):
        value = result.get(name) or now
        result[name] = (DATE_TIME.decode(value)[0] or value) if isinstance(value, str) else value
    return result


def _faults(
    nodes: Sequence[FlowNode | Mapping[str, Any]],
    contact_sources: Sequence[ContactSource | Mapping[str, Any]],
    first_common_node_id: int | Unset | None,
) -> Iterator[str]:
    """What is wrong with a tree, with the ids of its nodes."""
    shapes: list[_Node | None] = []
    for index, node in enumerate(nodes):
        try:
            FlowNode.encode_argument(f"nodes[{index}]", node)
        except InvalidArgumentError as error:
            yield str(error)
        shapes.append(_shape(node))
    sources: list[dict[str, Any]] = []
    for index, source in enumerate(contact_sources):
        try:
            sources.append(ContactSource.encode_argument(f"contact_sources[{index}]", source))
        except InvalidArgumentError as error:
            yield str(error)
    known = [shape for shape in shapes if shape is not None]
    if len(known) == len(shapes):  # otherwise half of what follows would come of the nodes that cannot be read
        yield from _tree_faults(known, [source.get("after_id") for source in sources])
        yield from _common_node_faults(known, first_common_node_id)
        for index, source in enumerate(sources):
            start = source.get("after_id")
            if start is not None and start not in [node.id for node in known]:
                yield f"contact_sources[{index}]: after_id is {start}, and there is no such node"
    if not contact_sources:
        yield (
            "contact_sources: at least one is needed; for no audience yet pass "
            '[{"id": 1, "sender_profiles": [], "after_id": <id of the first node>}]'
        )
    ids = [source.get("id") for source in sources]
    for index, number in enumerate(ids):
        if number is None or number in ids[:index]:
            yield f"contact_sources[{index}]: needs an id that no other source has"


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


def _tree_faults(nodes: Sequence[_Node], starts: Sequence[int | None]) -> Iterator[str]:
    if not nodes:
        yield "there is no node; the smallest tree is one `end` node"
    by_id = {node.id: node for node in nodes}
    for number, times in Counter(node.id for node in nodes).items():
        if times > 1:
            yield f"node {number}: {times} nodes have this id"
    yield from _edge_faults(nodes, by_id)
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
        entries += [node.id for node in nodes if not node.before]
    reached = _reached(edges, entries)
    lost = [number for number in by_id if number not in reached]
    if lost:
        yield f"{_named(lost)}: no contact comes there, neither by an edge nor by the after_id of a contact source"
    circle = _circle(edges)
    if circle:
        yield f"{_named(circle)}: they form a circle, so that a contact never comes to an end"


def _edge_faults(nodes: Sequence[_Node], by_id: Mapping[int, _Node]) -> Iterator[str]:
    """Edges that lead nowhere, and those that one of their two nodes does not know."""
    forth = Counter(edge for node in nodes for edge in node.after)
    back = Counter(edge for node in nodes for edge in node.before)
    only_back = list((back - forth).elements())
    for edge in (forth - back).elements():
        origin, target, branch = edge
        if target not in by_id:
            yield f"node {origin}: `after` leads to node {target}, and there is no such node"
            continue
        other = next((it for it in only_back if (it.origin, it.target) == (origin, target)), None)
        if other is None:
            yield f"node {origin}: leads to node {target} (branch_id {branch}), which does not have it in `before`"
        else:
            only_back.remove(other)
            yield f"nodes {origin} and {target}: branch_id is {branch} in `after`, but {other.branch} in `before`"
    for origin, target, branch in only_back:
        if origin not in by_id:
            yield f"node {target}: `before` names node {origin}, and there is no such node"
        else:
            yield f"node {target}: has node {origin} (branch_id {branch}) in `before`, which does not lead to it"


def _common_node_faults(nodes: Sequence[_Node], given: int | Unset | None) -> Iterator[str]:
    branching = [node.id for node in nodes if len(node.after) > 1]
    if given is None or isinstance(given, Unset):
        if branching:
            yield (
                f"first_common_node_id: {_named(branching)} branch, so it is needed, or the web editor cannot open the "
                "flow; pass the id of the node where the branches meet (one `end` node that they share will do)"
            )
    elif given not in [node.id for node in nodes]:
        yield f"first_common_node_id: is {given!r}, and there is no such node"


def _reached(edges: Mapping[int, Sequence[int]], starts: Sequence[int]) -> set[int]:
    reached: set[int] = set()
    waiting = list(starts)
    while waiting:
        number = waiting.pop()
        if number not in reached:
            reached.add(number)
            waiting.extend(edges[number])
    return reached


def _circle(edges: Mapping[int, Sequence[int]]) -> list[int]:
    """The nodes of circles, and those between circles: what is left without beginnings and ends."""
    left = dict.fromkeys(edges)
    while True:
        targets = {target for number in left for target in edges[number] if target in left}
        kept = [number for number in left if number in targets and any(target in left for target in edges[number])]
        if len(kept) == len(left):
            return kept
        left = dict.fromkeys(kept)


def _named(numbers: Sequence[int]) -> str:
    return f"node{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"
