"""Webhooks of the server are changed to the wanted ones, and the sandbox's deliveries reach an application."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from typing import Any

import anyio
import httpx
import pytest
from starlette.applications import Starlette

from grinfi_async import Grinfi, GrinfiError, ServerError
from grinfi_async.webhooks import WantedWebhook, WebhookEvent, WebhookRouter, ensure_webhooks
from grinfi_sandbox import Sandbox

pytestmark = pytest.mark.anyio
OURS = "https://you.test/grinfi"
RULE = {"jsonLogic": {"==": [{"var": "linkedin"}, "ada"]}}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=["published", "observed"])
async def sandbox(request: pytest.FixtureRequest) -> AsyncGenerator[Sandbox]:
    async with Sandbox(sockets=False, behaviour=request.param) as sandbox:
        yield sandbox


@pytest.fixture
def grinfi(sandbox: Sandbox) -> Grinfi:
    return Grinfi(sandbox.key, base_url=sandbox.url, transport=sandbox.transport, rate_limiter=None)


async def shown(grinfi: Grinfi) -> set[tuple[str | None, str | None]]:
    return {(each.target_url, each.event) async for each in grinfi.webhooks.list()}


async def test_set_variables_become_their_values(sandbox: Sandbox, grinfi: Grinfi) -> None:
    others = [
        f"{OURS}-of-others",
        "https://you.test.evil/grinfi/x",
        "http://you.test/grinfi/x",
        "https://zapier.test/1",
    ]
    for url in others:
        await grinfi.webhooks.create(name="Z", event="contact_created", target_url=url)
    await grinfi.webhooks.create(name="old", event="contact_replied_email", target_url=f"{OURS}/old-secret")
    await grinfi.webhooks.create(name="gone", event="contact_deleted", target_url=f"{OURS}/new-secret")
    for _ in range(2):  # one too many
        await grinfi.webhooks.create(name="email_bounced", event="email_bounced", target_url=f"{OURS}/new-secret")
    wanted = [
        WantedWebhook(target_url=f"{OURS}/new-secret", events=["contact_replied_email", "email_bounced"]),
        WantedWebhook(target_url=f"{OURS}/new-secret", events=["contact_created"], filters=RULE, name="Ada"),
    ]
    before, spent = await shown(grinfi), len(sandbox.requests)
    plan = await ensure_webhooks(grinfi, wanted, under=OURS, dry_run=True)
    assert len(sandbox.requests) == spent + 1
    assert await shown(grinfi) == before
    lines = sorted(line.split()[0] for line in str(plan).splitlines())
    assert lines == ["create", "keep", "remove", "remove", "update"]
    assert "secret" not in str(plan)
    spent = len(sandbox.requests)
    done = await ensure_webhooks(grinfi, wanted, under=OURS)
    assert len(sandbox.requests) == spent + 1 + 4 + 1
    assert str(done) == str(plan)
    assert done.unseen == []
    assert await shown(grinfi) == {(url, "contact_created") for url in [*others, f"{OURS}/new-secret"]} | {
        (f"{OURS}/new-secret", event) for event in ("contact_replied_email", "email_bounced")
    }
    spent = len(sandbox.requests)
    again = await ensure_webhooks(grinfi, wanted, under=OURS)
    assert not again
    assert len(again.kept) == 3
    assert len(sandbox.requests) == spent + 1
    await ensure_webhooks(grinfi, [], under=f"{OURS}/")
    assert await shown(grinfi) == {(url, "contact_created") for url in others}


async def test_without_a_prefix_only_wanted_urls_are_touched(grinfi: Grinfi) -> None:
    await grinfi.webhooks.create(name="A", event="contact_created", target_url=f"{OURS}/a")
    await grinfi.webhooks.create(name="B", event="contact_created", target_url=f"{OURS}/b")
    wanted = WantedWebhook(target_url=f"{OURS}/b", events=["contact_deleted"], on=False)
    done = await ensure_webhooks(grinfi, [wanted])
    assert (len(done.created), len(done.updated), len(done.removed)) == (1, 0, 1)
    assert await shown(grinfi) == {(f"{OURS}/a", "contact_created"), (f"{OURS}/b", "contact_deleted")}
    done = await ensure_webhooks(grinfi, [WantedWebhook(target_url=f"{OURS}/b", events=["contact_deleted"])])
    assert [fields for _, fields in done.updated] == [{"status": "on"}]
    for under in ("you.test", "https://you.test/grin"):
        with pytest.raises(ValueError, match=r"expected a URL|is not below"):
            await ensure_webhooks(grinfi, [wanted], under=under)


async def test_a_server_that_shows_webhooks_differently(grinfi: Grinfi) -> None:
    """Null for a default, more within filters, `[]` for none; a list that is cut; a write that has no effect."""
    rows: list[dict[str, Any]] = [
        {"uuid": "1", "event": "contact_created", "name": "contact_created", "target_url": OURS, "status": "on"},
        {"uuid": "2", "event": "contact_deleted", "name": "contact_deleted", "target_url": OURS, "filters": []},
        {
            "uuid": "3",
            "event": "contact_updated",
            "name": "Ada",
            "target_url": OURS,
            "request_method": "POST",
            "filters": {**RULE, "elasticQuery": {"match_all": {}}},
        },
    ]
    more: dict[str, Any] = {}
    written: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method != "GET":
            written.append(request.method)
            return httpx.Response(500 if "fails" in more else 200, json=rows[0])
        return httpx.Response(200, json={"data": rows, **more})

    server = Grinfi("key-1234567890", transport=httpx.MockTransport(answer), rate_limiter=None)
    wanted = [
        WantedWebhook(target_url=OURS, events=["contact_created", "contact_deleted"]),
        WantedWebhook(target_url=OURS, events=["contact_updated"], filters=RULE, name="Ada"),
    ]
    assert not await ensure_webhooks(server, wanted, under=OURS)
    done = await ensure_webhooks(server, [*wanted, WantedWebhook(target_url=OURS, events=["email_bounced"])])
    assert done.unseen == [f"create  email_bounced  {OURS}"]
    assert written == ["POST"]
    more["fails"] = True
    with pytest.raises(ServerError) as failed:
        await ensure_webhooks(server, [], under=OURS)
    assert failed.value.__notes__ == ["ensure_webhooks had done: no webhooks."]
    del more["fails"]
    for cut in ({"has_more": True}, {"total": 21}):
        more |= cut
        with pytest.raises(GrinfiError, match="shows only 3 of its webhooks"):
            await ensure_webhooks(server, [], under=OURS)


@pytest.mark.parametrize("says", ["total", "has_more"])
async def test_more_webhooks_than_the_server_shows_at_once(grinfi: Grinfi, says: str) -> None:
    for number in range(25):
        await grinfi.webhooks.create(name="Z", event="contact_created", target_url=f"{OURS}/{number}")
    assert len((await ensure_webhooks(grinfi, [], under=OURS)).removed) == 25
    rows = [{"uuid": str(number), "event": "contact_created", "target_url": f"{OURS}/{number}"} for number in range(25)]

    def answer(request: httpx.Request) -> httpx.Response:
        start = int(request.url.params.get("offset", 0))
        part = rows[start : start + 10]
        told = {"total": 25} if says == "total" else {"has_more": start + 10 < 25}
        return httpx.Response(200, json={"data": part, **told})

    server = Grinfi("key-1234567890", transport=httpx.MockTransport(answer), rate_limiter=None)
    plan = await ensure_webhooks(server, [], under=OURS, dry_run=True)
    assert len(plan.removed) == 25


@pytest.mark.parametrize("behaviour", ["published", "observed"])
@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_the_sandbox_delivers_to_an_application(behaviour: Any) -> None:
    router, came = WebhookRouter(secret="s3cret", dead_letters=None), list[WebhookEvent]()

    @router.on("contact_created", "contact_deleted")
    async def keep(event: WebhookEvent) -> None:
        came.append(event)

    app = Starlette(lifespan=router.lifespan)
    app.mount("/grinfi", router)
    async with (
        app.router.lifespan_context(app),
        Sandbox(sockets=False, webhook_app=app, behaviour=behaviour) as sandbox,
        Grinfi(sandbox.key, base_url=sandbox.url, transport=sandbox.transport, rate_limiter=None) as grinfi,
    ):
        url = f"{OURS}/s3cret"
        await ensure_webhooks(grinfi, [WantedWebhook(target_url=url, events=["contact_created", "contact_deleted"])])
        list_uuid = (await grinfi.lists.create(name="All")).uuid
        ada = await grinfi.contacts.upsert(lead={"linkedin_id": "ada", "first_name": "Ada"}, list_uuid=list_uuid)
        await grinfi.contacts.delete(ada.uuid)
        assert [(each["event"], each["status"]) for each in sandbox.deliveries] == [
            ("contact_created", 200),
            ("contact_deleted", 200),
        ]
        hook = (await grinfi.webhooks.list()).data[0]
        test = await grinfi.webhooks.test(uuid=hook.uuid, event="email_bounced", request_method="POST", target_url=url)
        assert test["status"] == 200
        with anyio.fail_after(30):
            while router.statistics().waiting:
                await anyio.sleep(0.001)
    assert sorted(str(each.name) for each in came) == ["contact_created", "contact_deleted"]
    assert {each.contact_uuid for each in came} == {ada.uuid}
    assert came[0].contact is not None
    assert came[0].contact.first_name == "Ada"
    assert json.dumps(came[0].body)


async def test_an_application_that_fails_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise LookupError("boom")

    async with (
        Sandbox(sockets=False, webhook_app=app) as sandbox,
        Grinfi(sandbox.key, base_url=sandbox.url, transport=sandbox.transport, rate_limiter=None) as grinfi,
    ):
        await ensure_webhooks(grinfi, [WantedWebhook(target_url=OURS, events=["contact_created"])])
        list_uuid = (await grinfi.lists.create(name="All")).uuid
        await grinfi.contacts.upsert(lead={"linkedin_id": "ada"}, list_uuid=list_uuid)
        assert [(each["status"], each["error"]) for each in sandbox.deliveries] == [(500, "LookupError: boom")]
    assert "boom" in caplog.text
    with pytest.raises(ValueError, match="webhook_app needs sockets=False"):
        Sandbox(webhook_app=app)
