# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
"""The client with its resources."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from grinfi_overrides.runtime.lazy import shown_in
from grinfi_overrides.runtime.operations import Operation
from grinfi_support.client import ListingClient

from .operations import OPERATIONS

if TYPE_CHECKING:
    from grinfi_bulk import Bulk
    from grinfi_toolkit.inbox import Inbox
    from grinfi_toolkit.reports import Reports

    from .resources.activities import ActivitiesResource
    from .resources.ai_agents import AIAgentsResource
    from .resources.ai_templates import AITemplatesResource
    from .resources.api_keys import APIKeysResource
    from .resources.attachments import AttachmentsResource
    from .resources.automations import AutomationsResource
    from .resources.blacklist import BlacklistResource
    from .resources.companies import CompaniesResource
    from .resources.contacts import ContactsResource
    from .resources.custom_fields import CustomFieldsResource
    from .resources.data_sources import DataSourcesResource
    from .resources.emails import EmailsResource
    from .resources.files import FilesResource
    from .resources.flow_versions import FlowVersionsResource
    from .resources.linkedin_browsers import LinkedInBrowsersResource
    from .resources.linkedin_conversations import LinkedInConversationsResource
    from .resources.linkedin_messages import LinkedInMessagesResource
    from .resources.lists import ListsResource
    from .resources.mailboxes import MailboxesResource
    from .resources.notes import NotesResource
    from .resources.pipeline_stages import PipelineStagesResource
    from .resources.sender_profiles import SenderProfilesResource
    from .resources.tags import TagsResource
    from .resources.tasks import TasksResource
    from .resources.teams import TeamsResource
    from .resources.user import UserResource
    from .resources.webhooks import WebhooksResource

__all__ = ["RESOURCES", "Grinfi"]

RESOURCES: Final[Mapping[str, tuple[str, str]]] = {
    "activities": (f"{__package__}.resources.activities", "ActivitiesResource"),
    "ai_agents": (f"{__package__}.resources.ai_agents", "AIAgentsResource"),
    "ai_templates": (f"{__package__}.resources.ai_templates", "AITemplatesResource"),
    "api_keys": (f"{__package__}.resources.api_keys", "APIKeysResource"),
    "attachments": (f"{__package__}.resources.attachments", "AttachmentsResource"),
    "automations": (f"{__package__}.resources.automations", "AutomationsResource"),
    "blacklist": (f"{__package__}.resources.blacklist", "BlacklistResource"),
    "companies": (f"{__package__}.resources.companies", "CompaniesResource"),
    "contacts": (f"{__package__}.resources.contacts", "ContactsResource"),
    "custom_fields": (f"{__package__}.resources.custom_fields", "CustomFieldsResource"),
    "data_sources": (f"{__package__}.resources.data_sources", "DataSourcesResource"),
    "emails": (f"{__package__}.resources.emails", "EmailsResource"),
    "files": (f"{__package__}.resources.files", "FilesResource"),
    "flow_versions": (f"{__package__}.resources.flow_versions", "FlowVersionsResource"),
    "linkedin_browsers": (f"{__package__}.resources.linkedin_browsers", "LinkedInBrowsersResource"),
    "linkedin_conversations": (f"{__package__}.resources.linkedin_conversations", "LinkedInConversationsResource"),
    "linkedin_messages": (f"{__package__}.resources.linkedin_messages", "LinkedInMessagesResource"),
    "lists": (f"{__package__}.resources.lists", "ListsResource"),
    "mailboxes": (f"{__package__}.resources.mailboxes", "MailboxesResource"),
    "notes": (f"{__package__}.resources.notes", "NotesResource"),
    "pipeline_stages": (f"{__package__}.resources.pipeline_stages", "PipelineStagesResource"),
    "sender_profiles": (f"{__package__}.resources.sender_profiles", "SenderProfilesResource"),
    "tags": (f"{__package__}.resources.tags", "TagsResource"),
    "tasks": (f"{__package__}.resources.tasks", "TasksResource"),
    "teams": (f"{__package__}.resources.teams", "TeamsResource"),
    "user": (f"{__package__}.resources.user", "UserResource"),
    "webhooks": (f"{__package__}.resources.webhooks", "WebhooksResource"),
}
"""Resource -> its module and class."""


class Grinfi(ListingClient):
    __doc__ = ListingClient.__doc__

    @classmethod
    def from_profile(
        cls, name: str | None = None, *, path: str | os.PathLike[str] | None = None, **options: Any
    ) -> Self:
        """A client with the key of a profile, which `grinfi login` saves. A key of another team is refused.

        Args:
            name: Name of the profile; by default the environment variable `GRINFI_PROFILE`, or the default profile.
            path: File of the profiles; by default the environment variable `GRINFI_PROFILES`, or else a file in the
                user's configuration folder.
            options: Further options of the client.

        Raises:
            ConfigurationError: There is no such profile, or its key cannot be read or is for another team.
        """
        from grinfi_toolkit.profiles import client_options

        return cls(**{**client_options(name, path), **options})

    operations: ClassVar[Mapping[str, Operation]] = OPERATIONS

    @property
    def bulk(self) -> Bulk:
        """Jobs of many calls: `await grinfi.bulk.run(grinfi.contacts.upsert, rows, journal="import.journal")`."""
        from grinfi_bulk import Bulk

        return Bulk(self)

    @property
    def inbox(self) -> Inbox:
        """Unanswered and new conversations: `await grinfi.inbox.unanswered()`."""
        from grinfi_toolkit.inbox import Inbox

        return Inbox(self)

    @property
    def reports(self) -> Reports:
        """Reports that say what they cover: `print(await grinfi.reports.senders(by="week"))`."""
        from grinfi_toolkit.reports import Reports

        return Reports(self)

    @cached_property
    def activities(self) -> ActivitiesResource:
        """Events and interactions recorded on contacts and companies, for example a sent message, an opened
        email or a changed status."""
        from .resources.activities import ActivitiesResource

        return ActivitiesResource(self)

    @cached_property
    def ai_agents(self) -> AIAgentsResource:
        """Agents that classify contacts and incoming messages with a connected LLM."""
        from .resources.ai_agents import AIAgentsResource

        return AIAgentsResource(self)

    @cached_property
    def ai_templates(self) -> AITemplatesResource:
        """AI-driven message templates for repeated use."""
        from .resources.ai_templates import AITemplatesResource

        return AITemplatesResource(self)

    @cached_property
    def api_keys(self) -> APIKeysResource:
        """Issue keys for calling the Grinfi API."""
        from .resources.api_keys import APIKeysResource

        return APIKeysResource(self)

    @cached_property
    def attachments(self) -> AttachmentsResource:
        """Upload images, PDFs and other documents to the attachment storage of your team."""
        from .resources.attachments import AttachmentsResource

        return AttachmentsResource(self)

    @cached_property
    def automations(self) -> AutomationsResource:
        """Outreach sequences."""
        from .resources.automations import AutomationsResource

        return AutomationsResource(self)

    @cached_property
    def blacklist(self) -> BlacklistResource:
        """Exclude contacts and companies from import, enrichment and outreach."""
        from .resources.blacklist import BlacklistResource

        return BlacklistResource(self)

    @cached_property
    def companies(self) -> CompaniesResource:
        """Company records of your CRM."""
        from .resources.companies import CompaniesResource

        return CompaniesResource(self)

    @cached_property
    def contacts(self) -> ContactsResource:
        """The contacts (leads) of your CRM: find, create and change them, and arrange them by list and pipeline
        stage."""
        from .resources.contacts import ContactsResource

        return ContactsResource(self)

    @cached_property
    def custom_fields(self) -> CustomFieldsResource:
        """Data fields of your own on contact and company records, for whatever else your workflow needs to keep."""
        from .resources.custom_fields import CustomFieldsResource

        return CustomFieldsResource(self)

    @cached_property
    def data_sources(self) -> DataSourcesResource:
        """Jobs that import from LinkedIn."""
        from .resources.data_sources import DataSourcesResource

        return DataSourcesResource(self)

    @cached_property
    def emails(self) -> EmailsResource:
        """Emails, sent and read through the mailboxes you have connected."""
        from .resources.emails import EmailsResource

        return EmailsResource(self)

    @cached_property
    def files(self) -> FilesResource:
        """Bring CSV files into the CRM, and write contacts or companies out as CSV."""
        from .resources.files import FilesResource

        return FilesResource(self)

    @cached_property
    def flow_versions(self) -> FlowVersionsResource:
        """Versions of automation flows."""
        from .resources.flow_versions import FlowVersionsResource

        return FlowVersionsResource(self)

    @cached_property
    def linkedin_browsers(self) -> LinkedInBrowsersResource:
        """Browser profiles through which automation uses LinkedIn."""
        from .resources.linkedin_browsers import LinkedInBrowsersResource

        return LinkedInBrowsersResource(self)

    @cached_property
    def linkedin_conversations(self) -> LinkedInConversationsResource:
        """linkedin_conversations."""
        from .resources.linkedin_conversations import LinkedInConversationsResource

        return LinkedInConversationsResource(self)

    @cached_property
    def linkedin_messages(self) -> LinkedInMessagesResource:
        """LinkedIn messages, sent and read through the sender profiles you have connected."""
        from .resources.linkedin_messages import LinkedInMessagesResource

        return LinkedInMessagesResource(self)

    @cached_property
    def lists(self) -> ListsResource:
        """Lists group contacts, so that outreach campaigns can be aimed at one segment of your audience."""
        from .resources.lists import ListsResource

        return ListsResource(self)

    @cached_property
    def mailboxes(self) -> MailboxesResource:
        """The mailboxes (SMTP/IMAP, Gmail, Outlook) with which outreach campaigns send and receive email."""
        from .resources.mailboxes import MailboxesResource

        return MailboxesResource(self)

    @cached_property
    def notes(self) -> NotesResource:
        """Internal notes on contacts or companies that your team can refer to."""
        from .resources.notes import NotesResource

        return NotesResource(self)

    @cached_property
    def pipeline_stages(self) -> PipelineStagesResource:
        """Stages that show how far each contact has come in your outreach or sales process, and operations to
        define and change them."""
        from .resources.pipeline_stages import PipelineStagesResource

        return PipelineStagesResource(self)

    @cached_property
    def sender_profiles(self) -> SenderProfilesResource:
        """A sender profile represents the email and LinkedIn accounts that outreach messages are sent from."""
        from .resources.sender_profiles import SenderProfilesResource

        return SenderProfilesResource(self)

    @cached_property
    def tags(self) -> TagsResource:
        """Custom labels on contacts and companies, which make them easy to filter and segment."""
        from .resources.tags import TagsResource

        return TagsResource(self)

    @cached_property
    def tasks(self) -> TasksResource:
        """Single outreach actions, for example a LinkedIn message or an email to be sent."""
        from .resources.tasks import TasksResource

        return TasksResource(self)

    @cached_property
    def teams(self) -> TeamsResource:
        """Workspaces, called teams in the API."""
        from .resources.teams import TeamsResource

        return TeamsResource(self)

    @cached_property
    def user(self) -> UserResource:
        """Profile of the user a request is authenticated as."""
        from .resources.user import UserResource

        return UserResource(self)

    @cached_property
    def webhooks(self) -> WebhooksResource:
        """HTTP callbacks in real time for what happens in your account."""
        from .resources.webhooks import WebhooksResource

        return WebhooksResource(self)


shown_in(__name__.rpartition(".")[0], Grinfi)
