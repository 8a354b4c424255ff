# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
"""The models: JSON objects of the API. Each is loaded when it is first used."""

from typing import TYPE_CHECKING

from grinfi_overrides.runtime.lazy import lazy_names

if TYPE_CHECKING:
    from .activity import Activity
    from .added_contact import AddedContact
    from .ai_agent import AIAgent
    from .ai_template import AITemplate
    from .api_key import APIKey
    from .attachment import Attachment, AttachmentPayload
    from .attachment_details import AttachmentDetails, AttachmentDetailsDict
    from .attachment_ref import AttachmentRef, AttachmentRefDict
    from .automation import Automation
    from .automation_folder import AutomationFolder
    from .automation_metrics import AutomationMetrics
    from .blacklisted_company import BlacklistedCompany
    from .blacklisted_contact import BlacklistedContact
    from .browser_access_key import BrowserAccessKey
    from .company import Company
    from .company_column import CompanyColumn, CompanyColumnDict
    from .company_export import CompanyExport
    from .company_lookup import CompanyLookup, CompanyLookupDict
    from .contact import Contact, ContactEducation, ContactExperience, ContactLocation, ContactPost, ContactUnreadCount
    from .contact_column import ContactColumn, ContactColumnDict
    from .contact_count import ContactCount
    from .contact_export import ContactExport
    from .contact_list import ContactList
    from .contact_metrics import ContactMetrics
    from .contact_source import ContactSource, ContactSourceDict
    from .custom_field import CustomField
    from .custom_field_value import CustomFieldValue
    from .data_source import DataSource
    from .data_source_metrics import DataSourceMetrics
    from .email import Email
    from .email_body import EmailBody
    from .email_recipient import EmailRecipient, EmailRecipientDict
    from .enrichment_metrics import EnrichmentMetrics
    from .file_import import FileImport
    from .flow_node import FlowNode, FlowNodeDict
    from .flow_version import FlowVersion
    from .linkedin_browser import LinkedInBrowser
    from .linkedin_conversation import LinkedInConversation
    from .linkedin_message import LinkedInMessage
    from .mailbox import Mailbox
    from .mailbox_connection import MailboxConnection, MailboxConnectionDict
    from .mailbox_error import MailboxError
    from .new_company import NewCompany, NewCompanyDict
    from .new_contact import NewContact, NewContactDict
    from .node_edge import NodeEdge, NodeEdgeDict
    from .node_statistics import NodeStatistics
    from .note import Note
    from .pipeline_stage import PipelineStage
    from .queued_enrichment import QueuedEnrichment
    from .rendered_template import RenderedTemplate
    from .schedule import Schedule, ScheduleDict, ScheduleTimeblock, ScheduleTimeblockDict
    from .sender_profile import SenderProfile
    from .sent_email import SentEmail
    from .tag import Tag
    from .task import Task, TaskPayload
    from .team import Team, TeamConfig, TeamCredits, TeamFeatures
    from .team_capacity import TeamCapacity
    from .user import User
    from .webhook import Webhook
    from .webhook_payload import WebhookPayload

__all__ = [
    "AIAgent",
    "AITemplate",
    "APIKey",
    "Activity",
    "AddedContact",
    "Attachment",
    "AttachmentDetails",
    "AttachmentDetailsDict",
    "AttachmentPayload",
    "AttachmentRef",
    "AttachmentRefDict",
    "Automation",
    "AutomationFolder",
    "AutomationMetrics",
    "BlacklistedCompany",
    "BlacklistedContact",
    "BrowserAccessKey",
    "Company",
    "CompanyColumn",
    "CompanyColumnDict",
    "CompanyExport",
    "CompanyLookup",
    "CompanyLookupDict",
    "Contact",
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
    "Email",
    "EmailBody",
    "EmailRecipient",
    "EmailRecipientDict",
    "EnrichmentMetrics",
    "FileImport",
    "FlowNode",
    "FlowNodeDict",
    "FlowVersion",
    "LinkedInBrowser",
    "LinkedInConversation",
    "LinkedInMessage",
    "Mailbox",
    "MailboxConnection",
    "MailboxConnectionDict",
    "MailboxError",
    "NewCompany",
    "NewCompanyDict",
    "NewContact",
    "NewContactDict",
    "NodeEdge",
    "NodeEdgeDict",
    "NodeStatistics",
    "Note",
    "PipelineStage",
    "QueuedEnrichment",
    "RenderedTemplate",
    "Schedule",
    "ScheduleDict",
    "ScheduleTimeblock",
    "ScheduleTimeblockDict",
    "SenderProfile",
    "SentEmail",
    "Tag",
    "Task",
    "TaskPayload",
    "Team",
    "TeamCapacity",
    "TeamConfig",
    "TeamCredits",
    "TeamFeatures",
    "User",
    "Webhook",
    "WebhookPayload",
]

_HOMES = {
    "AIAgent": ".ai_agent",
    "AITemplate": ".ai_template",
    "APIKey": ".api_key",
    "Activity": ".activity",
    "AddedContact": ".added_contact",
    "Attachment": ".attachment",
    "AttachmentDetails": ".attachment_details",
    "AttachmentDetailsDict": ".attachment_details",
    "AttachmentPayload": ".attachment",
    "AttachmentRef": ".attachment_ref",
    "AttachmentRefDict": ".attachment_ref",
    "Automation": ".automation",
    "AutomationFolder": ".automation_folder",
    "AutomationMetrics": ".automation_metrics",
    "BlacklistedCompany": ".blacklisted_company",
    "BlacklistedContact": ".blacklisted_contact",
    "BrowserAccessKey": ".browser_access_key",
    "Company": ".company",
    "CompanyColumn": ".company_column",
    "CompanyColumnDict": ".company_column",
    "CompanyExport": ".company_export",
    "CompanyLookup": ".company_lookup",
    "CompanyLookupDict": ".company_lookup",
    "Contact": ".contact",
    "ContactColumn": ".contact_column",
    "ContactColumnDict": ".contact_column",
    "ContactCount": ".contact_count",
    "ContactEducation": ".contact",
    "ContactExperience": ".contact",
    "ContactExport": ".contact_export",
    "ContactList": ".contact_list",
    "ContactLocation": ".contact",
    "ContactMetrics": ".contact_metrics",
    "ContactPost": ".contact",
    "ContactSource": ".contact_source",
    "ContactSourceDict": ".contact_source",
    "ContactUnreadCount": ".contact",
    "CustomField": ".custom_field",
    "CustomFieldValue": ".custom_field_value",
    "DataSource": ".data_source",
    "DataSourceMetrics": ".data_source_metrics",
    "Email": ".email",
    "EmailBody": ".email_body",
    "EmailRecipient": ".email_recipient",
    "EmailRecipientDict": ".email_recipient",
    "EnrichmentMetrics": ".enrichment_metrics",
    "FileImport": ".file_import",
    "FlowNode": ".flow_node",
    "FlowNodeDict": ".flow_node",
    "FlowVersion": ".flow_version",
    "LinkedInBrowser": ".linkedin_browser",
    "LinkedInConversation": ".linkedin_conversation",
    "LinkedInMessage": ".linkedin_message",
    "Mailbox": ".mailbox",
    "MailboxConnection": ".mailbox_connection",
    "MailboxConnectionDict": ".mailbox_connection",
    "MailboxError": ".mailbox_error",
    "NewCompany": ".new_company",
    "NewCompanyDict": ".new_company",
    "NewContact": ".new_contact",
    "NewContactDict": ".new_contact",
    "NodeEdge": ".node_edge",
    "NodeEdgeDict": ".node_edge",
    "NodeStatistics": ".node_statistics",
    "Note": ".note",
    "PipelineStage": ".pipeline_stage",
    "QueuedEnrichment": ".queued_enrichment",
    "RenderedTemplate": ".rendered_template",
    "Schedule": ".schedule",
    "ScheduleDict": ".schedule",
    "ScheduleTimeblock": ".schedule",
    "ScheduleTimeblockDict": ".schedule",
    "SenderProfile": ".sender_profile",
    "SentEmail": ".sent_email",
    "Tag": ".tag",
    "Task": ".task",
    "TaskPayload": ".task",
    "Team": ".team",
    "TeamCapacity": ".team_capacity",
    "TeamConfig": ".team",
    "TeamCredits": ".team",
    "TeamFeatures": ".team",
    "User": ".user",
    "Webhook": ".webhook",
    "WebhookPayload": ".webhook_payload",
}

if not TYPE_CHECKING:  # checkers would take any name for a name of this package
    __getattr__, __dir__ = lazy_names(__name__, _HOMES)
