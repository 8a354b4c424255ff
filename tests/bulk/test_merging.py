"""Merging several contacts into one: nothing is lost, and no contact is deleted by mistake."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from grinfi_async import FilterIgnoredError, Grinfi, GrinfiError, RetryPolicy
from grinfi_bulk import ImportProblems
from grinfi_bulk.merging import MergeReport
from grinfi_sandbox import Sandbox
from tests.bulk.crm import new_automation, new_list, new_tag, sent, text, writes
from tests.bulk.server import in_virtual_time
from tests.bulk.test_verifying import counts
from tests.sdk.crm import BEHAVIOURS

Row = dict[str, Any]
FIELDS = [{"uuid": "f-1", "name": "budget", "object": "lead"}, {"uuid": "f-2", "name": "region", "object": "lead"}]


class People:
    """A server with contacts, some of them twice.

    Attributes:
        rows: UUID -> contact.
        places: Contacts of automations.
        delay: Seconds until writes show; None if they never do.
        ignores: Fields of filters that it ignores.
        unsaved: Fields of contacts that it does not save.
        refuses: Operations that it refuses.
        loses: Operations whose answers are lost, after they were done.
        ends_after: The number of requests that are answered.
        before: Called with each operation before it is done.
        calls: The calls.
    """

    def __init__(self, pairs: int = 1, **fields: Any) -> None:
        self.rows: dict[str, Row] = {}
        for n in range(pairs):
            first: Row = {"linkedin": f"ada-{n}", "name": f"Ada {n}", "position": "CEO", "about": "x", "tags": ["t-1"]}
            second: Row = {"linkedin": f"ada-{n}", "name": f"Ada {n}", "position": "CTO", "tags": ["t-2", "t-3"]}
            second["work_email"] = f"ada-{n}@byron.org"
            for uuid, row, custom in (
                (f"a-{n}", first, {"budget": "1"}),
                (f"b-{n}", second, {"budget": "2", "region": "EU"}),
            ):
                self.rows[uuid] = {"uuid": uuid, "updated_at": "2026-01-01", **row, "custom_fields": custom}
        self.places: list[Row] = []
        self.delay: float | None = 0.0
        self.ignores: set[str] = set()
        self.unsaved: set[str] = set()
        self.loses: set[str] = set()
        self.refuses: set[str] = set()
        self.ends_after: int | None = None
        self.before: Callable[[str], object] = lambda operation: None
        self.calls: Counter[str] = Counter()
        self._due: list[tuple[float, Callable[[], object]]] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        await anyio.sleep(0.05)
        body: Row = json.loads(request.content) if request.content else {}
        *_, uuid = request.url.path.split("/")
        operation = {"custom-fields": "fields", "custom-field-values": "value", "search": "search", "list": "places",
                     "mass-action": str(body.get("type", ""))}.get(uuid, "update")  # fmt: skip
        if self.ends_after is not None and self.calls.total() >= self.ends_after:
            return httpx.Response(401, json={"message": "It is over."})
        self.before(operation)
        self.calls[operation] += 1
        if operation in self.refuses:
            return httpx.Response(422, json={"message": "No."})
        for due in [it for it in self._due if it[0] <= anyio.current_time()]:
            self._due.remove(due)
            due[1]()
        answer: Any = {}
        if operation == "fields":
            answer = {"data": FIELDS}
        elif operation in ("search", "places"):
            conditions: Row = {} if operation in self.ignores else body.get("filter", {})
            rows = list(self.rows.values()) if operation == "search" else self.places
            found = [row for row in rows if all(row[name] in values for name, values in conditions.items())]
            start = body.get("offset", 0)
            answer = {"data": found[start : start + body.get("limit", 20)], "total": len(found)}
        elif self.delay is not None:
            self._due.append((anyio.current_time() + self.delay, lambda: self._write(operation, uuid, body)))
            if not self.delay:
                self._due.pop()[1]()
            answer = self.rows.get(uuid, {})
        if operation in self.loses:
            raise httpx.ReadError("connection lost", request=request)
        return httpx.Response(200, json=answer)

    def _write(self, operation: str, uuid: str, body: Row) -> None:
        if operation == "value":
            name = next(field["name"] for field in FIELDS if field["uuid"] == body["custom_field_uuid"])
            uuids, changes = [body["object_uuid"]], {"custom_fields": {name: body["value"]}}
        elif operation == "update":
            uuids, changes = [uuid], {name: value for name, value in body.items() if name not in self.unsaved}
        else:
            uuids, changes = body["filter"]["ids"], {}
        for each in uuids:
            if operation.endswith("delete"):
                self.rows.pop(each, None)
                continue
            row = self.rows[each]
            custom = {**row["custom_fields"], **changes.pop("custom_fields", {})}
            tags = [*row["tags"], *([body["payload"]["tag_uuid"]] if operation.endswith("add_tags") else [])]
            self.rows[each] = {**row, **changes, "tags": tags, "custom_fields": custom, "updated_at": "2026-02-02"}

    def client(self) -> Grinfi:
        transport, retry = httpx.MockTransport(self), RetryPolicy(max_attempts=1)
        return Grinfi("key", base_url="http://sandbox.test", transport=transport, rate_limiter=None, retry=retry)

    async def plan(self, path: Path, **changes: dict[str, str]) -> Path:
        """Write a plan, and change cells of contacts as a person does."""
        async with self.client() as grinfi:
            (await grinfi.bulk.find_duplicates()).write_plan(path)
        self.calls.clear()
        edit(path, **changes)
        return path

    async def merge(self, plan: Path, **options: Any) -> MergeReport:
        async with self.client() as grinfi:
            options = {"confirm": True, "settle": 5, **options}
            return await grinfi.bulk.merge(plan, **options)


def edit(path: Path, **changes: dict[str, str]) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    for line in lines:
        line.update(changes.get(line["uuid"].replace("-", "_"), {}))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, lines[0], delimiter=";")
        writer.writeheader()
        writer.writerows(lines)


def reasons(report: MergeReport) -> dict[str, str]:
    return {
        failure.key: failure.error
        for failure in (*report.left_alone, *report.unseen, *report.unknowns, *report.failures)
    }


def test_the_survivor_gets_all_and_the_other_is_deleted(tmp_path: Path) -> None:
    async def job() -> None:
        server = People(3)
        plan = await server.plan(tmp_path / "plan.csv", b_1={"take": "position"})
        report = await server.merge(plan)
        assert counts(report) == {"succeeded": 6}
        assert (report.written, report.deleted) == (3, 3)
        assert sorted(server.rows) == ["a-0", "a-1", "a-2"]
        for n, position in enumerate(("CEO", "CTO", "CEO")):
            row = server.rows[f"a-{n}"]
            assert (row["position"], row["about"], row["work_email"]) == (position, "x", f"ada-{n}@byron.org")
            assert row["tags"] == ["t-1", "t-2", "t-3"]
            assert row["custom_fields"] == {"budget": "1", "region": "EU"}
        assert report.requests == server.calls.total()

    in_virtual_time(job)


def test_a_person_chooses_another(tmp_path: Path) -> None:
    async def job() -> None:
        server = People(3)
        nobody = {"keep": ""}
        changes = {"a_0": {"keep": "No"}, "b_0": {"keep": "YES "}, "a_1": nobody, "b_1": nobody}
        report = await server.merge(await server.plan(tmp_path / "plan.csv", **changes))
        assert counts(report) == {"succeeded": 4, "skipped": 2}
        assert sorted(server.rows) == ["a-1", "a-2", "b-0", "b-1"]
        assert server.rows["b-0"]["about"] == "x"
        assert reasons(report) == dict.fromkeys(("a-1", "b-1"), "the plan does not say whether to keep it")

    in_virtual_time(job)


def test_without_confirmation_no_contact_is_deleted(tmp_path: Path) -> None:
    async def job() -> None:
        server = People(2)
        report = await server.merge(
            await server.plan(tmp_path / "plan.csv"), confirm=False, journal=tmp_path / "merge.journal"
        )
        assert (counts(report), report.written) == ({"succeeded": 2, "skipped": 2}, 2)
        assert len(server.rows) == 4
        assert server.calls["contact_delete"] == 0
        assert reasons(report)["b-0"] == "contacts are deleted only with confirm=True"
        again = await server.merge(tmp_path / "plan.csv", journal=tmp_path / "merge.journal")
        assert (counts(again), again.deleted) == ({"succeeded": 2, "skipped": 2}, 2)
        assert server.calls["update"] == 2

    in_virtual_time(job)


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"b_0": {"keep": "yes"}}, ["row 3, column 'keep': group 1 already keeps row 2; write yes for one contact"]),
        ({"a_0": {"keep": "no"}}, ["row 2, column 'keep': group 1 has no contact to keep; write yes for one"]),
        ({"a_0": {"keep": "maybe"}}, ["row 2, column 'keep': is 'maybe'; write yes or no, or leave it empty"]),
        ({"b_0": {"uuid": "b-9"}}, ["row 3, column 'uuid': 'b-9' is not the contact that was planned here; restore"]),
        ({"b_0": {"take": "positoin"}}, ["row 3, column 'take': 'positoin' cannot be taken; did you mean 'position'?"]),
        ({"b_0": {"seen": ""}}, ["row 3, column 'seen': was changed; restore the cell, or make"]),
        ({"b_0": {"group": ""}}, ["row 3, column 'group': is empty; write the number"]),
        ({"b_0": {"group": "2"}, "b_1": {"take": "about"}, "a_1": {"take": "about"}}, []),
        (
            {"b_0": {"group": "2", "take": "about"}, "b_1": {"take": "about"}},
            ["row 5, column 'take': about is already taken from row 3; keep one of them"],
        ),
    ],
)  # fmt: skip
def test_mistakes_in_a_plan_are_named_before_anything_is_sent(
    tmp_path: Path, changes: dict[str, dict[str, str]], problems: list[str]
) -> None:
    async def job() -> None:
        server = People(2)
        plan = await server.plan(tmp_path / "plan.csv", **changes)
        if not problems:
            assert (await server.merge(plan)).deleted == 2
            return
        with pytest.raises(ImportProblems) as caught:
            await server.merge(plan)
        assert server.calls.total() == 0
        assert len(caught.value.problems) == len(problems)
        for problem, start in zip(caught.value.problems, problems, strict=True):
            assert str(problem).startswith(start)

    in_virtual_time(job)


def test_a_contact_twice_and_a_missing_column(tmp_path: Path) -> None:
    async def job() -> None:
        server = People(1)
        plan = await server.plan(tmp_path / "plan.csv")
        lines = plan.read_text().splitlines()
        (tmp_path / "twice.csv").write_text("\n".join([*lines, lines[2]]))
        with pytest.raises(ImportProblems, match="row 4, column 'uuid': this contact is already in row 3; delete one"):
            await server.merge(tmp_path / "twice.csv")
        plan.write_text(plan.read_text().replace("seen", "saw", 1))
        with pytest.raises(ImportProblems, match="row 1, column 'seen': this column is missing; make a new plan"):
            await server.merge(plan)

    in_virtual_time(job)


@pytest.mark.parametrize("change", [{"about": "y"}, {"updated_at": "2026-03-03"}, {"tags": []}, {"custom_fields": {}}])
def test_a_contact_that_has_changed_since_is_not_merged(tmp_path: Path, change: Row) -> None:
    async def job() -> None:
        server = People(3)
        plan = await server.plan(tmp_path / "plan.csv")
        server.rows["a-0"] |= change
        server.rows["b-1"] |= change
        before = {uuid: dict(server.rows[uuid]) for uuid in ("a-0", "b-0", "a-1", "b-1")}
        report = await server.merge(plan)
        assert counts(report) == {"succeeded": 2, "skipped": 4}
        assert {uuid: server.rows[uuid] for uuid in before} == before
        assert reasons(report)["a-0"] == "it has changed since the plan was made; make a new plan"
        assert reasons(report)["b-1"] == "it has changed since the plan was made; make a new plan"

    in_virtual_time(job)


def test_a_complete_survivor_that_has_changed_is_not_written(tmp_path: Path) -> None:
    async def job() -> None:
        server = People(1)
        server.rows["b-0"] = {**server.rows["a-0"], "uuid": "b-0"}
        plan = await server.plan(tmp_path / "plan.csv")
        server.rows["a-0"]["updated_at"] = "2026-03-03"
        report = await server.merge(plan)
        assert (counts(report), sorted(server.rows)) == ({"skipped": 2}, ["a-0", "b-0"])

    in_virtual_time(job)


@pytest.mark.parametrize("victim", ["a-0", "b-0"])
@pytest.mark.parametrize("change", [{"about": "new"}, {"work_email": None}, {"tags": []}, {"custom_fields": {}}, None])
def test_a_contact_that_changes_after_the_survivor_was_written_is_not_deleted(
    tmp_path: Path, victim: str, change: Row | None
) -> None:
    """The contacts are read again right before the deletion."""

    async def job() -> None:
        server = People(1)
        plan = await server.plan(tmp_path / "plan.csv")

        def interfere(operation: str) -> None:
            if operation == "search" and server.calls["search"] == 2:  # after it was read back
                if change is None:
                    del server.rows[victim]
                else:
                    server.rows[victim] |= change

        server.before = interfere
        report = await server.merge(plan)
        assert server.calls["search"] == 3
        assert server.calls["contact_delete"] == 0
        assert (report.written, report.deleted) == (1, 0)
        assert (counts(report), len(reasons(report))) == ({"succeeded": 1, "skipped": 1}, 1)

    in_virtual_time(job)


@pytest.mark.parametrize("status", ["in_progress", "paused", "something new", None])
def test_a_contact_in_a_running_automation_is_not_merged(tmp_path: Path, status: str | None) -> None:
    async def job() -> None:
        server = People(3)
        plan = await server.plan(tmp_path / "plan.csv")
        server.places = [
            {"uuid": f"p-{n}", "flow_uuid": "f", "lead_uuid": "b-2", "status": "finished"} for n in range(30)
        ]
        server.places.append({"uuid": "p-x", "flow_uuid": "f", "lead_uuid": "b-0", "status": status})
        server.rows["b-1"]["flows"] = [{"uuid": "f", "status": status}]
        report = await server.merge(plan)
        assert (counts(report), sorted(server.rows)) == (
            {"succeeded": 2, "skipped": 4},
            ["a-0", "a-1", "a-2", "b-0", "b-1"],
        )
        for uuid in ("b-0", "b-1"):
            assert reasons(report)[uuid].startswith("it is in a running automation; cancel it there")

    in_virtual_time(job)


def test_a_contact_that_enters_an_automation_meanwhile_is_not_deleted(tmp_path: Path) -> None:
    async def job() -> None:
        server = People(1)
        plan = await server.plan(tmp_path / "plan.csv")

        def interfere(operation: str) -> None:
            if operation == "update":
                server.places.append({"uuid": "p-x", "flow_uuid": "f", "lead_uuid": "b-0", "status": "in_progress"})

        server.before = interfere
        report = await server.merge(plan)
        assert (counts(report), "b-0" in server.rows) == ({"succeeded": 1, "skipped": 1}, True)

    in_virtual_time(job)


@pytest.mark.parametrize("unsaved", ["work_email", "everything"])
def test_no_contact_is_deleted_before_the_survivor_shows_its_values(tmp_path: Path, unsaved: str) -> None:
    async def job() -> None:
        server = People(2)
        plan = await server.plan(tmp_path / "plan.csv")
        if unsaved == "everything":
            server.delay = None
        server.unsaved = {unsaved}
        report = await server.merge(plan)
        assert (counts(report), len(server.rows)) == ({"sent": 2, "skipped": 2}, 4)
        assert "work_email" in reasons(report)["a-0"]
        assert "within 5 s" in reasons(report)["a-0"]
        assert reasons(report)["b-0"] == "the contact to keep does not show all values of this one"

    in_virtual_time(job)


def test_a_slow_server(tmp_path: Path) -> None:
    async def job() -> None:
        server = People(2)
        plan = await server.plan(tmp_path / "plan.csv")
        server.delay = 3.0
        report = await server.merge(plan)
        assert (counts(report), sorted(server.rows)) == ({"succeeded": 4}, ["a-0", "a-1"])

    in_virtual_time(job)


@pytest.mark.parametrize("operation", ["search", "places"])
def test_a_server_that_ignores_ids(tmp_path: Path, operation: str) -> None:
    async def job() -> None:
        server = People(2)
        server.places = [{"uuid": "p", "flow_uuid": "f", "lead_uuid": "somebody", "status": "finished"}]
        plan = await server.plan(tmp_path / "plan.csv")
        server.rows = {"c": {**server.rows["a-0"], "uuid": "c"}, **server.rows}
        server.ignores = {operation}
        with pytest.raises(FilterIgnoredError):
            await server.merge(plan)
        assert server.calls.keys() <= {"fields", "search", "places"}

    in_virtual_time(job)


@pytest.mark.parametrize("operation", ["update", "value", "contact_add_tags", "contact_delete"])
@pytest.mark.parametrize("is_done", [True, False])
def test_an_answer_is_lost(tmp_path: Path, operation: str, is_done: bool) -> None:
    async def job() -> None:
        server = People(1)
        plan = await server.plan(tmp_path / "plan.csv")
        server.loses = {operation}

        def interfere(called: str) -> None:
            server.delay = None if called == operation and not is_done else 0.0

        server.before = interfere
        report = await server.merge(plan)
        if operation == "contact_delete":
            assert counts(report) == ({"succeeded": 2} if is_done else {"succeeded": 1, "unknown": 1})
            assert ("b-0" in server.rows) is not is_done
        elif operation == "contact_add_tags" and is_done:  # reading back showed everything
            assert counts(report) == {"succeeded": 2}
        else:  # later requests are not sent
            assert report.deleted == 0
            assert "b-0" in server.rows
            assert counts(report)["skipped"] == 1
        server.loses.clear()
        server.delay = 0.0
        server.before = lambda called: None
        await server.merge(plan)
        assert sorted(server.rows) == ["a-0"]
        assert server.rows["a-0"]["tags"] == ["t-1", "t-2", "t-3"]

    in_virtual_time(job)


@pytest.mark.parametrize("with_journal", [True, False])
def test_a_merge_killed_anywhere_resumes(tmp_path: Path, with_journal: bool) -> None:
    """However many requests are answered before the end, the next run does the rest, and nothing is lost."""

    async def job() -> None:
        whole = People(2)
        await whole.merge(await whole.plan(tmp_path / "plan.csv", b_1={"take": "position"}))
        for count in range(with_journal, whole.calls.total(), 2):
            server = People(2)
            journal = tmp_path / f"{count}.journal" if with_journal else None
            server.ends_after = count
            with pytest.raises(GrinfiError) as caught:
                await server.merge(tmp_path / "plan.csv", journal=journal, concurrency=1)
            assert caught.value.report.requests > count  # type: ignore[attr-defined]
            for n in range(2):
                assert f"a-{n}" in server.rows
                if f"b-{n}" not in server.rows:
                    assert server.rows[f"a-{n}"] == whole.rows[f"a-{n}"]
            server.ends_after = None
            await server.merge(tmp_path / "plan.csv", journal=journal)
            assert server.rows == whole.rows, count
            again = await server.merge(tmp_path / "plan.csv", journal=journal)
            assert counts(again) == {"skipped": 4}

    in_virtual_time(job)


def test_custom_fields_that_are_not_shown(tmp_path: Path) -> None:
    async def job() -> None:
        server = People(1)
        for row in server.rows.values():
            del row["custom_fields"]
        report = await server.merge(await server.plan(tmp_path / "plan.csv"))
        assert (counts(report), len(server.rows)) == ({"skipped": 2}, 2)
        assert "does not show custom fields" in reasons(report)["b-0"]

    in_virtual_time(job)


def test_tags_cost_a_request_for_all_survivors(tmp_path: Path) -> None:
    async def job() -> None:
        server = People(150)
        for n in range(150):
            server.rows[f"a-{n}"] |= {key: server.rows[f"b-{n}"][key] for key in ("work_email", "custom_fields")}
        report = await server.merge(await server.plan(tmp_path / "plan.csv"))
        assert (report.written, report.deleted) == (150, 150)
        assert all(row["tags"] == ["t-1", "t-2", "t-3"] for row in server.rows.values())
        assert server.calls["contact_add_tags"] == 2
        assert server.calls.total() < 15

    in_virtual_time(job)


def test_tags_that_are_refused_fail_their_groups_only(tmp_path: Path) -> None:
    async def job() -> None:
        server = People(2)
        server.rows["b-1"]["tags"] = server.rows["a-1"]["tags"]
        plan = await server.plan(tmp_path / "plan.csv")
        server.refuses.add("contact_add_tags")
        report = await server.merge(plan)
        assert (report.written, report.deleted, sorted(server.rows)) == (1, 1, ["a-0", "a-1", "b-0"])
        assert counts(report) == {"failed": 1, "skipped": 1, "succeeded": 2}
        server.refuses.clear()
        await server.merge(plan)
        assert sorted(server.rows) == ["a-0", "a-1"]

    in_virtual_time(job)


def test_the_requests_of_many(tmp_path: Path) -> None:
    async def job() -> None:
        server = People(150)
        for n in range(150):  # nothing to be written
            server.rows[f"a-{n}"] |= {
                key: server.rows[f"b-{n}"][key] for key in ("work_email", "tags", "custom_fields")
            }
        async with server.client() as grinfi:
            found = await grinfi.bulk.find_duplicates()
            server.calls.clear()
            report = await grinfi.bulk.merge(found, confirm=True)
        assert (report.written, report.deleted, len(server.rows)) == (150, 150, 150)
        assert server.calls.total() < 12

    in_virtual_time(job)


@pytest.mark.anyio
@pytest.mark.parametrize("behaviour", BEHAVIOURS)
async def test_against_the_sandbox(grinfi: Grinfi, grinfi_sandbox: Sandbox, tmp_path: Path, behaviour: str) -> None:
    list_uuid, tag, flow = await new_list(grinfi), await new_tag(grinfi), await new_automation(grinfi)
    uuids: list[str] = []
    for n in range(6):
        lead: Any = {"linkedin_id": f"p-{n}", "first_name": "Ada", "last_name": f"Byron {n % 3}"}
        uuids.append(text((await grinfi.contacts.upsert(lead=lead, list_uuid=list_uuid)).uuid))
    for n in range(3):
        await grinfi.contacts.update(uuids[n], about="x", headline="y", position="z")
        await grinfi.contacts.update(uuids[n + 3], linkedin=f"p-{n}", raw_address=f"{n}")
    await grinfi.bulk.tag(tag, ids=uuids[3:])
    await grinfi.automations.add_contact(flow, uuids[5])
    found = await grinfi.bulk.find_duplicates({"list_uuid": list_uuid})
    assert found.groups_found == 3
    found.write_plan(tmp_path / "plan.csv")
    before = len(writes(grinfi_sandbox))
    report = await grinfi.bulk.merge(tmp_path / "plan.csv", confirm=True, journal=tmp_path / "merge.journal")
    assert (report.written, report.deleted, report.skipped) == (2, 2, 2)
    assert "it is in a running automation" in str(report)
    assert len(writes(grinfi_sandbox)) - before == 2 + 1 + 1
    assert sent(grinfi_sandbox, "leadsMassAction") == 1 + 1 + 1
    left = {contact.uuid: contact async for contact in grinfi.contacts.search()}
    assert sorted(left) == sorted([*uuids[:3], uuids[5]])
    assert [(left[uuids[n]].raw_address, left[uuids[n]].tags) for n in range(2)] == [(str(n), [tag]) for n in range(2)]
