from __future__ import annotations

from typing import Any

import pytest

from grinfi_async import FlowBuilder, FlowTree, Grinfi, InvalidArgumentError
from tests.bulk.crm import SCHEDULE
from tests.recipes.conftest import Stage


def test_the_copy_has_another_sender_and_text(stage: Stage) -> None:
    async def prepare(grinfi: Grinfi) -> list[str]:
        senders = [
            (await grinfi.sender_profiles.create(first_name=name, last_name="B", assignee_user_id=1)).uuid
            for name in ("Ada", "Grace")
        ]
        campaign = await grinfi.automations.create(name="DACH", use_sender_schedule=True, schedule=SCHEDULE)
        steps = FlowBuilder(sender_profiles=senders[:1]).add("linkedin_send_message", template="Hello {{first_name}}")
        await grinfi.flow_versions.create(campaign.uuid, **steps.build())
        return senders

    async def look(grinfi: Grinfi) -> dict[str, tuple[Any, Any, Any]]:
        seen: dict[str, tuple[Any, Any, Any]] = {}
        async for flow in grinfi.automations.list():
            tree = await FlowTree.read(grinfi, flow.uuid)
            (text,) = [node["payload"]["template"] for node in tree.nodes if node["type"] != "end"]
            seen[flow.name or ""] = (flow.status, tree.contact_sources[0]["sender_profiles"], text)
        return seen

    ada, grace = stage.do(prepare)
    with pytest.raises(ValueError, match="expected 1, got 0"):
        stage.run("clone-a-campaign", "ACH", ada, grace, "Hello", "Good morning")
    with pytest.raises(InvalidArgumentError, match="'Goodbye' is not in any payload"):
        stage.run("clone-a-campaign", "DACH", ada, grace, "Goodbye", "Good morning")
    assert "changed texts: 1" in stage.run("clone-a-campaign", "DACH", ada, grace, "Hello", "Good morning")
    assert stage.do(look) == {
        "DACH": ("draft", [ada], "Hello {{first_name}}"),
        "DACH (copy)": ("off", [grace], "Good morning {{first_name}}"),
    }
