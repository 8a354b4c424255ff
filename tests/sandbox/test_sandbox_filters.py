"""Filters mean the same in SQL and in Python, for any values; and a large sandbox answers them quickly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grinfi_sandbox.description import Description, find_description, load_description
from grinfi_sandbox.filters import Filters
from grinfi_sandbox.seeding import seed
from grinfi_sandbox.server import SandboxServer, run_in_thread
from grinfi_sandbox.store import COLUMNS, Store
from grinfi_sandbox.values import as_array, as_object

KIND = "thing"
TEXT_FIELDS = ("name", "note")
PROPERTIES: dict[str, Any] = {
    "name": {"type": "string", "nullable": True},  # a separate column
    "note": {"type": "string", "nullable": True},
    "email_status": {"type": "string", "nullable": True},  # kept with the elements too
    "size": {"type": "integer", "nullable": True},
    "at": {"type": "string", "format": "date-time", "nullable": True},
    "updated_at": {"type": "string", "format": "date-time"},
    "tags": {"type": "array", "items": {"type": "string"}},  # in the table of elements
    "skills": {"type": "array", "items": {"type": "string"}},
}
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda one, other: bool(one == other),
    "!=": lambda one, other: bool(one != other),
    "<>": lambda one, other: bool(one != other),
    "<": lambda one, other: bool(one < other),
    "<=": lambda one, other: bool(one <= other),
    ">": lambda one, other: bool(one > other),
    ">=": lambda one, other: bool(one >= other),
}

texts = st.sampled_from(["", "a", "A", "b", "ab", "ß", "100%", "5", "'", '"', "x OR 1=1", "is_nul", "2026-01-02"])
numbers = st.integers(-3, 3)
times = st.sampled_from(["2026-01-02T00:00:00.000000Z", "2026-01-02T00:00:00.000001Z", "2026-03-01T00:00:00.000000Z"])
asked_times = times | st.sampled_from(["2026-01-02", "2026-01-02T01:00:00+01:00", "2026-01-01T23:59:59.999999-00:00"])
elements = st.sampled_from(["a", "b", "'", "5"])
lists = st.lists(elements, max_size=3, unique=True)
rows = st.fixed_dictionaries(
    {
        "name": st.none() | texts,
        "note": st.none() | texts,
        "email_status": st.none() | texts,
        "size": st.none() | numbers,
        "at": st.none() | times,
        "tags": lists,
        "skills": lists,
    }
)


def forms(values: st.SearchStrategy[Any], operators: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """Every form that a filter value may have."""
    compared = st.dictionaries(st.sampled_from(operators), values, min_size=1, max_size=2)
    return values | st.lists(values, max_size=3) | compared | st.sampled_from(["is_null", "is_not_null"])


ALL = tuple(OPERATORS)
CONDITIONS: dict[str, st.SearchStrategy[Any]] = {
    "name": forms(texts | numbers, ALL),
    "note": forms(texts | numbers, ALL),
    "email_status": forms(texts | numbers, ALL),
    "size": forms(numbers | st.sampled_from(["1", "-2", "x"]), ALL),
    "at": forms(asked_times, ALL),
    "tags": forms(elements, ("=", "!=", "<>")),
    "skills": forms(elements, ("=", "!=", "<>")),
    "q": st.none() | st.sampled_from(["", "a", "SS", "a b", "100%", "%", "\t'\n"]),
}
single_filters = st.one_of([st.fixed_dictionaries({key: value}) for key, value in CONDITIONS.items()])
filters = st.lists(single_filters, min_size=1, max_size=2).map(lambda parts: {**parts[0], **parts[-1]})


def read(key: str, value: Any) -> Any:
    """Return an operand as the field's type reads it, with its place in the order of types: numbers before texts."""
    if key == "at":
        moment = datetime.fromisoformat(value)
        value = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    elif key == "size" and value not in ("x", None):
        value = int(value)
    elif key in ("name", "note", "email_status", "tags", "skills") and isinstance(value, int):
        value = str(value)
    return isinstance(value, str), value


def holds(row: dict[str, Any], key: str, wanted: Any) -> bool:
    """Return whether a row meets a condition."""
    if key == "q":
        shown = [str(row[name] or "").casefold() for name in TEXT_FIELDS]
        words: list[str] = [] if wanted is None else wanted.casefold().split()
        return all(any(word in text for text in shown) for word in words)
    held = row[key]
    if key in ("tags", "skills"):
        if wanted in ("is_null", "is_not_null"):
            return bool(held) is bool(wanted == "is_not_null")
        several = as_array(wanted)
        if several is not None:
            return any(value in several for value in held)
        return all((value in held) == (operator == "=") for operator, value in comparisons(wanted))
    if wanted in ("is_null", "is_not_null"):
        return (held is None) is bool(wanted == "is_null")
    if held is None:
        return False
    own = (isinstance(held, str), held)
    several = as_array(wanted)
    if several is not None:
        return own in [read(key, value) for value in several]
    return all(OPERATORS[operator](own, read(key, value)) for operator, value in comparisons(wanted))


def comparisons(wanted: Any) -> Iterable[tuple[str, Any]]:
    """Return the operators of a condition, each with its operand."""
    return (as_object(wanted) or {"=": wanted}).items()


@pytest.fixture(scope="module")
def compile_filter() -> Filters:
    return Filters(Description(load_description(find_description())), PROPERTIES, KIND)


BOTH_TAGS = {"tags": ["a", "b"]}
TAGGED = {"name": "a", "note": "5", "email_status": "a", "size": 1, "at": None, "tags": ["a", "b"], "skills": []}


@example(things=[TAGGED], wanted=BOTH_TAGS)
@example(things=[TAGGED, TAGGED], wanted={**BOTH_TAGS, "email_status": "a"})
@example(things=[TAGGED, TAGGED], wanted={**BOTH_TAGS, "email_status": {">=": "5", "<": "a"}})
@given(things=st.lists(rows, min_size=3, max_size=8), wanted=filters)
def test_sql_and_python_find_the_same(
    compile_filter: Filters, things: list[dict[str, Any]], wanted: dict[str, Any]
) -> None:
    store = STORE
    with store.transaction():
        store.reset()
        stored = [store.insert(KIND, thing) for thing in things]
        for thing in stored[::3]:
            store.insert("other", thing)  # never found
        stored[::2] = [store.update(thing, {"email_status": thing["note"]}) for thing in stored[::2]]
        conditions = compile_filter.compile(wanted)
        expected = [row["uuid"] for row in stored if all(holds(row, key, value) for key, value in wanted.items())]
        assert [row["uuid"] for row in store.find(KIND, conditions)] == expected
        assert [row["uuid"] for row in store.find(KIND, conditions, "created_at", True)] == expected[::-1]
        assert sorted(row["uuid"] for row in store.find(KIND, conditions, "note")) == sorted(expected)
        assert store.uuids(KIND, conditions) == expected
        assert store.count(KIND, conditions) == len(expected)


STORE = Store()
STORE.text_fields[KIND] = TEXT_FIELDS

EVIL = ("name' OR '1'='1", "uuid); DROP TABLE records; --", "records.uuid", "name\0", '"name"', "kind", "words", "id")


@pytest.mark.parametrize("name", EVIL)
def test_keys_and_order_fields_are_never_sql(api: httpx.Client, name: str) -> None:
    api.post("/leads/api/companies", json={"companies": [{"name": "Acme"}]})
    for path in ("leads/search", "companies/list"):
        found = api.post(f"/leads/api/{path}", json={"filter": {name: "x"}})
        assert (found.status_code, found.json()["error"]["message"]) == (422, f"Unknown filter key: {name}.")
        ordered = api.post(f"/leads/api/{path}", json={"order_field": name})
        assert (ordered.status_code, list(ordered.json()["error"]["data"])) == (422, ["order_field"])
    kinds = api.get("/leads/api/pipeline-stages", params={"filter": json.dumps({"object": "lead", name: "x"})})
    assert kinds.status_code == 422
    assert api.post("/leads/api/companies/list", json={}).json()["total"] == 1


OF_OTHERS = {"domain", "lead_uuid", "ln_member_id", "object_uuid"}


@pytest.mark.parametrize("field", [*sorted({*COLUMNS} - OF_OTHERS), "headline", "tags", "team_id"])
def test_any_field_orders(large: httpx.Client, field: str) -> None:
    asked = {"order_field": field, "order_type": "asc", "limit": 2500}
    values = [row[field] for row in large.post("/leads/api/leads/search", json=asked).json()["data"]]
    values = [json.dumps(value) if isinstance(value, list) else value for value in values]
    assert len(values) == 2000
    assert values == sorted(values, key=lambda value: (value is not None, value or ""))


@pytest.fixture(scope="module")
def large_server() -> Iterator[SandboxServer]:
    with run_in_thread(behaviour="published") as server:
        seed(server.app.state.store, 2000, 7)
        yield server


@pytest.fixture(scope="module")
def large(large_server: SandboxServer) -> Iterator[httpx.Client]:
    headers = {"authorization": f"Bearer {large_server.key}"}
    with httpx.Client(base_url=large_server.url, headers=headers) as client:
        yield client


def test_seeded_contacts(large: httpx.Client) -> None:
    everybody = large.post("/leads/api/leads/search", json={"limit": 2500}).json()
    rows = everybody["data"]
    assert (everybody["total"], len({row["uuid"] for row in rows}), len({row["linkedin"] for row in rows})) == (
        (2000,) * 3
    )
    assert [row["created_at"] for row in rows] == sorted((row["created_at"] for row in rows), reverse=True)
    tag = next(row["tags"][0] for row in rows if row["tags"])
    for key, value in (("tags", tag), ("list_uuid", rows[0]["list_uuid"]), ("email_status", "valid")):
        body = {"filter": {key: value}, "limit": 2500}
        found = large.post("/leads/api/leads/search", json=body).json()
        expected = [row["uuid"] for row in rows if value in (row["tags"] if key == "tags" else [row[key]])]
        assert 0 < len(expected) < 2000
        assert ([row["uuid"] for row in found["data"]], found["total"]) == (expected, len(expected))
    metrics = large.post("/leads/api/lists/metrics", json={"uuids": list({row["list_uuid"] for row in rows})}).json()
    assert sum(counts["leads_count"] for counts in metrics.values()) == 2000
    company = large.post("/leads/api/companies/list", json={"limit": 1}).json()["data"][0]
    of_it = large.post("/leads/api/companies/leads", json={"uuids": [company["uuid"]]}).json()[company["uuid"]]
    assert {row["uuid"] for row in of_it} == {row["uuid"] for row in rows if row["company_name"] == company["name"]}


def test_the_same_seed_gives_the_same_contacts() -> None:
    def names(number: int) -> list[str]:
        with run_in_thread(behaviour="published") as server:
            store: Store = server.app.state.store
            seed(store, 20, number)
            with store.transaction():
                return store.uuids("lead")

    assert names(1) == names(1)
    assert names(1) != names(2)
