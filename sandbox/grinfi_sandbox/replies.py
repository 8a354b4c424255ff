"""Actions of contacts: accept a connection request, open an email, follow its link, reply."""

from __future__ import annotations

from uuid import uuid4

from .messages import Messenger
from .runner import Runner
from .steps import ACCEPTED, CLICKED, CONNECTION_REQUEST, EMAIL_EVENTS, OPENED, REPLIED
from .store import equals
from .tables import Tables
from .values import JsonObject, object_at


class Replies:
    """Lets contacts act: accept a connection request, open an email, follow its link, reply."""

    def __init__(self, tables: Tables, messenger: Messenger, runner: Runner) -> None:
        self._tables = tables
        self._store = tables.store
        self._messenger = messenger
        self._runner = runner

    def linkedin(self, lead: JsonObject, text: str | None) -> JsonObject | None:
        """Accept open connection requests, read the messages, and reply if a text is given."""
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
        """Open the emails, and reply if a text is given."""
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
            changes |= {
                "status": "bounced",
                "bounced_by_uuid": str(uuid4()),
            }  # the message ID of a bounce report, which is not kept
        email = self._store.update(sent[0], changes)
        self._note(self._tables.tasks.find(email.get("task_uuid")), kind)
        self._happened(EMAIL_EVENTS[kind], email, lead, email=self._messenger.shown(email))
        if kind == "clicked":
            self._runner.happened(CLICKED, lead["uuid"])
        return self._tables.emails.row(email)

    def _unwritten(self, lead: JsonObject, tasks: list[JsonObject]) -> JsonObject | None:
        """Return the conversation of a contact who got a connection request, but no message yet."""
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
        """Record an event of a task; return whether it is new."""
        if task is None or outcome in object_at(task, "outcomes"):
            return False
        current = self._tables.tasks.get(task["uuid"])
        self._store.update(current, {"outcomes": {**object_at(current, "outcomes"), outcome: self._store.now()}})
        return True

    def _happened(self, event: str, cause: JsonObject, lead: JsonObject, **objects: JsonObject) -> None:
        sender = self._tables.senders.find(cause["sender_profile_uuid"])
        flow = self._tables.flows.find(cause.get("flow_uuid"))
        self._messenger.happened(event, lead, sender, flow, **objects)
