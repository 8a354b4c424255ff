"""Reports of mass actions, on servers that accept them and then do nothing, a part, or are late."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from grinfi_async import ConfigurationError, F, Grinfi, GrinfiError, InvalidArgumentError, RetryPolicy, TokenBucket
from grinfi_bulk import BulkReport, Progress
from tests.bulk.server import in_virtual_time

Row = dict[str, Any]
FLOW = "f-1"


class Crm:
    """A server with contacts, companies and an automation; how it does what it accepted is configured.

    Attributes:
        delay: Seconds until a mass action shows.
        part: One of this many records is changed; None for none of them.
        ignores: Fields of filters that it ignores.
        refuses: Fields of filters that it answers with a 500.
        loses: Whether answers to writes are lost.
        has_status: Whether it returns the progress of a mass action.
        saves: Whether single updates are saved.
        requests: The requests, as method and path.
        acted: The accepted mass actions.
    """

    def __init__(self, people: int = 6) -> None:
        self.tables: dict[str, dict[str, Row]] = {
            kind: {f"{kind[0]}-{number}": self._row(f"{kind[0]}-{number}") for number in range(people)}
            for kind in ("leads", "companies")
        }
        self.places: list[Row] = []
        self.delay = 0.0
        self.part: int | None = 1
        self.ignores: set[str] = set()
        self.refuses: set[str] = set()
        self.loses = self.has_status = False
        self.saves = True
        self.add_answer: tuple[int, Any] = (204, None)
        self.requests: Counter[str] = Counter()
        self.acted: list[Row] = []
        self.jobs: dict[str, float] = {}
        self._due: list[tuple[float, Row, str]] = []

    @staticmethod
    def _row(uuid: str) -> Row:
        stages: Row = {"pipeline_stage_uuid": None, "lead_status_uuid": None}
        return {"uuid": uuid, "tags": ["old"], "name": "Ada", "position": "CEO", "list_uuid": "first", **stages}

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        await anyio.sleep(0.05)
        path = request.url.path
        table = "companies" if "/companies" in path else "leads"
        body: Row = json.loads(request.content) if request.content else {}
        self._work()
        name = path.rpartition("/")[2]
        if path.endswith("/flows-leads/list"):
            name = "places"
        elif path.endswith("/companies/list"):
            name = "search"
        elif "/mass-actions/" in path:
            name = "status"
        elif request.method == "PUT" and name != "mass-action":
            name = "update"
        elif request.method == "POST" and "/flows/" in path:
            name = "add"
        elif request.method == "GET":
            name = "get"
        self.requests[name] += 1
        answer: httpx.Response = getattr(self, f"_{name.replace('-', '_')}")(table, path, body)
        if self.loses and request.method in {"PUT", "POST"} and name in {"mass-action", "add"}:
            raise httpx.ReadError("connection lost", request=request)
        return answer

    def client(self, limiter: TokenBucket | None = None) -> Grinfi:
        return Grinfi(
            "key",
            base_url="http://sandbox.test",
            transport=httpx.MockTransport(self),
            rate_limiter=limiter,
            retry=RetryPolicy(max_attempts=1),
        )

    def _page(self, rows: list[Row], body: Row) -> httpx.Response:
        conditions = {name: value for name, value in body.get("filter", {}).items() if name not in self.ignores}
        if self.refuses & conditions.keys():
            return httpx.Response(500, json={"message": "wrong field passed"})
        found = [row for row in rows if all(_meets(row.get(name), value) for name, value in conditions.items())]
        offset = body.get("offset", 0)
        return httpx.Response(200, json={"data": found[offset : offset + body["limit"]], "count": len(found)})

    def _search(self, table: str, path: str, body: Row) -> httpx.Response:
        return self._page(list(self.tables[table].values()), body)

    def _places(self, table: str, path: str, body: Row) -> httpx.Response:
        return self._page(self.places, {**body, "limit": min(20, body["limit"])})

    def _get(self, table: str, path: str, body: Row) -> httpx.Response:
        return httpx.Response(200, json=self.tables[table][path.rpartition("/")[2]])

    def _update(self, table: str, path: str, body: Row) -> httpx.Response:
        row = self.tables[table][path.rpartition("/")[2]]
        if self.saves:
            row.update(body)
        return httpx.Response(200, json=row)

    def _add(self, table: str, path: str, body: Row) -> httpx.Response:
        status, answer = self.add_answer
        if status == 204:
            self._enrol(path.rpartition("/")[2])
        return httpx.Response(status, json=answer) if answer is not None else httpx.Response(status)

    def _mass_action(self, table: str, path: str, body: Row) -> httpx.Response:
        assert list(body["filter"]) == ["all", "ids", "excludeIds"]
        self.acted.append(body)
        job = f"job-{len(self.acted)}"
        self.jobs[job] = anyio.current_time() + self.delay
        if self.part is not None:
            self._due.append((self.jobs[job], body, table))
        self._work()
        return httpx.Response(200, json={"uuid": job})

    def _status(self, table: str, path: str, body: Row) -> httpx.Response:
        if not self.has_status:
            return httpx.Response(404, json={"message": "Not found."})
        over = anyio.current_time() >= self.jobs[path.rpartition("/")[2]]
        return httpx.Response(200, json={"data": {"status": "finished" if over else "in_progress"}})

    def _work(self) -> None:
        now = anyio.current_time()
        for due in [it for it in self._due if it[0] <= now]:
            self._due.remove(due)
            _, body, table = due
            for uuid in body["filter"]["ids"][:: self.part]:
                self._do(table, uuid, body)

    def _do(self, table: str, uuid: str, body: Row) -> None:
        rows, kind = self.tables[table], body["type"].partition("_")[2]
        row, payload = rows.get(uuid), body.get("payload", {})
        if row is None:
            return
        if kind == "delete":
            del rows[uuid]
        elif kind == "add_tags":
            row["tags"] = [*row["tags"], payload["tag_uuid"]]
        elif kind == "remove_tags":
            row["tags"] = [tag for tag in row["tags"] if tag != payload["tag_uuid"]]
        elif kind == "add_to_flow":
            self._enrol(uuid)
        else:
            row.update({"lead_status_uuid" if table == "companies" and "stage" in name else name: value
                        for name, value in payload.items()})  # fmt: skip

    def _enrol(self, uuid: str) -> None:
        self.places.append({"uuid": f"p-{len(self.places)}", "flow_uuid": FLOW, "lead_uuid": uuid})


def _meets(shown: Any, wanted: Any) -> bool:
    return shown in wanted if isinstance(wanted, list) else shown == wanted


LEADS, COMPANIES = [f"l-{n}" for n in range(6)], [f"c-{n}" for n in range(6)]
Act = Callable[..., Awaitable[BulkReport]]
ACTIONS: dict[str, tuple[Callable[[Any], Act], dict[str, Any]]] = {
    "tag": (lambda bulk: bulk.tag, {"tag_uuid": "new", "ids": LEADS}),
    "tag companies": (lambda bulk: bulk.tag, {"tag_uuid": "new", "ids": COMPANIES, "of": "companies"}),
    "remove tags": (lambda bulk: bulk.remove_tags, {"tags": "old", "ids": LEADS}),
    "list and stage": (
        lambda bulk: bulk.update, {"changes": {"list_uuid": "x", "pipeline_stage_uuid": "s"}, "ids": LEADS}
    ),
    "stage of companies": (
        lambda bulk: bulk.update, {"changes": {"pipeline_stage_uuid": "s"}, "ids": COMPANIES, "of": "companies"}
    ),
    "field and list": (lambda bulk: bulk.update, {"changes": {"position": "CTO", "list_uuid": "x"}, "ids": LEADS}),
    "delete": (lambda bulk: bulk.delete, {"ids": LEADS, "confirm": True}),
    "delete companies": (lambda bulk: bulk.delete, {"ids": COMPANIES, "of": "companies", "confirm": True}),
    "add to automation": (lambda bulk: bulk.add_to_automation, {"flow_uuid": FLOW, "all": True, "confirm": True}),
}  # fmt: skip
each_action = pytest.mark.parametrize("name", ACTIONS)


async def act(crm: Crm, name: str, **options: Any) -> BulkReport:
    method, arguments = ACTIONS[name]
    return await method(crm.client().bulk)(**{**arguments, **options})


def counts(report: BulkReport) -> dict[str, int]:
    names = ("succeeded", "sent", "failed", "skipped", "unknown")
    return {name: getattr(report, name) for name in names if getattr(report, name)}


@each_action
@pytest.mark.parametrize("has_status", [False, True])
def test_late_effects_are_awaited(name: str, has_status: bool) -> None:
    async def job() -> None:
        crm = Crm()
        crm.delay, crm.has_status = 5, has_status
        report = await act(crm, name)
        assert counts(report) == {"succeeded": 6}
        assert 5 < report.elapsed < 12

    in_virtual_time(job)


@each_action
@pytest.mark.parametrize("has_status", [False, True])
def test_accepted_but_unfinished_actions_are_reported_as_sent(name: str, has_status: bool) -> None:
    async def job() -> None:
        crm = Crm()
        crm.part, crm.has_status = None, has_status
        report = await act(crm, name)
        assert counts(report) == {"sent": 6}
        assert report.elapsed < (9 if has_status else 33)  # which does not wait for finished actions
        assert {it.error for it in report.unseen} == {"reading back did not show the change within 30 s"}
        assert "\n  sent               6\n" in str(report)
        assert "\n  sent: 6 items: reading back did not show the change within 30 s" in str(report)
        late = await act(crm, name, settle=3)
        assert counts(late) == {"sent": 6}
        assert late.elapsed < 6

    in_virtual_time(job)


@each_action
def test_partial_results_are_reported_as_partly_sent(name: str) -> None:
    async def job() -> None:
        crm = Crm()
        crm.part = 2
        report = await act(crm, name)
        assert counts(report) == {"succeeded": 3, "sent": 3}
        assert len({it.key for it in report.unseen}) == 3

    in_virtual_time(job)


@each_action
def test_actions_that_cannot_be_read_back_are_reported_as_sent(name: str) -> None:
    async def job() -> None:
        crm = Crm()
        report = await act(crm, name, verify="none")
        assert counts(report) == {"sent": 6}
        assert crm.requests["places"] == 0
        assert crm.requests["search"] == (2 if "all" in ACTIONS[name][1] else 0)

    in_virtual_time(job)


@each_action
def test_a_server_that_ignores_filters_by_ids_shows_nothing(name: str) -> None:
    async def job() -> None:
        crm = Crm(people=40)
        crm.ignores = {"uuid", "lead_uuid"}
        crm.places = [{"uuid": f"p-{n}", "flow_uuid": FLOW, "lead_uuid": f"x-{n}"} for n in range(40)]
        _, arguments = ACTIONS[name]
        last = {} if "all" in arguments else {"ids": [f"{arguments['ids'][0][0]}-{n}" for n in range(34, 40)]}
        report = await act(crm, name, verify="all", **last)
        assert counts(report) == {"sent": 6 if last else 40}
        assert report.elapsed < 5

    in_virtual_time(job)


@each_action
def test_a_refused_filter_by_ids_confirms_nothing(name: str) -> None:
    async def job() -> None:
        crm = Crm()
        crm.refuses = {"uuid", "lead_uuid"}
        assert counts(await act(crm, name)) == {"sent": 6}
        assert len(crm.acted) == len({json.dumps(it) for it in crm.acted})

    in_virtual_time(job)


def test_a_sample_counts_what_it_read() -> None:
    async def job() -> None:
        crm = Crm(people=1000)
        report = await crm.client().bulk.tag("new", all=True, confirm=True, verify="sample")
        assert counts(report) == {"succeeded": 40, "sent": 960}
        assert crm.requests == {"search": 2 + 2, "mass-action": 2}
        assert '960 items: it was not read back, because verify="sample" reads only some' in str(report)
        every = await crm.client().bulk.tag("newer", all=True, confirm=True)
        assert counts(every) == {"succeeded": 1000}
        assert every.requests == 2 + 2

    in_virtual_time(job)


def test_earlier_state_confirms_no_deletion_and_no_addition() -> None:
    async def job() -> None:
        crm = Crm()
        crm.part = None
        gone = await crm.client().bulk.delete(ids=["never-there"], confirm=True)
        assert counts(gone) == {"sent": 1}
        for uuid in LEADS:
            crm._enrol(uuid)  # pyright: ignore[reportPrivateUsage]
        assert counts(await act(crm, "add to automation", verify="all")) == {"sent": 6}

    in_virtual_time(job)


@pytest.mark.parametrize("told", [{"total": 3}, {"has_more": True}, {"total": 2, "data": [{"uuid": "l-5"}]}], ids=str)
def test_an_empty_answer_with_a_positive_total_does_not_confirm_a_deletion(told: dict[str, Any]) -> None:
    class Hiding(Crm):
        def _page(self, rows: list[Row], body: Row) -> httpx.Response:
            if not self.acted:
                return super()._page(rows, body)
            rest: Row = {} if not body.get("offset") else {"data": []}
            return httpx.Response(200, json={"data": [], **told, **rest})

    async def job() -> None:
        crm = Hiding()
        report = await act(crm, "delete")
        assert counts(report) == {"sent": 6}

    in_virtual_time(job)


def test_the_answer_of_another_contact_shows_no_update() -> None:
    class Confused(Crm):
        def _update(self, table: str, path: str, body: Row) -> httpx.Response:
            return httpx.Response(200, json={**self._row("l-9"), **body})

    async def job() -> None:
        crm = Confused()
        changed = await crm.client().bulk.update({"position": "CTO"}, ids=LEADS)
        assert counts(changed) == {"sent": 6}

    in_virtual_time(job)


def test_an_id_in_capitals_is_the_same_contact() -> None:
    async def job() -> None:
        crm = Crm()
        report = await crm.client().bulk.add_to_automation(FLOW, ids=["l-1", "L-1", "l-1"])
        assert (report.succeeded, report.duplicates, crm.requests["add"]) == (1, 2, 1)

    in_virtual_time(job)


def test_a_lost_answer_is_unknown_until_it_shows() -> None:
    async def job() -> None:
        crm = Crm()
        crm.loses, crm.part = True, 2
        report = await act(crm, "add to automation", verify="all")
        assert counts(report) == {"succeeded": 3, "unknown": 3}
        assert len(crm.places) == 3

    in_virtual_time(job)


def test_a_field_that_the_server_does_not_save_is_sent() -> None:
    async def job() -> None:
        crm = Crm()
        crm.saves = False
        report = await crm.client().bulk.update({"position": "CTO"}, ids=LEADS)
        assert counts(report) == {"sent": 6}
        assert crm.requests == {"update": 6, "get": 6}
        assert "does not show the new value of position" in str(report)
        believed = await crm.client().bulk.update({"position": "ceo "}, ids=LEADS, verify="none")
        assert counts(believed) == {"succeeded": 6}

    in_virtual_time(job)


ANSWERS: list[tuple[tuple[int, Any], dict[str, int]]] = [
    ((204, None), {"succeeded": 6}),
    ((200, {"lead_uuid": LEADS[0], "flow_uuid": FLOW}), {"succeeded": 1, "sent": 5}),
    ((200, {"reason": "skipped"}), {"skipped": 6}),
    ((200, {}), {"sent": 6}),
]


@pytest.mark.parametrize(("answer", "expected"), ANSWERS)
def test_the_answer_shows_the_result_of_an_addition(answer: tuple[int, Any], expected: dict[str, int]) -> None:
    async def job() -> None:
        crm = Crm()
        crm.add_answer = answer
        report = await crm.client().bulk.add_to_automation(FLOW, ids=LEADS)
        assert counts(report) == expected

    in_virtual_time(job)


def test_the_next_run_checks_unknown_additions_and_adds_no_contact_twice(tmp_path: Path) -> None:
    async def job() -> None:
        crm = Crm()
        options: dict[str, Any] = {"ids": LEADS, "journal": tmp_path / "journal"}
        crm.add_answer = 200, {}
        assert counts(await crm.client().bulk.add_to_automation(FLOW, **options)) == {"sent": 6}
        for uuid in LEADS[:2]:  # which shows late
            crm._enrol(uuid)  # pyright: ignore[reportPrivateUsage]
        again = await crm.client().bulk.add_to_automation(FLOW, **options)
        assert counts(again) == {"succeeded": 2, "sent": 4}
        assert crm.requests["add"] == 6
        assert "does not say that the contact was added" in str(again)
        crm.ignores = {"lead_uuid"}
        assert counts(await crm.client().bulk.add_to_automation(FLOW, **options)) == {"skipped": 2, "sent": 4}
        crm.add_answer = 204, None
        forced = await crm.client().bulk.add_to_automation(FLOW, repeat_unknown=True, **options)
        assert counts(forced) == {"succeeded": 4, "skipped": 2}

    in_virtual_time(job)


def test_a_lost_addition_is_looked_for_in_the_next_run(tmp_path: Path) -> None:
    async def job() -> None:
        crm = Crm()
        crm.loses = True
        options: dict[str, Any] = {"ids": LEADS, "journal": tmp_path / "journal"}
        assert counts(await crm.client().bulk.add_to_automation(FLOW, **options)) == {"unknown": 6}
        crm.places.pop()
        again = await crm.client().bulk.add_to_automation(FLOW, **options)
        assert counts(again) == {"succeeded": 5, "unknown": 1}
        assert crm.requests["add"] == 6

    in_virtual_time(job)


def test_a_cancelled_check_leaves_the_outcome_unknown(tmp_path: Path) -> None:
    async def job() -> None:
        crm = Crm()
        crm.add_answer = 200, {}
        options: dict[str, Any] = {"ids": LEADS, "journal": tmp_path / "journal"}
        await crm.client().bulk.add_to_automation(FLOW, **options)
        with anyio.move_on_after(5):  # while all but one wait for the limit
            await crm.client(TokenBucket(1, 1000)).bulk.add_to_automation(FLOW, **options)
        crm.add_answer = 204, None
        assert counts(await crm.client().bulk.add_to_automation(FLOW, **options)) == {"sent": 6}
        assert crm.requests["add"] == 6

    in_virtual_time(job)


def test_progress_and_preview() -> None:
    async def job() -> None:
        crm = Crm()
        seen: list[Progress] = []
        crm.part = None
        await act(crm, "tag", progress=seen.append)
        assert seen[-1].sent == 1  # a chunk
        preview = await crm.client().bulk.preview(filter=F.name == "Ada", of="companies")
        assert (preview.ids, preview.of) == (COMPANIES, "companies")
        assert str(preview).startswith("6 companies: ")
        with pytest.raises(InvalidArgumentError, match="ids: is a preview of companies, not of contacts"):
            await crm.client().bulk.tag("new", ids=preview)
        crm.part = 1
        tagged = await crm.client().bulk.tag("new", ids=preview, of="companies")
        assert counts(tagged) == {"succeeded": 6}
        crm.ignores = {"uuid"}
        with pytest.raises(GrinfiError, match="it ignores this condition"):
            await crm.client().bulk.preview(ids=["l-3"])

    in_virtual_time(job)


@pytest.mark.parametrize("options", [{"verify": "some"}, {"settle": -1}, {"settle": True}, {"settle": float("inf")}])
def test_options_that_say_nothing(options: dict[str, Any]) -> None:
    async def job() -> None:
        crm = Crm()
        for name in ACTIONS:
            with pytest.raises(ConfigurationError, match=f"^{next(iter(options))} must be"):
                await act(crm, name, **options)
        assert not crm.requests

    in_virtual_time(job)
