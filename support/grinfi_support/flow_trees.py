"""Trees of flow nodes, as they are sent, and what is wrong with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from grinfi_overrides.errors import InvalidArgumentError

__all__ = ["check"]


def check(
    nodes: Sequence[dict[str, Any]], contact_sources: Sequence[dict[str, Any]], first_common_node_id: int | None
) -> None:
    """Report all faults of a version at once.

    Raises:
        InvalidArgumentError: There are any.
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
    """What is wrong with a version, with the ids of its nodes."""
    for problem in _tree_problems(nodes, [source.get("after_id") for source in contact_sources]):
        yield InvalidArgumentError("nodes", problem)
    missing = _common_node_problem(nodes, first_common_node_id)
    if missing is not None:
        yield InvalidArgumentError("first_common_node_id", missing)
    if not contact_sources:
        yield InvalidArgumentError(
            "contact_sources",
            'needs at least one; for no audience yet pass [{"id": 1, "sender_profiles": [], "after_id": <first node>}]',
        )
    ids: set[int | None] = {None}
    for index, source in enumerate(contact_sources):
        start = source.get("after_id")
        if start is not None and start not in [node.id for node in nodes]:
            yield InvalidArgumentError(f"contact_sources[{index}].after_id", f"there is no node {start}")
        if source.get("id") in ids:
            yield InvalidArgumentError(f"contact_sources[{index}].id", "each source needs an id that no other has")
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


def _common_node_problem(nodes: Sequence[_Node], given: int | None) -> str | None:
    branching = [node.id for node in nodes if len(node.after) > 1]
    if given is not None:
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
