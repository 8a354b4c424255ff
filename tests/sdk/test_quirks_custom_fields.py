"""Custom fields: names are checked, the limit is explained, and all users of the names see changes."""

from __future__ import annotations

from functools import partial
from typing import Any

import anyio
import pytest

from grinfi_async import Grinfi, InvalidArgumentError, NewContactDict, ServerError, UnprocessableEntityError
from tests.sdk.crm import BEHAVIOURS, FIELDS, KNOWN, VALUES, Crm
from tests.sdk.helpers import assert_refused

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("Industry Vertical", "for example 'Industry_Vertical'"),
        ("2nd", "must not begin with a digit; got"),
        ("größe", "letters A-Z"),
        ("size\n", "for example 'size'"),
        ("", "letters A-Z"),
    ],
)
async def test_a_name_that_the_server_rejects_is_an_error(name: str, match: str) -> None:
    await assert_refused("name", lambda it: it.custom_fields.create(name=name, object="lead"), match=match)
    await assert_refused("name", lambda it: it.custom_fields.update("f-1", name=name), match=match)


async def test_names_that_are_sent() -> None:
    crm = Crm()
    grinfi = crm.client()
    await grinfi.custom_fields.create(name="_Size2", object="lead", order=3)
    await grinfi.custom_fields.update("f-1", order=2)
    await grinfi.custom_fields.update("f-1", name="size")
    assert [body for _, _, body in crm.writes] == [
        {"name": "_Size2", "object": "lead", "order": 3},
        {"order": 2},
        {"name": "size"},
    ]


async def test_changes_are_known_to_updates_by_name() -> None:
    crm = Crm()
    grinfi = crm.client()

    async def written_field(name: str) -> str:
        await grinfi.contacts.update("c-1", custom_fields={name: "x"})
        field: str = crm.writes[-1][2]["custom_field_uuid"]
        return field

    assert await written_field("size") == "f-size"
    crm.fields = [{"uuid": "f-2", "name": "size", "object": "lead"}]
    await grinfi.custom_fields.delete("f-size")
    assert await written_field("size") == "f-2"
    crm.fields = [
        {"uuid": "f-2", "name": "length", "object": "lead"},
        {"uuid": "f-3", "name": "size", "object": "lead"},
    ]
    await grinfi.custom_fields.update("f-2", name="length")
    assert await written_field("size") == "f-3"
    crm.fields = [{"uuid": "f-4", "name": "size", "object": "lead"}]
    await grinfi.custom_fields.create(name="size", object="lead")
    assert await written_field("size") == "f-4"


async def test_a_change_during_a_lookup_of_names_affects_no_other_call() -> None:
    for delay in range(40):
        crm = Crm()
        grinfi = crm.client()
        await grinfi.contacts.update("c-1", custom_fields={"size": "5"})
        crm.fields = [*KNOWN, {"uuid": "f-new", "name": "new", "object": "lead"}]

        async def write(grinfi: Grinfi = grinfi, delay: int = delay) -> None:
            for _ in range(delay):
                await anyio.sleep(0)
            await grinfi.contacts.update("c-1", custom_fields={"new": "5"})

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(partial(grinfi.custom_fields.update, "f-new", order=1))
            tasks.start_soon(write)
        assert [body["custom_field_uuid"] for _, path, body in crm.writes if path == VALUES] == ["f-size", "f-new"]


@pytest.mark.parametrize(("status", "error"), [(422, UnprocessableEntityError), (500, ServerError)])
async def test_the_limit_is_explained(status: int, error: type[UnprocessableEntityError | ServerError]) -> None:
    full: list[Any] = [{"uuid": f"f-{number}", "name": f"n{number}", "object": "lead"} for number in range(100)]
    crm = Crm(full)
    crm.answers = {("POST", FIELDS): (status, {"message": "Bad."})}
    with pytest.raises(error, match="Contacts have 100 custom fields, the largest number") as caught:
        await crm.client().custom_fields.create(name="size", object="lead")
    assert caught.value.status == status
    with pytest.raises(error) as other:
        await crm.client().custom_fields.create(name="size", object="company")
    assert other.value.hint is None


async def test_a_refusal_for_another_reason_is_unchanged() -> None:
    crm = Crm()
    crm.answers = {("POST", FIELDS): (422, {"message": "Bad."})}
    with pytest.raises(UnprocessableEntityError) as caught:
        await crm.client().custom_fields.create(name="size", object="lead")
    assert caught.value.hint is None


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
async def test_custom_fields_of_the_sandbox(grinfi: Grinfi, behaviour: str) -> None:
    for number in range(100):
        await grinfi.custom_fields.create(name=f"field_{number}", object="company")
    with pytest.raises(UnprocessableEntityError, match="Companies have 100 custom fields, the largest number"):
        await grinfi.custom_fields.create(name="one_more", object="company")
    uuid = (await grinfi.companies.create(companies=[{"name": "Acme"}]))[0].uuid
    assert uuid is not None
    await grinfi.companies.update(uuid, custom_fields={"field_0": "a", "field_99": "b"})
    found = await grinfi.companies.search(filter={"custom_fields.field_99": "b"})
    assert [row.uuid for row in found] == [uuid]


async def test_a_new_contact_of_an_automation_takes_custom_fields_by_name_or_uuid() -> None:
    crm = Crm()
    automations = crm.client().automations
    lead: NewContactDict = {"linkedin_id": "ada"}
    with pytest.raises(InvalidArgumentError, match="did you mean 'Industry'"):
        await automations.add_new_contact("flow", lead=lead, list_uuid="l", custom_fields={"Industri": "SaaS"})
    assert crm.writes == []
    await automations.add_new_contact("flow", lead=lead, list_uuid="l", custom_fields={"Industry": "SaaS", "f-size": 3})
    assert [body["custom_fields"] for _, _, body in crm.writes] == [{"Industry": "SaaS", "size": 3}]
