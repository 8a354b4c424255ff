"""Requests are checked against the description."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from grinfi_sandbox.querystring import nest, parse_pairs

SEARCH = "/leads/api/leads/search"
UPSERT = "/leads/api/leads/upsert"
METRICS = {"period_from": "2026-04-01T00:00:00Z", "period_to": "2026-04-28T23:59:59Z", "metrics": ["email_sent_count"]}
ANY_UUID = "0b7e1a52-5f0e-4b8e-9a53-0c1f7a1d6e11"


def refused_fields(response: httpx.Response) -> set[str]:
    """Check that a response is a complete 422, and return the fields that it names."""
    assert response.status_code == 422, response.text
    body = response.json()
    assert body.keys() == {"error", "message", "code"}
    assert body["code"] == 422
    assert body["error"].keys() == {"reason", "message", "data"}
    assert body["error"]["reason"] == "validation_error"
    data: dict[str, list[str]] = body["error"]["data"]
    assert all(messages and all(messages) for messages in data.values())
    return set(data)


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/leads/api/lists?status=closed&x=1", {"status", "x"}),
        ("/leads/api/lists?limit=many", {"limit"}),
        ("/leads/api/lists?limit=", {"limit"}),
        ("/leads/api/lists?limit=-1", {"limit"}),
        ("/leads/api/lists?limit=9999999999", {"limit"}),
        ("/leads/api/lists?order_type=up", {"order_type"}),
        ("/leads/api/lists?order_field=nothing", {"order_field"}),
        ("/leads/api/lists?order_field=name)%3B--", {"order_field"}),
        ("/leads/api/tags?limit=5", {"limit"}),
        ("/id/api/teams/seven", {"id"}),
        ("/flows/api/tasks/schedule", {"sender_profile_uuid", "date"}),
        ("/flows/api/tasks/schedule?sender_profile_uuid=a&date=2026-02-30", {"date"}),
        ("/leads/api/pipeline-stages", {"filter"}),
        ("/leads/api/pipeline-stages?filter=", {"filter"}),
        ("/leads/api/pipeline-stages?filter={", {"filter"}),
        ("/leads/api/pipeline-stages?filter=[]", {"filter"}),
        ("/leads/api/pipeline-stages?filter[object]=lead", {"filter"}),
        ("/leads/api/activities?filter[type]=x", {"filter"}),
        ('/flows/api/tasks?filter={"status":"closed"}', {"filter"}),
        ("/flows/api/tasks?filter[]=closed", {"filter"}),
        ("/flows/api/tasks?filter[status]=done", {"filter.status"}),
        ("/flows/api/tasks?filter[status][]=closed&filter[status][]=done", {"filter.status.1"}),
        ("/flows/api/tasks?filter[flow_node_id]=x", {"filter.flow_node_id"}),
        ("/flows/api/tasks?filter[executed_at][like]=2026", {"filter.executed_at"}),
        ("/flows/api/tasks?filter[flow_uuid][][]=a", {"filter.flow_uuid.0"}),
    ],
)
def test_refuses_query(api: httpx.Client, path: str, fields: set[str]) -> None:
    assert refused_fields(api.get(path)) == fields


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("a=1&b=x%20y+z&c&d=", {"a": "1", "b": "x y z", "c": "", "d": ""}),
        ("f[s]=a&f[t][]=A&f[t][]=B", {"f": {"s": "a", "t": ["A", "B"]}}),
        ("f[t][0]=A&f[t][1]=B", {"f": {"t": ["A", "B"]}}),
        ("f[t][1]=A", {"f": {"t": {"1": "A"}}}),
        ("f[at][>=]=2026-07-22&f[at][<]=2026-07-23", {"f": {"at": {">=": "2026-07-22", "<": "2026-07-23"}}}),
        ("f%5Bat%5D%5B>=%5D=2026", {"f": {"at": {">=": "2026"}}}),
        ("f%5bat%5d%5B%3E%3D%5D=a%3Db=c", {"f": {"at": {">=": "a=b=c"}}}),
        ("f[s]=a&f[s]=b", {"f": {"s": "b"}}),
        ('f={"a":["b=c"]}', {"f": '{"a":["b=c"]}'}),
        ("f[=1&[x]=2&&=3", {"f[": "1", "[x]": "2", "": "3"}),
    ],
)
def test_reads_query_strings_as_php_does(query: str, expected: dict[str, Any]) -> None:
    assert nest(parse_pairs(query)) == expected


@pytest.mark.parametrize(
    "path",
    [
        "/leads/api/lists?limit=1",
        "/flows/api/flow-workspaces?limit=5&offset=1",
        "/integrations/api/webhooks?limit=5",
        "/flows/api/tasks?filter[status]=closed&filter[automation]=manual&filter[flow_node_id]=7",
        "/flows/api/tasks?filter[flow_uuid][]=A&filter[flow_uuid][]=B",
        "/flows/api/tasks?filter%5Bflow_uuid%5D%5B0%5D=A&filter%5Bflow_uuid%5D%5B1%5D=B",
        "/flows/api/tasks?filter[executed_at][>=]=2026-07-22&filter[executed_at][<]=2026-07-23",
        "/flows/api/tasks?filter%5Bexecuted_at%5D%5B%3E%3D%5D=2026-07-22",
        "/flows/api/tasks?filter[flow_uuid]=is_null",
        '/leads/api/pipeline-stages?filter={"object":"lead"}',
        "/leads/api/activities?filter=%7B%22created_at%22%3A%7B%22%3E%3D%22%3A%222026-01-01%22%7D%7D",
        "/flows/api/tasks/schedule?sender_profile_uuid=a&date=2026-02-28",
    ],
)
def test_accepts_query(api: httpx.Client, path: str) -> None:
    assert api.get(path).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "fields"),
    [
        ("POST", "/leads/api/lists", {}, {"name"}),
        ("POST", "/leads/api/lists", {"name": None}, {"name"}),
        ("POST", "/leads/api/lists", [], {"body"}),
        ("POST", SEARCH, {"limit": 0}, {"limit"}),
        ("POST", SEARCH, {"limit": "5"}, {"limit"}),
        ("POST", SEARCH, {"limit": True}, {"limit"}),
        ("POST", SEARCH, {"offset": -1}, {"offset"}),
        ("POST", SEARCH, {"order_type": "up"}, {"order_type"}),
        ("POST", SEARCH, {"order_field": "nothing"}, {"order_field"}),
        ("POST", SEARCH, {"filter": []}, {"filter"}),
        ("POST", UPSERT, {"lead": {}, "list_uuid": ANY_UUID}, {"lead.linkedin_id"}),
        ("POST", UPSERT, {"lead": {"linkedin_id": "a", "email": "x"}, "list_uuid": ANY_UUID}, {"lead.email"}),
        ("POST", UPSERT, {"lead": {"linkedin_id": "a"}, "list_uuid": ANY_UUID}, {"list_uuid"}),
        ("POST", "/leads/api/leads/lookup-one", {"name": "Jo"}, {"linkedin_id", "email", "company_name"}),
        ("POST", "/leads/api/leads/lookup-one", {"linkedin_id": None}, {"linkedin_id"}),
        ("POST", "/leads/api/leads/count", {}, {"ids"}),
        ("POST", "/leads/api/leads/count", {"ids": ["x"]}, {"ids.0"}),
        ("POST", "/leads/api/leads/metrics", {**METRICS, "period_from": "2026-04-01"}, {"period_from"}),
        ("POST", "/leads/api/leads/metrics", {**METRICS, "metrics": ["likes"]}, {"metrics.0"}),
        ("POST", "/leads/api/companies", {"companies": [{"name": "A"}, {"name": 5}]}, {"companies.1.name"}),
        ("POST", "/id/api/teams/7/check-limits", {"sender_profiles_limit": 0}, {"sender_profiles_limit"}),
        ("POST", f"/flows/api/flows/{ANY_UUID}/flow-versions", {"contact_sources": []}, {"contact_sources", "nodes"}),
        ("PUT", "/flows/api/sender-profiles/x/enable", {"a": 1}, {"body"}),
    ],
)
def test_refuses_body(api: httpx.Client, method: str, path: str, body: Any, fields: set[str]) -> None:
    assert refused_fields(api.request(method, path, json=body)) >= fields


def test_names_only_what_is_wrong(api: httpx.Client) -> None:
    body = {"lead": {"linkedin_id": "a", "email": "x", "about": "fine"}, "list_uuid": ANY_UUID, "move_to_list": False}
    assert refused_fields(api.post(UPSERT, json=body)) == {"lead.email"}


def test_open_objects_take_any_property(api: httpx.Client) -> None:
    assert api.post("/leads/api/leads/metrics", json={**METRICS, "filter": {"any": 1}}).status_code == 200


@pytest.mark.parametrize("content", [b"{", b"\xff", b"NaN", b'{"name": "\\ud800"}', b"[" * 100_000])
def test_broken_json(api: httpx.Client, content: bytes) -> None:
    response = api.post("/leads/api/lists", content=content, headers={"content-type": "application/json"})
    assert (response.status_code, response.json()["code"]) == (400, 400)
    assert response.json()["error"]["reason"] == "bad_request"


def test_content_type_and_missing_body(api: httpx.Client) -> None:
    assert refused_fields(api.post("/leads/api/lists")) == {"body"}
    assert refused_fields(api.post("/leads/api/lists", data={"name": "A"})) == {"content-type"}
    assert refused_fields(api.post("/leads/api/lists", content=b'{"name": "A"}')) == {"content-type"}
    assert refused_fields(api.post("/leads/api/lists", files={"name": b"A"})) == {"content-type"}
    typed = {"content-type": "application/json; charset=utf-8"}
    assert api.post("/leads/api/lists", content=b'{"name": "A"}', headers=typed).status_code == 201
    assert api.post("/leads/api/enrichment-queue/metrics").status_code == 200


def test_multipart(api: httpx.Client) -> None:
    path = "/flows/api/attachments"
    file = {"attachment": ("a.png", b"abc", "image/png")}
    payload = {"payload[name]": "a.png", "payload[size]": "3", "payload[type]": "image/png"}
    assert api.post(path, files=file, data=payload).json()["payload"]["name"] == "a.png"
    assert refused_fields(api.post(path, files=file)) == {"payload"}
    assert refused_fields(api.post(path, files=file, data={"payload[name]": "a.png"})) == {
        "payload.size",
        "payload.type",
    }
    assert refused_fields(api.post(path, files=file, data={"payload": "{}"})) == {"payload"}
    assert api.post(path, files=file, data={**payload, "note": "x"}).is_success
    assert refused_fields(api.post(path, files={"other": b"abc"}, data=payload)) == {"attachment"}
    assert refused_fields(api.post(path, json={"attachment": "abc"})) == {"content-type"}
    upload = "/leads/api/file-imports/upload-csv"
    assert refused_fields(api.post(upload, files={"file": b"name\n"}, data={"type": "csv_companies"})) == {"type"}
    assert refused_fields(api.post(upload, files={"file": b"x", "type": b"csv_leads"})) == {"type"}
    broken = api.post(upload, content=b"xyz", headers={"content-type": "multipart/form-data"})
    assert (broken.status_code, broken.json()["error"]["reason"]) == (400, "bad_request")


def test_unknown_paths_and_methods(api: httpx.Client) -> None:
    for method, path, status, reason in (
        ("GET", "/leads/api/nothing", 404, "not_found"),
        ("GET", "/leads/api/leads/", 404, "not_found"),
        ("POST", "/", 404, "not_found"),
        ("DELETE", "/leads/api/tags", 405, "method_not_allowed"),
        ("PATCH", "/leads/api/lists/x", 405, "method_not_allowed"),
        ("GET", f"/leads/api/tags/{ANY_UUID}", 405, "method_not_allowed"),
    ):
        response = api.request(method, path)
        assert (response.status_code, response.json()["code"]) == (status, status), path
        assert response.json()["error"]["reason"] == reason
    assert api.delete("/leads/api/tags").headers["allow"] == "GET, POST"


@pytest.mark.parametrize("resource", ["leads", "lists", "tags", "custom-fields"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("uuid", [ANY_UUID, "no-uuid", "a%2Fb", "%00"])
def test_unknown_records(api: httpx.Client, resource: str, method: str, uuid: str) -> None:
    body = {"first_name": "Jo"} if resource == "leads" else {"name": "A"}
    response = api.request(method, f"/leads/api/{resource}/{uuid}", json=body if method == "PUT" else None)
    if method == "GET" and resource in ("tags", "custom-fields"):
        assert response.status_code == 405
    else:
        assert (response.status_code, response.json()["error"]["reason"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/flows/api/tasks?filter[nope]=1", None),
        ("GET", "/leads/api/lists?filter[x'%20OR%201=1%20--]=1", None),
        ("POST", SEARCH, {"filter": {"nope": 1}}),
        ("POST", SEARCH, {"filter": {"name') OR 1=1 --": 1}}),
        ("POST", SEARCH, {"filter": {"custom_fields.nope": 1}}),
        ("POST", "/flows/api/flows-leads/list", {"filter": {"lead_name": ["a"]}}),
    ],
)
def test_unknown_filter_key_is_refused(api: httpx.Client, method: str, path: str, body: Any) -> None:
    response = api.request(method, path, json=body) if body else api.get(path)
    assert response.status_code == 422
    assert response.json()["error"]["reason"] == "validation_error"
    assert "Unknown filter key" in response.json()["error"]["message"]
