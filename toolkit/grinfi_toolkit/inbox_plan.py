"""Plans for conversations: steps that are checked first, and done once."""

from __future__ import annotations

import html
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

from grinfi_async import (
    ContactAction,
    Grinfi,
    GrinfiError,
    Hooks,
    InvalidArgumentError,
    LinkedInMessage,
    PipelineStage,
    RequestEvent,
    observe,
)
from grinfi_bulk import BulkJob, BulkReport, LeftAloneError, NotSeenError, Outcome
from grinfi_bulk.report import Status, Verdict

from .inbox import Conversation, Inbox, Message
from .names import name_of

__all__ = ["InboxPlan", "PlannedStep"]

Action = Literal["reply", "set stage", "mark read", "continue automation"]
DOUBTS: Final[tuple[Status, ...]] = ("failed", "sent", "unknown")
NAME: Final = "Inbox plan"
NEW_MESSAGE: Final = "the contact has written again; read the conversation, and make a new plan"
ANSWERED: Final = "somebody else has answered it"
GONE: Final = "its messages could not be read again"
QUEUED: Final = "it waits to be sent on LinkedIn"
ACCEPTED: Final = "the server accepted it, but nothing that can be read shows whether it was done"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """One step for a conversation.

    Attributes:
        row: Its place in the plan, from 1.
        action: `reply`, `set stage`, `mark read` or `continue automation`.
        conversation: The conversation.
        value: The text of a reply, or the UUID of a stage.
        detail: The text or the name of the stage, for people.
    """

    row: int
    action: Action
    conversation: Conversation
    value: str = ""
    detail: str = ""

    @property
    def once(self) -> str:
        """Key in the journal: a conversation is answered once after its last message, whatever the text."""
        return f"{self.action} {self.conversation.channel} {self.conversation.id} {self.conversation.last.id}"

    def __str__(self) -> str:
        who = f"{name_of(self.conversation.contact)} ({self.conversation.channel})"
        return f"{self.action}: {who}{self.detail and f': {self.detail}'}"


class InboxPlan:
    """A plan of replies and other steps. Nothing is sent before `do`.

    ```
    plan = grinfi.inbox.plan()
    for conversation in await grinfi.inbox.unanswered():
        plan.reply(conversation, "Thank you! Does Tuesday suit you?")
        plan.mark_read(conversation)
    print(plan)
    print(await plan.do(journal="inbox.journal"))
    ```
    """

    def __init__(self, grinfi: Grinfi, inbox: Inbox) -> None:
        self._grinfi, self._inbox = grinfi, inbox
        self._steps: list[PlannedStep] = []

    def reply(self, conversation: Conversation, text: str) -> None:
        """Reply with plain text in the channel of the conversation, from the same sender profile or mailbox.

        An email goes to the address that the contact wrote from, with the subject of the last message; the API cannot
        add it to the thread. An InMail is answered by a message.
        """
        row = conversation.last.row
        needed = "sender_profile_uuid" if isinstance(row, LinkedInMessage) else "mailbox_uuid"
        if not text.strip():
            raise InvalidArgumentError("text", "is empty")
        if getattr(row, needed) is None:
            raise InvalidArgumentError("conversation", f"cannot be answered: its last message has no {needed}")
        self._add("reply", conversation, text, text)

    def set_stage(self, conversation: Conversation, stage: PipelineStage | str | UUID) -> None:
        """Move the contact to a pipeline stage, given as an object or by UUID."""
        uuid = stage.uuid if isinstance(stage, PipelineStage) else str(stage)
        self._add("set stage", conversation, uuid, (isinstance(stage, PipelineStage) and stage.name) or uuid)

    def mark_read(self, conversation: Conversation) -> None:
        """Mark all conversations of the contact as read; the API cannot mark a single one."""
        self._add("mark read", conversation)

    def continue_automation(self, conversation: Conversation) -> None:
        """Continue the automation that is paused for the contact, after all other steps."""
        self._add("continue automation", conversation)

    def _add(self, action: Action, conversation: Conversation, value: str = "", detail: str = "") -> None:
        if any(it.action == action and it.conversation.id == conversation.id for it in self._steps):
            raise InvalidArgumentError("conversation", f"already has a step to {action} in this plan")
        row, detail = len(self._steps) + 1, " ".join(detail.split())
        self._steps.append(PlannedStep(row=row, action=action, conversation=conversation, value=value, detail=detail))

    def preview(self) -> tuple[PlannedStep, ...]:
        """The steps, in the order in which they were added."""
        return tuple(self._steps)

    def __str__(self) -> str:
        return "\n".join([f"{NAME} (steps: {len(self._steps)})", *(f"  {it}" for it in self._steps)])

    async def do(
        self, *, journal: str | os.PathLike[str] | None = None, repeat_unknown: bool = False, share: float | None = None
    ) -> BulkReport:
        """Do the steps: replies first, then stages and read marks, then automations.

        Each conversation is read again first. If somebody has written meanwhile, no step of that conversation is done
        (`skipped`, with the reason); if its reply failed or is `unknown`, no other step is done. A LinkedIn message
        that waits to be sent, a read mark and a continued automation count as `sent`, as no answer shows more.

        It takes two requests for each reply, one for each automation, one for each 50 contacts and channel without a
        reply, and few for all contacts of a stage and for all read marks.

        Args:
            journal: A file that records replies and continued automations. With it, a conversation is never answered
                twice after the same message, even by another plan; a reply that may have been sent is looked up in the
                conversation, and not sent again. Stages and read marks are set again, which is harmless.
            repeat_unknown: True to send again what may have been sent, if the conversation does not show it.
            share: See `Bulk.map`.

        Returns:
            The report; its rows are the steps.
        """
        report = BulkReport(name=NAME)
        options = {"journal": journal, "repeat_unknown": repeat_unknown, "share": share}
        replies = [it for it in self._steps if it.action == "reply"]
        others = [it for it in self._steps if it.action != "reply"]

        def count(event: RequestEvent) -> None:
            report.requests += 1

        with observe(Hooks(after_attempt=count)):
            held = await self._run(report, replies, self._reply, self._was_sent, options)
            answered = {it.conversation.id for it in replies}
            unique = {it.conversation.id: it.conversation for it in others if it.conversation.id not in answered}
            threads = await self._inbox.threads([it.last for it in unique.values()])
            held |= {id: reason for id, it in unique.items() if (reason := _news(it, threads[id]))}
            for step in others:
                if step.conversation.id in held:
                    _record(report, step, "skipped", LeftAloneError(held[step.conversation.id]))
            left = [it for it in others if it.conversation.id not in held]
            for stage in dict.fromkeys(it.value for it in left if it.action == "set stage"):
                await self._set_stage(report, stage, [it for it in left if it.value == stage])
            await self._mark_read(report, [it for it in left if it.action == "mark read"])
            continued = [it for it in left if it.action == "continue automation"]
            await self._run(report, continued, self._continue, None, options)
        return report

    async def _run(
        self,
        report: BulkReport,
        steps: Sequence[PlannedStep],
        use: Callable[[PlannedStep], Any],
        look: Callable[[PlannedStep], Any] | None,
        options: Any,
    ) -> dict[str, str]:
        """Do steps that must not be done twice. Return the conversations that must be left alone now, and why."""
        # `once_per` is the key in the journal (`PlannedStep.once`), and `look` finds a reply that an earlier run may
        # have sent. Both hold across plans: a new plan for the same last message does not answer again.
        job: BulkJob[PlannedStep, Any] = BulkJob(
            self._grinfi.rate_limiter, use, steps, name=NAME, key=str, readable_keys=False,
            row=lambda it: it.row, once_per=lambda it: it.once, look=look, **options,
        )  # fmt: skip
        held: dict[str, str] = {}
        async with job as outcomes:
            async for outcome in outcomes:
                _record(report, outcome.item, outcome.status, outcome.error)
                if outcome.error is not None and outcome.status != "sent":
                    reason = "" if outcome.status == "skipped" else f"its reply is {outcome.status}: "
                    held[outcome.item.conversation.id] = f"{reason}{outcome.error}"
        for cost in ("elapsed", "retries", "refused", "waited"):
            setattr(report, cost, getattr(report, cost) + getattr(job.report, cost))
        report.capacity, report.period = job.report.capacity, job.report.period
        return held

    async def _reply(self, step: PlannedStep) -> object:
        conversation, row = step.conversation, step.conversation.last.row
        reason = _news(conversation, (await self._inbox.threads([conversation.last]))[conversation.id])
        if reason is not None:
            return Verdict("skipped", LeftAloneError(reason))
        if isinstance(row, LinkedInMessage):
            sent = await self._grinfi.linkedin_messages.send(
                sender_profile_uuid=str(row.sender_profile_uuid), lead_uuid=row.lead_uuid, text=step.value
            )
            if sent.status == "failed":
                return Verdict("failed", GrinfiError(f"LinkedIn did not send it: {sent.fail_reason}"))
            return None if sent.status == "done" else Verdict("sent", NotSeenError(QUEUED))
        subject = row.subject or ""
        email = await self._grinfi.emails.send(
            mailbox_uuid=str(row.mailbox_uuid),
            to=[{"to_email": row.from_email or "", "to_name": row.from_name or ""}],
            subject=subject if subject.casefold().startswith("re:") else f"Re: {subject}",
            body=html.escape(step.value, quote=False).replace("\n", "<br>\n"),
        )
        return None if email.email_domain is not None else Verdict("sent", NotSeenError(ACCEPTED))

    async def _was_sent(self, step: PlannedStep) -> bool:
        """Whether the conversation has the reply: a new message of ours that was sent, with this text."""
        known = {it.id for it in step.conversation.messages}
        for message in (await self._inbox.threads([step.conversation.last]))[step.conversation.id]:
            if not (message.incoming or message.failed or message.id in known) and message.row.sent_at is not None:
                text = (await self._inbox.with_text(message)).text or ""
                if text.split() == step.value.split():
                    return True
        return False

    async def _continue(self, step: PlannedStep) -> object:
        await self._grinfi.tasks.continue_automation(lead_uuid=step.conversation.contact_uuid)
        return Verdict("sent", NotSeenError(ACCEPTED))

    async def _set_stage(self, report: BulkReport, stage: str, steps: Sequence[PlannedStep]) -> None:
        ids = dict.fromkeys(it.conversation.contact_uuid for it in steps)
        changed = await self._grinfi.bulk.update({"pipeline_stage_uuid": stage}, ids=[*ids])
        doubts: dict[str, tuple[Status, Exception]] = {}
        for status, failures in zip(DOUBTS, (changed.failures, changed.unseen, changed.unknowns), strict=True):
            doubts |= {it.key: (status, NotSeenError(it.error)) for it in failures}
        for step in steps:
            _record(report, step, *doubts.get(step.conversation.contact_uuid, ("succeeded", None)))

    async def _mark_read(self, report: BulkReport, steps: Sequence[PlannedStep]) -> None:
        outcome: tuple[Status, Exception] = ("sent", NotSeenError(ACCEPTED))
        try:
            if ids := dict.fromkeys(it.conversation.contact_uuid for it in steps):
                await self._grinfi.contacts.mass_action(ContactAction.mark_read(), ids=[*ids])
        except GrinfiError as failure:
            outcome = ("failed", failure)
        for step in steps:
            _record(report, step, *outcome)


def _news(conversation: Conversation, thread: Sequence[Message]) -> str | None:
    """Why a conversation is left alone; None if it has not changed."""
    known = {it.id for it in conversation.messages}
    new = [it for it in thread if it.id not in known and not it.failed]
    if new:
        return NEW_MESSAGE if any(it.incoming for it in new) else ANSWERED
    return None if conversation.last.id in {it.id for it in thread} else GONE


def _record(report: BulkReport, step: PlannedStep, status: Status, error: Exception | None) -> None:
    report.processed += status != "skipped"
    report.record(Outcome(step.row, str(step), str(step), status, error=error))
