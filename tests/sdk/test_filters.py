"""Filters: what `F` and the catalogues express, what they refuse, and what each operation sends."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

import anyio
import pytest
from dateutil import tz as dateutil_tz
from hypothesis import given
from hypothesis import strategies as st

from grinfi_async import (
    UNSET,
    ContactAction,
    Expression,
    F,
    Grinfi,
    InvalidArgumentError,
    NewContact,
    ScheduleDict,
    ago,
)
from grinfi_async.fields import (
    activities,
    automation_contacts,
    automations,
    companies,
    contacts,
    linkedin_messages,
    pipeline_stages,
    tasks,
)
from grinfi_sandbox import Sandbox
from tests.sandbox.outreach import node, version
from tests.sdk.helpers import UUID, answering, assert_refused, php_query, raw_query

pytestmark = pytest.mark.anyio

MOMENT = datetime(2026, 3, 4, 9, 25, 42, tzinfo=UTC)
anything: Any = F  # for values that a type checker would refuse


class Kind(Enum):
    LEAD = "lead"


# The encoding of conditions

SAID: list[tuple[Expression, dict[str, Any]]] = [
    (F.email_status == "ok", {"email_status": "ok"}),
    ("ok" == anything.email_status, {"email_status": "ok"}),  # noqa: SIM300
    (F.a != 1, {"a": {"!=": 1}}),
    (F.a < 1, {"a": {"<": 1}}),
    (F.a <= 1.5, {"a": {"<=": 1.5}}),
    (F.a > True, {"a": {">": True}}),
    (F.a >= Decimal("1.50"), {"a": {">=": "1.50"}}),
    (5 < F.a, {"a": {">": 5}}),  # noqa: SIM300
    (F["custom name"] == 1, {"custom name": 1}),
    (F["class"] == 1, {"class": 1}),
    (F.q == "acme", {"q": "acme"}),
    (F.a == Kind.LEAD, {"a": "lead"}),
    (F.a == uuid.UUID(UUID), {"a": UUID}),
    (F.a == MOMENT, {"a": "2026-03-04T09:25:42Z"}),
    (F.a == MOMENT.astimezone(timezone(timedelta(hours=2))), {"a": "2026-03-04T09:25:42Z"}),
    (F.a == date(2026, 1, 1), {"a": "2026-01-01"}),
    (F.a.is_null(), {"a": "is_null"}),
    (F.a == None, {"a": "is_null"}),  # noqa: E711
    (F.a != None, {"a": "is_not_null"}),  # noqa: E711
    (F.a.in_([2, 1, 2, Kind.LEAD]), {"a": [2, 1, "lead"]}),
    (F.a.in_(value for value in ("x", "y")), {"a": ["x", "y"]}),
    (F.a.in_({"b", "c", "a"}), {"a": ["a", "b", "c"]}),
    (F.a.in_([1, True]), {"a": [1, True]}),
    (F.a.not_in([2, 1, 2]), {"a": {"!=": [2, 1]}}),
    (~F.a.in_([1, 2]), {"a": {"!=": [1, 2]}}),
    (~F.a.not_in([1, 2]), {"a": [1, 2]}),
    (F.a.not_in([1, 2]) & F.a.not_in([2, 1]), {"a": {"!=": [1, 2]}}),
    (Expression({"a": {"!=": ("x", "y")}}), {"a": {"!=": ["x", "y"]}}),
    (F.a.between(1, 5), {"a": {">=": 1, "<=": 5}}),
    (F.a.between(1, 1), {"a": {">=": 1, "<=": 1}}),
    (F.a.between(date(2026, 1, 1), date(2026, 1, 31)), {"a": {">=": "2026-01-01", "<": "2026-02-01"}}),
    (F.a > date(2026, 1, 31), {"a": {">=": "2026-02-01"}}),
    (F.a >= date(2026, 1, 31), {"a": {">=": "2026-01-31"}}),
    (F.a < date(2026, 1, 31), {"a": {"<": "2026-01-31"}}),
    (F.a <= date(2026, 1, 31), {"a": {"<": "2026-02-01"}}),
    ((F.a == 1) & (F.b == 2), {"a": 1, "b": 2}),
    ((F.a == 1) & (F.a == 1), {"a": 1}),
    ((F.a > 1) & (F.a <= 5) & (F.a != 3), {"a": {">": 1, "<=": 5, "!=": 3}}),
    ((F.a != 3) & Expression({"a": {"<>": 3}}), {"a": {"!=": 3}}),
    (F.a.in_([1, 2]) & F.a.in_([2, 1]), {"a": [1, 2]}),
    ((F.a == 1) & {"b": [2]}, {"a": 1, "b": [2]}),
    ({"b": [2]} & (F.a == 1), {"b": [2], "a": 1}),
    (Expression() & (F.a == 1), {"a": 1}),
    (Expression(), {}),
    (~(F.a == 1), {"a": {"!=": 1}}),
    (~(F.a != 1), {"a": 1}),
    (~(F.a < 1), {"a": {">=": 1}}),
    (~(F.a >= 1), {"a": {"<": 1}}),
    (~(F.a > 1), {"a": {"<=": 1}}),
    (~(F.a <= 1), {"a": {">": 1}}),
    (~F.a.is_null(), {"a": "is_not_null"}),
    (~F.a.is_not_null(), {"a": "is_null"}),
    (contacts.email_status == "ok", {"email_status": "ok"}),
    (contacts.tags.in_([uuid.UUID(UUID)]), {"tags": [UUID]}),
    (contacts.created_at.between(date(2026, 1, 1), MOMENT),
     {"created_at": {">=": "2026-01-01", "<=": "2026-03-04T09:25:42Z"}}),
    (tasks.executed_at == MOMENT, {"executed_at": "2026-03-04T09:25:42Z"}),
]  # fmt: skip


@pytest.mark.parametrize(("said", "wire"), SAID, ids=[repr(said) for said, _ in SAID])
def test_the_encoding_of_conditions(said: Expression, wire: dict[str, Any]) -> None:
    assert json.dumps(said.to_dict()) == json.dumps(wire)
    assert said.equals(wire)
    assert Expression(wire) == said
    assert eval(repr(said), {"F": F, "Expression": Expression}) == said


def test_the_filter_of_a_day_somewhere() -> None:
    said = F.executed_at.on(date(2026, 7, 22), tz="Europe/Kyiv")
    assert said.to_dict() == {"executed_at": {">=": "2026-07-21T21:00:00Z", "<": "2026-07-22T21:00:00Z"}}
    assert F.executed_at.on(date(2026, 7, 22), tz=ZoneInfo("Europe/Kyiv")) == said
    assert tasks.executed_at.on(date(2026, 7, 22), tz=dateutil_tz.gettz("Europe/Kyiv") or UTC) == said
    assert F.a.on(date(2026, 7, 22)).to_dict() == {"a": {">=": "2026-07-22T00:00:00Z", "<": "2026-07-23T00:00:00Z"}}


DAYS = [
    ("Europe/Kyiv", date(2026, 3, 29), 23),  # clocks are put forward at 03:00
    ("Europe/Kyiv", date(2026, 10, 25), 25),
    ("America/Sao_Paulo", date(2018, 11, 4), 23),  # at midnight, so that the day begins at 01:00
    ("America/Sao_Paulo", date(2018, 2, 17), 25),  # back at midnight, so that its last hour comes twice
    ("America/Havana", date(2026, 11, 1), 25),  # back at 01:00, so that midnight comes twice
    ("Pacific/Apia", date(2011, 12, 29), 24),
    ("Pacific/Apia", date(2011, 12, 31), 24),
    ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
]


@pytest.mark.parametrize(("name", "day", "hours"), DAYS)
@pytest.mark.parametrize("library", [ZoneInfo, dateutil_tz.gettz])
def test_a_day_on_which_clocks_change(name: str, day: date, hours: float, library: Callable[[str], Any]) -> None:
    zone = ZoneInfo(name)
    bounds = F.at.on(day, tz=library(name)).to_dict()["at"]
    start, end = (datetime.fromisoformat(bounds[operator]) for operator in (">=", "<"))
    assert end - start == timedelta(hours=hours)
    assert [moment.astimezone(zone).date() for moment in (start, end - timedelta(seconds=1))] == [day, day]
    assert (start - timedelta(seconds=1)).astimezone(zone).date() < day < end.astimezone(zone).date()


def test_zones_where_the_system_has_no_database() -> None:
    code = (
        "import zoneinfo; zoneinfo.reset_tzpath(to=[]);"
        "import sys; sys.modules['tzdata'] = None;"
        "from dateutil import tz; tz.gettz = {'Europe/Berlin': tz.tzoffset(None, 7200)}.get;"
        "from datetime import date; from grinfi_async import F;"
        "print(F.at.on(date(2026, 7, 22), tz='Europe/Berlin').to_dict()['at']['>='])"
    )
    run = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True)
    assert (run.stdout.strip(), run.stderr) == ("2026-07-21T22:00:00Z", "")


def test_ago() -> None:
    def distance(moment: datetime) -> float:
        assert moment.tzinfo is UTC
        return (datetime.now(UTC) - moment).total_seconds()

    assert distance(ago(days=7)) == pytest.approx(7 * 86400, abs=5)
    assert distance(ago(weeks=1, hours=1.5, minutes=1, seconds=30)) == pytest.approx(7 * 86400 + 5490, abs=5)
    assert distance(ago(days=0)) == pytest.approx(0, abs=5)
    assert round(distance(ago(months=1)) / 86400) in {28, 29, 30, 31}
    assert round(distance(ago(years=1)) / 86400) in {365, 366}


# Values


def test_expressions_are_values() -> None:
    one = (F.a == 1) & F.b.in_(["x", "y"])
    other = F.b.in_(["y", "x"]) & (F.a == 1)
    assert one == other
    assert len({one, other, Expression({"a": 1, "b": ["x", "y"]})}) == 1
    assert pickle.loads(pickle.dumps(one)) == copy.deepcopy(one) == one
    assert one != (F.a == 1)
    assert (F.a == 1) != (F.a == True)  # noqa: E712
    assert (F.a == 1) != 1
    assert not (F.a == 1).equals({"a": 2})
    wire = one.to_dict()
    wire["b"].append("z")
    wire["c"] = 1
    assert one == other
    with pytest.raises(AttributeError, match="use & to make a new one"):
        one.a = 1


def test_a_later_change_of_a_mapping_does_not_change_an_expression() -> None:
    given: dict[str, Any] = {"a": {">=": 1}, "b": ["x"]}
    said = Expression(given)
    given["a"]["<"] = 5
    given["b"].append("y")
    assert said.to_dict() == {"a": {">=": 1}, "b": ["x"]}


def test_repr_reads_like_the_code() -> None:
    said = (F.email_status == "ok") & F.company_uuid.is_not_null() & F.created_at.between(1, 2) & F["a b"].in_(["x"])
    assert repr(said) == (
        "(F.email_status == 'ok') & F.company_uuid.is_not_null() & (F.created_at >= 1) & (F.created_at <= 2)"
        " & F['a b'].in_(['x'])"
    )
    assert repr([F.a == 1, ~(F.a > 2), Expression(), F, F.a, contacts.tags, F["class"]]) == (
        "[F.a == 1, F.a <= 2, Expression(), F, F.a, F.tags, F['class']]"
    )
    assert repr(Expression({"a": {"=": "is_null"}})) == "Expression({'a': {'=': 'is_null'}})"


SCALARS = (
    st.integers(-99, 99) | st.booleans() | st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
    | st.floats(allow_nan=False, allow_infinity=False) | st.decimals(allow_nan=False, allow_infinity=False)
    | st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29), timezones=st.timezones()) | st.uuids()
)  # fmt: skip
VALUES = SCALARS.filter(lambda value: value not in {"is_null", "is_not_null"})


@st.composite
def expressions(draw: st.DrawFn) -> Expression:
    result = Expression()
    for name in draw(st.lists(st.sampled_from(["a", "b", "lead_uuid", "custom name", "ä"]), max_size=4, unique=True)):
        field = F[name]
        match draw(st.integers(0, 7)):
            case 0:
                result &= field == draw(VALUES)
            case 1:
                result &= field != draw(VALUES)
            case 2:
                result &= field < draw(SCALARS)
            case 3:
                result &= field >= draw(SCALARS)
            case 4:
                result &= (field > draw(st.integers(0, 5))) & (field <= draw(st.integers(6, 9)))
            case 5:
                result &= field.in_(draw(st.lists(SCALARS, min_size=1, max_size=3)))
            case 6:
                result &= field.is_null()
            case _:
                result &= field.is_not_null()
    return result


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _texts(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [_texts(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    return str(value).lower() if isinstance(value, bool) else str(value)


@given(expressions())
def test_every_encoding_decodes_to_the_same_filter(said: Expression) -> None:
    async def decoded() -> tuple[Any, Any]:
        servers = answering({"data": []}), answering({"data": []})
        await servers[0].client().companies.list(filter=said)
        await servers[1].client().companies.search(filter=said)
        return php_query(raw_query(servers[0].request)).get("filter", {}), servers[1].body["filter"]

    in_brackets, in_body = anyio.run(decoded)
    assert in_brackets == _texts(said.to_dict())
    assert in_body == said.to_dict()
    assert Expression(in_body) == said
    assert eval(repr(said), {"F": F, "Expression": Expression}) == said


# Inexpressible conditions

REFUSED: list[tuple[str, str, Callable[[], Any]]] = [
    ("filter", 'no "or".*in_', lambda: (F.a == 1) | (F.b == 2)),
    ("filter", 'no "or"', lambda: {"a": 1} | anything.b.is_null()),
    ("F.a", 'no "or"', lambda: anything.a | anything.b),
    ("filter", "or.*the API has no", lambda: ~((F.a == 1) & (F.b == 2))),
    ("filter", "matches everything", lambda: ~Expression()),
    ("F.a", "remove from it", lambda: F.a.not_in([1, 2]) & (F.a != 3)),
    ("F.a", "excludes nothing", lambda: F.a.not_in([])),
    ("F.a", "for one value use !=", lambda: F.a.not_in("abc")),
    ("F.a", "no exact opposite", lambda: ~F.a.between(1, 2)),
    ("F.q", "no exact opposite", lambda: ~(F.q == "x")),
    ("F.a", "is_null", lambda: ~anything.a),
    ("filter", "`not`", lambda: not (F.a == 1)),  # noqa: SIM201  # pyright: ignore[reportGeneralTypeIssues]
    ("filter", "`and`", lambda: F.a == 1 and F.b == 2),
    ("filter", "`or`", lambda: F.a == 1 or F.b == 2),
    ("filter", "between", lambda: 1 < F.a < 5),
    ("filter", "in_", lambda: F.a in [1, 2]),
    ("F.a", "in_", lambda: 1 in anything.a),
    ("F.a", "truth value", lambda: bool(F.a)),
    ("F.b", "in parentheses", lambda: F.a == 1 & anything.b == 2),
    ("F.b", "in parentheses", lambda: (F.a == 1) & anything.b),
    ("F.a", "in parentheses", lambda: anything.a & (F.b == 1)),
    ("filter", "in parentheses", lambda: (F.a == 1) & True),  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
    ("filter", "in parentheses", lambda: None & (F.a == 1)),  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportOptionalOperand]
    ("F.a", "one value.*in_.*1, 2", lambda: (F.a == 1) & (F.a == 2)),
    ("F.a", "equality is enough", lambda: (F.a == 1) & (F.a >= 0)),
    ("F.a", "equality is enough", lambda: (F.a != 1) & (F.a == 2)),
    ("F.a", "is_not_null", lambda: F.a.is_not_null() & (F.a > 1)),
    ("F.a", "keep one", lambda: F.a.is_null() & F.a.is_not_null()),
    ("F.a", "keep one", lambda: F.a.is_null() & (F.a == 1)),
    ("F.a", r"in_\(\[2\]\)", lambda: F.a.in_([1, 2]) & F.a.in_([2, 3])),
    ("F.a", "no value is in both", lambda: F.a.in_([1]) & F.a.in_([2])),
    ("F.a", "remove from it", lambda: F.a.in_([1, 2]) & (F.a != 2)),
    ("F.a", "keep F.a > 7,", lambda: (F.a > 5) & (F.a > 7)),
    ("F.a", "keep F.a > 7,", lambda: (F.a > 7) & (F.a > 5)),
    ("F.a", "keep F.a <= 5,", lambda: (F.a <= 5) & (F.a <= 7)),
    ("F.a", "keep F.a >= '2026-02-01',", lambda: (F.a >= date(2026, 1, 1)) & (F.a >= date(2026, 2, 1))),
    ("F.a", "keep the narrower", lambda: (F.a > "x") & (F.a > "y")),
    ("F.a", "one !=", lambda: (F.a != 1) & (F.a != 2)),
    ("F.a", "one !=", lambda: (F.a != 1) & {"a": {"<>": 2}}),
    ("F.a", "no value is > 5 and < 3", lambda: (F.a > 5) & (F.a < 3)),
    ("F.a", "no value is >= 5 and < 5", lambda: (F.a < 5) & (F.a >= 5)),
    ("F.a", "no value", lambda: (F.a > MOMENT) & (F.a <= MOMENT)),
    ("F.a", "swap", lambda: F.a.between(5, 1)),
    ("F.a", "swap", lambda: F.a.between(Decimal("5.5"), 1)),
    ("F.a", "swap", lambda: F.a.between(date(2026, 1, 2), date(2026, 1, 1))),
    ("F.created_at", "swap", lambda: contacts.created_at.between(MOMENT, date(2026, 1, 1))),
    ("F.a", "not with another field", lambda: F.a == F.b),
    ("F.a", "not with another field", lambda: F.a >= (F.b == 1)),
    ("F.a", "nan", lambda: F.a == float("nan")),
    ("F.a", "-inf", lambda: F.a > float("-inf")),
    ("F.a", "NaN", lambda: F.a.between(1, Decimal("nan"))),
    ("F.a", r"value\.replace\(tzinfo=", lambda: F.a >= datetime(2026, 1, 1)),
    ("F.a", "decode it", lambda: F.a == b"x"),
    ("F.a", "expected text, a number", lambda: F.a == object()),
    ("F.a", "required", lambda: F.a == UNSET),
    ("F.a", "is_null", lambda: F.a >= None),
    ("F.a", r"use \.is_null\(\)", lambda: F.a == "is_null"),
    ("F.a", "in_", lambda: F.a == [1]),
    ("F.a", "takes one value", lambda: F.a != {"a": 1}),
    ("F.a", "for one value use ==", lambda: F.a.in_("abc")),
    ("F.a", "list of values, got int 5", lambda: F.a.in_(5)),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ("F.a", "matches nothing", lambda: F.a.in_([])),
    ("F.a[1]", "is_null", lambda: F.a.in_([1, None])),
    ("F.a[0]", "got a list", lambda: F.a.in_([[1]])),
    ("F.q", "not empty", lambda: F.q == " "),
    ("F.q", "takes ==", lambda: F.q != "x"),
    ("F.q", "takes ==", lambda: F.q.in_(["x"])),
    ("F.q", "takes ==", lambda: F.q.is_null()),
    ("F.executed_at", r"\.on\(", lambda: tasks.executed_at == date(2026, 1, 1)),
    ("F.executed_at", r"\.on\(", lambda: tasks.executed_at.in_(iter([date(2026, 1, 1)]))),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ("F.a.on(tz)", "did you mean 'Europe/Kyiv'", lambda: F.a.on(date(2026, 1, 1), tz="Europe/Kyyiv")),
    ("F.a.on(tz)", "no time zone 'Europe'", lambda: F.a.on(date(2026, 1, 1), tz="Europe")),
    ("F.a.on(tz)", "no time zone '../UTC'", lambda: F.a.on(date(2026, 1, 1), tz="../UTC")),
    ("F.a.on(tz)", "or a tzinfo, got int", lambda: F.a.on(date(2026, 1, 1), tz=2)),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ("F.a", r"\.date\(\)", lambda: F.a.on(MOMENT)),
    ("F.a", "skipped 2011-12-30", lambda: F.a.on(date(2011, 12, 30), tz="Pacific/Apia")),
    ("F.a", "end of the calendar", lambda: F.a.on(date.max)),
    ("F.a", "end of the calendar", lambda: F.a.on(date.min)),
    ("F.a", "no day after", lambda: F.a <= date.max),
    ("F[...]", "name of a field", lambda: F[" "]),
    ("F[...]", "name of a field, got int", lambda: anything[1]),
    ("ago", "at least one part", lambda: ago()),
    ("ago.days", "future", lambda: ago(days=-1)),
    ("ago.months", "integer", lambda: ago(months=1.5)),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ("ago.hours", "nan", lambda: ago(hours=float("nan"))),
    ("ago", "before the first year", lambda: ago(years=3000)),
    ("ago", "before the first year", lambda: ago(days=1e12)),
    ("filter.a", "no operator 'gt'; it has = != < <= > >= <>", lambda: Expression({"a": {"gt": 1}})),
    ("filter.a", "no operator '>=<'", lambda: Expression({"a": {">=<": 1}})),
    ("filter.a", "no value", lambda: Expression({"a": {">": 5, "<": 3}})),
    ("filter.a", "equality is enough", lambda: Expression({"a": {"=": 5, ">": 3}})),
    ("filter.q", "not empty", lambda: Expression({"q": ""})),
    ("filter.a.>=", "time zone", lambda: Expression({"a": {">=": datetime(2026, 1, 1)}})),
    ("filter", "F.a is a field", lambda: Expression(anything.a)),
    ("filter", "F is a field", lambda: Expression(anything)),
    ("filter", "got True", lambda: Expression(True)),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ("filter", "expression of F or a mapping, got a list", lambda: Expression([])),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
]  # fmt: skip


@pytest.mark.parametrize(
    ("argument", "match", "say"), REFUSED, ids=[f"{number}-{name}" for number, (name, _, _) in enumerate(REFUSED)]
)
def test_inexpressible_conditions_are_refused_at_once(argument: str, match: str, say: Callable[[], Any]) -> None:
    with pytest.raises(InvalidArgumentError, match=match) as caught:
        say()
    assert caught.value.argument == argument


def test_fields_cannot_be_iterated_over() -> None:
    for field in (F, F.a, contacts.tags):
        with pytest.raises(TypeError):
            iter(field)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]


def test_python_special_names_are_not_fields() -> None:
    for name in ("__wrapped__", "_repr_html_"):
        with pytest.raises(AttributeError, match="write F\\["):
            getattr(F, name)
    assert (F["_x"] == 1).to_dict() == {"_x": 1}
    assert copy.copy(F).a.is_null() == F.a.is_null()


# The filters of operations

UNKNOWN: list[tuple[str, str, Callable[[Grinfi], Any]]] = [
    ("filter.staus", "tasks.list has no field 'staus'.* did you mean 'status'\\? It takes flow_uuid, status, type",
     lambda it: it.tasks.list(filter={"staus": "closed"})),
    ("filter.nonsense", r"emails.list has no field 'nonsense', .*use another field\. It takes flow_uuid",
     lambda it: it.emails.list(filter=F.nonsense == 1)),
    ("filter.created_at", "linkedin_messages.list",
     lambda it: it.linkedin_messages.list(filter=F.created_at >= MOMENT)),
    ("filter.q", "linkedin_conversations.list", lambda it: it.linkedin_conversations.list(filter=F.q == "x")),
    ("filter.created_at", "tasks.group_counts",
     lambda it: it.tasks.group_counts(group_field="status", filter=F.created_at >= MOMENT)),
    ("filter.created_at", "does not support created_at; use sent_at",
     lambda it: it.linkedin_messages.group_counts(group_field="status", filter=F.created_at >= MOMENT)),
    ("filter.flow_id", "did you mean 'flow_uuid'", lambda it: it.automations.list_contacts(filter={"flow_id": "a"})),
    ("filter.user_uuid", "activities.list", lambda it: it.activities.list(filter={"user_uuid": "a"})),
    ("filter.name", "pipeline_stages.list", lambda it: it.pipeline_stages.list(filter={"object": "lead", "name": "a"})),
    ("filter.object", "is required", lambda it: it.pipeline_stages.list(filter={"type": "new"})),
    ("filter.status", r"only == and .in_\(\[...\]\) here, not !=",
     lambda it: it.automations.list_contacts(filter=automation_contacts.status != "done")),
    ("filter.lead_uuid", r"not .is_null\(\)",
     lambda it: it.automations.list_contacts(filter={"lead_uuid": "is_null"})),
    ("filter.company_name", "contacts.search cannot filter by names, .*; use q, which searches the full text",
     lambda it: it.contacts.search(filter=F.company_name == "Acme")),
    ("filter.first_name", "contacts.count .* use q", lambda it: it.contacts.count(filter={"first_name": "Ada"})),
    ("filter.last_name", "contacts.enrich .* use q",
     lambda it: it.contacts.enrich(filter={"last_name": "Lovelace"})),
    ("filter.name", "files.export_contacts .* use q", lambda it: it.files.export_contacts(filter=F.name.is_null())),
    ("filter.updated_at", r"answers 500; use created_at, or read contacts.search\(order_field=\"updated_at\"",
     lambda it: it.contacts.search(filter=F.updated_at >= MOMENT)),
    ("filter.updated_at", "contacts.mass_action",
     lambda it: it.contacts.mass_action(ContactAction.mark_read(), filter=F.updated_at >= MOMENT)),
    ("filter.ids", "matches nothing",
     lambda it: it.files.export_contacts(filter={"ids": []})),
    ("filter", "got True", lambda it: it.contacts.search(filter=True)),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ("filter", "is a field", lambda it: it.contacts.search(filter=contacts.position)),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ("filter", "does not accept null", lambda it: it.contacts.search(filter=None)),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
]  # fmt: skip


@pytest.mark.parametrize(
    ("argument", "match", "call"), UNKNOWN, ids=[f"{number}-{name}" for number, (name, _, _) in enumerate(UNKNOWN)]
)
async def test_unknown_arguments_are_refused_before_sending(
    argument: str, match: str, call: Callable[[Grinfi], Any]
) -> None:
    await assert_refused(argument, call, match=match)


SENT: list[tuple[Callable[[Grinfi], Any], Any]] = [
    (lambda it: it.contacts.search(filter=contacts.email_status == "ok"), {"filter": {"email_status": "ok"}}),
    (lambda it: it.contacts.search(filter=F["custom_fields.Industry"] == "SaaS"),
     {"filter": {"custom_fields.Industry": "SaaS"}}),
    (lambda it: it.contacts.search(filter=Expression()), {"filter": {}}),
    (lambda it: it.contacts.count(filter=contacts.ids == UUID), {"filter": {"ids": [UUID]}}),
    (lambda it: it.files.export_contacts(filter=contacts.all == True), {"filter": {"all": True}}),  # noqa: E712
    (lambda it: it.automations.list_contacts(filter=automation_contacts.flow_uuid == UUID),
     {"filter": {"flow_uuid": [UUID]}}),
    (lambda it: it.automations.list_contacts(filter={"status": ("a", "b")}), {"filter": {"status": ["a", "b"]}}),
    (lambda it: it.tasks.group_counts(group_field="status", filter=tasks.executed_at.on(date(2026, 7, 22))),
     {"filter": {"executed_at": {">=": "2026-07-22T00:00:00Z", "<": "2026-07-23T00:00:00Z"}}, "group_field": "status"}),
    (lambda it: it.linkedin_messages.group_counts(group_field="type", filter=linkedin_messages.sent_at >= MOMENT),
     {"filter": {"sent_at": {">=": "2026-03-04T09:25:42Z"}}, "group_field": "type"}),
    (lambda it: it.automations.node_statistics("a", node_ids=[1], filter=None), {"node_ids": [1], "filter": None}),
]  # fmt: skip


@pytest.mark.parametrize(("call", "body"), SENT, ids=range(len(SENT)))
async def test_filters_in_bodies(call: Callable[[Grinfi], Any], body: Any) -> None:
    server = answering({"data": []})
    await call(server.client())
    assert {name: value for name, value in server.body.items() if not name.startswith("order_")} == body


async def test_filters_in_queries() -> None:
    server = answering({"data": []})
    grinfi = server.client()
    await grinfi.tasks.list(filter=(tasks.status == "closed") & (tasks.executed_at >= date(2026, 7, 22)))
    await grinfi.tasks.list(filter=Expression())
    await grinfi.pipeline_stages.list(filter=pipeline_stages.object == "lead")
    await grinfi.activities.list(filter=Expression())
    await grinfi.companies.list(filter=(companies.q == "acme") & companies.tags.in_(["a", "b"]))
    sent = [[(name, value) for name, value in raw_query(it) if name.startswith("filter")] for it in server.requests]
    assert sent == [
        [("filter[status]", "closed"), ("filter[executed_at][>=]", "2026-07-22")],
        [],
        [("filter", '{"object":"lead"}')],
        [("filter", "{}")],
        [("filter[q]", "acme"), ("filter[tags][]", "a"), ("filter[tags][]", "b")],
    ]


async def test_objects_with_to_filter_are_checked_too() -> None:
    class Saved:
        def to_dict(self) -> Mapping[str, Any]:
            return {"staus": "closed"}

    await assert_refused("filter.staus", lambda it: it.tasks.list(filter=Saved()))


# In a sandbox


@pytest.fixture(params=["published", "observed"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(sockets=False, behaviour=request.param) as running:
        yield running


async def test_filters_find_what_they_describe(sandbox: Sandbox) -> None:
    async with Grinfi(sandbox.key, base_url=sandbox.url, transport=sandbox.transport, rate_limiter=None) as grinfi:
        everyone = await grinfi.lists.create(name="Everyone")
        warm = await grinfi.tags.create(name="Warm")
        for handle, status in (("ada", "ok"), ("bob", "bad"), ("cyd", None)):
            lead = {"linkedin_id": handle, "position": handle, "headline": "Acme" if status else None}
            known = {key: value for key, value in lead.items() if value}
            await grinfi.contacts.upsert(lead=NewContact.from_dict(known), list_uuid=everyone.uuid)
        rows = {row.linkedin: row async for row in grinfi.contacts.search()}

        async def found(filter: Expression) -> list[str | None]:
            search = grinfi.contacts.search(filter=filter, order_field="created_at", order_type="asc")
            names = [row.linkedin async for row in search]
            assert (await grinfi.contacts.count(filter=filter)).total == len(names)
            return names

        assert await found(contacts.linkedin == "ada") == ["ada"]
        assert await found(contacts.linkedin != "ada") == ["bob", "cyd"]
        assert await found(contacts.linkedin.in_(["cyd", "ada"])) == ["ada", "cyd"]
        assert await found(contacts.linkedin.not_in(["cyd", "ada"])) == ["bob"]
        assert await found(contacts.headline.is_null()) == ["cyd"]
        assert await found(~contacts.headline.is_null() & (F.list_uuid == everyone.uuid)) == ["ada", "bob"]
        assert await found(contacts.created_at >= ago(minutes=5)) == ["ada", "bob", "cyd"]
        assert await found(contacts.created_at < ago(minutes=5)) == []
        today = datetime.now(UTC).date()
        near = contacts.created_at.between(today - timedelta(days=1), today + timedelta(days=1))
        assert await found(near & (contacts.position > "b")) == ["bob", "cyd"]
        assert await found(F.q == "bob") == ["bob"]

        one = contacts.linkedin == "ada"
        await grinfi.contacts.mass_action(ContactAction.add_tags(str(warm.uuid)), filter=one)
        with anyio.fail_after(30):
            while not (await grinfi.contacts.get(str(rows["ada"].uuid))).tags:
                await anyio.sleep(0.01)
        assert await found(contacts.tags == str(warm.uuid)) == ["ada"]
        assert await found(contacts.tags.not_in([str(warm.uuid), UUID])) == ["bob", "cyd"]

        # brackets
        assert [row.name async for row in grinfi.lists.list(filter=F.name == "Everyone")] == ["Everyone"]
        assert [row.name async for row in grinfi.lists.list(filter=F.name != "Everyone")] == []
        schedule: ScheduleDict = {"timezone": "UTC", "timeblocks": []}
        flow = await grinfi.automations.create(name="Hello", use_sender_schedule=True, schedule=schedule)
        await grinfi.flow_versions.create(
            str(flow.uuid), **version(node(1, "end", created_at=MOMENT, updated_at=MOMENT))
        )
        for filter, names in ((automations.status == "draft", ["Hello"]), (automations.status != "draft", [])):
            assert [row.name async for row in grinfi.automations.list(filter=filter)] == names
        sender = await grinfi.sender_profiles.create(first_name="Max", last_name="Roe", assignee_user_id=1)
        for handle in ("ada", "bob"):
            task = await grinfi.tasks.create(
                lead_uuid=str(rows[handle].uuid), sender_profile_uuid=str(sender.uuid), schedule_at=MOMENT, text=handle
            )
        await grinfi.tasks.complete(str(task.uuid))
        for filter, handles in (
            (tasks.status == "closed", ["bob"]),
            (
                (tasks.status == "closed")
                & tasks.executed_at.between(today - timedelta(days=1), today + timedelta(days=1)),
                ["bob"],
            ),
            ((tasks.status == "closed") & tasks.executed_at.on(today - timedelta(days=2)), []),
            (tasks.executed_at.is_null() & (tasks.schedule_at <= MOMENT), ["ada"]),
            (tasks.lead_uuid.in_([str(rows["ada"].uuid)]), ["ada"]),
            (tasks.status.not_in(["closed", "failed"]), ["ada"]),
        ):
            leads = {str(rows[handle].uuid) for handle in handles}
            assert {row.lead_uuid async for row in grinfi.tasks.list(filter=filter)} == leads
            counts = await grinfi.tasks.group_counts(group_field="sender_profile_uuid", filter=filter)
            assert sum(counts.values()) == len(leads)
        # only lists
        await grinfi.automations.start(str(flow.uuid))
        await grinfi.automations.add_contact(str(flow.uuid), str(rows["ada"].uuid))
        for filter, count in ((automation_contacts.flow_uuid == str(flow.uuid), 1), (F.lead_uuid == UUID, 0)):
            assert len([row async for row in grinfi.automations.list_contacts(filter=filter)]) == count
        # a JSON string
        stages = [row async for row in grinfi.pipeline_stages.list(filter=pipeline_stages.object == "lead")]
        assert {stage.object for stage in stages} == {"lead"}
        ((chosen, count), *others) = Counter([row.type async for row in grinfi.activities.list(filter={})]).items()
        assert others
        logged = (activities.type == str(chosen)) & (activities.created_at >= ago(days=7))
        assert [row.type async for row in grinfi.activities.list(filter=logged)] == [chosen] * count
