"""Contacts: custom fields and stages are written, nothing is ignored, and mass actions know whom they mean."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import anyio
import pytest

from grinfi_async import (
    UNSET,
    APIStatusError,
    ContactAction,
    Grinfi,
    InvalidArgumentError,
    MissingFieldError,
    NewContactDict,
    NotFoundError,
    PartialUpdateError,
    UnprocessableEntityError,
)
from tests.sdk.crm import BEHAVIOURS, CONTACT, KNOWN, VALUES, Crm
from tests.sdk.helpers import assert_refused

pytestmark = pytest.mark.anyio

MASS_ACTION = "/leads/api/leads/mass-action"
PERIOD: Any = {
    "period_from": datetime(2026, 1, 1, tzinfo=UTC),
    "period_to": datetime(2026, 2, 1, tzinfo=UTC),
    "metrics": ["email_sent_count"],
}


def untyped(value: Any) -> Any:
    """For calls that a type checker would refuse too."""
    return value


def value_of(field: str, value: str | None, *, owner: str = "c-1", kind: str = "lead") -> tuple[str, str, Any]:
    body = {"custom_field_uuid": field, "object_type": kind, "object_uuid": owner, "value": value}
    return "POST", VALUES, body


async def test_each_custom_field_is_written_separately_after_the_standard_fields() -> None:
    crm = Crm()
    contact = await crm.client().contacts.update(
        "c-1", first_name="Ann", headline=None, custom_fields={"Industry": "SaaS", "f-size": None, "region": UNSET}
    )
    assert contact.uuid == "c-1"
    assert crm.writes[0] == ("PUT", CONTACT, {"first_name": "Ann", "headline": None})
    assert sorted(crm.writes[1:], key=str) == [value_of("f-industry", "SaaS"), value_of("f-size", None)]


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("", ""),
        (3, "3"),
        (2.5, "2.5"),
        (date(2026, 3, 4), "2026-03-04"),
        (datetime(2026, 3, 4, tzinfo=UTC), "2026-03-04T00:00:00Z"),
        (UUID(int=7), str(UUID(int=7))),
    ],
)
async def test_values_are_sent_as_text(value: object, sent: str) -> None:
    crm = Crm()
    await crm.client().contacts.update("c-1", custom_fields={"size": value})
    assert crm.writes == [value_of("f-size", sent)]


@pytest.mark.parametrize("value", [True, ["a"], {"a": 1}, b"a", float("nan")])
async def test_a_value_that_is_not_text_is_refused_before_anything_is_written(value: object) -> None:
    crm = Crm()
    with pytest.raises(InvalidArgumentError, match=r"custom_fields\.size"):
        await crm.client().contacts.update("c-1", first_name="Ann", custom_fields={"size": value})
    assert crm.writes == []


@pytest.mark.parametrize(
    ("custom_fields", "match"),
    [
        ({"Industri": "x"}, "custom_fields.Industri: contacts have no such custom field; did you mean 'Industry'"),
        ({"zzz": "x"}, "known are: Industry, size"),
        ({"region": "x"}, "custom_fields.region: is a custom field of companies, not of contacts"),
        ({"size": "x", "f-size": "y"}, "is the field 'size', which is given twice"),
        ({7: "x"}, "custom_fields: expected names or UUIDs"),
        ([], "custom_fields: expected a mapping"),
        (None, "custom_fields: .* a mapping"),
    ],
)
async def test_an_unknown_field_is_refused_before_anything_is_written(custom_fields: Any, match: str) -> None:
    crm = Crm()
    for call in (
        crm.client().contacts.update("c-1", first_name="Ann", custom_fields=custom_fields),
        crm.client().contacts.upsert(lead={"linkedin_id": "ann"}, list_uuid="l-1", custom_fields=custom_fields),
    ):
        with pytest.raises(InvalidArgumentError, match=match):
            await call
    assert crm.writes == []


async def test_a_name_that_two_fields_have_is_refused() -> None:
    crm = Crm([*KNOWN, {"uuid": "f-size-2", "name": "size", "object": "lead"}])
    with pytest.raises(InvalidArgumentError, match=r"custom_fields.size: is the name of 2 fields; pass the UUID"):
        await crm.client().contacts.update("c-1", custom_fields={"size": "5"})
    await crm.client().contacts.update("c-1", custom_fields={"f-size-2": "5"})
    assert crm.writes == [value_of("f-size-2", "5")]


async def test_upsert_sends_names_as_the_wire_has_them() -> None:
    crm = Crm()
    fields = {"f-size": 5, "Industry": "SaaS"}
    await crm.client().contacts.upsert(lead={"linkedin_id": "ann"}, list_uuid="l-1", custom_fields=fields)
    sent = {"lead": {"linkedin_id": "ann"}, "list_uuid": "l-1", "custom_fields": {"size": 5, "Industry": "SaaS"}}
    assert crm.writes == [("POST", "/leads/api/leads/upsert", sent)]


async def test_without_custom_fields_no_definitions_are_read() -> None:
    crm = Crm()
    await crm.client().contacts.update("c-1", first_name="Ann")
    await crm.client().contacts.update("c-1", first_name="Ann", custom_fields={})
    await crm.client().contacts.upsert(lead={"linkedin_id": "ann"}, list_uuid="l-1")
    assert crm.readings == 0
    assert crm.writes[:2] == [("PUT", CONTACT, {"first_name": "Ann"})] * 2


async def test_names_are_read_once_by_a_client_its_copies_and_all_that_wait() -> None:
    crm = Crm()
    grinfi = crm.client()
    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(lambda: grinfi.contacts.update("c-1", custom_fields={"size": "5"}))
    await grinfi.with_options(timeout=5).contacts.update("c-1", custom_fields={"Industry": "x"})
    await grinfi.companies.update("o-1", custom_fields={"region": "EU"})
    assert crm.readings == 1
    assert len(crm.writes) == 22


async def test_names_do_not_leak_to_another_key_or_team() -> None:
    crm = Crm()
    grinfi = crm.client()
    others = crm.client("another-key"), grinfi.with_options(headers={"Team-ID": "7"})
    await grinfi.contacts.update("c-1", custom_fields={"size": "5"})
    crm.fields = [{"uuid": "f-other", "name": "size", "object": "lead"}]
    for other in others:
        await other.contacts.update("c-1", custom_fields={"size": "5"})
    await grinfi.with_options(headers={"X-Run": "7"}).contacts.update("c-1", custom_fields={"size": "5"})
    assert [body["custom_field_uuid"] for _, _, body in crm.writes] == ["f-size", "f-other", "f-other", "f-size"]


async def test_concurrent_misses_read_the_names_again_once() -> None:
    crm = Crm()
    grinfi = crm.client()
    await grinfi.contacts.update("c-1", custom_fields={"size": "5"})
    crm.fields = [*KNOWN, {"uuid": "f-new", "name": "new", "object": "lead"}]
    async with anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(lambda: grinfi.contacts.update("c-1", custom_fields={"new": "5"}))
    assert crm.readings == 2
    assert crm.writes[1:] == [value_of("f-new", "5")] * 5
    with pytest.raises(InvalidArgumentError):
        await grinfi.contacts.update("c-1", custom_fields={"none": "5"})
    assert crm.readings == 3


async def test_a_field_that_was_made_again_is_found_after_its_failure() -> None:
    crm = Crm()
    grinfi = crm.client()
    await grinfi.contacts.update("c-1", custom_fields={"size": "5"})
    crm.fields = [{"uuid": "f-again", "name": "size", "object": "lead"}]
    crm.broken_fields = {"f-size": 422}
    with pytest.raises(UnprocessableEntityError):
        await grinfi.contacts.update("c-1", custom_fields={"size": "5"})
    await grinfi.contacts.update("c-1", custom_fields={"size": "5"})
    assert crm.writes[-1] == value_of("f-again", "5")


async def test_a_failure_of_some_says_what_was_written() -> None:
    crm = Crm()
    crm.broken_fields = {"f-industry": 422}
    fields = {"Industry": "x", "size": "5"}
    with pytest.raises(PartialUpdateError) as caught:
        await crm.client().contacts.update("c-1", last_name="Lee", custom_fields=fields, pipeline_stage_uuid="s-1")
    error: PartialUpdateError = pickle.loads(pickle.dumps(caught.value))
    assert error.applied == ("last_name", "custom_fields.size", "pipeline_stage_uuid")
    assert list(error.failed) == ["custom_fields.Industry"]
    failure = error.failed["custom_fields.Industry"]
    assert isinstance(failure, UnprocessableEntityError)
    assert str(error) == (
        "contacts.update was applied in part. Written: last_name, custom_fields.size, pipeline_stage_uuid. "
        f"Failed: custom_fields.Industry: {failure}"
    )
    assert isinstance(caught.value.__cause__, UnprocessableEntityError)


async def test_if_all_writes_fail_none_is_reported_as_written() -> None:
    crm = Crm()
    crm.broken_fields = {"f-industry": 422, "f-size": 500}
    with pytest.raises(PartialUpdateError, match="Written: nothing") as caught:
        await crm.client().contacts.update("c-1", custom_fields={"Industry": "x", "size": "5"})
    assert (caught.value.applied, list(caught.value.failed)) == ((), ["custom_fields.Industry", "custom_fields.size"])
    failures = [error for error in caught.value.failed.values() if isinstance(error, APIStatusError)]
    assert [error.may_have_been_applied for error in failures] == [False, True]


@pytest.mark.parametrize("standard", [{"first_name": "Ann"}, {}])
async def test_nothing_is_written_to_a_missing_contact(standard: Any) -> None:
    crm = Crm()
    crm.answers = {(method, CONTACT): (404, {"message": "No such contact."}) for method in ("GET", "PUT")}
    with pytest.raises(NotFoundError):
        await crm.client().contacts.update("c-1", **standard, custom_fields={"size": "5"}, pipeline_stage_uuid="s")
    assert [path for _, path, _ in crm.writes] == [CONTACT] * len(standard)


async def test_the_pipeline_stage_goes_through_the_mass_action() -> None:
    crm = Crm()
    await crm.client().contacts.update("c-1", pipeline_stage_uuid=UUID(int=7))
    payload = {"pipeline_stage_uuid": str(UUID(int=7))}
    body = {"type": "contact_change_pipeline_stage", "filter": by_ids("c-1"), "payload": payload}
    assert crm.writes == [("PUT", MASS_ACTION, body)]
    await assert_refused("pipeline_stage_uuid", lambda it: it.contacts.update("c-1", pipeline_stage_uuid=""))
    await assert_refused("pipeline_stage_uuid", lambda it: untyped(it).contacts.update("c-1", pipeline_stage_uuid=None))


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("Industry", r"a custom field goes into custom_fields=\{'Industry': \.\.\.\}"),
        ("frist_name", "did you mean 'first_name'"),
        ("list_uuid", r"contacts.mass_action\(ContactAction.change_list\(list_uuid\), ids=\[uuid\]\)"),
        ("tags", r"ContactAction.replace_tags\(tag_uuids\)"),
    ],
)
async def test_arguments_that_an_update_would_ignore_are_refused(name: str, match: str) -> None:
    await assert_refused(name, lambda it: untyped(it).contacts.update("c-1", **{name: "x"}), match=match)


@pytest.mark.parametrize(("name", "value"), [("filter", {"sender_profile_uuid": "s"}), ("group_by", "flows")])
async def test_metrics_refuse_what_they_would_ignore(name: str, value: object) -> None:
    match = r"linkedin_messages.group_counts or tasks.group_counts with group_field=\"sender_profile_uuid\""
    await assert_refused(name, lambda it: untyped(it).contacts.metrics(**PERIOD, **{name: value}), match=match)
    crm = Crm()
    await untyped(crm.client()).contacts.metrics(**PERIOD, **{name: UNSET})
    sent = {"period_from": "2026-01-01T00:00:00Z", "period_to": "2026-02-01T00:00:00Z", "metrics": PERIOD["metrics"]}
    assert crm.writes == [("POST", "/leads/api/leads/metrics", sent)]


def by_ids(*uuids: str) -> dict[str, Any]:
    return {"all": False, "ids": [*uuids], "excludeIds": []}


@pytest.mark.parametrize(
    ("action", "kind", "payload"),
    [
        (ContactAction.add_tags("t"), "contact_add_tags", {"tag_uuid": "t"}),
        (ContactAction.remove_tags(UUID(int=7)), "contact_remove_tags", {"tag_uuid": str(UUID(int=7))}),
        (ContactAction.replace_tags(("t", "u", "t")), "contact_replace_tags", {"tag_uuids": ["t", "u"]}),
        (ContactAction.replace_tags([]), "contact_replace_tags", {"tag_uuids": []}),
        (ContactAction.change_list("l"), "contact_change_list", {"list_uuid": "l"}),
        (ContactAction.change_pipeline_stage("s"), "contact_change_pipeline_stage", {"pipeline_stage_uuid": "s"}),
        (
            ContactAction.change_custom_field("f", 5),
            "contact_change_custom_field",
            {"custom_field_uuid": "f", "value": "5"},
        ),
        (
            ContactAction.change_custom_field("f", None),
            "contact_change_custom_field",
            {"custom_field_uuid": "f", "value": None},
        ),
        (ContactAction.add_to_flow("a"), "contact_add_to_flow", {"flow_uuid": "a"}),
        (ContactAction.cancel_from_flows(["a", "b"]), "contact_cancel_from_flows", {"flow_uuids": ["a", "b"]}),
        (ContactAction.delete(), "contact_delete", None),
        (ContactAction.export_csv(), "contact_export_csv", None),
        (ContactAction.mark_read(), "contact_mark_read", None),
    ],
)
async def test_each_action_is_sent_with_its_payload(action: ContactAction, kind: str, payload: Any) -> None:
    crm = Crm()
    await crm.client().contacts.mass_action(action, ids=["c-1", "c-2", "c-1"])
    body = {"type": kind, "filter": by_ids("c-1", "c-2"), **({} if payload is None else {"payload": payload})}
    assert crm.writes == [("PUT", MASS_ACTION, body)]


class Expression:
    """Any object that can turn itself into a filter."""

    def __init__(self, **conditions: Any) -> None:
        self.conditions = conditions

    def to_dict(self) -> dict[str, Any]:
        return self.conditions


@pytest.mark.parametrize(
    ("target", "sent"),
    [
        ({"ids": (UUID(int=7),)}, by_ids(str(UUID(int=7)))),
        ({"ids": {"c-1": 1}.keys(), "all": False}, by_ids("c-1")),
        ({"filter": {"position": "CTO", "has_premium": 0}}, by_ids("c-1", "c-2")),
        ({"filter": Expression(email_status="ok")}, by_ids("c-1", "c-2")),
        ({"all": True, "confirm": True}, {"all": True, "ids": [], "excludeIds": []}),
    ],
)
async def test_targets(target: Any, sent: Any) -> None:
    crm = Crm()
    found = [{"uuid": uuid, "position": "CTO", "has_premium": False, "email_status": "ok"} for uuid in ("c-1", "c-2")]
    crm.answers[("POST", "/leads/api/leads/search")] = (200, {"data": found, "total": 2})
    await crm.client().contacts.mass_action(ContactAction.add_tags("t"), **target)
    assert crm.writes[-1][2]["filter"] == sent


@pytest.mark.parametrize(
    ("argument", "match", "target"),
    [
        ("ids", "exactly one of", {}),
        ("ids", "exactly one of", {"ids": ["c-1"], "all": True}),
        ("ids", "exactly one of", {"ids": ["c-1"], "filter": {"position": "CTO"}}),
        ("ids", "exactly one of", {"all": False}),
        ("ids", "is empty", {"ids": []}),
        ("ids", "a list of UUIDs", {"ids": "c-1"}),
        ("ids", "a list of UUIDs", {"ids": None}),
        ("ids[1]", "non-empty text", {"ids": ["c-1", " "]}),
        ("ids[0]", "got int 5", {"ids": [5]}),
        ("filter", "pass all=True", {"filter": {}}),
        ("filter", "expected a filter", {"filter": []}),
        ("filter", "pass all=True", {"filter": {"position": UNSET}}),
        ("filter", "pass all=True", {"filter": Expression()}),
        ("filter", "must not contain", {"filter": {"all": True}}),
        ("filter", "must not contain", {"filter": {"ids": ["c-1"]}}),
        ("filter.q", "a text that is not empty", {"filter": {"q": " "}}),
        ("filter.tags", "empty list of values", {"filter": {"tags": []}}),
        ("filter.position", "could select all records", {"filter": {"position": " "}}),
        ("filter", "mapping", {"filter": "x"}),
        ("all", "True or False", {"all": 1}),
        ("confirm", "True or False", {"all": True, "confirm": "yes"}),
    ],
)
async def test_an_ambiguous_target_is_refused(argument: str, match: str, target: Any) -> None:
    await assert_refused(
        argument, lambda it: it.contacts.mass_action(ContactAction.add_tags("t"), **target), match=match
    )


@pytest.mark.parametrize(
    ("action", "undoable"),
    [
        (ContactAction.add_tags("t"), True),
        (ContactAction.export_csv(), True),
        (ContactAction.mark_read(), True),
        (ContactAction.delete(), False),
        (ContactAction.remove_tags("t"), False),
        (ContactAction.replace_tags(["t"]), False),
        (ContactAction.change_list("l"), False),
        (ContactAction.change_pipeline_stage("s"), False),
        (ContactAction.change_custom_field("f", "x"), False),
        (ContactAction.add_to_flow("a"), False),
        (ContactAction.cancel_from_flows(["a"]), False),
    ],
)
async def test_global_and_irreversible_actions_need_confirmation(action: ContactAction, undoable: bool) -> None:
    if not undoable:
        crm = Crm()
        crm.answers[("POST", "/leads/api/leads/search")] = (200, {"data": [{"uuid": "c-1"}], "total": 1})
        with pytest.raises(InvalidArgumentError, match=rf"^confirm: {action.type} cannot be undone, .* filter's q;"):
            await crm.client().contacts.mass_action(action, filter={"q": "acme"})
        assert len(crm.writes) == 1
    match = f"{action.type} would change all records; pass confirm=True"
    await assert_refused("confirm", lambda it: it.contacts.mass_action(action, all=True), match=match)


@pytest.mark.parametrize(
    ("argument", "make"),
    [
        ("tag_uuid", lambda: ContactAction.add_tags("")),
        ("tag_uuid", lambda: untyped(ContactAction).add_tags(["t"])),
        ("tag_uuids", lambda: ContactAction.replace_tags("t")),
        ("tag_uuids[1]", lambda: untyped(ContactAction).replace_tags(["t", None])),
        ("flow_uuids", lambda: ContactAction.cancel_from_flows([])),
        ("value", lambda: ContactAction.change_custom_field("f", ["x"])),
    ],
)
def test_a_senseless_payload_is_refused(argument: str, make: Callable[[], Any]) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        make()
    assert caught.value.argument == argument


@pytest.mark.parametrize("action", ["contact_add_tags", {"type": "contact_delete"}, ContactAction])
async def test_each_constructor_makes_its_action(action: Any) -> None:
    match = r"ContactAction.add_tags\(tag_uuid\)"
    await assert_refused("action", lambda it: it.contacts.mass_action(action, ids=["c-1"]), match=match)


async def eventually(holds: Callable[[], Any]) -> None:
    with anyio.fail_after(30):
        while not await holds():
            await anyio.sleep(0.02)


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
async def test_contacts_of_the_sandbox(grinfi: Grinfi, behaviour: str) -> None:
    everyone = (await grinfi.lists.create(name="Everyone")).uuid
    assert everyone is not None
    for name in ("Industry", "size"):
        await grinfi.custom_fields.create(name=name, object="lead")
    tag = (await grinfi.tags.create(name="Hot")).uuid
    stages = await grinfi.pipeline_stages.list(filter={"object": "lead"})
    stage = stages[-1].uuid
    assert tag is not None
    assert stage is not None
    lead: NewContactDict = {"linkedin_id": "ann"}
    ann = await grinfi.contacts.upsert(lead=lead, list_uuid=everyone, custom_fields={"Industry": "SaaS"})
    await grinfi.contacts.upsert(lead={"linkedin_id": "bob"}, list_uuid=everyone)
    assert ann.uuid is not None
    changed = await grinfi.contacts.update(
        ann.uuid, headline="CTO", custom_fields={"size": 5}, pipeline_stage_uuid=stage
    )
    assert changed.headline == "CTO"
    fields = {"custom_fields.size": "5", "custom_fields.Industry": "SaaS"}
    row = (await grinfi.contacts.search(filter=fields))[0]
    assert row.uuid == ann.uuid
    wrapped = {"size": "5", "Industry": "SaaS"}
    beside: Any = (None, None, None) if behaviour == "published" else (wrapped, [], [])
    assert (row.custom_fields, row.flows, row.markers) == beside
    await grinfi.contacts.mass_action(ContactAction.add_tags(tag), filter={"headline": "CTO"})
    await eventually(lambda: tagged_in_stage(grinfi, ann.uuid, tag, stage))
    with pytest.raises(PartialUpdateError) as caught:
        await grinfi.contacts.update(ann.uuid, about="x", custom_fields={"size": 6}, pipeline_stage_uuid=tag)
    assert caught.value.applied == ("about", "custom_fields.size")
    with pytest.raises(InvalidArgumentError, match="did you mean 'Industry'"):
        await grinfi.contacts.update(ann.uuid, headline="x", custom_fields={"industry": "x"})
    assert (await grinfi.contacts.get(ann.uuid)).headline == "CTO"


async def tagged_in_stage(grinfi: Grinfi, uuid: str, tag: str, stage: str) -> bool:
    contact = await grinfi.contacts.get(uuid)
    return (contact.tags, contact.pipeline_stage_uuid) == ([tag], stage)


@pytest.mark.grinfi_sandbox(behaviour="observed")
async def test_emails_of_a_contact_are_changed(grinfi: Grinfi) -> None:
    everyone = await grinfi.lists.create(name="Everyone")
    uuid = (await grinfi.contacts.upsert(lead={"linkedin_id": "ann"}, list_uuid=everyone.uuid)).uuid
    changed = await grinfi.contacts.update(uuid, work_email="w@one.example", personal_email="p@one.example")
    assert (changed.work_email, changed.personal_email) == ("w@one.example", "p@one.example")
    assert (await grinfi.contacts.get(uuid)).work_email == "w@one.example"
    assert (await grinfi.contacts.update(uuid, personal_email=None)).personal_email is None
    with pytest.warns(UserWarning, match=r"^contacts\.update: .* does not save email; pass work_email") as warned:
        await grinfi.contacts.update(uuid, email="x@one.example")
    assert [warning.filename for warning in warned] == [__file__]
    report = await grinfi.bulk.update({"work_email": "b@one.example"}, ids=[uuid])
    assert (report.succeeded, (await grinfi.contacts.get(uuid)).work_email) == (1, "b@one.example")
    assert (await grinfi.contacts.get(uuid)).personal_email is None


COUNT = "/leads/api/leads/count"


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        ({}, {"all": True}),
        ({"ids": ["c-1"]}, {"ids": ["c-1"]}),
        ({"filter": {"status": "new"}}, {"filter": {"status": "new"}}),
    ],
)
@pytest.mark.parametrize("name", ["total", "count"])
async def test_a_count_is_of_all_rows_by_default(arguments: Any, sent: Any, name: str) -> None:
    crm = Crm()
    crm.answers[("POST", COUNT)] = (200, {name: 7})
    assert (await crm.client().contacts.count(**arguments)).total == 7
    assert crm.writes == [("POST", COUNT, sent)]


async def test_a_count_that_is_not_answered_is_not_zero() -> None:
    crm = Crm()
    crm.answers[("POST", COUNT)] = (200, {})
    count = await crm.client().contacts.count()
    with pytest.raises(MissingFieldError):
        print(count.total)


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
async def test_a_count_of_all_contacts(grinfi: Grinfi, behaviour: str) -> None:
    everyone = await grinfi.lists.create(name="Everyone")
    for handle in ("ann", "bob"):
        await grinfi.contacts.upsert(lead={"linkedin_id": handle}, list_uuid=everyone.uuid)
    assert (await grinfi.contacts.count()).total == 2
