# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import DATE_TIME, UUID_TEXT, Array, ModelOf
from grinfi_overrides.runtime.models import Field, Model

from .contact_source import ContactSource
from .flow_node import FlowNode

__all__ = ["FlowVersion"]


@define(kw_only=True, repr=False)
class FlowVersion(Model):
    """Flow version list result."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", UUID_TEXT),
        "flow_uuid": Field("flow_uuid", UUID_TEXT),
        "nodes": Field("nodes", Array(ModelOf(lambda: FlowNode))),
        "contact_sources": Field("contact_sources", Array(ModelOf(lambda: ContactSource))),
        "created_at": Field("created_at", DATE_TIME),
    }

    uuid: str | None = None
    flow_uuid: str | None = None
    nodes: list[FlowNode] | None = None
    contact_sources: list[ContactSource] | None = None
    created_at: dt.datetime | None = None
