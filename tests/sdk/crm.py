"""A team with custom fields. Tests read its requests, and let some of them fail."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import anyio
import httpx
import pytest

from grinfi_async import Grinfi, RetryPolicy

FIELDS = "/leads/api/custom-fields"
VALUES = "/leads/api/custom-field-values"
CONTACT = "/leads/api/leads/c-1"
COMPANY = "/leads/api/companies/o-1"

KNOWN = (
    {"uuid": "f-industry", "name": "Industry", "object": "lead"},
    {"uuid": "f-size", "name": "size", "object": "lead"},
    {"uuid": "f-region", "name": "region", "object": "company"},
)

BEHAVIOURS = [
    pytest.param(name, marks=pytest.mark.grinfi_sandbox(behaviour=name)) for name in ("published", "observed")
]
"""Values for a parameter `behaviour`: the test runs against the sandbox in both."""


class Crm:
    """Answers each request at its path with `answers`, or with an empty object."""

    def __init__(self, fields: Sequence[Mapping[str, Any]] = KNOWN) -> None:
        self.fields = fields
        self.answers: dict[tuple[str, str], tuple[int, Any]] = {}
        self.broken_fields: dict[str, int] = {}
        self.requests: list[tuple[str, str, Any]] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        await anyio.sleep(0)  # so that other calls run in between
        path = request.url.path
        body: Any = json.loads(request.content) if request.content else None
        self.requests.append((request.method, path, body))
        if (request.method, path) == ("GET", FIELDS):
            offset = int(request.url.params.get("offset", 0))
            return httpx.Response(200, json={"data": self.fields[offset:], "total": len(self.fields)})
        if path == VALUES and body["custom_field_uuid"] in self.broken_fields:
            return httpx.Response(self.broken_fields[body["custom_field_uuid"]], json={"message": "No."})
        status, answer = self.answers.get((request.method, path), (200, {"uuid": path.rpartition("/")[2]}))
        return httpx.Response(status, json=answer)

    def client(self, key: str = "a-key-for-tests") -> Grinfi:
        return Grinfi(
            key,
            base_url="http://127.0.0.1:1",
            transport=httpx.MockTransport(self),
            retry=RetryPolicy(max_attempts=1),
            rate_limiter=None,
        )

    @property
    def writes(self) -> list[tuple[str, str, Any]]:
        return [request for request in self.requests if request[0] != "GET"]

    @property
    def readings(self) -> int:
        """How often the custom fields have been read."""
        return sum(request[:2] == ("GET", FIELDS) for request in self.requests)
