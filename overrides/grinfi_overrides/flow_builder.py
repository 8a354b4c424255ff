"""Trees of flow nodes, step by step: ids, edges and payloads are written as the API wants them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy, deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any, Final, Literal, TypedDict, get_args

from .errors import InvalidArgumentError
from .runtime.codecs import describe, reject
from .runtime.models import Model
from .runtime.suggestions import did_you_mean
from .runtime.unset import UNSET

__all__ = ["FlowBuilder", "FlowTree"]

StepType = Literal[
    "linkedin_send_connection_request", "linkedin_send_message", "linkedin_send_inmail", "linkedin_visit_profile",
    "linkedin_like_latest_post", "linkedin_comment_latest_post", "linkedin_endorse_skills", "linkedin_find_contact",
    "linkedin_withdraw_connection_request", "email_send_message", "util_timer", "util_hodor", "gs_add_tag",
    "gs_remove_tag", "gs_change_list", "gs_change_pipeline_stage", "gs_change_sender_profile",
    "gs_rotate_sender_profile", "gs_continue_automation", "gs_remove_from_all_automations", "gs_send_to_flow",
    "gs_call_api", "gs_trigger_custom_webhook", "integration_export_to_crm", "phone_call_phone",
    "gs_enqueue_for_enrichment", "custom",
]  # fmt: skip
"""A step with one way out."""

BranchType = Literal[
    "trigger_message_replied", "trigger_linkedin_connection_request_accepted", "trigger_email_opened",
    "trigger_link_clicked", "trigger_website_page_visited", "email_search_waterflow", "rule_ab_test", "rule_filter",
    "rule_manual_router", "ai_rule_filter",
]  # fmt: skip
"""A step with a way out for each of its branches."""

NEEDED: Final = object()
END: Final = 1
"""Id of the one `end` node, in which all branches finish."""

TEXT: Final[Mapping[str, Any]] = {"template": "", "template_uuid": None}
MESSAGE: Final[Mapping[str, Any]] = {**TEXT, "attachments": [], "stop_on_reply_level": "always"}

PAYLOADS: Final[Mapping[str, Mapping[str, Any]]] = {
    "trigger_message_replied": {"wait_time": NEEDED, "check_period_type": "last_response"},
    "trigger_linkedin_connection_request_accepted": {"wait_time": NEEDED},
    "trigger_email_opened": {"subtasks": []},
    "trigger_link_clicked": {"subtasks": []},
    "trigger_website_page_visited": {"wait_time": UNSET, "wildcard": UNSET},
    "linkedin_send_connection_request": {**TEXT, "fallback_send": True},
    "linkedin_send_message": MESSAGE,
    "linkedin_send_inmail": {"subject": "", **MESSAGE},
    "linkedin_visit_profile": {},
    "linkedin_like_latest_post": {},
    "linkedin_comment_latest_post": TEXT,
    "linkedin_endorse_skills": {"number": NEEDED},
    "linkedin_find_contact": {"linkedin_filters": NEEDED, "save_limit": NEEDED, "list_uuid": NEEDED},
    "linkedin_withdraw_connection_request": {"note": None, "withdraw_key": None},
    "email_send_message": {"subject": "", **MESSAGE, "add_history": False, "email_field": "", "cc": []},
    "email_search_waterflow": {
        "waterflow_sequence": NEEDED,
        "verification_provider": None,
        "accept_catch_all": False,
    },
    "rule_ab_test": {"branches": UNSET},
    "rule_filter": {"branches": NEEDED},
    "rule_manual_router": {"branches": NEEDED, "note": ""},
    "ai_rule_filter": {"branches": NEEDED, "classification_instructions": NEEDED},
    "util_timer": {"wait_time": NEEDED},
    "util_hodor": {"is_open": False},
    "gs_add_tag": {"tag_uuid": NEEDED},
    "gs_remove_tag": {"tag_uuid": NEEDED},
    "gs_change_list": {"list_uuid": NEEDED},
    "gs_change_pipeline_stage": {"pipeline_stage_uuid": NEEDED},
    "gs_change_sender_profile": {"sender_profile_uuid": NEEDED},
    "gs_rotate_sender_profile": {"rotations": NEEDED},
    "gs_continue_automation": {},
    "gs_remove_from_all_automations": {"flow_uuids": None},
    "gs_send_to_flow": {"flow_uuid": NEEDED},
    "gs_call_api": {
        "method": NEEDED,
        "endpoint": NEEDED,
        "headers": {},
        "query": {},
        "post": {},
        "timeout_secs": 30,
        "auto_retry_on_errors": False,
        "should_remove_empty_values": False,
        "api_call_account_uuid": None,
    },
    "gs_trigger_custom_webhook": {"webhook_uuid": NEEDED},
    "integration_export_to_crm": {"integration_uuid": NEEDED},
    "phone_call_phone": {"note": ""},
    "gs_enqueue_for_enrichment": {"run_settings": "all_contacts", "outdated_older_than_in_seconds": 30 * 86400},
}
"""Fields of each payload, with what is sent for those that are left out. `custom` takes anything."""

EMPTY_LIST: Final = {"linkedin_visit_profile", "linkedin_like_latest_post"}
"""Types whose payload is `[]`."""
TIMES: Final = {"wait_time", "outdated_older_than_in_seconds"}
FLAGS: Final = {"add_history", "is_open"}
"""Fields that are written as 0 or 1."""
WAITING_BY_TIMER: Final = {"trigger_message_replied", "trigger_linkedin_connection_request_accepted"}
TEXT_NEEDED: Final = {
    "linkedin_send_message", "linkedin_send_inmail", "linkedin_comment_latest_post", "email_send_message",
}  # fmt: skip


class FlowTree(TypedDict):
    """What `grinfi.flow_versions.create` takes."""

    nodes: list[Any]
    contact_sources: list[Any]
    first_common_node_id: int | None


@dataclass(frozen=True)
class _Step:
    type: str
    payload: dict[str, Any]
    delay: int
    branches: Mapping[int, FlowBuilder] = field(default_factory=dict[int, "FlowBuilder"])


class FlowBuilder:
    """A tree of flow nodes, or one branch of it.

    Builders never change: each method returns a new one, so that a beginning can be shared.

        tree = (
            FlowBuilder(sender_profiles=[sender.uuid])
            .add("linkedin_send_connection_request", template="Hello {{first_name}}")
            .branch(
                "trigger_linkedin_connection_request_accepted",
                {
                    1: FlowBuilder().add("linkedin_withdraw_connection_request").end(),
                    2: FlowBuilder().add("linkedin_send_message", template="Thanks!", delay=timedelta(hours=2)),
                },
                wait_time=timedelta(days=7),
            )
            .add("gs_add_tag", tag_uuid=tag.uuid)
        )
        await grinfi.flow_versions.create(flow.uuid, **tree.build())

    Args:
        sender_profiles: UUIDs of the sender profiles that carry out the steps; the one contact source has them.
        contact_sources: Contact sources instead of that one. Those without `id` are numbered, those without `after_id`
            start at the first step.
    """

    def __init__(
        self,
        *,
        sender_profiles: Sequence[str] = (),
        contact_sources: Sequence[Model | Mapping[str, Any]] = (),
    ) -> None:
        if isinstance(sender_profiles, str):
            raise reject("sender_profiles", "a list of UUIDs", sender_profiles)
        if sender_profiles and contact_sources:
            raise InvalidArgumentError("sender_profiles", "name them in the contact_sources, which you pass yourself")
        self._senders = tuple(sender_profiles)
        self._sources = tuple(contact_sources)
        self._steps: tuple[_Step, ...] = ()
        self._ended = False

    def add(self, type: StepType, /, *, delay: timedelta | int = 0, **payload: Any) -> FlowBuilder:
        """Add a step with one way out.

        Args:
            type: Type of the node.
            delay: Time, or seconds, to wait after the previous step.
            payload: What the step does; `FlowNode` lists the fields of each type. What can be left out is
                sent with a default. Times can be a `timedelta`.

        Raises:
            InvalidArgumentError: The type or a field of the payload is unknown, or one is missing.
        """
        if type in get_args(BranchType):
            raise InvalidArgumentError("type", f"{type} branches; add it by branch({type!r}, {{branch_id: ...}})")
        return self._with(type, payload, delay, {})

    def branch(
        self,
        type: BranchType,
        branches: Mapping[int, FlowBuilder],
        /,
        *,
        delay: timedelta | int = 0,
        **payload: Any,
    ) -> FlowBuilder:
        """Add a step at which ways part. They meet again at the step that is added next, or else at the end.

        Args:
            type: Type of the node.
            branches: Branch id -> what happens there: `FlowBuilder().add(...)`, or `FlowBuilder()` for nothing. The ids
                are 1 and 2 for triggers, 2 (found) and 1 (not found) for `email_search_waterflow`, 1 (match) and 0
                (else) for `rule_filter`, otherwise those of `branches` in the payload. Which id of a trigger stands for
                "it happened", the API's description does not tell: look at a flow that the web editor made.
            delay: Time, or seconds, to wait after the previous step.
            payload: As for `add`. `wait_time` is how long a trigger waits; `branches` of `rule_ab_test` are by default
                of equal size.

        Raises:
            InvalidArgumentError: Something is unknown or missing, or the branches do not suit the type.
        """
        if type not in get_args(BranchType):
            hint = f"it has one way out; add it by add({type!r})" if type in get_args(StepType) else _known(type)
            raise InvalidArgumentError("type", hint)
        for number, branch in branches.items():
            if isinstance(number, bool) or not isinstance(number, int):
                raise reject("branches", "a branch id, which is an integer, for each branch", number)
            if not isinstance(branch, FlowBuilder):
                raise reject(f"branches[{number}]", "a FlowBuilder", branch)
            if branch._senders or branch._sources:
                raise InvalidArgumentError(f"branches[{number}]", "contact sources belong to the tree, not to a branch")
        if type == "rule_ab_test" and "branches" not in payload:
            payload["branches"] = _equal_parts(sorted(branches))
        wanted = {1, 2} if "branches" not in PAYLOADS[type] else _branch_ids(payload.get("branches", ()))
        if len(branches) < 2 or set(branches) != wanted:
            raise InvalidArgumentError(
                "branches", f"{type} takes one for each of the ids {sorted(wanted)}, not for {sorted(branches)}"
            )
        return self._with(type, payload, delay, dict(branches))

    def end(self) -> FlowBuilder:
        """End this branch: it does not go on where the others meet again."""
        return self._copy(self._steps, ended=True)

    def build(self) -> FlowTree:
        """The tree, as keyword arguments of `grinfi.flow_versions.create`."""
        nodes: list[dict[str, Any]] = []
        ids = count(END + 1)
        entry = self._add_nodes(nodes, ids, END)
        nodes.append(_node(END, "end", [], 0, []))
        by_id = {node["id"]: node for node in nodes}
        for node in nodes:
            for edge in node["after"]:
                by_id[edge["node_id"]]["before"].append({"node_id": node["id"], "branch_id": edge["branch_id"]})
        return {
            "nodes": nodes,
            "contact_sources": self._contact_sources(entry),
            "first_common_node_id": _first_common_node({node["id"]: node["after"] for node in nodes}, entry),
        }

    @property
    def _is_over(self) -> bool:
        """Whether no contact comes out of it."""
        last = self._steps[-1] if self._steps else None
        return self._ended or (
            last is not None and bool(last.branches) and all(branch._is_over for branch in last.branches.values())
        )

    def _with(
        self, type: str, payload: dict[str, Any], delay: timedelta | int, branches: Mapping[int, FlowBuilder]
    ) -> FlowBuilder:
        if self._is_over:
            raise InvalidArgumentError("type", f"no contact comes to this {type}: all ways have ended before")
        step = _Step(type, _payload(type, payload), _seconds("delay", delay), branches)
        return self._copy((*self._steps, step))

    def _copy(self, steps: tuple[_Step, ...], *, ended: bool = False) -> FlowBuilder:
        result = copy(self)
        result._steps = steps
        result._ended = ended
        return result

    def _add_nodes(self, nodes: list[dict[str, Any]], ids: Iterator[int], follow: int) -> int:
        """Add the nodes of this path, behind which comes the node `follow`; the id of its first node."""
        own = [next(ids) for _ in self._steps]
        places = [*own, END if self._ended else follow]
        for step, place, target in zip(self._steps, places, places[1:], strict=False):
            payload = deepcopy(step.payload)
            if step.type in WAITING_BY_TIMER:
                payload["subtasks"] = [_node(next(ids), "util_timer", {"wait_time": payload.pop("wait_time")}, 0, [])]
            node = _node(place, step.type, [] if step.type in EMPTY_LIST else payload, step.delay, [(target, 1)])
            nodes.append(node)
            if step.branches:
                node["after"] = [
                    {"node_id": branch._add_nodes(nodes, ids, target), "branch_id": number}
                    for number, branch in step.branches.items()
                ]
        return places[0]

    def _contact_sources(self, entry: int) -> list[dict[str, Any]]:
        default = {
            "name": None,
            "rotation_strategy": "fair",
            "sender_profiles": list(self._senders),
            "mass_actions_filter": None,
            "filter_tree_format": None,
        }
        result: list[dict[str, Any]] = []
        for number, source in enumerate(self._sources or (default,), 1):
            given = source.to_dict() if isinstance(source, Model) else source
            result.append({"id": number, "after_id": entry, **given})
        return result


def _node(
    number: int, type: str, payload: dict[str, Any] | list[Any], delay: int, after: Sequence[tuple[int, int]]
) -> dict[str, Any]:
    return {
        "id": number,
        "type": type,
        "automation": "auto",
        "payload": payload,
        "delay_in_seconds": delay,
        "before": [],
        "after": [{"node_id": target, "branch_id": branch} for target, branch in after],
    }


def _payload(type: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """A payload with its defaults, if what is given suits the type."""
    if type == "custom":
        return dict(given)
    fields = PAYLOADS.get(type)
    if fields is None:
        raise InvalidArgumentError("type", _known(type))
    for name in given:
        if name not in fields:
            takes = did_you_mean(name, fields, otherwise=f"it takes {', '.join(fields) or 'nothing'}")
            raise InvalidArgumentError(name, f"{type} has no such field; {takes}")
    payload: dict[str, Any] = {}
    for name, value in {**fields, **given}.items():
        if value is NEEDED or (name in given and value is UNSET and fields[name] is NEEDED):
            raise InvalidArgumentError(name, f"{type} needs it")
        if value is not UNSET:
            flag = name in FLAGS and isinstance(value, bool)
            payload[name] = _seconds(name, value) if name in TIMES else int(value) if flag else value
    if type in TEXT_NEEDED and not (payload["template"] or payload["template_uuid"]):
        raise InvalidArgumentError("template", f"{type} needs a text: template, or the template_uuid of an AI template")
    return payload


def _known(type: object) -> str:
    known = [*PAYLOADS, "custom"]
    return f"there is no node {describe(type)}; {did_you_mean(type, known, otherwise=', '.join(known))}"


def _seconds(argument: str, value: object) -> int:
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0 or seconds != int(seconds):
        raise InvalidArgumentError(argument, f"expected a timedelta, or whole seconds from 0, got {describe(value)}")
    return int(seconds)


def _equal_parts(ids: Sequence[int]) -> list[dict[str, Any]]:
    """Branches of a split into equal parts, which add up to 100."""
    share, rest = divmod(100, max(len(ids), 1))
    return [
        {"value": share + (place < rest), "branch_id": number, "is_enabled": True} for place, number in enumerate(ids)
    ]


def _branch_ids(branches: Any) -> set[int]:
    try:
        return {branch["branch_id"] for branch in branches}
    except (TypeError, KeyError):
        raise reject("branches", "a list of mappings, each with a branch_id", branches) from None


def _first_common_node(edges: Mapping[int, Sequence[Mapping[str, int]]], entry: int) -> int | None:
    """The node at which all ways come together that part at the first branching; None if none does."""
    place = entry
    while len(edges[place]) == 1:
        place = edges[place][0]["node_id"]
    if not edges[place]:
        return None
    ways: dict[int, list[int]] = {}

    def certain(number: int) -> list[int]:
        """The nodes to which every contact comes from here, in order."""
        if number not in ways:
            onward = [certain(target) for target in dict.fromkeys(edge["node_id"] for edge in edges[number])]
            common = [node for node in onward[0] if all(node in way for way in onward[1:])] if onward else []
            ways[number] = [number, *common]
        return ways[number]

    return certain(place)[1]
