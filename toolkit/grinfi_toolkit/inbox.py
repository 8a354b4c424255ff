"""Conversations with contacts over LinkedIn and email: unanswered ones, and new messages."""

from __future__ import annotations

import html
import json
import re
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import inf
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from grinfi_async import (
    AsyncPaginator,
    Automation,
    Contact,
    Email,
    F,
    FilterIgnoredError,
    Grinfi,
    Hooks,
    InvalidArgumentError,
    LinkedInMessage,
    NotFoundError,
    RequestEvent,
    ResultWindowError,
    SenderProfile,
    ago,
    observe,
)

from .names import name_of

if TYPE_CHECKING:
    from .inbox_plan import InboxPlan

__all__ = ["Channel", "Conversation", "Coverage", "Inbox", "Message", "News", "Unanswered"]

ItemT = TypeVar("ItemT")
Channel = Literal["linkedin", "email"]
CHANNELS: Final[tuple[Channel, ...]] = ("linkedin", "email")
OVERLAP: Final = timedelta(hours=1)
FAILED: Final = frozenset({"failed", "bounced"})
CONTACTS_READ: Final = 500
"""Contacts that one search reads."""
THREADS_READ: Final = 50
"""Contacts whose messages one request reads: more would make its URL too long."""
HTML: Final = re.compile(r"</|<(br|p|div)\b", re.IGNORECASE)
BREAKS: Final = re.compile(r"<(?:br|/p|/div|/tr|/li)\b[^>]*>", re.IGNORECASE)
TAGS: Final = re.compile(r"<(style|script)\b.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)
NOT_COUNTED: Final = (
    "The API's counter of unread messages can be wrong and is not used: unanswered conversations are derived from the "
    "messages, read or not."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message from or to a contact.

    Attributes:
        channel: `linkedin` or `email`.
        row: The message from the API.
        text: Text of the message; for HTML emails without markup. None if it was not read.
        contact: The contact; None if it was deleted, or not read.
        sender: The sender profile on our side; None if unknown.
    """

    channel: Channel
    row: LinkedInMessage | Email
    text: str | None = None
    contact: Contact | None = None
    sender: SenderProfile | None = None

    @property
    def id(self) -> str:
        """UUID of the message."""
        return self.row.uuid

    @property
    def incoming(self) -> bool:
        """Whether the message is from the contact."""
        return self.row.type == "inbox"

    @property
    def failed(self) -> bool:
        """Whether the message is ours and did not arrive."""
        bounced = isinstance(self.row, Email) and self.row.bounced_by_uuid is not None
        return not self.incoming and (bounced or self.row.status in FAILED)

    @property
    def at(self) -> datetime:
        """When the message was sent; if it still waits to be sent, when it was created."""
        return self.row.sent_at or self.row.created_at

    @property
    def conversation_id(self) -> str:
        """Id of the conversation. For emails, it is made of mailbox and contact."""
        if isinstance(self.row, LinkedInMessage):
            return self.row.linkedin_conversation_uuid
        return f"{self.row.mailbox_uuid or self.row.sender_profile_uuid}/{self.row.lead_uuid}"

    def to_dict(self) -> dict[str, Any]:
        """The main fields as JSON values, and the row of the API as `row`."""
        return {
            "id": self.id, "channel": self.channel, "incoming": self.incoming, "at": self.at.isoformat(),
            "contact_uuid": self.row.lead_uuid, "contact": name_of(self.contact), "sender": name_of(self.sender),
            "subject": self.row.subject, "text": self.text, "row": self.row.to_dict(),
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """The messages between a contact and a LinkedIn account or a mailbox, oldest first.

    Attributes:
        messages: All messages that the server has.
        automations: The automations that the contact is or was in, latest first. LinkedIn messages do not show their
            automation; the automation of an email comes first.
    """

    messages: tuple[Message, ...]
    automations: tuple[Automation, ...] = ()

    @property
    def id(self) -> str:
        """See `Message.conversation_id`."""
        return self.last.conversation_id

    @property
    def channel(self) -> Channel:
        """`linkedin` or `email`."""
        return self.last.channel

    @property
    def last(self) -> Message:
        """The latest message that did not fail."""
        return next((it for it in reversed(self.messages) if not it.failed), self.messages[-1])

    @property
    def contact(self) -> Contact | None:
        """The contact; None if it was deleted."""
        return self.last.contact

    @property
    def contact_uuid(self) -> str:
        """UUID of the contact."""
        return self.last.row.lead_uuid

    @property
    def sender(self) -> SenderProfile | None:
        """The sender profile on our side."""
        return self.last.sender

    @property
    def waiting_since(self) -> datetime:
        """When the contact wrote the first message after our last one."""
        first = self.last
        for message in reversed(self.messages):
            if not message.incoming and not message.failed:
                break
            first = message if message.incoming else first
        return first.at

    def to_dict(self, last: int = 5) -> dict[str, Any]:
        """The conversation as JSON values, with its `last` messages."""
        return {
            "id": self.id, "channel": self.channel, "waiting_since": self.waiting_since.isoformat(),
            "contact_uuid": self.contact_uuid, "contact": self.contact and self.contact.to_dict(),
            "sender": name_of(self.sender), "automations": [it.name for it in self.automations],
            "messages": [it.to_dict() for it in self.messages[-last:]],
        }  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Coverage:
    """What `Inbox.unanswered` covers.

    Attributes:
        since: Messages that the server stored from this time on were read.
        messages: Number of these messages from contacts.
        senders: Sender profile -> number of messages to it. A profile with 0 may be quiet, or not synced.
        requests: Number of requests.
        left_out: What is not covered, in sentences.
    """

    since: datetime
    messages: int = 0
    senders: dict[str, int] = field(default_factory=dict[str, int])
    requests: int = 0
    left_out: list[str] = field(default_factory=lambda: [NOT_COUNTED])

    def __str__(self) -> str:
        silent = [name for name, count in self.senders.items() if not count]
        lines = [f"{self.messages:,} messages since {self.since:%Y-%m-%d %H:%M} UTC, {self.requests:,} requests."]
        if silent:
            lines.append(f"No messages to {', '.join(silent)}.")
        return " ".join([*lines, *self.left_out])


class Unanswered(list[Conversation]):
    """Conversations in which the contact wrote last, longest waiting first, with their coverage."""

    def __init__(self, conversations: Iterable[Conversation], coverage: Coverage) -> None:
        super().__init__(sorted(conversations, key=lambda it: it.waiting_since))
        self.coverage = coverage


@dataclass(frozen=True, slots=True)
class News:
    """New messages from contacts, oldest first, and the cursor to store for the next call."""

    messages: tuple[Message, ...]
    cursor: str


# How a cursor gives each message exactly once. A message may show up later than others with a later time:
#
#   time (server's)    10:00      10:20      10:40      11:00
#   first call sees      a          b                     c        newest 11:00; border = newest - overlap = 10:00
#                                                                  seen = {a, b, c}: all from the border on
#   shows up late                             d
#   second call          a          b         d           c        reads down to the border; a, b, c are seen: only d
#
# A border alone would either repeat messages with the same time, or miss `d`. `seen` holds only the ids from the border
# on, so that the cursor does not grow. All times are compared with each other, and never with our clock, except that a
# message with a time in the future must not push the border ahead of all that follow (`_edge`).


@dataclass(frozen=True, slots=True)
class _Place:
    """How far a channel was read: a message is new if its time is at or after `border` and its id not in `seen`.

    Times are the server's, in seconds. If the list was empty, every message is new.
    """

    border: float = -inf
    seen: Mapping[str, float] = field(default_factory=dict[str, float])
    read_at: float = 0.0
    """When it was read, by our clock."""


class Inbox:
    """Conversations with contacts. Nothing is marked as read by reading."""

    def __init__(self, grinfi: Grinfi) -> None:
        self._grinfi = grinfi
        self._senders: dict[str, SenderProfile] = {}

    def plan(self) -> InboxPlan:
        """Start a plan of replies and other steps, which can be checked before they are done."""
        from .inbox_plan import InboxPlan

        return InboxPlan(self._grinfi, self)

    async def unanswered(
        self, since: datetime | None = None, *, automations: bool = True, texts: bool = True
    ) -> Unanswered:
        """Find the LinkedIn and email conversations in which the contact wrote last.

        This is derived from the messages: a message of ours that failed or bounced is not an answer, one that waits to
        be sent is. A bounce report is not a message of the contact. A message that was answered in another channel
        counts as unanswered.

        It takes a request for each page of messages from contacts (usually one per channel), for each 50 contacts and
        channel, for each 500 contacts, for each 20 contacts (`automations`), for each email conversation (`texts`), and
        two for names. If the server ignores a filter by several contacts, each conversation takes one.

        Args:
            since: Read messages that the server stored since then; by default the last 7 days. Conversations whose last
                message is older are left out.
            automations: False to leave out the automations.
            texts: False to leave out the texts of emails.

        Raises:
            InvalidArgumentError: `since` has no time zone.
            FilterIgnoredError: The server does not filter messages by contacts or conversations.
        """
        since = _checked(since) or ago(days=7)
        coverage = Coverage(since=since.astimezone(UTC))
        found: list[Conversation] = []
        heard: list[Message] = []

        def count(event: RequestEvent) -> None:
            coverage.requests += 1

        with observe(Hooks(after_attempt=count)):
            for channel in CHANNELS:
                incoming = await self._incoming(channel, since.timestamp(), coverage)
                heard += incoming
                threads = await self.threads([*{it.conversation_id: it for it in incoming}.values()])
                bounces = {getattr(it.row, "bounced_by_uuid", None) for thread in threads.values() for it in thread}
                for thread in threads.values():
                    kept = tuple(it for it in thread if it.id not in bounces)
                    if kept and (conversation := Conversation(messages=kept)).last.incoming:
                        found.append(conversation)
            await self._read_senders(heard)
            people = await self._contacts({it.contact_uuid for it in found})
            flows = await self._automations(found) if automations and found else {}
            found = [await self._complete(it, people, flows, texts) for it in found]
        coverage.messages = len(heard)
        coverage.senders = {name_of(it): 0 for it in self._senders.values()}
        coverage.senders |= Counter(name_of(self._sender(it)) for it in heard)
        if not texts:
            coverage.left_out.append("The texts of emails were not read.")
        return Unanswered(found, coverage)

    async def new(
        self,
        cursor: str | None = None,
        *,
        since: datetime | None = None,
        overlap: timedelta = OVERLAP,
        texts: bool = True,
    ) -> News:
        """Return messages from contacts since the cursor: each exactly once, with its contact and sender.

        The cursor has the UUIDs of the last `overlap`, and compares only times of the server: a wrong clock here, equal
        times, repeated messages and their order do not matter. A message is missed only if it shows up more than
        `overlap` after its time; or if, at the first call, the latest message has a time in the future and our clock is
        ahead, too.

        It takes a request for each channel, one for each further page, one for each 500 contacts, and one for each
        email (`texts`). Store the cursor after you have handled the messages. If both or neither must happen, store it
        in the same transaction, or pass on `message.id` so that the receiver can recognise repetitions.

        Args:
            cursor: The cursor of the previous call; None for the first call, which returns messages since `since`.
            since: Only for the first call; by default it returns no messages, and a cursor that starts now.
            overlap: How late a message may show up; by default an hour.
            texts: False to leave out the texts of emails.

        Raises:
            InvalidArgumentError: The cursor is invalid, or `since` has no time zone or is given with a cursor.
            ResultWindowError: More than 10,000 messages have arrived, so the cursor cannot be used any more. Start
                again with `since`.
        """
        if cursor is not None and since is not None:
            raise InvalidArgumentError("since", "is only for the first call; remove it, or the cursor")
        start = inf if (checked := _checked(since)) is None else checked.timestamp()
        before, after = _places(cursor), dict[Channel, _Place]()
        found: list[Message] = []
        for channel in CHANNELS:
            place = before.get(channel, _Place())
            if cursor is None:
                rows = await self._incoming(channel, start, overlap=overlap)
            else:
                rows = await self._incoming(channel, place.border)
            times = {it.id: it.row.created_at.timestamp() for it in rows}
            found += [it for it in rows if (times[it.id] >= start if cursor is None else it.id not in place.seen)]
            border = max(place.border, _edge(times.values(), overlap, place))
            seen = {id: at for id, at in {**place.seen, **times}.items() if at >= border}
            after[channel] = _Place(border, seen, _now())
        people = await self._contacts({it.row.lead_uuid for it in found})
        await self._read_senders(found)
        found.sort(key=lambda it: (it.row.created_at, it.id))
        complete = [await self.with_text(self._with_names(it, people), texts) for it in found]
        return News(tuple(complete), _cursor(after))

    # -- reading -------------------------------------------------------------------------------------------------------

    def _list(self, channel: Channel, filter: Mapping[str, Any]) -> AsyncPaginator[Any]:
        resource = self._grinfi.linkedin_messages if channel == "linkedin" else self._grinfi.emails
        return resource.list(order_field="created_at", order_type="desc", filter=filter)

    async def _incoming(
        self, channel: Channel, until: float, coverage: Coverage | None = None, overlap: timedelta | None = None
    ) -> list[Message]:
        """The messages from contacts down to a time, each once; with an overlap, at least that far below the newest.

        If the server does not sort them, all are read, as newer ones may follow an old one.
        """
        found: dict[str, Message] = {}
        before, is_sorted = inf, True
        try:
            async for page in self._list(channel, {"type": "inbox"}).pages():
                rows = [Message(channel=channel, row=row) for row in page.data if row.type == "inbox"]
                if overlap is not None and rows:
                    until = min(until, _edge((it.row.created_at.timestamp() for it in rows), overlap))
                    overlap = None
                for message in rows:
                    at = message.row.created_at.timestamp()
                    is_sorted, before = is_sorted and at <= before, at
                    if at >= until:
                        found[message.id] = message
                if is_sorted and before < until:
                    break
        except ResultWindowError:
            if coverage is None or not found:
                raise
            oldest = min(it.row.created_at for it in found.values())
            coverage.left_out.append(
                f"There are more {channel} messages than the API lists: none before {oldest:%Y-%m-%d %H:%M}."
            )
        return list(found.values())

    async def threads(self, messages: Sequence[Message]) -> dict[str, list[Message]]:
        """Conversation -> all its messages, oldest first, for the conversations of some messages."""
        threads: dict[str, list[Message]] = {it.conversation_id: [] for it in messages}
        for channel in CHANNELS:
            known = [it for it in messages if it.channel == channel]
            for chunk in _chunks(known, THREADS_READ):
                contacts = sorted({it.row.lead_uuid for it in chunk})
                rows = await self._rows_of(channel, "lead_uuid", contacts)
                # The server ignored the filter, or took only one of its values: read each conversation by itself.
                if rows is None or not {it.id for it in chunk} <= rows.keys():
                    name = "linkedin_conversation_uuid" if channel == "linkedin" else "lead_uuid"
                    rows = dict[str, Message]()
                    for message in chunk:
                        one = await self._rows_of(channel, name, [getattr(message.row, name)])
                        if one is None:
                            raise FilterIgnoredError(f"F.{name}", message.id)
                        rows |= one
                for message in rows.values():
                    if message.conversation_id in threads:
                        threads[message.conversation_id].append(message)
        for thread in threads.values():
            thread.sort(key=lambda it: (it.at, it.row.created_at, it.incoming, it.id))
        return threads

    async def _rows_of(self, channel: Channel, name: str, values: Sequence[str]) -> dict[str, Message] | None:
        """The messages that match a filter; None if the server ignores it."""
        wanted, found = {it.casefold() for it in values}, dict[str, Message]()
        async for page in self._list(channel, {name: values if len(values) > 1 else values[0]}).pages():
            if any(str(getattr(row, name)).casefold() not in wanted for row in page.data):
                return None
            found |= {row.uuid: Message(channel=channel, row=row) for row in page.data}
        return found

    # -- names and texts -----------------------------------------------------------------------------------------------

    async def _contacts(self, uuids: Iterable[str]) -> dict[str, Contact]:
        people: dict[str, Contact] = {}
        for chunk in _chunks(sorted(uuids), CONTACTS_READ):
            async for contact in self._grinfi.contacts.search(filter=F.uuid.in_(chunk), page_size=CONTACTS_READ):
                if contact.uuid not in chunk:
                    raise FilterIgnoredError("F.uuid.in_([...])", contact.uuid)
                people[contact.uuid] = contact
        return people

    async def _read_senders(self, messages: Iterable[Message]) -> None:
        """Read the sender profiles, unless all are cached."""
        if not self._senders or any(self._sender(it) is None for it in messages):
            self._senders = {it.uuid: it async for it in self._grinfi.sender_profiles.list()}

    def _sender(self, message: Message) -> SenderProfile | None:
        return self._senders.get(message.row.sender_profile_uuid or "")

    def _with_names(self, message: Message, people: Mapping[str, Contact]) -> Message:
        return replace(message, contact=people.get(message.row.lead_uuid), sender=self._sender(message))

    async def _automations(self, found: Sequence[Conversation]) -> dict[str, list[Automation]]:
        """Contact -> the automations it is or was in, latest first."""
        flows = {it.uuid: it async for it in self._grinfi.automations.list()}
        places: list[tuple[str, str, str]] = []
        for chunk in _chunks(sorted({it.contact_uuid for it in found}), CONTACTS_READ):
            async for row in self._grinfi.automations.list_contacts(filter={"lead_uuid": chunk}):
                if row.get("lead_uuid") not in chunk:
                    raise FilterIgnoredError("F.lead_uuid.in_([...])", str(row.get("uuid")))
                places.append((str(row.get("created_at")), str(row["lead_uuid"]), str(row.get("flow_uuid"))))
        those: dict[str, dict[str, Automation]] = {}
        for _, contact, flow in sorted(places, reverse=True):
            if flow in flows:
                those.setdefault(contact, {})[flow] = flows[flow]
        for conversation in found:
            for message in conversation.messages:
                own = getattr(message.row, "flow_uuid", None)
                if own in flows:
                    others = those.get(conversation.contact_uuid, {})
                    those[conversation.contact_uuid] = {own: flows[own], **others}
        return {contact: list(its.values()) for contact, its in those.items()}

    async def _complete(
        self, it: Conversation, people: Mapping[str, Contact], flows: Mapping[str, list[Automation]], texts: bool
    ) -> Conversation:
        last = it.last.id
        messages = [await self.with_text(self._with_names(each, people), texts and each.id == last)
                    for each in it.messages]  # fmt: skip
        return Conversation(messages=tuple(messages), automations=tuple(flows.get(it.contact_uuid, ())))

    async def with_text(self, message: Message, wanted: bool = True) -> Message:
        """The message with its text; for an email this takes a request."""
        if isinstance(message.row, LinkedInMessage):
            return replace(message, text=message.row.text)
        if not wanted:
            return message
        try:
            return replace(
                message, text=as_text((await self._grinfi.emails.get_body(message.row.email_body_uuid)).body)
            )
        except NotFoundError:
            return message


def as_text(body: str | None) -> str | None:
    """The text of an email, which may be HTML."""
    if body is None or not HTML.search(body):
        return body and body.strip()
    lines = html.unescape(TAGS.sub("", BREAKS.sub("\n", body))).splitlines()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(it.strip() for it in lines)).strip()


def _chunks(items: Sequence[ItemT], size: int) -> list[Sequence[ItemT]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


def _checked(since: datetime | None) -> datetime | None:
    if since is not None and since.tzinfo is None:
        raise InvalidArgumentError("since", f"{since} has no time zone; add one, such as tzinfo=UTC")
    return since


def _edge(times: Iterable[float], overlap: timedelta, place: _Place | None = None) -> float:
    """The time down to which late messages are looked for.

    A message with a time in the future must not hide all that follow: the border is never ahead of our clock, and does
    not move faster than it, even if it is wrong.
    """
    edge = min(max(times, default=-inf), _now()) - overlap.total_seconds()
    return edge if place is None or place.border == -inf else min(edge, place.border + _now() - place.read_at)


def _now() -> float:
    return datetime.now(UTC).timestamp()


def _cursor(places: Mapping[Channel, _Place]) -> str:
    content = {it: [None if at.border == -inf else at.border, at.seen, at.read_at] for it, at in places.items()}
    return urlsafe_b64encode(zlib.compress(json.dumps(content).encode())).decode()


def _places(cursor: str | None) -> dict[Channel, _Place]:
    if cursor is None:
        return {}
    try:
        content = json.loads(zlib.decompress(urlsafe_b64decode(cursor.strip())))
        places: dict[Channel, _Place] = {}
        for channel in CHANNELS:
            border, seen, read_at = content[channel]
            places[channel] = _Place(-inf if border is None else float(border), dict(seen), float(read_at))
        return places
    except (ValueError, TypeError, KeyError, zlib.error) as error:
        raise InvalidArgumentError("cursor", "is not a cursor of inbox.new(); pass it unchanged") from error
