"""Automations (flows), their folders and versions, and the contacts in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from .answers import Reply
from .blacklist import blacklist_matcher
from .errors import ApiError, invalid, invalid_field
from .members import MassAction, required
from .resources import LEAD, Collection, Handler
from .runner import Runner
from .steps import CONNECTION_REQUEST, EMAIL, OPEN
from .store import equals
from .tables import Tables
from .validation import Call, Checker
from .values import JsonObject, array_at, as_array, object_at

FLOWS = "/flows/api/flows"
ADD_NEW_LEAD = ("POST", f"{FLOWS}/{{}}/add-new-lead")
LOOK_UP_LEAD = ("POST", f"{LEAD.path}/lookup-one")
LONGEST_DELAY = 10 * 365 * 86400
CHANNELS = {
    CONNECTION_REQUEST: ("linkedin_connection_request", ("accepted",)),
    "linkedin_send_message": ("linkedin_message", ("opened", "replied", "blocked")),
    "linkedin_send_inmail": ("linkedin_inmail", ("opened", "replied", "blocked")),
    EMAIL: ("email", ("opened", "replied")),
}


class Flows(Collection):
    """Flows, and the contacts in them."""

    def __init__(self, tables: Tables, checker: Checker, runner: Runner) -> None:
        super().__init__(tables.flows, checker)
        self._tables = tables
        self._store = tables.store
        self._runner = runner
        self.adding = MassAction(self._check_flow, self._add_all)
        self.cancelling = MassAction(self._check_flows, self._cancel_all)

    def routes(self) -> dict[tuple[str, str], Handler]:
        return {
            **super().routes(),
            ("PUT", f"{FLOWS}/{{}}/start"): self.start,
            ("PUT", f"{FLOWS}/{{}}/stop"): self.stop,
            ("PUT", f"{FLOWS}/{{}}/archive"): self.archive,
            ("PUT", f"{FLOWS}/{{}}/unarchive"): self.unarchive,
            ("POST", f"{FLOWS}/clone"): self.clone,
            ("POST", f"{FLOWS}/metrics"): self.metrics,
            ("POST", f"{FLOWS}/{{}}/statistics/nodes"): self.node_statistics,
            ("POST", f"{FLOWS}/{{}}/statistics/contact-sources"): self.source_statistics,
            ("POST", f"{FLOWS}/{{}}/leads/{{}}"): self.add_lead,
            ("PUT", f"{FLOWS}/leads/{{}}/cancel"): self.cancel,
            ("PUT", f"{FLOWS}/leads/{{}}/cancel-all"): self.cancel,
            ("DELETE", f"{FLOWS}/leads/{{}}"): self.delete_history,
        }

    def adding_new_leads(self, add: Handler, look_up: Handler) -> Handler:
        """Return the handler that creates a contact by `add`, and enrolls it unless it was skipped."""

        def handle(call: Call) -> Reply:
            flow = self._document(call)
            reply = add(call)
            if reply.status == 204:
                row = look_up(replace(call, body=call.body["lead"])).body
                self._runner.enroll(flow, self._tables.leads.get(row["uuid"]), call.body.get("flow_segment_id"))
            return reply

        return handle

    def fields(self, call: Call, document: JsonObject | None) -> JsonObject:
        if call.body.get("flow_workspace_uuid") is not None:
            self._tables.workspaces.require("flow_workspace_uuid", call.body["flow_workspace_uuid"])
        if document is not None:
            return call.body
        return {"priority": 2, "is_public": False, **call.body, "status": "draft", "flow_version_uuid": ""}

    def forget(self, document: JsonObject) -> None:
        for kind in ("flow-version", "flow-lead"):
            for record in self._store.find(kind, [equals("flow_uuid", document["uuid"])]):
                self._store.delete(record)
        for task in self._store.find("task", [equals("flow_uuid", document["uuid"]), OPEN]):
            self._store.update(task, {"status": "canceled"})

    def start(self, call: Call) -> Reply:
        flow = self._document(call)
        if flow["status"] == "archived":
            raise invalid_field("status", "The automation is archived.")
        if self._tables.versions.find(flow["flow_version_uuid"]) is None:
            raise invalid_field("flow_version_uuid", "The automation has no version.")
        flow = self._store.update(flow, {"status": "on"})
        self._runner.start(flow)
        return self._reply(call, flow)

    def stop(self, call: Call) -> Reply:
        return self._set_status(call, "off", unless="archived")

    def archive(self, call: Call) -> Reply:
        return self._set_status(call, "archived")

    def unarchive(self, call: Call) -> Reply:
        flow = self._document(call)
        return self._set_status(call, "off") if flow["status"] == "archived" else self._reply(call, flow)

    def clone(self, call: Call) -> Reply:
        original = self._tables.flows.require("flow_uuid", call.body["flow_uuid"])
        changes = {**{name: value for name, value in call.body.items() if name != "flow_uuid"}, "status": "off"}
        self.fields(call, original)
        flow = self._tables.flows.create({**original, **changes, "flow_version_uuid": ""})
        version = self._tables.versions.find(original["flow_version_uuid"])
        if version is not None:
            copy = self._tables.versions.create({**version, "flow_uuid": flow["uuid"]})
            flow = self._store.update(flow, {"flow_version_uuid": copy["uuid"]})
        return self._reply(call, flow)

    def add_lead(self, call: Call) -> Reply:
        flow = self._tables.flows.get(call.path["flowUuid"])
        source_id = call.body.get("contact_source_id")
        version = self._tables.versions.find(flow["flow_version_uuid"]) or {}
        if source_id is not None and source_id not in [source["id"] for source in array_at(version, "contact_sources")]:
            raise invalid_field("contact_source_id", f"The automation has no contact source {source_id}.")
        self._runner.enroll(flow, self._tables.leads.get(call.path["leadUuid"]), source_id)
        return Reply(call.operation.answer.status)

    def cancel(self, call: Call) -> Reply:
        lead = self._tables.leads.get(call.path["leadUuid"])
        self._runner.leave(lead["uuid"], call.body.get("flow_uuids"))
        return Reply(call.operation.answer.status)

    def _check_flow(self, payload: JsonObject) -> None:
        self._tables.flows.require("payload.flow_uuid", required(payload, "flow_uuid"))

    def _add_all(self, leads: list[JsonObject], payload: JsonObject) -> None:
        flow = self._tables.flows.get(payload["flow_uuid"])
        blacklisted = blacklist_matcher(self._store)
        for lead in leads:
            self._runner.enroll(flow, lead, blacklisted=blacklisted)

    def _check_flows(self, payload: JsonObject) -> None:
        uuids = as_array(required(payload, "flow_uuids"))
        if not uuids:
            raise invalid_field("payload.flow_uuids", "The payload.flow_uuids field must have one or more automations.")
        for uuid in uuids:
            self._tables.flows.require("payload.flow_uuids", uuid)

    def _cancel_all(self, leads: list[JsonObject], payload: JsonObject) -> None:
        for lead in leads:
            self._runner.leave(lead["uuid"], payload["flow_uuids"])

    def delete_history(self, call: Call) -> Reply:
        lead = self._tables.leads.get(call.path["leadUuid"])
        self._runner.leave(lead["uuid"], None)
        enrollments = self._store.find("flow-lead", [equals("lead_uuid", lead["uuid"])])
        if not enrollments:
            raise ApiError(404, "The contact was never in an automation.")
        for enrollment in enrollments:
            self._store.delete(enrollment)
        return Reply(call.operation.answer.status)

    def metrics(self, call: Call) -> Reply:
        """Return the current figures of each automation that exists."""
        answer: JsonObject = {}
        for uuid in call.body["uuids"]:
            if self._tables.flows.find(uuid) is None:
                continue
            same = [equals("flow_uuid", uuid)]
            leads = dict(self._store.group_counts("flow-lead", "status", same))
            answer[uuid] = {
                "leads_count": sum(leads.values()),
                **{f"{status}_leads_count": leads.get(status, 0) for status in ("in_progress", "finished", "failed")},
                "task_counts": dict(self._store.group_counts("task", "type", [*same, OPEN])),
            }
        return Reply(call.operation.answer.status, answer)

    def node_statistics(self, call: Call) -> Reply:
        flow = self._document(call)
        conditions = [equals("flow_uuid", flow["uuid"]), *self._tables.tasks.where(call.body.get("filter") or {})]
        answer: JsonObject = {}
        for node_id in call.body["node_ids"]:
            tasks = self._store.find("task", [*conditions, equals("flow_node_id", node_id)])
            forks = [str(task["fork_result"]) for task in tasks if task["fork_result"] is not None]
            outcomes = _counts(outcome for task in tasks for outcome in object_at(task, "outcomes"))
            answer[str(node_id)] = {
                "node_statuses": _counts(task["status"] for task in tasks),
                "node_conversions": outcomes or [],
                **({"node_branches": _counts(forks)} if forks else {}),
            }
        return Reply(call.operation.answer.status, answer)

    def source_statistics(self, call: Call) -> Reply:
        flow = self._document(call)
        same = equals("flow_uuid", flow["uuid"])
        closed = self._store.find("task", [same, equals("status", "closed")])
        answer: JsonObject = {}
        for source_id in call.body["contact_source_ids"]:
            enrollments = self._store.find("flow-lead", [same, equals("contact_source_id", source_id)])
            members = {enrollment["uuid"] for enrollment in enrollments}
            tasks = [task for task in closed if task["flow_lead_uuid"] in members]
            added_by = _counts(enrollment["added_by"] for enrollment in enrollments)
            answer[str(source_id)] = {
                "contact_source_statuses": _counts(enrollment["status"] for enrollment in enrollments),
                "contact_source_added_by": {"user": 0, "filter": 0, **added_by},
                "contact_source_conversions": {
                    channel: _conversions([task for task in tasks if task["type"] == kind], outcomes)
                    for kind, (channel, outcomes) in CHANNELS.items()
                },
            }
        return Reply(call.operation.answer.status, answer)

    def _document(self, call: Call) -> JsonObject:
        return self._tables.flows.get(call.path["flowUuid"])

    def _set_status(self, call: Call, status: str, unless: str | None = None) -> Reply:
        flow = self._document(call)
        return self._reply(call, flow if flow["status"] == unless else self._store.update(flow, {"status": status}))


class Enrollments(Collection):
    """The contacts in flows, as a list."""

    def routes(self) -> dict[tuple[str, str], Handler]:
        path = self._records.resource.path
        return {("POST", f"{path}/list"): self.list, ("GET", path): self.list}


class Folders(Collection):
    """Folders of flows; the flows of a deleted one stay."""

    def forget(self, document: JsonObject) -> None:
        store = self._records.store
        for flow in store.find("flow", [equals("flow_workspace_uuid", document["uuid"])]):
            store.update(flow, {"flow_workspace_uuid": None})

    def delete(self, call: Call) -> Reply:
        return replace(super().delete(call), body={})


class Versions(Collection):
    """Flow versions: the newest one is active."""

    def __init__(self, tables: Tables, checker: Checker) -> None:
        super().__init__(tables.versions, checker)
        self._tables = tables

    def routes(self) -> dict[tuple[str, str], Handler]:
        path = self._records.resource.path
        return {
            **super().routes(),
            ("GET", f"{FLOWS}/{{}}/flow-versions"): self.list_of_flow,
            ("POST", f"{FLOWS}/{{}}/flow-versions"): self.create,
            ("POST", f"{path}/validate-node"): self.validate_node,
        }

    def list_of_flow(self, call: Call) -> Reply:
        flow = self._tables.flows.get(call.path["flowUuid"])
        rows = map(self._records.row, self._records.store.find("flow-version", [equals("flow_uuid", flow["uuid"])]))
        shown = [{name: value for name, value in row.items() if name != "first_common_node_id"} for row in rows]
        return Reply(call.operation.answer.status, shown)

    def create(self, call: Call) -> Reply:
        flow = self._tables.flows.get(call.path["flowUuid"])
        data: dict[str, list[str]] = {}
        for field, message in self._faults(call.body):
            data.setdefault(field, []).append(message)
        if data:
            raise invalid(data)
        version = self._records.create({**call.body, "flow_uuid": flow["uuid"]})
        self._records.store.update(flow, {"flow_version_uuid": version["uuid"]})
        return self._reply(call, version)

    def validate_node(self, call: Call) -> Reply:
        for field, message in self._node_faults(call.body):
            raise invalid_field(field, message)
        return Reply(call.operation.answer.status)

    def forget(self, document: JsonObject) -> None:
        flow = self._tables.flows.find(document["flow_uuid"])
        if flow is not None and flow["flow_version_uuid"] == document["uuid"]:
            raise invalid_field("uuid", "The version is active.")

    def _faults(self, body: JsonObject) -> Iterator[tuple[str, str]]:
        """Find the mistakes of a version: fields and messages."""
        nodes: list[JsonObject] = body["nodes"]
        ids = [node["id"] for node in nodes]
        if len(set(ids)) < len(ids) or not ids:
            yield "nodes", "The nodes field must have one or more nodes, each with a unique id."
            return
        forth = [(node["id"], edge["node_id"], edge["branch_id"]) for node in nodes for edge in node["after"]]
        back = [(edge["node_id"], node["id"], edge["branch_id"]) for node in nodes for edge in node["before"]]
        for index, node in enumerate(nodes):
            for name in ("created_at", "updated_at"):
                if name not in node:
                    yield f"nodes.{index}.{name}", f"The nodes.{index}.{name} field is required."
            for field, message in self._node_faults(node):
                yield f"nodes.{index}.{field}", message
            if (node["type"] == "end") == bool(node["after"]):
                yield f"nodes.{index}.after", "Every branch must end in an end node, and nothing may follow one."
            outgoing = [edge for edge in forth if edge[0] == node["id"]]
            incoming = [edge for edge in back if edge[1] == node["id"]]
            if sorted(outgoing) != sorted(edge for edge in back if edge[0] == node["id"]):
                yield (
                    f"nodes.{index}.after",
                    "Each edge in after must also be in before of the other node, with its branch_id.",
                )
            if any(edge[0] not in ids for edge in incoming):
                yield f"nodes.{index}.before", "The before field names a node that does not exist."
        if _has_cycle(ids, forth):
            yield "nodes", "The nodes form a circle, which never ends."
        common = body.get("first_common_node_id")
        if common not in ids and (common is not None or len({edge[0] for edge in forth}) < len(forth)):
            yield "first_common_node_id", "A flow that branches must name one of its nodes in first_common_node_id."
        sources: list[JsonObject] = body["contact_sources"]
        for index, source in enumerate(sources):
            if "id" not in source or source["id"] in [other.get("id") for other in sources[:index]]:
                yield f"contact_sources.{index}.id", "Every contact source must have a unique id."
            if source.get("after_id") is not None and source["after_id"] not in ids:
                yield f"contact_sources.{index}.after_id", "The after_id field names a node that does not exist."

    def _node_faults(self, node: JsonObject) -> Iterator[tuple[str, str]]:
        if node["type"] not in self._tables.node_types:
            yield "type", f"The selected type is invalid: {node['type']}."
        if not 0 <= (node.get("delay_in_seconds") or 0) <= LONGEST_DELAY:
            yield "delay_in_seconds", f"The delay_in_seconds field must be between 0 and {LONGEST_DELAY}."


def _has_cycle(ids: list[int], edges: list[tuple[int, int, int]]) -> bool:
    """Remove nodes that nothing leads to, until none is left; a circle stays."""
    left = set(ids)
    while left:
        targets = {target for origin, target, _ in edges if origin in left}
        if not left - targets:
            return True
        left &= targets
    return False


def _counts(values: Iterator[Any] | list[Any]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for value in values:
        counts[str(value)] = counts.get(str(value), 0) + 1
    return counts


def _conversions(tasks: list[JsonObject], outcomes: tuple[str, ...]) -> dict[str, int]:
    found = _counts(outcome for task in tasks for outcome in object_at(task, "outcomes"))
    return {"sent": len(tasks), **{outcome: found.get(outcome, 0) for outcome in outcomes}}
