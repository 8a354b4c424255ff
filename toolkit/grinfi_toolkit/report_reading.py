"""Reading for reports: counts, rows and statistics, with their cost; and periods in a time zone."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Final, Literal, TypeVar, get_args
from uuid import UUID

from grinfi_async import (
    AsyncPaginator,
    Automation,
    Email,
    FlowNode,
    Grinfi,
    Hooks,
    InvalidArgumentError,
    RequestEvent,
    ResultWindowError,
    UnprocessableEntityError,
    observe,
)  # fmt: skip
from grinfi_overrides.filters.days import start_of_day

from .report_tables import Chart, Report, columns, ratio

__all__ = [
    "AB_TEST", "EMAIL", "REQUEST", "SENT", "By", "Run", "Span", "Step", "few", "making", "period_text",
    "reaches", "short_day", "span_of", "spans_of", "steps_behind", "title_of", "true_share", "utc_text", "ways_of",
]  # fmt: skip

RowT = TypeVar("RowT")
By = Literal["day", "week", "month"]
Counts = Mapping[str, int]
Event = tuple[str, bool, datetime]
"""Contact, whether by email, and time of an answer."""

LATEST: Final[Mapping[By, int]] = {"day": 14, "week": 4, "month": 3}
"""Default number of periods of a report."""
MOST_PERIODS: Final = 62
MOST_REQUESTS: Final = 20
"""Most requests to read one list; longer lists are left out."""
# A server may ignore a condition silently, and a report would then show the figures of all time under a date. So each
# way of filtering by time is probed first, with a day on which nothing can have happened:
#
#   count on 1970-01-01 = 0    the server obeys times: count each period
#   count on 1970-01-01 > 0    it ignores them: derive the figures from rows, or leave them out and say so
NOTHING_YET: Final = {">=": "1970-01-01T00:00:00Z", "<": "1970-01-02T00:00:00Z"}
"""A day on which nothing can have happened."""

REQUEST: Final = "linkedin_send_connection_request"
EMAIL: Final = "email_send_message"
SENT: Final = {
    REQUEST: ("connection_requests", "Connection requests"),
    "linkedin_send_message": ("messages", "LinkedIn messages"),
    "linkedin_send_inmail": ("inmails", "InMails"),
    EMAIL: ("emails", "Emails"),
}
"""Type of a task -> column and title."""
OTHER_TITLES: Final = {"linkedin_visit_profile": "Profile visits", "linkedin_like_latest_post": "Likes"}
SILENT: Final = ("util_", "trigger_", "rule_", "ai_rule_", "gs_", "end", "custom", "email_search_")
"""Beginnings of types of steps that do not reach a person."""
AB_TEST: Final = "rule_ab_test"
CERTAINTY: Final = 1.96
"""Standard deviations on both sides of a share that make a 95 % confidence interval."""


@dataclass(slots=True)
class Step:
    """Figures of a step: tasks by status, contacts by outcome (None if unknown) and by branch."""

    statuses: Counter[str] = field(default_factory=Counter[str])
    outcomes: dict[str, int | None] = field(default_factory=lambda: {"accepted": None, "replied": None})
    branches: Counter[str] = field(default_factory=Counter[str])

    def came(self, outcome: str) -> int | None:
        return self.outcomes.get(outcome, 0)


class Run:
    """A report in progress: its requests so far, and the notes on what is left out."""

    def __init__(self, grinfi: Grinfi) -> None:
        self.grinfi = grinfi
        self.requests = 0
        self.left: list[str] = []
        self._obeyed: dict[str, bool] = {}

    def sent(self, event: RequestEvent) -> None:
        self.requests += 1

    def report(
        self, title: str, titles: Mapping[str, str], records: Sequence[Mapping[str, Any]], covers: str, *charts: Chart
    ) -> Report:
        return Report(
            title=title, columns=columns(titles), records=records, requests=self.requests, covers=covers,
            leaves_out=self.left, charts=charts,
        )  # fmt: skip

    async def count(self, resource: str, by: str, conditions: Mapping[str, Any]) -> Counts:
        counts: Counts = await getattr(self.grinfi, resource).group_counts(group_field=by, filter=dict(conditions))
        return counts

    async def count_if_it_can(self, resource: str, by: str, conditions: Mapping[str, Any]) -> Counts | None:
        """Count by a field that the API description does not have; None if the server refuses it."""
        try:
            return await self.count(resource, by, conditions)
        except UnprocessableEntityError:
            self.left.append(f"The server does not count {resource} by {by}.")
            return None

    async def by_period(
        self,
        resource: Literal["tasks", "linkedin_messages"],
        spans: Sequence[Span],
        by: str,
        conditions: dict[str, Any],
    ) -> Counter[tuple[str, str]] | None:
        """Counts by period and value; None if the server ignores times."""
        at = "executed_at" if resource == "tasks" else "sent_at"
        if resource not in self._obeyed:
            self._obeyed[resource] = not any((await self.count(resource, "status", {at: NOTHING_YET})).values())
            if not self._obeyed[resource]:
                self.left.append(f"The server ignores {at} when it counts {resource}; these counts are left out.")
        if not self._obeyed[resource]:
            return None
        found = Counter[tuple[str, str]]()
        for span in spans:
            for value, count in (await self.count(resource, by, {**conditions, at: span.filter})).items():
                found[span.name, value] = count
        return found

    async def read(
        self, rows: AsyncPaginator[RowT], what: str, until: Callable[[RowT], bool] | None = None
    ) -> list[RowT] | None:
        """All rows, or the pages up to the first whose last row meets `until`; None if that takes too many requests."""
        found: list[RowT] = []
        start = self.requests
        try:
            async for page in rows.pages():
                found += page
                if until is not None and page.data and until(page.data[-1]):
                    break
                if self.requests - start >= MOST_REQUESTS and page.has_more is not False:
                    raise ResultWindowError("there are more pages than a report reads")
        except ResultWindowError:
            self.left.append(f"There are more {what} than {MOST_REQUESTS} requests read; {what} are left out.")
            return None
        return found

    async def emails_received(self, start: datetime, end: datetime | None) -> list[Email] | None:
        """Emails from contacts."""
        times = {">=": utc_text(start)} | ({} if end is None else {"<": utc_text(end)})
        rows = await self.read(self.grinfi.emails.list(filter={"type": "inbox", "sent_at": times}), "emails")
        return rows and [it for it in rows if it.type == "inbox" and it.to_dict().get("lead_uuid")]

    async def nodes(self, flow_uuid: str | UUID) -> tuple[Automation, list[FlowNode]]:
        """An automation, and the steps of its current version in the order in which contacts reach them."""
        flow = await self.grinfi.automations.get(flow_uuid)
        if not flow.flow_version_uuid:
            return flow, []
        nodes = (await self.grinfi.flow_versions.get(flow.flow_version_uuid)).nodes or []
        by_id = {node.id: node for node in nodes}
        targets = {target for node in nodes for _, target in ways_of(node)}
        queue = [node.id for node in nodes if node.id not in targets]
        for number in queue:  # which grows in the loop: a breadth-first search
            queue += [it for _, it in sorted(ways_of(by_id[number])) if it in by_id and it not in queue]
        return flow, [by_id[number] for number in queue]

    async def steps(self, flow: Automation, nodes: Sequence[FlowNode], span: Span | None) -> dict[int, Step]:
        """Figures of these steps; with a period from statistics if the server obeys it, otherwise from rows."""
        ids = [node.id for node in nodes]
        if not ids:
            return {}
        if span is None:
            return await self._statistics(flow, ids, {})
        probe = await self._statistics(flow, ids, {"filter": {"executed_at": NOTHING_YET}})
        if not any(step.statuses.total() for step in probe.values()):
            return await self._statistics(flow, ids, {"filter": {"executed_at": span.filter}})
        self.left.append("The server's statistics ignore the period: figures are derived from rows.")
        return await self._from_rows(flow, nodes, span)

    async def _statistics(self, flow: Automation, ids: Sequence[int], options: dict[str, Any]) -> dict[int, Step]:
        found = await self.grinfi.automations.node_statistics(flow.uuid, node_ids=ids, **options)
        return {
            number: Step(_whole(it.node_statuses), dict(_whole(it.node_conversions)), _whole(it.node_branches))
            for number, it in found.items()
        }

    async def _from_rows(self, flow: Automation, nodes: Sequence[FlowNode], span: Span) -> dict[int, Step]:
        """Tasks of the period, and the answers of their contacts."""
        # An answer counts for the last step that was sent to the contact, in the same channel, before it came:
        #
        #   step 1 sent 1 May    step 2 sent 4 May    answer 5 May -> step 2
        #
        # and an acceptance for the last connection request. Each contact counts once for a step.
        kinds = sorted({node.type for node in nodes})
        requests = {node.id for node in nodes if node.type == REQUEST}
        conditions = {"flow_uuid": flow.uuid, "type": kinds, "executed_at": span.filter}
        tasks = await self.read(self.grinfi.tasks.list(filter=conditions), "tasks")
        steps = {node.id: Step() for node in nodes}
        if tasks is None:
            for node in nodes:
                of_step = {"flow_uuid": flow.uuid, "flow_node_id": node.id, "executed_at": span.filter}
                steps[node.id].statuses.update(await self.count("tasks", "status", of_step))
            return steps
        sent: dict[tuple[str, bool], list[tuple[datetime, int]]] = defaultdict(list)
        for task in tasks:
            at, number = task.executed_at, task.flow_node_id
            if task.flow_uuid != flow.uuid or at is None or not span.start <= at < span.end or number not in steps:
                continue
            steps[number].statuses[task.status or "unknown"] += 1
            if task.status == "closed" and task.lead_uuid:
                sent[task.lead_uuid, task.type == EMAIL].append((at, number))
        for outcome, rows in (("replied", await self._answers(span)), ("accepted", await self._accepted(span))):
            came = set[tuple[int, str]]()
            for contact, is_email, at in rows or ():
                before = [it for it in sent.get((contact, is_email), ()) if it[0] <= at]
                if outcome == "accepted":
                    before = [it for it in before if it[1] in requests]
                if before:
                    came.add((max(before)[1], contact))
            for number, step in steps.items():
                step.outcomes[outcome] = None if rows is None else sum(it == number for it, _ in came)
        return steps

    async def _answers(self, span: Span) -> list[Event] | None:
        """Messages and emails from contacts since the period began."""
        messages = await self.read(
            self.grinfi.linkedin_messages.list(filter={"type": "inbox"}, order_type="desc"),
            "LinkedIn messages",
            lambda it: it.created_at < span.start,
        )
        emails = await self.emails_received(span.start, None)
        if messages is None or emails is None:
            return None
        found = [(it.lead_uuid, False, it.sent_at or it.created_at) for it in messages if it.type == "inbox"]
        return found + [(str(it.lead_uuid), True, it.sent_at or it.created_at) for it in emails]

    async def _accepted(self, span: Span) -> list[Event] | None:
        """Accepted connection requests since the period began; None if the server does not record them."""
        conditions = {"type": "linkedin_connection_request_accepted", "created_at": {">=": utc_text(span.start)}}
        rows = await self.read(self.grinfi.activities.list(filter=conditions), "activities")
        found = [(it.object_uuid, False, it.created_at) for it in rows or () if it.type == conditions["type"]]
        if not found:
            self.left.append("No accepted connection request is on record, so their number is unknown.")
        return found or None


@contextmanager
def making(grinfi: Grinfi) -> Generator[Run]:
    run = Run(grinfi)
    with observe(Hooks(before_attempt=run.sent)):
        yield run


# -- periods -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """A period, without its end."""

    name: str
    start: datetime
    end: datetime
    text: str = ""

    @property
    def filter(self) -> dict[str, str]:
        return {">=": utc_text(self.start), "<": utc_text(self.end)}


def utc_text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _day(where: str, value: date, zone: tzinfo) -> date:
    if not isinstance(value, datetime):
        return value
    if value.utcoffset() is None:
        raise InvalidArgumentError(where, "has no time zone; add one, or pass a date")
    return value.astimezone(zone).date()


def span_of(since: date | None, until: date | None, zone: tzinfo) -> Span:
    last = datetime.now(zone).date() if until is None else _day("until", until, zone)
    first = date(2000, 1, 1) if since is None else _day("since", since, zone)
    if first > last:
        raise InvalidArgumentError("since", f"{first} is after {last}, the last day")
    text = f"{'' if since is None else f'from {first} '}to {last}"
    return Span("", start_of_day(first, zone), start_of_day(last + timedelta(days=1), zone), text)


def spans_of(since: date | None, until: date | None, by: By, zone: tzinfo) -> list[Span]:
    """The periods from that of the first day to that of the last day; the last period ends after the last day."""
    if by not in get_args(By):
        raise InvalidArgumentError("by", f"expected day, week or month, not {by!r}")
    last = datetime.now(zone).date() if until is None else _day("until", until, zone)
    day = _first(last if since is None else _day("since", since, zone), by)
    for _ in range(LATEST[by] - 1 if since is None else 0):
        day = _first(day - timedelta(days=1), by)
    spans: list[Span] = []
    while day <= last:
        after = _first(day + timedelta(days={"day": 1, "week": 7, "month": 31}[by]), by)
        end = min(after, last + timedelta(days=1))
        name = day.strftime("%Y-%m" if by == "month" else "%Y-%m-%d")
        spans.append(
            Span(name, start_of_day(day, zone), start_of_day(end, zone), f"{day} to {end - timedelta(days=1)}")
        )
        day = after
    if not 0 < len(spans) <= MOST_PERIODS:
        wrong = "it is after the last day" if not spans else f"it is more than {MOST_PERIODS} {by}s ago"
        raise InvalidArgumentError("since", f"{wrong}; choose another day, or longer periods")
    return spans


def _first(day: date, by: By) -> date:
    if by == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if by == "week" else day


def period_text(spans: Sequence[Span], timezone: object) -> str:
    first, last = spans[0].text[:10], spans[-1].text[-10:]
    still = " The last period is not over." if spans[-1].end > datetime.now(UTC) else ""
    return f"{first} to {last}, days of {timezone}.{still}"


# -- words and figures -----------------------------------------------------------------------------------------------


def title_of(kind: str, *, one: bool = False) -> str:
    """The title of a type of task."""
    title = SENT.get(kind, ("", OTHER_TITLES.get(kind, "")))[1]
    return (title.removesuffix("s") if one else title) or kind.replace("_", " ").capitalize()


def short_day(period: str) -> str:
    """The name of a period, for a chart."""
    return f"{date.fromisoformat(period):%d %b}".lstrip("0") if len(period) == len("2026-01-31") else period


def reaches(kind: str) -> bool:
    """Whether a step of this type reaches a person; assumed for unknown types."""
    return bool(kind) and not kind.startswith(SILENT)


def few(names: Sequence[str], most: int = 5) -> str:
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest:,} others" if rest > 0 else "")


def ways_of(node: FlowNode) -> set[tuple[int, int]]:
    """Branch and next step of each exit."""
    return {(it.branch_id, it.node_id) for it in (node.to_dict().get("after") and node.after) or ()}


def steps_behind(nodes: Sequence[FlowNode], start: int) -> set[int]:
    """A step, and all steps that can be reached from it."""
    ways = {node.id: [target for _, target in ways_of(node)] for node in nodes}
    found, queue = set[int](), [start]
    while queue:
        number = queue.pop()
        if number not in found:
            found.add(number)
            queue += ways.get(number, ())
    return found


def _whole(counts: Mapping[str, Any] | None) -> Counter[str]:
    """Counts, without values that are not positive integers."""
    return Counter({name: it for name, it in (counts or {}).items() if isinstance(it, int) and it > 0})


def true_share(part: int | None, whole: int | None) -> str | None:
    """The 95 % confidence interval of a share (Wilson's)."""
    share = ratio(part, whole)
    if share is None or not whole:
        return None
    square = CERTAINTY**2 / whole
    middle, around = share + square / 2, CERTAINTY * math.sqrt((share * (1 - share) + square / 4) / whole)
    low, high = (max(0.0, (it) / (1 + square)) for it in (middle - around, middle + around))
    return f"{low:.1%} to {high:.1%}"
