"""Programs as users write them: checkers find nothing in them."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict

from grinfi_async import Contact, F, Grinfi, NewContactDict, NotFoundError, Task, ago


async def import_people(grinfi: Grinfi, people: list[NewContactDict]) -> list[str]:
    everyone = await grinfi.lists.create(name="Everyone")
    tag = await grinfi.tags.create(name="Imported")
    made: list[str] = []
    for person in people:
        contact = await grinfi.contacts.upsert(lead=person, list_uuid=everyone.uuid)
        await grinfi.contacts.update(contact.uuid, position="CTO")
        made.append(contact.uuid)
    await grinfi.bulk.tag(tag.uuid, ids=made)
    return made


async def newest_first(grinfi: Grinfi) -> list[Contact]:
    contacts = await grinfi.contacts.search(filter=F.email_status == "ok").collect()
    return sorted(contacts, key=lambda contact: contact.created_at, reverse=True)


async def contacts_of_this_week(grinfi: Grinfi, now: dt.datetime) -> list[str]:
    found = grinfi.contacts.search(filter=F.created_at >= ago(days=7))
    return [f"{contact.name}: {now - contact.created_at}" async for contact in found]


async def tag_by_name(grinfi: Grinfi, name: str) -> str:
    tags = {tag.name: tag.uuid async for tag in grinfi.tags.list()}
    return tags[name] if name in tags else (await grinfi.tags.create(name=name)).uuid


async def failed_tasks(grinfi: Grinfi) -> dict[str, list[Task]]:
    by_contact: dict[str, list[Task]] = defaultdict(list)
    async for task in grinfi.tasks.list(filter={"status": ["failed"]}):
        by_contact[task.lead_uuid].append(task)
    for uuid in by_contact:
        print((await grinfi.contacts.get(uuid)).work_email)
    return by_contact


async def note_on_the_first(grinfi: Grinfi, email: str) -> None:
    contact = await grinfi.contacts.search(filter=F.work_email == email).first()
    if contact is not None:
        await grinfi.notes.create(object="lead", object_uuid=contact.uuid, note="Called")
    only = await grinfi.contacts.search(filter=F.work_email == email).one()
    await grinfi.contacts.delete(only.uuid)


async def start_an_automation(grinfi: Grinfi, name: str, contacts: list[Contact]) -> None:
    flow = await grinfi.automations.create(
        name=name, use_sender_schedule=True, schedule={"timezone": "UTC", "timeblocks": []}
    )
    await grinfi.automations.start(flow.uuid)
    for contact in contacts:
        await grinfi.automations.add_contact(flow.uuid, contact.uuid)


async def messages_per_day(grinfi: Grinfi) -> Counter[dt.date]:
    days: Counter[dt.date] = Counter()
    async for message in grinfi.linkedin_messages.list():
        days[message.created_at.date()] += 1
    return days


async def lists_and_their_contacts(grinfi: Grinfi) -> dict[str, int]:
    names = {row.uuid: row.name or row.uuid async for row in grinfi.lists.list()}
    counts: Counter[str] = Counter()
    async for contact in grinfi.contacts.search():
        counts[names[contact.list_uuid]] += 1
    return dict(counts)


async def is_there(grinfi: Grinfi, uuid: str) -> bool:
    try:
        return (await grinfi.companies.get(uuid)).uuid == uuid
    except NotFoundError:
        return False
