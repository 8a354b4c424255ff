# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from grinfi_overrides.runtime.codecs import BOOLEAN, INTEGER, STRING, Array, ModelOf
from grinfi_overrides.runtime.models import Field, Model
from grinfi_overrides.runtime.unset import UNSET, Unset

__all__ = ["Schedule", "ScheduleTimeblock"]


@define(kw_only=True, repr=False)
class Schedule(Model):
    """Schedule of working hours."""

    _fields: ClassVar[Mapping[str, Field]] = {
        "timezone": Field("timezone", STRING, required=True),
        "use_lead_timezone": Field("use_lead_timezone", BOOLEAN),
        "timeblocks": Field("timeblocks", Array(ModelOf(lambda: ScheduleTimeblock)), required=True),
    }
    _sendable: ClassVar[bool] = True

    timezone: str
    use_lead_timezone: bool | Unset = UNSET
    timeblocks: list[ScheduleTimeblock]


@define(kw_only=True, repr=False)
class ScheduleTimeblock(Model):
    """Schedule timeblock.

    Attributes:
        dow: Weekday number, where 0=Sunday.
        min: Start of the block, counted in minutes since midnight.
        max: End of the block, counted in minutes since midnight.
    """

    _fields: ClassVar[Mapping[str, Field]] = {
        "dow": Field("dow", INTEGER),
        "min": Field("min", INTEGER),
        "max": Field("max", INTEGER),
    }
    _sendable: ClassVar[bool] = True

    dow: int | Unset = UNSET
    min: int | Unset = UNSET
    max: int | Unset = UNSET
