"""A server with an outreach team, whose counts and lists are true, or false as configured."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from typing import Any, cast

import httpx

from grinfi_async import Grinfi, RetryPolicy
from tests.sdk.helpers import php_query, raw_query

Row = dict[str, Any]
FLOW, VERSION = "f1000000-0000-4000-8000-000000000000", "fe000000-0000-4000-8000-000000000000"
REQUEST, MESSAGE, EMAIL = "linkedin_send_connection_request", "linkedin_send_message", "email_send_message"

EARLIER = "2026-01-01T00:00:00Z"


def uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


ADA, BO = uuid(1), uuid(2)


class ReportServer:
    """Answers the requests of reports.

    Attributes:
        rows: Path -> rows.
        statistics: Node -> its statistics; None if they are counted from the tasks.
        ignores: Keys of filters that it ignores.
        page: The most rows in a page.
        totals: Whether it returns totals.
        requests: The requests.
    """

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {
            "tasks": [],
            "linkedin-messages": [],
            "emails": [],
            "activities": [],
            "flows": [{"uuid": FLOW, "name": "Hello", "status": "on"}, {"uuid": VERSION, "status": "off"}],
            "mailboxes": [],
            "list": [],
            "search": [],
            "pipeline-stages": [],
            "sender-profiles": [
                {"uuid": ADA, "first_name": "Ada", "last_name": "Byron"},
                {"uuid": BO, "first_name": "Bo", "last_name": None},
            ],
        }
        self.nodes: list[Row] = []
        self.statistics: dict[str, Any] | None = None
        self.ignores: set[str] = set()
        self.page = 1000
        self.totals = True
        self.requests: list[httpx.Request] = []

    def client(self) -> Grinfi:
        return Grinfi(
            "key",
            base_url="http://127.0.0.1:1",
            transport=httpx.MockTransport(self),
            retry=RetryPolicy(max_attempts=1),
            rate_limiter=None,
        )

    def task(self, kind: str, at: str | None, status: str = "closed", **more: Any) -> Row:
        number = len(self.rows["tasks"]) + 1000
        row = {"uuid": uuid(number), "type": kind, "status": status, "executed_at": at, "flow_uuid": FLOW}
        row |= {
            "lead_uuid": uuid(number + 5000),
            "sender_profile_uuid": ADA,
            "created_at": at or "2026-01-01T00:00:00Z",
        }
        self.rows["tasks"].append(row | more)
        return self.rows["tasks"][-1]

    def receive(self, resource: str, at: str, lead: str, **more: Any) -> None:
        number = len(self.rows[resource]) + 900_000
        row = {"uuid": uuid(number), "type": "inbox", "sent_at": at, "created_at": at, "lead_uuid": lead}
        self.rows[resource].append({**row, "sender_profile_uuid": ADA, **more})

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        *_, before, name = request.url.path.split("/")
        body: Row = json.loads(request.content) if request.content else {}
        if name == "group-counts":
            found = self._found(before, body.get("filter") or {})
            counts = Counter("" if (it := row.get(body["group_field"])) is None else str(it) for row in found)
            return httpx.Response(200, json=counts or [])
        if before == "statistics":
            return httpx.Response(200, json=self._statistics(body))
        if before == "flow-versions":
            return httpx.Response(200, json={"uuid": name, "flow_uuid": FLOW, "nodes": self.nodes})
        if name == "metrics":
            return httpx.Response(200, json={FLOW: {"leads_count": 7}})
        if before == "flows":
            version = VERSION if self.nodes else ""
            return httpx.Response(200, json={"uuid": name, "name": "Hello", "flow_version_uuid": version})
        query: Row = body if request.method == "POST" else php_query(raw_query(request))
        conditions: Any = query.get("filter") or {}
        rows = self._found(name, json.loads(conditions) if isinstance(conditions, str) else conditions)
        if query.get("order_type") == "desc":
            rows.sort(key=lambda row: str(row.get("created_at")), reverse=True)
        offset, limit = int(query.get("offset", 0)), min(self.page, int(query.get("limit", 20)))
        total = {"total": len(rows)} if self.totals else {}
        return httpx.Response(200, json={"data": rows[offset : offset + limit], **total})

    def _found(self, name: str, conditions: Row) -> list[Row]:
        obeyed = {key: it for key, it in conditions.items() if key not in self.ignores}
        return [row for row in self.rows[name] if all(_meets(row.get(key), it) for key, it in obeyed.items())]

    def _statistics(self, body: Row) -> Row:
        conditions: Row = {} if "statistics" in self.ignores else body.get("filter") or {}
        answer: Row = {}
        for number in body["node_ids"]:
            if self.statistics is not None and not conditions:
                answer |= {str(number): self.statistics[str(number)]} if str(number) in self.statistics else {}
                continue
            tasks = self._found("tasks", {**conditions, "flow_node_id": number})
            statuses = Counter(row["status"] for row in tasks)
            outcomes = Counter(outcome for row in tasks for outcome in row.get("came", ()))
            answer[str(number)] = {"node_statuses": statuses or [], "node_conversions": outcomes or []}
        return answer


def node(number: int, kind: str, *after: int | tuple[int, int]) -> Row:
    edges = [it if isinstance(it, tuple) else (it, 1) for it in after]
    return {"id": number, "type": kind, "after": [{"node_id": it, "branch_id": branch} for it, branch in edges]}


def _meets(value: Any, wanted: Any) -> bool:
    if wanted in ("is_null", "is_not_null"):
        return bool((value is None) == (wanted == "is_null"))
    if isinstance(wanted, list):
        return str(value) in map(str, cast("list[Any]", wanted))
    if not isinstance(wanted, dict):
        return str(value) == str(wanted)
    if value is None:
        return False
    at = datetime.fromisoformat(value)
    bounds = {sign: datetime.fromisoformat(it) for sign, it in cast("dict[str, str]", wanted).items()}
    return all(bound <= at if sign == ">=" else at < bound for sign, bound in bounds.items())
