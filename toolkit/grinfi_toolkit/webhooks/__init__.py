"""Webhooks: their events, an ASGI app that receives them, and setting them up.

Users import from `grinfi_async.webhooks`, which exports the names in `__all__`.
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
