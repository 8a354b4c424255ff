"""A team to import into, and the parts of it that tests read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import anyio

from grinfi_async import Contact, Grinfi, ScheduleDict
from grinfi_sandbox import Sandbox
from grinfi_sandbox.store import JOB_DELAY


def text(uuid: str | None) -> str:
    assert uuid is not None
    return uuid


async def new_list(grinfi: Grinfi, name: str = "Prospects") -> str:
    return text((await grinfi.lists.create(name=name)).uuid)


async def new_tag(grinfi: Grinfi, name: str = "imported") -> str:
    return text((await grinfi.tags.create(name=name)).uuid)


async def new_automation(grinfi: Grinfi) -> str:
    return text((await grinfi.automations.create(name="Hello", use_sender_schedule=True, schedule=SCHEDULE)).uuid)


SCHEDULE: ScheduleDict = {"timezone": "UTC", "timeblocks": []}


async def contacts(grinfi: Grinfi) -> list[Contact]:
    """All contacts, by their handles."""
    found = [contact async for contact in grinfi.contacts.search(limit=100)]
    return sorted(found, key=lambda contact: contact.linkedin or "")


async def handles(grinfi: Grinfi) -> list[str]:
    return [contact.linkedin or "" for contact in await contacts(grinfi)]


async def tagged(grinfi: Grinfi, tag: str) -> list[str]:
    """The handles of the contacts that have a tag, when the server has done its work."""
    await anyio.sleep(JOB_DELAY)
    found = grinfi.contacts.search(filter={"tags": [tag]}, limit=100)
    return sorted([contact.linkedin or "" async for contact in found])


async def added(grinfi: Grinfi, flow: str) -> Counter[str]:
    """How often each contact is in the automation, by handle."""
    names = {text(contact.uuid): contact.linkedin or "" for contact in await contacts(grinfi)}
    rows = grinfi.automations.list_contacts(filter={"flow_uuid": [flow]}, limit=100)
    return Counter([names[str(row["lead_uuid"])] async for row in rows])


def sent(sandbox: Sandbox, operation: str) -> int:
    """How many requests of an operation the server has got."""
    return sum(entry["operation_id"] == operation for entry in sandbox.requests)


def writes(sandbox: Sandbox) -> Sequence[str]:
    """The operations that were called, except those that only read."""
    reading = ("get", "list", "search", "count", "find")
    return [entry["operation_id"] for entry in sandbox.requests if not entry["operation_id"].startswith(reading)]
