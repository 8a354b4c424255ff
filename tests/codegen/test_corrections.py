"""Corrections work for other editions without edits, or say what is missing."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Generator
from types import ModuleType
from typing import Any

import httpx
import pytest

from codegen.edition import OVERLAY, compare_editions
from codegen.errors import CodegenError
from codegen.generate import build, planned
from tests.codegen.helpers import Json, edition, imported

pytestmark = pytest.mark.anyio
CONTACT = "/leads/api/leads/{uuid}"
VALUES = "/leads/api/custom-field-values"
FIELDS = "/leads/api/custom-fields"


@pytest.fixture
def anyio_backend() -> str:
    """One is enough: nothing here waits."""
    return "asyncio"


def body_of(document: Json, path: str, method: str) -> Json:
    schema: Json = document["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]
    return schema


def changed() -> Json:
    """An edition that adds, renames and removes parts of corrected operations."""
    document = copy.deepcopy(edition())
    update = body_of(document, CONTACT, "put")
    update["properties"] |= {"nickname": {"type": "string"}, "reason": {"type": "string"}}
    update["required"] = ["reason"]
    del update["properties"]["headline"]
    document["paths"][CONTACT]["put"]["parameters"].append(
        {"name": "notify", "in": "query", "schema": {"type": "boolean"}}
    )
    upsert = body_of(document, "/leads/api/leads/upsert", "post")["properties"]
    upsert["source"] = {"type": "string"}
    upsert["update_existing"] = upsert.pop("update_if_exists")
    document["paths"]["/flows/api/ai-templates"]["post"]["operationId"] = "addAiTemplate"
    body_of(document, "/leads/api/leads/mass-action", "put")["properties"]["type"]["enum"].append("contact_snooze")
    return document


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Generator[ModuleType]:
    with imported(build(changed()), tmp_path_factory.mktemp("changed"), "grinfi_changed") as module:
        yield module


class Server:
    """Answers with a record, and keeps the requests."""

    def __init__(self, package: ModuleType) -> None:
        self.requests: list[tuple[str, Any]] = []
        transport = httpx.MockTransport(self._answer)
        self.grinfi: Any = package.Grinfi("key", base_url="http://x", transport=transport, rate_limiter=None)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET" and request.url.path == FIELDS:
            return httpx.Response(200, json={"data": [{"uuid": "f", "name": "region", "object": "lead"}], "total": 1})
        query = f"?{request.url.query.decode()}" if request.url.query else ""
        body = json.loads(request.content) if request.content else None
        self.requests.append((f"{request.method} {request.url.path}{query}", body))
        return httpx.Response(200, json={"uuid": "c"})


VALUE = {"custom_field_uuid": "f", "object_type": "lead", "object_uuid": "c", "value": "EU"}


async def test_an_update_takes_what_an_edition_adds(package: ModuleType) -> None:
    server = Server(package)
    await server.grinfi.contacts.update("c", reason="r", nickname="Ada", notify=True, custom_fields={"region": "EU"})
    assert server.requests == [
        ("PUT /leads/api/leads/c?notify=true", {"reason": "r", "nickname": "Ada"}),
        (f"POST {VALUES}", VALUE),
    ]


async def test_a_removed_argument_is_refused(package: ModuleType) -> None:
    with pytest.raises(package.InvalidArgumentError, match="headline: the server would ignore it"):
        await Server(package).grinfi.contacts.update("c", reason="r", headline="CTO")


async def test_an_upsert_takes_what_an_edition_adds_and_renames(package: ModuleType) -> None:
    server = Server(package)
    lead = {"linkedin_id": "ada"}
    await server.grinfi.contacts.upsert(
        lead=lead, list_uuid="l", source="web", update_existing=False, custom_fields={"f": "EU"}
    )
    assert server.requests[-1] == (
        "POST /leads/api/leads/upsert",
        {"lead": lead, "list_uuid": "l", "source": "web", "update_existing": False, "custom_fields": {"region": "EU"}},
    )


async def test_a_renamed_operation_keeps_its_correction(package: ModuleType) -> None:
    server = Server(package)
    name = package.OPERATIONS["addAiTemplate"].name
    await getattr(server.grinfi.ai_templates, name)(name="Hello", type="message", is_public=True)
    assert server.requests[-1][1]["is_public"] == 1


async def test_a_new_mass_action_can_be_used(package: ModuleType) -> None:
    server = Server(package)
    await server.grinfi.contacts.mass_action(package.ContactAction.snooze({"days": 3}), ids=["c"])
    by_ids = {"all": False, "ids": ["c"], "excludeIds": []}
    assert server.requests[-1][1] == {"type": "contact_snooze", "filter": by_ids, "payload": {"days": 3}}


def without_values(document: Json) -> None:
    del document["paths"][VALUES]


def without_custom_fields_of_new_contacts(document: Json) -> None:
    del body_of(document, "/leads/api/leads/upsert", "post")["properties"]["custom_fields"]


def without_an_action(document: Json) -> None:
    body_of(document, "/leads/api/leads/mass-action", "put")["properties"]["type"]["enum"].remove("contact_delete")


def with_another_pipeline_action(document: Json) -> None:
    actions = body_of(document, "/leads/api/leads/mass-action", "put")["properties"]["type"]["enum"]
    actions[actions.index("contact_change_pipeline_stage")] = "contact_move"


def with_another_export_of_companies(document: Json) -> None:
    document["paths"]["/leads/api/file-exports/companies"]["post"]["operationId"] = "companiesToCsv"


def without_files_of_exports(document: Json) -> None:
    del document["paths"]["/leads/api/file-exports/download"]


def with_a_refused_argument(document: Json) -> None:
    body_of(document, CONTACT, "put")["properties"]["tags"] = {"type": "array", "items": {"type": "string"}}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (without_values, f"The correction update_contact of updateLead needs the operation POST {VALUES}"),
        (without_custom_fields_of_new_contacts, "properties.custom_fields"),
        (
            with_another_pipeline_action,
            "The correction update_contact of updateLead needs the mass action contact_change_pipeline_stage",
        ),
        (
            with_another_export_of_companies,
            "The mixin files of the tag File Operations needs the method export_companies",
        ),
        (
            without_files_of_exports,
            "The mixin files of the tag File Operations needs the operation POST /leads/api/file-exports/download",
        ),
        (without_an_action, "leadsMassAction has no action contact_delete"),
        (with_a_refused_argument, "updateLead: tags is in x-refused-arguments, but this edition takes it"),
    ],
)
def test_a_correction_whose_needs_are_gone_fails_generation(change: Callable[[Json], None], told: str) -> None:
    document = copy.deepcopy(edition())
    change(document)
    with pytest.raises(CodegenError) as error:
        planned(document, overlay=OVERLAY)
    assert told in str(error.value)
    if (
        "properties.custom_fields" not in told
    ):  # the overlay's target is missing, which is reported instead of a comparison
        difference = compare_editions(edition(), document)
        assert difference.breaking
        assert f"! Cannot be generated: {told}" in difference.to_text()
