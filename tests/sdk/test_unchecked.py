"""Ways past the closed sets of the SDK, for one call: what is sent unchanged, and what is always refused."""

from __future__ import annotations

import copy
import json
import pickle
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from functools import partial
from typing import Any

import pytest

from grinfi_async import (
    ContactAction,
    ContactSource,
    Expression,
    F,
    Filter,
    Grinfi,
    InvalidArgumentError,
    NewContact,
    Unchecked,
    UnprocessableEntityError,
)
from grinfi_async.fields import tasks
from tests.sdk.helpers import UUID, answering, assert_refused, raw_query

pytestmark = pytest.mark.anyio

new = F.unchecked("new_field")
anything: Any = F


@pytest.mark.parametrize(
    ("condition", "sent"),
    [
        (new == 1, 1),
        (new != "a", {"!=": "a"}),
        (new < 5, {"<": 5}),
        (new.between(1, 5), {">=": 1, "<=": 5}),
        (new.in_([1, 2]), [1, 2]),
        (new.not_in([1, 2]), {"!=": [1, 2]}),
        (~new.in_([1, 2]), {"!=": [1, 2]}),
        (new.is_null(), "is_null"),
        (new != None, "is_not_null"),  # noqa: E711
        ({Unchecked("new_field"): {">": 1}}, {">": 1}),
    ],
)
async def test_any_operator_goes_past_a_closed_set_of_fields(condition: Filter, sent: Any) -> None:
    server = answering({})
    await server.client().tasks.group_counts(group_field="type", filter=(tasks.status == "failed") & condition)
    assert server.body == {"group_field": "type", "filter": {"status": "failed", "new_field": sent}}


async def test_it_goes_into_brackets_too() -> None:
    server = answering({"data": []})
    await server.client().tasks.list(filter=new.in_(["a", "b"]))
    assert [pair for pair in raw_query(server.request) if pair[0].startswith("filter")] == [
        ("filter[new_field][]", "a"),
        ("filter[new_field][]", "b"),
    ]


async def test_it_goes_past_fields_that_are_refused_and_fields_that_take_lists() -> None:
    server = answering({})
    await server.client().linkedin_messages.group_counts(group_field="type", filter=F.unchecked("created_at") >= "2026")
    assert server.body["filter"] == {"created_at": {">=": "2026"}}
    server = answering({"data": []})
    filter = (F.flow_uuid == UUID) & (F.unchecked("lead_uuid") != UUID)
    await server.client().automations.list_contacts(filter=filter)
    assert server.body["filter"] == {"flow_uuid": [UUID], "lead_uuid": {"!=": UUID}}


@pytest.mark.parametrize("filter", [(new > 1) & (F.new_field < 5), (F.new_field > 1) & (new < 5)])
def test_an_expression_stays_what_it_is(filter: Expression) -> None:
    for same in (filter, copy.deepcopy(filter), pickle.loads(pickle.dumps(filter)), Expression(filter.to_dict())):
        assert repr(same) == "(F.unchecked('new_field') > 1) & (F.unchecked('new_field') < 5)"
        assert json.loads(json.dumps(same.to_dict())) == {"new_field": {">": 1, "<": 5}}
    assert repr(F["unchecked"] == 1) == "F['unchecked'] == 1"


@pytest.mark.parametrize("name", ["", "  ", None, 5])
def test_a_field_needs_a_name(name: Any) -> None:
    with pytest.raises(InvalidArgumentError):
        F.unchecked(name)


WRITES: list[Callable[[Any, Grinfi], Any]] = [
    lambda given, it: it.bulk.delete(**given),
    lambda given, it: it.bulk.tag(UUID, filter=given["filter"]),
    lambda given, it: it.bulk.preview(filter=given["filter"]),
    lambda given, it: it.contacts.mass_action(ContactAction.delete(), **given),
    lambda given, it: it.contacts.mass_action(ContactAction.add_tags(UUID), **given),
    lambda given, it: it.contacts.enrich(filter=given["filter"]),
]


@pytest.mark.parametrize("confirm", [True, False])
@pytest.mark.parametrize("write", WRITES)
async def test_changes_are_never_selected_by_an_unknown_field(
    write: Callable[[Any, Grinfi], Any], confirm: bool
) -> None:
    for field in (F.unchecked("emial_status"), anything.emial_status):
        for filter in (field == "invalid", (F.email_status == "ok") & (field != "invalid")):
            error = await assert_refused("filter.emial_status", partial(write, {"filter": filter, "confirm": confirm}))
            assert "did you mean 'email_status'" in error.problem
            assert "nchecked" not in error.problem


REFUSED: list[tuple[str, str, Callable[[Any], Any]]] = [
    ("filter.staus", "F.unchecked('staus')", lambda it: it.tasks.list(filter=F.staus == "failed")),
    (
        "filter.created_at",
        "F.unchecked('created_at')",
        lambda it: it.linkedin_messages.group_counts(group_field="type", filter=F.created_at >= "2026"),
    ),
    (
        "event",
        "Unchecked('new_event')",
        lambda it: it.webhooks.create(name="n", event="new_event", request_method="POST", target_url="u"),
    ),
]


@pytest.mark.parametrize(("argument", "way_out", "call"), REFUSED)
async def test_refusals_name_an_alternative(argument: str, way_out: str, call: Callable[[Any], Any]) -> None:
    error = await assert_refused(argument, call)
    assert f"to send it anyway, {'write' if 'F.' in way_out else 'pass'} {way_out}" in error.problem


class Event(Enum):
    NEW = "new_event"


@pytest.mark.parametrize("event", [Unchecked("new_event"), Unchecked(Event.NEW)])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
async def test_a_new_value_of_an_enumeration_is_sent_as_it_is(event: Any) -> None:
    server = answering({})
    await server.client().webhooks.create(name="n", event=event, request_method="POST", target_url="u")
    assert server.body["event"] == "new_event"


async def test_new_values_in_queries_lists_mappings_and_models() -> None:
    server = answering({"data": []})
    await server.client().tasks.list(order_type=Unchecked("random"))
    assert ("order_type", "random") in raw_query(server.request)
    server = answering({})
    await server.client().tags.metrics(uuids=[UUID], metrics=["leads_count", Unchecked("new_count")])
    assert server.body["metrics"] == ["leads_count", "new_count"]
    sources = [
        ContactSource(rotation_strategy=Unchecked("new")),
        {"rotation_strategy": Unchecked("newer")},
    ]
    written = [ContactSource.encode_argument("source", source) for source in sources]
    assert [each["rotation_strategy"] for each in written] == ["new", "newer"]
    filter = tasks.status.in_(["closed", Unchecked("restarted")]) & {"type": Unchecked("new_type")}
    assert filter.to_dict() == {"status": ["closed", "restarted"], "type": "new_type"}


async def test_the_refusal_of_a_new_value_arrives_as_it_is() -> None:
    server = answering({"message": "no such object"}, status=422)
    with pytest.raises(UnprocessableEntityError, match="no such object"):
        await server.client().custom_fields.create(object=Unchecked("deal"), name="Size")
    assert server.body["object"] == "deal"


@pytest.mark.parametrize("value", [None, True, 1.5, ["a"], b"a"])
def test_values_outside_every_enumeration_are_refused(value: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="Unchecked: "):
        Unchecked(value)


async def test_other_arguments_validate_it_like_any_value() -> None:
    await assert_refused("limit", lambda it: it.contacts.search(limit=Unchecked("5")))
    server = answering({"uuid": UUID})
    lead = NewContact(linkedin_id=Unchecked("ada"))
    await server.client().contacts.upsert(lead=lead, list_uuid=UUID)
    assert server.body["lead"] == {"linkedin_id": "ada"}


async def test_extra_body_is_sent_beside_the_arguments() -> None:
    server = answering({"uuid": UUID})
    extra = {"new_field": {"at": datetime(2026, 3, 4, tzinfo=UTC), "by": [uuid.UUID(UUID)]}, "other": None}
    await server.client().contacts.update(UUID, position="CTO", extra_body=extra)
    assert server.body == {
        "position": "CTO",
        "new_field": {"at": "2026-03-04T00:00:00Z", "by": [UUID]},
        "other": None,
    }
    for more in ({}, {"new_field": 1}):
        server = answering({"data": [{"uuid": UUID}], "total": 1})
        found = server.client().companies.search(extra_body=more)
        assert [row.uuid async for row in found] == [UUID]
        assert server.body.get("new_field") == more.get("new_field")


async def test_extra_body_is_a_body_where_nothing_else_is() -> None:
    server = answering({"id": 1, "linkedin_account_uuid": UUID})
    await server.client().linkedin_browsers.run(1, extra_body={"new_field": 1})
    assert json.loads(server.requests[-1].content) == {"new_field": 1}
    server = answering({"total": 3})
    await server.client().contacts.count(extra_body={"new_field": 1})
    assert server.body["new_field"] == 1


EXTRA_REFUSED: list[tuple[str, str, Callable[[Grinfi, Any], Any]]] = [
    ("extra_body.position", "pass it as position=", lambda it, extra: it.contacts.update(UUID, extra_body=extra)),
    ("extra_body.name", "pass it as name=", lambda it, extra: it.tags.create(name="a", extra_body=extra)),
    (
        "extra_body.linkedin_id",
        "pass it as linkedin_id=",
        lambda it, extra: it.contacts.find(linkedin_id="a", extra_body=extra),
    ),
    (
        "extra_body.filter",
        "must not choose records",
        lambda it, extra: it.tasks.mass_complete(uuids=[UUID], extra_body=extra),
    ),
    (
        "uuids",
        "at least one entry",
        lambda it, _: it.tasks.mass_retry(uuids=[]),
    ),
    (
        "extra_body.all",
        "must not choose records",
        lambda it, extra: it.tasks.mass_complete(uuids=[UUID], extra_body=extra),
    ),
    ("extra_body", "expected a mapping", lambda it, extra: it.tags.create(name="a", extra_body=extra["extra_body"])),
    (
        "extra_body.x",
        "expected a value that JSON can hold",
        lambda it, _: it.tags.create(name="a", extra_body={"x": F}),
    ),
]


@pytest.mark.parametrize(("argument", "match", "call"), EXTRA_REFUSED)
async def test_extra_body_is_for_what_the_method_does_not_know(
    argument: str, match: str, call: Callable[[Grinfi, Any], Any]
) -> None:
    await assert_refused(argument, lambda it: call(it, {argument.rpartition(".")[2]: 1}), match=match)
