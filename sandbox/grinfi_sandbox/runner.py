"""Runs automations: as the clock is turned, contacts go through the nodes of a flow, which create tasks.

Triggers and branches: branch 2 of a trigger is taken when it happened, branch 1 when its timer ran out; a filter takes
branch 1 on a match and 0 otherwise, an AI filter always 0, the email search 2 when the contact has an email. A node
with a single branch takes that one.
"""

from __future__ import annotations

import heapq
from typing import Any

from .blacklist import Matcher, blacklist_matcher
from .messages import BLACKLISTED, Messenger
from .resources import LEAD, Saver
from .steps import (
    ALWAYS_MANUAL,
    EMAIL,
    HAPPENED,
    HOLD,
    LINKEDIN_TYPES,
    NOTHING,
    OPEN,
    Steps,
    TaskError,
)
from .store import Condition, equals
from .tables import Tables, later, moment
from .templates import Renderer
from .values import JsonObject, array_at, as_object, object_at


class Runner:
    """Moves contacts through flows."""

    def __init__(self, tables: Tables, messenger: Messenger, renderer: Renderer, save_lead: Saver) -> None:
        self._tables = tables
        self._store = tables.store
        self._messenger = messenger
        self._renderer = renderer
        self._due: list[tuple[str, int, str]] = []
        self._planned = 0
        self._steps = Steps(tables, messenger, save_lead, self)

    def enroll(
        self, flow: JsonObject, lead: JsonObject, source_id: int | None = None, blacklisted: Matcher | None = None
    ) -> None:
        """Let a contact start a flow. A contact that is in it already starts over; a blacklisted one is canceled."""
        for earlier in self.enrollments(equals("flow_uuid", flow["uuid"]), equals("lead_uuid", lead["uuid"]), OPEN):
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
        """Continue the contacts that waited for the flow to be started."""
        for enrollment in self.enrollments(equals("flow_uuid", flow["uuid"]), OPEN):
            if enrollment.get("flow_version_uuid") is None:
                version = self._tables.versions.get(flow["flow_version_uuid"])
                source = version["contact_sources"][0]
                changes = {"flow_version_uuid": version["uuid"], "contact_source_id": source["id"]}
                self._go(self._store.update(enrollment, changes), self._entry(version, source))
            elif enrollment.get("next_node_id") is not None:
                self._go(enrollment, enrollment["next_node_id"])

    def stop(self, enrollment: JsonObject, status: str, reason: str | None = None) -> None:
        """Remove a contact from a flow; the canceled tasks keep the reason."""
        changes = {"status": "canceled", **({"automation_error_code": reason} if reason else {})}
        for task in self._store.find("task", [equals("lead_uuid", enrollment["lead_uuid"]), OPEN]):
            if task.get("flow_lead_uuid") == enrollment["uuid"]:
                self._store.update(task, changes)
        self._end(enrollment, status)

    def leave(self, lead_uuid: str, flow_uuids: list[Any] | None) -> None:
        """Remove a contact from some flows, or from all."""
        for enrollment in self.enrollments(equals("lead_uuid", lead_uuid), OPEN):
            if flow_uuids is None or enrollment["flow_uuid"] in flow_uuids:
                self.stop(enrollment, "canceled")

    def advance(self, until: str) -> int:
        """Turn the clock, and do all due tasks on the way, each at its time; return how many were done."""
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
        """Do a task, and continue behind it; for a blacklisted contact, cancel the task and the contact's way."""
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
                raise TaskError("lead_not_found", "The contact was deleted.")
            effect = self._steps.effects.get(task["type"])
            fork = None if effect is None else effect(task, node, lead)
        except TaskError as error:
            if task["automation"] == "manual":  # it was completed elsewhere
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
        """End a task, and continue behind it."""
        task = self._store.update(task, {"status": status, "executed_at": self._store.now(), "fork_result": fork})
        enrollment = self._tables.enrollments.find(task["flow_lead_uuid"])
        if enrollment is None or enrollment["status"] != "in_progress":
            return
        after = array_at(self._node(task), "after")
        ways = [edge for edge in after if fork is None or edge["branch_id"] == fork]
        ways = ways or (after if len(after) == 1 else [])
        self._go(enrollment, ways[0]["node_id"] if ways else None)

    def happened(self, trigger: str, lead_uuid: str) -> bool:
        """Continue the tasks of a contact that wait for something; return whether there were any."""
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
        for enrollment in self.enrollments(equals("lead_uuid", lead_uuid), OPEN):
            version = self._tables.versions.find(enrollment["flow_version_uuid"]) or {}
            payloads = [object_at(node, "payload") for node in array_at(version, "nodes")]
            if any(payload.get("stop_on_reply_level") == "always" for payload in payloads):
                self.stop(enrollment, "canceled", "replied")

    def reopen(self, task: JsonObject) -> None:
        """Retry a failed task."""
        nothing = dict.fromkeys(("automation_error_code", "error_msg", "executed_at"))
        self._store.update(task, {"status": "in_progress", **nothing})
        enrollment = self._tables.enrollments.find(task["flow_lead_uuid"])
        if enrollment is not None:
            self._store.update(enrollment, {"status": "in_progress", "finished_at": None})

    def _go(self, enrollment: JsonObject, node_id: int | None) -> None:
        """Go to a node: create its task, or finish at an end."""
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
        if kind in self._steps.triggers and self._steps.has_happened(task, enrollment["created_at"]):
            task.update(waits=False, schedule_at=later(self._store.now(), node.get("delay_in_seconds") or 0))
        return task

    def _waiting_time(self, kind: str, payload: JsonObject) -> tuple[float, bool]:
        """Return the seconds that a node waits, and whether it waits for an event without a time limit."""
        if kind == HOLD:
            return 0, not payload.get("is_open")
        if kind in self._steps.triggers:
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

    def enrollments(self, *conditions: Condition) -> list[JsonObject]:
        """Contacts in automations."""
        return self._store.find("flow-lead", conditions)

    def _end(self, enrollment: JsonObject, status: str) -> None:
        self._store.update(enrollment, {"status": status, "next_node_id": None, "finished_at": self._store.now()})

    def _queue(self, task: JsonObject) -> None:
        if task["automation"] == "auto" and not task["waits"]:
            self._planned += 1
            heapq.heappush(self._due, (task["schedule_at"], self._planned, task["uuid"]))

    def _is_allowed(self, task: JsonObject) -> bool:
        """A disabled sender profile sends nothing."""
        sender = self._tables.senders.find(task["sender_profile_uuid"])
        return sender is None or sender["status"] != "disabled"

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
