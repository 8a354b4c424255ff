"""The service of docs/recipes/reply-to-slack.md: a contact's reply reaches it over sockets, and is sent to Slack."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn

from grinfi_async import Grinfi
from grinfi_async.webhooks import WantedWebhook, ensure_webhooks
from tests.recipes.conftest import Stage


@contextmanager
def serving(app: Any) -> Generator[str]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, ws="none", loop="asyncio"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        for _ in range(500):
            if server.started:
                break
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)


def test_reply_to_slack(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRINFI_WEBHOOK_SECRET", "s3cret")
    monkeypatch.setenv("SLACK_WEBHOOK_URL", stage.service.url)
    stage.run("reply-to-slack", run_name="service")
    with serving(stage.names["app"]) as url:

        async def reply(grinfi: Grinfi) -> None:
            wanted = WantedWebhook(
                target_url=f"{url}/grinfi/s3cret", events=["contact_replied_linkedin_message", "contact_replied_email"]
            )
            await ensure_webhooks(grinfi, [wanted])
            list_uuid = (await grinfi.lists.create(name="All")).uuid
            ada = await grinfi.contacts.upsert(lead={"linkedin_id": "ada", "first_name": "Ada"}, list_uuid=list_uuid)
            sender = await grinfi.sender_profiles.create(first_name="Max", last_name="Roe", assignee_user_id=1)
            await grinfi.linkedin_messages.send(sender_profile_uuid=sender.uuid, lead_uuid=ada.uuid, text="Hello")
            await grinfi.request("POST", "/_sandbox/advance", json={"seconds": 0})
            said = {"lead_uuid": ada.uuid, "channel": "linkedin", "text": "Is <this> for R&D?"}
            await grinfi.request("POST", "/_sandbox/reply", json=said)

        stage.do(reply)
        router = stage.names["router"]
        for _ in range(500):
            if router.statistics().accepted:
                break
            time.sleep(0.01)
    # The service finishes what it has accepted before it ends.
    assert stage.service.received == [{"text": "Ada: Is &lt;this&gt; for R&amp;D?"}]
    assert router.statistics().handled == 1
