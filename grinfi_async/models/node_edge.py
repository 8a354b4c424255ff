# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import INTEGER
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["NodeEdge"]


@define(kw_only=True, repr=False)
class NodeEdge(Model):
    """A directed connection between two nodes of the flow tree. A node holds its incoming edges in `before` and its
    outgoing ones in `after`, both arrays.

    Attributes:
        node_id: Id of the node at the far end of the edge.
        branch_id: Branch to which the edge belongs:
            - linear steps: `1`.
            - `rule_ab_test`: `1` for A, `2` for B.
            - `rule_filter`: `1` for "match", `0` for "else".
            - triggers: `1` or `2`.
    """

    _fields: ClassVar[Mapping[str, Field]] = {
        "node_id": Field("node_id", INTEGER, required=True),
        "branch_id": Field("branch_id", INTEGER, required=True),
    }
    _sendable: ClassVar[bool] = True

    node_id: int
    branch_id: int
