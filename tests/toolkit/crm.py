"""A team whose contacts write: over LinkedIn and by email, to two senders."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal
from uuid import uuid4

import httpx

from grinfi_async import Contact, Grinfi, SenderProfile
from grinfi_sandbox import Sandbox
from tests.bulk.crm import new_list


class IgnoringTransport(httpx.AsyncBaseTransport):
    """Changes requests and answers, as if the server behaved differently.

    Attributes:
        keys: Keys of filters that it ignores.
        finds_lists: Whether it supports several values of a filter.
        edit: Called with each row of a list before it is answered.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner
        self.keys: set[str] = set()
        self.finds_lists = True
        self.edit: Callable[[dict[str, Any]], object] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        ignored = tuple(f"filter[{key}]" for key in self.keys)
        kept = [(name, it) for name, it in request.url.params.multi_items() if not name.startswith(ignored or "?")]
        if not self.finds_lists:
            kept = [(name, str(uuid4()) if name.endswith("[]") else it) for name, it in kept]
        request.url = request.url.copy_with(params=kept) if kept else request.url
        answer = await self.inner.handle_async_request(request)
        if self.edit is None or request.method != "GET":
            return answer
        content = json.loads(await answer.aread())
        for row in content.get("data", []):
            self.edit(row)
        return httpx.Response(answer.status_code, json=content)


@dataclass
class Team:
    """People in a sandbox of a behaviour."""

    grinfi: Grinfi
    behaviour: str = "observed"
    list_uuid: str = ""

    async def sender(self, first_name: str = "Max") -> SenderProfile:
        return await self.grinfi.sender_profiles.create(first_name=first_name, last_name="Roe", assignee_user_id=1)

    async def contact(self, handle: str) -> Contact:
        self.list_uuid = self.list_uuid or await new_list(self.grinfi)
        lead = {"linkedin_id": handle, "first_name": handle.title(), "last_name": "Byron"}
        found = await self.grinfi.contacts.upsert(lead=lead, list_uuid=self.list_uuid)
        return await self.grinfi.contacts.update(found.uuid, personal_email=f"{handle}@acme.test")

    async def write(self, sender: str | None, contact: str, text: str = "Hello") -> None:
        await self.grinfi.linkedin_messages.send(sender_profile_uuid=str(sender), lead_uuid=contact, text=text)
        await self.advance()

    async def email(self, sender: SenderProfile, contact: Contact, subject: str = "Hello") -> None:
        """As the sandbox's behaviour wants it."""
        mailboxes = [it async for it in self.grinfi.mailboxes.list() if it.sender_profile_uuid == sender.uuid]
        address = f"{sender.first_name}@roe.test".lower()
        mailbox = (
            mailboxes[0]
            if mailboxes
            else await self.grinfi.mailboxes.create(email=address, sender_name="Max", sender_profile_uuid=sender.uuid)
        )
        body: dict[str, Any] = {"subject": subject, "body": "<p>Hi</p>"}
        to = f"{contact.linkedin}@acme.test"
        if self.behaviour == "observed":
            await self.grinfi.emails.send(mailbox_uuid=mailbox.uuid, to=[{"to_email": to, "to_name": "A"}], **body)
        else:
            await self.grinfi.emails.send(
                sender_profile_uuid=sender.uuid, lead_uuid=contact.uuid, from_name="Max", from_email=address,
                to_name="A", to_email=to, **body,
            )  # fmt: skip

    async def advance(self) -> None:
        await self.grinfi.request("POST", "/_sandbox/advance", json={"seconds": 0})

    async def says(self, contact: str, text: str, channel: str = "linkedin") -> None:
        body = {"lead_uuid": contact, "channel": channel, "text": text}
        await self.grinfi.request("POST", "/_sandbox/reply", json=body)


@dataclass(kw_only=True)
class Crm(Team):
    """The same, with the sandbox."""

    sandbox: Sandbox
    ignoring: IgnoringTransport


@asynccontextmanager
async def team(behaviour: Literal["published", "observed"] = "observed") -> AsyncGenerator[Crm]:
    async with Sandbox(sockets=False, behaviour=behaviour) as sandbox:
        assert sandbox.transport is not None
        transport = IgnoringTransport(sandbox.transport)
        async with Grinfi(sandbox.key, base_url=sandbox.url, transport=transport, rate_limiter=None) as grinfi:
            yield Crm(grinfi, behaviour, sandbox=sandbox, ignoring=transport)
