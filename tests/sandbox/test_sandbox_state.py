"""Written records are found again."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grinfi_sandbox import SandboxServer, run_in_thread
from grinfi_sandbox.store import JOB_DELAY, Store

LEADS = "/leads/api/leads"
VALUES = "/leads/api/custom-field-values"


def make(api: httpx.Client, resource: str, **body: Any) -> str:
    response = api.post(f"/leads/api/{resource}", json=body)
    assert response.status_code == 201, response.text
    uuid: str = response.json()["uuid"]
    return uuid


def upsert(api: httpx.Client, list_uuid: str, handle: str, more: dict[str, Any] | None = None, **lead: Any) -> Any:
    body = {"lead": {"linkedin_id": handle, **lead}, "list_uuid": list_uuid, **(more or {})}
    response = api.post(f"{LEADS}/upsert", json=body)
    assert response.status_code == 200, response.text
    return response.json()


def search(api: httpx.Client, **body: Any) -> Any:
    response = api.post(f"{LEADS}/search", json=body)
    assert response.status_code == 200, response.text
    return response.json()


def handles(api: httpx.Client, conditions: dict[str, Any]) -> list[str]:
    """Return the handles of the contacts that a filter finds, the oldest first."""
    found = search(api, filter=conditions, order_field="created_at", order_type="asc", limit=100)
    assert found["total"] == len(found["data"])
    return [row["linkedin"] for row in found["data"]]


def act(api: httpx.Client, kind: str, conditions: dict[str, Any], **payload: Any) -> None:
    body = {"type": kind, "filter": conditions, "payload": payload}
    response = api.put(f"{LEADS}/mass-action", json=body)
    assert response.status_code == 200, response.text
    time.sleep(JOB_DELAY)


@pytest.fixture
def people(api: httpx.Client, list_uuid: str) -> dict[str, str]:
    """Three contacts: their UUIDs by handle."""
    ann = upsert(api, list_uuid, "ann", first_name="Ann", last_name="Öberg", company_name="Acme", email="ann@acme.com")
    bob = upsert(api, list_uuid, "bob", first_name="Bob", company_name="Acme", position="100% CTO")
    cyd = upsert(api, list_uuid, "cyd", first_name="Cyd", company_name="Zeta", position="CEO")
    return {row["linkedin"]: row["uuid"] for row in (ann, bob, cyd)}


def test_upsert_creates_a_contact(api: httpx.Client, list_uuid: str) -> None:
    row = upsert(
        api, list_uuid, "john-doe", first_name="John", last_name="Doe", email="john@acme.com", domain="acme.com"
    )
    assert UUID(row["uuid"]).version == 4
    expected = {"linkedin": "john-doe", "name": "John Doe", "work_email": "john@acme.com", "list_uuid": list_uuid}
    assert row == {**row, **expected, "tags": [], "position": None, "team_id": 1}
    assert row["created_at"] == row["updated_at"]
    assert row["created_at"][10] == "T"
    assert row["created_at"][-8:-1].startswith(".")
    assert row["created_at"].endswith("Z")
    assert api.get(f"{LEADS}/{row['uuid']}").json() == row
    assert search(api) == {"data": [row], "limit": 20, "offset": 0, "total": 1}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"linkedin_id": "jo"}, {"linkedin_id": "https://www.linkedin.com/in/jo/?x=1"}),
        ({"linkedin_id": "a", "ln_id": "L1"}, {"linkedin_id": "b", "ln_id": "L1"}),
        ({"linkedin_id": "a", "sn_id": "S1"}, {"linkedin_id": "b", "sn_id": "S1"}),
        ({"linkedin_id": "a", "email": "a@b.c"}, {"linkedin_id": "b", "email": "a@b.c"}),
        (
            {"linkedin_id": "a", "first_name": "Jo", "last_name": "Li", "company_name": "X"},
            {"linkedin_id": "b", "first_name": "Jo", "last_name": "Li", "company_name": "X"},
        ),
    ],
)
def test_upsert_finds_the_same_contact(
    api: httpx.Client, list_uuid: str, first: dict[str, Any], second: dict[str, Any]
) -> None:
    before = upsert(api, list_uuid, first.pop("linkedin_id"), **first)
    other = upsert(api, list_uuid, "somebody-else", first_name="Else", company_name="X")
    after = upsert(api, list_uuid, second.pop("linkedin_id"), headline="New", **second)
    assert after == {**after, "uuid": before["uuid"], "headline": "New", "created_at": before["created_at"]}
    assert after["updated_at"] > before["updated_at"]
    assert other["uuid"] != after["uuid"]
    assert search(api)["total"] == 2


def test_upsert_of_a_known_contact(api: httpx.Client, list_uuid: str) -> None:
    other_list = make(api, "lists", name="Second")
    make(api, "custom-fields", name="tier", object="lead")
    first = upsert(api, list_uuid, "jo", first_name="Jo", last_name="Li", about="Old")
    kept = upsert(api, other_list, "jo", {"update_if_exists": False, "custom_fields": {"tier": "A"}}, about="New")
    assert kept == first
    assert handles(api, {"custom_fields.tier": "A"}) == []
    moved = upsert(api, other_list, "jo", {"update_if_exists": False, "move_to_list": True}, about="New")
    assert (moved["list_uuid"], moved["about"]) == (other_list, "Old")
    changed = upsert(api, list_uuid, "jo", last_name="Wu")
    assert (changed["list_uuid"], changed["about"], changed["name"]) == (other_list, "Old", "Jo Wu")


def test_a_refused_upsert_writes_nothing(api: httpx.Client, list_uuid: str) -> None:
    make(api, "custom-fields", name="tier", object="lead")
    body = {"lead": {"linkedin_id": "jo"}, "list_uuid": list_uuid, "custom_fields": {"tier": "A", "shoe size": "44"}}
    response = api.post(f"{LEADS}/upsert", json=body)
    assert response.status_code == 422
    assert list(response.json()["error"]["data"]) == ["custom_fields.shoe size"]
    assert search(api)["total"] == 0


def test_an_error_undoes_the_whole_transaction() -> None:
    store = Store()

    def fail() -> None:
        with store.transaction():
            store.insert("tag", {"name": "A"})
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    with store.transaction():
        assert store.count("tag") == 0
    store.close()


def test_custom_field_values(api: httpx.Client, list_uuid: str) -> None:
    tier = make(api, "custom-fields", name="tier", object="lead")
    size = make(api, "custom-fields", name="size", object="lead")
    region = make(api, "custom-fields", name="region", object="company")
    jo = upsert(api, list_uuid, "jo", {"custom_fields": {"tier": "A", size: 5}})["uuid"]
    upsert(api, list_uuid, "li", {"custom_fields": {"tier": "B"}})
    upsert(api, list_uuid, "wu")
    assert handles(api, {"custom_fields.tier": "A", "custom_fields.size": "5"}) == ["jo"]
    assert handles(api, {"custom_fields.tier": ["A", "B"]}) == ["jo", "li"]
    assert handles(api, {"custom_fields.tier": "is_null"}) == ["wu"]
    assert handles(api, {f"custom_fields.{tier}": {">=": "B"}}) == ["li"]
    value = {"custom_field_uuid": tier, "object_type": "lead", "object_uuid": jo, "value": "C"}
    first, second = api.post(VALUES, json=value), api.post(VALUES, json={**value, "value": None})
    assert (first.status_code, first.json()) == (201, {**first.json(), **value})
    assert (second.json()["uuid"], second.json()["value"]) == (first.json()["uuid"], None)
    assert handles(api, {"custom_fields.tier": "is_not_null"}) == ["li"]
    for wrong, field in (
        ({"custom_field_uuid": str(uuid4())}, "custom_field_uuid"),
        ({"object_uuid": str(uuid4())}, "object_uuid"),
        ({"custom_field_uuid": region}, "object_type"),
        ({"object_type": "deal"}, "object_type"),
    ):
        response = api.post(VALUES, json={**value, **wrong})
        assert (response.status_code, list(response.json()["error"]["data"])) == (422, [field])
    assert api.delete(f"/leads/api/custom-fields/{tier}").status_code == 204
    assert api.post(f"{LEADS}/search", json={"filter": {"custom_fields.tier": "B"}}).status_code == 422


def test_custom_field_rules(api: httpx.Client) -> None:
    path = "/leads/api/custom-fields"
    field = make(api, "custom-fields", name="_tier1", object="lead")
    make(api, "custom-fields", name="_tier1", object="company")
    other = make(api, "custom-fields", name="size", object="lead")
    for name in ("", "1st", "shoe size", "größe", "a-b", "a\n", "_tier1"):
        response = api.post(path, json={"name": name, "object": "lead"})
        assert (response.status_code, list(response.json()["error"]["data"])) == (422, ["name"]), name
    assert api.put(f"{path}/{other}", json={"name": "_tier1"}).status_code == 422
    assert api.put(f"{path}/{field}", json={"name": "_tier1", "order": 4}).json()["order"] == 4
    for number in range(98):
        make(api, "custom-fields", name=f"f{number}", object="lead")
    assert api.post(path, json={"name": "f98", "object": "lead"}).status_code == 422
    make(api, "custom-fields", name="f98", object="company")
    names = [row["name"] for row in api.get(path, params={"limit": 3}).json()["data"]]
    assert names == ["_tier1", "_tier1", "size"]


def test_lists_are_created_found_changed_and_deleted(api: httpx.Client) -> None:
    uuids = [make(api, "lists", name=name) for name in ("Alpha one", "beta", "Alpha two")]
    path = f"/leads/api/lists/{uuids[1]}"
    assert api.get(path).json()["name"] == "beta"
    assert api.put(path, json={"name": "Gamma"}).json()["name"] == "Gamma"
    page = api.get("/leads/api/lists", params={"limit": 2}).json()
    assert {**page, "data": [row["uuid"] for row in page["data"]]} == {
        "data": uuids[:2],
        "limit": 2,
        "offset": 0,
        "total": 3,
    }

    def found(query: str) -> list[str]:
        return [row["name"] for row in api.get(f"/leads/api/lists?{query}").json()["data"]]

    assert found("order_field=name&order_type=desc&limit=2&offset=1") == ["Alpha two", "Alpha one"]
    assert found("filter[q]=ALPHA") == ["Alpha one", "Alpha two"]
    assert found("filter[name]=Gamma") == ["Gamma"]
    assert found(f"filter[uuid][]={uuids[0]}&filter[uuid][]={uuids[1]}") == ["Alpha one", "Gamma"]
    assert found("filter[name][!=]=Gamma&filter[q]=two") == ["Alpha two"]
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    assert found("") == ["Alpha one", "Alpha two"]


def test_pages_and_order(api: httpx.Client, list_uuid: str) -> None:
    made = [upsert(api, list_uuid, f"h{number}", about="same")["created_at"] for number in range(5)]
    assert made == sorted(set(made))
    newest_first = search(api, limit=2)
    assert [row["linkedin"] for row in newest_first["data"]] == ["h4", "h3"]
    assert newest_first == {**newest_first, "limit": 2, "offset": 0, "total": 5}
    by_equal = search(api, order_field="about", order_type="asc", offset=3)
    assert [row["linkedin"] for row in by_equal["data"]] == ["h3", "h4"]
    assert search(api, limit=10**30)["total"] == 5
    assert search(api, offset=10**30)["data"] == []


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, ["ann", "bob", "cyd"]),
        ({"company_name": "Acme"}, ["ann", "bob"]),
        ({"company_name": "acme"}, []),
        ({"linkedin": ["ann", "cyd", "eve"]}, ["ann", "cyd"]),
        ({"linkedin": []}, []),
        ({"company_name": {"!=": "Acme"}}, ["cyd"]),
        ({"company_name": {"<>": "Zeta"}}, ["ann", "bob"]),
        ({"linkedin": {">": "ann", "<=": "bob"}}, ["bob"]),
        ({"linkedin": {"=": "cyd"}}, ["cyd"]),
        ({"linkedin": {"<": "bob"}}, ["ann"]),
        ({"position": "is_null"}, ["ann"]),
        ({"position": "is_not_null", "company_name": "Acme"}, ["bob"]),
        ({"created_at": {">=": "2020-01-01"}}, ["ann", "bob", "cyd"]),
        ({"created_at": {"<": "2020-01-01T00:00:00+02:00"}}, []),
        ({"team_id": "1"}, ["ann", "bob", "cyd"]),
        ({"team_id": {">": 1}}, []),
        ({"team_id": 10**30}, []),
        ({"q": "ACME"}, ["ann", "bob"]),
        ({"q": "öberg ann@"}, ["ann"]),
        ({"q": "100%"}, ["bob"]),
        ({"q": "%"}, ["bob"]),
        ({"q": None}, ["ann", "bob", "cyd"]),
        ({"name": "'; DROP TABLE records; --"}, []),
        ({"tags": "is_null"}, ["ann", "bob", "cyd"]),
        ({"tags": ["x"]}, []),
    ],
)
def test_filters(api: httpx.Client, people: dict[str, str], conditions: dict[str, Any], expected: list[str]) -> None:
    assert handles(api, conditions) == expected


def test_times_are_compared_as_moments(api: httpx.Client, people: dict[str, str]) -> None:
    moment = datetime.fromisoformat(api.get(f"{LEADS}/{people['bob']}").json()["created_at"])
    abroad = moment.astimezone(timezone(timedelta(hours=2))).isoformat()
    assert handles(api, {"created_at": abroad}) == ["bob"]
    assert handles(api, {"created_at": {">": abroad}}) == ["cyd"]
    assert handles(api, {"created_at": {"<": abroad}}) == ["ann"]


@pytest.mark.parametrize("value", [None, {}, {"like": "a"}, {"=": None}, {"=": ["a"]}, [["a"]], [None]])
def test_broken_filter_values(api: httpx.Client, value: Any) -> None:
    response = api.post(f"{LEADS}/search", json={"filter": {"name": value}})
    assert (response.status_code, list(response.json()["error"]["data"])) == (422, ["filter.name"])


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3) | st.sampled_from("=<>"), inner),
    max_leaves=5,
)
KEYS = st.sampled_from(("name", "tags", "created_at", "team_id", "q", "custom_fields.tier", "location")) | st.text()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(conditions=st.dictionaries(KEYS, JSON_VALUES, max_size=2))
def test_any_filter_has_an_orderly_answer(api: httpx.Client, conditions: dict[str, Any]) -> None:
    response = api.post(f"{LEADS}/search", json={"filter": conditions})
    assert response.status_code in (200, 400, 422)


def test_tags(api: httpx.Client, people: dict[str, str]) -> None:
    hot, cold, new = (make(api, "tags", name=name) for name in ("hot", "cold", "new"))
    act(api, "contact_add_tags", {"ids": [people["ann"], people["bob"]]}, tag_uuid=hot)
    act(api, "contact_add_tags", {"company_name": "Acme"}, tag_uuid=cold)
    act(api, "contact_add_tags", {"all": True, "linkedin": "cyd"}, tag_uuid=new)
    act(api, "contact_remove_tags", {"ids": [people["ann"]]}, tag_uuid=cold)
    assert handles(api, {"tags": [hot, new]}) == ["ann", "bob", "cyd"]
    assert handles(api, {"tags": [cold]}) == ["bob"]
    assert handles(api, {"tags": {"!=": cold}}) == ["ann", "cyd"]
    assert api.get(f"{LEADS}/{people['bob']}").json()["tags"] == [hot, cold]
    act(api, "contact_replace_tags", {"ids": [people["bob"]]}, tag_uuids=[new, new])
    assert api.get(f"{LEADS}/{people['bob']}").json()["tags"] == [new]
    assert api.delete(f"/leads/api/tags/{new}").status_code == 204
    assert api.get(f"{LEADS}/{people['bob']}").json()["tags"] == []
    assert handles(api, {"tags": "is_null"}) == ["bob", "cyd"]
    assert handles(api, {"tags": "is_not_null"}) == ["ann"]
    assert [row["name"] for row in api.get("/leads/api/tags").json()["data"]] == ["hot", "cold"]
    assert api.put(f"/leads/api/tags/{hot}", json={"color": "#ff0000"}).json() == {
        **api.get("/leads/api/tags").json()["data"][0],
        "name": "hot",
        "color": "#ff0000",
    }


def test_mass_actions(api: httpx.Client, people: dict[str, str]) -> None:
    second = make(api, "lists", name="Second")
    tier = make(api, "custom-fields", name="tier", object="lead")
    stage = make(api, "pipeline-stages", name="Met", object="lead", category="positive")
    act(api, "contact_change_list", {"linkedin": ["ann", "bob"]}, list_uuid=second)
    assert handles(api, {"list_uuid": second}) == ["ann", "bob"]
    act(api, "contact_change_pipeline_stage", {"all": True}, pipeline_stage_uuid=stage)
    assert handles(api, {"pipeline_stage_uuid": stage}) == ["ann", "bob", "cyd"]
    act(api, "contact_change_custom_field", {"ids": [people["cyd"]]}, custom_field_uuid=tier, value="A")
    assert handles(api, {"custom_fields.tier": "A"}) == ["cyd"]
    act(api, "contact_mark_read", {"all": True})
    act(api, "contact_delete", {"list_uuid": second})
    assert handles(api, {}) == ["cyd"]
    assert api.get(f"{LEADS}/{people['ann']}").status_code == 404


@pytest.mark.parametrize(
    ("kind", "conditions", "payload", "field"),
    [
        ("contact_delete", {}, {}, "filter"),
        ("contact_delete", {"all": False}, {}, "filter"),
        ("contact_delete", {"ids": "x"}, {}, "filter.ids"),
        ("contact_add_tags", {"all": True}, {}, "payload.tag_uuid"),
        ("contact_add_tags", {"all": True}, {"tag_uuid": "x"}, "payload.tag_uuid"),
        ("contact_replace_tags", {"all": True}, {"tag_uuids": "x"}, "payload.tag_uuids"),
        ("contact_change_list", {"all": True}, {"list_uuid": "x"}, "payload.list_uuid"),
        ("contact_change_custom_field", {"all": True}, {"custom_field_uuid": "x"}, "payload.custom_field_uuid"),
        ("contact_greet", {"all": True}, {}, "type"),
    ],
)
def test_broken_mass_actions(
    api: httpx.Client, people: dict[str, str], kind: str, conditions: Any, payload: Any, field: str
) -> None:
    response = api.put(f"{LEADS}/mass-action", json={"type": kind, "filter": conditions, "payload": payload})
    assert (response.status_code, list(response.json()["error"]["data"])) == (422, [field])
    assert search(api)["total"] == 3


def test_count(api: httpx.Client, people: dict[str, str]) -> None:
    def total(**body: Any) -> Any:
        return api.post(f"{LEADS}/count", json=body).json()["total"]

    assert total(all=True) == 3
    assert total(all=True, filter={"company_name": "Acme"}) == 2
    assert total(filter={"company_name": "Zeta"}) == 1
    assert total(ids=[people["ann"], str(uuid4())]) == 1
    assert total(ids=[people["ann"], people["cyd"]], filter={"company_name": "Acme"}) == 1
    assert total(ids=[]) == 0


def test_look_up_change_and_delete(api: httpx.Client, people: dict[str, str]) -> None:
    def look_up(**body: Any) -> httpx.Response:
        return api.post(f"{LEADS}/lookup-one", json=body)

    assert look_up(linkedin_id="bob").json()["uuid"] == people["bob"]
    assert look_up(linkedin_id="nobody", email="ann@acme.com").json()["uuid"] == people["ann"]
    assert look_up(name="Cyd", company_name="Zeta").json()["uuid"] == people["cyd"]
    missing = look_up(linkedin_id="nobody", email=None)
    assert (missing.status_code, missing.json()["error"]["reason"]) == (404, "not_found")
    path = f"{LEADS}/{people['ann']}"
    changed = api.put(path, json={"last_name": "Smith", "email": "ann@smith.com", "headline": None}).json()
    assert (changed["name"], changed["work_email"], changed["headline"]) == ("Ann Smith", "ann@smith.com", None)
    assert api.get(path).json() == changed
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    assert search(api)["total"] == 2


def test_adding_a_new_contact_to_a_flow(api: httpx.Client, list_uuid: str) -> None:
    schedule: dict[str, Any] = {"timezone": "UTC", "timeblocks": []}
    flow = api.post("/flows/api/flows", json={"name": "A", "use_sender_schedule": True, "schedule": schedule})
    path = f"/flows/api/flows/{flow.json()['uuid']}/add-new-lead"
    body = {"lead": {"linkedin_id": "jo", "headline": "One"}, "list_uuid": list_uuid}
    created = api.post(path, json={**body, "skip_if_lead_exists": True})
    assert (created.status_code, created.content) == (204, b"")
    assert search(api)["data"][0]["headline"] == "One"
    again = {**body, "lead": {"linkedin_id": "jo", "headline": "Two"}}
    skipped = api.post(path, json={**again, "skip_if_lead_exists": True})
    assert (skipped.status_code, skipped.json()) == (200, {"reason": "skipped"})
    assert api.post(path, json={**again, "update_lead_if_exists": False}).status_code == 204
    assert search(api)["data"][0]["headline"] == "One"
    assert api.post(path, json=again).status_code == 204
    assert (search(api)["data"][0]["headline"], search(api)["total"]) == ("Two", 1)
    assert api.post(path, json={**again, "list_uuid": str(uuid4())}).status_code == 422


def test_concurrent_clients_do_not_lose_writes(api: httpx.Client, server: SandboxServer, list_uuid: str) -> None:
    headers = {"authorization": f"Bearer {server.key}"}

    async def write(number: int) -> None:
        async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=30, verify=False) as client:
            for half in ("a", "b"):
                body = {"lead": {"linkedin_id": f"{half}{number}"}, "list_uuid": list_uuid}
                (await client.post(f"{LEADS}/upsert", json=body)).raise_for_status()

    async def write_all() -> None:
        await asyncio.gather(*(write(number) for number in range(100)))

    asyncio.run(write_all())
    rows = search(api, limit=1000)["data"]
    assert len({row["uuid"] for row in rows}) == 200
    assert {row["linkedin"] for row in rows} == {f"{half}{number}" for half in "ab" for number in range(100)}
    assert len({row["created_at"] for row in rows}) == 200


def test_250_upserts_are_quick(api: httpx.Client, list_uuid: str) -> None:
    started = time.process_time()  # of client and server
    for number in range(250):
        upsert(api, list_uuid, f"h{number}", first_name="Jo", email=f"jo{number}@example.com")
    assert time.process_time() - started < 2


def test_a_database_file_keeps_the_state(tmp_path: Path) -> None:
    database = str(tmp_path / "sandbox.sqlite3")
    for expected in (1, 2):
        with run_in_thread(database=database, keys=("other-key", "second")) as server:
            headers = {"authorization": "Bearer second"}
            assert server.key == "other-key"
            assert httpx.post(f"{server.url}/leads/api/tags", json={"name": "A"}, headers=headers).status_code == 201
            assert len(httpx.get(f"{server.url}/leads/api/tags", headers=headers).json()["data"]) == expected
