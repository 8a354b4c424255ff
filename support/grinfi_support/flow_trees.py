"""Checks of flow trees before they are sent.

Each edge is stored twice: in `after` of the node where it begins, and in `before` of the node where it ends. The server
saves trees in which the two differ, and the web editor then cannot open them:

    node 2                                       node 3
    after: [{node_id: 3, branch_id: 1}]   --->   before: [{node_id: 2, branch_id: 1}]      correct
    after: [{node_id: 3, branch_id: 1}]   --->   before: []                                a fault
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from grinfi_overrides.errors import InvalidArgumentError

__all__ = ["check"]


def check(
    nodes: Sequence[dict[str, Any]], contact_sources: Sequence[dict[str, Any]], first_common_node_id: int | None
) -> None:
    """Check a version.

    Raises:
        InvalidArgumentError: It has faults; the error lists all of them.
    """
    faults = list(_faults([_shape(node) for node in nodes], contact_sources, first_common_node_id))
    if len(faults) == 1:
        raise faults[0]
    if faults:
        problems = [fault.problem if fault.argument == "nodes" else str(fault) for fault in faults]
        raise InvalidArgumentError("nodes", "\n- ".join([f"{len(faults)} faults:", *problems]))


class _Edge(NamedTuple):
    origin: int
    target: int
    branch: int


class _Node(NamedTuple):
    id: int
    type: str
    before: list[_Edge]
    after: list[_Edge]


def _faults(
    nodes: Sequence[_Node], contact_sources: Sequence[dict[str, Any]], first_common_node_id: int | None
) -> Iterator[InvalidArgumentError]:
    """The faults of a version, with the ids of nodes."""
    for problem in _tree_problems(nodes, [source.get("after_id") for source in contact_sources]):
        yield InvalidArgumentError("nodes", problem)
    missing = _common_node_problem(nodes, first_common_node_id)
    if missing is not None:
        yield InvalidArgumentError("first_common_node_id", missing)
    if not contact_sources:
        yield InvalidArgumentError(
            "contact_sources",
            'needs at least one; without an audience pass [{"id": 1, "sender_profiles": [], "after_id": <first node>}]',
        )
    ids: set[int | None] = {None}
    for index, source in enumerate(contact_sources):
        start = source.get("after_id")
        if start is not None and start not in [node.id for node in nodes]:
            yield InvalidArgumentError(f"contact_sources[{index}].after_id", f"there is no node {start}")
        if source.get("id") in ids:
            yield InvalidArgumentError(f"contact_sources[{index}].id", "each source needs a unique id")
        ids.add(source.get("id"))


def _shape(node: dict[str, Any]) -> _Node:
    number: int = node["id"]
    return _Node(
        number,
        node["type"],
        [_Edge(edge["node_id"], number, edge["branch_id"]) for edge in node["before"]],
        [_Edge(number, edge["node_id"], edge["branch_id"]) for edge in node["after"]],
    )


def _tree_problems(nodes: Sequence[_Node], starts: Sequence[int | None]) -> Iterator[str]:
    if not nodes:
        yield "there are none; the smallest tree is one `end` node"
    by_id = {node.id: node for node in nodes}
    for number, times in Counter(node.id for node in nodes).items():
        if times > 1:
            yield f"node {number}: {times} nodes have this id"
    yield from _edge_problems(nodes, by_id)
    for node in nodes:
        if node.type == "end" and node.after:
            yield f"node {node.id}: an `end` node is the last one, but this one has edges in `after`"
        elif node.type != "end" and not node.after:
            yield f"node {node.id} ({node.type}): its branch stops here; lead it to an `end` node"
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
        yield f"{_named(lost)}: no edge and no after_id of a contact source leads a contact there"
    if circle:
        yield f"{_named(circle)}: they form a circle, in which a contact would stay forever"


def _edge_problems(nodes: Sequence[_Node], by_id: Mapping[int, _Node]) -> Iterator[str]:
    """Edges to missing nodes, and edges that only one of their two nodes has."""
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


def _common_node_problem(nodes: Sequence[_Node], given: int | None) -> str | None:
    branching = [node.id for node in nodes if len(node.after) > 1]
    if given is not None:
        return None if given in [node.id for node in nodes] else f"there is no node {given!r}"
    if not branching:
        return None
    return (
        f"the tree branches at {_named(branching)}, and the web editor cannot open such a tree without it; pass the id "
        "of the node where the branches meet (which can be an `end` node that they share)"
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
    """The nodes in circles, and between circles.

    Nodes without incoming or without outgoing edges cannot be in a circle. They are removed, again and again, until
    none is left to remove: 1 -> 2 -> 3 -> 2, 3 -> 4 loses 1 and 4, and leaves 2 and 3.
    """
    left = set(edges)
    while True:
        entered = {target for number in left for target in edges[number]}
        kept = {number for number in left & entered if not left.isdisjoint(edges[number])}
        if kept == left:
            return sorted(kept)
        left = kept


def _named(numbers: Sequence[int]) -> str:
    return f"node{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"
