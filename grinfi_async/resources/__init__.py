# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
"""The resources: operations of the API. Each is loaded when it is first used."""

from typing import TYPE_CHECKING

from .._runtime.lazy import lazy_names

if TYPE_CHECKING:
    from .activities import ActivitiesResource
    from .ai_agents import AiAgentsResource
    from .ai_templates import AiTemplatesResource
    from .api_keys import ApiKeysResource
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
    from .linkedin_browsers import LinkedinBrowsersResource
    from .linkedin_conversations import LinkedinConversationsResource
    from .linkedin_messages import LinkedinMessagesResource
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
    "ActivitiesResource",
    "AiAgentsResource",
    "AiTemplatesResource",
    "ApiKeysResource",
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
    "LinkedinBrowsersResource",
    "LinkedinConversationsResource",
    "LinkedinMessagesResource",
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
    "ActivitiesResource": ".activities",
    "AiAgentsResource": ".ai_agents",
    "AiTemplatesResource": ".ai_templates",
    "ApiKeysResource": ".api_keys",
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
    "LinkedinBrowsersResource": ".linkedin_browsers",
    "LinkedinConversationsResource": ".linkedin_conversations",
    "LinkedinMessagesResource": ".linkedin_messages",
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
