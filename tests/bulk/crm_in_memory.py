"""A server in memory with lists of any length, which it filters, sorts, and refuses to read to their ends."""

from __future__ import annotations

import json
import operator
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Literal

import anyio
import httpx

from grinfi_async import Grinfi, RetryPolicy
from tests.sdk.helpers import php_query, raw_query

START = datetime(2026, 1, 1, tzinfo=UTC)
SENDERS = [str(uuid.UUID(int=number)) for number in range(1, 5)]
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip

Row = dict[str, Any]


def time_text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def rows_of(count: int, seed: int = 1, /, **fields: Callable[[int], Any]) -> list[Row]:
    """Rows that were created a second after each other."""
    random = Random(seed)
    rows: list[Row] = []
    for number in range(count):
        time = time_text(START + timedelta(seconds=number))
        row = {"uuid": str(uuid.UUID(int=random.getrandbits(128))), "created_at": time, "updated_at": time}
        rows.append(row | {name: value(number) for name, value in fields.items()})
    return rows


class CrmInMemory:
    """Answers lists by the end of their path.

    Attributes:
        tables: End of a path, such as `tasks` -> its rows.
        window: `offset + limit` beyond this is refused; None to refuse nothing.
        requests: The requests: end of the path, and arguments.
        ends_after: The number of requests that are answered.
        orders: How it treats an order by updates: "sorts" by them, "ignores" them, or "refuses" them with a 500.
        before_answer: Called before each answer.
    """

    def __init__(self, window: int | None = 10_000, largest_page: int = 1000, **tables: list[Row]) -> None:
        self.tables = {name.replace("_", "-"): rows for name, rows in tables.items()}
        self.tables["sender-profiles"] = [{"uuid": sender} for sender in SENDERS]
        self.window = window
        self.largest_page = largest_page
        self.requests: list[tuple[str, Row]] = []
        self.ends_after: int | None = None
        self.orders: Literal["sorts", "ignores", "refuses"] = "sorts"
        self.before_answer: Callable[[], object] = lambda: None

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        await anyio.sleep(0)
        path = request.url.path.removesuffix("/list").rpartition("/")[2]
        asked: Row = json.loads(request.content) if request.method == "POST" else php_query(raw_query(request))
        if self.ends_after is not None and len(self.requests) >= self.ends_after:
            return httpx.Response(503, json={"message": "It is over."})
        if isinstance(conditions := asked.get("filter"), str):  # that of pipeline stages is JSON
            asked["filter"] = json.loads(conditions)
        self.requests.append((path, asked))
        limit, offset = int(asked.get("limit", 20)), int(asked.get("offset", 0))
        if self.window is not None and offset + limit > self.window:
            return httpx.Response(500, json={"message": "Result window is too large"})
        self.before_answer()
        field = str(asked.get("order_field", "created_at"))
        if "updated_at" in (asked.get("filter") or {}) or (field == "updated_at" and self.orders == "refuses"):
            return httpx.Response(500, json={"message": "wrong field passed"})
        field = field if self.orders == "sorts" else "created_at"
        found = [row for row in self.tables.get(path, []) if matches(row, asked.get("filter") or {})]
        found.sort(key=lambda row: row.get(field) or "", reverse=asked.get("order_type") == "desc")
        page = found[offset : offset + min(limit, self.largest_page)]
        return httpx.Response(200, content=json.dumps({"data": page, "total": len(found)}))

    def client(self, **options: Any) -> Grinfi:
        options = {"rate_limiter": None, "retry": RetryPolicy(max_attempts=1), **options}
        return Grinfi("key", base_url="http://sandbox.test", transport=httpx.MockTransport(self), **options)


def matches(row: Row, conditions: Row) -> bool:
    return all(_matches(row.get(name), condition) for name, condition in conditions.items())


def _matches(value: Any, condition: str | list[Any] | Row) -> bool:
    if condition in ("is_null", "is_not_null"):
        return (value is None) == (condition == "is_null")
    if isinstance(condition, list):
        return value in condition
    if not isinstance(condition, dict):
        return bool(value == condition)
    if value is None:
        return False
    return all(OPERATORS[sign](_comparable(value), _comparable(other)) for sign, other in condition.items())


def _comparable(value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
