"""A team in the middle of its work: two senders, an automation with a connection request and a message, and replies."""

from __future__ import annotations

from typing import Any

from grinfi_async import Grinfi
from tests.bulk.crm import SCHEDULE, new_list, new_tag
from tests.sandbox.outreach import node, version


async def play(grinfi: Grinfi) -> dict[str, str]:
    """Five contacts, four of them in the automation, of whom two answer; the UUIDs by name."""
    senders = [
        (await grinfi.sender_profiles.create(first_name=name, last_name="Roe", assignee_user_id=1)).uuid
        for name in ("Max", "Eva")
    ]
    people, tag = await new_list(grinfi, "People"), await new_tag(grinfi, "warm")
    flow = (await grinfi.automations.create(name="Hello", use_sender_schedule=True, schedule=SCHEDULE)).uuid
    nodes = (
        node(2, "linkedin_send_connection_request", (3, 1), payload={"template": "Hello"}),
        node(3, "linkedin_send_message", (1, 1), payload={"template": "Hi {{first_name}}"}, delay_in_seconds=60),
        node(1, "end"),
    )
    built: Any = version(*nodes, senders=tuple(senders))
    await grinfi.request("POST", f"/flows/api/flows/{flow}/flow-versions", json=built)
    await grinfi.automations.start(flow)
    await grinfi.custom_fields.create(name="budget", object="lead")
    contacts = [
        (
            await grinfi.contacts.upsert(
                lead={"linkedin_id": name.lower(), "first_name": name, "company_name": "Acme"}, list_uuid=people
            )
        ).uuid
        for name in ("Ada", "Bob", "Cleo", "Dan", "Eve")
    ]
    await grinfi.contacts.update(contacts[0], custom_fields={"budget": "high"})
    await grinfi.bulk.tag(tag, ids=contacts[:2], verify="none")
    for contact in contacts[:4]:
        await grinfi.automations.add_contact(flow, contact)
    for seconds in (0, 60, 60, 1):
        await grinfi.request("POST", "/_sandbox/advance", json={"seconds": seconds})
    for contact in contacts[:2]:
        await grinfi.request(
            "POST", "/_sandbox/reply", json={"lead_uuid": contact, "channel": "linkedin", "text": "Yes"}
        )
    await grinfi.request("POST", "/_sandbox/advance", json={"seconds": 5})
    return {"flow": flow, "tag": tag, "list": people, "ada": contacts[0], "bob": contacts[1], "max": senders[0]}
