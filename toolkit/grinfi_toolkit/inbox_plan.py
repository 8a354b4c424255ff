"""What is to be done with conversations: looked at first, then done once."""

from __future__ import annotations

import html
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypedDict, Unpack
from uuid import UUID

from grinfi_async import ContactAction, Grinfi, InvalidArgumentError, LinkedInMessage, PipelineStage
from grinfi_bulk import BulkJob, BulkReport, LeftAloneError, NotSeenError, Outcome
from grinfi_bulk.report import Status, Verdict

from .inbox import Conversation, Inbox, Message, name_of

__all__ = ["InboxPlan", "PlanOptions", "PlannedStep"]

Action = Literal["reply", "set_stage", "mark_read", "continue_automation"]
LABELS: Final[dict[Action, str]] = {
    "reply": "reply", "set_stage": "set stage", "mark_read": "mark read", "continue_automation": "continue automation",
}  # fmt: skip
FAILED: Final[Status] = "failed"
SENT: Final[Status] = "sent"
UNKNOWN: Final[Status] = "unknown"
NAME: Final = "Inbox plan"
NEW_MESSAGE: Final = "the contact has written again; look at the conversation, and plan anew"
ANSWERED: Final = "somebody has answered it meanwhile"
GONE: Final = "its messages could not be read again"
QUEUED: Final = "it waits to be sent on LinkedIn"
ACCEPTED: Final = "the server accepted it; nothing that can be read shows that it was done"


class PlanOptions(TypedDict, total=False):
    """How a plan is done; see `Bulk.map`."""

    repeat_unknown: bool
    grace: float
    share: float | None
    max_wait: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """One thing to do with a conversation.

    Attributes:
        row: Its place in the plan, from 1.
        action: `reply`, `set_stage`, `mark_read` or `continue_automation`.
        conversation: With which it is done.
        value: The text of a reply, or the UUID of a stage.
        detail: What a person is to see of it.
    """

    row: int
    action: Action
    conversation: Conversation
    value: str = ""
    detail: str = ""

    @property
    def once(self) -> str:
        """What it is known by in a journal: a conversation is answered once after its last message, with any text."""
        value = "" if self.action == "reply" else self.value
        return " ".join(
            [self.action, self.conversation.channel, self.conversation.id, self.conversation.last.id, value]
        )

    def __str__(self) -> str:
        who = f"{name_of(self.conversation.contact)} ({self.conversation.channel})"
        return f"{LABELS[self.action]}: {who}{self.detail and f': {self.detail}'}"


class InboxPlan:
    """Answers and what else is to be done. Nothing is sent before `do`.

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
        """Answer by the channel of the conversation, from the same sender profile or mailbox.

        An email goes to the address that the contact wrote from, with the subject of its last message; the API has no
        way to put it into the thread. The text is plain text in both channels. An InMail is answered by a message.
        """
        row = conversation.last.row
        if not text.strip():
            raise InvalidArgumentError("text", "is empty")
        needed = "sender_profile_uuid" if isinstance(row, LinkedInMessage) else "mailbox_uuid"
        if getattr(row, needed) is None:
            raise InvalidArgumentError(
                "conversation", f"its last message has no {needed}, so that nothing can answer it"
            )
        self._add("reply", conversation, text, text)

    def set_stage(self, conversation: Conversation, stage: PipelineStage | str | UUID) -> None:
        """Move the contact to a pipeline stage, given as it was read or by UUID."""
        uuid = stage.uuid if isinstance(stage, PipelineStage) else str(stage)
        self._add("set_stage", conversation, uuid, (isinstance(stage, PipelineStage) and stage.name) or uuid)

    def mark_read(self, conversation: Conversation) -> None:
        """Mark all conversations of the contact as read: the API has nothing smaller."""
        self._add("mark_read", conversation)

    def continue_automation(self, conversation: Conversation) -> None:
        """Let the automation that is paused for the contact continue, after all else was done."""
        self._add("continue_automation", conversation)

    def _add(self, action: Action, conversation: Conversation, value: str = "", detail: str = "") -> None:
        if any(it.action == action and it.conversation.id == conversation.id for it in self._steps):
            raise InvalidArgumentError("conversation", f"the plan already has a {LABELS[action]!r} for it")
        row = len(self._steps) + 1
        self._steps.append(
            PlannedStep(row=row, action=action, conversation=conversation, value=value, detail=" ".join(detail.split()))
        )

    def preview(self) -> tuple[PlannedStep, ...]:
        """The steps, in the order in which they were added."""
        return tuple(self._steps)

    def __len__(self) -> int:
        return len(self._steps)

    def __str__(self) -> str:
        count = len(self._steps)
        return "\n".join([f"{NAME}: {count} step{'' if count == 1 else 's'}", *(f"  {it}" for it in self._steps)])

    async def do(self, *, journal: str | os.PathLike[str] | None = None, **options: Unpack[PlanOptions]) -> BulkReport:
        """Do the steps: replies first, then stages and read marks, and automations last.

        Before a reply its conversation is read again, as are those of other steps. If somebody has written meanwhile,
        no step of the conversation is done (`skipped`, with the reason); nor are the others of a reply that failed, or
        of which nobody knows whether it was sent (`unknown`). A LinkedIn message that waits to be sent, a read mark and
        a continued automation count as `sent`: no answer shows more.

        It takes two requests for each reply, one for each automation, one for each 50 contacts and channel without a
        reply, and few for all contacts of a stage and for all read marks.

        Args:
            journal: A file that records what is done. With it, a conversation is never answered twice after the same
                message, by whatever plan; what nobody knows of is looked for in the conversation, and not sent again.
            repeat_unknown, grace, share, max_wait: See `Bulk.map`.

        Returns:
            The report; its rows are the steps.
        """
        report = BulkReport(name=NAME)
        held: dict[str, str] = {}
        replies = [it for it in self._steps if it.action == "reply"]
        outcomes = await self._run(report, self._reply, replies, journal, options, look=self._was_sent)
        for outcome in outcomes:
            if outcome.status not in {"succeeded", "sent"} and outcome.error is not None:
                held[outcome.item.conversation.id] = (
                    str(outcome.error)
                    if outcome.status == "skipped"
                    else f"its reply is {outcome.status}: {outcome.error}"
                )
        others = [it for it in self._steps if it.action != "reply"]
        answered = {it.conversation.id for it in replies}
        held |= await self._news(report, [it.conversation for it in others if it.conversation.id not in answered])
        for step in others:
            if step.conversation.id in held:
                reason = LeftAloneError(held[step.conversation.id])
                report.record(Outcome(step.row, str(step), str(step), "skipped", error=reason))
        left = [it for it in others if it.conversation.id not in held]
        for action, use in (("set_stage", self._set_stage), ("mark_read", self._mark_read)):
            groups: dict[str, list[PlannedStep]] = {}
            for step in left:
                if step.action == action:
                    groups.setdefault(step.value, []).append(step)
            await self._run_groups(report, use, [*groups.values()], journal, options)
        continued = [it for it in left if it.action == "continue_automation"]
        await self._run(report, self._continue, continued, journal, options)
        return report

    # -- jobs ----------------------------------------------------------------------------------------------------------

    async def _run(
        self,
        report: BulkReport,
        use: Callable[[PlannedStep], Any],
        steps: Sequence[PlannedStep],
        journal: str | os.PathLike[str] | None,
        options: PlanOptions,
        look: Callable[[PlannedStep], Any] | None = None,
    ) -> list[Outcome[PlannedStep, Any]]:
        """Do steps that must not be done twice."""
        job: BulkJob[PlannedStep, Any] = BulkJob(
            self._grinfi.rate_limiter, use, steps, name=NAME, key=str, readable_keys=False, journal=journal,
            row=lambda it: it.row, once_per=lambda it: it.once, look=look, **options,
        )  # fmt: skip
        found: list[Outcome[PlannedStep, Any]] = []
        if steps:
            async with job as outcomes:
                async for outcome in outcomes:
                    found.append(outcome)
                    report.record(Outcome(outcome.row, outcome.key, outcome.key, outcome.status, error=outcome.error))
            _add_costs(report, job.report)
        return found

    async def _run_groups(
        self,
        report: BulkReport,
        use: Callable[[list[PlannedStep]], Any],
        groups: Sequence[list[PlannedStep]],
        journal: str | os.PathLike[str] | None,
        options: PlanOptions,
    ) -> None:
        """Do the same with many contacts at a time; doing it again does no harm."""
        job: BulkJob[list[PlannedStep], dict[str, tuple[Status, Exception]]] = BulkJob(
            self._grinfi.rate_limiter, use, groups, name=NAME, key=lambda group: str(group[0]), readable_keys=False,
            journal=journal, retry_class="idempotent", once_per=lambda group: " ".join(sorted(it.once for it in group)),
            **options,
        )  # fmt: skip
        if not groups:
            return
        async with job as outcomes:
            async for outcome in outcomes:
                doubts = outcome.result or {}
                for step in outcome.item:
                    uuid = step.conversation.contact_uuid
                    status, error = doubts.get(uuid, (outcome.status, None if outcome.result else outcome.error))
                    report.record(Outcome(step.row, str(step), str(step), status, error=error))
        _add_costs(report, job.report)

    # -- steps ---------------------------------------------------------------------------------------------------------

    async def _reply(self, step: PlannedStep) -> object:
        conversation = step.conversation
        thread = (await self._inbox.threads([conversation.last]))[conversation.id]
        reason = _reason(conversation, thread)
        if reason is not None:
            return Verdict("skipped", LeftAloneError(reason))
        row = conversation.last.row
        if isinstance(row, LinkedInMessage):
            sent = await self._grinfi.linkedin_messages.send(
                sender_profile_uuid=str(row.sender_profile_uuid), lead_uuid=row.lead_uuid, text=step.value
            )
            if sent.status == "failed":
                return Verdict("failed", LeftAloneError(f"LinkedIn did not send it: {sent.fail_reason}"))
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
        """Whether the conversation has the reply: a message of ours after the last one, with this text."""
        known = {it.id for it in step.conversation.messages}
        for message in (await self._inbox.threads([step.conversation.last]))[step.conversation.id]:
            if not message.incoming and not message.failed and message.id not in known and message.row.sent_at:
                text = (await self._inbox.with_text(message)).text
                if text is not None and text.split() == step.value.split():
                    return True
        return False

    async def _continue(self, step: PlannedStep) -> object:
        await self._grinfi.tasks.continue_automation(lead_uuid=step.conversation.contact_uuid)
        return Verdict("sent", NotSeenError(ACCEPTED))

    async def _set_stage(self, group: list[PlannedStep]) -> object:
        ids = list(dict.fromkeys(it.conversation.contact_uuid for it in group))
        changed = await self._grinfi.bulk.update({"pipeline_stage_uuid": group[0].value}, ids=ids)
        doubts: dict[str, tuple[Status, Exception]] = {}
        for failures, status in ((changed.failures, FAILED), (changed.unseen, SENT), (changed.unknowns, UNKNOWN)):
            doubts |= {it.key: (status, NotSeenError(it.error)) for it in failures}
        return Verdict("failed", next(iter(doubts.values()))[1], doubts) if doubts else None

    async def _mark_read(self, group: list[PlannedStep]) -> object:
        ids = list(dict.fromkeys(it.conversation.contact_uuid for it in group))
        await self._grinfi.contacts.mass_action(ContactAction.mark_read(), ids=ids)
        return Verdict("sent", NotSeenError(ACCEPTED))

    async def _news(self, report: BulkReport, conversations: Iterable[Conversation]) -> dict[str, str]:
        """Conversations with new messages, and what is new."""
        unique = {it.id: it for it in conversations}
        threads = await self._inbox.threads([it.last for it in unique.values()])
        reasons = {it.id: _reason(it, threads[it.id]) for it in unique.values()}
        return {id: reason for id, reason in reasons.items() if reason is not None}


def _reason(conversation: Conversation, thread: Sequence[Message]) -> str | None:
    """Why a conversation is left alone, as it is now; None if it is as it was."""
    known = {it.id for it in conversation.messages}
    new = [it for it in thread if it.id not in known and not it.failed]
    if new:
        return NEW_MESSAGE if any(it.incoming for it in new) else ANSWERED
    return None if conversation.last.id in {it.id for it in thread} else GONE


def _add_costs(report: BulkReport, part: BulkReport) -> None:
    for cost in ("elapsed", "processed", "requests", "retries", "refused", "waited"):
        setattr(report, cost, getattr(report, cost) + getattr(part, cost))
    report.capacity, report.period = part.capacity, part.period
