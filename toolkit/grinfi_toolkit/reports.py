"""Reports, from rows and counts that the API is known to get right."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from grinfi_async import Hooks, InvalidArgumentError, UnprocessableEntityError, observe
from grinfi_bulk.wording import counted as counted_as
from grinfi_support.flow_tree import objects_in

from .tables import Chart, Column, Record, Report, share

if TYPE_CHECKING:
    from grinfi_async import Grinfi

__all__ = ["Period", "Reports"]

Period = Literal["day", "week", "month"]
When = dt.date | dt.datetime
MOST_PERIODS: Final = 400
"""Periods of a report: each takes a request or several."""
MESSAGE: Final = re.compile(r"(linkedin|email|phone)_send_")
"""Tasks that reach a person; new types are named like this."""
ACTION: Final = re.compile(r"(linkedin|email|phone|custom)")
REQUEST: Final = "linkedin_send_connection_request"
SPLIT: Final = "rule_ab_test"
REPLIED: Final = "replied"
ACCEPTED: Final = "linkedin_connection_request_accepted"
NO_ACCEPTANCE: Final = "Acceptances are not in it: the API counts them by campaign; see the funnel."
LATE: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Reply:
    contact: str | None
    sender: str | None
    channel: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class _Step:
    """A task that was carried out."""

    contact: str | None
    node: int | None
    type: str
    at: dt.datetime
    branch: int | None


class Reports:
    """The reports of a client: `await grinfi.reports.senders(since)`.

    Figures come from tasks, messages and node statistics. The workspace metrics are not used: they have shown no
    replies at all and more acceptances than requests.
    """

    def __init__(self, grinfi: Grinfi) -> None:
        self._grinfi = grinfi

    async def senders(
        self, since: When, until: When | None = None, *, period: Period = "week", tz: str = "UTC"
    ) -> Report:
        """What each sender has sent in each period, and the replies.

        Takes a request for each type of messages in each period, and one for each 1,000 replies.

        Args:
            since: First day, or moment.
            until: Day after the last one; by default, now.
            period: A row for each "day", "week" (from Monday) or "month".
            tz: Time zone of the days, such as "Europe/Berlin".
        """
        with _Counted() as counted:
            periods = list(_periods(since, until, period, tz))
            first, last = periods[0].start, periods[-1].end
            names = await self._sender_names()
            types = sorted(type for type in await self._counts("type", first, last) if MESSAGE.match(type))
            sent: dict[tuple[str, str], Counter[str]] = {}
            for each in periods:
                for type in types:
                    counts = await self._counts("sender_profile_uuid", each.start, each.end, type=type)
                    for sender, count in counts.items():
                        sent.setdefault((each.label, sender), Counter())[type] += count
            for reply in await self._replies(first, last):
                label = next(each.label for each in periods if each.start <= reply.at < each.end)
                sent.setdefault((label, reply.sender or ""), Counter())[REPLIED] += 1
        records: list[Record] = [
            {
                "period": label,
                "sender": names.get(sender, sender or "no sender"),
                **{type: sent[label, sender][type] for type in types},
                REPLIED: sent[label, sender][REPLIED],
            }
            for label, sender in sorted(sent, key=lambda key: (key[0], names.get(key[1], key[1])))
        ]
        columns = [Column("period", period.title(), "text"), Column("sender", "Sender", "text")]
        columns += [Column(type, _title(type)) for type in types] + [Column(REPLIED, "Replies")]
        points = [{**it, "sent": sum(it[type] for type in types)} for it in records]
        return Report(
            title=f"Senders by {period}",
            columns=columns,
            records=records,
            requests=counted.requests,
            covers=f"{_range(first, last)}: tasks that were carried out, and messages and emails that came in.",
            leaves_out=[NO_ACCEPTANCE],
            chart=Chart("period", "sent", "sender"),
            points=points,
        )

    async def volume(
        self,
        since: When,
        until: When | None = None,
        *,
        period: Period = "day",
        tz: str = "UTC",
        flow_uuid: str | UUID | None = None,
    ) -> Report:
        """What was carried out in each period, by type. Takes one request for each period.

        Args:
            since: First day, or moment.
            until: Day after the last one; by default, now.
            period: A row for each "day", "week" or "month".
            tz: Time zone of the days.
            flow_uuid: Only this automation.
        """
        more = {} if flow_uuid is None else {"flow_uuid": str(flow_uuid)}
        with _Counted() as counted:
            periods = list(_periods(since, until, period, tz))
            counts = [await self._counts("type", each.start, each.end, **more) for each in periods]
        types = sorted({type for each in counts for type in each if ACTION.match(type)})
        records: list[Record] = [
            {"period": each.label, **{type: count.get(type, 0) for type in types}}
            for each, count in zip(periods, counts, strict=True)
        ]
        return Report(
            title=f"Volume by {period}",
            columns=[Column("period", period.title(), "text"), *(Column(type, _title(type)) for type in types)],
            records=records,
            requests=counted.requests,
            covers=f"{_range(periods[0].start, periods[-1].end)}, days of {tz}: tasks that were carried out.",
            leaves_out=["Timers, triggers and rules are not in it."],
            chart=Chart("period", "tasks", "type"),
            points=[
                {"period": it["period"], "type": _title(type), "tasks": it[type]} for it in records for type in types
            ],
        )

    async def funnel(
        self, flow_uuid: str | UUID, since: When | None = None, until: When | None = None, *, tz: str = "UTC"
    ) -> Report:
        """The steps of a campaign: how many contacts reached them, accepted and replied.

        Shares are of what the step has done, not of all contacts. Without `since`: the statistics of the nodes, which
        cover the life of the current version; three requests. With it: from tasks, activities and messages of the
        period, one request for each 1,000 of them; an acceptance counts for a request of the period, and a reply for
        the latest step before it.

        Args:
            flow_uuid: UUID of the automation.
            since: First day, or moment.
            until: Day after the last one; by default, now.
            tz: Time zone of the days.
        """
        if since is None and until is not None:
            raise InvalidArgumentError("until", "needs since; without it the funnel covers the life of the version")
        period = None if since is None else _bounds(since, until, tz)
        with _Counted() as counted:
            flow = await self._grinfi.automations.get(flow_uuid)
            nodes = [] if flow.flow_version_uuid is None else await self._nodes(flow.flow_version_uuid)
            if period is None:
                counts = await self._lifetime(flow_uuid, nodes)
                covers = "The life of the current version."
                leaves_out = ["Contacts of earlier versions are not in it."]
            else:
                counts = await self._in_period(str(flow_uuid), *period)
                covers = f"What was carried out {_range(*period)}, and what came of it until now."
                leaves_out = ["Replies are attributed to the latest step before them."]
                known = dict(nodes)
                if earlier := sum(count["closed"] for node, count in counts.items() if node not in known):
                    leaves_out.append(f"{counted_as(earlier, 'task')} at steps of earlier versions are not in it.")
        if flow.flow_version_uuid is None:
            leaves_out = ["The automation has no version, and so no steps."]
        records: list[Record] = []
        for number, (node, type) in enumerate(nodes, 1):
            count = counts.get(node, Counter())
            finished = count["closed"]
            records.append(
                {
                    "step": f"{number}. {_title(type)}",
                    "node": node,
                    "waiting": count["in_progress"] if period is None else None,
                    "done": finished,
                    "accepted": count["accepted"] if type == REQUEST else None,
                    "acceptance": share(count["accepted"], finished) if type == REQUEST else None,
                    "replied": count["replied"] if MESSAGE.match(type) else None,
                    "reply_rate": share(count["replied"], finished) if MESSAGE.match(type) else None,
                    "failed": count["failed"] if period is None else None,
                }
            )
        waiting = [Column("waiting", "Waiting"), Column("failed", "Failed")] if period is None else []
        return Report(
            title=f"Funnel of {flow.name or flow_uuid}",
            columns=[
                Column("step", "Step", "text"),
                Column("done", "Done"),
                Column("accepted", "Accepted"),
                Column("acceptance", "of done", "share"),
                Column("replied", "Replied"),
                Column("reply_rate", "of done", "share"),
                *waiting,
            ],
            records=records,
            requests=counted.requests,
            covers=covers,
            leaves_out=leaves_out,
            chart=Chart("step", "done"),
        )

    async def branches(
        self, flow_uuid: str | UUID, since: When, until: When | None = None, *, tz: str = "UTC"
    ) -> Report:
        """The branches of A/B tests in a campaign: contacts that went down each, and how many replied afterwards.

        Takes one request for each 1,000 tasks and replies of the period.

        Args:
            flow_uuid: UUID of the automation.
            since: First day, or moment.
            until: Day after the last one; by default, now.
            tz: Time zone of the days.
        """
        start, end = _bounds(since, until, tz)
        with _Counted() as counted:
            steps = [step async for step in self._steps(start, end, flow_uuid=str(flow_uuid)) if step.type == SPLIT]
            replies = await self._replies(start)
        latest: dict[str, dt.datetime] = {}
        for reply in replies:
            if reply.contact is None:
                continue
            latest[reply.contact] = max(reply.at, latest.get(reply.contact, reply.at))
        groups: dict[tuple[int | None, int | None], dict[str, bool]] = {}
        for step in steps:
            if step.contact is None:
                continue
            replied = step.contact in latest and latest[step.contact] >= step.at
            groups.setdefault((step.node, step.branch), {})[step.contact] = replied
        records: list[Record] = [
            {
                "branch": f"test {node}, branch {'?' if branch is None else branch}",
                "contacts": len(contacts),
                "replied": sum(contacts.values()),
                "reply_rate": share(sum(contacts.values()), len(contacts)),
            }
            for (node, branch), contacts in sorted(
                groups.items(), key=lambda it: (it[0][0] or 0, str(it[0][1]).zfill(9))
            )
        ]
        return Report(
            title="Branches of A/B tests",
            columns=[
                Column("branch", "Branch", "text"),
                Column("contacts", "Contacts"),
                Column("replied", "Replied"),
                Column("reply_rate", "of contacts", "share"),
            ],
            records=records,
            requests=counted.requests,
            covers=f"Contacts that came to a test {_range(start, end)}, and their replies until now.",
            leaves_out=["Whether a difference is more than chance is not said: look at the number of contacts."],
            chart=Chart("branch", "reply_rate"),
        )

    async def failed_tasks(self, *, flow_uuid: str | UUID | None = None) -> Report:
        """Failed tasks by their error, and which can be tried again. One request, or one for each 1,000 of them.

        Tasks that a reply has cancelled are not failed, and never among them.

        Args:
            flow_uuid: Only this automation.
        """
        filter: dict[str, Any] = {"status": "failed"}
        if flow_uuid is not None:
            filter["flow_uuid"] = str(flow_uuid)
        with _Counted() as counted:
            try:
                counts = dict(await self._grinfi.tasks.group_counts(group_field="automation_error_code", filter=filter))
            except UnprocessableEntityError:  # the description does not have this group
                tasks = self._grinfi.tasks.list(filter=filter).without_result_window()
                counts = Counter([task.automation_error_code or "" async for task in tasks])
        records: list[Record] = [
            {
                "error": code or "(none)",
                "tasks": count,
                "retry": "no: the contact replied" if code == REPLIED else "yes",
            }
            for code, count in sorted(counts.items(), key=lambda it: -it[1])
        ]
        return Report(
            title="Failed tasks by error",
            columns=[
                Column("error", "Error", "text"),
                Column("tasks", "Tasks"),
                Column("retry", "Can be retried", "text"),
            ],
            records=records,
            requests=counted.requests,
            covers="Tasks with the status failed, of all time.",
            leaves_out=["`grinfi tasks retry` tries again, and reads each task first."],
            chart=Chart("error", "tasks", is_ordered=False),
        )

    async def stages(self) -> Report:
        """How many contacts are in each pipeline stage. One request for each stage, and one for their names."""
        with _Counted() as counted:
            stages = [each async for each in self._grinfi.pipeline_stages.list(filter={"object": "lead"})]
            records: list[Record] = []
            for stage in stages:
                page = await self._grinfi.contacts.search(filter={"pipeline_stage_uuid": stage.uuid}, limit=1)
                records.append({"stage": stage.name or stage.uuid, "contacts": page.total})
        counts = [record["contacts"] for record in records]
        whole = None if None in counts else sum(counts)  # a share of what is unknown is unknown
        for record in records:
            record["share"] = share(record["contacts"], whole)
        return Report(
            title="Contacts by stage",
            columns=[
                Column("stage", "Stage", "text"),
                Column("contacts", "Contacts"),
                Column("share", "Share", "share"),
            ],
            records=records,
            requests=counted.requests,
            covers="All contacts of the team, now.",
            leaves_out=["Contacts without a stage are not in it."],
            chart=Chart("stage", "contacts"),
        )

    async def sender_health(self) -> Report:
        """Which senders can send: the state of their browser and mailbox, their limit, and their queue.

        The `status` of a sender profile is not looked at: it says disabled for seats that do send. A sender is ready
        if one of its channels is. Takes one request for each 1,000 senders, browsers and mailboxes, and two counts.
        """
        with _Counted() as counted:
            senders = [each async for each in self._grinfi.sender_profiles.list()]
            browsers = {each.id: each async for each in self._grinfi.linkedin_browsers.list()}
            mailboxes = {each.uuid: each async for each in self._grinfi.mailboxes.list()}
            queued, failed = [
                await self._grinfi.tasks.group_counts(group_field="sender_profile_uuid", filter={"status": status})
                for status in ("in_progress", "failed")
            ]
        records: list[Record] = []
        for sender in senders:
            browser = browsers.get(sender.linkedin_browser_id or -1)
            mailbox = mailboxes.get(sender.mailbox_uuid or "")
            # Programs that work with the live service read `send_status`, which the description does not have.
            sends = None if mailbox is None else mailbox.to_dict().get("send_status", mailbox.status)
            linkedin = None if browser is None else browser.status
            records.append(
                {
                    "sender": _name(sender) or sender.uuid,
                    "linkedin": linkedin or "none",
                    "mailbox": sends or "none",
                    "ready": "yes" if "active" in (linkedin, sends) else "no",
                    "emails_a_day": None if mailbox is None else mailbox.automation_daily_limit,
                    "queued": queued.get(sender.uuid, 0),
                    "failed": failed.get(sender.uuid, 0),
                }
            )
        return Report(
            title="Health of senders",
            columns=[
                Column("sender", "Sender", "text"),
                Column("linkedin", "LinkedIn", "text"),
                Column("mailbox", "Mailbox", "text"),
                Column("ready", "Ready", "text"),
                Column("emails_a_day", "Emails a day"),
                Column("queued", "Queued"),
                Column("failed", "Failed"),
            ],
            records=records,
            requests=counted.requests,
            covers="All senders of the team, now; failed tasks are of all time.",
            leaves_out=["Limits of LinkedIn are not published by the API."],
            chart=Chart("sender", "queued", is_ordered=False),
        )

    # -- what is read --------------------------------------------------------------------------------------------------

    async def _counts(
        self, group: Literal["type", "sender_profile_uuid"], start: dt.datetime, end: dt.datetime, **more: str
    ) -> dict[str, int]:
        filter = {"status": "closed", "executed_at": _between(start, end), **more}
        return dict(await self._grinfi.tasks.group_counts(group_field=group, filter=filter))

    async def _sender_names(self) -> dict[str, str]:
        return {each.uuid: _name(each) or each.uuid async for each in self._grinfi.sender_profiles.list()}

    async def _nodes(self, version_uuid: str) -> list[tuple[int, str]]:
        """Id and type of the nodes of a version that do something, from its start on."""
        version = (await self._grinfi.flow_versions.get(version_uuid)).to_dict()
        nodes = {
            number: node for node in objects_in(version.get("nodes")) if (number := _id(node.get("id"))) is not None
        }
        starts = [_id(source.get("after_id")) for source in objects_in(version.get("contact_sources"))]
        order: dict[int, str] = {}
        waiting = [start for start in starts if start is not None and start in nodes] or [*nodes][:1]
        while waiting:
            node_id = waiting.pop(0)
            if node_id in nodes and node_id not in order:
                order[node_id] = str(nodes[node_id].get("type"))
                waiting += [_id(edge.get("node_id")) or 0 for edge in objects_in(nodes[node_id].get("after"))]
        return [(node_id, type) for node_id, type in order.items() if ACTION.match(type)]

    async def _lifetime(
        self, flow_uuid: str | UUID, nodes: Sequence[tuple[int, str]]
    ) -> dict[int | None, Counter[str]]:
        if not nodes:
            return {}
        statistics = await self._grinfi.automations.node_statistics(flow_uuid, node_ids=[node for node, _ in nodes])
        return {
            _id(node): Counter({**(each.node_statuses or {}), **(each.node_conversions or {})})
            for node, each in statistics.items()
        }

    async def _in_period(self, flow_uuid: str, start: dt.datetime, end: dt.datetime) -> dict[int | None, Counter[str]]:
        counts: dict[int | None, Counter[str]] = {}
        steps: dict[str | None, list[_Step]] = {}
        async for step in self._steps(start, end, flow_uuid=flow_uuid):
            if step.node is not None and ACTION.match(step.type):
                counts.setdefault(step.node, Counter())["closed"] += 1
                steps.setdefault(step.contact, []).append(step)
        accepted = (
            await self._acceptances(start) if any(it.type == REQUEST for each in steps.values() for it in each) else {}
        )
        replied: dict[str, dt.datetime] = {}
        for reply in await self._replies(start):
            if reply.contact and any(step.at <= reply.at for step in steps.get(reply.contact, ())):
                replied[reply.contact] = min(reply.at, replied.get(reply.contact, reply.at))
        for contact, done in steps.items():
            if contact is None:
                continue
            for step in done:
                if step.type == REQUEST and any(at >= step.at for at in accepted.get(contact, ())):
                    counts[step.node]["accepted"] += 1
            if contact in replied:
                before = [step for step in done if step.at <= replied[contact] and MESSAGE.match(step.type)]
                if before:
                    counts[max(before, key=lambda step: step.at).node]["replied"] += 1
        return counts

    async def _steps(self, start: dt.datetime, end: dt.datetime, **more: str) -> AsyncIterator[_Step]:
        """Tasks that were carried out in a period, each once."""
        tasks = self._grinfi.tasks.list(filter={"status": "closed", "executed_at": _between(start, end), **more})
        seen: set[str] = set()
        async for task in tasks.without_result_window():
            at = task.executed_at
            if task.uuid in seen or at is None or not start <= at < end:
                continue
            if task.status not in (None, "closed") or more.get("flow_uuid") not in (
                None,
                task.flow_uuid or more["flow_uuid"],
            ):
                continue
            seen.add(task.uuid)
            contact = getattr(task, "lead_uuid", None)
            yield _Step(contact, _id(task.flow_node_id), task.type or "", at, task.fork_result)

    async def _acceptances(self, start: dt.datetime) -> dict[str, list[dt.datetime]]:
        found: dict[str, list[dt.datetime]] = {}
        filter = {"type": ACCEPTED, "created_at": {">=": start}}
        async for activity in self._grinfi.activities.list(filter=filter):
            found.setdefault(activity.object_uuid, []).append(activity.created_at)
        return found

    async def _replies(self, start: dt.datetime, end: dt.datetime | None = None) -> list[_Reply]:
        """What contacts have written in a period, or since its start: rows, newest first, down to it."""
        found: list[_Reply] = []
        for channel, resource in (("LinkedIn", self._grinfi.linkedin_messages), ("email", self._grinfi.emails)):
            rows: Any = resource.list(filter={"type": "inbox"}, order_field="created_at", order_type="desc")
            seen: set[str] = set()
            async for row in rows:
                created = getattr(row, "created_at", None)
                if created is not None and created < start - LATE:  # what came in late has an earlier time of its own
                    break
                at = row.sent_at or created
                if row.uuid in seen or row.type not in (None, "inbox") or at is None:
                    continue
                if start <= at and (end is None or at < end):
                    seen.add(row.uuid)
                    found.append(_Reply(getattr(row, "lead_uuid", None), row.sender_profile_uuid, channel, at))
        return found


@dataclass(frozen=True, slots=True)
class _Span:
    label: str
    start: dt.datetime
    end: dt.datetime


def _periods(since: When, until: When | None, period: Period, tz: str) -> Iterator[_Span]:
    """The periods of a report in a time zone, where a day can have 23 or 25 hours."""
    if period not in ("day", "week", "month"):
        raise InvalidArgumentError("period", f'must be "day", "week" or "month", not {period!r}')
    zone = _zone(tz)
    start, end = (moment.astimezone(zone) for moment in _bounds(since, until, tz))
    for number in range(MOST_PERIODS + 1):
        if start >= end:
            return
        if number == MOST_PERIODS:
            raise InvalidArgumentError("since", f"gives more than {MOST_PERIODS} periods; choose a longer period")
        day = start.date()
        if period == "day":
            following, label = day + dt.timedelta(days=1), f"{day:%Y-%m-%d}"
        elif period == "week":
            following, label = day + dt.timedelta(days=7 - day.weekday()), f"{day:%G-W%V}"
        else:
            following, label = (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1), f"{day:%Y-%m}"
        over = min(end, _moment("until", following, zone))
        yield _Span(label, start.astimezone(dt.UTC), over.astimezone(dt.UTC))
        start = over


def _zone(tz: str) -> ZoneInfo:
    try:
        return ZoneInfo(tz)
    except (ZoneInfoNotFoundError, ValueError, OSError, TypeError) as error:
        raise InvalidArgumentError("tz", f"there is no time zone {tz!r}; write one such as Europe/Berlin") from error


def _bounds(since: When, until: When | None, tz: str) -> tuple[dt.datetime, dt.datetime]:
    """From when until when, in UTC."""
    zone = _zone(tz)
    start, end = _moment("since", since, zone), _now() if until is None else _moment("until", until, zone)
    if start.astimezone(dt.UTC) >= end.astimezone(dt.UTC):
        raise InvalidArgumentError("since", f"must be before until ({end.astimezone(zone):%Y-%m-%d %H:%M})")
    return start.astimezone(dt.UTC), end.astimezone(dt.UTC)


def _moment(name: str, when: Any, zone: dt.tzinfo) -> dt.datetime:
    if not isinstance(when, dt.date):
        raise InvalidArgumentError(name, f"must be a date or a datetime, not {when!r}")
    if when.year in (dt.MINYEAR, dt.MAXYEAR):
        raise InvalidArgumentError(name, f"is out of range: {when}")
    if not isinstance(when, dt.datetime):
        return dt.datetime.combine(when, dt.time(), zone)
    return when.replace(tzinfo=zone) if when.tzinfo is None else when.astimezone(zone)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _between(start: dt.datetime, end: dt.datetime) -> dict[str, dt.datetime]:
    return {">=": start, "<": end}


def _range(start: dt.datetime, end: dt.datetime) -> str:
    return f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"


def _id(value: object) -> int | None:
    """The id of a node, which is a number in some answers and a text in others."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() else None


def _name(sender: Any) -> str:
    return " ".join(part for part in (sender.first_name, sender.last_name) if part)


def _title(type: str) -> str:
    """A type of tasks for a person: `linkedin_send_message` is "LinkedIn message"."""
    words = type.replace("_send_", "_").replace("linkedin", "LinkedIn").replace("_", " ")
    return words[:1].upper() + words[1:]


class _Counted:
    """Counts the requests that are made within it."""

    def __init__(self) -> None:
        self.requests = 0
        self._observed = observe(Hooks(before_attempt=self._count))

    def _count(self, _: object) -> None:
        self.requests += 1

    def __enter__(self) -> _Counted:
        self._observed.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._observed.__exit__(*error)
