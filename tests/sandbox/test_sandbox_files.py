"""CSV files are uploaded and imported, exported and downloaded, each by a job."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import uuid4

import httpx
import pytest

from grinfi_sandbox import SandboxServer, files
from tests.sandbox.sandbox_crm import activities, finish_jobs, make, upsert

IMPORTS = "/leads/api/file-imports"
EXPORTS = "/leads/api/file-exports"
TABLE = "\r\n".join(
    (
        "Profile;Mail;First;Employer;Tier",
        "https://www.linkedin.com/in/ann/;ann@acme.com;Ann;Acme;A",
        "",
        'bob;;"Bob ""the CTO""";"Zeta; Ltd";B',
        ";;;;C",
        "known;;;;",
        ";blocked@acme.com;;;",
        "ann;;;;",
    )
)
TARGETS = {"Profile": "linkedin_id", "Mail": "email", "First": "first_name", "Employer": "company_name", "Tier": "tier"}


def columns(targets: dict[str, str]) -> list[dict[str, str]]:
    return [{"source": source, "target": target} for source, target in targets.items()]


def upload(api: httpx.Client, content: str | bytes) -> httpx.Response:
    return api.post(
        f"{IMPORTS}/upload-csv", files={"file": ("people.csv", content, "text/csv")}, data={"type": "csv_leads"}
    )


def counts(api: httpx.Client, uuid: str) -> dict[str, int]:
    """Return the counts of an import that are not 0."""
    metrics = api.put("/leads/api/data-sources/metrics", json={"uuids": [uuid]}).json()[uuid]
    return {name.removesuffix("_records"): count for name, count in metrics.items() if count}


def find(api: httpx.Client, path: str = "leads/search", **conditions: Any) -> list[dict[str, Any]]:
    body = {"filter": conditions, "order_type": "asc", "limit": 100}
    rows: list[dict[str, Any]] = api.post(f"/leads/api/{path}", json=body).json()["data"]
    return rows


def download(api: httpx.Client, name: str) -> list[dict[str, str]]:
    response = api.post(f"{EXPORTS}/download", json={"file_name": name})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(response.text, newline="")))


def test_import_of_contacts(api: httpx.Client, server: SandboxServer, list_uuid: str, slow_jobs: None) -> None:
    make(api, "custom-fields", name="tier", object="lead")
    tag = make(api, "tags", name="Imported")
    make(api, "leads-blacklist", email="Blocked@acme.com")
    known = upsert(api, list_uuid, "known")
    record = upload(api, "\ufeff" + TABLE).json()
    assert record["payload"] == {**record["payload"], "delimiter": ";", "file_path": "people.csv"}
    uuid = record["uuid"]
    body = {"columns": columns(TARGETS), "list_uuid": list_uuid, "tags": [tag]}
    started = api.post(f"{IMPORTS}/{uuid}/import-leads", json=body)
    assert (started.status_code, started.json()) == (200, {})
    assert counts(api, uuid) == {"queued": 6}
    assert api.get(f"/leads/api/data-sources/{uuid}").json()["status"] == "in_progress"
    assert api.post(f"{IMPORTS}/{uuid}/import-leads", json=body).status_code == 422
    finish_jobs(server)
    assert counts(api, uuid) == {"saved": 2, "duplicate": 2, "error": 1, "blacklisted": 1}
    source = api.get(f"/leads/api/data-sources/{uuid}").json()
    assert (source["status"], [error["line"] for error in source["errors"]]) == ("completed", [4])
    ann, bob = find(api, data_source_uuid=uuid)
    assert ann == {**ann, "linkedin": "ann", "work_email": "ann@acme.com", "name": "Ann", "list_uuid": list_uuid}
    assert (bob["first_name"], bob["company_name"], bob["tags"]) == ('Bob "the CTO"', "Zeta; Ltd", [tag])
    assert [row["linkedin"] for row in find(api, **{"custom_fields.tier": "B"})] == ["bob"]
    assert activities(api, lead_uuid=known["uuid"]) == ["created"]
    assert api.post(f"{IMPORTS}/{uuid}/import-leads", json=body).status_code == 200
    finish_jobs(server)
    assert counts(api, uuid) == {"duplicate": 4, "error": 1, "blacklisted": 1}


def test_a_long_import_shows_its_progress(
    api: httpx.Client, server: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "ROWS_PER_STEP", 3)
    monkeypatch.setattr(server.app.state.store, "job_delay", 0.2)
    uuid = upload(api, "name\n" + "".join(f"Person {number}\n" for number in range(8))).json()["uuid"]
    api.post(f"{IMPORTS}/{uuid}/import-leads", json={"columns": columns({"name": "name"})})
    seen = [counts(api, uuid)]
    while "queued" in seen[-1]:
        seen.append(counts(api, uuid))
    steps = [{"queued": 8}, {"saved": 3, "queued": 5}, {"saved": 6, "queued": 2}, {"saved": 8}]
    places = [steps.index(step) for step in seen]
    assert places == sorted(places)
    assert {1, 2} & {*places}  # on a busy machine, one can be missed
    names = [row["name"] for row in api.get("/leads/api/lists").json()["data"]]
    assert names == ["people"]


def test_import_of_companies(api: httpx.Client, server: SandboxServer) -> None:
    api.post("/leads/api/companies", json={"companies": [{"name": "Known", "domain": "known.com"}]})
    make(api, "companies-blacklist", name="blocked")
    uuid = upload(api, "Name,Site\nAcme,https://acme.com\nK,https://known.com\nBlocked,\n,\nZeta,\n").json()["uuid"]
    body = {"columns": columns({"Name": "name", "Site": "website"})}
    assert api.post(f"{IMPORTS}/{uuid}/import-companies", json=body).status_code == 200
    finish_jobs(server)
    assert counts(api, uuid) == {"saved": 2, "duplicate": 1, "blacklisted": 1}
    assert [(row["name"], row["domain"]) for row in find(api, "companies/list", data_source_uuid=uuid)] == [
        ("Acme", "acme.com"),
        ("Zeta", None),
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"columns": columns({"Surname": "last_name"})}, "columns"),
        ({"columns": columns({"Mail": "uuid"})}, "columns"),
        ({"columns": columns({"Mail": "shoe_size"})}, "columns"),
        ({"list_uuid": str(uuid4())}, "list_uuid"),
        ({"tags": [str(uuid4())]}, "tags"),
    ],
)
def test_refused_imports(api: httpx.Client, change: dict[str, Any], field: str) -> None:
    uuid = upload(api, TABLE).json()["uuid"]
    body = {"columns": columns({"Mail": "email"}), **change}
    response = api.post(f"{IMPORTS}/{uuid}/import-leads", json=body)
    assert (response.status_code, list(response.json()["error"]["data"])) == (422, [field])
    assert api.get("/leads/api/data-sources").json()["data"] == []


@pytest.mark.parametrize("content", [b"", b"\n\n", b"name\n\xff\n", b'name\n"' + b"x" * 200_000 + b'"\n'])
def test_refused_uploads(api: httpx.Client, content: bytes) -> None:
    response = upload(api, content)
    assert (response.status_code, list(response.json()["error"]["data"])) == (422, ["file"])


def test_unknown_file(api: httpx.Client) -> None:
    body = {"columns": columns({"Mail": "email"})}
    assert api.post(f"{IMPORTS}/{uuid4()}/import-leads", json=body).status_code == 404


def test_exports(api: httpx.Client, server: SandboxServer, list_uuid: str, slow_jobs: None) -> None:
    field, tag = make(api, "custom-fields", name="tier", object="lead"), make(api, "tags", name="Hot")
    ann = upsert(api, list_uuid, "ann", first_name='A "quoted", name\nin two lines', company_name="Acme")["uuid"]
    upsert(api, list_uuid, "bob", company_name="Zeta")
    value = {"custom_field_uuid": field, "object_type": "lead", "object_uuid": ann, "value": "A"}
    assert api.post("/leads/api/custom-field-values", json=value).status_code == 201
    body = {"type": "contact_add_tags", "filter": {"ids": [ann]}, "payload": {"tag_uuid": tag}}
    assert api.put("/leads/api/leads/mass-action", json=body).status_code == 200
    conditions = {"company_name": ["Acme", "Nobody"]}
    record = api.post(f"{EXPORTS}/leads", json={"filter": conditions}).json()
    assert record == {**record, "type": "contact_export_csv", "filter": conditions, "status": "queued"}
    name = f"{record['uuid']}.csv"
    assert api.post(f"{EXPORTS}/download", json={"file_name": name}).status_code == 404
    finish_jobs(server)
    (row,) = download(api, name)
    expected = {"uuid": ann, "linkedin": "ann", "tags": "Hot", "tier": "A", "about": ""}
    assert row == {**row, **expected, "first_name": 'A "quoted", name\nin two lines'}
    everybody = api.post(f"{EXPORTS}/leads", json={"filter": {"all": True}}).json()["uuid"]
    finish_jobs(server)
    assert [row["linkedin"] for row in download(api, everybody)] == ["ann", "bob"]
    assert api.post(f"{EXPORTS}/leads", json={"filter": {"shoe": 1}}).status_code == 422


def test_exports_of_companies_and_by_mass_action(api: httpx.Client, server: SandboxServer, list_uuid: str) -> None:
    api.post("/leads/api/companies", json={"companies": [{"name": "Acme"}, {"name": "Zeta"}]})
    record = api.post(f"{EXPORTS}/companies", json={"filter": {"name": "Zeta"}}).json()
    assert record == {"uuid": record["uuid"], "type": "account_export_csv", "status": "queued"}
    lead = upsert(api, list_uuid, "ann")["uuid"]
    body = {"type": "contact_export_csv", "filter": {"all": True}}
    assert api.put("/leads/api/leads/mass-action", json=body).status_code == 200
    finish_jobs(server)
    assert [row["name"] for row in download(api, f"{record['uuid']}.csv")] == ["Zeta"]
    params = {"filter": f'{{"lead_uuid":"{lead}","type":"contact_exported"}}'}
    told = api.get("/leads/api/activities", params=params).json()["data"][0]["payload"]["file_name"]
    assert [row["linkedin"] for row in download(api, told)] == ["ann"]


def test_contacts_of_a_blacklisted_company_are_not_imported(api: httpx.Client, server: SandboxServer) -> None:
    api.post("/leads/api/companies", json={"companies": [{"name": "Evil", "domain": "evil.example"}]})
    make(api, "companies-blacklist", domain="evil.example")
    uuid = upload(api, "name,company,mail\nAnn,Evil,\nBob,,bob@EVIL.example\nCyd,Good,\n").json()["uuid"]
    targets = columns({"name": "name", "company": "company_name", "mail": "email"})
    assert api.post(f"{IMPORTS}/{uuid}/import-leads", json={"columns": targets}).status_code == 200
    finish_jobs(server)
    assert counts(api, uuid) == {"saved": 1, "blacklisted": 2}
    assert [row["name"] for row in find(api)] == ["Cyd"]
