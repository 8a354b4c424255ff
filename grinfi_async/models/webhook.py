# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from attrs import define

from grinfi_overrides.runtime.codecs import DATE_TIME, INTEGER, OBJECT, STRING, UUID_TEXT, Choice, Nullable
from grinfi_overrides.runtime.models import Field, Model

__all__ = ["Webhook"]

WebhookEvent = Literal[
    "contact_replied_email", "contact_replied_linkedin_message", "contact_exported", "contact_enriched"
]
WebhookStatus = Literal["on", "off"]


@define(kw_only=True, repr=False)
class Webhook(Model):
    """Configuration of a webhook.

    Attributes:
        event: Event on which the webhook fires: `contact_replied_email`, `contact_replied_linkedin_message`,
            `contact_exported` or `contact_enriched`.
        request_method: HTTP method with which the target URL is called.
        filters: Criteria that limit the contacts for which the webhook fires; optional. The object has the keys
            `jsonLogic`, `elasticQuery` and `filter_tree_format`.
        status: Status of the webhook.
    """

    _fields: ClassVar[Mapping[str, Field]] = {
        "uuid": Field("uuid", UUID_TEXT),
        "team_id": Field("team_id", INTEGER),
        "user_id": Field("user_id", INTEGER),
        "name": Field("name", STRING),
        "event": Field("event", Choice(WebhookEvent)),
        "request_method": Field("request_method", STRING),
        "target_url": Field("target_url", STRING),
        "filters": Field("filters", Nullable(OBJECT)),
        "status": Field("status", Choice(WebhookStatus)),
        "created_at": Field("created_at", DATE_TIME),
        "updated_at": Field("updated_at", DATE_TIME),
    }

    uuid: str | None = None
    team_id: int | None = None
    user_id: int | None = None
    name: str | None = None
    event: WebhookEvent | str | None = None
    request_method: str | None = None
    target_url: str | None = None
    filters: dict[str, Any] | None = None
    status: WebhookStatus | str | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
