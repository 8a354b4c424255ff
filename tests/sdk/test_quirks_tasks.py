"""Tasks: refusals of actions that work only on manual tasks say so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from grinfi_async import APIStatusError, FlowBuilder, Grinfi, UnprocessableEntityError
from tests.sdk.helpers import UUID, answering

pytestmark = pytest.mark.anyio

CALLS: list[Callable[[Grinfi, str], Any]] = [
    lambda it, uuid: it.tasks.complete(uuid),
    lambda it, uuid: it.tasks.cancel(uuid),
    lambda it, uuid: it.tasks.fail(uuid),
    lambda it, uuid: it.tasks.mass_complete(uuids=[uuid]),
    lambda it, uuid: it.tasks.mass_cancel(uuids=[uuid]),
    lambda it, uuid: it.tasks.mass_retry(uuids=[uuid]),
    lambda it, uuid: it.tasks.mass_skip(uuids=[uuid]),
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("status", [400, 403, 409, 422])
async def test_a_refusal_says_why(call: Callable[[Grinfi, str], Any], status: int) -> None:
    server = answering({"message": "Refused"}, status)
    with pytest.raises(APIStatusError, match=r"answered .* Refused.*manual tasks only") as caught:
        await call(server.client(), UUID)
    assert caught.value.hint is not None


async def test_other_failures_and_calls_get_no_hint() -> None:
    for status in (401, 404, 500):
        with pytest.raises(APIStatusError) as caught:
            await answering({}, status).client().tasks.complete(UUID)
        assert "manual" not in (caught.value.hint or "")
    with pytest.raises(UnprocessableEntityError) as refused:
        await answering({}, 422).client().tasks.continue_automation(lead_uuid=UUID)
    assert refused.value.hint is None


async def test_the_sandbox_refuses_a_task_of_an_automation(grinfi: Grinfi) -> None:
    people = await grinfi.lists.create(name="People")
    sender = await grinfi.sender_profiles.create(first_name="Max", last_name="Roe", assignee_user_id=1)
    flow = await grinfi.automations.create(
        name="Hello", use_sender_schedule=True, schedule={"timezone": "UTC", "timeblocks": []}
    )
    assert people.uuid
    assert sender.uuid
    assert flow.uuid
    lead = await grinfi.contacts.upsert(lead={"linkedin_id": "ada"}, list_uuid=people.uuid)
    assert lead.uuid
    tree = FlowBuilder(sender_profiles=[sender.uuid]).add("linkedin_visit_profile", delay=dt.timedelta(days=1))
    await grinfi.flow_versions.create(flow.uuid, **tree.build())
    await grinfi.automations.start(flow.uuid)
    await grinfi.automations.add_contact(flow.uuid, lead.uuid)
    task = (await grinfi.tasks.list()).data[0]

    assert task.uuid
    with pytest.raises(UnprocessableEntityError, match="manual tasks only"):
        await grinfi.tasks.complete(task.uuid)
