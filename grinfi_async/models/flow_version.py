# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt

from grinfi_overrides.runtime.codecs import INTEGER, UUID_TEXT, Array, ModelOf, Nullable
from grinfi_overrides.runtime.models import Model, model, wire
from grinfi_overrides.runtime.times import DATE_TIME

from .contact_source import ContactSource
from .flow_node import FlowNode

__all__ = ["FlowVersion"]


@model()
class FlowVersion(Model):
    """Flow version list result."""

    uuid: str | None = wire(UUID_TEXT, default=None)
    flow_uuid: str | None = wire(UUID_TEXT, default=None)
    nodes: list[FlowNode] | None = wire(Array(ModelOf(lambda: FlowNode)), default=None)
    contact_sources: list[ContactSource] | None = wire(Array(ModelOf(lambda: ContactSource)), default=None)
    created_at: dt.datetime | None = wire(DATE_TIME, default=None)
    first_common_node_id: int | None = wire(Nullable(INTEGER), default=None)
    """Id of the first node where all branches meet."""
