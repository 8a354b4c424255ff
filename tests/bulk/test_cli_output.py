"""The forms in which `grinfi call` writes answers."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grinfi_async import InvalidArgumentError, Page
from grinfi_bulk.cli.output import Writer

ROWS = [
    {"uuid": "1", "name": "Ada", "company": {"name": "Acme"}, "tags": ["a", "b"], "note": None},
    {"uuid": "2", "name": "Grace, Adm.", "company": None, "late": 7},
]


def page(rows: list[Any]) -> Page[Any]:
    return Page(data=rows, total=len(rows), limit=20, offset=0, has_more=False)


async def pages(*each: list[Any]) -> AsyncIterator[Page[Any]]:
    for rows in each:
        yield page(rows)


def written(form: Any, *, fields: str = "", query: str | None = None, answer: Any = None) -> str:
    out = io.StringIO()
    shown = tuple(fields.split(",")) if fields else ()
    Writer(out, form, shown, query).write(page(ROWS) if answer is None else answer)
    return out.getvalue()


async def all_written(form: Any, *, fields: str = "", query: str | None = None) -> str:
    out = io.StringIO()
    shown = tuple(fields.split(",")) if fields else ()
    await Writer(out, form, shown, query).write_pages(pages(ROWS[:1], ROWS[1:]))
    return out.getvalue()


def test_json_is_the_answer() -> None:
    assert json.loads(written("json"))["data"] == ROWS
    assert json.loads(written("json", fields="uuid,company.name")) == [
        {"uuid": "1", "company.name": "Acme"},
        {"uuid": "2", "company.name": None},
    ]
    assert json.loads(written("json", query="data[].name")) == ["Ada", "Grace, Adm."]
    assert json.loads(written("json", query="total")) == 2
    assert json.loads(written("json", fields="a", answer={"a": 1, "b": 2})) == {"a": 1}


def test_json_lines_have_a_row_each() -> None:
    assert [json.loads(line) for line in written("jsonl").splitlines()] == ROWS


def test_csv_has_the_columns_of_all_rows() -> None:
    first, second = csv.DictReader(io.StringIO(written("csv")))
    assert first["company"] == '{"name": "Acme"}'
    assert first["late"] == ""
    assert second["name"] == "Grace, Adm."
    assert second["late"] == "7"


def test_a_table_shows_the_chosen_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    lines = written("table", fields="name,company.name").splitlines()
    assert lines[0].split() == ["name", "company.name"]
    assert lines[1].split() == ["Ada", "Acme"]
    assert max(map(len, lines)) <= 60


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_every_form_returns_all_rows() -> None:
    assert [json.loads(line) for line in (await all_written("jsonl")).splitlines()] == ROWS
    assert json.loads(await all_written("json")) == ROWS
    assert len(list(csv.DictReader(io.StringIO(await all_written("csv"))))) == 2
    assert (await all_written("csv", fields="name")).splitlines() == ["name", "Ada", '"Grace, Adm."']
    assert (await all_written("jsonl", query="company.name")).splitlines() == ['"Acme"', "null"]


@pytest.mark.parametrize(("option", "given"), [("--query", {"query": "data["}), ("--fields", {"fields": "uuid,a b"})])
def test_an_invalid_jmespath_expression_is_reported(option: str, given: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgumentError, match=f"{option}: .* is not JMESPath"):
        written("json", **given)


@settings(max_examples=30)
@given(st.lists(st.dictionaries(st.text(min_size=1), st.text() | st.integers() | st.none(), min_size=1), min_size=1))
def test_csv_loses_nothing(rows: list[dict[str, Any]]) -> None:
    read = list(csv.DictReader(io.StringIO(written("csv", answer=rows), newline="")))
    expected = [{key: "" if value is None else str(value) for key, value in row.items()} for row in rows]
    assert [{key: row[key] for key in want} for row, want in zip(read, expected, strict=True)] == expected


@pytest.mark.parametrize(
    ("option", "given"), [("--query", {"query": "length(total)"}), ("--fields", {"fields": "foo(a)"})]
)
def test_a_jmespath_failure_is_explained(option: str, given: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgumentError, match=f"{option}: .*(length|foo)"):
        written("json", **given)


def test_cells_of_a_table_cannot_control_the_terminal() -> None:
    table = written("table", answer=[{"name\x1b[2J": "Ada\x1b]0;owned\x07\nBo \ud83d"}])
    assert all(letter.isprintable() for line in table.splitlines() for letter in line)
    assert len(table.splitlines()) == 2


@pytest.mark.parametrize("answer", [[], {"data": []}])
def test_no_rows_make_no_lines(answer: Any) -> None:
    assert [written(form, answer=answer) for form in ("csv", "table", "jsonl")] == ["", "", ""]
    assert written("csv", fields="name", answer=answer).splitlines() == ["name"]


@pytest.mark.parametrize("width", [60, 100])
def test_a_table_has_the_columns_that_there_is_room_for(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    table = written("table", answer=[{f"name{n}": f"value {n}" for n in range(40)}])
    header, row = table.splitlines()
    assert header.split() == [f"name{n}" for n in range(width // 10)]
    assert "value 0" in row
    told = " ".join(capsys.readouterr().err.split())
    assert told.startswith(f"{40 - width // 10} more columns (name{width // 10}, ")
    assert told.endswith("name39); choose with --fields")
