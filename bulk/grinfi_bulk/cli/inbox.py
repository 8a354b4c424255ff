"""Conversations on a screen: those that wait for an answer, and new messages."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from anyio import sleep as wait

from grinfi_async import (
    APIConnectionError,
    APIStatusError,
    AuthenticationError,
    Grinfi,
    InvalidArgumentError,
    RateLimitWaitError,
)
from grinfi_support.private_files import replacing
from grinfi_toolkit.inbox import Conversation, Message, Unanswered
from grinfi_toolkit.names import name_of

from ..wording import printable
from .client import with_client
from .errors import Status, say
from .output import write_json

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["show_unanswered", "watch"]

SHARE: Final = 0.5
"""Share of the rate limit, so that other programs with the same key are not slowed down."""
MESSAGES_SHOWN: Final = 3
LONGEST: Final = 600
HOUR: Final = 60
DAYS_FROM: Final = 48
"""From so many hours on, days are shown."""
CHANNELS: Final = {"linkedin": "LinkedIn", "email": "email"}


def show_unanswered(since: datetime | None, *, as_json: bool) -> Status:
    """Show the conversations in which the contact wrote last."""

    async def use(grinfi: Grinfi) -> Unanswered:
        return await grinfi.inbox.unanswered(since)

    found = with_client(use, share=SHARE)
    if as_json:
        coverage = found.coverage
        parts = {name: getattr(coverage, name) for name in ("messages", "senders", "requests", "left_out")}
        shown = {"since": coverage.since.isoformat(), **parts}
        write_json({"conversations": [it.to_dict() for it in found], "coverage": shown}, sys.stdout)
        return Status.DONE
    console = _console()
    for conversation in found:
        _print_conversation(console, conversation)
    count = len(found)
    console.print(f"{count:,} conversation{'' if count == 1 else 's'} to answer. {found.coverage}", style="dim")
    return Status.DONE


def watch(since: datetime | None, every: float, cursor: Path | None, *, as_json: bool) -> Status:
    """Show each new message once, until Ctrl-C, which is the normal end."""
    console = _console()

    async def use(grinfi: Grinfi) -> None:
        inbox = grinfi.inbox
        stored = cursor.read_text("utf-8") if cursor is not None and cursor.exists() else None
        first = since if stored is None else None
        while True:
            try:
                news = await inbox.new(stored, since=first)
            except AuthenticationError:
                raise
            except InvalidArgumentError as error:
                raise InvalidArgumentError(f"--{error.argument}", error.problem) from None
            except (APIStatusError, APIConnectionError, RateLimitWaitError) as error:
                say(f"grinfi: {error}; the next attempt is in {every:g} s")
            else:
                for message in news.messages:
                    if as_json:
                        print(json.dumps(message.to_dict(), ensure_ascii=False))
                    else:
                        _print_message(console, message)
                # The cursor is saved after the messages are shown: a crash in between shows them again, and loses none.
                sys.stdout.flush()
                stored, first = news.cursor, None
                if cursor is not None:
                    with replacing(cursor) as file:
                        file.write(stored.encode())
            await wait(every)

    with suppress(KeyboardInterrupt):
        with_client(use, share=SHARE)
    return Status.DONE


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False)


def _print_conversation(console: Console, conversation: Conversation) -> None:
    contact = conversation.contact
    work = [it for it in (contact and contact.position, contact and contact.company_name) if it]
    _print_head(console, conversation.last, ", ".join(work), _duration(conversation.waiting_since))
    names = [it.name for it in conversation.automations if it.name]
    way = f"{CHANNELS[conversation.channel]} with {name_of(conversation.sender)}"
    _print_line(console, "; ".join([way, *([f"automation {names[0]}"] if names else [])]), "dim")
    for message in conversation.messages[-MESSAGES_SHOWN:]:
        text = f"{'>' if message.incoming else '<'} {message.text or message.row.subject or ''}"
        _print_line(console, text, whole=message.id == conversation.last.id)
    console.print()


def _print_message(console: Console, message: Message) -> None:
    way = f"{CHANNELS[message.channel]} with {name_of(message.sender)}"
    _print_head(console, message, way, f"{message.at.astimezone():%d %b %H:%M}")
    _print_line(console, f"> {message.text or message.row.subject or ''}", whole=True)


def _print_head(console: Console, message: Message, about: str, when: str) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(expand=True, padding=(0, 1))
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    table.add_column(justify="right", no_wrap=True)
    table.add_row(Text.assemble((printable(name_of(message.contact)), "bold"), printable(about and f"  {about}")), when)
    console.print(table)


def _print_line(console: Console, text: str, style: str = "", *, whole: bool = False) -> None:
    from rich.padding import Padding
    from rich.text import Text

    shown = Text(printable(text)[:LONGEST], style, no_wrap=not whole, overflow="fold" if whole else "ellipsis")
    console.print(Padding(shown, (0, 0, 0, 2), expand=False))


def _duration(since: datetime) -> str:
    minutes = max(0, int((datetime.now(UTC) - since).total_seconds() // 60))
    if minutes < HOUR:
        return f"{minutes} min"
    return f"{minutes // HOUR} h" if minutes < DAYS_FROM * HOUR else f"{minutes // HOUR // 24} days"
