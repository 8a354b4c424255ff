"""Answers: what methods return for answers of the server, and what they raise for unreadable ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from grinfi_async import (
    AutomationMetrics,
    Company,
    Contact,
    DecodeError,
    Grinfi,
    GrinfiError,
    NewContactDict,
    NodeStatistics,
)
from tests.sdk.helpers import UUID, Server, answering

pytestmark = pytest.mark.anyio

Call = Callable[[Grinfi], Any]
LEAD: NewContactDict = {"linkedin_id": "ann"}


def text(content: str | bytes, content_type: str = "application/json", status: int = 200) -> Server:
    return Server(httpx.Response(status, content=content, headers={"content-type": content_type}))


async def test_204_is_none() -> None:
    assert await Server(httpx.Response(204)).client().contacts.delete(UUID) is None  # type: ignore[func-returns-value]


async def test_an_answer_that_is_not_described_is_its_json() -> None:
    for value in ({"queued": 2}, [1], "ok", 7, True, None):
        assert await answering(value).client().tasks.complete(UUID) == value


@pytest.mark.parametrize("status", [200, 202, 204])
async def test_an_answer_that_is_not_described_and_empty_is_none(status: int) -> None:
    assert await Server(httpx.Response(status)).client().tasks.complete(UUID) is None


async def test_a_file_is_its_bytes() -> None:
    content = "naïve;Ünïcode\r\n".encode("latin-1")
    assert await text(content, "text/csv").client().files.download(file_name="a.csv") == content


async def test_a_model() -> None:
    contact = await answering({"uuid": "a", "tags": []}).client().contacts.get("a")
    assert contact == Contact(uuid="a", tags=[])


async def test_a_single_object_under_data() -> None:
    contact = await answering({"data": {"uuid": "a", "name": "Ann"}}).client().contacts.get("a")
    assert (contact.uuid, contact.name) == ("a", "Ann")


async def test_a_single_object_under_data_next_to_a_field_that_is_also_the_models() -> None:
    contact = await answering({"status": "ok", "data": {"uuid": "a", "name": "Ann"}}).client().contacts.get("a")
    assert (contact.uuid, contact.status) == ("a", None)


async def test_a_wrapped_row_under_data() -> None:
    contact = await answering({"data": {"lead": {"uuid": "a"}, "markers": {}}}).client().contacts.get("a")
    assert contact.uuid == "a"


async def test_a_new_field_called_data_does_not_hide_the_others() -> None:
    contact = await answering({"uuid": "a", "name": "Ann", "data": {"x": 1}}).client().contacts.get("a")
    assert (contact.uuid, contact.additional_properties) == ("a", {"data": {"x": 1}})


@pytest.mark.parametrize("value", [[], {}, {"data": {}}, {"data": []}], ids=str)
async def test_an_empty_object_is_an_empty_model(value: Any) -> None:
    assert await answering(value).client().contacts.get("a") == Contact()


async def test_a_list() -> None:
    rows = [{"uuid": "c"}, {"company": {"uuid": "d"}}]
    for value in (rows, {"data": rows}):
        companies = await answering(value).client().companies.lookup(lookups=[])
        assert [company.uuid for company in companies] == ["c", "d"]
        assert isinstance(companies[0], Company)


@pytest.mark.parametrize("value", [[], {}, {"data": []}, {"data": {}}], ids=str)
async def test_an_empty_list(value: Any) -> None:
    assert await answering(value).client().companies.lookup(lookups=[]) == []


async def test_a_map_of_models() -> None:
    rows: dict[str, Any] = {"7": {"node_conversions": []}, "8": [], "9": None}
    for value in (rows, {"data": rows}):
        statistics = await answering(value).client().automations.node_statistics(UUID, node_ids=[7, 8, 9])
        assert statistics == {7: NodeStatistics(node_conversions={}), 8: NodeStatistics(), 9: NodeStatistics()}


COUNTED: list[Any] = [{"value": "closed", "count": 7}, {"value": None, "count": "2"}, {"value": 3, "count": 1}]


@pytest.mark.parametrize(
    "value",
    [{"closed": 7, "": 2, "3": 1}, {"data": {"closed": "7", "": 2, "3": 1}}, {"data": COUNTED}, COUNTED],
    ids=str,
)
async def test_counts_of_groups(value: Any) -> None:
    counts = await answering(value).client().tasks.group_counts(group_field="status")
    assert counts == {"closed": 7, "": 2, "3": 1}
    assert json.loads(json.dumps(counts)) == counts
    assert counts.to_records() == [
        {"value": "closed", "count": 7},
        {"value": None, "count": 2},  # rows without one
        {"value": "3", "count": 1},
    ]


async def test_a_group_may_be_called_data() -> None:
    for value in ({"data": 1, "closed": 7}, {"data": 1}):
        assert await answering(value).client().linkedin_messages.group_counts(group_field="status") == value


@pytest.mark.parametrize("value", [[], {}, {"data": []}, {"data": {}}], ids=str)
async def test_no_groups_have_no_counts(value: Any) -> None:
    counts = await answering(value).client().tasks.group_counts(group_field="status")
    assert (counts, counts.to_records()) == ({}, [])


@pytest.mark.parametrize("value", [7, None, ["closed"], {"closed": "many"}, [{"value": "closed"}]], ids=str)
async def test_an_answer_without_counts_is_an_error_and_never_none(value: Any) -> None:
    with pytest.raises(DecodeError):
        await answering(value).client().tasks.group_counts(group_field="status")


async def test_a_map_of_lists() -> None:
    rows = await answering({"c": [{"uuid": "a"}], "d": {}, "e": None}).client().companies.contacts(uuids=["c"])
    assert rows == {"c": [Contact(uuid="a")], "d": [], "e": []}


async def test_an_empty_map_that_came_as_an_array() -> None:
    empty: dict[str, AutomationMetrics] = {}
    assert await answering([]).client().automations.metrics(uuids=["a"]) == empty


READERS: list[tuple[str, Call, str, str]] = [
    ("model", lambda it: it.contacts.get("a"), "GET", "/leads/api/leads/a"),
    ("list", lambda it: it.companies.lookup(lookups=[]), "POST", "/leads/api/companies/lookup"),
    ("map", lambda it: it.automations.metrics(uuids=[]), "POST", "/flows/api/flows/metrics"),
    ("page", lambda it: it.tags.list(), "GET", "/leads/api/tags"),
    ("any", lambda it: it.tasks.complete("a"), "PUT", "/flows/api/tasks/a/complete"),
]
readers = pytest.mark.parametrize(("kind", "call", "method", "path"), READERS, ids=[it[0] for it in READERS])


async def assert_unreadable(server: Server, call: Call, method: str, path: str, match: str, status: int = 200) -> None:
    with pytest.raises(DecodeError, match=match) as caught:
        await call(server.client())
    error = caught.value
    assert (error.method, error.path, error.status) == (method, path, status)
    assert str(error).startswith(f"{method} {path} answered {status}, but ")
    assert isinstance(error, GrinfiError)


@readers
@pytest.mark.parametrize(
    "content",
    [
        "<html>hello</html>",
        "{",
        "\xff\xfe",
        "9" * 5000,
    ],
    ids=range(4),
)
async def test_invalid_json_is_a_decode_error(kind: str, call: Call, method: str, path: str, content: str) -> None:
    server = text(content.encode("latin-1"), "text/html")
    await assert_unreadable(server, call, method, path, r"not JSON \(.*text/html\)")


async def test_a_body_of_too_many_brackets_is_a_decode_error() -> None:
    _, call, method, path = READERS[0]
    await assert_unreadable(text("[" * 100_000), call, method, path, "not JSON")


async def test_a_decode_error_has_the_status_of_the_answer() -> None:
    _, call, method, path = READERS[1]
    await assert_unreadable(text("<html>", "text/html", 201), call, method, path, "not JSON", 201)


@readers
@pytest.mark.parametrize("content", ["", " \r\n"], ids=["nothing", "blanks"])
async def test_an_empty_body_is_a_decode_error(kind: str, call: Call, method: str, path: str, content: str) -> None:
    if kind == "any":
        assert await call(text(content).client()) is None
    else:
        await assert_unreadable(text(content), call, method, path, "is empty")


@readers
@pytest.mark.parametrize("value", ["ok", 7, True, None, 0.5], ids=str)
async def test_json_of_the_wrong_kind_is_a_decode_error(
    kind: str, call: Call, method: str, path: str, value: Any
) -> None:
    if kind == "any":
        assert await call(answering(value).client()) == value
    else:
        await assert_unreadable(answering(value), call, method, path, "the body is (a JSON|neither)")


@pytest.mark.parametrize(
    ("number", "value"),
    [
        (0, [{"uuid": "a"}]),
        (1, {"message": "ok"}),
        (2, [1]),
        (3, {"rows": []}),
        (3, {"data": None}),
        (3, {"data": {"a": 1}}),
    ],
)
async def test_an_array_is_not_an_object_and_an_object_is_not_an_array(number: int, value: Any) -> None:
    _, call, method, path = READERS[number]
    await assert_unreadable(answering(value), call, method, path, "the body is")


@pytest.mark.parametrize(("number", "value"), [(1, ["a"]), (2, {"a": "b"}), (3, {"data": [{"uuid": "a"}, 7]})])
async def test_an_entry_of_the_wrong_kind_is_a_decode_error(number: int, value: Any) -> None:
    _, call, method, path = READERS[number]
    await assert_unreadable(
        answering(value), call, method, path, "entry ('a'|0|1) of the body is a JSON (string|number)"
    )


async def test_a_byte_order_mark_is_skipped() -> None:
    assert (await text(b'\xef\xbb\xbf{"uuid": "a"}').client().contacts.get("a")).uuid == "a"


async def test_add_new_contact_reports_created() -> None:
    result = await Server(httpx.Response(204)).client().automations.add_new_contact(UUID, lead=LEAD, list_uuid="l")
    assert (result.created, result.reason) == (True, None)


async def test_add_new_contact_reports_skipped() -> None:
    server = answering({"reason": "skipped", "by": "x"})
    result = await server.client().automations.add_new_contact(UUID, lead=LEAD, list_uuid="l")
    assert (result.created, result.reason, result.additional_properties) == (False, "skipped", {"by": "x"})
    assert repr(result) == "AddedContact(reason='skipped', created=False)"
