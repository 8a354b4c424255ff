"""A campaign that has run."""

from __future__ import annotations

from typing import Final

from grinfi_async import FlowBuilder, Grinfi
from tests.bulk.crm import SCHEDULE, new_list

REQUEST: Final = "linkedin_send_connection_request"
MESSAGE: Final = "linkedin_send_message"


async def campaign(grinfi: Grinfi) -> tuple[str, list[str]]:
    """A request and a message to four contacts, of whom three accept and one answers."""
    sender = await grinfi.sender_profiles.create(first_name="Max", last_name="Roe", assignee_user_id=1)
    flow = await grinfi.automations.create(name="DACH", use_sender_schedule=True, schedule=SCHEDULE)
    tree = FlowBuilder(sender_profiles=[sender.uuid]).add(REQUEST, template="Hi").add(MESSAGE, template="Hello")
    await grinfi.flow_versions.create(flow.uuid, **tree.build())
    list_uuid = await new_list(grinfi)
    people = [
        (await grinfi.contacts.upsert(lead={"linkedin_id": f"a-{n}"}, list_uuid=list_uuid)).uuid for n in range(4)
    ]
    await grinfi.automations.start(flow.uuid)
    for uuid in people:
        await grinfi.automations.add_contact(flow.uuid, uuid)
    await advance(grinfi, 60)
    for uuid in people[:3]:
        await grinfi.request("POST", "/_sandbox/reply", json={"lead_uuid": uuid, "channel": "linkedin"})
        await grinfi.activities.create(
            object_uuid=uuid, object_type="lead", type="linkedin_connection_request_accepted", payload={}
        )
    await advance(grinfi, 3600)
    answer = {"lead_uuid": people[0], "channel": "linkedin", "text": "Tell me more"}
    await grinfi.request("POST", "/_sandbox/reply", json=answer)
    return flow.uuid, people


async def advance(grinfi: Grinfi, seconds: float) -> None:
    await grinfi.request("POST", "/_sandbox/advance", json={"seconds": seconds})
