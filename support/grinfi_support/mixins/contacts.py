"""Contacts: wait for the end of a mass action, which is a background job of the server."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from typing import Any, Protocol
from uuid import UUID

import anyio

from grinfi_overrides.errors import InvalidArgumentError, MassActionError, NotFoundError
from grinfi_overrides.runtime.codecs import NUMBER

from ..resource import Resource
from ..values import uuid_text

__all__ = ["ENDED", "FAILED", "ContactsMixin", "state_of"]

ENDED = {"completed", "complete", "done", "finished", "closed", "success", "succeeded"}
FAILED = {"failed", "error", "canceled", "cancelled"}
LONGEST_WAIT = 30.0
GROWTH = 1.5


def state_of(record: Mapping[str, Any]) -> str | None:
    """The state of a mass action in lower case; None if the server does not show it."""
    states = (record.get(name) for name in ("status", "state"))
    return next((state.casefold() for state in states if isinstance(state, str)), None)


class HasMassActions(Protocol):
    """The part of the generated class that is needed here."""

    def mass_action_status(self, uuid: str, /) -> Coroutine[Any, Any, dict[str, Any]]: ...


class ContactsMixin(Resource):
    """Methods of `contacts` besides its operations."""

    async def wait_for_mass_action(
        self: HasMassActions, uuid: str | UUID, *, timeout: float = 600.0, first_wait: float = 1.0
    ) -> dict[str, Any]:
        """Wait until a mass action has ended.

        The API's description does not list the states. A mass action has ended when its `status` (or `state`) is
        completed, done, finished, closed or succeeded, or when the server showed it before and no longer has it. In any
        other state, it is still running.

        GET /leads/api/mass-actions/{uuid}, which is not in the published description

        Args:
            uuid: UUID of the mass action.
            timeout: Seconds to wait in all.
            first_wait: Seconds until it is read again; each further wait is 1.5 times as long, up to 30 seconds.

        Returns:
            The mass action as the server sent it last.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            MassActionError: It failed, was cancelled, or did not end in time.
            NotFoundError: The server does not have it.
            GrinfiError: A request failed in another way.
        """
        text = uuid_text("uuid", uuid)
        for name, value in (("timeout", timeout), ("first_wait", first_wait)):
            if NUMBER.encode(name, value) <= 0:
                raise InvalidArgumentError(name, f"must be seconds above 0, got {value}")
        latest: dict[str, Any] = {}
        with anyio.move_on_after(timeout):
            while True:
                try:
                    latest = await self.mass_action_status(text)
                except NotFoundError:
                    if not latest:
                        raise
                    return latest
                state = state_of(latest)
                if state in ENDED:
                    return latest
                if state in FAILED:
                    raise MassActionError(text, f"its status is {state}", latest)
                await anyio.sleep(first_wait)
                first_wait = min(first_wait * GROWTH, LONGEST_WAIT)
        raise MassActionError(
            text, f"it did not end within timeout={timeout:g} s; it was last seen as {latest}", latest
        )
