"""Mass actions by filter, on servers that ignore a condition: only contacts that were read are changed."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grinfi_async import (
    CompanyAction,
    ContactAction,
    F,
    FilterIgnoredError,
    Grinfi,
    InvalidArgumentError,
    MissingFieldError,
)
from grinfi_overrides.runtime.times import DATE_TIME
from grinfi_support.matching import Match

pytestmark = pytest.mark.anyio

PEOPLE = [{"uuid": f"c-{number}", "name": f"Person {number}", "email_status": "ok"} for number in range(3)]
PEOPLE[1] |= {"email_status": "invalid"}


class Ignoring:
    """A server that answers every search with everybody."""

    def __init__(self, rows: list[dict[str, str]] = PEOPLE) -> None:
        self.rows = rows
        self.writes: list[Any] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body: Any = json.loads(request.content) if request.content else {}
        if request.url.path.endswith(("/search", "/list")):
            offset = body.get("offset", 0)
            return httpx.Response(200, json={"data": self.rows[offset:], "total": len(self.rows)})
        self.writes.append(body)
        return httpx.Response(200, json={})

    def client(self) -> Grinfi:
        return Grinfi("k", base_url="http://127.0.0.1:1", transport=httpx.MockTransport(self), rate_limiter=None)


ACTIONS: dict[str, Callable[[Grinfi, Any], Awaitable[Any]]] = {
    "contacts.mass_action": lambda it, who: it.contacts.mass_action(ContactAction.add_tags("t"), filter=who),
    "contacts.mass_action deletes": lambda it, who: it.contacts.mass_action(ContactAction.delete(), filter=who),
    "bulk.tag": lambda it, who: it.bulk.tag("t", filter=who),
    "bulk.update": lambda it, who: it.bulk.update({"position": "CTO"}, filter=who),
    "bulk.update of a list": lambda it, who: it.bulk.update({"list_uuid": "l"}, filter=who),
    "bulk.delete": lambda it, who: it.bulk.delete(filter=who, confirm=True),
    "bulk.add_to_automation": lambda it, who: it.bulk.add_to_automation("f", filter=who),
    "bulk.preview": lambda it, who: it.bulk.preview(filter=who),
}


@pytest.mark.parametrize("action", ACTIONS)
async def test_if_the_server_ignores_a_condition_no_contact_is_changed(action: str) -> None:
    server = Ignoring()
    with pytest.raises(FilterIgnoredError, match=r"c-0, which does not meet F.email_status == 'invalid'.*was written"):
        await ACTIONS[action](server.client(), F.email_status == "invalid")
    assert server.writes == []


@pytest.mark.parametrize("uuid", [{}, {"uuid": None}, {"uuid": ""}, {"uuid": 5}], ids=str)
@pytest.mark.parametrize("action", ACTIONS)
async def test_a_row_without_an_id_changes_no_contact(action: str, uuid: dict[str, Any]) -> None:
    server = Ignoring([PEOPLE[0], {"email_status": "ok", **uuid}])
    with pytest.raises(MissingFieldError, match=r"without a uuid.*Nothing was written"):
        await ACTIONS[action](server.client(), F.email_status == "ok")
    assert server.writes == []


@pytest.mark.parametrize("action", ACTIONS)
async def test_an_unknown_field_is_refused_before_anything_is_read(action: str) -> None:
    server = Ignoring()
    with pytest.raises(InvalidArgumentError, match=r"filter.emial_status: .*did you mean 'email_status'"):
        await ACTIONS[action](server.client(), F.emial_status == "invalid")
    assert server.writes == []


async def test_companies_are_checked_too() -> None:
    server = Ignoring()
    with pytest.raises(FilterIgnoredError):
        await server.client().companies.mass_action(CompanyAction.delete(), filter=F.name == "Acme")
    assert server.writes == []


async def test_conditions_that_rows_do_not_show_are_named_and_need_confirmation() -> None:
    server = Ignoring()
    grinfi = server.client()
    preview = await grinfi.bulk.preview(filter=F.q == "person")
    assert (preview.count, preview.unseen) == (3, ("q",))
    assert str(preview) == "3 contacts: Person 0, Person 1, Person 2 (not checked: q)"
    with pytest.raises(InvalidArgumentError, match=r"^confirm: contact_add_to_flow cannot be undone.*filter's q"):
        await grinfi.bulk.add_to_automation("f", filter=F.q == "person")
    assert server.writes == []
    await grinfi.bulk.add_to_automation("f", filter=F.q == "person", confirm=True, verify="none")
    await grinfi.bulk.tag("t", filter=F.q == "person", verify="none")
    assert [each["filter"]["ids"] for each in server.writes] == [["c-0", "c-1", "c-2"]] * 2


async def test_a_confirmed_preview_is_executed_unchanged() -> None:
    server = Ignoring()
    grinfi = server.client()
    preview = await grinfi.bulk.preview(filter=F.q == "person")
    report = await grinfi.bulk.delete(ids=preview, confirm=True, settle=0)
    assert report.sent == 3
    assert [each["filter"] for each in server.writes] == [{"all": False, "ids": [*preview], "excludeIds": []}]


async def test_an_action_on_many_goes_in_requests_of_500() -> None:
    server = Ignoring()
    ids = [f"c-{number}" for number in range(1100)]
    assert len(await server.client().contacts.mass_action(ContactAction.add_tags("t"), ids=ids)) == 3
    assert [uuid for each in server.writes for uuid in each["filter"]["ids"]] == ids


async def test_a_failure_says_what_was_sent_before() -> None:
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(422 if len(requests) == 2 else 200, json={})

    async with Grinfi("k", base_url="http://x", transport=httpx.MockTransport(answer), rate_limiter=None) as grinfi:
        with pytest.raises(Exception, match="422") as caught:
            await grinfi.contacts.mass_action(ContactAction.delete(), ids=[f"c-{number}" for number in range(900)])
    assert caught.value.__notes__ == ["It was already sent for the first 500 of 900 records."]


ROW = {
    "text": "Acme", "number": 5, "flag": 1, "none": None, "empty": "", "tags": ["t-1", {"uuid": "t-2"}],
    "time": "2026-03-04T09:25:42.000000Z", "sql_time": "2026-03-04 09:25:42",
}  # fmt: skip
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("condition", "is_met"),
    [
        (F.text == "acme", True),
        (F.text == "Acme Ltd", False),
        (F.text != "acme", False),
        (F.text.in_(["x", "Acme"]), True),
        (F.text.in_(["x", "y"]), False),
        (F.text.not_in(["x", "y"]), True),
        (F.text.not_in(["x", "Acme"]), False),
        (F.none.not_in(["x"]), None),
        (F.text > "A", None),
        (F.number == 5, True),
        (F.number == "5", True),
        (F.number > 5, False),
        (F.number.between(5, 6), True),
        (F.flag == True, True),  # noqa: E712 - a condition, not a truth value
        (F.flag == False, False),  # noqa: E712
        (F.tags == "t-1", True),
        (F.tags.in_(["t-2"]), True),
        (F.tags == "t-3", False),
        (F.tags != "t-3", True),
        (F.none.is_null(), True),
        (F.none.is_not_null(), False),
        (F.none == "x", False),
        (F.none != "x", None),
        (F.empty.is_null(), True),
        (F.empty.is_not_null(), None),
        (F.text.is_null(), False),
        (F.time == datetime(2026, 3, 4, 9, 25, 42, tzinfo=UTC), True),
        (F.time < NOON, True),
        (F.sql_time < NOON, True),
        (F.time >= NOON, False),
        (F.missing == "x", None),
        (F.q == "acme", None),
    ],
)
def test_a_row_shows_if_it_meets_a_condition(condition: Any, is_met: bool | None) -> None:
    match = Match(condition)
    assert (match.broken_by(ROW) is None) is (is_met is not False)
    assert bool(match.unseen) is (is_met is None)


@given(st.text(min_size=1).filter(str.strip), st.integers(), st.booleans())
def test_a_row_meets_what_it_shows(text: str, number: int, flag: bool) -> None:
    row = {"text": text, "number": number, "flag": flag}
    match = Match({name: {"=": value} for name, value in row.items()})
    assert match.broken_by(row) is None
    assert match.broken_by({**row, "number": number + 1}) == f"F.number == {number!r}"


def test_a_time_in_a_filter_is_parsed_once_for_all_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    class Counting:
        calls = 0

        def decode(self, value: object) -> object:
            self.calls += 1
            return DATE_TIME.decode(value)

    counting = Counting()
    monkeypatch.setattr("grinfi_support.matching.DATE_TIME", counting)
    match = Match({"company_name": ["Acme", "Bolt"], "status": {"!=": "new"}})
    for number in range(100):
        assert match.broken_by({"company_name": f"Company {number}"}) is not None
    assert counting.calls <= 3
