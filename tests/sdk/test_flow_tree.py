"""Trees of automations that are edited, as a server may send them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest

from grinfi_async import FlowTree, Grinfi, InvalidArgumentError

ADA, GRACE = UUID("ada00000-0000-4000-8000-000000000001"), UUID("ada00000-0000-4000-8000-000000000002")


def client(version: Any, version_uuid: str | None = "v", *, wrapped: bool = False) -> Grinfi:
    def answer(request: httpx.Request) -> httpx.Response:
        is_flow = request.url.path == "/flows/api/flows/f"
        found = {"uuid": "f", "flow_version_uuid": version_uuid} if is_flow else version
        return httpx.Response(200, json={"data": found} if wrapped else found)

    transport = httpx.MockTransport(answer)
    return Grinfi("key", base_url="http://sandbox.test", transport=transport, rate_limiter=None)


def tree() -> FlowTree:
    payload = {"template": "ada writes to Ada", "tag_uuid": str(ADA), "days": 3, "empty": None}
    source = {"id": 1, "sender_profiles": [str(ADA).upper(), str(GRACE)]}
    nodes: list[dict[str, Any]] = [{"id": 1, "payload": payload}, {"id": 2, "payload": []}, {"id": 3}, {"payload": 7}]
    return FlowTree(nodes, [source], None)


def test_words_are_not_replaced_inside_of_ids() -> None:
    edited = tree()
    assert edited.replace("ada", "Grace") == 1
    assert [text.text for text in edited.texts()] == ["Grace writes to Ada", str(ADA), str(ADA).upper(), str(GRACE)]


@pytest.mark.parametrize("kind", [UUID, str])
def test_an_id_is_replaced_however_it_is_written(kind: type[UUID] | type[str]) -> None:
    edited = tree()
    assert edited.replace(kind(str(ADA)), kind(str(GRACE))) == 2
    assert [text.text for text in edited.texts()][1:] == [str(GRACE)] * 3


@pytest.mark.anyio
@pytest.mark.parametrize("wrapped", [False, True])
async def test_arrays_with_gaps_are_read(wrapped: bool) -> None:
    node = {"id": 1, "payload": {"template": "Hi"}}
    version = {"nodes": {"0": node, "2": None, "3": {"payload": None}}, "contact_sources": {"1": {"name": "all"}}}
    async with client(version, wrapped=wrapped) as grinfi:
        read = await FlowTree.read(grinfi, "f")
    assert [text.text for text in read.texts()] == ["Hi", "all"]
    with pytest.raises(LookupError, match="no node 9; the ids are 1, None"):
        read.node(9)


@pytest.mark.anyio
async def test_an_automation_without_a_version_is_named() -> None:
    async with client({}, None) as grinfi:
        with pytest.raises(InvalidArgumentError, match="flow_uuid: the automation has no version"):
            await FlowTree.read(grinfi, "f")
