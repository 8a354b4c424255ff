# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from grinfi_overrides.runtime.codecs import INTEGER, OBJECT, STRING, UUID_TEXT, Choice, Nullable
from grinfi_overrides.runtime.models import ALWAYS_SENT, Model, model, wire
from grinfi_overrides.runtime.times import DATE_TIME

__all__ = ["Webhook"]

WebhookEvent = Literal[
    "contact_replied_email", "contact_replied_linkedin_message", "contact_exported", "contact_enriched"
]
WebhookStatus = Literal["on", "off"]


@model()
class Webhook(Model):
    """Configuration of a webhook."""

    uuid: str = wire(UUID_TEXT, default=ALWAYS_SENT)
    team_id: int | None = wire(INTEGER, default=None)
    user_id: int | None = wire(INTEGER, default=None)
    name: str | None = wire(STRING, default=None)
    event: WebhookEvent | str | None = wire(Choice(WebhookEvent), default=None)
    """Event on which the webhook fires: `contact_replied_email`, `contact_replied_linkedin_message`,
    `contact_exported` or `contact_enriched`.
    """

    request_method: str | None = wire(STRING, default=None)
    """HTTP method with which the target URL is called."""

    target_url: str | None = wire(STRING, default=None)
    filters: dict[str, Any] | None = wire(Nullable(OBJECT), default=None)
    """Criteria that limit the contacts for which the webhook fires; optional. The object has the keys `jsonLogic`,
    `elasticQuery` and `filter_tree_format`.
    """

    status: WebhookStatus | str | None = wire(Choice(WebhookStatus), default=None)
    """Status of the webhook."""

    created_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
    updated_at: dt.datetime = wire(DATE_TIME, default=ALWAYS_SENT)
