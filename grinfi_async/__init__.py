# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
"""An async client of the Grinfi.io API, edition 2.0.0.

Importing the package loads no model and no resource; each is loaded when it is first used. `preload()` loads all.
"""

from typing import TYPE_CHECKING

from grinfi_overrides.runtime.lazy import lazy_names

if TYPE_CHECKING:
    from grinfi_integrations.records import to_records
    from grinfi_integrations.shared_rate_limit import SharedRateLimiter
    from grinfi_integrations.telemetry import instrument
    from grinfi_overrides.environment import KEYS_PAGE
    from grinfi_overrides.errors import (
        APIConnectionError,
        APIStatusError,
        APITimeoutError,
        AuthenticationError,
        BadRequestError,
        ClientClosedError,
        ConfigurationError,
        ConflictError,
        DecodeError,
        ExportError,
        FilterIgnoredError,
        GrinfiError,
        InvalidArgumentError,
        MassActionError,
        MissingFieldError,
        NotFoundError,
        NotOneRowError,
        PartialUpdateError,
        PaymentRequiredError,
        PermissionDeniedError,
        RateLimiterError,
        RateLimitError,
        RateLimitWaitError,
        ResultWindowError,
        ServerError,
        UnprocessableEntityError,
    )
    from grinfi_overrides.events import Hooks, RequestEvent, observe
    from grinfi_overrides.filters import Expression, F, ago
    from grinfi_overrides.lanes import Lane, current_lane, enter_lane
    from grinfi_overrides.rate_limit import RateLimiter, RateLimitStatistics, TokenBucket
    from grinfi_overrides.retry import RetryPolicy
    from grinfi_overrides.runtime.codec import Filter, Unchecked
    from grinfi_overrides.runtime.codecs import NamedValues, to_json
    from grinfi_overrides.runtime.models import Model
    from grinfi_overrides.runtime.operations import Operation, RetryClass
    from grinfi_overrides.runtime.pages import Page
    from grinfi_overrides.runtime.requests import FileContent, Upload
    from grinfi_overrides.runtime.unset import UNSET, Unset
    from grinfi_overrides.version import __version__
    from grinfi_support.flow_builder import FlowTreeDict
    from grinfi_support.flow_tree import FlowText, FlowTree
    from grinfi_support.group_counts import GroupCounts
    from grinfi_support.linkedin_identity import LinkedInIdentity
    from grinfi_support.mass_actions import MassAction
    from grinfi_support.pagination import AsyncPaginator
    from grinfi_support.raw_responses import RawResponse

    from ._client import RESOURCES, Grinfi
    from .actions import CompanyAction, ContactAction
    from .flow_nodes import FlowBuilder
    from .models.activity import Activity
    from .models.added_contact import AddedContact
    from .models.ai_agent import AIAgent
    from .models.ai_template import AITemplate
    from .models.api_key import APIKey
    from .models.attachment import Attachment, AttachmentPayload
    from .models.attachment_details import AttachmentDetails, AttachmentDetailsDict
    from .models.attachment_ref import AttachmentRef, AttachmentRefDict
    from .models.automation import Automation
    from .models.automation_folder import AutomationFolder
    from .models.automation_metrics import AutomationMetrics
    from .models.blacklisted_company import BlacklistedCompany
    from .models.blacklisted_contact import BlacklistedContact
    from .models.browser_access_key import BrowserAccessKey
    from .models.company import Company
    from .models.company_column import CompanyColumn, CompanyColumnDict
    from .models.company_export import CompanyExport
    from .models.company_lookup import CompanyLookup, CompanyLookupDict
    from .models.contact import (
        Contact,
        ContactEducation,
        ContactExperience,
        ContactLocation,
        ContactPost,
        ContactUnreadCount,
    )
    from .models.contact_column import ContactColumn, ContactColumnDict
    from .models.contact_count import ContactCount
    from .models.contact_export import ContactExport
    from .models.contact_list import ContactList
    from .models.contact_metrics import ContactMetrics
    from .models.contact_source import ContactSource, ContactSourceDict
    from .models.custom_field import CustomField
    from .models.custom_field_value import CustomFieldValue
    from .models.data_source import DataSource
    from .models.data_source_metrics import DataSourceMetrics
    from .models.email import Email
    from .models.email_body import EmailBody
    from .models.email_recipient import EmailRecipient, EmailRecipientDict
    from .models.enrichment_metrics import EnrichmentMetrics
    from .models.file_import import FileImport
    from .models.flow_node import FlowNode, FlowNodeDict
    from .models.flow_version import FlowVersion
    from .models.linkedin_browser import LinkedInBrowser
    from .models.linkedin_conversation import LinkedInConversation
    from .models.linkedin_message import LinkedInMessage
    from .models.mailbox import Mailbox
    from .models.mailbox_connection import MailboxConnection, MailboxConnectionDict
    from .models.mailbox_error import MailboxError
    from .models.new_company import NewCompany, NewCompanyDict
    from .models.new_contact import NewContact, NewContactDict
    from .models.node_edge import NodeEdge, NodeEdgeDict
    from .models.node_statistics import NodeStatistics
    from .models.note import Note
    from .models.pipeline_stage import PipelineStage
    from .models.queued_enrichment import QueuedEnrichment
    from .models.rendered_template import RenderedTemplate
    from .models.schedule import Schedule, ScheduleDict, ScheduleTimeblock, ScheduleTimeblockDict
    from .models.sender_profile import SenderProfile
    from .models.sent_email import SentEmail
    from .models.tag import Tag
    from .models.task import Task, TaskPayload
    from .models.team import Team, TeamConfig, TeamCredits, TeamFeatures
    from .models.team_capacity import TeamCapacity
    from .models.user import User
    from .models.webhook import Webhook
    from .models.webhook_payload import WebhookPayload
    from .operations import OPERATIONS

__all__ = [
    "KEYS_PAGE",
    "OPERATIONS",
    "RESOURCES",
    "UNSET",
    "AIAgent",
    "AITemplate",
    "APIConnectionError",
    "APIKey",
    "APIStatusError",
    "APITimeoutError",
    "Activity",
    "AddedContact",
    "AsyncPaginator",
    "Attachment",
    "AttachmentDetails",
    "AttachmentDetailsDict",
    "AttachmentPayload",
    "AttachmentRef",
    "AttachmentRefDict",
    "AuthenticationError",
    "Automation",
    "AutomationFolder",
    "AutomationMetrics",
    "BadRequestError",
    "BlacklistedCompany",
    "BlacklistedContact",
    "BrowserAccessKey",
    "ClientClosedError",
    "Company",
    "CompanyAction",
    "CompanyColumn",
    "CompanyColumnDict",
    "CompanyExport",
    "CompanyLookup",
    "CompanyLookupDict",
    "ConfigurationError",
    "ConflictError",
    "Contact",
    "ContactAction",
    "ContactColumn",
    "ContactColumnDict",
    "ContactCount",
    "ContactEducation",
    "ContactExperience",
    "ContactExport",
    "ContactList",
    "ContactLocation",
    "ContactMetrics",
    "ContactPost",
    "ContactSource",
    "ContactSourceDict",
    "ContactUnreadCount",
    "CustomField",
    "CustomFieldValue",
    "DataSource",
    "DataSourceMetrics",
    "DecodeError",
    "Email",
    "EmailBody",
    "EmailRecipient",
    "EmailRecipientDict",
    "EnrichmentMetrics",
    "ExportError",
    "Expression",
    "F",
    "FileContent",
    "FileImport",
    "Filter",
    "FilterIgnoredError",
    "FlowBuilder",
    "FlowNode",
    "FlowNodeDict",
    "FlowText",
    "FlowTree",
    "FlowTreeDict",
    "FlowVersion",
    "Grinfi",
    "GrinfiError",
    "GroupCounts",
    "Hooks",
    "InvalidArgumentError",
    "Lane",
    "LinkedInBrowser",
    "LinkedInConversation",
    "LinkedInIdentity",
    "LinkedInMessage",
    "Mailbox",
    "MailboxConnection",
    "MailboxConnectionDict",
    "MailboxError",
    "MassAction",
    "MassActionError",
    "MissingFieldError",
    "Model",
    "NamedValues",
    "NewCompany",
    "NewCompanyDict",
    "NewContact",
    "NewContactDict",
    "NodeEdge",
    "NodeEdgeDict",
    "NodeStatistics",
    "NotFoundError",
    "NotOneRowError",
    "Note",
    "Operation",
    "Page",
    "PartialUpdateError",
    "PaymentRequiredError",
    "PermissionDeniedError",
    "PipelineStage",
    "QueuedEnrichment",
    "RateLimitError",
    "RateLimitStatistics",
    "RateLimitWaitError",
    "RateLimiter",
    "RateLimiterError",
    "RawResponse",
    "RenderedTemplate",
    "RequestEvent",
    "ResultWindowError",
    "RetryClass",
    "RetryPolicy",
    "Schedule",
    "ScheduleDict",
    "ScheduleTimeblock",
    "ScheduleTimeblockDict",
    "SenderProfile",
    "SentEmail",
    "ServerError",
    "SharedRateLimiter",
    "Tag",
    "Task",
    "TaskPayload",
    "Team",
    "TeamCapacity",
    "TeamConfig",
    "TeamCredits",
    "TeamFeatures",
    "TokenBucket",
    "Unchecked",
    "UnprocessableEntityError",
    "Unset",
    "Upload",
    "User",
    "Webhook",
    "WebhookPayload",
    "__version__",
    "ago",
    "current_lane",
    "enter_lane",
    "instrument",
    "observe",
    "preload",
    "to_json",
    "to_records",
]

_HOMES = {
    "AIAgent": ".models.ai_agent",
    "AITemplate": ".models.ai_template",
    "APIConnectionError": "grinfi_overrides.errors",
    "APIKey": ".models.api_key",
    "APIStatusError": "grinfi_overrides.errors",
    "APITimeoutError": "grinfi_overrides.errors",
    "Activity": ".models.activity",
    "AddedContact": ".models.added_contact",
    "AsyncPaginator": "grinfi_support.pagination",
    "Attachment": ".models.attachment",
    "AttachmentDetails": ".models.attachment_details",
    "AttachmentDetailsDict": ".models.attachment_details",
    "AttachmentPayload": ".models.attachment",
    "AttachmentRef": ".models.attachment_ref",
    "AttachmentRefDict": ".models.attachment_ref",
    "AuthenticationError": "grinfi_overrides.errors",
    "Automation": ".models.automation",
    "AutomationFolder": ".models.automation_folder",
    "AutomationMetrics": ".models.automation_metrics",
    "BadRequestError": "grinfi_overrides.errors",
    "BlacklistedCompany": ".models.blacklisted_company",
    "BlacklistedContact": ".models.blacklisted_contact",
    "BrowserAccessKey": ".models.browser_access_key",
    "ClientClosedError": "grinfi_overrides.errors",
    "Company": ".models.company",
    "CompanyAction": ".actions",
    "CompanyColumn": ".models.company_column",
    "CompanyColumnDict": ".models.company_column",
    "CompanyExport": ".models.company_export",
    "CompanyLookup": ".models.company_lookup",
    "CompanyLookupDict": ".models.company_lookup",
    "ConfigurationError": "grinfi_overrides.errors",
    "ConflictError": "grinfi_overrides.errors",
    "Contact": ".models.contact",
    "ContactAction": ".actions",
    "ContactColumn": ".models.contact_column",
    "ContactColumnDict": ".models.contact_column",
    "ContactCount": ".models.contact_count",
    "ContactEducation": ".models.contact",
    "ContactExperience": ".models.contact",
    "ContactExport": ".models.contact_export",
    "ContactList": ".models.contact_list",
    "ContactLocation": ".models.contact",
    "ContactMetrics": ".models.contact_metrics",
    "ContactPost": ".models.contact",
    "ContactSource": ".models.contact_source",
    "ContactSourceDict": ".models.contact_source",
    "ContactUnreadCount": ".models.contact",
    "CustomField": ".models.custom_field",
    "CustomFieldValue": ".models.custom_field_value",
    "DataSource": ".models.data_source",
    "DataSourceMetrics": ".models.data_source_metrics",
    "DecodeError": "grinfi_overrides.errors",
    "Email": ".models.email",
    "EmailBody": ".models.email_body",
    "EmailRecipient": ".models.email_recipient",
    "EmailRecipientDict": ".models.email_recipient",
    "EnrichmentMetrics": ".models.enrichment_metrics",
    "ExportError": "grinfi_overrides.errors",
    "Expression": "grinfi_overrides.filters",
    "F": "grinfi_overrides.filters",
    "FileContent": "grinfi_overrides.runtime.requests",
    "FileImport": ".models.file_import",
    "Filter": "grinfi_overrides.runtime.codec",
    "FilterIgnoredError": "grinfi_overrides.errors",
    "FlowBuilder": ".flow_nodes",
    "FlowNode": ".models.flow_node",
    "FlowNodeDict": ".models.flow_node",
    "FlowText": "grinfi_support.flow_tree",
    "FlowTree": "grinfi_support.flow_tree",
    "FlowTreeDict": "grinfi_support.flow_builder",
    "FlowVersion": ".models.flow_version",
    "Grinfi": "._client",
    "GrinfiError": "grinfi_overrides.errors",
    "GroupCounts": "grinfi_support.group_counts",
    "Hooks": "grinfi_overrides.events",
    "InvalidArgumentError": "grinfi_overrides.errors",
    "KEYS_PAGE": "grinfi_overrides.environment",
    "Lane": "grinfi_overrides.lanes",
    "LinkedInBrowser": ".models.linkedin_browser",
    "LinkedInConversation": ".models.linkedin_conversation",
    "LinkedInIdentity": "grinfi_support.linkedin_identity",
    "LinkedInMessage": ".models.linkedin_message",
    "Mailbox": ".models.mailbox",
    "MailboxConnection": ".models.mailbox_connection",
    "MailboxConnectionDict": ".models.mailbox_connection",
    "MailboxError": ".models.mailbox_error",
    "MassAction": "grinfi_support.mass_actions",
    "MassActionError": "grinfi_overrides.errors",
    "MissingFieldError": "grinfi_overrides.errors",
    "Model": "grinfi_overrides.runtime.models",
    "NamedValues": "grinfi_overrides.runtime.codecs",
    "NewCompany": ".models.new_company",
    "NewCompanyDict": ".models.new_company",
    "NewContact": ".models.new_contact",
    "NewContactDict": ".models.new_contact",
    "NodeEdge": ".models.node_edge",
    "NodeEdgeDict": ".models.node_edge",
    "NodeStatistics": ".models.node_statistics",
    "NotFoundError": "grinfi_overrides.errors",
    "NotOneRowError": "grinfi_overrides.errors",
    "Note": ".models.note",
    "OPERATIONS": ".operations",
    "Operation": "grinfi_overrides.runtime.operations",
    "Page": "grinfi_overrides.runtime.pages",
    "PartialUpdateError": "grinfi_overrides.errors",
    "PaymentRequiredError": "grinfi_overrides.errors",
    "PermissionDeniedError": "grinfi_overrides.errors",
    "PipelineStage": ".models.pipeline_stage",
    "QueuedEnrichment": ".models.queued_enrichment",
    "RESOURCES": "._client",
    "RateLimitError": "grinfi_overrides.errors",
    "RateLimitStatistics": "grinfi_overrides.rate_limit",
    "RateLimitWaitError": "grinfi_overrides.errors",
    "RateLimiter": "grinfi_overrides.rate_limit",
    "RateLimiterError": "grinfi_overrides.errors",
    "RawResponse": "grinfi_support.raw_responses",
    "RenderedTemplate": ".models.rendered_template",
    "RequestEvent": "grinfi_overrides.events",
    "ResultWindowError": "grinfi_overrides.errors",
    "RetryClass": "grinfi_overrides.runtime.operations",
    "RetryPolicy": "grinfi_overrides.retry",
    "Schedule": ".models.schedule",
    "ScheduleDict": ".models.schedule",
    "ScheduleTimeblock": ".models.schedule",
    "ScheduleTimeblockDict": ".models.schedule",
    "SenderProfile": ".models.sender_profile",
    "SentEmail": ".models.sent_email",
    "ServerError": "grinfi_overrides.errors",
    "SharedRateLimiter": "grinfi_integrations.shared_rate_limit",
    "Tag": ".models.tag",
    "Task": ".models.task",
    "TaskPayload": ".models.task",
    "Team": ".models.team",
    "TeamCapacity": ".models.team_capacity",
    "TeamConfig": ".models.team",
    "TeamCredits": ".models.team",
    "TeamFeatures": ".models.team",
    "TokenBucket": "grinfi_overrides.rate_limit",
    "UNSET": "grinfi_overrides.runtime.unset",
    "Unchecked": "grinfi_overrides.runtime.codec",
    "UnprocessableEntityError": "grinfi_overrides.errors",
    "Unset": "grinfi_overrides.runtime.unset",
    "Upload": "grinfi_overrides.runtime.requests",
    "User": ".models.user",
    "Webhook": ".models.webhook",
    "WebhookPayload": ".models.webhook_payload",
    "__version__": "grinfi_overrides.version",
    "ago": "grinfi_overrides.filters",
    "current_lane": "grinfi_overrides.lanes",
    "enter_lane": "grinfi_overrides.lanes",
    "instrument": "grinfi_integrations.telemetry",
    "observe": "grinfi_overrides.events",
    "to_json": "grinfi_overrides.runtime.codecs",
    "to_records": "grinfi_integrations.records",
}

if not TYPE_CHECKING:  # checkers would take any name for a name of this package
    __getattr__, __dir__ = lazy_names(__name__, _HOMES)


def preload() -> None:
    """Import all models and resources now, so that the first calls need not."""
    from importlib import import_module

    from grinfi_overrides.corrections import find_correction

    from ._client import RESOURCES
    from .operations import OPERATIONS

    for home in sorted(set(_HOMES.values())):
        import_module(home, __name__)
    for module, _ in RESOURCES.values():
        import_module(module)
    for operation in OPERATIONS.values():
        if operation.correction is not None:
            find_correction(operation.correction)
