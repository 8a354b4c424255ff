"""Trees of automation versions, which can be read, edited and written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self, cast
from uuid import UUID

from grinfi_overrides.errors import InvalidArgumentError
from grinfi_overrides.runtime.models import Model
from grinfi_overrides.runtime.responses import read_json

from .flow_builder import FlowTreeDict
from .routes import call_route

if TYPE_CHECKING:
    from grinfi_overrides.client import BaseClient

__all__ = ["FlowText", "FlowTree", "objects_in"]

FLOW: Final = "GET /flows/api/flows/{flowUuid}"
VERSION: Final = "GET /flows/api/flow-versions/{uuid}"
UUID_TEXT: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
NEW_VERSION: Final = "POST /flows/api/flows/{flowUuid}/flow-versions"


class FlowText(NamedTuple):
    """A text in a tree.

    Attributes:
        node_id: Id of its node; None if it is in a contact source.
        path: Path in the node or source, such as `payload.template` or `sender_profiles[0]`.
        text: The text.
    """

    node_id: int | None
    path: str
    text: str


class FlowTree:
    """The tree of a version, which can be edited and saved as a new version.

        tree = await FlowTree.read(grinfi, automation.uuid)
        tree.replace(old_sender, new_sender)
        tree.replace("Hello", "Good morning")
        await tree.write(grinfi, copy.uuid)

    Attributes:
        nodes: The nodes, as mappings that may be changed.
        contact_sources: The contact sources, as mappings that may be changed.
        first_common_node_id: Where all branches first meet.
    """

    def __init__(
        self, nodes: list[dict[str, Any]], contact_sources: list[dict[str, Any]], first_common_node_id: int | None
    ) -> None:
        self.nodes = nodes
        self.contact_sources = contact_sources
        self.first_common_node_id = first_common_node_id

    @classmethod
    async def read(cls, client: BaseClient, flow_uuid: str | UUID) -> Self:
        """Read the tree of an automation's current version.

        GET /flows/api/flows/{flowUuid}, GET /flows/api/flow-versions/{uuid}

        Raises:
            NotFoundError: There is no such automation.
            InvalidArgumentError: It has no version.
        """
        flow = _row(read_json(await call_route(client, FLOW, {"flowUuid": str(flow_uuid)})))
        if not flow.get("flow_version_uuid"):
            raise InvalidArgumentError("flow_uuid", "the automation has no version; flow_versions.create makes one")
        return cls._of_row(_row(read_json(await call_route(client, VERSION, {"uuid": flow["flow_version_uuid"]}))))

    @classmethod
    def of(cls, version: Model) -> Self:
        """A copy of the tree of a version."""
        return cls._of_row(version.to_dict())

    @classmethod
    def _of_row(cls, version: dict[str, Any]) -> Self:
        row = deepcopy(version)
        nodes, sources = objects_in(row.get("nodes")), objects_in(row.get("contact_sources"))
        return cls(nodes, sources, row.get("first_common_node_id"))

    def node(self, node_id: int) -> dict[str, Any]:
        """The node with this id.

        Raises:
            LookupError: There is no such node.
        """
        for node in self.nodes:
            if node.get("id") == node_id:
                return node
        known = ", ".join(str(node.get("id")) for node in self.nodes)
        raise LookupError(f"There is no node {node_id}; the ids are {known}.")

    def texts(self) -> Iterator[FlowText]:
        """The texts that `replace` searches: those of payloads and contact sources, with ids of senders and tags."""
        return (FlowText(node_id, path, text) for node_id, path, text, _, _ in self._texts())

    def replace(self, old: str | UUID, new: str | UUID) -> int:
        """Replace a text everywhere: words of a message, or the UUID of a sender.

        A UUID is only replaced as a whole; parts of it are not searched.

        Returns:
            Number of texts that were changed.

        Raises:
            InvalidArgumentError: No text contains `old`.
        """
        old, new = str(old), str(new)
        found = [
            (text, holder, key)
            for _, _, text, holder, key in self._texts()
            if old and (old.lower() == text.lower() if UUID_TEXT.fullmatch(text) else old in text)
        ]
        for text, holder, key in found:
            holder[key] = new if UUID_TEXT.fullmatch(text) else text.replace(old, new)
        if not found:
            raise InvalidArgumentError("old", f"{old!r} is not in any payload or contact source; texts() lists them")
        return len(found)

    async def write(self, client: BaseClient, flow_uuid: str | UUID) -> None:
        """Save the tree as a new version of an automation, after the checks of `grinfi.flow_versions.create`.

        POST /flows/api/flows/{flowUuid}/flow-versions

        Raises:
            InvalidArgumentError: The tree has faults.
        """
        await call_route(client, NEW_VERSION, {"flowUuid": str(flow_uuid)}, json=self.build())

    def build(self) -> FlowTreeDict:
        """The tree as keyword arguments of `grinfi.flow_versions.create`."""
        return FlowTreeDict(
            nodes=self.nodes, contact_sources=self.contact_sources, first_common_node_id=self.first_common_node_id
        )

    def _texts(self) -> Iterator[tuple[int | None, str, str, Any, Any]]:
        for node in self.nodes:
            for place in _below(node, "payload", "payload") if "payload" in node else ():
                yield (node.get("id"), *place)
        for index in range(len(self.contact_sources)):
            for place in _below(self.contact_sources, index, ""):
                yield (None, *place)


def objects_in(value: Any) -> list[dict[str, Any]]:
    """The objects in an array. PHP sends an array with gaps as an object: `{"0": …, "2": …}`."""
    rows: Iterable[Any] = cast("list[Any]", value) if isinstance(value, list) else ()
    if isinstance(value, dict):
        rows = cast("dict[str, Any]", value).values()
    return [cast("dict[str, Any]", row) for row in rows if isinstance(row, dict)]


def _row(answer: Any) -> dict[str, Any]:
    """The object in an answer, which may be under `data`."""
    row = cast("dict[str, Any]", answer) if isinstance(answer, dict) else {}
    return cast("dict[str, Any]", row["data"]) if isinstance(row.get("data"), dict) else row


def _below(holder: Any, key: Any, path: str) -> Iterator[tuple[str, str, Any, Any]]:
    """The texts at a place and below it: path, text, and the holder and key to replace it."""
    value: Any = holder[key]
    if isinstance(value, str):
        yield path, value, holder, key
    elif isinstance(value, dict):
        for name in list(cast("dict[str, Any]", value)):
            yield from _below(value, name, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for index in range(len(cast("list[Any]", value))):
            yield from _below(value, index, f"{path}[{index}]")
