"""Outreach tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .answers import Reply
from .errors import invalid_field
from .resources import Collection, Handler
from .runner import Runner
from .store import Condition, equals
from .tables import Tables, later
from .validation import Call, Checker
from .values import JsonObject


class Tasks(Collection):
    """Tasks of automations, and tasks added by users.

    Only manual tasks can be completed, cancelled and failed; one of an automation can be retried or skipped by itself.
    """

    def __init__(self, tables: Tables, checker: Checker, runner: Runner) -> None:
        super().__init__(tables.tasks, checker)
        self._tables = tables
        self._runner = runner

    def routes(self) -> dict[tuple[str, str], Handler]:
        path = self._records.resource.path
        actions: dict[str, Callable[[JsonObject], None]] = {
            "complete": self._complete,
            "cancel": self._cancel,
            "fail": self._fail,
            "retry": self._retry,
            "skip": self._skip,
        }
        return {
            **super().routes(),
            **{("PUT", f"{path}/{{}}/{name}"): self._single(action) for name, action in actions.items()},
            **{("PUT", f"{path}/mass-{name}"): self._mass(action) for name, action in actions.items()},
            ("PUT", f"{path}/continue-automation"): self.continue_automation,
            ("GET", f"{path}/schedule"): self.schedule,
            ("POST", f"{path}/group-counts"): self.count_groups,
        }

    def fields(self, call: Call, document: JsonObject | None) -> JsonObject:
        body = call.body
        self._tables.leads.require("lead_uuid", body["lead_uuid"])
        self._tables.senders.require("sender_profile_uuid", body["sender_profile_uuid"])
        fields = {name: value for name, value in body.items() if name != "text"}
        return {
            **fields,
            "payload": {"template": body["text"], "rendered_text": body["text"], "attachments": []},
            "schedule_at": later(body["schedule_at"]),
            "automation": "manual",
            "status": "in_progress",
            "flow_origin": "manual",
            "attempts": 0,
        }

    def continue_automation(self, call: Call) -> Reply:
        lead = self._tables.leads.require("lead_uuid", call.body["lead_uuid"])
        self._runner.continue_lead(lead["uuid"])
        return Reply(call.operation.answer.status, {})

    def schedule(self, call: Call) -> Reply:
        """Return a sender profile's tasks that are planned for a day."""
        day = Condition("substr(json_extract(records.document, '$.schedule_at'), 1, 10) = ?", (call.query["date"],))
        own = equals("sender_profile_uuid", call.query["sender_profile_uuid"])
        found = self._records.store.find("task", [own, day], "schedule_at")
        return Reply(call.operation.answer.status, {"data": [self._records.row(task) for task in found]})

    def count_groups(self, call: Call) -> Reply:
        return Reply(call.operation.answer.status, self._records.group_counts(call.body))

    def _single(self, action: Callable[[JsonObject], None]) -> Handler:
        def handle(call: Call) -> Reply:
            task = self._document(call)
            self._act(action, [task], "uuid", action in (self._retry, self._skip))
            return Reply(call.operation.answer.status, self._records.row(self._records.get(task["uuid"])))

        return handle

    def _mass(self, action: Callable[[JsonObject], None]) -> Handler:
        def handle(call: Call) -> Reply:
            tasks = [self._records.require("uuids", uuid) for uuid in dict.fromkeys(call.body["uuids"])]
            self._act(action, tasks, "uuids")
            return Reply(call.operation.answer.status, {})

        return handle

    def _act(
        self, action: Callable[[JsonObject], None], tasks: Iterable[JsonObject], field: str, automatic: bool = False
    ) -> None:
        wanted = "failed" if action == self._retry else "in_progress"
        for task in tasks:
            if task["automation"] != "manual" and not automatic:
                raise invalid_field(field, f"The task {task['uuid']} is not a manual task.")
            if task["status"] != wanted:
                raise invalid_field(field, f"The task {task['uuid']} is {task['status']}, not {wanted}.")
            action(task)

    def _complete(self, task: JsonObject) -> None:
        self._runner.execute(task)

    def _cancel(self, task: JsonObject) -> None:
        self._runner.cancel(task)

    def _fail(self, task: JsonObject) -> None:
        self._runner.fail(task, None, None)

    def _retry(self, task: JsonObject) -> None:
        self._runner.reopen(task)

    def _skip(self, task: JsonObject) -> None:
        self._runner.close(task, "skipped")
