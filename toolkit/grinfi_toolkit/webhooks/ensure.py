"""Registrations of webhooks: what is set becomes what is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast
from urllib.parse import urlsplit

from grinfi_async import OPERATIONS, Grinfi, GrinfiError, InvalidArgumentError, Webhook

from .events import EventName, checked

__all__ = ["WantedWebhook", "WebhookChanges", "ensure_webhooks"]

DEFAULTS: Final[Mapping[str, Any]] = {"request_method": "POST", "status": "on"}
"""What the server means by a field that it does not show."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WantedWebhook:
    """A webhook for each of some events.

    Attributes:
        target_url: Where they are sent to.
        events: The events.
        name: What it is called; by default as its event.
        filters: Conditions on contacts, as `grinfi.webhooks.create` takes them; None takes all.
        request_method: HTTP method of the deliveries.
        on: Whether events are sent.
    """

    target_url: str
    events: Sequence[EventName]
    name: str | None = None
    filters: Mapping[str, Any] | None = None
    request_method: str = "POST"
    on: bool = True

    def _each(self) -> list[dict[str, Any]]:
        """The fields of each webhook."""
        more = {"filters": self.filters, "request_method": self.request_method, "status": "on" if self.on else "off"}
        return [
            {"name": self.name or event, "event": event, "target_url": self.target_url, **more}
            for event in dict.fromkeys(self.events)
        ]


@dataclass(slots=True)
class WebhookChanges:
    """What `ensure_webhooks` did, or with `dry_run` would do. `str()` of it is for people.

    Attributes:
        created: The fields of each new webhook.
        updated: The webhooks that changed, as they were, with their new fields.
        removed: The webhooks that were deleted.
        kept: The webhooks that were as wanted.
        unseen: What the list of webhooks did not show afterwards; empty if all is as wanted.
    """

    created: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    updated: list[tuple[Webhook, dict[str, Any]]] = field(default_factory=list[tuple[Webhook, dict[str, Any]]])
    removed: list[Webhook] = field(default_factory=list[Webhook])
    kept: list[Webhook] = field(default_factory=list[Webhook])
    unseen: list[str] = field(default_factory=list[str])

    def __bool__(self) -> bool:
        """Whether anything is to be changed."""
        return bool(self.created or self.updated or self.removed)

    def __str__(self) -> str:
        lines = [f"create  {it['event']}  {_shown(it['target_url'])}" for it in self.created]
        lines += [f"update  {it.event}  {it.uuid}  {', '.join(fields)}" for it, fields in self.updated]
        lines += [f"remove  {it.event}  {it.uuid}  {_shown(it.target_url)}" for it in self.removed]
        lines += [f"keep    {it.event}  {it.uuid}" for it in self.kept]
        return "\n".join([*lines, *(f"unseen  {it}" for it in self.unseen)]) or "no webhooks"


async def ensure_webhooks(
    grinfi: Grinfi, wanted: Iterable[WantedWebhook], *, under: str | None = None, dry_run: bool = False
) -> WebhookChanges:
    """Create, update and remove webhooks, so that what is set is what is wanted. A second run changes nothing.

    It takes one request to read the webhooks (one more for each 100, if the server shows a part), one for each change,
    and one to see what came of them.

    Args:
        grinfi: The client.
        wanted: The webhooks that there should be.
        under: URL below which webhooks are this program's, such as `https://you.example/grinfi`: those that are not
            wanted are removed. By default only webhooks with exactly a wanted URL are its own.
        dry_run: Change nothing; return what would be done.

    Raises:
        InvalidArgumentError: A wanted URL is not below `under`, `under` is not a URL, or an event is unknown.
        GrinfiError: The server does not show all webhooks, or a request failed; a note says what had been done.
    """
    rows = [row for each in wanted for row in each._each()]  # pyright: ignore[reportPrivateUsage]
    if under is not None and not urlsplit(under).netloc:
        raise InvalidArgumentError("under", f"expected a URL such as https://you.example/grinfi, got {under!r}")
    checked("events", [row["event"] for row in rows])
    for row in rows:
        if under is not None and not _is_below(row["target_url"], under):
            raise InvalidArgumentError("wanted", f"{_shown(row['target_url'])} is not below under={under!r}")
    urls = {row["target_url"] for row in rows}
    changes = _changes(rows, await _own(grinfi, urls, under))
    if dry_run or not changes:
        return changes
    done = WebhookChanges(kept=changes.kept)
    try:
        for row in changes.created:
            await grinfi.webhooks.create(**row)
            done.created.append(row)
        for webhook, fields in changes.updated:
            await grinfi.webhooks.update(webhook.uuid, **fields)
            done.updated.append((webhook, fields))
        for webhook in changes.removed:  # last, so that no event is missed in between
            await grinfi.webhooks.delete(webhook.uuid)
            done.removed.append(webhook)
        rest = _changes(rows, await _own(grinfi, urls, under))
    except GrinfiError as error:
        error.add_note(f"ensure_webhooks had done: {str(done).replace(chr(10), '; ')}.")
        raise
    done.unseen = [line for line in str(rest).splitlines() if rest and not line.startswith("keep")]
    return done


async def _own(grinfi: Grinfi, urls: set[str], under: str | None) -> list[Webhook]:
    """The webhooks that may be touched."""
    page = await grinfi.webhooks.list()
    found = {each.uuid: each for each in page.data}
    path, total, more = OPERATIONS["listWebhooks"].path, page.total or 0, page.has_more
    while more or total > len(found):  # the description has no way to ask for the others; the usual one may work
        answer = await grinfi.request("GET", path, params={"limit": 100, "offset": len(found)})
        rows = [Webhook.from_dict(row) for row in cast("list[dict[str, Any]]", answer["data"])]
        new, more = {each.uuid: each for each in rows if each.uuid not in found}, answer.get("has_more")
        if not new:
            raise GrinfiError(f"The server shows only {len(found)} of its webhooks, so that nothing can be compared.")
        found |= new
    urls_of = [(each, each.target_url or "") for each in found.values()]
    return [each for each, url in urls_of if url in urls or (under is not None and _is_below(url, under))]


def _changes(rows: list[dict[str, Any]], own: list[Webhook]) -> WebhookChanges:
    """Pair what is wanted with what is there: first what is equal, then by URL and event, then by event."""
    changes = WebhookChanges()
    missing, spare = list(rows), list(own)
    for alike in (rows[0].keys() if rows else (), ("event", "target_url"), ("event",)):
        for row in list(missing):
            found = next((it for it in spare if not _different(it, {name: row[name] for name in alike})), None)
            if found is None:
                continue
            missing.remove(row)
            spare.remove(found)
            fields = _different(found, row)
            if fields:
                changes.updated.append((found, fields))
            else:
                changes.kept.append(found)
    changes.created, changes.removed = missing, spare
    return changes


def _different(webhook: Webhook, row: dict[str, Any]) -> dict[str, Any]:
    """The fields that are not as wanted. Of filters, the server may show more than was sent."""
    different: dict[str, Any] = {}
    for name, value in row.items():
        shown = getattr(webhook, name, None)
        shown = DEFAULTS.get(name) if shown is None else shown
        if name == "filters" and value and shown:
            shown = {key: shown.get(key) for key in value}
        if (value or None) != (shown or None):
            different[name] = value
    return different


def _is_below(url: str, prefix: str) -> bool:
    """Whether a URL is this one or below it, part by part: https://a.example is not the start of https://a.example.org."""
    of, above = urlsplit(url), urlsplit(prefix)
    path = above.path.rstrip("/")
    inside = of.path == path or of.path.startswith(f"{path}/")
    return (of.scheme, of.netloc.lower()) == (above.scheme, above.netloc.lower()) and inside


def _shown(url: str | None) -> str:
    """A URL without its last part, which may be the secret."""
    head, _, last = (url or "").rpartition("/")
    return f"{head}/…" if last and head.count("/") > 2 else url or ""
