"""Webhooks: what arrives, an ASGI app that receives it, and registrations that are as wanted.

Users import from `grinfi_async.webhooks`, which offers what is in `__all__`.
"""

from .ensure import WantedWebhook, WebhookChanges, ensure_webhooks
from .events import EventName, WebhookBodyError, WebhookEvent
from .router import WebhookRouter, WebhookStatistics

__all__ = [
    "EventName",
    "WantedWebhook",
    "WebhookBodyError",
    "WebhookChanges",
    "WebhookEvent",
    "WebhookRouter",
    "WebhookStatistics",
    "ensure_webhooks",
]
