# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
"""The resources: operations of the API. Each is loaded when it is first used."""

from typing import TYPE_CHECKING

from grinfi_overrides.runtime.lazy import lazy_names

if TYPE_CHECKING:
    from .activities import ActivitiesResource
    from .ai_agents import AIAgentsResource
    from .ai_templates import AITemplatesResource
    from .api_keys import APIKeysResource
    from .attachments import AttachmentsResource
    from .automations import AutomationsResource
    from .blacklist import BlacklistResource
    from .companies import CompaniesResource
    from .contacts import ContactsResource
    from .custom_fields import CustomFieldsResource
    from .data_sources import DataSourcesResource
    from .emails import EmailsResource
    from .files import FilesResource
    from .flow_versions import FlowVersionsResource
    from .linkedin_browsers import LinkedInBrowsersResource
    from .linkedin_conversations import LinkedInConversationsResource
    from .linkedin_messages import LinkedInMessagesResource
    from .lists import ListsResource
    from .mailboxes import MailboxesResource
    from .notes import NotesResource
    from .pipeline_stages import PipelineStagesResource
    from .sender_profiles import SenderProfilesResource
    from .tags import TagsResource
    from .tasks import TasksResource
    from .teams import TeamsResource
    from .user import UserResource
    from .webhooks import WebhooksResource

__all__ = [
    "AIAgentsResource",
    "AITemplatesResource",
    "APIKeysResource",
    "ActivitiesResource",
    "AttachmentsResource",
    "AutomationsResource",
    "BlacklistResource",
    "CompaniesResource",
    "ContactsResource",
    "CustomFieldsResource",
    "DataSourcesResource",
    "EmailsResource",
    "FilesResource",
    "FlowVersionsResource",
    "LinkedInBrowsersResource",
    "LinkedInConversationsResource",
    "LinkedInMessagesResource",
    "ListsResource",
    "MailboxesResource",
    "NotesResource",
    "PipelineStagesResource",
    "SenderProfilesResource",
    "TagsResource",
    "TasksResource",
    "TeamsResource",
    "UserResource",
    "WebhooksResource",
]

_HOMES = {
    "AIAgentsResource": ".ai_agents",
    "AITemplatesResource": ".ai_templates",
    "APIKeysResource": ".api_keys",
    "ActivitiesResource": ".activities",
    "AttachmentsResource": ".attachments",
    "AutomationsResource": ".automations",
    "BlacklistResource": ".blacklist",
    "CompaniesResource": ".companies",
    "ContactsResource": ".contacts",
    "CustomFieldsResource": ".custom_fields",
    "DataSourcesResource": ".data_sources",
    "EmailsResource": ".emails",
    "FilesResource": ".files",
    "FlowVersionsResource": ".flow_versions",
    "LinkedInBrowsersResource": ".linkedin_browsers",
    "LinkedInConversationsResource": ".linkedin_conversations",
    "LinkedInMessagesResource": ".linkedin_messages",
    "ListsResource": ".lists",
    "MailboxesResource": ".mailboxes",
    "NotesResource": ".notes",
    "PipelineStagesResource": ".pipeline_stages",
    "SenderProfilesResource": ".sender_profiles",
    "TagsResource": ".tags",
    "TasksResource": ".tasks",
    "TeamsResource": ".teams",
    "UserResource": ".user",
    "WebhooksResource": ".webhooks",
}

if not TYPE_CHECKING:  # checkers would take any name for a name of this package
    __getattr__, __dir__ = lazy_names(__name__, _HOMES)
