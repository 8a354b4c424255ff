"""The operations of the API, as data."""

from __future__ import annotations

from typing import Literal, NamedTuple

RetryClass = Literal["read", "idempotent", "write"]
"""Which operations may be repeated when the outcome of an attempt is unknown.

`read` changes nothing; `idempotent` may be applied twice, with the same result; `write` must never be applied twice.
"""


class Operation(NamedTuple):
    """One operation of the API, from its description."""

    id: str
    """The operationId; empty if the description does not have this operation."""
    method: str
    """HTTP method, in capitals."""
    path: str
    """Path template, with the description's parameter names."""
    resource: str
    """Attribute of the client that has the operation."""
    name: str
    """Name of the method on that resource."""
    retry: RetryClass
    """Whether it may be repeated when the outcome is unknown."""
    paginated: bool
    """Whether the operation takes `limit` and `offset`."""
    expects_json: bool
    """Whether a successful answer, other than 204, has a JSON body according to the description."""
    accept: str = "application/json"
    """Content types of its answers, sent as `Accept`."""
    content_type: str = "application/json"
    """Content type of its body, unless that is a form."""
    correction: str | None = None
    """The function that works around an oddity of the server: module and name; see `grinfi_overrides.corrections`."""
    mass_action: str | None = None
    """The mass action that the correction uses, by its type on the wire."""
    hints: tuple[tuple[tuple[int, ...], str], ...] = ()
    """Likely causes of error answers: their statuses, and a text."""
