"""The request of a described operation, before it is sent."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import unquote

import httpx
from attrs import define

from ..runtime.operations import Operation
from ..runtime.requests import Form, Query
from ..runtime.responses import OWN_RESPONSE, PARSED
from ..runtime.unset import UNSET

if TYPE_CHECKING:
    from ..client import BaseClient


@define(kw_only=True)
class Request:
    """The request as it would be sent. A correction may change it."""

    client: BaseClient
    operation: Operation
    path: str
    query: Query = ()
    headers: Mapping[str, str] | None = None
    json: Any = UNSET
    form: Form | None = None
    content: bytes | None = None
    into: BinaryIO | None = None

    @property
    def call(self) -> str:
        """The method that the caller used, such as `contacts.update`."""
        return f"{self.operation.resource}.{self.operation.name}"

    def path_argument(self, name: str) -> str:
        """The value of a path parameter.

        Raises:
            LookupError: The path does not fit the operation's template.
        """
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(self.operation.path))
        found = re.fullmatch(pattern, self.path)
        if found is None:
            raise LookupError(f"{self.path} does not fit {self.operation.path}")
        return unquote(found[name])

    async def send(self) -> httpx.Response:
        """Send the request as it is now."""
        return await self.client.send_uncorrected(self)


def with_json(response: httpx.Response, value: Any) -> httpx.Response:
    """The response with another body."""
    return httpx.Response(
        200 if response.status_code == 204 else response.status_code,
        headers={"content-type": "application/json"},
        content=json.dumps(value).encode(),
        request=response.request,
        extensions={**response.extensions, OWN_RESPONSE: response, PARSED: value},
    )
