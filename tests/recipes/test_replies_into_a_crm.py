from __future__ import annotations

from grinfi_async import Grinfi
from tests.recipes.conftest import Stage
from tests.toolkit.crm import Team


def test_each_reply_is_passed_on_once(stage: Stage) -> None:
    stage.arguments.setenv("CRM_URL", stage.service.url)

    async def prepare(grinfi: Grinfi) -> str:
        crm = Team(grinfi, stage.behaviour)
        sender, ada = await crm.sender(), await crm.contact("ada")
        await crm.write(sender.uuid, ada.uuid)
        await crm.says(ada.uuid, "Yes")
        await crm.email(sender, ada)
        await crm.says(ada.uuid, "How much?", "email")
        return ada.uuid

    ada = stage.do(prepare)
    assert stage.run("replies-into-a-crm") == "2 replies\n"
    assert [(it["channel"], it["text"]) for it in stage.service.received] == [
        ("linkedin", "Yes"),
        ("email", "How much?"),
    ]
    assert stage.service.received[0]["contact"] == "Ada Byron"
    assert stage.run("replies-into-a-crm") == "0 replies\n"

    async def more(grinfi: Grinfi) -> None:
        await Team(grinfi, stage.behaviour).says(ada, "Hello?")

    stage.do(more)
    assert stage.run("replies-into-a-crm") == "1 replies\n"
    assert [it["text"] for it in stage.service.received] == ["Yes", "How much?", "Hello?"]
