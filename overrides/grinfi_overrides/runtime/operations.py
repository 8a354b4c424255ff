"""What an operation of the API is."""

from __future__ import annotations

from typing import Literal, NamedTuple

RetryClass = Literal["read", "idempotent", "write"]
"""What may be repeated when the outcome is unknown.

`read` changes nothing; `idempotent` leaves the same state however often it is applied; `write` must never be
applied twice.
"""


class Operation(NamedTuple):
    """One operation of the API, as its description has it."""

    id: str
    """The operationId; empty if the description does not have this operation."""
    method: str
    """HTTP method, in capitals."""
    path: str
    """Path template, with the description's own parameter names."""
    resource: str
    """Attribute of the client the operation belongs to."""
    name: str
    """Name of the method on that resource."""
    retry: RetryClass
    """What may be repeated when the outcome is unknown."""
    paginated: bool
    """Whether the operation takes `limit` and `offset`."""
    expects_json: bool
    """Whether an answer of success, other than 204, has a JSON body by the description."""
    accept: str = "application/json"
    """Content types of its answers, sent as `Accept`."""
    content_type: str = "application/json"
    """Content type of its body, if that is not a form."""
    correction: str | None = None
    """What makes up for an oddity of the server: module and name; see `grinfi_overrides.corrections`."""
    mass_action: str | None = None
    """The mass action that the correction takes, by its type on the wire."""
    hints: tuple[tuple[tuple[int, ...], str], ...] = ()
    """What is the likely cause of answers of failure: their statuses, and a text."""
