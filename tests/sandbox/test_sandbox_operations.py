"""Every operation of a description is answered as described."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import httpx
import pytest
from openapi_schema_validator import OAS30Validator

from grinfi_sandbox import SandboxServer, run_in_thread
from grinfi_sandbox.description import Answer, Description, Operation, find_description, load_description
from grinfi_sandbox.observed import observed_document
from grinfi_sandbox.samples import Samples
from grinfi_sandbox.schemas import Mode, Schemas
from grinfi_sandbox.store import JOB_DELAY

DESCRIPTION = Description(load_description(find_description()))
SCHEMAS = Schemas(DESCRIPTION)
SAMPLES = Samples(DESCRIPTION, SCHEMAS)
CORRECTED = Description(observed_document(DESCRIPTION.document))
ADDED = [
    operation
    for operation in CORRECTED.operations
    if operation.route not in {it.route for it in DESCRIPTION.operations}
]
JSON = "application/json"
ANY_UUID = "0b7e1a52-5f0e-4b8e-9a53-0c1f7a1d6e11"
FILTERS = {"listPipelineStages": '{"object":"lead"}', "listActivities": '{"type":"created"}'}

EMAIL = {
    "from_name": "Max",
    "from_email": "max@acme.com",
    "to_name": "John",
    "to_email": "john@acme.com",
    "subject": "Hello",
    "body": "Hi",
    # The fields that the live server requires instead; the description allows other fields.
    "to": [{"to_email": "john@acme.com", "to_name": "John"}],
}
# This event is among those of the description's request and of its answer.
WEBHOOK = {"event": "contact_replied_email", "request_method": "POST", "target_url": "http://127.0.0.1:9/"}
UPLOAD: dict[str, Any] = {
    "files": {"attachment": ("a.png", b"abc", "image/png")},
    "data": {"payload[name]": "a.png", "payload[size]": "3", "payload[type]": "image/png"},
}
VERSION = DESCRIPTION.document["paths"]["/flows/api/flows/{flowUuid}/flow-versions"]["post"]["requestBody"]["content"][
    JSON
]["example"]
# The record of `State` that a path is about.
PARAMETERS = {"flowUuid": "flow", "leadUuid": "lead"}
PATHS = {
    "leads": "lead",
    "lists": "list",
    "tags": "tag",
    "custom-fields": "field",
    "companies": "company",
    "pipeline-stages": "stage",
    "notes": "note",
    "leads-blacklist": "blocked_lead",
    "companies-blacklist": "blocked_company",
    "data-sources": "source",
    "file-imports": "file",
    "flow-versions": "version",
    "flow-workspaces": "folder",
    "tasks": "task",
    "sender-profiles": "sender",
    "linkedin-messages": "message",
    "emails": "email",
    "email-bodies": "email_body",
    "mailboxes": "mailbox",
    "attachments": "attachment",
    "mass-actions": "mass_action",
    "ai-agents": "agent",
    "ai-templates": "template",
    "webhooks": "webhook",
    "linkedin-browsers": "browser",
    "teams": "team",
}


class State:
    """One record of each kind that the sandbox keeps, made at its first use."""

    def __init__(self, api: httpx.Client) -> None:
        self._api = api

    @cached_property
    def list(self) -> str:
        return self._make("lists", {"name": "Prospects"})

    @cached_property
    def tag(self) -> str:
        return self._make("tags", {"name": "Hot"})

    @cached_property
    def field(self) -> str:
        return self._make("custom-fields", {"name": "tier", "object": "lead"})

    @cached_property
    def lead(self) -> str:
        return self._make("leads/upsert", {"lead": {"linkedin_id": "john-doe-123456"}, "list_uuid": self.list})

    @cached_property
    def company(self) -> str:
        companies = self._api.post("/leads/api/companies", json={"companies": [{"name": "Acme"}]}).json()
        uuid: str = companies[0]["uuid"]
        return uuid

    @cached_property
    def stage(self) -> str:
        return self._make("pipeline-stages", {"name": "Met", "object": "company", "category": "positive"})

    @cached_property
    def note(self) -> str:
        return self._make("notes", {"object": "lead", "object_uuid": self.lead, "note": "Call back."})

    @cached_property
    def blocked_lead(self) -> str:
        return self._make("leads-blacklist", {"linkedin": "jo"})

    @cached_property
    def blocked_company(self) -> str:
        return self._make("companies-blacklist", {"domain": "acme.com"})

    @cached_property
    def source(self) -> str:
        return self._make("data-sources", {"type": "ln_leads_search", "list_uuid": self.list})

    @cached_property
    def file(self) -> str:
        file = ("a.csv", b"first_name,email\nJo,jo@acme.com\n", "text/csv")
        path = "/leads/api/file-imports/upload-csv"
        uuid: str = self._api.post(path, files={"file": file}, data={"type": "csv_leads"}).json()["uuid"]
        return uuid

    @cached_property
    def export(self) -> str:
        uuid = self._make("file-exports/leads", {"filter": {"all": True}})
        time.sleep(JOB_DELAY)
        return f"{uuid}.csv"

    @cached_property
    def sender(self) -> str:
        return self._make("sender-profiles", {"first_name": "Max", "last_name": "Roe", "assignee_user_id": 1}, "flows")

    @cached_property
    def mailbox(self) -> str:
        mailbox = {"email": "max@acme.com", "sender_name": "Max", "sender_profile_uuid": self.sender}
        return self._make("mailboxes", mailbox, "emails")

    @cached_property
    def flow(self) -> str:
        """A flow with a version, and with a contact."""
        schedule: dict[str, Any] = {"timezone": "UTC", "timeblocks": []}
        uuid = self._make("flows", {"name": "Hello", "use_sender_schedule": True, "schedule": schedule}, "flows")
        self._make(f"flows/{uuid}/flow-versions", VERSION, "flows")
        assert self._api.post(f"/flows/api/flows/{uuid}/leads/{self.lead}").status_code == 204
        return uuid

    @cached_property
    def version(self) -> str:
        """A version that is not active any more."""
        uuid = self._make(f"flows/{self.flow}/flow-versions", VERSION, "flows")
        self._make(f"flows/{self.flow}/flow-versions", VERSION, "flows")
        return uuid

    @cached_property
    def folder(self) -> str:
        return self._make("flow-workspaces", {"name": "2026"}, "flows")

    @cached_property
    def task(self) -> str:
        return self._make("tasks", {**self._addressed, "text": "Hi", "schedule_at": "2026-03-01T10:00:00Z"}, "flows")

    @cached_property
    def message(self) -> str:
        return self._make("linkedin-messages", {**self._addressed, "text": "Hi"}, "flows")

    @cached_property
    def email(self) -> str:
        return str(self._sent_email["emailDomain"]["uuid"])

    @cached_property
    def email_body(self) -> str:
        return str(self._sent_email["emailBodyDomain"]["uuid"])

    @cached_property
    def attachment(self) -> str:
        response = self._api.post("/flows/api/attachments", **UPLOAD)
        return str(response.json()["uuid"])

    @cached_property
    def mass_action(self) -> str:
        action = {"type": "contact_mark_read", "filter": {"ids": [self.lead]}}
        assert self._api.put("/leads/api/leads/mass-action", json=action).status_code == 200
        uuid: str = self._api.get("/leads/api/mass-actions").json()["data"][0]["uuid"]
        return uuid

    @cached_property
    def agent(self) -> str:
        return self._make("ai-agents", {"name": "Classifier"}, "flows")

    @cached_property
    def template(self) -> str:
        return self._make("ai-templates", {"name": "Hello", "type": "message", "is_public": 1}, "flows")

    @cached_property
    def webhook(self) -> str:
        return self._make("webhooks", {**WEBHOOK, "name": "Replies"}, "integrations")

    @cached_property
    def browser(self) -> str:
        seat = {"sender_profile_uuid": self.sender}
        return str(self._api.post("/browsers/api/linkedin-browsers", json=seat).json()["id"])

    @property
    def team(self) -> str:
        return "1"

    @property
    def _addressed(self) -> dict[str, str]:
        return {"lead_uuid": self.lead, "sender_profile_uuid": self.sender}

    @cached_property
    def _sent_email(self) -> dict[str, Any]:
        response = self._api.post(
            "/emails/api/emails/send-email", json={**self._addressed, **EMAIL, "mailbox_uuid": self.mailbox}
        )
        sent: dict[str, Any] = response.json()
        return sent

    def _make(self, path: str, body: dict[str, Any], service: str = "leads") -> str:
        response = self._api.post(f"/{service}/api/{path}", json=body)
        assert response.status_code in (200, 201), response.text
        uuid: str = response.json()["uuid"]
        return uuid

    def path(self, operation: Operation) -> str:
        path = operation.path
        for parameter in operation.path_parameters:
            owner = PARAMETERS.get(parameter.name) or PATHS.get(operation.path.split("/")[3])
            path = path.replace(f"{{{parameter.name}}}", getattr(self, owner) if owner else ANY_UUID)
        if operation.id == "deleteFlowLeadHistory":
            assert self.flow
        if operation.id == "retryTask":
            assert self._api.put(f"/flows/api/tasks/{self.task}/fail").status_code == 200
        return path

    def body(self, operation: Operation) -> Any:
        match operation.id:
            case "createCustomField":
                return {"name": "region", "object": "company"}
            case "updateCustomField":
                return {"name": "region"}
            case "upsertCustomFieldValue":
                owner = {"custom_field_uuid": self.field, "object_type": "lead", "object_uuid": self.lead}
                return {**owner, "value": "A"}
            case "createLeads":
                return {"list_uuid": self.list, "leads": [{"linkedin_id": "jane-roe"}, {"linkedin_id": "jo"}]}
            case "upsertContact" | "addNewLeadToFlow":
                return {"lead": {"linkedin_id": "jane-roe"}, "list_uuid": self.list}
            case "findOneContact":
                return {"linkedin_id": self.lead and "john-doe-123456"}
            case "searchContacts":
                return {"filter": {"uuid": self.lead}}
            case "createFlow":
                return {"name": "Hello", "use_sender_schedule": True, "schedule": {"timezone": "UTC", "timeblocks": []}}
            case "cloneFlow":
                return {"flow_uuid": self.flow, "name": "Copy"}
            case "createFlowVersion":
                return VERSION
            case "cancelLeadFromFlows":
                return {"flow_uuids": [self.flow]}
            case "createTask":
                return {**self._addressed, "text": "Hi", "schedule_at": "2026-03-01T10:00:00Z"}
            case "continueAutomation":
                return {"lead_uuid": self.lead}
            case "massRetryTasks":
                assert self._api.put(f"/flows/api/tasks/{self.task}/fail").status_code == 200
                return {"uuids": [self.task]}
            case "massCancelTasks" | "massCompleteTasks" | "massSkipTasks":
                return {"uuids": [self.task]}
            case "sendLinkedInMessage":
                return {**self._addressed, "text": "Hi"}
            case "renderAiTemplate":
                return {**self._addressed, "uuid": self.template}
            case "sendEmail":
                assert self.mailbox
                return {**self._addressed, **EMAIL}
            case "createMailbox":
                return {"email": "max@acme.com", "sender_name": "Max", "sender_profile_uuid": self.sender}
            case "deleteMailbox":
                return {"automation_reassign_mailboxes": False}
            case "createLinkedInBrowser":
                return {"sender_profile_uuid": self.sender}
            case "createWebhook":
                return {**WEBHOOK, "name": "Replies"}
            case "testWebhook":
                return {**WEBHOOK, "uuid": self.webhook}
            case "leadsMassAction":
                return {"type": "contact_add_tags", "filter": {"all": True}, "payload": {"tag_uuid": self.tag}}
            case "companiesMassAction":
                return {"type": "company_add_tags", "filter": {"all": True}, "payload": {"tag_uuid": self.tag}}
            case "createCompanies":
                return {"companies": [{"website": "https://www.acme.com/en"}], "list_uuids": [self.list]}
            case "updateCompany":
                return {"lead_status_uuid": self.stage}
            case "createNote":
                return {"object": "company", "object_uuid": self.company, "note": "Call back."}
            case "createActivity":
                return {"object_type": "lead", "object_uuid": self.lead, "type": "linkedin_message_sent"}
            case "createDataSource" | "updateDataSource":
                return {"type": "ln_my_network", "list_uuid": self.list}
            case "importLeadsFromFile":
                return {"columns": [{"source": "email", "target": "email"}], "list_uuid": self.list}
            case "importCompaniesFromFile":
                return {"columns": [{"source": "first_name", "target": "name"}]}
            case "getCompanyLeads":
                return {"uuids": [self.company]}
            case "getDataSourceMetrics":
                return {"uuids": [self.source]}
            case "lookupCompanies":
                return {"lookups": [{"name": self.company and "Acme"}]}
            case "downloadExportFile":
                return {"file_name": self.export}
            case _:
                assert operation.body is not None
                return SAMPLES.value(operation.body.content[JSON])


def send(api: httpx.Client, operation: Operation, state: State) -> httpx.Response:
    parameters: dict[str, Any] = {
        item.name: FILTERS[operation.id] if item.name == "filter" else SAMPLES.value(item.schema, item.name)
        for item in operation.query_parameters
        if item.required
    }
    path = state.path(operation)
    if operation.body is None:
        return api.request(operation.method, path, params=parameters)
    if JSON in operation.body.content:
        return api.request(operation.method, path, params=parameters, json=state.body(operation))
    if operation.id == "uploadCsvFile":
        return api.post(path, files={"file": ("a.csv", b"name\nJo\n", "text/csv")}, data={"type": "csv_leads"})
    return api.post(path, **UPLOAD)


def assert_described(answer: Answer, response: httpx.Response, schemas: Schemas, description: Description) -> None:
    if answer.status == 204:
        assert response.content == b""
    elif answer.media_type == "text/csv":
        assert response.headers["content-type"].startswith("text/csv")
        assert response.text.splitlines()[0].count(",") > 0
    elif answer.media_type is None:
        response.json()
    else:
        body = response.json()
        assert schemas.violations(answer.schema, body, Mode.CLOSED) == []
        components = description.document["components"]
        others = OAS30Validator({**answer.schema, "components": components})
        assert [error.message for error in others.iter_errors(body)] == []


def test_describes_all_operations() -> None:
    paths = DESCRIPTION.document["paths"]
    described = {operation["operationId"] for item in paths.values() for operation in item.values()}
    assert {operation.id for operation in DESCRIPTION.operations} == described


@pytest.mark.parametrize("operation", DESCRIPTION.operations, ids=lambda operation: operation.id)
def test_answers_as_described(api: httpx.Client, operation: Operation) -> None:
    response = send(api, operation, State(api))
    assert response.status_code == operation.answer.status, response.text
    assert_described(operation.answer, response, SCHEMAS, DESCRIPTION)


@pytest.fixture(scope="module")
def corrected() -> Iterator[httpx.Client]:
    """A client of a sandbox that follows the corrected description to the letter."""
    with (
        run_in_thread(CORRECTED.document, behaviour="published") as server,
        httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {server.key}"}) as client,
    ):
        yield client


@pytest.mark.parametrize("operation", ADDED, ids=lambda operation: operation.id)
def test_answers_match_the_overlay(corrected: httpx.Client, api: httpx.Client, operation: Operation) -> None:
    assert api.request(operation.method, operation.path.replace("{uuid}", ANY_UUID)).status_code in (404, 405)
    corrected.post("/_sandbox/reset")
    response = send(corrected, operation, State(corrected))
    assert response.status_code == operation.answer.status, response.text
    assert_described(operation.answer, response, Schemas(CORRECTED), CORRECTED)


def test_every_operation_wants_the_key(server: SandboxServer) -> None:
    with httpx.Client(base_url=server.url) as stranger:
        for operation in DESCRIPTION.operations:
            path = operation.path.replace("{id}", "7")
            assert stranger.request(operation.method, path).status_code == 401, operation.id
        for authorization in ("Bearer wrong", "Basic sandbox-key", "sandbox-key", "Bearer"):
            response = stranger.get("/leads/api/tags", headers={"authorization": authorization})
            assert (response.status_code, response.json()["code"]) == (401, 401)
            assert response.json()["error"]["reason"] == "auth_exception"


def test_another_edition_is_served_without_code(document: dict[str, Any]) -> None:
    gadget: dict[str, Any] = {
        "type": "object",
        "properties": {
            "uuid": {"type": "string", "format": "uuid"},
            "size": {"type": "integer", "minimum": 3},
            "kit": {
                "allOf": [
                    {"type": "object", "properties": {"left": {"type": "string"}}},
                    {"type": "object", "properties": {"right": {"type": "object", "properties": {"x": {}}}}},
                ]
            },
            "parent": {"nullable": True, "allOf": [{"$ref": "#/components/schemas/gadget"}]},
        },
    }
    answer = {"description": "It.", "content": {JSON: {"schema": {"$ref": "#/components/schemas/gadget"}}}}
    add = {
        "operationId": "addGadget",
        "requestBody": {"required": True, "content": {JSON: {"schema": {"$ref": "#/components/schemas/gadget"}}}},
        "responses": {"201": answer},
    }
    parameter = {
        "name": "ids",
        "in": "query",
        "required": True,
        "schema": {"type": "array", "items": {"type": "integer"}},
    }
    find = {"parameters": [parameter], "responses": {"200": answer}, "security": []}
    edition: dict[str, Any] = {
        "openapi": "3.0.3",
        "paths": {"/gadgets/api/gadgets": {"post": add, "get": find}},
        "components": {"schemas": {"gadget": gadget}},
    }
    with run_in_thread(edition) as server, httpx.Client(base_url=server.url) as client:
        made = client.post("/gadgets/api/gadgets", json={"size": 5})
        assert (made.status_code, made.json()["size"]) == (201, 5)
        assert client.post("/gadgets/api/gadgets", json={"size": 2}).json()["error"]["data"].keys() == {"size"}
        open_to_more = {
            "size": 5,
            "parent": {"parent": None, "colour": 1},
            "kit": {"left": "a", "right": {"x": 1, "y": 2}, "top": 1},
        }
        assert client.post("/gadgets/api/gadgets", json=open_to_more).json() == {
            **made.json(),
            "parent": {"parent": None},
            "kit": {"left": "a", "right": {"x": 1}},
        }
        closed = {"components": {"schemas": {"gadget": {**gadget, "additionalProperties": False}}}}
        with run_in_thread({**edition, **closed}) as strict, httpx.Client(base_url=strict.url) as other:
            refused = other.post("/gadgets/api/gadgets", json={"parent": {"colour": 1}, "size": 2})
            assert refused.json()["error"]["data"].keys() == {"parent.colour", "size"}
        found = client.get("/gadgets/api/gadgets?ids=1&ids=2")
        assert found.status_code == 200
        assert client.get("/gadgets/api/gadgets?ids=1&ids=2").json() == found.json()
        assert client.get("/gadgets/api/gadgets?ids=1&ids=x").json()["error"]["data"].keys() == {"ids.1"}
    with run_in_thread({**document, "paths": {**document["paths"], **edition["paths"]}}) as server:
        headers = {"authorization": f"Bearer {server.key}"}
        assert httpx.get(f"{server.url}/leads/api/tags", headers=headers).json() == {"data": []}


def test_reports_the_requests(api: httpx.Client) -> None:
    api.get("/leads/api/tags")
    api.get("/leads/api/nothing", params={"a": "b"})
    entries = api.get("/_sandbox/requests").json()["data"]
    for entry in entries:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", entry.pop("time"))
        assert 0 < entry.pop("duration_ms") < 5000
        assert entry.pop("fault") is None
    assert entries == [
        {"method": "GET", "path": "/leads/api/tags", "query": "", "operation_id": "listTags", "status": 200},
        {"method": "GET", "path": "/leads/api/nothing", "query": "a=b", "operation_id": None, "status": 404},
    ]


def test_only_the_health_check_works_without_a_key(server: SandboxServer) -> None:
    assert httpx.get(f"{server.url}/_sandbox/health").json() == {
        "status": "ok",
        "operations": len(DESCRIPTION.operations),
    }
    assert httpx.get(f"{server.url}/_sandbox/requests").status_code == 401
    assert httpx.post(f"{server.url}/_sandbox/reset").status_code == 401
