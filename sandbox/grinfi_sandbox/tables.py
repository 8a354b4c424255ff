"""The records of the outreach part, by name, and times of the sandbox's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from .description import Description, node_types
from .errors import ApiError, UnknownFilterKeyError
from .filters import Filters
from .resources import LEAD, LIST, Records, Resource
from .samples import Samples, sample_uuid
from .schemas import Mode, Schemas
from .store import Condition, Store
from .values import JsonObject, array_at, write_time

PERSON = ("first_name", "last_name", "label")
DESCRIBED = {
    "flows": Resource("flow", "/flows/api/flows"),
    "workspaces": Resource("flow-workspace", "/flows/api/flow-workspaces"),
    "tasks": Resource("task", "/flows/api/tasks", ("note",)),
    "senders": Resource("sender-profile", "/flows/api/sender-profiles", PERSON),
    "attachments": Resource("attachment", "/flows/api/attachments", ("body",)),
    "messages": Resource("linkedin-message", "/flows/api/linkedin-messages", ("text", "subject")),
    "conversations": Resource("linkedin-conversation", "/flows/api/linkedin-conversations", ("lead_nickname",)),
    "agents": Resource("ai-agent", "/flows/api/ai-agents"),
    "templates": Resource("ai-template", "/flows/api/ai-templates"),
    "emails": Resource("email", "/emails/api/emails", ("subject",)),
    "bodies": Resource("email-body", "/emails/api/email-bodies", ("subject", "body")),
    "mailboxes": Resource("mailbox", "/emails/api/mailboxes", ("email", "sender_name")),
    "mailbox_errors": Resource("mailbox-error", "/emails/api/mailbox-errors", ("error_type", "message")),
    "browsers": Resource("linkedin-browser", "/browsers/api/linkedin-browsers"),
    "webhooks": Resource("webhook", "/integrations/api/webhooks"),
    "teams": Resource("team", "/id/api/teams"),
    "users": Resource("user", "/id/api/users", ("email",)),
}
VERSION = Resource("flow-version", "/flows/api/flow-versions", ())
ENROLLMENT = Resource("flow-lead", "/flows/api/flows-leads", ())
TEXT: JsonObject = {"type": "string", "nullable": True}
WHOLE: JsonObject = {"type": "integer", "nullable": True}
TIME: JsonObject = {"type": "string", "format": "date-time", "nullable": True}
# Answers that the description defines inline, or without naming their fields.
UNDESCRIBED: JsonObject = {
    VERSION.kind: {
        "type": "object",
        "properties": {
            "uuid": TEXT,
            "flow_uuid": TEXT,
            "nodes": {"type": "array"},
            "contact_sources": {"type": "array"},
            "first_common_node_id": WHOLE,
            "created_at": TIME,
        },
    },
    ENROLLMENT.kind: {
        "type": "object",
        "properties": {
            "uuid": TEXT,
            "team_id": {"type": "integer"},
            "flow_uuid": TEXT,
            "flow_version_uuid": TEXT,
            "lead_uuid": TEXT,
            "sender_profile_uuid": TEXT,
            "contact_source_id": WHOLE,
            "flow_node_id": WHOLE,
            "status": TEXT,
            "added_by": TEXT,
            "finished_at": TIME,
            "created_at": TIME,
            "updated_at": TIME,
        },
    },
}
EMAIL_FILTERS: JsonObject = {
    "flow_node_id": WHOLE,
    "thread_uuid": TEXT,
    "template_uuid": TEXT,
    "folder": TEXT,
}


class Emails(Records):
    """Emails, which filters can select by fields that are not shown."""

    unshown: Filters

    def where(self, conditions: JsonObject) -> list[Condition]:
        unshown = {key: value for key, value in conditions.items() if key in EMAIL_FILTERS}
        shown = {key: value for key, value in conditions.items() if key not in EMAIL_FILTERS}
        return [*super().where(shown), *self.unshown.compile(unshown)]


class TaskRecords(Records):
    """Tasks, which can be filtered by `id` too."""

    def where(self, conditions: JsonObject) -> list[Condition]:
        return super().where({"uuid" if key == "id" else key: value for key, value in conditions.items()})


class Messages(Records):
    """LinkedIn messages, which cannot be filtered by `created_at`."""

    def where(self, conditions: JsonObject) -> list[Condition]:
        if "created_at" in conditions:
            raise UnknownFilterKeyError("created_at")
        return super().where(conditions)


class Tables:
    """Every kind of record that outreach reads or writes."""

    def __init__(self, description: Description, schemas: Schemas, samples: Samples, store: Store) -> None:
        self.store = store
        schedule = description.components.get("schedule", {})

        def is_schedule(value: object) -> bool:
            return not schemas.violations(schedule, value, Mode.CLOSED)

        self.is_schedule = is_schedule
        kind = schemas.properties(description.components.get("flow-node", {})).get("type", {})
        listed = array_at(description.resolve(kind), "enum")
        self.node_types: JsonObject = {name: {} for name in listed} | node_types()
        own = Description({"paths": {}, "components": {"schemas": UNDESCRIBED}})
        described = {
            name: Records(resource, description, schemas, samples, store) for name, resource in DESCRIBED.items()
        }
        self.emails = Emails(DESCRIBED["emails"], description, schemas, samples, store)
        self.emails.unshown = Filters(description, EMAIL_FILTERS, DESCRIBED["emails"].kind)
        self.messages = Messages(DESCRIBED["messages"], description, schemas, samples, store)
        self.versions = Records(VERSION, own, schemas, samples, store)
        self.enrollments = Records(ENROLLMENT, own, schemas, samples, store)
        self.leads = Records(LEAD, description, schemas, samples, store)
        self.lists = Records(LIST, description, schemas, samples, store)
        self.flows = described["flows"]
        self.workspaces = described["workspaces"]
        self.tasks = TaskRecords(DESCRIBED["tasks"], description, schemas, samples, store)
        self.senders = described["senders"]
        self.attachments = described["attachments"]
        self.conversations = described["conversations"]
        self.agents = described["agents"]
        self.templates = described["templates"]
        self.bodies = described["bodies"]
        self.mailboxes = described["mailboxes"]
        self.mailbox_errors = described["mailbox_errors"]
        self.browsers = described["browsers"]
        self.webhooks = described["webhooks"]
        self.teams = described["teams"]
        self.users = described["users"]


def is_described(description: Description) -> bool:
    """Return whether a description has all kinds of record of the outreach part."""
    return all(resource.kind in description.components for resource in (LEAD, LIST, *DESCRIBED.values()))


def linkedin_account(sender: JsonObject) -> str:
    """Return the UUID of the LinkedIn account from which a sender profile writes."""
    return str(sender.get("linkedin_account_uuid") or sample_uuid(f"linkedin-account:{sender['uuid']}"))


def moment(text: str) -> datetime:
    """Read a time; one without a zone is in UTC."""
    value = datetime.fromisoformat(text)
    return value.replace(tzinfo=value.tzinfo or UTC)


def later(text: str, seconds: float = 0) -> str:
    """Return a time some seconds after another, as the API writes it."""
    try:
        return write_time(moment(text) + timedelta(seconds=seconds))
    except OverflowError as error:
        raise ApiError(422, "The time is out of range.") from error
