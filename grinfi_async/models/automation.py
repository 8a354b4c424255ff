# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar, Literal

from attrs import define

from grinfi_overrides.runtime.codecs import BOOLEAN, DATE_TIME, INTEGER, STRING, UUID_TEXT, Choice, ModelOf, Nullable
from grinfi_overrides.runtime.models import Field, Model

from .schedule import Schedule

__all__ = ["Automation"]

AutomationStatus = Literal["on", "off", "draft", "archived"]


@define(kw_only=True, repr=False)
class Automation(Model):
    """`flow` in the API's description.

    Attributes:
        use_sender_schedule: With `true`, tasks follow the schedule of the respective sender profile, and the flow
            schedule does not apply.
        status: Status of the flow.
    """

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", UUID_TEXT),
        "public_uuid": Field("public_uuid", Nullable(UUID_TEXT)),
        "team_id": Field("team_id", INTEGER),
        "name": Field("name", STRING),
        "flow_workspace_uuid": Field("flow_workspace_uuid", Nullable(UUID_TEXT)),
        "flow_version_uuid": Field("flow_version_uuid", UUID_TEXT),
        "use_sender_schedule": Field("use_sender_schedule", BOOLEAN),
        "schedule": Field("schedule", ModelOf(lambda: Schedule)),
        "description": Field("description", Nullable(STRING)),
        "priority": Field("priority", INTEGER),
        "status": Field("status", Choice(AutomationStatus)),
        "is_public": Field("is_public", BOOLEAN),
        "user_id": Field("user_id", INTEGER),
        "created_at": Field("created_at", DATE_TIME),
        "updated_at": Field("updated_at", DATE_TIME),
    }

    uuid: str | None = None
    public_uuid: str | None = None
    team_id: int | None = None
    name: str | None = None
    flow_workspace_uuid: str | None = None
    flow_version_uuid: str | None = None
    use_sender_schedule: bool | None = None
    schedule: Schedule | None = None
    description: str | None = None
    priority: int | None = None
    status: AutomationStatus | str | None = None
    is_public: bool | None = None
    user_id: int | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
