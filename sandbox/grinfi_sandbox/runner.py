"""Runs automations: contacts go through the nodes of a flow, which makes tasks, as the clock is turned.

Triggers and branches: branch 2 of a trigger is taken when it happened, branch 1 when its timer ran out; a filter takes
branch 1 on a match and 0 otherwise, an AI filter always 0, the email search 2 when the contact has an email. A node
with a single way out takes that one.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from .blacklist import Matcher, blacklist_matcher
from .messages import BLACKLISTED, Messenger
from .resources import LEAD, Saver
from .store import Condition, equals
from .tables import Tables, later, moment
from .templates import Renderer
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
EMAIL_TIMES = {OPENED: "opened_at", CLICKED: "clicked_at"}  # of an email, by what they trigger
# What else can happen to an email that was sent, and the events of it.
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


class Runner:
    """Moves contacts through flows."""

    def __init__(self, tables: Tables, messenger: Messenger, renderer: Renderer, save_lead: Saver) -> None:
        self._tables = tables
        self._store = tables.store
        self._messenger = messenger
        self._save_lead = save_lead
        self._renderer = renderer
        self._due: list[tuple[str, int, str]] = []
        self._planned = 0
        self._triggers = frozenset(kind for kind, facts in tables.node_types.items() if facts.get("trigger"))
        self._effects: dict[str, Callable[[JsonObject, JsonObject, JsonObject], int | None]] = {
            **dict.fromkeys(LINKEDIN_TYPES, self._write_message),
            **dict.fromkeys(self._triggers, self._check_trigger),
            EMAIL: self._write_email,
            "email_search_waterflow": lambda task, node, lead: 2 if _address(lead, "") else 1,
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

    def enroll(
        self, flow: JsonObject, lead: JsonObject, source_id: int | None = None, blacklisted: Matcher | None = None
    ) -> None:
        """Let a contact start a flow; one that is on its way in it starts over, a blacklisted one is canceled."""
        for earlier in self._enrollments(equals("flow_uuid", flow["uuid"]), equals("lead_uuid", lead["uuid"]), OPEN):
            self.stop(earlier, "restarted")
        version = self._tables.versions.find(flow["flow_version_uuid"]) or {}
        sources: list[JsonObject] = array_at(version, "contact_sources")
        chosen = [item for item in sources if item["id"] == source_id] or sources or [NOTHING]
        source = chosen[0]
        position = self._store.count("flow-lead", [equals("flow_uuid", flow["uuid"])])
        enrollment = self._tables.enrollments.create(
            {
                "team_id": 1,
                "flow_uuid": flow["uuid"],
                "flow_version_uuid": version.get("uuid"),
                "lead_uuid": lead["uuid"],
                "sender_profile_uuid": self._sender_of(array_at(source, "sender_profiles"), lead, position),
                "contact_source_id": source.get("id"),
                "status": "in_progress",
                "added_by": "user",
            }
        )
        if (blacklisted or blacklist_matcher(self._store))(LEAD.kind, lead):
            self._end(enrollment, "canceled")
        else:
            self._go(enrollment, self._entry(version, source))

    def start(self, flow: JsonObject) -> None:
        """Let those go on who waited for the flow to be started."""
        for enrollment in self._enrollments(equals("flow_uuid", flow["uuid"]), OPEN):
            if enrollment.get("flow_version_uuid") is None:
                version = self._tables.versions.get(flow["flow_version_uuid"])
                source = version["contact_sources"][0]
                changes = {"flow_version_uuid": version["uuid"], "contact_source_id": source["id"]}
                self._go(self._store.update(enrollment, changes), self._entry(version, source))
            elif enrollment.get("next_node_id") is not None:
                self._go(enrollment, enrollment["next_node_id"])

    def stop(self, enrollment: JsonObject, status: str) -> None:
        """Take a contact out of a flow."""
        for task in self._store.find("task", [equals("lead_uuid", enrollment["lead_uuid"]), OPEN]):
            if task.get("flow_lead_uuid") == enrollment["uuid"]:
                self._store.update(task, {"status": "canceled"})
        self._end(enrollment, status)

    def leave(self, lead_uuid: str, flow_uuids: list[Any] | None) -> None:
        """Take a contact out of some flows, or of all."""
        for enrollment in self._enrollments(equals("lead_uuid", lead_uuid), OPEN):
            if flow_uuids is None or enrollment["flow_uuid"] in flow_uuids:
                self.stop(enrollment, "canceled")

    def advance(self, until: str) -> int:
        """Turn the clock, and do what is due on the way, each at its time; return how many tasks were done."""
        due = [OPEN, equals("automation", "auto"), Condition("json_extract(records.document, '$.waits') IS NOT 1")]
        due.append(Condition("json_extract(records.document, '$.schedule_at') <= ?", (until,)))
        self._due = []
        for task in self._store.find("task", due, "schedule_at"):
            self._queue(task)
        blacklisted = blacklist_matcher(self._store)
        done = 0
        while self._due and self._due[0][0] <= max(until, self._store.now()):
            at, _, uuid = heapq.heappop(self._due)
            task = self._tables.tasks.get(uuid)
            self._store.turn_clock(moment(at))
            if task["status"] == "in_progress" and self._is_allowed(task):
                self.execute(task, blacklisted)
                done += 1
        self._store.turn_clock(moment(until))
        return done

    def execute(self, task: JsonObject, blacklisted: Matcher | None = None) -> None:
        """Do a task, and go on behind it; one for a blacklisted contact is canceled, and with it the contact's way."""
        node = self._node(task)
        lead = self._tables.leads.find(task["lead_uuid"])
        if lead is not None and (blacklisted or blacklist_matcher(self._store))(LEAD.kind, lead):
            self._store.update(task, {"automation_error_code": "blacklisted", "error_msg": BLACKLISTED})
            self.cancel(task)
            return
        attempt = {"attempts": task["attempts"] + 1, "taken_to_execute_at": self._store.now()}
        task = self._store.update(task, attempt)
        try:
            if lead is None:
                raise TaskError("lead_not_found", "The contact is gone.")
            effect = self._effects.get(task["type"])
            fork = None if effect is None else effect(task, node, lead)
        except TaskError as error:
            if task["automation"] == "manual":  # a person did it elsewhere
                self.close(task, "closed")
            else:
                self.fail(task, error.code, str(error))
        else:
            self.close(task, "closed", fork)

    def fail(self, task: JsonObject, code: str | None, message: str | None) -> None:
        """End a task without success, and with it the contact's way through the flow."""
        changes = {"status": "failed", "automation_error_code": code, "error_msg": message}
        self._store.update(task, {**changes, "executed_at": self._store.now()})
        enrollment = self._tables.enrollments.find(task["flow_lead_uuid"])
        if enrollment is not None:
            self._end(enrollment, "failed")

    def cancel(self, task: JsonObject) -> None:
        """Cancel a task, and with it the contact's way through the flow."""
        self._store.update(self._tables.tasks.get(task["uuid"]), {"status": "canceled"})
        enrollment = self._tables.enrollments.find(task["flow_lead_uuid"])
        if enrollment is not None:
            self.stop(enrollment, "canceled")

    def close(self, task: JsonObject, status: str, fork: int | None = None) -> None:
        """End a task, and go on behind it."""
        task = self._store.update(task, {"status": status, "executed_at": self._store.now(), "fork_result": fork})
        enrollment = self._tables.enrollments.find(task["flow_lead_uuid"])
        if enrollment is None or enrollment["status"] != "in_progress":
            return
        after = array_at(self._node(task), "after")
        ways = [edge for edge in after if fork is None or edge["branch_id"] == fork]
        ways = ways or (after if len(after) == 1 else [])
        self._go(enrollment, ways[0]["node_id"] if ways else None)

    def happened(self, trigger: str, lead_uuid: str) -> bool:
        """Let the tasks of a contact go on that wait for something; tell whether there were any."""
        waiting = [equals("lead_uuid", lead_uuid), equals("type", trigger), OPEN]
        found = self._store.find("task", waiting)
        for task in found:
            self.close(task, "closed", HAPPENED)
        return bool(found)

    def continue_lead(self, lead_uuid: str) -> None:
        """Release a contact that is on hold."""
        for task in self._store.find("task", [equals("lead_uuid", lead_uuid), equals("type", HOLD), OPEN]):
            self.close(task, "closed")

    def stop_on_reply(self, lead_uuid: str) -> None:
        """Stop the flows of a contact that end when it replies."""
        for enrollment in self._enrollments(equals("lead_uuid", lead_uuid), OPEN):
            version = self._tables.versions.find(enrollment["flow_version_uuid"]) or {}
            payloads = [object_at(node, "payload") for node in array_at(version, "nodes")]
            if any(payload.get("stop_on_reply_level") == "always" for payload in payloads):
                self.stop(enrollment, "canceled")

    def reopen(self, task: JsonObject) -> None:
        """Let a failed task be tried again."""
        self._store.update(task, {"status": "in_progress", "error_msg": None, "executed_at": None})
        enrollment = self._tables.enrollments.find(task["flow_lead_uuid"])
        if enrollment is not None:
            self._store.update(enrollment, {"status": "in_progress", "finished_at": None})

    def _go(self, enrollment: JsonObject, node_id: int | None) -> None:
        """Go to a node: make its task, or finish at an end."""
        version = self._tables.versions.find(enrollment["flow_version_uuid"])
        flow = self._tables.flows.find(enrollment["flow_uuid"])
        if flow is None or flow["status"] != "on" or version is None:
            self._store.update(enrollment, {"next_node_id": node_id})
            return
        node = next((node for node in version["nodes"] if node["id"] == node_id), None)
        enrollment = self._store.update(enrollment, {"flow_node_id": node_id, "next_node_id": None})
        if node is None or node["type"] == "end":
            self._end(enrollment, "finished")
            return
        task = self._tables.tasks.create(self._plan(enrollment, node))
        self._queue(task)

    def _plan(self, enrollment: JsonObject, node: JsonObject) -> JsonObject:
        """Return the task of a node."""
        kind: str = node["type"]
        payload = object_at(node, "payload")
        lead = self._tables.leads.find(enrollment["lead_uuid"]) or {}
        sender = enrollment["sender_profile_uuid"] or ""
        manual = node.get("automation") == "manual" or kind in ALWAYS_MANUAL
        wait, waits = self._waiting_time(kind, payload)
        task: JsonObject = {
            "lead_uuid": enrollment["lead_uuid"],
            "company_uuid": lead.get("company_uuid"),
            "sender_profile_uuid": sender,
            "flow_uuid": enrollment["flow_uuid"],
            "flow_lead_uuid": enrollment["uuid"],
            "flow_origin": "automation",
            "flow_node_id": node["id"],
            "type": kind,
            "automation": "manual" if manual else "auto",
            "status": "in_progress",
            "payload": payload,
            "attempts": 0,
            "note": payload.get("note"),
            "schedule_at": later(self._store.now(), (node.get("delay_in_seconds") or 0) + wait),
            "waits": waits,
        }
        if kind in (*LINKEDIN_TYPES, EMAIL):
            task["payload"] = self._message(payload, lead, self._tables.senders.find(sender))
        if kind == EMAIL:
            task["mailbox_uuid"] = (self._messenger.mailbox(sender) or {}).get("uuid")
        if kind in self._triggers and self._has_happened(task, enrollment["created_at"]):
            task.update(waits=False, schedule_at=later(self._store.now(), node.get("delay_in_seconds") or 0))
        return task

    def _waiting_time(self, kind: str, payload: JsonObject) -> tuple[float, bool]:
        """Return the seconds that a node waits by itself, and whether it waits for something without end."""
        if kind == HOLD:
            return 0, not payload.get("is_open")
        if kind in self._triggers:
            timers = [object_at(as_object(item) or {}, "payload") for item in array_at(payload, "subtasks")]
            times = [timer["wait_time"] for timer in (*timers, payload) if isinstance(timer.get("wait_time"), int)]
            return (min(times), False) if times else (0, True)
        wait = payload.get("wait_time") if kind == "util_timer" else 0
        return (wait if isinstance(wait, int) else 0), False

    def _message(self, payload: JsonObject, lead: JsonObject, sender: JsonObject | None) -> JsonObject:
        template = self._tables.templates.find(payload.get("template_uuid")) or {}
        text = payload.get("template") or template.get("body") or ""
        subject = payload.get("subject") or template.get("subject")
        message = {
            "template": text,
            "rendered_text": self._renderer.render(text, lead, sender),
            "attachments": array_at(payload, "attachments"),
            "stop_on_reply_level": payload.get("stop_on_reply_level"),
            "last_message_at": None,
        }
        return message if subject is None else {**message, "subject": self._renderer.render(subject, lead, sender)}

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
        address = _address(lead, settings.get("email_field") or "")
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
        return HAPPENED if self._has_happened(task, enrollment["created_at"]) else TIMED_OUT

    def _has_happened(self, task: JsonObject, since: str) -> bool:
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
        """Choose the branch that lags most behind its share."""
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
        self.continue_lead(lead["uuid"])

    def _remove(self, task: JsonObject, node: JsonObject, lead: JsonObject) -> None:
        flows = object_at(node, "payload").get("flow_uuids")
        self._store.update(task, {"status": "closed"})
        self.leave(lead["uuid"], flows)

    def _send_to_flow(self, task: JsonObject, node: JsonObject, lead: JsonObject) -> None:
        """Add the contact to another flow, unless it was there before: flows could send it back and forth for ever."""
        flow = self._tables.flows.find(object_at(node, "payload").get("flow_uuid"))
        if flow is None:
            raise TaskError("flow_not_found", "There is no such automation.")
        if not self._enrollments(equals("flow_uuid", flow["uuid"]), equals("lead_uuid", lead["uuid"])):
            self.enroll(flow, lead)

    def _enrollments(self, *conditions: Condition) -> list[JsonObject]:
        return self._store.find("flow-lead", conditions)

    def _end(self, enrollment: JsonObject, status: str) -> None:
        self._store.update(enrollment, {"status": status, "next_node_id": None, "finished_at": self._store.now()})

    def _queue(self, task: JsonObject) -> None:
        if task["automation"] == "auto" and not task["waits"]:
            self._planned += 1
            heapq.heappush(self._due, (task["schedule_at"], self._planned, task["uuid"]))

    def _is_allowed(self, task: JsonObject) -> bool:
        """A disabled sender profile does nothing."""
        sender = self._tables.senders.find(task["sender_profile_uuid"])
        return sender is None or sender["status"] != "disabled"

    def _sender(self, task: JsonObject) -> JsonObject:
        sender = self._tables.senders.find(task["sender_profile_uuid"])
        if sender is None:
            raise TaskError("no_sender_profile", "The contact has no sender profile in this automation.")
        return sender

    def _sender_of(self, candidates: list[Any], lead: JsonObject, position: int) -> str | None:
        """Choose the sender profile of a contact: in turn among the source's, else the contact's own, else any."""
        known = [self._tables.senders.find(uuid) for uuid in candidates]
        enabled = [sender["uuid"] for sender in known if sender is not None and sender["status"] == "enabled"]
        if enabled:
            return str(enabled[position % len(enabled)])
        own = self._tables.senders.find(lead.get("sender_profile_uuid"))
        sender = own or self._store.first("sender-profile", [equals("status", "enabled")])
        return None if sender is None else str(sender["uuid"])

    def _node(self, task: JsonObject) -> JsonObject:
        enrollment = self._tables.enrollments.find(task["flow_lead_uuid"]) or {}
        version = self._tables.versions.find(enrollment.get("flow_version_uuid")) or {}
        return next((node for node in array_at(version, "nodes") if node["id"] == task["flow_node_id"]), NOTHING)

    def _entry(self, version: JsonObject, source: JsonObject) -> int | None:
        entries = (node["id"] for node in array_at(version, "nodes") if not node["before"])
        return source.get("after_id") or next(entries, None)


class Replies:
    """Lets contacts act: accept a connection request, open an email, follow its link, reply."""

    def __init__(self, tables: Tables, messenger: Messenger, runner: Runner) -> None:
        self._tables = tables
        self._store = tables.store
        self._messenger = messenger
        self._runner = runner

    def linkedin(self, lead: JsonObject, text: str | None) -> JsonObject | None:
        """Accept what connection requests there are, read the messages, and reply if there is a text."""
        own = equals("lead_uuid", lead["uuid"])
        tasks = self._store.find("task", [own, equals("status", "closed")], "executed_at", True)
        for request in tasks:
            if request["type"] == CONNECTION_REQUEST and self._note(request, "accepted"):
                connection = {
                    "full_name": lead.get("name"),
                    "nickname": lead.get("linkedin"),
                    "connected_at": self._store.now(),
                }
                self._happened(
                    "contact_accepted_linkedin_connection_request", request, lead, linkedin_connection=connection
                )
        self._runner.happened(ACCEPTED, lead["uuid"])
        sent = self._store.find(
            "linkedin-message", [own, equals("type", "outbox"), equals("status", "done")], "sent_at", True
        )
        for message in sent:
            if message["read_at"] is None:
                self._store.update(message, {"read_at": self._store.now()})
                self._note(self._tables.tasks.find(message["task_pipeline_uuid"]), "opened")
        if text is None:
            return None
        last = sent[0] if sent else self._unwritten(lead, tasks)
        if last is None:
            return None
        received = self._messenger.receive_message(last, text)
        task = self._tables.tasks.find(last["task_pipeline_uuid"])
        self._note(task, "replied")
        kind = "linkedin_inmail" if last["linkedin_type"] == "InMail" else "linkedin_message"
        shown = self._tables.messages.row(received)
        self._happened(f"contact_replied_{kind}", {**last, **(task or {})}, lead, linkedin_message=shown)
        self._after_reply(lead)
        return shown

    def email(self, lead: JsonObject, text: str | None) -> JsonObject | None:
        """Open the emails, and reply if there is a text."""
        own = equals("lead_uuid", lead["uuid"])
        sent = self._store.find("email", [own, equals("type", "outbox")], "sent_at", True)
        for email in sent:
            if email.get("opened_at") is None:
                self._store.update(email, {"opened_at": self._store.now()})
                self._note(self._tables.tasks.find(email.get("task_uuid")), "opened")
                self._happened("contact_opened_email", email, lead, email=self._messenger.shown(email))
        self._runner.happened(OPENED, lead["uuid"])
        if text is None or not sent:
            return None
        received = self._messenger.receive_email(sent[0], text)
        self._note(self._tables.tasks.find(sent[0].get("task_uuid")), "replied")
        self._happened("contact_replied_email", sent[0], lead, email=self._messenger.shown(received))
        self._after_reply(lead)
        return self._tables.emails.row(received)

    def email_event(self, lead: JsonObject, kind: str) -> JsonObject | None:
        """Let the latest email bounce; or let the contact open it, and follow its link or unsubscribe."""
        if kind != "bounced":
            self.email(lead, None)
        sent = self._store.find(
            "email", [equals("lead_uuid", lead["uuid"]), equals("type", "outbox")], "sent_at", True, 1
        )
        if not sent:
            return None
        changes: JsonObject = {f"{kind}_at": self._store.now()}
        if kind == "bounced":
            changes |= {"status": "bounced", "bounced_by_uuid": str(uuid4())}  # of a report, which is not kept
        email = self._store.update(sent[0], changes)
        self._note(self._tables.tasks.find(email.get("task_uuid")), kind)
        self._happened(EMAIL_EVENTS[kind], email, lead, email=self._messenger.shown(email))
        if kind == "clicked":
            self._runner.happened(CLICKED, lead["uuid"])
        return self._tables.emails.row(email)

    def _unwritten(self, lead: JsonObject, tasks: list[JsonObject]) -> JsonObject | None:
        """Return what a contact answers to whom nothing was written yet, but a connection request was sent."""
        task = next((task for task in tasks if task["type"] == CONNECTION_REQUEST), None)
        sender = None if task is None else self._tables.senders.find(task["sender_profile_uuid"])
        if task is None or sender is None:
            return None
        draft = self._messenger.write(sender, lead, {"task_pipeline_uuid": task["uuid"]})
        self._store.delete(draft)
        return draft

    def _after_reply(self, lead: JsonObject) -> None:
        if not self._runner.happened(REPLIED, lead["uuid"]):
            self._runner.stop_on_reply(lead["uuid"])

    def _note(self, task: JsonObject | None, outcome: str) -> bool:
        """Note what came of a task; tell whether that is new."""
        if task is None or outcome in object_at(task, "outcomes"):
            return False
        current = self._tables.tasks.get(task["uuid"])
        self._store.update(current, {"outcomes": {**object_at(current, "outcomes"), outcome: self._store.now()}})
        return True

    def _happened(self, event: str, cause: JsonObject, lead: JsonObject, **objects: JsonObject) -> None:
        sender = self._tables.senders.find(cause["sender_profile_uuid"])
        flow = self._tables.flows.find(cause.get("flow_uuid"))
        self._messenger.happened(event, lead, sender, flow, **objects)


def _first_branch(node: JsonObject) -> int | None:
    return next((int(edge["branch_id"]) for edge in array_at(node, "after")), None)


def _address(lead: JsonObject, field: str) -> str | None:
    fields = (field,) if field in ("work_email", "personal_email") else ("work_email", "personal_email")
    return next((str(lead[name]) for name in fields if lead.get(name)), None)
