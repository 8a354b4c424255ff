"""Only the overlay's table has the types of flow nodes: builder and sandbox accept new ones without edits."""

from __future__ import annotations

import copy
from collections.abc import Callable, Generator
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import pytest
import yaml

import grinfi_sandbox.description
from codegen.edition import OVERLAY
from codegen.errors import CodegenError
from codegen.flow_nodes import END, NODE_FIELDS, SOURCE_FIELDS, read_flow_nodes
from codegen.generate import build, planned
from grinfi_sandbox import Sandbox
from tests.codegen.helpers import Json, dump, edition, imported

pytestmark = pytest.mark.anyio
SCHEDULE: Json = {"timezone": "UTC", "timeblocks": []}


@pytest.fixture
def anyio_backend() -> str:
    """One is enough: nothing here waits."""
    return "asyncio"


def table_of(overlay: Json) -> Json:
    (table,) = (
        action["update"]["x-node-payloads"]
        for action in overlay["actions"]
        if "x-node-payloads" in action.get("update", {})
    )
    return table  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with an overlay whose table has more types and fields."""
    root = tmp_path_factory.mktemp("checkout")
    overlay: Json = yaml.safe_load(OVERLAY.read_text("utf-8"))
    table = table_of(overlay)
    table["gs_send_gift"] = {
        "fields": {
            "gift": {"required": True},
            "card": {"default": "plain"},
            "wrapped": {"kind": "flag", "default": True},
            "arrives_within": {"kind": "seconds"},
        }
    }
    table["trigger_gift_returned"] = {
        "trigger": True,
        "branches": [1, 2],
        "fields": {"arrives_within": {"subtask": "gs_send_gift"}, "wait_time": {"subtask": "util_timer"}},
    }
    table["rule_lottery"] = {"branches": "prizes", "fields": {"prizes": {"kind": "shares"}}}
    table["gs_add_tag"]["fields"]["colour"] = {"default": "red"}
    (root / "codegen").mkdir()
    dump(overlay, root / "codegen" / "overlay.yaml")
    return root


def listing_types(table: Json) -> Json:
    """An edition that lists the types of nodes, those of the table and one more."""
    document = edition()
    kinds = [*table, "gs_wave"]
    document["components"]["schemas"]["flow-node"]["properties"]["type"]["enum"] = kinds
    return document


@pytest.fixture(scope="module")
def document(root: Path) -> Json:
    return listing_types(table_of(yaml.safe_load((root / "codegen" / "overlay.yaml").read_text("utf-8"))))


@pytest.fixture(scope="module")
def package(root: Path, document: Json, tmp_path_factory: pytest.TempPathFactory) -> Generator[ModuleType]:
    built = build(document, overlay=root / "codegen" / "overlay.yaml")
    with imported(built, tmp_path_factory.mktemp("flows"), "grinfi_flows") as module:
        yield module


@pytest.fixture
def sandbox(root: Path, document: Json, monkeypatch: pytest.MonkeyPatch) -> Generator[Sandbox]:
    monkeypatch.setattr(grinfi_sandbox.description, "CHECKOUT", root)
    with Sandbox(description=document, sockets=False) as running:
        yield running


def test_the_builder_takes_types_and_fields_that_are_new(package: ModuleType) -> None:
    builder = package.FlowBuilder
    tree = (
        builder()
        .add("gs_send_gift", gift="book", arrives_within=timedelta(days=1))
        .add("gs_add_tag", tag_uuid="t")
        .add("gs_wave", hands=2)
        .branch("rule_lottery", {1: builder(), 2: builder(), 3: builder()})
        .branch("trigger_gift_returned", {1: builder(), 2: builder()}, wait_time=60)
        .build()
    )
    payloads = {node["type"]: node["payload"] for node in tree["nodes"]}
    assert payloads["gs_send_gift"] == {"gift": "book", "card": "plain", "wrapped": 1, "arrives_within": 86400}
    assert type(payloads["gs_send_gift"]["wrapped"]) is int
    assert payloads["gs_add_tag"] == {"tag_uuid": "t", "colour": "red"}
    assert payloads["gs_wave"] == {"hands": 2}
    assert [(part["branch_id"], part["value"]) for part in payloads["rule_lottery"]["prizes"]] == [
        (1, 34), (2, 33), (3, 33)
    ]  # fmt: skip
    (timer,) = payloads["trigger_gift_returned"]["subtasks"]
    assert (timer["type"], timer["payload"]) == ("util_timer", {"wait_time": 60})
    with pytest.raises(package.InvalidArgumentError, match="gift: is required by gs_send_gift"):
        builder().add("gs_send_gift")
    with pytest.raises(package.InvalidArgumentError, match="add it with branch"):
        builder().add("trigger_gift_returned")


def test_type_checkers_know_the_new_types(package: ModuleType) -> None:
    module = package.flow_nodes
    assert {"gs_send_gift", "gs_wave"} <= {*get_args(module.StepType)}
    assert {"trigger_gift_returned", "rule_lottery"} <= {*get_args(module.BranchType)}
    assert END not in {*get_args(module.StepType), *get_args(module.BranchType)}


async def test_the_sandbox_runs_types_that_are_new(package: ModuleType, sandbox: Sandbox) -> None:
    builder = package.FlowBuilder
    grinfi: Any = package.Grinfi(sandbox.key, base_url=sandbox.url, transport=sandbox.in_process, rate_limiter=None)
    people = await grinfi.lists.create(name="People")
    lead = await grinfi.contacts.upsert(lead={"linkedin_id": "jo"}, list_uuid=people.uuid)
    flow = await grinfi.automations.create(name="Gifts", use_sender_schedule=True, schedule=SCHEDULE)
    returned = {1: builder().add("gs_wave"), 2: builder().end()}
    tree = builder().add("gs_send_gift", gift="book").branch("trigger_gift_returned", returned, wait_time=3600)
    await grinfi.flow_versions.create(flow.uuid, **tree.build())
    await grinfi.automations.start(flow.uuid)
    await grinfi.automations.add_contact(flow.uuid, lead.uuid)

    async def closed() -> list[str]:
        return [task.type async for task in grinfi.tasks.list(filter={"lead_uuid": lead.uuid, "status": "closed"})]

    await grinfi.request("POST", "/_sandbox/advance", json={"seconds": 3000})
    assert await closed() == ["gs_send_gift"]  # the trigger waits
    await grinfi.request("POST", "/_sandbox/advance", json={"seconds": 3000})
    assert await closed() == ["gs_send_gift", "trigger_gift_returned", "gs_wave"]
    nobody: Json = {"id": 1, "type": "gs_dance", "before": [], "after": []}
    with pytest.raises(package.UnprocessableEntityError, match="type"):
        await grinfi.request("POST", "/flows/api/flow-versions/validate-node", json=nobody)


SMALL: Json = {
    "rule": {"branches": [1, 2]},
    "timer": {"fields": {"wait": {"kind": "seconds", "required": True}}},
    "message": {"any-of": ["text"], "fields": {"text": {"default": ""}, "wait": {"subtask": "timer"}}},
    END: {"empty": "list"},
}


def read(table: Json, node_fields: tuple[str, ...] = NODE_FIELDS, listed: tuple[str, ...] = ()) -> Any:
    schemas: Json = {"node": {"x-node-payloads": table}, "source": {"x-new-contact-source": {}}}
    models: Json = {"node": dict.fromkeys(node_fields, listed), "source": dict.fromkeys(SOURCE_FIELDS, ())}
    return read_flow_nodes(schemas, models)


def test_a_sound_table_is_accepted() -> None:
    assert read(SMALL).steps == ("timer", "message")
    assert read(SMALL).branchings == ("rule",)


def put(*path: str, value: Any) -> Callable[[Json], None]:
    def change(table: Json) -> None:
        for key in path[:-1]:
            table = table[key]
        table[path[-1]] = value

    return change


FAULTS: list[tuple[Callable[[Json], None], str]] = [
    (put("rule", value=[]), "rule: expected a mapping"),
    (put("message", "fields", "text", value=""), "message.text: expected a mapping"),
    (put("message", "feilds", value={}), "message: there is no feilds here"),
    (put("message", "open", value="yes"), "message: open cannot be 'yes'"),
    (put("message", "fields", "text", "requierd", value=True), "message.text: there is no requierd here"),
    (put("message", "fields", "delay", value={}), "message.delay: delay is an argument of FlowBuilder"),
    (put("message", "fields", "text", "kind", value="text"), "message.text: there is no kind text"),
    (put("message", "fields", "text", "kind", value="shares"), "message: the kind `shares` is only for"),
    (put("message", "fields", "text", "required", value=True), "message.text: a required field cannot have a default"),
    (put("message", "fields", "wait", "subtask", value="clock"), "message.wait: clock does not have the field wait"),
    (put("message", "fields", "wait", "subtask", value="message"), "message does not have the field wait"),
    (put("message", "fields", "wait", "kind", value="seconds"), "message.wait: a field with a subtask"),
    (put("message", "any-of", value=["title"]), "message: any-of names title"),
    (put("message", "empty", value="list"), "message: empty can be `list` only"),
    (put(END, "empty", value="object"), f"{END}: empty can be `list` only"),
    (put("rule", "branches", value=[1]), "rule: branches are two or more ids"),
    (put("rule", "branches", value=["1", "2"]), "rule: branches are two or more ids"),
    (put("rule", "branches", value="ways"), "rule: branches names ways"),
    (lambda table: table.pop(END), f"{END} is missing"),
    (lambda table: table.pop("rule"), "no type has branches"),
]


@pytest.mark.parametrize(("change", "told"), FAULTS)
def test_a_faulty_table_fails_generation(change: Callable[[Json], None], told: str) -> None:
    table = copy.deepcopy(SMALL)
    change(table)
    with pytest.raises(CodegenError) as error:
        read(table)
    assert told in str(error.value)


def test_a_missing_operation_or_field_fails_generation() -> None:
    with pytest.raises(CodegenError, match="FlowBuilder writes payload of node, which this edition does not have"):
        read(SMALL, tuple(name for name in NODE_FIELDS if name != "payload"))
    with pytest.raises(CodegenError, match=r"no type of node message in this edition.*mark it optional"):
        read(SMALL, listed=("rule", "timer", END))
    optional = {**SMALL, "message": {"optional": True}}
    assert read(optional, listed=("rule", "timer", END)).steps == ("timer",)


def test_an_edition_whose_sources_have_lost_a_field_fails_generation() -> None:
    document = edition()
    del document["components"]["schemas"]["contact-source"]["properties"]["rotation_strategy"]
    with pytest.raises(CodegenError, match="FlowBuilder writes rotation_strategy of contact-source"):
        planned(document)
