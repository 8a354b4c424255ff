"""Flow versions: trees are checked before they are sent; `FlowBuilder` makes trees that pass."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, get_args

import pytest

from grinfi_async import ContactSource, FlowBuilder, FlowNode, FlowTreeDict, Grinfi, InvalidArgumentError, ScheduleDict
from grinfi_async.flow_nodes import NODE_TYPES, BranchType, StepType
from grinfi_sandbox import Sandbox
from tests.sdk.helpers import UUID, Server, answering, assert_refused

pytestmark = pytest.mark.anyio

SCHEDULE: ScheduleDict = {"timezone": "UTC", "timeblocks": []}
ACCEPTED: Final = "trigger_linkedin_connection_request_accepted"
DAY = timedelta(days=1)


def message(text: str = "Hello") -> FlowBuilder:
    return FlowBuilder().add("linkedin_send_message", template=text)


def split(a: FlowBuilder, b: FlowBuilder, start: FlowBuilder | None = None) -> FlowBuilder:
    return (start or FlowBuilder()).branch("rule_ab_test", {1: a, 2: b})


def edges(tree: FlowTreeDict) -> list[tuple[int, str, list[tuple[int, int]]]]:
    return [
        (node["id"], node["type"], [(edge["node_id"], edge["branch_id"]) for edge in node["after"]])
        for node in tree["nodes"]
    ]


# The builder


def test_a_linear_tree() -> None:
    tree = (
        FlowBuilder(sender_profiles=["s"])
        .add("linkedin_visit_profile")
        .add("linkedin_send_message", template="Hello {{first_name}}", delay=timedelta(hours=2))
        .build()
    )
    assert tree == {
        "nodes": [
            {
                "id": 2,
                "type": "linkedin_visit_profile",
                "automation": "auto",
                "payload": [],
                "delay_in_seconds": 0,
                "before": [],
                "after": [{"node_id": 3, "branch_id": 1}],
            },
            {
                "id": 3,
                "type": "linkedin_send_message",
                "automation": "auto",
                "payload": {
                    "template": "Hello {{first_name}}",
                    "template_uuid": None,
                    "attachments": [],
                    "stop_on_reply_level": "always",
                },
                "delay_in_seconds": 7200,
                "before": [{"node_id": 2, "branch_id": 1}],
                "after": [{"node_id": 1, "branch_id": 1}],
            },
            {
                "id": 1,
                "type": "end",
                "automation": "auto",
                "payload": [],
                "delay_in_seconds": 0,
                "before": [{"node_id": 3, "branch_id": 1}],
                "after": [],
            },
        ],
        "contact_sources": [
            {
                "id": 1,
                "after_id": 2,
                "name": None,
                "rotation_strategy": "fair",
                "sender_profiles": ["s"],
                "mass_actions_filter": None,
                "filter_tree_format": None,
            }
        ],
        "first_common_node_id": None,
    }


def test_branches_meet_at_the_next_step() -> None:
    tree = split(message("A"), FlowBuilder()).add("gs_add_tag", tag_uuid=UUID).build()
    assert edges(tree) == [
        (2, "rule_ab_test", [(4, 1), (3, 2)]),
        (4, "linkedin_send_message", [(3, 1)]),
        (3, "gs_add_tag", [(1, 1)]),
        (1, "end", []),
    ]
    assert tree["first_common_node_id"] == 3
    assert tree["nodes"][0]["payload"]["branches"] == [
        {"value": 50, "branch_id": 1, "is_enabled": True},
        {"value": 50, "branch_id": 2, "is_enabled": True},
    ]


COMMON: list[tuple[Callable[[], FlowBuilder], str | None]] = [
    (lambda: message(), None),
    (lambda: split(message(), message()), "end"),
    (lambda: split(message(), message()).add("util_timer", wait_time=DAY), "util_timer"),
    (lambda: split(message().end(), message()).add("util_timer", wait_time=DAY), "end"),
    (lambda: split(split(message(), FlowBuilder()), message()).add("util_timer", wait_time=DAY), "util_timer"),
    (lambda: split(message(), message(), message()).add("phone_call_phone").branch(
        ACCEPTED, {1: FlowBuilder().end(), 2: FlowBuilder()}, wait_time=DAY
    ).add("util_timer", wait_time=DAY), "phone_call_phone"),
    (lambda: split(split(message(), message()).add("linkedin_visit_profile"), message()), "end"),
]  # fmt: skip


@pytest.mark.parametrize(("builder", "kind"), COMMON)
def test_the_node_where_all_branches_first_meet(builder: Callable[[], FlowBuilder], kind: str | None) -> None:
    tree = builder().build()
    types = {node["id"]: node["type"] for node in tree["nodes"]}
    common = tree["first_common_node_id"]
    assert (None if common is None else types[common]) == kind


def test_a_trigger_waits_by_a_timer() -> None:
    branches = {1: FlowBuilder(), 2: message()}
    tree = FlowBuilder().branch(ACCEPTED, branches, wait_time=timedelta(days=7)).build()
    (timer,) = tree["nodes"][0]["payload"]["subtasks"]
    assert (timer["type"], timer["payload"]) == ("util_timer", {"wait_time": 604800})
    assert timer["id"] not in [node["id"] for node in tree["nodes"]]


def test_builders_do_not_change() -> None:
    start = message("Shared")
    one, two = start.add("linkedin_visit_profile"), start.add("phone_call_phone")
    assert [len(builder.build()["nodes"]) for builder in (start, one, two)] == [2, 3, 3]
    tree = start.build()
    tree["nodes"][0]["payload"]["attachments"].append("a.png")
    assert start.build()["nodes"][0]["payload"]["attachments"] == []
    assert message("Other").build()["nodes"][0]["payload"]["attachments"] == []


def test_custom_contact_sources() -> None:
    sources: list[ContactSource | Mapping[str, Any]] = [
        ContactSource(name="A"),
        {"name": "B"},
        {"id": 9, "after_id": 1},
    ]
    built = FlowBuilder(contact_sources=sources).add("linkedin_visit_profile").build()["contact_sources"]
    first = {"id": 1, "name": "A", "after_id": 2}
    assert built == [first, {"id": 2, "name": "B", "after_id": 2}, sources[2]]
    assert sources[0] == ContactSource(name="A")


REFUSED: list[tuple[str, str, Callable[[], Any]]] = [
    ("type", "did you mean 'linkedin_send_message'", lambda: FlowBuilder().add("linkedin_send_mesage")),  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    ("type", "add it with branch", lambda: FlowBuilder().add("rule_filter")),  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    ("type", "does not branch", lambda: FlowBuilder().branch("util_timer", {})),  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    ("tempalte", "did you mean 'template'", lambda: FlowBuilder().add("linkedin_send_message", tempalte="Hi")),
    ("colour", "it takes tag_uuid", lambda: FlowBuilder().add("gs_add_tag", colour="red")),
    ("tag_uuid", "is required by", lambda: FlowBuilder().add("gs_add_tag")),
    ("template", "needs template or template_uuid", lambda: FlowBuilder().add("email_send_message", subject="Hi")),
    ("delay", "whole seconds", lambda: FlowBuilder().add("phone_call_phone", delay=-1)),
    ("wait_time", "whole seconds", lambda: FlowBuilder().add("util_timer", wait_time=timedelta(seconds=0.5))),
    ("branches", r"\[1, 2\], not for \[1\]", lambda: FlowBuilder().branch(ACCEPTED, {1: message()}, wait_time=1)),
    ("branches", r"\[0, 1\], not for \[1, 2\]", lambda: FlowBuilder().branch(
        "rule_filter", {1: message(), 2: message()}, branches=[{"branch_id": 1, "filters": {}}, {"branch_id": 0}]
    )),
    ("branches", "required by rule_filter", lambda: FlowBuilder().branch("rule_filter", {1: message(), 2: message()})),
    ("branches", "each with a branch_id", lambda: FlowBuilder().branch("rule_filter", {1: message()}, branches=[{}])),
    ("branches[2]", "belong to the tree", lambda: split(message(), FlowBuilder(sender_profiles=["s"]))),
    ("type", "all branches have ended", lambda: message().end().add("linkedin_visit_profile")),
    ("type", "all branches have ended", lambda: split(message().end(), message().end()).add("linkedin_visit_profile")),
    ("sender_profiles", "into the contact_sources", lambda: FlowBuilder(sender_profiles=["s"], contact_sources=[{}])),
    ("sender_profiles", "a list", lambda: FlowBuilder(sender_profiles="s")),
]  # fmt: skip


@pytest.mark.parametrize(("argument", "match", "build"), REFUSED)
def test_the_builder_refuses(argument: str, match: str, build: Callable[[], Any]) -> None:
    with pytest.raises(InvalidArgumentError, match=match) as caught:
        build()
    assert caught.value.argument == argument


# The result in the sandbox


def every_step() -> FlowBuilder:
    """A tree with every type."""
    names = {name for node in NODE_TYPES.values() for name in node.fields}
    given: dict[str, Any] = {name: UUID for name in names if name.endswith("_uuid")}
    given |= {"template": "Hi", "number": 3, "linkedin_filters": [], "save_limit": 5, "method": "GET", "wait_time": DAY}
    given |= {"endpoint": "https://example.com", "rotations": [{"contact_source_id": 1}], "flow_uuids": [UUID]}
    given |= {"waterflow_sequence": [{"provider": "hunter"}], "classification_instructions": "Sort"}
    branches: Any = [{"branch_id": 1, "name": "A", "description": "A", "filters": {}}, {"branch_id": 0}]
    tree = FlowBuilder(sender_profiles=[UUID])
    for kind in get_args(StepType):
        tree = tree.add(kind, **{name: given[name] for name in NODE_TYPES[kind].fields if name in given})
    for kind in get_args(BranchType):
        payload = {name: given[name] for name in NODE_TYPES[kind].fields if name in given}
        listed = "branches" in NODE_TYPES[kind].fields and NODE_TYPES[kind].fields["branches"].required
        payload |= {"branches": branches} if listed else {}
        tree = tree.branch(kind, {number: message() for number in ((1, 0) if listed else (1, 2))}, **payload)
    return tree


async def new_flow(grinfi: Grinfi) -> str:
    flow = await grinfi.automations.create(name="Hello", use_sender_schedule=True, schedule=SCHEDULE)
    assert flow.uuid
    return flow.uuid


async def test_a_tree_of_every_type_passes_the_sandbox(grinfi: Grinfi) -> None:
    tree = every_step().build()
    await grinfi.flow_versions.create(await new_flow(grinfi), **tree)
    for node in tree["nodes"]:
        await grinfi.flow_versions.validate_node(**node)


async def test_contacts_go_through_a_built_flow(grinfi: Grinfi) -> None:
    people = await grinfi.lists.create(name="People")
    tag = await grinfi.tags.create(name="Warm")
    sender = await grinfi.sender_profiles.create(first_name="Max", last_name="Roe", assignee_user_id=1)
    assert people.uuid
    assert tag.uuid
    assert sender.uuid
    builder = (
        FlowBuilder(sender_profiles=[sender.uuid])
        .add("linkedin_send_connection_request", template="Hello {{first_name}}")
        .branch(
            ACCEPTED,
            {
                1: FlowBuilder().add("linkedin_withdraw_connection_request").end(),
                2: FlowBuilder().add("linkedin_send_message", template="Thanks!", delay=timedelta(hours=2)),
            },
            wait_time=timedelta(days=7),
        )
        .add("gs_add_tag", tag_uuid=uuid.UUID(tag.uuid))
    )
    flow = await new_flow(grinfi)
    await grinfi.flow_versions.create(flow, **builder.build())
    await grinfi.automations.start(flow)
    leads = [await grinfi.contacts.upsert(lead={"linkedin_id": name}, list_uuid=people.uuid) for name in ("jo", "al")]
    for lead in leads:
        assert lead.uuid
        await grinfi.automations.add_contact(flow, lead.uuid)
    await grinfi.request("POST", "/_sandbox/advance", json={"seconds": 60})
    await grinfi.request("POST", "/_sandbox/reply", json={"lead_uuid": leads[0].uuid, "channel": "linkedin"})
    await grinfi.request("POST", "/_sandbox/advance", json={"seconds": 8 * 86400})
    done = {
        lead.linkedin: [task.type async for task in grinfi.tasks.list(filter={"lead_uuid": lead.uuid})]
        for lead in leads
    }
    request = "linkedin_send_connection_request"
    assert done == {
        "jo": [request, ACCEPTED, "linkedin_send_message", "gs_add_tag"],
        "al": [request, ACCEPTED, "linkedin_withdraw_connection_request"],
    }


@pytest.mark.grinfi_sandbox(behaviour="observed")
async def test_a_version_that_was_read_can_be_saved_again(grinfi: Grinfi, grinfi_sandbox: Sandbox) -> None:
    flow = await new_flow(grinfi)
    await grinfi.flow_versions.create(flow, **split(message(), FlowBuilder()).build())
    listed = (await grinfi.flow_versions.list(flow))[-1]
    assert listed.uuid
    assert listed.nodes
    assert listed.contact_sources
    read = await grinfi.flow_versions.get(listed.uuid)
    assert read.uuid == listed.uuid
    assert read.nodes
    assert read.nodes == listed.nodes
    assert read.contact_sources
    common = read.first_common_node_id
    assert common is not None
    await grinfi.flow_versions.create(
        flow, nodes=listed.nodes, contact_sources=listed.contact_sources, first_common_node_id=common
    )
    await grinfi.flow_versions.create(
        flow, nodes=read.nodes, contact_sources=read.contact_sources, first_common_node_id=common
    )
    saved = [version.nodes for version in await grinfi.flow_versions.list(flow)][-3:]
    assert saved[0] == saved[1] == saved[2]


# Checks of any tree


def node(number: int, kind: str, *after: tuple[int, int], before: tuple[tuple[int, int], ...] = ()) -> dict[str, Any]:
    def listed(pairs: tuple[tuple[int, int], ...]) -> list[dict[str, int]]:
        return [{"node_id": other, "branch_id": branch} for other, branch in pairs]

    return {"id": number, "type": kind, "before": listed(before), "after": listed(after)}


VISIT = "linkedin_visit_profile"
END = node(1, "end", before=((2, 1),))
FORK = (node(2, "rule_ab_test", (1, 1), (1, 2)), node(1, "end", before=((2, 1), (2, 2))))
AT_2 = {"contact_sources": [{"id": 1, "after_id": 2}]}
AT_BOTH = {"contact_sources": [{"id": 1, "after_id": 2}, {"id": 2, "after_id": 1}]}
CIRCLE = (node(2, VISIT, (3, 1), before=((3, 1),)), node(3, VISIT, (2, 1), before=((2, 1),)))
ASIDE = (node(4, VISIT, (5, 1), before=((5, 1),)), node(5, VISIT, (4, 1), before=((4, 1),)))
DOUBLE = (node(2, "rule_ab_test", (1, 1), (1, 1)), node(1, "end", before=((2, 1), (2, 1))))
FAULTS: list[tuple[str, str, tuple[dict[str, Any], ...], dict[str, Any]]] = [
    ("nodes", "there are none", (), {"contact_sources": [{"id": 1}]}),
    ("nodes", "node 1: 2 nodes have this id", (node(1, "end"), node(1, "end")), {}),
    ("nodes", "node 2: `after` leads to node 9", (node(2, VISIT, (1, 1), (9, 2)), END), {"first_common_node_id": 1}),
    ("nodes", "node 1: `before` names node 9", (node(1, "end", before=((9, 1),)),), {}),
    ("nodes", "node 2: leads to node 1 .* not have it in `before`", (node(2, VISIT, (1, 1)), node(1, "end")), {}),
    ("nodes", "node 1: has node 2 .* does not lead to it", (node(2, "end"), END), AT_BOTH),
    ("nodes", "nodes 2 and 1: branch_id is 7 in `after`, but 1 in `before`", (node(2, VISIT, (1, 7)), END), {}),
    ("nodes", "node 2 .*: its branch stops here", (node(2, VISIT),), {}),
    ("nodes", "node 2: an `end` node is the last", (node(2, "end", (1, 1)), END), {}),
    ("nodes", "node 3: no edge and no after_id", (node(2, VISIT, (1, 1)), END, node(3, "end")), AT_2),
    ("nodes", "nodes 2, 3: they form a circle", CIRCLE, AT_2),
    ("nodes", "nodes 4, 5: they form a circle", (node(2, VISIT, (1, 1)), END, *ASIDE), AT_2),
    ("nodes", "node 2: 2 edges in `after` have branch_id 1", DOUBLE, {"first_common_node_id": 1}),
    ("first_common_node_id", "branches at node 2.*pass the id", FORK, {}),
    ("first_common_node_id", "branches at node 2", FORK, {"first_common_node_id": None}),
    ("first_common_node_id", "there is no node 9", FORK, {"first_common_node_id": 9}),
    ("contact_sources", "at least one", (node(1, "end"),), {"contact_sources": []}),
    ("contact_sources[0].after_id", "no node 9", (node(1, "end"),), {"contact_sources": [{"id": 1, "after_id": 9}]}),
    ("contact_sources[1].id", "unique id", (node(1, "end"),), {"contact_sources": [{"id": 1}, {"id": 1}]}),
    ("contact_sources[0].id", "needs a unique id", (node(1, "end"),), {"contact_sources": [{}]}),
    ("contact_sources[0].colour", "not document", (node(1, "end"),), {"contact_sources": [{"id": 1, "colour": 1}]}),
    ("nodes[0].id", "integer", ({**node(1, "end"), "id": "1"},), {}),
]  # fmt: skip


@pytest.mark.parametrize(("argument", "match", "nodes", "more"), FAULTS)
async def test_a_faulty_tree_is_not_sent(
    argument: str, match: str, nodes: tuple[dict[str, Any], ...], more: dict[str, Any]
) -> None:
    arguments: dict[str, Any] = {"contact_sources": [{"id": 1}], **more}
    error = await assert_refused(
        argument, lambda it: it.flow_versions.create(UUID, nodes=nodes, **arguments), match=match
    )
    assert "faults:" not in error.problem


SOUND: list[tuple[tuple[dict[str, Any], ...], dict[str, Any]]] = [
    ((node(1, "end"),), {}),
    ((node(2, VISIT, (1, 1)), END), {}),
    ((node(0, VISIT, (1, 1)), node(1, "end", before=((0, 1),))), {"contact_sources": [{"id": 1, "after_id": 0}]}),
    (FORK, {"first_common_node_id": 1}),
    # two ends
    (
        (node(2, "rule_filter", (1, 1), (3, 0)), END, node(3, "end", before=((2, 0),))),
        {"first_common_node_id": 1},
    ),
    # two sources with separate paths, one without a start
    (
        (node(2, VISIT, (1, 1)), node(3, VISIT, (1, 1)), node(1, "end", before=((3, 1), (2, 1)))),
        {"contact_sources": [{"id": 1, "after_id": 2}, {"id": 2}]},
    ),
]


@pytest.mark.parametrize(("nodes", "more"), SOUND)
async def test_a_sound_tree_is_sent(nodes: tuple[dict[str, Any], ...], more: dict[str, Any]) -> None:
    server = answering({}, 201)
    arguments: dict[str, Any] = {"contact_sources": [{"id": 1}], **more}
    await server.client().flow_versions.create(UUID, nodes=nodes, **arguments)
    times = {name: server.body["nodes"][0][name] for name in ("created_at", "updated_at")}
    assert server.body == {**arguments, "nodes": [{**node, **times} for node in nodes]}


async def test_all_faults_are_reported_at_once() -> None:
    nodes: list[FlowNode | dict[str, Any]] = [
        node(2, "rule_ab_test", (3, 1), (4, 2)),
        FlowNode(id=3, type=VISIT, before=[], after=[]),
        node(1, "end", before=((8, 1),)),
    ]
    error = await assert_refused(
        "nodes", lambda it: it.flow_versions.create(UUID, nodes=nodes, contact_sources=[{"after_id": 7}])
    )
    told = error.problem.split("\n- ")
    assert told[0] == f"{len(told) - 1} faults:"
    wanted = [
        "node 2: leads to node 3 (branch_id 1)",
        "node 2: `after` leads to node 4",
        "node 1: `before` names node 8",
        f"node 3 ({VISIT}): its branch stops here",
        "first_common_node_id: the tree branches at node 2",
        "contact_sources[0].after_id: there is no node 7",
        "contact_sources[0].id: each source needs a unique id",
    ]
    for part in wanted:
        assert any(fault.startswith(part) for fault in told), part
    assert len(told) == len(wanted) + 1


async def test_timestamps_and_edge_arrays_are_filled_in() -> None:
    server = answering({}, 201)
    written = "2026-07-05T10:00:00.000000Z"
    bare = node(2, VISIT, (1, 1))
    nodes = [
        bare,
        {"id": 1, "type": "end", "before": [{"node_id": 2, "branch_id": 1}], "created_at": written},
    ]
    before = datetime.now(UTC)
    await server.client().flow_versions.create(UUID, nodes=nodes, contact_sources=[{"id": 1, "after_id": 2}])
    first, last = server.body["nodes"]
    assert before <= datetime.fromisoformat(first["created_at"]) <= datetime.now(UTC)
    assert first["created_at"] == first["updated_at"] == last["updated_at"]
    assert (last["after"], last["created_at"]) == ([], "2026-07-05T10:00:00Z")
    assert "created_at" not in bare


async def test_validate_node_sends_both_edge_arrays() -> None:
    server = Server()
    await server.client().flow_versions.validate_node(id=1, type="end")
    assert server.body == {"id": 1, "type": "end", "before": [], "after": []}
    text: Any = "1"
    await assert_refused("id", lambda it: it.flow_versions.validate_node(id=text, type="end"), match="an integer")


async def test_the_server_can_still_be_queried() -> None:
    server = Server()
    path = f"/flows/api/flows/{UUID}/flow-versions"
    await server.client().request("POST", path, json={"nodes": [], "contact_sources": []})
    assert json.loads(server.request.content) == {"nodes": [], "contact_sources": []}
