"""Reports: counts, and figures derived from rows, each with its coverage, its gaps and its cost."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from typing import Any, Final
from uuid import UUID

from grinfi_async import Grinfi
from grinfi_overrides.filters.days import start_of_day, zone_of

from .names import name_of
from .report_pages import write_page
from .report_reading import (
    AB_TEST,
    EMAIL,
    REQUEST,
    SENT,
    By,
    Step,
    few,
    making,
    period_text,
    reaches,
    short_day,
    span_of,
    spans_of,
    steps_behind,
    title_of,
    true_share,
    utc_text,
    ways_of,
)  # fmt: skip
from .report_tables import Chart, Column, Report, ratio

__all__ = ["By", "Chart", "Column", "Report", "Reports", "write_page"]

MOST_SERIES: Final = 8
"""Most names that a chart or a table shows; the rest is shown together as others."""
MOST_CODES: Final = 20
REPLIED: Final = "replied"
ADVICE: Final = {
    REPLIED: ("never", "The contact replied."),
    "too_many_attempts": ("yes", "After the cause is fixed: see sender health."),
    "unknown": ("yes", "The server does not say why: retry once."),
    "": ("look first", "The server sends no error code."),
}
"""Error code of a task -> whether to retry it, and why."""
BROWSER: Final = {
    **dict.fromkeys(("active", "running", "idle"), "ready"),
    **dict.fromkeys(("stopped", "start_issue", "running_issue", "login_issue"), "not ready"),
}

Records = list[dict[str, Any]]


class Reports:
    """Reports of a team. Each method only reads, sends one request after the other, and returns a `Report`.

    The API's own metrics of a team are known to be wrong (more than 100 % acceptance, for example) and are not used:
    figures are counts of tasks and messages, statistics of the steps of an automation, or derived from rows.

    Common arguments:

    - `since`: the first day, or a time on it. `until`: the last day; by default today.
    - `timezone`: time zone of the days, such as `Europe/Kyiv`.

    All methods raise `InvalidArgumentError` for an invalid argument, and `GrinfiError` if a request failed.
    """

    def __init__(self, grinfi: Grinfi) -> None:
        self._grinfi = grinfi

    async def senders(
        self, since: date | None = None, until: date | None = None, *, by: By = "week", timezone: str | tzinfo = "UTC"
    ) -> Report:
        """Messages sent and received by each sender, by `day`, `week` (from Monday) or `month`.

        It takes 5 requests per period (at most 62 periods), up to 20 for emails received, 2 to check that the server
        filters by time, and those for the list of senders. Acceptance is counted only by automation: see `funnel`. The
        complete period of `since` is included; by default the report has 14 days, 4 weeks or 3 months.
        """
        spans = spans_of(since, until, by, zone_of("reports", timezone))
        counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        titles: dict[str, str] = {}
        with making(self._grinfi) as run:
            names = {it.uuid: name_of(it) async for it in self._grinfi.sender_profiles.list()}
            found = {
                column: await run.by_period("tasks", spans, "sender_profile_uuid", {"type": kind, "status": "closed"})
                for kind, (column, _) in SENT.items()
            }
            received = await run.by_period("linkedin_messages", spans, "sender_profile_uuid", {"type": "inbox"})
            emails = await run.emails_received(spans[0].start, spans[-1].end)
        found |= {"linkedin_received": received, "emails_received": None if emails is None else Counter[Any]()}
        for email in emails or ():
            for span in spans:
                if email.sent_at is not None and span.start <= email.sent_at < span.end:
                    counts[span.name, email.sender_profile_uuid or ""]["emails_received"] += 1
        received_titles = {"linkedin_received": "LinkedIn received", "emails_received": "Emails received"}
        for column, title in (dict(SENT.values()) | received_titles).items():
            if (counted := found[column]) is not None:
                titles[column] = f"#{title}"
                for key, count in counted.items():
                    counts[key][column] += count
        records: Records = []
        drawn = Counter[tuple[str, str]]()
        for (period, sender), figures in counts.items():
            name = names.get(sender) or (f"Deleted sender {sender[:8]}" if sender else "No sender")
            if figures.total():
                records.append({"period": period, "sender": name, **{it: figures[it] for it in titles}})
                drawn[period, name] += figures.total() - figures["linkedin_received"] - figures["emails_received"]
        records.sort(key=lambda it: (it["period"], it["sender"].casefold()))
        if idle := [name for name in names.values() if name not in {it["sender"] for it in records}]:
            run.left.append(f"Nothing was sent or received by {few(idle)}.")
        run.left.append(
            "Received counts messages, not people: one contact may send several. Emails received are those from "
            "contacts, and include automatic replies. Acceptance is counted only by automation."
        )
        first = {"period": {"day": "Day", "week": "Week from", "month": "Month"}[by], "sender": "Sender"}
        chart = Chart("Sent, by sender", _stacked([span.name for span in spans], drawn))
        return run.report(f"Senders by {by}", first | titles, records, period_text(spans, timezone), chart)

    async def daily(
        self, since: date | None = None, until: date | None = None, *, timezone: str | tzinfo = "UTC"
    ) -> Report:
        """Tasks done on each day, by type, and LinkedIn messages received.

        It takes 2 requests per day (at most 62 days), and 2 to check that the server filters by time. By default it
        starts 13 days ago. Steps that do not reach a person, such as timers and triggers, are left out.
        """
        spans = spans_of(since, until, "day", zone_of("reports", timezone))
        with making(self._grinfi) as run:
            done = await run.by_period("tasks", spans, "type", {"status": "closed"})
            received = await run.by_period("linkedin_messages", spans, "type", {"type": "inbox"})
        counts = Counter({key: count for key, count in (done or {}).items() if reaches(key[1])})
        totals = Counter[str]()
        for (_, kind), count in counts.items():
            totals[kind] += count
        kinds = [kind for kind, _ in totals.most_common()]
        titles = {kind: title_of(kind) for kind in kinds[:MOST_SERIES]}
        others = kinds[MOST_SERIES:]
        records: Records = []
        for span in spans if done is not None or received is not None else ():
            record: dict[str, Any] = {"day": span.name, **{kind: counts[span.name, kind] for kind in titles}}
            if others:
                record["other"] = sum(counts[span.name, kind] for kind in others)
            if received is not None:
                record["linkedin_received"] = received.get((span.name, "inbox"), 0)
            records.append(record)
        titles |= {"other": "Others"} if others else {}
        bars = [(short_day(it["day"]), title, it[name]) for name, title in titles.items() for it in records]
        titles |= {} if received is None else {"linkedin_received": "LinkedIn received"}
        run.left.append("Steps that do not reach a person, such as timers, triggers and tags, are not counted.")
        shown = {"day": "Day", **{name: f"#{title}" for name, title in titles.items()}}
        return run.report(
            "Volume by day", shown, records, period_text(spans, timezone), Chart("Done, by type", bars)
        )  # fmt: skip

    async def funnel(
        self,
        flow_uuid: str | UUID,
        since: date | None = None,
        until: date | None = None,
        *,
        timezone: str | tzinfo = "UTC",
    ) -> Report:
        """The steps of an automation that reach people: sent, accepted, replied.

        Acceptance is counted for connection requests sent in the period, replies for the messages of each step.
        Without a period, figures cover the current version since it became active, and take 4 requests. With a period,
        the report first checks whether the server's statistics obey it, which they are known not to. If they do, it
        takes 4 requests, too; if not, figures are derived from rows of tasks, LinkedIn messages, emails and activities,
        with up to 20 requests for each of these lists. Acceptance is then unknown if the server records no activity
        for it.
        """
        zone = zone_of("reports", timezone)
        span = None if since is None and until is None else span_of(since, until, zone)
        covers = "Since the current version is active." if span is None else f"Sent {span.text}, days of {timezone}."
        with making(self._grinfi) as run:
            flow, nodes = await run.nodes(flow_uuid)
            reaching = [node for node in nodes if reaches(node.type)]
            steps = await run.steps(flow, reaching, span)
            if span is None and nodes:
                figures = (await self._grinfi.automations.metrics(uuids=[flow.uuid])).get(flow.uuid)
                if figures is not None and figures.leads_count is not None:
                    covers += f" In total, {figures.leads_count:,} contacts were added to the automation."
        records: Records = []
        for number, node in enumerate(reaching, 1):
            step = steps.get(node.id, Step())
            sent, waiting, failed = (step.statuses[it] for it in ("closed", "in_progress", "failed"))
            accepted, replied = step.came("accepted") if node.type == REQUEST else None, step.came("replied")
            title = f"{number}. {title_of(node.type, one=True)}"
            records.append(
                {
                    "step": title, "node_id": node.id, "type": node.type,
                    "sent": sent, "waiting": waiting, "failed": failed,
                    "other": step.statuses.total() - sent - waiting - failed,
                    "accepted": accepted, "acceptance": ratio(accepted, sent),
                    "replied": replied, "reply_rate": ratio(replied, sent),
                }
            )  # fmt: skip
            if max(accepted or 0, replied or 0) > sent:
                run.left.append(f"{title}: the server counts more answers than messages, so no rate is shown.")
        run.left.append("Other: skipped, cancelled, restarted. A contact who replies at several steps counts at each.")
        if span is None:
            run.left.append("Earlier versions of the automation are not included.")
        bars = {"Sent": "sent", "Accepted": "accepted", "Replied": "replied"}
        drawn = [(it["step"], title, it[name] or 0) for it in records for title, name in bars.items()]
        shown = {
            "step": "Step", "sent": "#Sent", "waiting": "#Waiting", "failed": "#Failed", "other": "#Other",
            "accepted": "#Accepted", "acceptance": "%of sent", "replied": "#Replied", "reply_rate": "%of sent",
        }  # fmt: skip
        chart = Chart("Sent, accepted, replied", drawn, "groups")
        covers = covers if nodes else "The automation has no version with steps."
        return run.report(f"Funnel of {flow.name or flow.uuid}", shown, records, covers, chart)

    async def branches(self, flow_uuid: str | UUID) -> Report:
        """Compare the branches of the A/B tests of an automation, since its current version became active.

        A branch has the steps that only its contacts reach. The share of contacts who replied has a 95 % confidence
        interval: if the intervals of two branches overlap, the difference may be chance. It takes 3 requests.
        """
        with making(self._grinfi) as run:
            flow, nodes = await run.nodes(flow_uuid)
            tests = [node for node in nodes if node.type == AB_TEST]
            steps = await run.steps(flow, nodes if tests else [], None)
        records: Records = []
        for number, test in enumerate(tests, 1):
            reached = {branch: steps_behind(nodes, target) for branch, target in sorted(ways_of(test))}
            for branch, ids in reached.items():
                shared = set[int]().union(*(it for key, it in reached.items() if key != branch))
                own = [(it, steps.get(it.id, Step())) for it in nodes if it.id in ids - shared and reaches(it.type)]
                contacts = steps.get(test.id, Step()).branches.get(str(branch))
                requests = sum(step.statuses["closed"] for it, step in own if it.type == REQUEST)
                accepted = _sum(step.came("accepted") for it, step in own if it.type == REQUEST)
                replied = _sum(step.came("replied") for _, step in own)
                name = chr(ord("A") + branch - 1) if 0 < branch < 27 else str(branch)
                records.append(
                    {
                        "branch": f"Test {number}, {name}" if len(tests) > 1 else name,
                        "node_id": test.id, "branch_id": branch, "contacts": contacts, "requests": requests,
                        "accepted": accepted, "acceptance": ratio(accepted, requests), "replied": replied,
                        "reply_rate": ratio(replied, contacts), "range": true_share(replied, contacts),
                    }
                )  # fmt: skip
        if not tests:
            run.left.append("The automation has no A/B test.")
        run.left.append(
            "Replies are added up over the steps of a branch: a contact who replied at two of them counts twice. Steps "
            "after the branches meet again, and earlier versions, are not included."
        )
        shown = {
            "branch": "Branch", "contacts": "#Contacts", "requests": "#Connection requests", "accepted": "#Accepted",
            "acceptance": "%of requests", "replied": "#Replied", "reply_rate": "%of contacts", "range": "95% interval",
        }  # fmt: skip
        rates = [(it["branch"], "Replied", it["reply_rate"] or 0) for it in records]
        chart = Chart("Replied, of contacts", rates, "bars", share=True)
        title = f"A/B tests of {flow.name or flow.uuid}"
        return run.report(title, shown, records, "Since the current version is active.", chart)

    async def failed_tasks(self, flow_uuid: str | UUID | None = None) -> Report:
        """Failed tasks of one or all automations, by error code and type, and whether to retry them.

        It takes 2 requests, and 2 for each of at most 20 codes, one of which finds an example. Tasks that were
        cancelled by a reply have not failed, and must never be retried; they are counted below the table.
        """
        scope = {} if flow_uuid is None else {"flow_uuid": str(flow_uuid)}
        failed = {**scope, "status": "failed"}
        records: Records = []
        with making(self._grinfi) as run:
            by_code = await run.count_if_it_can("tasks", "automation_error_code", failed)
            codes = Counter({"": 0} if by_code is None else by_code)
            for code, count in codes.most_common(MOST_CODES):
                conditions = failed if by_code is None else {**failed, "automation_error_code": code or "is_null"}
                kinds: Mapping[str, int] = await run.count("tasks", "type", conditions)
                if by_code is None:
                    codes[""] = sum(kinds.values())
                elif sum(kinds.values()) != count:  # it does not apply both conditions, or tasks came meanwhile
                    kinds = {"": count}
                page = await self._grinfi.tasks.list(filter=conditions, limit=1, order_type="desc")
                rows = [it for it in page.data if (it.automation_error_code or "") == code and it.status == "failed"]
                retry, why = ADVICE.get(code, ("look first", "See the example."))
                records += [
                    {
                        "code": code or None, "type": kind or None, "step": title_of(kind, one=True) or None,
                        "failed": number, "retry": retry, "why": why, "example": rows[0].error_msg if rows else None,
                    }
                    for kind, number in Counter(kinds).most_common()
                ]  # fmt: skip
            stopped = {**scope, "status": ["canceled", "cancelled"]}
            cancelled = None if by_code is None else await run.count("tasks", "automation_error_code", stopped)
        if len(codes) > MOST_CODES:
            run.left.append(f"{len(codes) - MOST_CODES:,} rarer error codes are left out.")
        run.left.append(
            f"{'Some' if cancelled is None else format(cancelled.get(REPLIED, 0), ',')} tasks were cancelled by a "
            "reply of their contact; they have not failed, and must never be retried. A contact may have replied "
            "after a task failed: read the conversation before you retry a message. To retry: "
            "grinfi tasks retry --filter status=failed --filter automation_error_code=CODE."
        )
        shown = {
            "code": "Error code", "step": "Type", "failed": "#Failed", "retry": "Retry", "why": "Why",
            "example": "Example",
        }  # fmt: skip
        drawn = [(it["code"] or "no code", it["step"] or "unknown type", it["failed"]) for it in records]
        chart = Chart("Failed, by error code and type", drawn, "bars")
        covers = f"{codes.total():,} failed tasks, of {'all automations' if flow_uuid is None else 'the automation'}."
        return run.report("Failed tasks", shown, records, covers, chart)

    async def stages(self, list_uuid: str | UUID | None = None) -> Report:
        """Number of contacts, of a list or of all, in each pipeline stage now: 2 requests, and one per stage."""
        scope = {} if list_uuid is None else {"list_uuid": str(list_uuid)}
        counts: dict[str, int | None] = {}
        search = self._grinfi.contacts.search
        with making(self._grinfi) as run:
            found = [it async for it in self._grinfi.pipeline_stages.list(filter={"object": "lead"})]
            stages = sorted((it for it in found if it.object in (None, "lead")), key=lambda it: it.order or 0)
            total = (await (search(filter=scope, limit=1) if scope else search(limit=1))).total
            for uuid in (str(it.uuid) for it in stages):
                page = await search(filter={**scope, "pipeline_stage_uuid": uuid}, limit=1)
                is_obeyed = all(it.to_dict().get("pipeline_stage_uuid") in (None, uuid) for it in page.data)
                counts[uuid] = page.total if is_obeyed else None
        if total is None or None in counts.values():
            run.left.append("Figures that the server does not count are unknown, which is not 0.")
        elif rest := total - sum(count or 0 for count in counts.values()):
            run.left.append(f"{abs(rest):,} contacts {'are in no stage' if rest > 0 else 'moved meanwhile'}.")
        run.left.append("Earlier stages of contacts are not counted.")
        records: Records = [
            {"stage": it.name or it.uuid, "category": it.category, "contacts": count, "share": ratio(count, total)}
            for it in stages
            for count in [counts[str(it.uuid)]]
        ]
        shown = {"stage": "Stage", "category": "Category", "contacts": "#Contacts", "share": "%Share"}
        drawn = [(it["stage"], "Contacts", it["contacts"] or 0) for it in records]
        covers = f"{'All contacts' if not scope else 'Contacts of the list'}, as of now."
        return run.report("Contacts by stage", shown, records, covers, Chart("Contacts, by stage", drawn, "bars"))

    async def health(self, *, timezone: str | tzinfo = "UTC") -> Report:
        """Whether each sender can send: its browser, its mailboxes, limits, and tasks that wait or have failed.

        A sender can use LinkedIn if its browser is active, and email if the `send_status` of its mailbox is active. The
        `status` of the profile is not used, as it is "disabled" for senders that do send. Emails of today, in
        `timezone`, are those of automations. It takes 3 requests, and those for the lists of senders, browsers and
        mailboxes.
        """
        zone = zone_of("reports", timezone)
        today = {">=": utc_text(start_of_day(datetime.now(zone).date(), zone))}
        with making(self._grinfi) as run:
            senders = [it async for it in self._grinfi.sender_profiles.list()]
            browsers = [it async for it in self._grinfi.linkedin_browsers.list()]
            mailboxes = [it async for it in self._grinfi.mailboxes.list()]
            waiting = await run.count("tasks", "sender_profile_uuid", {"status": "in_progress"})
            failed = await run.count("tasks", "sender_profile_uuid", {"status": "failed"})
            emails = {"type": EMAIL, "status": "closed", "executed_at": today}
            sent = await run.count_if_it_can("tasks", "mailbox_uuid", emails)
        records: Records = []
        guessed: list[str] = []
        for it in sorted(senders, key=lambda it: name_of(it).casefold()):
            own = [
                each for each in browsers if each.sender_profile_uuid == it.uuid or each.id == it.linkedin_browser_id
            ]
            browser = own[0] if own else None
            boxes = [each for each in mailboxes if each.sender_profile_uuid == it.uuid or each.uuid == it.mailbox_uuid]
            for box in boxes or (None,):
                state = box and box.to_dict().get("send_status")
                if box is not None and state is None:
                    state = box.status
                    guessed.append(box.email or box.uuid)
                usable = "not known" if state is None else "ready" if state == "active" else "not ready"
                records.append(
                    {
                        "sender": name_of(it), "sender_profile_uuid": it.uuid,
                        "linkedin": BROWSER.get(str(browser.status), "not known") if browser else "no browser",
                        "browser": browser and browser.status, "reason": browser and browser.error_reason,
                        "email": usable if box else "no mailbox", "mailbox": box and box.email,
                        "emails_today": sent.get(box.uuid, 0) if box and sent is not None else None,
                        "daily_limit": box and box.automation_daily_limit,
                        "waiting": waiting.get(it.uuid, 0), "failed": failed.get(it.uuid, 0),
                        "held_until": it.hold_tasks_till and utc_text(it.hold_tasks_till),
                    }
                )  # fmt: skip
        if guessed:
            run.left.append(f"The server sends no send_status for {few(guessed)}; the status is used instead.")
        run.left.append("LinkedIn does not publish its limits. The status of sender profiles is known to be wrong.")
        shown = {
            "sender": "Sender", "linkedin": "LinkedIn", "browser": "Browser", "reason": "Reason", "email": "Email",
            "mailbox": "Mailbox", "emails_today": "#Emails today", "daily_limit": "#Limit a day",
            "waiting": "#Tasks waiting", "failed": "#Tasks failed",
        }  # fmt: skip
        return run.report("Sender health", shown, records, f"As of now; today is a day of {timezone}.")

    async def all(
        self, since: date | None = None, *, by: By = "week", timezone: str | tzinfo = "UTC", automations: int = 5
    ) -> list[Report]:
        """All reports of the team, with the funnels of the newest `automations` that are on, for `write_page`.

        `since` and `by` apply only to `senders`. It takes the requests of the single reports, and one more.
        """
        reports = [
            await self.health(timezone=timezone),
            await self.senders(since, by=by, timezone=timezone),
            await self.daily(timezone=timezone),
        ]
        newest = self._grinfi.automations.list(filter={"status": "on"}, order_type="desc", limit=max(1, automations))
        for flow in [it for it in await newest if it.status == "on"][:automations]:
            reports.append(await self.funnel(flow.uuid, timezone=timezone))
        return [*reports, await self.failed_tasks(), await self.stages()]


def _sum(counts: Iterable[int | None]) -> int | None:
    """The sum; None if one of the counts is unknown."""
    known = list(counts)
    return None if None in known else sum(it or 0 for it in known)


def _stacked(periods: Sequence[str], counts: Counter[tuple[str, str]]) -> list[tuple[str, str, float]]:
    """Bars for the names with the highest totals, and for all others together."""
    totals = Counter[str]()
    for (_, name), count in counts.items():
        totals[name] += count
    names = [name for name, _ in totals.most_common()]
    kept = names if len(names) <= MOST_SERIES else names[: MOST_SERIES - 1]
    series = {name: [name] for name in kept} | {"Others": [it for it in names if it not in kept]}
    return [
        (short_day(period), title, sum(counts[period, name] for name in members))
        for title, members in series.items()
        for period in periods
        if members
    ]
