"""Who waits for an answer, and the plan by which they get one."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import anyio
import pytest

from grinfi_async import FilterIgnoredError, InvalidArgumentError
from grinfi_bulk import BulkReport
from grinfi_sandbox.store import JOB_DELAY
from grinfi_toolkit.inbox import Unanswered, as_text
from grinfi_toolkit.names import name_of
from tests.bulk.crm import sent
from tests.toolkit.crm import Team, team

Behaviour = Literal["published", "observed"]
BOTH = pytest.mark.parametrize("behaviour", ["published", "observed"])


def seen(found: Unanswered) -> list[tuple[str, str, str | None]]:
    return [(name_of(it.contact), it.channel, it.last.text) for it in found]


def reasons(report: BulkReport) -> list[str]:
    return [it.error for it in report.left_alone]


async def two_waiting(crm: Team) -> Unanswered:
    """Ada waits for an answer on LinkedIn, and Bo by email."""
    sender, ada, bo = await crm.sender(), await crm.contact("ada"), await crm.contact("bo")
    await crm.write(sender.uuid, ada.uuid)
    await crm.email(sender, bo)
    await crm.says(ada.uuid, "Yes")
    await crm.says(bo.uuid, "Tell me more", "email")
    return await crm.grinfi.inbox.unanswered()


@BOTH
@pytest.mark.anyio
async def test_the_conversations_that_wait(behaviour: Behaviour) -> None:
    async with team(behaviour) as crm:
        grinfi = crm.grinfi
        max_ = await crm.sender()
        await crm.sender("Zoe")
        ada, bo, cy, di = [await crm.contact(name) for name in ("ada", "bo", "cy", "di")]
        for contact in (ada, cy, di):
            await crm.write(max_.uuid, contact.uuid)
        await crm.email(max_, bo)
        await crm.says(cy.uuid, "No")
        await crm.says(ada.uuid, "Yes?")
        await crm.says(ada.uuid, "Hello?")
        await crm.says(bo.uuid, "Tell <b>me</b> more<br>please &amp; soon", "email")
        await crm.write(max_.uuid, cy.uuid, "Thank you")  # answered
        flow = await grinfi.automations.create(
            name="Fair", use_sender_schedule=True, schedule={"timezone": "UTC", "timeblocks": []}
        )
        await grinfi.automations.add_contact(flow.uuid, ada.uuid)

        found = await grinfi.inbox.unanswered()

        assert seen(found) == [
            ("Ada Byron", "linkedin", "Hello?"),
            ("Bo Byron", "email", "Tell me more\nplease & soon"),
        ]
        first = found[0]
        assert [it.text for it in first.messages] == ["Hello", "Yes?", "Hello?"]
        assert first.waiting_since == first.messages[1].at
        assert name_of(first.sender) == "Max Roe"
        assert [it.name for it in first.automations] == ["Fair"]
        assert first.to_dict()["messages"][-1]["text"] == "Hello?"
        coverage = found.coverage
        assert coverage.messages == 4
        assert coverage.senders == {"Max Roe": 4, "Zoe Roe": 0}
        assert "No messages to Zoe Roe." in str(coverage)
        assert "counter of unread messages can be wrong" in str(coverage)
        # Lists of both channels, threads of both, senders, contacts, automations and places, the text of an email.
        assert coverage.requests == 9

        assert not await grinfi.inbox.unanswered(datetime.now(UTC) + timedelta(hours=1))
        with pytest.raises(InvalidArgumentError, match="no time zone"):
            await grinfi.inbox.unanswered(datetime(2026, 1, 1))


@pytest.mark.anyio
async def test_requests_do_not_grow_with_contacts() -> None:
    async with team() as crm:
        sender = await crm.sender()
        costs: list[int] = []
        for number in range(19):
            contact = await crm.contact(f"p{number}")
            await crm.grinfi.linkedin_messages.send(sender_profile_uuid=sender.uuid, lead_uuid=contact.uuid, text="Hi")
            await crm.advance()
            await crm.says(contact.uuid, "Yes")
            if number in {0, 18}:
                found = await crm.grinfi.inbox.unanswered()
                costs.append(found.coverage.requests)
                assert len(found) == number + 1
        assert costs == [7, 7]


@pytest.mark.anyio
async def test_a_failed_message_is_not_an_answer_and_a_bounce_is_not_a_question() -> None:
    async with team() as crm:
        sender, ada, bo = await crm.sender(), await crm.contact("ada"), await crm.contact("bo")
        await crm.write(sender.uuid, ada.uuid)
        await crm.says(ada.uuid, "Yes")
        await crm.grinfi.sender_profiles.disable(sender.uuid)
        await crm.write(sender.uuid, ada.uuid, "Thanks")  # fails
        await crm.email(sender, bo)
        await crm.grinfi.request(
            "POST", "/_sandbox/reply", json={"lead_uuid": bo.uuid, "channel": "email", "kind": "bounced"}
        )
        assert seen(await crm.grinfi.inbox.unanswered()) == [("Ada Byron", "linkedin", "Yes")]


@pytest.mark.anyio
async def test_a_bounce_report_is_not_a_question() -> None:
    async with team() as crm:
        sender, ada = await crm.sender(), await crm.contact("ada")
        await crm.email(sender, ada)
        await crm.says(ada.uuid, "Undeliverable", "email")
        report = await crm.grinfi.emails.list(filter={"type": "inbox"}).one()
        assert seen(await crm.grinfi.inbox.unanswered()) == [("Ada Byron", "email", "Undeliverable")]
        crm.ignoring.edit = lambda row: row.get("type") == "outbox" and row.update(bounced_by_uuid=report.uuid)
        assert seen(await crm.grinfi.inbox.unanswered()) == []


@pytest.mark.anyio
async def test_filters_that_the_server_ignores_change_nothing() -> None:
    async with team() as crm:
        sender = await crm.sender()
        for handle in ("ada", "bo", "cy"):
            contact = await crm.contact(handle)
            await crm.write(sender.uuid, contact.uuid)
            if handle != "cy":
                await crm.says(contact.uuid, "Yes")
        expected = [("Ada Byron", "linkedin", "Yes"), ("Bo Byron", "linkedin", "Yes")]
        crm.ignoring.finds_lists = False
        assert seen(await crm.grinfi.inbox.unanswered()) == expected
        crm.ignoring.finds_lists = True
        crm.ignoring.keys = {"lead_uuid"}
        assert seen(await crm.grinfi.inbox.unanswered()) == expected
        crm.ignoring.keys = {"lead_uuid", "linkedin_conversation_uuid"}
        with pytest.raises(FilterIgnoredError):
            await crm.grinfi.inbox.unanswered()


@BOTH
@pytest.mark.anyio
async def test_a_plan_is_looked_at_and_done_once(behaviour: Behaviour, tmp_path: Path) -> None:
    async with team(behaviour) as crm:
        grinfi = crm.grinfi
        found = await two_waiting(crm)
        stages = [it async for it in grinfi.pipeline_stages.list(filter={"object": "lead"})]
        stage = stages[-1]

        def planned(text: str = "Does Tuesday suit you?\n<3") -> Any:
            plan = grinfi.inbox.plan()
            for conversation in found:
                plan.reply(conversation, text)
                plan.set_stage(conversation, stage)
                plan.mark_read(conversation)
                plan.continue_automation(conversation)
            return plan

        plan = planned()
        assert str(plan).splitlines()[:3] == [
            "Inbox plan (steps: 8)",
            "  reply: Ada Byron (linkedin): Does Tuesday suit you? <3",
            f"  set stage: Ada Byron (linkedin): {stage.name}",
        ]
        assert [it.action for it in plan.preview()][:2] == ["reply", "set stage"]
        assert sent(crm.sandbox, "sendEmail") == 1  # nothing has been sent by planning

        report = await plan.do(journal=tmp_path / "journal")

        by_email = behaviour == "observed"  # the published form of an email has no mailbox
        assert report.failed == (not by_email)
        assert report.sent == (5 if by_email else 3)
        assert report.succeeded == (3 if by_email else 1)
        assert len(reasons(report)) == (0 if by_email else 3)
        await anyio.sleep(JOB_DELAY)
        ada = await grinfi.contacts.get(found[0].contact_uuid)
        assert (ada.pipeline_stage_uuid, ada.unread_counts) == (stage.uuid, [])
        await crm.advance()
        assert len(await grinfi.inbox.unanswered()) == (0 if by_email else 1)
        assert sent(crm.sandbox, "sendLinkedInMessage") == 2
        assert sent(crm.sandbox, "continueAutomation") == (2 if by_email else 1)

        # The same again, by another plan and with other texts.
        before = [sent(crm.sandbox, it) for it in ("sendLinkedInMessage", "continueAutomation")]
        again = await planned("Or Wednesday?").do(journal=tmp_path / "journal")
        assert [sent(crm.sandbox, it) for it in ("sendLinkedInMessage", "continueAutomation")] == before
        assert sent(crm.sandbox, "sendEmail") == (2 if by_email else 3)  # that was refused, so is tried again
        assert (again.failed, again.unknown) == (not by_email, 0)


@pytest.mark.anyio
async def test_a_conversation_with_something_new_is_held_back() -> None:
    async with team() as crm:
        ada, bo = await two_waiting(crm)
        plan = crm.grinfi.inbox.plan()
        plan.reply(ada, "Hello")
        plan.continue_automation(ada)
        plan.mark_read(bo)
        await crm.says(ada.contact_uuid, "Forget it")
        report = await plan.do()
        assert (report.skipped, report.sent) == (2, 1)
        assert all("the contact has written again" in it for it in reasons(report))

        await crm.says(bo.contact_uuid, "Hello?", "email")
        plan = crm.grinfi.inbox.plan()
        plan.mark_read(bo)
        assert "the contact has written again" in reasons(await plan.do())[0]

        (ada, bo) = await crm.grinfi.inbox.unanswered()
        await crm.write(ada.last.row.sender_profile_uuid, ada.contact_uuid, "A colleague answers")
        plan = crm.grinfi.inbox.plan()
        plan.reply(ada, "Hello")
        assert reasons(await plan.do()) == ["somebody else has answered it"]
        assert sent(crm.sandbox, "sendLinkedInMessage") == 2


@pytest.mark.anyio
@pytest.mark.parametrize("applied", [True, False])
async def test_a_lost_answer_is_unknown_and_looked_for(applied: bool, tmp_path: Path) -> None:
    async with team() as crm:
        found = await two_waiting(crm)

        async def do(text: str) -> BulkReport:
            plan = crm.grinfi.inbox.plan()
            for conversation in found:
                plan.reply(conversation, text)
                plan.mark_read(conversation)
            return await plan.do(journal=tmp_path / "journal")

        for operation in ("sendLinkedInMessage", "sendEmail"):
            crm.sandbox.faults.add(operation=operation, kind="reset", applied="after" if applied else "before", count=1)
        report = await do("Does Tuesday\nsuit you?")
        assert (report.unknown, report.skipped) == (2, 2)
        assert all("its reply is unknown" in it for it in reasons(report))
        await crm.advance()
        if not applied:
            await crm.write(found[0].last.row.sender_profile_uuid, found[0].contact_uuid, "A colleague answers")
        again = await do("Does Tuesday suit you?" if applied else "Or Wednesday?")
        texts = Counter([it.text async for it in crm.grinfi.linkedin_messages.list() if it.type == "outbox"])
        assert texts["Does Tuesday\nsuit you?"] == applied
        assert sent(crm.sandbox, "sendLinkedInMessage") == (2 if applied else 3)
        assert sent(crm.sandbox, "sendEmail") == 2
        assert (again.succeeded, again.unknown) == ((2, 0) if applied else (0, 2))


@pytest.mark.anyio
async def test_plans_that_cannot_be_made() -> None:
    async with team() as crm:
        ada, _ = await two_waiting(crm)
        plan = crm.grinfi.inbox.plan()
        with pytest.raises(InvalidArgumentError, match="is empty"):
            plan.reply(ada, " ")
        plan.reply(ada, "Hello")
        with pytest.raises(InvalidArgumentError, match="has a step to reply"):
            plan.reply(ada, "Hello again")
        assert len(plan.preview()) == 1


def test_text_of_html() -> None:
    assert as_text("<style>p {}</style><p>Hi &amp;</p><div>you<br/>all</div>") == "Hi &\nyou\nall"
    assert as_text(" 1 < 2 ") == "1 < 2"
    assert as_text(None) is None
