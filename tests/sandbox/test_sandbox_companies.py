"""Companies: made, found, linked to contacts, changed by mass actions and enriched."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from grinfi_sandbox import SandboxServer, enrichment
from tests.sandbox.sandbox_crm import activities, finish_jobs, make, upsert

COMPANIES = "/leads/api/companies"


def make_companies(api: httpx.Client, *companies: dict[str, Any], **more: Any) -> list[str]:
    response = api.post(COMPANIES, json={"companies": companies, **more})
    assert response.status_code == 200, response.text
    return [row["uuid"] for row in response.json()]


def names(api: httpx.Client, conditions: dict[str, Any]) -> list[str]:
    body = {"filter": conditions, "order_field": "name", "order_type": "asc"}
    page = api.post(f"{COMPANIES}/list", json=body).json()
    assert (page["total"], page["has_more"]) == (len(page["data"]), False)
    return [row["name"] for row in page["data"]]


def act(api: httpx.Client, server: SandboxServer, kind: str, conditions: Any, **payload: Any) -> None:
    body = {"type": f"company_{kind}", "filter": conditions, "payload": payload}
    response = api.put(f"{COMPANIES}/mass-action", json=body)
    assert (response.status_code, response.json()) == (200, {})
    finish_jobs(server)


def test_companies_are_made_found_changed_and_deleted(api: httpx.Client, list_uuid: str) -> None:
    acme = {"name": "Acme Inc", "website": "https://www.acme.com/en", "linkedin": "linkedin.com/company/acme/"}
    first, second = make_companies(api, acme, {"domain": "zeta.io", "industry": "Retail"}, list_uuids=[list_uuid])
    path = f"{COMPANIES}/{first}"
    row = api.get(path).json()
    assert row == {**row, "domain": "acme.com", "linkedin": "acme", "lists": [list_uuid], "tags": []}
    assert names(api, {}) == ["Acme Inc", "zeta.io"]
    assert names(api, {"industry": "Retail"}) == ["zeta.io"]
    assert names(api, {"lists": [list_uuid], "domain": {"!=": "zeta.io"}}) == ["Acme Inc"]
    assert [row["uuid"] for row in api.get(f"{COMPANIES}?filter[q]=ZETA").json()["data"]] == [second]
    assert api.put(path, json={"phone": "1", "website": "https://x.org"}).json()["domain"] == "acme.com"
    assert api.put(path, json={"lead_status_uuid": str(uuid4())}).status_code == 422
    assert activities(api, company_uuid=first) == ["created", "updated"]
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    assert activities(api, company_uuid=first) == []
    refused = api.post(COMPANIES, json={"companies": [{"name": "A"}], "list_uuids": [str(uuid4())]})
    assert (refused.status_code, names(api, {})) == (422, ["zeta.io"])


def test_look_up(api: httpx.Client) -> None:
    acme, zeta = make_companies(api, {"name": "Acme", "linkedin": "acme"}, {"name": "Zeta", "domain": "zeta.io"})
    assert api.put(f"{COMPANIES}/{zeta}", json={"ln_id": 77}).status_code == 200

    def look_up(*lookups: dict[str, str]) -> list[str]:
        return [row["uuid"] for row in api.post(f"{COMPANIES}/lookup", json={"lookups": lookups}).json()]

    assert look_up({"linkedin": "https://linkedin.com/company/acme"}, {"website": "zeta.io"}) == [acme, zeta]
    assert look_up({"ln_id": "77", "name": "Acme"}, {"name": "Zeta"}) == [zeta]
    assert look_up({"ln_id": "9" * 40}, {"name": "Nobody"}, {}) == []


def test_contacts_belong_to_the_company_of_their_company_name(api: httpx.Client, list_uuid: str) -> None:
    before = upsert(api, list_uuid, "ann", company_name="Acme")["uuid"]
    (acme,) = make_companies(api, {"name": "Acme"})
    after = upsert(api, list_uuid, "bob", company_name="Acme")["uuid"]
    upsert(api, list_uuid, "cyd", company_name="Zeta")
    leads = api.post(f"{COMPANIES}/leads", json={"uuids": [acme, str(uuid4())]}).json()
    assert {uuid: [lead["uuid"] for lead in rows] for uuid, rows in leads.items()} == {acme: [before, after]}
    api.delete(f"{COMPANIES}/{acme}")
    assert api.get(f"/leads/api/leads/{after}").json()["company_uuid"] is None


def test_mass_actions(api: httpx.Client, server: SandboxServer) -> None:
    acme, zeta = make_companies(api, {"name": "Acme"}, {"name": "Zeta"})
    hot, cold = make(api, "tags", name="Hot"), make(api, "tags", name="Cold")
    stage = make(api, "pipeline-stages", name="Customer", object="company", category="positive")
    act(api, server, "add_tags", {"all": True}, tag_uuid=hot)
    act(api, server, "replace_tags", {"ids": [zeta]}, tag_uuids=[cold])
    assert (names(api, {"tags": [hot]}), names(api, {"tags": [cold]})) == (["Acme"], ["Zeta"])
    metrics = api.post("/leads/api/tags/metrics", json={"uuids": [hot, cold], "metrics": ["companies_count"]}).json()
    assert metrics == {hot: {"companies_count": 1}, cold: {"companies_count": 1}}
    act(api, server, "remove_tags", {"all": True}, tag_uuid=hot)
    assert names(api, {"tags": "is_null"}) == ["Acme"]
    act(api, server, "change_pipeline_stage", {"name": "Acme"}, pipeline_stage_uuid=stage)
    assert names(api, {"lead_status_uuid": stage}) == ["Acme"]
    assert activities(api, company_uuid=acme) == ["created", "tag_added", "updated", "pipeline_stage_changed"]
    act(api, server, "delete", {"ids": [zeta]})
    assert names(api, {}) == ["Acme"]


def test_custom_fields_of_companies(api: httpx.Client) -> None:
    (acme,) = make_companies(api, {"name": "Acme"})
    field = make(api, "custom-fields", name="region", object="company")
    value = {"custom_field_uuid": field, "object_type": "company", "object_uuid": acme, "value": "EU"}
    assert api.post("/leads/api/custom-field-values", json=value).status_code == 201
    assert names(api, {"custom_fields.region": "EU"}) == ["Acme"]
    assert names(api, {"custom_fields.region": "is_null"}) == []
    assert api.post("/leads/api/leads/search", json={"filter": {"custom_fields.region": "EU"}}).status_code == 422


def test_enrichment_costs_credits(
    api: httpx.Client, server: SandboxServer, list_uuid: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enrichment, "CREDITS", 3)
    assert api.post("/_sandbox/reset").status_code == 204
    target = make(api, "lists", name="New")
    companies = make_companies(api, {"name": "Acme"}, {"name": "Zeta"})
    lead = upsert(api, target, "ann", email="ann@acme.com")["uuid"]
    queued = api.put(f"{COMPANIES}/advanced-enrichment", json={"filter": {"all": True}})
    assert (queued.status_code, queued.json()) == (200, {"count": 2})
    assert [row["status"] for row in api.get("/leads/api/enrichment-queue").json()["data"]] == ["queued"] * 2
    assert api.get(f"{COMPANIES}/{companies[0]}").json()["last_enrich_at"] is None
    finish_jobs(server)
    assert api.get(f"{COMPANIES}/{companies[0]}").json()["last_enrich_at"] is not None
    assert activities(api, company_uuid=companies[0]) == ["created", "contact_enriched"]
    short = api.put(f"{COMPANIES}/advanced-enrichment", json={"uuids": companies})
    assert (short.status_code, short.json()["error"]["reason"]) == (402, "payment_required")
    assert api.put("/leads/api/leads/advanced-enrichment", json={"uuids": [lead]}).status_code == 200
    finish_jobs(server)
    assert api.get(f"/leads/api/leads/{lead}").json()["email_status"] == "valid"
    assert api.put("/leads/api/leads/advanced-enrichment", json={"uuids": [lead]}).status_code == 402
    assert api.post("/leads/api/enrichment-queue/metrics", json={}).json() == {"this_month_count": 3}
    rows = api.get("/leads/api/enrichment-queue", params={"limit": 2, "order_type": "desc"}).json()["data"]
    assert [(row["object_type"], row["status"]) for row in rows] == [("lead", "done"), ("company", "done")]
