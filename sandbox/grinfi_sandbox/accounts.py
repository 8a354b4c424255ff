"""Sender profiles, mailboxes, attachments, LinkedIn browsers, teams, users and API keys."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable
from typing import Any

from .answers import Reply
from .errors import ApiError, invalid_field
from .resources import Collection, Handler
from .samples import Samples
from .steps import OPEN
from .store import Store, equals
from .tables import Tables, later, linkedin_account, moment
from .validation import Call, Checker
from .values import JsonObject

API_KEY = "api-key"
USER_ID = TEAM_ID = 1
LARGEST_ATTACHMENT = 20 * 1024 * 1024
KEY_SECONDS = 3 * 365 * 86400
SENDER_PROFILES = 100
WORKING_HOURS = {
    "timezone": "UTC",
    "use_lead_timezone": False,
    "timeblocks": [{"dow": day, "min": 540, "max": 1080} for day in range(1, 6)],
}


class Senders(Collection):
    """Sender profiles."""

    def __init__(self, tables: Tables, checker: Checker) -> None:
        super().__init__(tables.senders, checker)
        self._is_schedule = tables.is_schedule

    def routes(self) -> dict[tuple[str, str], Handler]:
        path = self._records.resource.path
        return {
            **super().routes(),
            ("PUT", f"{path}/{{}}/enable"): self._setting("enabled"),
            ("PUT", f"{path}/{{}}/disable"): self._setting("disabled"),
        }

    def fields(self, call: Call, document: JsonObject | None) -> JsonObject:
        if document is not None:
            return self._changes(call.body, document)
        schedule = call.body.get("linkedin_schedule") or call.body.get("email_schedule") or WORKING_HOURS
        return {"label": None, **call.body, "schedule": schedule, "status": "enabled", "smart_limits_enabled": True}

    def _changes(self, body: JsonObject, document: JsonObject) -> JsonObject:
        """Return the fields that a request changes; a schedule may be sent in part."""
        if "schedule" not in body:
            return body
        schedule = {**document["schedule"], **body["schedule"]}
        if not self._is_schedule(schedule):
            raise invalid_field("schedule", "The schedule field must have a timezone and timeblocks.")
        return {**body, "schedule": schedule}

    def _setting(self, status: str) -> Handler:
        def handle(call: Call) -> Reply:
            sender = self._records.store.update(self._document(call), {"status": status})
            return Reply(call.operation.answer.status, self._records.row(sender))

        return handle


class Mailboxes(Collection):
    """Mailboxes; a deleted one can hand its open tasks and its sender profiles to another."""

    def __init__(self, tables: Tables, checker: Checker) -> None:
        super().__init__(tables.mailboxes, checker)
        self._tables = tables
        self._store = tables.store

    def routes(self) -> dict[tuple[str, str], Handler]:
        path = self._records.resource.path
        return {
            **super().routes(),
            ("PUT", f"{path}/{{}}/activate"): self._setting("active"),
            ("PUT", f"{path}/{{}}/deactivate"): self._setting("inactive"),
        }

    def create(self, call: Call) -> Reply:
        sender = self._tables.senders.require("sender_profile_uuid", call.body["sender_profile_uuid"])
        defaults: JsonObject = {"provider": "smtp", "connection_settings": {}, "status": "active"}
        mailbox = self._records.create({**defaults, **call.body})
        if sender["mailbox_uuid"] is None:
            self._store.update(sender, {"mailbox_uuid": mailbox["uuid"]})
        return self._reply(call, mailbox)

    def delete(self, call: Call) -> Reply:
        mailbox = self._document(call)
        successor = None
        if call.body.get("automation_reassign_mailboxes"):
            wanted = call.body.get("automation_mailbox_to_reassign")
            other = self._records.require("automation_mailbox_to_reassign", wanted)
            if other["uuid"] == mailbox["uuid"]:
                raise invalid_field("automation_mailbox_to_reassign", "The other mailbox must not be the deleted one.")
            successor = other["uuid"]
        for kind, conditions in (("task", [OPEN]), ("sender-profile", [])):
            for record in self._store.find(kind, [equals("mailbox_uuid", mailbox["uuid"]), *conditions]):
                self._store.update(record, {"mailbox_uuid": successor})
        self._store.delete(mailbox)
        return Reply(call.operation.answer.status)

    def _setting(self, status: str) -> Handler:
        def handle(call: Call) -> Reply:
            return self._reply(call, self._store.update(self._document(call), {"status": status}))

        return handle


class Attachments(Collection):
    """Uploaded files: name, size and type, as given in the request. Their contents are not kept."""

    def fields(self, call: Call, document: JsonObject | None) -> JsonObject:
        payload: JsonObject = call.body["payload"]
        if len(call.files["attachment"].content) > LARGEST_ATTACHMENT:
            raise invalid_field(
                "attachment", f"The attachment field must be a file of at most {LARGEST_ATTACHMENT} bytes."
            )
        size = payload["size"]
        if not size.isdecimal() or len(size) > 9 or int(size) > LARGEST_ATTACHMENT:
            raise invalid_field("payload.size", f"The payload.size field must be a number up to {LARGEST_ATTACHMENT}.")
        suffix = payload["name"].rpartition(".")[2]
        path = f"attachments/{TEAM_ID}/{secrets.token_hex(16)}.{suffix}"
        return {"payload": {**payload, "path": path}}


class Browsers(Collection):
    """LinkedIn browsers. A login with an access key is finished the next time the clock is turned."""

    def __init__(self, tables: Tables, checker: Checker) -> None:
        super().__init__(tables.browsers, checker)
        self._tables = tables
        self._store = tables.store

    def routes(self) -> dict[tuple[str, str], Handler]:
        path = self._records.resource.path
        return {
            **super().routes(),
            ("POST", f"{path}/list"): self.list,
            ("POST", f"{path}/{{}}/generate-external-access-key"): self.issue_key,
            ("POST", f"{path}/{{}}/run"): self.run,
            ("POST", f"{path}/{{}}/stop"): self.stop,
            ("POST", f"{path}/{{}}/set-proxy"): self.change_setting,
            ("POST", f"{path}/{{}}/share"): self.share,
        }

    def create(self, call: Call) -> Reply:
        sender = self._tables.senders.require("sender_profile_uuid", call.body["sender_profile_uuid"])
        newest = self._store.find("linkedin-browser", (), "id", True, 1)
        number = newest[0]["id"] + 1 if newest else 1
        fields = {
            "id": number,
            "external_id": f"lb_{number}",
            "name": " ".join(name for name in (sender["first_name"], sender["last_name"]) if name),
            "schedule": WORKING_HOURS,
            "browser_owner": "team",
            "status": "stopped",
        }
        browser = self._records.create({**fields, **call.body})
        self._store.update(sender, {"linkedin_browser_id": number})
        return self._reply(call, browser)

    def issue_key(self, call: Call) -> Reply:
        key = f"lb_ak_{secrets.token_urlsafe(32)}"
        self._store.update(self._document(call), {"access_key": key})
        url = f"https://leadgen.grinfi.io/cloud-browser/public/{key}"
        return Reply(call.operation.answer.status, {"external_access_key": key, "cloud_browser_url": url})

    def run(self, call: Call) -> Reply:
        """Start a browser; without a login its state becomes `login_issue`, as published."""
        browser = self._document(call)
        if browser["linkedin_account_uuid"] is None:
            self._store.update(browser, {"status": "login_issue", "error_reason": "No user has logged in yet."})
        else:
            self._start(browser)
        return Reply(call.operation.answer.status)

    def stop(self, call: Call) -> Reply:
        self._store.update(self._document(call), {"status": "stopped"})
        return Reply(call.operation.answer.status)

    def change_setting(self, call: Call) -> Reply:
        browser = self._store.update(self._document(call), call.body)
        return Reply(call.operation.answer.status, self._records.row(browser))

    def share(self, call: Call) -> Reply:
        browser = self._document(call)
        emails = dict.fromkeys([*browser["shared_emails"], *call.body["recipients"]])
        return Reply(
            call.operation.answer.status, self._records.row(self._store.update(browser, {"shared_emails": [*emails]}))
        )

    def log_in(self) -> None:
        """Finish the logins that were begun: the accounts are connected, and the browsers run."""
        for browser in self._store.find("linkedin-browser"):
            sender = self._tables.senders.find(browser["sender_profile_uuid"])
            if browser.get("access_key") and browser["linkedin_account_uuid"] is None and sender is not None:
                account = linkedin_account(sender)
                self._store.update(sender, {"linkedin_account_uuid": account})
                self._start(self._store.update(browser, {"linkedin_account_uuid": account, "access_key": None}))

    def forget(self, document: JsonObject) -> None:
        for sender in self._store.find("sender-profile", [equals("linkedin_browser_id", document["id"])]):
            self._store.update(sender, {"linkedin_browser_id": None})

    def _start(self, browser: JsonObject) -> None:
        self._store.update(browser, {"status": "running", "error_reason": None, "last_start_at": self._store.now()})

    def _document(self, call: Call) -> JsonObject:
        browser = self._store.first("linkedin-browser", [equals("id", call.path["id"])])
        if browser is None:
            raise ApiError(404, f"There is no LinkedIn browser {call.path['id']}.")
        return browser


class Account:
    """The one user with the one team, and the API keys."""

    def __init__(self, tables: Tables, checker: Checker, samples: Samples) -> None:
        self._tables = tables
        self._store = tables.store
        self._checker = checker
        self._samples = samples

    def routes(self) -> dict[tuple[str, str], Handler]:
        return {
            ("GET", "/id/api/users/current"): self.get_user,
            ("GET", "/id/api/teams"): self.list_teams,
            ("GET", "/id/api/teams/{}"): self.get_team,
            ("POST", "/id/api/teams/{}/check-limits"): self.check_limits,
            ("POST", "/id/api/jwt-tokens/create-api-key"): self.create_key,
        }

    def get_user(self, call: Call) -> Reply:
        user = self._only("user", lambda: {**self._samples.value(call.operation.answer.schema), "id": USER_ID})
        return Reply(call.operation.answer.status, self._tables.users.row(user))

    def list_teams(self, call: Call) -> Reply:
        self._team()
        answer = call.operation.answer
        return Reply(answer.status, self._tables.teams.page(call.query, self._checker.page_properties(answer)))

    def get_team(self, call: Call) -> Reply:
        return Reply(call.operation.answer.status, self._tables.teams.row(self._own_team(call)))

    def check_limits(self, call: Call) -> Reply:
        """Check that there is room for more sender profiles; 402 if not."""
        limit = self._own_team(call)["features"]["sender_profiles"]
        used = self._store.count("sender-profile")
        if used + call.body["sender_profiles_limit"] > limit:
            raise ApiError(402, f"The subscription has room for {max(0, limit - used)} more sender profiles.")
        monthly = {"sender_profiles": {"limit": limit, "used": used, "available": limit - used}}
        return Reply(call.operation.answer.status, {"monthly": monthly, "yearly": None})

    def create_key(self, call: Call) -> Reply:
        """Issue a key, a JWT whose signature is never checked; requests with it are accepted."""
        now = self._store.now()
        expires = int(moment(later(now, KEY_SECONDS)).timestamp())
        jti = secrets.token_urlsafe(12)
        claims = {"sub": USER_ID, "jti": jti, "specific_team_id": TEAM_ID, "exp": expires}
        token = ".".join((_part({"typ": "JWT", "alg": "HS256"}), _part(claims), secrets.token_urlsafe(32)))
        key = {"jti": jti, "user_id": USER_ID, "team_id": TEAM_ID, "name": call.body["name"], "last_token": token}
        self._store.insert(API_KEY, key)
        return Reply(call.operation.answer.status, {**key, "created_at": now})

    def _own_team(self, call: Call) -> JsonObject:
        team = self._team()
        if call.path["id"] != team["id"]:
            raise ApiError(404, f"There is no team {call.path['id']}.")
        return team

    def _team(self) -> JsonObject:
        def make() -> JsonObject:
            limits = dict.fromkeys(("cloud_browsers", "linkedin_accounts", "email_accounts", "users"), SENDER_PROFILES)
            return {
                "id": TEAM_ID,
                "features": {"sender_profiles": SENDER_PROFILES, "contacts": 1_000_000, **limits},
                "credits": {"activities": 10_000, "advanced_enrichment": 10_000, "llm": 10_000},
            }

        return self._only("team", lambda: {**self._tables.teams.blank(), **make()})

    def _only(self, kind: str, make: Callable[[], JsonObject]) -> JsonObject:
        """Return the only record of a kind, made at the first request for it."""
        return self._store.first(kind, []) or self._store.insert(kind, make())


def is_api_key(store: Store, token: str) -> bool:
    """Return whether a token is an issued API key."""
    with store.transaction():
        return store.count(API_KEY, [equals("last_token", token)]) > 0


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
