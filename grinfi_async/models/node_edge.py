# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from typing import Required, TypedDict

from grinfi_overrides.runtime.codecs import INTEGER
from grinfi_overrides.runtime.models import Model, mapping_of, model, wire

__all__ = ["NodeEdge", "NodeEdgeDict"]


@model(sendable=True)
class NodeEdge(Model):
    """A directed connection between two nodes of the flow tree. A node holds its incoming edges in `before` and its
    outgoing ones in `after`, both arrays.
    """

    node_id: int = wire(INTEGER)
    """Id of the node at the far end of the edge."""

    branch_id: int = wire(INTEGER)
    """Branch to which the edge belongs:

    - linear steps: `1`.
    - `rule_ab_test`: `1` for A, `2` for B.
    - `rule_filter`: `1` for "match", `0` for "else".
    - triggers: `1` or `2`.
    """


@mapping_of(NodeEdge)
class NodeEdgeDict(TypedDict, total=False):
    """A mapping that can replace a `NodeEdge`."""

    node_id: Required[int]
    """Id of the node at the far end of the edge."""

    branch_id: Required[int]
    """Branch to which the edge belongs:

    - linear steps: `1`.
    - `rule_ab_test`: `1` for A, `2` for B.
    - `rule_filter`: `1` for "match", `0` for "else".
    - triggers: `1` or `2`.
    """
