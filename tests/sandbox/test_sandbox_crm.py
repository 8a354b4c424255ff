"""Contacts and what is kept about them: stages, notes, activities, metrics, blacklists and background jobs."""

from __future__ import annotations

import json
import shutil
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from grinfi_sandbox import SandboxServer
from grinfi_sandbox.errors import ApiError
from grinfi_sandbox.store import Store
from tests.sandbox.sandbox_crm import LEADS, activities, finish_jobs, make, upsert


def stages(api: httpx.Client, **conditions: Any) -> list[dict[str, Any]]:
    params = {"filter": json.dumps({"object": "lead", **conditions})}
    rows: list[dict[str, Any]] = api.get("/leads/api/pipeline-stages", params=params).json()["data"]
    return rows


def test_stages(api: httpx.Client, server: SandboxServer, list_uuid: str) -> None:
    first = stages(api)[0]
    assert (first["name"], first["type"], first["category"]) == ("New", "new", "cold")
    assert [row["object"] for row in stages(api, object="company", type="replied")] == ["company"]
    assert api.get("/leads/api/pipeline-stages", params={"filter": '{"type":"new"}'}).status_code == 422
    lead = upsert(api, list_uuid, "ann")
    assert lead["pipeline_stage_uuid"] == first["uuid"]
    met = make(api, "pipeline-stages", name="Met", object="lead", category="positive")
    assert [row["name"] for row in stages(api, type="custom")] == ["Won", "Lost", "Met"]
    body = {"type": "contact_change_pipeline_stage", "filter": {"all": True}, "payload": {"pipeline_stage_uuid": met}}
    assert api.put(f"{LEADS}/mass-action", json=body).status_code == 200
    finish_jobs(server)
    params = {"filter": json.dumps({"lead_uuid": lead["uuid"], "type": "pipeline_stage_changed"})}
    changed = api.get("/leads/api/activities", params=params).json()["data"]
    assert [row["payload"] for row in changed] == [{"from": first["uuid"], "to": met}]
    assert api.delete(f"/leads/api/pipeline-stages/{met}").status_code == 204
    assert api.get(f"{LEADS}/{lead['uuid']}").json()["pipeline_stage_uuid"] == first["uuid"]
    assert activities(api, lead_uuid=lead["uuid"]) == ["created", *["pipeline_stage_changed"] * 2]
    assert api.delete(f"/leads/api/pipeline-stages/{first['uuid']}").status_code == 422
    company_stage = stages(api, object="company")[0]["uuid"]
    wrong = {**body, "payload": {"pipeline_stage_uuid": company_stage}}
    assert api.put(f"{LEADS}/mass-action", json=wrong).status_code == 422


@pytest.mark.parametrize(
    ("known", "sent", "same"),
    [
        ({"linkedin_id": "123"}, {"linkedin_id": "123", "ln_id": "other"}, True),
        ({"linkedin_id": "ann", "email": "a@b.c"}, {"linkedin_id": "123", "email": "a@b.c"}, True),
        ({"linkedin_id": "ann"}, {"linkedin_id": "123"}, False),
        ({"linkedin_id": "ann", "ln_id": "A"}, {"linkedin_id": "ann", "ln_id": "B"}, True),
    ],
)
def test_deduplication(api: httpx.Client, list_uuid: str, known: Any, sent: Any, same: bool) -> None:
    one = upsert(api, list_uuid, **{"handle": known.pop("linkedin_id"), **known})
    other = upsert(api, list_uuid, **{"handle": sent.pop("linkedin_id"), **sent})
    assert (one["uuid"] == other["uuid"]) == same


def test_the_first_deduplication_key_that_matches_decides(api: httpx.Client, list_uuid: str) -> None:
    keys: list[dict[str, Any]] = [
        {"handle": "4711"},
        {"handle": "b", "ln_id": "L"},
        {"handle": "c", "sn_id": "S"},
        {"handle": "nick"},
        {"handle": "e", "email": "e@x.y"},
        {"handle": "f", "first_name": "Jo", "company_name": "X"},
    ]
    made = [upsert(api, list_uuid, **key)["uuid"] for key in keys]
    assert len(set(made)) == 6
    wanted: dict[str, Any] = {"ln_id": "L", "sn_id": "S", "email": "e@x.y", "first_name": "Jo", "company_name": "X"}
    # Without the key that decided, the next one does.
    assert upsert(api, list_uuid, "4711", **wanted)["uuid"] == made[0]
    api.delete(f"{LEADS}/{made[0]}")
    assert upsert(api, list_uuid, "nick", **wanted, about="")["uuid"] == made[1]
    for number, key in ((1, "ln_id"), (2, "sn_id")):
        api.delete(f"{LEADS}/{made[number]}")
        wanted.pop(key)
        assert upsert(api, list_uuid, "nick", **{**wanted, "email": "e@x.y"})["uuid"] == made[number + 1]


def test_mass_actions_are_visible_later(
    api: httpx.Client, server: SandboxServer, list_uuid: str, slow_jobs: None
) -> None:
    ann, bob = (upsert(api, list_uuid, handle)["uuid"] for handle in ("ann", "bob"))
    tag, other = make(api, "tags", name="Hot"), make(api, "tags", name="Cold")

    def act(kind: str, conditions: Any, **payload: Any) -> None:
        body = {"type": kind, "filter": conditions, "payload": payload}
        assert api.put(f"{LEADS}/mass-action", json=body).status_code == 200

    def tagged(uuid: str) -> list[str]:
        tags: list[str] = api.get(f"{LEADS}/{uuid}").json()["tags"]
        return tags

    act("contact_add_tags", {"all": True}, tag_uuid=tag)
    act("contact_replace_tags", {"ids": [bob]}, tag_uuids=[other])
    assert (tagged(ann), tagged(bob)) == ([], [])
    late = upsert(api, list_uuid, "late")["uuid"]
    finish_jobs(server)
    assert (tagged(ann), tagged(bob), tagged(late)) == ([tag], [other], [])
    assert activities(api, lead_uuid=bob) == ["created", "tag_added", "tag_added", "updated"]
    act("contact_delete", {"ids": [ann]})
    act("contact_add_tags", {"ids": [ann, bob]}, tag_uuid=tag)
    finish_jobs(server)
    assert api.get(f"{LEADS}/{ann}").status_code == 404
    assert tagged(bob) == [other, tag]
    metrics = api.post("/leads/api/tags/metrics", json={"uuids": [tag, str(uuid4())], "metrics": ["leads_count"]})
    assert metrics.json() == {tag: {"leads_count": 1}}
    lists = api.post("/leads/api/lists/metrics", json={"uuids": [list_uuid]}).json()
    assert lists == {list_uuid: {"leads_count": 2, "companies_count": 0}}


def test_notes(api: httpx.Client, list_uuid: str) -> None:
    lead = upsert(api, list_uuid, "ann")["uuid"]
    note = make(api, "notes", object="lead", object_uuid=lead, note="Call back.")
    assert api.put(f"/leads/api/notes/{note}", json={"note": "Called."}).json()["note"] == "Called."
    rows = api.get("/leads/api/notes").json()["data"]
    assert [(row["object_uuid"], row["note"]) for row in rows] == [(lead, "Called.")]
    orphan = {"object": "company", "object_uuid": lead, "note": "x"}
    assert api.post("/leads/api/notes", json=orphan).status_code == 422
    assert api.delete(f"{LEADS}/{lead}").status_code == 204
    assert api.get("/leads/api/notes").json() == {"data": []}


def test_activities(api: httpx.Client, list_uuid: str) -> None:
    lead = upsert(api, list_uuid, "ann", about="A")["uuid"]
    upsert(api, list_uuid, "ann", about="A")
    upsert(api, list_uuid, "ann", about="B")
    made = {"object_type": "lead", "object_uuid": lead, "type": "email_sent", "payload": {"flow_uuid": "f"}}
    row = api.post("/leads/api/activities", json=made).json()
    assert row == {**row, **made}
    assert activities(api, lead_uuid=lead) == ["created", "updated", "email_sent"]
    assert activities(api, company_uuid=lead) == []
    assert activities(api, created_at={">=": row["created_at"]}) == ["email_sent"]
    assert activities(api, type=["email_sent", "created"]) == ["created", "email_sent"]


def test_blacklisted_contacts_are_excluded_from_mass_actions(
    api: httpx.Client, server: SandboxServer, list_uuid: str
) -> None:
    upsert(api, list_uuid, "ann")
    upsert(api, list_uuid, "bob", email="bob@ACME.com")
    upsert(api, list_uuid, "cyd", first_name="Cyd", company_name="Zeta")
    upsert(api, list_uuid, "dan")
    upsert(api, list_uuid, "eve", company_name="Evil Corp")
    make(api, "companies-blacklist", name="evil corp")
    entry = make(api, "leads-blacklist", linkedin="https://www.linkedin.com/in/Ann")
    make(api, "companies-blacklist", domain="acme.com")
    make(api, "leads-blacklist", name="cyd", company_name="zeta")
    assert api.post("/leads/api/leads-blacklist", json={}).status_code == 422
    page = api.get("/leads/api/leads-blacklist", params={"limit": 1}).json()
    assert ([row["linkedin"] for row in page["data"]], page["total"], page["has_more"]) == (["Ann"], 2, True)

    def tag_all(name: str) -> list[str]:
        tag = make(api, "tags", name=name)
        body = {"type": "contact_add_tags", "filter": {"all": True}, "payload": {"tag_uuid": tag}}
        assert api.put(f"{LEADS}/mass-action", json=body).status_code == 200
        finish_jobs(server)
        found = api.post(f"{LEADS}/search", json={"filter": {"tags": [tag]}, "order_type": "asc"}).json()
        return [row["linkedin"] for row in found["data"]]

    assert tag_all("One") == ["dan"]
    assert api.delete(f"/leads/api/leads-blacklist/{entry}").status_code == 204
    assert api.delete(f"/leads/api/leads-blacklist/{entry}").status_code == 404
    assert tag_all("Two") == ["ann", "dan"]


def test_data_sources(api: httpx.Client, server: SandboxServer, list_uuid: str, slow_jobs: None) -> None:
    body = {"type": "ln_my_network", "list_uuid": list_uuid, "tags": ["x"]}
    uuid = make(api, "data-sources", **body)
    path = f"/leads/api/data-sources/{uuid}"
    assert api.get(path).json()["status"] == "not_started"
    finish_jobs(server)
    assert api.get(path).json() == {**api.get(path).json(), **body, "status": "completed"}
    counts = api.put("/leads/api/data-sources/metrics", json={"uuids": [uuid]}).json()[uuid]
    assert set(counts.values()) == {0}
    assert len(api.get("/leads/api/data-sources").json()["data"]) == 1
    assert (api.delete(path).status_code, api.get(path).status_code) == (200, 404)


def test_a_job_that_is_interrupted_begins_again(tmp_path: Any) -> None:
    file = str(tmp_path / "sandbox.sqlite3")
    done: list[Any] = []

    def interrupted(payload: Any) -> None:
        raise KeyboardInterrupt

    for handler in (interrupted, done.append):
        store = Store(file)
        store.on_job("greet", handler)
        if handler is interrupted:
            with store.transaction():
                store.schedule("greet", {"name": "Ann"})
            with pytest.raises(KeyboardInterrupt):
                store.run_jobs(all_jobs=True)
        else:
            store.run_jobs(all_jobs=True)
        store.close()
    assert done == [{"name": "Ann"}]


def test_jobs_and_state_outlive_a_restart(tmp_path: Any) -> None:
    file = str(tmp_path / "sandbox.sqlite3")
    done: list[Any] = []
    first = Store(file)
    with first.transaction():
        first.schedule("greet", {"name": "Ann"})
    first.close()
    second = Store(file)
    second.on_job("greet", done.append)
    second.run_jobs(all_jobs=True)
    second.run_jobs(all_jobs=True)
    second.close()
    assert done == [{"name": "Ann"}]


def test_a_job_resumes_after_its_process_was_killed(tmp_path: Path) -> None:
    done: list[str] = []
    first = Store(str(tmp_path / "first.sqlite3"))

    def greet(job: dict[str, Any]) -> None:
        for file in tmp_path.glob("first.sqlite3*"):  # as a kill would leave them
            shutil.copy(file, tmp_path / file.name.replace("first", "second"))
        done.append("first")

    first.on_job("greet", greet)
    with first.transaction():
        first.schedule("greet", {})
    first.run_jobs(all_jobs=True)
    first.close()
    second = Store(str(tmp_path / "second.sqlite3"))
    second.on_job("greet", lambda job: done.append("second"))
    second.run_jobs(all_jobs=True)
    second.close()
    assert done == ["first", "second"]


@pytest.mark.parametrize("error", [ApiError(404, "It is gone."), ZeroDivisionError()], ids=["told", "a mistake"])
def test_a_failed_job_is_not_repeated(error: Exception) -> None:
    tried: list[Any] = []
    store = Store()

    def fail(job: dict[str, Any]) -> None:
        tried.append(job)
        raise error

    store.on_job("fail", fail)
    with store.transaction():
        store.schedule("fail", {})
    with nullcontext() if isinstance(error, ApiError) else pytest.raises(ZeroDivisionError):
        store.run_jobs(all_jobs=True)
    store.run_jobs(all_jobs=True)
    store.close()
    assert tried == [{}]
