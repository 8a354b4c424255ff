"""The outreach part: assembles its collections, turns the clock, and lets contacts answer."""

from __future__ import annotations

from collections.abc import Mapping

from .accounts import Account, Attachments, Browsers, Mailboxes, Senders
from .answers import Reply
from .automations import ADD_NEW_LEAD, LOOK_UP_LEAD, Enrollments, Flows, Folders, Versions
from .contacts import Contacts
from .description import Description
from .errors import invalid_field
from .messages import EmailCollection, LinkedinMessages, Messenger, Searched
from .replies import Replies
from .resources import Collection, Handler
from .runner import Runner
from .samples import Samples
from .schemas import Schemas
from .steps import CONNECTION_REQUEST, EMAIL_EVENTS
from .store import Condition, Store, equals
from .tables import Tables, later, moment
from .tasks import Tasks
from .templates import Renderer, Templates
from .validation import Call, Checker
from .values import JsonObject
from .webhooks import Events, Webhooks

CLOCK = "clock"
ADVANCE, REPLY = "/_sandbox/advance", "/_sandbox/reply"
LONGEST_STEP = 10 * 365 * 86400


def _control(operation_id: str, required: list[str], properties: JsonObject) -> JsonObject:
    schema = {"type": "object", "required": required, "properties": properties}
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    return {"post": {"operationId": operation_id, "requestBody": body, "responses": {"200": {}}}}


# The operations by which tests control the state, described as those of the API are.
CONTROLS: JsonObject = {
    "security": [{"bearerAuth": []}],
    "paths": {
        ADVANCE: _control(
            "advanceClock", ["seconds"], {"seconds": {"type": "number", "minimum": 0, "maximum": LONGEST_STEP}}
        ),
        REPLY: _control(
            "replyAsContact",
            ["lead_uuid", "channel"],
            {
                "lead_uuid": {"type": "string"},
                "channel": {"type": "string", "enum": ["linkedin", "email"]},
                "text": {"type": "string"},
                "kind": {"type": "string", "enum": list(EMAIL_EVENTS)},
            },
        ),
    },
}


class Outreach:
    """Automations, tasks, messages, accounts and webhooks."""

    def __init__(
        self,
        description: Description,
        schemas: Schemas,
        samples: Samples,
        checker: Checker,
        store: Store,
        events: Events,
        contacts: Contacts,
    ) -> None:
        tables = Tables(description, schemas, samples, store)
        messenger = Messenger(tables, events)
        renderer = Renderer(tables)
        runner = Runner(tables, messenger, renderer, contacts.save)
        self._tables = tables
        self._store = store
        self._messenger = messenger
        self._runner = runner
        self._replies = Replies(tables, messenger, runner)
        self._flows = Flows(tables, checker, runner)
        self._browsers = Browsers(tables, checker)
        self._account = Account(tables, checker, samples)
        self._collections: tuple[Collection, ...] = (
            self._flows,
            Versions(tables, checker),
            Folders(tables.workspaces, checker),
            Enrollments(tables.enrollments, checker),
            Tasks(tables, checker, runner),
            Senders(tables, checker),
            LinkedinMessages(tables, checker, messenger, renderer),
            Collection(tables.conversations, checker),
            EmailCollection(tables, checker, messenger),
            Searched(tables.bodies, checker),
            Mailboxes(tables, checker),
            Searched(tables.mailbox_errors, checker),
            Attachments(tables.attachments, checker),
            self._browsers,
            Collection(tables.agents, checker),
            Templates(tables, checker, renderer),
            Webhooks(tables, checker, events),
        )
        contacts.on_action("add_to_flow", self._flows.adding)
        contacts.on_action("cancel_from_flows", self._flows.cancelling)
        with store.transaction():
            clock = store.first(CLOCK, [])
            if clock is not None:
                store.turn_clock(moment(clock["at"]))
            events.resume()

    def routes(self, contacts: Mapping[tuple[str, str], Handler]) -> dict[tuple[str, str], Handler]:
        """Return the handlers; adding a new contact to a flow goes through those of the contacts."""
        return {
            **{route: handler for collection in self._collections for route, handler in collection.routes().items()},
            **self._account.routes(),
            ADD_NEW_LEAD: self._flows.adding_new_leads(contacts[ADD_NEW_LEAD], contacts[LOOK_UP_LEAD]),
            ("POST", "/leads/api/leads/metrics"): self.lead_metrics,
            ("POST", ADVANCE): self.advance,
            ("POST", REPLY): self.reply,
        }

    def advance(self, call: Call) -> Reply:
        """Turn the clock ahead; everything due until then is done on the way, each at its time."""
        self._browsers.log_in()
        self._messenger.send_queued()
        until = later(self._store.now(), call.body["seconds"])
        done = self._runner.advance(until)
        clock = self._store.first(CLOCK, []) or self._store.insert(CLOCK, {})
        self._store.update(clock, {"at": until})
        return Reply(call.operation.answer.status, {"now": until, "tasks": done})

    def reply(self, call: Call) -> Reply:
        """Let a contact answer. Without a text, it only accepts the connection request, or opens the email.

        With a `kind` instead of a text, it follows the email's link or unsubscribes, or the email bounces.
        """
        body = call.body
        lead = self._tables.leads.require("lead_uuid", body["lead_uuid"])
        if "kind" in body and (body["channel"] != "email" or "text" in body):
            raise invalid_field("kind", "The kind field is for the channel email, without a text.")
        act = self._replies.linkedin if body["channel"] == "linkedin" else self._replies.email
        received = self._replies.email_event(lead, body["kind"]) if "kind" in body else act(lead, body.get("text"))
        if received is None and body.keys() & {"text", "kind"}:
            raise invalid_field("channel", f"Nothing was sent to the contact by {body['channel']}.")
        return Reply(call.operation.answer.status, received or {})

    def lead_metrics(self, call: Call) -> Reply:
        """Count for the whole team; `filter` and `group_by` are ignored, as published."""
        start, end = (later(call.body[name]) for name in ("period_from", "period_to"))
        flows = set(call.body["flows"])
        sources: dict[str, tuple[str, str, list[Condition]]] = {
            "linkedin_connection_request_sent_count": ("task", "executed_at", _request()),
            "linkedin_connection_request_accepted_count": ("task", "outcomes.accepted", _request()),
            "linkedin_sent_count": ("linkedin-message", "sent_at", _linkedin("outbox", "message")),
            "linkedin_opened_count": ("linkedin-message", "read_at", _linkedin("outbox", "message")),
            "linkedin_inbox_count": ("linkedin-message", "sent_at", _linkedin("inbox", "message")),
            "linkedin_inmail_sent_count": ("linkedin-message", "sent_at", _linkedin("outbox", "InMail")),
            "linkedin_inmail_replied_count": ("linkedin-message", "sent_at", _linkedin("inbox", "InMail")),
            "email_sent_count": ("email", "sent_at", [equals("type", "outbox")]),
            "email_opened_count": ("email", "opened_at", [equals("type", "outbox")]),
            **{f"email_{kind}_count": ("email", f"{kind}_at", [equals("type", "outbox")]) for kind in EMAIL_EVENTS},
            "email_inbox_count": ("email", "sent_at", [equals("type", "inbox")]),
        }
        total: dict[str, int] = {}
        for name in call.body["metrics"]:
            total[name] = 0
            if name in sources:
                kind, field, conditions = sources[name]
                path = f"json_extract(records.document, '$.{field}')"
                within = Condition(f"{path} >= ? AND {path} <= ?", (start, end))
                found = self._store.find(kind, [*conditions, within])
                total[name] = sum(not flows or record.get("flow_uuid") in flows for record in found)
        return Reply(call.operation.answer.status, {"total": total})


def _request() -> list[Condition]:
    return [equals("type", CONNECTION_REQUEST), equals("status", "closed")]


def _linkedin(direction: str, kind: str) -> list[Condition]:
    return [equals("type", direction), equals("linkedin_type", kind), equals("status", "done")]
