"""Arguments: which are sent, and which are refused before anything is sent."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any
from urllib.parse import unquote

import anyio
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grinfi_async import (
    UNSET,
    AttachmentDetails,
    Contact,
    ContactSourceDict,
    FlowNode,
    Grinfi,
    NewContact,
    Schedule,
    ScheduleTimeblock,
)
from tests.sdk.helpers import UUID, Server, answering, assert_refused, raw_query

pytestmark = pytest.mark.anyio

Call = Callable[[Grinfi], Any]
MOMENT = datetime(2026, 3, 4, 9, 25, 42, tzinfo=UTC)
HALF = "half a character \ud83d"
NODE: dict[str, Any] = {"id": 1, "type": "end", "before": [], "after": []}
SOURCE: ContactSourceDict = {"id": 1, "after_id": 1}
SAVED = dict.fromkeys(("created_at", "updated_at"), "2026-03-04T09:25:42.000001Z")
METRICS: dict[str, Any] = {"period_from": MOMENT, "period_to": MOMENT, "metrics": ["email_sent_count"]}


class Order(StrEnum):
    UP = "asc"


class Kind(Enum):
    LEAD = "lead"


def untyped(grinfi: Grinfi) -> Any:
    """The client, for calls that a type checker would refuse."""
    return grinfi


# Leaving out, null


async def test_unset_arguments_are_omitted() -> None:
    server = Server()
    await server.client().contacts.update(UUID, first_name="Ann", headline=UNSET)
    assert server.body == {"first_name": "Ann"}


async def test_none_is_sent_as_null_where_the_api_takes_it() -> None:
    server = Server()
    await server.client().contacts.update(UUID, headline=None)
    assert server.body == {"headline": None}


async def test_none_is_refused_where_the_api_does_not_take_it() -> None:
    await assert_refused(
        "first_name", lambda it: untyped(it).contacts.update(UUID, first_name=None), match="does not accept null"
    )


async def test_a_query_omits_unset_and_refuses_none() -> None:
    server = answering({"data": []})
    await server.client().teams.list(limit=5, offset=UNSET)
    assert raw_query(server.request) == [("limit", "5")]
    await assert_refused("limit", lambda it: untyped(it).contacts.list_enrichment_queue(limit=None))


async def test_a_required_argument_that_is_unset_is_refused() -> None:
    await assert_refused(
        "list_uuid", lambda it: untyped(it).contacts.upsert(lead={"linkedin_id": "a"}, list_uuid=UNSET)
    )


# Kinds of values


def _metrics(grinfi: Grinfi, begin: Any) -> Any:
    return untyped(grinfi).contacts.metrics(**METRICS | {"period_from": begin})


def _upsert(grinfi: Grinfi, **given: Any) -> Any:
    return untyped(grinfi).contacts.upsert(lead={"linkedin_id": "a"}, list_uuid="l", **given)


REFUSED: list[tuple[str, str, Call]] = [
    ("order_type", "'asc', 'desc'", lambda it: untyped(it).lists.list(order_type="ASC")),
    ("order_type", "one of", lambda it: untyped(it).lists.list(order_type=None)),
    ("object", "'lead'", lambda it: untyped(it).pipeline_stages.create(name="n", object="x", category="cold")),
    ("metrics[0]", "is not one of", lambda it: untyped(it).contacts.metrics(**METRICS | {"metrics": ["clicks"]})),
    ("group_field", "is not one of", lambda it: untyped(it).tasks.group_counts(group_field=True)),
    ("limit", "integer, got bool", lambda it: it.lists.list(limit=True)),
    ("limit", "integer", lambda it: untyped(it).lists.list(limit="5")),
    ("limit", "integer", lambda it: untyped(it).lists.list(limit=5.0)),
    ("limit", "at least 1", lambda it: it.lists.list(limit=0)),
    ("offset", "at least 0", lambda it: it.lists.list(offset=-1)),
    ("limit", "at least 1", lambda it: it.contacts.search(limit=0)),
    ("order", "integer", lambda it: it.pipeline_stages.update(UUID, order=True)),
    ("id", "integer, got bool", lambda it: it.teams.get(True)),
    ("id", "integer", lambda it: untyped(it).teams.get("7")),
    ("update_if_exists", "True or False", lambda it: _upsert(it, update_if_exists=1)),
    ("first_name", "a string, got int", lambda it: untyped(it).contacts.update(UUID, first_name=7)),
    ("first_name", "a string", lambda it: untyped(it).contacts.update(UUID, first_name=b"Ann")),
    ("first_name", "lone surrogate", lambda it: it.contacts.update(UUID, first_name=HALF)),
    ("order_field", "lone surrogate", lambda it: it.lists.list(order_field=HALF)),
    ("uuid", "lone surrogate", lambda it: it.contacts.get(HALF)),
    ("filter.position", "lone surrogate", lambda it: it.contacts.search(filter={"position": HALF})),
    ("filter", "lone surrogate", lambda it: it.contacts.search(filter={HALF: 1})),
    ("filter.q", "lone surrogate", lambda it: it.lists.list(filter={"q": HALF})),
    ("period_from", r"value\.replace\(tzinfo=timezone\.utc\)", lambda it: _metrics(it, datetime(2026, 3, 4))),
    ("period_from", "aware datetime", lambda it: _metrics(it, date(2026, 3, 4))),
    ("period_from", "aware datetime", lambda it: _metrics(it, "2026-03-04")),
    ("date", "datetime.date", lambda it: it.tasks.schedule(sender_profile_uuid="s", date=MOMENT)),
    ("date", "datetime.date", lambda it: untyped(it).tasks.schedule(sender_profile_uuid="s", date="2026-03-04")),
    (
        "contact_sources",
        "at least one",
        lambda it: it.flow_versions.create(UUID, nodes=[NODE], contact_sources=[]),
    ),
    ("nodes", "a list", lambda it: untyped(it).flow_versions.create(UUID, nodes=NODE, contact_sources=[SOURCE])),
    ("uuids", "a list or a tuple", lambda it: untyped(it).tasks.mass_cancel(uuids={"a"})),
    ("uuids", "a list", lambda it: untyped(it).tasks.mass_cancel(uuids=frozenset("a"))),
    ("uuids", "a list, got the string", lambda it: it.tasks.mass_cancel(uuids="abc")),
    ("uuids", "a list", lambda it: untyped(it).tasks.mass_cancel(uuids=b"abc")),
    ("uuids", "a list", lambda it: untyped(it).tasks.mass_cancel(uuids=(u for u in "abc"))),
    ("uuids", "a list", lambda it: untyped(it).tasks.mass_cancel(uuids={"a": 1})),
    ("uuids[1]", "null", lambda it: untyped(it).tasks.mass_cancel(uuids=["a", None])),
    ("filter", "a mapping", lambda it: untyped(it).contacts.search(filter=["a"])),
    ("filter", "a mapping", lambda it: untyped(it).contacts.search(filter="status")),
    ("filter", "a mapping", lambda it: untyped(it).contacts.search(filter=Contact)),
    ("filter", "keys must be strings, got int 1", lambda it: untyped(it).contacts.search(filter={1: 2})),
    ("filter.a", "nan", lambda it: it.contacts.search(filter={"a": float("nan")})),
    ("filter.a[0]", "inf", lambda it: it.contacts.search(filter={"a": [float("inf")]})),
    ("filter.a", "NaN", lambda it: it.contacts.search(filter={"a": Decimal("nan")})),
    ("filter.a", "nan", lambda it: it.lists.list(filter={"a": float("nan")})),
    ("filter.at.>=", "time zone", lambda it: it.contacts.search(filter={"at": {">=": datetime(2026, 3, 4)}})),
    ("filter.a", "expected text, a number", lambda it: it.contacts.search(filter={"a": object()})),
    ("filter", "is required", lambda it: untyped(it).pipeline_stages.list(filter=UNSET)),
]  # fmt: skip


@pytest.mark.parametrize(("argument", "match", "call"), REFUSED, ids=[f"{name}-{match}" for name, match, _ in REFUSED])
async def test_refused(argument: str, match: str, call: Call) -> None:
    await assert_refused(argument, call, match=match)


async def test_an_argument_of_a_list_is_checked_when_the_method_is_called() -> None:
    grinfi = Server().client()
    with pytest.raises(ValueError, match="limit"):
        grinfi.contacts.search(limit=0)
    with pytest.raises(ValueError, match="filter"):
        untyped(grinfi).lists.list(filter=7)


async def test_members_of_enumerations_are_sent_as_their_values() -> None:
    server = answering({"data": []})
    await untyped(server.client()).lists.list(order_type=Order.UP, order_field=Order.UP, filter={"uuid": Kind.LEAD})
    assert raw_query(server.request) == [("filter[uuid]", "lead"), ("order_field", "asc"), ("order_type", "asc")]


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (MOMENT, "2026-03-04T09:25:42Z"),
        (MOMENT.replace(microsecond=1), "2026-03-04T09:25:42.000001Z"),
        (MOMENT.astimezone(timezone(timedelta(hours=-5))), "2026-03-04T09:25:42Z"),
        (datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-5))), "9999-12-31T23:00:00-05:00"),
    ],
)
async def test_aware_datetimes_are_sent_in_utc(given: datetime, sent: str) -> None:
    server = Server()
    await server.client().contacts.metrics(period_from=given, period_to=given, metrics=("email_sent_count",))
    assert (server.body["period_from"], server.body["metrics"]) == (sent, ["email_sent_count"])


async def test_dates_are_sent_as_dates() -> None:
    server = Server()
    await server.client().tasks.schedule(sender_profile_uuid="s", date=date(2026, 3, 4))
    assert raw_query(server.request) == [("sender_profile_uuid", "s"), ("date", "2026-03-04")]


async def test_a_filter_may_hold_anything_the_api_reads() -> None:
    server = answering({"data": []})
    given = {
        "a": MOMENT,
        "b": date(2026, 3, 4),
        "c": Decimal("1.5"),
        "d": Kind.LEAD,
        "e": ("x",),
    }
    await server.client().contacts.search(filter={**given, "g": UNSET, "h": {">=": 1, "<": UNSET}})  # fmt: skip
    assert server.body["filter"] == {
        "a": "2026-03-04T09:25:42Z",
        "b": "2026-03-04",
        "c": "1.5",
        "d": "lead",
        "e": ["x"],
        "h": {">=": 1},
    }


# At least one of


ANY_OF: list[tuple[str, Call]] = [
    ("linkedin_id", lambda it: it.contacts.find()),
    ("linkedin_id", lambda it: it.contacts.find(linkedin_id=None, email="")),
    ("linkedin_id", lambda it: it.contacts.find(email="  ")),
    ("linkedin_id", lambda it: it.contacts.find(name="Ann")),
    ("linkedin_id", lambda it: it.contacts.find(company_name="Acme", disable_aggregation=True)),
    ("uuids", lambda it: it.contacts.enrich()),
    ("uuids", lambda it: it.contacts.enrich(uuids=[])),
    ("uuids", lambda it: it.contacts.enrich(filter={})),
    ("linkedin", lambda it: it.blacklist.add_contact()),
    ("linkedin", lambda it: it.blacklist.add_contact(company_name=" ")),
    ("linkedin", lambda it: it.blacklist.add_company()),
    ("linkedin", lambda it: it.blacklist.add_company(domain="")),
]


@pytest.mark.parametrize(("argument", "call"), ANY_OF)
async def test_at_least_one_identifier_is_needed(argument: str, call: Call) -> None:
    await assert_refused(argument, call, match="at least one of these is needed")


ENOUGH: list[tuple[Call, dict[str, Any]]] = [
    (lambda it: it.contacts.find(linkedin_id="a", email=None), {"linkedin_id": "a", "email": None}),
    (lambda it: it.contacts.find(name="Ann", company_name="Acme"), {"name": "Ann", "company_name": "Acme"}),
    (lambda it: it.contacts.enrich(uuids=["a"]), {"uuids": ["a"]}),
    (lambda it: it.contacts.enrich(filter={"tags": ["a"]}), {"filter": {"tags": ["a"]}}),
    (lambda it: it.blacklist.add_contact(name="Ann"), {"name": "Ann"}),
    (lambda it: it.blacklist.add_company(domain="acme.com"), {"domain": "acme.com"}),
]


@pytest.mark.parametrize(("call", "sent"), ENOUGH)
async def test_one_identifier_is_enough(call: Call, sent: dict[str, Any]) -> None:
    server = Server()
    await call(server.client())
    assert server.body == sent


# Path ids


@pytest.mark.parametrize("value", ["", " ", "\t\n", "\u3000", ".", "..", None, UNSET, 7, True, b"a", UUID.encode()])
async def test_an_id_that_would_address_something_else_is_refused(value: Any) -> None:
    await assert_refused("uuid", lambda it: it.contacts.get(value))
    await assert_refused("uuid", lambda it: it.contacts.delete(value))
    await assert_refused("lead_uuid", lambda it: it.automations.add_contact(UUID, value))


ODD_IDS = [
    "a/b",
    "../admin",
    "a?b=c",
    "a#b",
    "100%",
    "%2F",
    "%2e%2e",
    "ü€😀",
    "a\nb",
    "a\r\nX: y",
    "a b",
    "a;b",
    "...",
    "\0",
]


@pytest.mark.parametrize("value", ODD_IDS)
async def test_an_id_arrives_as_one_segment(value: str) -> None:
    server = Server()
    await server.client().contacts.get(value)
    assert _segments(server.request) == ["", "leads", "api", "leads", value]
    assert server.request.url.query == b""


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda it: it.strip() not in {"", ".", ".."})
)
def test_any_id_arrives_as_one_segment(value: str) -> None:
    server = Server()
    anyio.run(server.client().attachments.get, value)
    assert _segments(server.request) == ["", "flows", "api", "attachments", value]


def _segments(request: httpx.Request) -> list[str]:
    path = request.url.raw_path.decode("ascii").partition("?")[0]
    return [unquote(segment, errors="strict") for segment in path.split("/")]


async def test_a_numeric_id_is_sent_as_its_digits() -> None:
    server = Server()
    await server.client().teams.get(7)
    assert server.request.url.path == "/id/api/teams/7"


# Nested models


@pytest.mark.parametrize(
    "lead",
    [
        {"linkedin_id": "ann", "headline": None},
        NewContact(linkedin_id="ann", headline=None),
        NewContact.from_dict({"linkedin_id": "ann", "headline": None}),
        {"linkedin_id": "ann", "headline": None, "about": UNSET},
    ],
    ids=["mapping", "model", "model that was read", "mapping with UNSET"],
)
async def test_a_model_or_a_mapping_in_its_place(lead: Any) -> None:
    server = Server()
    await server.client().contacts.upsert(lead=lead, list_uuid="l")
    assert server.body == {"lead": {"linkedin_id": "ann", "headline": None}, "list_uuid": "l"}


NESTED: list[tuple[str, str, Any]] = [
    ("lead.linkedin_id", "is required", {}),
    ("lead.linkedin_id", "is required", NewContact.from_dict({})),
    ("lead.linkedin_id", "does not accept null", {"linkedin_id": None}),
    ("lead.linkedn_id", "did you mean 'linkedin_id'", {"linkedin_id": "a", "linkedn_id": "a"}),
    ("lead.zzz", r"known are linkedin_id, .*additional_properties=\{'zzz'", {"linkedin_id": "a", "zzz": 1}),
    ("lead", "keys must be strings", {"linkedin_id": "a", 1: 2}),
    ("lead.email", "a string", {"linkedin_id": "a", "email": 7}),
    ("lead.email", "a string", NewContact(linkedin_id="a", email=7)),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ("lead.x", "nan", NewContact(linkedin_id="a", additional_properties={"x": float("nan")})),
    ("lead", "a NewContact or a mapping, got the string 'a'", "a"),
    ("lead", "a NewContact or a mapping", NewContact),
    ("lead.uuid", "does not document", Contact(uuid="a")),
    ("lead", "does not accept null", None),
]


@pytest.mark.parametrize(("argument", "match", "lead"), NESTED)
async def test_a_nested_model_is_checked(argument: str, match: str, lead: Any) -> None:
    await assert_refused(argument, lambda it: it.contacts.upsert(lead=lead, list_uuid="l"), match=match)


async def test_additional_properties_let_unknown_fields_through() -> None:
    server = Server()
    lead = NewContact(linkedin_id="a", additional_properties={"mood": {"at": MOMENT}, "none": UNSET})
    await server.client().contacts.upsert(lead=lead, list_uuid="l")
    assert server.body["lead"] == {"linkedin_id": "a", "mood": {"at": "2026-03-04T09:25:42Z"}}


async def test_models_in_lists_are_named_by_their_place() -> None:
    def call(node: Any) -> Call:
        return lambda it: it.flow_versions.create(UUID, nodes=[NODE, node], contact_sources=[{"id": 1}])

    await assert_refused("nodes[1].after[0].branch_id", call({**NODE, "after": [{"node_id": 1}]}), match="is required")
    before = [{"node_id": True, "branch_id": 1}]
    await assert_refused("nodes[1].before[0].node_id", call({**NODE, "before": before}), match="integer")
    await assert_refused("nodes[1]", call({**NODE, "id": 2, 1: 2}), match="keys must be strings")


async def test_a_node_also_takes_more_fields_as_a_mapping() -> None:
    server = Server()
    node = {**NODE, **SAVED, "colour": "red"}
    await server.client().flow_versions.create(UUID, nodes=[node], contact_sources=[SOURCE])
    assert server.body["nodes"] == [node]


async def test_a_node_that_was_read_is_sent_as_it_is() -> None:
    row: dict[str, Any] = {**NODE, **SAVED, "payload": [], "colour": "red"}
    server = Server()
    await server.client().flow_versions.create(UUID, nodes=[FlowNode.from_dict(row)], contact_sources=[SOURCE])
    assert server.body["nodes"] == [row]


def test_models_can_be_written_without_a_client() -> None:
    assert Schedule(timezone="UTC", timeblocks=[ScheduleTimeblock()]).to_dict() == {
        "timezone": "UTC",
        "timeblocks": [{}],
    }
    assert AttachmentDetails(name="a", size="1", type="t").to_dict() == {"name": "a", "size": "1", "type": "t"}


IDENTITY = uuid.UUID("3f2504e0-4f89-11d3-9a0c-0305e82c3301")


async def test_a_uuid_is_accepted_wherever_an_id_is() -> None:
    server = Server()
    await server.client().contacts.get(IDENTITY)
    assert server.request.url.path.endswith(f"/{IDENTITY}")
    server = Server()
    await server.client().notes.create(object="lead", object_uuid=IDENTITY, note="x")
    assert server.body["object_uuid"] == str(IDENTITY)
    server = answering({})
    await server.client().companies.contacts(uuids=[IDENTITY])
    assert server.body["uuids"] == [str(IDENTITY)]


IN_PLACE_OF_IDS: list[tuple[str, Call]] = [
    ("uuid", lambda it: untyped(it).contacts.get(Contact(uuid=UUID))),
    ("object_uuid", lambda it: untyped(it).notes.create(object="lead", object_uuid=Contact(uuid=UUID), note="x")),
    ("uuids[0]", lambda it: untyped(it).companies.contacts(uuids=[Contact(uuid=UUID)])),
]


@pytest.mark.parametrize(("argument", "call"), IN_PLACE_OF_IDS)
async def test_a_model_instead_of_its_id_is_refused_with_advice(argument: str, call: Call) -> None:
    await assert_refused(argument, call, match=r"got a Contact; pass \.uuid$")
