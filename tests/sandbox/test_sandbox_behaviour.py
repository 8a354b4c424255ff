"""The two behaviours: as described, and as observed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import anyio
import httpx
import pytest

from grinfi_sandbox import Sandbox
from grinfi_sandbox.store import JOB_DELAY
from tests.sandbox.embedded import client
from tests.sandbox.outreach import node, version

pytestmark = pytest.mark.anyio
LEADS = "/leads/api/leads"
LISTS = "/leads/api/lists"
NOBODY = "0b7e1a52-5f0e-4b8e-9a53-0c1f7a1d6e11"
JOBS = "/leads/api/mass-actions"


@pytest.fixture(params=["published", "observed"])
async def behaviour(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
async def api(behaviour: Any) -> AsyncIterator[httpx.AsyncClient]:
    async with Sandbox(sockets=False, behaviour=behaviour) as sandbox, client(sandbox) as connected:
        yield connected


async def post(api: httpx.AsyncClient, path: str, **body: Any) -> Any:
    answer = await api.post(path, json=body)
    assert answer.is_success, answer.text
    return answer.json()


async def add_contact(api: httpx.AsyncClient, **lead: Any) -> dict[str, Any]:
    list_uuid = (await post(api, LISTS, name="Prospects"))["uuid"]
    contact: dict[str, Any] = await post(
        api, f"{LEADS}/upsert", lead={"linkedin_id": "ada-1", **lead}, list_uuid=list_uuid
    )
    return contact


async def test_contact_rows(api: httpx.AsyncClient, behaviour: str) -> None:
    field = await post(api, "/leads/api/custom-fields", name="budget", object="lead")
    contact = await add_contact(api)
    value = {"object_type": "lead", "object_uuid": contact["uuid"], "custom_field_uuid": field["uuid"], "value": "high"}
    page = await post(api, f"{LEADS}/search")
    expected: Any = {"lead": contact, "markers": [], "flows": [], "custom_fields": []}
    assert page["data"] == ([contact] if behaviour == "published" else [expected])
    await post(api, "/leads/api/custom-field-values", **value)
    row = (await post(api, f"{LEADS}/search"))["data"][0]
    if behaviour == "observed":
        assert row["custom_fields"] == {"budget": "high"}


async def test_company_rows_and_page_attributes(api: httpx.AsyncClient, behaviour: str) -> None:
    await post(api, "/leads/api/companies", companies=[{"name": "Acme Inc"}])
    for page in (await post(api, "/leads/api/companies/list"), (await api.get("/leads/api/companies")).json()):
        assert page["data"]
        for row in page["data"]:
            assert (row.keys() == {"company"}) == (behaviour == "observed")
    searched = await post(api, "/leads/api/companies/list")
    assert ("has_more" in searched) == (behaviour == "published")
    emails = (await api.get("/emails/api/emails")).json()
    assert ("pagination" in emails) == (behaviour == "observed")
    assert "has_more" in (await api.get("/flows/api/flows")).json()


@pytest.mark.parametrize(
    ("method", "path", "largest"),
    [("POST", f"{LEADS}/search", 2_500), ("GET", LISTS, 100), ("POST", "/flows/api/flows-leads/list", 20)],
)
async def test_limits(api: httpx.AsyncClient, behaviour: str, method: str, path: str, largest: int) -> None:
    async def page(limit: int, offset: int) -> httpx.Response:
        values = {"limit": limit, "offset": offset}
        if method == "GET":
            return await api.get(path, params=values)
        return await api.post(path, json=values)

    assert (await page(3_000, 0)).json()["limit"] == (2_500 if behaviour == "published" else largest)
    assert (await page(5, 0)).json()["limit"] == 5
    assert (await page(20, 9980)).status_code == 200
    beyond = await page(20, 9981)
    assert beyond.status_code == (200 if behaviour == "published" else 500)
    if behaviour == "observed":
        assert beyond.json()["error"]["message"].startswith("Result window is too large")


async def test_a_page_is_lowered_in_fact(api: httpx.AsyncClient, behaviour: str) -> None:
    for number in range(101):
        await post(api, LISTS, name=f"list {number}")
    page = (await api.get(LISTS, params={"limit": 2000})).json()
    assert (len(page["data"]), page["total"]) == (101 if behaviour == "published" else 100, 101)


async def test_booleans(api: httpx.AsyncClient, behaviour: str) -> None:
    published = behaviour == "published"
    profile = (await api.get("/flows/api/sender-profiles")).json()
    told = profile["has_more"]
    assert told is False if published else (told == 0 and told is not False)


async def test_answers_without_a_described_body(api: httpx.AsyncClient, behaviour: str) -> None:
    contact = await add_contact(api)
    body = {"type": "contact_delete", "filter": {"ids": [contact["uuid"]]}}
    answer = await api.put(f"{LEADS}/mass-action", json=body)
    assert (answer.status_code, answer.content) == (200, b"{}" if behaviour == "published" else b"")


async def test_writes_that_are_ignored(api: httpx.AsyncClient, behaviour: str) -> None:
    contact = await add_contact(api, headline="Old")
    for field, value in (("pipeline_stage_uuid", contact["list_uuid"]), ("custom_fields", {"a": 1}), ("colour", "red")):
        answer = await api.put(f"{LEADS}/{contact['uuid']}", json={"headline": "New", field: value})
        assert answer.status_code == 200
        assert answer.json() == {**contact, "headline": "New", "updated_at": answer.json()["updated_at"]}
    wrong = await api.put(f"{LEADS}/{contact['uuid']}", json={"headline": 5, "colour": "red"})
    assert wrong.status_code == 422
    nested = {"lead": {"linkedin_id": "b", "x": {"y": 1}}, "list_uuid": contact["list_uuid"], "z": 1}
    assert (await api.post(f"{LEADS}/upsert", json=nested)).is_success


async def test_parameters_that_are_ignored(api: httpx.AsyncClient, behaviour: str) -> None:
    for path in ("/flows/api/tasks?status=closed", f"{LISTS}?x[]=1&limit=3&a", "/leads/api/tags?limit=5"):
        assert (await api.get(path)).status_code == (422 if behaviour == "published" else 200), path
    if behaviour == "observed":
        assert (await api.get(f"{LISTS}?x[]=1&limit=3&a")).json()["limit"] == 3


async def test_missing_checks_of_the_live_server(api: httpx.AsyncClient, behaviour: str) -> None:
    node: dict[str, Any] = {
        "id": 1,
        "type": "end",
        "automation": "auto",
        "payload": {},
        "delay_in_seconds": 0,
        "before": [],
    }
    answer = await api.post("/flows/api/flow-versions/validate-node", json=node)
    assert answer.status_code == (422 if behaviour == "published" else 500)
    assert answer.json()["error"]["message"] == "The after field is required."


async def test_filters_are_never_ignored(api: httpx.AsyncClient, behaviour: str) -> None:
    refused = 422 if behaviour == "published" else 500
    assert (await api.get("/flows/api/tasks?filter[nothing]=1")).status_code == refused
    assert (await api.post(f"{LEADS}/search", json={"filter": {"nothing": 1}})).status_code == refused
    closed = await api.post("/flows/api/flows-leads/list", json={"filter": {"nothing": ["a"]}})
    assert closed.status_code == refused
    broken = await api.post(f"{LEADS}/search", content=b"{", headers={"content-type": "application/json"})
    assert broken.status_code == 400


async def tagged_by_a_filter(behaviour: Any, **options: Any) -> list[bool]:
    """Which of two contacts has the tag after a mass action whose filter selects the first."""
    async with Sandbox(sockets=False, behaviour=behaviour, **options) as sandbox, client(sandbox) as api:
        contacts = [await add_contact(api, linkedin_id=handle, position=handle) for handle in ("ada", "bob")]
        tag = (await post(api, "/leads/api/tags", name="Warm"))["uuid"]
        body = {"type": "contact_add_tags", "filter": {"position": "ada"}, "payload": {"tag_uuid": tag}}
        assert (await api.put(f"{LEADS}/mass-action", json=body)).is_success
        await anyio.sleep(JOB_DELAY)
        found = await post(api, f"{LEADS}/search", order_type="asc", disable_aggregation=True)
        assert [row["uuid"] for row in found["data"]] == [each["uuid"] for each in contacts]
        return [tag in row["tags"] for row in found["data"]]


async def test_a_mass_action_by_filter_may_reach_every_contact() -> None:
    assert await tagged_by_a_filter("published") == [True, False]
    assert await tagged_by_a_filter("observed") == [True, True]
    assert await tagged_by_a_filter("observed", mass_action_filter="nobody") == [False, False]


async def test_which_email_of_a_contact_is_saved(api: httpx.AsyncClient, behaviour: str) -> None:
    contact = await add_contact(api)
    sent = {"email": "e@one.example", "work_email": "w@one.example"}
    saved = (await api.put(f"{LEADS}/{contact['uuid']}", json=sent)).json()
    assert saved["work_email"] == ("e@one.example" if behaviour == "published" else "w@one.example")


@pytest.fixture
async def observed(request: pytest.FixtureRequest) -> AsyncIterator[httpx.AsyncClient]:
    """A sandbox of the observed behaviour, with other options if the test has them as its parameter."""
    options: dict[str, Any] = getattr(request, "param", {})
    async with Sandbox(sockets=False, behaviour="observed", **options) as sandbox, client(sandbox) as api:
        yield api


async def names_found(api: httpx.AsyncClient, conditions: Any) -> tuple[list[str], int]:
    """Whom a search and a count find."""
    page = await post(api, f"{LEADS}/search", filter=conditions, disable_aggregation=True, order_type="asc")
    count = await post(api, f"{LEADS}/count", filter=conditions)
    return [row["linkedin"] for row in page["data"]], count["total"]


@pytest.mark.parametrize(
    ("observed", "by_name", "with_another"),
    [({}, ["ada", "bob"], ["ada"]), ({"name_filter": "nobody"}, [], [])],
    indirect=["observed"],
)
@pytest.mark.parametrize("field", ["name", "first_name", "last_name", "company_name"])
async def test_names_are_not_filters(
    observed: httpx.AsyncClient, by_name: list[str], with_another: list[str], field: str
) -> None:
    for handle in ("ada", "bob"):
        await add_contact(observed, linkedin_id=handle, first_name=handle, position=handle, company_name=handle)
    assert await names_found(observed, {field: "ada"}) == (by_name, len(by_name))
    assert await names_found(observed, {field: "ada", "position": "ada"}) == (with_another, len(with_another))
    assert await names_found(observed, {"q": "ada"}) == (["ada"], 1)
    export = await post(observed, "/leads/api/file-exports/leads", filter={field: "ada"})
    await anyio.sleep(2 * JOB_DELAY)
    exported = await observed.post("/leads/api/file-exports/download", json={"file_name": f"{export['uuid']}.csv"})
    assert len(exported.text.splitlines()) == 1 + len(by_name)


async def test_contact_statistics_have_no_filter(observed: httpx.AsyncClient) -> None:
    period = {"period_from": "2026-01-01T00:00:00Z", "period_to": "2026-02-01T00:00:00Z"}
    sent = {**period, "metrics": ["linkedin_sent_count"], "filter": {"nothing": 1}, "group_by": "day"}
    assert (await observed.post(f"{LEADS}/metrics", json=sent)).status_code == 200


async def test_messages_have_no_full_text(observed: httpx.AsyncClient) -> None:
    assert (await observed.get("/flows/api/linkedin-messages?filter[q]=a")).status_code == 500
    counts = {"group_field": "status", "filter": {"q": "a"}}
    assert (await observed.post("/flows/api/linkedin-messages/group-counts", json=counts)).status_code == 500


async def test_updated_at_is_not_a_filter(observed: httpx.AsyncClient) -> None:
    for path in ("search", "count"):
        answer = await observed.post(f"{LEADS}/{path}", json={"filter": {"updated_at": {">=": "2026-01-01"}}})
        assert answer.status_code == 500


@pytest.mark.parametrize("observed", [{"unknown_filter_key": "ignored"}], indirect=True)
async def test_unknown_filter_keys_may_be_ignored(observed: httpx.AsyncClient) -> None:
    for handle in ("ada", "bob"):
        await add_contact(observed, linkedin_id=handle, position=handle)
    assert await names_found(observed, {"nothing": 1}) == (["ada", "bob"], 2)
    assert await names_found(observed, {"nothing": 1, "custom_fields.no": 2, "position": "bob"}) == (["bob"], 1)
    assert (await observed.get("/flows/api/flows?filter[nothing][]=1&filter%5Bnil%5D=1&limit=5")).status_code == 200
    assert (await observed.get(f"{LISTS}?filter[nothing][>=]=1")).status_code == 200
    assert (await post(observed, "/flows/api/flows-leads/list", filter={"nothing": [1]}))["data"] == []


async def test_mass_operations_on_tasks_time_out(api: httpx.AsyncClient, behaviour: str) -> None:
    for name in ("complete", "cancel", "retry", "skip"):
        answer = await api.put(f"/flows/api/tasks/mass-{name}", json={"uuids": ["nobody"]})
        assert answer.status_code == (422 if behaviour == "published" else 504)


@pytest.mark.parametrize("path", ["emails/api/emails", "emails/api/email-bodies", "emails/api/mailbox-errors"])
async def test_mail_is_not_searched_by_a_filter(observed: httpx.AsyncClient, path: str) -> None:
    refused = [await observed.get(f"/{path}?{query}") for query in ("filter[q]=x", "limit=5&filter%5Bq%5D=x")]
    messages = await observed.get("/flows/api/linkedin-messages?filter[q]=x")
    assert [(answer.status_code, answer.json()) for answer in refused] == [(500, messages.json())] * 2


async def test_an_email_needs_a_mailbox(observed: httpx.AsyncClient) -> None:
    described = {"sender_profile_uuid": NOBODY, "lead_uuid": NOBODY, "from_name": "", "from_email": "", "to_name": ""}
    answer = await observed.post(
        "/emails/api/emails/send-email", json={**described, "to_email": "x@one.example", "subject": "s"}
    )
    assert answer.status_code == 422
    assert answer.json()["error"]["data"].keys() == {"mailbox_uuid", "to", "body"}


async def mark_read(api: httpx.AsyncClient, *ids: str) -> Any:
    """Begin a mass action; return it as it is then."""
    selection: dict[str, Any] = {"all": False, "ids": ids, "excludeIds": []}
    answer = await api.put(f"{LEADS}/mass-action", json={"type": "contact_mark_read", "filter": selection})
    assert answer.is_success, answer.text
    return (await api.get(JOBS)).json()["data"][0]


async def state_of(api: httpx.AsyncClient, job: Any) -> tuple[str, int]:
    found = (await api.get(f"{JOBS}/{job['uuid']}")).json()
    return found["status"], found["processed"]


@pytest.mark.parametrize("observed", [{"job_delay": 0.2}], indirect=True)
async def test_a_mass_action_is_a_job(observed: httpx.AsyncClient) -> None:
    contact = await add_contact(observed)
    tag = (await post(observed, "/leads/api/tags", name="Warm"))["uuid"]
    for _ in range(2):
        body = {"type": "contact_add_tags", "filter": {"ids": [contact["uuid"]]}, "payload": {"tag_uuid": tag}}
        assert (await observed.put(f"{LEADS}/mass-action", json=body)).is_success
    second, first = (await observed.get(JOBS)).json()["data"]
    assert (first["type"], first["total"]) == ("contact_add_tags", 1)
    assert await state_of(observed, first) == ("queued", 0)
    assert (await observed.delete(f"{JOBS}/{first['uuid']}")).status_code == 200
    assert (await observed.delete(f"{JOBS}/{second['uuid']}")).status_code == 200
    third = await mark_read(observed, contact["uuid"])
    await anyio.sleep(0.25)
    assert [await state_of(observed, job) for job in (first, second, third)] == [
        ("canceled", 0),
        ("canceled", 0),
        ("completed", 1),
    ]
    assert (await observed.get(f"{LEADS}/{contact['uuid']}")).json()["lead"]["tags"] == []
    assert (await observed.delete(f"{JOBS}/{third['uuid']}")).status_code == 422
    assert (await observed.get(f"{JOBS}/nothing")).status_code == 404


async def test_a_mass_action_without_contacts_is_refused(observed: httpx.AsyncClient) -> None:
    contact = await add_contact(observed)
    assert (await mark_read(observed, contact["uuid"]))["total"] == 1
    with pytest.raises(AssertionError, match="No leads found to apply action"):
        await mark_read(observed, NOBODY)
    assert len((await observed.get(JOBS)).json()["data"]) == 1


SALES, MEMBER = "ACwAAAB6GuQBEz2TMHbG4sa7Nw5wSi7cJXMQkPI", "ACoAAAB6GuQBOXo75numqJfM9u08uHgjOSo4p9U"


async def test_a_member_id_is_not_a_handle(api: httpx.AsyncClient) -> None:
    list_uuid = (await post(api, LISTS, name="Prospects"))["uuid"]
    for identifier, field in ((SALES, "sn_id"), (f"https://www.linkedin.com/in/{MEMBER}/", "ln_id")):
        contact = await post(api, f"{LEADS}/upsert", lead={"linkedin_id": identifier}, list_uuid=list_uuid)
        assert (contact["linkedin"], contact[field]) == (None, identifier.strip("/").rpartition("/")[2])


async def test_matching_of_contacts(observed: httpx.AsyncClient) -> None:
    list_uuid = (await post(observed, LISTS, name="Prospects"))["uuid"]
    pairs: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"linkedin_id": "11"}, {"linkedin_id": "11", "ln_id": "other"}),
        ({"linkedin_id": "b1", "ln_id": "ACoB"}, {"linkedin_id": "b2", "ln_id": "ACoB"}),
        ({"linkedin_id": "c1", "sn_id": "ACwC"}, {"linkedin_id": "c2", "sn_id": "ACwC"}),
        ({"linkedin_id": "d1"}, {"linkedin_id": "https://www.linkedin.com/in/d1/"}),
        ({"linkedin_id": SALES}, {"linkedin_id": f"https://www.linkedin.com/sales/lead/{SALES},NAME_SEARCH,x1"}),
        ({"linkedin_id": "g1", "sn_id": f"{SALES}2"}, {"linkedin_id": f"https://www.linkedin.com/in/{SALES}2"}),
        ({"linkedin_id": MEMBER}, {"linkedin_id": "h2", "ln_id": MEMBER}),
        ({"linkedin_id": "i1", "sn_id": f"{MEMBER}4"}, {"linkedin_id": f"{MEMBER}4"}),
        ({"linkedin_id": "e1", "email": "e@one.example"}, {"linkedin_id": "e2", "email": "e@one.example"}),
        (
            {"linkedin_id": "f1", "first_name": "Flo", "company_name": "One"},
            {"linkedin_id": "f2", "first_name": "Flo", "company_name": "One"},
        ),
    ]
    for earlier, later in pairs:
        found = await post(observed, LEADS, list_uuid=list_uuid, leads=[earlier, later, {**later, "position": "CTO"}])
        assert len({row["uuid"] for row in found}) == 1, later
        assert found[0]["position"] == "CTO"
    assert (await post(observed, f"{LEADS}/count", all=True))["total"] == len(pairs)


async def test_contact_sources_of_an_automation(observed: httpx.AsyncClient) -> None:
    contact = await add_contact(observed)
    schedule: Any = {"timezone": "UTC", "timeblocks": []}
    flow = await post(observed, "/flows/api/flows", name="F", use_sender_schedule=True, schedule=schedule)
    made = version(node(1, "end"))
    sources = [{**made["contact_sources"][0], "id": number} for number in (1, 2)]
    await post(observed, f"/flows/api/flows/{flow['uuid']}/flow-versions", **{**made, "contact_sources": sources})
    path = f"/flows/api/flows/{flow['uuid']}/leads/{contact['uuid']}"
    assert (await observed.post(path, json={"contact_source_id": 7})).status_code == 422
    assert (await observed.post(path, json={"contact_source_id": 2})).status_code == 204
    assert (await observed.post(path)).status_code == 204
    for order, found in (("asc", [2, 1]), ("desc", [1, 2])):
        page = await post(observed, "/flows/api/flows-leads/list", order_field="created_at", order_type=order)
        assert [row["contact_source_id"] for row in page["data"]] == found
