"""The effects of the steps of automations when their tasks are done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from .messages import Messenger
from .resources import Saver
from .store import Condition, equals
from .tables import Tables
from .values import JsonObject, array_at, as_object, object_at

OPEN = equals("status", "in_progress")
LINKEDIN_TYPES = {
    "linkedin_send_message": "message",
    "linkedin_send_inmail": "InMail",
    "linkedin_send_connection_request": "connection_note",
}
EMAIL = "email_send_message"
CONNECTION_REQUEST = "linkedin_send_connection_request"
ACCEPTED = "trigger_linkedin_connection_request_accepted"
REPLIED = "trigger_message_replied"
OPENED = "trigger_email_opened"
CLICKED = "trigger_link_clicked"
EMAIL_TIMES = {OPENED: "opened_at", CLICKED: "clicked_at"}  # events of an email, by what they trigger
# Other events of an email that was sent.
EMAIL_EVENTS = {
    "clicked": "contact_clicked_email",
    "unsubscribed": "contact_unsubscribed_email",
    "bounced": "email_bounced",
}
HOLD = "util_hodor"
ALWAYS_MANUAL = ("phone_call_phone", "rule_manual_router")
HAPPENED, TIMED_OUT = 2, 1
NOTHING: JsonObject = {}


class TaskError(Exception):
    """A task cannot be done."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Flows(Protocol):
    """How steps change the way of a contact."""

    def enroll(self, flow: JsonObject, lead: JsonObject) -> None: ...
    def leave(self, lead_uuid: str, flow_uuids: list[Any] | None) -> None: ...
    def continue_lead(self, lead_uuid: str) -> None: ...
    def enrollments(self, *conditions: Condition) -> list[JsonObject]: ...


class Steps:
    """The steps, by the types of their tasks.

    Attributes:
        triggers: The types that wait for an event.
        effects: Type -> its effect, which returns the branch to take, or None where there is only one.
    """

    def __init__(self, tables: Tables, messenger: Messenger, save_lead: Saver, flows: Flows) -> None:
        self._tables = tables
        self._store = tables.store
        self._messenger = messenger
        self._save_lead = save_lead
        self._flows = flows
        self.triggers = frozenset(kind for kind, facts in tables.node_types.items() if facts.get("trigger"))
        self.effects: dict[str, Callable[[JsonObject, JsonObject, JsonObject], int | None]] = {
            **dict.fromkeys(LINKEDIN_TYPES, self._write_message),
            **dict.fromkeys(self.triggers, self._check_trigger),
            EMAIL: self._write_email,
            "email_search_waterflow": lambda task, node, lead: 2 if address_of(lead, "") else 1,
            "rule_ab_test": self._split,
            "rule_filter": self._filter,
            "ai_rule_filter": lambda task, node, lead: 0,
            "rule_manual_router": lambda task, node, lead: _first_branch(node),
            "gs_add_tag": self._change_tags,
            "gs_remove_tag": self._change_tags,
            "gs_change_list": self._change_lead,
            "gs_change_pipeline_stage": self._change_lead,
            "gs_change_sender_profile": self._change_sender,
            "gs_rotate_sender_profile": self._rotate_sender,
            "gs_continue_automation": self._continue,
            "gs_remove_from_all_automations": self._remove,
            "gs_send_to_flow": self._send_to_flow,
        }

    def _write_message(self, task: JsonObject, node: JsonObject, lead: JsonObject) -> None:
        sender = self._sender(task)
        payload = object_at(task, "payload")
        flow = self._tables.flows.find(task["flow_uuid"])
        if task["type"] == CONNECTION_REQUEST:
            request = {"ln_id": lead.get("ln_id"), "nickname": lead.get("linkedin"), "sent_at": self._store.now()}
            event = "sender_profile_sent_linkedin_connection_request"
            self._messenger.happened(event, lead, sender, flow, linkedin_connection_request=request)
            if not payload.get("rendered_text"):
                return
        message = self._messenger.write(
            sender,
            lead,
            {
                "task_pipeline_uuid": task["uuid"],
                "flow_uuid": task["flow_uuid"],
                "subject": payload.get("subject"),
                "text": payload.get("rendered_text") or "",
                "attachments": payload.get("attachments"),
                "automation": task["automation"],
                "linkedin_type": LINKEDIN_TYPES[task["type"]],
            },
        )
        self._messenger.send(message, flow)

    def _write_email(self, task: JsonObject, node: JsonObject, lead: JsonObject) -> None:
        sender = self._sender(task)
        settings = object_at(node, "payload")
        payload = object_at(task, "payload")
        address = address_of(lead, settings.get("email_field") or "")
        if not address:
            raise TaskError("no_email", "The contact has no email address.")
        mailbox = self._messenger.mailbox(sender["uuid"], task["mailbox_uuid"])
        if mailbox is None:
            raise TaskError("no_mailbox", "The sender profile has no active mailbox.")
        if mailbox["status"] != "active":
            error = {"mailbox_uuid": mailbox["uuid"], "error_type": "inactive", "message": "The mailbox is inactive."}
            self._tables.mailbox_errors.create(error)
            raise TaskError("mailbox_inactive", error["message"])
        copies = [item["to_email"] for item in array_at(settings, "cc") if (as_object(item) or {}).get("to_email")]
        self._messenger.email(
            sender,
            lead,
            {"body": payload.get("rendered_text") or "", "attachments": payload.get("attachments") or []},
            {
                "mailbox_uuid": mailbox["uuid"],
                "flow_uuid": task["flow_uuid"],
                "flow_node_id": task["flow_node_id"],
                "task_uuid": task["uuid"],
                "template_uuid": settings.get("template_uuid"),
                "from_email": mailbox["email"],
                "to_email": address,
                "cc": copies,
                "subject": payload.get("subject") or "",
            },
        )

    def _check_trigger(self, task: JsonObject, node: JsonObject, lead: JsonObject) -> int:
        enrollment = self._tables.enrollments.get(task["flow_lead_uuid"])
        return HAPPENED if self.has_happened(task, enrollment["created_at"]) else TIMED_OUT

    def has_happened(self, task: JsonObject, since: str) -> bool:
        """Whether the event that a trigger waits for has happened since then."""
        own = equals("lead_uuid", task["lead_uuid"])
        if task["type"] == ACCEPTED:
            accepted = Condition("json_extract(records.document, '$.outcomes.accepted') IS NOT NULL")
            return self._store.count("task", [own, accepted]) > 0
        later_than = Condition("json_extract(records.document, '$.created_at') > ?", (since,))
        if task["type"] == REPLIED:
            received = [own, equals("type", "inbox"), later_than]
            return self._store.count("linkedin-message", received) + self._store.count("email", received) > 0
        if task["type"] not in EMAIL_TIMES:
            return False
        seen = Condition(f"json_extract(records.document, '$.{EMAIL_TIMES[task['type']]}') IS NOT NULL")
        return self._store.count("email", [own, later_than, seen]) > 0

    def _split(self, task: JsonObject, node: JsonObject, lead: JsonObject) -> int | None:
        """Choose the branch that is furthest behind its share."""
        branches = [item for item in array_at(object_at(node, "payload"), "branches") if item.get("value")]
        same = [equals("flow_uuid", task["flow_uuid"]), equals("flow_node_id", task["flow_node_id"])]
        taken = dict(self._store.group_counts("task", "fork_result", [*same, equals("status", "closed")]))
        shares = [((taken.get(item["branch_id"], 0) + 1) / item["value"], item["branch_id"]) for item in branches]
        return min(shares)[1] if shares else None

    def _filter(self, task: JsonObject, node: JsonObject, lead: JsonObject) -> int:
        for branch in array_at(object_at(node, "payload"), "branches"):
            wanted = object_at(object_at(branch, "filters"), "mass_actions_filter")
            conditions = {key: value for key, value in wanted.items() if key not in ("ids", "all")}
            if wanted and self._store.count(
                "lead", [equals("uuid", lead["uuid"]), *self._tables.leads.where(conditions)]
            ):
                return int(branch["branch_id"])
        return 0

    def _change_tags(self, task: JsonObject, node: JsonObject, lead: JsonObject) -> None:
        tag = object_at(node, "payload").get("tag_uuid")
        if self._store.get("tag", str(tag)) is None:
            raise TaskError("tag_not_found", f"There is no tag {tag}.")
        kept = [uuid for uuid in array_at(lead, "tags") if uuid != tag]
        self._save_lead(lead, {"tags": [*kept, tag] if task["type"] == "gs_add_tag" else kept})

    def _change_lead(self, task: JsonObject, node: JsonObject, lead: JsonObject) -> None:
        names = ("list_uuid", "pipeline_stage_uuid")
        self._save_lead(lead, {key: str(value) for key, value in object_at(node, "payload").items() if key in names})

    def _change_sender(self, task: JsonObject, node: JsonObject, lead: JsonObject) -> None:
        sender = self._tables.senders.find(object_at(node, "payload").get("sender_profile_uuid"))
        if sender is None:
            raise TaskError("no_sender_profile", "There is no such sender profile.")
        self._store.update(
            self._tables.enrollments.get(task["flow_lead_uuid"]), {"sender_profile_uuid": sender["uuid"]}
        )

    def _rotate_sender(self, task: JsonObject, node: JsonObject, lead: JsonObject) -> None:
        enrollment = self._tables.enrollments.get(task["flow_lead_uuid"])
        version = self._tables.versions.get(enrollment["flow_version_uuid"])
        ids = [item.get("contact_source_id") for item in array_at(object_at(node, "payload"), "rotations")]
        sources = [source for source in version["contact_sources"] if source["id"] in ids]
        senders = [sender for source in sources for sender in array_at(source, "sender_profiles")]
        others = [sender for sender in senders if sender != enrollment["sender_profile_uuid"]]
        if others:
            self._store.update(enrollment, {"sender_profile_uuid": others[0]})

    def _continue(self, task: JsonObject, node: JsonObject, lead: JsonObject) -> None:
        self._flows.continue_lead(lead["uuid"])

    def _remove(self, task: JsonObject, node: JsonObject, lead: JsonObject) -> None:
        flows = object_at(node, "payload").get("flow_uuids")
        self._store.update(task, {"status": "closed"})
        self._flows.leave(lead["uuid"], flows)

    def _send_to_flow(self, task: JsonObject, node: JsonObject, lead: JsonObject) -> None:
        """Add the contact to another flow, unless it was there before: flows could send it back and forth for ever."""
        flow = self._tables.flows.find(object_at(node, "payload").get("flow_uuid"))
        if flow is None:
            raise TaskError("flow_not_found", "There is no such automation.")
        if not self._flows.enrollments(equals("flow_uuid", flow["uuid"]), equals("lead_uuid", lead["uuid"])):
            self._flows.enroll(flow, lead)

    def _sender(self, task: JsonObject) -> JsonObject:
        sender = self._tables.senders.find(task["sender_profile_uuid"])
        if sender is None:
            raise TaskError("no_sender_profile", "The contact has no sender profile in this automation.")
        return sender


def _first_branch(node: JsonObject) -> int | None:
    return next((int(edge["branch_id"]) for edge in array_at(node, "after")), None)


def address_of(lead: JsonObject, field: str) -> str | None:
    fields = (field,) if field in ("work_email", "personal_email") else ("work_email", "personal_email")
    return next((str(lead[name]) for name in fields if lead.get(name)), None)
