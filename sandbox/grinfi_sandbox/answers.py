"""Answers: pages of rows, and answers made from the description alone."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .description import Answer
from .samples import SAMPLE_CSV, Samples
from .schemas import Schemas
from .validation import Call, Checker
from .values import JsonObject, as_object

LARGEST_LIMIT = 2500  # a larger `limit` is lowered silently, as on the real server


@dataclass(frozen=True)
class Reply:
    """An answer: `body` is JSON, or text where `media_type` is not JSON; None means no body.

    `finish`, if given, makes the real answer, which may be slow; it runs outside the transaction, in a thread.
    """

    status: int
    body: Any = None
    media_type: str = "application/json"
    finish: Callable[[], Reply] | None = None


@dataclass(frozen=True)
class Page:
    """The part of a result that a caller wants."""

    limit: int
    offset: int

    @classmethod
    def of(cls, values: JsonObject) -> Page:
        """Read `limit` and `offset` from a checked query or body; everything when they are not declared there.

        Where the description has no least value, a negative one counts as zero.
        """
        limit, offset = int(values.get("limit", LARGEST_LIMIT)), int(values.get("offset", 0))
        return cls(max(0, min(limit, LARGEST_LIMIT)), max(0, min(offset, sys.maxsize)))

    def envelope(self, properties: JsonObject, rows: list[Any], total: int) -> JsonObject:
        """Return the described members of a page."""
        members = {
            "data": rows,
            "limit": self.limit,
            "offset": self.offset,
            "total": total,
            "has_more": self.offset + len(rows) < total,
        }
        return {name: value for name, value in members.items() if name in properties}


class Described:
    """Answers any operation from its description."""

    def __init__(self, schemas: Schemas, samples: Samples, checker: Checker) -> None:
        self._schemas = schemas
        self._samples = samples
        self._checker = checker

    def reply(self, call: Call) -> Reply:
        """Return the described answer, with values of the request: page, identifiers and sent fields."""
        answer = call.operation.answer
        if answer.status == 204:
            return Reply(204)
        if answer.media_type is None:
            return Reply(answer.status, {})
        if answer.media_type != "application/json":
            return Reply(answer.status, SAMPLE_CSV, answer.media_type)
        body = copy.deepcopy(self._samples.answer(answer))
        page = self._checker.page_properties(answer)
        if page:
            wanted = Page.of(call.query or call.body)
            rows = body["data"][wanted.offset : wanted.offset + wanted.limit]
            return Reply(answer.status, {**body, **wanted.envelope(page, rows, len(body["data"]))})
        record = as_object(body)
        if record is not None:
            self._settle(call, answer, record)
        return Reply(answer.status, body)

    def _settle(self, call: Call, answer: Answer, record: JsonObject) -> None:
        properties = self._schemas.properties(answer.schema)
        settled = {name: value for name, value in call.body.items() if name not in ("id", "uuid")}
        if call.operation.method != "POST" and len(call.path) == 1:
            identifier = next(iter(call.path.values()))
            settled["id" if isinstance(identifier, int) else "uuid"] = identifier
        for name, value in settled.items():
            if name in properties and self._schemas.fits(properties[name], value):
                record[name] = value
