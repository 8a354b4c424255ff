# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import INTEGER, MapOf
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["NodeStatistics"]


@define(kw_only=True, repr=False)
class NodeStatistics(Model):
    """Automation node statistics result.

    Attributes:
        node_conversions: Object that maps each outcome to its count; `[]` for a node without any.
    """

    _fields: ClassVar[Mapping[str, Field]] = {
        "node_statuses": Field("node_statuses", MapOf(INTEGER)),
        "node_conversions": Field("node_conversions", MapOf(INTEGER)),
        "node_branches": Field("node_branches", MapOf(INTEGER)),
    }

    node_statuses: dict[str, int] | None = None
    node_conversions: dict[str, int] | None = None
    node_branches: dict[str, int] | None = None
