"""Requests as programs send them to the live API, made by calls of the SDK: method, path, query and body."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any

import httpx
import pytest
import trio
import trio.testing

from grinfi_async import OPERATIONS, Grinfi, InvalidArgumentError, MassActionError, NotFoundError
from tests.sdk.helpers import UUID, Server, answering, assert_refused, raw_query

pytestmark = pytest.mark.anyio

PEOPLE = [{"linkedin_id": "ada-byron", "first_name": "Ada"}, {"linkedin_id": "bo-ek", "first_name": "Bo"}]
JOB = f"/leads/api/mass-actions/{UUID}"

REQUESTS: dict[str, tuple[Callable[[Grinfi], Awaitable[Any]], str, list[tuple[str, str]], Any]] = {
    "contacts.create_many": (
        lambda it: it.contacts.create_many(list_uuid="l", leads=PEOPLE),
        "POST /leads/api/leads",
        [],
        {"list_uuid": "l", "leads": PEOPLE},
    ),
    "contacts.mass_actions": (lambda it: it.contacts.mass_actions(), "GET /leads/api/mass-actions", [], None),
    "contacts.mass_action_status": (lambda it: it.contacts.mass_action_status(UUID), f"GET {JOB}", [], None),
    "contacts.cancel_mass_action": (lambda it: it.contacts.cancel_mass_action(UUID), f"DELETE {JOB}", [], None),
    "tasks.retry": (lambda it: it.tasks.retry(UUID), f"PUT /flows/api/tasks/{UUID}/retry", [], None),
    "tasks.skip": (lambda it: it.tasks.skip(UUID), f"PUT /flows/api/tasks/{UUID}/skip", [], None),
}


@pytest.mark.parametrize("name", REQUESTS)
async def test_a_call_sends_what_programs_send(name: str) -> None:
    call, route, query, body = REQUESTS[name]
    server = answering({"data": []})
    await call(server.client())
    request = server.request
    assert f"{request.method} {request.url.path}" == route
    assert raw_query(request) == query
    assert (json.loads(request.content) if request.content else None) == body


# Operations that are not in the published description


@pytest.mark.parametrize("name", ["createLeads", "getLeadsMassAction", "retryTask", "skipTask"])
def test_an_operation_known_from_elsewhere_says_so(name: str) -> None:
    operation = OPERATIONS[name]
    method = getattr(getattr(Grinfi("k"), operation.resource), operation.name)
    assert "This operation is not in the published description. The evidence for it: " in " ".join(
        method.__doc__.split()
    )


def test_what_may_be_repeated_of_them() -> None:
    kinds = {name: OPERATIONS[name].retry for name in ("createLeads", "retryTask", "skipTask", "cancelLeadsMassAction")}
    assert kinds == {
        "createLeads": "write",
        "retryTask": "write",
        "skipTask": "idempotent",
        "cancelLeadsMassAction": "idempotent",
    }


@pytest.mark.parametrize("wrapped", [False, True])
async def test_created_contacts_are_read(wrapped: bool) -> None:
    rows: list[Any] = [{"uuid": "a", "name": "Ada"}, {"lead": {"uuid": "b"}, "markers": []}]
    created = (
        await answering({"data": rows} if wrapped else rows).client().contacts.create_many(list_uuid="l", leads=PEOPLE)
    )
    assert [it.uuid for it in created] == ["a", "b"]


async def test_nobody_is_created_without_saying_who() -> None:
    await assert_refused("leads", lambda it: it.contacts.create_many(list_uuid="l", leads=[]))


# The end of a mass action


def in_virtual_time(job: Callable[[], Awaitable[None]]) -> None:
    trio.run(job, clock=trio.testing.MockClock(autojump_threshold=0))


def state(**fields: Any) -> httpx.Response:
    return httpx.Response(200, json=fields)


@pytest.mark.parametrize(
    "last", [{"status": "completed"}, {"status": "DONE"}, {"state": "finished"}, {"data": {"status": "closed"}}]
)
def test_a_mass_action_is_waited_for(last: Any) -> None:
    async def job() -> None:
        start = trio.current_time()
        # States that nobody has published, and none at all, are no end.
        server = Server(state(status="queued"), state(progress=50), state(status=3), state(**last))
        found = await server.client().contacts.wait_for_mass_action(UUID)
        assert found == last.get("data", last)
        assert [request.url.path for request in server.requests] == [JOB] * 4
        assert trio.current_time() - start == pytest.approx(1 + 1.5 + 2.25)

    in_virtual_time(job)


async def test_a_mass_action_that_is_gone_has_ended_only_if_it_was_there() -> None:
    gone = httpx.Response(404, json={})
    found = await Server(state(status="x"), gone).client().contacts.wait_for_mass_action(UUID, first_wait=0.001)
    assert found == {"status": "x"}
    with pytest.raises(NotFoundError):
        await Server(gone).client().contacts.wait_for_mass_action(UUID, first_wait=0.001)


@pytest.mark.parametrize("status", ["failed", "canceled", "error"])
async def test_a_mass_action_that_failed_is_an_error(status: str) -> None:
    with pytest.raises(MassActionError, match=rf"mass action {UUID}: its status is {status}") as caught:
        await answering({"status": status, "message": "No leads"}).client().contacts.wait_for_mass_action(UUID)
    assert caught.value.state == {"status": status, "message": "No leads"}


def test_waiting_for_a_mass_action_has_a_bound() -> None:
    times: list[float] = []

    def running(_: httpx.Request) -> httpx.Response:
        times.append(trio.current_time())
        return state(status="running")

    async def job() -> None:
        start = trio.current_time()
        with pytest.raises(MassActionError, match=r"timeout=300 s.*'running'"):
            await Server(running).client().contacts.wait_for_mass_action(UUID, timeout=300)
        assert trio.current_time() - start == pytest.approx(300)

    in_virtual_time(job)
    assert max(later - earlier for earlier, later in pairwise(times)) == pytest.approx(30)


@pytest.mark.parametrize("name", ["timeout", "first_wait"])
async def test_a_wait_that_is_no_time_is_refused(name: str) -> None:
    with pytest.raises(InvalidArgumentError, match=f"{name}.*above 0"):
        await Server().client().contacts.wait_for_mass_action(UUID, **{name: 0})
