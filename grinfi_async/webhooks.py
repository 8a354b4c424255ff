# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
"""What `grinfi_toolkit.webhooks` offers. Each name is loaded when it is first used."""

from typing import TYPE_CHECKING

from grinfi_overrides.runtime.lazy import lazy_names

if TYPE_CHECKING:
    from grinfi_toolkit.webhooks import (
        EventName,
        WantedWebhook,
        WebhookBodyError,
        WebhookChanges,
        WebhookEvent,
        WebhookRouter,
        WebhookStatistics,
        ensure_webhooks,
    )

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

_HOMES = {
    "EventName": "grinfi_toolkit.webhooks",
    "WantedWebhook": "grinfi_toolkit.webhooks",
    "WebhookBodyError": "grinfi_toolkit.webhooks",
    "WebhookChanges": "grinfi_toolkit.webhooks",
    "WebhookEvent": "grinfi_toolkit.webhooks",
    "WebhookRouter": "grinfi_toolkit.webhooks",
    "WebhookStatistics": "grinfi_toolkit.webhooks",
    "ensure_webhooks": "grinfi_toolkit.webhooks",
}

if not TYPE_CHECKING:  # checkers would take any name for a name of this package
    __getattr__, __dir__ = lazy_names(__name__, _HOMES)
