# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Sequence
from typing import Required, TypedDict

from grinfi_overrides.runtime.codec import Row
from grinfi_overrides.runtime.codecs import BOOLEAN, INTEGER, STRING, Array, ModelOf
from grinfi_overrides.runtime.models import Model, mapping_of, model, wire
from grinfi_overrides.runtime.unset import UNSET, Unset

__all__ = ["Schedule", "ScheduleDict", "ScheduleTimeblock", "ScheduleTimeblockDict"]


@model(sendable=True)
class Schedule(Model):
    """Schedule of working hours."""

    timezone: str = wire(STRING)
    use_lead_timezone: bool | Unset = wire(BOOLEAN, default=UNSET)
    timeblocks: list[ScheduleTimeblock] = wire(Array(ModelOf(lambda: ScheduleTimeblock)))


@mapping_of(Schedule)
class ScheduleDict(TypedDict, total=False):
    """A mapping that can replace a `Schedule`."""

    timezone: Required[str]
    use_lead_timezone: bool | Unset
    timeblocks: Required[Sequence[ScheduleTimeblock | ScheduleTimeblockDict | Row]]


@model(sendable=True)
class ScheduleTimeblock(Model):
    """Schedule timeblock."""

    dow: int | Unset = wire(INTEGER, default=UNSET)
    """Weekday number, where 0=Sunday."""

    min: int | Unset = wire(INTEGER, default=UNSET)
    """Start of the block, counted in minutes since midnight."""

    max: int | Unset = wire(INTEGER, default=UNSET)
    """End of the block, counted in minutes since midnight."""


@mapping_of(ScheduleTimeblock)
class ScheduleTimeblockDict(TypedDict, total=False):
    """A mapping that can replace a `ScheduleTimeblock`."""

    dow: int | Unset
    """Weekday number, where 0=Sunday."""

    min: int | Unset
    """Start of the block, counted in minutes since midnight."""

    max: int | Unset
    """End of the block, counted in minutes since midnight."""
