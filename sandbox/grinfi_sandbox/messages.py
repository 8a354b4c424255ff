"""LinkedIn messages and conversations, emails and their threads."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from .answers import Reply
from .blacklist import blacklist_matcher
from .errors import invalid_field
from .resources import LEAD, Collection, Handler
from .store import equals
from .tables import Tables, linkedin_account, moment
from .templates import Renderer
from .validation import PAGE_DEFAULTS, Call, Checker
from .values import JsonObject, array_at, write_time
from .webhooks import Events

BLACKLISTED = "The contact is on a blacklist."
MESSAGE_EVENTS = {"message": "linkedin_message", "InMail": "linkedin_inmail"}


class Messenger:
    """Writes messages and emails, in both directions."""

    def __init__(self, tables: Tables, events: Events) -> None:
        self._tables = tables
        self._store = tables.store
        self._events = events

    def happened(
        self, event: str, lead: JsonObject, sender: JsonObject | None, flow: JsonObject | None, **objects: JsonObject
    ) -> None:
        """Record an event as an activity of the contact, and notify the webhooks."""
        actor = "sender_profile" if event.startswith("sender_profile") else "contact"
        verb, _, thing = event.removeprefix(f"{actor}_").partition("_")
        payload = {"sender_profile_uuid": (sender or {}).get("uuid"), "flow_uuid": (flow or {}).get("uuid")}
        activity = {"team_id": 1, "object_type": "lead", "object_uuid": lead["uuid"], "payload": payload}
        kind = event if event == "email_bounced" else f"{thing}_{verb}"  # this event has no actor
        self._store.insert("activity", {**activity, "type": kind})
        self._events.emit(event, lead, sender, flow, **objects)

    def write(self, sender: JsonObject, lead: JsonObject, fields: JsonObject) -> JsonObject:
        """Create a LinkedIn message, which is sent by `send`."""
        account = linkedin_account(sender)
        conversation = self._conversation(account, lead, fields.get("linkedin_messenger_type", "basic"))
        defaults = {
            "sender_profile_uuid": sender["uuid"],
            "linkedin_account_uuid": account,
            "linkedin_conversation_uuid": conversation["uuid"],
            "lead_uuid": lead["uuid"],
            "message_hash": uuid4().hex,
            "type": "outbox",
            "automation": "manual",
            "linkedin_type": "message",
            "status": "new",
        }
        return self._tables.messages.create({**defaults, **fields})

    def send(self, message: JsonObject, flow: JsonObject | None = None) -> JsonObject:
        """Send a LinkedIn message; it fails when its sender profile is disabled."""
        sender = self._tables.senders.find(message["sender_profile_uuid"])
        lead = self._tables.leads.find(message["lead_uuid"])
        if sender is None or lead is None or sender["status"] == "disabled":
            reason = "The contact was deleted." if lead is None else "The sender profile is disabled."
            return self._store.update(message, {"status": "failed", "fail_reason": reason})
        sent = self._store.update(message, {"status": "done", "fail_reason": None, "sent_at": self._store.now()})
        self._touch(sent)
        event = MESSAGE_EVENTS.get(sent["linkedin_type"])
        if event is not None:
            self.happened(f"sender_profile_sent_{event}", lead, sender, flow, linkedin_message=_letter(sent))
        return sent

    def send_queued(self) -> None:
        """Send the waiting LinkedIn messages, except those to blacklisted contacts."""
        blacklisted = blacklist_matcher(self._store)
        for message in self._store.find("linkedin-message", [equals("status", "new")]):
            lead = self._tables.leads.find(message["lead_uuid"])
            if lead is not None and blacklisted(LEAD.kind, lead):
                self._store.update(message, {"status": "failed", "fail_reason": BLACKLISTED})
            else:
                self.send(message)

    def email(self, sender: JsonObject, lead: JsonObject, body: JsonObject, fields: JsonObject) -> JsonObject:
        """Send an email from a sender profile's mailbox."""
        body = self._tables.bodies.create({"subject": fields["subject"], **body})
        names = (sender["first_name"], sender["last_name"])
        defaults = {
            "sender_profile_uuid": sender["uuid"],
            "lead_uuid": lead["uuid"],
            "email_body_uuid": body["uuid"],
            "from_name": " ".join(name for name in names if name),
            "to_name": lead.get("name") or "",
            "status": "sent",
            "type": "outbox",
            "folder": "sent",
            "thread_uuid": str(uuid4()),
            "sent_at": self._store.now(),
        }
        email = self._tables.emails.create({**defaults, **fields})
        flow = self._tables.flows.find(email["flow_uuid"])
        self.happened("sender_profile_sent_email", lead, sender, flow, email=self.shown(email))
        return email

    def receive_message(self, last: JsonObject, text: str) -> JsonObject:
        """Let a contact answer a LinkedIn message."""
        kept = ("sender_profile_uuid", "linkedin_account_uuid", "linkedin_conversation_uuid", "lead_uuid", "flow_uuid")
        fields = {"type": "inbox", "automation": "synced", "status": "done", "message_hash": uuid4().hex}
        kind = "InMail" if last["linkedin_type"] == "InMail" else "message"
        received = self._tables.messages.create(
            {
                **{name: last.get(name) for name in kept},
                **fields,
                "linkedin_type": kind,
                "text": text,
                "sent_at": self._store.now(),
            }
        )
        self._touch(received)
        self._count_unread(last["lead_uuid"], "linkedin")
        return received

    def receive_email(self, last: JsonObject, text: str) -> JsonObject:
        """Let a contact answer an email."""
        kept = ("sender_profile_uuid", "mailbox_uuid", "lead_uuid", "thread_uuid", "flow_uuid")
        subject = last["subject"] if last["subject"].startswith("Re: ") else f"Re: {last['subject']}"
        body = self._tables.bodies.create({"subject": subject, "body": text})
        self._count_unread(last["lead_uuid"], "email")
        return self._tables.emails.create(
            {
                **{name: last.get(name) for name in kept},
                "email_body_uuid": body["uuid"],
                "from_name": last["to_name"],
                "from_email": last["to_email"],
                "to_name": last["from_name"],
                "to_email": last["from_email"],
                "subject": subject,
                "status": "sync",
                "type": "inbox",
                "folder": "inbox",
                "replied_to_uuid": last["uuid"],
                "sent_at": self._store.now(),
            }
        )

    def mailbox(self, sender_uuid: str, wanted: str | None = None) -> JsonObject | None:
        """Return the mailbox from which a sender profile sends: the wanted one, or its oldest active one."""
        if wanted is not None:
            return self._tables.mailboxes.find(wanted)
        own = [equals("sender_profile_uuid", sender_uuid), equals("status", "active")]
        return self._store.first("mailbox", own)

    def shown(self, email: JsonObject) -> JsonObject:
        """Return an email with its text."""
        body = self._tables.bodies.find(email["email_body_uuid"]) or {}
        return {**self._tables.emails.row(email), "body": body.get("body")}

    def _conversation(self, account: str, lead: JsonObject, messenger_type: str) -> JsonObject:
        same = {
            "lead_uuid": lead["uuid"],
            "linkedin_account_uuid": account,
            "linkedin_messenger_type": messenger_type,
        }
        known = self._store.first("linkedin-conversation", [equals(name, value) for name, value in same.items()])
        if known is not None:
            return known
        return self._tables.conversations.create(
            {
                **same,
                "id": self._store.count("linkedin-conversation") + 1,
                "ln_id": lead.get("ln_id") or "",
                "lead_nickname": lead.get("linkedin"),
                "conversation_hash": uuid4().hex,
                "event_count": 0,
                "need_to_sync": False,
            }
        )

    def _count_unread(self, lead_uuid: str, category: str) -> None:
        lead = self._tables.leads.get(lead_uuid)
        counts: dict[str, int] = {item["category"]: item["count"] for item in array_at(lead, "unread_counts")}
        counts[category] = counts.get(category, 0) + 1
        unread = [{"category": name, "count": count} for name, count in counts.items()]
        self._store.update(lead, {"unread_counts": unread})

    def _touch(self, message: JsonObject) -> None:
        conversation = self._tables.conversations.find(message["linkedin_conversation_uuid"])
        if conversation is not None:
            times = dict.fromkeys(
                ("last_activity_at", "last_stored_message_at", "last_msg_sync_at"), message["sent_at"]
            )
            self._store.update(conversation, {**times, "event_count": conversation["event_count"] + 1})


class LinkedinMessages(Collection):
    """LinkedIn messages; one that is sent waits in the queue until the clock is turned."""

    def __init__(self, tables: Tables, checker: Checker, messenger: Messenger, renderer: Renderer) -> None:
        super().__init__(tables.messages, checker)
        self._tables = tables
        self._messenger = messenger
        self._renderer = renderer

    def routes(self) -> dict[tuple[str, str], Handler]:
        path = self._records.resource.path
        return {
            **super().routes(),
            ("PUT", f"{path}/{{}}/retry"): self.retry,
            ("POST", f"{path}/group-counts"): self.count_groups,
        }

    def create(self, call: Call) -> Reply:
        body = call.body
        sender = self._tables.senders.require("sender_profile_uuid", body["sender_profile_uuid"])
        lead = self._tables.leads.require("lead_uuid", body["lead_uuid"])
        check_attachments(self._tables, body)
        text = body.get("text")
        if "template_uuid" in body:
            template = self._tables.templates.require("template_uuid", body["template_uuid"])
            text = text or self._renderer.render(template.get("body") or "", lead, sender)
        if text is None:
            raise invalid_field("text", "The text field is required without a template_uuid.")
        kind = {"linkedin_type": "InMail"} if body.get("subject") else {}
        return self._reply(call, self._messenger.write(sender, lead, {**body, **kind, "text": text}))

    def retry(self, call: Call) -> Reply:
        message = self._document(call)
        if message["status"] == "failed":
            message = self._records.store.update(message, {"status": "new", "fail_reason": None})
        return Reply(call.operation.answer.status, self._records.row(message))

    def count_groups(self, call: Call) -> Reply:
        return Reply(call.operation.answer.status, self._records.group_counts(call.body))


class EmailCollection(Collection):
    """Emails: sent, listed, and as threads."""

    def __init__(self, tables: Tables, checker: Checker, messenger: Messenger) -> None:
        super().__init__(tables.emails, checker)
        self._tables = tables
        self._messenger = messenger

    def routes(self) -> dict[tuple[str, str], Handler]:
        path = self._records.resource.path
        return {
            **super().routes(),
            ("POST", f"{path}/send-email"): self.send,
            ("GET", f"{path}/{{}}/thread"): self.thread,
            ("POST", f"{path}/latest-by-leads"): self.latest,
            ("POST", f"{path}/llm-thread"): self.llm_thread,
        }

    def send(self, call: Call) -> Reply:
        body = call.body
        if "to" in body:
            return self._send_from_mailbox(call)
        sender = self._tables.senders.require("sender_profile_uuid", body["sender_profile_uuid"])
        lead = self._tables.leads.require("lead_uuid", body["lead_uuid"])
        if blacklist_matcher(self._records.store)(LEAD.kind, lead):
            raise invalid_field("lead_uuid", BLACKLISTED)
        check_attachments(self._tables, body)
        mailbox = self._messenger.mailbox(sender["uuid"])
        if mailbox is None:
            raise invalid_field("sender_profile_uuid", "The sender profile has no active mailbox.")
        content = {"body": body.get("body", ""), "attachments": body.get("attachments", [])}
        fields = {name: value for name, value in body.items() if name not in content}
        return self._sent(
            call, self._messenger.email(sender, lead, content, {**fields, "mailbox_uuid": mailbox["uuid"]})
        )

    def _send_from_mailbox(self, call: Call) -> Reply:
        """Send to addresses of contacts: an email to each, in one thread."""
        body = call.body
        mailbox = self._tables.mailboxes.require("mailbox_uuid", body["mailbox_uuid"])
        sender = self._tables.senders.require("mailbox_uuid", mailbox["sender_profile_uuid"])
        check_attachments(self._tables, body)
        blacklisted, thread = blacklist_matcher(self._records.store), str(uuid4())
        leads = [self._addressed(body, index, recipient) for index, recipient in enumerate(body["to"])]
        if any(blacklisted(LEAD.kind, lead) for lead in leads):
            raise invalid_field("to", BLACKLISTED)
        emails = [
            self._messenger.email(
                sender,
                lead,
                {"body": body["body"], "attachments": body.get("attachments", [])},
                {
                    "mailbox_uuid": mailbox["uuid"],
                    "from_email": mailbox["email"],
                    "to_email": recipient["to_email"],
                    "to_name": recipient.get("to_name") or lead.get("name") or "",
                    "cc": body.get("cc"),
                    "bcc": body.get("bcc"),
                    "subject": body.get("subject", ""),
                    "thread_uuid": thread,
                },
            )
            for lead, recipient in zip(leads, body["to"], strict=True)
        ]
        return self._sent(call, emails[0])

    def _addressed(self, body: JsonObject, index: int, recipient: JsonObject) -> JsonObject:
        """Return the contact of an address: the named one, or the first that has it."""
        if "lead_uuid" in body:
            return self._tables.leads.require("lead_uuid", body["lead_uuid"])
        for field in ("work_email", "personal_email"):
            lead = self._records.store.first(LEAD.kind, [equals(field, recipient["to_email"])])
            if lead is not None:
                return lead
        field = f"to.{index}.to_email"
        raise invalid_field(field, f"The selected {field} is invalid: no contact has this address.")

    def _sent(self, call: Call, email: JsonObject) -> Reply:
        stored = self._tables.bodies.get(email["email_body_uuid"])
        answer = {"emailDomain": self._records.row(email), "emailBodyDomain": self._tables.bodies.row(stored)}
        return Reply(call.operation.answer.status, answer)

    def thread(self, call: Call) -> Reply:
        thread = [equals("thread_uuid", self._document(call)["thread_uuid"])]
        emails = self._records.store.find("email", thread, "sent_at")
        return Reply(call.operation.answer.status, {"data": [self._messenger.shown(email) for email in emails]})

    def latest(self, call: Call) -> Reply:
        answer: JsonObject = {}
        for uuid in call.body["lead_uuids"]:
            found = self._records.store.find("email", [equals("lead_uuid", uuid)], "sent_at", True, 1)
            for email in found:
                answer[uuid] = self._records.row(email)
        return Reply(call.operation.answer.status, answer)

    def llm_thread(self, call: Call) -> Reply:
        """Return the latest emails between a sender profile and a contact, the oldest first, as roles and texts."""
        body = call.body
        limit = body.get("limit", "")
        number = int(limit) if limit.isdecimal() and len(limit) < 10 else PAGE_DEFAULTS["limit"]
        own = [equals("lead_uuid", body["lead_uuid"]), equals("sender_profile_uuid", body["sender_profile_uuid"])]
        emails = self._records.store.find("email", own, "sent_at", True, number)
        days = body.get("sent_at_recency_in_days")
        if days is not None:
            oldest = moment(self._records.store.now()) - timedelta(days=max(0, min(days, 36500)))
            emails = [email for email in emails if email["sent_at"] >= write_time(oldest)]
        thread = [
            {
                "role": "assistant" if email["type"] == "outbox" else "user",
                "name": email["from_name"] if email["type"] == "outbox" else body["lead_name"],
                "subject": email["subject"],
                "content": self._messenger.shown(email)["body"],
                "sent_at": email["sent_at"],
            }
            for email in reversed(emails)
        ]
        return Reply(call.operation.answer.status, {"thread": thread})

    def forget(self, document: JsonObject) -> None:
        body = self._tables.bodies.find(document["email_body_uuid"])
        if body is not None:
            self._records.store.delete(body)


class Searched(Collection):
    """A collection whose list accepts a text as `search`."""

    def list(self, call: Call) -> Reply:
        answer = call.operation.answer
        settings = {**call.query, "filter": {"q": call.query.get("search")}}
        return Reply(answer.status, self._records.page(settings, self._checker.page_properties(answer)))


def check_attachments(tables: Tables, body: JsonObject) -> None:
    """Check that the attachments of a message were uploaded."""
    for index, attachment in enumerate(body.get("attachments") or []):
        tables.attachments.require(f"attachments.{index}.uuid", attachment["uuid"])


def _letter(message: JsonObject) -> JsonObject:
    return {name: message.get(name) for name in ("subject", "text", "type", "status", "sent_at", "read_at")}
