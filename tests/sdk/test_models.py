"""Models: reading that never fails, writing that loses nothing, and typical uses in between."""

from __future__ import annotations

import copy
import json
import math
import pickle
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import grinfi_async
from grinfi_async import (
    UNSET,
    APIKey,
    APIStatusError,
    BrowserAccessKey,
    Company,
    Contact,
    ContactExperience,
    CustomField,
    DecodeError,
    FlowNode,
    FlowVersion,
    InvalidArgumentError,
    LinkedInBrowser,
    Mailbox,
    MailboxConnection,
    MissingFieldError,
    Model,
    NewContact,
    NodeStatistics,
    RateLimitError,
    Schedule,
    ScheduleTimeblock,
    Task,
    TaskPayload,
    Team,
    TeamConfig,
    TeamFeatures,
)
from grinfi_overrides.runtime import responses
from tests.sdk.helpers import as_json

PARSERS = list(dict.fromkeys([json.loads, responses._loads]))  # pyright: ignore[reportPrivateUsage]
"""That of the standard library, and orjson's where it is installed."""

MODELS: list[type[Model]] = [
    kind
    for name in grinfi_async.__all__
    if isinstance(kind := getattr(grinfi_async, name), type)
    and issubclass(kind, Model)
    and kind is not Model
    and kind.__module__.startswith("grinfi_async.")
]
NAMES = [model.__name__ for model in MODELS]
MOMENT = datetime(2026, 3, 4, 9, 25, 42, tzinfo=UTC)
USUAL = "2026-03-04T09:25:42.000000Z"

ODD: list[Any] = [0, 1, "0", "1", "", [], {}, USUAL, "2026-03-04 09:25:42", "0000-00-00 00:00:00", 1772616342]
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from(ODD),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def rows(draw: st.DrawFn) -> tuple[type[Model], dict[str, Any]]:
    """A model, and a JSON object of some of its fields, with anything in them, and some that it does not have."""
    model = draw(st.sampled_from(MODELS))
    known = draw(st.lists(st.sampled_from(_wire_names(model)), unique=True, max_size=8))
    extra = draw(st.lists(st.text(min_size=1, max_size=8).map("x_".__add__), unique=True, max_size=2))
    return model, {name: draw(JSON) for name in (*known, *extra)}


def _wire_names(model: type[Model]) -> list[str]:
    return [entry.wire for entry in model.wire_fields().values()]


# Reading


def test_all_models_exist() -> None:
    assert len(MODELS) > 60


def test_an_unknown_enumeration_value_is_kept() -> None:
    task = Task.from_dict({"status": "paused", "automation": 7})
    assert [task.status, task.automation] == ["paused", 7]


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_null_anywhere_is_none(model: type[Model]) -> None:
    row = dict.fromkeys(_wire_names(model))
    read = model.from_dict(row)
    assert [getattr(read, name, None) for name in model.wire_fields()] == [None] * len(row)
    assert read.to_dict() == row


def test_a_missing_field_is_none() -> None:
    contact = Contact.from_dict({"uuid": "a"})
    assert (contact.name, contact.experience, contact.updated_at) == (None, None, None)
    assert contact.to_dict() == {"uuid": "a"}


def test_an_extra_field_is_in_additional_properties() -> None:
    contact = Contact.from_dict({"uuid": "a", "mood": {"today": "good"}})
    assert contact.additional_properties == {"mood": {"today": "good"}}


def test_an_array_in_place_of_an_empty_object_is_an_empty_object() -> None:
    assert FlowNode.from_dict({"payload": []}).payload == {}


def test_an_array_in_place_of_an_empty_nested_model_is_an_empty_model() -> None:
    assert Team.from_dict({"features": []}).features == TeamFeatures()


def test_an_array_in_place_of_an_empty_map_is_an_empty_map() -> None:
    assert NodeStatistics.from_dict({"node_conversions": []}).node_conversions == {}


def test_an_object_in_place_of_an_empty_list_is_an_empty_list() -> None:
    assert Contact.from_dict({"experience": {}}).experience == []


@pytest.mark.parametrize(
    ("raw", "read"), [(0, False), (1, True), ("0", False), ("1", True), (False, False), (True, True), ("maybe", None)]
)
def test_zero_and_one_are_booleans(raw: object, read: bool | None) -> None:
    config = TeamConfig.from_dict({"is_onboarding_completed": raw})
    assert config.is_onboarding_completed is read
    assert as_json(config.to_dict()) == as_json({"is_onboarding_completed": raw})


def test_a_wrapped_contact_row_is_unwrapped() -> None:
    beside = {"markers": {"read": 1}, "flows": [{"uuid": "f"}], "custom_fields": [], "score": 7}
    contact = Contact.from_dict({"lead": {"uuid": "a", "name": "Ann", "tags": ["t"]}, **beside})
    assert (contact.uuid, contact.name, contact.tags) == ("a", "Ann", ["t"])
    assert (contact.markers, contact.flows, contact.custom_fields) == ({"read": 1}, [{"uuid": "f"}], {})
    assert contact.additional_properties == {"score": 7}
    assert contact.to_dict() == {"uuid": "a", "name": "Ann", "tags": ["t"], **beside}


def test_a_flat_contact_row_has_nothing_beside_it() -> None:
    contact = Contact.from_dict({"uuid": "a", "name": "Ann"})
    assert (contact.markers, contact.flows, contact.custom_fields) == (None, None, None)
    assert contact.to_dict() == {"uuid": "a", "name": "Ann"}


def test_rows_of_many_shapes_keep_their_values() -> None:
    sent = [{"uuid": str(number), f"new_{number % 150}": number} for number in range(300)]
    rows = [Contact.from_dict(row) for row in sent]
    rows[0].additional_properties["mine"] = True
    assert [row.to_dict() for row in rows] == [{**sent[0], "mine": True}, *sent[1:]]
    assert rows[150].additional_properties == {"new_0": 150}


def test_a_wrapped_company_row_is_unwrapped() -> None:
    beside = {"markers": ["m"], "custom_fields": {"region": "EU"}}
    company = Company.from_dict({"company": {"uuid": "c", "name": "Acme"}, **beside})
    assert (company.uuid, company.name, company.markers) == ("c", "Acme", ["m"])
    assert company.custom_fields == {"region": "EU"}
    assert company.to_dict() == {"uuid": "c", "name": "Acme", **beside}


def test_a_field_named_like_the_wrapper_does_not_hide_a_flat_row() -> None:
    assert Contact.from_dict({"uuid": "a", "lead": {"uuid": "b"}}).uuid == "a"


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        (USUAL, MOMENT),
        ("2026-03-04T09:25:42.123456Z", MOMENT.replace(microsecond=123456)),
        ("2026-03-04T09:25:42Z", MOMENT),
        ("2026-03-04T09:25:42.5Z", MOMENT.replace(microsecond=500_000)),
        ("2026-03-04T11:25:42+02:00", MOMENT),
        ("2026-03-04 09:25:42", MOMENT),
        ("2026-03-04T09:25:42", MOMENT),
        ("2026-03-04", datetime(2026, 3, 4, tzinfo=UTC)),
        ("Wed, 04 Mar 2026 09:25:42 GMT", MOMENT),
        ("Wed, 04 Mar 2026 11:25:42 +0200", MOMENT),
        ("2026/03/04 09:25:42", MOMENT),
        ("20260304092542", MOMENT),
        (1772616342, MOMENT),
        (1772616342.5, MOMENT.replace(microsecond=500_000)),
        (1772616342000, MOMENT),
        ("1772616342", MOMENT),
        ("1712161234", datetime(2024, 4, 3, 16, 20, 34, tzinfo=UTC)),
        ("1772616342000", MOMENT),
        ("1700123142000", datetime(2023, 11, 16, 8, 25, 42, tzinfo=UTC)),
        ("0000-00-00 00:00:00", None),
        ("", None),
        ("   ", None),
        ("soon", None),
        ("10:00", None),
        ("March 2026", None),
        ("03/04/2026", None),
        ("2026-03-04 09:25:42 EST", None),
        ("17001231412", None),
        ("9" * 400, None),
        ("1 " * 50_000, None),
        ("2026/03/04" + " " * 1000, None),
        (float("nan"), None),
        (10**30, None),
        (True, None),
        ([USUAL], None),
        ({"date": USUAL}, None),
        # Read as ISO 8601, but not in the server's usual form.
        ("2026-W10-3T09:25:42.000000Z", MOMENT),
        ("2026-03-04T09:25:42,000000Z", MOMENT),
        ("2026-03-04T092542.00000000Z", MOMENT),
    ],
)
def test_odd_times_are_parsed_or_none_and_stay_readable(raw: Any, read: datetime | None) -> None:
    task = Task.from_dict({"executed_at": raw})
    assert task.executed_at == read
    assert read is None or (task.executed_at is not None and task.executed_at.utcoffset() is not None)
    assert as_json(task.to_dict()) == as_json({"executed_at": raw})


@given(st.text(max_size=30) | st.from_regex(r"[0-9A-Za-z:.,/ +-]{0,24}", fullmatch=True))
def test_no_text_in_place_of_a_time_raises(text: str) -> None:
    assert Task.from_dict({"created_at": text}).to_dict() == {"created_at": text}


@given(rows())
def test_every_value_read_is_sent_back_exactly(case: tuple[type[Model], dict[str, Any]]) -> None:
    model, row = case
    before = as_json(row)
    read = model.from_dict(row)
    assert as_json(read.to_dict()) == before
    assert as_json(row) == before
    assert len(repr(read)) < 1000
    again: Model = pickle.loads(pickle.dumps(read))
    assert as_json(again.to_dict()) == before
    assert as_json(copy.deepcopy(read).to_dict()) == before


def test_not_a_number_is_not_a_change() -> None:
    row: dict[str, Any] = {"experience": [[], {"years": math.nan}]}
    again = pickle.loads(pickle.dumps(Contact.from_dict(row)))
    assert as_json(again.to_dict()) == as_json(row)
    again.experience[1].additional_properties["years"] = 3
    assert again.to_dict() == {"experience": [{}, {"years": 3}]}


@given(st.dictionaries(st.sampled_from(["lead", "company", "data", "uuid", "name"]), JSON))
def test_no_wrapper_raises(row: dict[str, Any]) -> None:
    assert isinstance(Contact.from_dict(row).to_dict(), dict)
    assert isinstance(Company.from_dict(row).to_dict(), dict)


def test_a_row_is_not_shared_with_its_model() -> None:
    row: dict[str, Any] = {"uuid": "a", "experience": [{"title": "CTO"}], "x": [1]}
    contact = Contact.from_dict(row)
    row["uuid"] = "b"
    told = contact.to_dict()
    told["experience"][0]["title"] = "CEO"
    told["x"].append(2)
    assert (contact.uuid, contact.experience) == ("a", [ContactExperience(title="CTO")])
    assert contact.to_dict() == {"uuid": "a", "experience": [{"title": "CTO"}], "x": [1]}


def test_a_field_is_decoded_when_it_is_first_read() -> None:
    contact = Contact.from_dict({"uuid": "a", "created_at": USUAL, "x": 1})
    assert vars(contact) == {}
    assert contact.created_at is contact.created_at == MOMENT
    assert vars(contact) == {"created_at": MOMENT}


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({}, "did not send it"),
        ({"created_at": None}, "sent None"),
        ({"created_at": "0000-00-00"}, "sent the string '0000-00-00'"),
        ({"created_at": [USUAL]}, "sent a list"),
    ],
)
def test_an_unexpectedly_missing_time_fails_only_where_it_is_read(row: Any, problem: str) -> None:
    row = {"uuid": "a", **row}
    task = Task.from_dict(row)
    for _ in range(2):
        with pytest.raises(MissingFieldError, match=rf"Task\.created_at: the server {re.escape(problem)}, although"):
            task.created_at  # noqa: B018
    assert not hasattr(task, "created_at")
    assert getattr(task, "created_at", None) is None
    assert (task.uuid, task.to_dict(), repr(task)) == ("a", row, "Task(uuid='a')")
    for clone in (copy.copy, copy.deepcopy, pickled):
        assert clone(task) == task
        assert clone(task).to_dict() == row
    task.created_at = MOMENT
    assert task.to_dict() == {**row, "created_at": USUAL}


def test_a_contact_made_without_an_id_has_none() -> None:
    contact = Contact(name="Ann")
    with pytest.raises(MissingFieldError, match=r"Contact\.uuid was not passed when this object was created"):
        contact.uuid  # noqa: B018
    assert (contact.to_dict(), contact) == ({"name": "Ann"}, Contact(name="Ann"))
    contact.uuid = "a"
    assert contact.to_dict() == {"name": "Ann", "uuid": "a"}


@pytest.mark.parametrize("parse", PARSERS, ids=lambda parse: parse.__module__)
@pytest.mark.parametrize(
    "body",
    [
        b'{"uuid": "\\ud800", "x": "\xc3\xa9\\u0000", "uuid": "again"}',
        b'{"x": [NaN, Infinity, -Infinity, 1e400, 0.1, 1.0, -0, 18446744073709551615, -9223372036854775808]}',
        '{"x": "é"}'.encode("utf-16"),
        '\ufeff{"x": 1}'.encode(),
        b' {"x": 1}\r\n',
    ],
)
def test_both_parsers_read_the_same(monkeypatch: pytest.MonkeyPatch, parse: Any, body: bytes) -> None:
    monkeypatch.setattr(responses, "_loads", parse)
    assert repr(responses.parse_json(body)) == repr(json.loads(body))


@pytest.mark.parametrize("parse", PARSERS, ids=lambda parse: parse.__module__)
@pytest.mark.parametrize("body", [b"", b"{", b"<html>", b'"\xff"', b"{'a': 1}", b"[1,]", b"01"])
def test_both_parsers_refuse_the_same(monkeypatch: pytest.MonkeyPatch, parse: Any, body: bytes) -> None:
    monkeypatch.setattr(responses, "_loads", parse)
    with pytest.raises(ValueError, match=r".+"):
        responses.parse_json(body)


# Writing


@pytest.mark.parametrize("read_before", [True, False])
def test_an_unchanged_model_is_the_row_it_was_read_from(read_before: bool) -> None:
    row = {
        "uuid": "a",
        "created_at": "2026-03-04 09:25:42",
        "experience": [{"title": "CTO", "y": 0}, "odd"],
        "tags": {},
        "team_id": None,
        "x": {"z": [1]},
    }
    contact = Contact.from_dict(row)
    if read_before:
        assert [getattr(contact, name, None) for name in (*contact.wire_fields(), "additional_properties")]
    assert contact.to_dict() == row


def test_an_unknown_field_can_be_removed_and_added() -> None:
    contact = Contact.from_dict({"uuid": "a", "x": 1, "y": 2})
    del contact.additional_properties["x"]
    contact.additional_properties["z"] = 3
    assert contact.to_dict() == {"uuid": "a", "y": 2, "z": 3}


def test_an_attribute_set_to_unset_is_omitted() -> None:
    lead = NewContact.from_dict({"linkedin_id": "a", "email": "b"})
    lead.email = UNSET
    assert lead.to_dict() == {"linkedin_id": "a"}


def test_a_misspelt_attribute_is_refused() -> None:
    contact: Any = Contact.from_dict({"uuid": "a"})
    with pytest.raises(AttributeError, match="naem"):
        contact.naem = "Ann"
    with pytest.raises(AttributeError, match="naem"):
        contact.naem  # noqa: B018
    with pytest.raises(TypeError, match="naem"):
        NewContact(linkedin_id="a", naem="b")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    with pytest.raises(TypeError, match="linkedin_id"):
        NewContact()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def test_a_model_can_be_evolved() -> None:
    contact: Any = Contact.from_dict(
        dict.fromkeys(_wire_names(Contact), "b") | {"uuid": "a", "created_at": USUAL, "x": 1}
    )
    twin = attrs.evolve(contact, name="Bob")
    assert (twin.uuid, twin.name, contact.name, twin.created_at) == ("a", "Bob", "b", MOMENT)
    assert twin.additional_properties == {"x": 1}


def test_a_changed_attribute_is_in_to_dict_and_all_others_stay() -> None:
    row = {"uuid": "a", "name": None, "created_at": "2026-03-04 09:25:42", "experience": [{"title": "CTO"}], "x": 1}
    contact = Contact.from_dict(row)
    contact.name = "Ann"
    contact.headline = "Hi"
    contact.created_at = MOMENT + timedelta(days=1)
    assert contact.experience is not None
    contact.experience[0].title = "CEO"
    contact.additional_properties["x"] = 2
    assert contact.to_dict() == {
        "uuid": "a",
        "name": "Ann",
        "headline": "Hi",
        "created_at": "2026-03-05T09:25:42.000000Z",
        "experience": [{"title": "CEO"}],
        "x": 2,
    }


def test_an_odd_value_is_replaced_by_a_changed_one() -> None:
    config = TeamConfig.from_dict({"is_onboarding_completed": 1})
    config.is_onboarding_completed = False
    assert as_json(config.to_dict()) == '{"is_onboarding_completed": false}'


def test_a_change_inside_a_list_with_odd_entries_is_written() -> None:
    contact = Contact.from_dict({"posts": [{"content": "a", "date": "2026-03-04"}]})
    assert contact.posts is not None
    contact.posts[0].content = "b"
    assert contact.to_dict() == {"posts": [{"content": "b", "date": "2026-03-04"}]}


def test_an_attribute_set_to_none_is_null() -> None:
    contact = Contact.from_dict({"name": "Ann"})
    contact.name = None
    assert contact.to_dict() == {"name": None}


def test_a_time_of_another_zone_is_written_in_utc() -> None:
    east = timezone(timedelta(hours=2))
    assert Task(created_at=MOMENT.astimezone(east)).to_dict() == {"created_at": USUAL}


def test_a_time_at_the_end_of_the_calendar_can_be_written() -> None:
    last = datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=-5)))
    assert Task(created_at=last).to_dict() == {"created_at": "9999-12-31T23:59:59.000000-05:00"}


def test_a_read_model_built_by_a_caller_omits_none() -> None:
    assert Contact(name="Ann", headline=None).to_dict() == {"name": "Ann"}


def test_a_model_to_be_sent_keeps_none_as_null_and_leaves_unset_out() -> None:
    assert NewContact(linkedin_id="ann", headline=None, about=UNSET).to_dict() == {
        "linkedin_id": "ann",
        "headline": None,
    }
    schedule = Schedule(timezone="UTC", timeblocks=[ScheduleTimeblock(dow=1, min=540)])
    assert schedule.to_dict() == {"timezone": "UTC", "timeblocks": [{"dow": 1, "min": 540}]}
    node = FlowNode(id=1, type="end", before=[], after=[], created_at=MOMENT)
    assert node.to_dict() == {"id": 1, "type": "end", "before": [], "after": [], "created_at": USUAL}


def test_models_inside_a_read_model_that_are_also_sent_come_back_exactly() -> None:
    row = {"schedule": {"timezone": None, "timeblocks": [{"dow": 1}]}, "status": "idle"}
    assert LinkedInBrowser.from_dict(row).to_dict() == row


# Copies, pickles, equality, repr


def pickled(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


clones = pytest.mark.parametrize("clone", [copy.copy, copy.deepcopy, pickled])

CONTACT = Contact.from_dict({"uuid": "a", "created_at": "2026-03-04 09:25:42", "tags": ["t"], "x": 1})
SCHEDULE = Schedule(timezone="UTC", timeblocks=[ScheduleTimeblock(dow=1, min=0, max=UNSET)])


@pytest.mark.parametrize("model", [CONTACT, SCHEDULE], ids=["Contact", "Schedule"])
@clones
def test_a_clone_of_a_model_equals_it(model: Model, clone: Any) -> None:
    twin = clone(model)
    assert twin is not model
    assert twin == model
    assert twin.to_dict() == model.to_dict()


def test_a_deep_copy_shares_nothing() -> None:
    twin = copy.deepcopy(CONTACT)
    assert twin.tags is not None
    twin.tags.append("u")
    twin.additional_properties["x"] = 2
    assert (CONTACT.tags, CONTACT.additional_properties) == (["t"], {"x": 1})


def test_models_are_equal_by_their_values() -> None:
    assert Contact(uuid="a") == Contact.from_dict({"uuid": "a", "name": None})
    assert Contact(uuid="a") != Contact(uuid="b")
    other: Any = Company(uuid="a")
    assert Contact(uuid="a") != other
    assert Contact.from_dict({"x": 1}) != Contact.from_dict({"x": 2})


def test_unset_stays_the_same_object() -> None:
    again = [copy.copy(UNSET), copy.deepcopy(UNSET), pickle.loads(pickle.dumps(UNSET)), type(UNSET)()]
    assert all(one is UNSET for one in again)
    assert not UNSET
    assert repr(UNSET) == "UNSET"


def _subclasses(kind: type[APIStatusError]) -> list[type[APIStatusError]]:
    return [kind, *(deeper for one in kind.__subclasses__() for deeper in _subclasses(one))]


@pytest.mark.parametrize(
    "error",
    [
        InvalidArgumentError("lead.linkedin_id", "is required"),
        DecodeError("GET", "/leads/api/tags", 200, "the body is empty"),
        *(
            kind("POST", "/x", 429, reason="r", code=7, message="m", field_errors={"a": ["b"]}, request_id="i")
            for kind in _subclasses(APIStatusError)
        ),
    ],
    ids=lambda error: type(error).__name__,
)
@clones
def test_a_clone_of_an_error_has_the_same_text(error: Exception, clone: Any) -> None:
    twin = clone(error)
    assert type(twin) is type(error)
    assert str(twin) == str(error)
    assert vars(twin) == vars(error)


def test_all_status_errors_exist() -> None:
    assert RateLimitError in _subclasses(APIStatusError)
    assert len(_subclasses(APIStatusError)) >= 10


SECRET = "hunter2-is-the-secret"


@pytest.mark.parametrize(
    "model",
    [
        APIKey(name="ci", last_token=SECRET),
        LinkedInBrowser(id=1, linkedin_password=SECRET),
        MailboxConnection(smtp_host="h", smtp_password=SECRET, imap_password=SECRET),
        Mailbox(uuid="m", connection_settings={"smtp_password": SECRET}),
        BrowserAccessKey(external_access_key=SECRET, cloud_browser_url=f"https://x/{SECRET}"),
        Contact(additional_properties={"token": SECRET}),
    ],
    ids=lambda model: type(model).__name__,
)
def test_repr_shows_no_secret(model: Model) -> None:
    assert SECRET not in repr(model)
    assert SECRET in json.dumps(model.to_dict())


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_repr_is_short(model: type[Model]) -> None:
    full = model.from_dict(dict.fromkeys(_wire_names(model), "long " * 1000))
    assert repr(full).startswith(f"{model.__name__}(")
    assert len(repr(full)) < 500


def test_repr_shows_the_first_fields() -> None:
    assert repr(Company(uuid="a", team_id=1, custom_fields={"t": 1})) == "Company(uuid='a', team_id=1, …)"
    assert repr(CustomField(name="n" * 50)) == f"CustomField(name='{'n' * 39}…')"
    assert repr(TaskPayload(last_message_at=MOMENT)) == "TaskPayload(last_message_at=2026-03-04T09:25:42+00:00)"


# Types


def _annotations(model: type[Model]) -> list[str]:
    return [str(attribute.type) for attribute in attrs.fields(model) if attribute.name in model.wire_fields()]


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_only_models_that_are_also_sent_have_unset_attributes(model: type[Model]) -> None:
    if model.is_sendable():
        assert all(missing is UNSET for missing in (getattr(model.from_dict({}), name) for name in model.wire_fields()))
    else:
        assert not [kind for kind in _annotations(model) if "Unset" in kind]
        assert all(getattr(model(), name, None) is None for name in model.wire_fields())


def test_a_flow_version_reads_nodes_that_can_be_sent() -> None:
    node: dict[str, Any] = {"id": 1, "type": "end", "before": [], "after": [], "payload": [], "colour": "red"}
    version = FlowVersion.from_dict({"nodes": [node]})
    assert version.nodes is not None
    assert (version.nodes[0].payload, version.nodes[0].delay_in_seconds) == ({}, UNSET)
    assert version.to_dict() == {"nodes": [node]}
