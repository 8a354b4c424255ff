# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

from typing import Any

from grinfi_overrides.runtime.codecs import OBJECT, STRING, Nullable
from grinfi_overrides.runtime.models import Model, model, wire

__all__ = ["WebhookPayload"]


@model()
class WebhookPayload(Model):
    """Request body that your `target_url` receives when a webhook fires; the method is POST by default. The envelope
    is the same for all events: `event_name` identifies the event, and the object specific to it
    (`linkedin_connection`, `linkedin_message`, `email`, …) is added. How completely the objects are filled depends
    on the contact's data; a field whose value is unknown is `null`. For the full contact, pass `contact.uuid` to
    `GET /leads/api/leads/{uuid}` (`getLead`).
    """

    event_name: str | None = wire(STRING, default=None)
    """Name of the event; `createWebhook` has the complete list."""

    contact: dict[str, Any] | None = wire(OBJECT, default=None)
    """Contact concerned, with identifiers and enrichment data. Among its fields are `uuid`, `first_name`, `last_name`,
    `name`, `position`, `headline`, `company_name`, `company_uuid`, `linkedin_url`, `linkedin`,
    `sales_navigator_url`, `ln_id`, `sn_id`, `work_email`, `personal_email`, `pipeline_stage_uuid`,
    `pipeline_stage_name`, `list_name`, `tags`, `status` and `getsales_url`.
    """

    account: dict[str, Any] | None = wire(OBJECT, default=None)
    """Company of the contact, with its name, domain, website, industry, `linkedin_url`, size and other details."""

    sender_profile: dict[str, Any] | None = wire(OBJECT, default=None)
    """Sender profile behind the action; every event includes it, the `contact_accepted_...` ones too. It has the
    fields `uuid`, `first_name`, `last_name`, `label`, `assignee_user_id` and `team_id`.
    """

    automation: dict[str, Any] | None = wire(OBJECT, default=None)
    """Automation (flow) to which the event relates, with `uuid`, `name`, `status` and `priority`."""

    contact_markers: dict[str, Any] | None = wire(OBJECT, default=None)
    """Timestamps and counters that sum up the contact's activity, for example `linkedin_last_connection_sent_at`,
    `linkedin_last_connection_accepted_at`, `linkedin_messages_sent_count`, `email_sent_count` and
    `last_messaging_activity_at`.
    """

    linkedin_connection: dict[str, Any] | None = wire(Nullable(OBJECT), default=None)
    """Sent with `contact_accepted_linkedin_connection_request`; holds `full_name`, `nickname` and `connected_at`."""

    linkedin_connection_request: dict[str, Any] | None = wire(Nullable(OBJECT), default=None)
    """Sent with `sender_profile_sent_linkedin_connection_request`; holds `ln_id`, `nickname` and `sent_at`."""

    linkedin_message: dict[str, Any] | None = wire(Nullable(OBJECT), default=None)
    """Sent with the events for LinkedIn messages and InMails; holds `subject`, `text`, `type`, `status`, `sent_at` and
    `read_at`.
    """

    email: dict[str, Any] | None = wire(Nullable(OBJECT), default=None)
    """Sent with email events; holds the email's subject, body, status and timestamps."""

    latest_linkedin_conversation_thread: dict[str, Any] | None = wire(Nullable(OBJECT), default=None)
    latest_email_conversation_thread: dict[str, Any] | None = wire(Nullable(OBJECT), default=None)
