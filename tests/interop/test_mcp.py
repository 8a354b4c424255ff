"""Every public method of the client as a tool of an MCP server."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import jsonschema
import pytest
from mcp import Client
from mcp.server.mcpserver import MCPServer
from mcp.types import TextContent

from grinfi_async import RESOURCES, Contact, Filter, Grinfi, Page
from grinfi_sandbox import Sandbox

pytestmark = pytest.mark.anyio

Draft202012Validator: Any = jsonschema.Draft202012Validator

MARKED = sys.version_info >= (3, 12)
"""Whether functions can be marked as coroutine functions."""


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(sockets=False) as running:
        yield running


@pytest.fixture
async def grinfi(sandbox: Sandbox) -> AsyncIterator[Grinfi]:
    async with Grinfi(sandbox.key, base_url=sandbox.url, transport=sandbox.transport, rate_limiter=None) as grinfi:
        yield grinfi


def methods(grinfi: Grinfi) -> dict[str, Callable[..., Any]]:
    """Every public method of every resource."""
    return {
        f"{resource}_{name}": method
        for resource in RESOURCES
        for name, method in inspect.getmembers(getattr(grinfi, resource), inspect.ismethod)
        if name[0] != "_"
    }


@asynccontextmanager
async def session(grinfi: Grinfi, *names: str) -> AsyncGenerator[Client]:
    """A client of a server with these tools, or all of them."""
    server = MCPServer("grinfi", log_level="ERROR")
    for name, method in methods(grinfi).items():
        if name in names or not names:
            server.add_tool(method, name=name)
    async with Client(server) as client:
        yield client


async def called(client: Client, tool: str, **arguments: Any) -> Any:
    """The answer of a tool, as its text."""
    result = await client.call_tool(tool, arguments)
    texts = [part.text for part in result.content if isinstance(part, TextContent)]
    assert not result.is_error, texts
    return [json.loads(text) for text in texts]


async def refused(client: Client, tool: str, **arguments: Any) -> str:
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    return "".join(part.text for part in result.content if isinstance(part, TextContent))


async def test_every_method_is_a_tool_whose_arguments_have_a_schema(grinfi: Grinfi) -> None:
    async with session(grinfi) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert tools.keys() == methods(grinfi).keys()
    for name, method in methods(grinfi).items():
        schema = tools[name].input_schema
        Draft202012Validator.check_schema(schema)
        parameters = {**inspect.signature(method).parameters}
        parameters.pop("extra_body", None)  # for programs, not for models
        assert schema["properties"].keys() == parameters.keys(), name
        needed = {it.name for it in parameters.values() if it.default is it.empty}
        assert set(schema.get("required", ())) == needed, name
        # UNSET is not a JSON value: the schema shows no default, and not null, which clears fields.
        nulls = {key for key, field in schema["properties"].items() if field.get("default", ...) is None}
        assert nulls == {it.name for it in parameters.values() if it.default is None}, name


async def test_nested_arguments_have_the_schema_of_their_models(grinfi: Grinfi) -> None:
    async with session(grinfi, "contacts_upsert", "automations_create", "contacts_mass_action") as client:
        tools = {tool.name: tool.input_schema for tool in (await client.list_tools()).tools}
    upsert = Draft202012Validator(tools["contacts_upsert"])
    assert upsert.is_valid({"lead": {"linkedin_id": "ada", "headline": None}, "list_uuid": "x"})
    assert not upsert.is_valid({"lead": {"first_name": "Ada"}, "list_uuid": "x"})
    assert not upsert.is_valid({"lead": {"linkedin_id": "ada", "linkedn": "x"}, "list_uuid": "x"})
    schedule = tools["automations_create"]["$defs"]["Schedule"]
    assert schedule["properties"]["timeblocks"]["items"] == {"$ref": "#/$defs/ScheduleTimeblock"}
    action = Draft202012Validator(tools["contacts_mass_action"])
    assert action.is_valid({"action": {"type": "add_tags", "payload": {"tag_uuid": "x"}}})
    assert not action.is_valid({"action": {"type": "add_tags", "payload": {}}})


async def test_tools_take_nested_arguments_and_omit_missing_ones(grinfi: Grinfi) -> None:
    async with session(grinfi, "lists_create", "contacts_upsert", "contacts_update", "contacts_get") as client:
        [everyone] = await called(client, "lists_create", name="Everyone")
        lead = {"linkedin_id": "ada", "first_name": "Ada", "headline": "Countess"}
        [made] = await called(client, "contacts_upsert", lead=lead, list_uuid=everyone["uuid"])
        assert made.items() <= (await grinfi.contacts.get(made["uuid"])).to_dict().items()
        [changed] = await called(client, "contacts_update", uuid=made["uuid"], position="CTO")
        assert (changed["headline"], changed["position"]) == ("Countess", "CTO")
        [changed] = await called(client, "contacts_update", uuid=made["uuid"], headline=None)
        assert (changed["headline"], changed["position"]) == (None, "CTO")
        told = await refused(client, "contacts_upsert", lead={**lead, "linkedn": "x"}, list_uuid=everyone["uuid"])
        assert "NewContact.linkedn: the API does not document this field; did you mean" in told
        assert "Unset" not in str(made)


async def test_a_mass_action_is_an_object_of_its_type_and_payload(grinfi: Grinfi) -> None:
    everyone = await grinfi.lists.create(name="Everyone")
    contact = await grinfi.contacts.upsert(lead={"linkedin_id": "ada"}, list_uuid=everyone.uuid)
    tag = await grinfi.tags.create(name="Warm")
    async with session(grinfi, "contacts_mass_action") as client:
        action: dict[str, Any] = {"type": "contact_add_tags", "payload": {"tag_uuid": tag.uuid}}
        await called(client, "contacts_mass_action", action=action, ids=[contact.uuid])
        with anyio.fail_after(30):
            while (await grinfi.contacts.get(contact.uuid)).tags != [tag.uuid]:
                await anyio.sleep(0.01)
        told = await refused(client, "contacts_mass_action", action={"type": "dance"}, ids=[contact.uuid])
        assert 'its "type" must be one of add_tags' in told
        told = await refused(client, "contacts_mass_action", action={"type": "delete"}, all=True)
        assert told == "Error executing tool contacts_mass_action"
        assert await grinfi.contacts.search().count() == 1


async def test_a_list_is_a_tool_that_gives_a_page(grinfi: Grinfi) -> None:
    async def find(filter: Filter, limit: int = 20) -> Page[Contact]:
        return await grinfi.contacts.search(filter=filter, limit=limit)

    everyone = await grinfi.lists.create(name="Everyone")
    for handle in ("ada", "bob", "cyd"):
        await grinfi.contacts.upsert(lead={"linkedin_id": handle, "first_name": handle}, list_uuid=everyone.uuid)
    server = MCPServer("grinfi", log_level="ERROR")
    server.add_tool(find)
    server.add_tool(grinfi.contacts.search)
    page = await grinfi.contacts.search(filter={"linkedin": "bob"}, limit=2)
    async with Client(server) as client:
        for tool in (await client.list_tools()).tools:
            if tool.name == "search" and not MARKED:
                continue
            result = await client.call_tool(tool.name, {"filter": {"linkedin": "bob"}, "limit": 2})
            assert not result.is_error
            assert tool.output_schema is not None
            assert result.structured_content is not None
            Draft202012Validator(tool.output_schema).validate(result.structured_content)
            answer = result.structured_content["result"]
            assert (answer["total"], [row["uuid"] for row in answer["data"]]) == (1, [page[0].uuid])
            assert isinstance(result.content[0], TextContent)
            assert json.loads(result.content[0].text) == answer
            created = tool.output_schema["$defs"]["Contact"]["properties"]["created_at"]
            assert created["anyOf"][0]["format"] == "date-time"
    assert inspect.iscoroutinefunction(grinfi.contacts.search) is MARKED


async def test_arguments_that_the_server_ignores_are_not_arguments_of_a_tool(grinfi: Grinfi) -> None:
    async with session(grinfi, "contacts_metrics") as client:
        period = {"period_from": "2026-01-01T00:00:00Z", "period_to": "2026-02-01T00:00:00Z"}
        [figures] = await called(client, "contacts_metrics", **period, metrics=["linkedin_sent_count"])
    assert figures == {"total": {"linkedin_sent_count": 0}}
