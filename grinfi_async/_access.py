# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
"""The resources as attributes of the client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from grinfi_overrides.resources.ai_templates import AITemplatesResource
    from grinfi_overrides.resources.attachments import AttachmentsResource
    from grinfi_overrides.resources.automations import AutomationsResource
    from grinfi_overrides.resources.companies import CompaniesResource
    from grinfi_overrides.resources.contacts import ContactsResource
    from grinfi_overrides.resources.custom_fields import CustomFieldsResource
    from grinfi_overrides.resources.emails import EmailsResource
    from grinfi_overrides.resources.files import FilesResource
    from grinfi_overrides.resources.flow_versions import FlowVersionsResource
    from grinfi_overrides.resources.linkedin_browsers import LinkedInBrowsersResource

    from .resources.activities import ActivitiesResource
    from .resources.ai_agents import AIAgentsResource
    from .resources.api_keys import APIKeysResource
    from .resources.blacklist import BlacklistResource
    from .resources.data_sources import DataSourcesResource
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

__all__ = ["RESOURCES", "ResourceAccess"]

RESOURCES: Final[Mapping[str, tuple[str, str]]] = {
    "activities": (f"{__package__}.resources.activities", "ActivitiesResource"),
    "ai_agents": (f"{__package__}.resources.ai_agents", "AIAgentsResource"),
    "ai_templates": ("grinfi_overrides.resources.ai_templates", "AITemplatesResource"),
    "api_keys": (f"{__package__}.resources.api_keys", "APIKeysResource"),
    "attachments": ("grinfi_overrides.resources.attachments", "AttachmentsResource"),
    "automations": ("grinfi_overrides.resources.automations", "AutomationsResource"),
    "blacklist": (f"{__package__}.resources.blacklist", "BlacklistResource"),
    "companies": ("grinfi_overrides.resources.companies", "CompaniesResource"),
    "contacts": ("grinfi_overrides.resources.contacts", "ContactsResource"),
    "custom_fields": ("grinfi_overrides.resources.custom_fields", "CustomFieldsResource"),
    "data_sources": (f"{__package__}.resources.data_sources", "DataSourcesResource"),
    "emails": ("grinfi_overrides.resources.emails", "EmailsResource"),
    "files": ("grinfi_overrides.resources.files", "FilesResource"),
    "flow_versions": ("grinfi_overrides.resources.flow_versions", "FlowVersionsResource"),
    "linkedin_browsers": ("grinfi_overrides.resources.linkedin_browsers", "LinkedInBrowsersResource"),
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
"""Resource -> the module and the class it is loaded from."""


class ResourceAccess:
    """The resources, each loaded when it is first used."""

    def _resource(self, name: str) -> Any:
        raise NotImplementedError

    @property
    def activities(self) -> ActivitiesResource:
        """Events and interactions recorded on contacts and companies, for example a sent message, an opened
        email or a changed status."""
        resource: ActivitiesResource = self._resource("activities")
        return resource

    @property
    def ai_agents(self) -> AIAgentsResource:
        """Agents that classify contacts and incoming messages with a connected LLM."""
        resource: AIAgentsResource = self._resource("ai_agents")
        return resource

    @property
    def ai_templates(self) -> AITemplatesResource:
        """AI-driven message templates for repeated use."""
        resource: AITemplatesResource = self._resource("ai_templates")
        return resource

    @property
    def api_keys(self) -> APIKeysResource:
        """Issue keys for calling the Grinfi API."""
        resource: APIKeysResource = self._resource("api_keys")
        return resource

    @property
    def attachments(self) -> AttachmentsResource:
        """Upload images, PDFs and other documents to the attachment storage of your team."""
        resource: AttachmentsResource = self._resource("attachments")
        return resource

    @property
    def automations(self) -> AutomationsResource:
        """Outreach sequences."""
        resource: AutomationsResource = self._resource("automations")
        return resource

    @property
    def blacklist(self) -> BlacklistResource:
        """Exclude contacts and companies from import, enrichment and outreach."""
        resource: BlacklistResource = self._resource("blacklist")
        return resource

    @property
    def companies(self) -> CompaniesResource:
        """Company records of your CRM."""
        resource: CompaniesResource = self._resource("companies")
        return resource

    @property
    def contacts(self) -> ContactsResource:
        """The contacts (leads) of your CRM: find, create and change them, and arrange them by list and pipeline
        stage."""
        resource: ContactsResource = self._resource("contacts")
        return resource

    @property
    def custom_fields(self) -> CustomFieldsResource:
        """Data fields of your own on contact and company records, for whatever else your workflow needs to keep."""
        resource: CustomFieldsResource = self._resource("custom_fields")
        return resource

    @property
    def data_sources(self) -> DataSourcesResource:
        """Jobs that import from LinkedIn."""
        resource: DataSourcesResource = self._resource("data_sources")
        return resource

    @property
    def emails(self) -> EmailsResource:
        """Emails, sent and read through the mailboxes you have connected."""
        resource: EmailsResource = self._resource("emails")
        return resource

    @property
    def files(self) -> FilesResource:
        """Bring CSV files into the CRM, and write contacts or companies out as CSV."""
        resource: FilesResource = self._resource("files")
        return resource

    @property
    def flow_versions(self) -> FlowVersionsResource:
        """Versions of automation flows."""
        resource: FlowVersionsResource = self._resource("flow_versions")
        return resource

    @property
    def linkedin_browsers(self) -> LinkedInBrowsersResource:
        """Browser profiles through which automation uses LinkedIn."""
        resource: LinkedInBrowsersResource = self._resource("linkedin_browsers")
        return resource

    @property
    def linkedin_conversations(self) -> LinkedInConversationsResource:
        """linkedin_conversations."""
        resource: LinkedInConversationsResource = self._resource("linkedin_conversations")
        return resource

    @property
    def linkedin_messages(self) -> LinkedInMessagesResource:
        """LinkedIn messages, sent and read through the sender profiles you have connected."""
        resource: LinkedInMessagesResource = self._resource("linkedin_messages")
        return resource

    @property
    def lists(self) -> ListsResource:
        """Lists group contacts, so that outreach campaigns can be aimed at one segment of your audience."""
        resource: ListsResource = self._resource("lists")
        return resource

    @property
    def mailboxes(self) -> MailboxesResource:
        """The mailboxes (SMTP/IMAP, Gmail, Outlook) with which outreach campaigns send and receive email."""
        resource: MailboxesResource = self._resource("mailboxes")
        return resource

    @property
    def notes(self) -> NotesResource:
        """Internal notes on contacts or companies that your team can refer to."""
        resource: NotesResource = self._resource("notes")
        return resource

    @property
    def pipeline_stages(self) -> PipelineStagesResource:
        """Stages that show how far each contact has come in your outreach or sales process, and operations to
        define and change them."""
        resource: PipelineStagesResource = self._resource("pipeline_stages")
        return resource

    @property
    def sender_profiles(self) -> SenderProfilesResource:
        """A sender profile represents the email and LinkedIn accounts that outreach messages are sent from."""
        resource: SenderProfilesResource = self._resource("sender_profiles")
        return resource

    @property
    def tags(self) -> TagsResource:
        """Custom labels on contacts and companies, which make them easy to filter and segment."""
        resource: TagsResource = self._resource("tags")
        return resource

    @property
    def tasks(self) -> TasksResource:
        """Single outreach actions, for example a LinkedIn message or an email to be sent."""
        resource: TasksResource = self._resource("tasks")
        return resource

    @property
    def teams(self) -> TeamsResource:
        """Workspaces, called teams in the API."""
        resource: TeamsResource = self._resource("teams")
        return resource

    @property
    def user(self) -> UserResource:
        """Profile of the user a request is authenticated as."""
        resource: UserResource = self._resource("user")
        return resource

    @property
    def webhooks(self) -> WebhooksResource:
        """HTTP callbacks in real time for what happens in your account."""
        resource: WebhooksResource = self._resource("webhooks")
        return resource
