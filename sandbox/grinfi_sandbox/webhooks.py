"""Webhooks: their records, and the deliveries to their targets."""

from __future__ import annotations

import http.client
import ipaddress
import json
import sqlite3
import threading
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import anyio.from_thread

from .answers import Reply
from .errors import invalid_field
from .json_logic import check_rule, evaluate
from .resources import Collection, Handler
from .store import Store, equals
from .tables import Tables
from .validation import Call, Checker
from .values import JsonObject, object_at

Receiver: TypeAlias = Callable[[str, str, JsonObject], Coroutine[Any, Any, JsonObject]]
DELIVERY = "webhook-delivery"
TIMEOUT_SECONDS = 5.0
LARGEST_ANSWER = 64 * 1024
CONTACT_FIELDS = (
    "uuid",
    "first_name",
    "last_name",
    "name",
    "position",
    "headline",
    "company_name",
    "company_uuid",
    "linkedin",
    "ln_id",
    "sn_id",
    "work_email",
    "personal_email",
    "pipeline_stage_uuid",
    "tags",
    "status",
)
SENDER_FIELDS = ("uuid", "first_name", "last_name", "label", "assignee_user_id", "team_id")
FLOW_FIELDS = ("uuid", "name", "status", "priority")
COMPANY_FIELDS = ("uuid", "name", "domain", "website", "industry", "linkedin_url", "size")


class Events:
    """Notifies webhooks of events. A delivery is stored with the change that caused it, and sent after it."""

    def __init__(self, store: Store, hosts: Iterable[str]) -> None:
        self._store = store
        self._hosts = {host.lower() for host in hosts}
        self._worker: threading.Thread | None = None
        self.receiver: Receiver | None = None
        """The receiver that is called instead of targets, in the event loop of the sandbox's client."""

    def emit(
        self,
        event: str,
        lead: JsonObject,
        sender: JsonObject | None = None,
        flow: JsonObject | None = None,
        **objects: JsonObject,
    ) -> None:
        """Queue the payload of an event for the webhooks that want it; `objects` are the event's records."""
        for webhook in self._waiting(event):
            self._offer(webhook, self.payload(event, lead, sender, flow, **objects), lead)

    def emit_for_all(self, event: str, leads: list[JsonObject]) -> None:
        """Queue an event of many contacts."""
        for webhook in self._waiting(event):
            for lead in leads:
                self._offer(webhook, self.payload(event, lead, None, None), lead)

    def _waiting(self, event: str) -> list[JsonObject]:
        conditions = [equals("event", event), equals("status", "on")]
        return self._store.remembered("webhook", event, lambda: self._store.find("webhook", conditions))

    def _offer(self, webhook: JsonObject, payload: JsonObject, lead: JsonObject) -> None:
        contact = {**lead, **payload["contact"]}
        if evaluate(_rule(webhook), {**contact, "lead": contact, "contact": contact}):
            self.deliver(webhook, payload)

    def deliver(self, webhook: JsonObject, payload: JsonObject) -> None:
        """Queue a payload for one webhook."""
        target = {name: webhook[name] for name in ("request_method", "target_url")}
        self._store.insert(DELIVERY, {**target, "payload": payload})
        self._start()

    def resume(self) -> None:
        """Send the deliveries that an earlier sandbox left in its database."""
        if self._store.count(DELIVERY):
            self._start()

    def _start(self) -> None:
        if self._worker is None and self.receiver is None:
            self._worker = threading.Thread(target=self._work, name="grinfi-sandbox-webhooks", daemon=True)
            self._worker.start()

    def payload(
        self, event: str, lead: JsonObject, sender: JsonObject | None, flow: JsonObject | None, **objects: JsonObject
    ) -> JsonObject:
        """Return the published payload of an event."""
        return {
            "event_name": event,
            "contact": self._contact(lead),
            "account": self._account(lead),
            "sender_profile": _some(sender, SENDER_FIELDS),
            "automation": _some(flow, FLOW_FIELDS),
            "contact_markers": self._markers(lead),
            **objects,
        }

    def send(self, method: str, url: str, payload: JsonObject) -> JsonObject:
        """Send a payload if its target is allowed; return the answer, or the reason for having none."""
        if self.receiver is not None:
            return anyio.from_thread.run(self.receiver, method, url, payload)
        target = urlsplit(url)
        host = target.hostname or ""
        if not (_is_loopback(host) or host in self._hosts):
            error = f"The sandbox calls loopback addresses only; --webhook-host (webhook_hosts) would allow {host}."
            return {"status": None, "body": None, "error": error}
        kind = http.client.HTTPSConnection if target.scheme == "https" else http.client.HTTPConnection
        try:
            connection = kind(host, target.port, timeout=TIMEOUT_SECONDS)
            try:
                path = f"{target.path or '/'}?{target.query}" if target.query else target.path or "/"
                connection.request(method, path, json.dumps(payload), {"content-type": "application/json"})
                response = connection.getresponse()
                body = response.read(LARGEST_ANSWER).decode(errors="replace")
                return {"status": response.status, "body": body, "error": None}
            finally:
                connection.close()
        except (OSError, ValueError, http.client.HTTPException) as error:
            return {"status": None, "body": None, "error": str(error) or type(error).__name__}

    def _contact(self, lead: JsonObject) -> JsonObject:
        handle = lead.get("linkedin")
        contact_list = self._store.get("list", str(lead.get("list_uuid"))) or {}
        stage = self._store.get("pipeline-stage", str(lead.get("pipeline_stage_uuid"))) or {}
        return {
            **_some(lead, CONTACT_FIELDS),
            "linkedin_url": f"https://www.linkedin.com/in/{handle}" if handle else None,
            "sales_navigator_url": None,
            "pipeline_stage_name": stage.get("name"),
            "list_name": contact_list.get("name"),
        }

    def _account(self, lead: JsonObject) -> JsonObject:
        company = self._store.get("company", str(lead.get("company_uuid")))
        return _some(company, COMPANY_FIELDS) if company else {"name": lead.get("company_name")}

    def _markers(self, lead: JsonObject) -> JsonObject:
        own = equals("lead_uuid", lead.get("uuid"))
        sent = [own, equals("type", "outbox")]
        return {
            "linkedin_messages_sent_count": self._store.count("linkedin-message", sent),
            "email_sent_count": self._store.count("email", sent),
        }

    def _work(self) -> None:
        """Send the queued deliveries, the oldest first, until none is left."""
        try:
            while True:
                delivery = self._take()
                if delivery is None:
                    return
                self.send(delivery["request_method"], delivery["target_url"], delivery["payload"])
        except sqlite3.ProgrammingError:  # the sandbox was closed meanwhile
            return

    async def hand_over(self) -> None:
        """Send the queued deliveries to the receiver."""
        while self.receiver is not None and (delivery := self._take()) is not None:
            await self.receiver(delivery["request_method"], delivery["target_url"], delivery["payload"])

    def _take(self) -> JsonObject | None:
        """Take the oldest delivery out of the queue."""
        with self._store.transaction():
            delivery = self._store.first(DELIVERY, [])
            if delivery is None:
                self._worker = None
            else:
                self._store.delete(delivery)
            return delivery


class Webhooks(Collection):
    """Serves webhooks.

    Only the filter `jsonLogic` is applied: its variables are the fields of the contact, directly or below `lead`
    or `contact`. The description does not define the others; they are stored. `event` is shown as it was
    sent, also where the description of the answer knows fewer events than that of the request.
    """

    def __init__(self, tables: Tables, checker: Checker, events: Events) -> None:
        super().__init__(tables.webhooks, checker)
        self._tables = tables
        self._events = events

    def routes(self) -> dict[tuple[str, str], Handler]:
        return {**super().routes(), ("POST", "/integrations/api/webhooks/test"): self.test}

    def test(self, call: Call) -> Reply:
        """Deliver a sample, and return the target's answer."""
        body = call.body
        _target(body["target_url"])
        self._tables.webhooks.get(body["uuid"])
        lead: JsonObject = {"uuid": "00000000-0000-0000-0000-000000000001", "name": "Example Name"}
        payload = self._events.payload(body["event"], lead, None, None)
        status = call.operation.answer.status
        method, url = body["request_method"], body["target_url"]
        return Reply(status, finish=lambda: Reply(status, self._events.send(method, url, payload)))

    def fields(self, call: Call, document: JsonObject | None) -> JsonObject:
        if "target_url" in call.body:
            _target(call.body["target_url"])
        check_rule("filters.jsonLogic", _rule(call.body))
        return call.body


def _rule(webhook: JsonObject) -> Any:
    """Return the rule by which a webhook selects contacts; without a rule it selects all."""
    return object_at(webhook, "filters").get("jsonLogic") or True


def _target(url: str) -> None:
    """Check a target; 422 if it is not a URL that can be called."""
    try:
        target = urlsplit(url)
        valid = target.scheme in ("http", "https") and bool(target.hostname) and target.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise invalid_field("target_url", "The target_url field must be a valid URL of http or https.")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _some(document: JsonObject | None, names: tuple[str, ...]) -> dict[str, Any]:
    return {} if document is None else {name: document.get(name) for name in names}
