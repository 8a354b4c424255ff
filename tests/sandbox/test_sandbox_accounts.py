"""Sender profiles, mailboxes, attachments, LinkedIn browsers, teams, users and API keys."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from grinfi_sandbox import run_in_thread
from grinfi_sandbox.accounts import LARGEST_ATTACHMENT
from grinfi_sandbox.delivery import BODY_LIMIT
from tests.sandbox.outreach import (
    ANY_UUID,
    advance,
    enroll,
    new_flow,
    new_lead,
    new_mailbox,
    new_sender,
    node,
    rows,
    send,
)

SENDERS = "/flows/api/sender-profiles"
MAILBOXES = "/emails/api/mailboxes"
BROWSERS = "/browsers/api/linkedin-browsers"


def test_sender_profiles(api: httpx.Client) -> None:
    uuid, other = new_sender(api), new_sender(api, "Eve")
    sender = send(api, "GET", f"{SENDERS}/{uuid}")
    assert (sender["status"], sender["schedule"]["timezone"], sender["mailbox_uuid"]) == ("enabled", "UTC", None)
    changed = send(api, "PUT", f"{SENDERS}/{uuid}", {"label": "A", "schedule": {"timezone": "Asia/Tokyo"}})
    assert (changed["label"], changed["schedule"]["timezone"]) == ("A", "Asia/Tokyo")
    assert changed["schedule"]["timeblocks"] == sender["schedule"]["timeblocks"]
    send(api, "PUT", f"{SENDERS}/{uuid}", {"schedule": {"timezone": 5}}, 422)
    send(api, "PUT", f"{SENDERS}/{other}/disable")
    assert [row["uuid"] for row in rows(api, SENDERS, status="disabled")] == [other]
    assert [row["uuid"] for row in rows(api, SENDERS, q="eve roe")] == [other]
    send(api, "PUT", f"{SENDERS}/{other}/enable")
    assert rows(api, SENDERS, status="disabled") == []
    send(api, "DELETE", f"{SENDERS}/{other}", None, 204)
    send(api, "GET", f"{SENDERS}/{other}", None, 404)


def test_mailboxes(api: httpx.Client) -> None:
    sender = new_sender(api)
    first, second = new_mailbox(api, sender), new_mailbox(api, sender, "m@acme.com")
    assert send(api, "GET", f"{SENDERS}/{sender}")["mailbox_uuid"] == first
    assert send(api, "PUT", f"{MAILBOXES}/{first}/deactivate")["status"] == "inactive"
    assert send(api, "PUT", f"{MAILBOXES}/{first}/activate")["status"] == "active"
    assert send(api, "PUT", f"{MAILBOXES}/{first}", {"automation_daily_limit": 7})["automation_daily_limit"] == 7
    assert [row["uuid"] for row in rows(api, MAILBOXES, q="m@acme")] == [second]
    send(api, "POST", MAILBOXES, {"email": "x", "sender_name": "X", "sender_profile_uuid": ANY_UUID}, 422)
    flow = new_flow(api, node(2, "email_send_message", (1, 1)), node(1, "end"))
    enroll(api, flow, new_lead(api, email="jo@zeta.com"))
    path = f"{MAILBOXES}/{first}"
    for wrong in (ANY_UUID, first):
        body = {"automation_reassign_mailboxes": True, "automation_mailbox_to_reassign": wrong}
        send(api, "DELETE", path, body, 422)
    body = {"automation_reassign_mailboxes": True, "automation_mailbox_to_reassign": second}
    send(api, "DELETE", path, body, 204)
    assert send(api, "GET", f"{SENDERS}/{sender}")["mailbox_uuid"] == second
    advance(api)
    assert [row["from_email"] for row in rows(api, "/emails/api/emails")] == ["m@acme.com"]
    send(api, "DELETE", f"{MAILBOXES}/{second}", None, 204)
    assert rows(api, MAILBOXES) == []


def test_attachments(api: httpx.Client) -> None:
    def upload(size: str) -> httpx.Response:
        payload = {"payload[name]": "a.png", "payload[size]": size, "payload[type]": "image/png"}
        return api.post("/flows/api/attachments", files={"attachment": ("a.png", b"abc", "image/png")}, data=payload)

    made = upload("3").json()
    assert made["payload"]["path"].endswith(".png")
    assert send(api, "GET", f"/flows/api/attachments/{made['uuid']}") == made
    assert [row["uuid"] for row in rows(api, "/flows/api/attachments")] == [made["uuid"]]
    assert [upload(size).status_code for size in ("many", str(20 * 1024 * 1024 + 1))] == [422, 422]
    body = {"lead_uuid": new_lead(api), "sender_profile_uuid": new_sender(api), "text": "See"}
    message = send(api, "POST", "/flows/api/linkedin-messages", {**body, "attachments": [{"uuid": made["uuid"]}]}, 201)
    assert message["attachments"] == [{"uuid": made["uuid"]}]
    send(api, "DELETE", f"/flows/api/attachments/{made['uuid']}", None, 204)
    send(api, "GET", f"/flows/api/attachments/{made['uuid']}", None, 404)


@pytest.mark.parametrize("chunked", [False, True])
def test_the_real_size_of_a_file_counts_not_the_declared_one(api: httpx.Client, chunked: bool) -> None:
    def upload(size: int) -> httpx.Response:
        payload = {"payload[name]": "a.png", "payload[size]": "3", "payload[type]": "image/png"}
        request = api.build_request(
            "POST", "/flows/api/attachments", files={"attachment": ("a.png", bytes(size), "image/png")}, data=payload
        )
        if chunked:
            headers = {"content-type": request.headers["content-type"]}
            request = api.build_request("POST", request.url, content=iter([request.read()]), headers=headers)
        return api.send(request)

    answers = [upload(size) for size in (LARGEST_ATTACHMENT, LARGEST_ATTACHMENT + 1, BODY_LIMIT)]
    assert [answer.status_code for answer in answers] == [201, 422, 413]
    assert answers[1].json()["error"]["data"].keys() == {"attachment"}


def test_linkedin_browsers(api: httpx.Client) -> None:
    sender = new_sender(api)
    send(api, "POST", BROWSERS, {"sender_profile_uuid": ANY_UUID}, 422)
    seat = send(api, "POST", BROWSERS, {"sender_profile_uuid": sender, "proxy_country_code": "US"}, 201)
    assert (seat["status"], seat["linkedin_account_uuid"], seat["proxy_country_code"]) == ("stopped", None, "US")
    path = f"{BROWSERS}/{seat['id']}"
    assert send(api, "GET", f"{SENDERS}/{sender}")["linkedin_browser_id"] == seat["id"]
    send(api, "POST", f"{path}/run", None, 204)
    assert send(api, "GET", path)["status"] == "login_issue"
    advance(api)
    assert send(api, "GET", path)["linkedin_account_uuid"] is None
    keys = [send(api, "POST", f"{path}/generate-external-access-key") for _ in range(2)]
    assert keys[0]["external_access_key"] != keys[1]["external_access_key"]
    assert keys[1]["cloud_browser_url"].endswith(keys[1]["external_access_key"])
    advance(api)
    (running,) = send(api, "POST", f"{BROWSERS}/list", {})["data"]
    assert running["status"] == "running"
    for page in ({"limit": -(10**20)}, {"limit": -1, "offset": -(10**20)}, {"offset": 10**20}):  # none is ruled out
        assert send(api, "POST", f"{BROWSERS}/list", page)["data"] == []
    assert running["linkedin_account_uuid"] == send(api, "GET", f"{SENDERS}/{sender}")["linkedin_account_uuid"]
    for action, status in (("stop", "stopped"), ("run", "running")):
        send(api, "POST", f"{path}/{action}", None, 204)
        assert send(api, "GET", path)["status"] == status
    send(api, "POST", f"{path}/set-proxy", {"proxy_country_code": "DE"})
    send(api, "POST", f"{path}/share", {"recipients": ["eve@acme.com"]})
    changed = send(api, "PUT", path)
    assert (changed["proxy_country_code"], changed["shared_emails"]) == ("DE", ["eve@acme.com"])
    assert send(api, "POST", BROWSERS, {"sender_profile_uuid": sender}, 201)["id"] == seat["id"] + 1
    send(api, "DELETE", path, None, 204)
    send(api, "GET", path, None, 404)


def test_the_team_and_its_limits(api: httpx.Client) -> None:
    (team,) = send(api, "GET", "/id/api/teams")["data"]
    assert send(api, "GET", f"/id/api/teams/{team['id']}") == team
    send(api, "GET", f"/id/api/teams/{team['id'] + 1}", None, 404)
    room = team["features"]["sender_profiles"]
    path = f"/id/api/teams/{team['id']}/check-limits"
    assert send(api, "POST", path, {"sender_profiles_limit": room}, 200)["yearly"] is None
    new_sender(api)
    refused = send(api, "POST", path, {"sender_profiles_limit": room}, 402)
    assert refused["error"]["reason"] == "payment_required"
    user = send(api, "GET", "/id/api/users/current")
    assert user == send(api, "GET", "/id/api/users/current")
    assert user["id"] == team["user_id"]


def test_api_keys(tmp_path: Path) -> None:
    database = str(tmp_path / "state.sqlite")
    with run_in_thread(database=database) as server:
        made: Any = httpx.post(
            f"{server.url}/id/api/jwt-tokens/create-api-key",
            json={"name": "CI"},
            headers={"authorization": f"Bearer {server.key}"},
        ).json()
    claims = json.loads(base64.urlsafe_b64decode(made["last_token"].split(".")[1] + "=="))
    assert claims == {**claims, "jti": made["jti"], "specific_team_id": made["team_id"]}
    with run_in_thread(database=database) as server:
        for token, status in ((made["last_token"], 200), (made["last_token"][:-1], 401), (made["jti"], 401)):
            headers = {"authorization": f"Bearer {token}"}
            assert httpx.get(f"{server.url}/leads/api/tags", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("resource", "body"),
    [
        ("/flows/api/flows", {"name": "A"}),
        (SENDERS, {"label": "A"}),
        (MAILBOXES, {"sender_name": "A"}),
        ("/flows/api/ai-agents", {"name": "A"}),
        ("/integrations/api/webhooks", {"name": "A"}),
    ],
)
def test_unknown_records(api: httpx.Client, resource: str, body: dict[str, str]) -> None:
    for method in ("GET", "PUT", "DELETE"):
        send(api, method, f"{resource}/{ANY_UUID}", body if method == "PUT" else None, 404)
