"""Models and arguments in pydantic, and in FastAPI; models as JSON."""

from __future__ import annotations

import dataclasses
import inspect
import json
import pprint
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module
from typing import Any, get_type_hints
from uuid import UUID

import httpx
import jsonschema
import pydantic_core
import pytest
from fastapi import FastAPI
from openapi_spec_validator import validate
from pydantic import BaseModel, TypeAdapter, ValidationError, create_model

import grinfi_async
from grinfi_async import (
    RESOURCES,
    UNSET,
    Contact,
    ContactAction,
    ContactList,
    F,
    Filter,
    FlowNode,
    Grinfi,
    MissingFieldError,
    Model,
    NewContact,
    NewContactDict,
    Page,
    Schedule,
    Unset,
    to_json,
)
from grinfi_overrides.runtime.codecs import STRING, Array, ModelOf
from grinfi_overrides.runtime.models import model, wire
from grinfi_sandbox import Sandbox

Draft202012Validator: Any = jsonschema.Draft202012Validator

ROW: dict[str, Any] = {
    "uuid": "a",
    "name": "Ann",
    "created_at": "2026-03-04 09:25:42",
    "tags": ["t"],
    "posts": [{"posted_at": "2026-03-04T00:00:00Z", "other": 1}],
    "linkedin_status": "brand_new",
    "new": {"x": 1},
}


class Answer(BaseModel):
    contact: Contact
    lead: NewContact | None = None
    note: str | Unset = UNSET
    headline: str | Unset | None = UNSET


def test_a_model_is_a_field_that_takes_models_and_objects() -> None:
    contact = Contact.from_dict(ROW)
    assert Answer(contact=contact).contact is contact
    read = Answer.model_validate_json(json.dumps({"contact": ROW, "lead": {"linkedin_id": "ada"}}))
    assert read.contact == contact
    assert read.contact.additional_properties == {"new": {"x": 1}}
    assert read.lead == NewContact(linkedin_id="ada")
    with pytest.raises(ValidationError, match="expected a Contact or a mapping, got the string 'x'"):
        Answer.model_validate({"contact": "x"})


def test_sent_models_are_validated_like_arguments() -> None:
    adapter = TypeAdapter(Schedule)
    read = adapter.validate_python({"timezone": "UTC", "timeblocks": [{"dow": 1, "min": 540}]})
    assert read.timeblocks[0].min == 540
    refused: list[tuple[dict[str, Any], str]] = [
        ({"timezone": "UTC"}, "Schedule.timeblocks: is required"),
        ({"timezone": 5, "timeblocks": []}, "Schedule.timezone: expected a string, got int 5"),
        ({"timezone": "UTC", "timeblocks": [], "timezon": 1}, r"Schedule.timezon: .*did you mean 'timezone'"),
        ({"timezone": "UTC", "timeblocks": [{"dow": "x"}]}, r"Schedule.timeblocks\[0\].dow: expected an integer"),
    ]
    for wrong, told in refused:
        with pytest.raises(ValidationError, match=told):
            adapter.validate_python(wrong)
    assert TypeAdapter(FlowNode).validate_python({"id": 1, "type": "end", "brand_new": 1}).to_dict()["brand_new"] == 1


def test_a_mapping_stays_a_mapping() -> None:
    adapter = TypeAdapter(NewContactDict)
    assert adapter.validate_python({"linkedin_id": "ada"}) == {"linkedin_id": "ada"}
    assert adapter.dump_json({"linkedin_id": "ada"}) == b'{"linkedin_id":"ada"}'
    with pytest.raises(ValidationError, match="did you mean 'linkedin_id'"):
        adapter.validate_python({"linkedn_id": "ada"})
    assert adapter.json_schema() == TypeAdapter(NewContact).json_schema()


def test_a_model_is_written_as_described() -> None:
    written = json.loads(Answer(contact=Contact.from_dict(ROW)).model_dump_json(exclude_unset=True))
    assert written == {
        "contact": {
            **ROW,
            "created_at": "2026-03-04T09:25:42.000000Z",
            "posts": [{"posted_at": "2026-03-04T00:00:00Z", "other": 1}],
        }
    }
    Draft202012Validator(Answer.model_json_schema(mode="serialization")).validate(written)
    # Where anything is expected, too.
    assert json.loads(pydantic_core.to_json([Contact.from_dict(ROW)])) == [written["contact"]]


def test_the_json_schema_of_a_model_has_its_fields() -> None:
    schema = TypeAdapter(NewContact).json_schema()
    assert (schema["type"], schema["title"], schema["required"]) == ("object", "NewContact", ["linkedin_id"])
    assert schema["properties"]["headline"]["anyOf"] == [{"type": "string"}, {"type": "null"}]
    assert schema["additionalProperties"] is False
    contact: Any = TypeAdapter(Contact).json_schema(mode="serialization")
    assert contact["properties"]["created_at"]["anyOf"][0] == {"type": "string", "format": "date-time"}
    assert contact["properties"]["posts"]["anyOf"][0]["items"]["anyOf"][0] == {"$ref": "#/$defs/ContactPost"}
    assert contact["$defs"]["ContactPost"]["title"] == "ContactPost"


@model()
class Folder(Model):
    """A model that holds others of its kind."""

    name: str | None = wire(STRING, default=None)
    folders: list[Folder] | None = wire(Array(ModelOf(lambda: Folder)), default=None)


def test_a_model_may_contain_others_of_its_kind() -> None:
    adapter = TypeAdapter(Folder)
    schema: Any = adapter.json_schema()
    row = {"name": "a", "folders": [{"name": "b", "folders": [{"name": "c"}]}]}
    assert json.loads(adapter.dump_json(adapter.validate_python(row))) == row
    Draft202012Validator(schema).validate(row)
    assert not Draft202012Validator(schema).is_valid({"folders": [{"folders": [{"name": 1}]}]})


def test_unset_means_omitted() -> None:
    schema = Answer.model_json_schema()
    assert schema["properties"]["note"] == {"title": "Note", "type": "string"}
    assert schema["properties"]["headline"] == {"title": "Headline", "anyOf": [{"type": "string"}, {"type": "null"}]}
    assert schema["required"] == ["contact"]
    read = Answer.model_validate({"contact": {}})
    assert (read.note, read.headline) == (UNSET, UNSET)
    read = Answer.model_validate({"contact": {}, "note": None, "headline": None})
    assert (read.note, read.headline) == (UNSET, None)
    assert Answer(contact=Contact()).model_dump()["note"] is UNSET
    assert json.loads(Answer(contact=Contact()).model_dump_json())["note"] is None
    with pytest.raises(ValidationError, match="leave it out"):
        TypeAdapter(int | Unset).validate_python("x")


def test_filters_and_actions_are_arguments() -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(Filter)
    condition = F.name == "x"
    assert adapter.validate_python(condition) is condition
    assert adapter.validate_python({"name": "x"}) == {"name": "x"}
    assert adapter.json_schema() == {"type": "object", "additionalProperties": True}
    actions = TypeAdapter(ContactAction)
    remove = ContactAction.remove_tags("t")
    assert actions.validate_python(remove) is remove
    assert actions.validate_json(actions.dump_json(remove)) == remove  # `final`, too
    assert actions.validate_json('{"type": "delete"}').final


def test_a_page_is_its_rows_and_counts() -> None:
    adapter = TypeAdapter(Page[ContactList])
    page = Page(data=[ContactList.from_dict({"uuid": "a"})], total=7)
    assert adapter.validate_python(page) is page
    written = adapter.dump_json(page)
    assert json.loads(written) == {"data": [{"uuid": "a"}], "total": 7, "limit": None, "offset": None, "has_more": None}
    assert adapter.validate_json(written) == page
    assert json.loads(pydantic_core.to_json(page)) == json.loads(written)


def test_json_dumps_takes_models_times_and_uuids() -> None:
    value = {"row": Contact.from_dict(ROW), "at": datetime(2026, 3, 4, tzinfo=UTC), "id": UUID(int=1)}
    text = json.dumps({**value, "n": Decimal("1"), "filter": F.a == 1}, default=to_json)
    assert json.loads(text) == {
        "row": ROW,
        "at": "2026-03-04T00:00:00Z",
        "id": str(UUID(int=1)),
        "n": "1",
        "filter": {"a": 1},
    }
    for wrong in (object(), UNSET, datetime(2026, 3, 4)):
        with pytest.raises(TypeError):
            json.dumps(wrong, default=to_json)


@pytest.fixture
async def api() -> AsyncIterator[httpx.AsyncClient]:
    """An application with models as requests and responses, in front of a sandbox."""
    app = FastAPI()
    with Sandbox(sockets=False) as sandbox:
        grinfi = Grinfi(sandbox.key, base_url=sandbox.url, transport=sandbox.transport, rate_limiter=None)

        @app.post("/lists")
        async def create(name: str) -> ContactList:
            return await grinfi.lists.create(name=name)

        @app.post("/contacts")
        async def add(lead: NewContact, list_uuid: str) -> Contact:
            return await grinfi.contacts.upsert(lead=lead, list_uuid=list_uuid)

        @app.get("/untyped", response_model=None)
        async def untyped(uuid: str) -> Any:
            return await grinfi.contacts.get(uuid)

        @app.get("/contacts", response_model=Page[Contact])
        async def everyone() -> Any:
            return await grinfi.contacts.search()

        transport = httpx.ASGITransport(app)
        async with grinfi, httpx.AsyncClient(transport=transport, base_url="http://app.test") as client:
            yield client


@pytest.mark.anyio
async def test_models_are_requests_and_responses_of_fastapi(api: httpx.AsyncClient) -> None:
    everyone = (await api.post("/lists", params={"name": "Everyone"})).raise_for_status().json()
    lead = {"linkedin_id": "ada", "first_name": "Ada"}
    made = (await api.post("/contacts", params={"list_uuid": everyone["uuid"]}, json=lead)).raise_for_status().json()
    assert (made["first_name"], made["list_uuid"]) == ("Ada", everyone["uuid"])
    page = (await api.get("/contacts")).raise_for_status().json()
    assert ([row["uuid"] for row in page["data"]], page["total"]) == ([made["uuid"]], 1)
    untyped = (await api.get("/untyped", params={"uuid": made["uuid"]})).raise_for_status().json()
    assert (untyped["first_name"], untyped["additional_properties"]) == ("Ada", {})
    wrong = await api.post("/contacts", params={"list_uuid": "x"}, json={"linkedin_id": "ada", "first_nam": "Ada"})
    assert wrong.status_code == 422
    assert "did you mean 'first_name'" in wrong.text

    openapi = (await api.get("/openapi.json")).raise_for_status().json()
    validate(openapi)
    schemas = openapi["components"]["schemas"]
    assert {"Contact", "ContactPost", "ContactList", "NewContact"} <= schemas.keys()
    operation = openapi["paths"]["/contacts"]["post"]
    body = operation["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/NewContact"}
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer == {"$ref": "#/components/schemas/Contact"}
    resolved = Draft202012Validator({**answer, "components": openapi["components"]})
    for row in page["data"]:
        resolved.validate(row)


def test_a_model_can_be_read_like_a_dataclass() -> None:
    contact: Any = Contact.from_dict({**ROW, "list_uuid": "l", "team_id": 1, "pipeline_stage_uuid": "p"})
    apart = dataclasses.asdict(contact)
    assert apart.keys() == {*Contact.wire_fields(), "additional_properties"}
    assert apart["created_at"] == datetime(2026, 3, 4, 9, 25, 42, tzinfo=UTC)
    assert apart["posts"][0]["additional_properties"] == ROW["posts"][0]
    assert dataclasses.replace(contact, name="Bob").to_dict()["name"] == "Bob"
    assert "Contact(name='Ann', uuid='a'" in pprint.pformat([contact] * 9)
    partial: Any = Contact.from_dict(ROW)
    with pytest.raises(MissingFieldError):
        dataclasses.asdict(partial)


def test_the_hints_of_every_public_class_can_be_read() -> None:
    for name in grinfi_async.__all__:
        public = getattr(grinfi_async, name)
        if isinstance(public, type):
            assert get_type_hints(public) is not None, name
    assert get_type_hints(Contact)["additional_properties"] == dict[str, Any]
    assert get_type_hints(NewContactDict)["email"] == str | Unset


def test_the_arguments_of_every_method_have_a_json_schema() -> None:
    for module, resource in RESOURCES.values():
        for name, method in inspect.getmembers(getattr(import_module(module), resource), inspect.isfunction):
            if name[0] == "_":
                continue
            parameters = [*inspect.signature(method, eval_str=True).parameters.values()][1:]
            fields: dict[str, Any] = {
                it.name: (it.annotation, ... if it.default is it.empty else it.default) for it in parameters
            }
            schema = create_model("Arguments", **fields).model_json_schema()
            Draft202012Validator.check_schema(schema)
            assert schema["properties"].keys() == fields.keys() - {"extra_body"}, name
