from __future__ import annotations

import builtins
from collections.abc import Callable

from grinfi_async import Grinfi
from tests.recipes.conftest import Stage
from tests.toolkit.crm import Team


def answers(text: str) -> Callable[[str], str]:
    return lambda _: text


def test_drafts_are_sent_when_they_are_confirmed(stage: Stage) -> None:
    for name, value in (("LLM_URL", stage.service.url), ("LLM_API_KEY", "secret"), ("LLM_MODEL", "small")):
        stage.arguments.setenv(name, value)
    stage.service.answer = {"choices": [{"message": {"content": "Does Tuesday suit you?"}}]}

    async def prepare(grinfi: Grinfi) -> None:
        crm = Team(grinfi, stage.behaviour)
        sender, ada = await crm.sender(), await crm.contact("ada")
        await crm.write(sender.uuid, ada.uuid)
        await crm.says(ada.uuid, "Yes")

    async def sent(grinfi: Grinfi) -> list[str | None]:
        return [it.text async for it in grinfi.linkedin_messages.list() if it.type == "outbox"]

    stage.do(prepare)
    stage.arguments.setattr(builtins, "input", answers("n"))
    assert "reply: Ada Byron (linkedin): Does Tuesday suit you?" in stage.run("inbox-with-an-llm")
    assert [it["role"] for it in stage.service.received[0]["messages"]] == ["system", "assistant", "user"]
    assert stage.do(sent) == ["Hello"]
    stage.arguments.setattr(builtins, "input", answers("y"))
    assert "1 item: it waits to be sent on LinkedIn" in stage.run("inbox-with-an-llm")
    assert stage.do(sent) == ["Hello", "Does Tuesday suit you?"]
    assert "steps: 0" in stage.run("inbox-with-an-llm")
