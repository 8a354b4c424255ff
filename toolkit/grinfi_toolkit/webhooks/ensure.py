"""Setting up webhooks: create, update and remove them to match a wanted state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast
from urllib.parse import urlsplit

from grinfi_async import OPERATIONS, Grinfi, GrinfiError, InvalidArgumentError, Webhook

from .events import EventName, checked

__all__ = ["WantedWebhook", "WebhookChanges", "ensure_webhooks"]

DEFAULTS: Final[Mapping[str, Any]] = {"request_method": "POST", "status": "on"}
"""Value of a field that the server does not show."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WantedWebhook:
    """A wanted webhook for each of some events.

    Attributes:
        target_url: URL that receives the events.
        events: The events.
        name: Name of the webhook; by default the event.
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
    """The changes of `ensure_webhooks`; with `dry_run`, those that it would make. `print` it.

    Attributes:
        created: The fields of each new webhook.
        updated: The webhooks that changed, as they were, with their new fields.
        removed: The webhooks that were deleted.
        kept: The webhooks that already matched.
        unseen: Changes that the list of webhooks did not show afterwards.
    """

    created: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    updated: list[tuple[Webhook, dict[str, Any]]] = field(default_factory=list[tuple[Webhook, dict[str, Any]]])
    removed: list[Webhook] = field(default_factory=list[Webhook])
    kept: list[Webhook] = field(default_factory=list[Webhook])
    unseen: list[str] = field(default_factory=list[str])

    def __bool__(self) -> bool:
        """Whether there are any changes."""
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
    """Create, update and remove webhooks to match the wanted ones. A second run changes nothing.

    It takes one request to read the webhooks (one more for each 100, if the server pages them), one for each change,
    and one to check the result.

    Args:
        grinfi: The client.
        wanted: The wanted webhooks.
        under: URL of this program, such as `https://you.example/grinfi`: other webhooks whose target is below it are
            removed. By default only webhooks whose target is exactly a wanted URL may be changed or removed.
        dry_run: Change nothing; return the changes that would be made.

    Raises:
        InvalidArgumentError: A wanted URL is not below `under`, `under` is not a URL, or an event is unknown.
        GrinfiError: The server does not show all webhooks, or a request failed; a note lists the changes made.
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
    """The webhooks that may be changed or removed."""
    page = await grinfi.webhooks.list()
    found = {each.uuid: each for each in page.data}
    path, total, more = OPERATIONS["listWebhooks"].path, page.total or 0, page.has_more
    while more or total > len(found):  # paging is not documented for this list; the usual parameters may work
        answer = await grinfi.request("GET", path, params={"limit": 100, "offset": len(found)})
        rows = [Webhook.from_dict(row) for row in cast("list[dict[str, Any]]", answer["data"])]
        new, more = {each.uuid: each for each in rows if each.uuid not in found}, answer.get("has_more")
        if not new:
            raise GrinfiError(f"The server shows only {len(found)} of its webhooks, so they cannot be compared.")
        found |= new
    urls_of = [(each, each.target_url or "") for each in found.values()]
    return [each for each, url in urls_of if url in urls or (under is not None and _is_below(url, under))]


def _changes(rows: list[dict[str, Any]], own: list[Webhook]) -> WebhookChanges:
    """Pair wanted webhooks with existing ones: first equal ones, then by URL and event, then by event."""
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
    """The fields with other values than wanted. In `filters`, the server may show more than was sent."""
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
