"""`with_raw_response`: status, headers and request id beside the answer."""

from __future__ import annotations

import inspect

import anyio
import httpx
import pytest

from grinfi_async import OPERATIONS, BadRequestError, Contact, Grinfi, NotFoundError, Page, RawResponse
from tests.sdk.crm import COMPANY, Crm
from tests.sdk.helpers import Server, answering

pytestmark = pytest.mark.anyio


async def test_an_answer_has_status_headers_and_request_id_beside_it() -> None:
    server = Server(httpx.Response(201, json={"uuid": "l-1", "name": "Ada"}, headers={"X-Request-Id": "r-7"}))
    raw = await server.client().lists.with_raw_response.create(name="Ada")
    assert (raw.status_code, raw.headers["x-request-id"], raw.request_id) == (201, "r-7", "r-7")
    assert raw.parsed.name == "Ada"
    assert raw.http_response.json() == {"uuid": "l-1", "name": "Ada"}
    assert server.body == {"name": "Ada"}
    assert "Ada" in repr(raw)


async def test_an_answer_without_a_body_and_a_request_id() -> None:
    raw = await Server(httpx.Response(204)).client().contacts.with_raw_response.delete("c-1")
    assert (raw.status_code, raw.request_id, raw.parsed) == (204, None, None)


async def test_the_raw_response_of_a_list_is_its_first_page() -> None:
    server = answering({"data": [{"uuid": "c-1"}], "total": 4})
    raw = await server.client().contacts.with_raw_response.search(limit=1)
    assert isinstance(raw.parsed, Page)
    assert (raw.status_code, raw.parsed.total, [row.uuid for row in raw.parsed]) == (200, 4, ["c-1"])
    assert len(server.requests) == 1


async def test_errors_are_raised_unchanged() -> None:
    with pytest.raises(NotFoundError) as caught:
        await answering({}, 404).client().contacts.with_raw_response.get("c-1")
    assert caught.value.status == 404


async def test_the_raw_response_is_of_the_called_operation() -> None:
    crm = Crm()
    crm.answers["PUT", COMPANY] = 202, {"uuid": "o-1"}
    raw = await crm.client().companies.with_raw_response.update("o-1", name="Acme", custom_fields={"region": "EU"})
    assert (raw.status_code, raw.http_response.request.method) == (202, "PUT")
    assert len(crm.writes) == 2


async def test_an_answer_that_a_correction_changes_is_shown_as_it_came() -> None:
    server = Server(httpx.Response(204, headers={"x-request-id": "r-8"}))
    raw = await server.client().automations.with_raw_response.add_new_contact(
        "f-1", lead={"linkedin_id": "ada"}, list_uuid="l-1"
    )
    assert (raw.status_code, raw.request_id, raw.parsed.created) == (204, "r-8", True)


async def test_calls_at_the_same_time_keep_their_own_answers() -> None:
    async def answer(request: httpx.Request) -> httpx.Response:
        number = int(request.url.path.rpartition("/")[2])
        await anyio.sleep(0.001 * (number % 3))
        if number % 5 == 0:
            return httpx.Response(400, json={})
        return httpx.Response(200, json={"uuid": str(number)}, headers={"x-request-id": str(number)})

    contacts = Grinfi("key", transport=httpx.MockTransport(answer), rate_limiter=None).contacts.with_raw_response
    got: dict[int, RawResponse[Contact]] = {}

    async def call(number: int) -> None:
        try:
            got[number] = await contacts.get(str(number))
        except BadRequestError:
            assert number % 5 == 0

    async with anyio.create_task_group() as tasks:
        for number in range(50):
            tasks.start_soon(call, number)
    assert len(got) == 40
    assert all(raw.request_id == raw.parsed.uuid == str(number) for number, raw in got.items())


def test_every_operation_has_it_with_the_same_arguments() -> None:
    grinfi = Server().client()
    for operation in OPERATIONS.values():
        resource = getattr(grinfi, operation.resource)
        raw, plain = getattr(resource.with_raw_response, operation.name), getattr(resource, operation.name)
        assert inspect.signature(raw) == inspect.signature(plain)
        assert inspect.iscoroutinefunction(raw)
        assert raw.__doc__ == plain.__doc__
