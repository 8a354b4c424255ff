"""How the command line reads conditions, times and names."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from grinfi_async import InvalidArgumentError, Tag
from grinfi_bulk.cli.jobs import custom_fields
from grinfi_bulk.cli.values import pairs, read_filter, read_since, uuid_of


@pytest.mark.parametrize(
    ("conditions", "wire"),
    [
        (["email_status=ok"], {"email_status": "ok"}),
        (["created_at>=2026-01-01"], {"created_at": {">=": "2026-01-01"}}),
        (["created_at <= 2026-01-31"], {"created_at": {"<": "2026-02-01"}}),
        (["created_at>2026-01-01", "created_at<2026-02-01"], {"created_at": {">=": "2026-01-02", "<": "2026-02-01"}}),
        (["number>5", "score!=1.5"], {"number": {">": 5}, "score": {"!=": 1.5}}),
        (["name==A=B"], {"name": "A=B"}),
        (['name="5"', "active=true"], {"name": "5", "active": True}),
        (["phone=0041", "name=NaN"], {"phone": "0041", "name": "NaN"}),
        (["company_uuid=null", "email!=null"], {"company_uuid": "is_null", "email": "is_not_null"}),
        (['status=["new", "closed"]'], {"status": ["new", "closed"]}),
        (["custom_fields.Industry=SaaS"], {"custom_fields.Industry": "SaaS"}),
        (['{"status": "new", "number": {">": 1}}', "name=A"], {"status": "new", "number": {">": 1}, "name": "A"}),
    ],
)
def test_conditions(conditions: list[str], wire: dict[str, Any]) -> None:
    expression = read_filter("--filter", conditions)
    assert expression is not None
    assert expression.to_dict() == wire


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("email_status", "--filter: write FIELD=VALUE"),
        ("=ok", "--filter: write FIELD=VALUE"),
        ("created_at>=2026-13-01", "--filter: '2026-13-01' is not a time"),
        ("status!=[1]", "--filter: a list needs ="),
        ("{", "--filter: is not JSON"),
    ],
)
def test_conditions_that_cannot_be_read(condition: str, told: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        read_filter("--filter", [condition])
    assert str(caught.value).startswith(told)


def test_without_conditions_there_is_no_filter() -> None:
    assert read_filter("--filter", []) is None


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("2w", timedelta(weeks=2)),
        ("7d", timedelta(days=7)),
        ("12h", timedelta(hours=12)),
        ("30m", timedelta(minutes=30)),
    ],
)
def test_how_long_ago(text: str, ago: timedelta) -> None:
    assert abs(read_since(text) - (datetime.now(UTC) - ago)) < timedelta(seconds=10)


def test_moments() -> None:
    assert read_since("2026-01-31") == datetime(2026, 1, 31, tzinfo=UTC)
    assert read_since("2026-01-31T12:00:00+02:00") == datetime(2026, 1, 31, 10, tzinfo=UTC)
    for text, told in (
        ("2026-01-31T12:00:00", "no time zone"),
        ("yesterday", "is not a time; write"),
        ("7", "is not a time"),
    ):
        with pytest.raises(InvalidArgumentError, match=told):
            read_since(text)


async def tags(*names: str) -> AsyncIterator[Tag]:
    for number, name in enumerate(names):
        yield Tag(uuid=f"uuid-{number}", name=name)


@pytest.mark.anyio
async def test_names_of_tags() -> None:
    assert await uuid_of("--tag", "Cold", tags("Warm", "Cold"), "tag") == "uuid-1"
    assert await uuid_of("--tag", "uuid-0", tags("Warm", "Cold"), "tag") == "uuid-0"
    for wanted, told in (
        ("warm", "--tag: unknown tag 'warm'; did you mean 'Warm'?"),
        ("Nothing like it", "--tag: unknown tag 'Nothing like it'"),
        ("Cold", "--tag: 2 tags are named 'Cold'; pass the UUID of one: uuid-1, uuid-2"),
    ):
        with pytest.raises(InvalidArgumentError) as caught:
            await uuid_of("--tag", wanted, tags("Warm", "Cold", "Cold"), "tag")
        assert str(caught.value) == told


def test_columns() -> None:
    assert pairs("--map", ["E-Mail=email", "Notes=", "A=B=C"]) == {"E-Mail": "email", "Notes": "", "A": "B=C"}
    assert custom_fields(["Industry", "Size=Company size"]) == {"Industry": "Industry", "Size": "Company size"}
    assert custom_fields(["*"]) is True
    assert custom_fields([]) is None
    for given in (["*", "A"], ["A", "A=B"], ["=B"]):
        with pytest.raises(InvalidArgumentError, match="--custom"):
            custom_fields(given)
