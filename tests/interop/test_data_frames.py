"""Rows in data frames: a column for each field, for any values."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest

from grinfi_async import Contact, ContactList, NewContact, Page, to_records

# They have no types.
pandas: Any = import_module("pandas")
polars: Any = import_module("polars")
pyarrow: Any = import_module("pyarrow")

ROWS: list[dict[str, Any]] = [
    {"uuid": "a", "name": None, "created_at": "2026-03-04 09:25:42"},
    {"uuid": "b", "name": "Bob", "tags": ["t"], "posts": [{"posted_at": "2026-03-04T00:00:00Z", "new": 1}]},
    {"uuid": "c", "connections_number": 7, "tags": [], "custom_fields": {"f": "x"}, "location": None},
    {"uuid": "d", "custom_fields": [], "flows": [1, "x"], "has_premium": 1, "brand_new": {"x": [1]}},
]
FIELDS = [entry.wire for entry in Contact.wire_fields().values()]


@pytest.fixture
def contacts() -> list[Contact]:
    return [Contact.from_dict(row) for row in ROWS]


def test_records_have_the_same_keys_and_the_values_of_attributes(contacts: list[Contact]) -> None:
    records = to_records(contacts)
    assert [list(record) for record in records] == [[*FIELDS, "brand_new"]] * 4
    assert records[0]["created_at"] == datetime(2026, 3, 4, 9, 25, 42, tzinfo=UTC)
    assert records[1]["posts"] == '[{"posted_at":"2026-03-04T00:00:00Z","new":1}]'
    assert (records[2]["custom_fields"], records[3]["custom_fields"]) == ('{"f":"x"}', "{}")
    assert (records[3]["has_premium"], records[3]["name"], records[0]["brand_new"]) == (True, None, None)
    assert Page(data=contacts).to_records() == records
    assert to_records([]) == []
    assert to_records([{"a": 1}, {"b": 2}]) == [{"a": 1, "b": None}, {"a": None, "b": 2}]
    assert to_records([NewContact(linkedin_id="x")])[0]["email"] is None
    assert all(record.keys() == records[0].keys() for record in records)


def test_a_page_without_surprises_in_all_three_libraries() -> None:
    lists = [ContactList.from_dict({"uuid": "a", "name": "x"}), ContactList.from_dict({"uuid": "b"})]
    records = Page(data=lists).to_records()
    columns = [entry.wire for entry in ContactList.wire_fields().values()]
    assert list(pandas.DataFrame(records).columns) == columns
    assert polars.DataFrame(records).columns == columns
    assert pyarrow.Table.from_pylist(records).column_names == columns


def test_pandas_has_a_column_for_each_field(contacts: list[Contact]) -> None:
    frame = pandas.DataFrame(to_records(contacts))
    assert list(frame.columns) == [*FIELDS, "brand_new"]
    assert str(frame.dtypes["created_at"]) == "datetime64[us, UTC]"
    assert frame.loc[1, "name"] == "Bob"
    assert frame.loc[1, "tags"] == ["t"]
    assert frame.loc[3, "flows"] == '[1,"x"]'


def test_rows_go_into_a_frame_as_they_are() -> None:
    ids = {"list_uuid": "l", "team_id": 1, "pipeline_stage_uuid": "p", "created_at": "2026-03-04 09:25:42"}
    contacts = [Contact.from_dict({**ids, **row}) for row in ROWS]
    for rows in (contacts, Page(data=contacts)):
        frame = pandas.DataFrame(rows)
        assert list(frame.columns) == [*Contact.wire_fields(), "additional_properties"]
        assert frame.loc[3, "flows"] == [1, "x"]
        assert frame.loc[3, "additional_properties"] == {"brand_new": {"x": [1]}}


def test_polars_and_arrow_have_a_column_of_one_type_for_each_field(contacts: list[Contact]) -> None:
    records = to_records(contacts * 100)
    frame = polars.DataFrame(records, infer_schema_length=None)
    assert frame.columns == [*FIELDS, "brand_new"]
    assert frame.schema["created_at"] == polars.Datetime("us", "UTC")
    assert frame.schema["tags"] == polars.List(polars.String)
    assert frame["name"].to_list()[:4] == [None, "Bob", None, None]
    assert json.loads(frame["brand_new"][3]) == {"x": [1]}
    table = pyarrow.Table.from_pylist(records)
    assert table.column_names == frame.columns
    assert table.column("flows").to_pylist()[3] == '[1,"x"]'
    assert table.schema.field("created_at").type == pyarrow.timestamp("us", "UTC")
